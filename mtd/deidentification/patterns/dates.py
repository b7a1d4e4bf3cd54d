"""Dates that can be looked up: full dates, days of a year, months and years, dates of birth, ages to the day."""
# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ..findings import Kind
from ..text import Mark, Text
from . import days
from .calendar import AMBIGUOUS, BORN, LAW, MONTHS, RELATIVE_YEAR, folded, months, ordered
from .words import from_places

_NUMERIC = re.compile(
    r"(?<![\w./-])(?:"
    r"(?P<y1>(?:19|20)\d\d)(?P<s1>[-./])(?P<m1>\d{1,2})(?P=s1)(?P<d1>\d{1,2})(?![\d])"
    r"|(?P<d2>\d{1,3})(?:[ ]?[./-][ ]?|[ ,·])(?P<m2>\d{1,2})(?:[ ]?[./-][ ]?|[ ,·])(?P<y2>(?:1[89]|20)\d\d|'?\d\d)(?![\d]|[.,/-]\d)"
    r"|(?P<m3>0?[1-9]|1[0-2])[/](?P<y3>(?:19|20)\d\d)(?![\d/])"
    r"|(?P<d4>\d{1,2})\.[ ]?(?P<m4>\d{1,2})\.(?![ ]?\d)"
    r"|(?P<d7>\d{1,2})-(?P<m7>\d{1,2})(?=:(?:\s|\Z))"
    r"|(?P<d5>\d{1,2})[/](?P<m5>\d{1,2})(?![\d/%]|[.,]\d|[ ]?(?:mg|µg|ml|mm|cm|km|h\b|%|€|tabl|tbl|pastill|comprim|compress|kinder|child|pts?\b|punkt|point))"
    r"|(?P<y6>(?:19|20)\d\d)(?P<m6>0[1-9]|1[0-2])(?P<d6>0[1-9]|[12]\d|3[01])(?!\d)"
    r")"
)
_ROMAN = re.compile(
    r"(?<![\w./-])(?:0?[1-9]|[12]\d|3[01])[./][ ]?(?:I{1,3}|IV|VI{0,3}|IX|XI{0,2})[./]?[ ]?(?:19|20)\d\d(?!\d)"
)
"""The month in Roman figures."""
_WITH_STROKES = frozenset({"en", "fr", "nl", "es", "it", "pt"})
"""Where days are written with strokes or hyphens rather than with full stops."""
_CLOCK = re.compile(r"\s{0,2}(?:uhr|h\b|o'clock|hod|klo\b|ura\b|uur\b|heures?)", re.IGNORECASE)
_SECTION = re.compile(
    r"(?:§+|\bart(?:ikel|icle|\.|ículo|igo|icolo)?|\babs\.?|\bkap(?:itel|\.)?|\babschnitt|\bpunkt|\bziff(?:er|\.)?|\bnr\.?|"
    r"\bchapter|\bsection|\bversion|\bv\.?|\bsatz|\banlage|\btabelle|\btable|\babb\.?|\bfig\.?|\bkoht[ai]|\bluku|\bčást|"
    r"\bods(?:\.|tavec)|\bpar(?:\.|agraf\w*)?|\bbod|\btočk[ai]|\bčlen|\bčl(?:\.|ánek|ánok)|\bpoint|\bpunto|\bponto|"
    r"\bhoofdstuk|\blid|\bκεφ\w*|\bάρθρ\w*|\bum|\bgegen|\bklo|\bob|\bat|\bà|\bo)\s{0,2}$",
    re.IGNORECASE,
)
_BEFORE_DAY = re.compile(
    r"(?:\b(?:am|vom|zum|bis|ab|seit|der|den|dem|on|le|du|au|op|van|tot|el|del|al|día|il|dal|em|no|dia|a|na|dne|dňa|od|do|"
    r"dan|ke|στις|την|τις|στη|στην|mo|di|mi|do|fr|sa|so|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)"
    r"[.,]?\s{0,2})$",
    re.IGNORECASE,
)
_EXACT_AGE = re.compile(
    r"\b\d{1,2}\s{0,2}(?:j(?:ahre?n?|\.)?|years?|yrs?|(?<=\d)y|ans?|jaar|años?|anni|anos?|vuotta|v\.|v(?=\s?\d{1,2}\s?kk)|ετών|έτη|χρόνια|let[ai]?|rokov|roky|let)"
    r"[\s,;]{1,3}(?:(?:und|and|et|en|y|e|ja|και|in|a)\s{1,2})?"
    r"\d{1,2}\s{0,2}(?:monat\w*|mon\.|m(?:o?n?ths?|os?)?\b|mois|maand\w*|mes(?:es|i|e)?|meses|kuukau\w*|kk|μήν\w*|μηνών|mesec\w*|"
    r"mesiac\w*|m[ěe]s[íi]c\w*)(?:[\s,;]{1,3}(?:(?:und|and|et|en|y|e|ja|και|in|a)\s{1,2})?\d{1,2}\s{0,2}"
    r"(?:tag\w*|days?|jours?|dag\w*|d[ií]as?|giorn\w*|päiv\w*|μέρ\w*|ημερών|dni\w*|dn[ií]\w*|dan\w*))?|"
    r"\b1?\d;(?:1[01]|\d)(?=\s?(?:j\.|jahre?)|\))"
)
"""In lower case: "11 Jahre und 4 Monate", "11y 4m", and "5;3 Jahre" as psychologists write it."""


