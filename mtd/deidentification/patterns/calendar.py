"""Months, and words around dates, in twelve languages."""
# ruff: noqa: E501

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MONTHS: dict[str, tuple[str, ...]] = {
    # Per language twelve expressions, each for all forms of one month.
    "en": (
        "jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?", "aug(?:ust)?",
        "sept?(?:ember)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?",
    ),
    "de": (
        "jan(?:uars?)?|jänner[ns]?", "feb(?:ruars?|er|er?s)?|feber", "märz(?:es|en)?|maerz|mrz", "apr(?:ils?)?", "mai(?:en)?",
        "juni?s?|juno", "juli?s?", "aug(?:usts?)?", "sept?(?:embers?)?", "okt(?:obers?)?", "nov(?:embers?)?",
        "dez(?:embers?)?",
    ),
    "fr": (
        "janv(?:ier)?", "f[ée]vr?(?:ier)?", "mars", "avr(?:il)?", "mai", "juin", "juil(?:let)?", "ao[uû]t", "sept?(?:embre)?",
        "oct(?:obre)?", "nov(?:embre)?", "d[ée]c(?:embre)?",
    ),
    "nl": (
        "jan(?:uari)?", "feb(?:r(?:uari)?)?", "maart|mrt", "apr(?:il)?", "mei", "juni?", "juli?", "aug(?:ustus)?",
        "sept?(?:ember)?", "okt(?:ober)?", "nov(?:ember)?", "dec(?:ember)?",
    ),
    "es": (
        "ene(?:ro)?", "feb(?:rero)?", "mar(?:zo)?", "abr(?:il)?", "may(?:o)?", "jun(?:io)?", "jul(?:io)?", "ago(?:sto)?",
        "sep(?:t(?:iembre)?)?|setiembre", "oct(?:ubre)?", "nov(?:iembre)?", "dic(?:iembre)?",
    ),
    "it": (
        "gen(?:n(?:aio)?)?", "febb?(?:raio)?", "mar(?:zo)?", "apr(?:ile)?", "mag(?:gio)?", "giu(?:gno)?", "lug(?:lio)?",
        "ago(?:sto)?", "sett?(?:embre)?", "ott(?:obre)?", "nov(?:embre)?", "dic(?:embre)?",
    ),
    "pt": (
        "jan(?:eiro)?", "fev(?:ereiro)?", "mar(?:ço)?|marco", "abr(?:il)?", "mai(?:o)?", "jun(?:ho)?", "jul(?:ho)?",
        "ago(?:sto)?", "set(?:embro)?", "out(?:ubro)?", "nov(?:embro)?", "dez(?:embro)?",
    ),
    "fi": tuple(
        rf"{stem}k(?:uu(?:n|ta|ssa|sta|hun|lta|lla|lle|ksi|na|t)?)?"
        for stem in (
            "tammi", "helmi", "maalis", "huhti", "touko", "kesä", "heinä", "elo", "syys", "loka", "marras", "joulu",
        )
    ),
    "el": (
        "ιαν(?:ου[αά]ρ(?:ιος|[ιί]ου|ιο))?|γεν[αά]ρη?ς?", "φεβ(?:ρου[αά]ρ(?:ιος|[ιί]ου|ιο))?|φλεβ[αά]ρη?ς?",
        "μ[αά]ρτ(?:ιος|[ιί]ου|ιο|ης|η)|μαρ", "απρ(?:[ιί]λ(?:ιος|[ιί]ου|ιο|ης|η))?", "μ[αά][ιϊΐί](?:ος|ου|ο|ης|η)|μαΐου|μαϊου",
        "ιο[υύ]ν(?:ιος|[ιί]ου|ιο|ης|η)", "ιο[υύ]λ(?:ιος|[ιί]ου|ιο|ης|η)", "α[υύ]γ(?:ο[υύ]στ(?:ος|ου|ο))?",
        "σεπτ?(?:[εέ]μβρ(?:ιος|[ιί]ου|ιο|ης|η))?", "οκτ(?:[ωώ]βρ(?:ιος|[ιί]ου|ιο|ης|η))?", "νο[εέ](?:μβρ(?:ιος|[ιί]ου|ιο|ης|η))?",
        "δεκ(?:[εέ]μβρ(?:ιος|[ιί]ου|ιο|ης|η))?",
    ),
    "sl": (
        "jan(?:uar(?:ja|jem|ju)?)?", "feb(?:ruar(?:ja|jem|ju)?)?", "mar(?:ec|ca|cu|cem)", "apr(?:il(?:a|u|om)?)?",
        "maj(?:a|u|em)?", "junij?(?:a|u|em)?", "julij?(?:a|u|em)?", "avg(?:ust(?:a|u|om)?)?", "sept?(?:emb(?:er|ra|ru|rom))?",
        "okt(?:ob(?:er|ra|ru|rom))?", "nov(?:emb(?:er|ra|ru|rom))?", "dec(?:emb(?:er|ra|ru|rom))?",
    ),
    "sk": (
        "jan(?:uár(?:a|i|om|u)?)?", "feb(?:ruár(?:a|i|om|u)?)?", "mar(?:ec|ca|ci|com|cu)", "apríl(?:a|i|om|u)?|apr",
        "máj(?:a|i|om|u)?", "jún(?:a|i|om|u)?", "júl(?:a|i|om|u)?", "aug(?:ust(?:a|e|om|u)?)?",
        "sept?(?:emb(?:er|ra|ri|rom|ru))?", "okt(?:ób(?:er|ra|ri|rom|ru))?", "nov(?:emb(?:er|ra|ri|rom|ru))?",
        "dec(?:emb(?:er|ra|ri|rom|ru))?",
    ),
    "cs": (
        "led(?:en|na|nu|nem)", "únor(?:a|u|em)?", "březe?n(?:a|u|em)?", "dub(?:en|na|nu|nem)", "květe?n(?:a|u|em)?",
        "červe?n(?:a|u|em)?", "červenec|července?(?:m|i)?", "srpe?n(?:a|u|em)?", "září(?:m)?", "říj(?:en|na|nu|nem)",
        "listopad(?:u|em)?", "prosin(?:ec|ce|ci|cem)",
    ),
}  # fmt: skip

