"""Who and what a case is made of: persons by role and bands, ties, relations. Nothing here could hold a name."""

from __future__ import annotations

from dataclasses import dataclass

from .models import AgeBand
from .terms import (
    SAID_BY_ROLE,
    YOUNG,
    Bond,
    Gender,
    Kin,
    Lives,
    Occupation,
    Since,
    Strength,
    Substance,
    TieKind,
    Treatment,
)

HOUSEHOLD = "household"


class CaseProblem(ValueError):
    """What was read is no case: `code` and `where` say why; neither holds anything somebody typed."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(f"{code} ({where})" if where else code)
        self.code = code
        self.where = where


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the family, by role and bands."""

    key: str
    kin: Kin
    gender: Gender = Gender.UNKNOWN
    age: AgeBand = AgeBand.UNKNOWN
    lives: Lives = Lives.UNKNOWN
    since: Since = Since.UNKNOWN
    about: bool = False
    """The question is about this child."""
    substance: Substance = Substance.NONE
    treatment: Treatment = Treatment.UNKNOWN
    occupation: Occupation = Occupation.UNKNOWN

    @property
    def is_child(self) -> bool:
        """A child of the family, born or not."""
        return self.kin in YOUNG

    @property
    def sex(self) -> Gender:
        """What the role says about it, else what was entered."""
        return SAID_BY_ROLE.get(self.kin, self.gender)

    @property
    def band(self) -> AgeBand:
        """The age band; of an unborn child there is only one."""
        return AgeBand.UNBORN if self.kin == Kin.UNBORN else self.age


@dataclass(frozen=True, slots=True)
class Tie:
    """Something around the family: what, to whom, how it works; a few words if the kind does not say enough."""

    key: str
    kind: TieKind
    strength: Strength
    to: str = HOUSEHOLD
    label: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """What is between two persons where the roles do not say it."""

    one: str
    bond: Bond
    other: str
