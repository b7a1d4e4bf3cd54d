"""The days of a series: pure arithmetic on the calendar, without the clock and without the database.

The same days come out of the RRULE that `calendars` writes (a test compares them in three parsers). A day that a month
does not have becomes its last (the 31st → the 30th, the 28th of February), and a fifth weekday becomes the last one, so
that no series ever skips a month.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Protocol


class Rhythm(Protocol):
    """What a series says about its days; the model `Series` is one."""

    @property
    def first_on(self) -> date: ...
    @property
    def every(self) -> int: ...
    @property
    def unit(self) -> str: ...
    @property
    def day_rule(self) -> str: ...
    @property
    def until(self) -> date | None: ...


def dates(rhythm: Rhythm, *, upto: date) -> Iterator[date]:
    """Every day of the series up to and including `upto`, in order, none twice; stops earlier at its own end."""
    last = min(upto, rhythm.until) if rhythm.until else upto
    step = 0
    while True:
        day = _nth(rhythm, step)
        if day is None or day > last:
            return
        if day >= rhythm.first_on:
            yield day
        step += 1


def next_after(rhythm: Rhythm, after: date) -> date | None:
    """The first day of the series later than `after`; None once the series is over."""
    step = max(0, _steps_before(rhythm, after) - 1)
    while True:
        day = _nth(rhythm, step)
        if day is None or (rhythm.until and day > rhythm.until):
            return None
        if day > after and day >= rhythm.first_on:
            return day
        step += 1


def horizon(today: date, first_on: date) -> date:
    """Up to when the meetings of a series exist as such: the end of the year after this one, or after its first."""
    return date(min(max(today.year, first_on.year) + 1, date.max.year), 12, 31)


def wall(day: date, at: time, zone: tzinfo) -> datetime:
    """The moment of a wall-clock time, in UTC. As in RFC 5545: a time that the clock skips in spring is moved forward
    by the hour that is missing, of one that comes twice in autumn the first is meant.
    """
    return datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(UTC)


def is_skipped(day: date, at: time, zone: tzinfo) -> bool:
    """True for a time that does not exist that day, because the clock goes forward."""
    return wall(day, at, zone).astimezone(zone).replace(tzinfo=None) != datetime.combine(
        day, at.replace(fold=0)
    )


def comes_twice(day: date, at: time, zone: tzinfo) -> bool:
    """True for a time that comes twice that day, because the clock goes back."""
    local = datetime.combine(day, at.replace(fold=0), tzinfo=zone)
    return not is_skipped(day, at, zone) and local.utcoffset() != local.replace(fold=1).utcoffset()


def _steps_before(rhythm: Rhythm, day: date) -> int:
    if day <= rhythm.first_on:
        return 0
    if rhythm.unit == "weeks":
        return (day - rhythm.first_on).days // (7 * rhythm.every)
    months = (day.year - rhythm.first_on.year) * 12 + day.month - rhythm.first_on.month
    return months // rhythm.every


def _nth(rhythm: Rhythm, step: int) -> date | None:
    """The day after so many steps; None beyond the last day a calendar knows."""
    first = rhythm.first_on
    if rhythm.unit == "weeks":
        days = 7 * rhythm.every * step
        return first + timedelta(days=days) if days <= (date.max - first).days else None
    months = first.year * 12 + first.month - 1 + rhythm.every * step
    year, month = divmod(months, 12)
    if year > date.max.year:
        return None
    if rhythm.day_rule == "day":
        return date(year, month + 1, min(first.day, calendar.monthrange(year, month + 1)[1]))
    return _weekday_in(year, month + 1, first, last=rhythm.day_rule == "last_weekday")


def _weekday_in(year: int, month: int, like: date, *, last: bool) -> date:
    length = calendar.monthrange(year, month)[1]
    earliest = 1 + (like.weekday() - date(year, month, 1).weekday()) % 7
    days = range(earliest, length + 1, 7)
    nth = (like.day - 1) // 7
    # A fifth one is meant as the last one: most months have no fifth.
    return date(year, month, days[-1] if last or nth == 4 else days[nth])
