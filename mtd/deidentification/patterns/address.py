"""Postal codes with their places, positions on the map, boxes; streets are in `streets`."""
# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ..findings import Kind
from ..lists import population
from ..text import Mark, Text
from .words import before_figures, from_places

_POSTAL: dict[str, str] = {
    "de": r"(?:D|DE|A|AT|B|BE|CH|L)[ ]?-[ ]?\d{4,5}|\d{5}(?!\d)",
    "fr": r"(?:B|F|L|CH)[ ]?-[ ]?\d{4,5}|\d{5}|[1-9]\d{3}",
    "nl": r"[1-9]\d{3}[ ]?[A-Z]{2}(?!\w)|[1-9]\d{3}(?!m[gml]|km|kg|cm|gr|eu|st|de)[a-z]{2}(?!\w)|(?:B|BE)[ ]?-[ ]?\d{4}|[1-9]\d{3}",
    "es": r"(?:E-)?(?:0[1-9]|[1-4]\d|5[0-2])\d{3}",
    "it": r"(?:I-)?\d{5}",
    "pt": r"[1-9]\d{3}-\d{3}",
    "fi": r"(?:FI-)?\d{5}",
    "el": r"(?:ΤΚ|Τ\.Κ\.|GR-)?[ ]?[1-8]\d{2}[ ]?\d{2}",
    "sl": r"(?:SI-)?[1-9]\d{3}",
    "sk": r"(?:SK-)?[089]\d{2}[ ]?\d{2}",
    "cs": r"(?:CZ-)?[1-7]\d{2}[ ]?\d{2}",
    "en": r"[A-Z]{1,2}\d[A-Z\d]?[ ]?\d[A-Z]{2}|(?:CY-)?[1-9]\d{3}",
}
_LONGEST_LEAD = 8
"""No code has more signs before its figures."""
_TELLING = re.compile(
    r"[A-Z]{1,2}[ ]?-[ ]?\d{4,5}|[1-9]\d{3}[ ]?[A-Z]{2}|[1-9]\d{3}-\d{3}|[A-Z]{1,2}\d[A-Z\d]?[ ]?\d[A-Z]{2}|.*[A-ZΤ].*"
)
_CODE_SAID = re.compile(r"(?:\b(?:plz|postleitzahl|code postal|cp|c\.p\.|cap|postcode|código postal|psč|τ\.?κ\.?|postinumero|"
                        r"poštna številka)[ .:=]{0,3})$", re.IGNORECASE)  # fmt: skip
_COORDINATES = re.compile(
    r"(?<![\w.])-?\d{1,2}[.]\d{3,8}°?[ ]?[NS]?[ ]?[,;/ ][ ]?-?\d{1,3}[.]\d{3,8}°?[ ]?[EWO]?(?![\w.]\d)|"
    r"(?<!\w)\d{1,2}[ ]?°[ ]?\d{1,2}[ ]?['′´][ ]?(?:\d{1,2}(?:[.,]\d{1,4})?[ ]?(?:\"|″|''|´´)[ ]?)?[NSEWOΒΑ]|///\w{3,20}\.\w{3,20}\.\w{3,20}"
)
_BOX = re.compile(
    r"(?<!\w)(?:postfach|p\.?[ ]?o\.?[ ]?box|bo[iî]te postale|b\.p\.|postbus|apartado(?: de correos)?|casella postale|apdo\.?|"
    r"postilokero|pl|τ\.?θ\.?|poštni predal|p\.p\.|poštov\w* priečinok|poštovní přihrádka)[ ]\d{1,6}(?!\d)"
)
_BOX_SIGNS = ("postfach", "box ", "postale ", "b.p.", "postbus ", "apartado", "apdo", "postilokero", "pl ", "τθ", "τ.θ", "predal ", "p.p.",
              "priečinok ", "přihrádka ")  # fmt: skip
_FRACTION = re.compile(r"\d\.\d{3}")


def marks(text: Text) -> Iterator[Mark]:
    """Mark codes, positions and boxes."""
    plain = text.plain
    if text.figures:
        for match in from_places(_postal(text.language), plain, before_figures(text, _LONGEST_LEAD)):
            yield from _code(text, match)
    if "°" in plain or "///" in plain or _FRACTION.search(plain) is not None:
        for match in _COORDINATES.finditer(plain):
            yield text.mark(*match.span(), Kind.ADDRESS, 0.95, True, "coordinates")
    if text.figures and any(sign in text.lower for sign in _BOX_SIGNS):
        for match in _BOX.finditer(text.lower):
            yield text.mark(*match.span(), Kind.ADDRESS, 0.7, False, "address")


@lru_cache(maxsize=16)
def _postal(language: str) -> re.Pattern[str]:
    code = _POSTAL.get(language, _POSTAL["de"])
    place = r"[^\W\d_][^\W\d_.'’]{1,30}(?:[ -](?:(?:a\.|am|an der|bei|ob|pri|nad|sur|sous|le|la|les|de|del|di|aan|op)[ ])?(?=[^\W\d_a-zà-þα-ω])[^\W\d_]{2,25}){0,2}"
    return re.compile(rf"(?<![\w.,/-])(?P<code>{code})(?![\d%€]|[.,]\d)(?:[ ]{{1,2}}(?P<place>{place}))?")


def _code(text: Text, match: re.Match[str]) -> Iterator[Mark]:
    code, place = match["code"], match["place"]
    plain = text.plain
    said = _CODE_SAID.search(plain, max(0, match.start() - 24), match.start()) is not None
    telling = _TELLING.fullmatch(code) is not None and code[-1:] != " "
    known: int | None = None
    to = match.end("code")
    if place:
        words = place.split()
        for count in range(len(words), 0, -1):
            known = population(" ".join(words[:count]))
            if known is not None:
                to = match.start("place") + len(" ".join(words[:count]))
                break
        else:
            if telling or said:
                to = match.start("place") + len(words[0])
    if telling and text.language in ("nl",) and code[-2:] in ("SA", "SD", "SS"):
        return
    if (
        said
        or (telling and (place or text.language in ("en", "pt", "nl")) and sum(map(str.isdigit, code)) != 4)
        or (telling and known is not None)
    ):
        yield text.mark(match.start(), to, Kind.ADDRESS, 0.95, True, "postcode_place")
    elif (
        known is not None
        and place
        and place[0].isupper()
        and (len(code) > 4 or _likely(plain, match.start(), ""))
    ):
        yield text.mark(match.start(), to, Kind.ADDRESS, 0.85, len(code) > 4, "postcode_place")
    elif code[-1:].islower() or (place and telling and place[0].isupper()):
        yield text.mark(match.start(), to, Kind.ADDRESS, 0.6, False, "postcode_place")
    elif (
        len(code.replace(" ", "")) == 5
        and _likely(plain, match.start(), code)
        and not re.match(r"[ ]?(?:€|eur|kč|\$|£|mg|kg|km|m²)", plain[to : to + 6], re.IGNORECASE)
    ):
        yield text.mark(match.start(), to, Kind.ADDRESS, 0.5, False, "postcode_place")


def _likely(plain: str, at: int, code: str) -> bool:
    """Behind a comma, at the beginning of a line, or behind "in": where an address goes on."""
    before = plain[max(0, at - 4) : at]
    return not code.endswith("00") and (
        before.endswith((", ", "\n", "\n ", " in ", "(")) or not before.strip()
    )
