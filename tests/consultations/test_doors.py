"""Doors: asking is open only where an agreement in force allows it, and a closed door says why."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mtd.agreements.models import Agreement, Party
from mtd.consultations.models import Absence, Way
from mtd.consultations.queries.deadline import ends_after, promise_of
from mtd.consultations.queries.doors import Door, Doors, door_for, doors_of
from mtd.consultations.queries.ground import ground_of
from mtd.core.templatetags.mtd import day
from mtd.meetings.models import Kind
from mtd.organizations.models import Membership, Network, NetworkMember
from tests.cast import Cast
from tests.factories import cooperation as factory
from tests.factories.meetings import a_meeting

from .conftest import BIRKENFURT, CONSULTING
from .lives import ANSWERER, ASKER, drafted

pytestmark = pytest.mark.django_db


def doors(cast: Cast, network: Network, who: str = ASKER) -> Doors:
    return doors_of(cast.actor(who), network)


def names(found: list[Door]) -> list[str]:
    return [door.title for door in found if door.open]


def in_force(cast: Cast, answers: dict[str, Any], **fields: Any) -> Agreement:
    organizations = [cast.organizations[key] for key in BIRKENFURT]
    return factory.in_force(cast.networks["birkenfurt"], organizations, date(2024, 1, 1), answers, **fields)


def test_the_other_parties_are_open_with_the_clause_that_allows_it(cast: Cast, agreement: Agreement) -> None:
    found = doors(cast, agreement.network)
    assert names(found.partners) == [
        "Kreisjugendamt Birkenfurt",
        "Stadtjugendamt Wendau",
        "Drogenhilfe Ahlenried",
    ]
    door = found.partners[0]
    assert door.clause is not None
    assert door.clause.key == "identity_default"
    assert door.clause.since == date(2024, 1, 1)
    assert door.clause.paragraphs
    assert door.promise is not None
    assert (door.promise.number, door.promise.unit, door.promise.agreed) == (3, "working_days", True)


def test_without_any_agreement_only_ones_own_house_is_open(cast: Cast, network: Network) -> None:
    found = doors(cast, network)
    assert found.without_agreement
    assert [door.way for door in found.doors if door.open] == [Way.OWN_HOUSE]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"yes": False}, "not the rule"),
        (None, "have not agreed on this"),
    ],
)
def test_a_no_or_no_answer_closes_the_door_and_says_so(
    cast: Cast, answer: dict[str, Any] | None, words: str
) -> None:
    answers = {key: value for key, value in CONSULTING.items() if key != "identity_default"}
    agreement = in_force(cast, answers | ({"identity_default": answer} if answer else {}))
    found = doors(cast, agreement.network)
    assert names(found.partners) == []
    assert words in str(found.partners[0].reason)
    assert found.partners[0].remedy is not None


def test_an_answer_that_one_party_does_not_share_opens_nothing(cast: Cast, agreement: Agreement) -> None:
    version = agreement.versions.get()
    factory.answer_all(version, CONSULTING, without=frozenset({"identity_default"}))
    found = doors(cast, agreement.network)
    assert names(found.partners) == []
    assert "every party agrees" in str(found.partners[0].reason)


def test_a_condition_is_shown_with_the_open_door(cast: Cast) -> None:
    condition = {"yes": True, "condition": {"de": "Erst nach einem Anruf.", "en": "Only after a call."}}
    agreement = in_force(cast, CONSULTING | {"identity_default": condition})
    door = doors(cast, agreement.network).partners[0]
    assert door.open
    assert door.clause is not None
    assert door.clause.condition == "Erst nach einem Anruf."


def test_an_agreement_that_has_ended_closes_its_doors_with_the_day(cast: Cast, agreement: Agreement) -> None:
    factory.ended(agreement, timezone.localdate() - timedelta(days=10))
    found = doors(cast, agreement.network)
    assert names(found.doors[:-1]) == []  # type: ignore[arg-type]
    assert "ended on" in str(found.partners[0].reason)


def test_an_agreement_that_ended_long_ago_is_not_named_any_more(cast: Cast, agreement: Agreement) -> None:
    factory.ended(agreement, timezone.localdate() - timedelta(days=500))
    assert doors(cast, agreement.network).without_agreement


def test_an_agreement_past_its_last_day_allows_nothing_even_before_the_clock_has_run(
    cast: Cast, agreement: Agreement
) -> None:
    last = timezone.localdate() - timedelta(days=1)
    Agreement.objects.filter(pk=agreement.pk).update(ends_on=last)
    (door,) = doors_of(cast.actor("jonas-reuter"), agreement.network).partners
    assert not door.open
    assert f"ended on {day(last)}" in str(door.reason)
    Agreement.objects.filter(pk=agreement.pk).update(ends_on=timezone.localdate())
    assert doors_of(cast.actor("jonas-reuter"), agreement.network).partners[0].open


def test_an_agreement_that_is_signed_and_not_yet_in_force_says_from_which_day(
    cast: Cast, agreement: Agreement
) -> None:
    first = timezone.localdate() + timedelta(days=30)
    agreement.versions.update(state="signed", in_force_from=first)
    Agreement.objects.filter(pk=agreement.pk).update(state="working", in_force_from=None)
    (door,) = doors_of(cast.actor("jonas-reuter"), agreement.network).partners
    assert not door.open
    assert f"comes into force on {day(first)}" in str(door.reason)


def test_who_has_left_the_agreement_finds_the_doors_closed(cast: Cast, agreement: Agreement) -> None:
    mine = agreement.parties.get(organization=cast.organizations["suchtberatung-am-markt"])
    factory.left(mine, timezone.localdate() - timedelta(days=1))
    found = doors(cast, agreement.network)
    assert names(found.partners) == []
    assert "Your organisation left" in str(found.partners[0].reason)


def test_a_partner_who_has_left_is_closed_and_the_others_stay_open(cast: Cast, agreement: Agreement) -> None:
    theirs = agreement.parties.get(organization=cast.organizations["stadtjugendamt-wendau"])
    factory.left(theirs, timezone.localdate())
    found = doors(cast, agreement.network)
    assert "Stadtjugendamt Wendau" not in names(found.partners)
    closed = next(d for d in found.partners if d.recipient and "Wendau" in d.recipient.name)
    assert "Left the agreement" in str(closed.reason)


def test_a_notice_to_leave_closes_the_door_on_its_day_even_before_the_clock_has_run(
    cast: Cast, agreement: Agreement
) -> None:
    theirs = agreement.parties.filter(organization=cast.organizations["stadtjugendamt-wendau"])
    theirs.update(leaving_on=timezone.localdate() + timedelta(days=1))
    assert "Stadtjugendamt Wendau" in names(doors(cast, agreement.network).partners)
    theirs.update(leaving_on=timezone.localdate())
    assert "Stadtjugendamt Wendau" not in names(doors(cast, agreement.network).partners)


def test_a_party_that_left_the_network_or_has_nobody_is_closed(cast: Cast, agreement: Agreement) -> None:
    wendau, kreis = (cast.organizations[k] for k in ("stadtjugendamt-wendau", "kreisjugendamt-birkenfurt"))
    NetworkMember.objects.filter(organization=wendau).update(left_on=timezone.localdate())
    Membership.objects.filter(organization=kreis).update(ended_on=timezone.localdate())
    found = doors(cast, agreement.network)
    assert names(found.partners) == ["Drogenhilfe Ahlenried"]
    reasons = {str(d.recipient): str(d.reason) for d in found.partners if not d.open}
    assert "any more" in reasons["Stadtjugendamt Wendau"]
    assert "account" in reasons["Kreisjugendamt Birkenfurt"]


def test_an_organisation_outside_the_agreement_is_told_so(cast: Cast) -> None:
    agreement = factory.in_force(
        cast.networks["birkenfurt"],
        [cast.organizations[key] for key in BIRKENFURT[1:]],
        date(2024, 1, 1),
        CONSULTING,
    )
    found = doors(cast, agreement.network)
    assert names(found.partners) == []
    assert "not a party" in str(found.partners[0].reason)
    assert found.partners[0].clause is None


def advisers(cast: Cast, **contact: str) -> dict[str, Any]:
    party = Party.objects.get(organization=cast.organizations["suchtberatung-am-markt"])
    return {"contacts": {str(party.pk): {"name": "Deniz Kaya", "phone": "02452 1234", **contact}}}


def name_adviser(cast: Cast, agreement: Agreement, **contact: str) -> None:
    answers = CONSULTING | {"danger_advisers": advisers(cast, **contact)}
    factory.answer_all(agreement.versions.get(), answers)


def test_the_adviser_named_by_ones_own_party_is_found_by_address(cast: Cast, agreement: Agreement) -> None:
    name_adviser(cast, agreement, email=cast.people[ANSWERER].email.upper(), deputy_name="Ulrike Sand")
    found = doors(cast, agreement.network).advisers
    assert found[0].open
    assert found[0].adviser == cast.people[ANSWERER]
    assert found[0].recipient == cast.organizations["kreisjugendamt-birkenfurt"]
    assert [door.open for door in found] == [True, False]
    assert found[1].contact is not None
    assert found[1].contact.deputy


def test_an_adviser_without_an_account_is_to_be_called(cast: Cast, agreement: Agreement) -> None:
    name_adviser(cast, agreement, email="somebody@elsewhere.example")
    (door,) = doors(cast, agreement.network).advisers
    assert not door.open
    assert "call" in str(door.reason)
    assert door.contact is not None
    assert door.contact.phone == "02452 1234"


def test_nobody_is_sent_to_themselves(cast: Cast, agreement: Agreement) -> None:
    name_adviser(cast, agreement, email=cast.people[ASKER].email)
    (door,) = doors(cast, agreement.network).advisers
    assert "That is you" in str(door.reason)


def test_an_adviser_who_is_away_shows_who_answers_instead(cast: Cast, agreement: Agreement) -> None:
    name_adviser(cast, agreement, email=cast.people[ANSWERER].email)
    Absence.objects.create(
        user=cast.people[ANSWERER],
        organization=cast.organizations["kreisjugendamt-birkenfurt"],
        since=timezone.localdate(),
        until=timezone.localdate(),
        deputy=cast.people["ulrike-sand"],
    )
    (door,) = doors(cast, agreement.network).advisers
    assert door.open
    assert door.stands_in == cast.people["ulrike-sand"].full_name


def test_a_case_discussion_is_open_to_organisations_that_are_invited(
    cast: Cast, agreement: Agreement
) -> None:
    closed = doors(cast, agreement.network).discussions
    assert [door.open for door in closed] == [False]
    meeting = a_meeting(agreement.network, Kind.CASE_DISCUSSION, people=[cast.people["leonie-brandt"]])
    (door,) = doors(cast, agreement.network).discussions
    assert (door.open, door.meeting) == (True, meeting)
    (other,) = doors(cast, agreement.network, "deniz-kaya").discussions
    assert not other.open
    assert "not invited" in str(other.reason)


def test_committee_meetings_are_no_place_for_a_case(cast: Cast, agreement: Agreement) -> None:
    a_meeting(agreement.network, Kind.COMMITTEE, people=[cast.people[ASKER]])
    assert not any(door.meeting for door in doors(cast, agreement.network).discussions)


def test_the_gate_of_a_draft_is_the_door_it_was_begun_before(cast: Cast, agreement: Agreement) -> None:
    actor = cast.actor(ASKER)
    draft = drafted(actor, agreement)
    door = door_for(actor, draft)
    assert door is not None
    assert door.open
    factory.ended(agreement, timezone.localdate())
    gone = door_for(actor, draft)
    assert gone is None or not gone.open


def test_a_time_that_was_not_agreed_is_our_proposal(cast: Cast) -> None:
    answers = {key: value for key, value in CONSULTING.items() if key != "consultation_answer"}
    promise = promise_of(ground_of(in_force(cast, answers)))
    assert (promise.number, promise.unit, promise.agreed, promise.clause) == (3, "working_days", False, None)


def test_the_shorter_of_our_period_and_the_agreed_one_ends_it(cast: Cast, agreement: Agreement) -> None:
    day = date(2026, 1, 31)
    assert ends_after(day, ground_of(agreement)) == day + timedelta(days=90)
    shorter = in_force(cast, CONSULTING | {"notes_deletion": {"number": 1, "unit": "months"}}, title="Kurz")
    assert ends_after(day, ground_of(shorter)) == date(2026, 2, 28)
    assert ends_after(day, None) == day + timedelta(days=90)


def test_moderators_and_coordination_ask_nothing(cast: Cast, agreement: Agreement) -> None:
    assert doors(cast, agreement.network, "miriam-hoffstedt").organization is None
    assert doors(cast, agreement.network, "miriam-hoffstedt").doors == ()


def test_doors_take_the_same_queries_for_one_agreement_and_for_three(
    cast: Cast, agreement: Agreement
) -> None:
    def count() -> int:
        actor = cast.actor(ASKER)
        with CaptureQueriesContext(connection) as context:
            doors_of(actor, agreement.network)
        return len(context)

    one = count()
    in_force(cast, CONSULTING, title="Zweite")
    in_force(cast, CONSULTING, title="Dritte")
    assert count() == one
