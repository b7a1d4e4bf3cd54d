"""The partner pulse: its six questions, and what may be shown of the answers. Pure: no database.

The idea comes from research on networks (PARTNER by Visible Network Labs asks three things about trust and three about
value); the questions are our own. What is shown can never be led back to a person:

- a mean stands on at least five answers, of at least three people for certain: a person answers once about an
  organisation, so the most answers about one organisation are as many people;
- below that nothing is said, not even how many there were;
- a single organisation is shown only if what is *not* shown of its side is nothing or again five answers, so that
  nobody can subtract (complementary suppression);
- trust and use are means of the means that are shown, so they tell nothing more.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import pgettext_lazy

LEAST_ANSWERS = 5
LEAST_PEOPLE = 3
BANKS = ("care", "youth", "other")
TRUST = ("trust_1", "trust_2", "trust_3")
USE = ("use_1", "use_2", "use_3")
ITEMS = (*TRUST, *USE)

QUESTIONS: dict[str, Any] = {
    "trust_1": pgettext_lazy("pulse", "What I tell them is in good hands."),
    "trust_2": pgettext_lazy("pulse", "They say openly what they can do and what they cannot."),
    "trust_3": pgettext_lazy("pulse", "What we arrange with each other is kept."),
    "use_1": pgettext_lazy("pulse", "When I need them, I reach the right person."),
    "use_2": pgettext_lazy("pulse", "They know or can do something that we lack."),
    "use_3": pgettext_lazy("pulse", "Working with them changes something for the families."),
}


def bank_of(system: str) -> str:
    """The bank that a help system stands on."""
    return {"addiction_care": "care", "youth_welfare": "youth"}.get(system, "other")


class Said(NamedTuple):
    """One person's answers about one organisation: from which bank, about whom, six values from 1 to 5 or None."""

    bank: str
    about: uuid.UUID
    values: tuple[int | None, ...]


@dataclass(frozen=True)
class Means:
    """What may be shown of one group of answers; None: too few to show."""

    items: Mapping[str, float | None]

    @property
    def trust(self) -> float | None:
        """Mean of the three questions on trust, if all three may be shown."""
        return _mean([self.items[key] for key in TRUST])

    @property
    def use(self) -> float | None:
        """Mean of the three questions on use, if all three may be shown."""
        return _mean([self.items[key] for key in USE])

    @property
    def shown(self) -> bool:
        """Anything at all may be shown."""
        return any(value is not None for value in self.items.values())


def _mean(values: Sequence[float | None]) -> float | None:
    if any(value is None for value in values):
        return None
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known), 1)


@dataclass(frozen=True)
class Picture:
    """What one round says: from bank to bank, and about single organisations where that gives nobody away."""

    pairs: Mapping[tuple[str, str], Means]
    """(from, about) → means, for every two banks; nothing is shown for most in a small network."""
    organizations: Mapping[uuid.UUID, Means]

    def pair(self, source: str, about: str) -> Means:
        """What one bank says about another."""
        return self.pairs[source, about]

    @property
    def shown(self) -> bool:
        """Something can be shown."""
        return any(means.shown for means in self.pairs.values())

    def as_data(self) -> list[dict[str, Any]]:
        """The pairs as plain data, for figures and reports; only those that may be shown."""
        return [
            {"from": source, "about": about, "trust": means.trust, "use": means.use, **dict(means.items)}
            for (source, about), means in self.pairs.items()
            if means.shown
        ]


NOTHING = Means(dict.fromkeys(ITEMS))


def picture(said: Iterable[Said], banks: Mapping[uuid.UUID, str]) -> Picture:
    """Count what was said. `banks` says on which bank the organisations stand that were spoken about."""
    groups: dict[tuple[str, str], list[Said]] = defaultdict(list)
    for one in said:
        if one.about in banks:
            groups[one.bank, banks[one.about]].append(one)
    pairs = {(a, b): _means(groups.get((a, b), [])) for a in BANKS for b in BANKS}
    organizations: dict[uuid.UUID, Means] = {}
    for bank in BANKS:
        # Only from banks whose whole word about this bank is shown: then no difference leads to another one.
        open_words = [
            one
            for source in BANKS
            if all(value is not None for value in pairs[source, bank].items.values())
            for one in groups.get((source, bank), [])
        ]
        organizations |= _organizations(open_words)
    return Picture(pairs, organizations)


def _means(said: Sequence[Said]) -> Means:
    return Means({key: _shown_mean(said, place) for place, key in enumerate(ITEMS)})


def _shown_mean(said: Sequence[Said], place: int) -> float | None:
    values: list[int] = []
    people: dict[uuid.UUID, int] = defaultdict(int)
    for one in said:
        value = one.values[place]
        if value is not None:
            values.append(value)
            people[one.about] += 1
    if len(values) < LEAST_ANSWERS or max(people.values()) < LEAST_PEOPLE:
        return None
    return round(sum(values) / len(values), 1)


def _organizations(said: Sequence[Said]) -> dict[uuid.UUID, Means]:
    by_about: dict[uuid.UUID, list[Said]] = defaultdict(list)
    for one in said:
        by_about[one.about].append(one)
    counts = {about: _counts(words) for about, words in by_about.items()}
    shown = {about for about, count in counts.items() if min(count) >= LEAST_ANSWERS}
    while shown and _gives_away([counts[about] for about in counts if about not in shown]):
        shown.remove(min(shown, key=lambda about: (min(counts[about]), str(about))))
    return {about: _means(by_about[about]) for about in shown}


def _counts(said: Sequence[Said]) -> list[int]:
    return [sum(one.values[place] is not None for one in said) for place in range(len(ITEMS))]


def _gives_away(hidden: Sequence[Sequence[int]]) -> bool:
    """What is hidden together is so little that subtracting would show it."""
    return any(0 < sum(count[place] for count in hidden) < LEAST_ANSWERS for place in range(len(ITEMS)))
