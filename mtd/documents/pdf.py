"""A document as PDF: PDF/A-2a (archiving) and PDF/UA-1 (accessible) in one file.

The same document gives the same bytes, always: fonts come from pinned packages, the only date is the
document's own, and the clock is never asked.
"""

from __future__ import annotations

import json
import math
import re
import threading
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import typst
from babel import Locale, UnknownLocaleError
from django.utils.translation import gettext, override, pgettext

from .content import (
    Block,
    Bullets,
    Clause,
    Contents,
    Document,
    Facts,
    Figure,
    Heading,
    PageBreak,
    Paragraph,
    SignatureLines,
    Table,
)
from .glyphs import FAMILIES, font_folders, legible, mark

_TEMPLATE = Path(__file__).parent / "typst" / "document.typ"
_STANDARDS: list[Any] = ["a-2a", "ua-1"]
_STREAM_END = re.compile(rb"(\A.*?/Length )(\d+)(.*\r)(\nendstream\nendobj\s*)\Z", re.DOTALL)
_CATALOGUE = b" 0 obj\n<</Type/Catalog"
_EMPTY_FORM = b"/AcroForm<</Fields[]/SigFlags 3>>"
_TABLE_HEAD = re.compile(rb"xref\n0 (\d+)\n")
_lock = threading.Lock()


class Clean(Protocol):
    """Makes a text fit to be set; `narrow` in the cells of a table, `drawn` in a picture."""

    def __call__(self, text: str, *, narrow: bool = False, drawn: bool = False) -> str: ...


@dataclass(frozen=True, slots=True)
class RenderResult:
    """A PDF, and the characters that no font could show (each marked in the text as ``[U+…]``)."""

    pdf: bytes
    replaced: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    # Reading the fonts takes longer than setting ten pages, so it is done once per process.
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=list(font_folders())
    )
    return typst.Compiler(_TEMPLATE, root=_TEMPLATE.parent, font_paths=fonts, ignore_system_fonts=True)


def render(document: Document) -> RenderResult:
    """Set the document and say which characters had to be replaced.

    Never fails on what people type: a character without a glyph is marked, a picture that is no valid SVG
    is replaced by its alternative text.
    """
    replaced: dict[str, None] = {}
    attempts: tuple[Clean, ...] = (
        partial(legible, replaced=replaced),
        partial(legible, replaced=replaced, strict=True),
        partial(_ascii, replaced=replaced),
    )
    failure: typst.TypstError | None = None
    for clean in attempts:
        try:
            return RenderResult(_compile(_payload(document, clean), document), tuple(replaced))
        except typst.TypstError as error:
            failure = error
    raise RuntimeError(f"The document could not be set: {failure}")


def _ascii(text: str, *, replaced: dict[str, None], narrow: bool = False, drawn: bool = False) -> str:
    """The last way out, never needed so far: every character of Unicode has been set by the first way."""
    return "".join(char if char.isascii() else mark(char) for char in legible(text, replaced, strict=True))


def render_pdf(document: Document) -> bytes:
    """Only the bytes of `render`."""
    return render(document).pdf


def _compile(payload: dict[str, Any], document: Document) -> bytes:
    stamp = datetime(document.date.year, document.date.month, document.date.day, tzinfo=UTC)
    with _lock:
        pdf = _compiler().compile(
            format="pdf",
            sys_inputs={"data": json.dumps(payload)},
            pdf_standards=_STANDARDS,
            timestamp=int(stamp.timestamp()),
        )
    assert isinstance(pdf, bytes)
    return _finished(pdf)


def _finished(pdf: bytes) -> bytes:
    """Make the file ready to be signed.

    It gets an empty form that asks programs to append and never rewrite (SigFlags), so that the first signature,
    too, only fills a form and can be checked for that; and a line break at the end, without which an update
    would begin on the line of %%EOF, which PDF/A forbids.
    """
    table_at = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
    # The last one before the table: a title may hold these very words, and stands readable in the metadata.
    catalogue = pdf.rindex(_CATALOGUE, 0, table_at) + len(_CATALOGUE)
    ready = pdf[:catalogue] + _EMPTY_FORM + pdf[catalogue:].rstrip(b"\r\n") + b"\n"
    return _rewritten(ready, table_at)


