"""The parts of a calendar file, taken apart by `icalendar`, with the line of everything that could not be understood.

The library's parser is meant for files of good will: it keeps the zones and the unknown parts of every file for the
life of the process, and stops at the first fault. So it is driven here line by line, with limits of size, number
and depth set before it sees anything, only with the lines that somebody asks for, and with zones that live no
longer than the file.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from itertools import islice
from typing import Any

from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _
from icalendar import Calendar, Component, Event, Timezone, TimezoneDaylight, TimezoneStandard
from icalendar.parser import Contentline, Parameters
from icalendar.parser.ical.component import ComponentIcalParser
from icalendar.prop import vDDDLists, vDDDTypes, vRecur
from icalendar.timezone.tzp import TZP

from mtd.core.errors import Refused

LARGEST = 2 * 1024 * 1024
LINES, DEPTH, TOLD, EVENTS = 60_000, 8, 50, 5_000
RULES, DATES, ZONES, CHANGES, SECONDS = 10, 20_000, 100, 100, 3.0
KNOWN: dict[str, type[Component]] = {
    each.name: each for each in (Calendar, Event, Timezone, TimezoneStandard, TimezoneDaylight) if each.name
}
MOMENTS = ("DTSTART", "DTEND", "RECURRENCE-ID", "DTSTAMP")
LISTS = ("RDATE", "EXDATE")
RULED = ("RRULE", "EXRULE")
WANTED = {
    *(
        "BEGIN",
        "END",
        "METHOD",
        "TZID",
        "TZOFFSETFROM",
        "TZOFFSETTO",
        "DURATION",
        "UID",
        "SEQUENCE",
        "STATUS",
    ),
    *("SUMMARY", "LOCATION", "URL", "ATTENDEE", *MOMENTS, *LISTS, *RULED),
}
_SHORT = ("HOURLY", "MINUTELY", "SECONDLY")
_DAYS = {"BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY", "BYSETPOS"}


@dataclass(frozen=True)
class Problem:
    """What could not be read, and in which line."""

    line: int
    what: str


class Problems(list[Problem]):
    """What could not be read; the first fifty, each once."""

    def note(self, line: int, what: str) -> None:
        """Remember what could not be read, and where."""
        problem = Problem(line, what)
        if len(self) < TOLD and problem not in self:
            self.append(problem)


class Unreadable(ValueError):
    """A value that cannot be understood; the text says what it is."""


@dataclass
class Parts:
    """A file taken apart: its outermost parts, where everything stands, and what was not understood."""

    roots: list[Component] = field(default_factory=list)
    problems: Problems = field(default_factory=Problems)
    lines: dict[tuple[int, str], int] = field(default_factory=dict)

    def walk(self, name: str) -> list[Component]:
        """Every part of this name, at whatever depth."""
        return [part for root in self.roots for part in root.walk(name)]

    def line_of(self, part: Component, name: str) -> int | None:
        """Where the first line of this name in a part stands; None if there is none."""
        return self.lines.get((id(part), name))

    def line(self, part: Component, name: str = "") -> int:
        """The same, or else where the part begins."""
        return self.line_of(part, name) or self.lines.get((id(part), ""), 0)


def parts_of(content: str | bytes, reader: tzinfo, problems: Problems | None = None) -> Parts:
    """Take a file apart; times of no zone are meant in the reader's. Raises Refused for what is too large or deep."""
    found = Parts(problems=Problems() if problems is None else problems)
    _Parser(_in_order(_unfolded(_decoded(content))), found, reader).parse()
    return found


def all_of(part: Component, name: str) -> list[Any]:
    """Every value of this name in a part."""
    value = part.get(name)
    return [] if value is None else list(value) if isinstance(value, list) else [value]


def text_of(part: Component, name: str) -> str:
    """The first text of this name, or nothing."""
    return str(next(iter(all_of(part, name)), "")).strip()


def number_of(part: Component, name: str) -> int:
    """The first number of this name, or 0."""
    value = next(iter(all_of(part, name)), 0)
    return int(value) if isinstance(value, int) and 0 <= value < 10**9 else 0


