"""Exchange between people: job shadowing, the partner pulse, and the half-yearly confirmation of contacts."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from mtd.agreements.models import Agreement, Party
from mtd.core.encryption import Sealed, SealedTextField
from mtd.documents.models import StoredFile
from mtd.organizations.models import HelpSystem, Network, Organization


class ShadowingOffer(models.Model):
    """An organisation lets colleagues of others look over its shoulder: what one may see, and what not."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "network": "internal",
        "organization": "internal",
        "title": "internal",
        "what": "internal",
        "limits": "internal",
        "place": "internal",
        "contact": "personal",
        "closed_at": "internal",
        "by": "personal",
        "at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="shadowing_offers")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="shadowing_offers")
    title = models.CharField(max_length=120)
    what = models.TextField(max_length=2000)
    limits = models.TextField(max_length=1000, blank=True)
    place = models.CharField(max_length=200, blank=True)
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["organization__name", "at", "id"]


class ShadowingDate(models.Model):
    """A day on which an offer can be taken up."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "offer": "internal",
        "on": "internal",
        "from_time": "internal",
        "to_time": "internal",
        "places": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    offer = models.ForeignKey(ShadowingOffer, on_delete=models.CASCADE, related_name="dates")
    on = models.DateField()
    from_time = models.TimeField(null=True, blank=True)
    to_time = models.TimeField(null=True, blank=True)
    places = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["on", "from_time", "id"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "on"], name="shadowing_date_once"),
            models.CheckConstraint(condition=Q(places__gte=1), name="shadowing_places"),
            models.CheckConstraint(
                condition=Q(to_time__isnull=True) | Q(from_time__isnull=True) | Q(to_time__gt=F("from_time")),
                name="shadowing_times",
            ),
        ]


class ShadowingVisit(Sealed):
    """One person's visit: asked for, accepted, secrecy undertaken, done, reported."""

    class State(models.TextChoices):
        REQUESTED = "requested", pgettext_lazy("shadowing", "asked for")
        ACCEPTED = "accepted", pgettext_lazy("shadowing", "accepted, undertaking of secrecy missing")
        READY = "ready", pgettext_lazy("shadowing", "ready")
        DONE = "done", pgettext_lazy("shadowing", "done and reported")
        DECLINED = "declined", pgettext_lazy("shadowing", "declined")
        CANCELLED = "cancelled", pgettext_lazy("shadowing", "cancelled")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "date": "internal",
        "visitor": "personal",
        "organization": "internal",
        "state": "internal",
        "wish": "special",
        "answer": "special",
        "undertaken_at": "internal",
        "undertaking": "internal",
        "report": "special",
        "reported_on": "internal",
        "emptied_on": "internal",
        "at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    date = models.ForeignKey(ShadowingDate, on_delete=models.PROTECT, related_name="visits")
    visitor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    """The visitor's organisation: whose duty it counts for."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    wish = SealedTextField()
    answer = SealedTextField()
    undertaken_at = models.DateTimeField(null=True, blank=True)
    undertaking = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """The undertaking of secrecy as it was signed (PDF)."""
    report = SealedTextField()
    reported_on = models.DateField(null=True, blank=True)
    emptied_on = models.DateField(null=True, blank=True)
    """When wish, answer and report were destroyed because their time was over; that the visit took place stays."""
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["date__on", "at", "id"]
        indexes = [models.Index(fields=["organization", "state"], name="shadowing_visit_org")]
        constraints = [
            models.UniqueConstraint(
                fields=["date", "visitor"],
                condition=Q(state__in=["requested", "accepted", "ready", "done"]),
                name="shadowing_visit_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["ready", "done"]) | Q(undertaken_at__isnull=False),
                name="shadowing_secrecy_first",
            ),
        ]


class PulseRound(models.Model):
    """A round of the partner pulse: open for some weeks, twice a year."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "network": "internal",
        "opened_on": "internal",
        "closes_on": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="pulse_rounds")
    opened_on = models.DateField()
    closes_on = models.DateField()

    class Meta:
        ordering = ["-opened_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["network", "opened_on"], name="pulse_round_once"),
            models.CheckConstraint(condition=Q(closes_on__gte=F("opened_on")), name="pulse_round_order"),
        ]


class PulseTurn(models.Model):
    """That a person has answered about a partner, so that nobody answers twice. Not what was said."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "round": "internal",
        "user": "personal",
        "about": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(PulseRound, on_delete=models.CASCADE, related_name="turns")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    about = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "user", "about"], name="pulse_turn_once")]


def _scale() -> models.PositiveSmallIntegerField[Any, Any]:
    return models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )


class PulseAnswer(models.Model):
    """One person's six answers about one partner, 1 to 5. No person, no time: anonymity is a missing column."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "round": "internal",
        "from_system": "internal",
        "about": "internal",
        "trust_1": "internal",
        "trust_2": "internal",
        "trust_3": "internal",
        "use_1": "internal",
        "use_2": "internal",
        "use_3": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(PulseRound, on_delete=models.CASCADE, related_name="answers")
    from_system = models.CharField(max_length=16, choices=HelpSystem.choices)
    """The help system that the answer comes from; the organisation would give small ones away."""
    about = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    trust_1 = _scale()
    trust_2 = _scale()
    trust_3 = _scale()
    use_1 = _scale()
    use_2 = _scale()
    use_3 = _scale()


class ContactConfirmation(models.Model):
    """A party was asked whether its entry in the contact list still holds, and said so, with one click."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "agreement": "internal",
        "party": "internal",
        "asked_on": "internal",
        "reminded_on": "internal",
        "token_hash": "internal",
        "confirmed_on": "internal",
        "confirmed_by": "personal",
        "at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="contact_confirmations")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="contact_confirmations")
    asked_on = models.DateField()
    reminded_on = models.DateField(null=True, blank=True)
    token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    confirmed_on = models.DateField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    """Empty when the link in the mail was used."""
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["asked_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["party", "asked_on"], name="contact_confirmation_once"),
        ]
