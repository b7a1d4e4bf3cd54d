"""From terms, acts and pauses to occurrences: what was owed when, what fulfilled it, and how the duty stands.

**At least n per period.** A whole period of the calendar owes n. Where a rule binds only part of a period (it began,
was changed, ended or was paused within it), that part owes `n * days // days of the whole period`. What is owed is due
on the last day of the part. Acts are taken in the order of their days. An act counts once: first for the earliest
part that is over, still short and within its grace (there it is *late*), else for the part in which it lies (*kept*);
what is more than owed is *extra*. After the grace what is short stays *missed*.

**On a day.** The first act since the rule began counts: kept until that day, late after it. Missed once the grace is
over, and late instead of missed as soon as it was done after all.

**After it was last done.** Due so long after the act before (after the beginning, where there was none); months keep
their day as far as the month has it. An act until the end of the grace counts and starts the next span. When the grace
ends without an act, that occurrence is missed and the next is due one span later.

A day that falls into a pause moves to the first day after it. With an open pause it waits.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from .rules import Act, After, AtLeast, On, Pause, Rule, Term, Within, later, period_of

_DAY = timedelta(days=1)
_FOREVER = date(9999, 12, 31)
NOTICE = {"week": 7, "month": 14, "quarter": 30, "half_year": 60, "year": 90, "on": 60, "after": 60}
"""So many days before its due date, what is still to come counts as due."""


class Status(StrEnum):
    """How an occurrence stands, or the duty as a whole."""

    KEPT = "kept"
    LATE = "late"
    """Of an occurrence: done late. Of the duty: the day has passed, and the grace has not."""
    MISSED = "missed"
    DUE = "due"
    TO_COME = "to_come"
    PAUSED = "paused"
    NOT_BEGUN = "not_begun"
    EACH_TIME = "each_time"
    """A limit of time that applies each time: there is nothing to count ahead."""
    ENDED = "ended"


class Occurrence(NamedTuple):
    """One time that something is owed."""

    start: date
    end: date
    due: date
    grace_until: date
    number: int
    """k of n within its period; 0 of 0 for what a pause took away."""
    of: int
    status: Status
    act: Act | None = None
    days_late: int = 0
    """How many days late it was done or, while it is open, is by now."""

    @property
    def done(self) -> bool:
        """Done in time or late."""
        return self.act is not None


class Counter(NamedTuple):
    """A year in numbers: what was due in it, how much of that was done, and what was done beyond."""

    done: int
    owed: int
    extra: int


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How a duty stands on a day."""

    today: date
    status: Status
    occurrences: tuple[Occurrence, ...]
    next_due: date | None
    """The earliest day that is open and whose grace is not over; it may have passed."""
    extra: tuple[Act, ...]
    """Acts that count and fulfil nothing, because enough was done."""

    def counter(self, year: int) -> Counter:
        """What was due in a year, what of it was done, and what was done beyond in that year."""
        done = owed = 0
        for found in self.occurrences:
            if found.due.year == year and found.status is not Status.PAUSED:
                owed += 1
                done += found.act is not None
        return Counter(done, owed, sum(act.day.year == year for act in self.extra))

    @property
    def open_missed(self) -> tuple[Occurrence, ...]:
        """What is missed and was not made good since: nothing was done after its grace."""
        last = max((o.act.day for o in self.occurrences if o.act), default=date.min)
        last = max(last, max((act.day for act in self.extra), default=date.min))
        return tuple(o for o in self.occurrences if o.status is Status.MISSED and o.grace_until >= last)


