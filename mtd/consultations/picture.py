"""The family and what surrounds it: a genogram and an ecomap as one drawing, and the same in sentences and rows.

Custom of genograms: a circle for a woman or girl, a square for a man or boy, a diamond for somebody diverse, a
question mark where nobody said, a triangle for an unborn child; a double outline for the child it is about; two
strokes through the line of those who are separated. The drawing is one image to a screen reader, with the sentences
as its description; everything in it also stands in the table beside it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .case import Bond, Case, Gender, Kin, Person, Strength
from .in_words import PersonRow, person_row, sentences
from .kinship import pairs
from .layout import lay_out
from .sheet import LINE, Figure, Layout, Stroke, TieBox


@dataclass(frozen=True)
class TieRow:
    """One tie in words."""

    key: str
    what: str
    to: str
    strength: str
    kind: str


@dataclass(frozen=True)
class Picture:
    """The drawing for a wide and for a narrow page, and everything in it as text."""

    wide: SafeString
    narrow: SafeString
    sentences: tuple[str, ...]
    persons: tuple[PersonRow, ...]
    ties: tuple[TieRow, ...]
    legend: tuple[tuple[str, str], ...]
    """Sign and words, only of what is drawn."""

    @property
    def empty(self) -> bool:
        """Nobody was entered yet."""
        return not self.persons


def draw(case: Case) -> Picture:
    """The picture of a case in the language that is active. Any legal case is drawn, without overlaps."""
    said = tuple(sentences(case))
    description = " ".join(said)
    return Picture(
        wide=_svg(lay_out(case, wide=True), "pic only-wide", "family-wide", description),
        narrow=_svg(lay_out(case, wide=False), "pic only-narrow", "family-narrow", description),
        sentences=said,
        persons=tuple(person_row(case, person) for person in case.persons),
        ties=tuple(
            TieRow(
                tie.key,
                tie.label or str(tie.kind.label),
                case.called(tie.to),
                str(tie.strength.label),
                _KINDS[tie.strength],
            )
            for tie in case.ties
        ),
        legend=tuple(_legend(case)),
    )


_KINDS = {Strength.STRONG: "good", Strength.WEAK: "weak", Strength.STRAINING: "bad"}


def _legend(case: Case) -> list[tuple[str, str]]:
    ties = {tie.strength for tie in case.ties}
    sexes = {person.sex for person in case.persons if person.kin != Kin.UNBORN}
    kins = {person.kin for person in case.persons}
    bonds = {pair.bond for pair in pairs(case)}
    return [
        (sign, words)
        for sign, words, shown in (
            ("good", pgettext("legend", "carries"), Strength.STRONG in ties),
            ("weak", pgettext("legend", "weak"), Strength.WEAK in ties),
            ("bad", pgettext("legend", "strains"), Strength.STRAINING in ties),
            ("female", pgettext("legend", "female"), Gender.FEMALE in sexes),
            ("male", pgettext("legend", "male"), Gender.MALE in sexes),
            ("diverse", pgettext("legend", "diverse"), Gender.DIVERSE in sexes),
            ("unknown", pgettext("legend", "gender not said"), Gender.UNKNOWN in sexes),
            ("unborn", pgettext("legend", "not yet born"), Kin.UNBORN in kins),
            ("separated", pgettext("legend", "separated"), Bond.SEPARATED in bonds),
            (
                "about",
                pgettext("legend", "the question is about this child"),
                any(p.about for p in case.persons),
            ),
        )
        if shown
    ]


# --- drawn ----------------------------------------------------------------------------------------------------------


def _svg(layout: Layout, classes: str, name: str, description: str) -> SafeString:
    parts = [
        f'<svg class="{classes}" viewBox="0 0 {_n(layout.width)} {_n(layout.height)}" role="img" '
        f'aria-labelledby="{name}-t {name}-d">',
        f'<title id="{name}-t">{escape(_("Family and surroundings by roles"))}</title>',
        f'<desc id="{name}-d">{_plain(description)}</desc>',
        _house(layout),
        *(_stroke(stroke) for stroke in layout.strokes if stroke.kind in _TIE_CLASSES),
        *(_stroke(stroke) for stroke in layout.strokes if stroke.kind not in _TIE_CLASSES),
        *(_tie(box) for box in layout.ties),
        *(_own_ties(figure) for figure in layout.figures),
        *(_figure(figure) for figure in layout.figures),
        *_heads(layout),
        "</svg>",
    ]
    return mark_safe("".join(parts))  # noqa: S308 - every text in it went through _plain


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _plain(text: str) -> str:
    """Escaped, without signs that could turn or hide what stands beside them."""
    kept = "".join(" " if unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp") else sign for sign in text)
    return str(escape(kept))


def _text(x: float, y: float, words: str, anchor: str = "middle", classes: str = "") -> str:
    more = f" {classes}" if classes else ""
    return f'<text class="tx{more}" x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}">{_plain(words)}</text>'


def _house(layout: Layout) -> str:
    house = layout.house
    words = _("one household")
    return (
        f'<rect class="house" x="{_n(house.x)}" y="{_n(house.y)}" width="{_n(house.w)}" height="{_n(house.h)}"/>'
        + _text(house.x + house.w - 12, house.y + 22, words, "end", "fine mut")
    )


def _heads(layout: Layout) -> list[str]:
    if not layout.wide:
        return []
    kinds = {box.tie.strength for box in layout.ties}
    found = []
    if Strength.STRONG in kinds:
        found.append(_text(0, 14, _("What carries"), "start", "fine mut"))
    if kinds - {Strength.STRONG}:
        found.append(_text(layout.width, 14, _("What is weak or strains"), "end", "fine mut"))
    return found


_TIE_CLASSES: dict[str, str] = {
    Strength.STRONG: "eco-good",
    Strength.WEAK: "eco-weak",
    Strength.STRAINING: "eco-bad",
}


def _stroke(stroke: Stroke) -> str:
    if stroke.kind == Strength.STRAINING:
        return f'<path class="eco-bad" d="{_wave(stroke.points)}"/>'
    path = "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in stroke.points)
    return f'<path class="{_TIE_CLASSES.get(stroke.kind, "gl")}" d="{path}"/>'


def _wave(points: tuple[tuple[float, float], ...]) -> str:
    """A winding line along the points."""
    path = f"M{_n(points[0][0])} {_n(points[0][1])}"
    for (x1, y1), (x2, y2) in pairwise(points):
        count = max(2, 2 * round((abs(x2 - x1) + abs(y2 - y1)) / 24))
        for number in range(count):
            side = 8 if number % 2 else -8
            at, end = (number + 0.5) / count, (number + 1) / count
            bend = (x1 + (x2 - x1) * at, y1 + (y2 - y1) * at)
            bend = (bend[0], bend[1] + side) if y1 == y2 else (bend[0] + side, bend[1])
            path += f"Q{_n(bend[0])} {_n(bend[1])} {_n(x1 + (x2 - x1) * end)} {_n(y1 + (y2 - y1) * end)}"
    return path


def _tie(box: TieBox) -> str:
    middle = box.x + box.w / 2
    lines = "".join(_text(middle, box.y + 24 + 20 * number, line) for number, line in enumerate(box.lines))
    kind = _KINDS[box.tie.strength]
    return (
        f'<rect class="eco eco--{kind}" x="{_n(box.x)}" y="{_n(box.y)}" width="{_n(box.w)}" height="{_n(box.h)}" '
        f'rx="2"/>{lines}'
    )


def _own_ties(figure: Figure) -> str:
    found, start = "", figure.words.y + figure.words.h if figure.label == "below" else figure.cy + 20
    for box in figure.ties:
        x = figure.cx
        found += _stroke(Stroke(box.tie.strength, ((x, start), (x, box.y)))) + _tie(box)
        start = box.y + box.h
    return found


def _figure(figure: Figure) -> str:
    x, y, anchor = figure.text_at
    lines = "".join(
        _text(x, y + LINE * number, line, anchor, "strong" if number < len(figure.name) else "fine mut")
        for number, line in enumerate(figure.lines)
    )
    return _shape(figure) + lines


def _shape(figure: Figure) -> str:
    x, y, person = figure.cx, figure.cy, figure.person
    drawn = _outline(person, x, y, 20)
    if person.about:
        inner = _outline(person, x, y, 14).replace('class="gp"', 'class="gp gp--in"')
        drawn += inner
    if person.kin != Kin.UNBORN and person.sex == Gender.UNKNOWN:
        drawn += _text(x, y + 6, "?")
    return drawn


def _outline(person: Person, x: float, y: float, r: float) -> str:
    if person.kin == Kin.UNBORN:
        low = y + r * 0.8
        return f'<path class="gp" d="M{_n(x)} {_n(y - r)}L{_n(x + r)} {_n(low)}H{_n(x - r)}Z"/>'
    if person.sex == Gender.FEMALE:
        return f'<circle class="gp" cx="{_n(x)}" cy="{_n(y)}" r="{_n(r)}"/>'
    if person.sex == Gender.MALE:
        return _square(x, y, r - 1)
    if person.sex == Gender.DIVERSE:
        return (
            f'<path class="gp" d="M{_n(x)} {_n(y - r)}l{_n(r)} {_n(r)}l{_n(-r)} {_n(r)}l{_n(-r)} {_n(-r)}Z"/>'
        )
    return _square(x, y, r - 1, round_by=r * 0.55)


def _square(x: float, y: float, half: float, round_by: float = 0) -> str:
    corner = f' rx="{_n(round_by)}"' if round_by else ""
    left, top, side = _n(x - half), _n(y - half), _n(2 * half)
    return f'<rect class="gp" x="{left}" y="{top}" width="{side}" height="{side}"{corner}/>'


__all__ = ["Picture", "draw"]
