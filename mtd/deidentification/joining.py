"""Joins what the layers marked: no overlaps, in order; certain goes before check, and longer before shorter."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence

from .findings import Kind
from .text import Mark

_ALIKE = (
    frozenset({Kind.PERSON}),
    frozenset({Kind.ADDRESS, Kind.PLACE}),
    frozenset({Kind.BIRTH_DATE, Kind.DATE}),
    frozenset({Kind.NUMBER, Kind.ACCOUNT, Kind.PHONE}),
    frozenset({Kind.EMAIL, Kind.WEB, Kind.HANDLE}),
    frozenset({Kind.ORGANISATION}),
    frozenset({Kind.RARE}),
)
_RANK = {
    Kind.EMAIL: 0,
    Kind.ACCOUNT: 1,
    Kind.BIRTH_DATE: 2,
    Kind.ADDRESS: 3,
    Kind.PHONE: 4,
    Kind.NUMBER: 5,
    Kind.PLATE: 5,
    Kind.WEB: 6,
    Kind.HANDLE: 6,
    Kind.DATE: 7,
    Kind.PERSON: 8,
    Kind.ORGANISATION: 9,
    Kind.PLACE: 10,
    Kind.RARE: 11,
}
"""Of two that are equal otherwise: what has a shape goes before what was judged."""


def trimmed(text: str, mark: Mark) -> Mark | None:
    """The mark without white space at its ends; None if nothing remains, or if it lies outside the text."""
    start, end = max(0, mark.start), min(len(text), mark.end)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start >= end:
        return None
    return mark if (start, end) == mark[:2] else mark._replace(start=start, end=end)


def joined(text: str, marks: Iterable[Mark], shielded: Sequence[tuple[int, int]] = ()) -> list[Mark]:
    """The marks that count, in the order of the text and without overlaps."""
    found = [mark for mark in (trimmed(text, one) for one in marks) if mark is not None]
    if shielded:
        found = _without_familiar(text, found, shielded)
    found.sort(key=_precedence)
    taken: list[tuple[int, int, Mark]] = []
    for mark in found:
        _place(text, taken, mark)
    return [mark for _, _, mark in taken]


def _precedence(mark: Mark) -> tuple[bool, int, int, float, int]:
    return (not mark.certain, -(mark.end - mark.start), _RANK[mark.kind], -mark.confidence, mark.start)


def _place(text: str, taken: list[tuple[int, int, Mark]], mark: Mark) -> None:
    """Add a mark beside those already taken; where they overlap, a mark of a like kind widens what is there."""
    start, end = mark.start, mark.end
    at = _first_behind(taken, start)
    overlapping = []
    while at < len(taken) and taken[at][0] < end:
        overlapping.append(taken[at])
        at += 1
    if not overlapping:
        insort(taken, (start, end, mark), key=lambda entry: entry[0])
        return
    if len(overlapping) == 1 and _alike(overlapping[0][2].kind, mark.kind):
        old = overlapping[0]
        wide_start, wide_end = min(old[0], start), max(old[1], end)
        taken.remove(old)
        winner = old[2]._replace(start=wide_start, end=wide_end)
        insort(taken, (wide_start, wide_end, winner), key=lambda entry: entry[0])
        return
    position = start
    for old_start, old_end, _ in (*overlapping, (end, end, mark)):
        if old_start > position and _worth(text, position, old_start):
            rest = trimmed(text, mark._replace(start=position, end=old_start))
            if rest is not None:
                insort(taken, (rest.start, rest.end, rest), key=lambda entry: entry[0])
        position = max(position, old_end)


def _first_behind(taken: list[tuple[int, int, Mark]], start: int) -> int:
    """The first taken mark that ends behind `start`."""
    low, high = 0, len(taken)
    while low < high:
        middle = (low + high) // 2
        if taken[middle][1] <= start:
            low = middle + 1
        else:
            high = middle
    return low


def _alike(one: Kind, other: Kind) -> bool:
    return any(one in group and other in group for group in _ALIKE)


def _worth(text: str, start: int, end: int) -> bool:
    """What remains of a mark counts if it has at least three letters or figures."""
    return sum(sign.isalnum() for sign in text[start:end]) > 2


_LONGEST_NAME = 200
"""No mark on a person reaches further."""


def _without_familiar(text: str, marks: list[Mark], shielded: Sequence[tuple[int, int]]) -> list[Mark]:
    """Without marks wholly in a familiar name, unless the name goes on beside it ("Peter" before "Heinsberg")."""
    covers = sorted(shielded)
    persons = sorted((mark.start, mark.end) for mark in marks if mark.kind is Kind.PERSON)
    kept = []
    for mark in marks:
        cover = None if mark.reason == "known_name" else _cover(covers, mark)
        if cover is None or _goes_on(text, persons, cover):
            kept.append(mark)
    return kept


def _cover(covers: Sequence[tuple[int, int]], mark: Mark) -> tuple[int, int] | None:
    """The familiar name that holds the whole mark."""
    at = bisect_right(covers, (mark.start, len(covers) and covers[-1][1] + mark.end))
    for start, end in reversed(covers[max(0, at - 8) : at]):
        if start <= mark.start and mark.end <= end:
            return start, end
    return None


def _goes_on(text: str, persons: Sequence[tuple[int, int]], cover: tuple[int, int]) -> bool:
    """Whether a person's name holds the familiar one or stands right beside it."""
    at = bisect_left(persons, (cover[0] - _LONGEST_NAME, 0))
    while at < len(persons) and persons[at][0] < cover[1] + 3:
        start, end = persons[at]
        at += 1
        if end <= cover[0]:
            between = text[end : cover[0]]
        elif start >= cover[1]:
            between = text[cover[1] : start]
        elif start < cover[0] or end > cover[1]:
            return True
        else:
            continue
        if len(between) < 3 and not between.strip(" -'\t"):
            return True
    return False
