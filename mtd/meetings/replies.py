"""Answers that calendar programs send to our invitations (RFC 5546), read out of an e-mail. None is believed yet."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from email.utils import parseaddr

from icalendar import Component

from mtd.core.errors import Refused

from .calendar_parts import all_of, number_of, parts_of, text_of
from .reading import instant

LARGEST = 256 * 1024
PARTS, EVENTS = 50, 50
METHODS = ("REPLY", "COUNTER", "REFRESH", "DECLINECOUNTER")
_UID = re.compile(r"([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})@meetings\.mtd", re.IGNORECASE)


@dataclass(frozen=True)
class Reply:
    """What one answer says: to which meeting or series, who, what, and to which state of the invitation."""

    method: str
    id: uuid.UUID
    occurrence: datetime | None
    """Of one of a series: when the series has it."""
    attendee: str
    sender: str
    said: str
    """PARTSTAT: ACCEPTED, TENTATIVE, DECLINED, DELEGATED, NEEDS-ACTION."""
    sequence: int
    at: datetime | None


def replies_in(message: EmailMessage) -> list[Reply]:
    """The answers to invitations of ours in a mail; empty if there are none. Never raises, whatever is sent."""
    sender = _address_of(message)
    for text in _calendars(message):
        try:
            found = list(_read(text, sender))
        except (Refused, RecursionError):
            continue
        if found:
            return found
    return []


def _address_of(message: EmailMessage) -> str:
    try:
        return parseaddr(str(message.get("From", "")))[1].strip().lower()
    except (
        Exception
    ):  # what a header may hold is without end, and the parser of the library has its own faults
        return ""


def _calendars(message: EmailMessage) -> Iterator[bytes]:
    """The calendar files in a mail, inside or attached."""
    try:
        parts = [part for part, _number in zip(message.walk(), range(PARTS), strict=False)]
    except Exception:
        return
    for part in parts:
        content = _content(part)
        if content:
            yield content


def _content(part: Message) -> bytes:
    try:
        named = str(part.get_filename() or "").lower().endswith(".ics")
        if part.is_multipart() or not (
            named or part.get_content_type() in ("text/calendar", "application/ics")
        ):
            return b""
        raw = part.get_payload(decode=True)
    except Exception:
        return b""
    return raw if isinstance(raw, bytes) and len(raw) <= LARGEST else b""


def _read(content: bytes, sender: str) -> Iterator[Reply]:
    for calendar in parts_of(content, UTC).walk("VCALENDAR")[:1]:
        method = text_of(calendar, "METHOD").upper()
        if method not in METHODS:
            return
        for event in calendar.walk("VEVENT")[:EVENTS]:
            match = _UID.fullmatch(text_of(event, "UID"))
            if match is not None:
                yield _reply(uuid.UUID(match[1]), method, event, sender)


def _reply(named: uuid.UUID, method: str, event: Component, sender: str) -> Reply:
    attendees = all_of(event, "ATTENDEE")
    # Exchange now and then lists everybody: the one who answers is the one who sent it.
    who = next((each for each in attendees if _mail(each) == sender), attendees[0] if attendees else None)
    return Reply(
        method=method,
        id=named,
        occurrence=_moment(event, "RECURRENCE-ID"),
        attendee=_mail(who) if who is not None else "",
        sender=sender,
        said=str(who.params.get("PARTSTAT", "") if who is not None else "").upper(),
        sequence=number_of(event, "SEQUENCE"),
        at=_moment(event, "DTSTAMP"),
    )


def _mail(attendee: str) -> str:
    return re.sub(r"^mailto:", "", attendee.strip(), flags=re.IGNORECASE).strip().lower()


def _moment(event: Component, name: str) -> datetime | None:
    try:
        return next((instant(value.dt, UTC) for value in all_of(event, name)), None)
    except OverflowError:
        return None
