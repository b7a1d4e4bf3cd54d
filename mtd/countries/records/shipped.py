"""The records that ship: one YAML file for each country and one for what holds in all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from mtd.countries.records.checks import check_fact
from mtd.countries.records.facts import Country, Fact, Prevalence, prevalence_of
from mtd.countries.records.words import CODES, KINDS, LISTS

DATA = Path(__file__).parent.parent / "data"


class UnknownCountry(LookupError):
    """There is no record for this code."""


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    return data


def _fact(key: str, data: Mapping[str, Any]) -> Fact:
    return Fact(
        key=key,
        value=data["value"],
        source=data["source"] or "",
        date=data["date"] or "",
        confirmed=data["confirmed"],
        note=data.get("note") or {},
    )


def _facts(values: Mapping[str, Any]) -> Iterator[Fact]:
    for kind, data in values.items():
        if kind in LISTS:
            yield from (_fact(f"{kind}.{slug}", entry) for slug, entry in data.items())
        else:
            yield _fact(kind, data)


@cache
def _europe() -> dict[str, Any]:
    return _read("europe")


@cache
def shipped(code: str) -> Country:
    """The record as it ships. Raises UnknownCountry; a malformed file is a bug that tests find."""
    if code not in CODES:
        raise UnknownCountry(code)
    data = _read(code.lower())
    found = {fact.key: fact for fact in (*_facts(data["values"]), *_facts(_europe()["values"]))}
    regions = data.get("regions") or {}
    for fact in found.values():
        check_fact(
            fact.key,
            fact.value,
            source=fact.source,
            date=fact.date,
            confirmed=fact.confirmed,
            note=fact.note,
            regions=regions,
        )
    order = list(KINDS)
    return Country(
        code=data["code"],
        names={language: data["name"][language] for language in ("en", "de")},
        own_names=tuple(data["name"]["own"]),
        holidays_code=data["holidays_code"],
        regions=regions,
        facts={f.key: f for f in sorted(found.values(), key=lambda f: order.index(f.kind))},
    )


@cache
def european_prevalence() -> tuple[Prevalence, ...]:
    """Figures for Europe as a whole, for comparison only; they belong to no country."""
    return tuple(prevalence_of(_fact(f"prevalence.{k}", data)) for k, data in _europe()["prevalence"].items())
