"""Which characters can be set, and what stands for those that cannot.

Typst stops at the first character that no font has. So every text passes :func:`legible` before: a character
without a glyph becomes a marked replacement such as ``[U+4E2D]`` and is reported. Nothing vanishes silently, since
people sign what they see. Characters that reorder text invisibly (bidirectional overrides) are treated alike.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e")
_UNSETTABLE = frozenset("\ufeff\ufff9\ufffa\ufffb\u070f")
"""Characters that PDF/A excludes or Typst refuses, found by setting every character of Unicode."""
_JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f\u20e3")
_PLAIN = re.compile(r"[\t\n -~\xa0-\xac\xae-\u017f\u2013\u2014\u2018-\u201e\u2026\u20ac]*\Z")
_UNBROKEN = re.compile(r"(?![0-9a-f]{64}\b)[^\s\u00ad\u200b/-]{41,}")
_ADDRESS = re.compile(r"[^\s\u200b]{15,}")

# The order decides which font is tried first; it is the same in the Typst template.
FAMILIES: tuple[tuple[str, str, str], ...] = (
    ("Source Sans 3", "fontpkg_source_sans_3", "files/SourceSans3[wght].ttf"),
    ("Noto Sans", "manimgx_fonts", "NotoSans[wght].ttf"),
    ("Noto Sans Hebrew", "manimgx_fonts", "NotoSansHebrew[wght].ttf"),
    ("Noto Sans Arabic", "manimgx_fonts", "NotoSansArabic[wght].ttf"),
    ("Noto Sans Armenian", "manimgx_fonts", "NotoSansArmenian[wght].ttf"),
    ("Noto Sans Georgian", "manimgx_fonts", "NotoSansGeorgian[wght].ttf"),
    ("Noto Sans Ethiopic", "manimgx_fonts", "NotoSansEthiopic[wght].ttf"),
    ("Noto Sans Devanagari", "manimgx_fonts", "NotoSansDevanagari[wght].ttf"),
    ("Noto Sans Tamil", "manimgx_fonts", "NotoSansTamil[wght].ttf"),
    ("Noto Sans Thai", "manimgx_fonts", "NotoSansThai[wght].ttf"),
    ("Noto Sans Symbols", "manimgx_fonts", "NotoSansSymbols[wght].ttf"),
    ("Noto Emoji", "manimgx_fonts", "NotoEmoji[wght].ttf"),
)
"""Languages of the programme first, then those that families in its countries often bring along."""


def font_folders() -> list[Path]:
    """The folders in which Typst looks for fonts; nothing else, so every machine sets the same page."""
    return [
        Path(str(files("fontpkg_source_sans_3"))) / "files",
        Path(str(files("manimgx_fonts"))),
        # Drawings are set in the face of the pages, for which they were drawn; Typst's SVG renderer
        # knows no variable fonts, and these are static.
        Path(str(files("fontpkg_fira_sans"))) / "files",
    ]


def _character_map(font: bytes) -> frozenset[int]:
    """Code points with a glyph, read from the font's cmap table (OpenType formats 4 and 12)."""
    tables = struct.unpack_from(">H", font, 4)[0]
    start = 0
    for index in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sLLL", font, 12 + 16 * index)
        if tag == b"cmap":
            start = offset
    found: set[int] = set()
    for index in range(struct.unpack_from(">H", font, start + 2)[0]):
        sub = start + struct.unpack_from(">HHL", font, start + 4 + 8 * index)[2]
        form = struct.unpack_from(">H", font, sub)[0]
        if form == 4:
            half = struct.unpack_from(">H", font, sub + 6)[0] // 2
            ends = struct.unpack_from(f">{half}H", font, sub + 14)
            starts = struct.unpack_from(f">{half}H", font, sub + 16 + 2 * half)
            deltas = struct.unpack_from(f">{half}H", font, sub + 16 + 4 * half)
            ranges_at = sub + 16 + 6 * half
            ranges = struct.unpack_from(f">{half}H", font, ranges_at)
            for part in range(half):
                for code in range(starts[part], ends[part] + 1):
                    glyph = code
                    if ranges[part]:
                        at = ranges_at + 2 * part + ranges[part] + 2 * (code - starts[part])
                        glyph = struct.unpack_from(">H", font, at)[0] if at + 2 <= len(font) else 0
                        if not glyph:
                            continue
                    if (glyph + deltas[part]) & 0xFFFF:
                        found.add(code)
        elif form == 12:
            for group in range(struct.unpack_from(">L", font, sub + 12)[0]):
                first, last, glyph = struct.unpack_from(">LLL", font, sub + 16 + 12 * group)
                found.update(range(first if glyph else first + 1, last + 1))
    found.discard(0xFFFF)
    return frozenset(found)


