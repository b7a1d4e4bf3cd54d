"""Debian's libical 3, called from Python: parse a calendar, expand its rules, put the moved ones in their place."""

from __future__ import annotations

import ctypes
import ctypes.util
from functools import cache
from typing import Any


class Time(ctypes.Structure):
    """struct icaltimetype"""

    _fields_ = [
        *((name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second")),
        ("is_date", ctypes.c_int),
        ("is_daylight", ctypes.c_int),
        ("zone", ctypes.c_void_p),
    ]


class Rule(ctypes.Structure):
    """struct icalrecurrencetype, of libical 3.0: we only hand it on."""

    _fields_ = [("inside", ctypes.c_long * 362)]


class Length(ctypes.Structure):
    """struct icaldurationtype"""

    _fields_ = [(name, ctypes.c_int) for name in ("negative", "days", "weeks", "hours", "minutes", "seconds")]

    def in_seconds(self) -> int:
        return (((self.weeks * 7 + self.days) * 24 + self.hours) * 60 + self.minutes) * 60 + self.seconds


@cache
def library() -> Any:
    """The library with the types of what we call, or None where it is not installed."""
    for name in (ctypes.util.find_library("ical"), "libical.so.3"):
        try:
            found = ctypes.CDLL(name) if name else None
        except OSError:
            found = None
        if found is not None:
            break
    else:
        return None
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    shapes: dict[str, tuple[Any, list[Any]]] = {
        "icalparser_parse_string": (pointer, [text]),
        "icalcomponent_free": (None, [pointer]),
        "icalcomponent_isa": (number, [pointer]),
        "icalcomponent_string_to_kind": (number, [text]),
        "icalproperty_string_to_kind": (number, [text]),
        "icalcomponent_get_first_component": (pointer, [pointer, number]),
        "icalcomponent_get_next_component": (pointer, [pointer, number]),
        "icalcomponent_get_first_property": (pointer, [pointer, number]),
        "icalcomponent_count_errors": (number, [pointer]),
        "icalcomponent_get_uid": (text, [pointer]),
        "icalcomponent_get_dtstart": (Time, [pointer]),
        "icalcomponent_get_dtend": (Time, [pointer]),
        "icalproperty_get_datetime_with_component": (Time, [pointer, pointer]),
        "icalproperty_get_value_as_string": (text, [pointer]),
        "icaltime_as_timet_with_zone": (ctypes.c_long, [Time, pointer]),
        "icaltimezone_get_utc_timezone": (pointer, []),
        "icalcomponent_get_next_property": (pointer, [pointer, number]),
        "icalcomponent_get_duration": (Length, [pointer]),
        "icalproperty_get_rrule": (Rule, [pointer]),
        "icalrecur_iterator_new": (pointer, [Rule, Time]),
        "icalrecur_iterator_next": (Time, [pointer]),
        "icalrecur_iterator_free": (None, [pointer]),
    }
    for function, (result, arguments) in shapes.items():
        getattr(found, function).restype = result
        getattr(found, function).argtypes = arguments
    return found


def occurrences(text: str, begin: int, end: int) -> list[tuple[int, int, str, bool]]:
    """Occurrences that begin in the span: start, end, UID, whether cancelled. ValueError: not a calendar."""
    lib = library()
    calendar = lib.icalparser_parse_string(text.encode())
    if not calendar:
        raise ValueError("libical: not a calendar")
    try:
        if lib.icalcomponent_count_errors(calendar):
            raise ValueError("libical: there are faults in the file")
        return _read(lib, calendar, begin, end)
    finally:
        lib.icalcomponent_free(calendar)


def _read(lib: Any, calendar: int, begin: int, end: int) -> list[tuple[int, int, str, bool]]:
    kind = lib.icalcomponent_string_to_kind(b"VEVENT")
    events = []
    event = lib.icalcomponent_get_first_component(calendar, kind)
    while event:
        events.append(event)
        event = lib.icalcomponent_get_next_component(calendar, kind)
    recurrence_id = lib.icalproperty_string_to_kind(b"RECURRENCE-ID")
    moved = {
        (_uid(lib, each), _seconds(lib, lib.icalproperty_get_datetime_with_component(named, each)))
        for each in events
        if (named := lib.icalcomponent_get_first_property(each, recurrence_id))
    }
    found: list[tuple[int, int, str, bool]] = []
    for each in events:
        uid, cancelled = _uid(lib, each), _is_cancelled(lib, each)
        if lib.icalcomponent_get_first_property(each, recurrence_id):
            starts = _seconds(lib, lib.icalcomponent_get_dtstart(each))
            found.append((starts, _seconds(lib, lib.icalcomponent_get_dtend(each)), uid, cancelled))
        else:
            spans = _expand(lib, each, begin, end)
            found += [(s, e, uid, cancelled) for s, e in spans if (uid, s) not in moved]
    return [each for each in found if begin <= each[0] < end]


def _expand(lib: Any, event: int, begin: int, end: int) -> list[tuple[int, int]]:
    """What DTSTART, RRULE, RDATE and EXDATE come to. Done by hand, because icalcomponent_foreach_recurrence puts some
    occurrences near a change of the clock an hour off.
    """
    first = lib.icalcomponent_get_dtstart(event)
    length = lib.icalcomponent_get_duration(event).in_seconds()
    if not any(_properties(lib, event, name) for name in (b"RRULE", b"RDATE", b"DURATION")):
        length = _seconds(lib, lib.icalcomponent_get_dtend(event)) - _seconds(lib, first)
    starts = {_seconds(lib, first)}
    for prop in _properties(lib, event, b"RRULE"):
        iterator = lib.icalrecur_iterator_new(lib.icalproperty_get_rrule(prop), first)
        while (moment := lib.icalrecur_iterator_next(iterator)).year:
            moment.zone, moment.is_daylight = first.zone, 0
            starts.add(_seconds(lib, moment))
            if max(starts) > end:
                break
        lib.icalrecur_iterator_free(iterator)
    for name, change in ((b"RDATE", starts.add), (b"EXDATE", starts.discard)):
        for prop in _properties(lib, event, name):
            change(_seconds(lib, lib.icalproperty_get_datetime_with_component(prop, event)))
    return [(start, start + length) for start in sorted(starts) if begin <= start < end]


def _properties(lib: Any, event: int, name: bytes) -> list[int]:
    kind = lib.icalproperty_string_to_kind(name)
    found = []
    prop = lib.icalcomponent_get_first_property(event, kind)
    while prop:
        found.append(prop)
        prop = lib.icalcomponent_get_next_property(event, kind)
    return found


def _uid(lib: Any, event: int) -> str:
    return (lib.icalcomponent_get_uid(event) or b"").decode()


def _is_cancelled(lib: Any, event: int) -> bool:
    status = lib.icalcomponent_get_first_property(event, lib.icalproperty_string_to_kind(b"STATUS"))
    return bool(status) and lib.icalproperty_get_value_as_string(status) == b"CANCELLED"


def _seconds(lib: Any, moment: Time) -> int:
    moment.is_daylight = 0
    return int(lib.icaltime_as_timet_with_zone(moment, moment.zone or lib.icaltimezone_get_utc_timezone()))
