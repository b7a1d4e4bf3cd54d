"""The picture "who agrees with what": parties on two banks (and a third), questions as planks between them.

Pure data: `two_banks()` sorts the parties onto their banks, gives them short codes and counts the planks,
so that the component `<c-two-banks>` only draws. One to twelve parties, any mix of help systems.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext, ngettext, pgettext

STATES = ("agreed", "differs", "parked", "open")


@dataclass(frozen=True)
class BankParty:
    """One party; `key` is what the rows' positions refer to."""

    key: str
    name: str
    system: str
    short: str = ""
    ours: bool = False


@dataclass(frozen=True)
class Plank:
    """One question: agreed, differs, parked or open."""

    state: str
    label: str = ""
    url: str = ""


@dataclass(frozen=True)
class BankRow:
    """One chapter: its questions as planks, and per party what holds it up and how many questions do."""

    title: str
    planks: Sequence[Plank]
    positions: Mapping[str, tuple[str, int]]
    number: str = ""
    url: str = ""


@dataclass(frozen=True)
class Stander:
    """A party on its bank."""

    party: BankParty
    code: str


@dataclass(frozen=True)
class Bank:
    """One bank: care, youth or other."""

    side: str
    label: str
    standers: tuple[Stander, ...]


@dataclass(frozen=True)
class Cell:
    """Where one party stands in one chapter."""

    stander: Stander
    state: str
    count: int

    @property
    def words(self) -> str:
        """The state for people who hear the table."""
        return state_words(self.state, self.count)


@dataclass(frozen=True)
class DrawnRow:
    """A chapter ready to draw."""

    row: BankRow
    care: tuple[Cell, ...]
    youth: tuple[Cell, ...]
    other: tuple[Cell, ...]
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return len(self.row.planks)

    @property
    def agreed(self) -> int:
        return self.counts["agreed"]

    @property
    def whole(self) -> bool:
        """Every question agreed: the planks close to one beam."""
        return self.total > 0 and self.agreed == self.total

    @property
    def summary(self) -> str:
        """The planks in words."""
        return gettext(
            "%(agreed)d of %(total)d questions agreed, %(differs)d differ, %(parked)d parked, %(open)d open"
        ) % {"total": self.total, **self.counts}


@dataclass(frozen=True)
class Banks:
    """The whole picture."""

    care: Bank
    youth: Bank
    other: Bank
    rows: tuple[DrawnRow, ...]
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def banks(self) -> tuple[Bank, ...]:
        """The banks that somebody stands on."""
        return tuple(bank for bank in (self.care, self.youth, self.other) if bank.standers)

    @property
    def standers(self) -> tuple[Stander, ...]:
        return self.care.standers + self.youth.standers + self.other.standers

    @property
    def size(self) -> str:
        """few (names fit above the columns), some (codes), many (narrow columns)."""
        count = len(self.standers)
        return "few" if count <= 4 else "some" if count <= 8 else "many"

    @property
    def total(self) -> int:
        return sum(row.total for row in self.rows)

    @property
    def legend(self) -> tuple[tuple[str, str, int], ...]:
        """(state, word, how many), in the order of the drawing."""
        return tuple((state, state_words(state), self.counts[state]) for state in STATES)


def state_words(state: str, count: int = 0) -> str:
    """The state of a question or of a party in words."""
    words = {
        "agreed": pgettext("state of a question", "agreed"),
        "differs": pgettext("state of a question", "differs"),
        "parked": pgettext("state of a question", "parked"),
        "open": pgettext("state of a question", "still open"),
    }
    word = words.get(state, state)
    if count:
        return ngettext("%(word)s on %(count)d question", "%(word)s on %(count)d questions", count) % {
            "word": word,
            "count": count,
        }
    return word


def two_banks(*, parties: Iterable[BankParty], rows: Iterable[BankRow]) -> Banks:
    """Sort parties onto banks, give codes, count. A party without a position in a row is open there."""
    everyone = list(parties)
    codes = party_codes([party.short or party.name for party in everyone])
    standers = [Stander(party, code) for party, code in zip(everyone, codes, strict=True)]
    sides = {
        "care": tuple(s for s in standers if s.party.system == "addiction_care"),
        "youth": tuple(s for s in standers if s.party.system == "youth_welfare"),
        "other": tuple(s for s in standers if s.party.system not in {"addiction_care", "youth_welfare"}),
    }
    labels = {
        "care": pgettext("help system", "Addiction care"),
        "youth": pgettext("help system", "Youth welfare"),
        "other": pgettext("bank", "Other systems"),
    }
    drawn = []
    totals = dict.fromkeys(STATES, 0)
    for row in rows:
        counts = {state: sum(plank.state == state for plank in row.planks) for state in STATES}
        for state in STATES:
            totals[state] += counts[state]
        cells = {
            side: tuple(
                Cell(stander, *row.positions.get(stander.party.key, ("open", len(row.planks))))
                for stander in standing
            )
            for side, standing in sides.items()
        }
        drawn.append(DrawnRow(row=row, counts=counts, **cells))
    return Banks(
        **{side: Bank(side, labels[side], standing) for side, standing in sides.items()},
        rows=tuple(drawn),
        counts=totals,
    )


def party_codes(names: Sequence[str]) -> list[str]:
    """Two letters for each name, all different: Drogenhilfe Ahlenried → DA; three where two clash."""
    taken: set[str] = set()
    codes = []
    for name in names:
        words = [w for w in re.split(r"[\s\-/.,()&]+", name) if w and w[0].isalpha()]
        significant = [w for w in words if w[0].isupper()] or words or ["X"]
        first, last = significant[0], significant[-1]
        options = [
            (first[0] + last[0]) if len(significant) > 1 else first[:2],
            *(first[0] + last[:length] for length in range(2, len(last) + 1) if length <= 3),
            first[:3],
            *(f"{first[0]}{number}" for number in range(2, 100)),
        ]
        code = next(option for option in (o.upper() for o in options) if option not in taken)
        taken.add(code)
        codes.append(code)
    return codes
