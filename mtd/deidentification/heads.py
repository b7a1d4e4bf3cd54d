"""Names by what stands before or inside them: "Kita Regenbogen", "Mozartschule", "Frau Sommer", "Truus Bakker"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .facts import facts
from .lists import GIVEN, OWN, SURNAME
from .text import Text, Token
from .vocabulary import vocabulary

_ARTICLES: Final = frozenset(
    ("de", "het", "la", "le", "les", "el", "los", "las", "il", "lo", "gli", "i", "o", "a", "os", "as")
)
_COMPOUNDING: Final = frozenset(("de", "nl"))
_NEVER: Final = frozenset(("title", "kin", "month", "public"))
PARTICLES: Final = frozenset(
    """van der den de het te ten ter von vom zu zur zum di da do dos das del della dello la las los le el al bin ibn abu
    ben af av op 't y e ja und i""".split()  # noqa: SIM905
)
"""Words inside a name that are none by themselves."""
_BEFORE_SURNAMES: Final = PARTICLES - frozenset(("y", "e", "ja", "und", "i", "zu", "zum", "zur", "op"))
_QUOTES: Final = frozenset("\"'„“”«»‚‘’")


def mark_headed(text: Text, kinds: list[int], vouched: set[int], organisation: int) -> None:
    """Mark the name behind or inside a word for an organisation: "Kita Regenbogen", "Astrid-Lindgren-Schule"."""
    tokens, language = text.tokens, text.language
    capitals = not (text.small or text.shouted)
    for at, token in enumerate(tokens):
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


def titled(tokens: Sequence[Token], at: int, language: str) -> bool:
    """Whether a word stands behind a form of address: "Frau K."."""
    before = at - 2 if at > 1 and tokens[at - 1].form == "." else at - 1
    if before < 0 or not tokens[before].word:
        return False
    spellings = [tokens[before].norm]
    if before > 1 and tokens[before - 1].form == "." and not tokens[before].space:
        spellings.append(f"{tokens[before - 2].norm}.{spellings[0]}")  # "sig.ra"
    return any(facts(norm, language).title or facts(norm + ".", language).title for norm in spellings)


def mark_surnames(
    text: Text, rates: Sequence[Sequence[float]], kinds: list[int], vouched: set[int], person: int
) -> None:
    """Mark the word with a capital behind a form of address or a first name, be it an ordinary word: "Truus Bakker".

    In German, where every noun has a capital, it must be a listed surname of which the network is not quite sure that
    it is none.
    """
    if text.small or text.shouted:
        return
    tokens, language = text.tokens, text.language
    for at in range(1, len(tokens)):
        token = tokens[at]
        form = token.form
        if kinds[at] not in (-1, person) or len(form) < 3 or not form[0].isupper() or not form[1:].islower():
            continue
        known, before = facts(token.norm, language), tokens[at - 1]
        if token.opens or not token.space or (known.labels & _NEVER and "both" not in known.labels):
            continue
        if known.head or (known.vocabulary and not known.name & SURNAME):
            continue
        if language == "de" and kinds[at] < 0 and (not known.name & SURNAME or rates[at][0] > 0.98):
            continue
        whole = at
        while whole > 1 and at - whole < 3 and tokens[whole - 1].norm in _BEFORE_SURNAMES:
            whole -= 1  # "mevrouw van der Boer"
        if whole == at and kinds[at - 1] == person:
            first = facts(before.norm, language)
            named = bool((first.name | first.inner) & GIVEN) and before.form[0].isupper()
        else:
            named = titled(tokens, whole, language)
        if named and "\n" not in text.plain[before.to : token.at]:
            kinds[at] = person
            vouched.add(at)
