"""Comments and reasons: what would tell who a family is does not get past the form, and what was typed stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mtd.agreements.models import Agreement, Comment, Draft, Position
from tests.factories import agreements as factory

KEY = "referral_ack"
MAIL = "anna.kowalczyk@example.org"
Browse = Callable[..., Client]


def url(agreement: Agreement, route: str, key: str = KEY) -> str:
    return reverse(f"agreements:{route}", args=[agreement.pk, key])


def comment(
    client: Client, agreement: Agreement, body: str, visibility: str = "everyone", **more: Any
) -> Any:
    sent = {"c-body": body, "c-visibility": visibility, **more}
    return client.post(url(agreement, "comment"), sent)


@pytest.mark.parametrize("visibility", ["sides", "everyone"])
@pytest.mark.parametrize("place", ["question", "clause"])
def test_a_comment_for_others_that_tells_who_it_is_comes_back_on_its_own_page(
    birkenfurt: Agreement, browse: Browse, visibility: str, place: str
) -> None:
    answer = comment(browse("jonas-reuter"), birkenfurt, f"Write to {MAIL} please", visibility, next=place)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert f"Write to {MAIL} please</textarea>" in html
    assert "One passage must go." in html
    assert ('name="a-stance"' in html) == (place == "question")
    assert not Comment.objects.exists()


def test_what_only_ones_own_organisation_reads_is_never_refused(
    birkenfurt: Agreement, browse: Browse
) -> None:
    assert comment(browse("jonas-reuter"), birkenfurt, f"Write to {MAIL}", "us").status_code == 302
    assert Comment.objects.get().body == f"Write to {MAIL}"


def test_who_has_no_organisation_of_their_own_there_cannot_pass_as_one(
    birkenfurt: Agreement, browse: Browse
) -> None:
    answer = comment(browse("inga-soerensen"), birkenfurt, f"Write to {MAIL}", "us")
    assert answer.status_code in (403, 422)
    assert not Comment.objects.exists()


@pytest.mark.parametrize("visibility", ["us", "everyone"])
def test_an_answer_to_a_comment_comes_back_below_that_comment(
    birkenfurt: Agreement, browse: Browse, visibility: str
) -> None:
    client = browse("jonas-reuter")
    comment(client, birkenfurt, "How do we reach each other?", visibility)
    first = Comment.objects.get()
    answer = comment(client, birkenfurt, f"By {MAIL}", "us", do="reply", comment=str(first.pk))
    if visibility == "us":
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    html = answer.content.decode()
    assert f'id="reply-{first.pk}"' in html
    assert f'id="reply-{first.pk}-find-1"' in html
    assert f"By {MAIL}</textarea>" in html
    assert Comment.objects.count() == 1


def test_our_reason_is_guarded_and_a_draft_of_it_is_ones_own(birkenfurt: Agreement, browse: Browse) -> None:
    client = browse("jonas-reuter")
    sent = {"a-stance": "parked", "a-reason": f"Ask {MAIL}", "a-seen": "0"}
    draft = reverse("agreements:draft", args=[birkenfurt.pk, f"answer:{KEY}"])
    assert client.post(draft, {**sent, "autosave": "1"}).status_code == 200
    assert Draft.objects.count() == 1
    answer = client.post(url(birkenfurt, "question"), sent)
    assert answer.status_code == 422
    assert f"Ask {MAIL}</textarea>" in answer.content.decode()
    assert not Position.objects.exists()
    assert client.post(url(birkenfurt, "question"), sent | {"a-reason": "We need time"}).status_code == 302
    assert Position.objects.get().reason == "We need time"


def test_a_reason_for_another_wording_is_guarded_and_the_wording_itself_is_not(
    birkenfurt: Agreement, browse: Browse
) -> None:
    factory.agree_all(birkenfurt, quick=True)
    client = browse("jonas-reuter")
    page = client.get(url(birkenfurt, "clause")).content.decode()
    assert "w-de-reason" in page
    wording = {"do": "propose-de", "w-de-language": "de", "w-de-text": f"Die Adresse ist {MAIL}."}
    answer = client.post(url(birkenfurt, "clause"), wording | {"w-de-reason": f"Ask {MAIL}"})
    assert answer.status_code == 422
    assert 'id="id_w-de-reason-find-1"' in answer.content.decode()
    assert client.post(url(birkenfurt, "clause"), wording | {"w-de-reason": "So"}).status_code == 302
