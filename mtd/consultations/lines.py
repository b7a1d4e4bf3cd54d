"""The lines of a family: between two adults, and from them to their children, in lanes beside the people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .case import Bond
from .kinship import Pair
from .shape import Plan, Row, cell_of
from .sheet import Figure, R, Stroke


class FamilyLines:
    """Draws the lines of one family whose people have their places."""

    def __init__(
        self,
        plan: Plan,
        figures: Mapping[str, Figure],
        rows: Sequence[Row],
        couples: Sequence[Pair],
        parents: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.plan, self.figures, self.rows = plan, figures, rows
        self.pairs, self.parents = couples, parents
        self.strokes: list[Stroke] = []
        self._lanes: dict[str, int] = {}

    def _lane(self, side: str, most: int) -> int:
        number = self._lanes.get(side, 0)
        self._lanes[side] = number + 1
        return number % most

    def _left_lane(self) -> float:
        return self.plan.house_x + 9 + 5 * self._lane("left", 3)

    def _gap_lane(self) -> float:
        step, most = (6, 6) if self.plan.wide else (2.5, 3)
        return self.plan.lanes_x + step * self._lane("gap", most)

    def draw(self) -> list[Stroke]:
        """Every line between those who belong together."""
        anchors = {frozenset((pair.one, pair.other)): self._join_pair(pair) for pair in self.pairs}
        families: dict[tuple[str, ...], list[Figure]] = {}
        for child, keys in self.parents.items():
            families.setdefault(tuple(sorted(keys)), []).append(self.figures[child])
        for keys, children in families.items():
            anchor = anchors.get(frozenset(keys)) if len(keys) == 2 else None
            if anchor is not None:
                self._join_children([anchor], children)
            else:
                self._join_children([self._below(self.figures[key]) for key in keys], children)
        return self.strokes

    def _join_pair(self, pair: Pair) -> tuple[float, float, int]:
        """Draw the line between two adults; returns where their children's line leaves it, and from which row."""
        one, other = self.figures[pair.one], self.figures[pair.other]
        if one.cx > other.cx or (one.cx == other.cx and one.cy > other.cy):
            one, other = other, one
        if (
            one.row == other.row
            and one.inside
            and (len(self.rows[one.row].inside) < 2 or other.inside or one is self.rows[one.row].inside[-1])
        ):
            points: tuple[tuple[float, float], ...] = ((one.cx, one.cy), (other.cx, other.cy))
            if other.inside:
                at = (one.cx + other.cx) / 2
                slash = at
            else:
                at = self.plan.middle if one.cx < self.plan.middle else self.plan.right + 8
                slash = (self.plan.house_x + self.plan.house_w + other.cx - R) / 2
            anchor = (at, one.cy, one.row)
            if not self.plan.wide:
                anchor = (one.cx, one.cy, one.row)
            self._marks(pair, slash, one.cy, upright=False)
        elif one.inside and other.inside:
            lane = self._left_lane()
            if self.plan.wide or abs(one.row - other.row) > 1 or one.cx != other.cx:
                low, target = self.rows[one.row].bottom - 5, self.rows[other.row].top + 5
                points = (
                    (one.cx, one.cy),
                    (one.cx, low),
                    (lane, low),
                    (lane, target),
                    (other.cx, target),
                    (other.cx, other.cy),
                )
            else:
                points = ((one.cx, one.cy), (lane, one.cy), (lane, other.cy), (other.cx, other.cy))
            anchor = (lane, max(one.cy, other.cy), max(one.row, other.row))
            self._marks(pair, lane, (points[-2][1] + points[1][1]) / 2, upright=True)
        else:
            lane = self._gap_lane()
            if not one.inside and not other.inside:
                points = ((one.cx, one.cy), (lane, one.cy), (lane, other.cy), (other.cx, other.cy))
            else:
                inner, outer = (one, other) if one.inside else (other, one)
                target = self.rows[inner.row].top + 5
                points = (
                    (outer.cx, outer.cy),
                    (lane, outer.cy),
                    (lane, target),
                    (inner.cx, target),
                    (inner.cx, inner.cy),
                )
            anchor = (lane, max(one.cy, other.cy), max(one.row, other.row))
            self._marks(pair, lane, (points[1][1] + points[2][1]) / 2, upright=True)
        self.strokes.append(Stroke("family", points))
        return anchor

    def _marks(self, pair: Pair, x: float, y: float, *, upright: bool) -> None:
        if pair.bond != Bond.SEPARATED:
            return
        for shift in (-5, 5):
            points = (
                ((x - 6, y + shift + 3), (x + 6, y + shift - 3))
                if upright
                else ((x + shift - 4, y + 10), (x + shift + 4, y - 10))
            )
            self.strokes.append(Stroke("separated", points))

    def _below(self, figure: Figure) -> tuple[float, float, int]:
        """Where a single parent's line begins."""
        if not figure.inside:
            lane, y = self._gap_lane(), figure.cy + 11
            self.strokes.append(Stroke("family", ((figure.cx, y), (lane, y))))
            return (lane, y, figure.row)
        if figure.label == "below":
            x = figure.cx + cell_of(self.plan, self.rows) / 2
            self.strokes.append(Stroke("family", ((figure.cx, figure.cy), (x, figure.cy))))
            return (x, figure.cy, figure.row)
        return (figure.cx, figure.cy, figure.row)

    def _join_children(self, anchors: Sequence[tuple[float, float, int]], children: list[Figure]) -> None:
        feeds = list(anchors)
        for number in sorted({child.row for child in children}):
            row = self.rows[number]
            bar = row.top + 8 + 7 * self._lane(f"bars {number}", 4)
            here = [child for child in children if child.row == number]
            starts = []
            for x, y, above in feeds:
                straight = number == above + 1 or x > self.plan.right or x < self.plan.left
                if straight:
                    self.strokes.append(Stroke("family", ((x, y), (x, bar))))
                    starts.append(x)
                else:
                    lane, low = self._left_lane(), self.rows[above].bottom - 9
                    self.strokes.append(Stroke("family", ((x, y), (x, low), (lane, low), (lane, bar))))
                    starts.append(lane)
            across = [*starts, *(child.cx for child in here)]
            if min(across) < max(across):
                self.strokes.append(Stroke("family", ((min(across), bar), (max(across), bar))))
            self.strokes += [Stroke("family", ((child.cx, bar), (child.cx, child.cy))) for child in here]
            feeds = feeds[:]
            outer = [lane for lane in starts if lane > self.plan.right or lane < self.plan.left]
            if outer:
                feeds = [(outer[0], bar, number)]
            elif number != max(child.row for child in children):
                lane = self._left_lane()
                self.strokes.append(Stroke("family", ((min(across), bar), (lane, bar))))
                feeds = [(lane, bar, number)]