def marks(text: Text) -> Iterator[Mark]:
    """Mark dates."""
    yield from _numeric(text)
    for match in from_places(_EXACT_AGE, text.lower, text.figures):
        yield text.mark(*match.span(), Kind.BIRTH_DATE, 0.7, False, "exact_age")
    for match in from_places(_ROMAN, text.plain, text.figures):
        sure = born(text, *match.span())
        yield text.mark(
            *match.span(),
            Kind.BIRTH_DATE if sure else Kind.DATE,
            0.9,
            True,
            "birth_date" if sure else "exact_date",
        )
    yield from _written(text)
    yield from _years(text)
    for at, to in days.in_short(text):
        yield text.mark(at, to, Kind.DATE, 0.45, False, "exact_date")
    for at, to in days.feasts(text):
        if born(text, at, to):
            yield text.mark(at, to, Kind.BIRTH_DATE, 0.5, False, "birth_date")


def _real(day: int, month: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= (29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31)


def born(text: Text, at: int, to: int) -> bool:
    """Whether the words around say that somebody was born then."""
    before = text.lower[max(0, at - 28) : at]
    found = None
    for found in BORN.finditer(before):  # noqa: B007 the last one counts
        pass
    if found is not None and not re.search(r"[.;!?]\s+\S*$", before[found.end() + 1 :]):
        return True
    after = re.match(
        r"[ ]?(?:in \w{2,30}[ ]|à \w{2,30}[ ])?\(?(?:geb|born|née?|geboren|syntynyt|narozen|naroden|rojen|nacid|nat[oa]\b|nascid)",
        text.lower[to : to + 40],
    )
    return after is not None


def _law(text: Text, at: int) -> bool:
    return LAW.search(text.lower[max(0, at - 60) : at]) is not None


def _numeric(text: Text) -> Iterator[Mark]:
    plain = text.plain
    for match in from_places(_NUMERIC, plain, text.figures):
        at, to = match.span()
        full = check = False
        kind = match.lastgroup or ""
        number = kind[-1]
        if number in "126":
            day, month = int(match["d" + number]), int(match["m" + number])
            year = match["y" + number]
            swapped = number != "6" and _real(month, day)
            if (
                not _real(day, month)
                and not swapped
                and not (number == "2" and day > 31 and len(year) == 4 and month < 13)
            ):
                continue
            apart = plain[at:to]
            if number == "2" and len(year) < 4:
                dotted = apart.count(".") == 2
                if (" " in apart and not dotted) or "," in apart:
                    continue
                whole = len(match["d2"]) == 2 and len(match["m2"]) == 2
                if "-" in apart and not (whole or "'" in year or born(text, at, to)):
                    continue
                check = not (dotted and len(match["m2"]) == 2) and "/" not in apart
                if check and _SECTION.search(plain[max(0, at - 14) : at]):
                    continue
            if number == "2" and len(year) == 4 and not re.search(r"[./·-]", apart):
                check = len(match["d2"]) < 2 or "," in apart
            full = True
        elif number == "3":
            check = True
        elif number == "4":
            day, month = int(match["d4"]), int(match["m4"])
            if (
                not _real(day, month)
                or _CLOCK.match(plain, to)
                or _SECTION.search(plain[max(0, at - 14) : at])
            ):
                continue
            full = True
            check = not _BEFORE_DAY.search(plain[max(0, at - 12) : at])
            if (
                check
                and text.language in _WITH_STROKES
                and not _APPOINTED.search(text.lower[max(0, at - 40) : at])
            ):
                continue  # "items 1.2 and 3.4."
        elif number == "7":
            # "12-3: huisbezoek" opens a line of a diary; elsewhere two figures with a hyphen are from one to another.
            day, month = int(match["d7"]), int(match["m7"])
            if text.language not in _WITH_STROKES or not _real(day, month) or not _opens_line(plain, at):
                continue
            full = check = True
        elif number == "5":
            day, month = int(match["d5"]), int(match["m5"])
            if not _day_and_month(text, at, to, day, month):
                continue
            full = check = True
        if not born(text, at, to):
            if _law(text, at) and not (full and ordered(text.lower, at, to)):
                continue
            reason = "exact_date" if full else "month_year"
            yield text.mark(at, to, Kind.DATE, 0.5 if check else 0.95, not check, reason)
        else:
            yield text.mark(at, to, Kind.BIRTH_DATE, 0.98 if full else 0.6, full, "birth_date")
        if number in "24":
            yield from _earlier_day(text, at)


def _opens_line(plain: str, at: int) -> bool:
    """Whether nothing but blanks and a sign for a list stands before on the line."""
    return not plain[plain.rfind("\n", 0, at) + 1 : at].strip(" \t-•*–")


def _day_and_month(text: Text, at: int, to: int, day: int, month: int) -> bool:
    """ "19/10" is a day behind "on" or a word for an appointment, or if nothing else is written so."""
    if not (_real(day, month) or _real(month, day)):
        return False
    before = text.lower[max(0, at - 40) : at]
    if _BEFORE_DAY.search(before[-12:]):
        return True
    if (day, month) == (24, 7) or _FRACTION.search(before) or _SECTION.search(before[-14:]) or _law(text, at):
        return False
    if _APPOINTED.search(before) or days.in_court(text, to):
        return True
    # More days than there are months: no part of a whole, no mark out of ten.
    return day > 12 and _real(day, month) and text.plain[at - 1 : at] in (" ", "\n", "(", "")


_FRACTION = re.compile(
    r"(?<![^\W_])(?:not[ae]n?|grade|score|mark|scal[ae]|skala|skal[ai]|échelle|escala|schmerz\w*|pain|dolor|dor|douleur|voto|cijfer|pijn|arvosana|"
    r"βαθμ\w*|ocen\w*|známk\w*|rr|bp|ta|pa|tension|tensión|tensão|pressione|blutdruck|blood pressure|bloeddruk|verenpaine|πίεση|"
    r"tlak\w*|krvn\w* tlak\w*|suboxone|subutex|naloxon\w*|buprenor\w*|buprenorfi\w*|targin|tilidin\w*|nr|n[º°.o]|no|núm|č|št|"
    r"az|raum|zimmer|room|gruppe|verhältnis|ratio|quote)[.:]?\s{0,2}$"
)
"""In lower case: a number with a stroke behind this is a mark, a pressure, a dose or a number, and no day."""
_APPOINTED = re.compile(
    folded(
        r"(?<![^\W_])(?:(?:haus|arzt|erst|hilfeplan|eltern)?(?:termin|gespräch|besuch)\w{0,3}|treffen|sitzung|verhandlung|anhörung|datum|"
        r"appointments?|visit(?:ed)?|met|meeting|session|hearing|review|seen|date|due|since|until|rdv|rendez-vous|visite|consultation|"
        r"audience|réunion|séance|afspraak|bezoek|gesprek|zitting|overleg|citas?|consulta|visita|reunión|sesión|vista|fecha|appuntamento|"
        r"udienza|incontro|seduta|colloquio|data|reunião|sessão|audiência|tapaaminen|aika|käynti|palaveri|istunto|pvm|ραντεβού|επίσκεψη|"
        r"συνεδρία|vd|v\.d\.|hb|συνάντηση|ημερομηνία|δικάσιμος|sestanek|obisk|pogovor|obravnava|naročen[ai]?|termín\w*|stretnuti[ea]|návštev\w*|"
        r"sedeni[ea]|pojednávani[ea]|schůzk\w*|návštěv\w*|sezení|jednání|jednani)(?![^\W_])[^.!?;\n\d]{0,14}$"
    )
)
"""In lower case, words for an appointment."""
_EARLIER = re.compile(
    r"(?<![\d.])(?P<days>(?:\d{1,2}\.(?:\d{1,2}\.)?, ){0,3}\d{1,2}\.?(?:\d{1,2}\.)?)\s{0,2}(?:-|–|/|und|u\.|bis|and|et|au|en|tot|y|al|e|a|ja|και|in|až)\s{0,2}$"
)


def _earlier_day(text: Text, at: int) -> Iterator[Mark]:
    """The day before "und 11.10.2024"."""
    before = _EARLIER.search(text.plain, max(0, at - 30), at)
    if before is not None and 0 < int(re.match(r"\d+", before[0])[0]) < 32:  # type: ignore[index]
        yield text.mark(*before.span("days"), Kind.DATE, 0.5, False, "exact_date")


_DAY_WORDS = {
    "de": r"(?:ein|zwei|dreißig|drei|zwanzig|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|und|ers|drit|sieb|zig|t|st|e[rnms]?){2,9}",
    "en": r"(?:twenty|thirty)?[ -]?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|"
    r"thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth)(?: of)?",
    "fr": r"(?:premier|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingt|trente|-|et| )"
    r"{1,4}",
    "nl": r"(?:een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|der|veer|twintig|dertig|en|ën|de|ste|e){1,6}",
    "es": r"(?:primero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieciséis|diecisiete|"
    r"dieciocho|diecinueve|veinte|veinti\w{3,6}|treinta(?: y uno)?) de",
    "it": r"(?:primo|due|tre|quattro|cinque|sei|sette|otto|nove|dieci|undici|dodici|tredici|quattordici|quindici|sedici|"
    r"diciassette|diciotto|diciannove|vent\w{0,8}|trent\w{0,4})",
    "pt": r"(?:primeiro|um|dois|três|quatro|cinco|seis|sete|oito|nove|dez|onze|doze|treze|catorze|quinze|dezasseis|dezassete|"
    r"dezoito|dezanove|vinte(?: e \w{2,6})?|trinta(?: e um)?) de",
    "fi": r"(?:ensimmäinen|toinen|kolmas|neljäs|viides|kuudes|seitsemäs|kahdeksas|yhdeksäs|kymmenes|\w{3,14}toista|kahdeskymmenes"
    r"\w{0,12}|kolmaskymmenes\w{0,12}|\w{3,12}ntenä|\w{3,12}tena)(?: päivä\w{0,3})?",
    "el": r"(?:πρώτη|δύο|τρεις|τέσσερις|πέντε|έξι|επτά|εφτά|οκτώ|οχτώ|εννέα|εννιά|δέκα|έντεκα|δώδεκα|δεκα\w{3,8}|είκοσι(?: \w{3,7})?|"
    r"τριάντα(?: μία)?|\w{3,9}η)(?: του)?",
    "sl": r"\w{0,10}(?:prv|drug|tretj|četrt|pet|šest|sedm|osm|devet|deset|st|nast)(?:ega|i|em)",
    "sk": r"(?:dvadsiateho |tridsiateho )?(?:prv|druh|treti|štvrt|piat|šiest|siedm|ôsm|deviat|desiat|\w{3,10}nást|dvadsiat|tridsiat)"
    r"(?:eho|ého|y|ý|i|om)",
    "cs": r"(?:dvacátého |třicátého )?(?:prvn|druh|třet|čtvrt|pát|šest|sedm|osm|devát|desát|\w{3,10}nást|dvacát|třicát)"
    r"(?:ího|ého|ý|í|ém)",
}  # fmt: skip


@lru_cache(maxsize=16)
def _compiled(language: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Dates with the month in words: day first, month first, and a month with its year."""
    month = months(language)
    year = r"(?:'\d\d|(?:1[89]|20)\d\d)"
    link = r"(?:[\s.]{0,3}(?:de|di|del|d'|of|do|en|dell'|τ(?:ου|ης))?\s{0,2})"
    after_month = r"(?:[\s.,/-]{1,3}(?:(?:de|del|of|do|em|year|roku|leta|του|anno|vuonna)\s)?\s?)"
    day = r"(?<![\w,:§])(?<!\d[.])\d{1,2}(?:\.|[º°ª]|er|ère|e|de|ste|st|nd|rd|th|η|ης|ο)?"
    numbered = re.compile(
        rf"{day}(?:[\s.-]{{0,3}}(?:p[äa]iv[äa](?:n[äa]|n|st[äa]|[äa])?|pv[äa]?))?{link}-?(?:{month})(?![^\W\d_])\.?(?:{after_month}(?P<year>{year})(?!\d)|-?(?:19|20)\d\d(?!\d)|-\d\d(?!\d)|(?!\d))"
    )
    backward = re.compile(
        rf"(?<![^\W_])(?:{month})(?:(?<=\b\w\w\w)\.|(?<=\b\w\w\w\w)\.)?(?:\s{{1,2}}(?:the\s)?|-)\d{{1,2}}(?:st|nd|rd|th|\.\s?päivä\w{{0,3}})?(?!\d|[.,:/%]\d|-jähr)(?:,?\s{{1,2}}(?P<year>{year})(?!\d))?"
    )
    alone = re.compile(rf"(?<![^\W_])(?P<month>{month})\.?(?:{after_month}(?:{year})(?!\d))")
    return numbered, backward, alone


@lru_cache(maxsize=16)
def _in_words(language: str) -> tuple[re.Pattern[str], re.Pattern[str]] | None:
    if language not in _DAY_WORDS:
        return None
    month = months(language)
    return (
        re.compile(rf"(?<![^\W_])(?:{month})(?![^\W_])"),
        re.compile(rf"(?<![^\W_])(?!(?:und|en|et|de|e)\s)(?:{folded(_DAY_WORDS[language])})\s{{1,2}}$"),
    )


@lru_cache(maxsize=16)
def _month_word(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_])(?:{months(language)})(?![^\W_])")


def _written(text: Text) -> Iterator[Mark]:
    plain, lower = text.plain, text.lower
    numbered, backward, alone = _compiled(text.language)
    for match in from_places(numbered, lower, text.figures):
        day = int(re.match(r"\d+", match[0])[0])  # type: ignore[index]
        if not 1 <= day <= 31:
            continue
        at, to = match.span()
        yield from _dated(text, at, to, match["year"] is not None)
        yield from _earlier_day(text, at)
    # Almost every text names no month.
    named = [match.start() for match in _month_word(text.language).finditer(lower)]
    if not named:
        return
    if text.language in ("en", "fi", "nl", ""):
        for match in from_places(backward, lower, named):
            yield from _dated(text, *match.span(), match["year"] is not None)
    for match in from_places(alone, lower, named):
        if _law(text, match.start()):
            continue
        at, to = match.span()
        if born(text, at, to):
            yield text.mark(at, to, Kind.BIRTH_DATE, 0.7, False, "birth_date")
        else:
            yield text.mark(at, to, Kind.DATE, 0.45, False, "month_year")
    words = _in_words(text.language)
    if words is not None:
        for match in from_places(words[0], lower, named):
            before = words[1].search(lower, max(0, match.start() - 40), match.start())
            if before is not None and (
                match[0] not in AMBIGUOUS
                or match[0] in ("mars", "mai")
                or plain[match.start()].isupper()
                or before[0].rstrip().endswith(" of")
            ):
                yield from _dated(text, before.start(), match.end(), False)


def _dated(text: Text, at: int, to: int, with_year: bool) -> Iterator[Mark]:
    if born(text, at, to):
        yield text.mark(at, to, Kind.BIRTH_DATE, 0.98, True, "birth_date")
    elif not _law(text, at) or ordered(text.lower, at, to):
        yield text.mark(at, to, Kind.DATE, 0.95 if with_year else 0.85, True, "exact_date")


_YEAR = re.compile(
    r"(?<![\w.,/-])(?:1[5-9]|20)\d\d(?:\s?[-–]\s?(?:1[5-9]|20)\d\d)?(?![\d%]|[.,/:-]\d|\s?(?:€|euro|mg|kg|km|ml|h\b))"
)


@lru_cache(maxsize=16)
def _year_words(language: str) -> re.Pattern[str]:
    words = RELATIVE_YEAR.get(language) or "|".join(RELATIVE_YEAR.values())
    return re.compile(rf"(?<!\w)(?:{words})\s{{1,2}}$")


def _years(text: Text) -> Iterator[Mark]:
    words = _year_words(text.language)
    for match in from_places(_YEAR, text.plain, text.figures):
        at, to = match.span()
        if born(text, at, to):
            yield text.mark(at, to, Kind.BIRTH_DATE, 0.6, False, "birth_date")
            continue
        before = words.search(text.lower, max(0, at - 16), at)
        if before is not None and not _law(text, before.start()):
            yield text.mark(at, to, Kind.DATE, 0.3, False, "month_year")


__all__ = ["MONTHS", "born", "marks"]
