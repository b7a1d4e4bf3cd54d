"""When a time that was agreed is over: working days, public holidays of twelve countries, hours across the clocks.

Pure: no database, no clock, no Django. What an agreement means by its times is reckoned here for every slice.
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

COUNTRIES = ("BE", "CY", "CZ", "DE", "EL", "ES", "FI", "IT", "NL", "PT", "SI", "SK")
"""The codes of the European Union; Greece is GR everywhere else."""

LATEST = date(2400, 1, 1)
_LAST_SECOND = time(23, 59, 59)


class BadRule(ValueError):
    """A rule that cannot be reckoned with; `code` says why. Pages show it and ask for an amendment."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@lru_cache(maxsize=64)
def _holidays(country: str, subdivision: str | None) -> holidays.HolidayBase:
    if country not in COUNTRIES:
        raise BadRule("unknown_country")
    try:
        return holidays.country_holidays("GR" if country == "EL" else country, subdiv=subdivision)
    except NotImplementedError:
        raise BadRule("unknown_subdivision") from None


def is_working_day(day: date, country: str, subdivision: str | None = None) -> bool:
    """Monday to Friday and no public holiday, nationwide or in the subdivision. Raises BadRule."""
    return day.weekday() < 5 and day not in _holidays(country, subdivision)


def later(day: date, number: int, unit: str) -> date:
    """The day so many days, weeks, months or years later; where the month is shorter, its last day.

    31 January and one month is 28 or 29 February, 29 February and one year is 28 February. Raises BadRule when the
    day lies beyond every calendar.
    """
    if unit == "days" or unit == "weeks":
        days = number * (7 if unit == "weeks" else 1)
        if days > (LATEST - day).days:
            raise BadRule("too_far")
        return day + timedelta(days=days)
    if unit not in ("months", "years"):
        raise BadRule("unknown_unit")
    years, month = divmod(day.month - 1 + number * (12 if unit == "years" else 1), 12)
    year = day.year + years
    if year >= LATEST.year:
        raise BadRule("too_far")
    month += 1
    if day.day <= 28:
        return date(year, month, day.day)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def deadline(
    start: datetime, number: int, unit: str, country: str, zone: ZoneInfo, subdivision: str | None = None
) -> datetime:
    """The last moment that still keeps a time so long, in the time zone of the network.

    Hours run by the clock on the wall of time, so 24 hours across a change of the clocks are 24 real hours. All other
    units end with their day, at 23:59:59 (no country changes its clocks around midnight), and the day on which it
    begins is not counted. Raises BadRule for a country, subdivision or unit that we do not know, ValueError for a
    moment without time zone.
    """
    if start.tzinfo is None:
        raise ValueError("A limit of time begins at a moment with a time zone.")
    if unit == "hours":
        return (start.astimezone(UTC) + timedelta(hours=number)).astimezone(zone)
    day = start.astimezone(zone).date()
    if unit == "working_days":
        left = number
        while left:
            day += timedelta(days=1)
            left -= is_working_day(day, country, subdivision)
    else:
        day = later(day, number, unit)
    return datetime.combine(day, _LAST_SECOND, zone)
