"""Calendar files of other programs (RFC 5545), read with care: what is in them, and what could not be read.

Outlook, Google, Apple and many older programs each have their own faults: zones with Windows names, times without
seconds, lines that are not folded, files that end in the middle. Each part that cannot be read is named, the rest is
read. Size, depth and number are limited, so that a file made to do harm does none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global
from django.utils.translation import gettext as _

from mtd.core.errors import Refused

from .calendar_text import Component, Problems, Property, components
from .recurrence import BadRule, Rule, TooMuch, moments, parsed

EVENTS, OCCURRENCES, COST, RULES = 5_000, 10_000, 100_000, 10
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


class Unreadable(ValueError):
    """A value that cannot be understood; the text says what it is."""


def events(content: str | bytes, *, between: Span, zone: tzinfo = UTC) -> list[Read]:
    """The occurrences that begin in the span, in order. Raises Refused for what is no calendar or too large."""
    return read(content, between=between, zone=zone).events


def read(content: str | bytes, *, between: Span, zone: tzinfo = UTC) -> Reading:
    """The same, with what could not be read. `zone` is meant where the file names none."""
    reading = Reading()
    root = components(content, reading.problems)
    found = list(root.walk("VEVENT"))
    if not found and not any(root.walk("VCALENDAR")):
        raise Refused(
            _("This is not a calendar file. Calendar programs give such files the ending .ics."),
            code="not_a_calendar",
        )
    if len(found) > EVENTS:
        raise Refused(_("There are too many events in this file to read them here."), code="too_big")
    zones = Zones(root, zone, reading)
    _Expansion(reading, zones, between).run(found)
    reading.events.sort()
    return reading


# --- moments and zones ---------------------------------------------------------------------------------------------

_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})Z?")
_TIME = re.compile(r"(\d{2}):?(\d{2})(?::?(\d{2}))?(?:[.,]\d+)?(Z?)")
_LENGTH = re.compile(
    r"([+-]?)P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?"
)


@dataclass(frozen=True)
class Moment:
    """A value as written: wall-clock time, its zone (None: floating), and whether it is a whole day."""

    local: datetime
    zone: tzinfo | None
    all_day: bool

    def instant(self, reader: tzinfo) -> datetime:
        """The moment in UTC; `reader` is the zone of what has none."""
        return self.at(self.local, reader)

    def at(self, local: datetime, reader: tzinfo) -> datetime:
        """Another wall-clock time in the same zone, in UTC."""
        try:
            return local.replace(tzinfo=self.zone or reader).astimezone(UTC)
        except OverflowError:
            raise Unreadable(str(local)) from None


def _parsed(text: str) -> tuple[datetime, bool, bool]:
    """Wall-clock time, whether in UTC, whether a whole day."""
    day, _sign, clock = text.strip().upper().partition("T")
    on = _DATE.fullmatch(day)
    at = _TIME.fullmatch(clock) if clock else None
    if on is None or (clock and at is None):
        raise Unreadable(text[:40])
    try:
        base = datetime.combine(date(int(on[1]), int(on[2]), int(on[3])), time())
        if at is None:
            return base, False, True
        hour, minute, second = int(at[1]), int(at[2]), min(int(at[3] or 0), 59)
        return datetime.combine(base.date(), time(hour, minute, second)), at[4] == "Z", False
    except ValueError:
        raise Unreadable(text[:40]) from None


def length_of(text: str) -> timedelta:
    """A DURATION. Raises Unreadable."""
    match = _LENGTH.fullmatch(text.strip().upper())
    if match is None or not any(match.groups()[1:]):
        raise Unreadable(text[:40])
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    total = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -total if match[1] == "-" else total


class Full(Exception):
    """Enough was read."""


class Zones:
    """The zones of a file: by the names that the world agrees on, by Windows names, else by the file's own rules."""

    def __init__(self, root: Component, reader: tzinfo, reading: Reading) -> None:
        self.reader, self.problems = reader, reading.problems
        self.given = {part.text("TZID"): part for part in root.walk("VTIMEZONE") if part.first("TZID")}
        self.known: dict[str, tzinfo | None] = {}

    def moment(self, prop: Property, value: str | None = None) -> Moment:
        """The moment of a property, or of one value in its list. Raises Unreadable."""
        local, utc, all_day = _parsed(prop.value if value is None else value)
        if utc:
            return Moment(local, UTC, False)
        name = prop.params.get("TZID", "")
        return Moment(local, self._named(name, prop.line) if name and not all_day else None, all_day)

    def _named(self, name: str, line: int) -> tzinfo | None:
        if name not in self.known:
            self.known[name] = zone_named(name) or self._from_file(name)
            if self.known[name] is None:
                self.problems.note(line, _("The time zone “%(zone)s” is not known.") % {"zone": name[:60]})
        return self.known[name]

    def _from_file(self, name: str) -> tzinfo | None:
        part = self.given.get(name)
        if part is None:
            return None
        alias = zone_named(part.text("X-LIC-LOCATION"))
        try:
            return alias or FileZone(name, part)
        except (Unreadable, BadRule, TooMuch):
            self.problems.note(
                part.line,
                _("The rules of the time zone “%(zone)s” are not understood.") % {"zone": name[:60]},
            )
            return None


