"""The outbox, the in-app notices, how often a person wants mail, addresses that bounce, and whose turn a job is.

Nothing here ever holds anything about a family: counts and links only.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
        "stops": "internal",
        "created_at": "internal",
        "not_before": "internal",
        "claimed_at": "internal",
        "claimed_by": "internal",
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
    stops = models.CharField(max_length=16, blank=True, default="")
    """A reminder: the area whose mails its unsubscribe link stops, or "all". Empty: a mail one cannot unsubscribe."""
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=120, blank=True, default="")
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
        "waits_for_mail": "internal",
        "created_at": "internal",
        "read_at": "personal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=60)
    text = models.CharField(max_length=200)
    link = models.CharField(max_length=300, blank=True)
    waits_for_mail = models.BooleanField(default=False)
    """Will be counted in the person's next bundled mail."""
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "-created_at"], name="notifications_notice_user"),
            models.Index(
                fields=["user"],
                condition=models.Q(waits_for_mail=True, read_at__isnull=True),
                name="notifications_notice_to_mail",
            ),
        ]


class Area(models.TextChoices):
    """What a reminder is about; the first word of its kind."""

    AGREEMENTS = "agreements", pgettext_lazy("area of reminders", "Agreements")
    MEETINGS = "meetings", pgettext_lazy("area of reminders", "Meetings")
    DUTIES = "duties", pgettext_lazy("area of reminders", "Duties of the agreements")
    NEEDS = "needs", pgettext_lazy("area of reminders", "Needs raised")
    CONSULTATIONS = "consultations", pgettext_lazy("area of reminders", "Anonymous consultations")
    EXCHANGE = "exchange", pgettext_lazy("area of reminders", "Exchange between people")
    REPORTS = "reports", pgettext_lazy("area of reminders", "Reports")


class Pace(models.TextChoices):
    """How often a person wants to be reminded by e-mail."""

    AT_ONCE = "at_once", pgettext_lazy("how often", "At once, each by itself")
    DAILY = "daily", pgettext_lazy("how often", "Once a day")
    WEEKLY = "weekly", pgettext_lazy("how often", "On Mondays")
    NONE = "none", pgettext_lazy("how often", "No e-mail")


DIRECT = frozenset(
    {
        "agreements.signature_due",
        "agreements.mandate_proposed",
        "agreements.paper_to_confirm",
        "agreements.paper_refused",
    }
)
"""Kinds that ask this very person for something, and are mailed at once whatever the pace."""


class Preference(models.Model):
    """How often one person wants e-mails of one area; without a row, daily."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "user": "personal",
        "area": "internal",
        "pace": "personal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_preferences"
    )
    area = models.CharField(max_length=16, choices=Area)
    pace = models.CharField(max_length=8, choices=Pace)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "area"], name="notifications_one_pace_per_area"),
            models.CheckConstraint(
                condition=models.Q(area__in=Area.values, pace__in=Pace.values),
                name="notifications_known_pace",
            ),
        ]


class Digest(models.Model):
    """Up to which day and week a person's bundled mail has been dealt with: one row per person, locked meanwhile."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "user": "personal",
        "day": "internal",
        "week": "internal",
        "mailed_at": "internal",
        "told": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest")
    day = models.DateField()
    week = models.DateField()
    """The Monday of the week."""
    mailed_at = models.DateTimeField(null=True)
    told = models.JSONField(default=list)
    """Short hashes of what the mails have already told, so that the same is not said every morning."""


class Undeliverable(models.Model):
    """An address from which mail came back for good; bundled mails to it rest until it is confirmed or changed."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "user": "personal",
        "address": "personal",
        "code": "internal",
        "since": "personal",
        "last_at": "personal",
        "times": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="undeliverables"
    )
    address = models.EmailField(unique=True)
    code = models.CharField(max_length=12)
    """The status that the other mail server gave (RFC 3463), such as 5.1.1."""
    since = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(address=Lower("address")), name="notifications_undeliverable_lower"
            ),
        ]


class JobLease(models.Model):
    """Who works at a background job now, and how it went last time."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "name": "internal",
        "claimed_until": "internal",
        "claimed_by": "internal",
        "started_at": "internal",
        "finished_at": "internal",
        "failure": "internal",
    }

    name = models.CharField(primary_key=True, max_length=120)
    claimed_until = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=120, blank=True, default="")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=80, blank=True, default="")
    """The class of the error of the last run, never its text."""
