"""Joins what the layers marked: no overlaps, in order; certain goes before check, and longer before shorter."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
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
    taken: list[Mark] = []
    ends: list[int] = []
    for mark in found:
        _place(text, taken, ends, mark)
    return taken


def _precedence(mark: Mark) -> tuple[bool, int, int, float, int]:
    return (not mark.certain, -(mark.end - mark.start), _RANK[mark.kind], -mark.confidence, mark.start)


def _place(text: str, taken: list[Mark], ends: list[int], mark: Mark) -> None:
    """Add a mark beside those already taken; where they overlap, a mark of a like kind widens what is there.

    `ends` are those of the marks taken, which stand in the order of the text.
    """
    start, end = mark.start, mark.end
    at = last = bisect_right(ends, start)
    while last < len(taken) and taken[last].start < end:
        last += 1
    if at == last:
        taken.insert(at, mark)
        ends.insert(at, end)
        return
    overlapping = taken[at:last]
    if len(overlapping) == 1 and _alike(overlapping[0].kind, mark.kind):
        old = overlapping[0]
        taken[at] = old._replace(start=min(old.start, start), end=max(old.end, end))
        ends[at] = taken[at].end
        return
    position = start
    for old_start, old_end in (*((old.start, old.end) for old in overlapping), (end, end)):
        if old_start > position and _worth(text, position, old_start):
            rest = trimmed(text, mark._replace(start=position, end=old_start))
            if rest is not None:
                place = bisect_right(ends, rest.start)
                taken.insert(place, rest)
                ends.insert(place, rest.end)
        position = max(position, old_end)


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