@lru_cache(maxsize=512)
def zone_named(name: str) -> tzinfo | None:
    """A zone by its name in the tz database (also with a prefix, as some programs write it) or in Windows."""
    plain = name.strip().strip("/")
    windows = get_global("windows_zone_mapping").get(plain)
    parts = plain.split("/")
    tries = [str(windows)] if windows else [plain, "/".join(parts[-2:]), "/".join(parts[-3:])]
    for each in tries:
        if re.fullmatch(r"[A-Za-z]+(?:/[A-Za-z0-9_+-]+){1,2}|UTC|GMT|[CEW]ET", each):
            try:
                return ZoneInfo(each)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                continue
    return None


class FileZone(tzinfo):
    """A zone by the rules of a VTIMEZONE; knows the way from the wall clock to UTC, which is all we need."""

    LAST = datetime(2060, 1, 1)  # noqa: DTZ001 (wall-clock time)

    def __init__(self, name: str, part: Component) -> None:
        changes: dict[datetime, tuple[timedelta, timedelta]] = {}
        for rule in part.parts:
            start = rule.first("DTSTART")
            if rule.name not in ("STANDARD", "DAYLIGHT") or start is None:
                continue
            offsets = (_offset(rule.text("TZOFFSETFROM")), _offset(rule.text("TZOFFSETTO")))
            for onset in self._onsets(rule, _parsed(start.value)[0]):
                changes[onset] = offsets
        if not changes:
            raise Unreadable(name)
        self.name, self.onsets = name, sorted(changes)
        self.offsets = [changes[onset] for onset in self.onsets]

    def _onsets(self, part: Component, start: datetime) -> Iterator[datetime]:
        yield start
        for prop in part.all("RRULE"):
            rule = parsed(prop.value)
            if rule.freq not in ("YEARLY", "MONTHLY"):
                raise BadRule(prop.value[:80])
            until = _parsed(rule.until)[0] + timedelta(days=1) if rule.until else self.LAST
            yield from moments(rule, start, since=start, upto=min(until, self.LAST))
        for prop in part.all("RDATE"):
            for value in prop.value.split(","):
                yield _parsed(value.partition("/")[0])[0]

    def utcoffset(self, dt: datetime | None) -> timedelta:
        """What holds at this wall-clock time; in the hour that is skipped still what held before."""
        local = (dt or datetime(2000, 1, 1)).replace(tzinfo=None)  # noqa: DTZ001
        place = bisect_right(self.onsets, local) - 1
        if place < 0:
            return self.offsets[0][0]
        old, new = self.offsets[place]
        return old if local < self.onsets[place] + (new - old) else new

    def dst(self, dt: datetime | None) -> timedelta:
        return timedelta()

    def tzname(self, dt: datetime | None) -> str:
        return self.name


