"""Needs: raised, joined, put together, decided, answered, and whether it helped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from mtd.agreements.models import Agreement, Version
from mtd.audit.models import Event
from mtd.cooperation.actions import needs, needs_consequences, needs_decisions, needs_groups
from mtd.cooperation.jobs import take_in_decisions
from mtd.cooperation.models import Need, NeedDecision, NeedGroup, OfferWish
from mtd.cooperation.queries.needs import LIMIT_DAYS, listed, rows_of, similar_to, voices_of
from mtd.cooperation.queries.needs_due import (
    agenda_suggestions_needs,
    needs_waiting,
    next_steps_needs,
    recent_needs,
)
from mtd.core.actor import Actor
from mtd.core.encryption import warm
from mtd.core.errors import Conflict, NotAllowed, Refused
from mtd.guide.models import StepFeedback
from mtd.guide.queries import latest_version, pack_by_id
from mtd.meetings.actions import closing
from mtd.meetings.actions import minutes as writing
from mtd.meetings.actions.minutes import Words
from mtd.meetings.models import AgendaItem, Decision, Kind, Meeting
from mtd.notifications.models import Notice
from mtd.organizations.models import Membership, Network
from tests.cast import Cast
from tests.factories.meetings import a_meeting, hold

pytestmark = pytest.mark.django_db
Act = Callable[[str], Actor]
TODAY = timezone.localdate


@pytest.fixture
def network(cast: Cast) -> Network:
    return cast.networks["birkenfurt"]


@pytest.fixture
def raised(act: Act, network: Network) -> Need:
    return say(act("jonas-reuter"), network)


def say(actor: Actor, network: Network, text: str = "Freitags erreichen wir niemanden.", **more: Any) -> Need:
    return needs.raise_need(actor=actor, network=network, text=text, **{"topic": "reach", **more})


def refused(code: str) -> Any:
    class Block:
        def __enter__(self) -> None:
            return None

        def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
            assert isinstance(error, Refused), error
            assert error.code == code
            return True

    return Block()


def decide(act: Act, cast: Cast, group: NeedGroup, **more: Any) -> NeedDecision:
    given: dict[str, Any] = {
        "level": "committee",
        "outcome": "yes",
        "text": "Freitags bis 16 Uhr ist eine Stelle erreichbar.",
        "reason": "Dann rufen die meisten an.",
        "decided_on": TODAY(),
        "owner_organization": cast.organizations["suchtberatung-am-markt"],
        "due_on": TODAY() + timedelta(days=30),
        **more,
    }
    return needs_decisions.decide(actor=act("miriam-hoffstedt"), group=group, **given)


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], Any]:
    """`with on(day):` what happens inside happens on that day."""
    from contextlib import contextmanager

    @contextmanager
    def moved(day: date) -> Iterator[None]:
        moment = timezone.now().replace(year=day.year, month=day.month, day=day.day)
        with patch.object(timezone, "now", return_value=moment):
            yield

    return moved


# ---------------------------------------------------------------- raising


def test_a_worker_raises_a_need_and_the_coordination_is_told(
    raised: Need, network: Network, cast: Cast
) -> None:
    group = raised.group
    assert group.network == network
    assert group.wording == raised.text == "Freitags erreichen wir niemanden."
    assert group.state == "new"
    assert group.first_raised_on == TODAY()
    assert raised.organization == cast.organizations["suchtberatung-am-markt"]
    notice = Notice.objects.get(kind="needs.raised")
    assert notice.user == cast.people["miriam-hoffstedt"]
    assert "Freitags" not in notice.text
    assert notice.link == f"/cooperation/birkenfurt/needs/{group.pk}/"


@pytest.mark.parametrize(
    ("text", "code"), [("", "empty"), (" \n\x00 ", "empty"), ("x" * 100_000, "too_long")]
)
def test_what_says_nothing_or_too_much_is_refused(act: Act, network: Network, text: str, code: str) -> None:
    with refused(code):
        say(act("jonas-reuter"), network, text)
    assert not NeedGroup.objects.exists()


def test_an_unknown_topic_is_refused(act: Act, network: Network) -> None:
    with refused("topic"):
        say(act("jonas-reuter"), network, topic="weather")


def test_only_the_network_raises_needs(act: Act, network: Network) -> None:
    for stranger in ("pia-lennartz", "inga-soerensen", "mette-lindqvist"):
        with pytest.raises(NotAllowed):
            say(act(stranger), network)


def test_the_coordination_raises_for_an_organisation_and_with_an_earlier_day(
    act: Act, network: Network, cast: Cast
) -> None:
    told = TODAY() - timedelta(days=9)
    office = cast.organizations["kreisjugendamt-birkenfurt"]
    need = say(act("miriam-hoffstedt"), network, organization=office, raised_on=told)
    assert need.organization == office
    assert need.group.first_raised_on == told
    decide(act, cast, need.group)
    told_people = set(Notice.objects.filter(kind="needs.answered").values_list("user__name", flat=True))
    assert told_people == {"Ulrike Sand"}  # its lead; the coordination itself decided
    with refused("future"):
        say(act("miriam-hoffstedt"), network, raised_on=TODAY() + timedelta(days=1))
    with refused("earlier"):
        say(act("jonas-reuter"), network, raised_on=told)
    with refused("organization"):
        say(act("jonas-reuter"), network, organization=office)


# ---------------------------------------------------------------- joining, changing, taking back


def test_others_join_with_words_of_their_own_and_nobody_twice(raised: Need, act: Act) -> None:
    joined = needs.join_need(actor=act("deniz-kaya"), group=raised.group, text="Wir auch, seit Mai.")
    assert joined.group_id == raised.group_id
    with refused("already"):
        needs.join_need(actor=act("deniz-kaya"), group=raised.group)
    with refused("already"):
        needs.join_need(actor=act("jonas-reuter"), group=raised.group)
    with pytest.raises(NotAllowed):
        needs.join_need(actor=act("pia-lennartz"), group=raised.group)


def test_one_puts_the_own_need_to_one_that_says_the_same(raised: Need, act: Act, network: Network) -> None:
    twin = say(act("deniz-kaya"), network, "Am Freitag erreichen wir in der Beratung niemanden.")
    likely = similar_to(act("deniz-kaya"), twin.group)
    assert [row.group for row in likely] == [raised.group]
    shell = twin.group
    needs.same_as(actor=act("deniz-kaya"), need=twin, group=raised.group)
    twin.refresh_from_db()
    shell.refresh_from_db()
    assert twin.group_id == raised.group_id
    assert twin.text == "Am Freitag erreichen wir in der Beratung niemanden."
    assert shell.merged_into_id == raised.group_id
    assert shell.wording == ""
    assert listed(act("jonas-reuter"), network).count() == 1


def test_the_own_words_change_until_others_take_them_up(raised: Need, act: Act) -> None:
    jonas = act("jonas-reuter")
    needs.edit_need(actor=jonas, need=raised, text="Freitags ab 13 Uhr.", topic="procedure")
    raised.group.refresh_from_db()
    assert (raised.group.wording, raised.group.topic) == ("Freitags ab 13 Uhr.", "procedure")
    with pytest.raises(NotAllowed):
        needs.edit_need(actor=act("deniz-kaya"), need=raised, text="Nein.", topic="other")
    needs.join_need(actor=act("deniz-kaya"), group=raised.group)
    with refused("grouped"):
        needs.edit_need(actor=jonas, need=raised, text="Noch einmal.", topic="other")


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_loses_its_words_at_once(raised: Need, act: Act) -> None:
    key = raised.data_key_id
    needs.withdraw_need(actor=act("jonas-reuter"), need=raised)
    need = Need.objects.get(pk=raised.pk)
    assert (need.text, need.group.wording, need.group.state) == ("", "", "withdrawn")
    from mtd.core.models import DataKey

    assert not DataKey.objects.using("keys").filter(id=key).exists()
    with refused("withdrawn"):
        needs.withdraw_need(actor=act("jonas-reuter"), need=raised)


def test_taking_back_the_first_of_several_leaves_the_others(raised: Need, act: Act, on: Any) -> None:
    with on(TODAY() + timedelta(days=5)):
        needs.join_need(actor=act("deniz-kaya"), group=raised.group, text="Wir auch.")
    needs.withdraw_need(actor=act("jonas-reuter"), need=raised)
    group = NeedGroup.objects.get(pk=raised.group_id)
    assert (group.state, group.wording) == ("new", "Wir auch.")
    assert group.first_raised_on == TODAY() + timedelta(days=5)


# ---------------------------------------------------------------- put together, take apart


def test_equal_needs_come_under_one_wording_and_count_from_the_earliest_day(
    act: Act, network: Network, on: Any
) -> None:
    coordination = act("miriam-hoffstedt")
    with on(TODAY() - timedelta(days=20)):
        first = say(act("deniz-kaya"), network, "Erstens.")
    second = say(act("jonas-reuter"), network, "Zweitens.")
    third = say(act("ralf-timmermann"), network, "Drittens.")
    merged = needs_groups.merge_groups(
        actor=coordination,
        group=second.group,
        others=[first.group, third.group],
        wording="Alle drei.",
        topic="offer",
    )
    assert merged.pk == second.group_id
    row = rows_of(coordination, list(listed(coordination, network)))[0]
    assert (row.times, row.days, row.wording) == (3, 20, "Alle drei.")
    apart = needs_groups.split_need(actor=coordination, need=first)
    assert apart.wording == "Erstens."
    assert apart.first_raised_on == TODAY() - timedelta(days=20)
    assert NeedGroup.objects.get(pk=merged.pk).first_raised_on == TODAY()
    for need in (first, second, third):
        need.refresh_from_db()
    assert third.group_id == merged.pk


def test_only_the_coordination_puts_needs_together(raised: Need, act: Act, network: Network) -> None:
    other = say(act("deniz-kaya"), network, "Anders.")
    for key in ("leonie-brandt", "inga-soerensen", "jonas-reuter"):
        with pytest.raises(NotAllowed):
            needs_groups.merge_groups(
                actor=act(key), group=raised.group, others=[other.group], wording="x", topic="other"
            )
        with pytest.raises(NotAllowed):
            needs_groups.word_group(actor=act(key), group=raised.group, wording="x", topic="other")


def test_needs_of_two_networks_are_never_put_together(raised: Need, act: Act, cast: Cast) -> None:
    foreign = say(act("pia-lennartz"), cast.networks["kreis-heinsberg"], "Fremd.")
    with refused("other_network"):
        needs_groups.merge_groups(
            actor=act("miriam-hoffstedt"),
            group=raised.group,
            others=[foreign.group],
            wording="x",
            topic="other",
        )
    with refused("other_network"):
        needs.same_as(actor=act("jonas-reuter"), need=raised, group=foreign.group)
    with refused("meeting"):
        meeting = a_meeting(cast.networks["kreis-heinsberg"])
        needs_groups.put_on_agenda(actor=act("miriam-hoffstedt"), group=raised.group, meeting=meeting)


def test_a_need_put_together_while_somebody_decides_it_is_a_clear_answer(
    raised: Need, act: Act, network: Network, cast: Cast
) -> None:
    other = say(act("deniz-kaya"), network, "Anders.")
    needs_groups.merge_groups(
        actor=act("miriam-hoffstedt"),
        group=other.group,
        others=[raised.group],
        wording="Eins.",
        topic="reach",
    )
    with pytest.raises(Conflict) as told:
        decide(act, cast, raised.group)
    assert told.value.code == "merged"
    assert not NeedDecision.objects.exists()


# ---------------------------------------------------------------- deciding and answering


def test_an_answer_goes_back_to_everybody_who_raised_it(raised: Need, act: Act, cast: Cast) -> None:
    needs.join_need(actor=act("deniz-kaya"), group=raised.group, anonymous=True)
    decision = decide(act, cast, raised.group)
    group = NeedGroup.objects.get(pk=raised.group_id)
    assert (group.state, group.decided_on) == ("decided", TODAY())
    assert set(group.needs.values_list("answered_on", flat=True)) == {TODAY()}
    told = Notice.objects.filter(kind="needs.answered")
    assert set(told.values_list("user__name", flat=True)) == {"Jonas Reuter", "Deniz Kaya"}
    assert not [n for n in told if "16 Uhr" in n.text]
    needs_decisions.mark_done(actor=act("leonie-brandt"), decision=decision)
    assert Notice.objects.filter(kind="needs.done").count() == 2
    with refused("done"):
        needs_decisions.mark_done(actor=act("miriam-hoffstedt"), decision=decision)


def test_a_decision_cannot_be_made_twice(raised: Need, act: Act, cast: Cast) -> None:
    decide(act, cast, raised.group)
    with refused("decided"):
        decide(act, cast, raised.group, text="Doch anders.")
    assert NeedDecision.objects.count() == 1
    with refused("decided"):
        needs.join_need(actor=act("deniz-kaya"), group=raised.group)
    with refused("decided"):
        needs.withdraw_need(actor=act("jonas-reuter"), need=raised)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": ""}, "empty"),
        ({"reason": "  "}, "empty"),
        ({"text": "x" * 100_000}, "too_long"),
        ({"level": "king"}, "level"),
        ({"outcome": "maybe"}, "outcome"),
        ({"outcome": "up", "level": "steering"}, "outcome"),
        ({"decided_on": date(2099, 1, 1)}, "decided_on"),
        ({"decided_on": date(2020, 1, 1)}, "decided_on"),
        ({"owner_organization": None}, "owner"),
        ({"due_on": None}, "due_on"),
        ({"due_on": date(2020, 1, 1)}, "due_on"),
    ],
)
def test_a_decision_says_what_why_who_and_until_when(
    raised: Need, act: Act, cast: Cast, change: dict[str, Any], code: str
) -> None:
    with refused(code):
        decide(act, cast, raised.group, **change)
    assert not NeedDecision.objects.exists()


def test_a_no_needs_nobody_to_do_it(raised: Need, act: Act, cast: Cast) -> None:
    decision = decide(act, cast, raised.group, outcome="no", owner_organization=None, due_on=None)
    assert decision.owner_organization is None
    assert NeedGroup.objects.get().state == "decided"
    with refused("nothing_to_do"):
        needs_decisions.mark_done(actor=act("miriam-hoffstedt"), decision=decision)


def test_who_does_it_works_there(raised: Need, act: Act, cast: Cast) -> None:
    with refused("owner"):
        decide(act, cast, raised.group, owner=cast.people["deniz-kaya"])
    with refused("owner"):
        decide(act, cast, raised.group, owner_organization=cast.organizations["caritas-heinsberg"])


def test_only_the_coordination_records_what_no_minutes_hold(raised: Need, act: Act, cast: Cast) -> None:
    for key in ("leonie-brandt", "inga-soerensen"):
        with pytest.raises(NotAllowed):
            needs_decisions.decide(
                actor=act(key),
                group=raised.group,
                level="committee",
                outcome="no",
                text="x",
                reason="x",
                decided_on=TODAY(),
            )


def test_passing_it_on_reaches_the_steering_group_and_is_no_answer_yet(
    raised: Need, act: Act, cast: Cast
) -> None:
    decide(act, cast, raised.group, outcome="up", owner_organization=None, due_on=None)
    group = NeedGroup.objects.get()
    assert (group.state, group.decided_on) == ("steering", None)
    assert Need.objects.get().answered_on is None
    assert Notice.objects.filter(kind="needs.passed_on", user=cast.people["jonas-reuter"]).exists()
    decide(act, cast, group, level="steering")
    assert NeedGroup.objects.get().state == "decided"
    assert NeedDecision.objects.count() == 2


def test_where_the_raiser_has_left_the_lead_hears_the_answer(raised: Need, act: Act, cast: Cast) -> None:
    jonas = cast.people["jonas-reuter"]
    Membership.objects.filter(user=jonas).update(ended_on=TODAY())
    type(jonas).objects.filter(pk=jonas.pk).update(is_active=False)
    decide(act, cast, raised.group)
    told = Notice.objects.filter(kind="needs.answered")
    assert [n.user.name for n in told] == ["Leonie Brandt"]
    assert Need.objects.get().answered_on == TODAY()
    needs.say_helped(actor=act("leonie-brandt"), need=raised, helped="yes")
    with pytest.raises(NotAllowed):
        needs.say_helped(actor=act("ulrike-sand"), need=raised, helped="no")


def test_a_need_without_a_name_whose_raiser_left_is_answered_to_nobody(
    act: Act, network: Network, cast: Cast
) -> None:
    from mtd.cooperation.queries.needs_figures import figures

    need = say(act("jonas-reuter"), network, anonymous=True)
    Membership.objects.filter(user=cast.people["jonas-reuter"]).update(ended_on=TODAY())
    decide(act, cast, need.group)
    assert not Notice.objects.filter(kind="needs.answered").exists()
    counted = figures(network)
    assert (counted.decided, counted.answered, counted.not_reached) == (1, 0, 1)


def test_who_raised_it_says_whether_it_helped(raised: Need, act: Act, cast: Cast) -> None:
    jonas = act("jonas-reuter")
    with refused("not_answered"):
        needs.say_helped(actor=jonas, need=raised, helped="yes")
    decide(act, cast, raised.group)
    with pytest.raises(NotAllowed):
        needs.say_helped(actor=act("leonie-brandt"), need=raised, helped="yes")
    with refused("helped"):
        needs.say_helped(actor=jonas, need=raised, helped="perhaps")
    needs.say_helped(actor=jonas, need=raised, helped="part", note="Mittwochs fehlt noch jemand.")
    need = Need.objects.get()
    assert (need.helped, need.helped_on, need.helped_note) == (
        "part",
        TODAY(),
        "Mittwochs fehlt noch jemand.",
    )
    needs.say_helped(actor=jonas, need=raised, helped="yes")
    assert Need.objects.get().helped == "yes"


# ---------------------------------------------------------------- agendas and minutes


def minutes_with(act: Act, group: NeedGroup, kind: str = Kind.COMMITTEE, **words: Any) -> Decision:
    """The need stands on a meeting's agenda, the meeting is held and decides; its minutes are being written."""
    coordination = act("miriam-hoffstedt")
    meeting = a_meeting(group.network, kind=kind)
    item = needs_groups.put_on_agenda(actor=coordination, group=group, meeting=meeting)
    meeting = hold(meeting)
    given = {"text": "Wird gemacht.", "reason": "Weil es fehlt.", **words}
    return writing.decide(actor=coordination, meeting=meeting, item=item, words=Words(**given))


