"""Streets, with their numbers or by themselves, in twelve languages.

Looking for a street everywhere would be slow, so a cheap search for the words for streets comes first, and the full
expressions look only around what it found.
"""
# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ..findings import Kind
from ..text import Mark, Text
from .calendar import months
from .words import lexicon_or_none, listed

_NAME = r"[^\W\d_][^\W\d_'.-]{1,30}"
_LARGE = r"(?=[A-ZÀ-ÖØ-ÞČĎŇŘŠŤŮŽĽĹŔΆ-Ϋ])"
# "12 a Bologna", "5 v Mariboru": a small letter set apart is a word, unless nothing follows.
_NUMBER = r"\d{1,4}(?:[a-zA-Z](?![^\W_])|[ ][A-Z](?![^\W_])|[ ][a-z](?=[,.;:)\n]|\Z))?(?:[ ]?[/-][ ]?\d{1,4}[a-zA-Z]?)?"
_NO_NAME = r"(?!(?:in|on|at|to|of|from|by|with|for|and|or|per|a|an|his|her)[ ])"
_NO_UNIT = r"(?![\d%]|[.,:]\d|[ ]?(?:uhr|€|%|±|eur|jahr|monat|tag|kind|std|min|mg|ml|ans\b|años|anni\b|anos|horas|let\b|rok|mm|kg|kilo|hod|kč|dn))"

# The word for a street ends the name: (endings of one word, words of their own, endings that need no number).
_BEHIND: dict[str, tuple[str, str, str]] = {
    "de": (
        r"stra(?:ß|ss)e|str\.?|gasse|allee|weg|platz|ring|damm|ufer|chaussee|steig|stieg|pfad|markt|wall|kamp|graben|berg|tor|twiete|redder|"
        r"winkel|anger|hang|grund|busch|feld|hof|wiese|zeile|park|garten|höhe|brücke",
        r"stra(?:ß|ss)e|str\.|gasse|allee|weg|platz|ring|damm|ufer|chaussee|steig|pfad|markt|wall|kamp|graben",
        r"stra(?:ß|ss)e|gasse|allee|chaussee",
    ),
    "nl": (
        r"straat|str\.|laan|weg|plein|gracht|kade|dijk|hof|singel|dreef|steeg|pad|plantsoen|park|baan|lei|markt|wal|hoek|veld|akker|oord|erf|ring",
        r"straat|laan|weg|plein|gracht|kade|dijk|hof|singel|dreef|baan|steenweg|lei|markt",
        r"straat|laan|plein|gracht|steenweg",
    ),
    "fi": (
        r"katu|kadu(?:n|lla|lta|lle|ssa)|tie|tiellä|tieltä|tielle|kuja|kuja(?:lla|lta|lle)|polku|polu(?:lla|lta|lle)|väylä(?:llä|ltä|lle)?|"
        r"tori(?:lla|lta|lle)?|kaari|kaarella|raitti|raitilla|ranta|rannassa|rinne|rinteellä|aukio|bulevardi|esplanadi|portti|mäki|penger|piha",
        r"katu|tie|kuja|tori|bulevardi",
        r"katu|kadu(?:n|lla|lta|lle|ssa)|kuja(?:lla|lta|lle)",
    ),
    "en": (
        r"(?!)",
        r"street|st\.?|road|rd\.?|avenue|ave\.?|lane|ln|drive|dr(?!\.?\s[A-Z])\.?|close|court|crescent|place|square|terrace|gardens|way|grove|hill|row|mews|park|"
        r"green|boulevard|parade|walk|rise|view|quay",
        r"Street|Road|Avenue|Lane|Drive|Crescent|Terrace|Gardens|Square",
    ),
}
# The word for a street stands before the name.
_BEFORE: dict[str, str] = {
    "fr": r"rue|avenue|av\.|boulevard|bd\.?|bld|place|pl\.|chemin|ch\.|all[ée]es?|impasse|route|rte|quai|cours|square|passage|sentier|chauss[ée]e|"
    r"clos|venelle|faubourg|r[ée]sidence|cit[ée]|drève|voie",
    "es": r"calle|c/|avenida|avda?\.?|av\.|plaza|pza\.?|plza\.?|paseo|p[º°]\.?|carretera|ctra\.?|camino|ronda|travesía|pasaje|glorieta|rambla|"
    r"urbanización|urb\.|callejón|carrer|pasatge|cuesta|gran vía",
    "it": r"via|v\.le|viale|piazza|p\.zza|p\.za|piazzale|corso|c\.so|vicolo|largo|strada|contrada|c\.da|località|loc\.|salita|lungomare|"
    r"lungotevere|calle|campo|fondamenta|borgo|traversa",
    "pt": r"rua|avenida|av\.|praça|praceta|largo|travessa|tv\.|alameda|estrada|beco|calçada|urbanização|urb\.|bairro|rotunda|quinta|"
    r"ladeira|viela",
    "el": r"οδ[όο][ςσύυ]|οδ\.|λεωφ(?:\.|[όο]ρο\w*)|πλατε[ίι]α\w*|πλ\.|π[άα]ροδο\w*",
    "sl": r"ulic[aeio]|ul\.|cest[aeio]|trg(?:u|a)?|nabrežj[eu]|naselj[eu]|aleja|prehod|steza",
    "sk": r"ulic[aeiu]|ul\.|n[áa]mest[ií][ea]?|n[áa]m\.|cest[aeu]|trieda|triede|nábrež\w{1,4}|sídlisk[oau]|alej[aei]",
    "cs": r"ulic[eií]|ul\.|n[áa]m[ěe]st[ií]|n[áa]m\.|tř[íi]d[aeuě]|tř\.|nábřeží|cest[aeou]|sídlišt[ěi]|alej[eií]?|bulvár",
}
_LINK = {
    "fr": r"(?:de[ ]la[ ]|de[ ]l'|du[ ]|des[ ]|de[ ]|d'|aux?[ ]|la[ ]|le[ ]|les[ ])?",
    "es": r"(?:de[ ]la[ ]|de[ ]los[ ]|de[ ]las[ ]|del[ ]|de[ ]|la[ ]|el[ ]|los[ ]|las[ ])?",
    "it": r"(?:della[ ]|delle[ ]|degli[ ]|dei[ ]|del[ ]|dell'|di[ ])?",
    "pt": r"(?:da[ ]|do[ ]|das[ ]|dos[ ]|de[ ])?",
}
_ALWAYS_ORDINARY = re.compile(r"(?:place|cours|voie|passage|cité|campo|largo|strada|quinta|camino|ronda|lugar|vía|via|corso|calle|square|route|park|way|view|"
                              r"court|close|drive|hill|green|rise|walk|row|prehod|steza|trg|cest\w|naselj\w|pasaje|salita|borgo|clos|chemin)", re.IGNORECASE)  # fmt: skip
