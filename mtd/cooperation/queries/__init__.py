"""Reads worth a name, by what they are about; import from here what other slices ask for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mtd.core.actor import Actor
from mtd.core.steps import News, NextStep
from mtd.meetings.models import Meeting
from mtd.meetings.queries.agenda import Suggestion
from mtd.notifications.models import Area

from .duties import duties_loaded_once
from .duty_steps import agenda_suggestions_duties, next_steps_duties
from .exchange import next_steps_exchange, recent_exchange
from .lived import register_column
from .needs_due import agenda_suggestions_needs, count_waiting, needs_waiting, next_steps_needs, recent_needs
from .report import next_steps_reports
from .year import YearMark, year_of

__all__ = [
    "YearMark",
    "agenda_suggestions",
    "count_waiting",
    "duties_loaded_once",
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


def agenda_suggestions(actor: Actor, meeting: Meeting) -> list[Suggestion]:
    """What is open in the cooperation and belongs before a committee or steering group: needs, then duties."""
    return [*agenda_suggestions_needs(actor, meeting), *agenda_suggestions_duties(actor, meeting)]
