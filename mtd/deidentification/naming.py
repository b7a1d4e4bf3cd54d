"""Names by what is said around them: "den alle nur Pille nennen", a column of nicknames, a line of those present.

The words are in shared/naming.toml. What stands there for a name is one even if it is small and a usual word.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from .addressing import AND
from .facts import Facts, facts
from .kept import Kept
from .lists import GIVEN, OWN, SURNAME, fold
from .text import Text, Token

FILE: Final = Path(__file__).parent / "shared" / "naming.toml"

_QUOTES: Final = frozenset("\"'„“”«»‚‘’‹›")
_ENDS: Final = frozenset(".,;:!?()|–—/")
_ARTICLES: Final = frozenset(
    "the der die das den de het el la los las le les il lo gli i o a os as ο η το τον την ta ten to".split()  # noqa: SIM905
)
_FUNCTION: Final = 12
"""A word as usual as this is none that anybody is called by, unless it has a capital or quotation marks."""
_NEVER: Final = frozenset(("month", "public", "kin", "title", "job"))
_POSSESSIVE: Final = frozenset(("fi", "cs", "sk", "sl"))
"""Where whose relative somebody is stands before the word for the relative, without a preposition."""
_BEFORE_NICKNAMES: Final = {
    "es": frozenset(("el", "al")),
    "pt": frozenset(("o", "ao", "pro", "pelo", "do")),
    "it": frozenset(("il", "lo", "la", "al")),
}
_LONGEST_HEAD: Final = 8
"""Tokens between the word that opens a line of those present and its colon."""


class _Phrase(NamedTuple):
    """What is said around a name, from the word by which it is looked for: to its left backwards, to its right."""

    left: tuple[frozenset[str], ...]
    right: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class _Naming:
    called: dict[str, tuple[_Phrase, ...]]
    columns: frozenset[str]
    people: frozenset[str]
    births: frozenset[str]
    present: frozenset[str]
    greetings: frozenset[str]
    joined: frozenset[str]
    opening: frozenset[str]
    """Every word by which something is looked for."""


_NAME: Final = frozenset("*")
_LARGE_NAME: Final = frozenset("!")
_END: Final = frozenset("$")
_SLOTS: Final = (_NAME, _LARGE_NAME)


@cache
def _naming(language: str) -> _Naming:
    with FILE.open("rb") as stream:
        data = tomllib.load(stream)[language]
    called: dict[str, list[_Phrase]] = defaultdict(list)
    for line in data["called"].strip().splitlines():
        for words in _without_optional(line.split()):
            fixed = [at for at, one in enumerate(words) if one not in (*_SLOTS, _END)]
            anchor = max(fixed, key=lambda at: min(len(word) for word in words[at]))
            phrase = _Phrase(tuple(reversed(words[:anchor])), tuple(words[anchor + 1 :]))
            for word in words[anchor]:
                called[word].append(phrase)
    lists = {
        name: frozenset(fold(word.replace("_", " ")) for word in data[name].split())
        for name in ("columns", "people", "births", "present", "greetings", "joined")
    }
    # "Fanda mu říkají" goes before "mu říkají Fanda".
    ordered = {word: tuple(sorted(found, key=lambda one: not _leads(one))) for word, found in called.items()}
    opening = frozenset(ordered) | lists["present"] | lists["greetings"]
    return _Naming(ordered, **lists, opening=opening)


@cache
def _asked(language: str) -> Kept[str]:
    """Word -> the word folded if something is looked for by it, else ""."""
    opening = _naming(language).opening

    def ask(norm: str) -> str:
        folded = fold(norm)
        return folded if folded in opening or "-" in norm else ""

    return Kept(ask)


def _leads(phrase: _Phrase) -> bool:
    return any(words in _SLOTS for words in phrase.left)


def _without_optional(words: Sequence[str]) -> Iterator[tuple[frozenset[str], ...]]:
    """Each way to read a phrase: with and without what may be missing."""
    readings: list[list[frozenset[str]]] = [[]]
    for word in words:
        options = frozenset(fold(one) for one in word.removesuffix("?").split("/"))
        longer = [[*reading, options] for reading in readings]
        readings = readings + longer if word.endswith("?") else longer
    yield from (tuple(reading) for reading in readings)


def mark_named(text: Text, kinds: list[int], vouched: set[int], person: int) -> None:
    """Mark who is called something, stands in a column of names, is present or absent, or is greeted."""
    naming = _naming(text.language)
    tokens = text.tokens
    found: set[int] = set()
    asked = _asked(text.language)
    for at in text.places([norm for norm in text.said if asked[norm]]):
        token = tokens[at]
        folded = asked[token.norm]
        for phrase in naming.called.get(folded, ()):
            if named := _called(text, at, phrase):
                found.update(named)
                break
        if folded in naming.present and _opens_line(text, at):
            found.update(_present(text, at))
        if folded in naming.greetings and _opens_line(text, at):
            found.update(_greeted(text, at))
        if naming.joined and "-" in token.norm and fold(token.norm.partition("-")[0]) in naming.joined:
            found.add(at)
    if "|" in text.plain or "\t" in text.plain:
        found.update(_columns(text, naming))
    for at in found:
        kinds[at] = person
        vouched.add(at)
    _mark_beside(text, kinds, vouched, person)


def _mark_beside(text: Text, kinds: list[int], vouched: set[int], person: int) -> None:
    """Mark who is told together with a person ("Tuuli ja Into"), or as somebody's relative ("Toivon äiti")."""
    tokens, language = text.tokens, text.language
    capitals = not (text.small or text.shouted)
    both = AND.get(language, frozenset())
    articles = _BEFORE_NICKNAMES.get(language, frozenset()) if capitals else frozenset()
    # Only a word with a capital is meant here, or without any capitals whose relative somebody is.
    everywhere = range(len(tokens)) if language in _POSSESSIVE else ()
    for at in text.large if capitals else everywhere:
        token = tokens[at]
        if at in vouched or kinds[at] not in (-1, person) or not token.word or len(token.form) < 3:
            continue
        large = capitals and token.form[0].isupper()
        with_person = at > 1 and kinds[at - 2] == person and tokens[at - 1].norm in both
        owner = (
            language in _POSSESSIVE
            and at + 1 < len(tokens)
            and (large or not capitals)
            and "kin" in facts(tokens[at + 1].norm, language).labels
        )
        nickname = large and not token.opens and bool(at) and tokens[at - 1].norm in articles
        if not (owner or nickname or (with_person and large and not token.opens)):
            continue
        known = facts(token.norm, language)
        if nickname and not _is_nickname(tokens, at, known):
            continue
        if known.usual >= _FUNCTION - 1 or (known.labels & _NEVER and "both" not in known.labels):
            continue
        listed = bool((known.name | known.inner) & GIVEN and (known.name | known.inner) & OWN)
        if nickname or (with_person and "both" in known.labels) or (listed and (large or not known.common)):
            kinds[at] = person
            vouched.add(at)