def test_on_an_agenda_once_and_before_whom_it_is(raised: Need, act: Act, network: Network) -> None:
    coordination = act("miriam-hoffstedt")
    committee, steering = a_meeting(network), a_meeting(network, kind=Kind.STEERING_GROUP)
    first = needs_groups.put_on_agenda(actor=coordination, group=raised.group, meeting=committee)
    again = needs_groups.put_on_agenda(actor=coordination, group=raised.group, meeting=committee)
    assert first.pk == again.pk
    assert (first.source_kind, first.source_id) == ("need", str(raised.group_id))
    assert first.title == "Freitags erreichen wir niemanden."
    assert NeedGroup.objects.get().state == "committee"
    needs_groups.put_on_agenda(actor=coordination, group=raised.group, meeting=steering)
    assert NeedGroup.objects.get().state == "steering"
    with pytest.raises(NotAllowed):
        needs_groups.put_on_agenda(actor=act("leonie-brandt"), group=raised.group, meeting=committee)


def test_minutes_that_go_out_bring_the_decision_back(raised: Need, act: Act, cast: Cast) -> None:
    said = minutes_with(
        act,
        raised.group,
        organization=cast.organizations["suchtberatung-am-markt"],
        due_on=TODAY() + timedelta(days=20),
    )
    assert take_in_decisions() == 0
    closing.circulate(actor=act("miriam-hoffstedt"), meeting=said.meeting)
    assert take_in_decisions() == 1
    assert take_in_decisions() == 0
    decision = NeedDecision.objects.get()
    assert (decision.text, decision.reason, decision.level) == (
        "Wird gemacht.",
        "Weil es fehlt.",
        "committee",
    )
    assert decision.meeting_decision_id == said.pk
    assert decision.decided_on == said.meeting.held_on
    assert NeedGroup.objects.get().state == "decided"
    assert Notice.objects.filter(kind="needs.answered", user=cast.people["jonas-reuter"]).count() == 1


