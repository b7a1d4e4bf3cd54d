"""What the lists and the lexicon say about a word, for the rules of the tagger."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from .features import basics, inner_name
from .lists import COMMON, NOUN

_VOCABULARY: Final = frozenset(
    ("title", "kin", "job", "field", "public", "month", "plain", "-plain", "-field")
)


class Facts(NamedTuple):
    """What the lists say about a word."""

    name: int
    inner: int
    """The same of its possible base forms."""
    usual: int
    common: bool
    """An ordinary word of the language. What a dictionary holds with a capital is a name, but for German nouns."""
    labels: frozenset[str]
    title: bool
    head: bool
    """It makes an organisation together with a name."""
    vocabulary: bool


@lru_cache(maxsize=30_000)
def facts(low: str, language: str) -> Facts:
    """What the lists say about a lower-case word."""
    folded, known, name, listed = basics(low, language)
    labels = frozenset(listed)
    return Facts(
        name,
        inner_name(folded, language),
        known & 15,
        bool(known & (COMMON | NOUN if language == "de" else COMMON)),
        labels,
        "title" in labels,
        any(label.startswith(("org ", "-org ")) for label in labels),
        bool(labels & _VOCABULARY),
    )
