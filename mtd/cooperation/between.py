"""The picture "who has been where": organisations on two banks, and ways of visitors between them, as SVG.

Pure but for the words. Plain attributes in literal colours; on a page, classes replace them by those of the theme.
The table beside it says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext

ROW = 46
TOP = 40
_BEND = 0.42


@dataclass(frozen=True)
class Place:
    """One organisation: how it is called in the picture, and its help system."""

    key: str
    name: str
    system: str
    ours: bool = False


@dataclass(frozen=True)
class Path:
    """So many visits from one place to another."""

    source: str
    target: str
    count: int


@dataclass(frozen=True)
class _Point:
    x: float
    y: float
    left: bool


def between(
    places: Sequence[Place], paths: Iterable[Path], *, width: int, margin: int, title: str
) -> SafeString:
    """Draw it. `margin` is the room for names on either side; names that do not fit should be short codes."""
    left = [place for place in places if place.system == "addiction_care"]
    right = [place for place in places if place.system == "youth_welfare"]
    other = [place for place in places if place not in left and place not in right]
    points = _points(left, margin, True) | _points(
        [*right, *other], width - margin, False, gap_after=len(right)
    )
    drawn = [path for path in paths if path.source in points and path.target in points]
    rows = max(len(left), len(right) + len(other) + (1 if right and other else 0), 1)
    height = TOP + rows * ROW + 8
    ident = f"between-{width}"
    out = [
        f'<svg class="btw btw--{width}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{ident}" '
        f'font-family="Fira Sans" width="{width}" height="{height}">',
        f'<title id="{ident}">{escape(title)}</title>',
        _heading(margin, pgettext("help system", "Addiction care"), "end") if left else "",
        _heading(width - margin, pgettext("help system", "Youth welfare"), "start") if right else "",
    ]
    if other:
        y = TOP + (len(right) + (1 if right else 0)) * ROW - 10
        words = pgettext("bank", "Other systems")
        out.append(
            f'<text class="btw__head" x="{width - margin}" y="{y if right else 18}" fill="#1A2130" font-size="15" '
            f'font-weight="600">{escape(words)}</text>'
        )
    widest = max((path.count for path in drawn), default=1)
    labels: list[str] = []
    both = {(path.source, path.target) for path in drawn}
    for path in drawn:
        line, label = _way(
            points[path.source], points[path.target], path, widest, (path.target, path.source) in both
        )
        out.append(line)
        labels.append(label)
    out += labels
    for place in [*left, *right, *other]:
        out.append(_node(place, points[place.key]))
    return mark_safe("".join([*out, "</svg>"]))  # noqa: S308 - every text is escaped above


def _points(places: Sequence[Place], x: float, left: bool, gap_after: int | None = None) -> dict[str, _Point]:
    found = {}
    for number, place in enumerate(places):
        lower = gap_after is not None and 0 < gap_after <= number
        found[place.key] = _Point(x, TOP + (number + (1 if lower else 0)) * ROW + ROW / 2 - 6, left)
    return found


def _heading(x: float, words: str, anchor: str) -> str:
    return (
        f'<text class="btw__head" x="{x}" y="18" fill="#1A2130" font-size="15" font-weight="600" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )


def _way(a: _Point, b: _Point, path: Path, widest: int, both: bool) -> tuple[str, str]:
    """The line from who went to where they went, and its number; two ways between the same two keep apart."""
    stroke = 2 + 5 * path.count / widest
    shift = 5.0 if both else 0.0
    if a.left != b.left:
        inside = 12 if a.left else -12
        x1, x2 = a.x + inside, b.x - inside - (7 if a.left else -7)
        y1, y2 = a.y - shift, b.y - shift
        bend = (x2 - x1) * _BEND
        d = f"M{x1:.1f} {y1:.1f}C{x1 + bend:.1f} {y1:.1f} {x2 - bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
        # Near where it comes from, so that numbers of different ways do not meet in the middle.
        at = 0.24
        label = _on_curve((x1, y1), (x1 + bend, y1), (x2 - bend, y2), (x2, y2), at)
        head = _arrow(x2, y2, 1 if a.left else -1)
    else:
        side = 1 if a.left else -1
        x1, x2 = a.x + 12 * side, b.x + 19 * side
        out = 46 + min(abs(b.y - a.y), 120) * 0.3
        y1, y2 = a.y + (4 if both else 0), b.y - (4 if both else 0)
        d = f"M{x1:.1f} {y1:.1f}C{x1 + out * side:.1f} {y1:.1f} {x2 + out * side:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
        label = _on_curve((x1, y1), (x1 + out * side, y1), (x2 + out * side, y2), (x2, y2), 0.5)
        head = _arrow(x2, y2, -side)
    line = (
        f'<g class="btw__way"><path d="{d}" fill="none" stroke="#0E5A60" stroke-width="{stroke:.1f}" '
        f'stroke-opacity=".55"/><path d="{head}" fill="#0E5A60"/></g>'
    )
    number = (
        f'<g class="btw__count"><circle cx="{label[0]:.1f}" cy="{label[1]:.1f}" r="10.5" fill="#FFFFFF" '
        f'stroke="#0E5A60" stroke-width="1.5"/><text x="{label[0]:.1f}" y="{label[1] + 5:.1f}" font-size="14" '
        f'font-weight="600" fill="#1A2130" text-anchor="middle">{path.count}</text></g>'
    )
    return line, number


def _arrow(x: float, y: float, direction: int) -> str:
    return f"M{x + 8 * direction:.1f} {y:.1f}L{x - 3 * direction:.1f} {y - 6.5:.1f}V{y + 6.5:.1f}Z"


Spot = tuple[float, float]


def _on_curve(a: Spot, b: Spot, c: Spot, d: Spot, t: float) -> Spot:
    u = 1 - t
    weights = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
    x = sum(weight * spot[0] for weight, spot in zip(weights, (a, b, c, d), strict=True))
    y = sum(weight * spot[1] for weight, spot in zip(weights, (a, b, c, d), strict=True))
    return x, y


def _node(place: Place, point: _Point) -> str:
    """A half-disc that opens to the water, and the name on its bank."""
    kind = {"addiction_care": "care", "youth_welfare": "youth"}.get(place.system, "other")
    colour = {"care": "#7C3264", "youth": "#B97E16", "other": "#857B6C"}[kind]
    x, y, r = point.x, point.y, 10
    sweep = 0 if point.left else 1
    x_flat = x + 2 if point.left else x - 2
    shape = f"M{x_flat} {y - r}A{r} {r} 0 0 {sweep} {x_flat} {y + r}Z"
    anchor, x_text = ("end", x - 16) if point.left else ("start", x + 16)
    weight = "600" if place.ours else "400"
    return (
        f'<path class="btw__{kind}" d="{shape}" fill="{colour}"/>'
        f'<text class="btw__name" x="{x_text}" y="{y + 5.5}" font-size="15" font-weight="{weight}" fill="#1A2130" '
        f'text-anchor="{anchor}">{escape(place.name)}</text>'
    )
