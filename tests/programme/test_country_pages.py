"""Country pages: everybody signed in reads, the programme office corrects, and every mistake says what to do."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from mtd.accounts.models import User
from mtd.audit.models import Event
from mtd.core.actor import Actor
from mtd.core.errors import NotAllowed
from mtd.countries import queries as countries
from mtd.countries import records
from mtd.countries.models import CountryValue
from mtd.programme import permissions, queries
from mtd.programme.actions import correct_country_value
from mtd.programme.forms import CorrectionForm
from tests.cast import Cast, build_cast

pytestmark = pytest.mark.django_db

OFFICE = "mette-lindqvist"
OTHERS = ("jonas-reuter", "leonie-brandt", "miriam-hoffstedt", "inga-soerensen")
HELPLINE = {
    "service": "Nollalinja",
    "number": "080 005 005",
    "audience": ["violence"],
    "languages": "",
    "hours_en": "day and night",
    "hours_de": "",
    "source": "nollalinja.fi",
    "source_date": "2026-11",
    "confirmed": "on",
    "note_en": "",
    "note_de": "",
}
PROOF = {
    "source": "finlex.fi",
    "source_date": "2026",
    "confirmed": "on",
    "note_en": "Read today.",
    "note_de": "",
}


@pytest.fixture
def cast() -> Cast:
    return build_cast(only={"birkenfurt"})


def signed_in(user: User) -> Client:
    User.objects.filter(pk=user.pk).update(language="en")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def office(cast: Cast) -> Client:
    return signed_in(cast.people[OFFICE])


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_everybody_signed_in_reads_and_nobody_else(cast: Cast) -> None:
    for key in (OFFICE, *OTHERS):
        client = signed_in(cast.people[key])
        for path in ("/countries/", "/countries/EL/", "/countries/table.csv"):
            assert client.get(path).status_code == 200, (key, path)
    assert Client().get("/countries/EL/").status_code == 302


def test_only_the_programme_office_may_correct(cast: Cast) -> None:
    assert permissions.can_correct_country_values(cast.actor(OFFICE))
    for key in OTHERS:
        refused = permissions.can_correct_country_values(cast.actor(key))
        assert not refused
        assert str(refused.reason)


@pytest.mark.parametrize("key", OTHERS)
@pytest.mark.parametrize(
    "path", ["correct/consent_age_counselling/", "add/helplines/", "withdraw/helplines.mll-parents/"]
)
def test_others_are_told_why_they_cannot_correct(cast: Cast, key: str, path: str) -> None:
    client = signed_in(cast.people[key])
    for response in (
        client.get(f"/countries/FI/{path}"),
        client.post(f"/countries/FI/{path}", {**PROOF, "value": "12"}),
    ):
        assert response.status_code in {403, 405}
    assert client.post(f"/countries/FI/{path}", {**PROOF, "value": "12"}).status_code == 403
    assert "programme office" in text(client.post(f"/countries/FI/{path}"))
    assert not CountryValue.objects.exists()


def test_who_cannot_correct_sees_no_way_to_and_the_reason(cast: Cast) -> None:
    page = text(
        signed_in(cast.people["jonas-reuter"]).get("/countries/FI/", headers={"accept-language": "en"})
    )
    assert "/correct/" not in page
    assert "Only the programme office corrects country records" in page


@pytest.mark.parametrize(
    "path", ["FR/", "de/", "FI/correct/nonsense/", "FI/correct/helplines.none/", "FI/add/languages/"]
)
def test_what_is_not_there_is_not_found(office: Client, path: str) -> None:
    assert office.get(f"/countries/{path}").status_code == 404


def test_the_list_shows_all_twelve_with_picture_and_table(office: Client) -> None:
    page = text(office.get("/countries/"))
    for code in records.CODES:
        country = countries.country(code)
        assert f'href="/countries/{code}/"' in page
        done = country.completeness
        assert f"{country.name}: {done.confirmed} confirmed, {done.unconfirmed} not confirmed" in page
    planks = len(re.findall(r'<rect class="record__\w+" x=', page))
    assert planks == sum(countries.country(code).completeness.total for code in records.CODES)


@pytest.mark.parametrize("code", records.CODES)
def test_planks_fill_the_width_and_do_not_overlap(code: str) -> None:
    row = next(row for row in queries.overview() if row.country.code == code)
    end = 0.0
    for plank in row.planks:
        assert float(plank.x[:-1]) >= end - 0.05
        end = float(plank.x[:-1]) + float(plank.width[:-1])
    assert 98.5 <= end <= 100.1


@pytest.mark.parametrize("code", records.CODES)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_value_of_every_country_stands_on_its_page(office: Client, code: str, language: str) -> None:
    office.cookies["django_language"] = language
    page = text(office.get(f"/countries/{code}/", headers={"accept-language": language}))
    for fact in countries.country(code).facts.values():
        assert f'id="{fact.key.replace(".", "-")}"' in page
        assert f"/countries/{code}/correct/{fact.key}/" in page


def test_a_page_of_a_country_costs_the_same_with_and_without_corrections(
    cast: Cast, office: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(40) as before:
        office.get("/countries/FI/")
    for age in (10, 11, 12, 13):
        correct(cast, "consent_age_counselling", age)
    correct(cast, "helplines.mll-parents", None, confirmed=False)
    with django_assert_max_num_queries(len(before) + 2):
        office.get("/countries/FI/")


def correct(cast: Cast, key: str, value: Any, *, confirmed: bool = True) -> CountryValue:
    return correct_country_value(
        actor=cast.actor(OFFICE),
        country="FI",
        key=key,
        value=value,
        source="finlex.fi",
        source_date="2026",
        confirmed=confirmed,
        note={},
    )


def test_a_correction_is_saved_shown_and_recorded(cast: Cast, office: Client) -> None:
    path = "/countries/FI/correct/consent_age_counselling/"
    assert 'name="value"' in text(office.get(path))
    answer = office.post(path, {**PROOF, "value": "12", "based_on": "0"})
    assert answer.status_code == 302
    assert answer["Location"] == "/countries/FI/#consent_age_counselling"
    assert countries.country("FI").consent_age_counselling == 12
    page = text(office.get("/countries/FI/", headers={"accept-language": "en"}))
    assert "12 years" in page
    assert "finlex.fi, 2026" in page
    assert cast.people[OFFICE].name in page
    event = Event.objects.get(verb="country.value_corrected")
    assert event.actor_id == str(cast.people[OFFICE].pk)
    assert event.facts == {"country": "FI", "key": "consent_age_counselling", "number": 1, "confirmed": True}


def test_a_wrong_value_keeps_what_was_typed_and_says_what_to_do(office: Client) -> None:
    answer = office.post(
        "/countries/FI/correct/consent_age_counselling/",
        {**PROOF, "value": "-3", "source_date": "soon"},
        headers={"accept-language": "en"},
    )
    page = text(answer)
    assert answer.status_code == 422
    assert 'value="-3"' in page
    assert "whole number from 0 to 25" in page
    assert 'value="soon"' in page
    assert "Write the date as" in page
    assert not CountryValue.objects.exists()


def test_a_helpline_is_added_withdrawn_and_brought_back(office: Client) -> None:
    answer = office.post("/countries/FI/add/helplines/", HELPLINE)
    assert answer["Location"] == "/countries/FI/#helplines-nollalinja"
    assert countries.helplines("FI", audience="violence")[0].hours == {"en": "day and night"}
    withdraw = "/countries/FI/withdraw/helplines.nollalinja/"
    assert office.post(withdraw, {"reason": "", "based_on": "1"}).status_code == 302
    assert countries.helplines("FI", audience="violence")
    office.post(withdraw, {"reason": "Closed.", "based_on": "1"})
    assert not countries.helplines("FI", audience="violence")
    assert "Nollalinja" in text(office.get("/countries/FI/"))
    assert Event.objects.filter(verb="country.value_withdrawn").count() == 1
    office.post("/countries/FI/correct/helplines.nollalinja/", {**HELPLINE, "based_on": "2"})
    assert countries.helplines("FI", audience="violence")


def test_a_helpline_without_a_number_is_refused(office: Client) -> None:
    answer = office.post("/countries/FI/add/helplines/", {**HELPLINE, "number": "call us"})
    assert answer.status_code == 422
    assert "call us" in text(answer)
    assert office.post("/countries/FI/add/helplines/", {**HELPLINE, "number": ""}).status_code == 422
    assert not CountryValue.objects.exists()


def test_a_second_entry_of_the_same_name_gets_its_own_key(office: Client) -> None:
    for number in ("080 005 005", "080 005 006"):
        office.post("/countries/FI/add/helplines/", {**HELPLINE, "number": number})
    assert {x.key for x in countries.helplines("FI", audience="violence")} == {"nollalinja", "nollalinja-2"}


def test_the_slower_of_two_offices_keeps_what_it_typed(office: Client) -> None:
    path = "/countries/FI/correct/consent_age_counselling/"
    office.post(path, {**PROOF, "value": "12", "based_on": "0"})
    answer = office.post(path, {**PROOF, "value": "15", "based_on": "0"}, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert "Somebody has corrected this value meanwhile" in text(answer)
    assert 'value="15"' in text(answer)
    assert countries.country("FI").consent_age_counselling == 12


def test_naming_a_law_in_place_of_a_placeholder(office: Client) -> None:
    path = "/countries/SK/correct/legal_bases.sk-national-cooperation/"
    assert (
        "to be named by the partner"
        not in text(office.get(path)).split("As it stands now")[0].split("<form")[-1]
    )
    office.post(
        path, {**PROOF, "topic": "cooperation", "title_en": "Act 305/2005", "title_de": "", "based_on": "0"}
    )
    bases = countries.legal_bases("SK", ["cooperation"], placeholders=False)
    assert [basis.title for basis in bases] == ["Act 305/2005"]


@pytest.mark.parametrize("code", records.CODES)
def test_every_shipped_value_passes_its_own_form_unchanged(code: str) -> None:
    country = records.shipped(code)
    for fact in country.facts.values():
        if fact.value is None or fact.is_placeholder:
            continue
        blank = CorrectionForm(country=country, kind=fact.kind, fact=fact)
        typed = {name: value for name, value in blank.initial.items() if value not in (None, False)}
        form = CorrectionForm(typed, country=country, kind=fact.kind, fact=fact)
        assert form.is_valid(), (fact.key, form.errors)
        assert form.value == fact.value, fact.key
        assert form.note == dict(fact.note), fact.key


def test_a_text_in_a_language_the_form_does_not_show_survives() -> None:
    country = records.shipped("FI")
    fact = records.Fact(
        key="reported_to", value={"fi": "Hyvinvointialue"}, source="x", date="", confirmed=True, note={}
    )
    form = CorrectionForm(
        {"value_en": "Wellbeing services county", "source": "x"},
        country=country,
        kind="reported_to",
        fact=fact,
    )
    assert form.is_valid()
    assert form.value == {"en": "Wellbeing services county", "fi": "Hyvinvointialue"}


def test_the_table_exports_every_value(office: Client) -> None:
    answer = office.get("/countries/table.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 1 + sum(len(records.shipped(code).facts) for code in records.CODES)
    assert all(len(row) == 8 for row in rows)


def test_figures_are_written_as_the_language_writes_them() -> None:
    value = {"unit": "persons", "low": 40000, "high": 60000}
    with translation.override("en"):
        assert queries.figure_words(value) == "40,000–60,000"
    with translation.override("de"):
        assert queries.figure_words(value) == "40.000–60.000"
        assert queries.figure_words({"unit": "persons", "low": 8.7, "high": 8.7}) == "8,7"


def test_the_system_itself_corrects_nothing() -> None:
    with pytest.raises(NotAllowed):
        correct_country_value(
            actor=Actor(user_id=None),
            country="FI",
            key="consent_age_counselling",
            value=12,
            source="x",
            source_date="",
            confirmed=False,
            note={},
        )


FIELDS = [
    *(
        "value",
        "value_en",
        "service",
        "number",
        "audience",
        "languages",
        "source_date",
        "title_en",
        "rule_en",
        "years",
    ),
    *("topic", "counts", "what_en", "base_en", "unit", "low", "high", "age_low", "year"),
]


class WhateverIsTyped(HypothesisTestCase):
    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(
        kind=st.sampled_from(list(records.KINDS)),
        typed=st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=60)),
    )
    def test_is_a_value_or_a_message_never_a_crash(self, kind: str, typed: dict[str, str]) -> None:
        country = records.shipped("BE")
        form = CorrectionForm(typed, country=country, kind=kind, fact=country.facts.get(kind))
        if form.is_valid():
            assert records.check_key(form.key) == kind
        else:
            assert all(str(message) for messages in form.errors.values() for message in messages)
