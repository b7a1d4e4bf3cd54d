"""The two shapes of a family's picture, with their measures, and the rows of people in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .sheet import Figure


@dataclass(frozen=True, slots=True)
class Plan:
    """The measures of one of the two shapes."""

    wide: bool
    width: float
    house_x: float
    house_w: float
    outside_x: float
    """Middle of the shapes of those who live elsewhere."""
    tie_w: float
    own_tie_x: float
    own_tie_w: float
    lanes_x: float
    """First lane between the household and those elsewhere."""

    @property
    def left(self) -> float:
        return self.house_x + 20

    @property
    def right(self) -> float:
        return self.house_x + self.house_w - 20

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    @property
    def columns(self) -> int:
        """Children beside each other."""
        return max(2, int((self.right - self.left) // 100))


def wide_plan() -> Plan:
    """Beside each other, for a page."""
    return Plan(True, 744, 196, 352, 612, 168, 592, 152, 554)


def narrow_plan(anybody_outside: bool) -> Plan:
    """Below each other, for a phone."""
    return Plan(False, 350, 1, 240 if anybody_outside else 348, 299, 160, 250, 99, 243)


@dataclass(slots=True)
class Row:
    """People beside each other: of the household, and at most one who lives elsewhere."""

    inside: list[Figure] = field(default_factory=list)
    outside: Figure | None = None
    young: bool = False
    top: float = 0
    bottom: float = 0

    def figures(self) -> list[Figure]:
        return [*self.inside, *([self.outside] if self.outside else [])]


def cell_of(plan: Plan, rows: Sequence[Row]) -> float:
    """From one child to the next. Few children stand further apart, so that their words need not be broken."""
    beside = max((len(row.inside) for row in rows if row.young), default=0)
    roomy = (plan.right - plan.left) / min(plan.columns, max(2, beside))
    return min(roomy, 132)
