"""What practice lacks, raised by a worker; equal ones grouped, decided in a body, answered to who raised it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from mtd.agreements.models import Agreement
from mtd.core.encryption import Sealed, SealedTextField
from mtd.organizations.models import HelpSystem, Network, Organization


class NeedGroup(Sealed):
    """Equal needs under one wording that the coordination chose: the unit that goes onto agendas."""

    class State(models.TextChoices):
        NEW = "new", pgettext_lazy("need", "new")
        COMMITTEE = "committee", pgettext_lazy("need", "before the cooperation committee")
        STEERING = "steering", pgettext_lazy("need", "before the steering group")
        DECIDED = "decided", pgettext_lazy("need", "decided")
        WITHDRAWN = "withdrawn", pgettext_lazy("need", "withdrawn")

    class Topic(models.TextChoices):
        OFFER = "offer", pgettext_lazy("need", "An offer is missing")
        REACH = "reach", pgettext_lazy("need", "Reaching each other")
        PROCEDURE = "procedure", pgettext_lazy("need", "How we work together")
        KNOWLEDGE = "knowledge", pgettext_lazy("need", "Knowledge and training")
        AGREEMENT = "agreement", pgettext_lazy("need", "The agreement itself")
        OTHER = "other", pgettext_lazy("need", "Something else")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "network": "internal",
        "agreement": "internal",
        "topic": "internal",
        "wording": "special",
        "state": "internal",
        "first_raised_on": "internal",
        "decided_on": "internal",
        "merged_into": "internal",
        "emptied_on": "internal",
        "created_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="need_groups")
    agreement = models.ForeignKey(
        Agreement, on_delete=models.SET_NULL, null=True, blank=True, related_name="need_groups"
    )
    topic = models.CharField(max_length=12, choices=Topic.choices, default=Topic.OTHER)
    wording = SealedTextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    first_raised_on = models.DateField()
    decided_on = models.DateField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="merged_from"
    )
    """Where its needs went; the empty shell stays, because agendas and addresses still name it."""
    emptied_on = models.DateField(null=True, blank=True)
    """When the words were destroyed; dates, topic and state stay countable."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-first_raised_on", "id"]
        indexes = [models.Index(fields=["network", "state", "first_raised_on"], name="need_group_network")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="decided") | Q(decided_on__isnull=False), name="need_decided_has_date"
            )
        ]


class Need(Sealed):
    """One need as one worker raised it.

    Anonymous: the organisation is not kept at all; the help system only where the network has at least two
    organisations of it. Who raised it stays, so that the answer finds the way back, and no page says it.
    """

    class Helped(models.TextChoices):
        YES = "yes", pgettext_lazy("did it help", "it helped")
        PART = "part", pgettext_lazy("did it help", "in part")
        NO = "no", pgettext_lazy("did it help", "it did not help")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "group": "internal",
        "organization": "internal",
        "help_system": "internal",
        "raised_by": "personal",
        "anonymous": "internal",
        "text": "special",
        "raised_on": "internal",
        "at": "internal",
        "answered_on": "internal",
        "helped": "internal",
        "helped_on": "internal",
        "helped_note": "special",
        "withdrawn_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(NeedGroup, on_delete=models.CASCADE, related_name="needs")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    help_system = models.CharField(max_length=16, choices=HelpSystem.choices, blank=True)
    """The side it comes from; empty: the coordination's own, or one that would name the organisation."""
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    anonymous = models.BooleanField(default=False)
    text = SealedTextField()
    raised_on = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    answered_on = models.DateField(null=True, blank=True)
    """When the decision went back to the one who raised it."""
    helped = models.CharField(max_length=6, choices=Helped.choices, blank=True)
    helped_on = models.DateField(null=True, blank=True)
    helped_note = SealedTextField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["raised_on", "at", "id"]
        indexes = [models.Index(fields=["raised_by", "answered_on"], name="need_raised_by")]
        constraints = [
            models.CheckConstraint(
                condition=Q(helped="") | Q(answered_on__isnull=False), name="need_helped_after_answer"
            ),
            models.CheckConstraint(
                condition=Q(anonymous=False) | Q(organization__isnull=True),
                name="need_anonymous_names_nobody",
            ),
        ]


class NeedDecision(Sealed):
    """What a body decided about a group of needs; an "up" of the committee and the steering group's word are two."""

    class Level(models.TextChoices):
        COORDINATION = "coordination", pgettext_lazy("level", "Network coordination")
        COMMITTEE = "committee", pgettext_lazy("level", "Cooperation committee")
        STEERING = "steering", pgettext_lazy("level", "Steering group")

    class Outcome(models.TextChoices):
        YES = "yes", pgettext_lazy("need decision", "will be done")
        NO = "no", pgettext_lazy("need decision", "will not be done")
        UP = "up", pgettext_lazy("need decision", "passed on to the steering group")

    class Consequence(models.TextChoices):
        NONE = "", pgettext_lazy("need decision", "nothing further in the system")
        AMENDMENT = "amendment", pgettext_lazy("need decision", "an amendment of the agreement")
        OFFER = "offer", pgettext_lazy("need decision", "the wish for a new offer")
        GUIDE = "guide", pgettext_lazy("need decision", "feedback on the guide")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "group": "internal",
        "level": "internal",
        "outcome": "internal",
        "text": "special",
        "reason": "special",
        "owner_organization": "internal",
        "owner": "personal",
        "due_on": "internal",
        "done_on": "internal",
        "decided_on": "internal",
        "meeting_decision_id": "internal",
        "taken_in_at": "internal",
        "consequence": "internal",
        "consequence_id": "internal",
        "by": "personal",
        "at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(NeedGroup, on_delete=models.CASCADE, related_name="decisions")
    level = models.CharField(max_length=12, choices=Level.choices)
    outcome = models.CharField(max_length=4, choices=Outcome.choices)
    text = SealedTextField()
    reason = SealedTextField()
    owner_organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    due_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    decided_on = models.DateField()
    meeting_decision_id = models.UUIDField(null=True, blank=True, unique=True)
    """The decision in a meeting's minutes that it was taken in from; unique, so that it is taken in once."""
    taken_in_at = models.DateTimeField(null=True, blank=True)
    """When it was last compared with the minutes: those sent out again later may have been corrected."""
    consequence = models.CharField(max_length=10, choices=Consequence.choices, blank=True)
    consequence_id = models.UUIDField(null=True, blank=True)
    """What was started: the version of the agreement, the wish, the feedback."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["decided_on", "at", "id"]


class OfferWish(Sealed):
    """A new offer that a decision wishes for; kept until the directory can take it up."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "network": "internal",
        "decision": "internal",
        "text": "special",
        "at": "internal",
        "taken_up_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="offer_wishes")
    decision = models.OneToOneField(NeedDecision, on_delete=models.CASCADE, related_name="offer_wish")
    text = SealedTextField()
    at = models.DateTimeField(auto_now_add=True)
    taken_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
