"""The needs of a network as a picture: raised, decided, answered, did it help. The width of a band is a number.

Pure: figures in, coordinates out. A wide drawing, and stacked bars for a phone; the table beside it says the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext, pgettext

from mtd.organizations.models import HelpSystem

from .queries.needs_figures import NeedFigures

WIDTH, NARROW = 1184, 350
_TOP, _GAP, _LINE = 40.0, 14.0, 26.0
_TALLEST, _WIDEST = 150.0, 20.0
"""Height of the whole at most, and of one need at most."""
_X = (0.0, 380.0, 760.0, 1174.0)
_NODE = 10.0


@dataclass(frozen=True)
class Part:
    """One part of a stage: how many, in which colour, in which words."""

    number: int
    colour: str
    label: str
    quiet: bool = False


@dataclass(frozen=True)
class Node:
    """A bar in the wide drawing, with its label beside it."""

    colour: str
    x: float
    y: float
    height: float
    label: str = ""
    label_x: float = 0
    label_y: float = 0
    end: bool = False
    quiet: bool = False


@dataclass(frozen=True)
class Head:
    """The number on top of a stage."""

    x: float
    number: int | None
    label: str
    end: bool = False


@dataclass(frozen=True)
class Bar:
    """A piece of a bar on a phone."""

    colour: str
    x: float
    width: float


@dataclass(frozen=True)
class Line:
    """A line of words below a bar."""

    y: int
    text: str


@dataclass(frozen=True)
class Stage:
    """One stage on a phone: the number, its bar, lines below."""

    y: int
    number: int
    label: str
    bars: tuple[Bar, ...]
    below: tuple[Line, ...]

    @property
    def bar_y(self) -> int:
        return self.y + 12


@dataclass(frozen=True)
class Flow:
    """Everything the template draws."""

    figures: NeedFigures
    title: str
    height: float
    heads: tuple[Head, ...]
    bands: tuple[tuple[str, str], ...]
    nodes: tuple[Node, ...]
    stages: tuple[Stage, ...]
    narrow_height: int
    table: tuple[tuple[str, int, str], ...]


def flow_of(figures: NeedFigures) -> Flow:
    """The picture of these figures; without any need there is nothing to draw (`figures.raised` is 0)."""
    unit = min(_WIDEST, _TALLEST / max(figures.raised, 1))
    levels = _levels(figures)
    outcomes = _outcomes(figures)
    decided = _column(levels, unit, _X[1], end=False)
    helped = _column(outcomes, unit, _X[3], end=True)
    lowest = max([n.y + max(n.height, _LINE) for n in (*decided, *helped)], default=_TOP)
    bands = [*_from_one(_X[0], decided, levels), *_into_one(decided, figures, unit)]
    bands += _from_one(_X[2], helped, outcomes)
    whole = [Node("f-teal", _X[0], _TOP, figures.raised * unit)]
    if figures.answered:
        whole.append(Node("f-teal", _X[2], _TOP, figures.answered * unit))
    stages = _stages(figures, levels, outcomes)
    return Flow(
        figures=figures,
        title=_title(figures),
        height=round(max(lowest, _TOP + figures.raised * unit) + 8, 1),
        heads=(
            Head(_X[0], figures.raised, pgettext("needs", "raised")),
            Head(_X[1], figures.decided, pgettext("needs", "decided")),
            Head(_X[2], figures.answered, pgettext("needs", "answered back")),
            Head(WIDTH, None, gettext("Did it help?"), end=True),
        ),
        bands=tuple(bands),
        nodes=(*whole, *decided, *helped),
        stages=stages,
        narrow_height=stages[-1].y + 34 + 20 * len(stages[-1].below),
        table=_table(figures, levels, outcomes),
    )


def _levels(f: NeedFigures) -> list[Part]:
    parts = [
        Part(f.decided_by_committee, "f-teal", _n(gettext("%(n)d by the committee"), f.decided_by_committee)),
        Part(
            f.decided_by_steering, "f-teal", _n(gettext("%(n)d by the steering group"), f.decided_by_steering)
        ),
        Part(
            f.decided_by_coordination,
            "f-teal",
            _n(gettext("%(n)d without a meeting"), f.decided_by_coordination),
        ),
        Part(f.waiting, "f-edge", waiting_words(f), quiet=True),
    ]
    return [part for part in parts if part.number]


def _n(text: str, number: int) -> str:
    return text % {"n": number}


def waiting_words(f: NeedFigures) -> str:
    """ "4 waiting: 2 before the committee, 2 new"."""
    where = [
        (f.waiting_committee, gettext("%(n)d before the committee")),
        (f.waiting_steering, gettext("%(n)d before the steering group")),
        (f.waiting_new, pgettext("needs", "%(n)d new")),
    ]
    told = ", ".join(text % {"n": number} for number, text in where if number)
    waiting = ngettext("%(n)d waiting", "%(n)d waiting", f.waiting) % {"n": f.waiting}
    return f"{waiting}: {told}" if told else waiting


def _outcomes(f: NeedFigures) -> list[Part]:
    parts = [
        Part(f.helped_yes, "f-good", _n(gettext("%(n)d yes"), f.helped_yes)),
        Part(f.helped_part, "f-teal", _n(gettext("%(n)d in part"), f.helped_part)),
        Part(f.helped_no, "f-late", _n(gettext("%(n)d no"), f.helped_no)),
        Part(f.not_asked, "f-edge", _n(gettext("%(n)d not said yet"), f.not_asked), quiet=True),
    ]
    return [part for part in parts if part.number]


def _column(parts: list[Part], unit: float, x: float, *, end: bool) -> list[Node]:
    nodes = []
    y = _TOP
    for part in parts:
        height = part.number * unit
        nodes.append(
            Node(
                colour=part.colour,
                x=x,
                y=round(y, 1),
                height=round(height, 1),
                label=part.label,
                label_x=x - 12 if end else x + _NODE + 12,
                label_y=round(y + max(height, 12) / 2 + 5, 1),
                end=end,
                quiet=part.quiet,
            )
        )
        y += max(height + _GAP, _LINE)
    return nodes


_BAND = {"f-edge": "fl fl--wait", "f-good": "fl fl--good", "f-late": "fl fl--no"}


def _from_one(x: float, nodes: list[Node], parts: list[Part]) -> list[tuple[str, str]]:
    """Bands from the one bar at `x` to the parts of the next stage."""
    bands, y = [], _TOP
    for node, part in zip(nodes, parts, strict=True):
        bands.append((_BAND.get(part.colour, "fl"), _band(x + _NODE, y, node.x, node.y, node.height)))
        y += node.height
    return bands


def _into_one(nodes: list[Node], f: NeedFigures, unit: float) -> list[tuple[str, str]]:
    """Bands from who decided to the answers that went back."""
    answered = [
        (f.decided_by_committee, f.answered_by_committee),
        (f.decided_by_steering, f.answered_by_steering),
        (f.decided_by_coordination, f.answered_by_coordination),
    ]
    bands, y = [], _TOP
    for node, number in zip(nodes, [back for decided, back in answered if decided], strict=False):
        if number:
            bands.append(("fl", _band(node.x + _NODE, node.y, _X[2], y, number * unit)))
            y += number * unit
    return bands


def _band(x1: float, y1: float, x2: float, y2: float, height: float) -> str:
    mid = (x1 + x2) / 2
    a, b = y1 + height, y2 + height
    return (
        f"M{x1:g} {y1:.1f}C{mid:g} {y1:.1f} {mid:g} {y2:.1f} {x2:g} {y2:.1f}V{b:.1f}"
        f"C{mid:g} {b:.1f} {mid:g} {a:.1f} {x1:g} {a:.1f}Z"
    )


def _stages(f: NeedFigures, levels: list[Part], outcomes: list[Part]) -> tuple[Stage, ...]:
    scale = (NARROW - 12.6) / max(f.raised, 1)
    drawn = [
        (f.raised, pgettext("needs", "raised"), [Part(f.raised, "f-teal", "")], []),
        (
            f.decided,
            pgettext("needs", "decided"),
            levels,
            [_waiting(f) if p.quiet else p.label for p in levels],
        ),
        (f.answered, pgettext("needs", "answered back"), [Part(f.answered, "f-teal", "")], []),
        (
            f.helped_yes,
            gettext("say it helped"),
            outcomes,
            [p.label for p in outcomes if p.colour != "f-good"],
        ),
    ]
    stages, y = [], 22
    for number, label, parts, words in drawn:
        lines = _lines(words, y + 48)
        stages.append(Stage(y, number, label, _bars(parts, scale), lines))
        y += 72 + 20 * len(lines)
    return tuple(stages)


_ROOM = 44
"""Letters on a line of a phone; a little too few, so that no script runs out of the picture."""


def _lines(words: list[str], y: int) -> tuple[Line, ...]:
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + len(word) + 2 <= _ROOM:
            lines[-1] += f", {word}"
        else:
            lines.append(word)
    return tuple(Line(y + 20 * number, text) for number, text in enumerate(lines))


def _waiting(f: NeedFigures) -> str:
    return ngettext("%(n)d waiting", "%(n)d waiting", f.waiting) % {"n": f.waiting}


def _bars(parts: list[Part], scale: float) -> tuple[Bar, ...]:
    bars, x = [], 0.0
    for part in parts:
        if part.number:
            width = round(part.number * scale - 3, 1)
            bars.append(Bar(part.colour, round(x, 1), max(width, 1.0)))
            x += part.number * scale
    return tuple(bars)


def _title(f: NeedFigures) -> str:
    return ngettext(
        "%(raised)d need raised, %(decided)d decided, %(answered)d answered, %(yes)d helped",
        "%(raised)d needs raised, %(decided)d decided, %(answered)d answered, %(yes)d helped",
        f.raised,
    ) % {"raised": f.raised, "decided": f.decided, "answered": f.answered, "yes": f.helped_yes}


def _table(f: NeedFigures, levels: list[Part], outcomes: list[Part]) -> tuple[tuple[str, int, str], ...]:
    systems = [
        f"{HelpSystem(system).label}: {number}" if system else f"{gettext('not told')}: {number}"
        for system, number in f.by_system.items()
    ]
    back = gettext("%(n)d could not be brought back") % {"n": f.not_reached} if f.not_reached else ""
    said = ", ".join(p.label for p in outcomes)
    return (
        (pgettext("needs", "raised"), f.raised, ", ".join(systems)),
        (pgettext("needs", "decided"), f.decided, ", ".join(p.label for p in levels if not p.quiet)),
        (pgettext("needs", "answered back"), f.answered, back),
        (gettext("Did it help?"), f.answered - f.not_asked, said),
        (pgettext("needs", "waiting"), f.waiting, waiting_words(f) if f.waiting else ""),
    )
