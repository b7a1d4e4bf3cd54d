"""How allauth behaves here: no public sign-up, the last second factor stays, secrets are sealed."""

from __future__ import annotations

import base64
import hashlib
import os
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext_noop

from .models import User
from .queries import waits_for_second_factor

_SETTING_UP = "mtd.setting_up_second_factor"

# allauth says these itself. Marked here, they come from our catalogue, which addresses people as "Sie".
SAID_BY_ALLAUTH = (
    gettext_noop("The email address and/or password you specified are not correct."),
    gettext_noop("Too many failed login attempts. Try again later."),
    gettext_noop("Please type your current password."),
    gettext_noop("You must type the same password each time."),
    gettext_noop("Incorrect password."),
    gettext_noop("Incorrect code."),
    gettext_noop("The new value must be different from the current one."),
    gettext_noop("Key nr. {number}"),
)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts come from invitations only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, app: str | None = None, **kwargs: Any) -> bool:
        """Not while the first second factor is being set up, nor for the look at its recovery codes after that.

        Whoever is at that point has shown the password or the invitation in the same session.
        """
        user, session = self.request.user, self.request.session
        if isinstance(user, User) and waits_for_second_factor(user):
            session[_SETTING_UP] = time.time()
            return False
        return time.time() - float(session.get(_SETTING_UP, 0)) > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT

    def format_email_subject(self, subject: str) -> str:
        return subject

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of the person, not of whoever filled in the form."""
        user = User.objects.filter(email=email.lower()).first()
        with translation.override(user.language if user else translation.get_language()):
            super().send_mail(template_prefix, email, {**context, "base_url": settings.MTD_BASE_URL})


def _box() -> AESGCM:
    return AESGCM(hashlib.sha256(b"mtd second factor" + settings.MTD_MASTER_KEY.encode()).digest())


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The secrets of code generators are encrypted; one second factor always remains."""

    def encrypt(self, text: str) -> str:
        nonce = os.urandom(12)
        return base64.b64encode(nonce + _box().encrypt(nonce, text.encode(), b"totp")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        raw = base64.b64decode(encrypted_text)
        return _box().decrypt(raw[:12], raw[12:], b"totp").decode()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """False for the last second factor and for those of the demo."""
        user: User = authenticator.user
        others = type(authenticator).objects.filter(user=user).exclude(pk=authenticator.pk)
        return not user.is_demo and others.exclude(type="recovery_codes").exists()

    def get_totp_label(self, user: Any) -> str:
        return str(user.email)
