"""A guest's personal link."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from mtd.core.access import public


@public
def personal(request: HttpRequest, token: str) -> HttpResponse:
    return HttpResponse()
