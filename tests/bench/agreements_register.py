"""The register with 1,000 agreements, against ten: the page, a filter and a search, as a browser asks for them."""

from __future__ import annotations

import time
import uuid
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse

from mtd.agreements.models import Agreement, Party, Version
from mtd.organizations.models import Network, NetworkMember, Organization
from tests.cast import build_cast
from tests.factories.agreements import cooperation_guide

FEW, MANY = 10, 1000
LIMIT = 0.1
COUNTRIES = ("DE", "FI", "BE", "ES", "IT", "NL", "PT", "SK", "CZ", "EL", "CY", "SI")


def populate(wanted: int) -> None:
    """Bring the register to this many agreements with four parties each, in all countries."""
    guide = cooperation_guide()
    systems = ("addiction_care", "youth_welfare", "youth_welfare", "health")
    for number in range(Agreement.objects.count(), wanted):
        country = COUNTRIES[number % len(COUNTRIES)]
        slug = f"bench-{uuid.uuid4().hex[:12]}"
        network = Network.objects.create(
            name=f"Network {number}", slug=slug, country=country, region=f"Region {number}"
        )
        first = date(2016, 1, 1) + timedelta(days=number * 3)
        agreement = Agreement.objects.create(
            network=network,
            title=f"Cooperation agreement {number}",
            state=Agreement.State.IN_FORCE,
            in_force_from=first,
            review_on=date(2026, 6, 1) + timedelta(days=number),
        )
        Version.objects.create(
            agreement=agreement,
            guide_version=guide,
            state=Version.State.IN_FORCE,
            in_force_from=first,
            review_on=agreement.review_on,
        )
        for order, system in enumerate(systems):
            organization = Organization.objects.create(
                name=f"Organisation {number} {order}",
                short_name=f"O{order}",
                help_system=system,
                country=country,
                city=f"Town {number}",
            )
            NetworkMember.objects.create(network=network, organization=organization)
            Party.objects.create(agreement=agreement, organization=organization, order=order)


def seconds(client: Client, address: str, times: int = 7) -> float:
    """The median of some requests, the first ones not counted."""
    taken = []
    for number in range(times + 2):
        began = time.perf_counter()
        response = client.get(address)
        if number >= 2:
            taken.append(time.perf_counter() - began)
        assert response.status_code == 200
    return sorted(taken)[times // 2]


def run() -> list[tuple[str, float, float, float | None]]:
    """Rows: name, seconds with ten agreements, with a thousand, limit for a thousand."""
    cast = build_cast(only={"birkenfurt"})
    cooperation_guide()
    client = Client()
    client.force_login(cast.people["jonas-reuter"], backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("agreements:register")
    pages: dict[str, str] = {
        "the register's first page": address,
        "the register's last page": f"{address}?page=9999",
        "one country, review overdue": f"{address}?country=FI&review=late",
        "looking for a title": f"{address}?q=agreement+7",
    }
    found: dict[str, list[Any]] = {name: [] for name in pages}
    for size in (FEW, MANY):
        with transaction.atomic():
            populate(size)
        for name, page in pages.items():
            found[name].append(seconds(client, page))
    return [(f"{name}, {FEW} : {MANY} agreements", few, many, LIMIT) for name, (few, many) in found.items()]
