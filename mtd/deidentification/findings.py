"""What the guard says about a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import overload

LANGUAGES = ("en", "de", "fr", "nl", "es", "it", "pt", "fi", "el", "sl", "sk", "cs")
"""The languages the guard can judge; any other text counts as not cleared."""


class Kind(StrEnum):
    """What a passage gives away."""

    PERSON = "person"
    PLACE = "place"
    ORGANISATION = "organisation"
    ADDRESS = "address"
    BIRTH_DATE = "birth_date"
    DATE = "date"
    PHONE = "phone"
    EMAIL = "email"
    WEB = "web"
    HANDLE = "handle"
    NUMBER = "number"
    """A personal number of one of the twelve countries, a file number, a document's number."""
    PLATE = "plate"
    ACCOUNT = "account"
    RARE = "rare"
    """What singles somebody out without a name."""


class Strength(StrEnum):
    """How sure the guard is. Certain findings must go; the others are changed, or a person says why they may stay."""

    CERTAIN = "certain"
    CHECK = "check"


class Problem(StrEnum):
    """Why a text could not be judged as a whole. Whatever was found until then is still given."""

    NONE = ""
    LANGUAGE = "language"
    TIME = "time"
    LENGTH = "length"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Finding:
    """One passage: text[start:end] in code points of the text as it was given."""

    start: int
    end: int
    kind: Kind
    strength: Strength
    confidence: float
    """0 to 1, for ordering and for measuring; never shown as a figure."""
    reason: str
    """A code of `explain.REASONS`, such as "name_after_title"; the pages translate it."""
    explanation: str
    """The same in English, for people, without the passage itself."""
    suggestion: str = ""
    """A more general wording in the language of the text that fits into the sentence; empty: none that surely fits."""


@dataclass(frozen=True, slots=True)
class Findings(Sequence[Finding]):
    """Findings in the order of the text, without overlaps, and whether the whole text was judged."""

    items: tuple[Finding, ...] = ()
    problem: Problem = Problem.NONE
    language: str = ""
    """The language that it was read as."""

    @property
    def clear(self) -> bool:
        """Nothing found, and everything was judged. Anything else is not cleared: the guard fails closed."""
        return not self.items and self.problem is Problem.NONE

    @property
    def certain(self) -> tuple[Finding, ...]:
        """What must go."""
        return tuple(item for item in self.items if item.strength is Strength.CERTAIN)

    @property
    def to_check(self) -> tuple[Finding, ...]:
        """What somebody has to look at."""
        return tuple(item for item in self.items if item.strength is Strength.CHECK)

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, index: int | slice) -> Finding | tuple[Finding, ...]:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.items)