"""Words for streets that mean other things too, so that they need a number."""


@lru_cache(maxsize=16)
def _hints(language: str) -> re.Pattern[str]:
    """The cheap search."""
    if language in _BEFORE:
        return re.compile(rf"(?<![^\W_])(?:{_BEFORE[language]})(?=[ ./]|(?<=[./]))")
    endings, words, _ = _BEHIND.get(language, _BEHIND["en"])
    return re.compile(rf"(?:{endings}|(?<![^\W_])(?:{words}))(?![^\W\d_])")


@lru_cache(maxsize=16)
def _expressions(language: str) -> tuple[re.Pattern[str], ...]:
    if language in _BEFORE:
        street, link = rf"(?i:{_BEFORE[language]})(?:(?<=[./])[ ]?|[ ])", _LINK.get(language, "")
        more = rf"(?:[ '-](?:(?:de|du|des|la|le|l'|del|della|dei|di|da|do|dos|e|y|of|el)[ '])?{_LARGE}{_NAME}){{0,4}}"
        first = r"(?:(?P<first>\d{1,4}(?:[ ]?(?:bis|ter|[a-d]))?)[ ]?,?[ ])?"
        number = rf"(?:,?[ ](?i:n\.?[º°o]?\.?[ ]?|num\.?[ ]?|č\.?[ ]?)?(?P<last>{_NUMBER}){_NO_UNIT})"
        found = [
            rf"(?<![^\W_]){first}{street}{link}(?P<name>(?:[A-ZÀ-ÞΑ-Ω]\.[ ]?){{0,2}}{_LARGE}{_NAME}{more}|\d{{1,2}}[ ](?:de[ ])?[^\W\d_]{{3,12}}){number}?",
            rf"(?<![^\W_]){street}{link}(?P<name>{_NAME}(?:[ '-]{_NAME}){{0,3}}){number}",
        ]
        if language in ("sl", "sk", "cs"):
            # Behind "na", "v" and the like the name begins; before them stands the verb.
            lead = r"(?:[^\W\d_]{1,25}[ ])?(?:na|v|ve|vo|pri|z|ze|zo|do|u|ob|iz|pod|nad)[ ]"
            found.append(
                rf"(?<![^\W_])(?P<lead>{lead})?(?P<name>{_LARGE}{_NAME}(?:[ ]{_NAME}){{0,2}})[ ](?:{_BEFORE[language]})(?![^\W_]){number}?"
            )
        return tuple(re.compile(one) for one in found)
    endings, words, sure = _BEHIND.get(language, _BEHIND["en"])
    if language not in _BEHIND or language == "en":
        return (
            re.compile(
                rf"(?<![^\W_])(?<![/.])(?P<first>\d{{1,4}}[a-zA-Z]?),?[ ]{_NO_NAME}(?P<name>(?:{_NAME}[ ]){{1,3}}?(?i:{words}))(?![^\W_])"
            ),
            re.compile(rf"(?<![^\W_])(?P<name>(?:(?=[A-Z])[^\W\d_]{{2,20}}[ ]){{1,3}}?(?:{sure}))(?![^\W_])"),
        )
    number = rf",?[ ]?(?i:nr\.?[ ]?|no\.?[ ]?)?(?P<last>{_NUMBER}){_NO_UNIT}"
    return (
        re.compile(
            rf"(?<![^\W_])(?P<name>(?:{_LARGE}{_NAME}[ ])?[^\W\d_](?:[^\W\d_]|-|'){{1,30}}?(?i:{endings}))[ ]?{number}"
        ),
        re.compile(rf"(?<![^\W_])(?P<name>{_NAME}(?:[ -]{_NAME}){{0,2}}[ -](?i:{words}))[ ]{number}"),
        re.compile(
            rf"(?<![^\W_])(?P<name>{_LARGE}[^\W\d_]{{3,30}}(?:-[^\W\d_]{{2,20}}){{0,3}}?(?:{sure})|"
            rf"{_LARGE}{_NAME}(?:-{_NAME}){{0,3}}[- ](?i:{sure}))(?![^\W_])"
        ),
    )


