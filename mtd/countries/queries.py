"""Reading country records: shipped facts with the latest corrections laid over them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

import holidays
from django.db.models import OuterRef, QuerySet, Subquery

from mtd.countries import records
from mtd.countries.models import CountryValue
from mtd.countries.records import CODES, Country, Fact, Helpline, LegalBasis


def country(code: str) -> Country:
    """The record as it stands now (one query). Raises records.UnknownCountry for a code not in CODES."""
    base = records.shipped(code)
    return records.with_facts(base, {row.key: _as_fact(row) for row in _latest().filter(country=code)})


def all_countries() -> tuple[Country, ...]:
    """All twelve records in the project's order (one query)."""
    corrections: dict[str, dict[str, Fact]] = {}
    for row in _latest():
        corrections.setdefault(row.country, {})[row.key] = _as_fact(row)
    return tuple(records.with_facts(records.shipped(code), corrections.get(code, {})) for code in CODES)


def country_choices() -> list[tuple[str, str]]:
    """(code, name in the active language) for forms; no query."""
    return sorted(((code, records.shipped(code).name) for code in CODES), key=lambda pair: pair[1])


def country_name(code: str, language: str | None = None) -> str:
    """The name in the wanted (else the active) language; the code itself for an unknown country. No query."""
    if code not in CODES:
        return code
    return records.in_language(records.shipped(code).names, language)


def legal_bases(
    code: str, topics: Collection[str] = (), *, placeholders: bool = True
) -> tuple[LegalBasis, ...]:
    """What an agreement of this country can name, national before European; `topics` limits it."""
    found = [
        basis
        for basis in country(code).legal_bases
        if (not topics or basis.topic in topics) and (placeholders or not basis.placeholder)
    ]
    return tuple(sorted(found, key=lambda basis: basis.key.startswith("eu-")))


def helplines(
    code: str, *, audience: str = "", region: str = "", confirmed_only: bool = False
) -> tuple[Helpline, ...]:
    """Helplines of a country; a line without regions serves all of them."""
    return tuple(
        line
        for line in country(code).helplines
        if (not audience or audience in line.audience)
        and (not region or not line.regions or region in line.regions)
        and (line.confirmed or not confirmed_only)
    )


def european_prevalence() -> tuple[records.Prevalence, ...]:
    """Figures for Europe as a whole; never mix them with a country's own."""
    return records.european_prevalence()


@dataclass(frozen=True)
class Change:
    """One state in the history of a fact; the shipped one has neither author nor correction."""

    fact: Fact
    author_id: uuid.UUID | None = None
    shipped: bool = False


def history(code: str, key: str) -> tuple[Change, ...]:
    """All states of one value, newest first; ends with the shipped one where there is one."""
    rows = CountryValue.objects.filter(country=code, key=key).order_by("-number")
    return _with_shipped(code, key, rows)


def histories(code: str) -> dict[str, tuple[Change, ...]]:
    """The histories of every value that was ever corrected, by key (one query)."""
    by_key: dict[str, list[CountryValue]] = {}
    for row in CountryValue.objects.filter(country=code).order_by("key", "-number"):
        by_key.setdefault(row.key, []).append(row)
    return {key: _with_shipped(code, key, rows) for key, rows in by_key.items()}


@cache
def subdivisions(code: str) -> tuple[str, ...]:
    """Names of the subdivisions that have holidays of their own, as public_holidays() takes them."""
    return tuple(holidays.country_holidays(records.shipped(code).holidays_code).subdivisions)


@cache
def _holidays(code: str, year: int, subdivision: str | None) -> tuple[tuple[date, str], ...]:
    iso = records.shipped(code).holidays_code
    # Without a language the library follows the server's locale; we promise the country's own language.
    own = holidays.country_holidays(iso).default_language
    found = holidays.country_holidays(iso, subdiv=subdivision, years=year, language=own)
    return tuple(sorted((day, str(name)) for day, name in found.items()))


def public_holidays(code: str, year: int, subdivision: str | None = None) -> dict[date, str]:
    """Public holidays with their names in the country's own language.

    Raises records.UnknownCountry, and ValueError for a subdivision that the country does not have.
    """
    if subdivision is not None and subdivision not in subdivisions(code):
        raise ValueError(f"{code} has no subdivision {subdivision!r}")
    return dict(_holidays(code, year, subdivision))


def _latest() -> QuerySet[CountryValue]:
    newest = CountryValue.objects.filter(country=OuterRef("country"), key=OuterRef("key")).order_by("-number")
    return CountryValue.objects.filter(number=Subquery(newest.values("number")[:1])).order_by("at", "key")


def _as_fact(row: CountryValue) -> Fact:
    return Fact(
        key=row.key,
        value=row.value,
        source=row.source,
        date=row.source_date,
        confirmed=row.confirmed,
        note=row.note,
        number=row.number,
        corrected_at=row.at,
    )


def _with_shipped(code: str, key: str, rows: Iterable[CountryValue]) -> tuple[Change, ...]:
    changes = [Change(fact=_as_fact(row), author_id=row.author_id) for row in rows]
    first = records.shipped(code).facts.get(key)
    if first is not None:
        changes.append(Change(fact=first, shipped=True))
    return tuple(changes)
