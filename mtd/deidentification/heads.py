"""Names by what stands before or inside them: "Kita Regenbogen", "Mozartschule", "Frau Sommer", "Truus Bakker"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from .addressing import ADDRESSED, FAMILY, SIR_OBLIQUE
from .facts import facts
from .kept import Kept
from .lists import GIVEN, OWN, SURNAME
from .text import Text, Token
from .vocabulary import vocabulary

_ARTICLES: Final = frozenset(
    ("de", "het", "la", "le", "les", "el", "los", "las", "il", "lo", "gli", "i", "o", "a", "os", "as")
)
_COMPOUNDING: Final = frozenset(("de", "nl"))
PARTICLES: Final = frozenset(
    """van der den de het te ten ter von vom zu zur zum di da do dos das du del della dello dal dalla dei degli delle la
    las los lo le el al bin ibn abu ben af av op 't y e ja und i""".split()  # noqa: SIM905
)
"""Words inside a name that are none by themselves."""
_FRONT: Final = (PARTICLES | frozenset(("ap", "in", "lo", "dallo", "dai"))) - frozenset(
    ("e", "y", "i", "ja", "und")
)
"""Words that a surname may begin with."""
_PAIRS: Final = frozenset(("van der", "van den", "in 't", "van 't", "op den", "op 't", "ap", "af"))
"""No small words of Dutch, or of any other of our languages, when they stand before a name."""
_MOST: Final = 4
_USUAL: Final = 12
"""No surname in small letters is as usual a word as those above this."""
_UNUSUAL: Final = 9
_MISSING: Final = frozenset("i you we they to will would really still n't not and do".split())  # noqa: SIM905
"""Before these "miss" is a verb."""
_QUOTES: Final = frozenset("\"'„“”«»‚‘’")


@cache
def _asked(language: str) -> Kept[bool]:
    """Word -> whether it may stand before or hold the name of an organisation."""
    return Kept(lambda norm: "-" in norm or facts(norm, language).head)


def mark_headed(text: Text, kinds: list[int], vouched: set[int], organisation: int) -> None:
    """Mark the name behind or inside a word for an organisation: "Kita Regenbogen", "Astrid-Lindgren-Schule"."""
    tokens, language = text.tokens, text.language
    capitals = not (text.small or text.shouted)
    asked = _asked(language)
    for at in text.places([norm for norm in text.said if asked[norm]]):
        token = tokens[at]
        if not token.word or len(token.form) < 2:
            continue
        known = facts(token.norm, language)
        if kinds[at] < 0 and "-" in token.norm:
            *parts, head = token.norm.split("-")
            if facts(head, language).head and any(_is_name(part, language) for part in parts):
                kinds[at] = organisation
                vouched.add(at)
            continue
        if not known.head:
            continue
        unknown = kinds[at] < 0 and capitals and not known.common and token.form[0].isupper()
        if unknown and _is_named_after(token.norm, language):
            kinds[at] = organisation
            vouched.add(at)
            continue
        after = at + 1
        quoted = after < len(tokens) and tokens[after].form in _QUOTES
        after += quoted
        if after < len(tokens) and tokens[after].norm in _ARTICLES and tokens[after].form[0].isupper():
            after += 1
        if after >= len(tokens) or kinds[after] >= 0 or not tokens[after].word or len(tokens[after].form) < 3:
            continue
        name = tokens[after]
        behind = facts(name.norm, language)
        if name.opens and not quoted:
            continue
        if quoted or (
            capitals
            and name.form[0].isupper()
            and not behind.vocabulary
            and not (language == "de" and behind.common)
            and not (name.form.isupper() and len(name.form) < 6)
        ):
            kinds[after] = organisation
            vouched.add(after)


def _is_named_after(norm: str, language: str) -> bool:
    """Whether a word that ends as a kind of organisation begins with a name: "Pestalozzischule"."""
    if language not in _COMPOUNDING:
        return False
    endings = vocabulary(language).endings
    for size in range(min(12, len(norm) - 4), 2, -1):
        if any(label.startswith("-org ") for label in endings.get(norm[-size:], ())):
            return _is_name(norm[:-size], language)
    return False


def _is_name(part: str, language: str) -> bool:
    known = facts(part, language)
    return bool(known.name & (GIVEN | SURNAME)) and not (known.common and not known.name & OWN)


@cache
def _titles(language: str) -> Kept[bool]:
    """Word -> whether it is a title or a form of address, or the beginning of one that ends with a full stop."""
    return Kept(lambda norm: facts(norm, language).title or facts(norm + ".", language).title)


def titled(tokens: Sequence[Token], at: int, language: str) -> bool:
    """Whether a word stands behind a form of address: "Frau K."."""
    before = at - 2 if at > 1 and tokens[at - 1].form == "." else at - 1
    if before < 0 or not tokens[before].word:
        return False
    titles = _titles(language)
    if titles[tokens[before].norm]:
        return True
    if before < 2 or tokens[before].space or tokens[before - 1].form != ".":
        return False
    return titles[f"{tokens[before - 2].norm}.{tokens[before].norm}"]  # "sig.ra"


