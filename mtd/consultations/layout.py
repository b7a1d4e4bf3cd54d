"""Where everything of a family's picture stands: rows of generations, the household's frame, what surrounds it.

Two shapes of the same picture: a wide one (what carries on the left, what is weak or strains on the right) and a
narrow one for a phone (above and below). Everything has a cell of its own, so nothing covers anything else; lines run
in lanes between the cells. Knows no words but those it is given, and nothing of SVG.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .case import HOUSEHOLD, Bond, Case, Kin, Lives, Person, Strength, Tie
from .kinship import Pair, generations, pairs, parents
from .sheet import GAP, LINE, Figure, Layout, R, Rect, Stroke, TieBox, wrap

# --- the two shapes -------------------------------------------------------------------------------------------------


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


class _Builder:
    """Lays out one case in one shape."""

    def __init__(self, case: Case, words: Words, plan: Plan) -> None:
        self.case, self.words, self.plan = case, words, plan
        self.pairs = pairs(case)
        self.parents = parents(case)
        self.levels = generations(case)
        self.figures = {person.key: self._figure(person) for person in case.persons}
        self.rows: list[Row] = []
        self.strokes: list[Stroke] = []
        self._lanes: dict[str, int] = {}

    def build(self) -> Layout:
        for level in sorted(set(self.levels.values())):
            self._add_rows([self.figures[p.key] for p in self.case.persons if self.levels[p.key] == level])
        for number, row in enumerate(self.rows):
            for figure in row.figures():
                figure.row = number
        self._place_across()
        boxes = [self._box(tie) for tie in self.case.ties if not self._belongs_outside(tie)]
        good = [box for box in boxes if box.tie.strength == Strength.STRONG]
        bad = [box for box in boxes if box.tie.strength != Strength.STRONG]
        layout = (self._wide if self.plan.wide else self._narrow)(good, bad)
        self._join()
        layout.strokes = [*layout.strokes, *self.strokes]
        return layout

    # --- who stands in which row ------------------------------------------------------------------------------

    def _figure(self, person: Person) -> Figure:
        inside = person.lives in (Lives.HOUSEHOLD, Lives.UNKNOWN)
        return Figure(person, (), (), inside)

    def _belongs_outside(self, tie: Tie) -> bool:
        figure = self.figures.get(tie.to)
        return figure is not None and not figure.inside

    def _box(self, tie: Tie) -> TieBox:
        outside = self._belongs_outside(tie)
        wide = self.plan.own_tie_w if outside else self.plan.tie_w
        return TieBox(tie, wrap(self.words.tie(self.case, tie), wide - 14) or ("–",), wide)

    def _add_rows(self, level: list[Figure]) -> None:
        adults = [figure for figure in level if not figure.person.is_child]
        young = [figure for figure in level if figure.person.is_child]
        rows = self._adult_rows([figure for figure in adults if figure.inside])
        elsewhere = [figure for figure in adults if not figure.inside]
        for row in rows:  # whoever lives elsewhere stands beside the partner in the household
            for pair in self.pairs:
                partner = self._partner(pair, row.inside[-1]) or (
                    self._partner(pair, row.inside[0]) if len(row.inside) == 2 else None
                )
                if partner in elsewhere and row.outside is None:
                    if len(row.inside) == 2 and self._partner(pair, row.inside[0]):
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
                partner = self._partner(pair, figure)
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

    def _partner(self, pair: Pair, figure: Figure) -> Figure | None:
        key = figure.person.key
        other = pair.other if pair.one == key else pair.one if pair.other == key else ""
        return self.figures.get(other)

    def _partners(self, figure: Figure) -> list[Figure]:
        return [found for pair in self.pairs if (found := self._partner(pair, figure))]

    # --- across -----------------------------------------------------------------------------------------------

    def _place_across(self) -> None:
        plan = self.plan
        for row in self.rows:
            if row.young:
                self._place_young(row)
            elif plan.wide:
                self._place_adults(row)
            elif row.inside:
                row.inside[0].cx = plan.left + 36
                row.inside[0].label = "corner" if self._line_outwards(row) else "right"
            if row.outside:
                row.outside.cx = plan.outside_x
                row.outside.label = "right" if plan.wide else "below"
            for figure in row.figures():
                self._write(figure)

    def _place_young(self, row: Row) -> None:
        cell = self._cell()
        first = self.plan.middle - cell * (len(row.inside) - 1) / 2
        for number, figure in enumerate(row.inside):
            figure.cx, figure.label = first + number * cell, "below"

    def _cell(self) -> float:
        """From one child to the next. Few children stand further apart, so that their words need not be broken."""
        beside = max((len(row.inside) for row in self.rows if row.young), default=0)
        roomy = (self.plan.right - self.plan.left) / min(self.plan.columns, max(2, beside))
        return min(roomy, 132)

    def _place_adults(self, row: Row) -> None:
        left, right = self.plan.middle - 34, self.plan.middle + 34
        if len(row.inside) == 2:
            row.inside[0].cx, row.inside[1].cx = left, right
            row.inside[0].label = "left"
            row.inside[1].label = "corner" if self._line_outwards(row) else "right"
        elif row.inside:
            figure = row.inside[0]
            figure.cx = left
            figure.label = "left" if self._line_outwards(row) else "right"

    def _line_outwards(self, row: Row) -> bool:
        return row.outside is not None and any(
            self._partner(pair, row.inside[-1]) is row.outside for pair in self.pairs if row.inside
        )

    def _write(self, figure: Figure) -> None:
        plan = self.plan
        if not figure.inside:
            most = plan.width - figure.cx - R - 8 if plan.wide else 98.0
        elif figure.label == "below":
            alone = len(self.rows[figure.row].inside) == 1
            most = (plan.right - plan.left if alone else self._cell()) - 6
        elif figure.label == "left":
            most = figure.cx - R - 8 - plan.left
        else:
            most = plan.right - figure.cx - (8 if figure.label == "corner" else R + 8)
        figure.name = wrap(self.words.name(self.case, figure.person), most)
        figure.detail = tuple(
            line for detail in self.words.detail(figure.person) for line in wrap(detail, most)
        )
        if not figure.inside:
            figure.ties = [self._box(tie) for tie in self.case.ties if tie.to == figure.person.key]

    # --- down -------------------------------------------------------------------------------------------------

    def _heights(self, figure: Figure) -> tuple[float, float]:
        """How much room a figure needs above and below its centre."""
        tall = len(figure.lines) * LINE
        below = R + 6 + tall if figure.label in ("below", "corner") else max(R, tall / 2)
        stack = sum(box.h + 16 for box in figure.ties)
        above = R if figure.label in ("below", "corner") else max(R, tall / 2)
        if stack and figure.label == "right":
            below = max(R, tall / 2)
        return above, below + stack

    def _place_down(self, top: float) -> float:
        y = top
        for row in self.rows:
            row.top = y
            needs = [self._heights(figure) for figure in row.figures()]
            above, below = max(n[0] for n in needs), max(n[1] for n in needs)
            centre = y + 34 + above
            for figure in row.figures():
                figure.cy = centre
                start = centre + self._heights(figure)[1] - sum(box.h + 16 for box in figure.ties)
                for box in figure.ties:
                    box.x, box.y = self.plan.own_tie_x, start + 16
                    start = box.y + box.h
            y = row.bottom = centre + below + 14
        return y

    def _stretch(self, extra: float) -> None:
        """Give the rows the room that is left over, evenly."""
        if not self.rows or extra <= 0:
            return
        share = min(extra / len(self.rows), 46)
        lead = (extra - share * len(self.rows)) / 2 + share / 2
        for number, row in enumerate(self.rows):
            move = lead + share * number
            row.top += move
            row.bottom += move
            for figure in row.figures():
                figure.cy += move
                for box in figure.ties:
                    box.y += move

    def _wide(self, good: list[TieBox], bad: list[TieBox]) -> Layout:
        plan, top = self.plan, 34.0
        end = max(self._place_down(top + 10), top + 120)
        groups = self._outside_groups()
        taken = sum(low - high for high, low in groups)
        needs = [
            end - top,
            _tall(good),
            _tall(bad) + taken + GAP * 2 * len(groups),
        ]
        height = max(needs)
        self._stretch(height - (end - top))
        spread(good, 0, top, top + height)
        strokes = [
            Stroke("strong", ((plan.tie_w, box.y + box.h / 2), (plan.house_x, box.y + box.h / 2)))
            for box in good
        ]
        extra = self._beside(bad, top, top + height)
        height = max(height, extra - top)
        edge = plan.house_x + plan.house_w
        for box in bad:
            box.x, middle = plan.own_tie_x, box.y + box.h / 2
            strokes.append(Stroke(box.tie.strength, ((edge, middle), (box.x, middle))))
        house = Rect(plan.house_x, top, plan.house_w, height)
        return Layout(
            plan.width, top + height + 2, house, list(self.figures.values()), good + bad, strokes, True
        )

    def _outside_groups(self) -> list[tuple[float, float]]:
        """From where to where somebody elsewhere stands, with words, ties and the lines that come from above."""
        found = []
        for row in self.rows:
            if row.outside:
                above, below = self._heights(row.outside)
                found.append((row.outside.cy - above - 22, row.outside.cy + below))
        return found

    def _beside(self, boxes: list[TieBox], top: float, end: float) -> float:
        """Put boxes between those who live elsewhere; returns where the last one ends."""
        for box in boxes:
            box.w = self.plan.own_tie_w
            box.lines = wrap(self.words.tie(self.case, box.tie), box.w - 14) or ("–",)
        gaps, y = [], top
        for high, low in self._outside_groups():
            gaps.append([y, high - GAP])
            y = low + GAP
        gaps.append([y, end])
        inside: list[list[TieBox]] = [[] for _ in gaps]
        for box in boxes:
            room = [
                stop - start - sum(other.h + GAP for other in held)
                for (start, stop), held in zip(gaps, inside, strict=True)
            ]
            best = max(range(len(gaps)), key=lambda at: room[at])
            inside[best if room[best] >= box.h else len(gaps) - 1].append(box)
        last = end
        for number, ((start, stop), held) in enumerate(zip(gaps, inside, strict=True)):
            if number == len(gaps) - 1:
                stop = max(stop, start + _tall(held))
                last = max(last, stop)
            spread(held, self.plan.own_tie_x, start, stop)
        return last

    def _narrow(self, good: list[TieBox], bad: list[TieBox]) -> Layout:
        plan = self.plan
        above, y = _in_two_columns(good, 24.0 if good else 2.0, from_below=True)
        top = y + (36 if good else 6)
        end = max(self._place_down(top + 14), top + 110)
        house = Rect(plan.house_x, top, plan.house_w, end - top)
        strokes = self._trunks(above, top, up=True)
        below, low = _in_two_columns(bad, end + 48 if bad else end, from_below=False)
        strokes += self._trunks(below, end, up=False)
        boxes = good + bad
        height = (low if bad else end) + (24 if bad else 2)
        return Layout(plan.width, height, house, list(self.figures.values()), boxes, strokes, False)

    def _trunks(self, rows: list[list[TieBox]], edge: float, *, up: bool) -> list[Stroke]:
        """Boxes next to the frame are joined straight to it, the others along the middle."""
        found = []
        inner = self.plan.house_x + self.plan.house_w - 20
        for number, row in enumerate(rows):
            near = number == len(rows) - 1 if up else number == 0
            for box in row:
                left = box.x < 100
                if near:
                    x = min(box.x + box.w / 2, inner)
                    points: tuple[tuple[float, float], ...] = ((x, box.y + (box.h if up else 0)), (x, edge))
                else:
                    lane, y = (170 if left else 180), box.y + box.h / 2
                    points = ((box.x + (box.w if left else 0), y), (lane, y), (lane, edge))
                found.append(Stroke(box.tie.strength, points))
        return found

    # --- family lines -----------------------------------------------------------------------------------------

    def _lane(self, side: str, most: int) -> int:
        number = self._lanes.get(side, 0)
        self._lanes[side] = number + 1
        return number % most

    def _left_lane(self) -> float:
        return self.plan.house_x + 9 + 5 * self._lane("left", 3)

    def _gap_lane(self) -> float:
        step, most = (6, 6) if self.plan.wide else (2.5, 3)
        return self.plan.lanes_x + step * self._lane("gap", most)

    def _join(self) -> None:
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
            x = figure.cx + self._cell() / 2
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


def _tall(boxes: Sequence[TieBox]) -> float:
    return sum(box.h + GAP for box in boxes)


def spread(boxes: Sequence[TieBox], x: float, top: float, end: float) -> None:
    """Stand boxes below each other, the free room shared out between them."""
    if not boxes:
        return
    free = max(0.0, end - top - sum(box.h for box in boxes)) / len(boxes)
    gap = max(free, GAP) if len(boxes) > 1 else free
    y = top + (free / 2 if free >= GAP else GAP / 2)
    for box in boxes:
        box.x, box.y = x, y
        y += box.h + gap


def _in_two_columns(boxes: list[TieBox], top: float, *, from_below: bool) -> tuple[list[list[TieBox]], float]:
    rows = [boxes[at : at + 2] for at in range(0, len(boxes), 2)]
    y = top
    for row in rows:
        tall = max(box.h for box in row)
        for number, box in enumerate(row):
            box.x = 1 if number == 0 else 189
            box.y = y + (tall - box.h if from_below else 0)
        y += tall + GAP + 6
    return rows, y - (GAP + 6 if rows else 0)


class Words:
    """What the picture says; the caller gives the language."""

    def name(self, case: Case, person: Person) -> str:
        """What a person is called."""
        return case.called(person.key)

    def detail(self, person: Person) -> Iterable[str]:
        """What stands below the name."""
        if person.kin == Kin.UNBORN:  # the name says it
            return ()
        return (str(person.band.label),) if person.band else ()

    def tie(self, case: Case, tie: Tie) -> str:
        """What stands in the box of a tie."""
        what = tie.label or str(tie.kind.label)
        if tie.to == HOUSEHOLD:
            return what
        return f"{what}, {case.called(tie.to).replace(' ', chr(0xA0))}"


def lay_out(case: Case, *, wide: bool, words: Words | None = None) -> Layout:
    """The wide or the narrow picture of a case."""
    anybody = any(person.lives in (Lives.ELSEWHERE, Lives.SOMETIMES) for person in case.persons)
    plan = wide_plan() if wide else narrow_plan(anybody)
    return _Builder(case, words or Words(), plan).build()
