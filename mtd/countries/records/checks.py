"""What can be a fact: every mistake of a value, in words that say what to do."""

from __future__ import annotations

import math
import re
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from mtd.core.errors import Message, Refused
from mtd.countries.records.words import AUDIENCES, COUNTS, DUTIES, LISTS, SINGLES, TOPICS, UNITS

_KEY = re.compile(r"^[a-z0-9][a-z0-9-]{0,59}$")
LANGUAGE = re.compile(r"^[a-z]{2,3}$")
_PHONE = re.compile(r"^\+?[0-9][0-9 /()-]{1,30}$")
_DATE = re.compile(r"^~?(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")
MAX_AGE_OF_CONSENT = 25
MAX_TEXT = 2000


@dataclass(frozen=True)
class Problem:
    """One mistake in a value: the part of the value it belongs to ("" for the whole) and what to do."""

    part: str
    message: Message


class InvalidValue(Refused):
    """A value cannot be a fact of its kind; `problems` lists every mistake at once."""

    status = 422

    def __init__(self, problems: tuple[Problem, ...], *, code: str = "invalid_country_value") -> None:
        super().__init__(problems[0].message, code=code, field=problems[0].part or None)
        self.problems = problems

    def __str__(self) -> str:
        return " ".join(str(problem.message) for problem in self.problems)


def check_key(key: str) -> str:
    """The kind of a key. Raises InvalidValue for a key that no country record knows."""
    kind, dot, slug = key.partition(".")
    if (kind in SINGLES and not dot) or (kind in LISTS and _KEY.match(slug)):
        return kind
    raise InvalidValue(
        (Problem("key", _("There is no value called “%(key)s” in a country record.") % {"key": key}),),
        code="unknown_key",
    )


def check_fact(
    key: str,
    value: Any,
    *,
    source: str,
    date: str,
    confirmed: bool,
    note: Mapping[str, str],
    regions: Mapping[str, Any] | None = None,
) -> None:
    """Raise InvalidValue, listing every mistake, unless this can be a fact of the kind that the key names."""
    kind = check_key(key)
    problems = list(_CHECKS[kind](value, regions or {})) if value is not None else []
    if value is None and confirmed:
        problems.append(Problem("confirmed", _("An empty value cannot be confirmed.")))
    if confirmed and not source.strip():
        problems.append(Problem("source", _("A confirmed value needs its source.")))
    if confirmed and isinstance(value, dict) and value.get("placeholder"):
        problems.append(Problem("confirmed", _("A placeholder cannot be confirmed. Name the basis first.")))
    if len(source) > 500:
        problems.append(Problem("source", _("The source is too long (at most 500 characters).")))
    if not is_source_date(date):
        problems.append(
            Problem(
                "source_date",
                _("Write the date as 2025, 2025-11 or 2025-11-19; ~2008 is about 2008, empty is undated."),
            )
        )
    if not _texts_ok(note, required=False):
        problems.append(Problem("note", _("A note is a text of at most 2000 characters in each language.")))
    if problems:
        raise InvalidValue(tuple(problems))


def is_source_date(text: str) -> bool:
    """True for "", 2025, 2025-11, 2025-11-19, each also with ~ (about)."""
    if text == "":
        return True
    match = _DATE.match(text)
    if not match:
        return False
    year, month, day = (int(part) if part else 1 for part in match.groups())
    try:
        date(year, month, day)
    except ValueError:
        return False
    return 1900 <= year <= 2100


def _texts_ok(texts: Any, *, required: bool) -> bool:
    if not isinstance(texts, Mapping):
        return False
    if not all(
        isinstance(language, str)
        and LANGUAGE.match(language)
        and isinstance(text, str)
        and len(text) <= MAX_TEXT
        for language, text in texts.items()
    ):
        return False
    return not required or any(text.strip() for text in texts.values())


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _known_parts(value: Any, allowed: set[str]) -> Iterator[Problem]:
    for part in sorted(str(name) for name in value if name not in allowed):
        yield Problem("", _("The part “%(part)s” does not belong to this kind of value.") % {"part": part})


