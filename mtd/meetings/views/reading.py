"""The gate of agenda and minutes, and what their pages have in common."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from mtd.core.errors import NotAllowed
from mtd.core.http import actor_of, get_or_404
from mtd.meetings.models import Kind, Meeting
from mtd.meetings.permissions import readable_to, visible_to


def readable_or_404(request: HttpRequest, meeting_id: uuid.UUID) -> Meeting:
    """The meeting whose agenda and minutes the person reads; 403 where they only know that it meets, else 404."""
    actor = actor_of(request)
    joined = ("network", "minute_taker", "final_by", "file")
    meeting = readable_to(actor).filter(pk=meeting_id).select_related(*joined).first()
    if meeting is None:
        get_or_404(visible_to(actor), pk=meeting_id)
        raise NotAllowed(
            _("Only who is invited, the leads of their organisations and the coordination read this."),
            code="not_invited",
        )
    return meeting


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
