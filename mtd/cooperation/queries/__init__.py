"""Reads worth a name, by what they are about; import from here what other slices ask for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mtd.core.actor import Actor
from mtd.core.steps import News, NextStep
from mtd.notifications.models import Area

from .duty_steps import next_steps_duties
from .exchange import next_steps_exchange, recent_exchange
from .lived import register_column
from .needs_due import needs_waiting, next_steps_needs, recent_needs
from .report import next_steps_reports
from .year import YearMark, year_of

__all__ = [
    "YearMark",
    "needs_waiting",
    "next_steps",
    "next_steps_reports",
    "recent",
    "register_column",
    "year_of",
]


def next_steps(actor: Actor) -> list[NextStep]:
    """What waits for the person in the networks' cooperation, by the area that its reminders belong to."""
    by_area = {
        Area.DUTIES: next_steps_duties(actor),
        Area.NEEDS: next_steps_needs(actor),
        Area.EXCHANGE: next_steps_exchange(actor),
        Area.REPORTS: next_steps_reports(actor),
    }
    return [replace(step, area=step.area or area.value) for area, steps in by_area.items() for step in steps]


def recent(actor: Actor, since: datetime) -> list[News]:
    """What is new in the networks' cooperation since then: counts only."""
    return [*recent_needs(actor, since), *recent_exchange(actor, since)]
