"""Changes to accounts. Called from the durable actions of upper slices too, hence plain transactions here."""

from __future__ import annotations

import re
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mtd.audit.actions import record
from mtd.core.actor import Actor
from mtd.core.errors import NotAllowed, Refused

from .models import User

CODE_FAILURES = 5
CODE_PAUSE_SECONDS = 300


@transaction.atomic
def create_account(
    *, actor: Actor, email: str, name: str, password: str, language: str, title: str = ""
) -> User:
    """A new account for an address that an invitation link has proved.

    Raises Refused("account_exists") when the address already has one.
    """
    address = email.strip().lower()
    if User.objects.filter(email=address).exists():
        raise Refused(_("There is an account with this e-mail. Please sign in."), code="account_exists")
    user = User.objects.create_user(address, password, name=name.strip(), language=language, title=title)
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    record(actor, "account.created", user)
    return user


@transaction.atomic(durable=True)
def update_profile(
    *, actor: Actor, user: User, name: str, title: str, position: str, phone: str, language: str
) -> User:
    """Change one's own particulars; nobody changes another person's."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if actor.user_id != user.pk:
        raise NotAllowed(_("Everybody changes only their own particulars."), code="not_own_account")
    user.name, user.title, user.position, user.phone = (
        name.strip(),
        title.strip(),
        position.strip(),
        phone.strip(),
    )
    user.language = language
    user.save(update_fields=["name", "title", "position", "phone", "language"])
    record(actor, "account.changed", user)
    return user


@transaction.atomic(durable=True)
def mark_news_seen(*, actor: Actor) -> None:
    """Remember when the person last looked at the news, so that the next list starts there."""
    if actor.user_id is not None:
        User.objects.filter(pk=actor.user_id).update(news_seen_at=timezone.now())


def confirm_second_factor(*, actor: Actor, user: User, code: str) -> None:
    """Confirm a signature with the code generator or a recovery code. A code works once.

    Raises Refused("wrong_code") and, after five failures, Refused("too_many_codes") for five minutes. To be called
    before a durable action, not inside it: a failure must stay counted when the action is rolled back.
    """
    if actor.user_id != user.pk or not user.is_active:
        raise NotAllowed(_("Only the person who signs can confirm."), code="not_own_account")
    tries = [f"mtd.second_factor.try.{user.pk}.{number}" for number in range(CODE_FAILURES)]
    # A try is taken before the code is looked at, by an insert that only one worker can make: many guesses at the
    # same moment count as many.
    if not any(cache.add(one, 1, CODE_PAUSE_SECONDS) for one in tries):
        raise Refused(
            _("Five codes were wrong. Please wait five minutes; nothing has been signed."),
            code="too_many_codes",
            field="code",
        )
    if not _code_is_right(user, re.sub(r"[\s-]", "", code)):
        raise Refused(
            _("This code is not right, or it was used a moment ago. Please type the one shown now."),
            code="wrong_code",
            field="code",
        )
    cache.delete_many(tries)


def _code_is_right(user: User, code: str) -> bool:
    if not code or len(code) > 32:
        return False
    types = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
    for authenticator in Authenticator.objects.filter(user=user, type__in=types):
        if authenticator.wrap().validate_code(code):
            authenticator.record_usage()
            return True
    return False


@transaction.atomic
def ensure_demo_person(*, actor: Actor, email: str, name: str, **particulars: Any) -> User:
    """A person of the demo cast: no password, a real code generator whose code the demo shows.

    Idempotent. Refused in production, and for an address that belongs to a real person.
    """
    if settings.MTD_PRODUCTION:
        raise Refused(_("There are no demo people in production."), code="demo_in_production")
    user, created = User.objects.get_or_create(
        email=email.lower(), defaults={"name": name, "is_demo": True, **particulars}
    )
    if not user.is_demo:
        raise Refused(_("This address belongs to a real account."), code="real_account")
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        TOTP.activate(user, generate_totp_secret())
        RecoveryCodes.activate(user)
    return user
