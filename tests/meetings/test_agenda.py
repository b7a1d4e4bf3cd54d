"""The agenda comes from what is open, is put in order, and takes nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from mtd.core.actor import Actor
from mtd.core.errors import NotAllowed
from mtd.meetings.actions import (
    add_item,
    add_task,
    cancel,
    change_item,
    circulate,
    decide,
    drop_item,
    finish_task,
    move_item,
    put_back,
    set_item_state,
    take_over,
)
from mtd.meetings.actions.agenda import ItemConflict
from mtd.meetings.actions.minutes import Words
from mtd.meetings.models import AgendaItem, Decision, Kind, Meeting
from mtd.meetings.queries.agenda import agenda_of, items_of, suggestions
from mtd.organizations.models import Network
from tests.factories.agreements import refusal
from tests.factories.meetings import a_meeting, organizer

Act = Callable[[str], Actor]


def titles(meeting: Meeting) -> list[str]:
    return [item.title for item in items_of(meeting)]


@pytest.fixture
def coming(network: Network) -> Meeting:
    """The next committee."""
    return a_meeting(network)


@pytest.fixture
def held(network: Network) -> Meeting:
    """The committee two weeks ago."""
    return a_meeting(network, held=True)


def four(meeting: Meeting, actor: Actor) -> list[AgendaItem]:
    return [add_item(actor=actor, meeting=meeting, title=f"Punkt {name}") for name in "ABCD"]


def test_whoever_is_invited_puts_something_on_the_agenda(coming: Meeting, act: Act) -> None:
    item = add_item(
        actor=act("leonie-brandt"),
        meeting=coming,
        title=" Öffnungs\nzeiten ",
        text="Was neu ist.",
        minutes=15,
    )
    assert (item.title, item.text, item.minutes_planned) == ("Öffnungs zeiten", "Was neu ist.", 15)
    assert item.organization is not None
    assert item.organization.short_name == "Am Markt"


def test_who_is_not_invited_cannot(coming: Meeting, act: Act) -> None:
    with pytest.raises(NotAllowed):
        add_item(actor=act("jonas-reuter"), meeting=coming, title="Etwas")


def test_an_item_needs_a_title(coming: Meeting, act: Act) -> None:
    with refusal("no_title"):
        add_item(actor=act("leonie-brandt"), meeting=coming, title="  \n ")


@pytest.mark.parametrize(
    ("step", "to", "expected"),
    [
        ("up", None, "A C B D"),
        ("down", None, "A B D C"),
        ("", 1, "C A B D"),
        ("", 2, "A C B D"),
        ("", 3, "A B C D"),
        ("", 4, "A B D C"),
        ("", 99, "A B D C"),
    ],
)
def test_an_item_moves_by_one_or_to_a_place(
    coming: Meeting, act: Act, step: str, to: int | None, expected: str
) -> None:
    boss = act("miriam-hoffstedt")
    third = four(coming, boss)[2]
    move_item(actor=boss, item=third, step=step, to=to)
    assert titles(coming) == [f"Punkt {name}" for name in expected.split()]


def test_the_first_goes_no_further_up_and_the_last_no_further_down(coming: Meeting, act: Act) -> None:
    boss = act("miriam-hoffstedt")
    items = four(coming, boss)
    move_item(actor=boss, item=items[0], step="up")
    move_item(actor=boss, item=items[3], step="down")
    assert titles(coming) == ["Punkt A", "Punkt B", "Punkt C", "Punkt D"]


def test_moving_passes_over_what_was_taken_off(coming: Meeting, act: Act) -> None:
    boss = act("miriam-hoffstedt")
    items = four(coming, boss)
    drop_item(actor=boss, item=items[1])
    move_item(actor=boss, item=items[2], step="up")
    assert titles(coming) == ["Punkt C", "Punkt A", "Punkt D"]
    put_back(actor=boss, item=items[1])
    assert sorted(titles(coming)) == ["Punkt A", "Punkt B", "Punkt C", "Punkt D"]
    assert [item.order for item in items_of(coming)] == [1, 2, 3, 4]


def test_only_who_called_it_or_the_coordination_puts_it_in_order(coming: Meeting, act: Act) -> None:
    item = add_item(actor=act("leonie-brandt"), meeting=coming, title="Etwas")
    with pytest.raises(NotAllowed):
        move_item(actor=act("leonie-brandt"), item=item, to=1)
    with pytest.raises(NotAllowed):
        drop_item(actor=act("tarek-aziz"), item=item)
    assert drop_item(actor=act("leonie-brandt"), item=item).state == AgendaItem.State.DROPPED


def test_two_who_change_an_item_at_once_lose_nothing(coming: Meeting, act: Act) -> None:
    boss = act("miriam-hoffstedt")
    item = add_item(actor=boss, meeting=coming, title="Alt")
    change_item(actor=boss, item=item, title="Neu", text="Ihr Text", base_revision=0)
    with pytest.raises(ItemConflict) as conflict:
        change_item(actor=boss, item=item, title="Anders", text="Mein Text", base_revision=0)
    assert conflict.value.theirs.text == "Ihr Text"
    assert titles(coming) == ["Neu"]


def test_the_planned_minutes_are_held_against_the_meetings_length(coming: Meeting, act: Act) -> None:
    boss = act("miriam-hoffstedt")
    for minutes in (60, 50, None):
        add_item(actor=boss, meeting=coming, title="Etwas", minutes=minutes)
    dropped = add_item(actor=boss, meeting=coming, title="Weg", minutes=400)
    drop_item(actor=boss, item=dropped)
    view = agenda_of(coming)
    assert (view.planned, view.length, view.without_time, view.too_long) == (110, 120, 1, False)
    add_item(actor=boss, meeting=coming, title="Zu viel", minutes=25)
    view = agenda_of(coming)
    assert (view.too_long, view.over) == (True, 15)


# ---------------------------------------------------------------- what is open


def test_what_was_carried_over_is_offered_and_taken_over_once(
    held: Meeting, coming: Meeting, act: Act
) -> None:
    boss = act("miriam-hoffstedt")
    item = add_item(actor=boss, meeting=held, title="Nicht geschafft", text="Siehe Anlage", minutes=20)
    set_item_state(actor=boss, item=item, state=AgendaItem.State.CARRIED)
    (offer,) = suggestions(boss, coming)
    assert (offer.title, offer.minutes, offer.carried_from) == ("Nicht geschafft", 20, item.pk)
    assert take_over(actor=boss, meeting=coming) == 1
    assert take_over(actor=boss, meeting=coming) == 0
    assert suggestions(boss, coming) == []
    (taken,) = items_of(coming)
    assert (taken.title, taken.text, taken.carried_from_id) == ("Nicht geschafft", "Siehe Anlage", item.pk)


def test_what_was_not_discussed_is_carried_over_when_the_minutes_go_out(
    held: Meeting, coming: Meeting, act: Act
) -> None:
    boss = act("miriam-hoffstedt")
    items = four(held, boss)
    set_item_state(actor=boss, item=items[0], state=AgendaItem.State.DONE)
    circulate(actor=boss, meeting=held)
    assert [one.title for one in suggestions(boss, coming)] == ["Punkt B", "Punkt C", "Punkt D"]


def test_what_a_cancelled_meeting_had_taken_over_is_offered_again(
    network: Network, held: Meeting, coming: Meeting, act: Act
) -> None:
    boss = act("miriam-hoffstedt")
    item = add_item(actor=boss, meeting=held, title="Nicht geschafft")
    set_item_state(actor=boss, item=item, state=AgendaItem.State.CARRIED)
    take_over(actor=boss, meeting=coming)
    later = a_meeting(network, when=timezone.now() + timedelta(days=100))
    assert suggestions(boss, later) == []
    cancel(actor=boss, meeting=coming, reason="illness")
    assert [one.title for one in suggestions(boss, later)] == ["Nicht geschafft"]


def test_a_carried_item_keeps_what_it_first_came_from(held: Meeting, coming: Meeting, act: Act) -> None:
    """A decision on it must find its way back to the need that it came from."""
    boss = act("miriam-hoffstedt")
    item = add_item(actor=boss, meeting=held, title="Bedarf")
    AgendaItem.objects.filter(pk=item.pk).update(source_kind="need", source_id="n-1")
    set_item_state(actor=boss, item=item, state=AgendaItem.State.CARRIED)
    take_over(actor=boss, meeting=coming)
    (taken,) = items_of(coming)
    assert (taken.source_kind, taken.source_id, taken.carried_from_id) == ("need", "n-1", item.pk)


def test_decisions_put_off_and_open_tasks_come_back_until_they_are_done(
    held: Meeting, coming: Meeting, act: Act
) -> None:
    boss = act("miriam-hoffstedt")
    decide(actor=boss, meeting=held, words=Words(text="Wer bezahlt?", outcome=Decision.Outcome.LATER))
    task = add_task(actor=boss, meeting=held, words=Words(text="Flyer entwerfen"))
    assert [one.source_kind for one in suggestions(boss, coming)] == ["decision", "task"]
    finish_task(actor=boss, task=task)
    assert [one.source_kind for one in suggestions(boss, coming)] == ["decision"]


def test_other_kinds_and_unread_meetings_offer_nothing(network: Network, held: Meeting, act: Act) -> None:
    boss = act("miriam-hoffstedt")
    item = add_item(actor=boss, meeting=held, title="Nur im Gremium")
    set_item_state(actor=boss, item=item, state=AgendaItem.State.CARRIED)
    exchange = a_meeting(network, Kind.EXCHANGE)
    assert suggestions(boss, exchange) == []
    mine = a_meeting(network, people=[], actor=act("leonie-brandt"))
    held.participants.all().delete()
    assert suggestions(act("leonie-brandt"), mine) == []


def test_some_of_the_suggestions_can_be_picked(held: Meeting, coming: Meeting, act: Act) -> None:
    boss = act("miriam-hoffstedt")
    for item in four(held, boss):
        set_item_state(actor=boss, item=item, state=AgendaItem.State.CARRIED)
    offers = suggestions(boss, coming)
    assert take_over(actor=boss, meeting=coming, picks=[offers[1].key, "carried:nonsense", "x"]) == 1
    assert titles(coming) == ["Punkt B"]


def test_nothing_is_added_once_the_minutes_went_out_or_the_meeting_is_off(
    held: Meeting, coming: Meeting, act: Act
) -> None:
    boss = act("miriam-hoffstedt")
    set_item_state(actor=boss, item=four(held, boss)[0], state=AgendaItem.State.DONE)
    circulate(actor=boss, meeting=held)
    with refusal("minutes_out"):
        add_item(actor=boss, meeting=held, title="Zu spät")
    cancel(actor=boss, meeting=coming, reason="illness")
    with refusal("cancelled"):
        add_item(actor=boss, meeting=coming, title="Zu spät")


def test_an_anonymous_case_discussion_takes_titles_only(network: Network, act: Act) -> None:
    meeting = a_meeting(network, Kind.CASE_DISCUSSION)
    boss = organizer(network)
    with refusal("no_case_text"):
        add_item(actor=boss, meeting=meeting, title="Termine", text="Es geht um …")
    assert add_item(actor=boss, meeting=meeting, title="Termine").title == "Termine"
