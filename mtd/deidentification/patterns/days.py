"""Days that are told without a month or in short: "court is on the 21st", "am 3.3 ist Termin", "born on Christmas Eve".

Only where the words around leave hardly a doubt, and always to check: "the 21st visit" and "on the 2nd floor" are no days.
"""
# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ..text import Text
from .calendar import folded
from .words import from_places

_COURTS = (
    r"(?:familien)?gericht\w{0,2}|verhandlung|anhörung|court|hearing|trial|tribunal|audience|rechtbank|zitting|rechter|juzgado|juicio|vista|"
    r"tribunale|udienza|audiência|julgamento|oikeude\w{0,3}|oikeus|oikeutta|käräj\w{1,6}|δικαστ[ήη]ρι\w{1,2}|δικάσιμο[ςσ]?|δίκη|"
    r"sodišč\w{1,2}|obravnav\w|súd\w{0,2}|pojednávan\w{2}|soud\w{0,2}|stání"
)
_DUES = (
    rf"{_COURTS}|(?:\w{{0,12}})termin\w{{0,2}}|gespräch|besuch|treffen|geburtstag|appointments?|meeting|visit|review|birthday|"
    r"rendez-vous|rdv|réunion|visite|anniversaire|afspraak|gesprek|overleg|verjaardag|appuntamento|colloquio|incontro|compleanno|"
    r"tapaaminen|aika|palaveri|syntymäpäivä\w{0,2}|ραντεβού|συνάντηση|γενέθλια|sestanek|pogovor|obisk|naročen\w?|rojstni dan|"
    r"stretnuti\w|návštev\w|narodeniny|schůzk\w|návštěv\w|narozeniny"
)
_IN_COURT = re.compile(
    rf"[ ,–-]{{0,3}}(?:[^\W\d_]{{1,6}}'?[ ]?){{0,3}}(?<![^\W_])(?:{folded(_COURTS)})(?![^\W_])"
)
_DUE_BEFORE = re.compile(rf"(?<![^\W_])(?:{folded(_DUES)})(?![^\W_])[^.!?;\n\d]{{0,30}}$")
_DUE_BEHIND = re.compile(rf"[^.!?;\n\d]{{0,25}}(?<![^\W_])(?:{folded(_DUES)})(?![^\W_])")

