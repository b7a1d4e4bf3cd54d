"""A running agreement with its people, for every test of this slice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from mtd.agreements.models import Agreement, Version
from mtd.core.actor import Actor
from tests.cast import Cast, build_cast
from tests.factories import agreements as factory

BIRKENFURT = (
    "suchtberatung-am-markt",
    "drogenhilfe-ahlenried",
    "kreisjugendamt-birkenfurt",
    "stadtjugendamt-wendau",
)


@pytest.fixture
def cast(db: None) -> Cast:
    """The people of Birkenfurt and Heinsberg, and the programme office."""
    return build_cast(only={"birkenfurt", "kreis-heinsberg"})


@pytest.fixture
def birkenfurt(cast: Cast) -> Agreement:
    """Four parties work out an agreement with an external moderator (as in the picture of the design)."""
    agreement = factory.found(cast.networks["birkenfurt"], [cast.organizations[key] for key in BIRKENFURT])
    return factory.moderated_by(agreement, cast.people["inga-soerensen"])


@pytest.fixture
def bilingual(cast: Cast) -> Agreement:
    """Two parties work out an agreement in German and English."""
    return factory.found(
        cast.networks["birkenfurt"],
        [cast.organizations[BIRKENFURT[0]], cast.organizations[BIRKENFURT[2]]],
        title="Zweisprachige Vereinbarung",
        second_language="en",
    )


@pytest.fixture
def heinsberg(cast: Cast) -> Agreement:
    """Eight parties, as in Kreis Heinsberg."""
    network = cast.networks["kreis-heinsberg"]
    return factory.found(
        network, list(network.organizations.order_by("name")), title="Vereinbarung Heinsberg"
    )


@pytest.fixture
def version(birkenfurt: Agreement) -> Version:
    """The version of Birkenfurt's agreement that is being worked out."""
    return Version.objects.select_related("agreement__network").get(agreement=birkenfurt)


@pytest.fixture
def agree_all() -> Callable[..., Version]:
    """`agree_all(agreement, skip=(), quick=False)`: every open question answered, every party agrees."""
    return factory.agree_all


@pytest.fixture
def act(cast: Cast) -> Callable[[str], Actor]:
    """`act("jonas-reuter")`: the Actor of one person of the cast."""
    return cast.actor


@pytest.fixture
def browse(cast: Cast) -> Callable[[str], Client]:
    """`browse("jonas-reuter")`: a client in which this person is signed in, in English."""

    def sign_in(key: str, **extra: Any) -> Client:
        type(cast.people[key]).objects.filter(pk=cast.people[key].pk).update(language="en")
        client = Client(headers={"accept-language": "en"}, **extra)
        client.force_login(cast.people[key], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
