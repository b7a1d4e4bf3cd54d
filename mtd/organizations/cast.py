"""Builds the named cast that demo, tests, screenshots and documentation share (content/demo/cast.yaml)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from mtd.accounts.actions import ensure_demo_person
from mtd.accounts.demo import cast_data
from mtd.accounts.models import User
from mtd.core.actor import SYSTEM, Actor, Role

from .models import Membership, Network, NetworkMember, Organization
from .queries import actor_for

STARTED = date(2014, 1, 1)
"""Members from the beginning, so that agreements of earlier years have people to sign them."""


def address_of(key: str) -> str:
    """The e-mail of a demo person; .example never reaches anybody."""
    return f"{key}@demo.example"


@dataclass
class Cast:
    """Everybody by the key of the file: `cast.people["jonas-reuter"]`."""

    networks: dict[str, Network] = field(default_factory=dict)
    organizations: dict[str, Organization] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)

    def actor(self, key: str) -> Actor:
        """The Actor of one person."""
        return actor_for(self.people[key])

    def lead(self, organization_key: str) -> User:
        """Whoever leads (and may sign for) an organisation of the cast."""
        return self._of(organization_key, Role.LEAD)

    def worker(self, organization_key: str) -> User:
        """A worker of an organisation of the cast."""
        return self._of(organization_key, Role.WORKER)

    def _of(self, organization_key: str, role: Role) -> User:
        membership = (
            Membership.objects.filter(
                organization=self.organizations[organization_key], role=role, ended_on__isnull=True
            )
            .select_related("user")
            .order_by("user__email")
            .first()
        )
        if membership is None:
            raise KeyError(f"Nobody is {role} of {organization_key}.")
        return membership.user


@transaction.atomic
def build_cast(only: set[str] | None = None) -> Cast:
    """Create what is missing of the cast, or of the networks in `only`; what exists stays as it is.

    Raises Refused in production.
    """
    data = cast_data()
    cast = Cast()
    for person in data["programme"]["people"]:
        _person(cast, person, language="en", role=Role.PROGRAMME)
    for row in data["networks"]:
        if only is None or row["slug"] in only:
            _network(cast, row)
    return cast


def _network(cast: Cast, row: dict[str, Any]) -> None:
    names = ("name", "country", "region", "time_zone", "language")
    network, _created = Network.objects.get_or_create(
        slug=row["slug"], defaults={name: row[name] for name in names}
    )
    cast.networks[row["slug"]] = network
    for person in row["people"]:
        _person(cast, person, language=row["language"], role=Role(person["role"]), network=network)
    for item in row["organizations"]:
        organization, created = Organization.objects.get_or_create(
            name=item["name"],
            country=row["country"],
            defaults={
                "short_name": item["short"],
                "help_system": item["system"],
                "legal_form": item.get("legal_form", ""),
                "city": item["city"],
                "email": address_of(item["key"]),
            },
        )
        if created:
            NetworkMember.objects.create(network=network, organization=organization, joined_on=STARTED)
        cast.organizations[item["key"]] = organization
        for person in item["people"]:
            role = Role(person["role"])
            _person(cast, person, language=row["language"], role=role, organization=organization)


def _person(cast: Cast, row: dict[str, Any], *, language: str, role: Role, **place: Any) -> None:
    spoken = row.get("language", language)
    user = ensure_demo_person(
        actor=SYSTEM,
        email=address_of(row["key"]),
        name=row["name"],
        title=row.get("title", ""),
        language=spoken,
    )
    Membership.objects.get_or_create(user=user, role=role, defaults={"started_on": STARTED}, **place)
    cast.people[row["key"]] = user
