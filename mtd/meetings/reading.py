"""Calendar files of other programs (RFC 5545), read with care: what is in them, and what could not be read.

`icalendar` takes them apart and `recurring_ical_events` finds the dates of what repeats. Ours is what neither
promises: every event that cannot be read is named and the rest is read, and size, number and time are limited, so
that a file made to do harm does none.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from dateutil.rrule import rrule
from django.utils.translation import gettext as _
from icalendar import Calendar, Component
from icalendar.prop import vDDDTypes, vRecur
from recurring_ical_events import of
from recurring_ical_events.adapters import EventAdapter
from recurring_ical_events.occurrence import Occurrence
from recurring_ical_events.selection import ComponentsWithName
from recurring_ical_events.series import Series

from mtd.core.errors import Refused

from .calendar_parts import (
    Parts,
    Problems,
    Unreadable,
    all_of,
    check_rule,
    number_of,
    parts_of,
    text_of,
)

OCCURRENCES, DATES_OF_A_RULE, SECONDS = 10_000, 50_000, 2.0
FAR = datetime(9999, 1, 1, tzinfo=UTC)
Span = tuple[datetime, datetime]


@dataclass(frozen=True, order=True)
class Read:
    """One occurrence of an event. A whole-day event begins at midnight of the reader's zone."""

    starts: datetime
    ends: datetime
    uid: str = ""
    summary: str = ""
    location: str = ""
    url: str = ""
    status: str = ""
    all_day: bool = False
    recurring: bool = False
    sequence: int = 0

    @property
    def cancelled(self) -> bool:
        return self.status == "CANCELLED"


@dataclass
class Reading:
    """What a file holds, and what in it could not be read."""

    events: list[Read] = field(default_factory=list)
    problems: Problems = field(default_factory=Problems)


def events(content: str | bytes, *, between: Span, zone: tzinfo = UTC) -> list[Read]:
    """The occurrences that begin in the span, in order. Raises Refused for what is no calendar or too large."""
    return read(content, between=between, zone=zone).events


def read(content: str | bytes, *, between: Span, zone: tzinfo = UTC) -> Reading:
    """The same, with what could not be read. `zone` is meant where the file names none."""
    reading = Reading()
    parts = parts_of(content, zone, reading.problems)
    found = parts.walk("VEVENT")
    if not found and not parts.walk("VCALENDAR"):
        raise Refused(
            _("This is not a calendar file. Calendar programs give such files the ending .ics."),
            code="not_a_calendar",
        )
    _Expansion(reading, parts, between, zone).run(found)
    reading.events.sort()
    return reading


