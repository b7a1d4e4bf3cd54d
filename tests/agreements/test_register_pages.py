"""The register and beginning an agreement: who is told of what, filters, the list to take along, a form that keeps."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mtd.agreements.models import Agreement, Party, RoadStep, Version
from tests.agreements.conftest import BIRKENFURT, Cast
from tests.factories import agreements as factory

Browse = Callable[[str], Client]
REGISTER = "/agreements/"


def titles(client: Client, query: str = "") -> list[str]:
    """The titles on the register's page."""
    return [agreement.title for agreement in client.get(f"{REGISTER}{query}").context["listed"]]


@pytest.fixture
def lived(cast: Cast) -> Agreement:
    """An agreement of another network that is in force."""
    agreement = factory.found(
        cast.networks["kreis-heinsberg"],
        [cast.organizations["caritas-heinsberg"], cast.organizations["jugendamt-erkelenz"]],
        title="Vereinbarung Heinsberg",
    )
    Version.objects.filter(agreement=agreement).update(state=Version.State.IN_FORCE)
    Agreement.objects.filter(pk=agreement.pk).update(
        state=Agreement.State.IN_FORCE, in_force_from=date(2016, 5, 1), review_on=date(2028, 4, 30)
    )
    return agreement


def test_others_see_what_is_in_force_and_not_what_is_worked_out(
    birkenfurt: Agreement, lived: Agreement, browse: Browse
) -> None:
    assert titles(browse("jonas-reuter")) == ["Kooperationsvereinbarung Birkenfurt", "Vereinbarung Heinsberg"]
    assert titles(browse("nadine-kurth")) == ["Vereinbarung Heinsberg"]
    assert titles(browse("mette-lindqvist")) == ["Vereinbarung Heinsberg"]


def test_who_may_not_enter_is_led_to_the_profile_sheet(
    birkenfurt: Agreement, lived: Agreement, browse: Browse
) -> None:
    page = browse("jonas-reuter").get(REGISTER).content.decode()
    assert reverse("agreements:overview", args=[birkenfurt.pk]) in page
    assert reverse("agreements:overview", args=[lived.pk]) not in page
    assert reverse("agreements:profile", args=[lived.code]) in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=heinsberg", ["Vereinbarung Heinsberg"]),
        ("?q=nirgends", []),
        ("?state=working", ["Kooperationsvereinbarung Birkenfurt"]),
        ("?mine=on", ["Kooperationsvereinbarung Birkenfurt"]),
        ("?country=FI", []),
        ("?country=nonsense", ["Kooperationsvereinbarung Birkenfurt", "Vereinbarung Heinsberg"]),
        ("?sort=newest", ["Vereinbarung Heinsberg", "Kooperationsvereinbarung Birkenfurt"]),
        ("?page=99", ["Kooperationsvereinbarung Birkenfurt", "Vereinbarung Heinsberg"]),
    ],
)
def test_filters_narrow_the_list_and_nonsense_is_ignored(
    birkenfurt: Agreement, lived: Agreement, browse: Browse, query: str, found: list[str]
) -> None:
    assert titles(browse("jonas-reuter"), query) == found


@pytest.mark.parametrize(("days", "late", "soon"), [(-1, True, True), (30, False, True), (200, False, False)])
def test_a_review_is_found_when_it_is_overdue_or_near(
    lived: Agreement, browse: Browse, days: int, late: bool, soon: bool
) -> None:
    Agreement.objects.filter(pk=lived.pk).update(review_on=timezone.localdate() + timedelta(days=days))
    client = browse("jonas-reuter")
    assert bool(titles(client, "?review=late")) is late
    assert bool(titles(client, "?review=90")) is soon
    assert ("overdue" in client.get(f"{REGISTER}?q=heinsberg").content.decode().split("<table")[1]) is late


def test_a_party_that_only_joins_is_not_named_yet(lived: Agreement, cast: Cast, browse: Browse) -> None:
    Version.objects.create(
        agreement=lived, number=2, kind="joining", guide_version_id=lived.versions.get().guide_version_id
    )
    Party.objects.create(
        agreement=lived, organization=cast.organizations["diakonie-heinsberg"], order=9, from_version=2
    )
    table = browse("jonas-reuter").get(REGISTER).content.decode().split("<table")[1]
    assert "Caritas" in table
    assert "Diakonie" not in table


