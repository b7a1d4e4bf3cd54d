"""A case talked through by a group along fixed steps, and what a network learnt, kept apart from any case."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from mtd.core.encryption import Sealed, SealedTextField
from mtd.meetings.models import Meeting
from mtd.organizations.models import Network

from .consultation import Consultation, Topic


class Step(models.TextChoices):
    """The steps of a structured case discussion, in their order. The method is our own plain wording of what
    collegial consultation does everywhere: present, clarify, form hypotheses, gather ideas, let the asker choose."""

    PRESENT = "present", pgettext_lazy("case discussion", "Presenting")
    CLARIFY = "clarify", pgettext_lazy("case discussion", "Clarifying")
    HYPOTHESES = "hypotheses", pgettext_lazy("case discussion", "Hypotheses")
    IDEAS = "ideas", pgettext_lazy("case discussion", "Ideas")
    TAKE_ALONG = "take_along", pgettext_lazy("case discussion", "What I take along")


class Round(models.Model):
    """One discussion of one consultation: where it stands, since when, how many minutes each step has."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "consultation": "internal",
        "meeting": "internal",
        "moderator": "personal",
        "step": "internal",
        "step_began_at": "internal",
        "step_used": "internal",
        "running": "internal",
        "minutes": "internal",
        "sequence": "internal",
        "began_at": "internal",
        "finished_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.OneToOneField(Consultation, on_delete=models.CASCADE, related_name="round")
    meeting = models.ForeignKey(Meeting, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    step = models.CharField(max_length=10, choices=Step.choices, default=Step.PRESENT)
    step_began_at = models.DateTimeField(null=True, blank=True)
    """Since when the clock of this step runs; empty while it stands."""
    step_used = models.PositiveIntegerField(default=0)
    """Seconds of this step that had passed before the clock last stood."""
    running = models.BooleanField(default=False)
    minutes = models.JSONField(default=dict)
    """Minutes for each step, by its code."""
    sequence = models.PositiveIntegerField(default=0)
    began_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(running=False) | Q(step_began_at__isnull=False), name="round_clock_has_a_start"
            )
        ]


class RoundNote(Sealed):
    """One short note of a step, without who said it."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "round": "internal",
        "step": "internal",
        "text": "special",
        "at": "internal",
        "chosen": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="notes")
    step = models.CharField(max_length=10, choices=Step.choices)
    text = SealedTextField()
    at = models.DateTimeField()
    chosen = models.BooleanField(default=False)
    """The asker takes it along."""

    class Meta:
        ordering = ["at", "id"]


class Learning(Sealed):
    """What a network learnt, rewritten by a person so that no case shows through; without any link to one."""

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("learning", "proposed")
        APPROVED = "approved", pgettext_lazy("learning", "approved")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "network": "internal",
        "topic": "internal",
        "situation": "special",
        "learnt": "special",
        "state": "internal",
        "by": "personal",
        "reworded_by": "personal",
        "proposed_on": "internal",
        "approved_by": "personal",
        "approved_on": "internal",
        "ends_on": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="learnings")
    topic = models.CharField(max_length=12, choices=Topic.choices)
    situation = SealedTextField()
    """When this helps, in general words."""
    learnt = SealedTextField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    reworded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    """Whose words they are, where somebody else than the author wrote them last."""
    proposed_on = models.DateField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    approved_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField()
    """Everything has an end: it is looked at again by then, or it goes."""

    class Meta:
        ordering = ["topic", "-proposed_on", "id"]
        indexes = [models.Index(fields=["network", "state", "topic"], name="learning_network")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_on__isnull=False), name="learning_approved_on"
            )
        ]