def _offset(text: str) -> timedelta:
    match = re.fullmatch(r"([+-]?)(\d{2}):?(\d{2})(?::?(\d{2}))?", text.strip())
    if match is None or int(match[2]) > 23 or int(match[3]) > 59:
        raise Unreadable(text[:40])
    total = timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
    return -total if match[1] == "-" else total


# --- events and their occurrences ----------------------------------------------------------------------------------


class _Expansion:
    """Turns events into occurrences: rules, added and left-out dates, and what was moved."""

    def __init__(self, reading: Reading, zones: Zones, between: Span) -> None:
        self.reading, self.zones, self.between = reading, zones, between
        self.cost = 0

    def run(self, found: list[Component]) -> None:
        moved: dict[str, set[datetime]] = {}
        single: list[Component] = []
        masters: list[Component] = []
        for event in found:
            named = event.first("RECURRENCE-ID")
            (single if named else masters).append(event)
            if named:
                try:
                    instant = self.zones.moment(named).instant(self.zones.reader)
                except Unreadable as wrong:
                    self._misread(named, wrong)
                    continue
                moved.setdefault(event.text("UID"), set()).add(instant)
                if named.params.get("RANGE"):
                    self.reading.problems.note(
                        named.line, _("“This and all later ones” was read for this one only.")
                    )
        for event in [*masters, *single]:
            others = set() if event.first("RECURRENCE-ID") else moved.get(event.text("UID"), set())
            try:
                self._one(event, others)
            except OverflowError:
                self.reading.problems.note(
                    event.line, _("An event lies too far off in time, so it was left out.")
                )
            except Full:
                said = _("This file holds more dates than can be read here.")
                self.reading.problems.note(event.line, said)
                break

    def _misread(self, prop: Property, wrong: Unreadable) -> None:
        said = {"name": prop.name[:40], "value": str(wrong)}
        self.reading.problems.note(prop.line, _("%(name)s is not understood: “%(value)s”") % said)

    def _one(self, event: Component, moved: set[datetime]) -> None:
        start = event.first("DTSTART")
        if start is None:
            self.reading.problems.note(event.line, _("An event has no beginning, so it was left out."))
            return
        try:
            begins = self.zones.moment(start)
            length = self._length(event, begins)
        except Unreadable as wrong:
            self._misread(start, wrong)
            return
        like = _described(event, begins)
        try:
            for local in self._locals(event, begins):
                instant = begins.at(local, self.zones.reader)
                if instant not in moved and self.between[0] <= instant < self.between[1]:
                    self._add(like, begins, local, instant, length)
        except Unreadable as wrong:
            self._misread(start, wrong)

    def _length(self, event: Component, begins: Moment) -> timedelta:
        """How long it lasts; for a time with a zone in hours that pass."""
        ends, lasts = event.first("DTEND"), event.first("DURATION")
        try:
            if ends is not None:
                until = self.zones.moment(ends)
                length = until.instant(self.zones.reader) - begins.instant(self.zones.reader)
                if begins.all_day:
                    length = until.local - begins.local
            elif lasts is not None:
                length = length_of(lasts.value)
            else:
                length = timedelta(days=1) if begins.all_day else timedelta()
        except Unreadable as wrong:
            self._misread(ends or lasts or event.properties[0], wrong)
            length = timedelta()
        if length < timedelta():
            self.reading.problems.note(event.line, _("An event ends before it begins; its end was left out."))
            return timedelta()
        return length

    def _locals(self, event: Component, begins: Moment) -> Iterator[datetime]:
        """Every wall-clock time of the event, without those that were left out."""
        out_days, out_moments = self._left_out(event, begins)
        seen: set[datetime] = set()
        recurring = [*self._of_rules(event, begins), *self._added(event, begins)]
        for local in [begins.local, *recurring]:
            if local in seen or local in out_moments or local.date() in out_days:
                continue
            seen.add(local)
            yield local

    def _of_rules(self, event: Component, begins: Moment) -> Iterator[datetime]:
        low, high = (self._wall(edge, begins) for edge in self.between)
        if event.first("RECURRENCE-ID") is None:
            for prop in event.all("RRULE")[:RULES]:
                yield from self._of_rule(prop, begins, low, high)

    def _of_rule(self, prop: Property, begins: Moment, low: datetime, high: datetime) -> Iterator[datetime]:
        try:
            rule = parsed(prop.value)
            ended = self._until(rule, begins)
            for local in moments(rule, begins.local, since=low, upto=high):
                self.cost += 1
                if self.cost > COST:
                    raise Full
                if ended(local):
                    break
                yield local
        except TooMuch:
            self.reading.problems.note(prop.line, _("This rule gives too many dates; not all were read."))
        except (BadRule, Unreadable):
            said = {"rule": prop.value[:60]}
            what = _("How often the event repeats is not understood: “%(rule)s”") % said
            self.reading.problems.note(prop.line, what)

    def _wall(self, edge: datetime, begins: Moment) -> datetime:
        """A safe edge on the wall clock: a day more, so that no zone matters."""
        day = timedelta(days=1) if edge is self.between[1] else timedelta(days=-1)
        return edge.astimezone(UTC).replace(tzinfo=None) + day

    def _until(self, rule: Rule, begins: Moment) -> Callable[[datetime], bool]:
        """Whether a time of the rule lies after its end."""
        if not rule.until:
            return lambda moment: False
        local, utc, all_day = _parsed(rule.until)
        if all_day:
            return lambda moment: moment.date() > local.date()
        if utc and not begins.all_day:
            return lambda moment: begins.at(moment, self.zones.reader) > local.replace(tzinfo=UTC)
        return lambda moment: moment > local

    def _added(self, event: Component, begins: Moment) -> Iterator[datetime]:
        for prop in event.all("RDATE"):
            for value in prop.value.split(","):
                yield from self._value(prop, value.partition("/")[0], begins)

    def _left_out(self, event: Component, begins: Moment) -> tuple[set[date], set[datetime]]:
        days: set[date] = set()
        exact: set[datetime] = set()
        for prop in event.all("EXDATE"):
            for value in prop.value.split(","):
                whole = "T" not in value.upper() and not begins.all_day
                for local in self._value(prop, value, begins):
                    (days.add(local.date()) if whole else exact.add(local))
        low, high = (self._wall(edge, begins) for edge in self.between)
        for prop in event.all("EXRULE")[:RULES]:  # of RFC 2445, and still about
            exact.update(islice(self._of_rule(prop, begins, low, high), 1, None))
        return days, exact

    def _value(self, prop: Property, value: str, begins: Moment) -> Iterator[datetime]:
        """One date of a list, on the wall clock of the event."""
        if not value.strip():
            return
        try:
            moment = self.zones.moment(prop, value)
            if moment.all_day or moment.zone is None or begins.zone is None or moment.zone is begins.zone:
                yield moment.local
            else:
                yield self._same_wall(moment.instant(self.zones.reader), begins)
        except Unreadable as wrong:
            self._misread(prop, wrong)

    def _same_wall(self, instant: datetime, begins: Moment) -> datetime:
        """The wall-clock time in the event's zone that means this instant."""
        guess = instant.replace(tzinfo=None)
        for _round in range(3):
            guess += instant - begins.at(guess, self.zones.reader)
        return guess

    def _add(self, like: Read, begins: Moment, local: datetime, instant: datetime, length: timedelta) -> None:
        if len(self.reading.events) >= OCCURRENCES:
            raise Full
        ends = begins.at(local + length, self.zones.reader) if begins.all_day else instant + length
        self.reading.events.append(replace(like, starts=instant, ends=ends))


def _described(event: Component, begins: Moment) -> Read:
    """What all occurrences of an event have in common."""
    number = event.text("SEQUENCE")
    names = {each.name for each in event.properties}
    return Read(
        starts=FAR,
        ends=FAR,
        uid=event.text("UID"),
        summary=event.text("SUMMARY"),
        location=event.text("LOCATION"),
        url=event.text("URL"),
        status=event.text("STATUS").upper(),
        all_day=begins.all_day,
        recurring=bool(names & {"RRULE", "RDATE", "RECURRENCE-ID"}),
        sequence=int(number) if number.isdecimal() and len(number) < 10 else 0,
    )
