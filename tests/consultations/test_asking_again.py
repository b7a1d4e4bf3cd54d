"""Asking somebody else with the same words: a draft turned to another door, a question taken back as a draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mtd.agreements.models import Agreement
from mtd.consultations.actions import answering
from mtd.consultations.actions.drafting import turn_to
from mtd.consultations.models import Consultation, Way
from mtd.core.errors import NotAllowed
from mtd.core.models import DataKey
from mtd.notifications.models import Notice
from tests.cast import Cast
from tests.factories import cooperation as factory

from .lives import ANSWERER, ASKER, QUESTION, drafted, sent

Browse = Callable[[str], Client]
pytestmark = pytest.mark.django_db
State = Consultation.State


def fresh(consultation: Consultation) -> Consultation:
    return Consultation.objects.get(pk=consultation.pk)


def test_a_question_is_taken_back_and_its_words_stay_as_a_draft_for_somebody_else(
    cast: Cast, agreement: Agreement, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    question, actor = sent(cast, agreement), cast.actor(ASKER)
    words, key = question.case, question.data_key_id
    with django_capture_on_commit_callbacks(execute=True):
        draft = answering.ask_again(actor=actor, consultation=question)
    assert (draft.state, draft.case, draft.topic) == (State.DRAFT, words, "talking")
    assert (draft.network, draft.organization, draft.asked_by) == (
        question.network,
        question.organization,
        cast.people[ASKER],
    )
    assert draft.number != question.number
    ended = fresh(question)
    assert (ended.state, ended.ending) == (State.ENDED, "withdrawn")
    assert not DataKey.objects.using("keys").filter(id=key).exists()
    assert fresh(draft).case == words
    assert Notice.objects.filter(kind="consultations.withdrawn", user=cast.people[ANSWERER]).exists()
    with pytest.raises(NotAllowed):
        answering.ask_again(actor=cast.actor(ANSWERER), consultation=sent(cast, agreement))


def test_a_draft_before_a_closed_door_is_turned_to_another_and_keeps_its_words(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    draft, client = drafted(cast.actor(ASKER), agreement), browse(ASKER)
    words = draft.case
    assert draft.recipient is not None
    factory.left(agreement.parties.get(organization=draft.recipient), timezone.localdate())
    check = reverse("consultations:check", args=[draft.pk])
    choose = reverse("consultations:new", args=[agreement.network.slug]) + f"?draft={draft.pk}"
    assert choose.replace("&", "&amp;") in client.get(check).content.decode()
    assert client.get(choose).status_code == 200
    other = cast.organizations["stadtjugendamt-wendau"]
    chosen = client.post(choose, {"door": f"partner:{agreement.pk}:{other.pk}::"})
    assert chosen.headers["Location"] == check
    (now,) = Consultation.objects.all()
    assert (now.pk, now.number, now.recipient, now.case) == (draft.pk, draft.number, other, words)
    page = client.post(check, {"do": "send", "revision": str(now.revision)})
    assert page.status_code == 302
    assert fresh(draft).state == State.SENT


def test_only_its_author_turns_a_draft_and_only_while_it_is_one(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    draft = drafted(cast.actor(ASKER), agreement)
    address = reverse("consultations:new", args=[agreement.network.slug])
    for who in ("leonie-brandt", ANSWERER):
        assert browse(who).get(f"{address}?draft={draft.pk}").status_code == 404
        with pytest.raises(NotAllowed):
            turn_to(actor=cast.actor(who), consultation=draft, way=Way.OWN_HOUSE)
    assert browse(ASKER).get(f"{address}?draft=nonsense").status_code == 404
    question = sent(cast, agreement)
    assert browse(ASKER).get(f"{address}?draft={question.pk}").status_code == 403


def test_the_page_of_a_question_keeps_its_words_for_somebody_else(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    question, client = sent(cast, agreement), browse(ASKER)
    address = reverse("consultations:page", args=[question.pk])
    assert "ask somebody else" in client.get(address).content.decode()
    gone = client.post(address, {"do": "ask_again"})
    draft = Consultation.objects.get(state=State.DRAFT)
    assert gone.headers["Location"].endswith(f"/new/?draft={draft.pk}")
    assert QUESTION in client.get(reverse("consultations:check", args=[draft.pk])).content.decode()
    assert client.get(address).status_code == 404


def test_sending_twice_leads_to_the_question(cast: Cast, agreement: Agreement, browse: Browse) -> None:
    question, client = sent(cast, agreement), browse(ASKER)
    again = client.post(reverse("consultations:check", args=[question.pk]), {"do": "send", "revision": "0"})
    assert again.headers["Location"] == reverse("consultations:page", args=[question.pk])
