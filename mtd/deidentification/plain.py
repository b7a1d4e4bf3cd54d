"""Undoes tricks of single characters and keeps for each character where it came from.

Invisible characters, direction marks and soft hyphens go; compatibility forms (fullwidth, mathematical, circled),
entities and bare inline tags of HTML, stray combining marks and look-alikes of other scripts become plain letters.
"""

from __future__ import annotations

import html
import re
import unicodedata

from .lookalikes import LETTERS, TO_GREEK, TO_LATIN, bare

_ORDINARY = re.compile(
    # Ordinary text of the twelve languages needs no work but what `_SAME_LENGTH` does.
    r"[\n\t\r -~\xa0-\xac\xae-\u024f\u0386-\u03ce\u1f00-\u1fbc\u2010-\u2015\u2018-\u201f\u2022\u2026\u202f\u2030"
    r"\u2032\u2033\u2039\u203a\u2044\u20ac\u2122\u1e9e\u2003\u2009]*"
)
_MIXED = re.compile(
    r"[A-Za-z\xc0-\u024f](?:(?=[\u0370-\u03ff\u1f00-\u1fff])|(?<=[\u0370-\u03ff\u1f00-\u1fff].))"
)
_ENTITY = r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,10}[0-9]{0,2});"
_TAG = (
    r"</?(?:b|i|u|s|a|em|strong|span|font|small|mark|sub|sup|wbr|del|ins|code|tt|big)(?:\s[^<>\n]{0,120})?/?>"
)
_COMMENT = r"<!--[^<>\n]{0,120}-->"
_BREAK = r"</?(?:br|p|div|li|ul|ol|td|tr|th|table|h[1-6]|hr|body|html)(?:\s[^<>\n]{0,120})?/?>"
_MARKUP = re.compile(rf"(?P<entity>{_ENTITY})|(?P<tag>{_TAG}|{_COMMENT})|(?P<break>{_BREAK})", re.IGNORECASE)
_SAME_LENGTH = {
    0xA0: " ",
    0x202F: " ",
    0x2003: " ",
    0x2009: " ",
    0x2010: "-",
    0x2011: "-",
    0x2019: "'",
    0x2018: "'",
}
_CHANGED = frozenset(map(chr, _SAME_LENGTH))
_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")
_LETTERS = re.compile(r"[^\W\d_]+")
_PICTURE = re.compile(r"(?<=[^\W\d_])[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff](?=[^\W\d_])")
"""A picture between letters sets them apart, as a hyphen does."""
_BREAKS = "\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029"
_OVERRIDE, _POP = "\u202e", "\u202c\u2069"


class Plain:
    """The plain text and the way back."""

    __slots__ = ("_ends", "_starts", "_tangled", "text")

    def __init__(
        self, text: str, starts: list[int] | None, ends: list[int] | None, tangled: bool = False
    ) -> None:
        self.text = text
        self._starts = starts
        self._ends = ends
        self._tangled = tangled

    @property
    def same(self) -> bool:
        """Whether every place is the place in the original."""
        return self._starts is None

    def span(self, at: int, to: int) -> tuple[int, int]:
        """Where text[at:to] came from."""
        if self._starts is None or self._ends is None:
            return at, to
        if at >= to:
            at, to = min(at, len(self._starts)), min(at, len(self._starts))
            end = self._ends[-1] if self._ends else 0
            place = self._starts[at] if at < len(self._starts) else end
            return place, place
        if self._tangled:
            return min(self._starts[at:to]), max(self._ends[at:to])
        return self._starts[at], self._ends[to - 1]


def plain(original: str) -> Plain:
    """Undo tricks of single characters. Never raises."""
    markup = ("&" in original or "<" in original) and _MARKUP.search(original) is not None
    if not markup:
        # A text has few different characters: what is asked of each is asked of those alone.
        different = "".join(set(original))
        if _ORDINARY.fullmatch(different) and not (_GREEK.search(different) and _MIXED.search(original)):
            for sign in _CHANGED.intersection(different):
                original = original.replace(sign, _SAME_LENGTH[ord(sign)])
            return Plain(original, None, None)
    signs, starts, ends = _taken_apart(original, markup)
    tangled = False
    if _OVERRIDE in original:
        tangled = _turned(signs, starts, ends)
    signs, starts, ends = _visible(signs, starts, ends)
    return Plain(_PICTURE.sub("~", _one_script("".join(signs))), starts, ends, tangled)


Parts = tuple[list[str], list[int], list[int]]