def _regions(value: Mapping[str, Any], regions: Mapping[str, Any]) -> Iterator[Problem]:
    given = value.get("regions", [])
    if not isinstance(given, list) or any(not isinstance(name, str) or name not in regions for name in given):
        yield Problem("regions", _("This region is not in the country’s record."))


def _check_languages(value: Any, _regions: Any) -> Iterator[Problem]:
    if (
        not isinstance(value, list)
        or not value
        or any(not isinstance(code, str) or not LANGUAGE.match(code) for code in value)
    ):
        yield Problem("value", _("Name each language by its code, for example: nl, fr, de."))
    elif len(set(value)) != len(value):
        yield Problem("value", _("A language is named twice."))


def _check_time_zones(value: Any, _regions: Any) -> Iterator[Problem]:
    if not isinstance(value, list) or not value:
        yield Problem("value", _("Name at least one time zone, for example: Europe/Madrid."))
        return
    known = _time_zone_names()
    for name in value:
        if not isinstance(name, str) or name not in known:
            yield Problem("value", _("There is no time zone called “%(name)s”.") % {"name": name})


@cache
def _time_zone_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _check_duty(value: Any, _regions: Any) -> Iterator[Problem]:
    if not isinstance(value, str) or value not in DUTIES:
        yield Problem("value", _("Choose who must report: all professionals, certain groups, or nobody."))


def _check_text(value: Any, _regions: Any) -> Iterator[Problem]:
    if not _texts_ok(value, required=True):
        yield Problem("value", _("Write at most 2000 characters in at least one language."))


def _check_emergency(value: Any, _regions: Any) -> Iterator[Problem]:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{2,6}", value):
        yield Problem("value", _("An emergency number has two to six digits, for example 112."))


def _check_age(value: Any, _regions: Any) -> Iterator[Problem]:
    if not _is_int(value) or not 0 <= value <= MAX_AGE_OF_CONSENT:
        yield Problem(
            "value",
            _("An age is a whole number from 0 to %(most)s. Leave it empty if it is not known.")
            % {"most": MAX_AGE_OF_CONSENT},
        )


def _check_population(value: Any, _regions: Any) -> Iterator[Problem]:
    names = {"year", "under_15", "under_18", "total"}
    if not isinstance(value, list) or not value:
        yield Problem("value", _("Give at least one year with its numbers."))
        return
    years = []
    for row in value:
        if not isinstance(row, dict) or set(row) != names or not all(_is_int(n) for n in row.values()):
            yield Problem(
                "value", _("Each line needs four whole numbers: year; under 15; under 18; everyone.")
            )
            continue
        years.append(row["year"])
        if not 1900 <= row["year"] <= 2100:
            yield Problem("value", _("%(year)s is not a year between 1900 and 2100.") % {"year": row["year"]})
        if not 0 < row["under_15"] <= row["under_18"] <= row["total"]:
            yield Problem(
                "value",
                _("%(year)s: at most as many under 15 as under 18, and at most as many children as people.")
                % {"year": row["year"]},
            )
    if len(set(years)) != len(years):
        yield Problem("value", _("A year is named twice."))


def _check_helpline(value: Any, regions: Mapping[str, Any]) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem("", _("A helpline needs a name, a number and whom it is for."))
        return
    yield from _known_parts(value, {"service", "number", "audience", "regions", "languages", "hours"})
    service = value.get("service")
    if not isinstance(service, str) or not service.strip() or len(service) > 200:
        yield Problem("service", _("A helpline needs its name (at most 200 characters)."))
    number = value.get("number")
    if not isinstance(number, str) or not number.strip():
        yield Problem("number", _("A helpline needs a telephone number."))
    elif not _PHONE.match(number) or not 3 <= sum(ch.isdigit() for ch in number) <= 15:
        yield Problem("number", _("“%(number)s” is not a telephone number.") % {"number": number[:40]})
    audience = value.get("audience")
    if (
        not isinstance(audience, list)
        or not audience
        or any(not isinstance(name, str) or name not in AUDIENCES for name in audience)
    ):
        yield Problem("audience", _("Say whom the helpline is for."))
    languages = value.get("languages", [])
    if not isinstance(languages, list) or any(
        not isinstance(code, str) or not LANGUAGE.match(code) for code in languages
    ):
        yield Problem("languages", _("Name each language by its code, for example: nl, fr, de."))
    hours = value.get("hours")
    if hours is not None and not _texts_ok(hours, required=False):
        yield Problem("hours", _("Opening hours are a short text in each language."))
    yield from _regions(value, regions)


