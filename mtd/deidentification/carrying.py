"""What was surely found once is marked in the whole text, also inflected, and so are the initials of persons."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from .facts import facts
from .features import stems
from .heads import PARTICLES, titled
from .inflection import wider
from .kept import Kept
from .lists import fold
from .text import Text, Token

_SURE: Final = 0.7
_BEFORE_NOUNS: Final = frozenset(
    """der die das des dem den ein eine einen einem eines einer im am beim zum zur vom ins ans ab seit bis jeden jeder
    diesen dieser dieses nächsten letzten kommenden vorigen ganzen the a an this last next every le la les l' un une du
    des au aux ce cet cette""".split()  # noqa: SIM905
)
"""Before a word that is a surname as well, these say that it is meant as a word: "im Sommer", "last winter"."""
_ARTICLES_WITH_NAMES: Final = frozenset(("it", "pt", "el", "sl", "sk", "cs", "fi", "es", "nl"))
"""Here a capital inside a sentence makes a name, whatever article stands before it."""
_USUAL, _USUAL_INFLECTED = 12, 10
"""How usual a word may be and yet be taken for somebody who is told in the same text by that name."""
_USUAL_SMALL, _USUAL_SMALL_INFLECTED = 9, 8
"""The same where there are no capitals."""
_NO_NAMES: Final = frozenset(("month", "public"))
_BETWEEN_WORDS: Final = frozenset("ABCDI")
"""Single capitals that stand between words without being anybody: "hepatitis C", "plan B", "I"."""


def carry(
    text: Text, rates: Sequence[Sequence[float]], kinds: list[int], vouched: set[int], person: int, other: int
) -> None:
    """Mark the other places of each name that was surely found; `other` is a kind that is not carried."""
    language = text.language
    sure: dict[str, int] = {}
    initials = set()
    for at in [at for at, kind in enumerate(kinds) if kind >= 0]:
        kind = kinds[at]
        if kind == other or 1 - rates[at][0] < _SURE:
            continue
        token = text.tokens[at]
        known = facts(token.norm, language)
        if len(token.form) < 3 or (known.usual > 6 and known.common) or token.norm in PARTICLES:
            continue
        folded = fold(token.norm)
        sure[folded] = kind
        for stem in stems(folded, language):
            sure.setdefault(stem, kind)
        if kind == person and (text.small or token.form[0].isupper()):
            initials.add(token.form[0])
    told = _told(text, rates, kinds, vouched, person)
    if sure:
        _carry_sure(text, kinds, sure)
    if told:
        _carry_told(text, kinds, vouched, told, person)
    _carry_initials(text, rates, kinds, vouched, initials, person)


@cache
def _forms(language: str) -> Kept[tuple[str, tuple[str, ...]]]:
    """Word -> the word folded, and what may be its base forms."""

    def ask(norm: str) -> tuple[str, tuple[str, ...]]:
        folded = fold(norm)
        return folded, tuple(stems(folded, language))

    return Kept(ask)


def _carry_sure(text: Text, kinds: list[int], sure: dict[str, int]) -> None:
    """Mark what stands for a sure name and is no ordinary word, or has a capital inside a sentence."""
    language = text.language
    capitals = not (text.small or text.shouted)
    known, firsts = set(sure), {name[0] for name in sure}  # an ending changes, the first letter does not
    meant: dict[str, int] = {}
    forms = _forms(language)
    for norm in [norm for norm in text.said if norm[0] in firsts or not norm[0].isascii()]:
        folded, bases = forms[norm]
        if folded in sure:
            meant[norm] = sure[folded]
        elif len(folded) > 4 and not known.isdisjoint(bases) and not facts(norm, language).common:
            meant[norm] = next(sure[stem] for stem in bases if stem in sure)
    for at in text.places(meant):
        token = text.tokens[at]
        if (
            kinds[at] < 0
            and token.word
            and len(token.form) > 1
            and (
                not facts(token.norm, language).common
                or (capitals and token.form[0].isupper() and not token.opens)
            )
        ):
            kinds[at] = meant[token.norm]


def _told(
    text: Text, rates: Sequence[Sequence[float]], kinds: list[int], vouched: set[int], person: int
) -> dict[str, bool]:
    """The names that a form of address or a first name vouches for, folded, with what may be their base forms.

    True for the form that stands in the text.
    """
    tokens, language = text.tokens, text.language
    found: dict[str, bool] = {}
    for at in [at for at, kind in enumerate(kinds) if kind == person]:
        token = tokens[at]
        if len(token.form) < 3 or token.norm in PARTICLES:
            continue
        if not (at in vouched or _beside_name(tokens, rates, kinds, at) or titled(tokens, at, language)):
            continue
        folded = fold(token.norm)
        found[folded] = True
        for stem in wider(folded, language):
            found.setdefault(stem, False)
    return found


def _beside_name(
    tokens: Sequence[Token], rates: Sequence[Sequence[float]], kinds: list[int], at: int
) -> bool:
    """Whether a surname stands behind a first name, or a first name before a surname, both found by the network."""
    behind = at
    while behind and tokens[behind - 1].norm in PARTICLES and tokens[behind].space:
        behind -= 1
    share = 1 - rates[at][0]
    if behind and kinds[behind - 1] == kinds[at] and tokens[behind].space and share > _SURE:
        return True
    after = at + 1
    return after < len(tokens) and kinds[after] == kinds[at] and tokens[after].space and share > 0.9


def _carry_told(text: Text, kinds: list[int], vouched: set[int], told: dict[str, bool], person: int) -> None:
    """Mark the names told by title or first name wherever they stand with a capital, be they ordinary words."""
    tokens, language = text.tokens, text.language
    capitals = not (text.small or text.shouted)
    firsts = {name[0] for name in told}
    written_small: set[str] | None = None
    for at in text.large if capitals else range(len(tokens)):
        token = tokens[at]
        first = token.norm[0]
        if first.isascii() and first not in firsts:
            continue
        if not token.word or len(token.form) < 3 or (kinds[at] >= 0 and at in vouched):
            continue
        folded = fold(token.norm)
        same = told.get(folded, False)
        if not same and (
            len(folded) < 4
            or not (folded in told or any(stem in told for stem in wider(folded, language) if len(stem) > 3))
        ):
            continue
        known = facts(token.norm, language)
        if kinds[at] < 0 and _is_word(tokens, at, capitals, same, language):
            continue
        if kinds[at] < 0 and capitals and token.opens and known.common:
            if written_small is None:
                written_small = {one.norm for one in tokens if one.word and one.form[0].islower()}
            if token.norm in written_small:
                continue
        kinds[at] = person
        vouched.add(at)


def _is_word(tokens: Sequence[Token], at: int, capitals: bool, same: bool, language: str) -> bool:
    """Whether a word that could stand for a name told elsewhere is meant as the word it is."""
    token = tokens[at]
    known = facts(token.norm, language)
    if known.labels & _NO_NAMES and "both" not in known.labels:
        return True
    if not capitals:
        most = _USUAL_SMALL if same else _USUAL_SMALL_INFLECTED
        return known.common and (known.usual > most or bool(known.labels & {"kin", "title", "field", "job"}))
    if known.usual > (_USUAL if same else _USUAL_INFLECTED):
        return True
    before = tokens[at - 1].norm if at else ""
    if not token.opens and before in _BEFORE_NOUNS and language not in _ARTICLES_WITH_NAMES:
        return True
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is not None and after.form[:1].isdigit() and known.common:
        return True  # "Sommer 2024"
    if known.labels & {"kin", "title", "job"} and known.common:
        # "Učitel Novák" is the teacher; "Richter" alone may be either where every noun has a capital.
        return language == "de" or (after is not None and after.form[:1].isupper())
    return not same and language == "de" and known.common


def _carry_initials(
    text: Text,
    rates: Sequence[Sequence[float]],
    kinds: list[int],
    vouched: set[int],
    initials: set[str],
    person: int,
) -> None:
    """Mark the initials of sure persons, and those that stood behind a form of address, wherever they come again."""
    tokens, language = text.tokens, text.language
    titles = {tokens[at].form for at in vouched if len(tokens[at].form) == 1 and kinds[at] == person}
    if not (initials or titles):
        return
    single = initials | titles
    for at in [at for at, form in enumerate(text.forms) if len(form) == 1 and form in single]:
        token = tokens[at]
        if kinds[at] >= 0:
            continue
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        before = tokens[at - 1] if at else None
        if after is None or (
            before is not None and (before.form[:1].isdigit() or _tells_apart(before, text))
        ):
            continue
        if after.form == ".":
            if token.form in titles or rates[at][1] > 0.15 or _begins_sentence(text, at):
                kinds[at] = person
                vouched.add(at)
        elif (
            token.form.isupper()
            and (token.form in titles or token.form not in _BETWEEN_WORDS)
            and not token.opens
            and before is not None
            and before.word
            and (before.form.islower() or before.opens)
            and not facts(before.norm, language).vocabulary
            and after.word
            and after.space
            and after.form.islower()
        ):
            kinds[at] = person
            vouched.add(at)


def _begins_sentence(text: Text, at: int) -> bool:
    """Whether a sentence begins with an initial and its full stop, and no item of a list: "P. veut partir"."""
    tokens = text.tokens
    if not at or at + 2 >= len(tokens) or not tokens[at].opens:
        return False
    after = tokens[at + 2]
    listed = "\n" in text.plain[tokens[at - 1].to : tokens[at].at]
    return not listed and after.word and len(after.form) > 1 and after.form[0].islower() and after.space


def _tells_apart(before: Token, text: Text) -> bool:
    """ "Child A", "Kind B": how a case without names tells children apart."""
    return before.word and "kin" in facts(before.norm, text.language).labels
