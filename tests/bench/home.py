"""The start page in the largest network, against the smallest: 30 organisations under one agreement in force for ten
years with duties of all sorts, 40 more in work, 500 meetings, 200 needs raised, 500 notices."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any
from unittest import mock

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mtd.accounts.models import User
from mtd.cooperation.actions.needs import raise_need
from mtd.core.actor import SYSTEM
from mtd.home.jobs import send_digests
from mtd.notifications.actions import notify
from mtd.organizations.models import Membership, NetworkMember, Organization
from tests.cast import Cast, build_cast
from tests.factories import agreements as factory
from tests.factories import cooperation as lived

ORGANIZATIONS, AGREEMENTS, NOTICES, MEETINGS, NEEDS = 30, 40, 500, 500, 200
LIMIT = 0.15
SYSTEMS = ("addiction_care", "youth_welfare", "health", "school")
PEOPLE = ("miriam-hoffstedt", "jonas-reuter", "leonie-brandt")


def build(
    cast: Cast, organizations: int, agreements: int, notices: int, meetings: int, needs: int, years: int
) -> None:
    """Bring the network to this size."""
    network = cast.networks["birkenfurt"]
    for number in range(network.organizations.count(), organizations):
        found = Organization.objects.create(
            name=f"Organisation {number}",
            short_name=f"O{number}",
            help_system=SYSTEMS[number % 4],
            country="DE",
            city="Town",
        )
        NetworkMember.objects.create(network=network, organization=found)
        user = User.objects.create_user(f"w{number}@mtd.example", None, name=f"Worker {number}")
        Membership.objects.create(user=user, organization=found, role="worker")
    members = list(network.organizations.order_by("name"))
    own = [o for o in members if o.name == cast.organizations["suchtberatung-am-markt"].name]
    youth = [o for o in members if o.help_system == "youth_welfare"]
    for number in range(agreements):
        factory.found(network, [*own, youth[number % len(youth)]])
    today = timezone.localdate()
    begin = date(today.year - years, 1, 1)
    lived.in_force(network, members if organizations else [*own, youth[0]], begin, lived.SHARED)
    days = (today - begin).days
    kinds = ("committee", "exchange", "case_discussion", "steering_group")
    for number in range(meetings):
        lived.held(network, begin + timedelta(days=days * number // meetings), kind=kinds[number % 4])
    for number in range(needs):
        raise_need(
            actor=cast.actor("jonas-reuter"), network=network, text=f"Need number {number}", topic="offer"
        )
    for number in range(notices):
        users = [cast.people[who] for who in PEOPLE]
        notify(actor=SYSTEM, users=users, kind="agreements.x", text=f"News {number}", link="/", mail=False)


def measured(client: Client, times: int = 7) -> tuple[float, int]:
    """The median of some requests, and how many queries one of them makes."""
    taken = []
    for number in range(times + 2):
        began = time.perf_counter()
        assert client.get("/").status_code == 200
        if number >= 2:
            taken.append(time.perf_counter() - began)
    with CaptureQueriesContext(connection) as queries:
        client.get("/")
    return sorted(taken)[times // 2], len(queries)


def run() -> list[tuple[str, float, float, float | None]]:
    """Rows: name, seconds in the smallest and in the largest network, limit."""
    cast = build_cast(only={"birkenfurt"})
    clients: dict[str, Client] = {}
    for who in PEOPLE:
        clients[who] = Client()
        clients[who].force_login(cast.people[who], backend="django.contrib.auth.backends.ModelBackend")
    build(cast, 0, 2, 2, 8, 4, 2)
    small: dict[str, Any] = {who: measured(clients[who]) for who in PEOPLE}
    build(cast, ORGANIZATIONS, AGREEMENTS, NOTICES, MEETINGS, NEEDS, 10)
    rows: list[tuple[str, float, float, float | None]] = []
    for who in PEOPLE:
        large = measured(clients[who])
        # A few look further only where the first look found something; none may follow the number of rows.
        assert large[1] <= small[who][1] + 4, f"{who}: {small[who][1]} queries became {large[1]}"
        rows.append(
            (f"start page, {cast.people[who].name} ({large[1]} queries)", small[who][0], large[0], LIMIT)
        )
    people = User.objects.filter(is_active=True).count()
    noon = timezone.now().replace(hour=12)
    with mock.patch.object(timezone, "now", return_value=noon):
        began = time.perf_counter()
        send_digests()
        each = (time.perf_counter() - began) / people
    rows.append((f"bundled mail, each of {people} people", each, each, LIMIT))
    return rows
