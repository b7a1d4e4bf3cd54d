"""Limits of time that apply each time; how they are reckoned stands in `mtd.core.deadlines`."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from mtd.core import deadlines
from mtd.core.deadlines import COUNTRIES, is_working_day

from .rules import Within

__all__ = ["COUNTRIES", "deadline", "is_working_day"]


def deadline(
    start: datetime, rule: Within, country: str, zone: ZoneInfo, subdivision: str | None = None
) -> datetime:
    """The last moment that still keeps the limit, in the time zone of the network. Raises as the core does."""
    return deadlines.deadline(start, rule.number, rule.unit, country, zone, subdivision)
