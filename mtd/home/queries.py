"""What waits for a person and what is new, pulled from the slices below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import import_module
from typing import Any

from django.apps import apps
from django.utils import formats, timezone
from django.utils.translation import gettext

from mtd.core.actor import Actor
from mtd.core.steps import News, NextStep

SLICES = ("agreements",)
"""Slices with `next_steps(actor)` and `recent(actor, since)` in their queries."""

FIRST_LOOK = timedelta(days=14)
"""Who has never looked sees the news of the last two weeks."""


@dataclass(frozen=True)
class StepGroup:
    """Next steps of one stretch of time, under one line."""

    label: str
    late: bool
    steps: tuple[NextStep, ...]


def _from_slices(name: str) -> list[Callable[..., list[Any]]]:
    found = []
    for slice_name in SLICES:
        if apps.is_installed(f"mtd.{slice_name}"):
            function = getattr(import_module(f"mtd.{slice_name}.queries"), name, None)
            if function is not None:
                found.append(function)
    return found


def next_steps(actor: Actor) -> list[NextStep]:
    """Everything that waits for the person: late first, then by date, then what has no date."""
    steps: list[NextStep] = [step for pull in _from_slices("next_steps") for step in pull(actor)]
    return sorted(steps, key=lambda s: (not s.late, s.due is None, s.due or date.max, s.title))


def grouped(steps: list[NextStep], today: date) -> list[StepGroup]:
    """The steps under "overdue", "this week", each later month, "without a date"."""
    groups: dict[tuple[str, bool], list[NextStep]] = {}
    for step in steps:
        groups.setdefault((_label(step, today), step.late), []).append(step)
    return [StepGroup(label, late, tuple(own)) for (label, late), own in groups.items()]


def _label(step: NextStep, today: date) -> str:
    if step.late:
        return gettext("Overdue")
    if step.due is None:
        return gettext("Without a date")
    if step.due <= today + timedelta(days=7):
        return gettext("Within a week")
    return formats.date_format(step.due, "F Y")


def news(actor: Actor, since: datetime | None) -> list[News]:
    """What happened since the person last looked, newest first, at most twelve lines."""
    start = since or timezone.now() - FIRST_LOOK
    found: list[News] = [line for pull in _from_slices("recent") for line in pull(actor, start)]
    return sorted(found, key=lambda n: n.at or start, reverse=True)[:12]
