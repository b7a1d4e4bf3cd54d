"""Facts with their source, and the country that they make."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from mtd.countries.records.words import KINDS, LISTS, date_words, in_language


@dataclass(frozen=True)
class Fact:
    """One value of one country with all it takes to judge it. `number` is 0 as shipped."""

    key: str
    value: Any
    source: str
    date: str
    confirmed: bool
    note: Mapping[str, str] = field(default_factory=dict)
    number: int = 0
    corrected_at: datetime | None = None

    @property
    def kind(self) -> str:
        return self.key.partition(".")[0]

    @property
    def slug(self) -> str:
        """The entry's own key in a list kind ("" for single values)."""
        return self.key.partition(".")[2]

    @property
    def state(self) -> str:
        """confirmed | unconfirmed | missing (nobody has filled it) | withdrawn (taken off its list)."""
        if self.value is None or self.is_placeholder:
            return "withdrawn" if self.value is None and self.slug and self.number else "missing"
        return "confirmed" if self.confirmed else "unconfirmed"

    @property
    def is_placeholder(self) -> bool:
        return isinstance(self.value, dict) and bool(self.value.get("placeholder"))

    @property
    def note_text(self) -> str:
        return in_language(self.note)

    @property
    def date_text(self) -> str:
        """The date of the source as a person reads it."""
        return date_words(self.date)


@dataclass(frozen=True)
class Helpline:
    """A telephone line that children, parents or relatives can call."""

    fact: Fact
    key: str
    service: str
    number: str
    audience: tuple[str, ...]
    regions: tuple[str, ...]
    languages: tuple[str, ...]
    hours: Mapping[str, str]

    @property
    def confirmed(self) -> bool:
        return self.fact.confirmed

    @property
    def hours_text(self) -> str:
        return in_language(self.hours)

    @property
    def tel(self) -> str:
        """The number as a tel: link needs it."""
        return re.sub(r"[^+0-9]", "", self.number)


@dataclass(frozen=True)
class LegalBasis:
    """A law or professional rule that an agreement can name. `placeholder`: nobody has named it yet."""

    fact: Fact
    key: str
    topic: str
    titles: Mapping[str, str]
    regions: tuple[str, ...]
    placeholder: bool

    @property
    def confirmed(self) -> bool:
        return self.fact.confirmed

    @property
    def title(self) -> str:
        return in_language(self.titles)

    @property
    def note(self) -> str:
        return self.fact.note_text


@dataclass(frozen=True)
class RetentionRule:
    """How long a kind of record must or may be kept."""

    fact: Fact
    key: str
    titles: Mapping[str, str]
    rules: Mapping[str, str]
    years: int | None

    @property
    def title(self) -> str:
        return in_language(self.titles)

    @property
    def rule(self) -> str:
        return in_language(self.rules)


@dataclass(frozen=True)
class Prevalence:
    """A figure with its definition. `low` equals `high` where the source gives one number."""

    fact: Fact
    key: str
    counts: str
    what_texts: Mapping[str, str]
    base_texts: Mapping[str, str]
    age: tuple[int, int] | None
    year: int | None
    unit: str
    low: float
    high: float
    regions: tuple[str, ...]
    minimum: bool

    @property
    def what(self) -> str:
        return in_language(self.what_texts)

    @property
    def base(self) -> str:
        return in_language(self.base_texts)


@dataclass(frozen=True)
class ChildrenPopulation:
    """Children living in a country in one year; under 18 may be an estimate (the fact's note says so)."""

    year: int
    under_15: int
    under_18: int
    total: int


