"""Reads of notices and of the state of the outbox."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from mtd.accounts.models import User
from mtd.core.actor import Actor

from .models import ATTEMPTS, Area, Message, Notice, Pace, Preference, Undeliverable
from .permissions import visible_notices


def unread(actor: Actor) -> QuerySet[Notice]:
    """The person's unread notices, newest first."""
    return visible_notices(actor).filter(read_at__isnull=True)


def stuck() -> QuerySet[Message]:
    """Messages that could not be sent after all attempts; somebody has to look at the mail server."""
    return Message.objects.filter(sent_at__isnull=True, attempts__gte=ATTEMPTS)


def messages_due(now: datetime) -> QuerySet[Message]:
    """Messages to forget: sent, or given up after all attempts."""
    before = now - settings.MTD_KEEP_SENT
    given_up = Q(sent_at__isnull=True, attempts__gte=ATTEMPTS, created_at__lt=before)
    return Message.objects.filter(Q(sent_at__lt=before) | given_up)


def notices_due(now: datetime) -> QuerySet[Notice]:
    """Notices to forget: read, or unread for twice as long."""
    period = settings.MTD_KEEP_NOTICES
    unread_too_long = Q(read_at__isnull=True, created_at__lt=now - 2 * period)
    return Notice.objects.filter(Q(read_at__lt=now - period) | unread_too_long)


def area_of(kind: str) -> str:
    """The area of a kind of notice ("meetings.moved" is about meetings); empty for account and security."""
    first = kind.partition(".")[0]
    return first if first in Area.values else ""


def paces(user_id: uuid.UUID) -> dict[str, str]:
    """How often the person wants mail of each area; daily where nothing is set."""
    chosen = dict(Preference.objects.filter(user=user_id).values_list("area", "pace"))
    return {area: chosen.get(area, Pace.DAILY) for area in Area.values}


def paces_of(user_ids: Iterable[object], area: str) -> dict[object, str]:
    """How often each of these people wants mail of one area; one query."""
    found: dict[object, str] = dict.fromkeys(user_ids, Pace.DAILY.value)
    found.update(Preference.objects.filter(user__in=list(found), area=area).values_list("user", "pace"))
    return found


def notices_to_mail(user_id: uuid.UUID) -> QuerySet[Notice]:
    """Unread notices that the person's next bundled mail counts."""
    return Notice.objects.filter(user=user_id, waits_for_mail=True, read_at__isnull=True)


def counts_to_mail(user_id: uuid.UUID) -> dict[str, int]:
    """How many such notices there are, by area."""
    found = dict.fromkeys(Area.values, 0)
    for kind, count in notices_to_mail(user_id).order_by().values_list("kind").annotate(Count("id")):
        if area := area_of(kind):
            found[area] += count
    return {area: count for area, count in found.items() if count}


def undeliverable(user: User) -> Undeliverable | None:
    """What came back from the person's present address; None as long as mail to it arrives."""
    return Undeliverable.objects.filter(address=user.email.lower()).first()


def mail_comes_back(email: str = "email") -> Exists:
    """For annotating lists of people or memberships: mail to the address in that column comes back.

    `people_of(organization).annotate(mail_comes_back=mail_comes_back("user__email"))`
    """
    return Exists(Undeliverable.objects.filter(address=Lower(OuterRef(email))))


def bounces_due(now: datetime) -> QuerySet[Undeliverable]:
    """Addresses whose mail came back long ago, to be tried again."""
    return Undeliverable.objects.filter(last_at__lt=now - settings.MTD_KEEP_BOUNCES)