_PREPOSED = re.compile(
    r"(?<![^\W_])(?i:am|an der|an den|im|in der|auf der|auf dem|auf den|zum|zur|hinter der|hinter dem|unter den|vor dem|beim|unterm|alter?|neuer?|"
    r"oberer?|unterer?|kleine|große|hohe|lange)[ ](?P<name>[^\W\d_][^\W\d_-]{2,24}(?:[ ][A-ZÄÖÜ][^\W\d_]{2,20})?)$"
)
"""German streets without a word for street: "Am Markt 3"."""
_ADJECTIVAL = re.compile(
    r"(?<![^\W_])(?:(?P<name>[A-ZČŠŽĎŤŇŘÁÉÍÓÚÝĽ][^\W\d_]{2,20}(?:ova|ově|ovej|ovi|ská|ské|skej|cká|cké|ckej|ého|ej|eva|ska|ski)|"
    r"Hlavná|Hlavní|Krátk[aáé]|Dlhá|Dlouh[áé]|Nová|Nové|Záhradná|Zahradní|Lesná|Lesní|Poľná|Polní|Nádražní|Školní|Kvetná|Květná|"
    r"Slnečná|Sluneční|Lúčna|Luční|Jarná|Jarní|Mierová|Mírová|Mlynská|Okružná|Okružní|Športová|Sportovní|Družstevná|Družstevní)|"
    r"(?:Na|V|Ve|U|Pod|Nad|Za|K)[ ](?P<behind>[A-ZČŠŽĎŤŇŘÁÉÍÓÚÝĽ][^\W\d_]{3,20}))$"
)
"""Czech, Slovak and Slovene ones: "Husova 12", "Hlavná 12", "Na Příkopě 4"."""
_GREEK_NAME = re.compile(
    r"(?<![^\W_])(?P<name>(?:[ΆΈΉΊΌΎΏΑ-Ω]\.[ ]?)?[ΆΈΉΊΌΎΏΑ-Ω][α-ώ]{2,20}(?:ου|ού|ης|ής|ας|άς|ων|ών|ως|η|ή|α))$"
)
"""Greek ones are names in the genitive: "Ερμού 12"."""
_GREEK_GOES_ON = re.compile(r"[ ]?(?:[,)]|\Z|\n|τ\.?κ\.?|στη|στο)", re.IGNORECASE)
_GREEK_LEADS = re.compile(
    r"(?:μένει|μένουν|κατοικ\w{2,6}|διεύθυνση|διαμένει|διαμένουν|οδός|οδό|σπίτι|στην?|:|,|\n|^)\s{0,2}$",
    re.IGNORECASE,
)
_HOUSE = re.compile(rf"(?<=[^\W\d_][ ])\d{{1,4}}(?:/\d{{1,4}})?[a-z]?(?![^\W_]){_NO_UNIT}", re.IGNORECASE)
_COUNTED = listed(
    "januar februar märz april mai juni juli august september oktober november dezember nachbeobachtung tag woche monat jahr kapitel abschnitt seite punkt phase modul gruppe klasse teil raum zimmer haus stufe "
    "platz schritt fall stunde serum alter durchschnitt schnitt umfang wert anhang bereich quartal zeitraum "
    "jahrgang gespräch termin artikel absatz ziffer nummer version serum vergleich verhältnis station block "
    "kreis band heft format satz stock geschoss paragraph paragraf paragrafen kurs lebensjahr"
)
_GENERAL = listed(
    "arbeitsplatz ausbildungsplatz studienplatz kitaplatz therapieplatz behandlungsplatz betreuungsplatz "
    "heimplatz schlafplatz wohngruppenplatz spielplatz sportplatz parkplatz bauernhof bahnhof schulhof "
    "friedhof innenhof hinterhof campingplatz arbeitsweg schulweg rechtsweg heimweg umweg ausweg lebensweg "
    "dienstweg beschwerdeweg mittelweg feldweg radweg gehweg schulberg stellplatz marktplatz supermarkt "
    "arbeitsmarkt wohnungsmarkt schwarzmarkt hilfeplatz tagesplatz krippenplatz hortplatz pflegeplatz "
    "klinikplatz kindergartenplatz hintergrund mittelgrund landstraße einbahnstraße seitenstraße nebenstraße "
    "bundesstraße straße strasse platz weg arbeitsfeld handlungsfeld einkaufsstraße umfeld wohnumfeld "
    "lebensumfeld kindergarten park vordergrund untergrund rückweg stationsweg instanzenweg postweg "
    "krankenhof gericht wohnstraße querstraße zufahrtsstraße spielstraße hulpverleningsweg uitweg snelweg "
    "spoorweg kerkhof speelplein schoolplein autobaan straat valtatie moottoritie koulutie junarata "
    "umgehungsstraße unterweg bergweg bildungsweg wohnweg kreisstraße straßenkinder ballung"
)
_EVERYWHERE = frozenset(
    (
        "hauptstraße",
        "hauptstrasse",
        "dorfstraße",
        "dorfstrasse",
        "dorpsstraat",
        "kerkstraat",
        "stationsstraat",
    )
)
"""Streets that many places have: with a number they are an address, without one they say little."""
_SURE = re.compile(
    r"stra(?:ß|ss)|str\.|str(?=[ ]?\d)|gasse|laan|straat|katu|kadu|rue|calle|via|rua|ulic|οδ|street|road|avenue|allee|cesta|avenida|viale|piazza|praça|plaza|náměst|námest|"
    r"ul\.|c/",
    re.IGNORECASE,
)


