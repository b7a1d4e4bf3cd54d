"""The year, "is it lived?" and the yearly report of the largest network, against one of three organisations.

The largest: thirty organisations, ten years, every duty of the guide and each party's own, 500 meetings with fifteen
people each, 200 needs, a pulse twice a year. Nothing is kept from one request to the next.
"""

from __future__ import annotations

import random
import time
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mtd.agreements.models import Agreement
from mtd.cooperation.models import (
    ContactConfirmation,
    Evidence,
    Need,
    NeedDecision,
    NeedGroup,
    PulseAnswer,
    PulseRound,
    YearlyReport,
)
from mtd.cooperation.pulse import ITEMS
from mtd.core.actor import Role
from mtd.meetings.models import Kind, Meeting, Participant
from mtd.organizations.models import Membership, Network, NetworkMember, Organization
from tests.bench.duties import ANSWERS
from tests.cast import build_cast
from tests.factories import cooperation as factory
from tests.factories.agreements import cooperation_guide

LIMIT = 0.15
SYSTEMS = ("addiction_care", "youth_welfare", "youth_welfare", "health", "addiction_care", "school")
KINDS = (Kind.EXCHANGE, Kind.CASE_DISCUSSION, Kind.EXCHANGE, Kind.COMMITTEE, Kind.STEERING_GROUP)
TURNS = 60


def populate(
    name: str, *, organizations: int, years: int, meetings: int, people: int, needs: int
) -> Agreement:
    """A network with one agreement in force since so many years, and what happened in it."""
    dice = random.Random(7)
    today = timezone.localdate()
    start = date(today.year - years, 3, 1)
    network = Network.objects.create(
        name=name, slug=f"lived-{uuid.uuid4().hex[:12]}", country="DE", region=name
    )
    members = [
        Organization(
            name=f"{name} organisation {number}",
            short_name=f"O{number}",
            help_system=SYSTEMS[number % len(SYSTEMS)],
            country="DE",
            city="Town",
        )
        for number in range(organizations)
    ]
    Organization.objects.bulk_create(members)
    NetworkMember.objects.bulk_create(NetworkMember(network=network, organization=one) for one in members)
    agreement = factory.in_force(network, members, start, ANSWERS, title=f"Agreement {name}")
    days = (today - start).days
    held = []
    for number in range(meetings):
        on = start + timedelta(days=number * days // meetings)
        begins = datetime(on.year, on.month, on.day, 13, tzinfo=UTC)
        held.append(
            Meeting(
                network=network,
                kind=KINDS[number % len(KINDS)],
                state="held",
                starts_at=begins,
                ends_at=begins + timedelta(hours=2),
            )
        )
    Meeting.objects.bulk_create(held)
    Participant.objects.bulk_create(
        Participant(
            meeting=meeting,
            organization=dice.choice(members),
            name="Guest",
            email=f"guest-{place}@example.org",
            attendance=dice.choice(("present", "present", "online", "excused", "absent")),
        )
        for meeting in held
        for place in range(people)
    )
    _own_duties(agreement, start, today, dice)
    _needs(network, members, needs, start, days, dice)
    _pulse(network, members, start, today, dice)
    return Agreement.objects.select_related("network").get(pk=agreement.pk)


def _own_duties(agreement: Agreement, start: date, today: date, dice: random.Random) -> None:
    confirmed, shown = [], []
    for party in agreement.parties.all():
        for year in range(start.year, today.year + 1):
            for month in (5, 11):
                on = date(year, month, dice.randint(1, 28))
                if start < on < today and dice.random() < 0.85:
                    confirmed.append(
                        ContactConfirmation(agreement=agreement, party=party, asked_on=on, confirmed_on=on)
                    )
            on = date(year, dice.randint(1, 12), 9)
            if start < on < today:
                shown.append(
                    Evidence(
                        agreement=agreement,
                        question_key="shadowing_rhythm",
                        party=party,
                        kind="statement",
                        on=on,
                    )
                )
    ContactConfirmation.objects.bulk_create(confirmed)
    Evidence.objects.bulk_create(shown)


def _needs(
    network: Network, members: list[Organization], number: int, start: date, days: int, dice: random.Random
) -> None:
    for place in range(number):
        raised = start + timedelta(days=place * days // number)
        answered = raised + timedelta(days=dice.randint(5, 90)) if place < number - 6 else None
        group = NeedGroup.objects.create(
            network=network,
            wording="What practice lacks.",
            state="decided" if answered else "new",
            first_raised_on=raised,
            decided_on=answered,
        )
        Need.objects.create(
            group=group,
            organization=dice.choice(members),
            text="What practice lacks.",
            raised_on=raised,
            answered_on=answered,
            helped="yes" if answered else "",
        )
        if answered:
            NeedDecision.objects.create(
                group=group,
                level="committee",
                outcome="yes",
                text="Decided.",
                reason="So.",
                decided_on=answered,
            )


def _pulse(
    network: Network, members: list[Organization], start: date, today: date, dice: random.Random
) -> None:
    answers: list[PulseAnswer] = []
    for year in range(start.year, today.year + 1):
        for month in (3, 9):
            opened = date(year, month, 1)
            if not start <= opened < today - timedelta(days=40):
                continue
            one = PulseRound.objects.create(
                network=network, opened_on=opened, closes_on=opened + timedelta(days=28)
            )
            for turn in range(TURNS if len(members) > 5 else 4):
                own = members[turn % len(members)]
                values: dict[str, Any] = {item: dice.randint(2, 5) for item in ITEMS}
                answers += [
                    PulseAnswer(round=one, from_system=own.help_system, about=other, **values)
                    for other in dice.sample(members, min(6, len(members)))
                    if other is not own
                ]
    PulseAnswer.objects.bulk_create(answers)


def seconds(client: Client, address: str, times: int = 7) -> tuple[float, int]:
    """The median of some requests and the number of their queries; the first ones are not counted."""
    for _ in range(2):
        client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    asked = len(queries)
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        client.get(address)
        taken.append(time.perf_counter() - began)
    return sorted(taken)[times // 2], asked


def run() -> list[tuple[str, float, float, float | None]]:
    """Rows: name, seconds for a network of three organisations, for the largest, and the limit for that."""
    cast = build_cast(only={"birkenfurt"})
    cooperation_guide()
    with transaction.atomic():
        small = populate("Small", organizations=3, years=2, meetings=12, people=5, needs=9)
        large = populate("Large", organizations=30, years=10, meetings=500, people=15, needs=200)
    client = Client()
    for agreement in (small, large):
        Membership.objects.create(
            user=cast.people["miriam-hoffstedt"],
            network=agreement.network,
            role=Role.COORDINATOR,
            started_on=date(2020, 1, 1),
        )
    client.force_login(cast.people["miriam-hoffstedt"], backend="django.contrib.auth.backends.ModelBackend")
    year = timezone.localdate().year
    reports = {}
    for agreement in (small, large):
        YearlyReport.objects.create(agreement=agreement, year=year)
        reports[agreement.pk] = reverse("cooperation:report", args=[agreement.pk, year])
    pages = {
        "the network's year": lambda one: reverse("cooperation:year", args=[one.network.slug]),
        "is it lived?": lambda one: reverse("cooperation:lived", args=[one.pk]),
        "the yearly report": lambda one: reports[one.pk],
    }
    rows: list[tuple[str, float, float, float | None]] = []
    for name, address in pages.items():
        first, few = seconds(client, address(small))
        last, many = seconds(client, address(large))
        assert few == many, f"{name}: {few} queries for the small network, {many} for the large"
        rows.append((f"{name} ({many} queries)", first, last, LIMIT))
    return rows
