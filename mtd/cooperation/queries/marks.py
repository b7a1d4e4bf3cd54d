"""From occurrences to marks on a lane of twelve months, and to counts of a year. No database here.

An occurrence belongs to the year in which it is due; what was done in this year for another one is shown and not
counted twice. Months are drawn equally wide.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext

from mtd.cooperation.obligations import Reckoning, Status

from .duties import DutyState, Summary, status_of, tally

GAP = 2.4
"""Marks stand at least so many per cent apart, so that none hides another."""


@dataclass(frozen=True)
class Mark:
    """One mark on a lane; places are per cent of the lane, as text."""

    day: date
    at: float
    status: str
    """kept, late, missed, to_come, overdue, paused, extra (done beyond what was owed), or of a meeting that no duty
    asks for: meeting, meeting_planned."""
    tail: float | None
    told: tuple[tuple[str, date, int, int], ...]
    """Everything it stands for: what to say, day, days late, how often."""
    year: int
    name: str = ""
    """What was held, where no duty asks for it."""

    @property
    def count(self) -> int:
        return sum(count for *_, count in self.told)

    @cached_property
    def words(self) -> str:
        """The mark in the words of the reader's language."""
        said = ", ".join(
            _words(what, short_date(day, self.year), count=count, late=late)
            for what, day, late, count in self.told
        )
        return f"{self.name}: {said}" if self.name else said

    @property
    def sign(self) -> str:
        """The symbol that tells the status by its shape."""
        return _SIGNS[self.status]

    @property
    def x(self) -> str:
        return f"{self.at:.2f}%"

    @property
    def tail_x(self) -> str:
        return "" if self.tail is None else f"{self.tail:.2f}%"


_SIGNS = {
    "kept": "k-done",
    "extra": "k-done",
    "late": "k-late",
    "missed": "k-miss",
    "to_come": "k-due",
    "overdue": "k-due",
    "paused": "k-paused",
    "meeting": "k-meet",
    "meeting_planned": "k-plan",
}


@dataclass(frozen=True)
class Row:
    """One duty (of all parties that owe it) in a year."""

    key: str
    title: str
    rule: str
    clause: str
    url: str
    marks: tuple[Mark, ...]
    tally: Summary
    extra: int
    next_by: str
    note: str
    """What to say below the counter: complete, one missed, two to come."""
    note_kind: str
    problem: str = ""

    @property
    def done(self) -> int:
        return self.tally.done

    @property
    def owed(self) -> int:
        return self.tally.owed

    @property
    def shown(self) -> bool:
        """Something of it falls into the year, or its clause cannot be read."""
        return bool(self.marks or self.problem)

    @cached_property
    def spoken(self) -> str:
        """All marks in words, for those who do not see the lane."""
        return "; ".join(mark.words for mark in self.marks)


def place(day: date) -> float:
    """Where a day stands on a lane of twelve equally wide months, in per cent."""
    length = calendar.monthrange(day.year, day.month)[1]
    return (day.month - 1 + (day.day - 0.5) / length) / 12 * 100


def _placed(day: date, year: int) -> float:
    if day.year < year:
        return 0.0
    return 100.0 if day.year > year else place(day)


def short_date(day: date, year: int) -> str:
    """9 Dec within the year, 15 Jan 2027 outside of it."""
    german = (get_language() or "en").startswith("de")
    shown = "j. M" if german else "j M"
    return date_format(day, shown if day.year == year else f"{shown} Y")


def _words(status: str, when: str, *, count: int = 1, late: int = 0) -> str:
    match status:
        case "kept":
            words = pgettext("mark of a year", "%(day)s kept")
        case "late":
            words = ngettext("%(day)s kept, %(late)s day late", "%(day)s kept, %(late)s days late", late)
        case "missed":
            words = pgettext("mark of a year", "missed, was due by %(day)s")
        case "overdue":
            words = pgettext("mark of a year", "overdue since %(day)s")
        case "paused":
            words = pgettext("mark of a year", "%(day)s paused")
        case "extra":
            words = pgettext("mark of a year", "%(day)s in addition")
        case "meeting":
            words = pgettext("mark of a year", "%(day)s held")
        case "planned" | "meeting_planned":
            words = pgettext("mark of a year", "%(day)s planned")
        case _:
            words = pgettext("mark of a year", "due by %(day)s")
    text = words % {"day": when, "late": late}
    return f"{count} × {text}" if count > 1 else text


def status_word(status: str) -> str:
    """A status in a word or two, for lists and tables."""
    return {
        "kept": pgettext("status of an occurrence", "kept"),
        "late": pgettext("status of an occurrence", "kept late"),
        "missed": pgettext("status of an occurrence", "missed"),
        "overdue": pgettext("status of an occurrence", "overdue"),
        "paused": pgettext("status of an occurrence", "paused"),
        "extra": pgettext("status of an occurrence", "in addition"),
        "meeting": pgettext("status of an occurrence", "held"),
        "meeting_planned": pgettext("status of an occurrence", "planned"),
    }.get(status, pgettext("status of an occurrence", "to come"))


# --- from occurrences to marks ----------------------------------------------------------------------------


@dataclass
class _Dot:
    day: date
    status: str
    due: date
    late: int = 0
    planned: bool = False


