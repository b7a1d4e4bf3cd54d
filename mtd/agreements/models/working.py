"""What the parties work on: answers, positions, wording, comments and annexes."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from mtd.core.encryption import Sealed, SealedTextField
from mtd.documents.models import StoredFile

from .agreement import Agreement, Party, Version


class Answer(models.Model):
    """The answer that is on the table for one question: proposed by one party, agreed when all agree.

    Answers on a closed branch stay here and come back when the branch opens again.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "version": "internal",
        "question_key": "internal",
        "value": "internal",
        "revision": "internal",
        "party": "internal",
        "by": "personal",
        "at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="answers")
    question_key = models.CharField(max_length=60)
    value = models.JSONField()
    """Shape per question type: see mtd.guide (language-neutral, texts keyed by language)."""
    revision = models.PositiveIntegerField(default=1)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="+")
    """Who put this answer on the table; empty when the coordination did, on behalf of a meeting."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "question_key"], name="answer_once")]


class Position(models.Model):
    """A party's position on the answer on the table: agree, differ with its own proposal, or parked."""

    class Stance(models.TextChoices):
        AGREE = "agree", pgettext_lazy("position", "agree")
        DIFFER = "differ", pgettext_lazy("position", "differ")
        PARKED = "parked", pgettext_lazy("position", "parked")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "version": "internal",
        "question_key": "internal",
        "party": "internal",
        "stance": "internal",
        "proposal": "internal",
        "reason": "internal",
        "answer_revision": "internal",
        "by": "personal",
        "at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="positions")
    question_key = models.CharField(max_length=60)
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    stance = models.CharField(max_length=8, choices=Stance.choices)
    proposal = models.JSONField(null=True, blank=True)
    reason = models.TextField(max_length=2000, blank=True)
    answer_revision = models.PositiveIntegerField(default=0)
    """The revision of the answer that the party spoke about; an agreement to an older one does not count."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "question_key", "party"], name="position_once"),
            models.CheckConstraint(
                condition=~Q(stance="differ") | Q(proposal__isnull=False) | ~Q(reason=""),
                name="position_differ_says_why",
            ),
        ]


class Draft(models.Model):
    """What somebody typed and has not handed in yet; seen by this person only."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "version": "internal",
        "key": "internal",
        "user": "personal",
        "data": "internal",
        "base_revision": "internal",
        "at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=120)
    """Which form: e.g. "answer:committee_rhythm"."""
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    data = models.JSONField(default=dict)
    """The form's fields as typed, valid or not."""
    base_revision = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "key", "user"], name="draft_once")]


