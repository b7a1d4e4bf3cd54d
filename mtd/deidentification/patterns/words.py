"""Words of a language that announce a number or an address, as expressions. A language without a list has English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ..lexicon import Lexicon, Words, lexicon
from ..text import Text


def listed(words: str) -> frozenset[str]:
    """The words of a list that is written as one text."""
    return frozenset(words.split())


@lru_cache(maxsize=16)
def lexicon_or_none(language: str) -> Lexicon | None:
    """The words of a language, or None where there is no file for it."""
    try:
        return lexicon(language)
    except (KeyError, OSError):
        return None


def alternatives(words: Words, *, least: int = 2) -> str:
    """All entries as one expression, longest first; entries shorter than `least` are left out."""
    found = {entry for entry in words.whole if len(entry) >= least and any(sign.isalnum() for sign in entry)}
    found |= {" ".join(phrase) for phrase in words.phrases}
    listed = sorted(found, key=lambda entry: (-len(entry), entry))
    return "|".join(re.escape(entry).replace(r"\ ", r"\s{1,2}") for entry in listed)


@lru_cache(maxsize=64)
def announced(language: str, what: str, own: str) -> re.Pattern[str]:
    """An expression for lower-case text that ends in a word of the list `what`, or in one of `own`."""
    words = lexicon_or_none(language)
    listed = alternatives(getattr(words, what)) if words is not None else ""
    both = f"{own}|{listed}" if listed else own
    # Lower-case text instead of IGNORECASE: then the many words are told apart by their first letter.
    return re.compile(
        rf"(?<![^\W_])(?:{both})(?:[\s.:;=#()-]|n[.°ºr]\.?|nr|no\.?|num(?:mer|éro|ero)?|č(?:\.|íslo)|št\.|is|ist|lautet|est|es|on|"
        r"je|war|:in|:n|unter|der|die|το|είναι){0,8}$"
    )


def before_figures(text: Text, most: int) -> list[int]:
    """Where words, figures and blanks begin, up to `most` signs before a run of figures, in their order."""
    plain = text.plain
    found: list[int] = []
    last = -1
    for first in text.figures:
        for place in range(max(first - most, last + 1), first + 1):
            if (plain[place].isalnum() or plain[place] == " ") and not plain[place - 1 : place].isalnum():
                found.append(place)
        last = first
    return found


def from_places(pattern: re.Pattern[str], plain: str, places: Iterable[int]) -> Iterator[re.Match[str]]:
    """What `finditer` finds, if a match can begin only at these places, which stand in their order."""
    end = 0
    for place in places:
        if place >= end:
            match = pattern.match(plain, place)
            if match is not None:
                yield match
                end = max(match.end(), place + 1)
