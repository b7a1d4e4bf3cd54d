"""Usual words of another language inside a text: Swedish in Finnish, German in Italian.

    Rasmus puhui ruotsia: "Jag orkar inte mera när mamma dricker."

A word is taken for one where at least two other usual words of the same language stand near it. It must be written
small, or begin a sentence or quotation, or be a German noun; what a list of the text's own language holds as a name
and what has another capital stays for the tagger.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from .eponyms import FOLDER
from .facts import facts
from .lists import GIVEN, OWN, fold
from .text import Text, Token

_NEAR: Final = 5
"""Words on either side that are asked."""
_NEEDED: Final = 2
_KIN: Final = frozenset(
    """mutter vater bruder schwester oma opa tante onkel kind kinder mamma pappa farmor farfar mormor morfar moster
    faster mum mom dad anya apa nagyi babcia dziadek nai avoa mare pare anne baba teyze nene gjyshe bunica tad nain
    baka deda""".split()  # noqa: SIM905
)
"""Words for kin: they stand singly, too, where the language is heard anywhere in the text."""
_QUOTES: Final = frozenset("\"'„“”«»‚‘’»-–—")


@cache
def _users() -> dict[str, frozenset[str]]:
    """Folded word -> the languages that use it."""
    with (FOLDER / "neighbours.toml").open("rb") as stream:
        data = tomllib.load(stream)
    users: dict[str, set[str]] = {}
    for language, words in data.items():
        for word in words.split():
            users.setdefault(word, set()).add(language)
    return {word: frozenset(languages) for word, languages in users.items()}


def speaks(norm: str, language: str) -> frozenset[str]:
    """The other languages that a lower-case word is usual in, none where it is usual in the text's own."""
    found = _users().get(norm if norm.isascii() else fold(norm), frozenset()) - {language}
    if not found or facts(norm, language).usual > 8 or facts(norm, language).vocabulary:
        return frozenset()
    return found


def spans(text: Text, said: Mapping[str, frozenset[str]] | None = None) -> Iterator[tuple[int, int]]:
    """Where such words stand, in code points of the text as it was given.

    `said` are the words of the text that other languages speak, if they are known already.
    """
    tokens = text.tokens
    if said is None:
        said = {norm: users for norm in text.said if (users := speaks(norm, text.language))}
    spoken = {at: said[text.norms[at]] for at in text.places(said) if tokens[at].word}
    if len(spoken) <= _NEEDED:
        return
    for at, languages in spoken.items():
        kin = fold(tokens[at].norm) in _KIN
        near = [
            spoken[one]
            for one in (spoken if kin else range(at - _NEAR, at + _NEAR + 1))
            if one != at and one in spoken
        ]
        for other in languages:
            if sum(other in one for one in near) >= _NEEDED and _is_word(text, tokens, at, other):
                yield tokens[at].start, tokens[at].end
                break


def _is_word(text: Text, tokens: Sequence[Token], at: int, other: str) -> bool:
    """Whether the word is written as words of that language are, and nobody's listed first name."""
    token = tokens[at]
    known = facts(token.norm, text.language)
    if known.labels & {"both", "nick"} or (known.name & OWN and known.name & GIVEN):
        return False
    if at and tokens[at - 1].word and facts(tokens[at - 1].norm, text.language).name & GIVEN:
        return token.form[0].islower() and not text.small
    return token.form[0].islower() or token.opens or other == "de" or tokens[at - 1].form in _QUOTES
