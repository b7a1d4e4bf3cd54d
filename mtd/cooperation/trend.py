"""How trust (or use) went on over the rounds of the pulse: two lines from 1 to 5, as SVG. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT = 420, 208
_LEFT, _RIGHT, _TOP, _BOTTOM = 26, 400, 18, 178
Point = tuple[date, float | None, float | None]
"""A round, and what addiction care says of youth welfare and the other way round; None: too few to show."""


def trend_picture(points: Sequence[Point], *, title: str, ident: str) -> SafeString:
    """Draw it. Where a round had too few answers, the line is broken."""
    step = (_RIGHT - _LEFT - 20) / max(len(points) - 1, 1)
    out = [
        f'<svg class="trd" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{ident}" '
        f'font-family="Fira Sans" font-size="14"><title id="{ident}">{escape(title)}</title>'
    ]
    for value in range(1, 6):
        y = _y(value)
        out.append(
            f'<line class="trd__grid" x1="{_LEFT}" x2="{_RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#DDD5C7"/>'
            f'<text class="trd__word" x="0" y="{y + 5:.1f}" fill="#555C69">{value}</text>'
        )
    every = math.ceil(84 / step)
    for number, point in enumerate(points):
        if (len(points) - 1 - number) % every == 0:
            x = _LEFT + 10 + number * step
            anchor = "end" if number == len(points) - 1 and number else "start" if number == 0 else "middle"
            out.append(
                f'<text class="trd__word" x="{x:.1f}" y="{_BOTTOM + 22}" fill="#555C69" text-anchor="{anchor}">'
                f"{escape(date_format(point[0], 'M Y'))}</text>"
            )
    for place, kind, colour in ((1, "care", "#7C3264"), (2, "youth", "#B97E16")):
        out += _line([_value(point, place) for point in points], step, kind, colour)
    return mark_safe("".join([*out, "</svg>"]))  # noqa: S308 - every text is escaped above


def _value(point: Point, place: int) -> float | None:
    return point[1] if place == 1 else point[2]


def _y(value: float) -> float:
    return _BOTTOM - (value - 1) / 4 * (_BOTTOM - _TOP)


def _line(values: Sequence[float | None], step: float, kind: str, colour: str) -> list[str]:
    pieces: list[list[tuple[float, float]]] = [[]]
    for number, value in enumerate(values):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((_LEFT + 10 + number * step, _y(value)))
    out = []
    for piece in pieces:
        if len(piece) > 1:
            d = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in piece)
            out.append(
                f'<path class="trd__line trd__line--{kind}" d="{d}" fill="none" stroke="{colour}" stroke-width="2.5"/>'
            )
        out += [_mark(kind, colour, x, y) for x, y in piece]
    return out


def _mark(kind: str, colour: str, x: float, y: float) -> str:
    """A disc for addiction care, a diamond for youth welfare: told apart without colour."""
    if kind == "care":
        return f'<circle class="trd__{kind}" cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>'
    return (
        f'<path class="trd__{kind}" d="M{x:.1f} {y - 6.5:.1f}L{x + 6.5:.1f} {y:.1f}L{x:.1f} {y + 6.5:.1f}'
        f'L{x - 6.5:.1f} {y:.1f}Z" fill="{colour}"/>'
    )
