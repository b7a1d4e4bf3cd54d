"""A more general wording for a passage, in the language of the text and in a form that fits into the sentence.

    propose(mark, text)      # (12, "die Mutter"): replace from 12 on, so that "Frau" goes together with the name
    suggest(mark, text)      # the same where nothing before the mark has to go, else ""

"Dr. Meier" becomes the practice, "Mutter Ivana" the mother, "Hückelhoven" a small town, a date of birth an age group,
any other day a season or "two weeks ago", a school its kind. Empty where nothing surely fits: then people find words.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime
from typing import Final

from . import ago, fitting, lists, roles
from .findings import Kind
from .lexicon import Lexicon, lexicon
from .text import Mark, Text, Token

_COUNTRY: Final = {
    "cs": "CZ",
    "sk": "SK",
    "sl": "SI",
    "fi": "FI",
    "el": "GR",
    "pt": "PT",
    "de": "DE",
    "nl": "NL",
} | {
    "es": "ES",
    "it": "IT",
    "fr": "FR",
    "en": "GB",
}
_VILLAGE, _SMALL_TOWN, _TOWN = 5_000, 50_000, 100_000
_SIMPLE: Final = {
    Kind.ADDRESS: "address",
    Kind.PHONE: "phone",
    Kind.EMAIL: "email",
    Kind.WEB: "web",
    Kind.HANDLE: "web",
    Kind.NUMBER: "number",
    Kind.PLATE: "plate",
    Kind.ACCOUNT: "account",
}


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_LINKS: Final = {
    "de": _words("am den dem im anfang mitte ende"),
    "en": _words("on the of in early late mid end beginning"),
    "nl": _words("op in begin eind half medio"),
    "fr": _words("le en début mi fin"),
    "es": _words("el en de a principios mediados finales"),
    "it": _words("il nel l' a inizio metà fine"),
    "pt": _words("em a no dia o de início meados finais final"),
    "cs": _words("dne v ve začátkem počátkem koncem"),
    "sk": _words("dňa v vo začiatkom koncom"),
    "sl": _words("dne na v začetek sredi konec"),
    "el": _words("στις τις τη την τον το στο στα αρχές μέσα τέλη"),
    "fi": frozenset[str](),
}
"""Words that lead to a date and go with it."""
_SINCE: Final = _words(
    "seit ab bis vom zum from since until till by vanaf sinds tot depuis dès jusqu'au au du desde hasta dal dall' "
    "fino até od do po před pred z ze zo před ke k από μέχρι ως κατά after before nach vor alkaen asti saakka"
)
_SINCE_ONLY: Final = _words("seit since depuis sinds vanaf desde dal dall'")
"""Of these, the ones that a length of time can take the place of."""
_BETWEEN: Final = _words("zwischen between tussen entre tra fra μεταξύ med medzi mezi")
_AND: Final = _words("und and et en y e ed ja και in a")
_POSTPOSED: Final = _words(
    "alussa lopussa alkupuolella loppupuolella puolivälissä alkaen lähtien asti saakka välillä bis until till tot až "
    "έως"
)
_TO: Final = _words("to au al a do até ως - –")
"""Before another number: from one day to another."""
_BORN_THEN: Final = _words(
    "nació nace nasceu naquit nacque nasce syntyi γεννήθηκε γεννηθηκε narodil narodila rodil rodila"
)
"""Verbs: "was born" stays, and says when."""
_WAS: Final = _words(
    "was is were been being be ist war wurde wurden sind waren est était sont été ha han fue es è era sono foi é werd "
    "zijn on oli είναι ήταν je bil bila byl byla bol bola sa se"
)
_MARKS_OF_BIRTH: Final = _words("* geb nar nasc roj γεν synt s né née nato nata")
_LEGAL: Final = _words(
    "gmbh ag kg ohg gbr ug se sro oy oyj ab ky tmi lda sa sl srl spa bv nv vzw sarl sas ltd inc plc llc αε επε οε ικε"
)
_SEVERAL: Final = {
    "de": "mehrere",
    "en": "several",
    "nl": "meerdere",
    "fr": "plusieurs",
    "es": "varios",
    "it": "più",
    "pt": "vários",
    "cs": "více",
    "sk": "viac",
    "sl": "več",
    "fi": "monta",
    "el": "πολλά",
}


def propose(mark: Mark, text: Text, *, floor: int = 0, today: date | None = None) -> tuple[int, str]:
    """Where a replacement begins, and its wording: at the mark or before it, not before `floor`, to the mark's end.

    The wording is empty where none surely fits; then the beginning is that of the mark.
    """
    try:
        words = lexicon(text.language)
    except KeyError:
        return mark.start, ""
    first, last = _covered(text, mark)
    if first > last:
        return mark.start, ""
    start, wording = _wording(mark, text, words, first, last, today or datetime.now(UTC).date())
    if not wording or start < floor or _left_open(text.original[start : mark.end]):
        return mark.start, ""
    return min(start, mark.start), wording


_SIGNS: Final = frozenset("„“«()\"'»”")
_OPENING, _CLOSING = re.compile(r"[„“«(]|(?<!\w)[\"'»]"), re.compile(r"[”»)]|(?<=\w)[“\"«]")


def _left_open(passage: str) -> bool:
    """Whether a quotation or a bracket begins in the passage and ends behind it: 'Kita „Zwergenland'."""
    if _SIGNS.isdisjoint(passage):
        return False
    return len(_OPENING.findall(passage)) > len(_CLOSING.findall(passage))


def suggest(mark: Mark, text: Text, today: date | None = None) -> str:
    """The wording that can stand exactly in the place of the mark; "" if none surely fits there."""
    start, wording = propose(mark, text, today=today)
    return wording if start == mark.start else ""


def _wording(mark: Mark, text: Text, words: Lexicon, first: int, last: int, today: date) -> tuple[int, str]:
    surface = text.original[mark.start : mark.end]
    match mark.kind:
        case Kind.PERSON:
            return roles.person(text, words, first, last, mark.start)
        case Kind.BIRTH_DATE | Kind.DATE:
            return _date(mark, text, words, first, surface, today)
        case Kind.PLACE if text.language != "fi" and roles.behind_role(text, words, first):
            return roles.person(text, words, first, last, mark.start)  # whoever bears the name of a place
        case Kind.PLACE:
            return _place(mark, text, words, first, surface)
        case Kind.ORGANISATION:
            return _organisation(mark, text, words, first, last)
        case Kind.RARE:
            return mark.start, _rare(mark, text, words, first)
    key = _SIMPLE.get(mark.kind, "")
    before = roles.word_at(text, first)
    wording = fitting.simple(words.say.get(key, ""), text.language, before)
    return mark.start, roles.capital(wording, text, first)


def _covered(text: Text, mark: Mark) -> tuple[int, int]:
    """The first and the last token of the mark."""
    tokens = text.tokens
    first = bisect_right(text.ends, mark.start)
    last = first - 1
    while last + 1 < len(tokens) and tokens[last + 1].start < mark.end:
        last += 1
    return first, last


def _date(mark: Mark, text: Text, words: Lexicon, first: int, surface: str, today: date) -> tuple[int, str]:
    when = ago.read(surface, words, today)
    if when is None:
        return mark.start, ""
    begin = _led(text, first)
    born = roles.word_before(text, begin)
    if born < 0 and begin and text.tokens[begin - 1].form in "*✱∗":
        born = begin - 1
    elif born < 0 and begin > 1 and text.tokens[begin - 1].form == ":":
        born = begin - 2  # "Geburtsdatum: 5.5.2014"
    if mark.kind is Kind.BIRTH_DATE:
        inside = any(_of_birth(token, words) for token in text.tokens[first : _covered(text, mark)[1] + 1])
        announced = born >= 0 and _of_birth(text.tokens[born], words)
        if inside or announced:
            group = ago.age_group(when, today)
            opening = first if inside else born
            if not _was_born(text, opening) and not _at_a_place(text, mark):
                return text.tokens[opening].start, roles.capital(words.say.get(group, ""), text, opening)
    return _day(mark, text, words, when, first, begin, today)


def _at_a_place(text: Text, mark: Mark) -> bool:
    """Whether the place of the birth follows: "born on 5 May 1985 in Kabul"."""
    at = bisect_left(text.tokens, mark.end, key=lambda token: token.start)
    behind = text.tokens[at : at + 2]
    if text.language == "fi":
        return bool(behind) and behind[0].word and behind[0].form[0].isupper() and not behind[0].opens
    return len(behind) > 1 and behind[0].norm in _IN_A_PLACE and behind[1].form[0].isupper()


_IN_A_PLACE: Final = _words("in at à en au a ad em no na v ve vo σε στη στην στο στον στα")


def _was_born(text: Text, born: int) -> bool:
    """Whether the sentence says that somebody was born, instead of telling it beside the name."""
    if text.tokens[born].norm in _BORN_THEN:
        return True
    before = roles.word_before(text, born)
    further = roles.word_before(text, before) if before > 0 else -1
    return any(at >= 0 and text.tokens[at].norm in _WAS for at in (before, further))


def _day(
    mark: Mark, text: Text, words: Lexicon, when: ago.When, first: int, begin: int, today: date
) -> tuple[int, str]:
    """A day, together with the words that lead to it."""
    before = roles.word_at(text, begin)
    if _one_of_two(text, mark, begin, before):
        return mark.start, ""
    if before in _SINCE_ONLY:
        opening = begin - 1
        return text.tokens[opening].start, roles.capital(ago.since(when, words, today), text, opening)
    if before in _SINCE or (before == "to" and text.language == "en"):
        return mark.start, ""
    weekday = _weekday(text, words, mark, begin)
    if weekday < 0 and text.language == "de" and begin < first and text.tokens[begin].norm in ("dem", "den"):
        return mark.start, ""
    begin = weekday if weekday >= 0 else begin
    return text.tokens[begin].start, roles.capital(ago.ago(when, words, today), text, begin)


def _one_of_two(text: Text, mark: Mark, begin: int, before: str) -> bool:
    """Whether the day is one end of a time: "between ... and ...", "from ... to ..."."""
    around = [token.norm for token in text.tokens[max(0, begin - 9) : begin]]
    if before in _BETWEEN or (before in _AND and not _BETWEEN.isdisjoint(around)):
        return True
    if before in _AND and len(around) > 1 and (around[-2] == "." or around[-2].isdigit()):
        return True  # "am 5., 12. und 19.10."
    at = bisect_left(text.tokens, mark.end, key=lambda token: token.start)
    behind = [token.norm for token in text.tokens[at : at + 3]]
    if not behind or behind[0] in _POSTPOSED:
        return bool(behind)
    return behind[0] in _TO and any(norm.isdigit() for norm in behind[1:])


def _weekday(text: Text, words: Lexicon, mark: Mark, begin: int) -> int:
    """Where "Monday," before the day begins, or "am Montag, dem"; -1 for none, `begin` where it has to stay."""
    at = begin - 1
    comma = at > 0 and text.tokens[at].form == ","
    at -= comma
    if at < 0 or not any(text.tokens[at].norm in forms for forms in words.weekdays):
        return -1
    end = bisect_left(text.tokens, mark.end, key=lambda token: token.start)
    if comma and end < len(text.tokens) and text.tokens[end].form == ",":
        return begin  # "am Montag, den 3.3., kam sie": the second comma needs the first
    return _led(text, at)


def _led(text: Text, first: int) -> int:
    """The first of the words that lead to a date ("am", "στις"), or the date itself."""
    links, begin = _LINKS.get(text.language, frozenset()), first
    while begin > first - 3 and (at := roles.word_before(text, begin)) >= 0 and text.tokens[at].norm in links:
        begin = at
    return begin


def _of_birth(token: Token, words: Lexicon) -> bool:
    return (
        token.norm in words.born.whole
        or f"{token.norm}." in words.born.whole
        or token.norm in _MARKS_OF_BIRTH
    )


def _place(mark: Mark, text: Text, words: Lexicon, first: int, surface: str) -> tuple[int, str]:
    base, people = _people(words, surface.strip())
    if people is None:
        return mark.start, ""
    size = "village" if people < _VILLAGE else "small_town" if people < _SMALL_TOWN else "town"
    size = size if people < _TOWN else "city"
    before = roles.word_at(text, first)
    if before and text.tokens[first - 1].form[0].isupper() and not text.tokens[first - 1].opens:
        return mark.start, ""  # "Polizei Heinsberg", "die Stadt Düren"
    together = fitting.melted(words.say[size], text.language, before)
    if together:
        return text.tokens[first - 1].start, roles.capital(together, text, first - 1)
    wording = fitting.place(size, words.say[size], text.language, surface, before, base=base)
    return mark.start, roles.capital(wording, text, first)


def _people(words: Lexicon, surface: str) -> tuple[bool, int | None]:
    """Whether the place stands as on a map, and how many live there; a place of the own country goes before others."""
    country = _COUNTRY[words.language]
    own = lists.COUNTRIES.index(country)
    abroad: list[int | None] = []
    for form in dict.fromkeys((surface, *words.bases(surface)[1:])):
        found = lists.places().all(lists.fold(form.strip()))
        at_home = [entry for entry in found if entry >> 6 == own]
        if at_home:
            return form == surface, lists.inhabitants(at_home)
        abroad.append(lists.inhabitants(found))
    return abroad[0] is not None, next((people for people in abroad if people is not None), None)


def _organisation(mark: Mark, text: Text, words: Lexicon, first: int, last: int) -> tuple[int, str]:
    """The head says what it is and has its form already: "Grundschule Am Markt" -> "Grundschule"."""
    inside = text.tokens[first : last + 1]
    if any(token.norm in _LEGAL for token in inside[1:]):  # "AG Heinsberg" is a court
        wording = words.say["employer"]
        if text.language in fitting.CASES and roles.word_at(text, first):
            return mark.start, ""
        return mark.start, roles.fit(wording, text, roles.word_at(text, first), first)
    if inside[-1].word and inside[-1].form.islower() and inside[-1].norm in _LINKING:
        return mark.start, ""  # a preposition would go with the name
    if len(inside) > 2 and _phrase(text, words, first):
        return mark.start, _kind(text, f"{inside[0].form} {inside[1].form}", first)
    # "General Hospital" is a hospital, "Hospital General" as well.
    for token in (inside[-1], inside[0]) if text.language in ("en", "nl", "fi") else (inside[0], inside[-1]):
        if token.word and words.organisation(token.norm) and len(inside) > 1:
            return mark.start, _kind(text, token.form, first)
    outside = roles.word_before(text, first)
    if outside >= 0 and words.organisation(text.tokens[outside].norm):
        head = text.tokens[outside]
        return head.start, _kind(text, head.form, outside)
    if len(inside) == 1 and (end := _compound_head(inside[0], words)):
        return mark.start, end[:1].upper() + end[1:] if text.language == "de" or inside[0].opens else end
    return mark.start, ""


_LINKING: Final = _words("de du des d' l' la le del di da do van of von in v na")
_DETERMINED: Final = {
    "en": _words("the a an his her their our my your its this that every each no local same new old"),
    "nl": _words("de het een zijn haar hun onze ons mijn deze die dit dat elke geen nieuwe oude"),
}


def _kind(text: Text, form: str, first: int) -> str:
    """The word for the kind of organisation as it stands in a sentence: small, with an article where it needs one."""
    if text.language != "de" and not form.isupper():
        form = form.lower()
    if text.language in _DETERMINED and roles.word_at(text, first) not in _DETERMINED[text.language]:
        article = "een" if text.language == "nl" else "an" if form[0] in "aeio" else "a"
        form = f"{article} {form}"
    return roles.capital(form, text, first)


def _phrase(text: Text, words: Lexicon, first: int) -> bool:
    """Whether the first two words together are a head: "základní škola"."""
    pair = tuple(token.norm for token in text.tokens[first : first + 2])
    return any(phrase[:2] == pair for group in words.organisations.values() for phrase in group.phrases)


_LONGEST_HEAD: Final = 40
"""No word for a kind of organisation is longer."""


def _compound_head(token: Token, words: Lexicon) -> str:
    """ "Pestalozzischule" -> "schule", if that is a word of its own."""
    norm = token.norm
    for group in words.organisations.values():
        for size in range(min(len(norm) - 3, _LONGEST_HEAD), 3, -1):
            if norm[-size:] in group.endings and norm[-size:] in group.whole:
                return norm[-size:]
    return ""


def _rare(mark: Mark, text: Text, words: Lexicon, first: int) -> str:
    """A number of children becomes "several"; what else singles somebody out, only people can word."""
    surface = text.original[mark.start : mark.end]
    number, _, rest = surface.partition(" ")
    if mark.reason != "many_children" or not rest:
        return ""
    if not number.isdigit() and number.lower() not in words.rare["many"].whole:
        return ""
    return roles.capital(f"{_SEVERAL[text.language]} {rest}", text, first)
