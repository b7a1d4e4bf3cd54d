"""Reads about accounts and their second factors."""

from __future__ import annotations

import time
from datetime import timedelta

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from .demo import code_at
from .models import User


def second_factors(user: User) -> frozenset[str]:
    """What the person has set up: a subset of {"totp", "webauthn", "recovery_codes"}."""
    return frozenset(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))


def waits_for_second_factor(user: User) -> bool:
    """True while the person has neither a code generator nor a passkey."""
    types = ["totp", "webauthn"]
    return not Authenticator.objects.filter(user_id=user.pk, type__in=types).exists()


def recent_second_factor(request: HttpRequest, within: timedelta = timedelta(minutes=5)) -> bool:
    """True when this session confirmed a second factor again, on purpose, a short while ago.

    The sign-in itself does not count: a signature needs its own confirmation.
    """
    now = time.time()
    return any(
        record.get("method") == "mfa"
        and record.get("reauthenticated")
        and now - float(record.get("at", 0)) < within.total_seconds()
        for record in get_authentication_records(request, request.user)
    )


def demo_code(user: User) -> str:
    """The present code of a demo person, to be shown beside the field; empty outside the demo."""
    if not (settings.MTD_DEMO and user.is_demo):
        return ""
    authenticator = Authenticator.objects.filter(user_id=user.pk, type="totp").first()
    if authenticator is None:
        return ""
    from allauth.mfa.utils import decrypt

    return code_at(decrypt(authenticator.data["secret"]))


def demo_people() -> dict[str, User]:
    """The demo's people by e-mail."""
    return {user.email: user for user in User.objects.filter(is_demo=True, is_active=True)}