def marks(text: Text) -> Iterator[Mark]:
    """Mark streets."""
    expressions = _expressions(text.language)
    for begin, end in _windows(text):
        for pattern in expressions:
            for match in pattern.finditer(text.plain, begin, end):
                yield from _street(text, match)
    if text.language in ("de", "sl", "sk", "cs", "el"):
        yield from _without_word(text)


def _windows(text: Text) -> Iterator[tuple[int, int]]:
    """Where to look more closely, around each word for a street."""
    begin = end = -1
    size = len(text.plain)
    for hint in _hints(text.language).finditer(text.lower):
        first, last = hint.start() - 70, hint.end() + 70
        if first > end:
            if end >= 0:
                yield begin, end
            begin = max(0, first)
            while 0 < begin < hint.start() and text.plain[begin - 1].isalnum():
                begin += 1
        end = min(size, last)
        while end < size and text.plain[end].isalnum() and end - last < 20:
            end += 1
    if end >= 0:
        yield begin, end


def _street(text: Text, match: re.Match[str]) -> Iterator[Mark]:
    name = match["name"]
    groups = match.groupdict()
    numbered = bool(groups.get("last") or groups.get("first"))
    at, to = match.span()
    if text.language not in _BEFORE:
        begin = match.start("name")
        words = name.split()
        # "in der Blumenstraße 4": only the name itself
        while len(words) > 1 and (
            words[0].islower() or words[0].lower() in ("in", "der", "die", "am", "im", "de", "het", "zur")
        ):
            begin += len(words[0]) + 1
            words = words[1:]
        name = " ".join(words)
        at = match.start() if groups.get("first") else begin
        last = words[-1].lower()
        alone = len(words) == 1 or not words[-2][0].isupper()  # "Berliner Straße 44" has a name
        if (last in _GENERAL and (alone or not numbered)) or (
            not numbered and (last in _EVERYWHERE or _ordinary(text, last))
        ):
            return
        if (
            text.language == "en"
            and not text.small
            and any(word[0].islower() and word not in _SMALL_WORDS for word in words[:-1])
        ):
            return  # "2025, Sam was at Dr"
        if (
            not text.small
            and not any(word[0].isupper() for word in words)
            and not (numbered and text.language == "fi")
        ):
            return
    else:
        at += len(groups.get("lead") or "")
        ordinary = _ALWAYS_ORDINARY.match(match[0], at - match.start()) is not None
        capital = name[0].isupper()
        if (not numbered and (ordinary or (not capital and not name[0].isdigit()))) or (
            ordinary and not capital and not text.small
        ):
            return
    certain = numbered and to - at > 8 and _SURE.search(match[0]) is not None
    yield text.mark(at, to, Kind.ADDRESS, 0.95 if certain else 0.6 if numbered else 0.5, certain, "address")


