"""The words of a language's lexicon, put in the form in which the tagger asks for them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Final

from .lexicon import ORGANISATION_GROUPS, Words, lexicon
from .lists import GIVEN, OWN, SURNAME, fold

_LONGEST: Final = 12


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a word is labelled with, whole and by its ending."""

    names: dict[str, int]
    """Folded names with GIVEN, SURNAME, OWN."""
    whole: dict[str, tuple[str, ...]]
    endings: dict[str, tuple[str, ...]]
    surname_endings: frozenset[str]
    """Folded."""

    def labels(self, low: str) -> tuple[str, ...]:
        """What the lexicon calls a lower-case word."""
        found = self.whole.get(low, ())
        for size in range(min(_LONGEST, len(low) - 2), 1, -1):
            ending = self.endings.get(low[-size:])
            if ending:
                return found + ending
        return found

    def surname_ending(self, folded: str) -> str:
        """The longest listed ending of surnames that the word has, "" for none."""
        for size in range(min(8, len(folded) - 2), 1, -1):
            if folded[-size:] in self.surname_endings:
                return folded[-size:]
        return ""


_NONE: Final = Vocabulary({}, {}, {}, frozenset())


@cache
def vocabulary(language: str) -> Vocabulary:
    """The vocabulary of a language; an empty one where no lexicon is there."""
    try:
        known = lexicon(language)
    except KeyError:
        return _NONE
    names: dict[str, int] = defaultdict(int)
    for name in known.given_migrant | known.nicknames:
        names[fold(name)] |= GIVEN | OWN
    for name in known.surnames_migrant:
        names[fold(name)] |= SURNAME | OWN
    groups = {
        "field": known.field,
        "public": known.public,
        "plain": known.endings,
        "title": known.titles,
        "street": known.street,
        "before": known.places,
        "kin": Words(known.kin),
        "job": Words(known.professions),
        "both": Words(known.given_words | known.surname_words),
        "nick": Words(known.nicknames),
        "month": Words(frozenset().union(*known.months, *known.weekdays)),
    }
    for group in ORGANISATION_GROUPS:
        groups[f"org {group}"] = known.organisations[group]
    whole: dict[str, list[str]] = defaultdict(list)
    endings: dict[str, list[str]] = defaultdict(list)
    for label, entries in groups.items():
        for word in entries.whole:
            whole[word].append(label)
        for ending in entries.endings:
            endings[ending].append(f"-{label}")
    for word in known.professional:
        whole[word].append("title")
    return Vocabulary(
        dict(names),
        {word: tuple(labels) for word, labels in whole.items()},
        {word: tuple(labels) for word, labels in endings.items()},
        frozenset(fold(ending) for ending in known.surname_endings.endings),
    )