def reckon(
    terms: Sequence[Term],
    acts: Iterable[Act],
    pauses: Iterable[Pause],
    today: date,
    horizon: date | None = None,
) -> Reckoning:
    """All occurrences from the first day of the terms to the horizon (the end of next year), and how the duty stands.

    At least one coming occurrence is shown even beyond the horizon, so that no series stops silently while a term is
    open. Never raises for terms, acts and pauses that could be built.
    """
    runs = _runs(terms)
    if not runs:
        return Reckoning(today, Status.NOT_BEGUN, (), None, ())
    idle = _merged(pauses)
    done = _countable(acts)
    first, last = runs[0][0].start, runs[-1][-1].until
    limit = horizon or date(max(today, runs[-1][-1].start).year + 1, 12, 31)
    occurrences: list[Occurrence] = []
    used: set[str] = set()
    for run in runs:
        if len(runs) > 1:
            done_here = [act for act in done if act.key not in used]
        else:
            done_here = done
        match run[0].rule:
            case AtLeast():
                found = _at_least(run, done_here, idle, today, limit)
            case On():
                found = _on(run, done_here, idle, today)
            case After():
                found = _after(run, done_here, idle, today, limit)
            case Within():
                found = []
        occurrences += found
        used.update(o.act.key for o in found if o.act)
    if len(runs) > 1:
        occurrences.sort(key=lambda o: (o.start, o.due, o.number))
    extra = tuple(
        act for act in done if act.key not in used and act.day >= first and (last is None or act.day <= last)
    )
    status = _status(runs, occurrences, extra, idle, today)
    next_due = min((o.due for o in occurrences if _open(o) and o.grace_until >= today), default=None)
    return Reckoning(today, status, tuple(occurrences), next_due, extra)


def _open(found: Occurrence) -> bool:
    return found.status is Status.DUE or found.status is Status.TO_COME


def _countable(acts: Iterable[Act]) -> list[Act]:
    """The acts that count, each key once, in the order of their days."""
    once: dict[str, Act] = {}
    for act in sorted(acts):
        if act.counts:
            once.setdefault(act.key, act)
    return list(once.values())


def _merged(pauses: Iterable[Pause]) -> list[tuple[date, date]]:
    """Pauses as spans that neither touch nor overlap."""
    spans: list[tuple[date, date]] = []
    for start, until in sorted((p.start, p.until or _FOREVER) for p in pauses):
        if spans and (spans[-1][1] == _FOREVER or start <= spans[-1][1] + _DAY):
            spans[-1] = (spans[-1][0], max(spans[-1][1], until))
        else:
            spans.append((start, until))
    return spans


def _runs(terms: Sequence[Term]) -> list[list[Term]]:
    """Terms in order, without overlap; neighbours of one rule become one; split where the kind of rule changes.

    So a change of another clause does not cut a period: only a changed rule does. Of two terms for a day the later
    one binds. A gap begins a new run.
    """
    line: list[Term] = []
    for term in sorted(terms, key=lambda t: t.start):
        if line and (line[-1].until is None or line[-1].until >= term.start):
            before = line.pop()
            if before.start < term.start:
                line.append(replace(before, until=term.start - _DAY))
        if line and line[-1].until == term.start - _DAY and line[-1].rule == term.rule:
            term = replace(term, start=line.pop().start)
        line.append(term)
    runs: list[list[Term]] = []
    for term in line:
        if runs and type(runs[-1][-1].rule) is type(term.rule) and runs[-1][-1].until == term.start - _DAY:
            runs[-1].append(term)
        else:
            runs.append([term])
    return runs


# --- at least n per period --------------------------------------------------------------------------------


class _Part:
    """The part of a period in which one rule binds."""

    __slots__ = ("acts", "end", "grace_until", "notice", "owed", "start", "waived")

    def __init__(self, start: date, end: date, rule: AtLeast, owed: int, waived: int) -> None:
        self.start, self.end = start, end
        self.grace_until = end + timedelta(days=rule.grace_days)
        self.notice = end - timedelta(days=NOTICE[rule.per])
        self.owed, self.waived = owed, waived
        self.acts: list[Act] = []


