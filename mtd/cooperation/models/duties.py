"""What the parties add to a derived duty: evidence, doubts about it, pauses, grace, and how far it escalated.

A duty is named by agreement, question and, where each party owes it by itself, the party.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from mtd.agreements.models import Agreement, Party
from mtd.core.encryption import Sealed, SealedTextField
from mtd.documents.models import StoredFile


class Evidence(Sealed):
    """Shows that a duty was done: a statement or a document. Held meetings and visits count without a row."""

    class Kind(models.TextChoices):
        STATEMENT = "statement", pgettext_lazy("evidence", "confirmed statement")
        DOCUMENT = "document", pgettext_lazy("evidence", "document")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "agreement": "internal",
        "question_key": "internal",
        "party": "internal",
        "kind": "internal",
        "on": "internal",
        "note": "special",
        "file": "internal",
        "by_party": "internal",
        "by": "personal",
        "at": "internal",
        "withdrawn_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="evidence")
    question_key = models.CharField(max_length=60)
    party = models.ForeignKey(Party, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    """Whose duty; empty when the network owes it together."""
    kind = models.CharField(max_length=12, choices=Kind.choices)
    on = models.DateField()
    """The day on which it was done."""
    note = SealedTextField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """Who brought it; empty: the coordination."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["on", "at", "id"]
        indexes = [models.Index(fields=["agreement", "question_key"], name="evidence_duty")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="document") | Q(file__isnull=False), name="evidence_document_has_file"
            )
        ]


class Contest(Sealed):
    """A party doubts an act, with a reason. While open the act counts and is marked; if upheld it does not."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("contest", "open")
        WITHDRAWN = "withdrawn", pgettext_lazy("contest", "withdrawn")
        REJECTED = "rejected", pgettext_lazy("contest", "not upheld")
        UPHELD = "upheld", pgettext_lazy("contest", "upheld")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "agreement": "internal",
        "question_key": "internal",
        "duty_party": "internal",
        "source": "internal",
        "source_id": "internal",
        "party": "internal",
        "reason": "special",
        "state": "internal",
        "settlement": "special",
        "by": "personal",
        "at": "internal",
        "settled_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="contests")
    question_key = models.CharField(max_length=60)
    duty_party = models.ForeignKey(Party, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    source = models.CharField(max_length=16)
    """"evidence", "meeting", "shadowing", "contacts", …: which kind of act."""
    source_id = models.UUIDField()
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    reason = SealedTextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    settlement = SealedTextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "question_key", "source", "source_id", "party"],
                condition=Q(state="open"),
                name="contest_open_once",
            )
        ]


class Pause(models.Model):
    """A duty rests for a time, with a reason that all parties read."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "agreement": "internal",
        "question_key": "internal",
        "party": "internal",
        "from_on": "internal",
        "until_on": "internal",
        "reason": "internal",
        "by": "personal",
        "at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="pauses")
    question_key = models.CharField(max_length=60)
    party = models.ForeignKey(Party, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    """The last day of the pause; empty: until it is taken up again."""
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["from_on", "id"]
        indexes = [models.Index(fields=["agreement", "question_key"], name="pause_duty")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")), name="pause_order"
            )
        ]


class GraceSetting(models.Model):
    """How many days after the due date a duty still counts as kept late, where the parties set it themselves."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "agreement": "internal",
        "question_key": "internal",
        "days": "internal",
        "by": "personal",
        "at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="+")
    question_key = models.CharField(max_length=60)
    days = models.PositiveSmallIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "question_key"], name="grace_once"),
            models.CheckConstraint(condition=Q(days__lte=180), name="grace_days"),
        ]


class Escalation(models.Model):
    """A missed duty was taken to a level of the path that the agreement names; once per level."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "agreement": "internal",
        "question_key": "internal",
        "party": "internal",
        "occurrence": "internal",
        "level": "internal",
        "level_key": "internal",
        "facts": "internal",
        "at": "internal",
        "settled_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="escalations")
    question_key = models.CharField(max_length=60)
    party = models.ForeignKey(Party, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    occurrence = models.CharField(max_length=40)
    """Which occurrence: first day of its period and number, e.g. "2026-01-01.1"."""
    level = models.PositiveSmallIntegerField()
    level_key = models.CharField(max_length=40)
    """The level's key in the agreement's path."""
    facts = models.JSONField(default=dict)
    """What happened so far: counts and dates only."""
    at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "question_key", "occurrence", "level"],
                condition=Q(party__isnull=True),
                name="escalation_once",
            ),
            models.UniqueConstraint(
                fields=["agreement", "question_key", "party", "occurrence", "level"],
                condition=Q(party__isnull=False),
                name="escalation_once_per_party",
            ),
        ]