_DAY = r"(?P<day>[12]?[1-9]|[123]0|31)"
_LEAD: dict[str, tuple[str, bool]] = {
    # (words before a day and the day, whether an appointment must be near)
    "en": (rf"(?:on|for|until|till|by|since|from) the {_DAY}(?:st|nd|rd|th)", False),
    "de": (rf"(?:am|vom|zum|dem|den) {_DAY}\.", False),
    "es": (rf"(?:el|del|al) día {_DAY}", False),
    "pt": (rf"(?:[nda]o )?dia {_DAY}", False),
    "nl": (rf"(?:op|tot|vanaf|sinds) (?:de )?{_DAY}(?:e|ste|de)", True),
    "fr": (rf"(?:le|au|du) {_DAY}(?:er)?", True),
    "it": (rf"(?:il|dal|al|del) (?:giorno )?{_DAY}", True),
    "fi": (rf"{_DAY}\.(?: ?(?:päivä|pv)\w{{0,3}})?", True),
    "el": (r"(?:στις|την|τις) (?P<day>1[3-9]|2\d|3[01])(?:η|ης)?", True),  # until twelve it may be the hour
    "sl": (rf"{_DAY}\.", True),
    "sk": (rf"{_DAY}\.", True),
    "cs": (rf"{_DAY}\.", True),
}
_FOLLOWS = {
    "en": "is was has had will at in she he they we i it there because but when mum dad court",
    "de": "ist war hat hatte wird um in im vor beim bei kommt geht muss soll steht findet sie er es sei gericht",
    "es": "es tiene tenía hay en a ante ella él va viene a_las juicio",
    "pt": "é tem tinha há em no na às ela ele vai vem",
    "nl": "is was heeft had moet om in bij voor zij ze hij zitting",
    "fr": "est elle il à au devant pour chez a",
    "it": "è c'è ha alle in ore lei lui deve davanti",
    "fi": "on oli klo hän",
    "el": "έχει είναι είχε ήταν στο στις",
    "sl": "je ima bo ob na mora",
    "sk": "je má bude o na musí",
    "cs": "je má bude v ve na musí",
}
_SHORT = re.compile(
    r"(?<![^\W_])(?:am|vom|dem|den|dne|dňa|dna|(?:mo|di|mi|do|fr|sa|so|ma|ti|ke|to|pe|la|su|po|út|st|čt|pá|ut|pi|št|stv)\.?|montag|dienstag|"
    r"mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|(?:maanan|tiis|keskiviikko|tors|perjan|lauan|sunnun)\w{1,5}),?[ ]$"
)
_SHORT_DAY = re.compile(
    r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})(?![\d%]|[.,/:-]\d|\.|[ ]?(?:uhr|klo|h\b|%|€|eur|promille|‰|m?g\b|kg|µg|m?l\b|[ckm]?m\b|mmol|mio|mrd|punkt|stunde|std|jahr|prozent|procent|tis|mil))"
)
_FEASTS = {
    "de": "heiligabend|heiligen abend|weihnacht\\w{0,6}|silvester|neujahr|oster(?:n|sonntag|montag|ferien|wochenende|tage?n?)|karfreitag|pfingst\\w{1,7}|nikolaus|rosenmontag",
    "en": "christmas(?: eve| day)?|boxing day|new year's(?: eve| day)?|easter(?: sunday| monday)?|good friday|halloween|valentine's day",
    "fr": "(?:à|(?:la )?veille de|jour de|nuit de) noël|saint-sylvestre|jour de l'an|pâques|toussaint",
    "nl": "kerst(?:mis|avond|nacht|dag\\w{0,2})?|oudejaarsavond|oudjaar|nieuwjaar\\w{0,4}|pasen|sinterklaas|koningsdag",
    "es": "nochebuena|navidad(?:es)?|semana santa|nochevieja|año nuevo|(?:día de )?reyes",
    "it": "(?:a|di|per|dopo|prima di|vigilia di) natale|capodanno|pasqua|ferragosto|epifania",
    "pt": "(?:véspera de|no|do|ao|pelo|o) natal|(?:véspera de )?ano novo|páscoa",
    "fi": "jouluaat\\w{1,4}|joulu(?:na|päivä\\w{0,3})|juhannu\\w{1,6}|vap(?:pu|un)\\w{0,4}|itsenäisyyspäiv\\w{1,4}|pääsiäi\\w{1,5}",
    "el": "(?:παραμον[ήη] )?χριστουγέννων|χριστούγεννα|(?:παραμον[ήη] )?πρωτοχρονιά\\w?|πάσχα|δεκαπενταύγουστο\\w?",
    "sl": "božič\\w{0,4}(?: večer| dan)?|silvestr\\w{1,4}|velik[oaei] noči?|miklavž\\w{0,3}|novo leto",
    "sk": "štedr\\w{1,4} (?:deň|dňa|večer)|vianoc\\w{0,4}|vianočn\\w{1,3} \\w{2,7}|silvest\\w{1,4}|nový rok|veľk\\w{1,3} noc\\w{0,2}|mikuláš\\w{0,2}",
    "cs": "štědr\\w{1,4} (?:den|dne|večer)|vánoc\\w{0,4}|silvestr\\w{0,3}|nový rok|velikono\\w{1,5}|mikuláš\\w{0,2}",
}  # fmt: skip
"""Feast days of a language: with a birth beside them they are a date."""
_FEAST_SIGNS = {
    "de": "heilig|weihnacht|silvester|neujahr|oster|karfreitag|pfingst|nikolaus|rosenmontag",
    "en": "christmas|boxing|new year|easter|good friday|halloween|valentine",
    "fr": "noël|noel|sylvestre|l'an|pâques|paques|toussaint",
    "nl": "kerst|oudej|nieuwj|pasen|sinterkl|konings",
    "es": "nocheb|navidad|nochev|semana santa|año n|ano n|reyes",
    "it": "natale|capodanno|pasqua|ferragosto|epifania",
    "pt": "natal|ano novo|páscoa|pascoa",
    "fi": "joulu|juhannu|vap|itsen|pääsi|paasi",
    "el": "χριστο|πρωτοχρ|πάσχα|πασχα|δεκαπεντα",
    "sl": "boži|bozi|silvest|noč|noc|miklav|novo leto",
    "sk": "štedr|stedr|viano|silvest|nový|novy|noc|mikul",
    "cs": "štědr|stedr|vánoc|vanoc|silvest|nový|novy|velikono|mikul",
}
"""Without one of these no feast is named."""


