"""The dates of an RRULE (RFC 5545, 3.3.10), for reading what other programs wrote: pure, and always at an end.

Works on wall-clock times without a zone. Every period is looked at once, never more than STEPS of them
nor at more than AT_ONCE times in one, so that no rule, however mean, takes more than a moment.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import product

STEPS, AT_ONCE = 50_000, 5_000
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")
_SECONDS = {"HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}
_RANGES = {
    "BYSECOND": (0, 60),
    "BYMINUTE": (0, 59),
    "BYHOUR": (0, 23),
    "BYMONTHDAY": (-31, 31),
    "BYYEARDAY": (-366, 366),
    "BYWEEKNO": (-53, 53),
    "BYMONTH": (1, 12),
    "BYSETPOS": (-366, 366),
}


class BadRule(ValueError):
    """The rule cannot be understood."""


class TooMuch(ValueError):
    """The rule gives more than can be looked at."""


@dataclass(frozen=True)
class Rule:
    """An RRULE, taken apart. `by` holds the BY… parts; `days` those of BYDAY as (ordinal or 0, weekday)."""

    freq: str
    interval: int = 1
    count: int | None = None
    until: str = ""
    week_starts: int = 0
    by: dict[str, tuple[int, ...]] = field(default_factory=dict)
    days: tuple[tuple[int, int], ...] = ()


def parsed(text: str) -> Rule:
    """Take an RRULE apart. Raises BadRule."""
    parts: dict[str, str] = {}
    for part in text.strip().strip(";").split(";"):
        name, sign, value = part.partition("=")
        if not sign:
            raise BadRule(text[:80])
        parts[name.strip().upper()] = value.strip().upper()
    freq = parts.pop("FREQ", "")
    if freq not in FREQUENCIES or parts.pop("RSCALE", "GREGORIAN") != "GREGORIAN" or parts.get("SKIP"):
        raise BadRule(text[:80])
    week_starts = parts.pop("WKST", "MO")
    if week_starts not in WEEKDAYS:
        raise BadRule(text[:80])
    count = parts.pop("COUNT", "")
    return Rule(
        freq=freq,
        interval=_number(parts.pop("INTERVAL", "1"), 1, 10_000),
        count=_number(count, 1, 10**9) if count else None,
        until=parts.pop("UNTIL", ""),
        week_starts=WEEKDAYS.index(week_starts),
        days=tuple(_day(each) for each in parts.pop("BYDAY", "").split(",") if each),
        by={
            name: tuple(sorted({_number(each, *_RANGES[name]) for each in value.split(",")}))
            for name, value in parts.items()
            if name in _RANGES and value
        },
    )


def _number(text: str, low: int, high: int) -> int:
    if (
        not re.fullmatch(r"[+-]?\d{1,9}", text)
        or not low <= int(text) <= high
        or (low < 0 and int(text) == 0)
    ):
        raise BadRule(text[:80])
    return int(text)


def _day(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", text.strip())
    if match is None or (match[1] and int(match[1]) == 0):
        raise BadRule(text[:80])
    return int(match[1] or 0), WEEKDAYS.index(match[2])


def moments(rule: Rule, start: datetime, *, since: datetime, upto: datetime) -> Iterator[datetime]:
    """Every time of the rule from `start` up to `upto`, in order, the start first. Until `since` some may be left out.

    UNTIL is the caller's to watch, because it may be in another zone. Raises TooMuch.
    """
    yield start
    given, examined = 1, 0
    for times in _periods(rule, start, since, upto):
        examined += 1
        if examined > STEPS:
            raise TooMuch
        for moment in times:
            if moment <= start:
                continue
            if rule.count is not None and given >= rule.count:
                return
            if moment > upto:
                return
            given += 1
            yield moment


def _periods(rule: Rule, start: datetime, since: datetime, upto: datetime) -> Iterator[list[datetime]]:
    """The times of each period, one list per year, month, week, day, hour …"""
    if rule.freq in _SECONDS:
        yield from _by_the_clock(rule, start, since, upto)
        return
    filled = _filled(rule, start)
    at = _times(filled, start)
    for days in _day_sets(filled, start, since if rule.count is None else start, upto):
        if len(days) * len(at) > AT_ONCE:
            raise TooMuch
        found = [datetime.combine(day, hour) for day in days for hour in at]
        yield _chosen(filled, found)


def _filled(rule: Rule, start: datetime) -> Rule:
    """The rule with what it leaves to its beginning: the month, the day, the weekday."""
    by, days = dict(rule.by), rule.days
    if not (days or by.keys() & {"BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"}):
        if rule.freq in ("YEARLY", "MONTHLY"):
            by["BYMONTHDAY"] = (start.day,)
            if rule.freq == "YEARLY":
                by.setdefault("BYMONTH", (start.month,))
        elif rule.freq == "WEEKLY":
            days = ((0, start.weekday()),)
    elif not days and "BYWEEKNO" in by and not by.keys() & {"BYMONTHDAY", "BYYEARDAY"}:
        days = ((0, start.weekday()),)
    return Rule(rule.freq, rule.interval, rule.count, rule.until, rule.week_starts, by, days)


def _times(rule: Rule, start: datetime) -> list[time]:
    hours = rule.by.get("BYHOUR", (start.hour,))
    minutes = rule.by.get("BYMINUTE", (start.minute,))
    seconds = rule.by.get("BYSECOND", (start.second,))
    if len(hours) * len(minutes) * len(seconds) > AT_ONCE:
        raise TooMuch
    return sorted({time(h, m, min(s, 59)) for h, m, s in product(hours, minutes, seconds)})


def _chosen(rule: Rule, found: list[datetime]) -> list[datetime]:
    if "BYSETPOS" not in rule.by:
        return found
    size = len(found)
    places = {p - 1 if p > 0 else size + p for p in rule.by["BYSETPOS"]}
    return [found[place] for place in sorted(places) if 0 <= place < size]


def _day_sets(rule: Rule, start: datetime, since: datetime, upto: datetime) -> Iterator[list[date]]:
    first, wanted, step = start.date(), since.date(), rule.interval
    if rule.freq == "YEARLY":
        for year in range(_skipped(first.year, wanted.year, step), upto.year + 1, step):
            yield _of_year(rule, year)
    elif rule.freq == "MONTHLY":
        begin, goal = first.year * 12 + first.month - 1, wanted.year * 12 + wanted.month - 1
        for number in range(_skipped(begin, goal, step), upto.year * 12 + upto.month, step):
            yield _of_month(rule, number // 12, number % 12 + 1)
    else:
        days = 7 if rule.freq == "WEEKLY" else 1
        begin = first.toordinal() - ((first.weekday() - rule.week_starts) % 7 if days == 7 else 0)
        last = min(upto.date().toordinal() + 1, date.max.toordinal() - 7)
        for number in range(_skipped(begin, wanted.toordinal(), step * days), last, step * days):
            period = [date.fromordinal(number + offset) for offset in range(days)]
            yield [day for day in period if _fits(rule, day) and _on_weekday(rule, day)]


def _skipped(begin: int, goal: int, step: int) -> int:
    """The last period, in steps from the first, that begins well before the goal."""
    return begin + max(0, (goal - begin) // step - 1) * step


def _of_year(rule: Rule, year: int) -> list[date]:
    days: list[date] = []
    for month in range(1, 13):
        if "BYMONTH" not in rule.by or month in rule.by["BYMONTH"]:
            days += [date(year, month, day) for day in range(1, calendar.monthrange(year, month)[1] + 1)]
    days = [day for day in days if _fits(rule, day) and _in_week(rule, day)]
    if not rule.days:
        return days
    by_month = "BYMONTH" in rule.by
    return [day for day in days if _nth(rule, day, by_month=by_month)]


def _of_month(rule: Rule, year: int, month: int) -> list[date]:
    days = [date(year, month, day) for day in range(1, calendar.monthrange(year, month)[1] + 1)]
    days = [day for day in days if _fits(rule, day)]
    return [day for day in days if _nth(rule, day, by_month=True)] if rule.days else days


def _fits(rule: Rule, day: date) -> bool:
    """Whether month, day of the month and day of the year are wanted."""
    if "BYMONTH" in rule.by and day.month not in rule.by["BYMONTH"]:
        return False
    if "BYMONTHDAY" in rule.by:
        back = day.day - calendar.monthrange(day.year, day.month)[1] - 1
        if day.day not in rule.by["BYMONTHDAY"] and back not in rule.by["BYMONTHDAY"]:
            return False
    if "BYYEARDAY" in rule.by:
        number = day.timetuple().tm_yday
        back = number - (366 if calendar.isleap(day.year) else 365) - 1
        if number not in rule.by["BYYEARDAY"] and back not in rule.by["BYYEARDAY"]:
            return False
    return True


def _on_weekday(rule: Rule, day: date) -> bool:
    return not rule.days or any(weekday == day.weekday() for _nth, weekday in rule.days)


def _nth(rule: Rule, day: date, *, by_month: bool) -> bool:
    """Whether it is one of the wanted weekdays: any, or the nth of its month or year."""
    if by_month:
        place, size = day.day, calendar.monthrange(day.year, day.month)[1]
    else:
        place, size = day.timetuple().tm_yday, 366 if calendar.isleap(day.year) else 365
    forward, back = (place - 1) // 7 + 1, -((size - place) // 7 + 1)
    return any(weekday == day.weekday() and nth in (0, forward, back) for nth, weekday in rule.days)


def _in_week(rule: Rule, day: date) -> bool:
    if "BYWEEKNO" not in rule.by:
        return True
    # The week belongs to the year that holds its fourth day.
    monday = day - timedelta(days=(day.weekday() - rule.week_starts) % 7)
    year = (monday + timedelta(days=3)).year
    first = _first_week(year, rule.week_starts)
    number = (monday - first).days // 7 + 1
    total = (_first_week(year + 1, rule.week_starts) - first).days // 7
    return number in rule.by["BYWEEKNO"] or number - total - 1 in rule.by["BYWEEKNO"]


def _first_week(year: int, week_starts: int) -> date:
    fourth = date(year, 1, 4)
    return fourth - timedelta(days=(fourth.weekday() - week_starts) % 7)


def _by_the_clock(rule: Rule, start: datetime, since: datetime, upto: datetime) -> Iterator[list[datetime]]:
    step = timedelta(seconds=_SECONDS[rule.freq] * rule.interval)
    number = 0 if rule.count is not None else max(0, (since - start) // step - 1)
    minutes = rule.by.get("BYMINUTE") if rule.freq == "HOURLY" else None
    seconds = rule.by.get("BYSECOND") if rule.freq != "SECONDLY" else None
    while True:
        moment = start + step * number
        if moment > upto + timedelta(hours=1):
            return
        number += 1
        day = moment.date()
        if not (_fits(rule, day) and _on_weekday(rule, day) and _at(rule, moment)):
            yield []
            continue
        found = product(minutes or (moment.minute,), seconds or (moment.second,))
        yield _chosen(rule, sorted({moment.replace(minute=m, second=min(s, 59)) for m, s in found}))


def _at(rule: Rule, moment: datetime) -> bool:
    wanted = rule.by
    return (
        ("BYHOUR" not in wanted or moment.hour in wanted["BYHOUR"])
        and ("BYMINUTE" not in wanted or rule.freq == "HOURLY" or moment.minute in wanted["BYMINUTE"])
        and ("BYSECOND" not in wanted or rule.freq != "SECONDLY" or moment.second in wanted["BYSECOND"])
    )
