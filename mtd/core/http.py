"""What every view shares: the actor of a request, and the gate that hides what a person may not see."""

from __future__ import annotations

from typing import TypeVar

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from .actor import ANONYMOUS, Actor

M = TypeVar("M", bound=Model)


def actor_of(request: HttpRequest) -> Actor:
    """The frozen Actor that the middleware built for this request."""
    actor = getattr(request, "actor", ANONYMOUS)
    assert isinstance(actor, Actor)
    return actor


def get_or_404(visible: QuerySet[M], **lookup: object) -> M:
    """The one object of `visible_to(actor)`; what the person may not see does not exist (404)."""
    try:
        return visible.get(**lookup)
    except (ObjectDoesNotExist, ValueError, ValidationError) as missing:
        raise Http404 from missing


def is_fragment(request: HttpRequest) -> bool:
    """True when htmx asks for a part of the page (and not for a boosted or restored whole page)."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not (htmx.boosted or htmx.history_restore_request)


def download(content: bytes, *, name: str, media_type: str, inline: bool = False) -> HttpResponse:
    """A file as answer; never stored by caches, name safe in every header."""
    response = HttpResponse(content, content_type=media_type)
    safe = "".join(c if c.isalnum() or c in "-_. " else "_" for c in name).encode("ascii", "replace").decode()
    kind = "inline" if inline else "attachment"
    response["Content-Disposition"] = f'{kind}; filename="{safe.replace("?", "_")}"'
    response["Cache-Control"] = "no-store"
    if inline:
        # A browser's own viewer for PDFs needs its styles and an embedded object; still nothing else may load.
        response["Content-Security-Policy"] = (
            "default-src 'none'; object-src 'self'; img-src 'self' data:; style-src 'unsafe-inline'; "
            "frame-ancestors 'none'"
        )
    return response