def in_court(text: Text, to: int) -> bool:
    """Whether a word for a court or a hearing follows within three short words."""
    return _IN_COURT.match(text.lower, to, min(len(text.lower), to + 40)) is not None


@lru_cache(maxsize=16)
def _leads(language: str) -> tuple[re.Pattern[str], re.Pattern[str], bool]:
    lead, due = _LEAD[language]
    follows = "|".join(re.escape(word.replace("_", " ")) for word in _FOLLOWS[language].split())
    return (
        re.compile(rf"(?<![\w.,/-])(?:{lead})(?![\w%]|[.,:/-]\d)"),
        re.compile(
            rf"\s{{0,2}}(?:\Z|[.;!?)\n]|,(?!\s?\d)|(?:{follows})(?![^\W_])|(?:{folded(_COURTS)})(?![^\W_]))"
        ),
        due,
    )


@lru_cache(maxsize=16)
def _feasts(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_])(?:{folded(_FEASTS[language])})(?: (?:19|20)\d\d)?(?![^\W_])")


def in_short(text: Text) -> Iterator[tuple[int, int]]:
    """Days without a month, and days without the last full stop, as (at, to) in the plain text."""
    if not text.figures or text.language not in _LEAD:
        return
    lower = text.lower
    pattern, follows, due = _leads(text.language)
    dotted = text.language in ("de", "fi", "sl", "sk", "cs")
    for first in text.figures:
        if dotted and "." not in lower[first + 1 : first + 3]:
            continue
        # The words before a day are ten letters at most.
        match = next(
            (hit for hit in pattern.finditer(lower, max(0, first - 14), min(len(lower), first + 14)) if hit.start("day") == first),
            None,
        )  # fmt: skip
        if match is not None and follows.match(lower, match.end()) is not None:
            near = _DUE_BEFORE.search(lower, max(0, match.start() - 50), match.start()) or _DUE_BEHIND.match(
                lower, match.end(), min(len(lower), match.end() + 50)
            )
            if near is not None or not due:
                yield first, match.end()
    if dotted:
        for match in from_places(_SHORT_DAY, lower, text.figures):
            day, month = int(match["day"]), int(match["month"])
            if (
                0 < day < 32
                and 0 < month < 13
                and _SHORT.search(lower, max(0, match.start() - 16), match.start())
            ):
                yield match.span()


_NO_NAME = re.compile(
    r"weihn|oster|heilig|neuj|karfr|pfing|christmas|boxing|new y|easter|good|\w+ \w*|pâq|kerst|oudej|nieuwj|nocheb|navid|nochev|semana|"
    r"pásc|joulu|juhann|pääs|itsen|χριστ|πρωτ|δεκαπ|vian|vánoc|velikon"
)
"""Feasts that are no names as well, as "Nikolaus" and "Božič" are."""


def feasts_that_are_no_names(text: Text) -> Iterator[tuple[int, int]]:
    """Feast days that nobody is called after, as (at, to) in the plain text."""
    for at, to in feasts(text):
        if _NO_NAME.match(text.lower, at, to) is not None:
            yield at, to


def feasts(text: Text) -> Iterator[tuple[int, int]]:
    """Feast days, as (at, to) in the plain text; whether somebody was born then is for others to see."""
    known = text.worked_out.get("feasts")
    if not isinstance(known, list):
        known = []
        if any(sign in text.lower for sign in _FEAST_SIGNS.get(text.language, "\0").split("|")):
            known = [match.span() for match in _feasts(text.language).finditer(text.lower)]
        text.worked_out["feasts"] = known
    yield from known