def _taken_apart(original: str, markup: bool) -> Parts:
    """Single characters, entities resolved and tags gone."""
    if not markup:
        return list(original), list(range(len(original))), list(range(1, len(original) + 1))
    signs: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    last = 0

    def take(begin: int, end: int) -> None:
        signs.extend(original[begin:end])
        starts.extend(range(begin, end))
        ends.extend(range(begin + 1, end + 1))

    for match in _MARKUP.finditer(original):
        take(last, match.start())
        last = match.end()
        if match["entity"]:
            for sign in html.unescape(match["entity"]):
                signs.append(sign)
                starts.append(match.start())
                ends.append(match.end())
        elif match["break"]:
            signs.append("\n")
            starts.append(match.start())
            ends.append(match.end())
    take(last, len(original))
    return signs, starts, ends


def _turned(signs: list[str], starts: list[int], ends: list[int]) -> bool:
    """Turn round what a right-to-left override shows the other way; whether there was any."""
    turned = False
    place = 0
    while place < len(signs):
        if signs[place] != _OVERRIDE:
            place += 1
            continue
        stop = place + 1
        while (
            stop < len(signs)
            and signs[stop] not in _POP
            and signs[stop] not in "\n"
            and signs[stop] != _OVERRIDE
        ):
            stop += 1
        signs[place + 1 : stop] = signs[place + 1 : stop][::-1]
        for numbers in (starts, ends):
            numbers[place + 1 : stop] = numbers[place + 1 : stop][::-1]
        turned = True
        place = stop
    return turned


def _visible(signs: list[str], starts: list[int], ends: list[int]) -> Parts:
    """Only what can be seen, in its simplest form."""
    made: list[str] = []
    made_starts: list[int] = []
    made_ends: list[int] = []
    gap = False  # something invisible lay before
    for sign, start, end in zip(signs, starts, ends, strict=True):
        if " " <= sign <= "~" or sign in "\n\t\r":
            simple = sign
        elif sign in _BREAKS:
            simple = "\n"
        elif ord(sign) in _SAME_LENGTH:
            simple = _SAME_LENGTH[ord(sign)]
        elif sign in LETTERS:
            simple = LETTERS[sign]
        else:
            category = unicodedata.category(sign)
            if category[0] == "C" or sign in "\u115f\u1160\u3164\uffa0\u034f\u2800":
                gap = True
                continue
            if category[0] == "M":
                if made:
                    # One mark that makes a letter of ours belongs to it, any other is decoration.
                    joined = unicodedata.normalize("NFC", made[-1] + sign)
                    if len(joined) == 1:
                        made[-1] = joined
                    made_ends[-1] = max(made_ends[-1], end)
                continue
            simple = _simplest(sign, category)
        if gap and made and made[-1].islower() and simple[:1].isupper():
            made.append(" ")
            made_starts.append(min(made_ends[-1], start))
            made_ends.append(max(made_ends[-1], start))
        gap = False
        for one in simple:
            made.append(one)
            made_starts.append(start)
            made_ends.append(end)
    return made, made_starts, made_ends


def _simplest(sign: str, category: str) -> str:
    if category == "Nd":
        return str(unicodedata.digit(sign))
    if category == "Zs":
        return " "
    if "\xa1" <= sign <= "\u024f" or "\u0370" <= sign <= "\u03ff" or "\u1f00" <= sign <= "\u1fff":
        return unicodedata.normalize("NFC", sign)[0]
    simple = unicodedata.normalize("NFKC", sign)
    if not simple or simple[0].isspace():
        return " "
    return "".join(LETTERS.get(one, one) for one in simple[:8] if not unicodedata.combining(one)) or " "


def _script(sign: str) -> str:
    code = ord(sign)
    if code < 0x250 or 0x1E00 <= code <= 0x1EFF:
        return "L"
    if 0x370 <= code <= 0x3FF or 0x1F00 <= code <= 0x1FFF:
        return "G"
    return "C" if 0x400 <= code <= 0x52F else "-"


def _one_script(text: str) -> str:
    """Words that mix Latin with letters that only look Latin get one script; Greek words likewise."""

    def mend(match: re.Match[str]) -> str:
        word = match[0]
        if word.isascii():
            return word
        scripts = [_script(sign) for sign in word]
        latin, greek, cyrillic = scripts.count("L"), scripts.count("G"), scripts.count("C")
        other = len(word) - latin - greek - cyrillic
        if latin == len(word) or (not latin and not (greek and cyrillic)) or other > latin:
            return word
        if greek > latin + cyrillic:
            return "".join(
                sign if kind == "G" else _as(sign, TO_GREEK) for sign, kind in zip(word, scripts, strict=True)
            )
        return "".join(
            sign if kind == "L" else _as(sign, TO_LATIN) for sign, kind in zip(word, scripts, strict=True)
        )

    return text if text.isascii() else _LETTERS.sub(mend, text)


def _as(sign: str, table: dict[str, str]) -> str:
    if sign in table:
        return table[sign]
    simple = bare(sign)
    return table.get(simple, sign) if len(simple) == 1 else sign