def test_what_is_put_off_stays_and_what_is_passed_on_goes_up(raised: Need, act: Act) -> None:
    said = minutes_with(act, raised.group, outcome="later")
    closing.circulate(actor=act("miriam-hoffstedt"), meeting=said.meeting)
    assert take_in_decisions() == 0
    assert NeedGroup.objects.get().state == "committee"
    said = minutes_with(act, raised.group, outcome="up")
    closing.circulate(actor=act("miriam-hoffstedt"), meeting=said.meeting)
    assert take_in_decisions() == 1
    assert NeedGroup.objects.get().state == "steering"
    said = minutes_with(act, raised.group, kind=Kind.STEERING_GROUP, outcome="no")
    closing.circulate(actor=act("miriam-hoffstedt"), meeting=said.meeting)
    assert take_in_decisions() == 1
    assert NeedGroup.objects.get().state == "decided"
    assert list(NeedDecision.objects.values_list("level", flat=True)) == ["committee", "steering"]


def test_minutes_that_name_a_need_put_together_since_decide_the_whole(
    raised: Need, act: Act, network: Network
) -> None:
    said = minutes_with(act, raised.group)
    other = say(act("deniz-kaya"), network, "Auch so.")
    needs_groups.merge_groups(
        actor=act("miriam-hoffstedt"),
        group=other.group,
        others=[raised.group],
        wording="Eins.",
        topic="reach",
    )
    row = rows_of(act("deniz-kaya"), [NeedGroup.objects.get(pk=other.group_id)])[0]
    assert row.where is not None
    assert row.where.meeting_id == said.meeting_id
    closing.circulate(actor=act("miriam-hoffstedt"), meeting=said.meeting)
    assert take_in_decisions() == 1
    assert NeedGroup.objects.get(pk=other.group_id).state == "decided"
    assert Need.objects.filter(answered_on=TODAY()).count() == 2


