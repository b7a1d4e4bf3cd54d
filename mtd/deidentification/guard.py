"""The one entry: runs the layers over a text within a time budget and joins what they mark."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import cache

from . import generalise, patterns, public, rare, tagger
from . import known as knowing
from .explain import explanation
from .findings import LANGUAGES, Finding, Findings, Kind, Problem, Strength
from .joining import joined
from .language import parts, recognise, spoken_throughout, undoubted
from .text import Mark, Text, read

LIMIT = 200_000
"""Code points that are read; a longer text is judged so far and counts as not judged."""
BUDGET = 0.25
BUDGET_A_PAGE = 0.005
"""Seconds of work on a text: a fixed part, and one for every page of 1,800 characters.

Counted is the time that this thread worked: a busy machine is no reason to refuse a text, a text that takes too much
work is.
"""
PAGE = 1_800

_FAR = re.compile(r"[\u02b0-\u1dff\u1f00-\u1fff\u2c00-\ud7ff\uf900-\uffff\U00010000-\U0010ffff]")
"""Any sign that is not Latin."""
_FAR_FROM_GREEK = re.compile(r"[\u02b0-\u036f\u0400-\u1dff\u2c00-\ud7ff\uf900-\uffff\U00010000-\U0010ffff]")
_FOREIGN = re.compile(r"[^\W\d_]+(?:[ '-]{1,2}[^\W\d_]+)*")


class _Over(Exception):
    """The budget is spent."""


class _Clock:
    """The budget of one text."""

    def __init__(self, size: int) -> None:
        budget = BUDGET + BUDGET_A_PAGE * size / PAGE
        self._end = time.thread_time() + budget
        self._soon = time.perf_counter() + budget

    def check(self) -> None:
        """Raise if the budget is spent."""
        # No thread works longer than time goes by, and the clock on the wall costs far less to read.
        if time.perf_counter() > self._soon and time.thread_time() > self._end:
            raise _Over


def find(text: str, language: str, known: Iterable[str] = (), *, familiar: Iterable[str] = ()) -> Findings:
    """Find what could identify a family in `text`.

    `language` is one of LANGUAGES, or "" to have it recognised. `known` are names that must not appear (certain, in
    any spelling and inflection); `familiar` are public names of the professional side (organisations, colleagues,
    the network's region) which are not marked. Never raises, whatever it is given.
    """
    try:
        return _find(text, language, tuple(known), tuple(familiar))
    except Exception:
        # Whatever went wrong, the text was not judged; the text itself must not reach a log, so nothing is logged.
        return Findings((), Problem.FAILURE, language if isinstance(language, str) else "")


def warm(languages: Iterable[str] = LANGUAGES) -> None:
    """Load lists and models now instead of with the first text."""
    for language in languages:
        if language in LANGUAGES:
            _ready(language)


@cache
def _ready(language: str) -> bool:
    """Lists, model and expressions of a language are loaded; loading is no part of a text's budget."""
    tagger.warm(language)
    sample = read("Anna Novak, 12.3.2017, 0170 1234567.", language)
    for layer in _layers():
        for _ in layer(sample):
            pass
    return True


def _layers() -> tuple[Callable[[Text], Iterable[Mark]], ...]:
    return (*patterns.LAYERS, _foreign, tagger.marks, rare.marks)


def _find(original: str, language: str, known: tuple[str, ...], familiar: tuple[str, ...]) -> Findings:
    problem = Problem.NONE
    text = original
    if len(text) > LIMIT:
        text, problem = text[:LIMIT], Problem.LENGTH
    if not text.strip():
        return Findings((), problem, language if language in LANGUAGES else "")
    spoken, understood, pieces = _spoken(text, language)
    if not understood:
        problem = problem or Problem.LANGUAGE
    for _, _, piece_language in pieces:
        _ready(piece_language)
    clock = _Clock(len(text))
    marks: list[Mark] = []
    shields: list[tuple[int, int]] = []
    texts: list[tuple[int, Text]] = []
    try:
        for start, end, piece_language in pieces:
            if texts:
                clock.check()
            piece = read(text[start:end] if len(pieces) > 1 else text, piece_language)
            texts.append((start, piece))
            shields += [(start + begin, start + stop) for begin, stop in knowing.shielded(piece, familiar)]
            shields += [(start + begin, start + stop) for begin, stop in public.spans(piece)]
            for mark in _marked(piece, known, clock):
                marks.append(mark._replace(start=mark.start + start, end=mark.end + start) if start else mark)
        clock.check()
    except _Over:
        problem = problem or Problem.TIME  # a text too long stays one, however far it was read
    found = joined(text, _surer(marks), shields)
    return Findings(tuple(_findings(found, texts, clock)), problem, spoken if understood else "")


_Pieces = list[tuple[int, int, str]]


def _spoken(text: str, language: str) -> tuple[str, bool, _Pieces]:
    """The language to read the text in, whether it is one of ours, and the pieces of one language each."""
    if language in LANGUAGES:
        if spoken_throughout(text, language):
            return language, True, [(0, len(text), language)]
        # What is plainly in a language that is not ours (in another script, say) cannot be judged, whatever is said.
        kept = len(text) < 80 or undoubted(text[:20_000], language)
        recognised = language if kept else recognise(text, language)
        if recognised not in LANGUAGES:
            return language, False, [(0, len(text), language)]
        return recognised, True, parts(text, recognised)
    recognised = recognise(text)
    if recognised not in LANGUAGES:
        return "en", False, [(0, len(text), "en")]
    if language:
        return recognised, False, [(0, len(text), recognised)]
    return recognised, True, parts(text, recognised)


def _marked(text: Text, known: tuple[str, ...], clock: _Clock) -> Iterator[Mark]:
    for at, layer in enumerate((lambda one: knowing.marks(one, known), *_layers())):
        if at > 1:  # known names, addresses and telephones are looked for however long the reading took
            clock.check()
        for number, mark in enumerate(layer(text)):
            if number % 32 == 31:
                clock.check()
            yield mark


def _foreign(text: Text) -> Iterator[Mark]:
    """Words in a script that this language is not written in: they may be a name, and cannot be judged."""
    far = _FAR_FROM_GREEK if text.language == "el" else _FAR
    if far.search(text.plain) is None:
        return
    for match in _FOREIGN.finditer(text.plain):
        if match[0].isascii():
            continue
        start = end = -1
        for place in range(match.start(), match.end()):
            if _strange(text.plain[place], text.language):
                start, end = (place if start < 0 else start), place + 1
        if start >= 0 and end - start > 1:
            yield text.mark(start, end, Kind.PERSON, 0.5, False, "foreign_script")


def _strange(sign: str, language: str) -> bool:
    code = ord(sign)
    if code < 0x2B0 or not sign.isalpha() or 0x1E00 <= code <= 0x1EFF:
        return False
    greek = 0x370 <= code <= 0x3FF or 0x1F00 <= code <= 0x1FFF
    return not (greek and language == "el")


def _surer(marks: list[Mark]) -> list[Mark]:
    """Initials of a known name are certain where a place is told as well."""
    if not any(mark.kind in (Kind.PLACE, Kind.ADDRESS) for mark in marks):
        return marks
    return [mark._replace(certain=True) if mark.reason == "initials" else mark for mark in marks]


def _findings(marks: list[Mark], texts: list[tuple[int, Text]], clock: _Clock) -> Iterator[Finding]:
    floor = at = 0
    today = datetime.now(UTC).date()
    for mark in marks:
        start, suggestion = mark.start, ""
        while at + 1 < len(texts) and texts[at + 1][0] <= start:
            at += 1
        offset, text = texts[at] if texts and texts[at][0] <= start else (0, None)
        if text is not None:
            try:
                clock.check()
                here = mark._replace(start=mark.start - offset, end=mark.end - offset) if offset else mark
                # "Frau" goes together with the name, so that "die Mutter" fits into the sentence.
                start, suggestion = generalise.propose(here, text, floor=max(0, floor - offset), today=today)
                start += offset
            except _Over:
                pass  # a finding without a suggestion is still a finding
        floor = mark.end
        yield Finding(
            start,
            mark.end,
            mark.kind,
            Strength.CERTAIN if mark.certain else Strength.CHECK,
            mark.confidence,
            mark.reason,
            explanation(mark.reason),
            suggestion,
        )
