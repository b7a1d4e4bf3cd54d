"""Language, theme, error pages and the component gallery."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from .access import public, without_second_factor
from .gallery import examples
from .guarded import decisions, judge

MOST_GUARDED = 2 * 1024 * 1024
"""Bytes of a request to the guard: 200,000 characters, each written as six, with room for the rest."""


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's secret has expired, mostly because the session did: say so, and what is safe."""
    return render(request, "403_csrf.html", status=403)


@public
@without_second_factor
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Choose light, dark or the system's theme; kept in a cookie, nowhere else."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    theme = request.POST.get("theme", "")
    if theme in {"light", "dark"}:
        response.set_cookie(
            "theme",
            theme,
            max_age=31536000,
            samesite="Lax",
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )
    else:
        response.delete_cookie("theme")
    return response


@public
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component of the interface with its code; invented content, so open to everybody."""
    return render(request, "core/gallery.html", {"examples": examples(request)})


@require_POST
def guard(request: HttpRequest) -> HttpResponse:
    """The passages of a text that could tell who a family is, as a piece of the page. Stores and logs nothing."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > MOST_GUARDED:
        return HttpResponse(status=413)
    sent = request.POST
    name = sent.get("name", "")[:200]
    keep, _take = decisions(sent, name)
    judgement = judge(
        sent.get("text", ""),
        language=sent.get("language", ""),
        keep=keep,
        settled=sent.get("settled", "") or sent.get("settled_tokens", "").split(),
        strict=sent.get("strict") != "no",
        dates=sent.get("dates") == "yes",
    )
    given = {"name": name, "id": sent.get("id", "")[:200], "judgement": judgement, "strict": judgement.strict}
    return render(request, "core/guard_finds.html", {"guard": given})
