"""The two charts as pictures: the way of a family, and what happens when a child is endangered.

SVG with plain attributes in literal colours, so that the same picture stands in a PDF; on a page, classes replace
the colours by those of the reader's theme. Everything a picture says stands in its list as well (`chart_words`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override

from mtd.guide.wording import not_agreed

from .annexes import AnnexBody, FlowStep

WIDE, NARROW = 760, 340
_COLOURS = {
    "ink": "#1A2130",
    "muted": "#555C69",
    "teal": "#0E5A60",
    "paper": "#FFFFFF",
    "line": "#DDD5C7",
    "edge": "#857B6C",
    "care": "#7C3264",
    "youth": "#B97E16",
    "late": "#9C430B",
    "miss": "#A3252B",
    "miss-tint": "#FBE8E5",
    "teal-tint": "#E3EFED",
}
# Rough widths of Fira Sans in parts of the font size: enough for breaking lines, always a little too wide.
_THIN, _THICK = set("iljtfrI.,:;'|!()[] -–"), set("mwMWABCDGHKNOQRUVXYZÄÖÜ@%")


def _width(text: str, size: float) -> float:
    return size * sum(
        0.33 if c in _THIN else 0.78 if c in _THICK else 0.95 if ord(c) > 0x2E80 else 0.58 for c in text
    )


def _wrapped(text: str, size: float, room: float) -> list[str]:
    """Lines that fit; a word that is longer than a line is cut."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            for piece in _cut(word, size, room):
                tried = f"{line} {piece}".strip()
                if line and _width(tried, size) > room:
                    lines.append(line)
                    line = piece
                else:
                    line = tried
        if line:
            lines.append(line)
    return lines


def _cut(word: str, size: float, room: float) -> Iterator[str]:
    piece = ""
    for letter in word:
        if piece and _width(piece + letter + "-", size) > room:
            yield piece + "-"
            piece = ""
        piece += letter
    yield piece


@dataclass
class _Canvas:
    out: list[str]
    y: float = 0.0

    def add(self, markup: str) -> None:
        self.out.append(markup)

    def words(
        self, x: float, text: str, room: float, size: float = 15, colour: str = "ink", weight: int = 400
    ) -> None:
        for line in _wrapped(text, size, room):
            self.y += size * 1.36
            self.add(
                f'<text class="chart__{colour}" x="{x:g}" y="{self.y:g}" font-size="{size:g}" '
                f'font-weight="{weight}" fill="{_COLOURS[colour]}">{escape(line)}</text>'
            )


def chart(body: AnnexBody, language: str, *, width: int = WIDE) -> SafeString:
    """The chart of an annex's steps; what was not agreed is dashed and says so."""
    with override(language):
        canvas = _Canvas([])
        rail = 30 if width > 500 else 20
        canvas.y = 8
        if body.urgent:
            _urgent(canvas, body.urgent, rail, width)
        places: list[tuple[float, float]] = []
        for number, step in enumerate(body.steps, 1):
            top = canvas.y
            _step(canvas, number, step, rail, width, language)
            places.append((top, canvas.y))
            canvas.y += 18
        height = canvas.y - 8 if places else 40
        spine = _spine(places, rail)
        title = escape(body.title)
        words = escape(" ".join(chart_words(body, language)))
    return mark_safe(  # noqa: S308 - every word in it is escaped above
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:g}" role="img" '
        f'class="chart" font-family="Fira Sans"><title>{title}</title><desc>{words}</desc>'
        f"{spine}{''.join(canvas.out)}</svg>"
    )


def _urgent(canvas: _Canvas, text: str, rail: int, width: int) -> None:
    size = 17 if width > 500 else 15
    lines = _wrapped(text, size, width - rail - 60)
    height = 22 + len(lines) * size * 1.36
    canvas.add(
        f'<rect class="chart__urgent" x="1.5" y="{canvas.y:g}" width="{width - 3}" height="{height:g}" rx="3" '
        f'fill="{_COLOURS["miss-tint"]}" stroke="{_COLOURS["miss"]}" stroke-width="2"/>'
    )
    bottom = canvas.y + height
    canvas.y += 8
    canvas.words(rail - 10, text, width - rail - 30, size, "miss", 600)
    canvas.y = bottom + 18


