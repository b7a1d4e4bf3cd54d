"""Where everything of a family's picture stands: rows of generations, the household's frame, what surrounds it.

Two shapes of the same picture: a wide one (what carries on the left, what is weak or strains on the right) and a
narrow one for a phone (above and below). Everything has a cell of its own, so nothing covers anything else; lines run
in lanes between the cells. Knows no words but those it is given, and nothing of SVG.
"""

from __future__ import annotations

from collections.abc import Iterable

from .boxes import in_two_columns, spread, tall
from .case import HOUSEHOLD, Case, Kin, Lives, Person, Strength, Tie
from .kinship import generations, pairs, parents
from .lines import FamilyLines
from .places import Places
from .shape import Plan, Row, cell_of, narrow_plan, wide_plan
from .sheet import GAP, LINE, Figure, Layout, R, Rect, Stroke, TieBox, wrap


class _Builder:
    """Lays out one case in one shape."""

    def __init__(self, case: Case, words: Words, plan: Plan) -> None:
        self.case, self.words, self.plan = case, words, plan
        self.pairs = pairs(case)
        self.parents = parents(case)
        self.levels = generations(case)
        self.figures = {person.key: self._figure(person) for person in case.persons}
        self.places = Places(plan, self.figures, self.pairs, self.parents)
        self.rows = self.places.rows

    def build(self) -> Layout:
        for level in sorted(set(self.levels.values())):
            self.places.add_level(
                [self.figures[p.key] for p in self.case.persons if self.levels[p.key] == level]
            )
        for number, row in enumerate(self.rows):
            for figure in row.figures():
                figure.row = number
        self._place_across()
        boxes = [self._box(tie) for tie in self.case.ties if not self._belongs_outside(tie)]
        good = [box for box in boxes if box.tie.strength == Strength.STRONG]
        bad = [box for box in boxes if box.tie.strength != Strength.STRONG]
        layout = (self._wide if self.plan.wide else self._narrow)(good, bad)
        lines = FamilyLines(self.plan, self.figures, self.rows, self.pairs, self.parents)
        layout.strokes = [*layout.strokes, *lines.draw()]
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
        cell = cell_of(self.plan, self.rows)
        first = self.plan.middle - cell * (len(row.inside) - 1) / 2
        for number, figure in enumerate(row.inside):
            figure.cx, figure.label = first + number * cell, "below"

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
            self.places.partner(pair, row.inside[-1]) is row.outside for pair in self.pairs if row.inside
        )

    def _write(self, figure: Figure) -> None:
        plan = self.plan
        if not figure.inside:
            most = plan.width - figure.cx - R - 8 if plan.wide else 98.0
        elif figure.label == "below":
            alone = len(self.rows[figure.row].inside) == 1
            most = (plan.right - plan.left if alone else cell_of(self.plan, self.rows)) - 6
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
        high = len(figure.lines) * LINE
        below = R + 6 + high if figure.label in ("below", "corner") else max(R, high / 2)
        stack = sum(box.h + 16 for box in figure.ties)
        above = R if figure.label in ("below", "corner") else max(R, high / 2)
        if stack and figure.label == "right":
            below = max(R, high / 2)
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
            tall(good),
            tall(bad) + taken + GAP * 2 * len(groups),
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
                stop = max(stop, start + tall(held))
                last = max(last, stop)
            spread(held, self.plan.own_tie_x, start, stop)
        return last

    def _narrow(self, good: list[TieBox], bad: list[TieBox]) -> Layout:
        plan = self.plan
        above, y = in_two_columns(good, 24.0 if good else 2.0, from_below=True)
        top = y + (36 if good else 6)
        end = max(self._place_down(top + 14), top + 110)
        house = Rect(plan.house_x, top, plan.house_w, end - top)
        strokes = self._trunks(above, top, up=True)
        below, low = in_two_columns(bad, end + 48 if bad else end, from_below=False)
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
