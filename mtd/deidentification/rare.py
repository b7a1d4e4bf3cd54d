"""What singles a family out without a name: the mayor's wife, the accident on the A4, triplets, the only vet.

The words come from the [rare] lists of each language; here is only how they stand together. One word of a kind says
little and is left alone, two that belong together within a few words of one sentence are a mark. Every mark asks for
a look and none is certain: whether something is rare, only people know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Final

from .findings import Kind
from .kept import Kept
from .lexicon import Lexicon, Words, lexicon
from .text import Mark, Text, Token


def _words(listed: str) -> tuple[str, ...]:
    return tuple(listed.split())


_UNIQUE, _OFFICE, _RELATION, _EVENT, _MEDIA, _ROAD, _RECORD, _MANY, _CHILDREN, _SCOPE, _PERSON, _JOB = (
    1 << bit for bit in range(12)
)
_TELLING: Final = _UNIQUE | _OFFICE | _EVENT | _MEDIA | _RECORD | _CHILDREN
"""Without a word of these kinds a sentence tells nothing."""
_FLAGS: Final = {
    "unique": _UNIQUE,
    "offices": _OFFICE,
    "relations": _RELATION,
    "events": _EVENT,
    "media": _MEDIA,
    "roads": _ROAD,
    "records": _RECORD,
    "many": _MANY,
    "children": _CHILDREN,
    "scope": _SCOPE,
}
_SOLE: Final = {
    "de": ("einzig",),
    "en": ("only", "sole"),
    "nl": ("enig",),
    "fr": ("seul", "unique"),
    "es": ("únic", "unic", "sol"),
    "it": ("unic", "sol"),
    "pt": ("únic", "unic", "só"),
    "fi": ("ainoa", "ainut", "ainok"),
    "el": ("μοναδικ", "μόν"),
    "sl": ("edin",),
    "sk": ("jedin",),
    "cs": ("jedin",),
}
"""Beginnings of the words that mean "the only one"; the others in the list ("first", "well known") say less."""
_ARTICLES: Final = frozenset(_words("the our their le la les l' notre il lo gli i el los las o a os as"))
"""Before "only", where the word alone also means "just" or "lonely"."""
_NEEDS_ARTICLE: Final = frozenset(("en", "fr", "it", "es", "pt"))
_JOINS: Final = {
    "de": {"und", "oder", "sowie", "mit", "bei", "beim"},
    "en": {"and", "or", "with"},
    "nl": {"en", "of", "met"},
    "fr": {"et", "ou", "avec"},
    "es": {"y", "e", "o", "con"},
    "it": {"e", "ed", "o", "con"},
    "pt": {"e", "ou", "com"},
    "fi": {"ja", "tai", "sekä"},
    "el": {"και", "ή", "με"},
    "sl": {"in", "ali", "s", "z"},
    "sk": {"a", "alebo", "s", "so"},
    "cs": {"a", "nebo", "s", "se"},
}
_BIRTHS: Final = _words(
    "zwilling drilling vierling fünfling sechsling twin tripl quad quint tweeling drieling vierling vijfling jumel "
    "jumeau gemel gémel trillizo trilliz melliz cuatrilliz gémeo gémea trigém quadrig trigem quadrup kaksos kaksoset "
    "kolmos nelos viitos δίδυμ δίδυμο διδύμ τρίδυμ τριδύμ dvojč trojč štvorč čtyřč paterč päťorč štirič"
)
_PRINTED: Final = _words(
    "zeitung newspaper paper krant dagblad journa periódic giornal quotidian jorna lehde lehti lehte εφημερίδ novin "
    "deník denník časopis časnik titel schlagzeil frontpage headlin voorpagin lokal"
)
"""Beginnings of words for what is printed about people; television alone is mostly just watched."""
_AIRED: Final = _words(
    "tagesschau tele fernseh tv tg radio rádi ραδι τηλε ειδήσ rundfunk nachricht news nieuw journ notic notíc novic "
    "noviny správ zpráv uutis poročil press pers presse prens stampa imprensa tisk tlač τύπ media medi"
)
_TRIALS: Final = _words("pro trial gericht sou súd sod tribun oikeu δίκ juicio julg rechts")
"""Beginnings of words for courts and trials: a court is in a town without anybody being rare."""
_IN_PRINT: Final = frozenset(
    _words(
        "in im auf the der dem den de het dans le la les un une en el sur sul sulla sui nel nei su no na nos nas do "
        "στην στη στις στα στο η την τις v vo"
    )
)
_ON_AIR: Final = _IN_PRINT | frozenset(_words("on op à a al alla en nel nella na v ve vo stin"))
_WAS: Final = frozenset(
    _words(
        "was were been war waren kam kamen gewesen était étaient passé fue estuvo salió era è stata stato finita "
        "finito foi esteve apareceu oli olivat ήταν βγήκε bil bila bili byl byla byli bol bola boli kwam"
    )
)
"""Who was on the news is known; who watches them is not."""
_ROAD_CODE: Final = re.compile(
    r"(?:[ABDEMNLKRS]|AP|IP|IC|RN|SS|SP|VT|DK|II|III)[- ]?\d{1,4}\Z", re.IGNORECASE
)
_CLASSES: Final = _words("klas clas tříd tried turma razred luok τάξ groep odred šol škol écol escol")
_GROUPS: Final = _words(
    "grupp group klass clas grup gruppo grupo skupin ryhm ομάδ groep warte waiting wacht liste lista list einrichtung "
    "plätz platz place plaats posti posto plaza oddelk tried tříd"
)
"""Beginnings of words that make a number of children a figure about a service instead of a family."""
_END: Final = frozenset(".!?;:")
_NUMBER: Final = re.compile(r"(?:[6-9]|1\d)\Z")


@dataclass(slots=True)
class _Table:
    """The words of a language by what they can be part of."""

    flags: dict[str, int] = field(default_factory=dict)
    phrases: dict[str, list[tuple[tuple[str, ...], int]]] = field(default_factory=dict)
    institutions: frozenset[str] = frozenset()
    """Scope words that are no place to live in: "school", "class"."""


@dataclass(frozen=True, slots=True, order=True)
class _Item:
    first: int
    last: int
    flags: int


@cache
def _table(language: str) -> _Table:
    words = lexicon(language)
    table = _Table()
    for name, flag in _FLAGS.items():
        if name in words.rare:
            _add(table, words.rare[name], flag)
    for word in words.kin:
        table.flags[word] = table.flags.get(word, 0) | _PERSON
    for word in words.professions:
        table.flags[word] = table.flags.get(word, 0) | _JOB
    table.institutions = frozenset(
        word
        for word in words.rare["scope"].whole
        if words.organisation(word) in ("school", "kindergarten") or word.startswith(_CLASSES)
    )
    return table


_OTHERWISE: Final = frozenset(_words("ana anas triple triples secretaria secretarias ile iles ima zupan"))
"""Without the accents that make them rare ("anã", "triplé", "île") they mean something else, or are a name."""


def _add(table: _Table, words: Words, flag: int) -> None:
    for word in words.whole:
        if " " not in word and word not in _OTHERWISE:
            table.flags[word] = table.flags.get(word, 0) | flag
    for phrase in words.phrases:
        table.phrases.setdefault(phrase[0], []).append((phrase, flag))


def marks(text: Text) -> Iterator[Mark]:
    """What could single somebody out; all to check. A language without words yields nothing."""
    try:
        words, table = lexicon(text.language), _table(text.language)
    except KeyError:
        return
    # Hardly any sentence has a word that can tell something, so that words are asked before sentences.
    asked = _asked(text.language)
    telling = [norm for norm in text.said if asked[norm]]
    if not telling:
        return
    tokens, forms = text.tokens, text.forms
    begin = reached = 0
    for at in text.places(telling):
        if at < reached:
            continue
        begin = at
        while begin > 0 and forms[begin] not in _END and not tokens[begin].opens:
            begin -= 1
        reached = at + 1
        while reached < len(forms) and forms[reached] not in _END and not tokens[reached].opens:
            reached += 1
        yield from _sentence(text, tokens, begin, reached, words, table)


def _sentence(
    text: Text, tokens: Sequence[Token], begin: int, end: int, words: Lexicon, table: _Table
) -> Iterator[Mark]:
    items = list(_items(tokens, begin, end, words, table))
    if not items:
        return
    joins = _JOINS.get(text.language, set())
    for place, item in enumerate(items):
        if item.flags & _RECORD:
            born = tokens[item.first].norm.startswith(_BIRTHS) or tokens[item.last].norm.startswith(_BIRTHS)
            yield _mark(text, tokens, item, item, "many_children" if born else "rare", 0.6)
        for other in items[place + 1 : place + 6]:
            gap = other.first - item.last - 1
            if gap > 8:
                break
            yield from _pair(text, tokens, item, other, gap, joins, table)
        if item.flags & _EVENT:
            road = _road(tokens, item.last + 1, min(end, item.last + 7))
            if road is None and not tokens[item.first].norm.startswith(_TRIALS):
                road = _named_place(tokens, item.last + 1, min(end, item.last + 4), words)
            if road is not None:
                yield _mark(text, tokens, item, road, "public_event", 0.7)
        if item.flags & _MEDIA and _in_print(text.language, tokens, item, begin):
            yield _mark(text, tokens, item, item, "public_event", 0.5)
        if item.flags & _CHILDREN and not item.flags & _MANY:
            yield from _many(text, tokens, item, begin, end, table)


def _pair(
    text: Text, tokens: Sequence[Token], one: _Item, two: _Item, gap: int, joins: set[str], table: _Table
) -> Iterator[Mark]:
    between = tokens[one.last + 1 : two.first]
    joined = any(token.norm in joins or (not token.word and token.form not in "'’-") for token in between)
    words = sum(token.word and len(token.form) > 1 for token in between)
    either = one.flags | two.flags
    media = one if one.flags & _MEDIA else two
    if either & _EVENT and media.flags & _MEDIA and _news(tokens[media.first].norm):
        yield _mark(text, tokens, one, two, "public_event", 0.6)
    if one.flags & _EVENT and two.flags & _ROAD and gap <= 5:
        yield _mark(text, tokens, one, two, "public_event", 0.6)
    if joined:
        return
    before = words <= 2 and one.flags & (_RELATION | _PERSON) and two.flags & _OFFICE
    after = words == 0 and one.flags & _OFFICE and two.flags & _RELATION
    if before or after:
        yield _mark(text, tokens, one, two, "office", 0.7)
    if words <= 2 and one.flags & _OFFICE and two.flags & _SCOPE and _is_place(tokens, two, table):
        yield _mark(text, tokens, one, two, "office", 0.6)
    if one.flags & _UNIQUE:
        sole = _sole(text.language, tokens, one.first)
        job = words <= (3 if sole else 1) and two.flags & (_OFFICE | (_JOB if sole else 0))
        here = sole and words <= 2 and two.flags & _SCOPE
        if job or here:
            yield _mark(text, tokens, one, two, "unique", 0.6)
        elif sole and two.flags & _PERSON and words <= 2:
            scope = _scoped(tokens, one, two, table)
            if scope is not None:
                yield _mark(text, tokens, min(one, scope), max(two, scope), "unique", 0.6)
            elif _followed(tokens, two.last + 1):
                yield _mark(text, tokens, one, two, "unique", 0.5)


def _scoped(tokens: Sequence[Token], one: _Item, two: _Item, table: _Table) -> _Item | None:
    """Where the words around say in what place: "the only Kurdish family in the village", "kylän ainoa perhe"."""
    places = [one.first - 1, *range(two.last + 1, min(two.last + 6, len(tokens)))]
    for at in places:
        if at >= 0 and tokens[at].form in _END:
            return None
        if at >= 0 and table.flags.get(tokens[at].norm, 0) & _SCOPE:
            item = _Item(at, at, _SCOPE)
            if _is_place(tokens, item, table):
                return item
    return None


def _is_place(tokens: Sequence[Token], item: _Item, table: _Table) -> bool:
    """Whether the word is a place to live in, and not a school or a class."""
    return tokens[item.last].norm not in table.institutions


def _items(tokens: Sequence[Token], begin: int, end: int, words: Lexicon, table: _Table) -> Iterator[_Item]:
    index = begin
    while index < end:
        norm = tokens[index].norm
        found = _flag(norm, words.language)
        last = index
        if norm in table.phrases:
            for phrase, flag in table.phrases[norm]:
                to = index + len(phrase)
                if to <= end and all(tokens[index + at].norm == word for at, word in enumerate(phrase)):
                    found, last = flag, max(last, to - 1)
        if found:
            yield _Item(index, last, found)
        index = last + 1


@cache
def _asked(language: str) -> Kept[bool]:
    """Word -> whether it can tell something."""
    phrases = _table(language).phrases
    return Kept(lambda norm: norm in phrases or bool(_flag(norm, language) & _TELLING))


@lru_cache(maxsize=30_000)
def _flag(norm: str, language: str) -> int:
    """What a word by itself can be part of."""
    table = _table(language)
    found = table.flags.get(norm, 0)
    if not found and norm.endswith(("lehdessä", "lehteen", "lehdissä", "lehtiin")):
        found = _MEDIA
    if not found and len(norm) > 9:
        found = _compound(norm, table)
    if not found and language in _POSSESSIVE:
        found = _possessive(norm, table)
    return found


_POSSESSIVE: Final = frozenset({"sl", "sk", "cs"})
_POSSESSIVE_END: Final = re.compile(r"(?:ov[aeouiy]?|ův|ev[aeou]?|ou|ovou|ovej|ově|ovi[mh]?)\Z")


def _possessive(norm: str, table: _Table) -> int:
    """ "starostova manželka": the mayor's wife, where the office is an adjective."""
    match = _POSSESSIVE_END.search(norm) if 6 < len(norm) < _LONGEST_COMPOUND else None
    if match is None:
        return 0
    stem = norm[: match.start()]
    return _OFFICE if any(table.flags.get(stem + end, 0) & _OFFICE for end in ("", "a", "o")) else 0