AMBIGUOUS = frozenset(
    {"may", "mar", "mars", "set", "ago", "out", "sept", "dec", "mai", "led", "nov", "dub", "jan"}
)
"""Months that are also words or names, so that they say nothing on their own."""

BORN = re.compile(
    r"(?:\bgeb(?:\.|oren\w*|urts\w*|-?datum)?|\bwurde\b[^.\n]{0,40}\bgeboren|\bborn\b|\bd\.?o\.?b\b|\bbirth\w*|"
    r"\bn[ée]e?s?\b|\bnaissance|\bnaquit|\bgeb(?:oren|oorte\w*)|\bnac(?:id[oa]s?|imiento|ió|\.)|\bf\.? ?nac|\bnat[oaie]\b|"
    r"\bnascit[ao]|\bd\. ?n\.|\bnasc(?:id[oa]s?|eu|imento)|\bsynt(?:ymä\w*|ynyt|yi|\.)|\bs\.|\bγεν(?:ν[ηή]\w*|\.|έθλ\w*)|"
    r"\bjahrgang\b|\bjg\.|\bročník\b|\brocnik\b|\bletnik\b|\brojen\w*|\broj\.|\brojst\w*|\bnar(?:oden\w*|ozen\w*|\.)|\bnarod(?:il\w*)|\bdatum rojstva|\bdátum narodenia|[*✱∗])"
)
"""What announces a date of birth, in lower-case text."""

