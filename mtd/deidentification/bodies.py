"""Bodies of the state and of whole countries: "Bundesamt für Justiz", "Instituto Nacional de Estadística".

They are the same for everybody in a country. A place or a name inside or beside ("Ministerium Sachsen") ends the
passage, so that the mark reaches further than it and stays.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

from .eponyms import FOLDER
from .facts import facts
from .lists import GIVEN, OWN, PLACE_SHIFT, SURNAME, fold
from .text import Token

_MOST: Final = 9
"""Words of such a name at most, small ones included."""
_STATE: Final = 2
_NATIONAL: Final = 1
_KIND: Final = 4


@cache
def _table() -> dict[str, int]:
    with (FOLDER / "bodies.toml").open("rb") as stream:
        data = tomllib.load(stream)
    found: dict[str, int] = {}
    for name, sort in (("state", _STATE), ("national", _NATIONAL), ("bodies", _KIND)):
        for stem in data[name].split():
            found[fold(stem)] = found.get(fold(stem), 0) | sort
    return found


@lru_cache(maxsize=20_000)
def _sort(norm: str, language: str) -> int:
    """What a lower-case word says about a body: bits of _STATE, _NATIONAL and _KIND."""
    table, folded, found = _table(), fold(norm), 0
    for size in range(min(len(folded), 20), 2, -1):
        found |= table.get(folded[:size], 0) if len(folded) - size < (13 if size > 4 else 4) else 0
    if language == "fi" and "ministeri" in folded[3:]:
        found |= _STATE
    return found


def begins(norm: str, language: str) -> bool:
    """Whether the name of a body may begin with a lower-case word."""
    return _sort(norm, language) != 0


@lru_cache(maxsize=20_000)
def _goes_along(norm: str, language: str) -> bool:
    """Whether a word may be a part of such a name: an ordinary word, and no place and nobody's name."""
    known = facts(norm, language)
    if known.labels & {"both", "nick", "kin"}:
        return False
    if known.vocabulary or _sort(norm, language):
        return True
    if known.name & OWN and known.name & (GIVEN | SURNAME):
        return False
    return known.common and not known.name >> PLACE_SHIFT & 7


def length(tokens: Sequence[Token], index: int, language: str, links: frozenset[str], small: bool) -> int:
    """How many tokens the name of a body has that begins here; 0 if none begins."""
    first = _sort(tokens[index].norm, language)
    if not first or not (first & _STATE or small or tokens[index].form[0].isupper()):
        return 0
    last, sorts, plain = index, first, 0
    for place in range(index + 1, min(index + _MOST, len(tokens))):
        token = tokens[place]
        if token.norm in links or (token.form in ",-" and not small and sorts & _STATE):
            plain = 0
            continue
        if not token.word or "\n" in token.form or not _goes_along(token.norm, language):
            break
        if token.form[0].islower():
            plain += 1
            if plain > (1 if small else 2):
                break
        last = place
        sorts |= _sort(token.norm, language)
        here, near = _sort(token.norm, language), place - index
        if (near < 3 and first & _NATIONAL and here & _KIND) or (
            near < 5 and first & _KIND and here & _NATIONAL
        ):
            first |= _STATE
    return last - index + 1 if first & _STATE else 0
