"""The words of the engine: which duties there are, the four kinds of rule, terms, acts and pauses."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from mtd.core.deadlines import LATEST
from mtd.core.deadlines import BadRule as BadRule
from mtd.core.deadlines import later as later

MOST = 1000
"""No rule counts further than this; a larger number is a slip of the pen."""

UNITS = frozenset({"hours", "working_days", "days", "weeks", "months", "years"})


class Duty(StrEnum):
    """What a clause may oblige the parties to; the same keys as `mtd.guide.pack.OBLIGATIONS`."""

    PRACTITIONER_EXCHANGE = "practitioner_exchange"
    CASE_DISCUSSION = "case_discussion"
    PARTICIPANTS_CONFERENCE = "participants_conference"
    COOPERATION_COMMITTEE = "cooperation_committee"
    STEERING_GROUP = "steering_group"
    JOB_SHADOWING = "job_shadowing"
    CONSULTATION_HOUR = "consultation_hour"
    JOINT_SEMINAR = "joint_seminar"
    CONTACT_LIST_UPDATE = "contact_list_update"
    EVALUATION = "evaluation"
    AGREEMENT_REVIEW = "agreement_review"
    ACKNOWLEDGEMENT = "acknowledgement"
    FEEDBACK = "feedback"


class Per(StrEnum):
    """The periods that "at least n per …" may name; they follow the calendar, weeks begin on Monday."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


DEFAULT_GRACE = {"week": 3, "month": 7, "quarter": 14, "half_year": 30, "year": 60, "on": 30, "after": 30}
"""Days after a due date in which a duty counts as late and not as missed: our proposal, the network decides."""

NO_GRACE = frozenset({Duty.CONTACT_LIST_UPDATE})
"""What is asked for at the beginning of its period and says how things stand that day: it cannot be made up for.

With a grace, who once forgot to confirm would be late ever after, since each answer would count for the last period.
"""


def proposed_grace(duty: str, per: str) -> int:
    """Our proposal for a duty; `per` is the period of an "at least n per …", "on" a date, "after" the last time."""
    return 0 if duty in NO_GRACE else DEFAULT_GRACE[per]


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadRule("not_a_number")
    if value < 1:
        raise BadRule("zero")
    if value > MOST:
        raise BadRule("too_many")
    return value


def _grace(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 3660:
        raise BadRule("grace")
    return value


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `number` times in every period of the calendar. Raises BadRule."""

    number: int
    per: str
    grace_days: int

    def __post_init__(self) -> None:
        _number(self.number)
        _grace(self.grace_days)
        if self.per not in Per._value2member_map_:
            raise BadRule("unknown_period")


@dataclass(frozen=True, slots=True)
class On:
    """Once, by one day. Raises BadRule."""

    day: date
    grace_days: int

    def __post_init__(self) -> None:
        _grace(self.grace_days)
        if not date(1900, 1, 1) <= self.day <= LATEST:
            raise BadRule("no_such_day")


@dataclass(frozen=True, slots=True)
class After:
    """So long after it was last done or, if it never was, after it came into force. Raises BadRule."""

    number: int
    unit: str
    grace_days: int

    def __post_init__(self) -> None:
        _number(self.number)
        _grace(self.grace_days)
        if self.unit not in ("days", "weeks", "months", "years"):
            raise BadRule("unknown_unit")


@dataclass(frozen=True, slots=True)
class Within:
    """A limit of time that applies each time (an answer within 5 working days); no series. Raises BadRule."""

    number: int
    unit: str

    def __post_init__(self) -> None:
        _number(self.number)
        if self.unit not in UNITS:
            raise BadRule("unknown_unit")


Rule = AtLeast | On | After | Within


@dataclass(frozen=True, slots=True)
class Term:
    """A rule and the days on which it binds, first and last included; `until` None: still in force."""

    rule: Rule
    start: date
    until: date | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.start:
            raise BadRule("end_before_start")


class Act(NamedTuple):
    """Something that was done on a day. `counts` is False when a contest of it was upheld.

    The key names the thing done: two acts of one key are the same thing and count once.
    """

    day: date
    key: str
    counts: bool = True
    contested: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """Days on which nothing is owed, first and last included; `until` None: until somebody resumes it."""

    start: date
    until: date | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.start:
            raise BadRule("end_before_start")


def day_of(text: object) -> date:
    """The day of an ISO text. Raises BadRule for 31 February and everything else that is no day."""
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise BadRule("no_such_day") from None


def period_of(day: date, per: str) -> tuple[date, date]:
    """First and last day of the calendar's period around a day. Raises BadRule for an unknown period."""
    year = day.year
    match per:
        case "year":
            return date(year, 1, 1), date(year, 12, 31)
        case "half_year":
            if day.month <= 6:
                return date(year, 1, 1), date(year, 6, 30)
            return date(year, 7, 1), date(year, 12, 31)
        case "quarter":
            first = (day.month - 1) // 3 * 3 + 1
            return date(year, first, 1), date(year, first + 2, 31 if first in (1, 10) else 30)
        case "month":
            return day.replace(day=1), day.replace(day=calendar.monthrange(year, day.month)[1])
        case "week":
            monday = day - timedelta(days=day.weekday())
            return monday, monday + timedelta(days=6)
    raise BadRule("unknown_period")
