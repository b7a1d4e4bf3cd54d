"""Reads of notices and of the state of the outbox."""

from __future__ import annotations

from django.db.models import QuerySet

from mtd.core.actor import Actor

from .models import ATTEMPTS, Message, Notice
from .permissions import visible_notices


def unread(actor: Actor) -> QuerySet[Notice]:
    """The person's unread notices, newest first."""
    return visible_notices(actor).filter(read_at__isnull=True)


def stuck() -> QuerySet[Message]:
    """Messages that could not be sent after all attempts; somebody has to look at the mail server."""
    return Message.objects.filter(sent_at__isnull=True, attempts__gte=ATTEMPTS)
