"""Names that must not appear, and names that may: what the author's own records hold, and the professional side.

A known name is found in any case and inflection, without its diacritics, with ue for ü, with one slip in longer words,
torn apart, broken over a line, and as initials. A familiar name protects only itself, whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from .findings import Kind
from .inflection import ENDINGS
from .lookalikes import LEET, bare
from .text import Mark, Text, Token

_PARTICLES = (
    "von van de der den del della di da do dos das du la le el al bin ibn abu ben bint zu zur vom und y e i ter ten te "
    "op het dr prof herr frau mr mrs ms mme sr sra pan paní pani família familie family famille"
)
_NO_NAMES = frozenset(_PARTICLES.split())
_WORDS = re.compile(r"[^\W_]+")
_COMMON_ENDINGS = (
    "s",
    "es",
    "'s",
    "en",
    "n",
    "in",
    "ova",
    "ov",
    "a",
    "u",
    "i",
    "e",
    "y",
    "om",
    "em",
    "ovi",
    "ou",
    "ovej",
)
_LEAST_TORN = 5


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """The word as it sounds to the eye: small, no diacritics, ü and ue alike, doubled letters once."""
    plain = bare(word.lower())
    for pair, single in (("ue", "u"), ("oe", "o"), ("ae", "a"), ("ph", "f")):
        plain = plain.replace(pair, single)
    plain = plain.replace("ς", "σ")
    return "".join(sign for place, sign in enumerate(plain) if place == 0 or plain[place - 1] != sign)


def marks(text: Text, known: Iterable[str]) -> Iterator[Mark]:
    """Mark known names. What is no name but has figures (a number, a date) is found whatever stands between them."""
    names = [name for name in dict.fromkeys(known) if isinstance(name, str) and name.strip()]
    if not names:
        return
    letters = _Squeezed(text)
    wanted: dict[str, int] = {}
    for name in names:
        parts = _parts(name)
        for part in parts:
            wanted[fold(part)] = max(wanted.get(fold(part), 0), len(part))
        yield from letters.whole(name)
        for part in parts:
            if len(part) > 2:
                yield from letters.torn(part)
        if len(parts) > 1:
            yield from _initials(text, parts)
    yield from _words(text, wanted)


def _parts(name: str) -> list[str]:
    """The words of a name that can stand for it."""
    found = [word for word in _WORDS.findall(name) if len(word) > 1 and word.lower() not in _NO_NAMES]
    return [word for word in found if not word.isdigit()]


def _words(text: Text, wanted: dict[str, int]) -> Iterator[Mark]:
    judged: dict[str, bool] = {}
    tokens = text.tokens
    for number, token in enumerate(tokens):
        if not token.word:
            continue
        if token.form not in judged:
            judged[token.form] = _is_known(token.form, wanted, text.language)
        if not judged[token.form]:
            continue
        last = _with_initial(tokens, number)
        start, end = text.span(token.at, tokens[last].to)
        yield Mark(start, end, Kind.PERSON, 1.0, True, "known_name")


def _with_initial(tokens: Sequence[Token], number: int) -> int:
    """ "Maria K.": the initial behind belongs to it."""
    if number + 2 < len(tokens):
        initial, stop = tokens[number + 1], tokens[number + 2]
        if len(initial.form) == 1 and initial.form.isupper() and stop.form == "." and not stop.space:
            return number + 2
    return number


def _is_known(form: str, wanted: dict[str, int], language: str) -> bool:
    pieces = {form, *(_WORDS.findall(form) if not form.isalpha() else ())}
    for piece in pieces:
        folded = fold(piece)
        if len(folded) < 2:
            continue
        if folded in wanted:
            return True
        bases = _bases(folded, language)
        if not bases.isdisjoint(wanted):
            return True
        for name, length in wanted.items():
            if length < 6 or abs(len(name) - len(folded)) > 4:
                continue
            if _close(folded, name) or any(len(base) > 4 and _close(base, name) for base in bases):
                return True
            # Compounds: "Kowalczyk-Kinder" without its hyphen, "Kowalczyks".
            if len(name) > 5 and folded.startswith(name) and len(folded) - len(name) < 8:
                return True
    return False


@lru_cache(maxsize=20_000)
def _bases(folded: str, language: str) -> frozenset[str]:
    """What the word may be in its base form."""
    found = set()
    for ending in _COMMON_ENDINGS:
        if folded.endswith(ending) and len(folded) - len(ending) > 1:
            found.add(folded[: -len(ending)])
    for ending, instead in ENDINGS.get(language, {}).items():
        if folded.endswith(ending) and len(folded) - len(ending) > 1:
            found.update(fold(folded[: len(folded) - len(ending)] + one) for one in instead)
    return frozenset(found)


def _close(one: str, other: str) -> bool:
    """At most one slip apart: a letter more, less, other, or two exchanged."""
    if one == other:
        return True
    if abs(len(one) - len(other)) > 1:
        return False
    if len(one) > len(other):
        one, other = other, one
    place = 0
    while place < len(one) and one[place] == other[place]:
        place += 1
    if len(one) < len(other):
        return one[place:] == other[place + 1 :]
    if one[place + 1 :] == other[place + 1 :]:
        return True
    return one[place : place + 2] == other[place : place + 2][::-1] and one[place + 2 :] == other[place + 2 :]


def _initials(text: Text, parts: list[str]) -> Iterator[Mark]:
    """ "M.K." and "M. K." and "MK"."""
    first, last = re.escape(parts[0][0].upper()), re.escape(parts[-1][0].upper())
    pattern = re.compile(rf"(?<![^\W_])(?<!\.){first}(?:\.[ ]?|[ ])?{last}(?:\.|(?![^\W_]))(?![ ]?[A-Z]\.)")
    for match in pattern.finditer(text.plain):
        yield text.mark(*match.span(), Kind.PERSON, 0.7, False, "initials")


class _Squeezed:
    """The letters and figures of a text without anything between them."""

    def __init__(self, text: Text) -> None:
        self._text = text
        signs: list[str] = []
        places: list[int] = []
        for place, sign in enumerate(text.plain):
            if sign.isalnum() or sign in "@$€":
                for one in bare(sign.lower()) or sign:
                    signs.append(one)
                    places.append(place)
        self._places = places
        self._letters = "".join(signs)
        self._meant = self._letters.translate({ord(sign): letter for sign, letter in LEET.items()})
        self._ones = self._letters.translate(
            {ord(sign): letter for sign, letter in (LEET | {"1": "l"}).items()}
        )

    def whole(self, name: str) -> Iterator[Mark]:
        """The whole of a name or number, whatever stands between its signs."""
        wanted = "".join(sign for sign in bare(name.lower()) if sign.isalnum())
        if len(wanted) < 4:
            return
        if any(sign.isdigit() for sign in wanted):
            kind, where = Kind.NUMBER, [self._letters]
        else:
            kind, where = Kind.PERSON, [self._meant, self._ones]
        for letters in dict.fromkeys(where):
            yield from self._found(letters, wanted, kind, least=4)

    def torn(self, part: str) -> Iterator[Mark]:
        """One word of a name torn apart or in leetspeak."""
        wanted = bare(part.lower())
        spellings = {
            wanted,
            "".join({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}.get(sign, sign) for sign in part.lower()),
        }
        for spelling in spellings:
            for letters in dict.fromkeys((self._meant, self._ones)):
                yield from self._found(letters, bare(spelling), Kind.PERSON, least=_LEAST_TORN)

    def _found(self, letters: str, wanted: str, kind: Kind, least: int) -> Iterator[Mark]:
        plain = self._text.plain
        at = letters.find(wanted)
        while at >= 0:
            last = at + len(wanted) - 1
            start, end = self._places[at], self._places[last] + 1
            if self._stands_alone(plain, start, end) and self._near(at, last, least):
                yield self._text.mark(start, end, kind, 1.0, True, "known_name")
            at = letters.find(wanted, at + 1)

    def _stands_alone(self, plain: str, start: int, end: int) -> bool:
        if start and plain[start - 1].isalnum():
            return False
        rest = re.match(r"'?[^\W\d_]{0,6}", plain[end : end + 8])
        tail = rest[0].lower().lstrip("'") if rest else ""
        return not tail or tail in _COMMON_ENDINGS or tail in ENDINGS.get(self._text.language, {})

    def _near(self, at: int, last: int, least: int) -> bool:
        """Only a little stands between the signs; short names only where each sign stands apart or none."""
        gaps = [self._places[place + 1] - self._places[place] for place in range(at, last)]
        if max(gaps, default=1) > 6:
            return False
        torn = sum(gap > 1 for gap in gaps)
        return torn == 0 or last - at + 1 >= least or torn == len(gaps)


def shielded(text: Text, familiar: Iterable[str]) -> list[tuple[int, int]]:
    """Where familiar names stand whole, inflected or not: (start, end) in the original."""
    names = [tuple(fold(word) for word in _WORDS.findall(name)) for name in familiar if isinstance(name, str)]
    names = [name for name in dict.fromkeys(names) if name and len("".join(name)) > 1]
    if not names:
        return []
    words: list[tuple[str, int, int]] = []
    for token in text.tokens:
        if token.word or token.form.isdigit():
            if token.form.isalnum():
                words.append((token.form, token.start, token.end))
            else:
                for match in _WORDS.finditer(text.plain, token.at, token.to):
                    words.append((match[0], *text.span(*match.span())))
    folded = [fold(word) for word, _, _ in words]
    firsts: dict[str, list[int]] = {}
    for place, word in enumerate(folded):
        firsts.setdefault(word, []).append(place)
        for base in _bases(word, text.language):
            firsts.setdefault(base, []).append(place)
    found: list[tuple[int, int]] = []
    for name in names:
        for place in firsts.get(name[0], ()):
            if place + len(name) <= len(words) and all(
                folded[place + step] == part or part in _bases(folded[place + step], text.language)
                for step, part in enumerate(name)
            ):
                found.append((words[place][1], words[place + len(name) - 1][2]))
    return found