def _parts(run: Sequence[Term], idle: list[tuple[date, date]], limit: date, today: date) -> list[_Part]:
    parts: list[_Part] = []
    for term in run:
        rule = term.rule
        assert isinstance(rule, AtLeast)
        until = term.until or _FOREVER
        day, number, per, coming = term.start, rule.number, rule.per, 0
        while day <= until and (day <= limit or not coming):
            first, last = period_of(day, per)
            end = last if last <= until else until
            if day == first and end == last:
                owed = number
            else:
                owed = number * ((end - day).days + 1) // ((last - first).days + 1)
            waived = 0
            if idle and owed:
                paused = _paused_days(idle, day, end)
                if paused:
                    left = (end - day).days + 1 - paused
                    waived = owed - number * left // ((last - first).days + 1)
            parts.append(_Part(day, end, rule, owed - waived, waived))
            coming += owed > 0 and end >= today
            day = end + _DAY
    return parts


def _paused_days(idle: list[tuple[date, date]], first: date, last: date) -> int:
    return sum(
        (min(until, last) - max(start, first)).days + 1
        for start, until in idle
        if start <= last and until >= first
    )


def _at_least(
    run: Sequence[Term], acts: list[Act], idle: list[tuple[date, date]], today: date, limit: date
) -> list[Occurrence]:
    parts = _parts(run, idle, limit, today)
    longest = timedelta(days=max(term.rule.grace_days for term in run if isinstance(term.rule, AtLeast)))
    ends = [part.end for part in parts]
    oldest = home = 0
    for act in acts:
        day = act.day
        if day < parts[0].start:
            continue
        while home < len(parts) and ends[home] < day:
            home += 1
        while oldest < home and ends[oldest] + longest < day:
            oldest += 1
        for part in parts[oldest : home + 1]:
            if len(part.acts) < part.owed and day <= part.grace_until:
                part.acts.append(act)
                break
    return [found for part in parts for found in _of_part(part, today)]


def _of_part(part: _Part, today: date) -> Iterable[Occurrence]:
    start, end, grace_until, of = part.start, part.end, part.grace_until, part.owed
    for number in range(1, of + 1):
        act = part.acts[number - 1] if number <= len(part.acts) else None
        if act is not None:
            late = (act.day - end).days
            status = Status.KEPT if late <= 0 else Status.LATE
        elif today > grace_until:
            late, status = (today - end).days, Status.MISSED
        else:
            late = (today - end).days
            status = Status.DUE if today >= part.notice and today >= start else Status.TO_COME
        yield Occurrence(start, end, end, grace_until, number, of, status, act, late if late > 0 else 0)
    for _ in range(part.waived):
        yield Occurrence(start, end, end, grace_until, 0, 0, Status.PAUSED)


# --- on a day, and after it was last done -----------------------------------------------------------------


def _moved(due: date, idle: list[tuple[date, date]]) -> date | None:
    """The due date, or the first day after the pause it falls into; None while that pause is open."""
    at = bisect_right(idle, (due, _FOREVER)) - 1
    if at < 0 or idle[at][1] < due:
        return due
    return None if idle[at][1] == _FOREVER else idle[at][1] + _DAY


def _single(start: date, due: date, grace: int, act: Act | None, today: date, notice: int) -> Occurrence:
    grace_until = due + timedelta(days=grace)
    if act is not None:
        late = (act.day - due).days
        status = Status.KEPT if late <= 0 else Status.LATE
    else:
        late = (today - due).days
        if today > grace_until:
            status = Status.MISSED
        else:
            status = Status.DUE if today >= start and -late <= notice else Status.TO_COME
    return Occurrence(start, due, due, grace_until, 1, 1, status, act, late if late > 0 else 0)