def _check_legal_basis(value: Any, regions: Mapping[str, Any]) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem("", _("A legal basis needs a title and a topic."))
        return
    yield from _known_parts(value, {"topic", "title", "regions", "placeholder"})
    if not isinstance(value.get("topic"), str) or value["topic"] not in TOPICS:
        yield Problem("topic", _("Choose the topic of the legal basis."))
    if not _texts_ok(value.get("title"), required=True):
        yield Problem("title", _("A legal basis needs a title in at least one language."))
    if not isinstance(value.get("placeholder", False), bool):
        yield Problem("", _("“Placeholder” is yes or no."))
    yield from _regions(value, regions)


def _check_retention(value: Any, _regions: Any) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem("", _("A rule on keeping records needs a title and the rule itself."))
        return
    yield from _known_parts(value, {"title", "rule", "years"})
    if not _texts_ok(value.get("title"), required=True):
        yield Problem("title", _("Say which records the rule is about."))
    if not _texts_ok(value.get("rule"), required=True):
        yield Problem("rule", _("Say what the rule is, in at least one language."))
    years = value.get("years")
    if years is not None and (not _is_int(years) or not 0 <= years <= 150):
        yield Problem("years", _("Years are a whole number from 0 to 150, or empty."))


def _check_prevalence(value: Any, regions: Mapping[str, Any]) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem("", _("A figure needs what it counts, its base, its unit and its numbers."))
        return
    yield from _known_parts(
        value, {"counts", "what", "base", "age", "year", "unit", "low", "high", "regions", "minimum"}
    )
    if not isinstance(value.get("counts"), str) or value["counts"] not in COUNTS:
        yield Problem(
            "counts", _("Say whom the figure counts: children, people in treatment or people who use drugs.")
        )
    if not _texts_ok(value.get("what"), required=True):
        yield Problem("what", _("Say in words what the figure counts."))
    if not _texts_ok(value.get("base"), required=True):
        yield Problem("base", _("Say of whom it is a share: the base population."))
    age = value.get("age")
    if age is not None and not (
        isinstance(age, list)
        and len(age) == 2
        and all(_is_int(n) for n in age)
        and 0 <= age[0] <= age[1] <= 120
    ):
        yield Problem("age", _("An age range goes from a lower to a higher age, for example 0 to 17."))
    year = value.get("year")
    if year is not None and (not _is_int(year) or not 1900 <= year <= 2100):
        yield Problem("year", _("The year of a figure lies between 1900 and 2100, or is empty."))
    unit = value.get("unit")
    if not isinstance(unit, str) or unit not in UNITS:
        yield Problem("unit", _("Choose the unit of the figure."))
    low, high = value.get("low"), value.get("high")
    if not _is_number(low) or low < 0:  # type: ignore[operator]
        yield Problem("low", _("A figure needs a number of 0 or more."))
    elif not _is_number(high) or high < low:  # type: ignore[operator]
        yield Problem("high", _("The upper number cannot be below the lower one."))
    elif high > {"percent": 100, "per_10000": 10000}.get(str(unit), 10**9):  # type: ignore[operator]
        yield Problem("high", _("More than the whole base cannot be counted."))
    if not isinstance(value.get("minimum", False), bool):
        yield Problem("minimum", _("“At least” is yes or no."))
    yield from _regions(value, regions)


_CHECKS = {
    "languages": _check_languages,
    "time_zones": _check_time_zones,
    "duty_to_report": _check_duty,
    "reported_to": _check_text,
    "family_told_first": _check_text,
    "advice_from": _check_text,
    "written_down": _check_text,
    "emergency_number": _check_emergency,
    "consent_age_counselling": _check_age,
    "children_population": _check_population,
    "helplines": _check_helpline,
    "legal_bases": _check_legal_basis,
    "retention_rules": _check_retention,
    "prevalence": _check_prevalence,
}
