"""The outbox and the in-app notices. Neither ever holds anything about a family: counts and links only."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mtd.core.encryption import Sealed, SealedTextField

ATTEMPTS = 8
"""After so many failures a message stays unsent and shows up in the health figures."""


class CalendarMethod(models.TextChoices):
    """What a mail's calendar part asks of the reader's calendar (RFC 5546)."""

    REQUEST = "REQUEST", _("Invitation or change")
    CANCEL = "CANCEL", _("Cancellation")
    PUBLISH = "PUBLISH", _("For information")


class Message(Sealed):
    """An e-mail that waits to be sent; written in the transaction of what it tells about.

    The body is sealed because it may hold a one-time link; its key is destroyed once the mail has left.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "recipient": "personal",
        "address": "personal",
        "kind": "internal",
        "language": "internal",
        "subject": "personal",
        "body": "personal",
        "calendar": "personal",
        "calendar_method": "internal",
        "reply_to": "internal",
        "created_at": "internal",
        "not_before": "internal",
        "claimed_at": "internal",
        "attempts": "internal",
        "sent_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="outbox_messages"
    )
    address = models.EmailField()
    kind = models.CharField(max_length=60)
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=160)
    body = SealedTextField()
    calendar = SealedTextField(null=True)
    calendar_method = models.CharField(max_length=8, choices=CalendarMethod, blank=True, default="")
    reply_to = models.EmailField(blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["created_at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["not_before"],
                condition=models.Q(sent_at__isnull=True),
                name="notifications_waiting",
            )
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(calendar__isnull=True, calendar_method="")
                | models.Q(calendar__isnull=False) & ~models.Q(calendar_method=""),
                name="notifications_calendar_has_its_method",
            )
        ]


class Notice(models.Model):
    """A line in a person's list inside the product."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "user": "personal",
        "kind": "internal",
        "text": "personal",
        "link": "internal",
        "created_at": "internal",
        "read_at": "personal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=60)
    text = models.CharField(max_length=200)
    link = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "-created_at"], name="notifications_notice_user")
        ]
