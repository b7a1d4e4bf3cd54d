"""Who may come in: nobody from outside into a demo; everywhere else only signed-in people with a second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from .demo import is_from_outside
from .models import User
from .queries import waits_for_second_factor

Handler = Callable[[HttpRequest], HttpResponse]

PUBLIC_ROUTES = frozenset(
    {
        "account_login",
        "account_logout",
        "account_signup",
        "account_inactive",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "mfa_authenticate",
        "mfa_login_webauthn",
    }
)
"""allauth's own views that strangers need; our own say so with the decorator `public`."""

SETUP_ROUTES = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
    }
)
"""allauth's own views that a person without a second factor may use."""

CLOSED_ROUTES = frozenset(
    {
        "account_email",
        "account_email_verification_sent",
        "account_confirm_email",
        "account_confirm_login_code",
        "account_set_password",
        "socialaccount_login_cancelled",
        "socialaccount_login_error",
        "socialaccount_signup",
        "socialaccount_connections",
    }
)
"""allauth's views that we do not offer: an address changes through a new invitation, not by typing."""


class DemoGuardMiddleware:
    """In demo mode, answers only this machine."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.MTD_DEMO and is_from_outside(request):
            return HttpResponseForbidden(
                "This is a demo. It answers only on the machine it runs on, because anybody can sign in.",
                content_type="text/plain; charset=utf-8",
            )
        return self.get_response(request)


class SignInRequiredMiddleware:
    """Every page needs a signed-in person with a second factor, unless the view says otherwise."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        route = match.view_name if match else ""
        if route in CLOSED_ROUTES:
            raise Http404
        if getattr(view, "is_public", False) or route in PUBLIC_ROUTES:
            return None
        user = request.user
        if not isinstance(user, User):
            return _ask_to_sign_in(request)
        if getattr(view, "needs_no_second_factor", False) or route in SETUP_ROUTES:
            return None
        if waits_for_second_factor(user):
            return redirect("accounts:second_factor")
        return None


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page for a page; for a part of one an honest 401, so that nothing looks saved that is not."""
    if request.headers.get("HX-Request") or request.POST.get("autosave"):
        answer = HttpResponse(gettext("You were signed out. Nothing was saved just now."), status=401)
        answer.headers["HX-Redirect"] = (
            f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': _way_back(request)})}"
        )
        return answer
    return redirect_to_login(_way_back(request))


def _way_back(request: HttpRequest) -> str:
    """Where to go after signing in: this page, or the page whose form was sent."""
    if request.method in {"GET", "HEAD"} and not request.headers.get("HX-Request"):
        return request.get_full_path()
    sent_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if url_has_allowed_host_and_scheme(sent_from, allowed_hosts={request.get_host()}):
        parts = urlsplit(sent_from)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return "/"
