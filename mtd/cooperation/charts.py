"""The pictures of a lived agreement: the year, duties over the years, days to an answer, who came, how it feels.

SVG with plain attributes in literal colours, so that the same picture stands in a PDF; on a page, classes replace the
colours by those of the reader's theme. Every picture has a title that says it in words, and a table stands beside it.
Pure: numbers and words in, SVG out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

WIDTH, HEIGHT = 352, 216
_BASE, _TOP = 168, 31
_FILL = {
    "teal": "#0E5A60",
    "late-tint": "#FBEADB",
    "miss-tint": "#FBE8E5",
    "sunk": "#F2EEE6",
    "care": "#7C3264",
    "youth": "#B97E16",
    "edge": "#857B6C",
    "paper": "#FFFFFF",
    "line": "#DDD5C7",
    "late": "#9C430B",
    "miss": "#A3252B",
    "good": "#2B6637",
    "ink": "#1A2130",
    "muted": "#555C69",
    "on": "#FFFFFF",
    "on2": "#1A2130",
}


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def _rect(x: float, y: float, width: float, height: float, fill: str, more: str = "") -> str:
    return (
        f'<rect class="f-{fill}" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(max(height, 0))}" '
        f'fill="{_FILL[fill]}"{more}/>'
    )


def _outlined(x: float, y: float, width: float, height: float, fill: str, stroke: str) -> str:
    # The edge lies inside, so that an outlined part is as tall as a filled one of the same number.
    return (
        f'<rect class="f-{fill} s-{stroke}2" x="{_n(x + 0.75)}" y="{_n(y + 0.75)}" width="{_n(width - 1.5)}" '
        f'height="{_n(max(height - 1.5, 0.5))}" fill="{_FILL[fill]}" stroke="{_FILL[stroke]}" stroke-width="1.5"/>'
    )


def _text(
    x: float,
    y: float,
    text: str,
    *,
    kind: str = "",
    colour: str = "ink",
    anchor: str = "start",
    size: float = 15,
) -> str:
    return (
        f'<text class="tx {kind}" x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" text-anchor="{anchor}" '
        f'fill="{_FILL[colour]}">{escape(text)}</text>'
    )


def _line(
    x1: float, y1: float, x2: float, y2: float, kind: str, colour: str, width: float, dash: str = ""
) -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line class="s-{kind}" x1="{_n(x1)}" x2="{_n(x2)}" y1="{_n(y1)}" y2="{_n(y2)}" '
        f'stroke="{_FILL[colour]}" stroke-width="{_n(width)}"{dashed}/>'
    )


def _picture(
    key: str, title: str, parts: Sequence[str], *, width: float = WIDTH, height: float = HEIGHT
) -> SafeString:
    return mark_safe(  # noqa: S308 - every word in it is escaped above
        f'<svg xmlns="http://www.w3.org/2000/svg" class="pic" viewBox="0 0 {_n(width)} {_n(height)}" role="img" '
        f'aria-labelledby="pic-{escape(key)}" font-family="Fira Sans">'
        f'<title id="pic-{escape(key)}">{escape(title)}</title>'
        f"{''.join(parts)}</svg>"
    )


def _columns(count: int) -> tuple[float, float]:
    """Step from column to column and their width: few stand as wide as in the design, many share the room."""
    step = min(72.0, WIDTH / max(count, 1))
    return step, min(48.0, step * 0.72)


@dataclass(frozen=True)
class Column:
    """One year of duties: what was kept, kept late and missed, and the words below."""

    label: str
    kept: int
    late: int
    missed: int
    below: str = ""


def duty_bars(key: str, title: str, columns: Sequence[Column]) -> SafeString:
    """Duties by year, stacked: filled kept, outlined late, hatched missed."""
    most = max([column.kept + column.late + column.missed for column in columns], default=0)
    unit = min(7.0, (_BASE - _TOP + 14) / most) if most else 0.0
    step, width = _columns(len(columns))
    start = (WIDTH - step * len(columns)) / 2 if len(columns) < 5 else 0.0
    parts = [
        f'<defs><pattern id="hatch-{escape(key)}" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><line class="s-miss2" x1="0" x2="0" y1="0" y2="6" '
        f'stroke="{_FILL["miss"]}" stroke-width="1.5"/></pattern></defs>'
    ]
    for place, column in enumerate(columns):
        x = start + place * step + (step - width) / 2
        y: float = _BASE
        for number, kind in ((column.kept, "kept"), (column.late, "late"), (column.missed, "missed")):
            if not number:
                continue
            height = number * unit
            y -= height
            gap = 1.0 if kind != "kept" and height > 4 else 0.0
            middle, centre = y + height / 2 + 5, x + width / 2
            if kind == "kept":
                parts.append(_rect(x, y, width, height, "teal"))
                if height >= 20:
                    parts.append(_text(centre, middle, str(number), kind="on", colour="on", anchor="middle"))
            elif kind == "late":
                parts.append(_outlined(x, y, width, height - gap, "late-tint", "late"))
                if height >= 22:
                    parts.append(_text(centre, middle, str(number), kind="fine", anchor="middle"))
            else:
                parts.append(
                    f'<rect class="s-miss2" x="{_n(x + 0.75)}" y="{_n(y + 0.75)}" width="{_n(width - 1.5)}" '
                    f'height="{_n(max(height - gap - 1.5, 0.5))}" fill="url(#hatch-{escape(key)})" '
                    f'stroke="{_FILL["miss"]}" stroke-width="1.5"/>'
                )
        parts += _below(column.label, column.below, x + width / 2, place, len(columns))
    parts.append(_line(0, _BASE, WIDTH, _BASE, "axis", "edge", 1.5))
    return _picture(key, title, parts)


def _below(label: str, more: str, centre: float, place: int, count: int) -> list[str]:
    if count > 8 and (count - 1 - place) % 2:
        return []
    found = [_text(centre, 190, label, kind="fine", anchor="middle")]
    if more and count <= 6:
        found.append(_text(centre, 210, more, kind="fine mut", colour="muted", anchor="middle"))
    return found


@dataclass(frozen=True)
class Series:
    """Values along the same labels; None where there is nothing to show. `kind` is teal, care or youth."""

    name: str
    values: tuple[float | None, ...]
    kind: str = "teal"


def lines(
    key: str,
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    limit: tuple[float, str] | None = None,
    bounds: tuple[float, float] | None = None,
) -> SafeString:
    """Values over time as lines with their numbers; a dashed line where something was agreed."""
    known = [value for one in series for value in one.values if value is not None]
    low, high = bounds or (0.0, max([*known, limit[0] if limit else 0.0, 1.0]) * 1.05)
    step, _width = _columns(len(labels))
    start = (WIDTH - step * len(labels)) / 2 if len(labels) < 5 else 0.0

    def up(value: float) -> float:
        return _BASE - (value - low) / (high - low or 1) * (_BASE - _TOP)

    parts: list[str] = []
    if limit:
        y = up(limit[0])
        parts.append(_line(0, y, WIDTH, y, "agreed", "edge", 1.5, "4 4"))
        parts.append(_text(0, y + 19, limit[1], kind="fine mut halo", colour="muted"))
    for number, one in enumerate(series):
        dots = [
            (start + place * step + step / 2, up(value), value)
            for place, value in enumerate(one.values)
            if value is not None
        ]
        path = "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y, _ in dots)
        if len(dots) > 1:
            parts.append(
                f'<path class="ln ln--{one.kind}" d="{path}" fill="none" stroke="{_FILL[one.kind]}" '
                'stroke-width="2.5"/>'
            )
        for place, (x, y, value) in enumerate(dots):
            if one.kind == "youth":  # told from the other line by shape, too
                parts.append(_rect(x - 4.5, y - 4.5, 9, 9, "youth"))
            else:
                parts.append(
                    f'<circle class="f-{one.kind}" cx="{_n(x)}" cy="{_n(y)}" r="5" fill="{_FILL[one.kind]}"/>'
                )
            if len(labels) <= 8 or place % 2 == (len(dots) - 1) % 2:
                # The second line's numbers stand below it, so that two lines that are close stay readable.
                dy = -13 if number == 0 else 24
                parts.append(_text(x, y + dy, _value(value), kind="halo", anchor="middle"))
    for place, label in enumerate(labels):
        parts += _below(label, "", start + place * step + step / 2, place, len(labels))
    parts.append(_line(0, _BASE, WIDTH, _BASE, "axis", "edge", 1.5))
    return _picture(key, title, parts)


def _value(value: float) -> str:
    return number_format(value, 0 if float(value).is_integer() else 1)


@dataclass(frozen=True)
class Attendance:
    """One year: the share of those invited who were there, in per cent; None where nobody was invited."""

    label: str
    care: int | None
    youth: int | None
    other: int | None = None


def attendance_bars(
    key: str, title: str, years: Sequence[Attendance], names: tuple[str, str, str], percent: str = "%s %%"
) -> SafeString:
    """Who came, by help system: two banks from the middle; a third column only where others take part."""
    others = any(year.other is not None for year in years)
    room = 92.0 if others else 140.0
    left, middle = (104.0, 128.0) if others else (152.0, 176.0)
    right = middle + 24.0
    third = right + room + 16
    size = 13.5 if others else 15
    fine = "tight" if others else "fine"
    parts = [
        _text(left, 16, names[0], kind=fine, anchor="end", size=size),
        _text(right, 16, names[1], kind=fine, size=size),
    ]
    if others:
        parts.append(_text(third, 16, names[2], kind=fine, size=size))
    high = min(34.0, 176.0 / max(len(years), 1))
    bar = min(20.0, high - 6)
    for place, year in enumerate(years):
        y = 34 + place * high
        base = y + bar - 5
        parts += [_rect(left - room, y, room, bar, "sunk"), _rect(right, y, room, bar, "sunk")]
        if year.care is not None:
            width = room * year.care / 100
            parts.append(_rect(left - width, y, width, bar, "care"))
            inside = width > 44
            x = left - 8 if inside else left - width - 6
            words = percent % year.care
            parts.append(
                _text(
                    x,
                    base,
                    words,
                    kind=f"{fine} on" if inside else fine,
                    colour="on" if inside else "ink",
                    anchor="end",
                )
            )
        if year.youth is not None:
            width = room * year.youth / 100
            parts.append(_rect(right, y, width, bar, "youth"))
            inside = width > 44
            x = right + 8 if inside else right + width + 6
            kind = f"{fine} on2" if inside else fine
            parts.append(_text(x, base, percent % year.youth, kind=kind, colour="on2"))
        if others:
            parts.append(_rect(third, y, WIDTH - third, bar, "sunk"))
            if year.other is not None:
                width = (WIDTH - third) * year.other / 100
                parts.append(_rect(third, y, width, bar, "line"))
                parts.append(_text(third + 8, base, percent % year.other, kind="fine"))
        parts.append(_text(middle, base, year.label, kind="fine", anchor="middle"))
    return _picture(key, title, parts, height=max(HEIGHT, 34 + len(years) * high))


# --- the year, for a document -----------------------------------------------------------------------------


@dataclass(frozen=True)
class LaneMark:
    """A mark on a lane: where it stands in per cent, how it stands, and where its tail begins."""

    at: float
    status: str
    tail_from: float | None = None


@dataclass(frozen=True)
class Lane:
    """One duty's lane: name, the words below it, marks, and the counter."""

    name: str
    rule: str
    marks: tuple[LaneMark, ...]
    count: str


