"""General wordings for days and dates of birth: "two weeks ago", "in spring", "school-age child"."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final, NamedTuple

from .lexicon import Lexicon

_NUMERIC: Final = re.compile(r"(?<!\d)(\d{1,2})\s?[./-]\s?(\d{1,2})\s?[./-]?\s?(\d{4}|\d{2})?(?!\d)")
_ISO: Final = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_YEAR: Final = re.compile(r"(?<!\d)(19\d\d|20\d\d)(?!\d)")
_DAY: Final = re.compile(r"(?<!\d)([0-3]?\d)(?!\d)")
_WORD: Final = re.compile(r"[^\W\d_]+\.?")
_MONTH_YEAR: Final = re.compile(r"(?<!\d)(\d{1,2})\s?/\s?(\d{4})(?!\d)")

_SEASONS: Final = (
    "winter",
    "winter",
    "spring",
    "spring",
    "spring",
    "summer",
    "summer",
    "summer",
    "autumn",
    "autumn",
)
_AGES: Final = ((1, "infant"), (3, "toddler"), (6, "preschool_child"), (12, "school_child"), (18, "teenager"))


class When(NamedTuple):
    """What a date says; what it leaves open is None."""

    year: int | None
    month: int | None
    day: int | None


def read(surface: str, words: Lexicon, today: date) -> When | None:
    """The date that the passage names, day before month as in Europe; None where it cannot be read."""
    iso = _ISO.search(surface)
    if iso:
        return _sound(int(iso[1]), int(iso[2]), int(iso[3]))
    month_year = _MONTH_YEAR.search(surface)
    if month_year and not _NUMERIC.search(surface):
        return _sound(int(month_year[2]), int(month_year[1]), None)
    numeric = _NUMERIC.search(surface)
    if numeric:
        return _sound(_full(numeric[3], today), int(numeric[2]), int(numeric[1]))
    month = _month(surface, words)
    year = _YEAR.search(surface)
    day = _DAY.search(surface) if month else None
    if not month and not year:
        return None
    return _sound(int(year[1]) if year else None, month, int(day[1]) if day else None)


def age_group(when: When, today: date) -> str:
    """The key of the age group that somebody born then belongs to today; "" if that is not certain."""
    if when.year is None or when.year > today.year:
        return ""
    born = _day(when)
    if born > today:
        return ""
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if when.month is None and any(years in (limit, limit - 1) for limit, _ in _AGES):
        return ""
    return next((key for limit, key in _AGES if years < limit), "young_adult" if years < 27 else "adult")


def ago(when: When, words: Lexicon, today: date) -> str:
    """How long ago, or in which season; "" for what lies ahead, and where no wording is general and true."""
    if when.month is None:
        years = today.year - (when.year or today.year)
        return _told(words, "years_ago", years) if years > 1 else ""
    if when.year is None:
        return words.say[season(when.month)]
    days = (today - _day(when)).days
    if days < 0:
        return words.say[season(when.month)] if days < -60 else ""
    if days < 2:
        return ""
    if days < 10 and when.day is not None:
        return _told(words, "days_ago", 3 if days < 5 else 7)
    if days < 60 and when.day is not None:
        return _told(words, "weeks_ago", max(2, round(days / 7)))
    if days < 330:
        return words.say[season(when.month)]
    if days < 640:
        return _told(words, "months_ago", 12 if days < 450 else 18)
    return _told(words, "years_ago", max(2, int(days / 365.25)))


def since(when: When, words: Lexicon, today: date) -> str:
    """For how long, with the word for "since": "seit 2 Jahren"; "" where there is no sure wording."""
    form = _SINCE.get(words.language)
    days = (today - _day(when)).days if when.year is not None and when.month is not None else 0
    if form is None or days < 12:
        return ""
    if days < 60:
        told = _told(words, "weeks_ago", max(2, round(days / 7)))
    elif days < 640:
        told = _told(words, "months_ago", round(days / 30.4))
    else:
        told = _told(words, "years_ago", max(2, int(days / 365.25)))
    ago, long = form
    return f"{long}{told.removeprefix(ago).removesuffix(ago)}"


_SINCE: Final = {
    # what is said for "ago", and for how long something lasts instead
    "de": ("vor ", "seit "),
    "en": (" ago", "for "),
    "fr": ("il y a ", "depuis "),
    "es": ("hace ", "desde hace "),
    "it": (" fa", "da "),
    "nl": (" geleden", "sinds "),
    "pt": ("há ", "há "),
}
_TWO: Final = {"leti": "letoma", "tedni": "tednoma"}
"""Slovene has a form for two."""


def _told(words: Lexicon, key: str, number: int) -> str:
    told = words.say[key].format(n=number)
    if words.language == "sl" and number == 2:
        head, _, unit = told.rpartition(" ")
        return f"{head} {_TWO.get(unit, unit)}"
    return told


def season(month: int) -> str:
    """The key of the season a month belongs to."""
    return "winter" if month == 12 else _SEASONS[month - 1] if month < 11 else "autumn"


def _full(year: str | None, today: date) -> int | None:
    if not year:
        return None
    number = int(year)
    if number > 99:
        return number
    return number + (2000 if number <= today.year % 100 + 2 else 1900)


def _month(surface: str, words: Lexicon) -> int | None:
    for word in _WORD.findall(surface.lower()):
        for number, forms in enumerate(words.months, start=1):
            if word in forms or word.rstrip(".") in forms:
                return number
    return None


def _sound(year: int | None, month: int | None, day: int | None) -> When | None:
    if year is not None and not 1900 <= year <= 2100:
        return None
    if month is not None and not 1 <= month <= 12:
        return None
    if day is not None and not 1 <= day <= 31:
        return None
    return When(year, month, day)


def _day(when: When) -> date:
    """The day, or the middle of what is known."""
    first = date(when.year or 2000, when.month or 7, 1)
    return first + timedelta(days=(when.day or 15) - 1)
