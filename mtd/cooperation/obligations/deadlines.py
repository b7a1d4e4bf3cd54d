"""Limits of time that apply each time: working days, public holidays of twelve countries, hours across the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from .rules import BadRule, Within, later

COUNTRIES = ("BE", "CY", "CZ", "DE", "EL", "ES", "FI", "IT", "NL", "PT", "SI", "SK")
"""The codes of the European Union; Greece is GR everywhere else."""

_LAST_SECOND = time(23, 59, 59)


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


def deadline(
    start: datetime, rule: Within, country: str, zone: ZoneInfo, subdivision: str | None = None
) -> datetime:
    """The last moment that still keeps the limit, in the time zone of the network.

    Hours run by the clock on the wall of time, so 24 hours across a change of the clocks are 24 real hours. All other
    units end with their day, at 23:59:59 (no country changes its clocks around midnight), and the day on which it
    begins is not counted. Raises BadRule for a country or subdivision that we do not know, ValueError for a moment
    without time zone.
    """
    if start.tzinfo is None:
        raise ValueError("A limit of time begins at a moment with a time zone.")
    if rule.unit == "hours":
        return (start.astimezone(UTC) + timedelta(hours=rule.number)).astimezone(zone)
    day = start.astimezone(zone).date()
    if rule.unit == "working_days":
        left = rule.number
        while left:
            day += timedelta(days=1)
            left -= is_working_day(day, country, subdivision)
    else:
        day = later(day, rule.number, rule.unit)
    return datetime.combine(day, _LAST_SECOND, zone)