def _rewritten(pdf: bytes, table_was_at: int) -> bytes:
    """Write the objects anew with a right table of offsets, each stream with an end that reads in one way only.

    A compressed stream may end in a carriage return; with the line feed before "endstream" that looks like one
    two-byte line end, and then the stream's stated length seems wrong, which PDF/A forbids (ISO 19005-2, 6.1.7.1).
    Such a stream gets one byte more, which decompression ignores.
    """
    table_at = table_was_at + len(_EMPTY_FORM)
    head = _TABLE_HEAD.match(pdf, table_at)
    assert head is not None
    rows_at, count = head.end(), int(head[1])
    rows = [pdf[rows_at + 20 * number : rows_at + 20 * number + 20] for number in range(count)]
    places = sorted((int(row[:10]), number) for number, row in enumerate(rows) if row[17:18] == b"n")
    # Only the catalogue has grown, and Typst writes it last; so every other offset is still right.
    assert pdf[places[-1][0] :].startswith(b"%d%s%s" % (places[-1][1], _CATALOGUE, _EMPTY_FORM))
    out, size = [pdf[: places[0][0]]], places[0][0]
    for (at, number), (end, _) in pairwise([*places, (table_at, 0)]):
        piece = pdf[at:end]
        if b"\r\nendstream" in piece:
            piece = _STREAM_END.sub(_lengthened, piece)
        rows[number] = b"%010d" % size + rows[number][10:]
        out.append(piece)
        size += len(piece)
    tail = pdf[rows_at + 20 * count :].replace(b"startxref\n%d\n" % table_was_at, b"startxref\n%d\n" % size)
    return b"".join([*out, head[0], *rows, tail])


def _lengthened(stream: re.Match[bytes]) -> bytes:
    return b"%s%d%s\n%s" % (stream[1], int(stream[2]) + 1, stream[3], stream[4])


def language_name(code: str, shown_in: str) -> str:
    """A language's name in another language, or its code if nobody knows it."""
    try:
        return Locale.parse(code, sep="-").get_display_name(shown_in) or code
    except (UnknownLocaleError, ValueError):
        return code


def labels(language: str) -> dict[str, str]:
    """The few words a renderer adds by itself, in the document's language."""
    with override(language):
        return {
            "not_agreed": gettext("Not agreed"),
            "proposed": gettext("Proposed, but not agreed:"),
            "binding": pgettext("language version", "binding"),
            "place_date": gettext("Place, date"),
            "signature": gettext("Signature"),
            "verify_title": gettext("Is this the valid version?"),
            "verify_text": gettext(
                "Anyone can check signatures and version of this document, without signing in:"
            ),
            "picture_missing": gettext("The picture cannot be shown. It shows:"),
        }


def binding_words(document: Document) -> str:
    """The sentence that says which of two language versions binds, in the document's language."""
    if document.second_language is None:
        return ""
    with override(document.language):
        if document.binding_language not in (document.language, document.second_language):
            return gettext("This document exists in two languages, set side by side.")
        return gettext(
            "This document exists in two languages, set side by side. If they differ, this version binds: "
            "%(language)s."
        ) % {"language": language_name(document.binding_language, document.language)}


def _payload(document: Document, clean: Clean) -> dict[str, Any]:
    words = labels(document.language)
    second = labels(document.second_language or document.language)
    words |= {"second_not_agreed": second["not_agreed"], "second_proposed": second["proposed"]}
    with override(document.language):
        # Translators: keep {page} and {pages}, they become numbers.
        page = gettext("Page {page} of {pages}")
    binding = {document.language: 1, document.second_language: 2}.get(document.binding_language or "", 0)
    address = document.verify_address
    footer = " · ".join(part for part in (document.code, document.footer) if part)
    return {
        "title": _line(document.title, clean) or "–",
        "subtitle": _line(document.subtitle, clean),
        "author": _line(document.author, clean),
        "keywords": [_line(document.code, clean)] if document.code else [],
        "code": _line(document.code, clean),
        "footer": _line(footer, clean),
        "page": page,
        "date": [document.date.year, document.date.month, document.date.day],
        "language": document.language.split("-")[0],
        "second_language": (document.second_language or document.language).split("-")[0],
        "language_name": clean(language_name(document.language, document.language)),
        "second_language_name": clean(
            language_name(document.second_language or "", document.second_language or "en")
        ),
        "binding": binding,
        "binding_words": clean(binding_words(document)),
        "verify_address": _line(address, clean),
        "verify_target": address if "://" in address else f"https://{address}",
        "fonts": [family for family, _, _ in FAMILIES],
        "labels": words,
        "blocks": _blocks(document.blocks, clean, words),
    }


def _line(text: str, clean: Clean) -> str:
    return " ".join(clean(text).split())


def _text(text: str, clean: Clean, *, narrow: bool = False) -> list[list[str]]:
    """Paragraphs, each a list of lines."""
    parts: list[list[str]] = [[]]
    for row in clean(text, narrow=narrow).split("\n"):
        if row.strip():
            parts[-1].append(row.replace("\t", " ").strip())
        elif parts[-1]:
            parts.append([])
    return [part for part in parts if part]