_LONGEST_COMPOUND = 60


def _compound(word: str, table: _Table) -> int:
    """ "Pfarrerstochter" is an office and a relation in one word."""
    if len(word) > _LONGEST_COMPOUND:
        return 0
    for left, right in ((word[:at], word[at:]) for at in range(4, len(word) - 2)):
        if table.flags.get(right, 0) & _RELATION and any(
            table.flags.get(stem, 0) & _OFFICE
            for stem in (left, left.removesuffix("s"), left.removesuffix("n"))
        ):
            return _RECORD
    return 0


def _sole(language: str, tokens: Sequence[Token], index: int) -> bool:
    if not tokens[index].norm.startswith(_SOLE.get(language, ())):
        return False
    return language not in _NEEDS_ARTICLE or (index > 0 and tokens[index - 1].norm in _ARTICLES)


def _followed(tokens: Sequence[Token], index: int) -> bool:
    """Whether more follows that says where or from where: "the only family from …"."""
    return index < len(tokens) and tokens[index].word and len(tokens[index].form) <= 5


def _named_place(tokens: Sequence[Token], begin: int, end: int, words: Lexicon) -> _Item | None:
    """A word before a place, then a capital that is no ordinary word: "in Jüchen"."""
    for index in range(begin, end - 1):
        after = tokens[index + 1]
        if (
            tokens[index].norm in words.places.whole
            and after.form[:1].isupper()
            and not words.knows(after.form)
        ):
            return _Item(index + 1, index + 1, 0)
    return None