def _is_nickname(tokens: Sequence[Token], at: int, known: Facts) -> bool:
    """Whether a word with a capital behind an article is what somebody is called: "que venga el Rata"."""
    behind = tokens[at + 1] if at + 1 < len(tokens) else None
    if behind is not None and (behind.form[:1].isupper() or behind.form[:1].isdigit() or behind.form == "-"):
        return False  # an institution of several words
    listed = bool(known.name & (GIVEN | SURNAME))
    return listed and known.common and not known.head and not known.labels - {"both", "field"}


def _called(text: Text, at: int, phrase: _Phrase) -> list[int]:
    """The tokens that stand for the name where the phrase stands around token `at`."""
    left = _fits(text, phrase.left, at - 1, -1)
    if left is None:
        return []
    right = _fits(text, phrase.right, at + 1, 1)
    return [] if right is None else left + right


def _fits(text: Text, words: tuple[frozenset[str], ...], at: int, step: int) -> list[int] | None:
    """What stands for the name if the words stand there, read in one direction; None if they do not."""
    tokens = text.tokens
    if not words:
        return []
    inside = 0 <= at < len(tokens)
    wanted, rest = words[0], words[1:]
    if wanted == _END:
        return [] if not inside or tokens[at].form in _ENDS else None
    if not inside:
        return None
    if wanted in _SLOTS:
        return _slot(text, at, step, wanted == _LARGE_NAME, rest)
    return _fits(text, rest, at + step, step) if fold(tokens[at].norm) in wanted else None


