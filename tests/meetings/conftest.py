"""A network with its people, and clients signed in as them, for every test of this slice."""

from __future__ import annotations

import pytest

from mtd.organizations.models import Network
from tests.cast import Cast, build_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """The people of Birkenfurt and Heinsberg, and the programme office."""
    return build_cast(only={"birkenfurt", "kreis-heinsberg"})


@pytest.fixture
def network(cast: Cast) -> Network:
    """Birkenfurt."""
    return cast.networks["birkenfurt"]
