"""What a family's picture is made of: boxes, persons, ties, lines, and words broken into lines that fit."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from .case import Person, Tie

R = 20
"""Half the size of a shape."""
LINE = 19
"""Between two lines of text."""
GAP = 14
"""Between two boxes."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A box, by its left upper corner."""

    x: float
    y: float
    w: float
    h: float

    def meets(self, other: Rect) -> bool:
        """True if the two cover a point together."""
        return (
            self.x < other.x + other.w
            and other.x < self.x + self.w
            and self.y < other.y + other.h
            and other.y < self.y + self.h
        )

    def holds(self, other: Rect) -> bool:
        """True if the other one lies within."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.x + other.w <= self.x + self.w
            and other.y + other.h <= self.y + self.h
        )


@dataclass(slots=True)
class Figure:
    """One person: the centre of the shape, and where its words stand."""

    person: Person
    name: tuple[str, ...]
    detail: tuple[str, ...]
    inside: bool
    cx: float = 0
    cy: float = 0
    label: str = "right"
    """right, left, below or corner (below, beginning at the middle, so that a line may leave downwards)."""
    row: int = 0
    ties: list[TieBox] = field(default_factory=list)

    @property
    def lines(self) -> tuple[str, ...]:
        return self.name + self.detail

    @property
    def shape(self) -> Rect:
        return Rect(self.cx - R, self.cy - R, 2 * R, 2 * R)

    @property
    def text_at(self) -> tuple[float, float, str]:
        """Where the first line begins: x, its baseline, and the anchor."""
        tall = len(self.lines) * LINE
        middle = self.cy - tall / 2 + 14
        if self.label == "right":
            return self.cx + R + 8, middle, "start"
        if self.label == "left":
            return self.cx - R - 8, middle, "end"
        if self.label == "corner":
            return self.cx + 8, self.cy + R + 18, "start"
        return self.cx, self.cy + R + 18, "middle"

    @property
    def words(self) -> Rect:
        """The box of its words."""
        x, y, anchor = self.text_at
        wide = max((width(line) for line in self.lines), default=0)
        left = x - wide if anchor == "end" else x - wide / 2 if anchor == "middle" else x
        return Rect(left, y - 14, wide, len(self.lines) * LINE)


@dataclass(slots=True)
class TieBox:
    """One box of the surroundings."""

    tie: Tie
    lines: tuple[str, ...]
    w: float
    x: float = 0
    y: float = 0

    @property
    def h(self) -> float:
        return 18 + 20 * len(self.lines)

    @property
    def rect(self) -> Rect:
        return Rect(self.x, self.y, self.w, self.h)


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line: what it means (family, strong, weak, straining, separated) and its points."""

    kind: str
    points: tuple[tuple[float, float], ...]


@dataclass(slots=True)
class Layout:
    """A whole picture."""

    width: float
    height: float
    house: Rect
    figures: list[Figure]
    ties: list[TieBox]
    strokes: list[Stroke]
    wide: bool

    def boxes(self) -> list[Rect]:
        """Every box that must not meet another one."""
        own = [box.rect for figure in self.figures for box in figure.ties]
        return [
            *(figure.shape for figure in self.figures),
            *(figure.words for figure in self.figures if figure.lines),
            *(box.rect for box in self.ties),
            *own,
        ]


# --- text -----------------------------------------------------------------------------------------------------------


def width(text: str) -> float:
    """About how wide a line is at 16 px, rather too wide than too narrow."""
    return sum(_advance(sign) for sign in text)


def _advance(sign: str) -> float:
    if sign in "iljtfr.,:;'’|!()[] I":
        return 5.6
    if sign in "mwMW@%—…":
        return 14.5
    if unicodedata.east_asian_width(sign) in "WF":
        return 17
    if unicodedata.combining(sign):
        return 0
    if sign.isupper():
        return 10.8
    return 9.0 if sign.isalnum() and sign.isascii() else 11 if not sign.isascii() else 9.4


def wrap(text: str, most: float) -> tuple[str, ...]:
    """The text in lines that fit; words too long for a line are broken."""
    lines: list[str] = []
    line = ""
    for word in text.replace("\n", " ").split(" "):
        if not word:
            continue
        joined = f"{line} {word}" if line else word
        if width(joined) <= most:
            line = joined
            continue
        if line:
            lines.append(line)
        while width(word) > most:
            cut = max(1, next(n for n in range(len(word), 0, -1) if width(word[:n] + "-") <= most or n == 1))
            if len(word) - cut < 4 < cut:  # no line of two letters
                cut = len(word) - 4
            lines.append(word[:cut] + ("-" if word[cut - 1].isalpha() else ""))
            word = word[cut:]
        line = word
    return (*lines, line) if line else tuple(lines)
