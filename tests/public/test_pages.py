"""Pages without sign-in: checking a document keeps nothing and tells the truth; the others are simply there."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mtd.agreements.actions import lifecycle
from mtd.agreements.models import Agreement
from mtd.documents.models import StoredFile
from tests.cast import build_cast
from tests.documents import files
from tests.factories import agreements as factory
from tests.factories import signing as stage

VERIFY = "/verify/"


@pytest.fixture
def english() -> Client:
    client = Client(headers={"accept-language": "en"})
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def two(db: None) -> Agreement:
    """A small agreement of two parties."""
    cast = build_cast(only={"birkenfurt"})
    names = ("suchtberatung-am-markt", "kreisjugendamt-birkenfurt")
    return factory.found(cast.networks["birkenfurt"], [cast.organizations[name] for name in names])


def upload(client: Client, content: bytes) -> str:
    answer = client.post(VERIFY, {"file": SimpleUploadedFile("a.pdf", content, "application/pdf")})
    assert answer.status_code in (200, 422)
    return answer.content.decode()


@pytest.mark.parametrize(
    "name", ["landing", "verify", "danger", "danger_now", "help", "accessibility", "stored", "imprint"]
)
@pytest.mark.parametrize("language", ["en", "de"])
def test_everybody_may_read_these_pages(client: Client, db: None, name: str, language: str) -> None:
    client.cookies["django_language"] = language
    assert client.get(reverse(f"public:{name}")).status_code == 200


def test_a_file_is_recognised_told_about_and_not_kept(english: Client, two: Agreement) -> None:
    signing_round = stage.frozen(two)
    stage.sign_all(signing_round)
    content = stage.current_file(signing_round)
    kept = StoredFile.objects.count()
    page = upload(english, content)
    assert "Signed by all, not yet in force" in page
    assert "Suchtberatung am Markt" in page
    assert page.count("holds") >= 2
    place = len(content) // 3
    assert "not the one that was signed here" in upload(
        english, content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
    )
    signing_round.refresh_from_db()
    by_hash = english.post(VERIFY, {"code": signing_round.current_sha256.upper()})
    assert "Signed by all" in by_hash.content.decode()
    by_code = english.get(reverse("public:verify_code", args=[two.code]))
    assert "Signed by all" in by_code.content.decode()
    assert "Leitung" not in by_code.content.decode()
    assert StoredFile.objects.count() == kept


def test_bad_files_get_a_plain_answer(english: Client, db: None) -> None:
    assert "We do not know this document" in upload(english, files.signed(1))
    assert "not a PDF" in upload(english, b"hello")
    assert english.post(VERIFY, {}).status_code == 422
    big = english.post(VERIFY, {}, CONTENT_LENGTH=str(200 * 1024 * 1024))
    assert big.status_code == 413
    assert english.get("/verify/AAAA-AAAA/").status_code == 404


def test_an_agreement_in_work_tells_strangers_nothing_but_that(english: Client, two: Agreement) -> None:
    page = english.get(reverse("public:verify_code", args=[two.code])).content.decode()
    assert "being worked out" in page
    assert two.title not in page
    assert "Suchtberatung" not in page


def test_the_profile_sheet_is_public_only_when_the_parties_want_it(english: Client, two: Agreement) -> None:
    url = reverse("public:profile", args=[two.code])
    assert english.get(url).status_code == 404
    lifecycle.set_profile_public(actor=stage.coordinator(two), agreement=two, public=True)
    assert english.get(url).status_code == 404
    today = timezone.localdate()
    Agreement.objects.filter(pk=two.pk).update(state="in_force", in_force_from=today, review_on=today)
    assert english.get(url).status_code == 200


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=120), content=st.binary(max_size=300))
def test_whatever_is_sent_gets_a_page(english: Client, db: None, text: str, content: bytes) -> None:
    sent = {"code": text, "file": SimpleUploadedFile("x.pdf", content)}
    assert english.post(VERIFY, sent).status_code in (200, 422)
    assert english.post(VERIFY, {"code": text}).status_code in (200, 422)