def _slot(text: Text, at: int, step: int, large: bool, rest: tuple[frozenset[str], ...]) -> list[int] | None:
    """The tokens from `at` on that stand for a name, so that the rest of the phrase fits beside them."""
    tokens = text.tokens
    if step > 0 and tokens[at].form == "'" and at + 1 < len(tokens) and tokens[at + 1].form == "o":
        at += 1  # "detto 'o Russo"
    quoted = tokens[at].form in _QUOTES
    at += step if quoted else 0
    while step > 0 and at + 1 < len(tokens) and tokens[at].norm in _ARTICLES and _may_open(tokens, at):
        at += 1
    taken: list[int] = []
    while 0 <= at < len(tokens) and tokens[at].word and len(taken) < 3:
        if not quoted and taken and (tokens[max(at, taken[-1])].opens or not _goes_on(text, at, rest)):
            break
        taken.append(at)
        at += step
        if rest and not quoted:
            beside = _fits(text, rest, at, step)
            if beside is not None and _is_called(text, taken, large, quoted):
                return taken + beside
        elif step < 0 and not quoted:
            return taken if _is_surely_called(text, at - step) else None
    if rest and not quoted:
        return None
    if quoted:
        closed = 0 <= at < len(tokens) and tokens[at].form in _QUOTES
        if not closed or _fits(text, rest, at + step, step) is None:
            return None
    return taken if taken and _is_called(text, taken, large, quoted) else None


def _may_open(tokens: Sequence[Token], at: int) -> bool:
    """Whether an article stands before a name that follows: "el pollo"; "la" alone may be a name itself."""
    return tokens[at + 1].word and not tokens[at + 1].opens


def _goes_on(text: Text, at: int, rest: tuple[frozenset[str], ...]) -> bool:
    """Whether a name has one more word: between words of a phrase it may, at its end only with a capital."""
    if rest:
        return True
    return not (text.small or text.shouted) and text.tokens[at].form[0].isupper()


def _is_called(text: Text, taken: Sequence[int], large: bool, quoted: bool) -> bool:
    """Whether somebody may be called so."""
    tokens, language = text.tokens, text.language
    capitals = not (text.small or text.shouted)
    main = tokens[max(taken)]
    known = facts(main.norm, language)
    if len(main.form) < 2 or (known.labels & _NEVER and not known.labels & {"both", "nick"}):
        return False
    if quoted:
        return True
    capital = capitals and main.form[0].isupper() and (language != "de" or not known.common)
    if large and not capital:
        return bool(not known.common and known.name & OWN)
    return capital or (known.usual < _FUNCTION and "-plain" not in known.labels)


def _is_surely_called(text: Text, at: int) -> bool:
    """Whether a word before what is said about it is a name: there, anybody may be told to say so."""
    token = text.tokens[at]
    known = facts(token.norm, text.language)
    if known.labels & _NEVER and not known.labels & {"both", "nick"}:
        return False
    listed = bool((known.name | known.inner) & OWN) and not known.common
    large = not (text.small or text.shouted) and token.form[0].isupper() and not token.opens
    return listed or (not known.common and known.usual < 5) or (large and text.language != "de")


def _opens_line(text: Text, at: int) -> bool:
    """Whether a token begins a line, or a part of the text behind a stop."""
    return at == 0 or "\n" in text.plain[text.tokens[at - 1].to : text.tokens[at].at] or text.tokens[at].opens


