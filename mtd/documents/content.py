"""What a document says, free of any file format.

A :class:`Document` is a title and a list of blocks. Both renderers, :mod:`mtd.documents.pdf` and
:mod:`mtd.documents.docx`, read the same blocks, so that the two files can never say different things.

Texts are plain Unicode, never markup: a blank line begins a new paragraph, a line break stays one.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal

Tone = Literal["normal", "lead", "muted"]


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a part; ``number`` is set beside it as given ("3", "Annex A")."""

    level: int
    text: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str
    tone: Tone = "normal"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list without order."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one header row. Rows shorter than the header are filled with empty cells."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered clause, in one language or as a pair set side by side.

    With ``agreed=False`` the words "not agreed" stand where the text would be, visibly and in the document's
    language, and a given ``text`` follows as what was proposed. Nothing that was not agreed can look as if it was.
    """

    number: str
    title: str
    text: str
    agreed: bool = True
    second_text: str | None = None
    table: Table | None = None
    second_table: Table | None = None
    bullets: tuple[str, ...] = ()
    second_bullets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of a name and a value, such as a profile's key facts."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture as SVG text. ``alt`` says in words what it shows and must not be empty."""

    svg: str
    alt: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


@dataclass(frozen=True, slots=True)
class Contents:
    """A list of the parts with their pages."""


@dataclass(frozen=True, slots=True)
class SignatureLines:
    """Lines to sign on paper: per row the party and the name to stand under the line."""

    rows: tuple[tuple[str, str], ...]


Block = (
    Heading | Paragraph | Clause | Bullets | Table | Facts | Figure | PageBreak | Contents | SignatureLines
)


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document.

    Languages are codes such as "de". ``binding_language`` marks one of a bilingual pair as the version that
    binds. ``code`` names the document in the footer and in the file's key words, by which an uploaded file is
    recognised as a version of this one. ``date`` is the only date in the files: rendering never asks the clock.
    """

    title: str
    language: str
    date: datetime.date
    blocks: tuple[Block, ...]
    subtitle: str = ""
    second_language: str | None = None
    binding_language: str | None = None
    code: str = ""
    author: str = ""
    footer: str = ""
    verify_address: str = ""
