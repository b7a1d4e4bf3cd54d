"""Showing, doubting, resting, and taking what was missed along the path: each by whom it may, each once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from mtd.agreements.models import Agreement, Party
from mtd.agreements.permissions import party_of
from mtd.audit.models import Event
from mtd.cooperation.actions.duties import escalate, pause_duty, resume_duty, set_grace
from mtd.cooperation.actions.evidence import contest, settle_contest, show_done, take_back, withdraw_contest
from mtd.cooperation.jobs import escalate as escalate_job
from mtd.cooperation.models import Contest, Escalation, Evidence, Pause
from mtd.cooperation.obligations import Status
from mtd.cooperation.permissions import (
    can_contest,
    can_pause,
    can_set_grace,
    can_settle_contest,
    can_show_done,
    can_view_evidence,
    visible_contests,
    visible_evidence,
    visible_pauses,
)
from mtd.cooperation.queries.duties import DutyState, duties_of, find_duty
from mtd.cooperation.queries.duty_steps import (
    agenda_suggestions_duties,
    due_for,
    next_steps_duties,
    with_owners,
)
from mtd.core.actor import SYSTEM, Actor
from mtd.core.errors import NotAllowed
from mtd.meetings.models import Meeting
from mtd.notifications.models import Message, Notice
from mtd.organizations.models import Membership
from tests.cast import Cast
from tests.factories import cooperation as factory
from tests.factories.agreements import lead, refusal, speaker

COMMITTEE, EXCHANGE, SHADOWING = "committee_rhythm", "exchange_rhythm", "shadowing_rhythm"


def state_of(
    agreement: Agreement, key: str, party: Party | None = None, today: date | None = None
) -> DutyState:
    found = find_duty(duties_of(agreement, today), key, party.pk if party else None)
    assert found is not None
    return found


@pytest.fixture
def parties(lived: Agreement) -> list[Party]:
    return list(lived.parties.select_related("organization").order_by("order"))


@pytest.fixture
def coordinator(cast: Cast) -> Actor:
    return cast.actor("miriam-hoffstedt")


def shown(agreement: Agreement, actor: Actor, key: str = COMMITTEE, **more: Any) -> Evidence:
    values: dict[str, Any] = {
        "party": None,
        "on": timezone.localdate() - timedelta(days=3),
        "note": "All parties met at the youth office.",
        **more,
    }
    return show_done(actor=actor, agreement=agreement, question_key=key, **values)


# --- showing ----------------------------------------------------------------------------------------------


def test_a_statement_counts_at_once_and_says_by_whom_and_when(lived: Agreement, parties: list[Party]) -> None:
    row = shown(lived, speaker(parties[0]))
    assert (row.by_party, row.kind) == (parties[0], "statement")
    deed = state_of(lived, COMMITTEE).deeds[0]
    assert deed.proofs[0].source_id == row.pk
    event = Event.objects.get(verb="duty.shown")
    assert event.object_id == str(row.pk)
    assert "met" not in str(event.facts)


def test_a_document_is_kept_sealed_with_its_sentence(lived: Agreement, parties: list[Party]) -> None:
    row = shown(lived, speaker(parties[0]), file=("list.pdf", b"%PDF-1.7 evidence", "application/pdf"))
    assert row.kind == "document"
    assert row.file is not None
    assert bytes(row.file.content) == b"%PDF-1.7 evidence"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"on": date(2999, 1, 1)}, "future"),
        ({"on": date(2023, 12, 31)}, "before_start"),
        ({"note": "   "}, "empty"),
        ({"key": "consultation_answer"}, "each_time"),
        ({"key": "no_such_question"}, "no_duty"),
        ({"key": SHADOWING}, "no_duty"),
        ({"file": ("x.pdf", b"%PDF-" + b"0" * (10 * 1024 * 1024), "application/pdf")}, "too_large"),
    ],
)
def test_what_cannot_be_evidence_is_refused_with_a_reason(
    lived: Agreement, parties: list[Party], change: dict[str, Any], code: str
) -> None:
    with refusal(code):
        shown(lived, speaker(parties[0]), **change)
    assert not Evidence.objects.exists()


def test_evidence_after_the_end_is_refused_and_for_the_time_before_it_is_not(
    lived: Agreement, parties: list[Party]
) -> None:
    factory.ended(lived, date(2025, 6, 30))
    with refusal("after_end"):
        shown(lived, speaker(parties[0]), on=date(2026, 2, 2))
    shown(lived, speaker(parties[0]), on=date(2025, 3, 3))
    assert state_of(Agreement.objects.select_related("network").get(pk=lived.pk), COMMITTEE).counter(
        2025
    ) == (1, 1, 0)


def test_each_party_shows_its_own_share_and_the_coordination_helps(
    lived: Agreement, parties: list[Party], coordinator: Actor, act: Callable[[str], Actor]
) -> None:
    shown(lived, speaker(parties[0]), SHADOWING, party=parties[0])
    with pytest.raises(NotAllowed):
        shown(lived, speaker(parties[1]), SHADOWING, party=parties[0])
    row = shown(lived, coordinator, SHADOWING, party=parties[1])
    assert row.by_party is None
    with pytest.raises(NotAllowed):
        shown(lived, act("norbert-schiffer"))


def test_what_is_taken_back_no_longer_counts_and_its_doubts_fall(
    lived: Agreement, parties: list[Party]
) -> None:
    row = shown(lived, speaker(parties[0]))
    doubt = contest(
        actor=speaker(parties[1]),
        agreement=lived,
        question_key=COMMITTEE,
        party=None,
        source="statement",
        source_id=row.pk,
        reason="Nobody was there.",
    )
    with pytest.raises(NotAllowed):
        take_back(actor=speaker(parties[1]), evidence=row)
    take_back(actor=speaker(parties[0]), evidence=row)
    take_back(actor=speaker(parties[0]), evidence=row)
    assert state_of(lived, COMMITTEE).deeds == ()
    assert Contest.objects.get(pk=doubt.pk).state == "withdrawn"
    assert Event.objects.filter(verb="duty.taken_back").count() == 1


# --- doubting ---------------------------------------------------------------------------------------------


def doubted(agreement: Agreement, actor: Actor, source: str, source_id: Any, **more: Any) -> Contest:
    return contest(
        actor=actor,
        agreement=agreement,
        question_key=more.pop("key", COMMITTEE),
        party=more.pop("party", None),
        source=source,
        source_id=source_id,
        reason=more.pop("reason", "It was called off."),
    )


def test_another_party_contests_and_the_act_counts_until_it_is_upheld(
    lived: Agreement, parties: list[Party], coordinator: Actor, cast: Cast
) -> None:
    meeting = factory.held(cast.networks["birkenfurt"], timezone.localdate() - timedelta(days=40))
    doubt = doubted(lived, speaker(parties[1]), "meeting", meeting.pk)
    state = state_of(lived, COMMITTEE)
    assert state.deeds[0].contested
    assert state.deeds[0].counts
    with pytest.raises(NotAllowed):
        settle_contest(actor=speaker(parties[1]), contest=doubt, upheld=True, settlement="In the committee.")
    with refusal("empty"):
        settle_contest(actor=coordinator, contest=doubt, upheld=True, settlement=" ")
    settle_contest(actor=coordinator, contest=doubt, upheld=True, settlement="Committee of 3 November.")
    state = state_of(lived, COMMITTEE)
    assert not state.deeds[0].counts
    with refusal("settled"):
        withdraw_contest(actor=speaker(parties[1]), contest=doubt)
    assert Notice.objects.filter(kind="duties.contest_settled").exists()
    assert "called off" not in "".join(Notice.objects.values_list("text", flat=True))
    assert "called off" not in "".join(m.body for m in Message.objects.all())


def test_nobody_contests_their_own_act_twice_or_without_a_reason(
    lived: Agreement, parties: list[Party], coordinator: Actor
) -> None:
    row = shown(lived, speaker(parties[0]))
    with pytest.raises(NotAllowed):
        doubted(lived, speaker(parties[0]), "statement", row.pk)
    with pytest.raises(NotAllowed):
        doubted(lived, coordinator, "statement", row.pk)
    with refusal("empty"):
        doubted(lived, speaker(parties[1]), "statement", row.pk, reason="")
    first = doubted(lived, speaker(parties[1]), "statement", row.pk)
    with refusal("contested"):
        doubted(lived, lead(parties[1]), "statement", row.pk)
    with pytest.raises(NotAllowed):
        withdraw_contest(actor=speaker(parties[2]), contest=first)
    withdraw_contest(actor=lead(parties[1]), contest=first)
    assert doubted(lived, speaker(parties[1]), "statement", row.pk).state == "open"


def test_an_act_that_is_gone_cannot_be_contested(lived: Agreement, parties: list[Party]) -> None:
    row = shown(lived, speaker(parties[0]))
    take_back(actor=speaker(parties[0]), evidence=row)
    with refusal("gone"):
        doubted(lived, speaker(parties[1]), "statement", row.pk)


# --- resting ----------------------------------------------------------------------------------------------


def rested(agreement: Agreement, actor: Actor, **more: Any) -> Pause:
    values: dict[str, Any] = {
        "question_key": COMMITTEE,
        "party": None,
        "from_on": timezone.localdate(),
        "until_on": None,
        "reason": "The district is being reorganised.",
        **more,
    }
    return pause_duty(actor=actor, agreement=agreement, **values)


def test_a_duty_rests_and_is_taken_up_again(
    lived: Agreement, coordinator: Actor, parties: list[Party]
) -> None:
    pause = rested(lived, coordinator)
    assert state_of(lived, COMMITTEE).status is Status.PAUSED
    with refusal("overlap"):
        rested(lived, lead(parties[0]), from_on=timezone.localdate() + timedelta(days=9))
    with refusal("past"):
        resume_duty(actor=coordinator, pause=pause, on=timezone.localdate() - timedelta(days=1))
    resume_duty(actor=coordinator, pause=pause, on=timezone.localdate() + timedelta(days=5))
    assert Pause.objects.get(pk=pause.pk).until_on == timezone.localdate() + timedelta(days=4)
    later = rested(lived, coordinator, from_on=timezone.localdate() + timedelta(days=30))
    resume_duty(actor=coordinator, pause=later, on=timezone.localdate())
    assert not Pause.objects.filter(pk=later.pk).exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"from_on": date(2025, 1, 1)}, "past"),
        ({"until_on": date(2025, 1, 1)}, "order"),
        ({"reason": " "}, "empty"),
    ],
)
def test_a_pause_never_changes_the_past_and_says_why(
    lived: Agreement, coordinator: Actor, change: dict[str, Any], code: str
) -> None:
    with refusal(code):
        rested(lived, coordinator, **change)


def test_a_lead_rests_the_own_share_and_nobody_elses(lived: Agreement, parties: list[Party]) -> None:
    rested(lived, lead(parties[0]), question_key=SHADOWING, party=parties[0])
    with pytest.raises(NotAllowed):
        rested(lived, lead(parties[0]), question_key=SHADOWING, party=parties[1])
    assert state_of(lived, SHADOWING, parties[0]).status is Status.PAUSED
    assert state_of(lived, SHADOWING, parties[1]).status is not Status.PAUSED


def test_the_coordination_sets_the_days_of_grace_and_goes_back(
    lived: Agreement, coordinator: Actor, parties: list[Party]
) -> None:
    with pytest.raises(NotAllowed):
        set_grace(actor=lead(parties[0]), agreement=lived, question_key=COMMITTEE, days=5)
    with refusal("days"):
        set_grace(actor=coordinator, agreement=lived, question_key=COMMITTEE, days=181)
    set_grace(actor=coordinator, agreement=lived, question_key=COMMITTEE, days=0)
    assert state_of(lived, COMMITTEE).rule.grace_days == 0  # type: ignore[union-attr]
    set_grace(actor=coordinator, agreement=lived, question_key=COMMITTEE, days=None)
    assert state_of(lived, COMMITTEE).rule.grace_days == 30  # type: ignore[union-attr]


# --- the path ---------------------------------------------------------------------------------------------


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 6, 0, tzinfo=UTC)


def levels(agreement: Agreement, key: str = COMMITTEE) -> list[str]:
    found = Escalation.objects.filter(agreement=agreement, question_key=key).order_by("occurrence", "level")
    return [f"{row.occurrence} {row.level_key}" for row in found]


@pytest.fixture
def only_committee(cast: Cast) -> Agreement:
    """In force since 2026 with a committee every half-year and a path; its review is far away."""
    organizations = [cast.organizations[k] for k in ("suchtberatung-am-markt", "kreisjugendamt-birkenfurt")]
    answers = {
        **factory.COMMITTEE,
        "review_period": {"number": 36, "unit": "months"},
        "escalation": {"yes": True},
        "escalation_path": {"choices": ["committee", "workers", "steering"]},
        "escalation_time": {"number": 10, "unit": "working_days"},
    }
    return factory.in_force(cast.networks["birkenfurt"], organizations, date(2026, 1, 1), answers)


def test_a_missed_duty_goes_along_the_path_once_for_each_level(only_committee: Agreement) -> None:
    pk = only_committee.pk
    assert escalate(actor=SYSTEM, agreement_id=pk, now=at(date(2026, 7, 30))) == 0
    assert escalate(actor=SYSTEM, agreement_id=pk, now=at(date(2026, 7, 31))) == 1
    assert escalate(actor=SYSTEM, agreement_id=pk, now=at(date(2026, 7, 31))) == 0
    assert escalate(actor=SYSTEM, agreement_id=pk, now=at(date(2026, 8, 14))) == 0
    assert escalate(actor=SYSTEM, agreement_id=pk, now=at(date(2026, 8, 18))) == 1  # three days late
    assert escalate(actor=SYSTEM, agreement_id=pk, now=at(date(2026, 9, 1))) == 0
    assert escalate(actor=SYSTEM, agreement_id=pk, now=at(date(2026, 9, 2))) == 1
    assert escalate(actor=SYSTEM, agreement_id=pk, now=at(date(2026, 12, 24))) == 0
    assert levels(only_committee) == [
        "2026-01-01.1 workers",
        "2026-01-01.1 committee",
        "2026-01-01.1 steering",
    ]
    facts = Escalation.objects.get(level=3).facts
    assert (facts["due"], facts["kept"], facts["missed"]) == ("2026-06-30", 0, 1)
    assert [one[0] for one in facts["before"]] == ["workers", "committee"]


def test_each_level_tells_the_people_it_is(only_committee: Agreement, cast: Cast) -> None:
    for day in (date(2026, 7, 31), date(2026, 8, 18), date(2026, 9, 2)):
        Notice.objects.all().delete()
        escalate(actor=SYSTEM, agreement_id=only_committee.pk, now=at(day))
        told = set(Notice.objects.filter(kind="duties.escalated").values_list("user__name", flat=True))
        organizations = [p.organization for p in only_committee.parties.select_related("organization")]
        running = Membership.objects.filter(ended_on__isnull=True)
        people = set(running.filter(organization__in=organizations).values_list("user__name", flat=True))
        leads = set(
            running.filter(organization__in=organizations, role="lead").values_list("user__name", flat=True)
        )
        coordination = set(
            running.filter(network=only_committee.network, role="coordinator").values_list(
                "user__name", flat=True
            )
        )
        expected = {
            date(2026, 7, 31): people,
            date(2026, 8, 18): coordination,
            date(2026, 9, 2): leads | coordination,
        }
        assert told == expected[day]
    text = Notice.objects.first().text  # type: ignore[union-attr]
    assert "30 June 2026" in text or "30. Juni 2026" in text


def test_what_is_made_good_goes_no_further_and_is_closed(only_committee: Agreement, cast: Cast) -> None:
    escalate(actor=SYSTEM, agreement_id=only_committee.pk, now=at(date(2026, 7, 31)))
    factory.held(cast.networks["birkenfurt"], date(2026, 8, 4))
    assert escalate(actor=SYSTEM, agreement_id=only_committee.pk, now=at(date(2026, 9, 30))) == 0
    assert Escalation.objects.get().settled_at is not None


def test_a_new_miss_begins_the_path_anew_and_an_old_one_that_was_made_good_none(
    only_committee: Agreement, cast: Cast
) -> None:
    factory.held(cast.networks["birkenfurt"], date(2026, 8, 4))
    assert escalate(actor=SYSTEM, agreement_id=only_committee.pk, now=at(date(2026, 12, 1))) == 0
    rules = {**factory.COMMITTEE, "review_period": {"number": 36, "unit": "months"}}
    factory.amended(only_committee, date(2026, 12, 1), rules)
    assert escalate(actor=SYSTEM, agreement_id=only_committee.pk, now=at(date(2027, 8, 1))) == 1
    assert levels(only_committee) == ["2027-01-01.1 workers"]


def test_without_a_path_ours_is_used_and_an_ended_or_resting_duty_goes_nowhere(
    cast: Cast, coordinator: Actor
) -> None:
    organizations = [cast.organizations[k] for k in ("suchtberatung-am-markt", "kreisjugendamt-birkenfurt")]
    bare = factory.in_force(cast.networks["birkenfurt"], organizations, date(2025, 1, 1))
    Pause.objects.create(
        agreement=bare,
        question_key=COMMITTEE,
        from_on=date(2025, 8, 1),
        until_on=date(2025, 8, 31),
        reason="August",
    )
    assert escalate(actor=SYSTEM, agreement_id=bare.pk, now=at(date(2025, 8, 10))) == 0
    assert escalate(actor=SYSTEM, agreement_id=bare.pk, now=at(date(2025, 9, 10))) == 1
    assert levels(bare) == ["2025-01-01.1 workers"]
    assert escalate(actor=SYSTEM, agreement_id=bare.pk, now=at(date(2025, 10, 9))) == 0
    assert escalate(actor=SYSTEM, agreement_id=bare.pk, now=at(date(2025, 10, 12))) == 1
    factory.ended(bare, date(2025, 10, 31))
    assert escalate(actor=SYSTEM, agreement_id=bare.pk, now=at(date(2026, 3, 1))) == 0


def test_the_job_runs_twice_at_once_without_harm(only_committee: Agreement, lived: Agreement) -> None:
    first = escalate_job()
    assert first > 0
    count = Escalation.objects.count()
    assert escalate_job() == 0
    assert Escalation.objects.count() == count == first


# --- whom it waits for ------------------------------------------------------------------------------------


def test_a_share_waits_for_its_party_and_a_common_duty_for_the_coordination(
    lived: Agreement, parties: list[Party], coordinator: Actor
) -> None:
    mine = due_for(speaker(parties[0]))
    assert {d.party for d in mine} == {parties[0]}
    assert {d.party for d in due_for(coordinator)} == {None}
    assert due_for(SYSTEM) == []


def test_a_share_for_which_nobody_is_left_goes_to_the_coordination(
    lived: Agreement, parties: list[Party], coordinator: Actor
) -> None:
    Membership.objects.filter(organization=parties[0].organization).update(ended_on=timezone.localdate())
    alone = [d for d in with_owners(duties_of(lived)) if d.nobody]
    assert {d.party for d in alone} == {parties[0]}
    assert parties[0] in {d.party for d in due_for(coordinator)}


def test_without_coordination_the_leads_look_after_what_all_owe(
    lived: Agreement, parties: list[Party]
) -> None:
    Membership.objects.filter(network=lived.network, role="coordinator").update(ended_on=timezone.localdate())
    assert None in {d.party for d in due_for(lead(parties[0]))}


def test_the_start_page_names_each_with_its_one_action(
    lived: Agreement, parties: list[Party], coordinator: Actor, cast: Cast
) -> None:
    steps = {step.title: step for step in next_steps_duties(coordinator)}
    committee = steps["Cooperation committee"]
    assert committee.action == "Call the meeting"
    assert committee.url == f"/meetings/network/{lived.network.slug}/new/?kind=committee"
    assert committee.area == "duties"
    assert "Review of the agreement" not in steps
    starts = timezone.now() + timedelta(days=9)
    Meeting.objects.create(
        network=lived.network,
        kind="committee",
        state="planned",
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
    )
    assert "Cooperation committee" not in {step.title for step in next_steps_duties(coordinator)}
    row = shown(lived, speaker(parties[0]))
    doubted(lived, speaker(parties[1]), "statement", row.pk)
    assert any("contested" in step.title for step in next_steps_duties(coordinator))


def test_the_committees_agenda_is_offered_what_is_overdue_and_reviews_that_are_due(
    lived: Agreement, coordinator: Actor
) -> None:
    starts = timezone.now() + timedelta(days=9)
    meeting = Meeting.objects.create(
        network=lived.network,
        kind="committee",
        state="planned",
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
    )
    found = agenda_suggestions_duties(coordinator, meeting)
    assert {s.source_kind for s in found} == {"duty"}
    titles = [s.title for s in found]
    assert "Job shadowing" in titles
    assert "Cooperation committee" not in titles
    assert len(titles) == len(set(titles))
    Meeting.objects.filter(pk=meeting.pk).update(kind="exchange")
    meeting.refresh_from_db()
    assert agenda_suggestions_duties(coordinator, meeting) == []


# --- who sees and may what --------------------------------------------------------------------------------


def test_lists_and_single_things_give_the_same_answer_to_everyone(
    lived: Agreement, parties: list[Party], coordinator: Actor, cast: Cast
) -> None:
    row = shown(lived, speaker(parties[0]))
    doubt = doubted(lived, speaker(parties[1]), "statement", row.pk)
    pause = rested(lived, coordinator)
    for key in cast.people:
        actor = cast.actor(key)
        sees = can_view_evidence(actor, row)
        assert visible_evidence(actor).filter(pk=row.pk).exists() == sees
        assert visible_contests(actor).filter(pk=doubt.pk).exists() == sees
        assert visible_pauses(actor).filter(pk=pause.pk).exists() == sees


def test_moderation_and_strangers_change_nothing(lived: Agreement, act: Callable[[str], Actor]) -> None:
    for key in ("inga-soerensen", "norbert-schiffer", "mette-lindqvist"):
        actor = act(key)
        assert party_of(actor, lived) is None
        assert not can_show_done(actor, lived, None)
        assert not can_contest(actor, lived, None)
        assert not can_settle_contest(actor, lived)
        assert not can_pause(actor, lived, None)
        assert not can_set_grace(actor, lived)
