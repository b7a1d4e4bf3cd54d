"""Meetings in lists and by themselves."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from mtd.meetings.models import Meeting, Series


def coming_of(series: Series) -> QuerySet[Meeting]:
    """The meetings of a series that lie ahead and are planned, the next one first."""
    return (
        Meeting.objects.filter(series=series, state=Meeting.State.PLANNED, starts_at__gt=timezone.now())
        .select_related("network", "series")
        .order_by("starts_at")
    )
