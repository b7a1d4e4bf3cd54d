"""Reading the log."""

from __future__ import annotations

from django.db import models
from django.db.models import QuerySet

from .models import GENESIS, Event, digest


def events_of(obj: models.Model) -> QuerySet[Event]:
    """Everything recorded about one object, oldest first."""
    return Event.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk)).order_by("id")


def first_break() -> int | None:
    """The id of the first event whose chain does not hold, or None when the log is whole."""
    previous = GENESIS
    for event in Event.objects.order_by("id").iterator(chunk_size=2000):
        if event.previous != previous or digest(event) != event.hash:
            return event.id
        previous = event.hash
    return None
