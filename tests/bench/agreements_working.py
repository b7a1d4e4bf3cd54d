"""The working pages of an agreement: two parties and one answer against eight parties and every answer."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from mtd.accounts.models import User
from mtd.agreements.models import Agreement, Version
from mtd.agreements.queries import load_room
from tests.cast import build_cast
from tests.factories import agreements as factory

LIMIT = 0.100
KEY = "referral_ack"
Row = tuple[str, float, float] | tuple[str, float, float, float | None]


def best(run: Any, times: int = 7) -> float:
    """The seconds of the quickest run: what the server needs when nothing else disturbs it."""
    run()
    found = []
    for _ in range(times):
        started = time.perf_counter()
        run()
        found.append(time.perf_counter() - started)
    return min(found)


PLAIN = {
    **settings.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
"""Static files are not collected for a benchmark."""


@override_settings(STORAGES=PLAIN)
def run() -> list[Row]:
    """Measure the pages as a browser would ask for them, sign-in and templates included."""
    small, large = _agreements()
    pages: tuple[tuple[str, str, tuple[str, ...]], ...] = (
        ("Overview of an agreement", "overview", ()),
        ("List of questions", "questions", ()),
        ("Page of one question", "question", (KEY,)),
        ("Meeting mode", "meeting", (KEY,)),
    )
    rows: list[Row] = [
        (f"{name}: 8 parties, all answers", _page(small, route, more), _page(large, route, more), LIMIT)
        for name, route, more in pages
    ]
    rows.append(("Where everybody stands, computed", _standing(small), _standing(large)))
    return rows


def _agreements() -> tuple[Agreement, Agreement]:
    cast = build_cast(only={"birkenfurt", "kreis-heinsberg"})
    birkenfurt, heinsberg = cast.networks["birkenfurt"], cast.networks["kreis-heinsberg"]
    two = [cast.organizations["suchtberatung-am-markt"], cast.organizations["kreisjugendamt-birkenfurt"]]
    small = factory.found(birkenfurt, two, title="Small")
    first = small.parties.order_by("order")[0]
    version = Version.objects.get(agreement=small)
    question = next(q for q in factory.open_now(version) if q.key == KEY)
    factory.write(version, question, [first], factory.value_for(small, question))
    large = factory.found(heinsberg, list(heinsberg.organizations.order_by("name")), title="Large")
    factory.agree_all(large, quick=True)
    return small, large


def _client(agreement: Agreement) -> Client:
    actor = factory.speaker(agreement.parties.order_by("order")[0])
    client = Client()
    client.force_login(
        User.objects.get(pk=actor.user_id), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def _page(agreement: Agreement, route: str, more: tuple[str, ...]) -> float:
    client = _client(agreement)
    address = reverse(f"agreements:{route}", args=[agreement.pk, *more])

    def get() -> None:
        assert client.get(address).status_code == 200

    return best(get)


def _standing(agreement: Agreement) -> float:
    actor = factory.speaker(agreement.parties.order_by("order")[0])
    fresh = Agreement.objects.select_related("network").get(pk=agreement.pk)
    return best(lambda: load_room(actor, fresh).standing.counts)
