"""How many needs went how far, and how long answers take."""

from __future__ import annotations

import math
import statistics
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from mtd.cooperation.models import Need, NeedDecision
from mtd.organizations.models import Network

from .needs import ANSWERS, LIMIT_DAYS, State

_LEVELS = {
    NeedDecision.Level.COMMITTEE: "committee",
    NeedDecision.Level.STEERING: "steering",
    NeedDecision.Level.COORDINATION: "coordination",
}


@dataclass(frozen=True)
class YearOfNeeds:
    """The needs raised in one year, and how long their answers took."""

    year: int
    raised: int
    decided: int
    answered: int
    median_days_answered: int | None


@dataclass(frozen=True)
class NeedFigures:
    """How many needs went how far. Each raising counts as one; taken back ones do not count."""

    raised: int = 0
    groups: int = 0
    """Different needs, after equal ones were put together."""
    decided: int = 0
    decided_by_committee: int = 0
    decided_by_steering: int = 0
    decided_by_coordination: int = 0
    waiting: int = 0
    waiting_new: int = 0
    waiting_committee: int = 0
    waiting_steering: int = 0
    answered: int = 0
    answered_by_committee: int = 0
    answered_by_steering: int = 0
    answered_by_coordination: int = 0
    not_reached: int = 0
    """Decided, and nobody left to bring the answer to."""
    helped_yes: int = 0
    helped_part: int = 0
    helped_no: int = 0
    not_asked: int = 0
    """Answered, and not told yet whether it helped."""
    over_limit: int = 0
    """Waiting for longer than the limit."""
    limit_days: int = LIMIT_DAYS
    median_days_decided: int | None = None
    median_days_decided_to_answered: int | None = None
    median_days_answered: int | None = None
    by_system: dict[str, int] = field(default_factory=dict)
    by_year: tuple[YearOfNeeds, ...] = ()


def median_days(days: Sequence[int]) -> int | None:
    """The median in whole days, halves rounded up; None of nothing."""
    return math.floor(statistics.median(days) + 0.5) if days else None


@dataclass(frozen=True)
class Fared:
    """How every need of a network fared, read once; `of(year)` counts those raised in a year, or all."""

    rows: tuple[Any, ...]
    levels: dict[uuid.UUID, str]
    by_year: tuple[YearOfNeeds, ...]
    today: date

    def of(self, year: int | None = None) -> NeedFigures:
        """The figures of a year. `by_year` always covers all years."""
        wanted = [row for row in self.rows if year is None or row[0].year == year]
        return _counted(wanted, self.levels, self.by_year, self.today)


def fared(network: Network, *, today: date | None = None) -> Fared:
    """Read what the figures are made of; two queries."""
    rows = tuple(
        Need.objects.filter(group__network=network, withdrawn_at__isnull=True)
        .order_by("raised_on")
        .values_list(
            "raised_on",
            "answered_on",
            "helped",
            "group_id",
            "group__state",
            "group__decided_on",
            "organization__help_system",
            "help_system",
        )
    )
    levels: dict[uuid.UUID, str] = {}
    for group_id, level in (
        NeedDecision.objects.filter(group__network=network, outcome__in=ANSWERS)
        .order_by("decided_on", "at", "id")
        .values_list("group_id", "level")
    ):
        levels.setdefault(group_id, level)
    return Fared(rows, levels, _by_year(rows), today or timezone.localdate())


def figures(network: Network, year: int | None = None, *, today: date | None = None) -> NeedFigures:
    """How the network's needs fared, those raised in `year` or all; exact, two queries.

    Days run from the day a need was raised to the day of the decision that answered it, and to the day on which the
    answer went back.
    """
    return fared(network, today=today).of(year)


def _counted(
    rows: list[Any], levels: dict[uuid.UUID, str], by_year: tuple[YearOfNeeds, ...], today: date
) -> NeedFigures:
    count: Counter[str] = Counter()
    systems: Counter[str] = Counter()
    to_decision, to_answer, back = [], [], []
    for raised, answered, helped, group_id, state, decided_on, system, kept_system in rows:
        count["raised"] += 1
        systems[system or kept_system or ""] += 1
        if state == State.DECIDED and decided_on is not None:
            level = _LEVELS[NeedDecision.Level(levels.get(group_id, NeedDecision.Level.COORDINATION))]
            count["decided"] += 1
            count[f"decided_by_{level}"] += 1
            to_decision.append(max(0, (decided_on - raised).days))
            if answered is None:
                count["not_reached"] += 1
                continue
            count["answered"] += 1
            count[f"answered_by_{level}"] += 1
            count[f"helped_{helped}" if helped else "not_asked"] += 1
            back.append(max(0, (answered - decided_on).days))
            to_answer.append(max(0, (answered - raised).days))
        else:
            count["waiting"] += 1
            count[f"waiting_{state}"] += 1
            count["over_limit"] += (today - raised).days > LIMIT_DAYS
    return NeedFigures(
        **count,
        groups=len({row[3] for row in rows}),
        median_days_decided=median_days(to_decision),
        median_days_decided_to_answered=median_days(back),
        median_days_answered=median_days(to_answer),
        by_system=dict(sorted(systems.items())),
        by_year=by_year,
    )


def _by_year(rows: Iterable[Any]) -> tuple[YearOfNeeds, ...]:
    years: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        years[row[0].year].append(row)
    return tuple(
        YearOfNeeds(
            year=year,
            raised=len(own),
            decided=sum(row[4] == State.DECIDED for row in own),
            answered=sum(row[1] is not None for row in own),
            median_days_answered=median_days([max(0, (row[1] - row[0]).days) for row in own if row[1]]),
        )
        for year, own in sorted(years.items())
    )