_SMALL_WORDS = frozenset(("of", "the", "and", "on", "st"))


def _ordinary(text: Text, word: str) -> bool:
    words = lexicon_or_none(text.language)
    return words is not None and word in words.field.whole


def _without_word(text: Text) -> Iterator[Mark]:
    plain = text.plain
    pattern = {"de": _PREPOSED, "el": _GREEK_NAME}.get(text.language, _ADJECTIVAL)
    for house in _HOUSE.finditer(plain):
        end = house.start() - 1
        match = pattern.search(plain, max(0, end - 56), end)
        if match is None:
            continue
        behind = match.groupdict().get("behind")
        written = behind or match["name"]
        name = written.split()[0].lower()
        if re.fullmatch(r"(?:19|20)\d\d", house[0]) and match[0][:2].islower():  # "im Herbst 2015"
            continue
        if (
            name in _COUNTED
            or name in _GENERAL
            or _ordinary(text, name)
            or not (written[0].isupper() or text.small)
            or (behind and "/" not in house[0] and _known(text, name))
            or (text.language == "el" and not _greek_street(text, match, house.end(), name))
        ):
            continue
        # "in der Berliner Straße 4": the words before the name stay, so that what replaces it fits.
        small = text.language == "de" and match[0][0].islower() and written[0].isupper()
        at = match.start("name") if small else match.start()
        yield text.mark(at, house.end(), Kind.ADDRESS, 0.5, False, "address")


def _known(text: Text, word: str) -> bool:
    words = lexicon_or_none(text.language)
    return words is not None and words.knows(word)


def _greek_street(text: Text, match: re.Match[str], to: int, name: str) -> bool:
    """Behind a word for living or a comma, and with nothing counted behind."""
    if _known(text, name) or re.fullmatch(months("el"), name):
        return False
    before = _GREEK_LEADS.search(text.plain, max(0, match.start() - 14), match.start())
    return before is not None and _GREEK_GOES_ON.match(text.plain, to) is not None