class Wording(models.Model):
    """Wording of a clause that the parties agreed on instead of the one proposed from the answer."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "version": "internal",
        "question_key": "internal",
        "language": "internal",
        "text": "internal",
        "answer_revision": "internal",
        "at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="wordings")
    question_key = models.CharField(max_length=60)
    language = models.CharField(max_length=8)
    text = models.TextField(max_length=50000)
    answer_revision = models.PositiveIntegerField(default=0)
    """The answer that the wording was agreed for; a newer answer raises a visible question mark."""
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "question_key", "language"], name="wording_once")
        ]


class Amendment(models.Model):
    """A proposal to word a clause differently; an amendment to an amendment has a parent."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("amendment", "open")
        ACCEPTED = "accepted", pgettext_lazy("amendment", "accepted")
        REJECTED = "rejected", pgettext_lazy("amendment", "rejected")
        WITHDRAWN = "withdrawn", pgettext_lazy("amendment", "withdrawn")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "version": "internal",
        "question_key": "internal",
        "language": "internal",
        "parent": "internal",
        "base_text": "internal",
        "text": "internal",
        "reason": "internal",
        "state": "internal",
        "party": "internal",
        "by": "personal",
        "at": "internal",
        "closed_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="amendments")
    question_key = models.CharField(max_length=60)
    language = models.CharField(max_length=8)
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="children"
    )
    base_text = models.TextField(max_length=50000, blank=True)
    text = models.TextField(max_length=50000)
    reason = models.TextField(max_length=2000, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["version", "question_key", "state"], name="amendment_clause")]

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class AmendmentVote(models.Model):
    """A party accepts or rejects an amendment."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "amendment": "internal",
        "party": "internal",
        "accepts": "internal",
        "reason": "internal",
        "by": "personal",
        "at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    amendment = models.ForeignKey(Amendment, on_delete=models.CASCADE, related_name="votes")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    accepts = models.BooleanField()
    reason = models.TextField(max_length=2000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["amendment", "party"], name="vote_once")]


class Comment(Sealed):
    """A remark that hangs on a clause and survives new versions; the text is sealed."""

    class Visibility(models.TextChoices):
        US = "us", pgettext_lazy("comment", "only us")
        SIDES = "sides", pgettext_lazy("comment", "both sides")
        EVERYONE = "everyone", pgettext_lazy("comment", "everyone")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "agreement": "internal",
        "version": "internal",
        "question_key": "internal",
        "visibility": "internal",
        "party": "internal",
        "parent": "internal",
        "body": "special",
        "by": "personal",
        "at": "internal",
        "settled_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="comments")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    """The version in which it was written."""
    question_key = models.CharField(max_length=60)
    visibility = models.CharField(max_length=8, choices=Visibility.choices)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """Empty for the coordination and the moderation."""
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    body = SealedTextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["agreement", "question_key"], name="comment_clause")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(visibility="us") | Q(party__isnull=False), name="comment_us_has_party"
            )
        ]


class Annex(models.Model):
    """An annex of an agreement; versioned apart from the text."""

    class Kind(models.TextChoices):
        CONTACTS = "contacts", pgettext_lazy("annex", "Contact list")
        PROFILES = "profiles", pgettext_lazy("annex", "Profiles of the services")
        CASE_FLOW = "case_flow", pgettext_lazy("annex", "The way of a family")
        ENDANGERMENT = "endangerment", pgettext_lazy("annex", "When a child is endangered")
        FORM = "form", pgettext_lazy("annex", "Form")
        OTHER = "other", pgettext_lazy("annex", "Other annex")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "agreement": "public",
        "kind": "public",
        "key": "public",
        "title": "public",
        "order": "public",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="annexes")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    key = models.CharField(max_length=60)
    title = models.CharField(max_length=160)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]
        constraints = [models.UniqueConstraint(fields=["agreement", "key"], name="annex_once")]


class AnnexVersion(models.Model):
    """One version of an annex: proposed, then in force when the body that the agreement names approved it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("annex state", "proposed")
        IN_FORCE = "in_force", pgettext_lazy("annex state", "valid")
        SUPERSEDED = "superseded", pgettext_lazy("annex state", "superseded")
        REJECTED = "rejected", pgettext_lazy("annex state", "rejected")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "annex": "public",
        "number": "public",
        "state": "public",
        "content": "personal",
        "file": "internal",
        "change": "internal",
        "proposed_by": "internal",
        "by": "personal",
        "at": "internal",
        "approved_body": "public",
        "approved_on": "public",
        "approved_by": "personal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    annex = models.ForeignKey(Annex, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PROPOSED)
    content = models.JSONField(default=dict)
    """{"text": {lang: Markdown}, "rows": [...], "steps": [...]} depending on the kind."""
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    change = models.CharField(max_length=300, blank=True)
    proposed_by = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    approved_body = models.CharField(max_length=160, blank=True)
    approved_on = models.DateField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["annex", "number"]
        constraints = [
            models.UniqueConstraint(fields=["annex", "number"], name="annex_version_number"),
            models.UniqueConstraint(
                fields=["annex"], condition=Q(state="in_force"), name="annex_one_in_force"
            ),
        ]
