"""Names that stand in a professional text for an illness, a test, a method, a law, a treaty or a medicine.

"Wernicke's encephalopathy", "Gesprächsführung nach Miller und Rollnick", "loi Évin", "Haagská úmluva", "Elvanse".
Names of authors that hardly any family has are understood alone; those that families have as well only beside a word
for what they are known for ("Beck" beside "inventory"). Whoever stands with a first name, a title, a form of address
or a word for kin is a person, and then the name is one in the whole text: "Mr Down", "Familie Asperger", "Tourette,
Jonas".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

from .facts import facts
from .lists import GIVEN, OWN, fold
from .text import Text, Token
from .words import tokens as words_of

FOLDER: Final = Path(__file__).parent / "shared"

_SLAVIC: Final = (
    r"[eaiyo]?(?:j?[eo]v|uv|in|sk)?(?:a|e|i|o|u|y|em|om|ou|ovi|ove|ho|ej|eho|oho|emu|omu|ego|ega|ich|ih|ych|ym|im"
    r"|ymi|imi|ju|ja|jem|mu|m|ech|ah|am|ama|mi|ami|iho|imu|s?k[aeiouy][hm]?[ou]?)?"
)
_ROMANCE: Final = r"(?:[eaoyi]?s?|ian[oaei]s?|ien(?:ne)?s?)"
_ENDINGS: Final = {
    "en": r"[eaiyo]?s?|e?(?:ian|ean|ist)s?",
    "de": r"[eaiyo]?(?:s|ens|er|'?s?sche[nmrs]?|ianer|isch\w{0,3})?",
    "nl": r"[eaiyo]?(?:s|se|iaan|iaanse?)?",
    **dict.fromkeys(("fr", "es", "it", "pt"), _ROMANCE),
    "fi": r"[eaiyo]?(?:n|t|in|i|a|ta|na|lla|lle|lta|ssa|sta|ksi|an|en|han|hin|on|un)?",
    "el": r"[αεηιουωeaiyo]{0,3}[σνs]?",
    **dict.fromkeys(("sl", "sk", "cs"), _SLAVIC),
}
"""What may stand behind the beginning of a name."""
_COMPOUNDS: Final = frozenset(("de", "nl", "fi"))
_CASES: Final = frozenset(("fi", "el", "sl", "sk", "cs"))
_JOINS: Final = frozenset(
    """, / & + - ( and or und oder sowie wie en of et ou y e o u ni ja sekä tai eli kuten και ή in ali ter a i alebo
    nebo či as well""".split()  # noqa: SIM905
)
"""What may stand between two names in a row."""
_AFTER_JOIN: Final = frozenset(
    "others autres otros altri outros andere after the beim des la le de d' di der nach".split()  # noqa: SIM905
)
_HOUSES: Final = frozenset(("org school", "org kindergarten", "-org school", "-org kindergarten"))
"""What is called after an author is the name of a house."""
_BORN: Final = frozenset(("geb", "geboren", "born", "nato", "nata", "né", "née", "nar", "rojen", "s"))
_BARE: Final = frozenset(("cs", "sk", "sl", "el"))
"""Languages in which a case may take the place of the small word between head and name."""
_RESULT: Final = ("posit", "pozit", "negat", "θετικ", "αρνητ")
"""A test that has a result is somebody's test."""
_ROMAN: Final = re.compile(r"(?:i{1,3}|iv)[ab]?|[ab]|ι{2}α?", re.IGNORECASE)
_ALONE: Final = "*"
_WORDS: Final = "+"
_CUSTOM: Final = "F"
_SURE: Final = (_ALONE, _WORDS, _CUSTOM)


class _Tables(NamedTuple):
    rare: frozenset[str]
    usual: dict[str, str]
    plain: frozenset[str]
    """Medicines: nobody is called so."""
    cut: frozenset[str]
    """The same without the vowel at their end, which a case takes away."""
    custom: frozenset[str]
    letters: frozenset[str]
    capitals: frozenset[str]
    heads: dict[str, str]
    links: frozenset[str]
    family: frozenset[str]
    authors: dict[str, tuple[tuple[str, ...], ...]]


class _Name(NamedTuple):
    stem: str
    kinds: str
    """What it may stand for: kinds of heads, "*" without any, "+" for medicines and tests, "F" for feasts."""


_NOBODY: Final = _Name("", "")


def _read(name: str) -> dict[str, Any]:
    with (FOLDER / name).open("rb") as stream:
        return tomllib.load(stream)


@cache
def _tables() -> _Tables:
    names, words = _read("eponyms.toml"), _read("medicines.toml")
    usual: dict[str, str] = {}
    for entry in (names["usual"] + names["feasts"]).split():
        stem, kinds = entry.split(":")
        usual[stem] = usual.get(stem, "") + kinds
    for town in names["towns"].split():
        usual[town] = usual.get(town, "") + "c"
    heads: dict[str, str] = {}
    for kind, stems in names["heads"].items():
        for stem in stems.split():
            heads[stem] = heads.get(stem, "") + kind
    authors: dict[str, list[tuple[str, ...]]] = {}
    for entry in names["authors"].split():
        parts = tuple(fold(token.norm) for token in words_of(entry.replace("_", " "), None))
        authors.setdefault(parts[0], []).append(parts)
    return _Tables(
        frozenset(names["rare"].split()),
        usual,
        frozenset(words["medicines"].split()),
        frozenset(word[:-1] for word in words["medicines"].split() if word[-1] in "aeio" and len(word) > 5),
        frozenset(names["custom"].split()),
        frozenset(words["letters"].split()),
        frozenset(words["capitals"].split()),
        heads,
        frozenset(names["between"]["links"].split()),
        frozenset(fold(word) for word in names["between"]["family"].split()),
        {first: tuple(sorted(group, key=len, reverse=True)) for first, group in authors.items()},
    )


@cache
def _rest(language: str) -> re.Pattern[str]:
    return re.compile(_ENDINGS.get(language, ""))


@lru_cache(maxsize=30_000)
def _name(norm: str, language: str) -> _Name:
    """What a lower-case word may stand for."""
    tables, folded = _tables(), fold(norm)
    if "-" in folded:
        return _compound(folded, language)
    if folded in tables.letters:
        return _Name(folded, _WORDS)
    if (
        "'" in folded and language == "de" and folded.partition("'")[2].startswith("sch")
    ):  # "Rogers'sche Haltung"
        stem = folded.partition("'")[0]
        if stem in tables.rare or stem in tables.usual:
            return _Name(stem, _ALONE)
    if language == "fi":
        folded = folded.replace("'", "")  # "Maslow'n"
    rest = _rest(language)
    for size in range(len(folded), 2, -1):
        stem = folded[:size]
        if language in _CASES and size > 4 and size < len(folded) and stem in tables.cut:
            if rest.fullmatch(folded, size):
                return _Name(stem, _WORDS)
        elif stem in tables.plain:
            if folded[size:] in ("", "e", "s") or (
                len(folded) - size < 9 if size > 6 else language in _CASES and rest.fullmatch(folded, size)
            ):
                return _Name(stem, _WORDS)
        elif stem in tables.custom and rest.fullmatch(folded, size):
            return _Name(stem, _CUSTOM)
        elif (stem in tables.rare or stem in tables.usual) and rest.fullmatch(folded, size):
            return _Name(stem, _ALONE if stem in tables.rare else tables.usual[stem])
    return _NOBODY


def _compound(folded: str, language: str) -> _Name:
    """ "Asperger-Syndrom", "Gayet-Wernicke", "AUDIT-kysely"."""
    tables = _tables()
    parts = [part for part in folded.split("-") if part]
    if folded in tables.letters or not parts:
        return _Name(folded, _WORDS if parts else "")
    if parts[0] in tables.letters or "-".join(parts[:2]) in tables.letters:
        return _Name(folded, _WORDS)
    rest = _rest(language)
    for size in range(len(folded), 4, -1):
        if folded[:size] in tables.rare and rest.fullmatch(folded, size):
            return _Name(folded[:size], _ALONE)
    names = [_name(part, language) for part in parts]
    if names[0].kinds == _WORDS:
        return _Name(folded, _WORDS)
    if len(parts) > 1 and all(name.kinds for name in names):
        return _Name(folded, _ALONE)
    fitting = names[0].kinds + ("x" if names[0].kinds else "")
    if len(parts) > 1 and fitting and (_ALONE in fitting or _fits(fitting, parts[-1], language)):
        return _Name(names[0].stem, _ALONE)
    return _NOBODY


@lru_cache(maxsize=30_000)
def _heads(folded: str, compounds: bool) -> str:
    """Of which kinds a folded word is a head."""
    heads, found = _tables().heads, ""
    for size in range(min(len(folded), 14), 1, -1):
        kinds = heads.get(folded[:size])
        if kinds is not None and len(folded) - size <= (
            12 if size > 4 else 2 * (size == 4 and "w" not in kinds)
        ):
            found += kinds
    if compounds and len(folded) > 8:
        found += "".join(kinds for stem, kinds in heads.items() if len(stem) > 3 and stem in folded[3:])
    return found


def _fits(kinds: str, folded: str, language: str) -> bool:
    heads = _heads(folded, language in _COMPOUNDS)
    return any(kind in heads for kind in kinds) or ("s" in kinds and "y" in heads)


Telling = tuple[_Name, tuple[tuple[str, ...], ...]]


def telling(norm: str, language: str) -> Telling | None:
    """What a lower-case word may stand for, and the authors whose names begin with it; None for nearly every word."""
    name, authors = _name(norm, language), _tables().authors.get(fold(norm), ())
    return (name, authors) if name.kinds or authors else None


def spans(text: Text, said: Mapping[str, Telling] | None = None) -> Iterator[tuple[int, int]]:
    """Where such names stand, with what belongs to them, in code points of the text as it was given.

    `said` are the words of the text that are `telling`, if they are known already.
    """
    tokens = text.tokens
    if said is None:
        said = {norm: told for norm in text.said if (told := telling(norm, text.language)) is not None}
    found = _authors(text, said)
    names: dict[int, _Name] = {}
    for at in text.places(said):
        name = said[text.norms[at]][0]
        if name.kinds and tokens[at].word and len(text.forms[at]) > 1:
            names[at] = name
    if not text.shouted:
        for at in text.large:
            form = text.forms[at]
            if len(form) > 1 and at not in names and form.isupper() and tokens[at].word and _lettered(form):
                names[at] = _Name(form, _WORDS)
    if names:
        known = set(names).union(*(range(first, last + 1) for first, last in found))
        people = {name.stem for at, name in names.items() if _is_person(text, at, name, known)}
        free = {at: name for at, name in names.items() if name.stem not in people}
        found += _explained(text, free)
    for first, last in _joined(tokens, sorted(found)):
        yield tokens[first].start, tokens[last].end


def _lettered(form: str) -> bool:
    capitals = _tables().capitals
    return form in capitals or ("-" in form and form.split("-")[0] in capitals)


def _authors(text: Text, said: Mapping[str, Telling]) -> list[tuple[int, int]]:
    """Authors with their first names."""
    tokens, found = text.tokens, []
    for at in text.places(said):
        for parts in said[tokens[at].norm][1]:
            inside = tokens[at : at + len(parts)]
            if len(inside) == len(parts) and all(
                fold(one.norm) == part for one, part in zip(inside, parts, strict=True)
            ):
                found.append((at, at + len(parts) - 1))
                break
    return found


def _is_person(text: Text, at: int, name: _Name, names: Collection[int]) -> bool:
    """Whether a name is that of a person: with a title, a first name, an initial, a word for kin or a date."""
    tokens, language = text.tokens, text.language
    before = at - 1
    while before >= 0 and tokens[before].form in ".:" and at - before < 3:
        before -= 1
    if before >= 0 and tokens[before].word and "\n" not in text.plain[tokens[before].to : tokens[at].at]:
        token = tokens[before]
        stop = tokens[at - 1].form == "."
        known = facts(token.norm, language)
        called = fold(token.norm) in _tables().family
        called |= name.kinds not in (_WORDS, _CUSTOM) and bool(known.labels & {"title", "kin", "job"})
        if called and (not stop or len(token.form) < 6):
            return True
        if len(token.form) == 1 and stop and token.form.isupper():
            return True
        if not stop and before == at - 1 and before not in names and _is_given(text, before):
            return True
        if not stop and known.labels & _HOUSES:
            return True
    behind = [token.form for token in tokens[at + 1 : at + 4]]
    if behind[:1] in (["("], ["*"]) and behind[1:2] and behind[1].isdigit():
        return len(behind[1]) < 4
    if behind and tokens[at + 1].word and name.kinds not in (_WORDS, _CUSTOM):
        next_to = facts(tokens[at + 1].norm, language).labels
        if next_to & _HOUSES or "kin" in next_to or fold(tokens[at + 1].norm) in _tables().family:
            return True  # "the Bowlby family", "Freinet koulu"
    after = at + 1 + (behind[:1] == [","])
    if after < len(tokens) and after not in names and tokens[after].word:
        if tokens[after].norm in _BORN:
            return after > at + 1
        return tokens[after].form[0].isupper() and not tokens[after].opens and _is_given(text, after)
    return False


def _is_given(text: Text, at: int) -> bool:
    """Whether a word is likely a first name."""
    token = text.tokens[at]
    known = facts(token.norm, text.language)
    if not (known.name | known.inner) & GIVEN or len(token.form) < 3:
        return False
    if known.vocabulary and (token.opens or text.small or text.shouted):
        return False
    if token.form[0].islower() and not text.small:
        return False
    inside = not (token.opens or text.small or text.shouted or text.language == "de")
    if known.name & OWN and (known.usual < 11 or inside):
        return True
    return not known.common and not text.small and not text.shouted


def _explained(text: Text, names: dict[int, _Name]) -> list[tuple[int, int]]:
    """The names that stand for something else, as first and last token."""
    found: dict[int, tuple[int, int]] = {}
    for at, name in names.items():
        reach = _beside(text, at, name)
        if reach is not None:
            found[at] = reach
        elif name.kinds in _SURE:
            found[at] = (at, at)
    order = sorted(names)
    for ordered in (order, order[::-1]):  # "Miller and Rollnick": one speaks for its neighbour
        for one, other in pairwise(ordered):
            if one not in found or other in found:
                continue
            first, last = (found[one][1], other) if one < other else (other, found[one][0])
            fits = _speaks(names[one].kinds, names[other].kinds)
            if fits and (_is_run(text.tokens, first, last) or _is_run(text.tokens, *sorted((one, other)))):
                found[other] = (other, other)
    return [reach for at, reach in found.items() if names[at].kinds != _CUSTOM]


def _speaks(kinds: str, other: str) -> bool:
    """Whether one name explains its neighbour in a row: authors authors, a test a test, a feast a feast."""
    feasts = kinds in (_CUSTOM, "f", "n")
    if feasts or other in ("f", "n"):
        return feasts and other in ("f", "n")
    return kinds != _WORDS or "t" in other


def _is_run(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether only signs and words that join stand between two names."""
    between = tokens[first + 1 : last]
    joins = sum(token.norm in _JOINS for token in between)
    return joins > 0 and len(between) < 4 and all(_is_link(token) for token in between)


def _is_link(token: Token) -> bool:
    return token.norm in _JOINS or token.norm in _AFTER_JOIN


def _beside(text: Text, at: int, name: _Name) -> tuple[int, int] | None:
    """From the head to the name, or from the name to the head, if there is one that fits."""
    tokens, language = text.tokens, text.language
    kinds = "ystmlwcdxkgr" if name.kinds in _SURE else name.kinds
    after = at + 1
    if after < len(tokens) and tokens[after].form in "'’" and not tokens[after].space:
        after += 1 + (after + 1 < len(tokens) and tokens[after + 1].norm == "s")
    elif after < len(tokens) and tokens[after].form == "-" and not tokens[after].space:
        after += 1
    if "c" in kinds and after < len(tokens) and _ROMAN.fullmatch(tokens[after].norm):
        after += 1 + (after + 1 < len(tokens) and _ROMAN.fullmatch(tokens[after + 1].norm) is not None)
    if after < len(tokens) and tokens[after].norm == "on":  # "Marlatt on relapse prevention"
        after += 1
    end = max(at, after - 1) if after - 1 > at and tokens[after - 1].word else at
    if after < len(tokens) and tokens[after].word and _fits(kinds, fold(tokens[after].norm), language):
        behind = tokens[after + 1 : after + 5]
        if not any(token.norm.startswith(_RESULT) for token in behind):
            return at, after
    head = _head_before(text, at, kinds)
    return None if head < 0 else (head, end)


def _head_before(text: Text, at: int, kinds: str) -> int:
    """Where a head that fits stands before a name: "syndrome de", "modelo transteórico de"; else -1."""
    tokens, language, links = text.tokens, text.language, _tables().links
    place, linked, words = at - 1, False, 0
    while place >= 0 and at - place < 8:
        token = tokens[place]
        if token.norm in links:
            linked = True
        elif not token.word or (token.norm in _JOINS and not linked):
            return -1
        else:
            name = _name(token.norm, language)
            if _fits(kinds, fold(token.norm), language) or ("t" in kinds and name.kinds == _WORDS):
                return place
            words += 1
            capital = token.form[0].isupper() and not token.form.isupper() and language != "de"
            if capital or _is_given(text, place) or words > (2 if linked else int(language in _BARE)):
                return -1
        place -= 1
    return -1


def _joined(tokens: Sequence[Token], found: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Passages with the small words before them, and put together where only small words part them."""
    links = _tables().links
    current: tuple[int, int] | None = None
    for first, last in found:
        if current is not None:
            gap = tokens[current[1] + 1 : first]
            if first <= current[1] or (
                len(gap) < 4 and all(one.norm in links or _is_link(one) for one in gap)
            ):
                current = (current[0], max(last, current[1]))
                continue
            yield current
        start = first
        while start > 0 and first - start < 2 and tokens[start - 1].norm in links and tokens[start].space:
            start -= 1
        current = (start, last)
    if current is not None:
        yield current
