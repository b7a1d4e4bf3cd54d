"""The tagger: which words of a running text are persons, places or organisations.

The network says how likely each word is one. Rules then decide by thresholds per language what is worth a mark, join
words to names, carry what was surely found through the whole text, and say why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from . import lists
from .carrying import carry
from .facts import facts
from .findings import Kind
from .heads import PARTICLES, mark_headed, mark_surnames, titled
from .lists import GIVEN, OWN, PLACE_SHIFT, SURNAME
from .naming import mark_named
from .network import learn, shares
from .text import Mark, Text, Token
from .vocabulary import vocabulary
from .whole import Widening

_KINDS: Final = (Kind.PERSON, Kind.PLACE, Kind.ORGANISATION)
_PERSON, _PLACE, _ORGANISATION = 0, 1, 2

_LIMIT: Final = (0.1, 0.12, 0.15)
"""How likely a word must be a name to be marked: person, place, organisation."""
_LIMIT_SMALL: Final = (0.1, 0.14, 0.16)
"""The same in a text without capitals."""
_FACTORS: Final[dict[str, tuple[float, float]]] = {
    # What both are multiplied with, by language. Set on the development texts so that more is found where needless
    # marks are few, and fewer needless marks are made where they are many.
    "de": (0.8, 1.0),
    "fr": (1.5, 1.5),
    "en": (0.8, 1.4),
    "nl": (0.7, 0.7),
    "es": (0.15, 0.25),
    "it": (0.3, 0.5),
    "pt": (0.2, 0.5),
    "fi": (0.08, 0.1),
    "el": (0.12, 0.4),
    "sl": (0.25, 0.6),
    "sk": (0.08, 0.2),
    "cs": (0.1, 0.3),
}
_LIMIT_COMMON: Final = 0.4
"""For a word that the dictionary holds and no list of names."""
_VOUCHED: Final = 0.93
"""A single word of the field is a name only if the network has hardly any doubt."""
_BRIEF: Final = 0.6
"""What a word that stands almost alone and in no list of names must reach: its capital says nothing there."""
_UNUSUAL_SMALL: Final = 5
"""A listed name that is as unusual as this in texts of the language is a name in small letters too."""
_SMALL_PLACE: Final = 20_000
_LETTERS: Final = frozenset("ABCDEFGH")
_ROMAN: Final = re.compile("X{0,3}(?:IX|IV|V?I{0,3})")
_ABBREVIATED: Final = frozenset(
    ("art", "abs", "par", "nr", "cl", "čl", "č", "čj", "lid", "bijl", "cap", "kap", "odst", "ods")
)
_INFLECTING: Final = frozenset(("nl", "fi", "el", "sl", "sk", "cs"))
_ARTICLES: Final = frozenset("the an die das dem des ein eine il gli un une una uno um uma".split())  # noqa: SIM905
"""Never a name by themselves; inside one they do not join it either."""
_BEFORE_PLACES: Final = frozenset("der die das den dem".split())  # noqa: SIM905
"""German articles that the network takes to a street: "in der Berliner Straße" keeps its article."""


class _Piece(NamedTuple):
    """Tokens first to last that make one name."""

    first: int
    last: int
    kind: int
    share: float


def marks(text: Text) -> list[Mark]:
    """The persons, places and organisations of a text, in its order and without overlaps."""
    if not any(token.word for token in text.tokens):
        return []
    rates = shares(text).tolist()
    vouched: set[int] = set()
    kinds = _chosen(text, rates, vouched)
    mark_headed(text, kinds, vouched, _ORGANISATION)
    mark_surnames(text, rates, kinds, vouched, _PERSON)
    mark_named(text, kinds, vouched, _PERSON)
    carry(text, rates, kinds, vouched, _PERSON, _ORGANISATION)
    return [_mark(text, piece) for piece in _joined(text, rates, kinds, vouched)]


def _limits(text: Text) -> tuple[float, ...]:
    usual, small = _FACTORS.get(text.language, (1.0, 1.0))
    if text.small or text.shouted:
        return tuple(limit * small for limit in _LIMIT_SMALL)
    return tuple(limit * usual for limit in _LIMIT)


def _chosen(text: Text, rates: list[list[float]], vouched: set[int]) -> list[int]:
    """For each token which kind of name it is, -1 for none."""
    limits, language = _limits(text), text.language
    capitals = not (text.small or text.shouted)
    tokens = text.tokens
    kinds = [-1] * len(tokens)
    for at in _doubtful(text, rates):
        token, rate = tokens[at], rates[at]
        if not token.word or (
            capitals
            and (token.form.isupper() or token.norm in _ABBREVIATED)
            and not (at and kinds[at - 1] == _PERSON)
            and _is_sign(tokens, at)
        ):
            continue
        nothing = rate[0]
        if nothing > 0.99 and len(token.form) > 1:
            if not capitals:
                kinds[at] = _listed_small(token, language)
            elif token.form[0].isupper() and not token.opens:
                kinds[at] = _listed(token, language)
            continue
        rest = rate[1:]
        kind = rest.index(max(rest))
        limit = limits[kind]
        known = facts(token.norm, language)
        behind_title = titled(tokens, at, language)
        if len(token.form) == 1:
            dotted = at + 1 < len(tokens) and tokens[at + 1].form == "."
            short = dotted or (capitals and token.form.isupper() and token.form != "I")
            if not _initial(tokens, rates, at) and not (behind_title and short):
                continue
            kind, limit = _PERSON, 0.0
            if behind_title:
                vouched.add(at)
        elif behind_title and not known.vocabulary and token.norm not in PARTICLES:
            limit *= 0.5
        elif capitals and token.form[0].islower():
            limit = max(limit, 0.5 if not known.common else 0.65)
        elif capitals and len(token.form) < 6 and token.form.isupper() and not (known.name or known.inner):
            limit = max(limit, 0.6)
        elif known.common and not (known.name | known.inner):
            limit = max(limit, _LIMIT_COMMON)
        elif known.name & OWN and known.name & GIVEN and not known.common:
            limit *= 0.4
        if 1 - nothing >= limit:
            kinds[at] = kind
        elif not capitals:
            kinds[at] = _listed_small(token, language)
        elif token.form[0].isupper() and not token.opens and len(token.form) > 1:
            kinds[at] = _listed(token, language)
    return kinds


def _doubtful(text: Text, rates: list[list[float]]) -> list[int]:
    """The numbers of the tokens that may be names; where there are capitals, most words surely are none."""
    if text.small or text.shouted:
        return list(range(len(rates)))
    doubtful = [at for at, rate in enumerate(rates) if rate[0] <= 0.99]
    letters = [at for at, form in enumerate(text.forms) if len(form) == 1 and form.isalpha()]
    return sorted({*doubtful, *letters, *text.large})


def _listed(token: Token, language: str) -> int:
    """The kind of name of a capitalised word inside a sentence that is in a list and in no dictionary, else -1."""
    if not token.form[1:].islower() or len(token.form) < 4:
        return -1
    known = facts(token.norm, language)
    if known.labels or known.usual > 8:
        return -1
    if known.common:
        # Where nouns are written small, a capital inside a sentence makes a name of a word.
        if language == "de" or known.usual > 7:
            return -1
        both = known.name | (known.inner if language in _INFLECTING else 0)
        if both & OWN and both & GIVEN:
            return _PERSON
        return _PLACE if both >> PLACE_SHIFT & 7 in (2, 3, 4) else -1
    if known.name & OWN and known.name & GIVEN:
        return _PERSON
    place = known.name >> PLACE_SHIFT & 7
    if language != "de" and place in (2, 3, 4):
        return _PLACE
    return _PERSON if language != "de" and known.name & OWN else -1


def _listed_small(token: Token, language: str) -> int:
    """The same where there are no capitals: a name of our countries that no dictionary holds."""
    if len(token.form) < 5:
        return -1
    known = facts(token.norm, language)
    if known.labels - {"both", "nick"} or known.common or known.usual > _UNUSUAL_SMALL:
        return -1
    return _PERSON if known.name & OWN and known.name & (GIVEN | SURNAME) else -1


def _is_sign(tokens: Sequence[Token], at: int) -> bool:
    """A Roman figure ("Anlage II") or an abbreviation that no name has ("Art. 6")."""
    form = tokens[at].form
    if form.isupper() and 1 < len(form) < 6 and _ROMAN.fullmatch(form) is not None:
        return True
    behind = tokens[at + 1 : at + 3]
    return tokens[at].norm in _ABBREVIATED and any(token.form.isdigit() for token in behind)


def _initial(tokens: Sequence[Token], rates: list[list[float]], at: int) -> bool:
    """Whether a single letter belongs to a name: "J. Novák", "Frau K."."""
    if not tokens[at].form.isupper():
        return False
    dotted = at + 1 < len(tokens) and tokens[at + 1].form == "."
    if rates[at][1] < (0.4 if dotted else 0.7):
        return False
    after = at + 2 if dotted else at + 1
    near = [rates[at - 1][1]] if at and tokens[at - 1].word else []
    if after < len(tokens) and tokens[after].word:
        near.append(rates[after][1])
    return rates[at][1] > 0.8 or any(share > 0.5 for share in near)


def _joined(text: Text, rates: list[list[float]], kinds: list[int], vouched: set[int]) -> Iterator[_Piece]:
    """Neighbouring words of one kind as one piece, without titles at its ends."""
    tokens, language = text.tokens, text.language
    brief = len(list(islice((token for token in tokens if token.word), 4))) <= 3
    widening = Widening(text)
    at, count, floor = 0, len(tokens), 0
    while at < count:
        kind = kinds[at]
        if kind < 0:
            at += 1
            continue
        last = at
        while True:
            following = last + 1
            while (
                following < count
                and following - last < 4
                and (
                    tokens[following].norm in PARTICLES
                    or (tokens[following].form == "." and len(tokens[following - 1].form) == 1)
                    or (tokens[following].form == "-" and not tokens[following].space)
                    or (
                        tokens[following].form in '"„“”»«&' and kind == _ORGANISATION and following - last < 2
                    )
                )
                and kinds[following] != kind
            ):
                following += 1
            if (
                following < count
                and kinds[following] == kind
                and "\n" not in text.plain[tokens[last].to : tokens[following].at]
            ):
                last = following
            else:
                break
        first, end = at, last
        if kind == _PERSON:
            while first < end and _is_title(tokens[first], language):
                first += 1
            # At its end a title is a surname: "Petr Učitel"; in small letters nobody can tell.
            while end > first and end not in vouched and _is_title_behind(text, end):
                end -= 1
        elif kind == _PLACE and language == "de":
            while first < end and tokens[first].form in _BEFORE_PLACES:
                first += 1
        share = max(1 - rates[place][0] for place in range(first, end + 1))
        lonely = (
            first == end
            and first not in vouched
            and (
                tokens[first].norm in PARTICLES
                or tokens[first].norm in _ARTICLES
                or (share < _VOUCHED and _is_vocabulary(tokens[first], language))
                or (brief and share < _BRIEF and not _is_name_like(tokens[first], language))
            )
        )
        if not lonely and not _is_lettered(tokens, first, end, language):
            if end + 1 < count and len(tokens[end].form) == 1 and tokens[end + 1].form == ".":
                end += 1
            if kind == _PERSON:
                first, end = widening.first(first, floor), widening.last(end)
            yield _Piece(first, end, kind, share)
            floor = last = max(last, end)
            floor += 1
        at = last + 1


def _is_lettered(tokens: Sequence[Token], first: int, end: int, language: str) -> bool:
    """ "Child A", "Kind B": how a case without names tells children apart. A point after it makes it an initial."""
    if first != end or first == 0 or tokens[first].form not in _LETTERS:
        return False
    dotted = first + 1 < len(tokens) and tokens[first + 1].form == "."
    closing = first + 2 >= len(tokens)
    return (not dotted or closing) and "kin" in facts(tokens[first - 1].norm, language).labels


def _is_title(token: Token, language: str) -> bool:
    return (
        bool(facts(token.norm, language).labels & {"title", "kin", "job"})
        and not facts(token.norm, language).name & GIVEN
    )


def _is_title_behind(text: Text, at: int) -> bool:
    """Whether a title at the end of a name is none of it."""
    token = text.tokens[at]
    capitals = not (text.small or text.shouted) and text.language != "de"
    return _is_title(token, text.language) and not (capitals and token.form[0].isupper())


def _is_name_like(token: Token, language: str) -> bool:
    """Whether a word standing almost alone ("Better.", "Plainer.") may be a name: its capital says nothing there."""
    known = facts(token.norm, language)
    return "both" in known.labels or bool(known.name and not known.common)


def _is_vocabulary(token: Token, language: str) -> bool:
    known = facts(token.norm, language)
    if token.form[0].isupper() and not token.opens and language != "de":
        country = (known.name | (known.inner if language in _INFLECTING else 0)) >> PLACE_SHIFT & 7 == 1
        if country:
            return False  # "Ruotsi" is Sweden, "ruotsi" is Swedish
    return known.vocabulary and not (known.name & GIVEN and not known.common)


def _mark(text: Text, piece: _Piece) -> Mark:
    tokens, language = text.tokens, text.language
    inside = tokens[piece.first : piece.last + 1]
    reason, certain = "name_by_context", False
    if piece.kind == _PERSON:
        reason, certain = _why_person(text, piece)
    elif piece.kind == _PLACE:
        living = lists.population(text.plain[inside[0].at : inside[-1].to])
        reason = "small_place" if living is not None and living < _SMALL_PLACE else "place"
    else:
        reason = _why_organisation(text, piece, language)
    return Mark(inside[0].start, inside[-1].end, _KINDS[piece.kind], round(piece.share, 3), certain, reason)


def _why_person(text: Text, piece: _Piece) -> tuple[str, bool]:
    """The reason for a person, and whether it is certain."""
    tokens, language = text.tokens, text.language
    words = [token for token in tokens[piece.first : piece.last + 1] if token.word]
    known = [facts(token.norm, language) for token in words]
    before = piece.first - 1
    while before >= 0 and tokens[before].form == ".":
        before -= 1
    labels = (
        facts(tokens[before].norm, language).labels if before >= 0 and tokens[before].word else frozenset()
    )
    capital = words[0].form[0].isupper() and not all(item.common for item in known)
    if all(len(token.form) == 1 for token in words):
        return ("name_after_title" if "title" in labels else "initials"), False
    if len(words) > 1:
        given = any((item.name | item.inner) & GIVEN and not item.common for item in known[:-1])
        sure = given and capital and (known[-1].name | known[-1].inner) & SURNAME and piece.share > 0.97
        return "full_name", bool(sure)
    only = known[0]
    if "title" in labels:
        listed = (only.name | only.inner) & (GIVEN | SURNAME)
        return "name_after_title", capital and not only.common and piece.share > (0.95 if listed else 0.99)
    if "kin" in labels:
        return "name_after_kin", False
    if "nick" in only.labels:
        return "nickname", False
    both = only.name | only.inner
    if both & GIVEN:
        return "given_name", False
    return ("surname" if both & SURNAME else "name_by_context"), False


def _why_organisation(text: Text, piece: _Piece, language: str) -> str:
    first = max(0, piece.first - 1)
    for token in text.tokens[first : piece.last + 1]:
        if token.word:
            labels = facts(token.norm, language).labels
            for group in ("school", "kindergarten", "clinic", "club", "employer"):
                if f"org {group}" in labels or f"-org {group}" in labels:
                    return group
    return "organisation"


def warm(language: str) -> None:
    """Read what the language needs now."""
    from .text import read

    lists.warm(language)
    usual = [word for word in vocabulary(language).whole if word.isalpha()]
    learn(usual, language)
    if language == "de":  # nouns are written with a capital
        learn([word.capitalize() for word in usual], language)
    marks(read("Anna Novak, Berlin.", language))