@dataclass(frozen=True)
class Country:
    """One country as it stands now: shipped facts with the latest corrections laid over them."""

    code: str
    names: Mapping[str, str]
    own_names: tuple[str, ...]
    holidays_code: str
    regions: Mapping[str, Mapping[str, str]]
    facts: Mapping[str, Fact]

    @property
    def name(self) -> str:
        """The country's name in the reader's language."""
        return in_language(self.names)

    def __str__(self) -> str:
        return self.name

    def of_kind(self, kind: str) -> tuple[Fact, ...]:
        """All facts of a kind, withdrawn ones left out."""
        return tuple(f for f in self.facts.values() if f.kind == kind and f.state != "withdrawn")

    def value(self, key: str) -> Any:
        """The bare value of a single fact; None where nobody knows it yet."""
        return self.facts[key].value

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.value("languages") or ())

    @property
    def time_zones(self) -> tuple[str, ...]:
        return tuple(self.value("time_zones") or ())

    @property
    def duty_to_report(self) -> str | None:
        """all | certain_groups | none; None where unknown."""
        duty: str | None = self.value("duty_to_report")
        return duty

    @property
    def reported_to(self) -> str:
        return in_language(self.value("reported_to") or {})

    @property
    def family_told_first(self) -> str:
        """What comes before telling the authority, unless it endangers the child; empty where unknown."""
        return in_language(self.value("family_told_first") or {})

    @property
    def advice_from(self) -> str:
        """Who advises professionals before they decide; empty where unknown."""
        return in_language(self.value("advice_from") or {})

    @property
    def written_down(self) -> str:
        """What professionals write down, or say when they report; empty where unknown."""
        return in_language(self.value("written_down") or {})

    @property
    def emergency_number(self) -> str:
        return str(self.value("emergency_number") or "")

    @property
    def consent_age_counselling(self) -> int | None:
        age: int | None = self.value("consent_age_counselling")
        return age

    @cached_property
    def children_population(self) -> tuple[ChildrenPopulation, ...]:
        """Newest year first."""
        rows = [ChildrenPopulation(**row) for row in self.value("children_population") or ()]
        return tuple(sorted(rows, key=lambda row: -row.year))

    def _entries(self, kind: str) -> Iterator[Fact]:
        return (fact for fact in self.of_kind(kind) if fact.value is not None)

    @cached_property
    def helplines(self) -> tuple[Helpline, ...]:
        return tuple(
            Helpline(
                fact=fact,
                key=fact.slug,
                service=fact.value["service"],
                number=fact.value["number"],
                audience=tuple(fact.value["audience"]),
                regions=tuple(fact.value.get("regions", ())),
                languages=tuple(fact.value.get("languages", ())),
                hours=fact.value.get("hours") or {},
            )
            for fact in self._entries("helplines")
        )

    @cached_property
    def legal_bases(self) -> tuple[LegalBasis, ...]:
        return tuple(
            LegalBasis(
                fact=fact,
                key=fact.slug,
                topic=fact.value["topic"],
                titles=fact.value["title"],
                regions=tuple(fact.value.get("regions", ())),
                placeholder=bool(fact.value.get("placeholder")),
            )
            for fact in self._entries("legal_bases")
        )

    @cached_property
    def retention_rules(self) -> tuple[RetentionRule, ...]:
        return tuple(
            RetentionRule(
                fact=fact,
                key=fact.slug,
                titles=fact.value["title"],
                rules=fact.value["rule"],
                years=fact.value.get("years"),
            )
            for fact in self._entries("retention_rules")
        )

    @cached_property
    def prevalence(self) -> tuple[Prevalence, ...]:
        return tuple(prevalence_of(fact) for fact in self._entries("prevalence"))

    @cached_property
    def completeness(self) -> Completeness:
        """How much of the record is confirmed. A list without any entry counts as one missing value."""
        states = [fact.state for kind in KINDS for fact in self.of_kind(kind)]
        empty = sum(1 for kind in LISTS if not self.of_kind(kind))
        return Completeness(
            confirmed=states.count("confirmed"),
            unconfirmed=states.count("unconfirmed"),
            missing=states.count("missing") + empty,
        )


@dataclass(frozen=True)
class Completeness:
    """Confirmed, unconfirmed and missing values of one record."""

    confirmed: int
    unconfirmed: int
    missing: int

    @property
    def total(self) -> int:
        return self.confirmed + self.unconfirmed + self.missing

    @property
    def percent(self) -> int:
        """Share of confirmed values, rounded down: 100 means that nothing is left to do."""
        return self.confirmed * 100 // self.total if self.total else 0


def with_facts(country: Country, facts: Mapping[str, Fact]) -> Country:
    """The country with these facts laid over its own; new entries stand at the end of their list."""
    return replace(country, facts={**country.facts, **facts}) if facts else country


def prevalence_of(fact: Fact) -> Prevalence:
    value = fact.value
    age = value.get("age")
    return Prevalence(
        fact=fact,
        key=fact.slug,
        counts=value["counts"],
        what_texts=value["what"],
        base_texts=value["base"],
        age=(age[0], age[1]) if age else None,
        year=value.get("year"),
        unit=value["unit"],
        low=value["low"],
        high=value["high"],
        regions=tuple(value.get("regions", ())),
        minimum=bool(value.get("minimum")),
    )