def _on(run: Sequence[Term], acts: list[Act], idle: list[tuple[date, date]], today: date) -> list[Occurrence]:
    found: list[Occurrence] = []
    used: set[str] = set()
    for term in run:
        rule = term.rule
        assert isinstance(rule, On)
        if rule.day < term.start or (term.until is not None and rule.day > term.until):
            continue  # before it began nobody could keep it; after it was changed or ended nobody owes it
        due = _moved(rule.day, idle)
        if due is None:
            until = rule.day + timedelta(days=rule.grace_days)
            found.append(Occurrence(term.start, rule.day, rule.day, until, 0, 0, Status.PAUSED))
            continue
        act = next((a for a in acts if term.start <= a.day and a.key not in used), None)
        if act is not None:
            used.add(act.key)
        found.append(_single(term.start, due, rule.grace_days, act, today, NOTICE["on"]))
    return found


def _after(
    run: Sequence[Term], acts: list[Act], idle: list[tuple[date, date]], today: date, limit: date
) -> list[Occurrence]:
    found: list[Occurrence] = []
    base = run[0].start
    at = 0
    for term in run:
        rule = term.rule
        assert isinstance(rule, After)
        until = term.until or _FOREVER
        spans = 1
        while later(base, spans * rule.number, rule.unit) < term.start:
            spans += 1  # what fell due before the rule was changed was settled under the old one
        coming = 0
        while True:
            raw = later(base, spans * rule.number, rule.unit)
            due = _moved(raw, idle)
            grace_until = (due or raw) + timedelta(days=rule.grace_days)
            start = found[-1].due + _DAY if found and found[-1].act is None else base
            while at < len(acts) and acts[at].day <= base:
                at += 1  # twice on one day is once, and what began today cannot be done again today
            act = acts[at] if at < len(acts) else None
            bound = raw <= until
            if act is not None and _in_time(act.day, until, due, grace_until if bound else None):
                met = due or max(raw, act.day)  # in an open pause nothing is late
                found.append(_single(start, met, rule.grace_days, act, today, NOTICE["after"]))
                base, spans = act.day, 1
                at += 1
                continue
            if not bound:
                break
            if due is None:
                found.append(Occurrence(start, raw, raw, grace_until, 0, 0, Status.PAUSED))
                break
            if due > limit and coming:
                break
            found.append(_single(start, due, rule.grace_days, None, today, NOTICE["after"]))
            coming += due >= today
            spans += 1
            while (again := later(base, spans * rule.number, rule.unit)) <= due and again <= until:
                spans += 1  # one long pause swallows what falls into it, but for one
    return found


def _in_time(day: date, until: date, due: date | None, grace_until: date | None) -> bool:
    """The act belongs to this occurrence: before the rule ends, or in the grace of what fell due before it ended."""
    if grace_until is None:  # it falls due only after the rule ends
        return day <= until
    return day <= grace_until if due is not None else day <= until


# --- how the duty stands ----------------------------------------------------------------------------------


def _status(
    runs: list[list[Term]],
    occurrences: list[Occurrence],
    extra: Sequence[Act],
    idle: list[tuple[date, date]],
    today: date,
) -> Status:
    terms = [term for run in runs for term in run]
    last = terms[-1].until
    if last is not None and today > last:
        return Status.ENDED
    now: Rule | None = next(
        (t.rule for t in terms if t.start <= today and (t.until is None or today <= t.until)), None
    )
    if now is None:
        return Status.NOT_BEGUN
    if any(start <= today <= until for start, until in idle):
        return Status.PAUSED
    if isinstance(now, Within):
        return Status.EACH_TIME
    done = max((o.act.day for o in occurrences if o.act), default=date.min)
    done = max(done, max((act.day for act in extra), default=date.min))
    missed = due = False
    for found in occurrences:
        if found.status is Status.DUE:
            if found.due < today:
                return Status.LATE
            due = True
        elif found.status is Status.MISSED and found.grace_until >= done:
            missed = True
    if missed:
        return Status.MISSED
    if due:
        return Status.DUE
    begun = done > date.min or any(o.status is Status.MISSED for o in occurrences)
    return Status.KEPT if begun else Status.NOT_BEGUN
