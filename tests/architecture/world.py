"""A small world with one of everything, and the arguments under which every address shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from mtd.agreements.models import Agreement
from tests.cast import Cast, build_cast
from tests.factories import agreements as factory

PEOPLE = ("nobody", "stranger", "worker", "lead", "coordinator", "moderator", "programme")

KINDS = {
    "stranger": "pia-lennartz",
    "worker": "jonas-reuter",
    "lead": "leonie-brandt",
    "coordinator": "miriam-hoffstedt",
    "moderator": "inga-soerensen",
    "programme": "mette-lindqvist",
}


@dataclass
class World:
    """People by kind, and the objects that addresses name."""

    cast: Cast
    agreement: Agreement
    people: dict[str, str]
    named: dict[str, dict[str, Any]] = field(default_factory=dict)

    def client(self, person: str) -> Client:
        """A browser in which this kind of person is signed in."""
        client = Client(headers={"accept-language": "en"})
        if person != "nobody":
            client.force_login(
                self.cast.people[self.people[person]], backend="django.contrib.auth.backends.ModelBackend"
            )
        return client

    def arguments(self, route: str) -> dict[str, Any]:
        """The keyword arguments of an address."""
        return self.named.get(route, {})


def build_world() -> World:
    """Birkenfurt's agreement being worked out, with its people, and a stranger from Heinsberg."""
    cast = build_cast(only={"birkenfurt", "kreis-heinsberg"})
    network = cast.networks["birkenfurt"]
    keys = (
        "suchtberatung-am-markt",
        "drogenhilfe-ahlenried",
        "kreisjugendamt-birkenfurt",
        "stadtjugendamt-wendau",
    )
    agreement = factory.found(network, [cast.organizations[key] for key in keys])
    factory.moderated_by(agreement, cast.people["inga-soerensen"])
    return World(cast=cast, agreement=agreement, people=KINDS)
