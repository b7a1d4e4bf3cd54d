"""The page of one meeting."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse

from mtd.core.http import actor_of, get_or_404
from mtd.meetings.permissions import visible_to


def meeting(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    get_or_404(visible_to(actor_of(request)), pk=meeting_id)
    return HttpResponse()
