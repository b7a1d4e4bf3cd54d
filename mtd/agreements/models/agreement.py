"""Agreement, its versions and parties, the road towards it, and the log of how the text came about."""

from __future__ import annotations

import secrets
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mtd.core.errors import Refused
from mtd.guide.models import GuideVersion
from mtd.organizations.models import Network, Organization

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_code() -> str:
    """A short code for paper and telephone, without letters that are easily confused, e.g. K7M2-9QXD."""
    letters = [secrets.choice(_ALPHABET) for _ in range(8)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


class Agreement(models.Model):
    """A cooperation agreement of the organisations of one network."""

    class State(models.TextChoices):
        WORKING = "working", pgettext_lazy("agreement state", "being worked out")
        IN_FORCE = "in_force", pgettext_lazy("agreement state", "in force")
        ENDED = "ended", pgettext_lazy("agreement state", "ended")
        ABANDONED = "abandoned", pgettext_lazy("agreement state", "given up")

    class LegalForm(models.TextChoices):
        PUBLIC_LAW = "public_law", pgettext_lazy("legal form", "Public-law agreement")
        COOPERATION = "cooperation", pgettext_lazy("legal form", "Cooperation agreement under civil law")
        PROTOCOL = "protocol", pgettext_lazy("legal form", "Protocol between institutions")
        UNDECIDED = "undecided", pgettext_lazy("legal form", "Not decided yet")

    class EndReason(models.TextChoices):
        TERMINATED = "terminated", pgettext_lazy("end of an agreement", "terminated")
        EXPIRED = "expired", pgettext_lazy("end of an agreement", "expired")
        REPLACED = "replaced", pgettext_lazy("end of an agreement", "replaced by another agreement")
        TOO_FEW = "too_few", pgettext_lazy("end of an agreement", "too few parties remained")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "code": "public",
        "network": "public",
        "title": "public",
        "purpose": "public",
        "state": "public",
        "language": "public",
        "second_language": "public",
        "binding_language": "public",
        "legal_form": "public",
        "started_on": "public",
        "in_force_from": "public",
        "review_on": "public",
        "ends_on": "public",
        "ended_on": "public",
        "end_reason": "public",
        "profile_public": "internal",
        "created_by": "internal",
        "created_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=9, unique=True, default=new_code, editable=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="agreements")
    title = models.CharField(max_length=160)
    purpose = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WORKING)
    language = models.CharField(max_length=8, default="en")
    second_language = models.CharField(max_length=8, blank=True)
    binding_language = models.CharField(max_length=8, blank=True)
    """The language that counts when the two differ; empty when the agreement has one language."""
    legal_form = models.CharField(max_length=16, choices=LegalForm.choices, default=LegalForm.UNDECIDED)
    started_on = models.DateField(null=True, blank=True)
    in_force_from = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=12, choices=EndReason.choices, blank=True)
    profile_public = models.BooleanField(default=False)
    """The parties want the profile sheet to be readable without sign-in, as Heinsberg's is."""
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["title", "id"]
        indexes = [
            models.Index(fields=["state", "review_on"], name="agreement_review"),
            models.Index(fields=["network", "state"], name="agreement_network"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="in_force") | Q(in_force_from__isnull=False, review_on__isnull=False),
                name="agreement_in_force_has_dates",
                violation_error_message=_("An agreement in force needs its first day and a review date."),
            ),
            models.CheckConstraint(
                condition=~Q(state="ended") | Q(ended_on__isnull=False), name="agreement_ended_has_date"
            ),
            models.CheckConstraint(
                condition=Q(second_language="") | ~Q(binding_language=""), name="agreement_binding_language"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the text, main one first."""
        return (self.language, self.second_language) if self.second_language else (self.language,)


class Version(models.Model):
    """One version of the text: the original, or what an amendment, a joining or a renewal makes of it."""

    class State(models.TextChoices):
        WORKING = "working", pgettext_lazy("version state", "being worked out")
        ADOPTING = "adopting", pgettext_lazy("version state", "before the parties' bodies")
        SIGNING = "signing", pgettext_lazy("version state", "being signed")
        SIGNED = "signed", pgettext_lazy("version state", "signed, not yet in force")
        IN_FORCE = "in_force", pgettext_lazy("version state", "in force")
        SUPERSEDED = "superseded", pgettext_lazy("version state", "superseded")
        ENDED = "ended", pgettext_lazy("version state", "ended")
        ABANDONED = "abandoned", pgettext_lazy("version state", "given up")

    class Kind(models.TextChoices):
        ORIGINAL = "original", pgettext_lazy("version kind", "first version")
        AMENDMENT = "amendment", pgettext_lazy("version kind", "amendment")
        JOINING = "joining", pgettext_lazy("version kind", "a party joins")
        RENEWAL = "renewal", pgettext_lazy("version kind", "renewal")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "agreement": "public",
        "number": "public",
        "kind": "public",
        "state": "public",
        "guide_version": "public",
        "base": "public",
        "revision": "internal",
        "in_force_from": "public",
        "review_on": "public",
        "ends_on": "public",
        "reason": "internal",
        "created_by": "internal",
        "created_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.ORIGINAL)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WORKING)
    guide_version = models.ForeignKey(GuideVersion, on_delete=models.PROTECT, related_name="+")
    base = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """The version that this one changes; the difference is shown against its signed text."""
    revision = models.PositiveIntegerField(default=0)
    """Counts every shared change, so that open pages learn of it with one cheap look."""
    in_force_from = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["agreement", "number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="version_number"),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=Q(state__in=["working", "adopting", "signing", "signed"]),
                name="version_one_in_work",
            ),
            models.UniqueConstraint(
                fields=["agreement"], condition=Q(state="in_force"), name="version_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} v{self.number}"


# (state, verb) → state. What is not listed is impossible; permissions say who may.
VERSION_TRANSITIONS: dict[tuple[str, str], str] = {
    ("working", "start_adoption"): "adopting",
    ("working", "abandon"): "abandoned",
    ("adopting", "reopen"): "working",
    ("adopting", "freeze"): "signing",
    ("adopting", "abandon"): "abandoned",
    ("signing", "decline"): "working",
    ("signing", "cancel_round"): "working",
    ("signing", "last_signature"): "signed",
    ("signed", "enter_into_force"): "in_force",
    ("in_force", "supersede"): "superseded",
    ("in_force", "end"): "ended",
}

AGREEMENT_TRANSITIONS: dict[tuple[str, str], str] = {
    ("working", "enter_into_force"): "in_force",
    ("working", "abandon"): "abandoned",
    ("in_force", "enter_into_force"): "in_force",  # an amended or renewed version takes over
    ("in_force", "end"): "ended",
}


def after(table: dict[tuple[str, str], str], state: str, verb: str) -> str:
    """The state after the verb; Refused with a readable reason when it is not possible in this state."""
    try:
        return table[(state, verb)]
    except KeyError:
        raise Refused(
            _(
                "That is not possible now: the agreement has moved on. Reload the page to see where it stands."
            ),
            code="wrong_state",
        ) from None


class Party(models.Model):
    """An organisation within an agreement."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "agreement": "public",
        "organization": "public",
        "order": "public",
        "from_version": "public",
        "leaving_on": "public",
        "left_on": "public",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="parties")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="parties")
    order = models.PositiveSmallIntegerField(default=0)
    from_version = models.PositiveIntegerField(default=1)
    """The first version that this party signs."""
    leaving_on = models.DateField(null=True, blank=True)
    """Notice was given: the party leaves on this day."""
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["agreement", "order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "organization"], name="party_once"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Moderator(models.Model):
    """An external moderator of one agreement: sees all that is shared, decides nothing."""

    PRIVACY: ClassVar[dict[str, str]] = {"id": "internal", "agreement": "internal", "user": "personal"}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="moderators")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "user"], name="moderator_once")]


