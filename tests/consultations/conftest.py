"""The cast and an agreement in force that allows anonymous consultation, for every test of this slice."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mtd.agreements.models import Agreement
from mtd.organizations.models import Network
from tests.cast import Cast, build_cast
from tests.factories import cooperation as factory

BIRKENFURT = (
    "suchtberatung-am-markt",
    "drogenhilfe-ahlenried",
    "kreisjugendamt-birkenfurt",
    "stadtjugendamt-wendau",
)
CONSULTING: dict[str, Any] = {
    **factory.SHARED,
    "identity_default": {"yes": True},
    "notes_deletion": {"number": 12, "unit": "months"},
    "exchange_formats": {"choices": ["practitioner_exchange", "case_discussion"]},
    "case_discussion_rhythm": {"at_least": 1, "per": "quarter"},
}
"""What is agreed: consulting without identity, an answer in three working days, a case discussion each quarter."""


@pytest.fixture
def cast(db: None) -> Cast:
    """The people of Birkenfurt and Heinsberg, and the programme office."""
    return build_cast(only={"birkenfurt", "kreis-heinsberg"})


@pytest.fixture
def network(cast: Cast) -> Network:
    return cast.networks["birkenfurt"]


@pytest.fixture
def agreement(cast: Cast) -> Agreement:
    """Four parties of Birkenfurt, in force since the first day of 2024, consulting each other without identity."""
    organizations = [cast.organizations[key] for key in BIRKENFURT]
    return factory.in_force(cast.networks["birkenfurt"], organizations, date(2024, 1, 1), CONSULTING)
