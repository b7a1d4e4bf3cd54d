"""One question about an anonymous case, from its draft to its end; what was said to it; who read it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mtd.agreements.models import Agreement
from mtd.core.encryption import Sealed, SealedTextField
from mtd.core.errors import Refused
from mtd.meetings.models import Meeting
from mtd.organizations.models import HelpSystem, Network, Organization

SOURCE = "consultation"
"""`source_kind` of the item that stands on the agenda of a case discussion."""


class Way(models.TextChoices):
    """Whom the question goes to."""

    PARTNER = "partner", pgettext_lazy("consultation", "A partner organisation")
    ADVISER = "adviser", pgettext_lazy("consultation", "An experienced child-protection professional")
    DISCUSSION = "discussion", pgettext_lazy("consultation", "The next anonymous case discussion")
    OWN_HOUSE = "own_house", pgettext_lazy("consultation", "Colleagues in one’s own house")


class Topic(models.TextChoices):
    """What the question is about, broad enough to be counted."""

    SUPPORT = "support", pgettext_lazy("consultation topic", "Support for the children")
    TALKING = "talking", pgettext_lazy("consultation topic", "Talking with the parents")
    EVERYDAY = "everyday", pgettext_lazy("consultation topic", "Everyday life and care")
    RELAPSE = "relapse", pgettext_lazy("consultation topic", "Relapse and crisis")
    TREATMENT = "treatment", pgettext_lazy("consultation topic", "Treatment and substitution")
    PREGNANCY = "pregnancy", pgettext_lazy("consultation topic", "Pregnancy and the first year")
    SEPARATION = "separation", pgettext_lazy("consultation topic", "Separation and contact")
    WORRY = "worry", pgettext_lazy("consultation topic", "Worry about a child’s safety")
    LAW = "law", pgettext_lazy("consultation topic", "Law and secrecy")
    COOPERATION = "cooperation", pgettext_lazy("consultation topic", "Who does what")
    OTHER = "other", pgettext_lazy("consultation topic", "Something else")


class AgeBand(models.TextChoices):
    """Bands instead of ages: the narrowest that helps and still fits many children."""

    UNBORN = "unborn", pgettext_lazy("age", "not yet born")
    INFANT = "0-2", pgettext_lazy("age", "0 to 2")
    PRESCHOOL = "3-5", pgettext_lazy("age", "3 to 5")
    PRIMARY = "6-9", pgettext_lazy("age", "6 to 9")
    MIDDLE = "10-13", pgettext_lazy("age", "10 to 13")
    TEENAGE = "14-17", pgettext_lazy("age", "14 to 17")
    YOUNG_ADULT = "18-29", pgettext_lazy("age", "18 to 29")
    THIRTIES = "30-39", pgettext_lazy("age", "30 to 39")
    FORTIES = "40-49", pgettext_lazy("age", "40 to 49")
    FIFTIES = "50-59", pgettext_lazy("age", "50 to 59")
    OLDER = "60+", pgettext_lazy("age", "60 or older")
    UNKNOWN = "", pgettext_lazy("age", "not said")


class Consultation(Sealed):
    """A question about a case without identity. There is no column for a name, a birth date or an address.

    After its end the row stays, emptied, as one fact to count: month, help systems, way, topic, age band, days to
    the answer, helped or not.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("consultation state", "draft")
        SENT = "sent", pgettext_lazy("consultation state", "waiting for an answer")
        ANSWERED = "answered", pgettext_lazy("consultation state", "answered")
        CLOSED = "closed", pgettext_lazy("consultation state", "summed up")
        ENDED = "ended", pgettext_lazy("consultation state", "ended")

    class Helped(models.TextChoices):
        YES = "yes", pgettext_lazy("did it help", "it helped")
        PART = "part", pgettext_lazy("did it help", "in part")
        NO = "no", pgettext_lazy("did it help", "it did not help")

    class Ending(models.TextChoices):
        """Why it ended; a code."""

        TIME = "time", pgettext_lazy("why ended", "its time was over")
        ASKER = "asker", pgettext_lazy("why ended", "who asked ended it")
        WITHDRAWN = "withdrawn", pgettext_lazy("why ended", "taken back before an answer")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "year": "internal",
        "serial": "internal",
        "network": "internal",
        "agreement": "internal",
        "way": "internal",
        "question_key": "internal",
        "organization": "internal",
        "asked_by": "personal",
        "recipient": "internal",
        "adviser": "personal",
        "meeting": "internal",
        "state": "internal",
        "topic": "internal",
        "age_band": "internal",
        "from_system": "internal",
        "to_system": "internal",
        "case": "special",
        "kept": "special",
        "language": "internal",
        "revision": "internal",
        "created_at": "internal",
        "changed_at": "internal",
        "sent_at": "internal",
        "due_at": "internal",
        "answered_at": "internal",
        "closed_at": "internal",
        "ends_on": "internal",
        "helped": "internal",
        "reminded_at": "internal",
        "month": "internal",
        "days_to_answer": "internal",
        "in_time": "internal",
        "ended_on": "internal",
        "ending": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    """Number within the year: the only name a consultation has."""
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="consultations")
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="consultations"
    )
    """The agreement that allows it; empty within one's own house."""
    way = models.CharField(max_length=10, choices=Way.choices, blank=True)
    question_key = models.CharField(max_length=60, blank=True)
    """The question of the guide whose clause allows it."""
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="consultations_asked"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    recipient = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="consultations_received"
    )
    adviser = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    """The one person asked, where one is named; who stands in for somebody away takes this place."""
    meeting = models.ForeignKey(
        Meeting, on_delete=models.SET_NULL, null=True, blank=True, related_name="consultations"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    topic = models.CharField(max_length=12, choices=Topic.choices, blank=True)
    age_band = models.CharField(max_length=8, choices=AgeBand.choices, blank=True)
    """Of the youngest child it is about."""
    from_system = models.CharField(max_length=16, choices=HelpSystem.choices, blank=True)
    to_system = models.CharField(max_length=16, choices=HelpSystem.choices, blank=True)
    case = SealedTextField()
    """The case as JSON (mtd.consultations.case): roles, bands, surroundings, texts."""
    kept = SealedTextField()
    """Why passages the guard asked about stayed, as JSON: field → token → code of the reason."""
    language = models.CharField(max_length=8, blank=True)
    revision = models.PositiveIntegerField(default=0)
    """Counts every change of the draft and every contribution, so that two at once are noticed."""
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    """Until when the agreement promises an answer."""
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    """The day on which its key is destroyed; set at sending, again at the first answer."""
    helped = models.CharField(max_length=4, choices=Helped.choices, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    month = models.DateField(null=True, blank=True)
    """After the end: the first of the month in which it was asked."""
    days_to_answer = models.PositiveSmallIntegerField(null=True, blank=True)
    in_time = models.BooleanField(null=True)
    ended_on = models.DateField(null=True, blank=True)
    ending = models.CharField(max_length=10, choices=Ending.choices, blank=True)

    class Meta:
        ordering = ["-year", "-serial"]
        indexes = [
            models.Index(fields=["network", "state", "-changed_at"], name="consultation_network"),
            models.Index(fields=["recipient", "state"], name="consultation_recipient"),
            models.Index(fields=["asked_by", "state"], name="consultation_asked_by"),
            models.Index(fields=["ends_on"], condition=~Q(state="ended"), name="consultation_ends_on"),
            models.Index(fields=["meeting"], name="consultation_meeting"),
            # Lists read what is open; the ended ones, which only grow, are not in this index.
            models.Index(fields=["state"], condition=~Q(state="ended"), name="consultation_open"),
            # What is counted of the ended ones is counted in this index alone.
            models.Index(
                fields=["agreement", "month", "in_time", "way", "days_to_answer", "state"],
                condition=Q(state="ended"),
                name="consultation_counted",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["year", "serial"], name="consultation_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "ended"]) | Q(sent_at__isnull=False, ends_on__isnull=False),
                name="consultation_sent_ends",
            ),
            models.CheckConstraint(
                condition=~Q(state="ended")
                | Q(
                    asked_by__isnull=True,
                    organization__isnull=True,
                    recipient__isnull=True,
                    adviser__isnull=True,
                    meeting__isnull=True,
                    data_key_id__isnull=True,
                    ended_on__isnull=False,
                ),
                name="consultation_ended_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Its only name, e.g. "2026-017"."""
        return f"{self.year}-{self.serial:03d}"

    def talked_about(self, now: datetime) -> bool:
        """It may have been talked over without a word written here: in one's own house, or in a meeting that began."""
        if self.way == Way.OWN_HOUSE:
            return True
        meeting = self.meeting if self.way == Way.DISCUSSION else None
        if meeting is None or meeting.state == Meeting.State.CANCELLED or meeting.starts_at is None:
            return False
        return bool(meeting.starts_at <= now)

    def days_left(self, today: date) -> int | None:
        """Days until its key is destroyed; None while it is a draft or has ended."""
        if self.ends_on is None or self.state in (self.State.DRAFT, self.State.ENDED):
            return None
        return max(0, (self.ends_on - today).days)


CONSULTATION_TRANSITIONS: dict[tuple[str, str], str] = {
    ("draft", "send"): "sent",
    ("sent", "ask_back"): "sent",
    ("sent", "reply"): "sent",
    ("sent", "answer"): "answered",
    ("sent", "close"): "closed",
    ("sent", "end"): "ended",
    ("answered", "ask_back"): "answered",
    ("answered", "reply"): "answered",
    ("answered", "answer"): "answered",
    ("answered", "close"): "closed",
    ("answered", "end"): "ended",
    ("closed", "answer"): "closed",
    ("closed", "reply"): "closed",
    ("closed", "close"): "closed",
    ("closed", "end"): "ended",
}
"""State and verb → state afterwards. Drafts that are thrown away are deleted whole; ended ones stay as a fact."""


def after(table: dict[tuple[str, str], str], state: str, verb: str) -> str:
    """The state after the verb; Refused with a readable reason when it is not possible in this state."""
    try:
        return table[(state, verb)]
    except KeyError:
        raise Refused(
            _(
                "That is not possible now: the consultation has moved on. Reload the page to see where it stands."
            ),
            code="wrong_state",
        ) from None


class Numbering(models.Model):
    """The last serial number given out in a year; locked while a new one is taken."""

    PRIVACY: ClassVar[dict[str, str]] = {"year": "internal", "last": "internal"}

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)


class Contribution(Sealed):
    """Something said to a consultation: a question back, an answer, a reply, a summary, a protocol.

    Sealed with its own key; destroyed with the consultation.
    """

    class Kind(models.TextChoices):
        ASK_BACK = "ask_back", pgettext_lazy("consultation", "Question back")
        REPLY = "reply", pgettext_lazy("consultation", "Reply")
        ANSWER = "answer", pgettext_lazy("consultation", "Answer")
        SUMMARY = "summary", pgettext_lazy("consultation", "What was decided")
        PROTOCOL = "protocol", pgettext_lazy("consultation", "Protocol of the discussion")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "consultation": "internal",
        "kind": "internal",
        "by": "personal",
        "organization": "internal",
        "at": "internal",
        "text": "special",
        "kept": "special",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="contributions")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    text = SealedTextField()
    kept = SealedTextField()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["consultation", "at"], name="contribution_consultation")]


class Reading(models.Model):
    """Who read a consultation, when first and last, how often; its parties see this. Goes with the consultation."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "consultation": "internal",
        "user": "personal",
        "organization": "internal",
        "first_at": "internal",
        "last_at": "internal",
        "times": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["first_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "user"], name="reading_once_for_each_person")
        ]
