"""The pages of the text: reading, wording, comments, the log, the files."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from typing import Any

import docx
import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from mtd.agreements.actions import wording
from mtd.agreements.export import checksum
from mtd.agreements.models import Agreement, Amendment, Comment, Entry, Wording
from mtd.agreements.queries import current_version
from mtd.core.actor import Actor
from tests.factories import agreements as factory

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

KEY = "referral_ack"
Act = Callable[[str], Actor]
Browse = Callable[..., Client]


def url(agreement: Agreement, route: str, *args: Any) -> str:
    return reverse(f"agreements:{route}", args=[agreement.pk, *args])


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_the_text_shows_all_parts_and_says_not_agreed_in_each_language(
    bilingual: Agreement, browse: Browse
) -> None:
    factory.agree_all(bilingual, skip=[KEY], quick=True)
    html = page(browse("jonas-reuter"), url(bilingual, "text"))
    assert html.count('class="tx__part"') == 20  # 19 parts and the annexes
    assert "nicht vereinbart" in html
    assert "not agreed" in html
    assert "binding" in html


def test_reading_the_text_costs_the_same_number_of_queries_with_few_and_with_many_answers(
    birkenfurt: Agreement, browse: Browse, django_assert_max_num_queries: Any
) -> None:
    client = browse("jonas-reuter")
    client.get(url(birkenfurt, "text"))
    with django_assert_max_num_queries(45) as few:
        client.get(url(birkenfurt, "text"))
    factory.agree_all(birkenfurt, quick=True)
    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get(url(birkenfurt, "text"))


def test_a_stranger_does_not_find_text_files_log_or_comments(birkenfurt: Agreement, cast: Any) -> None:
    client = Client()
    stranger = next(user for key, user in cast.people.items() if key == "mette-lindqvist")
    client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    for route in ("text", "log", "pdf", "docx", "json", "annexes"):
        assert client.get(url(birkenfurt, route)).status_code == 404, route
    assert client.get(url(birkenfurt, "clause", KEY)).status_code == 404
    assert client.post(url(birkenfurt, "comment", KEY), {"c-body": "x"}).status_code == 404


def test_the_draft_says_so_on_every_page_of_the_pdf(birkenfurt: Agreement, browse: Browse) -> None:
    factory.agree_all(birkenfurt, quick=True)
    response = browse("jonas-reuter").get(url(birkenfurt, "pdf"))
    assert response["Content-Disposition"].endswith('-v1-draft.pdf"')
    pages = PdfReader(io.BytesIO(response.content)).pages
    assert len(pages) >= 8
    assert all(any(word in p.extract_text() for word in ("Draft", "Entwurf")) for p in pages)


def test_the_word_file_says_the_same_as_the_page(birkenfurt: Agreement, browse: Browse) -> None:
    factory.agree_all(birkenfurt, quick=True)
    client = browse("jonas-reuter")
    word = docx.Document(io.BytesIO(client.get(url(birkenfurt, "docx")).content))
    said = " ".join(p.text for p in word.paragraphs)
    assert "2 Arbeitstagen" in said
    assert "2 Arbeitstagen" in page(client, url(birkenfurt, "text"))


def test_the_json_holds_answers_positions_and_texts_under_a_check_sum(
    birkenfurt: Agreement, browse: Browse
) -> None:
    factory.agree_all(birkenfurt, quick=True)
    data = json.loads(browse("jonas-reuter").get(url(birkenfurt, "json")).content)
    assert data["answers"][KEY]["agreed"] is True
    assert len([p for p in data["positions"] if p["question"] == KEY]) == 4
    assert data["texts"]["parts"][0]["number"] == 1
    assert data["sha256"] == checksum(data)
    data["answers"][KEY]["value"]["number"] = 9
    assert data["sha256"] != checksum(data)
    assert len(data["sha256"]) == len(hashlib.sha256().hexdigest())


def test_a_party_proposes_another_wording_on_the_page_and_the_others_accept_it(
    birkenfurt: Agreement, browse: Browse
) -> None:
    version = factory.agree_all(birkenfurt, quick=True)
    address = url(birkenfurt, "clause", KEY)
    client = browse("jonas-reuter")
    sent = {
        "do": "propose-de",
        "w-de-language": "de",
        "w-de-parent": "",
        "w-de-text": "Neu.",
        "w-de-reason": "Kürzer.",
    }
    assert client.post(address, sent).status_code == 302
    amendment = Amendment.objects.get(version=version)
    html = page(browse("deniz-kaya"), address)
    assert "Kürzer." in html
    assert "<mark>" in html
    for p in birkenfurt.parties.exclude(pk=amendment.party_id):
        user = factory.speaker(p).user_id
        voter = Client()
        voter.force_login(
            type(amendment.by).objects.get(pk=user), backend="django.contrib.auth.backends.ModelBackend"
        )
        assert voter.post(address, {"do": "accept", "amendment": amendment.pk}).status_code == 302
    assert Wording.objects.get(version=version).text == "Neu."
    assert "Neu." in page(client, url(birkenfurt, "text"))
    assert "Neu." in page(client, address)


def test_a_refused_proposal_shows_the_form_again_with_everything_typed(
    birkenfurt: Agreement, browse: Browse
) -> None:
    factory.agree_all(birkenfurt, quick=True)
    sent = {
        "do": "propose-de",
        "w-de-language": "de",
        "w-de-parent": "",
        "w-de-text": "  ",
        "w-de-reason": "Darum <b>",
    }
    response = browse("jonas-reuter").post(url(birkenfurt, "clause", KEY), sent)
    assert response.status_code == 422
    html = response.content.decode()
    assert "Darum &lt;b&gt;" in html
    assert not Amendment.objects.exists()


def test_rejecting_without_a_reason_is_refused_at_the_field(
    birkenfurt: Agreement, act: Act, browse: Browse
) -> None:
    version = factory.agree_all(birkenfurt, quick=True)
    amendment = wording.propose(
        actor=act("jonas-reuter"), version=version, question_key=KEY, language="de", text="Neu."
    )
    response = browse("deniz-kaya").post(
        url(birkenfurt, "clause", KEY), {"do": "reject", "amendment": amendment.pk}
    )
    assert response.status_code == 422
    assert "Say in a sentence" in response.content.decode()


def test_the_moderation_may_read_and_comment_for_everyone_but_not_propose(
    birkenfurt: Agreement, browse: Browse
) -> None:
    factory.agree_all(birkenfurt, quick=True)
    client = browse("inga-soerensen")
    html = page(client, url(birkenfurt, "clause", KEY))
    assert 'name="w-de-text"' not in html
    assert 'value="us"' not in html
    sent = {"do": "propose-de", "w-de-language": "de", "w-de-text": "Neu."}
    assert client.post(url(birkenfurt, "clause", KEY), sent).status_code == 403
    said = {"c-body": "Bitte prüfen.", "c-visibility": "everyone", "next": "clause"}
    assert client.post(url(birkenfurt, "comment", KEY), said).status_code == 302
    assert "Bitte prüfen." in page(browse("deniz-kaya"), url(birkenfurt, "clause", KEY))


def test_a_comment_for_us_is_never_on_a_page_of_another_party(birkenfurt: Agreement, browse: Browse) -> None:
    factory.agree_all(birkenfurt, quick=True)
    jonas = browse("jonas-reuter")
    jonas.post(url(birkenfurt, "comment", KEY), {"c-body": "Nur unter uns 123", "c-visibility": "us"})
    assert "Nur unter uns 123" in page(jonas, url(birkenfurt, "clause", KEY))
    assert "Nur unter uns 123" in page(jonas, url(birkenfurt, "question", KEY))
    for other in ("deniz-kaya", "inga-soerensen"):
        client = browse(other)
        for address in (
            url(birkenfurt, "clause", KEY),
            url(birkenfurt, "question", KEY),
            url(birkenfurt, "json"),
        ):
            assert "Nur unter uns 123" not in page(client, address)
        comment = Comment.objects.get()
        for do in ("settle", "delete", "reply"):
            sent = {"do": do, "comment": comment.pk, "c-body": "x"}
            assert client.post(url(birkenfurt, "comment", KEY), sent).status_code == 404


def test_an_empty_comment_is_refused_and_the_choice_stays(birkenfurt: Agreement, browse: Browse) -> None:
    factory.agree_all(birkenfurt, quick=True)
    response = browse("jonas-reuter").post(
        url(birkenfurt, "comment", KEY), {"c-body": " ", "c-visibility": "sides", "next": "clause"}
    )
    assert response.status_code == 422
    assert 'value="sides"' in response.content.decode()
    assert not Comment.objects.exists()


def test_the_log_is_filtered_by_chapter_party_and_kind_with_constant_queries(
    birkenfurt: Agreement, browse: Browse, django_assert_max_num_queries: Any
) -> None:
    skip = [q.key for q in factory.open_now(current_version(birkenfurt)) if q.key != KEY]
    factory.agree_all(birkenfurt, skip=skip)
    client = browse("jonas-reuter")
    html = page(client, url(birkenfurt, "log"))
    assert "Put the first answer on the table" in html
    assert "Agreed to the answer" in html
    only = page(client, url(birkenfurt, "log") + "?kind=position")
    assert "Put the first answer" not in only
    assert "No such step" in page(client, url(birkenfurt, "log") + "?chapter=preamble")
    assert client.get(url(birkenfurt, "log") + "?kind=nonsense&party=x&page=99").status_code == 200
    with django_assert_max_num_queries(30) as few:
        client.get(url(birkenfurt, "log"))
    version = current_version(birkenfurt)
    Entry.objects.bulk_create(
        Entry(version=version, kind=Entry.Kind.VOTED, question_key=KEY, data={"accepts": True})
        for _ in range(60)
    )
    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get(url(birkenfurt, "log"))


WORDS = st.text(max_size=300) | st.sampled_from(
    ["", "\x00", "\ud800", "ß" * 60_000, "שלום\u202e", "<b>{answer}</b>"]
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    do=WORDS | st.sampled_from(["propose-de", "accept", "reject", "withdraw", "reset"]),
    said=WORDS,
    other=WORDS,
)
def test_whatever_is_sent_to_a_clause_or_its_comments_is_answered_without_failing(
    birkenfurt: Agreement, browse: Browse, do: str, said: str, other: str
) -> None:
    if not birkenfurt.versions.get().answers.exists():
        factory.agree_all(birkenfurt, quick=True)
    client = browse("jonas-reuter")

    def clean(text: str) -> str:
        # A browser sends no halves of characters.
        return text.encode("utf-8", "replace").decode()

    sent = {
        "do": clean(do),
        "amendment": clean(other),
        "w-de-language": "de",
        "w-de-text": clean(said),
        "w-de-parent": clean(other),
        "w-de-reason": clean(other),
        "language": clean(said),
    }
    assert client.post(url(birkenfurt, "clause", KEY), sent).status_code in (302, 404, 409, 422)
    remark = {"do": clean(do), "c-body": clean(said), "c-visibility": clean(other), "next": "clause"}
    assert client.post(url(birkenfurt, "comment", KEY), remark).status_code in (302, 404, 409, 422)
