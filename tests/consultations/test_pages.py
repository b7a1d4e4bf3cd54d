"""The pages of asking and answering: doors, one question from both sides, forms that keep what was typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from mtd.agreements.models import Agreement
from mtd.consultations.models import Consultation, Contribution, Reading, Way
from mtd.consultations.queries.deadline import promise_of
from mtd.core.models import DataKey
from mtd.core.templatetags.mtd import moment
from mtd.meetings.models import Kind
from mtd.organizations.models import Network
from tests.cast import Cast
from tests.factories import cooperation as factory
from tests.factories.meetings import a_meeting

from .lives import ADVICE, ANSWERER, ASKER, LEAD, QUESTION, STRANGER, answered, drafted, sent

pytestmark = pytest.mark.django_db
Browse = Callable[[str], Client]
MODERATOR = "inga-soerensen"
DANGER = "Is a child in danger now?"


def page_of(question: Consultation) -> str:
    return reverse("consultations:page", args=[question.pk])


def fresh(question: Consultation) -> Consultation:
    return Consultation.objects.get(pk=question.pk)


def test_choosing_a_door_begins_a_draft_and_leads_to_the_household(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    client, address = browse(ASKER), reverse("consultations:new", args=[agreement.network.slug])
    page = client.get(address).content.decode()
    assert "Kreisjugendamt Birkenfurt" in page
    assert DANGER in page
    kreis = cast.organizations["kreisjugendamt-birkenfurt"]
    sent_back = client.post(address, {"door": f"partner:{agreement.pk}:{kreis.pk}::"})
    draft = Consultation.objects.get()
    assert sent_back.headers["Location"] == reverse("consultations:household", args=[draft.pk])
    assert (draft.recipient, draft.agreement, draft.question_key) == (kreis, agreement, "identity_default")
    assert client.get(page_of(draft)).headers["Location"] == sent_back.headers["Location"]


def test_a_colleague_of_ones_own_house_is_chosen_by_name(
    cast: Cast, network: Network, browse: Browse
) -> None:
    own, colleague = cast.organizations["suchtberatung-am-markt"], cast.people["leonie-brandt"]
    address = reverse("consultations:new", args=[network.slug])
    client = browse(ASKER)
    assert "no agreement here yet" in client.get(address).content.decode()
    client.post(address, {"door": f"own_house::{own.pk}::", "colleague": str(colleague.pk)})
    assert Consultation.objects.get().adviser == colleague
    stranger = str(cast.people[ANSWERER].pk)
    wrong = client.post(address, {"door": f"own_house::{own.pk}::", "colleague": stranger})
    assert wrong.status_code == 422


def test_a_closed_door_cannot_be_chosen_and_says_why(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    kreis = cast.organizations["kreisjugendamt-birkenfurt"]
    factory.left(agreement.parties.get(organization=kreis), timezone.localdate())
    client, address = browse(ASKER), reverse("consultations:new", args=[agreement.network.slug])
    assert "Left the agreement on" in client.get(address).content.decode()
    answer = client.post(address, {"door": f"partner:{agreement.pk}:{kreis.pk}::"})
    assert answer.status_code == 422
    assert not Consultation.objects.exists()


def test_the_question_is_read_with_its_case_strengths_first(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    question = sent(cast, agreement)
    page = browse(ANSWERER).get(page_of(question)).content.decode()
    for words in (
        QUESTION,
        question.number,
        "Responsibility stays with who asked",
        DANGER,
        "allowed by clause",
    ):
        assert words in page
    assert page.index("The grandmother is there every day.") < page.index("The mother has relapsed")
    assert "Suchtberatung am Markt" in page


def test_nobody_else_finds_it(cast: Cast, agreement: Agreement, browse: Browse) -> None:
    question = sent(cast, agreement)
    for who in (STRANGER, "miriam-hoffstedt", "mette-lindqvist", "pia-lennartz", "inga-soerensen"):
        assert browse(who).get(page_of(question)).status_code == 404
        assert browse(who).post(page_of(question), {"do": "answer"}).status_code == 404
        assert browse(who).get(reverse("consultations:copy", args=[question.pk, "txt"])).status_code == 404


def test_an_answer_is_sent_and_stands_on_the_page(cast: Cast, agreement: Agreement, browse: Browse) -> None:
    question = sent(cast, agreement)
    given = {"do": "answer", "answer-text": ADVICE, "answer-revision": str(question.revision)}
    assert browse(ANSWERER).post(page_of(question), given).status_code == 302
    page = browse(ASKER).get(page_of(question)).content.decode()
    assert ADVICE in page
    assert "Did it help?" in page


def test_a_name_in_an_answer_is_shown_and_nothing_typed_is_lost(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    question = sent(cast, agreement)
    text = "Ask her teacher under teacher@school.example how the mornings are."
    given = {"do": "answer", "answer-text": text, "answer-revision": str(question.revision)}
    answer = browse(ANSWERER).post(page_of(question), given)
    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert not Contribution.objects.exists()


def test_every_form_for_words_is_kept_in_the_window_until_it_has_arrived(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    question = sent(cast, agreement)
    answered(cast, question)
    found = set()
    for who in (ANSWERER, ASKER):
        page = browse(who).get(reverse("consultations:page", args=[question.pk])).content.decode()
        found |= set(re.findall(r'id="(say-\w+)" data-autosave=""', page))
    assert found == {"say-answer", "say-ask_back", "say-reply", "say-sum_up"}


def test_the_second_of_two_answers_sees_the_first_and_is_then_sent(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    question = sent(cast, agreement)
    client, text = browse(LEAD), "Another view: wait a week."
    given = {"do": "answer", "answer-text": text, "answer-revision": str(question.revision)}
    answered(cast, question)
    clash = client.post(page_of(question), given)
    page = clash.content.decode()
    assert clash.status_code == 409
    assert "This came in meanwhile" in page
    assert ADVICE in page
    assert text in page
    now = fresh(question).revision
    assert f'name="answer-revision" value="{now}"' in page
    assert client.post(page_of(question), given | {"answer-revision": str(now)}).status_code == 302
    assert Contribution.objects.count() == 2


def test_what_is_not_for_this_person_is_refused_with_a_reason(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    question = sent(cast, agreement)
    given = {"do": "answer", "answer-text": ADVICE, "answer-revision": "1"}
    own = browse(ASKER).post(page_of(question), given)
    assert own.status_code == 403
    assert "asked this question yourself" in own.content.decode()
    assert browse(ANSWERER).post(page_of(question), {"do": "take_back"}).status_code == 403
    assert browse(ANSWERER).post(page_of(question), {"do": "nonsense"}).status_code == 404


def test_the_asker_says_whether_it_helped_sums_up_and_ends_it(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    question = sent(cast, agreement)
    answered(cast, question)
    client, address = browse(ASKER), page_of(question)
    assert client.post(address, {"do": "helped"}).status_code == 422
    assert client.post(address, {"do": "helped", "helped": "yes"}).status_code == 302
    now = str(fresh(question).revision)
    client.post(address, {"do": "sum_up", "sum_up-text": "We invite her.", "sum_up-revision": now})
    assert fresh(question).state == Consultation.State.CLOSED
    ended = client.post(address, {"do": "end"})
    assert ended.headers["Location"] == reverse("consultations:index")
    assert (fresh(question).state, fresh(question).helped) == (Consultation.State.ENDED, "yes")
    assert client.get(address).status_code == 404


def test_a_guest_of_a_case_discussion_reads_the_question_and_is_led_to_no_closed_page(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    """Invited without being of the agreement: no link on the page leads to a 404."""
    a_meeting(agreement.network, Kind.CASE_DISCUSSION, people=[cast.people[ASKER], cast.people[MODERATOR]])
    question = sent(cast, agreement, way=Way.DISCUSSION)
    client = browse(MODERATOR)
    page = client.get(page_of(question)).content.decode()
    assert QUESTION in page
    assert "allowed by clause" in page
    main = page[page.index("<main") : page.index("</main>")]
    for address in set(re.findall(r'href="(/[^"#]*)"', main)):
        assert client.get(address.replace("&amp;", "&")).status_code == 200, address


def test_the_day_of_the_answer_is_that_of_the_network(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    """In Lisbon the day ends when the next one has begun in Berlin."""
    Network.objects.filter(pk=agreement.network_id).update(time_zone="Europe/Lisbon")
    draft = drafted(cast.actor(ASKER), Agreement.objects.select_related("network").get(pk=agreement.pk))
    last = datetime(2026, 12, 3, 23, 59, 59, tzinfo=draft.network.zone)
    question = sent(cast, agreement)
    Consultation.objects.filter(pk=question.pk).update(due_at=last)
    for address in (page_of(question), reverse("consultations:index")):
        page = browse(ASKER).get(address).content.decode()
        assert "Thursday 3 December 2026" in page
        assert "Friday 4 December 2026" not in page
    Consultation.objects.filter(pk=question.pk).update(due_at=last - timedelta(hours=9))
    assert "Thursday 3 December 2026, 14:59" in browse(ASKER).get(page_of(question)).content.decode()
    due = promise_of(None).due(timezone.now(), draft.network)
    check = browse(ASKER).get(reverse("consultations:check", args=[draft.pk])).content.decode()
    assert date_format(timezone.localdate(due, draft.network.zone), "l j F Y") in check


def test_the_countdown_tells_the_days_and_the_day(cast: Cast, agreement: Agreement, browse: Browse) -> None:
    question = sent(cast, agreement)
    answered(cast, question)
    Consultation.objects.filter(pk=question.pk).update(ends_on=timezone.localdate() + timedelta(days=84))
    assert "<b>84 days</b>" in browse(ASKER).get(page_of(question)).content.decode()


def test_a_copy_says_where_responsibility_lies_and_is_noted(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    question = sent(cast, agreement)
    answered(cast, question)
    client = browse(ASKER)
    text = client.get(reverse("consultations:copy", args=[question.pk, "txt"]))
    for words in (QUESTION, ADVICE, "stays with who asked", question.number, "grandmother"):
        assert words in text.content.decode()
    said = Contribution.objects.get(consultation=question).at
    assert moment(said) in text.content.decode()  # the time as the page tells it
    assert text.headers["Cache-Control"] == "no-store"
    pdf = client.get(reverse("consultations:copy", args=[question.pk, "pdf"]))
    assert pdf.content.startswith(b"%PDF")
    assert client.get(reverse("consultations:copy", args=[question.pk, "docx"])).status_code == 404
    assert Reading.objects.get().times == 2


def test_a_missing_key_of_one_answer_hides_that_answer_only(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    question = sent(cast, agreement)
    said = answered(cast, question)
    DataKey.objects.using("keys").filter(id=said.data_key_id).delete()
    page = browse(ASKER).get(page_of(question))
    assert page.status_code == 200
    assert "This text cannot be read" in page.content.decode()
    assert QUESTION in page.content.decode()


def test_a_missing_key_of_the_question_is_an_error_that_helps(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    question = sent(cast, agreement)
    DataKey.objects.using("keys").filter(id=question.data_key_id).delete()
    assert browse(ASKER).get(page_of(question)).status_code == 410
    assert browse(ASKER).get(reverse("consultations:index")).status_code == 200


def test_the_index_is_empty_teaching_or_a_list_and_never_names_a_case(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    address = reverse("consultations:index")
    assert "No question is open" in browse(ASKER).get(address).content.decode()
    assert "programme office sees no question" in browse("mette-lindqvist").get(address).content.decode()
    question = sent(cast, agreement)
    drafted(cast.actor(ASKER), agreement)
    page = browse(ASKER).get(address).content.decode()
    assert question.number in page
    assert "relapsed" not in page
    assert "Waits for your answer" in browse(ANSWERER).get(address).content.decode()


def test_the_page_of_a_discussion_offers_the_group_method(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    from mtd.meetings.models import Kind
    from tests.factories.meetings import a_meeting

    a_meeting(agreement.network, Kind.CASE_DISCUSSION, people=[cast.people[k] for k in (ASKER, ANSWERER)])
    question = sent(cast, agreement, way=Way.DISCUSSION)
    page = browse(ANSWERER).get(page_of(question)).content.decode()
    assert reverse("consultations:round", args=[question.pk]) in page