def test_a_second_decision_in_minutes_is_kept_beside_the_first(raised: Need, act: Act, cast: Cast) -> None:
    said = minutes_with(act, raised.group)
    decide(act, cast, raised.group)
    closing.circulate(actor=act("miriam-hoffstedt"), meeting=said.meeting)
    assert take_in_decisions() == 1
    assert NeedDecision.objects.count() == 2
    assert Notice.objects.filter(kind="needs.answered").count() == 1


def test_a_decision_on_an_unknown_need_is_left_alone(raised: Need, act: Act) -> None:
    said = minutes_with(act, raised.group)
    AgendaItem.objects.update(source_id="no-such-need")
    closing.circulate(actor=act("miriam-hoffstedt"), meeting=said.meeting)
    assert take_in_decisions() == 0
    assert not NeedDecision.objects.exists()


def test_corrected_minutes_correct_the_answer(raised: Need, act: Act) -> None:
    coordination = act("miriam-hoffstedt")
    said = minutes_with(act, raised.group)
    closing.circulate(actor=coordination, meeting=said.meeting)
    take_in_decisions()
    # Taken up objections reopen minutes; what matters here is that they go out again with other words.
    Meeting.objects.filter(pk=said.meeting_id).update(minutes="open")
    said = Decision.objects.get(pk=said.pk)
    said.text = "Wird ab Mai gemacht."
    said.save()
    assert take_in_decisions() == 0
    closing.circulate(actor=coordination, meeting=Meeting.objects.get(pk=said.meeting_id))
    assert take_in_decisions() == 1
    assert take_in_decisions() == 0
    assert NeedDecision.objects.get().text == "Wird ab Mai gemacht."
    assert Notice.objects.filter(kind="needs.corrected").count() == 1


