"""Who stands beside whom in a family's picture: couples together, those elsewhere beside their partner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .kinship import Pair
from .shape import Plan, Row
from .sheet import Figure


class Places:
    """Puts the people of one level after the other into rows."""

    def __init__(
        self,
        plan: Plan,
        figures: Mapping[str, Figure],
        couples: Sequence[Pair],
        parents: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.plan, self.figures, self.pairs, self.parents = plan, figures, couples, parents
        self.rows: list[Row] = []

    def add_level(self, level: list[Figure]) -> None:
        """Put the people of one generation into rows below those before."""
        adults = [figure for figure in level if not figure.person.is_child]
        young = [figure for figure in level if figure.person.is_child]
        rows = self._adult_rows([figure for figure in adults if figure.inside])
        elsewhere = [figure for figure in adults if not figure.inside]
        for row in rows:  # whoever lives elsewhere stands beside the partner in the household
            for pair in self.pairs:
                partner = self.partner(pair, row.inside[-1]) or (
                    self.partner(pair, row.inside[0]) if len(row.inside) == 2 else None
                )
                if partner in elsewhere and row.outside is None:
                    if len(row.inside) == 2 and self.partner(pair, row.inside[0]):
                        row.inside.reverse()
                    row.outside = partner
                    elsewhere.remove(partner)
        self._fill(rows, self._couples_together(elsewhere), top=True)
        self.rows += rows
        inside = [figure for figure in young if figure.inside]
        grid = [
            Row(inside[at : at + self.plan.columns], young=True)
            for at in range(0, len(inside), self.plan.columns)
        ]
        self._fill(grid, [figure for figure in young if not figure.inside], top=False)
        for row in grid:
            row.young = True
        self.rows += grid

    def _fill(self, rows: list[Row], elsewhere: list[Figure], *, top: bool) -> None:
        free = [row for row in rows if row.outside is None]
        if len(elsewhere) <= len(free) and len(elsewhere) < 2:
            for figure, row in zip(elsewhere, free, strict=False):
                row.outside = figure
            return
        new = [Row(outside=figure) for figure in elsewhere]
        rows[:] = [*new, *rows] if top else [*rows, *new]

    def _couples_together(self, figures: list[Figure]) -> list[Figure]:
        left, found = list(figures), []
        while left:
            figure = left.pop(0)
            found.append(figure)
            for pair in self.pairs:
                partner = self.partner(pair, figure)
                if partner in left:
                    left.remove(partner)
                    found.append(partner)
                    break
        return found

    def _adult_rows(self, figures: list[Figure]) -> list[Row]:
        left, rows = list(figures), []
        if not self.plan.wide:
            ordered = self._couples_together(sorted(left, key=self._has_children))
            return [Row([figure]) for figure in ordered]
        for pair in self.pairs:
            one, other = self.figures[pair.one], self.figures[pair.other]
            if one in left and other in left:
                left.remove(one)
                left.remove(other)
                couple = sorted((one, other), key=lambda figure: figure.person.sex != "female")
                rows.append(Row(couple))
        alone = [figure for figure in left if not self._partners(figure) and not self._has_children(figure)]
        rows += [Row([figure]) for figure in left if figure not in alone]
        rows += [Row(alone[at : at + 2]) for at in range(0, len(alone), 2)]
        return sorted(rows, key=lambda row: any(self._has_children(figure) for figure in row.inside))

    def _has_children(self, figure: Figure) -> bool:
        return any(figure.person.key in keys for keys in self.parents.values())

    def partner(self, pair: Pair, figure: Figure) -> Figure | None:
        """The other one of a pair, if this one belongs to it."""
        key = figure.person.key
        other = pair.other if pair.one == key else pair.one if pair.other == key else ""
        return self.figures.get(other)

    def _partners(self, figure: Figure) -> list[Figure]:
        return [found for pair in self.pairs if (found := self.partner(pair, figure))]
