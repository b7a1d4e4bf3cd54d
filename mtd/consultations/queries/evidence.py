"""Questions as facts: what cooperation takes as evidence, and what a network counts.

A fact knows the month in which it was asked and no day, the help systems and no organisation, whether it is still open
or has ended long ago: so nothing changes here on the day on which a consultation ends.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext

from mtd.consultations.models import AgeBand, Consultation, Topic, Way
from mtd.consultations.permissions import OPEN
from mtd.organizations.models import HelpSystem, Network

State = Consultation.State
FEWEST = 3
"""Cells below this are not told apart."""
_COUNTED = ~Q(state=State.DRAFT) & ~Q(ending=Consultation.Ending.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Answered:
    """Answered questions of one month under an agreement, in time or late."""

    agreement_id: uuid.UUID
    month: date
    """The first of the month in which they were asked."""
    in_time: bool
    count: int


def answered_in_time(agreements: Collection[uuid.UUID]) -> list[Answered]:
    """How many questions between organisations were answered under these agreements, open and ended ones together.

    Two queries. The ended ones are counted by the database, because they only grow.
    """
    between = Consultation.objects.filter(
        agreement__in=agreements, way__in=[Way.PARTNER, Way.ADVISER], days_to_answer__isnull=False
    )
    counts: Counter[tuple[uuid.UUID, date, bool]] = Counter()
    ended = between.filter(state=State.ENDED).order_by().values_list("agreement", "month", "in_time")
    for agreement_id, month, in_time, count in ended.annotate(count=Count("*")):
        if agreement_id is not None and month is not None:
            counts[agreement_id, month, in_time is not False] += count
    still_open = _open(between).values_list("agreement", "sent_at", "in_time")
    for agreement_id, sent_at, in_time in still_open:
        if agreement_id is not None and sent_at is not None:
            counts[agreement_id, timezone.localdate(sent_at).replace(day=1), in_time is not False] += 1
    return [Answered(*key, count) for key, count in sorted(counts.items(), key=str)]


def _open(rows: QuerySet[Consultation]) -> QuerySet[Consultation]:
    """Those that have not ended, said as the index of open ones says it."""
    return rows.filter(state__in=OPEN).exclude(state=State.ENDED).order_by()


@dataclass(frozen=True)
class Tally:
    """Questions of one year under an agreement, by direction: asked, answered, in time."""

    asked: int = 0
    answered: int = 0
    in_time: int = 0
    by_direction: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """"from>to" of help systems → asked and answered."""


def tallies(agreement_id: uuid.UUID) -> dict[int, Tally]:
    """The questions under one agreement, by year. Two queries."""
    found: dict[int, Tally] = {}
    for fact in _facts(Consultation.objects.filter(_COUNTED, agreement=agreement_id)):
        before = found.get(fact.month.year, Tally())
        answered = fact.count if fact.days is not None else 0
        asked_before, answered_before = before.by_direction.get(fact.way, (0, 0))
        found[fact.month.year] = Tally(
            before.asked + fact.count,
            before.answered + answered,
            before.in_time + (fact.count if fact.in_time else 0),
            {**before.by_direction, fact.way: (asked_before + fact.count, answered_before + answered)},
        )
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

    @property
    def untold(self) -> dict[str, list[str]]:
        """Words in place of a number → all that they stand for, so that a page says them once."""
        found: dict[str, list[str]] = {}
        for cell in self.cells:
            if not cell.count:
                found.setdefault(cell.words, []).append(cell.label)
        return found


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
    """Counts of a network's questions in a year, none of them small enough to mean one family. Two queries."""
    rows = Consultation.objects.filter(_COUNTED, network=network).exclude(way=Way.OWN_HOUSE)
    facts = list(_facts(rows))
    years = tuple(sorted({fact.month.year for fact in facts}, reverse=True))
    today = timezone.localdate(timezone=network.zone)
    shown = year if year in years else (years[0] if years else today.year)
    ours = [fact for fact in facts if fact.month.year == shown]
    last = 12 if shown < today.year else today.month
    months = [date(shown, number, 1) for number in range(1, last + 1)]

    def table(
        key: str, title: str, named: Iterable[tuple[str, object]], of: Callable[[_Fact], object]
    ) -> Table:
        counts: Counter[str] = Counter()
        for fact in ours:
            counts[str(of(fact))] += fact.count
        return Table(key, title, _cells(named, counts))

    children = [(str(band.label), band) for band in _CHILDREN]
    helped = [(str(one.label), one) for one in Consultation.Helped]
    return Figures(
        year=shown,
        years=years,
        asked=_cell(gettext("Asked"), sum(f.count for f in ours)),
        answered=_cell(gettext("Answered"), sum(f.count for f in ours if f.days is not None)),
        in_time=_cell(gettext("Answered in time"), sum(f.count for f in ours if f.in_time)),
        tables=(
            table("month", gettext("By month"), [(_month(m), m) for m in months], lambda f: f.month),
            table("direction", gettext("From whom to whom"), _directions(ours), lambda f: f.way),
            table("topic", gettext("What about"), [(str(t.label), t) for t in Topic], lambda f: f.topic),
            table("age", gettext("Age of the youngest child"), children, lambda f: f.age),
            table("days", gettext("Days to the answer"), _day_bands(), lambda f: _band(f.days)),
            table("helped", gettext("Did it help?"), helped, lambda f: f.helped),
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
    """Questions of one month that are alike in everything that is counted."""

    month: date
    way: str
    topic: str
    age: str
    days: int | None
    in_time: bool
    helped: str
    count: int = 1


_ALIKE = ("from_system", "to_system", "topic", "age_band", "days_to_answer", "in_time", "helped")


def _facts(rows: QuerySet[Consultation]) -> Iterator[_Fact]:
    """Two queries: the ended ones are put together by the database, the open ones are few."""
    ended = rows.filter(state=State.ENDED, month__isnull=False).order_by().values_list("month", *_ALIKE)
    for month, *alike, count in ended.annotate(count=Count("*")):
        yield _fact(month, alike, count)
    for sent_at, *alike in _open(rows).values_list("sent_at", *_ALIKE):
        yield _fact(timezone.localdate(sent_at).replace(day=1), alike, 1)


def _fact(month: date, alike: Sequence[Any], count: int) -> _Fact:
    source, target, topic, age, days, in_time, helped = alike
    kept = days is not None and in_time is not False
    return _Fact(month, f"{source}>{target}", topic, age, days, kept, helped, count)


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


def parts_words(counts: Sequence[int]) -> list[str]:
    """The parts of a sum that is told beside them, in words; none of the small ones can be worked out from it."""
    named = {str(place): count for place, count in enumerate(counts)}
    return [cell.words for cell in _cells([("", place) for place in named], named)]


def _cell(label: str, count: int) -> Cell:
    return Cell(label, count if count >= FEWEST else None)


def _cells(rows: Iterable[tuple[str, object]], counts: Mapping[str, int]) -> tuple[Cell, ...]:
    """One cell for each row. Where a single one is too small, the smallest other is held back as well, so that
    nobody works it out from the sum."""
    named = [(label, counts.get(str(key), 0)) for label, key in rows]
    small = sum(count < FEWEST for _label, count in named)
    spare = None
    if small == 1 and len(named) > 1:
        spare = min((count, at) for at, (_label, count) in enumerate(named) if count >= FEWEST)[1]
    return tuple(
        Cell(label, None, held_back=True) if at == spare else _cell(label, count)
        for at, (label, count) in enumerate(named)
    )