def _dots(shares: Sequence[Reckoning], year: int, today: date, planned: Sequence[date]) -> list[_Dot]:
    waiting = sorted(planned)
    found: list[_Dot] = []
    for share in shares:
        for one in share.occurrences:
            done = one.act.day if one.act else None
            if one.due.year != year and (done is None or done.year != year):
                continue
            status = status_of(one, today)
            if done is not None:
                found.append(_Dot(done, status, one.due, one.days_late))
                continue
            dot = _Dot(one.due, status, one.due)
            if status in ("to_come", "overdue"):
                # A date that is fixed already says more than the last day on which it would still be in time.
                fits = next((day for day in waiting if max(one.start, today) <= day <= one.grace_until), None)
                if fits is not None:
                    waiting.remove(fits)
                    dot.day, dot.planned = fits, True
            found.append(dot)
        found += [_Dot(act.day, "extra", act.day) for act in share.extra if act.day.year == year]
    return found


@dataclass
class _Cluster:
    """Marks that would hide each other and say the same: drawn as one, with their number."""

    at: float
    status: str
    dots: list[_Dot]


def marks_of(
    shares: Sequence[Reckoning], year: int, today: date, planned: Sequence[date] = ()
) -> tuple[Mark, ...]:
    """The marks of one duty in a year, the parties' shares together; `planned` are dates that are fixed already."""
    dots = _dots(shares, year, today, planned)
    clusters: list[_Cluster] = []
    newest: dict[str, _Cluster] = {}
    for dot in sorted(dots, key=lambda one: (one.day, one.status, one.due)):
        at = _placed(dot.day, year)
        known = newest.get(dot.status)
        if known is not None and at - known.at < GAP:
            known.dots.append(dot)
        else:
            newest[dot.status] = known = _Cluster(at, dot.status, [dot])
            clusters.append(known)
    marks: list[Mark] = []
    last = -GAP
    for cluster in sorted(clusters, key=lambda one: (one.at, one.status)):
        last = max(cluster.at, last + GAP)
        tail = None
        if cluster.status == "late":
            tail = min(_placed(min(dot.due for dot in cluster.dots), year), last)
        told = _told(cluster.dots, cluster.status)
        marks.append(Mark(cluster.dots[0].day, last, cluster.status, tail, told, year))
    return drawn_back(marks)


def _told(dots: Sequence[_Dot], status: str) -> tuple[tuple[str, date, int, int], ...]:
    counts: dict[tuple[str, date, int], int] = {}
    for dot in dots:
        what = "planned" if dot.planned and status != "overdue" else status
        key = (what, dot.day, dot.late if status == "late" else 0)
        counts[key] = counts.get(key, 0) + 1
    return tuple((what, day, late, count) for (what, day, late), count in counts.items())


def drawn_back(marks: list[Mark]) -> tuple[Mark, ...]:
    """Where marks at the end of the year pushed each other out of the lane, move them back into it."""
    limit = 100.0
    found: list[Mark] = []
    for mark in reversed(marks):
        at = max(min(mark.at, limit), 0.0)
        limit = at - GAP
        found.append(mark if at == mark.at else replace(mark, at=at))
    return tuple(reversed(found))


def note_of(counts: Summary, extra: int) -> tuple[str, str]:
    """What stands below a counter, and in which tone: what was missed first, then what is open."""
    if counts.missed:
        return ngettext("%(n)s missed", "%(n)s missed", counts.missed) % {"n": counts.missed}, "miss"
    if counts.overdue:
        return ngettext("%(n)s overdue", "%(n)s overdue", counts.overdue) % {"n": counts.overdue}, "late"
    if counts.to_come:
        return ngettext("%(n)s to come", "%(n)s to come", counts.to_come) % {"n": counts.to_come}, ""
    if counts.late:
        return ngettext("%(n)s of them late", "%(n)s of them late", counts.late) % {"n": counts.late}, ""
    if extra:
        return ngettext("%(n)s in addition", "%(n)s in addition", extra) % {"n": extra}, ""
    if counts.owed:
        return pgettext("counter of a duty", "complete"), ""
    if counts.paused:
        return pgettext("counter of a duty", "paused"), ""
    return "", ""


def _next_by(duties: Sequence[DutyState], year: int) -> str:
    days = [duty.next_due for duty in duties if duty.next_due is not None]
    if not days:
        return "–"
    day = min(days)
    if day.year == year:
        return short_date(day, year)
    return date_format(day, "M Y")


def rows_of(
    duties: Sequence[DutyState], year: int, today: date, planned: dict[str, list[date]] | None = None
) -> tuple[Row, ...]:
    """One row for each duty, the parties' shares together, in the order of the agreement's clauses."""
    by_key: dict[str, list[DutyState]] = {}
    for duty in duties:
        by_key.setdefault(duty.question_key, []).append(duty)
    rows = []
    for key, same in by_key.items():
        first = same[0]
        if all(duty.status is Status.EACH_TIME for duty in same):
            continue  # a limit of time that applies each time has no place in a year
        marks = marks_of(
            [duty.reckoning for duty in same], year, today, (planned or {}).get(str(first.type), [])
        )
        counts = sum((tally(duty.occurrences, year, today) for duty in same), Summary())
        extra = sum(act.day.year == year for duty in same for act in duty.extra)
        note, kind = note_of(counts, extra)
        rows.append(
            Row(
                key=key,
                title=first.title,
                rule=first.rule_words,
                clause=first.clause,
                url=reverse("cooperation:duty", args=[first.agreement.pk, key]),
                marks=marks,
                tally=counts,
                extra=extra,
                next_by=_next_by(same, today.year),
                note=note,
                note_kind=kind,
                problem=next((str(duty.problem) for duty in same if duty.problem), ""),
            )
        )
    return tuple(rows)
