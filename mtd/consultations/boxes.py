"""Boxes of what surrounds a family: below each other with the free room shared out, or in two columns."""

from __future__ import annotations

from collections.abc import Sequence

from .sheet import GAP, TieBox


def tall(boxes: Sequence[TieBox]) -> float:
    """How much room these need below each other."""
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


def in_two_columns(boxes: list[TieBox], top: float, *, from_below: bool) -> tuple[list[list[TieBox]], float]:
    """Stand boxes beside each other in pairs; returns the rows, and where the last one ends."""
    rows = [boxes[at : at + 2] for at in range(0, len(boxes), 2)]
    y = top
    for row in rows:
        tall = max(box.h for box in row)
        for number, box in enumerate(row):
            box.x = 1 if number == 0 else 189
            box.y = y + (tall - box.h if from_below else 0)
        y += tall + GAP + 6
    return rows, y - (GAP + 6 if rows else 0)
