"""Calling meetings and series."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse

from mtd.core.http import actor_of, get_or_404
from mtd.meetings.permissions import visible_series

from .gate import network_or_404


def new(request: HttpRequest, slug: str) -> HttpResponse:
    network_or_404(request, slug)
    return HttpResponse()


def series(request: HttpRequest, series_id: uuid.UUID) -> HttpResponse:
    get_or_404(visible_series(actor_of(request)), pk=series_id)
    return HttpResponse()
