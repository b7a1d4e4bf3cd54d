"""Contacts as vCards: version 4.0 (RFC 6350) and 3.0 (RFC 2426), which Outlook reads. Pure: no database.

Only writing is needed, so this is sixty lines of our own and no library: the values, escaped and folded at 75 octets
without ever cutting a character in two. Parsers of others read the result in the tests.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

VERSIONS = ("4.0", "3.0")
MEDIA_TYPE = "text/vcard; charset=utf-8"
_WIDTH = 75
_BREAKS = dict.fromkeys(map(ord, "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), "\n")
# What XML and most readers refuse: control characters other than the line break.
_DROPPED = {
    code: None for code in (*range(0x20), 0x7F) if code not in (0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E)
}


@dataclass(frozen=True)
class Card:
    """One person (or one organisation's desk) to put into an address book."""

    uid: uuid.UUID
    name: str
    organization: str
    role: str = ""
    phone: str = ""
    email: str = ""
    note: str = ""
    website: str = ""
    city: str = ""
    address: str = ""
    categories: tuple[str, ...] = ()
    revised: date | None = None
    is_person: bool = True


def write(cards: Iterable[Card], version: str = "4.0") -> str:
    """The cards as one file. Raises ValueError for a version we do not write."""
    if version not in VERSIONS:
        raise ValueError(f"vCard {version} is not written here.")
    return "".join(f"{_folded(line)}\r\n" for card in cards for line in _lines(card, version))


def _lines(card: Card, version: str) -> Iterator[str]:
    newer = version == "4.0"
    simple = _simple if newer else _text
    yield "BEGIN:VCARD"
    yield f"VERSION:{version}"
    if newer:
        yield f"KIND:{'individual' if card.is_person else 'org'}"
    yield f"UID:{card.uid.urn}"
    yield f"FN:{simple(card.name or card.organization)}"
    yield f"N:{_name(card)}"
    yield f"ORG:{_text(card.organization)}"
    if card.role:
        yield f"TITLE:{simple(card.role)}"
    if card.phone:
        yield f"TEL;TYPE={'work,voice' if not newer else 'work'}:{simple(card.phone)}"
    if card.email:
        yield f"EMAIL;TYPE={'INTERNET,WORK' if not newer else 'work'}:{simple(card.email)}"
    if card.address or card.city:
        yield f"ADR;TYPE=work:;;{_text(card.address)};{_text(card.city)};;;"
    if card.website:
        yield f"URL:{_line(card.website)}"
    if card.categories:
        yield f"CATEGORIES:{','.join(_text(one) for one in card.categories)}"
    if card.note:
        yield f"NOTE:{simple(card.note)}"
    if card.revised:
        # 4.0 writes a time stamp in basic form, 3.0 a day in extended form.
        yield f"REV:{card.revised:%Y%m%dT000000Z}" if newer else f"REV:{card.revised.isoformat()}"
    yield "END:VCARD"


def _name(card: Card) -> str:
    """Family and given name: the last word and what stands before it; FN is what people see."""
    if not card.is_person or not card.name:
        return f"{_text(card.name or card.organization)};;;;"
    given, _space, family = card.name.rpartition(" ")
    return f"{_text(family)};{_text(given)};;;"


def _clean(value: str) -> str:
    storable = value.encode("utf-8", "replace").decode("utf-8")
    return storable.replace("\r\n", "\n").translate(_BREAKS).translate(_DROPPED).strip()


def _simple(value: str) -> str:
    """A value that is one text: in 4.0 its semicolons stand as they are (RFC 6350, TEXT-CHAR)."""
    escaped = _clean(value).replace("\\", "\\\\").replace(",", "\\,")
    return escaped.replace("\n", "\\n")


def _text(value: str) -> str:
    """A part of a value with several parts, and every text of 3.0: semicolons are escaped, too."""
    return _simple(value).replace(";", "\\;")


def _line(value: str) -> str:
    return _clean(value).replace("\n", "")


def _folded(line: str) -> str:
    """Lines of at most 75 octets, continued with a blank; a character is never cut in two."""
    pieces, piece, width = [], "", 0
    for letter in line:
        size = len(letter.encode("utf-8"))
        if width + size > _WIDTH:
            pieces.append(piece)
            piece, width = " ", 1
        piece += letter
        width += size
    return "\r\n".join([*pieces, piece])
