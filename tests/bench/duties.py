"""All duties of 1,200 networks over ten years, against half as many: reckoned purely, and loaded from the database.

Twelve duties for each network, as our guide asks for them, kept most of the time. Every state and every next due
date comes anew each time: nothing is stored.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction

from mtd.agreements.models import Agreement, Answer, Party, Position, Version
from mtd.cooperation.models import ContactConfirmation
from mtd.cooperation.obligations import (
    DEFAULT_GRACE,
    Act,
    After,
    AtLeast,
    On,
    Rule,
    Term,
    reckon,
)
from mtd.cooperation.queries.duties import duties_of_many
from mtd.meetings.models import Meeting
from mtd.organizations.models import Network, NetworkMember, Organization
from tests.factories.agreements import cooperation_guide

FEW, MANY = 600, 1200
YEARS = 10
START, TODAY = date(2016, 11, 1), date(2026, 11, 22)
AT_ONCE = 50
PURE_LIMIT, LOADED_LIMIT = 5.0, 20.0

ANSWERS: dict[str, Any] = {
    "committee": {"yes": True},
    "steering": {"yes": True},
    "conference": {"yes": True},
    "joint_training": {"yes": True},
    "exchange_formats": {
        "choices": ["practitioner_exchange", "case_discussion", "job_shadowing", "consultation_hour"]
    },
    "committee_rhythm": {"at_least": 1, "per": "half_year"},
    "steering_rhythm": {"at_least": 1, "per": "year"},
    "exchange_rhythm": {"at_least": 1, "per": "quarter"},
    "case_discussion_rhythm": {"at_least": 1, "per": "quarter"},
    "conference_rhythm": {"at_least": 1, "per": "half_year"},
    "shadowing_rhythm": {"at_least": 1, "per": "year"},
    "consultation_hour_rhythm": {"at_least": 1, "per": "month"},
    "seminar_rhythm": {"at_least": 1, "per": "year"},
    "contact_update": {"at_least": 1, "per": "half_year"},
    "evaluation_date": {"date": "2024-04-30"},
    "review_period": {"number": 24, "unit": "months"},
    "consultation_answer": {"number": 3, "unit": "working_days"},
}
"""Twelve duties with the questions that open their branches."""
A_YEAR = {"month": 12, "quarter": 4, "half_year": 2, "year": 1}


def rules() -> Iterator[tuple[Rule, list[Act]]]:
    """The twelve rules of one network with ten years of acts, one in ten left out."""
    for key, answer in ANSWERS.items():
        if "per" in answer:
            per = answer["per"]
            step = 365 / A_YEAR[per]
            days = [START + timedelta(days=int(step * n)) for n in range(YEARS * A_YEAR[per]) if n % 10]
            yield AtLeast(answer["at_least"], per, DEFAULT_GRACE[per]), _acts(key, days)
        elif "date" in answer:
            yield On(date.fromisoformat(answer["date"]), 30), _acts(key, [date(2024, 5, 9)])
        elif key == "review_period":
            days = [START + timedelta(days=720 * n) for n in range(1, 5)]
            yield After(answer["number"], answer["unit"], 30), _acts(key, days)


def _acts(key: str, days: list[date]) -> list[Act]:
    return [Act(day, f"{key}:{number}") for number, day in enumerate(days)]


def pure(networks: int) -> float:
    """Seconds to reckon every duty of so many networks, each by itself."""
    work = list(rules())
    began = time.perf_counter()
    for _ in range(networks):
        for rule, acts in work:
            reckon([Term(rule, START)], acts, (), TODAY)
    return time.perf_counter() - began


def populate(wanted: int) -> None:
    """So many networks of two organisations, an agreement each, and ten years of meetings and confirmations."""
    guide = cooperation_guide()
    networks, organizations, members, agreements, versions, parties = [], [], [], [], [], []
    for number in range(wanted):
        slug = f"duty-{uuid.uuid4().hex[:12]}"
        network = Network(name=f"Network {number}", slug=slug, country="DE", region=f"Region {number}")
        agreement = Agreement(
            network=network,
            title=f"Agreement {number}",
            state="in_force",
            in_force_from=START,
            review_on=TODAY,
        )
        networks.append(network)
        agreements.append(agreement)
        versions.append(
            Version(agreement=agreement, guide_version=guide, state="in_force", in_force_from=START)
        )
        for order, system in enumerate(("addiction_care", "youth_welfare")):
            organization = Organization(
                name=f"Organisation {number} {order}",
                short_name=f"O{order}",
                help_system=system,
                country="DE",
                city="Town",
            )
            organizations.append(organization)
            members.append(NetworkMember(network=network, organization=organization))
            parties.append(Party(agreement=agreement, organization=organization, order=order))
    for model, rows in (
        (Network, networks),
        (Organization, organizations),
        (NetworkMember, members),
        (Agreement, agreements),
        (Version, versions),
        (Party, parties),
    ):
        model.objects.bulk_create(rows, batch_size=500)  # type: ignore[attr-defined]
    for number, version in enumerate(versions):
        _write(version, parties[2 * number : 2 * number + 2])
    _meet(networks)
    ContactConfirmation.objects.bulk_create(
        (
            ContactConfirmation(agreement=party.agreement, party=party, asked_on=day, confirmed_on=day)
            for party in parties
            for day in (START + timedelta(days=182 * n) for n in range(2 * YEARS))
        ),
        batch_size=500,
    )


def _write(version: Version, parties: list[Party]) -> None:
    Answer.objects.bulk_create(
        Answer(version=version, question_key=key, value=value) for key, value in ANSWERS.items()
    )
    Position.objects.bulk_create(
        Position(version=version, question_key=key, party=party, stance="agree", answer_revision=1)
        for key in ANSWERS
        for party in parties
    )


def _meet(networks: list[Network]) -> None:
    rhythm = {"committee": 2, "steering_group": 1, "exchange": 4, "case_discussion": 4}
    first = datetime(START.year, START.month, START.day, 13, tzinfo=UTC)
    Meeting.objects.bulk_create(
        (
            Meeting(network=network, kind=kind, state="held", starts_at=at, ends_at=at + timedelta(hours=2))
            for network in networks
            for kind, often in rhythm.items()
            for at in (first + timedelta(days=int(365 / often * n)) for n in range(YEARS * often))
            if at.day % 10
        ),
        batch_size=500,
    )


def loaded(networks: int) -> float:
    """Seconds to load and reckon every duty of so many networks, as the daily job does."""
    ids = list(
        Agreement.objects.filter(title__startswith="Agreement ").order_by("pk").values_list("pk", flat=True)
    )
    began, found = time.perf_counter(), 0
    for start in range(0, networks, AT_ONCE):
        some = Agreement.objects.filter(pk__in=ids[start : start + AT_ONCE])
        for duties in duties_of_many(some, TODAY).values():
            found += len({duty.question_key for duty in duties})
            assert all(duty.next_due or duty.rule for duty in duties)
    taken = time.perf_counter() - began
    assert found == networks * 12, found
    return taken


def run() -> list[tuple[str, float, float, float | None]]:
    """Rows: name, seconds for 600 networks, for 1,200, limit for 1,200."""
    cooperation_guide()
    with transaction.atomic():  # undone in the end, so that the figures of others stay theirs
        populate(MANY)
        loaded(AT_ONCE)
        rows = [
            ("12 duties × 10 years, 600 | 1,200 networks: reckoned", pure(FEW), pure(MANY), PURE_LIMIT),
            ("  the same, loaded from the database", loaded(FEW), loaded(MANY), LOADED_LIMIT),
        ]
        transaction.set_rollback(True)
    return rows
