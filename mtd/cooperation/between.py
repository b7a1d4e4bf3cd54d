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
    rows = max(len(left), len(right) + len(other) + (1 if right and other else 0), 1)
    right_rows = len(right) + len(other) + (1 if right and other else 0)
    points = _points(left, margin, True, lower=(rows - len(left)) / 2) | _points(
        [*right, *other],
        width - margin,
        False,
        gap_after=len(right),
        lower=0 if other else (rows - right_rows) / 2,
    )
    drawn = [path for path in paths if path.source in points and path.target in points]
    height = TOP + rows * ROW + 8
    ident = f"between-{width}"
    out = [
        f'<svg class="btw" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{ident}" '
        f'font-family="Fira Sans" width="{width}" height="{height}">',
        f'<title id="{ident}">{escape(title)}</title>',
    ]
    names = margin > 100  # codes are short: their headings begin at the edge instead
    if left:
        words = pgettext("help system", "Addiction care")
        out.append(_heading(margin if names else 0, 18, words, "end" if names else "start"))
    if right:
        words = pgettext("help system", "Youth welfare")
        out.append(_heading(width - margin if names else width, 18, words, "start" if names else "end"))
    if other:
        y = TOP + (len(right) + 1) * ROW - 12 if right else 18
        words = pgettext("bank", "Other systems")
        out.append(_heading(width - margin if names else width, y, words, "start" if names else "end"))
    widest = max((path.count for path in drawn), default=1)
    ends = _ends(drawn, points)
    labels: list[str] = []
    for number, path in enumerate(drawn):
        line, label = _way(ends[number, True], ends[number, False], path, widest)
        out.append(line)
        labels.append(label)
    out += labels
    for place in [*left, *right, *other]:
        out.append(_node(place, points[place.key]))
    return mark_safe("".join([*out, "</svg>"]))  # noqa: S308 - every text is escaped above


@dataclass(frozen=True)
class _End:
    """Where a way touches a place: at its own height, so that ways do not lie on each other."""

    x: float
    y: float
    left: bool
    part: float
    """Where along the way its number stands, different for neighbours."""


def _ends(paths: Sequence[Path], points: dict[str, _Point]) -> dict[tuple[int, bool], _End]:
    touching: dict[str, list[tuple[float, int, bool]]] = {}
    for number, path in enumerate(paths):
        a, b = points[path.source], points[path.target]
        touching.setdefault(path.source, []).append((b.y - (0.1 if a.left else 0), number, True))
        touching.setdefault(path.target, []).append((a.y + (0.1 if a.left else 0), number, False))
    found = {}
    for key, ways in touching.items():
        point = points[key]
        apart = min(8.0, 32 / max(len(ways) - 1, 1))
        for place, (_other, number, leaves) in enumerate(sorted(ways)):
            y = point.y + (place - (len(ways) - 1) / 2) * apart
            found[number, leaves] = _End(point.x, y, point.left, 0.18 + 0.5 * (place % 4) / 4)
    return found


def _points(
    places: Sequence[Place], x: float, left: bool, gap_after: int | None = None, lower: float = 0
) -> dict[str, _Point]:
    """One below the other; `lower` rows further down, so that the shorter bank stands in the middle."""
    found = {}
    for number, place in enumerate(places):
        after = gap_after is not None and 0 < gap_after <= number
        found[place.key] = _Point(x, TOP + (number + lower + (1 if after else 0)) * ROW + ROW / 2 - 6, left)
    return found


def _heading(x: float, y: float, words: str, anchor: str) -> str:
    return (
        f'<text class="btw__head" x="{x}" y="{y}" fill="#1A2130" font-size="15" font-weight="600" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )


def _way(a: _End, b: _End, path: Path, widest: int) -> tuple[str, str]:
    """The line from who went to where they went; a number where it was more than once."""
    stroke = 1.75 + 4.5 * (path.count - 1) / max(widest - 1, 1)
    side = 1 if a.left else -1
    if a.left != b.left:
        x1, x2 = a.x + 14 * side, b.x - 22 * side
        bend = (x2 - x1) * _BEND
        curve = ((x1, a.y), (x1 + bend, a.y), (x2 - bend, b.y), (x2, b.y))
        head, at = _arrow(x2, b.y, side), a.part
    else:
        x1, x2 = a.x + 14 * side, b.x + 22 * side
        out = (26 + min(abs(b.y - a.y), 260) * 0.32) * side
        curve = ((x1, a.y), (x1 + out, a.y), (x2 + out, b.y), (x2, b.y))
        head, at = _arrow(x2, b.y, -side), 0.3 + 0.4 * (a.part - 0.18) / 0.375
    spots = [f"{x:.1f} {y:.1f}" for x, y in curve]
    same = "" if a.left != b.left else " btw__way--same"
    d = f"M{spots[0]}C{' '.join(spots[1:])}"
    line = (
        f'<g class="btw__way{same}"><path d="{d}" fill="none" stroke="#0E5A60" stroke-width="{stroke:.1f}" '
        f'stroke-opacity=".6"/><path d="{head}" fill="#0E5A60"/></g>'
    )
    if path.count == 1:
        return line, ""
    x, y = _on_curve(*curve, at)
    return line, (
        f'<g class="btw__count"><circle cx="{x:.1f}" cy="{y:.1f}" r="10.5" fill="#FFFFFF" stroke="#0E5A60" '
        f'stroke-width="1.5"/><text x="{x:.1f}" y="{y + 5:.1f}" font-size="14" font-weight="600" fill="#1A2130" '
        f'text-anchor="middle">{path.count}</text></g>'
    )


def _arrow(x: float, y: float, direction: int) -> str:
    return f"M{x + 8 * direction:.1f} {y:.1f}L{x - 2 * direction:.1f} {y - 5:.1f}V{y + 5:.1f}Z"


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