def test_the_list_can_be_taken_along_and_no_cell_runs_as_a_formula(
    birkenfurt: Agreement, lived: Agreement, browse: Browse
) -> None:
    Agreement.objects.filter(pk=birkenfurt.pk).update(title="=1+1")
    response = browse("jonas-reuter").get(f"{REGISTER}?format=csv&state=working")
    assert response["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 2
    assert rows[1][1] == "'=1+1"
    assert "Suchtberatung am Markt" in rows[1][7]


def test_the_register_asks_as_often_for_many_as_for_one(
    birkenfurt: Agreement, cast: Cast, browse: Browse, django_assert_num_queries: Any
) -> None:
    client = browse("jonas-reuter")
    client.get(REGISTER)
    with django_assert_num_queries(11):
        client.get(REGISTER)
    for number in range(3):
        factory.found(
            cast.networks["birkenfurt"], [cast.organizations[k] for k in BIRKENFURT], title=f"Nr. {number}"
        )
    with django_assert_num_queries(11):
        client.get(REGISTER)


def test_beginning_an_agreement_plans_a_realistic_road(cast: Cast, browse: Browse) -> None:
    guide = factory.cooperation_guide()
    form = {
        "title": "Kooperationsvereinbarung Birkenfurt",
        "organizations": [str(cast.organizations[k].pk) for k in BIRKENFURT],
        "guide_version": str(guide.pk),
        "legal_form": "undecided",
        "language": "de",
        "second_language": "en",
        "started_on": "2026-03-10",
    }
    response = browse("miriam-hoffstedt").post("/agreements/new/", form)
    agreement = Agreement.objects.get()
    assert response["Location"] == reverse("agreements:overview", args=[agreement.pk])
    assert agreement.binding_language == "de"
    assert agreement.parties.count() == 4
    steps = list(RoadStep.objects.filter(version__agreement=agreement))
    assert len(steps) == 7
    ends = [step.planned_to for step in steps if step.step_key == "anchor" and step.planned_to]
    assert date(2026, 12, 10) <= ends[0] <= date(2027, 9, 30)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"organizations": []}, "required"),
        ({"organizations": [0]}, "at least two"),
        ({"title": ""}, "required"),
        ({"second_language": "de"}, "other than the first"),
        ({"started_on": "31.02.2026"}, "valid date"),
    ],
)
def test_a_mistake_is_told_and_everything_typed_stays(
    cast: Cast, browse: Browse, change: dict[str, Any], message: str
) -> None:
    guide = factory.cooperation_guide()
    keys = [str(cast.organizations[k].pk) for k in BIRKENFURT]
    if "organizations" in change:
        change = {"organizations": [keys[number] for number in change["organizations"]]}
    form = {
        "title": "Ein Titel, der bleibt",
        "purpose": "Ein Zweck, der bleibt",
        "organizations": keys,
        "guide_version": str(guide.pk),
        "legal_form": "protocol",
        "language": "de",
        **change,
    }
    response = browse("miriam-hoffstedt").post("/agreements/new/", form)
    page = response.content.decode()
    assert response.status_code == 422
    assert message in page
    assert "Ein Zweck, der bleibt" in page
    assert not Agreement.objects.exists()


def test_only_who_belongs_to_a_network_can_begin_there(cast: Cast, browse: Browse) -> None:
    assert browse("mette-lindqvist").get("/agreements/new/").status_code == 403
    foreign = browse("jonas-reuter").get("/agreements/new/?network=kreis-heinsberg")
    assert foreign.context["network"].slug == "birkenfurt"


def test_a_title_is_found_in_any_script_whatever_the_capitals(birkenfurt: Agreement, browse: Browse) -> None:
    Agreement.objects.filter(pk=birkenfurt.pk).update(title="Συμφωνία Hückelhoven")
    for words in ("ΣΥΜΦΩΝΊΑ", "hÜCKEL", birkenfurt.code.lower(), "netzwerk BIRKENFURT"):
        assert titles(browse("jonas-reuter"), f"?q={words}") == ["Συμφωνία Hückelhoven"], words
