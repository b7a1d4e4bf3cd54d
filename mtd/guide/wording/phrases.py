"""How numbers, rhythms, periods, dates and lists read in an agreement.

The language is the agreement's, not the reader's, so nothing here goes through gettext. English and German are
complete; every other language takes from CLDR (Babel) what it has, and English for the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import format_unit

_FIXED: dict[str, dict[str, str]] = {
    "en": {
        "not_agreed": "not agreed",
        "yes": "yes",
        "no": "no",
        "yes_condition": "yes, on condition: {condition}",
        "unknown_party": "a former party",
        "entries_one": "1 entry",
        "entries": "{number} entries",
        "party": "Party",
        "contact": "Contact",
        "role": "Function",
        "reach": "Telephone, e-mail",
        "hours": "Hours",
        "deputy": "Deputy",
    },
    "de": {
        "not_agreed": "nicht vereinbart",
        "yes": "ja",
        "no": "nein",
        "yes_condition": "ja, unter der Bedingung: {condition}",
        "unknown_party": "ein früherer Vertragspartner",
        "entries_one": "1 Eintrag",
        "entries": "{number} Einträge",
        "party": "Vertragspartner",
        "contact": "Ansprechperson",
        "role": "Funktion",
        "reach": "Telefon, E-Mail",
        "hours": "Erreichbarkeit",
        "deputy": "Vertretung",
    },
}
_EN_PER = {
    "week": "a week",
    "month": "a month",
    "quarter": "every quarter",
    "half_year": "every half-year",
    "year": "a year",
}
_DE_PER = {
    "week": "in der Woche",
    "month": "im Monat",
    "quarter": "im Quartal",
    "half_year": "im Halbjahr",
    "year": "im Jahr",
}
_DE_TIMES = ("ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf")
_EN_UNITS = {
    "hours": ("hour", "hours"),
    "working_days": ("working day", "working days"),
    "days": ("day", "days"),
    "weeks": ("week", "weeks"),
    "months": ("month", "months"),
    "years": ("year", "years"),
}
_DE_UNITS = {
    # singular, plural, one in the dative, plural in the dative
    "hours": ("Stunde", "Stunden", "einer Stunde", "Stunden"),
    "working_days": ("Arbeitstag", "Arbeitstage", "einem Arbeitstag", "Arbeitstagen"),
    "days": ("Tag", "Tage", "einem Tag", "Tagen"),
    "weeks": ("Woche", "Wochen", "einer Woche", "Wochen"),
    "months": ("Monat", "Monate", "einem Monat", "Monaten"),
    "years": ("Jahr", "Jahre", "einem Jahr", "Jahren"),
}
_CLDR_UNITS = {
    "hours": "duration-hour",
    "days": "duration-day",
    "weeks": "duration-week",
    "months": "duration-month",
    "years": "duration-year",
}


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """The CLDR locale of a language; British English for English (day before month, no serial comma)."""
    if language == "en":
        return Locale.parse("en_GB")
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")


def fixed(name: str, language: str) -> str:
    """A fixed word of an agreement, in English where the language has none."""
    return _FIXED.get(language, _FIXED["en"])[name]


def not_agreed(language: str) -> str:
    """What stands where nothing was agreed."""
    return fixed("not_agreed", language)


def format_rhythm(at_least: int, per: str, language: str) -> str:
    """“at least once every half-year”, “mindestens viermal im Jahr”; the same in every case."""
    if language == "de":
        times = f"{_DE_TIMES[at_least - 1]}mal" if 1 <= at_least <= len(_DE_TIMES) else f"{at_least}-mal"
        return f"mindestens {times} {_DE_PER[per]}"
    words = {1: "once", 2: "twice"}.get(at_least, f"{at_least} times")
    return f"at least {words} {_EN_PER[per]}"


def format_period(number: int, unit: str, language: str, *, dative: bool = False) -> str:
    """“2 working days”, “2 Arbeitstage”, in the dative “2 Arbeitstagen”, “einem Arbeitstag”."""
    if language == "de":
        singular, plural, one_dative, plural_dative = _DE_UNITS[unit]
        if number == 1:
            return one_dative if dative else f"1 {singular}"
        return f"{format_number(number, language)} {plural_dative if dative else plural}"
    if language != "en" and unit in _CLDR_UNITS:
        return str(format_unit(number, _CLDR_UNITS[unit], length="long", locale=locale_of(language)))
    one, many = _EN_UNITS[unit]
    return f"{format_number(number, language)} {one if number == 1 else many}"


def format_number(number: int | float, language: str) -> str:
    """A number with the language's separators."""
    return str(format_decimal(number, locale=locale_of(language)))


def format_day(day: date, language: str) -> str:
    """“1 May 2027”, “1. Mai 2027”."""
    return str(format_date(day, "long", locale=locale_of(language)))


def join_words(words: Sequence[str], language: str) -> str:
    """“a, b and c”, “a, b und c”; entries that hold commas or full stops are parted by semicolons."""
    words = [word.rstrip(",; ") for word in words]
    if len(words) > 1 and any("," in word or ";" in word or word.endswith(".") for word in words):
        return "; ".join(word.rstrip(".;") for word in words)
    return str(format_list(list(words), style="standard", locale=locale_of(language)))
