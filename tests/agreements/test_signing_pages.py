"""The pages of adopting, signing and living: what is blocked says why, nothing typed is lost, resume where left."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mtd.accounts.queries import demo_code
from mtd.agreements.models import Agreement, Signature, SigningRound, Version
from mtd.organizations.queries import leads_of
from tests.agreements.conftest import Cast
from tests.factories import agreements as factory
from tests.factories import signing as stage

Browse = Callable[[str], Client]


def sign_url(agreement: Agreement) -> str:
    return reverse("agreements:sign", args=[agreement.pk])


def life_url(agreement: Agreement) -> str:
    return reverse("agreements:life", args=[agreement.pk])


def place_url(signature: Signature) -> str:
    return reverse("agreements:signature", args=[signature.party.agreement_id, signature.pk])


def as_lead(signature: Signature) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.cookies["django_language"] = "en"
    user = leads_of(signature.party.organization).first()
    assert user is not None
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_way_from_agreed_to_in_force_goes_through_the_pages(
    birkenfurt: Agreement, cast: Cast, settings: object
) -> None:
    settings.MTD_DEMO = True  # type: ignore[attr-defined]
    version = factory.agree_all(birkenfurt, quick=True)
    lead = as_lead(Signature(party=birkenfurt.parties.first()))
    assert "Everything that is needed is agreed" in lead.get(sign_url(birkenfurt)).content.decode()
    assert lead.post(sign_url(birkenfurt), {"do": "start"}).status_code == 302
    for party in birkenfurt.parties.all():
        client = as_lead(Signature(party=party))
        adopt = {
            "do": "adopt",
            "adopt-needed": "yes",
            "adopt-body": "Vorstand",
            "adopt-decided_on": "2026-11-02",
        }
        assert client.post(sign_url(birkenfurt), adopt).status_code == 302
        user = leads_of(party.organization).first()
        propose = {
            "do": "mandate",
            "mandate-user": user.pk,
            "mandate-function": "Leitung",
            "mandate-evidence": "Satzung",
        }
        assert client.post(sign_url(birkenfurt), propose).status_code == 302
        mandate = party.mandates.get()
        assert client.post(sign_url(birkenfurt), {"do": "confirm", "mandate": mandate.pk}).status_code == 302
    page = lead.get(sign_url(birkenfurt))
    assert "for themselves" in page.content.decode()
    frozen = lead.post(sign_url(birkenfurt), {"do": "freeze", "freeze-order": "sequence"})
    assert frozen.status_code == 302, frozen.content.decode()
    signing_round = SigningRound.objects.get(version=version)
    for number in range(4):
        place = stage.place(signing_round, number)
        client = as_lead(place)
        assert "I have read the text" in client.get(place_url(place)).content.decode()
        assert client.post(place_url(place), {"do": "read"}).status_code == 302
        assert "Sign now" in client.get(place_url(place)).content.decode()
        user = leads_of(place.party.organization).first()
        sent = {"do": "sign", "sign-declaration": user.full_name, "sign-code": demo_code(user)}
        answer = client.post(place_url(place), sent)
        assert answer.status_code == 302, answer.content.decode()
        receipt = client.get(place_url(place)).content.decode()
        assert birkenfurt.code in receipt
        assert Signature.objects.get(pk=place.pk).sha256 in receipt
    assert Version.objects.get(pk=version.pk).state == Version.State.SIGNED
    assert lead.get(life_url(birkenfurt)).status_code == 200


def test_a_wrong_code_signs_nothing_and_keeps_the_name_that_was_typed(birkenfurt: Agreement) -> None:
    place = stage.place(stage.frozen(birkenfurt), 0)
    client = as_lead(place)
    client.post(place_url(place), {"do": "read"})
    answer = client.post(
        place_url(place), {"do": "sign", "sign-declaration": "Jemand Anders", "sign-code": "000000"}
    )
    assert answer.status_code == 422
    assert "Jemand Anders" in answer.content.decode()
    assert Signature.objects.get(pk=place.pk).state == Signature.State.WAITING


def test_who_may_not_sign_reads_why_on_the_button(birkenfurt: Agreement, browse: Browse) -> None:
    place = stage.place(stage.frozen(birkenfurt), 0)
    page = browse("jonas-reuter").get(place_url(place)).content.decode()
    assert "You have no confirmed mandate" in page
    answer = browse("jonas-reuter").post(place_url(place), {"do": "read"})
    assert answer.status_code == 403
    assert Signature.objects.get(pk=place.pk).read_at is None


def test_a_file_of_200_mb_is_refused_before_it_is_read(birkenfurt: Agreement) -> None:
    place = stage.place(stage.frozen(birkenfurt), 0)
    client = as_lead(place)
    answer = client.post(place_url(place), {"do": "upload"}, CONTENT_LENGTH=str(200 * 1024 * 1024))
    assert answer.status_code == 413
    assert "25 MB" in answer.content.decode()


@pytest.mark.parametrize("content", [b"no pdf at all", b"%PDF-1.7 broken", b""])
def test_a_bad_upload_says_what_to_do_and_changes_nothing(birkenfurt: Agreement, content: bytes) -> None:
    signing_round = stage.frozen(birkenfurt)
    place = stage.place(signing_round, 0)
    mandate = place.party.mandates.get()
    sent = {
        "do": "upload",
        "upload-mandate": mandate.pk,
        "upload-file": SimpleUploadedFile("a.pdf", content, "application/pdf"),
    }
    answer = as_lead(place).post(place_url(place), sent)
    assert answer.status_code == 422
    assert Signature.objects.get(pk=place.pk).state == Signature.State.WAITING


def test_a_scan_on_paper_goes_through_the_pages_and_another_party_confirms(birkenfurt: Agreement) -> None:
    signing_round = stage.frozen(birkenfurt)
    place, other = stage.place(signing_round, 0), stage.place(signing_round, 2)
    sent = {
        "do": "paper",
        "paper-mandate": place.party.mandates.get().pk,
        "paper-signed_on": timezone.localdate().isoformat(),
        "paper-file": SimpleUploadedFile("scan.png", b"\x89PNG\r\n\x1a\n....", "image/png"),
    }
    assert as_lead(place).post(place_url(place), sent).status_code == 302
    assert "has signed on paper" in as_lead(other).get(sign_url(birkenfurt)).content.decode()
    assert as_lead(place).post(place_url(place), {"do": "accept"}).status_code == 403
    assert as_lead(other).post(place_url(place), {"do": "refuse", "refuse-reason": ""}).status_code == 422
    assert as_lead(other).post(place_url(place), {"do": "accept"}).status_code == 302
    assert Signature.objects.get(pk=place.pk).state == Signature.State.SIGNED


def test_files_of_an_agreement_are_for_its_people_only(birkenfurt: Agreement, browse: Browse) -> None:
    signing_round = stage.frozen(birkenfurt)
    url = reverse("agreements:sign_file", args=[birkenfurt.pk, signing_round.frozen_id])
    answer = browse("jonas-reuter").get(url)
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    assert browse("mette-lindqvist").get(url).status_code == 404
    assert Client().get(url).status_code == 302


@pytest.mark.parametrize("who", ["jonas-reuter", "inga-soerensen"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_state_has_a_page_for_everybody_in_the_room(
    birkenfurt: Agreement, browse: Browse, who: str, language: str
) -> None:
    client = browse(who)
    client.cookies["django_language"] = language
    pages = [sign_url(birkenfurt), life_url(birkenfurt)]
    assert [client.get(page).status_code for page in pages] == [200, 200]
    signing_round = stage.frozen(birkenfurt)
    assert [client.get(page).status_code for page in pages] == [200, 200]
    assert client.get(place_url(stage.place(signing_round, 3))).status_code == 200
    stage.sign_all(signing_round)
    assert [client.get(page).status_code for page in pages] == [200, 200]
    assert client.get(place_url(stage.place(signing_round, 3))).status_code == 200


def test_bad_dates_and_empty_reasons_come_back_with_what_was_typed(birkenfurt: Agreement) -> None:
    version = stage.adopting(birkenfurt)
    lead = as_lead(Signature(party=birkenfurt.parties.first()))
    sent = {
        "do": "adopt",
        "adopt-needed": "yes",
        "adopt-body": "Kreistag 🙂 Ωμέγα",
        "adopt-decided_on": "2099-01-01",
    }
    answer = lead.post(sign_url(birkenfurt), sent)
    assert answer.status_code == 422
    assert "Kreistag 🙂 Ωμέγα" in answer.content.decode()
    assert not version.adoptions.exists()
    assert lead.post(sign_url(birkenfurt), {"do": "reopen", "reopen-reason": "  "}).status_code == 422
    assert lead.post(sign_url(birkenfurt), {"do": "nonsense"}).status_code == 404
    assert lead.post(sign_url(birkenfurt), {"do": "confirm", "mandate": "x"}).status_code == 404


WORDS = st.one_of(
    st.text(max_size=200),
    st.sampled_from(["Ωμέγα", "🙂🙂", "‮טקסט", "x" * 50_000, "'; --", "<script>", "0", "-1", "9999-12-31"]),
)
SIGN_FIELDS = (
    *("adopt-needed", "adopt-body", "adopt-decided_on", "adopt-resolution", "mandate-user", "mandate-name"),
    *(
        "mandate-function",
        "mandate-evidence",
        "mandate-valid_until",
        "reopen-reason",
        "freeze-order",
        "mandate",
    ),
    *("freeze-in_force_from", "freeze-review_on", "freeze-ends_on", "cancel-reason"),
)
LIFE_FIELDS = (
    *("amend-kind", "amend-organization", "amend-reason", "notice-on", "notice-reason", "terminate-on"),
    *("terminate-reason", "review-outcome", "review-next_review", "leave-reason", "public"),
)
PLACE_FIELDS = (
    *("sign-declaration", "sign-code", "upload-mandate", "upload-file", "paper-mandate", "paper-signed_on"),
    *("paper-file", "refuse-reason"),
)


@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_typed_into_the_forms_gets_an_answer(birkenfurt: Agreement, data: st.DataObject) -> None:
    signing_round = SigningRound.objects.filter(version__agreement=birkenfurt).first()
    if signing_round is None:
        signing_round = stage.frozen(birkenfurt)
    place = stage.place(signing_round, 0)
    client = as_lead(place)
    pages = {
        sign_url(birkenfurt): (SIGN_FIELDS, ("adopt", "mandate", "reopen", "confirm", "revoke")),
        life_url(birkenfurt): (
            LIFE_FIELDS,
            ("amend", "notice", "terminate", "review", "withdraw", "profile"),
        ),
        place_url(place): (PLACE_FIELDS, ("sign", "upload", "paper", "refuse", "accept", "hold", "release")),
    }
    for url, (fields, deeds) in pages.items():
        sent = {field: data.draw(WORDS) for field in fields}
        answer = client.post(url, {**sent, "do": data.draw(st.sampled_from(deeds))})
        assert answer.status_code in (302, 403, 404, 409, 422)
