"""What the programme office does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from mtd.accounts.models import User
from mtd.agreements.models import Mandate, Signature
from mtd.audit.actions import record
from mtd.consultations.actions.ending import discard_drafts_of
from mtd.core.actor import Actor
from mtd.core.encryption import Sealed, destroy
from mtd.core.errors import require
from mtd.countries.actions import correct_value
from mtd.countries.models import CountryValue
from mtd.guide.models import StepFeedback
from mtd.notifications.models import Notice
from mtd.organizations.models import Invitation, Membership

from .permissions import can_erase
from .personal import own_models, references

NOBODY = "–"


@transaction.atomic(durable=True)
def correct_country_value(
    *,
    actor: Actor,
    country: str,
    key: str,
    value: Any,
    source: str,
    source_date: str,
    confirmed: bool,
    note: Mapping[str, str],
    based_on: int | None = None,
) -> CountryValue:
    """Correct one value of a country record and record who did.

    `value` None: not known; takes an entry off its list. Raises NotAllowed for all but the programme office,
    records.UnknownCountry, records.InvalidValue with every mistake, and Conflict when somebody was faster.
    """
    row = correct_value(
        actor=actor,
        country=country,
        key=key,
        value=value,
        source=source,
        source_date=source_date,
        confirmed=confirmed,
        note=note,
        based_on=based_on,
    )
    verb = "country.value_withdrawn" if value is None else "country.value_corrected"
    record(actor, verb, row, country=country, key=key, number=row.number, confirmed=confirmed)
    return row


@transaction.atomic(durable=True)
def erase_person(*, actor: Actor, user: User) -> User:
    """Make an account anonymous and delete what is only the person's own. Cannot be undone.

    What stays: signatures given and the mandates behind them, which are part of documents of other parties, and what
    the person said for an organisation, then without a name. Memberships end, even of the only lead: the programme
    office invites another. Doing it twice does nothing more.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    require(can_erase(actor))
    _end_memberships(user)
    _delete_own(user)
    discard_drafts_of(actor=actor, user=user)
    Invitation.objects.filter(Q(email__iexact=user.email) | Q(accepted_by=user)).delete()
    if user.name != NOBODY:
        Notice.objects.filter(text__contains=user.name).delete()
    StepFeedback.objects.filter(author=user).update(author=None)
    _forget_unused_names(user)
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    user.email, user.name = f"erased-{user.pk}@erased.invalid", NOBODY
    user.title = user.position = user.phone = ""
    user.is_active, user.last_login, user.news_seen_at = False, None, None
    user.set_unusable_password()
    user.save()
    record(actor, "account.erased", user)
    return user


def _end_memberships(user: User) -> None:
    today = timezone.localdate()
    for membership in Membership.objects.filter(user=user, ended_on__isnull=True):
        membership.ended_on = max(today, membership.started_on)
        membership.save(update_fields=["ended_on"])


def _delete_own(user: User) -> None:
    """Whatever would fall with the account itself: drafts, notices, messages, being named as moderator."""
    for model in own_models():
        for name, field in references(model):
            if not isinstance(field, models.ForeignKey) or field.remote_field.on_delete is not models.CASCADE:
                continue
            for row in model._default_manager.filter(**{name: user}):
                if isinstance(row, Sealed):
                    destroy(row)
                row.delete()


def _forget_unused_names(user: User) -> None:
    """Names beside signatures that were never given, and in mandates nobody signed with."""
    given = (Signature.State.SIGNED, Signature.State.UNCONFIRMED)
    Signature.objects.filter(signed_by=user).exclude(state__in=given).update(
        signer_name="", signer_function=""
    )
    used = Signature.objects.filter(state__in=given, mandate__isnull=False).values("mandate")
    unused = Mandate.objects.filter(user=user).exclude(pk__in=used)
    unused.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())
    unused.update(name=NOBODY, function=NOBODY)