def _road(tokens: Sequence[Token], begin: int, end: int) -> _Item | None:
    for index in range(begin, end):
        form = tokens[index].form
        for last in range(index, min(index + 3, end)):
            joined = "".join(token.form for token in tokens[index : last + 1])
            if form[:1].isalpha() and _ROAD_CODE.match(joined):
                return _Item(index, last, 0)
    return None


def _news(norm: str) -> bool:
    return norm.startswith(_AIRED) or any(stem in norm for stem in _PRINTED)


def _in_print(language: str, tokens: Sequence[Token], item: _Item, begin: int) -> bool:
    norm = tokens[item.first].norm
    before = [token.norm for token in tokens[max(begin, item.first - 2) : item.first]]
    if not any(stem in norm for stem in _PRINTED):
        was = tokens[max(begin, item.first - 4) : item.first]
        return (
            norm.startswith(_AIRED)
            and not _ON_AIR.isdisjoint(before)
            and any(token.norm in _WAS and (language, token.norm) != ("de", "was") for token in was)
        )
    if norm == "paper":  # what is on paper was not in the paper
        return before == ["in", "the"]
    return norm.endswith(("ssä", "issa", "essa")) or any(word in _IN_PRINT for word in before)


def _many(
    text: Text, tokens: Sequence[Token], item: _Item, begin: int, end: int, table: _Table
) -> Iterator[Mark]:
    for index in range(max(begin, item.first - 2), item.first):
        norm = tokens[index].norm
        if not (_NUMBER.match(norm) or table.flags.get(norm, 0) & _MANY):
            continue
        rest = [token.norm for token in tokens[begin:end]]
        if any(word.startswith(_GROUPS) for word in rest):
            return
        if sum(word[:1].isdigit() for word in rest) > 1:
            return
        yield _mark(text, tokens, _Item(index, index, 0), item, "many_children", 0.6)
        return


def _mark(
    text: Text, tokens: Sequence[Token], one: _Item, two: _Item, reason: str, confidence: float
) -> Mark:
    return text.mark(tokens[one.first].at, tokens[two.last].to, Kind.RARE, confidence, False, reason)
