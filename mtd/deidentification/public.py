"""Names that everybody uses and that identify nobody: "Agentur für Arbeit", "Family Group Conference".

A passage of this kind is shielded: a mark that lies wholly in it is dropped. With a place or a name beside it
("Agentur für Arbeit Heinsberg") the mark is longer than the passage, and stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Final, NamedTuple

from . import bodies, eponyms, quoted
from .kept import Kept
from .lexicon import Lexicon, lexicon
from .lists import fold
from .patterns import dates, days
from .text import Text, Token
from .words import tokens as words_of

_LINKS: Final = frozenset(
    (
        *(
            "of",
            "and",
            "for",
            "the",
            "&",
            "und",
            "für",
            "der",
            "des",
            "zur",
            "van",
            "voor",
            "de",
            "het",
            "du",
            "la",
        ),
        *(
            "et",
            "pour",
            "d'",
            "l'",
            "y",
            "e",
            "del",
            "para",
            "di",
            "per",
            "della",
            "dei",
            "degli",
            "dell'",
            "do",
        ),
        *(
            "da",
            "dos",
            "das",
            "ja",
            "a",
            "pre",
            "pro",
            "za",
            "in",
            "και",
            "της",
            "του",
            "των",
            "για",
            "'",
            "s",
        ),
    )
)
"""Small words inside such a name."""
_JOINS: Final = frozenset(
    (
        "und",
        "oder",
        "and",
        "or",
        "en",
        "of",
        "et",
        "ou",
        "y",
        "o",
        "e",
        "ja",
        "tai",
        "και",
        "ή",
        "in",
        "ali",
        "a",
        "alebo",
        "nebo",
    )
)
"""Behind a word for a kind of organisation: "in die Kita und zum Arzt" names none."""
_UNITS: Final = {"de": ("J", "Mon", "Wo", "Std"), "nl": ("Jr", "Mnd")}
_EVERYWHERE: Final = frozenset(
    (
        "iban",
        "bic",
        "whatsapp",
        "instagram",
        "insta",
        "tiktok",
        "snapchat",
        "facebook",
        "youtube",
        "telegram",
        "google",
        "mail",
        "sms",
    )
)
"""Words that are the same in every language and name nobody."""


_INFLECTING: Final = frozenset(("fi", "el", "sl", "sk", "cs"))
"""Languages in which a name of several words is known by their beginnings."""
_KEY: Final = 4


@cache
def _phrases(language: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """First word -> the phrases that begin with it, longest first; single words as well."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for entry in lexicon(language).public.whole:
        parts = tuple(token.norm for token in words_of(entry, None))
        if parts:
            found.setdefault(parts[0], []).append(parts)
    return {first: tuple(sorted(group, key=len, reverse=True)) for first, group in found.items()}


