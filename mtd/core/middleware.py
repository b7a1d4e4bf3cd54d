"""Headers on every answer, and the page for a refused action."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from .encryption import InvalidTag, KeyDestroyed, KeyStoreAway, forget_keys
from .errors import Refused

Handler = Callable[[HttpRequest], HttpResponse]
_log = logging.getLogger(__name__)

MOST_BYTES = 27 * 1024 * 1024
"""A file of 25 MB with the rest of its form."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)


class SecurityHeadersMiddleware:
    """Strict content security policy; pages are not kept by caches, nor words by windows after signing out (shared
    computers)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        forget_keys()
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        if _signs_out(request):
            # The script forgets what was typed in its own window; this, in every other one of the browser.
            response.headers["Clear-Site-Data"] = '"storage"'
        return response


def _signs_out(request: HttpRequest) -> bool:
    match = request.resolver_match
    return request.method == "POST" and match is not None and match.view_name == "account_logout"


class LimitBodyMiddleware:
    """Refuses a body that is larger than any file we take, before a byte of it is read."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > MOST_BYTES:
            context = {"message": _("This file is too large: up to 25 MB are possible."), "code": "too_large"}
            return render(request, "refused.html", context, status=413)
        return self.get_response(request)


class RefusedMiddleware:
    """Turns a Refused that no form caught into a readable page; nothing was changed, and the page says so."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            context = {"message": exception.message, "code": exception.code}
            return render(request, "refused.html", context, status=exception.status)
        if isinstance(exception, KeyDestroyed | KeyStoreAway | InvalidTag):
            return _unreadable(request, exception)
        return None


def _unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A sealed text that does not open closes its own page, and says what it means; no part of it is shown."""
    route = request.resolver_match.view_name if request.resolver_match else ""
    _log.error("A sealed text does not open (%s): %s", type(exception).__name__, route)
    if isinstance(exception, KeyDestroyed):
        message, code, status = (
            _("This text is gone: its key was destroyed or is missing."),
            "key_destroyed",
            410,
        )
        todo = _(
            "If its time was not over yet, tell whoever runs this installation: the key store may be older than "
            "the data. Everything else works."
        )
    elif isinstance(exception, KeyStoreAway):
        message, code, status = (
            _("Texts can be neither opened nor saved right now: the store of their keys does not answer."),
            "key_store_away",
            503,
        )
        todo = _(
            "Wait a minute and try again. If it stays like this, tell whoever runs this installation. What you typed "
            "is still in this window."
        )
    else:
        message, code, status = (
            _("This text was altered outside the system and is not shown."),
            "altered",
            409,
        )
        todo = _(
            "Tell whoever runs this installation: the data, the key store or the master key does not match. "
            "Everything else works."
        )
    return render(request, "refused.html", {"message": message, "code": code, "todo": todo}, status=status)
