"""The twelve records as they ship: complete, sourced, and never mixing what must not be mixed."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from mtd.countries import queries, records
from mtd.countries.records import InvalidValue, check_fact

each_country = pytest.mark.parametrize("code", records.CODES)


def check(key: str, value: object, **changes: object) -> None:
    given = {"source": "a page", "date": "2025", "confirmed": True, "note": {}, **changes}
    check_fact(key, value, **given)  # type: ignore[arg-type]


def problems(key: str, value: object, **changes: object) -> dict[str, str]:
    with pytest.raises(InvalidValue) as caught:
        check(key, value, **changes)
    return {problem.part: str(problem.message) for problem in caught.value.problems}


HELPLINE = {"service": "Awel", "number": "102", "audience": ["children"]}
FIGURE = {
    "counts": "children",
    "what": {"en": "children"},
    "base": {"en": "all children"},
    "age": None,
    "year": 2020,
    "unit": "percent",
    "low": 6.8,
    "high": 11.7,
}


@each_country
def test_every_record_is_valid_and_has_every_single_value(code: str) -> None:
    country = records.shipped(code)
    for key in records.SINGLES:
        assert key in country.facts
    assert country.emergency_number == "112"
    assert country.duty_to_report in records.DUTIES
    assert country.languages
    assert country.time_zones
    assert [row.year for row in country.children_population] == [2020, 2015, 2010]


@each_country
def test_every_record_has_a_helpline_for_children(code: str) -> None:
    assert any("children" in line.audience for line in records.shipped(code).helplines)


@each_country
def test_every_topic_of_a_legal_basis_can_be_answered(code: str) -> None:
    bases = records.shipped(code).legal_bases
    assert {basis.topic for basis in bases} == set(records.TOPICS)
    assert len({basis.key for basis in bases}) == len(bases)


@each_country
def test_every_confirmed_value_names_its_source(code: str) -> None:
    for fact in records.shipped(code).facts.values():
        assert fact.source or not fact.confirmed, fact.key


@each_country
def test_every_text_exists_in_english_and_german(code: str) -> None:
    def texts(value: object) -> list[dict[str, str]]:
        if isinstance(value, dict):
            if "en" in value or "de" in value:
                return [value]
            return [found for part in value.values() for found in texts(part)]
        return [found for part in value for found in texts(part)] if isinstance(value, list) else []

    country = records.shipped(code)
    found = texts(dict(country.names)) + texts(dict(country.regions))
    for fact in country.facts.values():
        found += texts(fact.value) + texts(dict(fact.note))
    assert found
    for text in found:
        assert text["en"].strip(), text
        assert text["de"].strip(), text


@each_country
@pytest.mark.parametrize("key", ["reported_to", "family_told_first", "advice_from", "written_down"])
def test_what_is_said_about_a_child_in_danger_is_filled_with_a_source_or_honestly_empty(
    code: str, key: str
) -> None:
    fact = records.shipped(code).facts[key]
    assert (fact.state == "missing") == (not fact.source)
    assert fact.note_text or fact.source


@each_country
def test_what_is_general_knowledge_is_not_confirmed(code: str) -> None:
    gdpr = [b for b in records.shipped(code).legal_bases if b.key.startswith("eu-gdpr")]
    assert len(gdpr) == 5
    assert not any(basis.confirmed for basis in gdpr)


@each_country
def test_public_holidays_are_named_in_the_countrys_own_language(code: str) -> None:
    with translation.override("en"):
        found = queries.public_holidays(code, 2027)
    assert len(found) >= 8
    assert all(day.year == 2027 for day in found)
    names = {"DE": "Neujahr", "EL": "Πρωτοχρονιά", "FI": "Uudenvuodenpäivä", "ES": "Año Nuevo"}
    assert min(found.items())[1] == names.get(code, min(found.items())[1])


def test_holidays_differ_between_parts_of_a_country() -> None:
    whole, part = queries.public_holidays("DE", 2027), queries.public_holidays("DE", 2027, "NW")
    assert set(whole) < set(part)
    with pytest.raises(ValueError, match="no subdivision"):
        queries.public_holidays("DE", 2027, "XX")


def test_the_duty_to_report_follows_the_map_of_2014() -> None:
    by_duty: dict[str | None, set[str]] = {}
    for code in records.CODES:
        by_duty.setdefault(records.shipped(code).duty_to_report, set()).add(code)
    assert by_duty == {
        "all": {"ES", "SI"},
        "certain_groups": {"BE", "CY", "CZ", "EL", "FI", "IT", "PT", "SK"},
        "none": {"DE", "NL"},
    }


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(records.UnknownCountry):
        records.shipped("FR")


def test_german_readers_get_german_names_and_others_english() -> None:
    with translation.override("de"):
        assert records.shipped("EL").name == "Griechenland"
    with translation.override("en"):
        assert records.shipped("EL").name == "Greece"
    assert records.in_language({"fi": "vain suomeksi"}, "de") == "vain suomeksi"


def test_figures_of_different_counts_are_told_apart() -> None:
    counts = {p.key: p.counts for p in records.shipped("FI").prevalence}
    assert counts["severe-percent"] == "children"
    assert counts["clients"] == "clients"
    assert {p.counts for p in records.shipped("NL").prevalence} == {"children_wider", "clients"}
    assert {p.counts for p in records.european_prevalence()} == {"users", "children"}


CONFIRMED_SINCE = {("NL", "08002000"), ("CY", "116111")}
"""Numbers for which the records found sources after the collection was made; each needs two."""


def test_every_collected_helpline_is_in_a_record_with_its_status(shared_data: Path) -> None:
    with (shared_data / "helplines" / "helplines.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 40
    for row in rows:
        lines = {re.sub(r"\D", "", x.number): x for x in records.shipped(row["country"][:2]).helplines}
        for number in row["number"].split("/"):
            line = lines[re.sub(r"\D", "", number)]
            since = (row["country"][:2], re.sub(r"\D", "", number)) in CONFIRMED_SINCE
            assert line.confirmed == (since or row["status"].startswith("confirmed")), row
            assert not since or line.fact.source.count(";") >= 1, row


def test_children_are_counted_as_the_united_nations_count_them(shared_data: Path) -> None:
    with (shared_data / "statistics" / "wpp2019_children_12_countries.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 36
    for row in rows:
        years = {p.year: p for p in records.shipped(row["country"]).children_population}
        assert years[int(row["year"])].under_15 == int(row["pop_0_14"])
        assert years[int(row["year"])].under_18 == int(row["est_pop_0_17"])


@pytest.mark.parametrize(
    ("key", "value", "part", "words"),
    [
        ("favourite_colour", "teal", "key", "favourite_colour"),
        ("helplines", [HELPLINE], "key", "helplines"),
        ("helplines.Awel!", HELPLINE, "key", "Awel!"),
        ("consent_age_counselling", -3, "value", "0 to 25"),
        ("consent_age_counselling", 14.5, "value", "whole number"),
        ("consent_age_counselling", True, "value", "whole number"),
        ("duty_to_report", "sometimes", "value", "who must report"),
        ("emergency_number", "one-one-two", "value", "digits"),
        ("languages", ["Dutch"], "value", "code"),
        ("languages", ["nl", "nl"], "value", "twice"),
        ("time_zones", ["Europe/Heinsberg"], "value", "Europe/Heinsberg"),
        ("reported_to", {"en": " "}, "value", "language"),
        ("helplines.awel", {**HELPLINE, "number": ""}, "number", "telephone number"),
        ("helplines.awel", {"service": "Awel", "audience": ["children"]}, "number", "telephone number"),
        ("helplines.awel", {**HELPLINE, "number": "call us"}, "number", "call us"),
        ("helplines.awel", {**HELPLINE, "audience": ["dogs"]}, "audience", "for"),
        ("helplines.awel", {**HELPLINE, "regions": ["VLG"]}, "regions", "region"),
        ("helplines.awel", {**HELPLINE, "owner": "VAD"}, "", "owner"),
        ("legal_bases.x", {"topic": "weather", "title": {"en": "x"}}, "topic", "topic"),
        ("legal_bases.x", {"topic": "cooperation", "title": {}}, "title", "title"),
        ("retention_rules.x", {"title": {"en": "x"}, "rule": {"en": "y"}, "years": -1}, "years", "150"),
        ("prevalence.x", {**FIGURE, "counts": "everybody"}, "counts", "counts"),
        ("prevalence.x", {**FIGURE, "high": 5}, "high", "below"),
        ("prevalence.x", {**FIGURE, "high": 101}, "high", "whole base"),
        ("prevalence.x", {**FIGURE, "low": float("nan")}, "low", "number"),
        ("prevalence.x", {**FIGURE, "age": [17, 0]}, "age", "age"),
        ("children_population", [{"year": 2020}], "value", "four"),
        (
            "children_population",
            [{"year": 2020, "under_15": 5, "under_18": 4, "total": 9}],
            "value",
            "2020",
        ),
    ],
)
def test_a_value_that_cannot_be_says_what_is_wrong(key: str, value: object, part: str, words: str) -> None:
    found = problems(key, value)
    assert words in found[part]


def test_all_mistakes_of_a_value_are_named_at_once() -> None:
    found = problems("helplines.awel", {"service": "", "number": "", "audience": []}, source="", date="soon")
    assert set(found) == {"service", "number", "audience", "source", "source_date"}


def test_an_empty_value_or_a_placeholder_cannot_be_confirmed() -> None:
    assert "confirmed" in problems("reported_to", None)
    placeholder = {"topic": "cooperation", "title": {"en": "to be named"}, "placeholder": True}
    assert "confirmed" in problems("legal_bases.x", placeholder)
    check("reported_to", None, confirmed=False, source="")


@pytest.mark.parametrize("date", ["", "2025", "~2008", "2025-11", "2025-11-19"])
def test_dates_of_sources_may_be_vague(date: str) -> None:
    check("emergency_number", "112", date=date)


@pytest.mark.parametrize("date", ["2025-13", "2025-02-30", "19.11.2025", "1025", "~", "2025-11-19T00:00"])
def test_dates_that_are_none_are_refused(date: str) -> None:
    assert "source_date" in problems("emergency_number", "112", date=date)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["service", "number", "title", "low", "high", "unit", "en", "x"]), inner
        )
    ),
    max_leaves=8,
)


@given(
    key=st.sampled_from([*records.SINGLES, *(f"{kind}.x" for kind in records.LISTS)]),
    value=json_values,
)
def test_whatever_comes_in_is_either_a_fact_or_refused_with_a_message(key: str, value: object) -> None:
    refused: tuple[records.Problem, ...] = ()
    try:
        check(key, value, confirmed=False)
    except InvalidValue as error:
        refused = error.problems
    assert all(str(problem.message) for problem in refused)
