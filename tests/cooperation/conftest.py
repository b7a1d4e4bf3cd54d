"""The cast and a lived agreement, for every test of this slice."""

from __future__ import annotations

from datetime import date

import pytest

from mtd.agreements.models import Agreement
from tests.cast import Cast, build_cast
from tests.factories import cooperation as factory

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
def lived(cast: Cast) -> Agreement:
    """Four parties of Birkenfurt, in force since the first day of 2024, with duties of all sorts."""
    organizations = [cast.organizations[key] for key in BIRKENFURT]
    return factory.in_force(cast.networks["birkenfurt"], organizations, date(2024, 1, 1), factory.SHARED)
