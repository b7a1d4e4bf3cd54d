"""Annexes: they follow what is agreed, get versions of their own, and stay as they were approved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mtd.agreements.actions import annexes, working
from mtd.agreements.annexes import forms
from mtd.agreements.charts import NARROW, chart, chart_words
from mtd.agreements.models import Agreement, Annex, AnnexVersion, Entry, Version
from mtd.agreements.queries import load_room
from mtd.agreements.text import assemble
from mtd.core.actor import SYSTEM, Actor
from mtd.core.errors import NotAllowed
from tests.factories import agreements as factory
from tests.factories.agreements import refusal

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

Act = Callable[[str], Actor]
Browse = Callable[..., Client]
TODAY = date(2026, 11, 20)
PDF = b"%PDF-1.7\n%an annex\n"


@pytest.fixture
def agreed(birkenfurt: Agreement) -> Version:
    """The version of Birkenfurt's agreement with everything agreed."""
    return factory.agree_all(birkenfurt, quick=True)


def lead_of(version: Version, word: str = "Markt") -> Actor:
    return factory.lead(factory.party(version.agreement, word))


def texts(version: Version) -> dict[str, Any]:
    version = Version.objects.select_related("agreement__network").get(pk=version.pk)
    return {one.key: one for one in assemble(load_room(SYSTEM, version.agreement, version)).annexes}


def prepared(version: Version, actor: Actor) -> dict[str, Annex]:
    annexes.create_default_annexes(actor=actor, version=version)
    return {annex.key: annex for annex in version.agreement.annexes.all()}


def newest(annex: Annex) -> AnnexVersion:
    found = annex.versions.order_by("-number").first()
    assert found is not None
    return found


def test_every_text_has_the_usual_annexes_before_anybody_prepares_them(agreed: Version) -> None:
    found = texts(agreed)
    assert {"contacts", "profiles", "case_flow", "endangerment", "form_release"} <= set(found)
    assert found["contacts"].body("de").rows[0][1].startswith("Robin Beispiel 1")
    assert found["case_flow"].body("de").steps[0].agreed


def test_preparing_twice_makes_each_annex_once(agreed: Version, act: Act) -> None:
    first = prepared(agreed, act("jonas-reuter"))
    assert annexes.create_default_annexes(actor=act("deniz-kaya"), version=agreed) == []
    assert len(first) == 4 + len(forms())
    assert AnnexVersion.objects.count() == len(first)


def test_an_annex_follows_what_is_agreed_until_it_is_approved_and_then_stays(
    agreed: Version, act: Act
) -> None:
    contacts = prepared(agreed, act("jonas-reuter"))["contacts"]

    def call(name: str) -> None:
        working.set_answer(
            actor=act("jonas-reuter"),
            version=agreed,
            question_key="contact_persons",
            value={
                "contacts": {
                    str(factory.party(agreed.agreement, "Markt").pk): {"name": name, "phone": "02452 1300"}
                }
            },
            base_revision=agreed.answers.get(question_key="contact_persons").revision,
        )

    call("Erste Person")
    assert "Erste Person" in texts(agreed)["contacts"].body("de").plain
    annexes.approve_annex(
        actor=lead_of(agreed), annex_version=newest(contacts), body="Kooperationsgremium", on=TODAY
    )
    call("Zweite Person")
    said = texts(agreed)["contacts"].body("de").plain
    assert "Erste Person" in said
    assert "Zweite Person" not in said


