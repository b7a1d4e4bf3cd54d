"""Lists of meetings."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from .gate import network_or_404


def index(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def network(request: HttpRequest, slug: str) -> HttpResponse:
    network_or_404(request, slug)
    return HttpResponse()