def _decoded(content: str | bytes) -> str:
    if len(content) > LARGEST:
        raise Refused(
            _("This file is larger than %(size)s MB; a calendar file of meetings is much smaller.")
            % {"size": 2},
            code="too_big",
        )
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Whole lines with their numbers, which the library would not tell."""
    lines = re.split(r"\r\n|\n|\r", text)
    if len(lines) > LINES:
        raise Refused(_("There are too many events in this file to read them here."), code="too_big")
    number, parts = 0, list[str]()
    for current, line in enumerate(lines, 1):
        if line[:1] in (" ", "\t") and parts:
            parts.append(line[1:])
        elif line.strip():
            if parts:
                yield number, "".join(parts)
            number, parts = current, [line]
    if parts:
        yield number, "".join(parts)


_NAMED = re.compile(r"\s*([A-Za-z0-9-]+)\s*[;:]")
_BLOCK = re.compile(r"(BEGIN|END):(VTIMEZONE|VEVENT|VCALENDAR)", re.IGNORECASE)


def _in_order(lines: Iterator[tuple[int, str]]) -> list[tuple[int, str]]:
    """The lines that somebody asks for, the zones first: some files bring them after the events that need them."""
    zones: list[tuple[int, str]] = []
    rest: list[tuple[int, str]] = []
    inside = False
    for number, line in lines:
        block = _BLOCK.fullmatch(line.strip())
        of_zone = block is not None and block[2].upper() == "VTIMEZONE"
        if block:
            inside = of_zone and block[1].upper() == "BEGIN"
        name = _NAMED.match(line)
        if name is None or name[1].upper() in WANTED:
            (zones if inside or of_zone else rest).append((number, line))
    return zones + rest


class _Parser(ComponentIcalParser):
    """The library's parser, patient: what it stumbles over is noted, the rest is read."""

    def __init__(self, lines: list[tuple[int, str]], found: Parts, reader: tzinfo) -> None:
        self.numbers = iter([number for number, _line in lines])
        self.found, self.zones = found, _Zones(reader, found)
        self.number, self.current, self.events = 0, "", 0
        factory = Component._get_component_factory()
        super().__init__([Contentline(line) for _number, line in lines], factory, Component.types_factory)

    def initialize_parsing(self) -> None:
        super().initialize_parsing()  # type: ignore[no-untyped-call]
        self._content_lines_iterator = self._counted(list(self._content_lines))

    def _counted(self, lines: list[Contentline]) -> Iterator[Contentline]:
        until = time.thread_time() + SECONDS
        for line, number in zip(lines, self.numbers, strict=True):
            if time.thread_time() > until:
                raise Refused(_("There are too many events in this file to read them here."), code="too_big")
            self.number, self.current = number, str(line)
            yield line

    def _note(self, what: str) -> None:
        self.found.problems.note(self.number, what)

    def parse_content_lines(self) -> None:
        """Go on behind a line that the library has no answer to."""
        while True:
            try:
                return super().parse_content_lines()
            except Refused:
                raise
            except Exception as error:
                self.handle_line_parse_error(error)

    def handle_line_parse_error(self, exception: Exception) -> None:
        self._note(_("This line is not understood: “%(line)s”") % {"line": self.current[:60]})

    def handle_begin_component(self, vals: str) -> None:
        if len(self._stack) >= DEPTH:
            raise Refused(_("This file is nested too deeply to be a calendar."), code="too_deep")
        name = vals.strip().upper()
        self.events += name == "VEVENT"
        if self.events > EVENTS:
            raise Refused(_("There are too many events in this file to read them here."), code="too_big")
        # Not by the library's factory: it would keep a class for every name that it ever met.
        part = KNOWN.get(name, Component)()
        if name not in KNOWN:
            part.name = name  # type: ignore[misc]
        self.found.lines[id(part), ""] = self.number
        self._stack.append(part)

    def handle_end_component(self, vals: str) -> None:
        name = vals.strip().upper()
        if name not in [part.name for part in self._stack]:
            self._note(_("%(part)s ends here without having begun.") % {"part": name[:40]})
            return
        while self._stack[-1].name != name:
            self._note(_("The end of %(part)s is missing.") % {"part": str(self._stack[-1].name)[:40]})
            self._close()
        self._close()

    def _close(self) -> None:
        part = self._stack.pop()
        (self._stack[-1].subcomponents if self._stack else self.found.roots).append(part)
        if part.name == "VTIMEZONE":
            self.zones.given.setdefault(text_of(part, "TZID"), part)

    def prepare_components(self) -> None:
        """Close what the file has left open."""
        if self._stack:
            self.number = self.found.line(self._stack[-1])
            self._note(
                _("The file ends in the middle of %(part)s.") % {"part": str(self._stack[-1].name)[:40]}
            )
        while self._stack:
            self._close()

    def handle_property(self, name: str, params: Parameters, vals: str, line: Contentline) -> None:
        part = self.component
        if part is None or name not in WANTED:
            return
        self.found.lines.setdefault((id(part), name), self.number)
        if name in MOMENTS or name in LISTS:
            self._moments(part, name, params, vals)
        elif name not in RULED or len(all_of(part, name)) < RULES:
            super().handle_property(name, params, vals, line)

    def handle_property_parse_error(
        self, exception: Exception, name: str, params: Parameters, val: str, line: Contentline
    ) -> None:
        if name in RULED:
            self._note(_("How often the event repeats is not understood: “%(rule)s”") % {"rule": val[:60]})
        elif name in ("DURATION", "TZOFFSETFROM", "TZOFFSETTO"):
            self._note(misread(name, val))

    def _moments(self, part: Component, name: str, params: Parameters, vals: str) -> None:
        """Dates and times, each by itself, so that one wrong date in a list leaves the others."""
        floating = part.name in ("STANDARD", "DAYLIGHT")
        values = list(dict.fromkeys(vals.split(","))) if name in LISTS else [vals]
        if len(values) > DATES:
            self._note(_("This file holds more dates than can be read here."))
        read: list[vDDDTypes] = []
        for value in values[:DATES]:
            if not value.strip() and name in LISTS:
                continue
            try:
                zone = None if floating else self.zones.of(params, self.number)
                read.append(vDDDTypes(_moment(value, zone, period=name == "RDATE")))
            except Unreadable as wrong:
                self._note(misread(name, str(wrong)))
        if name in LISTS and read:
            part.add(name, vDDDLists(read), encode=False)
        for moment in read if name in MOMENTS else ():
            moment.params.update(params)
            part.add(name, moment, encode=False)