@cache
def _inflected(language: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Beginning of the first word, folded -> the phrases of several words that begin so, longest first."""
    found: dict[str, set[tuple[str, ...]]] = {}
    if language in _INFLECTING:
        for group in _phrases(language).values():
            for parts in group:
                if len(parts) > 1 and parts[0] != "euroopan":  # in corpora the Union's bodies count as names
                    folded = tuple(fold(part) for part in parts)
                    found.setdefault(folded[0][:_KEY], set()).add(folded)
    return {key: tuple(sorted(group, key=len, reverse=True)) for key, group in found.items()}


@cache
def _kinds(language: str) -> frozenset[str]:
    """The words for kinds of organisations."""
    return frozenset().union(*(group.whole for group in lexicon(language).organisations.values()))


class _Word(NamedTuple):
    """What a word may be, or begin."""

    telling: eponyms.Telling | None
    spoken: frozenset[str]
    """Other languages that it is usual in."""
    listed: bool
    body: bool


@cache
def _asked(language: str) -> Kept[_Word | None]:
    """Word -> what it may be; None for nearly every word. All rules ask here, so that a word is asked once."""
    phrases, kinds, inflected = _phrases(language), _kinds(language), _inflected(language)

    def ask(norm: str) -> _Word | None:
        word = _Word(
            eponyms.telling(norm, language),
            quoted.speaks(norm, language),
            norm in phrases
            or norm in _EVERYWHERE
            or norm in kinds
            or "-" in norm
            or fold(norm)[:_KEY] in inflected,
            bodies.begins(norm, language),
        )
        return word if any(word) else None

    return Kept(ask)


def spans(text: Text) -> Iterator[tuple[int, int]]:
    """Where common names stand, in code points of the text as it was given, rows of them as one."""
    current: tuple[int, int] | None = None
    for start, end in sorted(_found(text)):
        if current is not None:
            if start <= current[1] or _joins(text.original[current[1] : start]):
                current = (current[0], max(end, current[1]))
                continue
            yield current
        current = (start, end)
    if current is not None:
        yield current


def _joins(between: str) -> bool:
    """Whether only a sign or a small word parts two common names of one line."""
    if len(between) > 8 or "\n" in between:
        return False
    word = between.strip().lower()
    return bool(word) and (word in _LINKS or word in _JOINS or word in ",/")


def _found(text: Text) -> Iterator[tuple[int, int]]:
    """The common names one by one, in no order."""
    try:
        words, phrases = lexicon(text.language), _phrases(text.language)
    except KeyError:
        return
    for at, to in days.feasts_that_are_no_names(text):
        if not dates.born(text, at, to):
            yield text.span(at, to)
    asked = _asked(text.language)
    said = {norm: word for norm in text.said if (word := asked[norm]) is not None}
    yield from eponyms.spans(text, {norm: word.telling for norm, word in said.items() if word.telling})
    yield from quoted.spans(text, {norm: word.spoken for norm, word in said.items() if word.spoken})
    tokens = text.tokens
    language = words.language
    made = language != "de"  # every noun has a capital, and names of places end as ordinary words do
    kinds, inflected = _kinds(language), _inflected(language)
    units = _UNITS.get(language, ())
    listed = {norm for norm, word in said.items() if word.listed}
    named = {norm for norm, word in said.items() if word.body}
    places = set(text.places(listed | named))
    if made:
        places.update(text.large)
    if units:
        places.update([at for at, form in enumerate(text.forms) if form in units])
    behind = 0
    for index in sorted(places):
        if index < behind:
            continue
        length = 0
        norm = tokens[index].norm
        if norm not in listed and not (units and tokens[index].form in units):
            pass  # nearly every word
        elif norm in phrases:
            length = _listed(tokens, index, phrases)
        elif norm in _EVERYWHERE:
            length = _several(tokens, index)
        elif norm in kinds and index + 1 < len(tokens) and tokens[index + 1].norm in _JOINS:
            length = 2
        elif "-" in norm and _weekdays(norm, words):
            length = 1  # "lu-vi"
        elif units and tokens[index].form in units and index and tokens[index - 1].form.isdigit():
            length = 1  # "8 J.": years, and nobody
        if not length and norm in listed and inflected and tokens[index].word:
            length = _declined(tokens, index, inflected)
        if norm in named and tokens[index].word:
            length = max(length, bodies.length(tokens, index, language, _LINKS, text.small))
        if not length and made and tokens[index].form[0].isupper():
            length = _made_of_ordinary_words(tokens, index, language)
        if length:
            yield tokens[index].start, tokens[index + length - 1].end
            behind = index + length


def _weekdays(norm: str, words: Lexicon) -> bool:
    """Whether both parts are weekdays, or their beginnings."""
    return all(
        len(part) > 1 and any(day.startswith(part) for day_forms in words.weekdays for day in day_forms)
        for part in norm.split("-")
    )


def _several(tokens: Sequence[Token], index: int) -> int:
    """How many tokens "WhatsApp, TikTok and Snapchat" has."""
    last = index
    while last + 2 < len(tokens) and tokens[last + 2].norm in _EVERYWHERE:
        last += 2
    return last - index + 1


def _listed(tokens: Sequence[Token], index: int, phrases: dict[str, tuple[tuple[str, ...], ...]]) -> int:
    for parts in phrases[tokens[index].norm]:
        if index + len(parts) <= len(tokens) and all(
            tokens[index + at].norm == part for at, part in enumerate(parts)
        ):
            return len(parts)
    return 0


def _declined(tokens: Sequence[Token], index: int, phrases: dict[str, tuple[tuple[str, ...], ...]]) -> int:
    """How many tokens a name of several words has, in whatever case: "Okrajnemu sodišču"."""
    for parts in phrases.get(fold(tokens[index].norm)[:_KEY], ()):
        inside = tokens[index : index + len(parts)]
        if len(inside) == len(parts) and all(
            _alike(fold(token.norm), part) for token, part in zip(inside, parts, strict=True)
        ):
            return len(parts)
    return 0


def _alike(word: str, other: str) -> bool:
    """Whether two folded words are likely forms of one."""
    if word == other:
        return True
    least = max(3, min(len(word), len(other)) - 3)
    return abs(len(word) - len(other)) < 6 and word[:least] == other[:least]


def _made_of_ordinary_words(tokens: Sequence[Token], index: int, language: str) -> int:
    """How many tokens make a name of ordinary words only ("Drug and Alcohol Service"); 0 for fewer than two words."""
    last = count = 0
    for place in range(index, min(index + 8, len(tokens))):
        token = tokens[place]
        if token.form[0].isupper() and _ordinary(token.norm, language):
            count, last = count + 1, place - index + 1
        elif not (count and token.norm in _LINKS):
            break
    return last if count > 1 else 0


@lru_cache(maxsize=20_000)
def _ordinary(norm: str, language: str) -> bool:
    words = lexicon(language)
    if norm in words.titles.whole or norm in words.given_words or norm in words.surname_words:
        return False
    if norm in words.nicknames or norm in words.given_migrant or norm in words.surnames_migrant:
        return False
    return words.knows(norm)