def test_a_newer_approved_version_supersedes_the_one_before(agreed: Version, act: Act) -> None:
    annex = prepared(agreed, act("jonas-reuter"))["case_flow"]
    lead = lead_of(agreed)
    annexes.approve_annex(actor=lead, annex_version=newest(annex), body="Gremium", on=TODAY)
    steps = {"de": [{"name": "Anrufen", "who": "Suchthilfe", "whom": "Jugendamt", "by_when": "sofort"}]}
    second = annexes.propose_annex_version(actor=act("deniz-kaya"), annex=annex, content={"steps": steps})
    assert texts(agreed)["case_flow"].number == 1
    annexes.approve_annex(actor=lead, annex_version=second, body="Gremium", on=TODAY)
    assert [v.state for v in annex.versions.order_by("number")] == ["superseded", "in_force"]
    assert texts(agreed)["case_flow"].number == 2
    assert texts(agreed)["case_flow"].body("de").steps[0].name == "Anrufen"
    with refusal("not_proposed"):
        annexes.approve_annex(actor=lead, annex_version=second, body="Gremium", on=TODAY)
    changes = Entry.objects.filter(version=agreed, kind=Entry.Kind.ANNEX).values_list(
        "data__change", flat=True
    )
    assert list(changes) == ["created", "approved", "proposed", "approved"]


def test_approval_needs_a_body_a_day_that_has_come_and_somebody_who_may(agreed: Version, act: Act) -> None:
    version = newest(prepared(agreed, act("jonas-reuter"))["contacts"])
    with pytest.raises(NotAllowed):
        annexes.approve_annex(actor=act("jonas-reuter"), annex_version=version, body="Gremium", on=TODAY)
    with pytest.raises(NotAllowed):
        annexes.approve_annex(actor=act("inga-soerensen"), annex_version=version, body="Gremium", on=TODAY)
    with refusal("body"):
        annexes.approve_annex(actor=lead_of(agreed), annex_version=version, body=" ", on=TODAY)
    tomorrow = timezone.localdate() + timedelta(days=1)
    with refusal("future"):
        annexes.approve_annex(actor=lead_of(agreed), annex_version=version, body="Gremium", on=tomorrow)
    with refusal("reason"):
        annexes.reject_annex(actor=lead_of(agreed), annex_version=version, reason="")
    assert (
        annexes.reject_annex(actor=lead_of(agreed), annex_version=version, reason="Fehlt.").state
        == "rejected"
    )


def test_the_moderation_and_strangers_propose_no_annex(agreed: Version, act: Act) -> None:
    for who in ("inga-soerensen", "mette-lindqvist"):
        with pytest.raises(NotAllowed):
            annexes.create_default_annexes(actor=act(who), version=agreed)
        with pytest.raises(NotAllowed):
            annexes.add_annex(actor=act(who), version=agreed, title="Eigene", texts={"de": "Text"})


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (("x.pdf", b"<html>", "application/pdf"), "media_type"),
        (("x.exe", PDF, "application/octet-stream"), "media_type"),
        (("x.pdf", b"", "application/pdf"), "media_type"),
    ],
    ids=["no PDF inside", "other type", "empty"],
)
def test_only_a_pdf_can_be_an_annex_file(agreed: Version, act: Act, file: Any, code: str) -> None:
    with refusal(code):
        annexes.add_annex(actor=act("jonas-reuter"), version=agreed, title="Eigene", file=file)
    assert not Annex.objects.exists()


def test_the_same_again_is_no_new_version(agreed: Version, act: Act) -> None:
    annex = prepared(agreed, act("jonas-reuter"))["contacts"]
    with refusal("same"):
        annexes.propose_annex_version(actor=act("jonas-reuter"), annex=annex, content={})


def test_what_is_signed_with_the_text_becomes_valid_with_it(agreed: Version, act: Act) -> None:
    prepared(agreed, act("jonas-reuter"))
    text = assemble(load_room(SYSTEM, agreed.agreement, agreed), draft=False)
    with transaction.atomic():
        annexes.settle_with_text(actor=SYSTEM, version=agreed, text=text)
    states = set(AnnexVersion.objects.values_list("state", flat=True))
    assert states == {"in_force"}
    assert texts(agreed)["contacts"].bodies == {one.key: one for one in text.annexes}["contacts"].bodies


