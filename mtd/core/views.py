"""Language, theme, error pages and the component gallery."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from .access import public, without_second_factor
from .gallery import examples


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
