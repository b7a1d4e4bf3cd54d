"""Questions as facts: what cooperation takes as evidence, and what a network counts.

A fact knows the month in which it was asked and no day, the help systems and no organisation, whether it is still open
or has ended long ago: so nothing changes here on the day on which a consultation ends.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext

from mtd.consultations.models import AgeBand, Consultation, Topic, Way
from mtd.organizations.models import HelpSystem, Network

State = Consultation.State
FEWEST = 3
"""Cells below this are not told apart."""
_COUNTED = ~Q(state=State.DRAFT) & ~Q(ending=Consultation.Ending.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Answered:
    """One answered question under an agreement."""

    id: uuid.UUID
    agreement_id: uuid.UUID
    month: date
    """The first of the month in which it was asked."""
    days: int
    in_time: bool


def answered_in_time(agreements: Collection[uuid.UUID]) -> Iterator[Answered]:
    """The answered questions between organisations under these agreements, open and ended ones. One query."""
    rows = Consultation.objects.filter(
        agreement__in=agreements, way__in=[Way.PARTNER, Way.ADVISER], days_to_answer__isnull=False
    )
    for pk, agreement_id, month, sent_at, days, in_time in rows.values_list(
        "pk", "agreement", "month", "sent_at", "days_to_answer", "in_time"
    ):
        asked = month or (timezone.localdate(sent_at).replace(day=1) if sent_at else None)
        if asked is not None and agreement_id is not None:
            yield Answered(pk, agreement_id, asked, days or 0, in_time is not False)


@dataclass(frozen=True)
class Tally:
    """Questions of one year under an agreement, by direction: asked, answered, in time."""

    asked: int = 0
    answered: int = 0
    in_time: int = 0
    by_direction: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """"from>to" of help systems → asked and answered."""


def tallies(agreement_id: uuid.UUID) -> dict[int, Tally]:
    """The questions under one agreement, by year. One query."""
    rows = Consultation.objects.filter(_COUNTED, agreement=agreement_id)
    counts: dict[int, list[tuple[str, bool, bool]]] = {}
    for month, sent_at, days, in_time, source, target in rows.values_list(
        "month", "sent_at", "days_to_answer", "in_time", "from_system", "to_system"
    ):
        asked = month or (timezone.localdate(sent_at) if sent_at else None)
        if asked is not None:
            counts.setdefault(asked.year, []).append(
                (f"{source}>{target}", days is not None, days is not None and in_time is not False)
            )
    found = {}
    for year, ones in counts.items():
        ways: dict[str, tuple[int, int]] = {}
        for way, answered, _in_time in ones:
            before = ways.get(way, (0, 0))
            ways[way] = (before[0] + 1, before[1] + answered)
        found[year] = Tally(len(ones), sum(o[1] for o in ones), sum(o[2] for o in ones), ways)
    return found


# --- figures of a network, for its people -------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One number as it may be shown."""

    label: str
    count: int | None
    """None: fewer than three, or held back."""
    held_back: bool = False

    @property
    def words(self) -> str:
        """The number, “fewer than 3”, or “not shown”."""
        if self.count is not None:
            return str(self.count)
        if self.held_back:
            return pgettext("figure", "not shown")
        return gettext("fewer than %(number)s") % {"number": FEWEST}


@dataclass(frozen=True)
class Table:
    """One small table of the figures."""

    key: str
    title: str
    cells: tuple[Cell, ...]

    @property
    def most(self) -> int:
        """The greatest number that is shown; bars are drawn against it."""
        return max((cell.count or 0 for cell in self.cells), default=0)

    @property
    def holds_back(self) -> bool:
        return any(cell.held_back for cell in self.cells)


@dataclass(frozen=True)
class Figures:
    """What one network counts of one year."""

    year: int
    years: tuple[int, ...]
    asked: Cell
    answered: Cell
    in_time: Cell
    tables: tuple[Table, ...]