def test_carried_out_in_one_place_is_carried_out_in_both(raised: Need, act: Act, cast: Cast) -> None:
    coordination = act("miriam-hoffstedt")
    said = minutes_with(act, raised.group)
    closing.circulate(actor=coordination, meeting=said.meeting)
    take_in_decisions()
    writing.finish_decision(actor=coordination, decision=said)
    assert take_in_decisions() == 1
    assert NeedDecision.objects.get().done_on == TODAY()
    second = say(act("deniz-kaya"), raised.group.network, "Etwas anderes.")
    said = minutes_with(act, second.group)
    closing.circulate(actor=coordination, meeting=said.meeting)
    take_in_decisions()
    needs_decisions.mark_done(actor=coordination, decision=NeedDecision.objects.get(group=second.group))
    assert Decision.objects.get(pk=said.pk).done_at is not None


def test_undecided_needs_are_offered_to_the_committee_and_passed_on_ones_to_the_steering_group(
    raised: Need, act: Act, network: Network, cast: Cast
) -> None:
    coordination = act("miriam-hoffstedt")
    steering = a_meeting(network, kind=Kind.STEERING_GROUP)
    assert [one.source_id for one in agenda_suggestions_needs(coordination, steering)] == [
        str(raised.group_id)
    ]  # no committee is planned
    committee = a_meeting(network)
    offered = agenda_suggestions_needs(coordination, committee)
    assert [(one.source_kind, one.title) for one in offered] == [
        ("need", "Freitags erreichen wir niemanden.")
    ]
    assert agenda_suggestions_needs(coordination, steering) == []
    assert agenda_suggestions_needs(act("pia-lennartz"), committee) == []
    decide(act, cast, raised.group, outcome="up", owner_organization=None, due_on=None)
    assert agenda_suggestions_needs(coordination, committee) == []
    assert len(agenda_suggestions_needs(coordination, steering)) == 1
    exchange = a_meeting(network, kind=Kind.EXCHANGE)
    assert agenda_suggestions_needs(coordination, exchange) == []


