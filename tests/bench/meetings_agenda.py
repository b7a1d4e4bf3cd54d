"""An agenda of 10,000 items against one of ten: its first and last page, the minutes, moving an item to the end."""

from __future__ import annotations

import time
from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mtd.core.encryption import forget_keys
from mtd.meetings.actions import move_item, note_attendance
from mtd.meetings.models import AgendaItem, Meeting
from mtd.meetings.queries.agenda import items_of
from tests.cast import build_cast
from tests.factories.meetings import a_meeting

FEW, MANY = 10, 10_000
LIMIT = 0.3


def grow(meeting: Meeting, wanted: int) -> None:
    """Bring the agenda to this many items, each sealed with a key of its own."""
    for number in range(meeting.agenda_items.count(), wanted):
        AgendaItem(
            meeting=meeting,
            order=number + 1,
            title=f"Item {number}",
            text="What those who come should know.",
            notes="What was said.",
            minutes_planned=5,
        ).save(force_insert=True)


def median(times: list[float]) -> float:
    """The middle one."""
    return sorted(times)[len(times) // 2]


def seconds(client: Client, address: str, times: int = 5) -> float:
    """The median of some requests, the first ones not counted; every request begins without keys."""
    taken = []
    for number in range(times + 2):
        forget_keys()
        began = time.perf_counter()
        response = client.get(address)
        if number >= 2:
            taken.append(time.perf_counter() - began)
        assert response.status_code == 200
    return median(taken)


def run() -> list[tuple[str, float, float, float | None]]:
    """Rows: name, seconds with ten items, with ten thousand, limit for ten thousand."""
    cast = build_cast(only={"birkenfurt"})
    boss = cast.actor("miriam-hoffstedt")
    client = Client()
    client.force_login(cast.people["miriam-hoffstedt"], backend="django.contrib.auth.backends.ModelBackend")
    meeting = a_meeting(cast.networks["birkenfurt"], held=True, when=timezone.now() - timedelta(hours=1))
    person = meeting.participants.first()
    assert person is not None
    note_attendance(actor=boss, participant=person, attendance="present")
    agenda, minutes = (reverse(f"meetings:{name}", args=[meeting.pk]) for name in ("agenda", "minutes"))
    pages = {
        "the agenda's first page": agenda,
        "the agenda's last page": f"{agenda}?page=9999",
        "the minutes' first page, to write": minutes,
    }
    found: dict[str, list[float]] = {name: [] for name in [*pages, "moving the first item to the end"]}
    for size in (FEW, MANY):
        grow(meeting, size)
        for name, address in pages.items():
            found[name].append(seconds(client, address))
        taken = []
        for _ in range(3):
            first = items_of(meeting)[0]
            began = time.perf_counter()
            move_item(actor=boss, item=first, to=size)
            taken.append(time.perf_counter() - began)
        found["moving the first item to the end"].append(median(taken))
    return [(f"{name}, {FEW} : {MANY:,} items", few, many, LIMIT) for name, (few, many) in found.items()]
