"""Adoption by the parties' bodies, mandates, and the rounds in which a version is signed."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from mtd.documents.models import StoredFile

from .agreement import Agreement, Party, Version


class Adoption(models.Model):
    """The formal decision of a party's body on one version, before it is signed."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "version": "public",
        "party": "public",
        "needed": "internal",
        "body": "public",
        "decided_on": "public",
        "resolution": "public",
        "document": "internal",
        "recorded_by": "personal",
        "at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="adoptions")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    needed = models.BooleanField(default=True)
    """False: this party's lead may decide alone; said so by the lead, and shown."""
    body = models.CharField(max_length=160, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    resolution = models.CharField(max_length=80, blank=True)
    document = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "party"], name="adoption_once"),
            models.CheckConstraint(
                condition=Q(needed=False) | (~Q(body="") & Q(decided_on__isnull=False)),
                name="adoption_names_body_and_date",
            ),
        ]


class Mandate(models.Model):
    """Who may sign for a party, on what evidence, confirmed by that organisation's lead."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "agreement": "internal",
        "party": "internal",
        "user": "personal",
        "name": "personal",
        "function": "personal",
        "evidence": "internal",
        "document": "internal",
        "valid_until": "internal",
        "proposed_by": "personal",
        "proposed_at": "internal",
        "confirmed_by": "personal",
        "confirmed_at": "internal",
        "revoked_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="mandates")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="mandates")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """Empty for a person without an account, who signs on paper or sends a signed file."""
    name = models.CharField(max_length=120)
    function = models.CharField(max_length=120)
    evidence = models.CharField(max_length=300)
    document = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    valid_until = models.DateField(null=True, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    proposed_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["proposed_at"]


class SigningRound(models.Model):
    """A frozen text and the signatures on it. A declined round stays as it was; a new one is opened later."""

    class Order(models.TextChoices):
        PARALLEL = "parallel", pgettext_lazy("signing order", "all at the same time")
        SEQUENCE = "sequence", pgettext_lazy("signing order", "one after the other")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("signing round", "open")
        COMPLETE = "complete", pgettext_lazy("signing round", "complete")
        DECLINED = "declined", pgettext_lazy("signing round", "declined")
        CANCELLED = "cancelled", pgettext_lazy("signing round", "stopped")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "version": "public",
        "number": "public",
        "order": "internal",
        "state": "public",
        "text": "internal",
        "frozen": "internal",
        "frozen_sha256": "public",
        "current": "internal",
        "current_sha256": "public",
        "signed_count": "internal",
        "started_by": "personal",
        "started_at": "public",
        "closed_at": "public",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveIntegerField(default=1)
    order = models.CharField(max_length=10, choices=Order.choices, default=Order.PARALLEL)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    text = models.JSONField()
    """The frozen text as data: parts, clauses in all languages, parties, annex versions."""
    frozen = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    frozen_sha256 = models.CharField(max_length=64, db_index=True)
    current = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    """The file with all signatures so far; every signature is an incremental update of the one before."""
    current_sha256 = models.CharField(max_length=64, db_index=True)
    signed_count = models.PositiveSmallIntegerField(default=0)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    started_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["version", "number"]
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="round_number"),
            models.UniqueConstraint(fields=["version"], condition=Q(state="open"), name="round_one_open"),
        ]


class Signature(models.Model):
    """One party's place in a signing round."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("signature", "waiting")
        UNCONFIRMED = "unconfirmed", pgettext_lazy("signature", "on paper, to be confirmed by another party")
        SIGNED = "signed", pgettext_lazy("signature", "signed")
        DECLINED = "declined", pgettext_lazy("signature", "declined")
        DROPPED = "dropped", pgettext_lazy("signature", "round was stopped")

    class Method(models.TextChoices):
        SYSTEM = "system", pgettext_lazy("signature method", "in this system, with second factor")
        UPLOAD = "upload", pgettext_lazy("signature method", "file signed elsewhere")
        PAPER = "paper", pgettext_lazy("signature method", "on paper")

    class Level(models.TextChoices):
        SEALED = "sealed", pgettext_lazy("signature level", "electronic signature, sealed by this system")
        FOREIGN = "foreign", pgettext_lazy("signature level", "electronic signature made elsewhere")
        QUALIFIED = (
            "qualified",
            pgettext_lazy(
                "signature level", "certificate says qualified; not checked against the EU trusted list"
            ),
        )
        HAND = "hand", pgettext_lazy("signature level", "handwritten, seen as a scan")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "round": "internal",
        "party": "public",
        "position": "internal",
        "state": "public",
        "method": "public",
        "level": "public",
        "mandate": "internal",
        "signer_name": "personal",
        "signer_function": "personal",
        "signed_by": "personal",
        "read_at": "internal",
        "held_until": "internal",
        "signed_at": "public",
        "file": "internal",
        "sha256": "public",
        "field": "public",
        "scan": "internal",
        "confirmed_party": "internal",
        "confirmed_by": "personal",
        "confirmed_at": "internal",
        "decline_reason": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(SigningRound, on_delete=models.CASCADE, related_name="signatures")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="signatures")
    position = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    method = models.CharField(max_length=8, choices=Method.choices, blank=True)
    level = models.CharField(max_length=10, choices=Level.choices, blank=True)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    signer_name = models.CharField(max_length=160, blank=True)
    signer_function = models.CharField(max_length=160, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    read_at = models.DateTimeField(null=True, blank=True)
    """The signer confirmed having read the frozen text; an unfinished signing goes on from here."""
    held_until = models.DateTimeField(null=True, blank=True)
    """The file is out with this party for signing elsewhere; others wait, so that no signature is lost."""
    signed_at = models.DateTimeField(null=True, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    field = models.CharField(max_length=80, blank=True)
    scan = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_party = models.ForeignKey(
        Party, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ["round", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "party"], name="signature_once"),
            models.CheckConstraint(
                condition=~Q(state="signed") | (Q(signed_at__isnull=False) & ~Q(method="")),
                name="signature_signed_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(decline_reason=""), name="signature_declined_says_why"
            ),
        ]
