"""A text as the layers read it: tricks undone, words apart, and every place traceable to the text as it was given.

text = read("Frau K0wal\u00adczyk", "de")
text.plain                  # "Frau K0walczyk": for patterns; invisible characters and look-alikes are undone
text.tokens[1].form         # "Kowalczyk": for words; leetspeak, spaced letters and broken lines are undone too
text.span(5, 14)            # (5, 15): where that is in the original
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from .findings import Kind
from .plain import Plain, plain
from .words import Token, tokens

__all__ = ["Mark", "Text", "Token", "read"]


class Mark(NamedTuple):
    """What one layer marked: original[start:end] in code points of the text as it was given."""

    start: int
    end: int
    kind: Kind
    confidence: float
    certain: bool
    reason: str
    """A code of `explain.REASONS`."""


class Text:
    """A text made readable. Nothing in it changes after it was made."""

    __slots__ = (
        *("_plain", "ends", "figures", "forms", "language", "lower", "norms", "original", "plain"),
        *("large", "said", "shouted", "small", "tokens", "where", "worked_out"),
    )

    original: str
    plain: str
    """Normalised, for patterns. Offsets into it are called `at` and `to`; `span` leads back to the original."""
    lower: str
    """`plain` in lower case, of the same length."""
    language: str
    tokens: Sequence[Token]
    """Words, numbers and signs in their order."""
    forms: Sequence[str]
    """The form of each token: what is asked of every token is asked of these in half the time."""
    norms: Sequence[str]
    """The norm of each token."""
    where: Mapping[str, Sequence[int]]
    """The numbers of the tokens that have a norm."""
    said: frozenset[str]
    """Every different norm."""
    large: Sequence[int]
    """The numbers of the tokens that begin with a capital."""
    small: bool
    """Hardly any word begins with a capital, so capitals say nothing."""
    shouted: bool
    """Hardly any small letter."""
    ends: Sequence[int]
    """Where each token ends in the original."""
    figures: Sequence[int]
    """Where a run of figures begins in `plain`."""
    worked_out: dict[str, object]
    """What a layer worked out about the whole text and needs again."""

    def __init__(self, original: str, language: str, made: Plain) -> None:
        self.original = original
        self.language = language
        self._plain = made
        self.plain = made.text
        lower = made.text.lower()
        if len(lower) != len(made.text):  # "İ" becomes two characters
            lower = "".join(sign.lower()[0] for sign in made.text)
        self.lower = lower
        self.tokens = tokens(made.text, None if made.same else self.span)
        self.figures = [match.start() for match in _FIGURES.finditer(made.text)]
        self.worked_out = {}
        self.ends = [token.end for token in self.tokens]
        self.forms = [token.form for token in self.tokens]
        self.norms = [token.norm for token in self.tokens]
        where: defaultdict[str, list[int]] = defaultdict(list)
        for at, norm in enumerate(self.norms):
            where[norm].append(at)
        self.where = where
        self.said = frozenset(where)
        self.large = [at for at, form in enumerate(self.forms) if form[0].isupper()]
        self.small, self.shouted = self._capitals()

    def span(self, at: int, to: int) -> tuple[int, int]:
        """Where plain[at:to] is in the original."""
        return self._plain.span(at, to)

    def mark(self, at: int, to: int, kind: Kind, confidence: float, certain: bool, reason: str) -> Mark:
        """A mark on plain[at:to]."""
        start, end = self._plain.span(at, to)
        return Mark(start, end, kind, confidence, certain, reason)

    def token_at(self, at: int) -> int:
        """The number of the token that covers plain[at], or of the last one before it; -1 before the first."""
        return bisect_right(self.tokens, at, key=lambda token: token.at) - 1

    def places(self, norms: Iterable[str]) -> list[int]:
        """The numbers of the tokens that have one of these norms, all of which stand in the text, in their order."""
        return sorted(chain.from_iterable(map(self.where.__getitem__, norms)))

    def _capitals(self) -> tuple[bool, bool]:
        """Whether hardly any word of several letters begins with a capital, and whether hardly any letter is small."""
        words = sum([token.word and len(token.form) > 1 for token in self.tokens])
        large = [
            form for form in map(self.forms.__getitem__, self.large) if len(form) > 1 and form[0].isalpha()
        ]
        shouted = sum([form[1].isupper() for form in large])
        return len(large) * 40 <= words, words > 2 and shouted * 10 > words * 7


def read(original: str, language: str) -> Text:
    """Make a text readable. Any string can be read, also one with surrogates, and in time linear to its length."""
    return Text(original, language, plain(original))


_FIGURES = re.compile(r"\d+")
_SENTENCE = re.compile(r"(?<=[.!?…;·])\s+|\n\s*")


def sentences(text: str) -> list[tuple[int, int]]:
    """Rough sentences of a plain text as (at, to)."""
    found: list[tuple[int, int]] = []
    begin = 0
    for match in _SENTENCE.finditer(text):
        if match.start() > begin:
            found.append((begin, match.start()))
        begin = match.end()
    if begin < len(text):
        found.append((begin, len(text)))
    return found
