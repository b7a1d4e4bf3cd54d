"""A network with its people, and clients signed in as them, for every test of this slice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from mtd.core.actor import Actor
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