def instant(moment: date, zone: tzinfo) -> datetime:
    """A date or time of a file in UTC; `zone` is meant where it names none. Raises OverflowError."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


class _Full(Exception):
    """Enough was read."""

    def __init__(self, line: int = 0) -> None:
        super().__init__(line)
        self.line = line


class _TooMuch(Exception):
    """One rule gives more than can be read."""


class _Expansion:
    """Turns events into occurrences."""

    def __init__(self, reading: Reading, parts: Parts, between: Span, zone: tzinfo) -> None:
        self.reading, self.parts, self.between, self.zone = reading, parts, between, zone
        self.until = time.thread_time() + SECONDS
        self.chosen = ComponentsWithName("VEVENT", _Event, _series(self), _Occurrence)
        # A little more than is asked for, because the library compares whole days in UTC.
        day = timedelta(days=2)
        self.wide = (between[0] - day, between[1] + day)

    def run(self, found: list[Component]) -> None:
        """Read event by event, so that one that is wrong does not take the others with it."""
        whole: list[Component] = []
        try:
            for event in found:
                with self._patience(event):
                    whole += [event] if self._is_whole(event) else []
            for group in self._groups(whole):
                with self._patience(group[0]):
                    self._one(group)
        except _Full as full:
            self._note(full.line, _("This file holds more dates than can be read here."))

    @contextmanager
    def _patience(self, event: Component) -> Iterator[None]:
        line = self.parts.line(event)
        try:
            self.spend()
            yield
        except _Full as full:
            raise _Full(line) from full
        except _TooMuch:
            rule = self.parts.line(event, "RRULE")
            self._note(rule, _("This rule gives too many dates; not all were read."))
        except OverflowError:
            self._note(line, _("An event lies too far off in time, so it was left out."))
        except Exception:
            # What a file may hold is without end, and the libraries have faults of their own.
            self._note(line, _("An event could not be understood, so it was left out."))

    def spend(self) -> None:
        """Whether there is still time. Raises _Full."""
        if time.thread_time() > self.until:
            raise _Full

    def _one(self, group: list[Component]) -> None:
        calendar = Calendar()
        calendar.subcomponents = group
        for series in of(calendar, components=[self.chosen]).series:
            for occurrence in series.between(*self.wide):
                self.spend()
                self._add(occurrence.read(self.zone))

    def _add(self, event: Read) -> None:
        if self.between[0] <= event.starts < self.between[1]:
            if len(self.reading.events) >= OCCURRENCES:
                raise _Full
            self.reading.events.append(event)

    def _note(self, line: int, what: str) -> None:
        self.reading.problems.note(line, what)

    def _groups(self, found: list[Component]) -> Iterator[list[Component]]:
        """Each event with its changed occurrences.

        The library takes the same UID for the same event, and of equals only one. But some programs give all their
        events one UID: those stand each by itself, unless a SEQUENCE tells which is the latest.
        """
        same: dict[str, list[Component]] = defaultdict(list)
        for event in found:
            same[text_of(event, "UID") or str(id(event))].append(event)
        for group in same.values():
            masters = [event for event in group if "RECURRENCE-ID" not in event]
            if len({number_of(event, "SEQUENCE") for event in masters}) == len(masters):
                yield group
                continue
            changed = [event for event in group if "RECURRENCE-ID" in event]
            yield [masters[0], *changed]
            yield from ([event] for event in masters[1:])

    # What the library would stumble over, or read without a word.

    def _is_whole(self, event: Component) -> bool:
        """Bring an event into the form that the library expects; whether there is enough of it."""
        for name in ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "UID"):
            if values := all_of(event, name):
                event[name] = values[0]
        event["SEQUENCE"] = number_of(event, "SEQUENCE")
        if "DTSTART" not in event:
            # That its beginning is wrong has been said already.
            if not self.parts.line_of(event, "DTSTART"):
                line = self.parts.line(event)
                self._note(line, _("An event has no beginning, so it was left out."))
            return False
        if "RECURRENCE-ID" not in event and self.parts.line_of(event, "RECURRENCE-ID"):
            return False
        if event.pop("EXRULE", None):
            line = self.parts.line(event, "EXRULE")
            self._note(line, _("What an old kind of rule (EXRULE) leaves out was not left out."))
        self._set_end(event)
        self._set_rules(event)
        return True

    def _set_end(self, event: Component) -> None:
        """An end before the beginning is left out: the library would make it the beginning."""
        begins = event.get("DTSTART").dt
        try:
            if "DTEND" in event:
                event.pop("DURATION", None)
                wrong = instant(event.get("DTEND").dt, self.zone) < instant(begins, self.zone)
            else:
                wrong = "DURATION" in event and event.get("DURATION").td < timedelta()
        except OverflowError:
            return
        if wrong:
            event.pop("DTEND", None)
            event.pop("DURATION", None)
            line = self.parts.line(event)
            self._note(line, _("An event ends before it begins; its end was left out."))
        if "DTEND" not in event and "DURATION" not in event and self.parts.line_of(event, "DTEND"):
            event["DTEND"] = vDDDTypes(begins)

    def _set_rules(self, event: Component) -> None:
        begins = event.get("DTSTART").dt
        rules: list[vRecur] = []
        for rule in all_of(event, "RRULE"):
            self.spend()
            try:
                rules.append(self._rule(rule, begins))
            except Unreadable:
                said = {"rule": _written(rule)[:60]}
                line = self.parts.line(event, "RRULE")
                self._note(line, _("How often the event repeats is not understood: “%(rule)s”") % said)
        event.pop("RRULE", None)
        if rules and "RECURRENCE-ID" not in event:
            event["RRULE"] = rules

    def _rule(self, rule: vRecur, begins: date) -> vRecur:
        """The rule with its end as the library takes it: in UTC, or a day for whole days. Raises Unreadable."""
        scale = [str(each).upper() for each in rule.get("RSCALE", ["GREGORIAN"])]
        if scale != ["GREGORIAN"] or "SKIP" in rule:
            raise Unreadable("RSCALE")
        kept = {key: rule[key] for key in rule if key in vRecur.canonical_order and key != "RSCALE"}
        check_rule(vRecur(kept), begins)
        for until in kept.pop("UNTIL", [])[:1]:
            kept["UNTIL"] = [self._until(until, begins)]
        return vRecur(kept)

    def _until(self, until: Any, begins: date) -> date:
        if not isinstance(until, date):
            raise Unreadable("UNTIL")
        if not isinstance(begins, datetime):
            return date(until.year, until.month, until.day)
        try:
            if not isinstance(until, datetime):
                until = datetime(until.year, until.month, until.day, 23, 59, 59)  # noqa: DTZ001
            return instant(until, begins.tzinfo or self.zone)
        except OverflowError:
            return FAR


def _written(rule: vRecur) -> str:
    try:
        return str(rule.to_ical().decode())
    except Exception:
        return ""


# --- what the libraries are told to do otherwise -------------------------------------------------------------------


class _Event(EventAdapter):  # type: ignore[misc]
    """An event that knows what all its occurrences have in common."""

    def __init__(self, component: Component) -> None:
        super().__init__(component)
        self.like = Read(
            starts=FAR,
            ends=FAR,
            uid=text_of(component, "UID"),
            summary=text_of(component, "SUMMARY"),
            location=text_of(component, "LOCATION"),
            url=text_of(component, "URL"),
            status=text_of(component, "STATUS").upper(),
            all_day=not isinstance(component.get("DTSTART").dt, datetime),
            recurring=any(name in component for name in ("RRULE", "RDATE", "RECURRENCE-ID")),
            sequence=number_of(component, "SEQUENCE"),
        )


class _Occurrence(Occurrence):  # type: ignore[misc]
    """An occurrence that says what it is without copying the whole event."""

    def read(self, zone: tzinfo) -> Read:
        """As the reader sees it. Raises OverflowError."""
        like: Read = self._adapter.like
        return replace(like, starts=instant(self.start, zone), ends=instant(self.end, zone))


def _series(expansion: _Expansion) -> type[Series]:
    """The library's series with rules that come to an end, whatever they say."""

    class Rules(Series.RecurrenceRules):  # type: ignore[misc]
        def rrulestr(self, rule_string: str) -> _Rule:
            return _Rule(super().rrulestr(rule_string), expansion)

    class Bounded(Series):  # type: ignore[misc]
        RecurrenceRules = Rules

    return Bounded


class _Rule:
    """A rule that gives its dates one by one, and not without end."""

    def __init__(self, rule: rrule, expansion: _Expansion) -> None:
        self.until, self.expansion = rule.until, expansion
        # Kept dates would hang for ever on the lock of `dateutil` once a rule has failed.
        self.rule = rule.replace(cache=False)

    def between(self, after: datetime, before: datetime, *, inc: bool) -> Iterator[datetime]:
        """The dates in the span. Raises _TooMuch and _Full."""
        for number, moment in enumerate(self.rule):
            self.expansion.spend()
            if moment > before:
                return
            if number >= DATES_OF_A_RULE:
                raise _TooMuch
            if moment >= after:
                yield moment
