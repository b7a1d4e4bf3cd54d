"""What the tagger knows about one word by itself: its letters, its shape, the lists it stands in.

Every feature is a number below SIZE (a hash); a word's features depend on nothing but the word, its language and
whether capitals count in the text, so that what follows from them is worked out once per distinct word.
"""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import Final

from . import lists
from .inflection import ENDINGS, LONGEST
from .lists import COMMON, GIVEN, NOUN, OWN, PART, PLACE_SHIFT, SURNAME, fold
from .vocabulary import vocabulary

BITS: Final = 17
SIZE: Final = 1 << BITS
_MASK: Final = SIZE - 1
_ORDER: Final = ("en", "de", "fr", "nl", "es", "it", "pt", "fi", "el", "sl", "sk", "cs")
_SALT: Final = {code: zlib.crc32(f"language {code}".encode()) | 1 for code in _ORDER}
_COMPOUNDING: Final = frozenset(("de", "nl", "fi"))
_LINKS: Final = ("", "s", "es", "n", "en", "er", "e")


def shape(form: str) -> str:
    """The pattern of capitals: x small, X capital, XX all capitals, I one capital letter, xX mixed."""
    if form.islower():
        return "x"
    if len(form) == 1:
        return "I"
    if form.isupper():
        return "XX"
    if form[0].isupper():
        return "X" if form[1:].islower() else ("X-X" if "-" in form else "XxX")
    return "xX"


@lru_cache(maxsize=30_000)
def stems(folded: str, language: str) -> tuple[str, ...]:
    """What a folded name may be in its base form."""
    endings = ENDINGS.get(language)
    if endings is None:
        return ()
    found = []
    for size in range(min(LONGEST, len(folded) - 1), 0, -1):
        for instead in endings.get(folded[-size:], ()):
            if len(folded) - size + len(instead) >= 3:
                found.append(folded[:-size] + instead)
    return tuple(found)


@lru_cache(maxsize=30_000)
def inner_name(folded: str, language: str) -> int:
    """The lists of names that a base form of the folded word stands in."""
    found = 0
    for stem in stems(folded, language):
        found |= named(stem, language)
    return found


def is_compound(low: str, language: str) -> bool:
    """The word is made of two words that are usual in its language ("Familienhilfe")."""
    if len(low) > 60:  # no word, and each cut costs its length
        return False
    table = lists.words(language)
    for cut in range(3, len(low) - 3):
        if table.get(low[cut:]) & 15 >= 6:
            head = low[:cut]
            for link in _LINKS:
                if head.endswith(link) and len(head) - len(link) > 2:
                    known = table.get(head[: len(head) - len(link)])
                    if known & 15 >= 5:
                        return True
    return False


def named(folded: str, language: str) -> int:
    """The lists of names that a folded word stands in, the lexicon's names of the language among them."""
    found = lists.names().get(folded)
    return found | vocabulary(language).names.get(folded, 0)


@lru_cache(maxsize=40_000)
def basics(low: str, language: str) -> tuple[str, int, int, tuple[str, ...]]:
    """A lower-case word folded, how usual it is, the lists of names it stands in, and what the lexicon calls it."""
    folded = fold(low)
    known = lists.words(language).get(folded if language == "el" else low)
    return folded, known, named(folded, language), vocabulary(language).labels(low)


def word_features(form: str, language: str, capitals: bool) -> list[int]:
    """The features of a word; `capitals`: whether its own capitals say something."""
    low = form.lower()
    # Accents are left out where something is typed in a hurry, so that letters count without them.
    strings = _letters(fold(low))
    figure = shape(form) if capitals else "?"
    if not low[:1].isalpha():
        strings.append(f"#{len(low)}" if low.isdigit() else "sign")
        figure = "-"
    else:
        strings += _listed(low, language, figure)
    strings.append(f"sh {figure}")
    known = _numbers[language]
    found: list[int] = []
    for string in strings:
        pair = known.get(string)
        if pair is None:
            if len(known) > _ROOM:
                known.clear()
            pair = known[string] = _pair(string, _SALT[language])
        found += pair
    return found


_ROOM: Final = 12_000
_numbers: Final[dict[str, dict[str, tuple[int, int]]]] = {language: {} for language in _ORDER}


def _pair(string: str, salt: int) -> tuple[int, int]:
    """The number of a feature in all languages together and in one."""
    number = zlib.crc32(string.encode("utf-8", "replace"))
    own = (number ^ salt) * 0x9E3779B1 & 0xFFFFFFFF
    return (number ^ number >> 15) & _MASK, (own ^ own >> 15) & _MASK


def _letters(low: str) -> list[str]:
    size = len(low)
    found = ["w " + low, f"n{min(size, 12)}"]
    if size > 2:
        found += ["-" + low[-1:], "-" + low[-2:], low[:2] + "-"]
        if size > 3:
            found += ["-" + low[-3:], low[:3] + "-"]
            if size > 4:
                found += ["-" + low[-4:], low[:4] + "-"]
                if size > 6:
                    found += ["-" + low[-5:], low[:5] + "-"]
    return found


def _listed(low: str, language: str, figure: str) -> list[str]:
    folded, known, name, labels = basics(low, language)
    table = lists.words(language)
    usual = known & 15
    place = name >> PLACE_SHIFT & 7
    common = "c" if known & COMMON else "N" if known & NOUN else "-"
    found = [
        f"u{usual}",
        f"u{usual} {figure}",
        f"d{common} {figure}",
        f"d{common} {usual > 5} {name & 11} {place}",
    ]
    if name & GIVEN:
        found += ["given", f"given {usual} {figure}", f"given {common} {figure}"]
    if name & SURNAME:
        found += ["sur", f"sur {usual} {figure}", f"sur {common} {figure}"]
    if name & OWN:
        found.append(f"own {name & 3}")
    if place:
        found += [f"place {place}", f"place {usual} {figure}", f"place {common} {figure}"]
    if name & PART:
        found.append(f"part {figure}")
    if not name:
        found.append(f"no name {common} {figure}")
    inner = 0
    if usual < 9 or name == 0:
        inner = inner_name(folded, language)
        if inner:
            if inner & GIVEN:
                found += ["st given", f"st given {common} {figure}"]
            if inner & SURNAME:
                found += ["st sur", f"st sur {common} {figure}"]
            if inner >> PLACE_SHIFT & 7:
                found += [f"st place {inner >> PLACE_SHIFT & 7}", f"st place {common} {figure}"]
    if "-" in low:
        for part in low.split("-"):
            inner = named(fold(part), language)
            found.append(f"part {inner & 3} {bool(inner >> PLACE_SHIFT)}")
            found.append(f"part u{table.get(part) & 15}")
    elif language in _COMPOUNDING and usual < 5 and len(low) > 7:
        made = is_compound(low, language)
        found += [f"made {made}", f"made {made} {name & 3} {figure}"]
    for label in labels:
        found += ["lx " + label, f"lx {label} {figure}"]
    ending = vocabulary(language).surname_ending(folded)
    if ending:
        found += ["end sur", f"end sur {common} {figure}", "end " + ending]
    return found
