"""The days of the demo: a clock that can be set, and dates that move along with today."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from unittest import mock

from django.utils import timezone, translation
from django.utils.formats import date_format

from mtd.notifications.models import Message, Notice

WRITTEN_FOR = date(2026, 11, 21)
"""The day on which the demo's dates are right as they are written."""

_DAY = re.compile(r"\{(\d{4}-\d{2}-\d{2})\}")


@contextmanager
def at(day: date, hour: int = 10, minute: int = 0, *, tells: bool = True) -> Iterator[datetime]:
    """Everything inside happens at this moment, so that log, signatures and files carry its date.

    Never later than now: what the demo has done is in the past. `tells=False` where nobody is notified.
    """
    moment = min(timezone.make_aware(datetime.combine(day, time(hour, minute))), _now())
    began = _now()
    with mock.patch.object(timezone, "now", return_value=moment):
        yield moment
    # Their default was bound before the clock could be set.
    for told in (Notice, Message) if tells else ():
        told.objects.filter(created_at__gte=began).update(created_at=moment)


_now = timezone.now


@dataclass(frozen=True)
class Calendar:
    """Moves the dates of what goes on at present by whole weeks, so that the next meeting is always to come."""

    weeks: int = 0

    @classmethod
    def of_today(cls) -> Calendar:
        """The calendar for today; unmoved within two weeks of the day for which the story was written."""
        away = (timezone.localdate() - WRITTEN_FOR).days
        return cls(0 if abs(away) <= 14 else away // 7)

    def day(self, written: str | date) -> date:
        """A date of the story as it falls this year."""
        day = date.fromisoformat(written) if isinstance(written, str) else written
        return day + timedelta(weeks=self.weeks)

    def told(self, text: str, language: str) -> str:
        """A text with its days in words: “bis {2026-12-04}” → “bis 4. Dezember”."""
        pattern = {"de": "j. F"}.get(language, "j F")
        with translation.override(language):
            return _DAY.sub(lambda found: date_format(self.day(found[1]), pattern), text)


def between(first: date, last: date, part: float) -> date:
    """The day after this part (0 … 1) of a span; never a weekend."""
    day = first + timedelta(days=round((last - first).days * part))
    return day - timedelta(days=max(day.weekday() - 4, 0))


def iso(value: Any) -> str:
    """A date as an answer holds it."""
    return value.isoformat() if isinstance(value, date) else str(value)
