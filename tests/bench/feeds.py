"""A person's calendar address with 500 meetings, against ten: the whole request, as a calendar program makes it."""

from __future__ import annotations

import time
from datetime import timedelta

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mtd.accounts.models import User
from mtd.meetings.actions import make_feed
from mtd.meetings.models import FeedAddress, Kind, Meeting, Participant
from mtd.organizations.models import Network
from mtd.organizations.queries import actor_for
from tests.cast import build_cast

FEW, MANY, LIMIT = 10, 500, 0.1


def populate(network: Network, user: User, wanted: int) -> None:
    """Bring the person to so many meetings."""
    first = timezone.now().replace(minute=0, second=0, microsecond=0)
    new = [
        Meeting(
            network=network,
            kind=Kind.values[number % len(Kind.values)],
            starts_at=first + timedelta(days=number),
            ends_at=first + timedelta(days=number, hours=2),
            place=f"Rathaus, Zimmer {number}",
        )
        for number in range(Participant.objects.filter(user=user).count(), wanted)
    ]
    Meeting.objects.bulk_create(new)
    Participant.objects.bulk_create([Participant(meeting=meeting, user=user) for meeting in new])


def seconds(address: str, times: int = 9) -> tuple[float, int]:
    """The median of some requests, the first ones not counted, and the number of queries."""
    taken, client = [], Client()
    for number in range(times + 2):
        with CaptureQueriesContext(connection) as asked:
            began = time.perf_counter()
            response = client.get(address)
            if number >= 2:
                taken.append(time.perf_counter() - began)
        assert response.status_code == 200
    return sorted(taken)[times // 2], len(asked)


def run() -> list[tuple[str, float, float, float | None]]:
    """One row: seconds with ten meetings, with five hundred, limit for these."""
    cast = build_cast(only={"birkenfurt"})
    user = cast.people["jonas-reuter"]
    feed: FeedAddress = make_feed(actor=actor_for(user))
    address = reverse("meetings:feed", args=[feed.token])
    found = {}
    for size in (FEW, MANY):
        with transaction.atomic():
            populate(cast.networks["birkenfurt"], user, size)
        found[size] = seconds(address)
    assert found[FEW][1] == found[MANY][1], "the number of queries grows with the meetings"
    name = f"the feed of a person, {FEW} : {MANY} meetings"
    return [(name, found[FEW][0], found[MANY][0], LIMIT)]
