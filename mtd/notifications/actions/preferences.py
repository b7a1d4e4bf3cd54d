"""How often a person wants to be reminded, and stopping reminders from a mail."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mtd.accounts.models import User
from mtd.audit.actions import record
from mtd.core.actor import Actor
from mtd.core.errors import NotAllowed, Refused
from mtd.notifications.models import Area, Pace, Preference
from mtd.notifications.outbox import ALL


@transaction.atomic(durable=True)
def set_paces(*, actor: Actor, user: User, paces: dict[str, str]) -> None:
    """Set how often the person wants mail of each area; nobody sets it for another.

    Raises NotAllowed("not_own_account"), and Refused("unknown_pace") for an area or a pace that does not exist.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if actor.user_id != user.pk:
        raise NotAllowed(_("Everybody sets only their own reminders."), code="not_own_account")
    if not set(paces) <= set(Area.values) or not set(paces.values()) <= set(Pace.values):
        raise Refused(_("Please choose one of the four answers for each line."), code="unknown_pace")
    _set(user, paces)
    record(actor, "account.reminders_set", user)


@transaction.atomic(durable=True)
def unsubscribe(*, actor: Actor, user_id: uuid.UUID, stops: str) -> bool:
    """Stop the reminders of an area, or all, by the link in a mail; whoever holds the link received the mail.

    The account stays as it is, and what is asked of this very person still comes. False if nobody is there any more.
    """
    user = User.objects.select_for_update().filter(pk=user_id, is_active=True).first()
    if user is None:
        return False
    areas = Area.values if stops == ALL else [stops]
    _set(user, dict.fromkeys(areas, Pace.NONE.value))
    record(actor, "account.reminders_stopped", user, stops=stops)
    return True


def _set(user: User, paces: dict[str, str]) -> None:
    for area, pace in paces.items():
        Preference.objects.update_or_create(user=user, area=area, defaults={"pace": pace})