def _blocks(blocks: Iterable[Block], clean: Clean, words: dict[str, str]) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    level = 0
    for block in blocks:
        if isinstance(block, Heading):
            # PDF/UA: the first heading is of level 1 and no level is skipped.
            level = max(1, min(block.level, level + 1))
            out.append(
                {
                    "kind": "heading",
                    "level": level,
                    "text": _line(block.text, clean) or "–",
                    "number": _line(block.number, clean),
                }
            )
        elif isinstance(block, Clause):
            out.append(_clause(block, min(level, 1) + 1, clean))
        else:
            out.append(_plain_block(block, clean, words))
    return out


def _clause(block: Clause, level: int, clean: Clean) -> dict[str, Any]:
    pair = None
    if block.second_text is not None:
        pair = {
            "text": _text(block.second_text, clean),
            "bullets": _items(block.second_bullets, clean),
            "table": _table(block.second_table, clean) if block.second_table else None,
        }
    return {
        "kind": "clause",
        "level": level,
        "number": _line(block.number, clean),
        "title": _line(block.title, clean) or "–",
        "text": _text(block.text, clean),
        "agreed": block.agreed,
        "bullets": _items(block.bullets, clean),
        "table": _table(block.table, clean) if block.table else None,
        "pair": pair,
    }


def _items(items: Sequence[str], clean: Clean) -> list[list[list[str]]]:
    return [text for text in (_text(item, clean) for item in items) if text]


def _plain_block(block: Block, clean: Clean, words: dict[str, str]) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {"kind": "paragraph", "tone": block.tone, "text": _text(block.text, clean)}
        case Bullets():
            return {"kind": "bullets", "items": _items(block.items, clean)}
        case Table():
            return {"kind": "table", **_table(block, clean)}
        case Facts():
            pairs = [[_text(name, clean), _text(value, clean)] for name, value in block.pairs]
            return {"kind": "facts", "pairs": pairs}
        case Figure():
            return _figure(block, clean, words)
        case SignatureLines():
            rows = [{"party": _line(party, clean), "name": _line(name, clean)} for party, name in block.rows]
            return {"kind": "signatures", "rows": rows}
        case Contents():
            return {"kind": "contents"}
        case PageBreak():
            return {"kind": "break"}
        case _:
            raise TypeError(f"No way to set {type(block).__name__}")


def _table(block: Table, clean: Clean) -> dict[str, Any]:
    width = max([1, len(block.header), *(len(row) for row in block.rows)])
    header = [*block.header, *[""] * (width - len(block.header))]
    rows = [[*row, *[""] * (width - len(row))] for row in block.rows]
    return {
        "header": [_text(cell, clean, narrow=True) for cell in header],
        "rows": [[_text(cell, clean, narrow=True) for cell in row] for row in rows],
        "caption": _line(block.caption, clean),
        "weights": column_weights(header, rows),
    }


def column_weights(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
    """Relative column widths: wide enough for the longest word, then by the amount of text."""
    weights = []
    for column, head in enumerate(header):
        cells = [head, *(row[column] for row in rows)]
        word = max((len(word) for cell in cells for word in cell.split()), default=1)
        text = sum(len(cell) for cell in cells) / len(cells)
        weights.append(round(max(4.0, min(word, 18) * 0.8, math.sqrt(text) * 2.2), 2))
    return weights


def drawing(svg: str, clean: Clean) -> tuple[str, float] | None:
    """The SVG with Fira Sans as its face, and its height by width; None if it is no drawing that can be placed.

    Its texts are made fit to be set like all others: an SVG renderer leaves out what it has no glyph for.
    """
    try:
        root = ElementTree.fromstring(svg)  # noqa: S314 - expat refuses the expansion of nested entities
        if root.tag != "{http://www.w3.org/2000/svg}svg":
            return None
        for element in root.iter():
            if element is root or "font-family" in element.attrib:
                element.set("font-family", "Fira Sans")
            element.text = element.text and clean(element.text, drawn=True)
            element.tail = element.tail and clean(element.tail, drawn=True)
        box = [float(part) for part in root.get("viewBox", "").replace(",", " ").split()]
        if len(box) == 4:
            width, height = box[2:]
        else:
            width, height = (float(root.get(name, "0").removesuffix("px")) for name in ("width", "height"))
        if not (0 < width < 1e5 and 0 < height < 1e5):
            return None
        return ElementTree.tostring(root, encoding="unicode"), height / width
    except (ElementTree.ParseError, ValueError):
        return None


def _figure(block: Figure, clean: Clean, words: dict[str, str]) -> dict[str, Any]:
    picture = drawing(block.svg, clean)
    if picture is None:
        text = f"[{words['picture_missing']} {block.alt}]"
        return {"kind": "paragraph", "tone": "muted", "text": _text(text, clean)}
    return {
        "kind": "figure",
        "svg": picture[0],
        "alt": _line(block.alt, clean) or _line(block.caption, clean) or "–",
        "caption": _line(block.caption, clean),
        "tall": picture[1] > 1.33,
    }
