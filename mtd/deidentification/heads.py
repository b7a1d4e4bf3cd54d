"""Names behind and inside words for organisations: "Kita Regenbogen", "Astrid-Lindgren-Schule", "Mozartschule"."""

from __future__ import annotations

from typing import Final

from .facts import facts
from .lists import GIVEN, OWN, SURNAME
from .text import Text
from .vocabulary import vocabulary

_ARTICLES: Final = frozenset(
    ("de", "het", "la", "le", "les", "el", "los", "las", "il", "lo", "gli", "i", "o", "a", "os", "as")
)
_COMPOUNDING: Final = frozenset(("de", "nl"))
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