def test_a_need_taken_over_by_the_agendas_own_page_is_noticed(
    raised: Need, network: Network, act: Act
) -> None:
    from mtd.meetings.actions.agenda import add_item

    meeting = a_meeting(network)
    add_item(
        actor=act("miriam-hoffstedt"),
        meeting=meeting,
        title="Freitag",
        source_kind="need",
        source_id=str(raised.group_id),
    )
    assert take_in_decisions() == 1
    assert NeedGroup.objects.get().state == "committee"
    assert take_in_decisions() == 0


# ---------------------------------------------------------------- what follows


def test_a_decision_starts_an_amendment_that_names_it_without_its_words(
    lived: Agreement, act: Act, cast: Cast, network: Network
) -> None:
    need = say(act("jonas-reuter"), network, topic="agreement")
    decision = decide(act, cast, need.group)
    version = needs_consequences.amend_agreement(
        actor=act("miriam-hoffstedt"), decision=decision, agreement=lived
    )
    assert version.kind == Version.Kind.AMENDMENT
    assert "16 Uhr" not in version.reason
    decision.refresh_from_db()
    assert (decision.consequence, decision.consequence_id) == ("amendment", version.pk)
    with refused("consequence"):
        needs_consequences.wish_offer(actor=act("miriam-hoffstedt"), decision=decision, text="Noch etwas.")


