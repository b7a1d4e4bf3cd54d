"""What is on the agenda of a meeting, what was said and decided, who does what, and objections to the minutes."""

from __future__ import annotations

import uuid
from importlib import import_module
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from mtd.core.encryption import Sealed, SealedTextField
from mtd.organizations.models import Organization

from .meeting import Meeting, Participant


class AgendaItem(Sealed):
    """One item; its words are sealed. `source` says what it came from, so that upper floors find it again."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("agenda", "to be discussed")
        DONE = "done", pgettext_lazy("agenda", "discussed")
        CARRIED = "carried", pgettext_lazy("agenda", "carried over to the next meeting")
        DROPPED = "dropped", pgettext_lazy("agenda", "taken off")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "meeting": "internal",
        "order": "internal",
        "title": "special",
        "text": "special",
        "notes": "special",
        "minutes_planned": "internal",
        "source_kind": "internal",
        "source_id": "internal",
        "organization": "internal",
        "by": "personal",
        "carried_from": "internal",
        "state": "internal",
        "revision": "internal",
        "at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="agenda_items")
    order = models.PositiveIntegerField(default=0)
    title = SealedTextField()
    text = SealedTextField()
    """What those who come should know beforehand."""
    notes = SealedTextField()
    """What was said: part of the minutes."""
    minutes_planned = models.PositiveSmallIntegerField(null=True, blank=True)
    source_kind = models.CharField(max_length=20, blank=True)
    """"" (written here), "need", "duty", "review", "carried", "task": the upper floor that it was built from."""
    source_id = models.CharField(max_length=160, blank=True)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """Who wanted it on the agenda."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    carried_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="carried_to"
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    revision = models.PositiveIntegerField(default=0)
    """Counts changes, so that two people writing at once lose nothing."""
    at = models.DateTimeField(auto_now_add=True)

    @property
    def spoken_only(self) -> bool:
        """Nothing is written down about it, neither before the meeting nor in its minutes (config/agenda.py)."""
        kinds: frozenset[str] = import_module("config.agenda").SPOKEN_ONLY
        return self.source_kind in kinds

    class Meta:
        ordering = ["order", "at", "id"]
        indexes = [
            models.Index(fields=["meeting", "order"], name="agenda_order"),
            models.Index(fields=["source_kind", "source_id"], name="agenda_source"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "source_kind", "source_id"],
                condition=~Q(source_kind=""),
                name="agenda_source_once",
            )
        ]


class Decision(Sealed):
    """What a meeting decided, with reason, owner and date."""

    class Outcome(models.TextChoices):
        YES = "yes", pgettext_lazy("decision", "decided")
        NO = "no", pgettext_lazy("decision", "declined")
        UP = "up", pgettext_lazy("decision", "passed on to the steering group")
        LATER = "later", pgettext_lazy("decision", "put off")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "meeting": "internal",
        "item": "internal",
        "number": "internal",
        "outcome": "internal",
        "text": "special",
        "reason": "special",
        "owner_organization": "internal",
        "owner": "personal",
        "due_on": "internal",
        "done_at": "internal",
        "done_by": "personal",
        "by": "personal",
        "at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="decisions")
    item = models.ForeignKey(
        AgendaItem, on_delete=models.CASCADE, null=True, blank=True, related_name="decisions"
    )
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=6, choices=Outcome.choices, default=Outcome.YES)
    text = SealedTextField()
    reason = SealedTextField()
    owner_organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    due_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number", "id"]
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="decision_number")]


class Task(Sealed):
    """An action that somebody took on in a meeting; open ones come back on the next agenda."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "meeting": "internal",
        "item": "internal",
        "text": "special",
        "organization": "internal",
        "user": "personal",
        "due_on": "internal",
        "done_at": "internal",
        "done_by": "personal",
        "by": "personal",
        "at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="tasks")
    item = models.ForeignKey(
        AgendaItem, on_delete=models.CASCADE, null=True, blank=True, related_name="tasks"
    )
    text = SealedTextField()
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    due_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = [models.F("due_on").asc(nulls_last=True), "at", "id"]
        indexes = [models.Index(fields=["user", "done_at"], name="meeting_task_user")]


class Objection(Sealed):
    """What a participant objects to in the minutes, and what came of it."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("objection", "open")
        ACCEPTED = "accepted", pgettext_lazy("objection", "taken up")
        NOTED = "noted", pgettext_lazy("objection", "noted in the minutes")
        WITHDRAWN = "withdrawn", pgettext_lazy("objection", "withdrawn")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "meeting": "internal",
        "participant": "personal",
        "item": "internal",
        "text": "special",
        "reply": "special",
        "state": "internal",
        "at": "internal",
        "settled_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="objections")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="objections")
    item = models.ForeignKey(AgendaItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    text = SealedTextField()
    reply = SealedTextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]


class Circulation(Sealed):
    """The words of the minutes as they went out once, so that what changed since can be shown."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "meeting": "internal",
        "number": "internal",
        "words": "special",
        "objections_until": "internal",
        "by": "personal",
        "at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="circulations")
    number = models.PositiveSmallIntegerField()
    words = SealedTextField()
    """JSON: for each piece of the minutes its key, its heading and its words."""
    objections_until = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number", "id"]
        constraints = [models.UniqueConstraint(fields=["meeting", "number"], name="circulation_number")]