def _spine(places: list[tuple[float, float]], rail: int) -> str:
    if len(places) < 2:
        return ""
    first, last = places[0][0] + 28, places[-1][0] + 28
    return (
        f'<path class="chart__spine" d="M{rail} {first:g}V{last:g}" stroke="{_COLOURS["teal"]}" '
        'stroke-width="5" fill="none"/>'
    )


def _step(canvas: _Canvas, number: int, step: FlowStep, rail: int, width: int, language: str) -> None:
    top = canvas.y
    left = rail + 34
    inner = left + 18
    wide = width > 500
    # On a wide picture the time stands in a column of its own at the right; on a narrow one below.
    aside = 190 if wide and (step.by_when or not step.agreed) else 0
    room = width - inner - 20 - aside
    drawn = canvas.out
    canvas.out = []
    canvas.y = top + 6
    canvas.words(inner, step.name, room, 17 if wide else 16, "ink", 600)
    if step.who or step.whom:
        half = 12 if step.side else 0
        first = canvas.y + 15 * 1.36
        if step.side:
            x, y = inner, first - 12
            arc = f"M{x + 8} {y}a7 7 0 0 0 0 14z" if step.side == "care" else f"M{x} {y}a7 7 0 0 1 0 14z"
            canvas.add(f'<path class="chart__{step.side}" d="{arc}" fill="{_COLOURS[step.side]}"/>')
        line = " → ".join(part for part in (step.who, step.whom) if part)
        canvas.words(inner + half + (2 if half else 0), line, room - half - 2)
    for promise in step.promises:
        text = f"{promise.title}: {promise.text or not_agreed(language)}"
        canvas.words(inner, text, room, 14, "muted" if promise.text else "late")
    said = step.by_when if step.agreed else not_agreed(language)
    if said and not wide:
        canvas.words(inner, said, room, 15, "teal" if step.agreed else "late", 600)
    end = canvas.y
    if said and wide:
        canvas.y = top + 6
        canvas.words(width - aside + 4, said, aside - 20, 15, "teal" if step.agreed else "late", 600)
    bottom = max(end, canvas.y, top + 42) + 14
    body, canvas.out = canvas.out, drawn
    dash = "" if step.agreed else ' stroke-dasharray="5 4"'
    edge = "edge" if not step.agreed else "line"
    canvas.add(
        f'<rect class="chart__box chart__box--{edge}" x="{left}" y="{top:g}" width="{width - left - 1.5:g}" '
        f'height="{bottom - top:g}" rx="3" fill="{_COLOURS["paper"]}" stroke="{_COLOURS[edge]}" '
        f'stroke-width="1.5"{dash}/>'
    )
    fill = _COLOURS["teal"] if step.agreed else _COLOURS["paper"]
    canvas.add(
        f'<circle class="chart__dot{"" if step.agreed else " chart__dot--open"}" cx="{rail}" cy="{top + 28:g}" r="15" '
        f'fill="{fill}" stroke="{_COLOURS["teal"] if step.agreed else _COLOURS["edge"]}" stroke-width="2"{dash}/>'
        f'<text class="{"chart__no" if step.agreed else "chart__ink"}" x="{rail}" y="{top + 33.5:g}" '
        'font-size="15" font-weight="600" text-anchor="middle" '
        f'fill="{_COLOURS["paper"] if step.agreed else _COLOURS["ink"]}">{number}</text>'
    )
    canvas.out += body
    canvas.y = bottom


def chart_words(body: AnnexBody, language: str) -> list[str]:
    """The chart in sentences: for the list beside it and for those who do not see it."""
    with override(language):
        found = [body.urgent] if body.urgent else []
        for number, step in enumerate(body.steps, 1):
            if not step.agreed:
                said = not_agreed(language)
            else:
                who = " → ".join(part for part in (step.who, step.whom) if part)
                said = ", ".join(part for part in (who, step.by_when) if part)
            extra = [f"{p.title}: {p.text or not_agreed(language)}" for p in step.promises]
            found.append(
                f"{number}. {step.name}: " + "; ".join([part for part in [said, *extra] if part]) + "."
            )
        return found


def flow_table(body: AnnexBody, language: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The chart as a table: header and rows."""
    with override(language):
        header = (_("Step"), _("Who"), _("To whom"), _("By when"), _("Agreed times"))
        rows = tuple(
            (
                step.name,
                step.who if step.agreed else not_agreed(language),
                step.whom,
                step.by_when,
                "\n".join(f"{p.title}: {p.text or not_agreed(language)}" for p in step.promises),
            )
            for step in body.steps
        )
        return header, rows
