"""A running agreement with its people, for every test of this slice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mtd.agreements.models import Agreement, Version
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