def mark_surnames(
    text: Text, rates: Sequence[Sequence[float]], kinds: list[int], vouched: set[int], person: int
) -> None:
    """Mark the word with a capital behind a form of address or a first name, be it an ordinary word: "Truus Bakker".

    In German, where every noun has a capital, it must be a listed surname of which the network is not quite sure that
    it is none.
    """
    if text.small or text.shouted:
        _mark_addressed(text, kinds, vouched, person)
        return
    tokens, language = text.tokens, text.language
    for at in text.large:
        token = tokens[at]
        form = token.form
        if len(form) < 3 or not form[1:].islower() or token.opens or not token.space:
            continue
        whole = run_before(tokens, at)  # "mevrouw van der Boer"
        before = tokens[whole - 1]
        if "\n" in text.plain[before.to : token.at]:
            continue
        addressed = named = titled(tokens, whole, language)
        if not addressed and (whole == at or is_own(tokens, whole, at, capitals=True)):
            first = facts(before.norm, language)
            named = (
                kinds[whole - 1] >= 0  # a first name may have been taken for a place
                and bool((first.name | first.inner) & GIVEN)
                and before.form[0].isupper()
            )
            addressed = whole < at and (named or before.norm in FAMILY)
        if (named or addressed) and _may_be_surname(
            token, rates[at][0], kinds[at], addressed, person, language
        ):
            kinds[at] = person
            vouched.add(at)
            if named and kinds[whole - 1] >= 0:
                kinds[whole - 1] = person


def run_before(tokens: Sequence[Token], first: int) -> int:
    """Where the particles directly before a name begin; `first` where there are none, never 0."""
    at = first
    while at > 1 and first - at < _MOST and not tokens[at].opens:
        before = tokens[at - 1]
        if before.norm in _FRONT or (before.form.endswith("'") and before.word and not tokens[at].space):
            at -= 1
        elif before.norm == "t" and at > 2 and tokens[at - 2].form == "'" and not before.space:
            at -= 2  # "in 't Veld"
        else:
            break
    return at


def is_own(tokens: Sequence[Token], at: int, first: int, capitals: bool) -> bool:
    """Whether particles can hardly be anything but a part of the name that begins at `first` without them."""
    if capitals and tokens[at].form[0].isupper() and not tokens[at].opens:
        return True
    run = "".join((" " if one.space else "") + one.norm for one in tokens[at:first]).strip()
    return run in _PAIRS


def _mark_addressed(text: Text, kinds: list[int], vouched: set[int], person: int) -> None:
    """Mark the surname behind a form of address where there are no capitals: "mr love", "frau kaltofen"."""
    tokens, language = text.tokens, text.language
    for at in range(1, len(tokens)):
        token = tokens[at]
        if len(token.form) < 3 or not token.word or not token.space or at in vouched:
            continue
        whole = run_before(tokens, at)
        before = whole - 2 if whole > 1 and tokens[whole - 1].form == "." else whole - 1
        norm = tokens[before].norm
        if norm not in ADDRESSED and norm not in SIR_OBLIQUE:
            if whole == at and before == at - 1 and _is_relative(token, tokens[before], language):
                kinds[at] = person
                vouched.add(at)
            continue
        if (
            not (norm == "mr" or titled(tokens, whole, language))
            or "\n" in text.plain[tokens[before].to : token.at]
        ):
            continue
        verb = norm == "miss" and before and tokens[before - 1].norm in _MISSING
        if not verb and _may_be_addressed(token, language):
            kinds[at] = person
            vouched.add(at)


def _is_relative(token: Token, before: Token, language: str) -> bool:
    """Whether a small word behind a word for a relative is a name, be it a word as well: "opa zomer"."""
    if "kin" not in facts(before.norm, language).labels:
        return False
    known = facts(token.norm, language)
    if known.common or known.vocabulary:
        return "both" in known.labels and known.usual < _USUAL - 1
    return bool((known.name | known.inner) & OWN) and known.usual < _UNUSUAL


def _may_be_addressed(token: Token, language: str) -> bool:
    """Whether a small word may be a surname: "frau arbeitet" tells of a woman without naming her."""
    known = facts(token.norm, language)
    if "both" in known.labels:
        return known.usual <= _USUAL
    if known.head or known.vocabulary:
        return False
    if not known.common:
        return known.usual < _UNUSUAL
    return bool(known.name & SURNAME) and known.usual < _UNUSUAL


def _may_be_surname(
    token: Token, nothing: float, kind: int, addressed: bool, person: int, language: str
) -> bool:
    """Whether a word with a capital can be the surname behind a first name or a form of address."""
    known = facts(token.norm, language)
    if known.head or (known.labels & {"month", "public"} and "both" not in known.labels):
        return False
    if kind not in (-1, person) and not addressed:
        return False
    trade = bool(known.labels & {"job", "title", "kin"})
    if trade and "both" not in known.labels:
        # "Petr Učitel" has a surname; "pan Učitel" may have one, "Frau Doktor" has none.
        return language != "de" and not addressed and "job" in known.labels
    if known.vocabulary and not known.name & SURNAME and "both" not in known.labels:
        return False
    if language == "de" and kind != person:
        if known.name & SURNAME:
            return addressed or nothing <= 0.98
        return addressed and not known.common and known.usual < 3
    return True