def test_a_decision_wishes_for_an_offer_or_tells_the_guide(
    lived: Agreement, act: Act, cast: Cast, network: Network
) -> None:
    coordination = act("miriam-hoffstedt")
    first = decide(act, cast, say(act("jonas-reuter"), network).group)
    wish = needs_consequences.wish_offer(actor=coordination, decision=first, text="Eine Gruppe im Norden.")
    assert OfferWish.objects.get() == wish
    assert wish.network == network
    second = decide(act, cast, say(act("deniz-kaya"), network, "Der Leitfaden sagt dazu nichts.").group)
    guide = latest_version()
    assert guide is not None
    step = pack_by_id(guide.pk).steps[0].key
    feedback = needs_consequences.tell_guide(
        actor=coordination, decision=second, version=guide, step_key=step, text="Ein Satz zu Ferien fehlt."
    )
    assert StepFeedback.objects.get() == feedback
    second.refresh_from_db()
    assert second.consequence_id == feedback.pk
    third = decide(
        act,
        cast,
        say(act("tarek-aziz"), network, "Nein?").group,
        outcome="no",
        owner_organization=None,
        due_on=None,
    )
    with refused("nothing_to_do"):
        needs_consequences.wish_offer(actor=coordination, decision=third, text="x")
    with pytest.raises(NotAllowed):
        needs_consequences.wish_offer(actor=act("jonas-reuter"), decision=first, text="x")