def ribbon(
    key: str,
    title: str,
    months: Sequence[str],
    lanes: Sequence[Lane],
    *,
    today: float | None = None,
    today_word: str = "",
) -> SafeString:
    """The year as one picture, for documents (a page draws the same as a table of lanes)."""
    left, right, width, high = 232.0, 628.0, 760.0, 48.0
    room = right - left
    top = 40.0
    bottom = top + high * len(lanes)
    parts = []
    for place in range(13):
        x = left + room * place / 12
        parts.append(_line(x, top, x, bottom, "line", "line", 1))
    for place, month in enumerate(months):
        parts.append(
            _text(left + room * (place + 0.5) / 12, 30, month, colour="muted", anchor="middle", size=12)
        )
    for place, lane in enumerate(lanes):
        y = top + high * place
        parts.append(_line(0, y, width, y, "line", "line", 1))
        parts.append(_text(0, y + 21, _short(lane.name, 30), size=14))
        parts.append(_text(0, y + 38, _short(lane.rule, 38), colour="muted", size=11.5))
        parts.append(_line(left, y + high / 2, right, y + high / 2, "lane", "line", 2))
        for mark in lane.marks:
            parts += _mark(left + room * mark.at / 100, y + high / 2, mark, left, room)
        parts.append(_text(right + 20, y + 29, lane.count, size=13))
    parts.append(_line(0, bottom, width, bottom, "line", "line", 1))
    if today is not None:
        x = left + room * today / 100
        parts.append(_line(x, top - 4, x, bottom, "today", "ink", 1.5))
        parts.append(_text(x, 13, today_word, anchor="middle", size=12))
    return _picture(key, title, parts, width=width, height=bottom + 4)