def test_charts_say_everything_in_words_as_well_and_escape_what_people_type(
    agreed: Version, act: Act
) -> None:
    body = texts(agreed)["endangerment"].body("de")
    assert "112" in chart_words(body, "de")[0]
    annex = prepared(agreed, act("jonas-reuter"))["case_flow"]
    nasty = {"name": "<script>x</script> & Ω 👩‍👧 " + "w" * 90, "who": "שלום", "whom": "", "by_when": '"now"'}
    annexes.propose_annex_version(actor=act("jonas-reuter"), annex=annex, content={"steps": {"de": [nasty]}})
    body = texts(agreed)["case_flow"].body("de")
    for width in (760, NARROW):
        svg = chart(body, "de", width=width)
        assert "<script>" not in svg
        assert "style=" not in svg
        assert "<title>" in svg


def test_a_chart_that_was_not_agreed_says_so(birkenfurt: Agreement) -> None:
    version = factory.agree_all(birkenfurt, skip=["case_steps"], quick=True)
    body = texts(version)["case_flow"].body("de")
    assert not body.agreed
    assert len(body.steps) == 5
    assert 'stroke-dasharray="5 4"' in chart(body, "de")
    assert "nicht vereinbart" in chart_words(body, "de")[0]


def test_the_forms_are_complete_in_english_and_german() -> None:
    assert [one.key for one in forms()] == ["release", "anonymous_case", "conference", "referral"]
    for one in forms():
        said = [one.titles, one.purposes, *(line.texts for line in one.lines)]
        said += [option for line in one.lines for option in line.options]
        assert all(texts_["en"].strip() and texts_["de"].strip() for texts_ in said)


def test_annexes_are_prepared_changed_and_approved_on_their_pages(
    agreed: Version, browse: Browse, cast: Any
) -> None:
    client = browse("jonas-reuter")
    listed = reverse("agreements:annexes", args=[agreed.agreement_id])
    assert "not prepared yet" in client.get(listed).content.decode()
    assert client.post(listed, {"do": "prepare"}).status_code == 302
    annex = Annex.objects.get(key="contacts")
    address = reverse("agreements:annex", args=[agreed.agreement_id, annex.pk])
    assert "Robin Beispiel 1" in client.get(address).content.decode()
    party = factory.party(agreed.agreement, "Markt")
    sent = {
        "do": "propose",
        f"{party.pk}.name": "Neu Hier",
        f"{party.pk}.phone": "123",
        "change": "Neue Person",
    }
    assert client.post(address, sent).status_code == 302
    html = client.get(address + "?v=2").content.decode()
    assert "Neu Hier" in html
    lead = Client()
    lead.force_login(
        next(u for u in cast.people.values() if u.pk == factory.lead(party).user_id),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    refused = lead.post(address, {"do": "approve", "version": 2, "ok-2-body": "", "ok-2-on": "2026-11-20"})
    assert refused.status_code == 422
    done = lead.post(
        address, {"do": "approve", "version": 2, "ok-2-body": "Gremium", "ok-2-on": "2026-11-20"}
    )
    assert done.status_code == 302
    assert AnnexVersion.objects.get(annex=annex, number=2).state == "in_force"
    pdf = client.get(reverse("agreements:annex_pdf", args=[agreed.agreement_id, annex.pk]))
    assert pdf.content.startswith(b"%PDF")


def test_a_file_annex_is_added_and_read_by_the_parties_only(agreed: Version, browse: Browse) -> None:
    client = browse("jonas-reuter")
    file = SimpleUploadedFile("Karte.pdf", PDF, content_type="application/pdf")
    sent = {"do": "add", "title": "Karte", "text-de": "", "file": file}
    assert client.post(reverse("agreements:annexes", args=[agreed.agreement_id]), sent).status_code == 302
    annex = Annex.objects.get(title="Karte")
    address = reverse("agreements:annex_file", args=[agreed.agreement_id, annex.pk, 1])
    assert client.get(address).content == PDF
    assert browse("mette-lindqvist").get(address).status_code == 404
    assert texts(agreed)[annex.key].file_name == "Karte.pdf"
