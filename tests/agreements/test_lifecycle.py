"""The life of an agreement: into force, changed, joined, left, reviewed, ended, and the clock that may run twice."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from mtd.agreements import jobs
from mtd.agreements.actions import lifecycle, working
from mtd.agreements.models import (
    AGREEMENT_TRANSITIONS,
    VERSION_TRANSITIONS,
    Agreement,
    Answer,
    Party,
    SigningRound,
    Version,
    after,
)
from mtd.agreements.queries import load_room
from mtd.agreements.verification import check_code, check_file
from mtd.core.errors import Refused
from tests.cast import Cast
from tests.factories import agreements as factory
from tests.factories import signing as stage

refusal = factory.refusal
TODAY = timezone.localdate


@pytest.fixture
def living(birkenfurt: Agreement) -> Agreement:
    """Birkenfurt's agreement, in force since last year."""
    version = stage.adopted(birkenfurt)
    begin = TODAY() - timedelta(days=200)
    Answer.objects.filter(version=version, question_key="in_force").update(value={"date": begin.isoformat()})
    signing_round = stage.rounds.freeze(actor=stage.coordinator(birkenfurt), version=version)
    stage.sign_all(signing_round)
    birkenfurt.refresh_from_db()
    return birkenfurt


def in_force(agreement: Agreement) -> Version:
    return agreement.versions.get(state=Version.State.IN_FORCE)


def test_the_last_signature_brings_it_into_force_when_its_day_has_come(living: Agreement) -> None:
    assert living.state == Agreement.State.IN_FORCE
    assert living.review_on is not None
    assert check_code(living.code).status == "in_force"


def test_a_signed_version_waits_for_its_day_and_the_clock_may_run_twice(birkenfurt: Agreement) -> None:
    version = stage.in_force(birkenfurt)
    assert version.state == Version.State.SIGNED
    assert jobs.enter_due_versions() == 0
    Version.objects.filter(pk=version.pk).update(in_force_from=TODAY())
    assert jobs.enter_due_versions() == 1
    assert jobs.enter_due_versions() == 0
    birkenfurt.refresh_from_db()
    assert birkenfurt.state == Agreement.State.IN_FORCE


def test_an_amendment_carries_all_over_and_replaces_the_signed_text(living: Agreement) -> None:
    old = in_force(living)
    coordinator = stage.coordinator(living)
    new = lifecycle.begin_amendment(
        actor=coordinator, agreement=living, kind=Version.Kind.AMENDMENT, reason="Neue Frist"
    )
    assert new.answers.count() == old.answers.count()
    room = load_room(coordinator, living, new)
    assert not room.standing.missing_required()
    with refusal("in_work"):
        lifecycle.begin_amendment(actor=coordinator, agreement=living, kind="amendment", reason="Noch eine")
    question = room.pack.question("referral_ack")
    answer = room.answers["referral_ack"]
    for party in room.parties:
        actor = factory.speaker(party)
        if party == room.parties[0]:
            answer = working.set_answer(
                actor=actor,
                version=new,
                question_key=question.key,
                value={"number": 9, "unit": "working_days"},
                base_revision=answer.revision,
            )
        working.state_position(
            actor=actor,
            version=new,
            question_key=question.key,
            stance="agree",
            answer_revision=answer.revision,
        )
    old_file = bytes(SigningRound.objects.get(version=old, state="complete").current.content)
    amended = stage.sign_all(stage.frozen(living, in_force_from=TODAY()))
    assert amended.state == Version.State.IN_FORCE
    assert check_file(old_file).status == "superseded"
    living.refresh_from_db()
    assert living.review_on == amended.review_on
    assert living.review_on > TODAY()


def test_a_joining_party_agrees_adopts_and_signs_with_all_others(living: Agreement, cast: Cast) -> None:
    coordinator = stage.coordinator(living)
    members = living.network.organizations.exclude(pk__in=living.parties.values("organization"))
    if not members.exists():
        gone = Party.objects.filter(agreement=living).last()
        assert gone is not None
        Party.objects.filter(pk=gone.pk).update(left_on=TODAY())
        joining = gone.organization
    else:
        joining = members.first()
    with refusal("organization"):
        lifecycle.begin_amendment(actor=coordinator, agreement=living, kind="joining", reason="Neu dabei")
    assert not living.versions.filter(number=2).exists()
    new = lifecycle.begin_amendment(
        actor=coordinator, agreement=living, kind="joining", reason="Neu dabei", organization=joining
    )
    party = Party.objects.get(agreement=living, organization=joining)
    assert party.from_version == new.number
    assert load_room(coordinator, living, new).standing.missing_required()


