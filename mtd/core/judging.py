"""A text as the identity guard sees it, and what a person has decided about its passages."""

from __future__ import annotations

import functools
import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import get_language

from mtd.deidentification import LANGUAGES, Finding, Findings, Kind, Problem, Strength, find

from .encryption import fingerprint
from .guard_words import PROBLEMS, REASONS_FOR_DATES, REASONS_TO_KEEP, explanation, kind_word, what_is_open

_familiar: ContextVar[Callable[[], Iterable[str]]] = ContextVar("mtd_familiar", default=tuple)
_spoken: ContextVar[tuple[str, ...]] = ContextVar("mtd_spoken", default=())

FEW_WORDS = 120
"""Characters up to which the language of a text cannot surely be told from the text itself."""


@contextmanager
def familiar_from(names: Callable[[], Iterable[str]], languages: Iterable[str] = ()) -> Iterator[None]:
    """For one request: where the public names of the person's own networks come from, asked once and only if needed;
    and the languages in which people write there, besides the one of the page."""
    held, spoken = _familiar.set(functools.cache(names)), _spoken.set(tuple(languages))
    try:
        yield
    finally:
        _familiar.reset(held)
        _spoken.reset(spoken)


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage, wherever it stands in the text: one thing to decide."""

    number: int
    token: str
    kind: Kind
    must_go: bool
    words: str
    reason: str
    suggestion: str
    spans: tuple[tuple[int, int, str], ...]
    """Where it stands, counted as browsers count (UTF-16 units, a line's end as one), and what could stand there."""
    kept: str = ""
    """The code of the reason why it may stay."""

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """The short list of reasons why it may stay, code and words."""
        return [(code, str(words)) for code, words in _reasons(self.kind).items()]

    @property
    def open(self) -> bool:
        return self.must_go or not self.kept

    @property
    def kind_word(self) -> str:
        return kind_word(self.kind)

    @property
    def explanation(self) -> str:
        return explanation(self.reason)

    @property
    def places(self) -> str:
        """`spans` for the script of the page."""
        return json.dumps(self.spans, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the guard says about a text, and what the person has decided about it."""

    text: str
    passages: tuple[Passage, ...] = ()
    problem: Problem = Problem.NONE
    strict: bool = True
    taken: bool = False
    """A suggestion was put in: `text` is not what was typed, so a person must see it before it goes anywhere."""
    settled: frozenset[str] = frozenset()

    @property
    def must_go(self) -> int:
        return sum(passage.must_go for passage in self.passages)

    @property
    def to_check(self) -> int:
        return sum(passage.open and not passage.must_go for passage in self.passages)

    @property
    def clear(self) -> bool:
        """Judged as a whole, and nothing is open."""
        return self.problem is Problem.NONE and not self.must_go and not self.to_check

    @property
    def kept(self) -> dict[str, str]:
        """Token -> code of the reason, of the passages that may stay."""
        return {passage.token: passage.kept for passage in self.passages if not passage.open}

    @property
    def left(self) -> str:
        """How many passages are open, in words."""
        return what_is_open(self.must_go, self.to_check)

    @property
    def problem_words(self) -> str:
        """Why it could not be judged, and what to do; empty if it was."""
        return str(PROBLEMS[self.problem]) if self.problem is not Problem.NONE else ""


def _reasons(kind: Kind) -> dict[str, Promise]:
    return REASONS_FOR_DATES if kind is Kind.DATE else REASONS_TO_KEEP


def token_of(kind: Kind, words: str) -> str:
    """Stands for one passage without telling it; the same for the same words, however lines are broken."""
    return fingerprint(f"guard {kind.value} {' '.join(words.split())}")[:16]


def judge(
    text: str,
    *,
    language: str = "",
    keep: Mapping[str, str] | None = None,
    take: Iterable[str] = (),
    settled: str | Iterable[str] = (),
    strict: bool = True,
    dates: bool = False,
) -> Judgement:
    """Judge a text. `keep`: token -> reason; `take`: tokens whose suggestion goes in; `settled`: a text that passed
    this guard before (or its tokens), whose passages to check were decided then; `dates`: the text is about the
    work of professionals, so years may stand in it and days are to be checked. Never raises."""
    languages = _languages(language)
    if isinstance(settled, str):
        settled = _tokens_to_check(settled, languages, dates)
    found = _find(text, languages, dates)
    wanted = frozenset(take)
    taken = False
    if wanted:
        for item in reversed(found[0]):
            if item.suggestion and _token(text, item) in wanted:
                text, taken = text[: item.start] + item.suggestion + text[item.end :], True
        if taken:
            found = _find(text, languages, dates)
    items, problem = found
    passages = tuple(_passages(text, items, keep or {}, frozenset(settled)))
    return Judgement(text, passages, problem, strict, taken, frozenset(settled))


def _languages(given: str) -> tuple[str, ...]:
    """What the text may be in: the language given, else the one of the page and then those of the person's network."""
    page = (get_language() or "").partition("-")[0]
    known = [code for code in ((given,) if given else (page, *_spoken.get())) if code in LANGUAGES]
    return tuple(dict.fromkeys(known)) or ("",)


def _find(text: str, languages: tuple[str, ...], dates: bool) -> tuple[tuple[Finding, ...], Problem]:
    """A few words are read in each language and count as the one in which the least of them is strange: whoever has
    chosen an English page may well write German, and "Kein Geld" is no name. A real name is strange in both."""
    familiar = tuple(_familiar.get()())
    found = find(text, languages[0], familiar=familiar)
    if len(text) <= FEW_WORDS and not found.clear:
        others = [find(text, language, familiar=familiar) for language in languages[1:]]
        readings = (found, *others)
        found = min(readings, key=lambda one: (one.problem is not Problem.NONE, len(one), -len(one.certain)))
        items = tuple(_with_what_needs_no_language(found, readings))
        return tuple(_of_work(items) if dates else items), found.problem
    return tuple(_of_work(found.items) if dates else found.items), found.problem


_NAMES = frozenset({Kind.PERSON, Kind.PLACE, Kind.ORGANISATION})


def _with_what_needs_no_language(chosen: Findings, readings: Iterable[Findings]) -> list[Finding]:
    """The findings of one reading, and of the others what no reading takes for an ordinary word: what is certain,
    what has a shape, and what is rare, such as "the only vet"."""
    kept = list(chosen.items)
    for reading in readings:
        for item in reading.items:
            sure = item.strength is Strength.CERTAIN or item.kind not in _NAMES
            if sure and all(item.end <= other.start or other.end <= item.start for other in kept):
                kept.append(item)
    return sorted(kept, key=lambda item: item.start)


def _of_work(items: Iterable[Finding]) -> Iterator[Finding]:
    """Minutes and reports are full of years and of days on which professionals meet. Dates of birth stay certain."""
    for item in items:
        if item.kind is not Kind.DATE:
            yield item
        elif item.reason != "month_year":
            yield replace(item, strength=Strength.CHECK)


def _token(text: str, item: Finding) -> str:
    return token_of(item.kind, text[item.start : item.end])


def _tokens_to_check(text: str, languages: tuple[str, ...], dates: bool) -> frozenset[str]:
    items = _find(text, languages, dates)[0] if text else ()
    return frozenset(_token(text, item) for item in items if item.strength is Strength.CHECK)


def _passages(
    text: str, items: Iterable[Finding], keep: Mapping[str, str], settled: frozenset[str]
) -> Iterator[Passage]:
    together: dict[str, list[Finding]] = {}
    for item in items:
        together.setdefault(_token(text, item), []).append(item)
    units = _Units(text)
    number = 0
    for token, same in together.items():
        must_go = any(item.strength is Strength.CERTAIN for item in same)
        if token in settled and not must_go:
            continue
        number += 1
        first = same[0]
        reason = keep.get(token, "")
        yield Passage(
            number=number,
            token=token,
            kind=first.kind,
            must_go=must_go,
            words=" ".join(text[first.start : first.end].split()) or text[first.start : first.end],
            reason=next((item.reason for item in same if item.strength is Strength.CERTAIN), first.reason),
            suggestion=next((item.suggestion for item in same if item.suggestion), ""),
            spans=tuple((units.at(item.start), units.at(item.end), item.suggestion) for item in same),
            kept="" if must_go or reason not in _reasons(first.kind) else reason,
        )


_WIDE = re.compile("[\U00010000-\U0010ffff]")
_LINE_END = re.compile("\r\n")


class _Units:
    """Turns a place in a text into the place that a browser's text field means by it."""

    def __init__(self, text: str) -> None:
        # Noted once, so that a long text full of passages is not read anew for each of them.
        self.wide = [match.start() for match in _WIDE.finditer(text)]
        self.ends = [match.start() for match in _LINE_END.finditer(text)]

    def at(self, place: int) -> int:
        return place + bisect_left(self.wide, place) - bisect_right(self.ends, place - 2)