def misread(name: str, value: str) -> str:
    """What is said about a value that is not understood."""
    return _("%(name)s is not understood: “%(value)s”") % {"name": name[:40], "value": value[:40]}


_WRITTEN = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})(?:T(?:(\d{2}):?(\d{2})(?::?(\d{2}))?(?:[.,]\d+)?)?)?(Z?)", re.IGNORECASE
)


def _moment(value: str, zone: tzinfo | None, *, period: bool) -> Any:
    """A date, a time or (in RDATE) a span. Written as some programs do, with dashes or without seconds, it is
    brought into the form that the library takes. Raises Unreadable.
    """
    begins, *ends = value.strip().split("/") if period else [value.strip()]
    try:
        if ends:
            span = [_moment(begins, zone, period=False), vDDDTypes.from_ical(_tidy(ends[0]), timezone=zone)]
            return span[0], span[1]
        tidy = _tidy(begins)
        # A day has no zone, and what ends with Z has one already.
        moment = vDDDTypes.from_ical(tidy, timezone=None if "T" not in tidy or tidy[-1] == "Z" else zone)
    except Unreadable:
        raise
    except Exception:
        raise Unreadable(value[:40]) from None
    if not isinstance(moment, date):
        raise Unreadable(value[:40])
    return moment


def _tidy(value: str) -> str:
    found = _WRITTEN.fullmatch(value)
    if found is None:
        return value
    year, month, day, hour, minute, second, utc = found.groups()
    if hour is None:
        return f"{year}{month}{day}"
    return f"{year}{month}{day}T{hour}{minute}{min(int(second or 0), 59):02}{utc.upper()}"


