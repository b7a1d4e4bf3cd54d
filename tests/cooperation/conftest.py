"""The cast and a lived agreement, for every test of this slice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from mtd.agreements.models import Agreement
from mtd.core.actor import Actor
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
