"""Reads of notices and of the state of the outbox."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from mtd.core.actor import Actor

from .models import ATTEMPTS, Message, Notice
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