# --- zones ---------------------------------------------------------------------------------------------------------


class _Zones:
    """The zones of one file: by the names that the world or Windows knows, else by the file's own rules."""

    def __init__(self, reader: tzinfo, found: Parts) -> None:
        self.reader, self.found = reader, found
        self.given: dict[str, Component] = {}
        self.known: dict[str, tzinfo] = {}
        # Our own, because the library's would keep what one file says for the next reader of another file.
        self.library = TZP()

    def of(self, params: Parameters, line: int) -> tzinfo:
        """The zone that a property names, else the reader's."""
        name = str(params.get("TZID") or "")
        if not name:
            return self.reader
        if name not in self.known:
            zone = (self._named(name) or self._from_file(name)) if len(self.known) < ZONES else None
            if zone is None:
                self.found.problems.note(
                    line, _("The time zone “%(zone)s” is not known.") % {"zone": name[:60]}
                )
            if len(self.known) >= ZONES:
                return self.reader
            self.known[name] = zone or self.reader
        return self.known[name]

    def _named(self, name: str) -> tzinfo | None:
        """By name, also with the prefix that some programs put before it."""
        parts = name.strip().strip("/")[:200].split("/")[-6:]
        for begin in range(len(parts)):
            try:
                zone: tzinfo | None = self.library.timezone("/".join(parts[begin:]))
            except (OSError, ValueError):
                continue
            if zone is not None:
                return zone
        return None

    def _from_file(self, name: str) -> tzinfo | None:
        part = self.given.get(name)
        if part is None:
            return None
        try:
            _check_changes(part)
            zone = self.library.create_timezone(part)
            for year in (1900, 2026):
                datetime(year, 7, 1, tzinfo=zone).utcoffset()
        except Exception:
            self.found.problems.note(
                self.found.line(part),
                _("The rules of the time zone “%(zone)s” are not understood.") % {"zone": name[:60]},
            )
            return None
        return zone


def _check_changes(part: Component) -> None:
    """Whether the rules of a zone can be followed at little cost. Raises Unreadable."""
    if len(part.subcomponents) > CHANGES:
        raise Unreadable(part.name or "")
    for change in part.subcomponents:
        start = change.get("DTSTART").dt
        if sum(len(dates.dts) for dates in all_of(change, "RDATE")) > CHANGES * 5:
            raise Unreadable(change.name or "")
        for rule in all_of(change, "RRULE"):
            if rule.get("FREQ") != ["YEARLY"]:
                raise Unreadable(change.name or "")
            check_rule(rule, start, rare=True)


# --- rules ---------------------------------------------------------------------------------------------------------


def check_rule(rule: vRecur, start: date, *, rare: bool = False) -> None:
    """Whether a rule has a date at all, and if asked no more than a few a year. Raises Unreadable.

    The library follows a rule without dates, like one for 30 February, to the end of time. So it is asked to do so
    a few decades before that: in a year between 9932 and 9959 with the same weekdays and the same leap years.
    """
    parts = {key.upper() for key in rule}
    often = str(next(iter(rule.get("FREQ", [""])))).upper()
    if often in _SHORT and parts & (_DAYS if often != "HOURLY" else {"BYSETPOS"}):
        # Nobody's meetings, and the library would look at every second of a year.
        raise Unreadable("FREQ")
    if not 1 <= next(iter(rule.get("INTERVAL", [1]))) <= 10_000:
        raise Unreadable("INTERVAL")
    year = next(
        year
        for year in range(9932, 9960)
        if year % 4 == start.year % 4 and date(year, 3, 1).weekday() == date(start.year, 3, 1).weekday()
    )
    clock = start.time() if isinstance(start, datetime) else datetime.min.time()
    late = datetime.combine(start.replace(year=year), clock)
    bare = vRecur({key: value for key, value in rule.items() if key.upper() != "UNTIL"})
    try:
        found = list(islice(rrulestr(bare.to_ical().decode(), dtstart=late), 12 if rare else 1))
    except Exception:
        raise Unreadable("RRULE") from None
    if not found or (len(found) == 12 and found[-1].year - found[0].year < 4):
        raise Unreadable("RRULE")