def test_notice_is_kept_and_the_day_takes_the_party_out(living: Agreement) -> None:
    party = factory.party(living, "Markt")
    lead = factory.lead(party)
    with refusal("notice"):
        lifecycle.give_notice(actor=lead, party=party, on=TODAY(), reason="Umzug")
    with refusal("not_allowed"):
        lifecycle.give_notice(actor=factory.speaker(party), party=party, on=TODAY(), reason="Umzug")
    day = TODAY() + timedelta(days=500)
    lifecycle.give_notice(actor=lead, party=party, on=day, reason="Umzug")
    lifecycle.withdraw_notice(actor=lead, party=party)
    party.refresh_from_db()
    assert party.leaving_on is None
    Party.objects.filter(pk=party.pk).update(leaving_on=TODAY())
    assert jobs.leave_due_parties() == 1
    assert jobs.leave_due_parties() == 0
    living.refresh_from_db()
    assert living.state == Agreement.State.IN_FORCE


def test_a_party_that_leaves_in_an_amendments_round_stops_it(living: Agreement) -> None:
    coordinator = stage.coordinator(living)
    lifecycle.begin_amendment(actor=coordinator, agreement=living, kind="amendment", reason="x")
    signing_round = stage.frozen(living, in_force_from=TODAY())
    party = factory.party(living, "Markt")
    Party.objects.filter(pk=party.pk).update(leaving_on=TODAY())
    assert jobs.leave_due_parties() == 1
    signing_round.refresh_from_db()
    assert signing_round.state == SigningRound.State.CANCELLED
    assert stage.sign_all(stage.frozen(living, in_force_from=TODAY())).state == Version.State.IN_FORCE


def test_with_fewer_than_two_parties_it_ends(living: Agreement) -> None:
    parties = list(living.parties.all())
    for party in parties[1:]:
        Party.objects.filter(pk=party.pk).update(leaving_on=TODAY())
    assert jobs.leave_due_parties() == 3
    living.refresh_from_db()
    assert (living.state, living.end_reason) == (Agreement.State.ENDED, "too_few")


def test_it_ends_on_the_day_that_was_named(living: Agreement) -> None:
    coordinator = stage.coordinator(living)
    lifecycle.begin_amendment(actor=coordinator, agreement=living, kind="amendment", reason="x")
    stage.frozen(living, in_force_from=TODAY())
    day = TODAY() + timedelta(days=30)
    lifecycle.terminate(actor=coordinator, agreement=living, on=day, reason="Neuordnung")
    assert jobs.end_due_agreements() == 0
    yesterday = TODAY() - timedelta(days=1)
    Agreement.objects.filter(pk=living.pk).update(ends_on=yesterday)
    assert jobs.end_due_agreements() == 1
    assert jobs.end_due_agreements() == 0
    living.refresh_from_db()
    assert (living.state, living.ended_on) == (Agreement.State.ENDED, yesterday)
    assert living.versions.get(number=2).state == Version.State.ABANDONED
    assert check_code(living.code).status == "ended"


def test_a_review_moves_the_next_one_and_the_text_stays(living: Agreement) -> None:
    coordinator = stage.coordinator(living)
    with refusal("review_past"):
        lifecycle.confirm_review(actor=coordinator, agreement=living, next_review=TODAY(), outcome="gut")
    lifecycle.confirm_review(
        actor=coordinator, agreement=living, next_review=date(2031, 1, 1), outcome="Bleibt so"
    )
    living.refresh_from_db()
    assert living.review_on == date(2031, 1, 1)


@pytest.mark.parametrize("table", [VERSION_TRANSITIONS, AGREEMENT_TRANSITIONS])
def test_what_the_table_does_not_list_is_impossible(table: dict[tuple[str, str], str]) -> None:
    states = {state for state, _verb in table} | set(table.values())
    verbs = {verb for _state, verb in table}
    for state in states:
        for verb in verbs:
            if (state, verb) not in table:
                with pytest.raises(Refused):
                    after(table, state, verb)


def test_actions_out_of_their_state_are_refused(birkenfurt: Agreement) -> None:
    coordinator = stage.coordinator(birkenfurt)
    version = birkenfurt.versions.get()
    attempts: list[Any] = [
        lambda: stage.rounds.freeze(actor=coordinator, version=version),
        lambda: stage.adoption.reopen(actor=coordinator, version=version, reason="x"),
        lambda: lifecycle.terminate(actor=coordinator, agreement=birkenfurt, on=TODAY(), reason="x"),
        lambda: lifecycle.begin_amendment(
            actor=coordinator, agreement=birkenfurt, kind="amendment", reason="x"
        ),
    ]
    for attempt in attempts:
        with pytest.raises(Refused):
            attempt()
