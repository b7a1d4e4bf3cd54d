"""A meeting, the series it belongs to, who takes part, and the dates it was found among."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from mtd.core.errors import Refused
from mtd.documents.models import StoredFile
from mtd.organizations.models import Network, Organization


class Kind(models.TextChoices):
    """What sort of meeting; the first four are bodies and formats that agreements name."""

    COMMITTEE = "committee", pgettext_lazy("meeting", "Cooperation committee")
    STEERING_GROUP = "steering_group", pgettext_lazy("meeting", "Steering group")
    EXCHANGE = "exchange", pgettext_lazy("meeting", "Practitioner exchange")
    CASE_DISCUSSION = "case_discussion", pgettext_lazy("meeting", "Anonymous case discussion")
    OTHER = "other", pgettext_lazy("meeting", "Other meeting")


class Place(models.TextChoices):
    ON_SITE = "on_site", pgettext_lazy("meeting", "on site")
    ONLINE = "online", pgettext_lazy("meeting", "online")
    HYBRID = "hybrid", pgettext_lazy("meeting", "on site and online")


class CancelReason(models.TextChoices):
    """Why a meeting does not take place; a code, so that calendars and lists hold no free text."""

    DATE = "date", pgettext_lazy("why cancelled", "another date has to be found")
    TOO_FEW = "too_few", pgettext_lazy("why cancelled", "too few could come")
    ILLNESS = "illness", pgettext_lazy("why cancelled", "illness")
    NOT_NEEDED = "not_needed", pgettext_lazy("why cancelled", "there is nothing to discuss")
    SERIES = "series", pgettext_lazy("why cancelled", "the series was changed or ended")
    OTHER = "other", pgettext_lazy("why cancelled", "another reason")


class Series(models.Model):
    """Meetings that come again: e.g. every six months on the second Tuesday at 14:00.

    Local wall-clock time in the network's zone, so that 14:00 stays 14:00 across the clock change.
    """

    class Unit(models.TextChoices):
        WEEKS = "weeks", pgettext_lazy("series", "weeks")
        MONTHS = "months", pgettext_lazy("series", "months")

    class DayRule(models.TextChoices):
        WEEKDAY = "weekday", pgettext_lazy("series", "the same weekday of the month, e.g. the second Tuesday")
        LAST_WEEKDAY = "last_weekday", pgettext_lazy("series", "the last such weekday of the month")
        DAY = "day", pgettext_lazy("series", "the same day of the month")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "network": "internal",
        "kind": "internal",
        "subject_id": "internal",
        "title": "internal",
        "first_on": "internal",
        "time": "internal",
        "minutes_long": "internal",
        "every": "internal",
        "unit": "internal",
        "day_rule": "internal",
        "until": "internal",
        "place_kind": "internal",
        "place": "internal",
        "link": "internal",
        "sequence": "internal",
        "created_by": "internal",
        "created_at": "internal",
        "ended_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="meeting_series")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    subject_id = models.UUIDField(null=True, blank=True)
    """What it is held for on an upper floor (an agreement); empty: for the whole network."""
    title = models.CharField(max_length=120, blank=True)
    first_on = models.DateField()
    time = models.TimeField()
    minutes_long = models.PositiveSmallIntegerField(default=120)
    every = models.PositiveSmallIntegerField(default=6)
    unit = models.CharField(max_length=8, choices=Unit.choices, default=Unit.MONTHS)
    day_rule = models.CharField(max_length=12, choices=DayRule.choices, default=DayRule.WEEKDAY)
    until = models.DateField(null=True, blank=True)
    place_kind = models.CharField(max_length=8, choices=Place.choices, default=Place.ON_SITE)
    place = models.CharField(max_length=200, blank=True)
    link = models.URLField(max_length=400, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["network", "kind", "first_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(every__gte=1), name="series_every_at_least_one"),
            models.CheckConstraint(
                condition=Q(minutes_long__gte=5, minutes_long__lte=1440), name="series_length"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("first_on")), name="series_until_after_first"
            ),
        ]


class Meeting(models.Model):
    """One meeting of a network: being arranged, planned, held or cancelled; its minutes go through four states."""

    class State(models.TextChoices):
        POLLING = "polling", pgettext_lazy("meeting state", "finding a date")
        PLANNED = "planned", pgettext_lazy("meeting state", "planned")
        HELD = "held", pgettext_lazy("meeting state", "held")
        CANCELLED = "cancelled", pgettext_lazy("meeting state", "cancelled")

    class Minutes(models.TextChoices):
        NONE = "none", pgettext_lazy("minutes", "not begun")
        OPEN = "open", pgettext_lazy("minutes", "being written")
        CIRCULATED = "circulated", pgettext_lazy("minutes", "sent out for objections")
        FINAL = "final", pgettext_lazy("minutes", "final")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "network": "internal",
        "series": "internal",
        "original_start": "internal",
        "kind": "internal",
        "subject_id": "internal",
        "title": "internal",
        "state": "internal",
        "starts_at": "internal",
        "ends_at": "internal",
        "place_kind": "internal",
        "place": "internal",
        "link": "internal",
        "host": "internal",
        "sequence": "internal",
        "invited_at": "internal",
        "minute_taker": "personal",
        "minutes": "internal",
        "minutes_revision": "internal",
        "objections_until": "internal",
        "circulated_at": "internal",
        "final_at": "internal",
        "final_by": "personal",
        "cases_discussed": "internal",
        "file": "internal",
        "cancelled_at": "internal",
        "cancel_reason": "internal",
        "created_by": "internal",
        "created_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="meetings")
    series = models.ForeignKey(
        Series, on_delete=models.PROTECT, null=True, blank=True, related_name="meetings"
    )
    original_start = models.DateTimeField(null=True, blank=True)
    """When the series would have it: names this one in calendars (RECURRENCE-ID) wherever it is moved to."""
    kind = models.CharField(max_length=16, choices=Kind.choices)
    subject_id = models.UUIDField(null=True, blank=True)
    """What it is held for on an upper floor (an agreement); empty: for the whole network."""
    title = models.CharField(max_length=120, blank=True)
    """For pages only. Calendars and mails say the kind and the network."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    place_kind = models.CharField(max_length=8, choices=Place.choices, default=Place.ON_SITE)
    place = models.CharField(max_length=200, blank=True)
    link = models.URLField(max_length=400, blank=True)
    host = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sequence = models.PositiveIntegerField(default=0)
    """Counts every change that calendars must hear of (RFC 5545 SEQUENCE)."""
    invited_at = models.DateTimeField(null=True, blank=True)
    minute_taker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    minutes = models.CharField(max_length=10, choices=Minutes.choices, default=Minutes.NONE)
    minutes_revision = models.PositiveIntegerField(default=0)
    objections_until = models.DateField(null=True, blank=True)
    circulated_at = models.DateTimeField(null=True, blank=True)
    final_at = models.DateTimeField(null=True, blank=True)
    final_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    """Who closed the minutes; empty when it was the clock, after the time for objections."""
    cases_discussed = models.PositiveSmallIntegerField(null=True, blank=True)
    """Of an anonymous case discussion: how many, and nothing else about them."""
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """The final minutes as PDF."""
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=12, choices=CancelReason.choices, blank=True, default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index(fields=["network", "state", "starts_at"], name="meeting_network"),
            models.Index(fields=["series", "starts_at"], name="meeting_series"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["polling", "cancelled"])
                | Q(starts_at__isnull=False, ends_at__isnull=False),
                name="meeting_has_a_date",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="meeting_ends_after_start",
            ),
            models.UniqueConstraint(fields=["series", "original_start"], name="meeting_once_in_series"),
            models.CheckConstraint(
                condition=~Q(minutes__in=["circulated", "final"]) | Q(state="held"),
                name="meeting_minutes_of_held",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def name(self) -> str:
        """Its own title, or else the kind in words."""
        return self.title or str(self.get_kind_display())

    @property
    def local_start(self) -> datetime | None:
        """The beginning on the wall clock of the network."""
        return self.starts_at.astimezone(self.network.zone) if self.starts_at else None

    @property
    def local_end(self) -> datetime | None:
        return self.ends_at.astimezone(self.network.zone) if self.ends_at else None

    @property
    def held_on(self) -> date | None:
        """The day on which it was held, in the network's zone; None unless it was."""
        return self.local_start.date() if self.state == self.State.HELD and self.local_start else None

    @property
    def calendar_uid(self) -> str:
        """The UID in calendars: that of the series, or its own."""
        return f"{self.series_id or self.pk}@meetings.mtd"


# (state, verb) → state. What is not listed is impossible; permissions say who may.
MEETING_TRANSITIONS: dict[tuple[str, str], str] = {
    ("polling", "fix_date"): "planned",
    ("polling", "cancel"): "cancelled",
    ("planned", "move"): "planned",
    ("planned", "cancel"): "cancelled",
    ("planned", "hold"): "held",
    ("held", "reopen"): "planned",  # marked as held by mistake, as long as no minutes went out
}

MINUTES_TRANSITIONS: dict[tuple[str, str], str] = {
    ("none", "write"): "open",
    ("open", "write"): "open",
    ("open", "circulate"): "circulated",
    ("circulated", "reopen"): "open",  # an objection is taken up
    ("circulated", "finish"): "final",
}


def after(table: dict[tuple[str, str], str], state: str, verb: str) -> str:
    """The state after the verb; Refused with a readable reason when it is not possible in this state."""
    try:
        return table[(state, verb)]
    except KeyError:
        raise Refused(
            _("That is not possible now: the meeting has moved on. Reload the page to see where it stands."),
            code="wrong_state",
        ) from None


class Participant(models.Model):
    """Somebody who is invited: a person with an account, or a guest with an e-mail address only."""

    class Answer(models.TextChoices):
        NONE = "none", pgettext_lazy("invitation", "no answer yet")
        YES = "yes", pgettext_lazy("invitation", "comes")
        MAYBE = "maybe", pgettext_lazy("invitation", "perhaps")
        NO = "no", pgettext_lazy("invitation", "cannot come")

    class Source(models.TextChoices):
        PAGE = "page", pgettext_lazy("invitation", "in the system")
        LINK = "link", pgettext_lazy("invitation", "by the personal link")
        MAIL = "mail", pgettext_lazy("invitation", "by the calendar's answer")
        ORGANIZER = "organizer", pgettext_lazy("invitation", "noted by the organiser")

    class Attendance(models.TextChoices):
        UNKNOWN = "unknown", pgettext_lazy("attendance", "not noted")
        PRESENT = "present", pgettext_lazy("attendance", "there")
        ONLINE = "online", pgettext_lazy("attendance", "there online")
        EXCUSED = "excused", pgettext_lazy("attendance", "excused")
        ABSENT = "absent", pgettext_lazy("attendance", "not there")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "meeting": "internal",
        "user": "personal",
        "organization": "internal",
        "name": "personal",
        "email": "personal",
        "language": "internal",
        "optional": "internal",
        "answer": "personal",
        "answered_at": "internal",
        "source": "internal",
        "answer_sequence": "internal",
        "attendance": "personal",
        "token_hash": "internal",
        "told_sequence": "internal",
        "reminded_at": "internal",
        "removed_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """Never deleted: an erased account stays as nobody, so that who erases it leaves the count of who came."""
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """For whom the person comes; empty for the coordination, the moderation and guests from outside."""
    name = models.CharField(max_length=120, blank=True)
    """Of a guest without an account."""
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=8, blank=True)
    optional = models.BooleanField(default=False)
    answer = models.CharField(max_length=8, choices=Answer.choices, default=Answer.NONE)
    answered_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=10, choices=Source.choices, blank=True)
    answer_sequence = models.PositiveIntegerField(default=0)
    """The meeting's sequence that the answer is about; one to an older date is shown as such."""
    attendance = models.CharField(max_length=8, choices=Attendance.choices, default=Attendance.UNKNOWN)
    token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    """Fingerprint of the personal link's token; empty for people with an account."""
    told_sequence = models.IntegerField(default=-1)
    """The last sequence that an invitation or update was sent for; -1: not invited yet."""
    reminded_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["organization__name", "user__name", "name", "id"]
        indexes = [models.Index(fields=["user", "meeting"], name="participant_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "user"], condition=Q(user__isnull=False), name="participant_user_once"
            ),
            models.UniqueConstraint(
                fields=["meeting", "email"], condition=~Q(email=""), name="participant_email_once"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False)
                | (~Q(name="") & ~Q(email=""))
                | Q(name="", email="", token_hash=""),
                name="participant_somebody",
            ),
        ]

    @property
    def is_guest(self) -> bool:
        """Without an account: reached by mail, answers by the personal link."""
        return self.user_id is None

    @property
    def shown_name(self) -> str:
        """The person's name; of a guest who has been forgotten, only that there was one."""
        return (self.user.name if self.user else self.name) or pgettext("participant", "a guest")

    @property
    def address(self) -> str:
        """Where mail goes; empty once a guest has been forgotten."""
        return self.user.email if self.user else self.email


class DateOption(models.Model):
    """A proposed date of a meeting whose date is still being found."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "meeting": "internal",
        "starts_at": "internal",
        "ends_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="date_options")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "starts_at"], name="date_option_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="date_option_order"),
        ]


class DateVote(models.Model):
    """What one participant says to one proposed date."""

    class Choice(models.TextChoices):
        YES = "yes", pgettext_lazy("date vote", "suits me")
        IF_NEEDED = "if_needed", pgettext_lazy("date vote", "if need be")
        NO = "no", pgettext_lazy("date vote", "does not suit me")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "option": "internal",
        "participant": "personal",
        "choice": "personal",
        "at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    option = models.ForeignKey(DateOption, on_delete=models.CASCADE, related_name="votes")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="date_votes")
    choice = models.CharField(max_length=10, choices=Choice.choices)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["option", "participant"], name="date_vote_once")]
