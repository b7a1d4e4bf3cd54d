"""Reading the log."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import QuerySet

from .models import FORGOTTEN, GENESIS, Event, digest, digest_of_actor


def events_of(obj: models.Model) -> QuerySet[Event]:
    """Everything recorded about one object, oldest first."""
    return Event.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk)).order_by("id")


def actors_due(now: datetime) -> QuerySet[Event]:
    """Events whose person is to be forgotten."""
    return Event.objects.filter(at__lt=now - settings.MTD_KEEP_ACTORS).exclude(actor_salt="")


def first_break() -> int | None:
    """The id of the first event whose chain does not hold, or None when the log is whole."""
    previous = GENESIS
    forgotten = max(
        (event.facts.get("up_to", 0) for event in Event.objects.filter(verb=FORGOTTEN).only("facts")),
        default=0,
    )
    for event in Event.objects.order_by("id").iterator(chunk_size=2000):
        if event.previous != previous or digest(event) != event.hash:
            return event.id
        if not _person_holds(event, forgotten):
            return event.id
        previous = event.hash
    return None


def _person_holds(event: Event, forgotten: int) -> bool:
    """The person is the recorded one, or was forgotten when it was time."""
    if event.actor_salt:
        return digest_of_actor(event) == event.actor_digest
    return event.actor_id == "" and event.id <= forgotten