# ---------------------------------------------------------------- start page


def test_each_has_the_next_step_that_is_theirs(raised: Need, act: Act, cast: Cast, on: Any) -> None:
    [step] = next_steps_needs(act("miriam-hoffstedt"))
    assert step.due == TODAY() + timedelta(days=LIMIT_DAYS)
    assert not step.late
    assert "Freitags" not in step.title + step.text
    with on(TODAY() + timedelta(days=61)):
        [late] = next_steps_needs(act("miriam-hoffstedt"))
        assert late.late
    decision = decide(act, cast, raised.group)
    assert next_steps_needs(act("miriam-hoffstedt")) == []
    assert next_steps_needs(act("jonas-reuter")) == []
    [to_do] = next_steps_needs(act("leonie-brandt"))
    assert to_do.due == decision.due_on
    with on(TODAY() + timedelta(days=91)):
        [ask] = next_steps_needs(act("jonas-reuter"))
        assert ask.url.endswith("#helped")
    needs_decisions.mark_done(actor=act("leonie-brandt"), decision=decision)
    [ask] = next_steps_needs(act("jonas-reuter"))
    assert ask.due == TODAY()
    needs.say_helped(actor=act("jonas-reuter"), need=raised, helped="yes")
    assert next_steps_needs(act("jonas-reuter")) == []


def test_what_waits_longest_stands_on_the_start_page(
    raised: Need, act: Act, network: Network, on: Any
) -> None:
    with on(TODAY() - timedelta(days=46)):
        say(act("deniz-kaya"), network, "Im Norden gibt es keine Gruppe.", anonymous=True)
    rows = needs_waiting(network)
    assert [(row.text, row.days, row.limit) for row in rows] == [
        ("Im Norden gibt es keine Gruppe.", 46, LIMIT_DAYS),
        ("Freitags erreichen wir niemanden.", 0, LIMIT_DAYS),
    ]
    assert rows[0].organisation == "Youth welfare, without a name"
    news = recent_needs(act("tarek-aziz"), timezone.now() - timedelta(days=1))
    assert [line.text for line in news] == ["1 need was raised in Netzwerk Birkenfurt."]


def test_the_log_holds_numbers_and_codes_only(raised: Need, act: Act, cast: Cast) -> None:
    decide(act, cast, raised.group)
    facts = str(list(Event.objects.values_list("facts", flat=True)))
    assert "Freitags" not in facts
    assert set(Event.objects.filter(verb__startswith="need.").values_list("verb", flat=True)) == {
        "need.raised",
        "need.decided",
    }


def test_a_person_is_named_in_their_own_house_and_to_the_coordination_only(
    raised: Need, act: Act, network: Network
) -> None:
    def named(key: str) -> list[str]:
        actor = act(key)
        row = rows_of(actor, [raised.group])[0]
        warm([raised])
        return [voice.person for voice in voices_of(actor, network, row)]

    assert named("leonie-brandt") == named("miriam-hoffstedt") == ["Jonas Reuter"]
    assert named("deniz-kaya") == named("inga-soerensen") == [""]
