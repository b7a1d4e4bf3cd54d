"""Questions on the agendas of meetings: where their pages are, and to which meeting one was carried over."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone

from mtd.consultations.models import SOURCE, Consultation, Way
from mtd.consultations.permissions import OPEN, visible_to
from mtd.core.actor import Actor
from mtd.meetings.models import AgendaItem, Kind, Meeting


def pages_of(actor: Actor, source_ids: Iterable[str]) -> dict[str, str]:
    """Id on an agenda → address of the question, of those that the person may read. One query (config/agenda.py)."""
    seen = visible_to(actor).filter(pk__in=list(source_ids), state__in=OPEN)
    return {str(pk): reverse("consultations:page", args=[pk]) for pk in seen.values_list("pk", flat=True)}


def carried_to(consultation: Consultation) -> Meeting | None:
    """The coming meeting onto whose agenda a question was carried over, because its own did not get to it."""
    items = AgendaItem.objects.filter(source_kind=SOURCE, source_id=str(consultation.pk))
    own = consultation.meeting
    stays = own is not None and own.state != Meeting.State.CANCELLED
    if stays and items.filter(meeting=own, state=AgendaItem.State.OPEN).exists():
        return None
    coming = items.filter(
        state=AgendaItem.State.OPEN,
        meeting__network=consultation.network_id,
        meeting__kind__in=[Kind.CASE_DISCUSSION, Kind.EXCHANGE],
        meeting__state=Meeting.State.PLANNED,
        meeting__starts_at__gt=timezone.now(),
    ).exclude(meeting=consultation.meeting_id)
    item = coming.select_related("meeting__network").order_by("meeting__starts_at", "pk").first()
    return item.meeting if item is not None else None


def on_other_agendas() -> list[uuid.UUID]:
    """Questions that wait for a discussion and stand on the agenda of another meeting to come. Two queries."""
    waiting = Consultation.objects.filter(state=Consultation.State.SENT, way=Way.DISCUSSION)
    meetings = {str(pk): meeting for pk, meeting in waiting.values_list("pk", "meeting")}
    if not meetings:
        return []
    items = AgendaItem.objects.filter(
        source_kind=SOURCE,
        source_id__in=meetings,
        state=AgendaItem.State.OPEN,
        meeting__state=Meeting.State.PLANNED,
        meeting__starts_at__gt=timezone.now(),
    ).values_list("source_id", "meeting")
    return sorted({uuid.UUID(pk) for pk, meeting in items if meeting != meetings[pk]})
