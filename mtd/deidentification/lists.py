"""The lists of the guard: first names, surnames, places, and how usual a word is in its language.

A list is a sorted array of 32-bit sums of the folded word with one small value each: compact, read once, searched in
about half a microsecond. One lookup in about ten thousand hits by accident, which costs at most a needless mark.
Sources and licences: data/README.md; built by scripts/guard_lists.py.
"""

from __future__ import annotations

import lzma
import unicodedata
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

GIVEN: Final = 1
"""The word is a first name."""
SURNAME: Final = 2
PART: Final = 4
"""The word is part of the name of a place of several words."""
OWN: Final = 8
"""A first name or surname that is usual in one of the countries of the twelve languages."""
PLACE_SHIFT: Final = 4
"""Bits 4 to 6: 0 no place, 1 country or region; by inhabitants 2 from 100,000, 3 from 15,000, 4 from 2,000, 5 fewer."""

USUAL: Final = 15
"""Bits 0 to 3 of a word: how usual it is, 15 most."""
COMMON: Final = 16
"""The dictionary of the language holds the word written small."""
NOUN: Final = 32
"""The dictionary of the language holds the word with a capital."""

COUNTRIES: Final = (
    "",
    "DE",
    "BE",
    "NL",
    "ES",
    "IT",
    "PT",
    "FI",
    "GR",
    "SI",
    "SK",
    "CZ",
    "CY",
    "FR",
    "AT",
    "CH",
    "GB",
    "IE",
    "LU",
)
_PLAIN: Final = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "ð": "d",
        "þ": "th",
        "ς": "σ",
        "’": "'",
    }
)


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """The word small and without marks over or under its letters, so that "Çelik", "celik" and "ÇELİK" are one."""
    small = word.lower()
    if small.isascii():
        return small
    spread = unicodedata.normalize("NFKD", small.translate(_PLAIN))
    return "".join(sign for sign in spread if not unicodedata.combining(sign)).translate(_PLAIN)


_SPREAD: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_BARE: Final = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"})


def hasty(word: str) -> tuple[str, ...]:
    """A small word as it is typed in a hurry: without its accents, or with ae, oe, ue; () where it has none."""
    if word.isascii():
        return ()
    found = []
    for small in (word, word.translate(_SPREAD)):
        spread = unicodedata.normalize("NFD", small.translate(_BARE))
        bare = "".join(sign for sign in spread if not unicodedata.combining(sign))
        if bare != word and bare not in found:
            found.append(bare)
    return tuple(found)


def key(word: str) -> int:
    """The sum under which a folded word stands in a list."""
    return zlib.crc32(word.encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Table:
    """Sorted keys and their values."""

    keys: array[int]
    values: array[int]

    def get(self, word: str) -> int:
        """The value of a folded word, 0 where it is not in the list."""
        wanted = zlib.crc32(word.encode("utf-8", "replace"))
        at = bisect_left(self.keys, wanted)
        return self.values[at] if at < len(self.keys) and self.keys[at] == wanted else 0

    def all(self, word: str) -> list[int]:
        """Every value of a folded word, for lists that hold a word several times."""
        wanted = zlib.crc32(word.encode("utf-8", "replace"))
        at, found = bisect_left(self.keys, wanted), []
        while at < len(self.keys) and self.keys[at] == wanted:
            found.append(self.values[at])
            at += 1
        return found


def pack(entries: Iterable[tuple[int, int]]) -> bytes:
    """Entries (key, value below 65,536) as bytes: differences of sorted keys, plane by plane, compressed."""
    ordered = sorted(entries)
    planes = [bytearray() for _ in range(6)]
    before = 0
    for number, value in ordered:
        step, before = number - before, number
        for plane in range(4):
            planes[plane].append(step >> (8 * plane) & 255)
        planes[4].append(value & 255)
        planes[5].append(value >> 8)
    return lzma.compress(len(ordered).to_bytes(4, "little") + b"".join(planes), preset=9)


def unpack(packed: bytes) -> Table:
    """The table that `pack` made."""
    raw = lzma.decompress(packed)
    size = int.from_bytes(raw[:4], "little")
    planes = [raw[4 + size * plane : 4 + size * (plane + 1)] for plane in range(6)]
    keys, values = array("I", bytes(4 * size)), array("H", bytes(2 * size))
    total = 0
    for at, (a, b, c, d) in enumerate(zip(*planes[:4], strict=True)):
        total += a | b << 8 | c << 16 | d << 24
        keys[at] = total
    for at, (low, high) in enumerate(zip(planes[4], planes[5], strict=True)):
        values[at] = low | high << 8
    return Table(keys, values)


def _read(name: str) -> Table:
    return unpack(files(__package__).joinpath("data", name).read_bytes())


@cache
def names() -> Table:
    """Folded names of people and places with GIVEN, SURNAME, PART, OWN and the size of the place."""
    return _read("names.bin")


@cache
def places() -> Table:
    """Folded names of places: bits 0 to 4 twice the binary logarithm of the inhabitants, then the country."""
    return _read("places.bin")


@cache
def words(language: str) -> Table:
    """Words of a language as written small, with USUAL, COMMON and NOUN."""
    return _read(f"words.{language}.bin")


def population(place: str, country: str | None = None) -> int | None:
    """About how many people live in a place (GeoNames); None where no such place is known.

    The name may stand for several places: the largest one in `country` (ISO 3166, two letters), else the largest.
    """
    found = places().all(fold(place.strip()))
    if found and country in COUNTRIES[1:]:
        number = COUNTRIES.index(country or "")
        found = [value for value in found if value >> 6 == number] or found
    return inhabitants(found)


def inhabitants(entries: Sequence[int]) -> int | None:
    """The largest number of inhabitants among entries of `places`; None for no entry."""
    return round(2 ** (max([value & 63 for value in entries]) / 2)) if entries else None


def warm(language: str) -> None:
    """Read the lists of a language now."""
    names()
    words(language)
