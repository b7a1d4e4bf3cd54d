"""Minutes are written by several at once, go out, are objected to, corrected and closed; nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse
from django.utils import timezone

from mtd.core.actor import ANONYMOUS, SYSTEM, Actor
from mtd.core.encryption import forget_keys
from mtd.core.errors import Conflict, NotAllowed
from mtd.core.models import DataKey
from mtd.documents.models import StoredFile
from mtd.meetings import jobs
from mtd.meetings.actions import (
    add_item,
    add_present,
    add_task,
    change_decision,
    change_item,
    circulate,
    decide,
    finish,
    finish_decision,
    finish_if_due,
    finish_task,
    note_attendance,
    note_cases,
    object_to,
    put_on_next,
    remove_decision,
    set_item_state,
    settle,
    withdraw,
    write_notes,
)
from mtd.meetings.actions.minutes import NotesConflict, RowConflict, Words
from mtd.meetings.models import AgendaItem, Decision, Kind, Meeting, Objection, Participant, Task
from mtd.meetings.queries import decisions_since, minutes_due, next_steps, recent
from mtd.meetings.queries.agenda import items_of, suggestions
from mtd.meetings.queries.minutes import changes, minutes_of, network_decisions, seen_mark, tasks_of
from mtd.meetings.queries.people import Guest
from mtd.notifications.models import Message
from mtd.organizations.models import Network
from tests.cast import Cast
from tests.factories.agreements import refusal
from tests.factories.meetings import a_meeting, participant

Act = Callable[[str], Actor]
FRIEDA = Guest("Frieda Blum", "frieda@kita.example")


@pytest.fixture
def boss(act: Act) -> Actor:
    """Who coordinates, called the meeting, and keeps the minutes."""
    return act("miriam-hoffstedt")


@pytest.fixture
def held(network: Network) -> Meeting:
    """A committee two weeks ago, with a guest."""
    return a_meeting(network, held=True, guests=[FRIEDA])


@pytest.fixture
def item(held: Meeting, boss: Actor) -> AgendaItem:
    return add_item(actor=boss, meeting=held, title="Wartezeiten")


@pytest.fixture
def out(held: Meeting, item: AgendaItem, boss: Actor) -> Meeting:
    """Minutes that went out today, with fourteen days for objections."""
    write_notes(actor=boss, item=item, notes="Im Schnitt fünf Wochen.", base_revision=0)
    return circulate(actor=boss, meeting=held)


def fresh(meeting: Meeting) -> Meeting:
    return Meeting.objects.select_related("network", "final_by").get(pk=meeting.pk)


def noted(item: AgendaItem) -> str:
    return AgendaItem.objects.get(pk=item.pk).notes


# ---------------------------------------------------------------- writing


def test_the_first_word_begins_the_minutes_and_names_who_keeps_them(
    held: Meeting, item: AgendaItem, boss: Actor
) -> None:
    write_notes(actor=boss, item=item, notes="Fünf Wochen.", base_revision=0)
    now = fresh(held)
    assert (now.minutes, now.minute_taker_id) == (Meeting.Minutes.OPEN, boss.user_id)
    assert AgendaItem.objects.get(pk=item.pk).state == AgendaItem.State.DONE


def test_two_who_write_at_once_lose_nothing(held: Meeting, item: AgendaItem, boss: Actor) -> None:
    write_notes(actor=boss, item=item, notes="Erste", base_revision=0)
    with pytest.raises(NotesConflict) as conflict:
        write_notes(actor=boss, item=item, notes="Zweite", base_revision=0)
    assert (conflict.value.theirs.notes, conflict.value.mine) == ("Erste", "Zweite")
    assert noted(item) == "Erste"
    write_notes(actor=boss, item=item, notes="Erste\n\nZweite", base_revision=1)
    assert noted(item) == "Erste\n\nZweite"


def test_saving_the_same_words_again_makes_no_new_revision(
    held: Meeting, item: AgendaItem, boss: Actor
) -> None:
    write_notes(actor=boss, item=item, notes="Gleich", base_revision=0)
    assert write_notes(actor=boss, item=item, notes=" Gleich\r\n", base_revision=0).revision == 1


@pytest.mark.parametrize("who", ["leonie-brandt", "tarek-aziz"])
def test_only_who_keeps_the_minutes_writes(held: Meeting, item: AgendaItem, act: Act, who: str) -> None:
    with pytest.raises(NotAllowed):
        write_notes(actor=act(who), item=item, notes="…", base_revision=0)
    Meeting.objects.filter(pk=held.pk).update(minute_taker=act(who).user_id)
    assert write_notes(actor=act(who), item=item, notes="…", base_revision=0).notes == "…"


def test_minutes_open_on_the_day_of_the_meeting(network: Network, boss: Actor) -> None:
    coming = a_meeting(network)
    person = coming.participants.first()
    assert person is not None
    with refusal("not_yet"):
        note_attendance(actor=boss, participant=person, attendance="present")
    Meeting.objects.filter(pk=coming.pk).update(
        starts_at=timezone.now(), ends_at=timezone.now() + timedelta(hours=1)
    )
    assert note_attendance(actor=boss, participant=person, attendance="present").attendance == "present"


def test_somebody_who_was_not_invited_can_be_noted_as_there(held: Meeting, boss: Actor, cast: Cast) -> None:
    new = add_present(actor=boss, meeting=held, user=cast.people["jonas-reuter"])
    assert (new.attendance, new.organization) == ("present", cast.organizations["suchtberatung-am-markt"])
    guest = add_present(actor=boss, meeting=held, guest=Guest("Ines Rau", "rau@praxis.example"))
    assert guest.is_guest
    for nobody in ({}, {"user": cast.people["jonas-reuter"], "guest": FRIEDA}):
        with refusal("nobody"):
            add_present(actor=boss, meeting=held, **nobody)  # type: ignore[arg-type]
    with refusal("already"):
        add_present(actor=boss, meeting=held, user=cast.people["jonas-reuter"])


def test_decisions_are_numbered_within_their_meeting(held: Meeting, item: AgendaItem, boss: Actor) -> None:
    first = decide(actor=boss, meeting=held, item=item, words=Words(text="Eins"))
    second = decide(actor=boss, meeting=held, words=Words(text="Zwei", outcome="no", reason="Kein Geld"))
    assert (first.number, second.number) == (1, 2)
    remove_decision(actor=boss, decision=first)
    assert decide(actor=boss, meeting=held, words=Words(text="Drei")).number == 3


def test_a_decision_changed_by_two_keeps_both_texts(held: Meeting, boss: Actor) -> None:
    decision = decide(actor=boss, meeting=held, words=Words(text="Eins"))
    seen = seen_mark(decision)
    change_decision(actor=boss, decision=decision, words=Words(text="Zwei"), seen=seen)
    with pytest.raises(RowConflict) as conflict:
        change_decision(actor=boss, decision=decision, words=Words(text="Drei"), seen=seen)
    assert conflict.value.theirs.text == "Zwei"


def test_owners_belong_to_the_network_and_to_the_meeting(held: Meeting, boss: Actor, cast: Cast) -> None:
    with refusal("organization"):
        decide(
            actor=boss,
            meeting=held,
            words=Words(text="…", organization=cast.organizations["caritas-heinsberg"]),
        )
    with refusal("person"):
        add_task(actor=boss, meeting=held, words=Words(text="…", user=cast.people["anke-wolters"]))
    with refusal("no_text"):
        add_task(actor=boss, meeting=held, words=Words(text="  "))


def test_a_case_discussion_keeps_the_number_of_cases_and_no_notes(network: Network, boss: Actor) -> None:
    meeting = a_meeting(network, Kind.CASE_DISCUSSION, held=True)
    item = add_item(actor=boss, meeting=meeting, title="Termine")
    with refusal("no_case_notes"):
        write_notes(actor=boss, item=item, notes="Die Mutter …", base_revision=0)
    assert note_cases(actor=boss, meeting=meeting, count=3).cases_discussed == 3
    for wrong in (-1, 51):
        with refusal("count"):
            note_cases(actor=boss, meeting=meeting, count=wrong)


def test_a_case_that_comes_to_another_meeting_is_talked_over_and_not_written_down(
    network: Network, boss: Actor, browse: Callable[[str], Client]
) -> None:
    meeting = a_meeting(network, Kind.EXCHANGE, held=True)
    case = {"source_kind": "consultation", "source_id": "0c7f4d9e-6a58-4d0e-9a0c-2f8a5c1b7d11"}
    item = add_item(actor=boss, meeting=meeting, title="2026-017", **case)
    with refusal("no_case_notes"):
        write_notes(actor=boss, item=item, notes="Die Mutter …", base_revision=0)
    with refusal("no_case_text"):
        change_item(actor=boss, item=item, title="2026-017", text="Die Mutter …", base_revision=0)
    other = add_item(actor=boss, meeting=meeting, title="Termine")
    assert write_notes(actor=boss, item=other, notes="Im Mai.", base_revision=0).notes == "Im Mai."
    page = browse("miriam-hoffstedt").get(reverse("meetings:minutes", args=[meeting.pk])).content.decode()
    assert f"notes-{other.pk}" in page
    assert f"notes-{item.pk}" not in page
    assert page.count("nothing is written down about a case") == 1


# ---------------------------------------------------------------- sending out


def test_sending_out_tells_everybody_and_names_nothing_confidential(
    held: Meeting, item: AgendaItem, boss: Actor
) -> None:
    Meeting.objects.filter(pk=held.pk).update(title="Geheimer Titel")
    write_notes(actor=boss, item=item, notes="Vertrauliches", base_revision=0)
    Message.objects.all().delete()
    meeting = circulate(actor=boss, meeting=held)
    assert meeting.objections_until == timezone.localdate() + timedelta(days=14)
    mails = list(Message.objects.all())
    assert {mail.address for mail in mails} == {
        one.address for one in held.participants.select_related("user") if one.user_id != boss.user_id
    }
    for mail in mails:
        said = mail.subject + mail.body
        assert not any(word in said for word in ("Geheimer", "Vertrauliches", "Wartezeiten"))
    (guest,) = [mail for mail in mails if mail.address == FRIEDA.email]
    assert "/meetings/me/" in guest.body


def test_a_meeting_whose_minutes_go_out_has_been_held(network: Network, boss: Actor) -> None:
    meeting = a_meeting(network)
    start = timezone.now() - timedelta(minutes=5)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=start, ends_at=start + timedelta(hours=1))
    with refusal("empty"):
        circulate(actor=boss, meeting=meeting)
    person = meeting.participants.first()
    assert person is not None
    note_attendance(actor=boss, participant=person, attendance="online")
    assert circulate(actor=boss, meeting=meeting).state == Meeting.State.HELD


@pytest.mark.parametrize("days", [2, 61, 0, -5])
def test_the_time_for_objections_is_neither_too_short_nor_too_long(
    held: Meeting, item: AgendaItem, boss: Actor, days: int
) -> None:
    write_notes(actor=boss, item=item, notes="…", base_revision=0)
    with refusal("days"):
        circulate(actor=boss, meeting=held, days=days)


def test_what_went_out_is_not_rewritten_in_silence(out: Meeting, item: AgendaItem, boss: Actor) -> None:
    with refusal("circulated"):
        write_notes(actor=boss, item=item, notes="Anders", base_revision=1)
    with pytest.raises(Conflict) as conflict:
        circulate(actor=boss, meeting=out)
    assert "Miriam Hoffstedt" in str(conflict.value)


# ---------------------------------------------------------------- objections


def test_an_objection_taken_up_opens_the_minutes_and_the_change_is_shown(
    out: Meeting, item: AgendaItem, boss: Actor, act: Act
) -> None:
    mine = participant(out, "frieda@kita.example")
    objection = object_to(actor=ANONYMOUS, participant=mine, text="Es waren vier.", item=item)
    with refusal("open_objections"):
        finish(actor=boss, meeting=out, agreed=True)
    settle(actor=boss, objection=objection, taken_up=True)
    assert fresh(out).minutes == Meeting.Minutes.OPEN
    write_notes(actor=boss, item=item, notes="Im Schnitt vier Wochen.", base_revision=1)
    (change,) = changes(minutes_of(fresh(out)))
    assert "<mark>vier</mark>" in change.diff.right
    again = circulate(actor=boss, meeting=out, days=5)
    assert again.objections_until == timezone.localdate() + timedelta(days=5)
    (change,) = changes(minutes_of(fresh(out)))
    assert "<mark>fünf</mark>" in change.diff.left
    assert finish(actor=boss, meeting=out, agreed=True).minutes == Meeting.Minutes.FINAL


def test_an_objection_noted_stands_in_the_minutes_with_its_answer(
    out: Meeting, boss: Actor, act: Act, cast: Cast
) -> None:
    tarek = participant(out, cast.people["tarek-aziz"])
    objection = object_to(actor=act("tarek-aziz"), participant=tarek, text="Ich war dagegen.")
    with refusal("no_reply"):
        settle(actor=boss, objection=objection, taken_up=False)
    settle(actor=boss, objection=objection, taken_up=False, reply="Es gab keine Abstimmung.")
    assert fresh(out).minutes == Meeting.Minutes.CIRCULATED
    (one,) = minutes_of(out).noted_objections
    assert (one.text, one.reply) == ("Ich war dagegen.", "Es gab keine Abstimmung.")
    with pytest.raises(Conflict):
        settle(actor=boss, objection=objection, taken_up=True)


def test_an_objection_can_be_taken_back_by_who_made_it_only(
    out: Meeting, boss: Actor, act: Act, cast: Cast
) -> None:
    tarek = participant(out, cast.people["tarek-aziz"])
    objection = object_to(actor=act("tarek-aziz"), participant=tarek, text="…")
    for other in (boss, ANONYMOUS):
        with pytest.raises(NotAllowed):
            withdraw(actor=other, objection=objection)
    withdraw(actor=act("tarek-aziz"), objection=objection)
    assert finish(actor=boss, meeting=out, agreed=True).minutes == Meeting.Minutes.FINAL


def test_nobody_objects_in_somebody_elses_name_or_once_removed(
    out: Meeting, boss: Actor, act: Act, cast: Cast
) -> None:
    tarek = participant(out, cast.people["tarek-aziz"])
    for other in (boss, act("leonie-brandt"), ANONYMOUS):
        with pytest.raises(NotAllowed):
            object_to(actor=other, participant=tarek, text="…")
    Participant.objects.filter(pk=tarek.pk).update(removed_at=timezone.now())
    with pytest.raises(NotAllowed):
        object_to(actor=act("tarek-aziz"), participant=tarek, text="…")


# ---------------------------------------------------------------- closing


def test_minutes_close_after_the_deadline_or_when_everybody_agrees(out: Meeting, boss: Actor) -> None:
    with refusal("still_running"):
        finish(actor=boss, meeting=out)
    Meeting.objects.filter(pk=out.pk).update(objections_until=timezone.localdate() - timedelta(days=1))
    final = finish(actor=boss, meeting=out)
    assert (final.minutes, final.final_by_id) == (Meeting.Minutes.FINAL, boss.user_id)
    assert final.file is not None
    assert bytes(StoredFile.objects.get(pk=final.file.pk).content).startswith(b"%PDF")


def test_the_second_who_closes_hears_who_was_quicker(out: Meeting, boss: Actor) -> None:
    finish(actor=boss, meeting=out, agreed=True)
    with pytest.raises(Conflict) as conflict:
        finish(actor=boss, meeting=out, agreed=True)
    assert "closed by Miriam Hoffstedt" in str(conflict.value)
    assert "Nothing is lost" in str(conflict.value)


def test_final_minutes_cannot_be_changed_in_any_way(
    out: Meeting, item: AgendaItem, boss: Actor, act: Act, cast: Cast
) -> None:
    finish(actor=boss, meeting=out, agreed=True)
    tarek = participant(out, cast.people["tarek-aziz"])
    tries: list[Callable[[], Any]] = [
        lambda: write_notes(actor=boss, item=item, notes="…", base_revision=9),
        lambda: set_item_state(actor=boss, item=item, state="open"),
        lambda: decide(actor=boss, meeting=out, words=Words(text="…")),
        lambda: note_attendance(actor=boss, participant=tarek, attendance="absent"),
        lambda: object_to(actor=act("tarek-aziz"), participant=tarek, text="Zu spät"),
    ]
    for attempt in tries:
        with refusal("final"):
            attempt()
    with refusal("minutes_out"):
        add_item(actor=boss, meeting=out, title="…")


def test_what_comes_too_late_goes_onto_the_next_agenda(
    network: Network, out: Meeting, boss: Actor, act: Act
) -> None:
    finish(actor=boss, meeting=out, agreed=True)
    with refusal("no_next_meeting"):
        put_on_next(actor=act("tarek-aziz"), meeting=out, text="Es waren vier.")
    coming = a_meeting(network)
    item = put_on_next(actor=act("tarek-aziz"), meeting=out, text="Es waren vier.")
    assert (item.meeting_id, item.text) == (coming.pk, "Es waren vier.")


def test_the_clock_closes_what_is_due_once_and_leaves_the_rest(
    out: Meeting, boss: Actor, act: Act, cast: Cast
) -> None:
    assert jobs.finish_due_minutes() == 0
    Meeting.objects.filter(pk=out.pk).update(objections_until=timezone.localdate())
    assert jobs.finish_due_minutes() == 0  # the last day still counts
    Meeting.objects.filter(pk=out.pk).update(objections_until=timezone.localdate() - timedelta(days=3))
    tarek = participant(out, cast.people["tarek-aziz"])
    objection = object_to(actor=act("tarek-aziz"), participant=tarek, text="…")
    assert jobs.finish_due_minutes() == 0
    withdraw(actor=act("tarek-aziz"), objection=objection)
    assert jobs.finish_due_minutes() == 1
    assert jobs.finish_due_minutes() == 0
    assert not finish_if_due(actor=SYSTEM, meeting=out)
    assert "became final on" in _second_close(out, boss)


def _second_close(meeting: Meeting, boss: Actor) -> str:
    with pytest.raises(Conflict) as conflict:
        finish(actor=boss, meeting=meeting, agreed=True)
    return str(conflict.value)


@pytest.mark.django_db(transaction=True)
def test_two_who_close_at_the_same_moment_make_one_file(
    out: Meeting, boss: Actor, transactional_db: None
) -> None:
    said: list[str] = []
    start = threading.Barrier(2)

    def close() -> None:
        start.wait()
        try:
            finish(actor=boss, meeting=out, agreed=True)
            said.append("closed")
        except Conflict as conflict:
            said.append(conflict.code)
        finally:
            connections.close_all()

    both = [threading.Thread(target=close) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(said) == ["already_final", "closed"]
    assert StoredFile.objects.count() == 1


# ---------------------------------------------------------------- what comes of it


def test_decisions_of_a_source_are_found_once_they_went_out(
    network: Network, held: Meeting, item: AgendaItem, boss: Actor
) -> None:
    AgendaItem.objects.filter(pk=item.pk).update(source_kind="need", source_id="n-1")
    decision = decide(actor=boss, meeting=held, item=item, words=Words(text="Ja"))
    decide(actor=boss, meeting=held, words=Words(text="Etwas anderes"))
    assert list(decisions_since("need")) == []
    circulate(actor=boss, meeting=held)
    assert [one.pk for one in decisions_since("need")] == [decision.pk]
    assert list(decisions_since("need", timezone.now())) == []


def test_the_networks_decisions_show_to_who_may_read_them(
    network: Network, held: Meeting, boss: Actor, act: Act, cast: Cast
) -> None:
    late = Words(text="Längst fällig", user=cast.people["leonie-brandt"], due_on=date(2026, 1, 1))
    decision = decide(actor=boss, meeting=held, words=late)
    decide(actor=boss, meeting=held, words=Words(text="Nein", outcome="no"))
    assert network_decisions(boss, network).paginator.count == 0
    circulate(actor=boss, meeting=held)
    leonie = act("leonie-brandt")
    assert network_decisions(leonie, network).paginator.count == 2
    assert network_decisions(leonie, network, which="late").paginator.count == 1
    assert network_decisions(act("jonas-reuter"), network).paginator.count == 0
    finish_decision(actor=leonie, decision=decision)
    assert network_decisions(leonie, network, which="open").paginator.count == 0
    with pytest.raises(NotAllowed):
        finish_decision(actor=act("tarek-aziz"), decision=decision, done=False)


def test_tasks_stand_with_who_took_them_on_until_they_are_done(
    held: Meeting, boss: Actor, act: Act, cast: Cast
) -> None:
    mine = add_task(actor=boss, meeting=held, words=Words(text="Flyer", user=cast.people["leonie-brandt"]))
    ours = Words(text="Liste", organization=cast.organizations["suchtberatung-am-markt"])
    add_task(actor=boss, meeting=held, words=ours)
    leonie = act("leonie-brandt")
    assert tasks_of(leonie) == []  # what is still being written is nobody's task yet
    circulate(actor=boss, meeting=held)
    assert [one.text for one in tasks_of(leonie)] == ["Flyer", "Liste"]
    assert [one.text for one in tasks_of(act("jonas-reuter"))] == ["Liste"]
    finish_task(actor=leonie, task=mine)
    assert [one.text for one in tasks_of(leonie)] == ["Liste"]
    with pytest.raises(NotAllowed):
        finish_task(actor=act("tarek-aziz"), task=mine, done=False)


def test_the_start_page_says_what_waits_and_never_a_word_of_the_minutes(
    network: Network, held: Meeting, item: AgendaItem, boss: Actor, act: Act, cast: Cast
) -> None:
    def said(actor: Actor) -> list[str]:
        return [step.title for step in next_steps(actor)]

    assert "Write the minutes and send them out" in said(boss)
    write_notes(actor=boss, item=item, notes="Vertrauliches", base_revision=0)
    words = Words(text="Geheim", user=cast.people["leonie-brandt"], due_on=date(2026, 1, 1))
    add_task(actor=boss, meeting=held, words=words)
    circulate(actor=boss, meeting=held)
    leonie = act("leonie-brandt")
    (task,) = [step for step in next_steps(leonie) if step.title == "A task you took on"]
    assert task.late
    object_to(actor=leonie, participant=participant(held, cast.people["leonie-brandt"]), text="…")
    assert "Answer an objection" in said(boss)
    news = recent(leonie, timezone.now() - timedelta(hours=1))
    assert any("Minutes went out" in one.text for one in news)
    shown = str(next_steps(leonie)) + str(next_steps(boss)) + str(news)
    assert not any(word in shown for word in ("Vertrauliches", "Geheim", "Wartezeiten"))


def test_nobody_is_asked_for_the_minutes_of_years_ago(network: Network, boss: Actor) -> None:
    a_meeting(network, when=timezone.now() - timedelta(days=900))
    assert next_steps(boss) == []


# ---------------------------------------------------------------- letting go


def test_words_go_after_five_years_and_what_can_be_counted_stays(
    held: Meeting,
    item: AgendaItem,
    boss: Actor,
    act: Act,
    cast: Cast,
    django_capture_on_commit_callbacks: Any,
) -> None:
    write_notes(actor=boss, item=item, notes="Kanarienvogel", base_revision=0)
    decide(actor=boss, meeting=held, item=item, words=Words(text="Kanarienvogel", due_on=date(2027, 1, 1)))
    add_task(actor=boss, meeting=held, words=Words(text="Kanarienvogel"))
    circulate(actor=boss, meeting=held)
    tarek = participant(held, cast.people["tarek-aziz"])
    settle(
        actor=boss,
        objection=object_to(actor=act("tarek-aziz"), participant=tarek, text="Kanarienvogel"),
        taken_up=False,
        reply="Kanarienvogel",
    )
    finish(actor=boss, meeting=held, agreed=True)
    there = held.participants.filter(attendance="present").count()
    assert jobs.forget_minutes() == 0
    with override_settings(MTD_KEEP_MINUTES=timedelta(days=7)):
        assert list(minutes_due(timezone.now())) == [held]
        keys = set(AgendaItem.objects.values_list("data_key_id", flat=True))
        with django_capture_on_commit_callbacks(execute=True):
            assert jobs.forget_minutes() == 1
        assert jobs.forget_minutes() == 0
    forget_keys()
    assert not DataKey.objects.using("keys").filter(id__in=keys).exists()
    decision, task, objection = Decision.objects.get(), Task.objects.get(), Objection.objects.get()
    assert [AgendaItem.objects.get().notes, decision.text, task.text, objection.reply] == [""] * 4
    assert (decision.number, decision.due_on) == (1, date(2027, 1, 1))
    assert held.participants.filter(attendance="present").count() == there
    assert fresh(held).file_id is None
    assert StoredFile.objects.count() == 0
    assert minutes_of(fresh(held)).items[0].item.title == ""


def test_what_is_open_survives_into_the_next_agenda_after_closing(
    network: Network, out: Meeting, boss: Actor
) -> None:
    finish(actor=boss, meeting=out, agreed=True)
    coming = a_meeting(network)
    assert suggestions(boss, coming) == []
    assert items_of(out).count() == 1