@lru_cache(maxsize=1)
def coverage() -> tuple[frozenset[int], ...]:
    """The code points of each font of `FAMILIES`, in the same order."""
    return tuple(
        _character_map((Path(str(files(package))) / name).read_bytes()) for _, package, name in FAMILIES
    )


def _ignorable(char: str) -> bool:
    return (char in _JOINERS and char != "\u20e3") or unicodedata.category(char) == "Cf"


def _mark_on_base(char: str) -> bool:
    return char == "\u20e3" or unicodedata.category(char) in ("Mn", "Me", "Mc")


def _clusters(text: str) -> list[str]:
    """Characters with what is drawn onto them: marks, variation selectors, joined emoji."""
    out: list[str] = []
    for char in text:
        joined = out and (
            char in _JOINERS
            or _mark_on_base(char)
            or "\U0001f3fb" <= char <= "\U0001f3ff"
            or out[-1][-1] == "\u200d"
        )
        if joined:
            out[-1] += char
        else:
            out.append(char)
    return out


def mark(char: str) -> str:
    """The replacement for a character that cannot be set."""
    return f"[U+{ord(char):04X}]"


def _forbidden(char: str) -> bool:
    """True for what PDF/A and XML exclude, or what would change the reading order unseen."""
    return (
        char in _REORDERING or char in _UNSETTABLE or unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn")
    )


def legible(
    text: str, replaced: dict[str, None], *, strict: bool = False, narrow: bool = False, drawn: bool = False
) -> str:
    """The text with every character that cannot be set replaced by its mark.

    Runs too long for a line get places to break; in a `narrow` table cell, addresses do too,
    and in a picture, where the text is `drawn` line by line, nothing does.

    What was replaced is added to `replaced` (a dict for its order). With `strict`, only the main font counts: the
    way out if a font claims a character that it cannot shape.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    if not _PLAIN.match(text):
        text = _replace(text, replaced, coverage()[:1] if strict else coverage())
    if drawn:
        return text
    if narrow:
        text = _ADDRESS.sub(lambda run: re.sub(r"(?<=[@._/])(?=\w)", "\u200b", run.group()), text)
    return _UNBROKEN.sub(_breakable, text)


def _replace(text: str, replaced: dict[str, None], fonts: tuple[frozenset[int], ...]) -> str:
    main = fonts[0]
    out: list[str] = []
    for cluster in _clusters(text):
        if len(cluster) == 1 and (cluster in "\n\t" or (ord(cluster) in main and not _forbidden(cluster))):
            out.append(cluster)
            continue
        shown = [c for c in cluster if not _ignorable(c)]
        if not any(map(_forbidden, cluster)) and any(all(ord(c) in font for c in shown) for font in fonts):
            out.append(cluster)
            continue
        for char in cluster:
            known = any(ord(char) in font for font in fonts)
            if _forbidden(char) or (not known and not _ignorable(char)) or (known and _mark_on_base(char)):
                replaced[char] = None
                out.append(mark(char))
            elif known or len(cluster) == 1:
                out.append(char)
            # else a joiner or variation selector whose sequence has just been taken apart
    return "".join(out)


def without_control(text: str, replaced: Callable[[str], None]) -> str:
    """The text with what XML cannot hold, and what reorders it unseen, replaced by marks (for DOCX)."""
    out = []
    for char in text.replace("\r\n", "\n").replace("\r", "\n"):
        hidden = char in _REORDERING or char in "\ufffe\uffff" or unicodedata.category(char) in ("Cc", "Cs")
        if char in "\n\t" or not hidden:
            out.append(char)
            continue
        replaced(char)
        out.append(mark(char))
    return "".join(out)


def _breakable(run: re.Match[str]) -> str:
    """Give a very long unbroken run places to break, so that it never leaves the page.

    Only after every 24th character, and never before a mark that belongs to the character in front of it.
    """
    pieces, line = [], ""
    for cluster in _clusters(run.group()):
        line += cluster
        if len(line) >= 24:
            pieces.append(line)
            line = ""
    return "\u200b".join([*pieces, line] if line else pieces)