class RoadStep(models.Model):
    """One step of the guide on the road of this version: planned, begun, done, with its checklist."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "version": "internal",
        "step_key": "internal",
        "planned_from": "internal",
        "planned_to": "internal",
        "started_on": "internal",
        "done_on": "internal",
        "checked": "internal",
        "stumbling": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="road")
    step_key = models.CharField(max_length=60)
    planned_from = models.DateField(null=True, blank=True)
    planned_to = models.DateField(null=True, blank=True)
    started_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    checked = models.JSONField(default=list, blank=True)
    """Keys of the step's checklist that are done."""
    stumbling = models.JSONField(default=dict, blank=True)
    """Self-check: key of a stumbling block → "fine", "watch" or "stuck"."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "step_key"], name="road_step_once"),
            models.CheckConstraint(
                condition=Q(planned_from__isnull=True)
                | Q(planned_to__isnull=True)
                | Q(planned_to__gte=models.F("planned_from")),
                name="road_step_order",
            ),
        ]


class NegotiationMeeting(models.Model):
    """A meeting on the road to the agreement, planned or held."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "version": "internal",
        "on": "internal",
        "time": "internal",
        "place": "internal",
        "step_key": "internal",
        "topics": "internal",
        "outcome": "internal",
        "present": "internal",
        "held": "internal",
        "created_by": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="meetings")
    on = models.DateField()
    time = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=160, blank=True)
    step_key = models.CharField(max_length=60, blank=True)
    topics = models.CharField(max_length=300, blank=True)
    outcome = models.TextField(max_length=5000, blank=True)
    present = models.ManyToManyField(Party, blank=True, related_name="+")
    held = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["on", "id"]


class Todo(models.Model):
    """Who must do what until when, before the agreement stands."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "version": "internal",
        "party": "internal",
        "what": "internal",
        "due": "internal",
        "done_on": "internal",
        "created_by": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="todos")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    """Empty: the network coordination does it."""
    what = models.CharField(max_length=300)
    due = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = [models.F("due").asc(nulls_last=True), "id"]


class Entry(models.Model):
    """One shared step in the making of the text; append-only. Also the history of every answer."""

    class Kind(models.TextChoices):
        ANSWER = "answer", pgettext_lazy("log", "answer set")
        POSITION = "position", pgettext_lazy("log", "position stated")
        PROPOSED = "proposed", pgettext_lazy("log", "wording proposed")
        VOTED = "voted", pgettext_lazy("log", "wording accepted or rejected by a party")
        WORDING = "wording", pgettext_lazy("log", "wording changed")
        WITHDRAWN = "withdrawn", pgettext_lazy("log", "proposal withdrawn")
        PARTY = "party", pgettext_lazy("log", "party came or left")
        ADOPTION = "adoption", pgettext_lazy("log", "adopted by a party's body")
        STATE = "state", pgettext_lazy("log", "state of the agreement")
        SIGNATURE = "signature", pgettext_lazy("log", "signature")
        ANNEX = "annex", pgettext_lazy("log", "annex changed")
        GUIDE = "guide", pgettext_lazy("log", "moved to another version of the guide")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "version": "internal",
        "at": "internal",
        "kind": "internal",
        "question_key": "internal",
        "party": "internal",
        "by": "personal",
        "data": "internal",
    }

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="entries")
    at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    question_key = models.CharField(max_length=60, blank=True)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["version", "question_key", "id"], name="entry_question")]