def figures_of(network: Network, year: int | None = None) -> Figures:
    """Counts of a network's questions in a year, none of them small enough to mean one family. One query."""
    rows = Consultation.objects.filter(_COUNTED, network=network).exclude(way=Way.OWN_HOUSE)
    facts = list(_facts(rows))
    years = tuple(sorted({fact.month.year for fact in facts}, reverse=True))
    today = timezone.localdate(timezone=network.zone)
    shown = year if year in years else (years[0] if years else today.year)
    ours = [fact for fact in facts if fact.month.year == shown]
    last = 12 if shown < today.year else today.month
    months = {date(shown, number, 1): "" for number in range(1, last + 1)}
    return Figures(
        year=shown,
        years=years,
        asked=_cell(gettext("Asked"), len(ours)),
        answered=_cell(gettext("Answered"), sum(f.days is not None for f in ours)),
        in_time=_cell(gettext("Answered in time"), sum(f.in_time for f in ours)),
        tables=(
            Table(
                "month",
                gettext("By month"),
                _cells([(_month(m), m) for m in months], [f.month for f in ours]),
            ),
            Table(
                "direction", gettext("From whom to whom"), _cells(_directions(ours), [f.way for f in ours])
            ),
            Table(
                "topic",
                gettext("What about"),
                _cells([(str(t.label), t) for t in Topic], [f.topic for f in ours]),
            ),
            Table(
                "age",
                gettext("Age of the youngest child"),
                _cells([(str(b.label), b) for b in AgeBand if b in _CHILDREN], [f.age for f in ours]),
            ),
            Table("days", gettext("Days to the answer"), _cells(_day_bands(), [_band(f.days) for f in ours])),
            Table(
                "helped",
                gettext("Did it help?"),
                _cells([(str(h.label), h) for h in Consultation.Helped], [f.helped for f in ours]),
            ),
        ),
    )


_CHILDREN = (
    AgeBand.UNBORN,
    AgeBand.INFANT,
    AgeBand.PRESCHOOL,
    AgeBand.PRIMARY,
    AgeBand.MIDDLE,
    AgeBand.TEENAGE,
)


@dataclass(frozen=True, slots=True)
class _Fact:
    month: date
    way: str
    topic: str
    age: str
    days: int | None
    in_time: bool
    helped: str


def _facts(rows: QuerySet[Consultation]) -> Iterator[_Fact]:
    for month, sent_at, source, target, topic, age, days, in_time, helped in rows.values_list(
        "month",
        "sent_at",
        "from_system",
        "to_system",
        "topic",
        "age_band",
        "days_to_answer",
        "in_time",
        "helped",
    ):
        asked = month or (timezone.localdate(sent_at).replace(day=1) if sent_at else None)
        if asked is not None:
            yield _Fact(
                asked,
                f"{source}>{target}",
                topic,
                age,
                days,
                days is not None and in_time is not False,
                helped,
            )


def _month(day: date) -> str:
    return date_format(day, "F")


def _directions(facts: Iterable[_Fact]) -> list[tuple[str, str]]:
    return [(direction_words(way), way) for way in sorted({fact.way for fact in facts})]


def direction_words(way: str) -> str:
    """“Addiction care → Youth welfare”; what goes to a group has no second side."""
    source, _arrow, target = way.partition(">")
    first = HelpSystem(source).label if source in HelpSystem.values else gettext("not said")
    second = HelpSystem(target).label if target in HelpSystem.values else gettext("a case discussion")
    return f"{first} → {second}"


def _day_bands() -> list[tuple[str, str]]:
    return [
        (gettext("on the same or the next day"), "1"),
        (gettext("2 to 3 days"), "3"),
        (gettext("4 to 7 days"), "7"),
        (gettext("more than a week"), "8"),
    ]


def _band(days: int | None) -> str:
    if days is None:
        return ""
    return "1" if days <= 1 else "3" if days <= 3 else "7" if days <= 7 else "8"


def count_words(count: int) -> str:
    """The number, or “fewer than 3”."""
    return Cell("", count if count >= FEWEST else None).words


def _cell(label: str, count: int) -> Cell:
    return Cell(label, count if count >= FEWEST else None)


def _cells(rows: Iterable[tuple[str, object]], values: Iterable[object]) -> tuple[Cell, ...]:
    """One cell for each row. Where a single one is too small, the smallest other is held back as well, so that
    nobody works it out from the sum."""
    counts = Counter(str(value) for value in values)
    named = [(label, counts[str(key)]) for label, key in rows]
    small = sum(count < FEWEST for _label, count in named)
    spare = None
    if small == 1 and len(named) > 1:
        spare = min((count, at) for at, (_label, count) in enumerate(named) if count >= FEWEST)[1]
    return tuple(
        Cell(label, None, held_back=True) if at == spare else _cell(label, count)
        for at, (label, count) in enumerate(named)
    )