def _present(text: Text, at: int) -> Iterator[int]:
    """The names behind "Entschuldigt:" up to the end of the line."""
    tokens = text.tokens
    colon = next(
        (one for one in range(at + 1, min(len(tokens), at + _LONGEST_HEAD)) if tokens[one].form == ":"), -1
    )
    if colon < 0 or "\n" in text.plain[tokens[at].to : tokens[colon].at]:
        return
    depth = 0
    for place in range(colon + 1, len(tokens)):
        token = tokens[place]
        if "\n" in text.plain[tokens[place - 1].to : token.at] or (
            token.form in ".!?" and _ends(text, place)
        ):
            return
        depth += (token.form in "([") - (token.form in ")]")
        if depth <= 0 and token.word and _is_listed_person(text, place):
            yield place


def _ends(text: Text, at: int) -> bool:
    """Whether a stop ends the list, and does not belong to a title or an initial."""
    before = text.tokens[at - 1]
    known = facts(before.norm, text.language)
    return len(before.form) > 3 and not known.title and not facts(before.norm + ".", text.language).title


def _is_listed_person(text: Text, at: int) -> bool:
    """Whether a word in a line of those present is a name, and not who she is there as."""
    token, language = text.tokens[at], text.language
    known = facts(token.norm, language)
    listed = bool(known.name & (GIVEN | SURNAME))
    if len(token.form) < 3 or known.head or (known.vocabulary and "both" not in known.labels):
        return False
    if text.small or text.shouted:
        return listed and known.usual < _FUNCTION + 1 if known.common else known.usual < 5
    if not token.form[0].isupper() or (token.form.isupper() and len(token.form) < 5):
        return False
    return listed or not known.common


def _greeted(text: Text, at: int) -> Iterator[int]:
    """The first name behind a greeting that begins a message or a line."""
    tokens = text.tokens
    if at + 1 >= len(tokens):
        return
    name = tokens[at + 1]
    known = facts(name.norm, text.language)
    listed = bool((known.name | known.inner) & OWN) or "nick" in known.labels
    usual = known.usual >= _FUNCTION - 1 or known.labels & (_NEVER | {"field", "-plain"})
    if name.word and name.space and len(name.form) > 1 and listed and not usual:
        yield at + 1


def _columns(text: Text, naming: _Naming) -> Iterator[int]:
    """The names in columns whose head says that they are some."""
    wanted: list[bool] = []
    begin = 0
    for line in text.plain.split("\n"):
        sign = "|" if "|" in line else "\t" if "\t" in line else ""
        if not sign:
            wanted = []
        else:
            cells = line.split(sign)
            heads = _wanted(cells, naming)
            if any(heads):
                wanted = heads
            elif len(cells) <= len(wanted) + 1:
                place = begin
                for cell, is_name in zip(cells, wanted, strict=False):
                    if is_name:
                        yield from _cell(text, place, place + len(cell))
                    place += len(cell) + 1
        begin += len(line) + 1


def _wanted(cells: Sequence[str], naming: _Naming) -> list[bool]:
    """Which cells are heads of columns of names."""
    heads = [fold(cell.strip(" .:*_#\r")) for cell in cells]
    if len(heads) < 2:
        return []
    called = [head in naming.columns for head in heads]
    if any(called) or any(head in naming.births or f"{head}." in naming.births for head in heads):
        return [one or head in naming.people for one, head in zip(called, heads, strict=True)]
    return called


def _cell(text: Text, at: int, to: int) -> Iterator[int]:
    """The words of a cell with a name; a cell with many words holds something else."""
    place = text.token_at(at) + (text.token_at(at) < 0)
    found = []
    while place < len(text.tokens) and text.tokens[place].at < to:
        token = text.tokens[place]
        if token.word and token.at >= at:
            found.append(place)
        place += 1
    words = [one for one in found if len(text.tokens[one].form) > 1]
    if len(words) > 4:
        return
    for one in words:
        known = facts(text.tokens[one].norm, text.language)
        if known.usual < _FUNCTION + 1 or known.name & OWN:
            yield one
