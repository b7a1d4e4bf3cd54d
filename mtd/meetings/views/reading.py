"""The gate of agenda and minutes, and what their pages have in common."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import pgettext

from mtd.core.http import actor_of, get_or_404
from mtd.meetings.models import Kind, Meeting
from mtd.meetings.permissions import readable_to


def readable_or_404(request: HttpRequest, meeting_id: uuid.UUID) -> Meeting:
    """The meeting whose agenda and minutes the person reads; for who only knows that it meets they do not exist."""
    joined = ("network", "minute_taker", "final_by", "file")
    return get_or_404(readable_to(actor_of(request)).select_related(*joined), pk=meeting_id)


def page(meeting: Meeting, current: str, **context: Any) -> dict[str, Any]:
    """Template context of a page of one meeting: where one is, and the ways to its other pages."""
    rooms = [
        {
            "label": label,
            "url": reverse(f"meetings:{route}", args=[meeting.pk]),
            "current": route == current,
        }
        for route, label in (
            ("meeting", pgettext("page of a meeting", "Meeting")),
            ("agenda", pgettext("page of a meeting", "Agenda")),
            ("minutes", pgettext("page of a meeting", "Minutes")),
        )
    ]
    crumbs = [
        (
            pgettext("area of cooperation", "Meetings"),
            reverse("meetings:network", args=[meeting.network.slug]),
        )
    ]
    return {
        "meeting": meeting,
        "network": meeting.network,
        "rooms": rooms,
        "crumbs": crumbs,
        "case_discussion": meeting.kind == Kind.CASE_DISCUSSION,
        "held_on": meeting.local_start.date() if meeting.local_start else None,
        **context,
    }