LAW = re.compile(
    r"(?:\b(?:gesetz\w*|\w*gesetz(?:es|e)?|verordnung\w*|richtlinie\w*|leitlinie\w*|bgbl\w*|i\.? ?d\.? ?f\.? ?v|fassung|"
    r"stand|version|act|directive|regulation|guideline|loi|d[ée]cret|arr[êe]t[ée]|ordonnance|circulaire|r[èe]glement|wet|"
    r"besluit|decreet|verordening|richtlijn|ley|real decreto|orden|reglamento|directiva|legge|decreto\w*|d\.? ?lgs\.?|"
    r"d\.? ?p\.? ?r\.?|regolamento|direttiva|lei|portaria|regulamento|despacho|laki\w*|laissa|lain|asetu\w*|direktiiv\w*|"
    r"ν[οό]μ(?:ος|ου|ο)|ν\.|οδηγ[ιί]α\w*|φεκ|zakon\w*|uredb\w*|pravilnik\w*|direktiv\w*|z[áa]kon\w*|vyhl[áa]šk\w*|"
    r"na[rř][ií]zen[ií]\w*|smernic\w*|směrnic\w*|nariaden\w*|zb\.|sb\.)(?![\w@]))[^\n;]{0,40}$"
)
"""A law or a guideline before a date, in lower-case text: such a date says nothing about a family."""

RELATIVE_YEAR = {
    "en": "in|since|until|by|from|year|summer|winter|spring|autumn|fall",
    "de": "jahr|jahre|jahres|seit|ab|anno|anfang|ende|mitte|sommer|herbst|frühjahr|winter",
    "fr": "en|depuis|dès|année|début|fin|été|jusqu'en",
    "nl": "in|sinds|vanaf|jaar|tot|begin|eind",
    "es": "en|desde|año|el|hasta|del|verano de|otoño de|invierno de|primavera de|finales de|principios de|mediados de",
    "it": "nel|dal|del|anno|fino al|al",
    "pt": "em|desde|ano|até",
    "fi": r"vuo(?:nna|den|desta|teen|tena|si|sina|sien|silta|delta|delle|tta|det)|v\.|kesällä|talvella|keväällä|syksyllä|noin",
    "el": "το|του|έτος|από το|στα|τον|μέχρι το",
    "sl": "leta|letu|leto|od|l\\.",
    "sk": "roku|roku|rok|r\\.|v|od",
    "cs": "roce|roku|rok|r\\.|v|od",
}
"""Words that make four figures a year."""


_ORDER = re.compile(
    r"(?<![^\W_])(?:d[ée]cret|ordonnance|decreto|beschikking|despacho|auto) (?:du|del|van|de|do) $"
)
_OF_COURT = re.compile(r"ottemperan|minor|tribunal|giudic|affid|juzgad|jue[zg]|enfant|rechtb|rechter|criança")


def ordered(lower: str, at: int, to: int) -> bool:
    """Whether a date is that of a court's order for a family: "in ottemperanza al decreto del 18 settembre 2025"."""
    if _ORDER.search(lower[max(0, at - 24) : at]) is None:
        return False
    if re.match(r",? n[.°º]? ?\d", lower[to : to + 8]) is not None:
        return False  # a law has a number
    return _OF_COURT.search(lower[max(0, at - 100) : to + 100]) is not None


def folded(expression: str) -> str:
    """The expression, for which letters may stand without their diacritics: in a hurry people write "rijna" and "marco"."""
    made: list[str] = []
    inside = False
    for place, sign in enumerate(expression):
        if sign in "[]" and (place == 0 or expression[place - 1] != "\\"):
            inside = sign == "["
        bare = unicodedata.normalize("NFD", sign)[0]
        made.append(sign if bare == sign else f"{sign}{bare}" if inside else f"[{sign}{bare}]")
    return "".join(made)


@lru_cache(maxsize=16)
def months(language: str) -> str:
    """One expression for every month of a language, with and without diacritics; of all, where there is no such language."""
    listed = MONTHS.get(language) or tuple(month for group in MONTHS.values() for month in group)
    return "|".join(folded(month) for month in listed)