def _short(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def _mark(x: float, y: float, mark: LaneMark, left: float, room: float) -> list[str]:
    parts = []
    if mark.tail_from is not None:
        begin = left + room * mark.tail_from / 100
        parts.append(_line(begin, y, x, y, "late", "late", 2))
        parts.append(_line(begin, y - 6, begin, y + 6, "late", "late", 2))
    tick = (
        f'<path d="M{_n(x - 4)} {_n(y + 0.3)}L{_n(x - 1.2)} {_n(y + 3.1)}L{_n(x + 4.2)} {_n(y - 2.9)}" fill="none" '
        f'stroke="{_FILL["paper"]}" stroke-width="2"/>'
    )
    match mark.status:
        case "kept":
            parts.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="9" fill="{_FILL["teal"]}"/>{tick}')
        case "late":
            parts.append(
                f'<path d="M{_n(x)} {_n(y - 11)}L{_n(x + 11)} {_n(y)}L{_n(x)} {_n(y + 11)}L{_n(x - 11)} {_n(y)}Z" '
                f'fill="{_FILL["late"]}"/>{tick}'
            )
        case "missed":
            parts.append(
                f'<rect x="{_n(x - 8)}" y="{_n(y - 8)}" width="16" height="16" fill="{_FILL["miss-tint"]}" '
                f'stroke="{_FILL["miss"]}" stroke-width="2"/><path d="M{_n(x - 4)} {_n(y - 4)}L{_n(x + 4)} {_n(y + 4)}'
                f'M{_n(x + 4)} {_n(y - 4)}L{_n(x - 4)} {_n(y + 4)}" fill="none" stroke="{_FILL["miss"]}" '
                'stroke-width="2"/>'
            )
        case "paused":
            parts.append(
                f'<path d="M{_n(x - 3.5)} {_n(y - 7)}V{_n(y + 7)}M{_n(x + 3.5)} {_n(y - 7)}V{_n(y + 7)}" fill="none" '
                f'stroke="{_FILL["edge"]}" stroke-width="3"/>'
            )
        case _:
            parts.append(
                f'<circle cx="{_n(x)}" cy="{_n(y)}" r="8" fill="{_FILL["paper"]}" stroke="{_FILL["teal"]}" '
                'stroke-width="2"/>'
            )
    return parts


def stages(key: str, title: str, rows: Sequence[tuple[str, Sequence[tuple[int, str]], str]]) -> SafeString:
    """Stages one below the other: words, parts of a bar (number and colour), and the words beneath."""
    most = max([sum(number for number, _ in parts) for _, parts, _ in rows], default=0)
    unit = 700 / most if most else 0.0
    drawn = []
    for place, (words, bars, below) in enumerate(rows):
        y = place * 70.0
        drawn.append(_text(0, y + 20, words, size=16))
        x = 0.0
        for number, colour in bars:
            if number:
                drawn.append(_rect(x, y + 28, max(number * unit - 3, 1), 14, colour))
                x += number * unit
        drawn.append(_text(0, y + 59, below, colour="muted", size=13))
    return _picture(key, title, drawn, width=760, height=70 * len(rows))


def _inner(svg: str) -> str:
    return svg[svg.index("</title>") + len("</title>") : svg.rindex("</svg>")]


def beside(key: str, title: str, pictures: Sequence[tuple[str, str]]) -> SafeString:
    """Two pictures with their headings side by side as one, for documents."""
    parts = []
    for place, (heading, svg) in enumerate(pictures):
        parts.append(_text(place * 408, 14, heading, size=14))
        parts.append(f'<g transform="translate({place * 408} 34)">{_inner(svg)}</g>')
    return _picture(key, title, parts, width=760, height=HEIGHT + 40)
