"""The whole of a name: the particles before it ("von der Heyde", "D'hondt") and a first name that nobody listed."""

from __future__ import annotations

from typing import Final

from .addressing import ADDRESSED, SIR_OBLIQUE
from .facts import facts
from .heads import is_own, run_before, titled
from .lists import GIVEN
from .text import Text

_FUNCTION: Final = 12
"""So usual are the small words of a language: before a name they mean "of" or "the" and seldom belong to it."""


class Widening:
    """Takes to each name what belongs to it, and remembers which particles a name has."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._tokens = text.tokens
        self._capitals = not (text.small or text.shouted)
        self._having: set[tuple[str, ...]] = set()

    def last(self, end: int) -> int:
        """The last token of a name that was found up to `end`: an elision goes on with the next word."""
        tokens = self._tokens
        if end + 1 < len(tokens) and tokens[end].form.endswith("'") and tokens[end].word:
            return end + 1 if tokens[end + 1].word and not tokens[end + 1].space else end
        return end

    def first(self, first: int, floor: int) -> int:
        """The first token of the name whose main word is `first`, not before `floor`."""
        begin = max(floor, run_before(self._tokens, first))
        if begin < first:
            begin = self._particles(begin, first)
        while begin - 1 >= floor and self._is_part(begin - 1, begin):
            begin -= 1
        return begin

    def _particles(self, begin: int, first: int) -> int:
        tokens, language = self._tokens, self._text.language
        norms = tuple(token.norm for token in tokens[begin : first + 1])
        if self._addressed(begin) or norms in self._having:
            self._having.add(norms)
            return begin
        for at in range(begin, first):
            known = facts(tokens[at].norm, language)
            if is_own(tokens, at, first, self._capitals) or (
                tokens[at].form[0].isalpha() and known.usual < _FUNCTION
            ):
                self._having.add(tuple(token.norm for token in tokens[at : first + 1]))
                return at
        return first

    def _addressed(self, begin: int) -> bool:
        """Whether a form of address stands before: "M. de La Rochère"."""
        tokens = self._tokens
        at = begin - 2 if begin > 1 and tokens[begin - 1].form == "." else begin - 1
        if at < 0 or not titled(tokens, begin, self._text.language):
            return False
        norm = tokens[at].norm
        return norm in ADDRESSED or norm in SIR_OBLIQUE or len(norm) < 5

    def _is_part(self, at: int, following: int) -> bool:
        """Whether a word directly before a name must be a first name, since it is no word of the language."""
        token, language = self._tokens[at], self._text.language
        if not token.word or len(token.form) < 3 or not self._tokens[following].space:
            return False
        if self._tokens[following].opens or "\n" in self._text.plain[token.to : self._tokens[following].at]:
            return False
        known = facts(token.norm, language)
        if known.labels - {"both", "nick"}:
            return False
        if not self._capitals:
            return len(token.form) > 4 and known.usual == 0 and not known.common
        if not token.form[0].isupper() or not token.form[1:].islower():
            return False
        if language != "de" and not token.opens and (known.name | known.inner) & GIVEN:
            return True
        return not known.common and (known.usual < 3 or bool(known.name & GIVEN))
