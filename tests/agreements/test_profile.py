"""The profile sheet tells what was signed, nothing that is still worked out, and is public only if wanted."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from mtd.agreements.actions.lifecycle import begin_amendment, set_profile_public
from mtd.agreements.actions.working import set_answer
from mtd.agreements.models import Agreement, Answer, Version
from mtd.agreements.queries import profile_of
from tests.factories import agreements as factory
from tests.factories import signing as stage

Browse = Callable[[str], Client]


@pytest.fixture
def lived(birkenfurt: Agreement) -> Agreement:
    """The agreement of Birkenfurt, in force."""
    return stage.living(birkenfurt)


def address(agreement: Agreement, name: str = "profile") -> str:
    return reverse(f"agreements:{name}", args=[agreement.code])


def test_before_it_is_signed_only_the_frame_is_told(birkenfurt: Agreement) -> None:
    factory.agree_all(birkenfurt, quick=True)
    sheet = profile_of(birkenfurt, "en")
    assert not sheet.in_words
    assert [group.system for group in sheet.groups] == ["addiction_care", "youth_welfare"]


def test_in_force_it_tells_goals_rhythms_and_whom_to_ask(lived: Agreement) -> None:
    sheet = profile_of(lived, "en")
    assert sheet.goals is not None
    assert sheet.goals.bullets
    assert ("Meetings of the committee", "at least once every half-year") in sheet.rhythms
    assert sheet.contacts
    german = profile_of(lived, "de")
    assert ("Treffen des Gremiums", "mindestens einmal im Halbjahr") in german.rhythms


def test_a_promise_is_never_told_without_its_condition(birkenfurt: Agreement) -> None:
    version = stage.adopted(birkenfurt)
    condition = "Die Eltern wünschen es."
    Answer.objects.filter(version=version, question_key="first_meeting").update(
        value={"yes": True, "condition": {"de": condition}}
    )
    told = {part.title: part.paragraphs for part in profile_of(stage.living(birkenfurt), "de").points}
    assert told["Gemeinsames Erstgespräch"][-1] == condition


def test_an_amendment_in_work_does_not_show(lived: Agreement) -> None:
    begin_amendment(
        actor=stage.coordinator(lived), agreement=lived, kind=Version.Kind.AMENDMENT, reason="Öfter."
    )
    newer = lived.versions.get(number=2)
    set_answer(
        actor=factory.speaker(factory.party(lived, "Markt")),
        version=newer,
        question_key="committee_rhythm",
        value={"at_least": 4, "per": "year"},
        base_revision=newer.answers.get(question_key="committee_rhythm").revision,
    )
    sheet = profile_of(lived, "en")
    assert sheet.number == 1
    assert ("Meetings of the committee", "at least once every half-year") in sheet.rhythms


def test_who_may_know_of_it_sees_the_sheet(lived: Agreement, bilingual: Agreement, browse: Browse) -> None:
    assert browse("nadine-kurth").get(address(lived)).status_code == 200
    assert browse("nadine-kurth").get(address(lived).lower()).status_code in (200, 404)
    assert browse("nadine-kurth").get(address(bilingual)).status_code == 404
    assert browse("jonas-reuter").get(address(bilingual)).status_code == 200
    assert Client().get(address(lived)).status_code == 302


def test_the_public_page_is_there_only_if_the_parties_want_it(lived: Agreement, client: Client) -> None:
    public = reverse("public:profile", args=[lived.code])
    assert client.get(public).status_code == 404
    set_profile_public(actor=stage.coordinator(lived), agreement=lived, public=True)
    page = client.get(public)
    assert page.status_code == 200
    assert "Suchtberatung am Markt" in page.content.decode()
    for person in ("Jonas Reuter", "Leonie Brandt", "Robin Beispiel"):
        assert person not in page.content.decode()
    pdf = client.get(reverse("public:profile_pdf", args=[lived.code]))
    assert pdf["Content-Type"] == "application/pdf"


def test_the_sheet_as_pdf_says_the_same(lived: Agreement, browse: Browse) -> None:
    response = browse("jonas-reuter").get(address(lived, "profile_pdf"))
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)
    assert lived.code in text
    assert "Meetings of the committee" in text
    assert "at least once every half-year" in " ".join(text.split())


def test_eight_parties_need_no_more_queries_than_two(
    bilingual: Agreement, heinsberg: Agreement, browse: Browse, django_assert_max_num_queries: Any
) -> None:
    few, many = browse("jonas-reuter"), browse("nadine-kurth")
    for client, agreement in ((few, bilingual), (many, heinsberg)):
        client.get(address(agreement))
        with django_assert_max_num_queries(17):
            assert client.get(address(agreement)).status_code == 200
