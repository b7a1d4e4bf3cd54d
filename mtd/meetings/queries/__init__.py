"""Reads worth a name, one module per part of the work; what other slices ask for is named here."""

from __future__ import annotations

from datetime import datetime

from mtd.core.actor import Actor
from mtd.core.steps import News, NextStep

from . import minutes, steps
from .agenda import open_from_before
from .meetings import guests_due
from .minutes import decisions_since, minutes_due

__all__ = ["decisions_since", "guests_due", "minutes_due", "next_steps", "open_from_before", "recent"]


def next_steps(actor: Actor) -> list[NextStep]:
    """What waits for the person: invitations, dates to choose, minutes to write, tasks."""
    return [*steps.planning_steps(actor), *minutes.next_steps(actor)]


def recent(actor: Actor, since: datetime) -> list[News]:
    """What is new among the person's meetings since then."""
    return [
        *steps.planning_news(actor, since),
        *minutes.recent(actor, since),
    ]
