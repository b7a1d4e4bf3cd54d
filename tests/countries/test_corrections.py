"""Corrections: laid over what ships, with history, by the programme office only; nobody is overwritten."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from mtd.core.actor import ANONYMOUS, Actor, MembershipRef, Role
from mtd.core.errors import Conflict, NotAllowed
from mtd.countries import queries, records
from mtd.countries.actions import correct_value
from mtd.countries.models import CountryValue

pytestmark = pytest.mark.django_db


def actor(role: Role) -> Actor:
    membership = MembershipRef(id=uuid.uuid4(), role=role)
    return Actor(user_id=uuid.uuid4(), memberships=(membership,), current=membership)


OFFICE = actor(Role.PROGRAMME)


def correct(key: str, value: Any, by: Actor = OFFICE, country: str = "FI", **changes: Any) -> CountryValue:
    given = {"source": "finlex.fi", "source_date": "2026-10", "confirmed": True, "note": {"en": "Read."}}
    return correct_value(actor=by, country=country, key=key, value=value, **{**given, **changes})


def test_a_correction_holds_from_now_on_and_keeps_its_source() -> None:
    correct("consent_age_counselling", 12)
    fact = queries.country("FI").facts["consent_age_counselling"]
    assert (fact.value, fact.source, fact.date, fact.state) == (12, "finlex.fi", "2026-10", "confirmed")
    assert queries.country("FI").consent_age_counselling == 12
    assert queries.country("SI").consent_age_counselling is None


def test_history_shows_every_state_down_to_the_shipped_one() -> None:
    correct("duty_to_report", "all")
    correct("duty_to_report", "none")
    states = queries.history("FI", "duty_to_report")
    assert [change.fact.value for change in states] == ["none", "all", "certain_groups"]
    assert [change.shipped for change in states] == [False, False, True]
    assert states[0].author_id == OFFICE.user_id
    assert CountryValue.objects.get(number=2).previous["value"] == "all"
    assert queries.histories("FI")["duty_to_report"] == states


def test_an_entry_can_be_added_withdrawn_and_brought_back() -> None:
    line = {"service": "Nollalinja", "number": "080 005 005", "audience": ["violence"]}
    before = {x.key for x in queries.helplines("FI")}
    correct("helplines.nollalinja", line)
    assert {x.key for x in queries.helplines("FI")} == {*before, "nollalinja"}
    correct("helplines.nollalinja", None, confirmed=False, source="")
    assert {x.key for x in queries.helplines("FI")} == before
    correct("helplines.nollalinja", line)
    assert {x.key for x in queries.helplines("FI")} == {*before, "nollalinja"}
    assert len(queries.history("FI", "helplines.nollalinja")) == 3


def test_naming_the_national_basis_replaces_the_placeholder() -> None:
    key = "sk-national-cooperation"
    assert next(b for b in queries.legal_bases("SK", ["cooperation"]) if b.key == key).placeholder
    assert key not in {b.key for b in queries.legal_bases("SK", placeholders=False)}
    value = {"topic": "cooperation", "title": {"en": "Act on cooperation"}}
    correct(f"legal_bases.{key}", value, country="SK")
    named = next(b for b in queries.legal_bases("SK", ["cooperation"], placeholders=False) if b.key == key)
    assert (named.title, named.confirmed) == ("Act on cooperation", True)


def test_filling_a_gap_raises_completeness() -> None:
    before = queries.country("PT").completeness
    correct("advice_from", {"en": "The national commission"}, country="PT")
    after = queries.country("PT").completeness
    assert (after.confirmed, after.missing, after.total) == (
        before.confirmed + 1,
        before.missing - 1,
        before.total,
    )


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PROGRAMME])
def test_only_the_programme_office_corrects(role: Role) -> None:
    with pytest.raises(NotAllowed) as refused:
        correct("consent_age_counselling", 12, by=actor(role))
    assert "programme office" in str(refused.value)
    assert not CountryValue.objects.exists()


def test_nobody_without_sign_in_corrects() -> None:
    with pytest.raises(NotAllowed):
        correct("consent_age_counselling", 12, by=ANONYMOUS)


@pytest.mark.parametrize(
    ("key", "value"), [("nonsense", 1), ("consent_age_counselling", -3), ("helplines.x", {"service": "x"})]
)
def test_a_wrong_value_changes_nothing(key: str, value: object) -> None:
    with pytest.raises(records.InvalidValue):
        correct(key, value)
    assert not CountryValue.objects.exists()


def test_a_region_must_belong_to_the_country() -> None:
    line = {"service": "x", "number": "102", "audience": ["children"], "regions": ["VLG"]}
    with pytest.raises(records.InvalidValue):
        correct("helplines.x", line, country="FI")
    correct("helplines.x", line, country="BE")
    assert "x" in {x.key for x in queries.helplines("BE", region="VLG")}
    assert "x" not in {x.key for x in queries.helplines("BE", region="WAL")}


def test_the_slower_of_two_corrections_is_told_and_nothing_is_lost() -> None:
    correct("consent_age_counselling", 12, based_on=0)
    with pytest.raises(Conflict) as refused:
        correct("consent_age_counselling", 15, based_on=0)
    assert refused.value.code == "corrected_meanwhile"
    assert queries.country("FI").consent_age_counselling == 12
    correct("consent_age_counselling", 15, based_on=1)
    assert queries.country("FI").consent_age_counselling == 15


def test_the_database_numbers_each_state_once() -> None:
    row = correct("consent_age_counselling", 12)
    row.pk = uuid.uuid4()
    row._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_the_same_again_is_not_a_correction() -> None:
    fact = queries.country("FI").facts["duty_to_report"]
    with pytest.raises(Conflict) as refused:
        correct(
            "duty_to_report",
            fact.value,
            source=fact.source,
            source_date=fact.date,
            confirmed=fact.confirmed,
            note=fact.note,
        )
    assert refused.value.code == "nothing_changed"


def test_an_entry_that_never_was_cannot_be_withdrawn() -> None:
    with pytest.raises(Conflict):
        correct("helplines.never", None, confirmed=False)


def test_an_unknown_country_has_no_record() -> None:
    with pytest.raises(records.UnknownCountry):
        correct("consent_age_counselling", 12, country="FR")


def test_reading_costs_one_query_however_much_was_corrected(django_assert_num_queries: Any) -> None:
    for age in (10, 11, 12):
        correct("consent_age_counselling", age)
        correct("consent_age_counselling", age, country="SI")
    with django_assert_num_queries(1):
        everywhere = queries.all_countries()
    assert [c.code for c in everywhere] == list(records.CODES)
    with django_assert_num_queries(1):
        assert queries.country("FI").consent_age_counselling == 12
    with django_assert_num_queries(0):
        assert ("FI", "Finland") in queries.country_choices()
