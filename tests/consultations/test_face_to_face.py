"""What was talked over without a word written here: in a meeting without the round, in one's own house."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mtd.agreements.models import Agreement
from mtd.consultations.actions import answering
from mtd.consultations.models import Consultation, Contribution, Way
from mtd.consultations.queries import next_steps, recent
from mtd.core.actor import Actor
from mtd.meetings.models import Kind, Meeting
from mtd.notifications.models import Notice
from tests.cast import Cast
from tests.factories.agreements import refusal
from tests.factories.meetings import a_meeting

from .lives import ANSWERER, ASKER, answered, sent

Browse = Callable[[str], Client]
pytestmark = pytest.mark.django_db
State = Consultation.State


def fresh(consultation: Consultation) -> Consultation:
    return Consultation.objects.get(pk=consultation.pk)


def talked_over(cast: Cast, agreement: Agreement) -> Consultation:
    """A question for a meeting that is over; nobody has opened the round."""
    people = [cast.people[key] for key in (ASKER, ANSWERER)]
    meeting = a_meeting(agreement.network, Kind.CASE_DISCUSSION, people=people)
    question = sent(cast, agreement, way=Way.DISCUSSION)
    assert meeting.starts_at is not None
    assert meeting.ends_at is not None
    back = meeting.ends_at - timezone.now() + timedelta(days=2)
    Meeting.objects.update(starts_at=meeting.starts_at - back, ends_at=meeting.ends_at - back)
    Consultation.objects.update(sent_at=timezone.now() - timedelta(days=9), due_at=meeting.ends_at - back)
    return fresh(question)


def say(actor: Actor, question: Consultation, text: str = "We invite her.") -> Contribution:
    now = fresh(question)
    return answering.sum_up(actor=actor, consultation=now, text=text, kept={}, revision=now.revision)


def test_what_was_decided_in_a_discussion_held_without_the_round_is_entered_afterwards(
    cast: Cast, agreement: Agreement
) -> None:
    question = talked_over(cast, agreement)
    say(cast.actor(ASKER), question)
    now = fresh(question)
    assert question.due_at is not None
    held = timezone.localdate(question.due_at)
    assert (now.state, now.in_time, now.days_to_answer) == (State.CLOSED, True, 7)
    assert now.answered_at == question.due_at
    assert now.ends_on == held + timedelta(days=90)
    assert Notice.objects.get(kind="consultations.summed_up").user == cast.people[ANSWERER]
    answering.rate(actor=cast.actor(ASKER), consultation=question, helped="yes")
    assert answered(cast, question).pk
    assert fresh(question).ends_on == now.ends_on


def test_before_the_meeting_and_between_organisations_there_is_nothing_to_sum_up_yet(
    cast: Cast, agreement: Agreement
) -> None:
    question = sent(cast, agreement)
    with refusal("wrong_state"):
        say(cast.actor(ASKER), question)
    a_meeting(agreement.network, Kind.CASE_DISCUSSION, people=[cast.people[ASKER]])
    coming = sent(cast, agreement, way=Way.DISCUSSION)
    with refusal("wrong_state"):
        say(cast.actor(ASKER), coming)
    Meeting.objects.update(state=Meeting.State.CANCELLED, starts_at=timezone.now() - timedelta(days=1))
    with refusal("wrong_state"):
        say(cast.actor(ASKER), coming)


def test_what_colleagues_talked_over_in_ones_own_house_is_summed_up(cast: Cast, agreement: Agreement) -> None:
    question = sent(cast, agreement, way=Way.OWN_HOUSE, adviser=None)
    say(cast.actor(ASKER), question)
    assert (fresh(question).state, fresh(question).days_to_answer) == (State.CLOSED, 0)


def test_the_page_and_the_start_page_ask_the_asker_what_came_of_it(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    question = talked_over(cast, agreement)
    (step,) = next_steps(cast.actor(ASKER))
    assert (step.title, step.action) == (f"What came of question {question.number}?", "Sum it up")
    address = reverse("consultations:page", args=[question.pk])
    page = browse(ASKER).get(address).content.decode()
    assert "the meeting is over" in page
    assert 'id="sum_up"' in page
    assert 'id="helped"' not in page
    given = {"do": "sum_up", "sum_up-text": "We invite her.", "sum_up-revision": str(question.revision)}
    assert browse(ASKER).post(address, given).status_code == 302
    assert fresh(question).state == State.CLOSED
    assert 'id="helped"' in browse(ASKER).get(address).content.decode()
    assert recent(cast.actor(ASKER), timezone.now() - timedelta(days=9)) == []
    assert browse(ANSWERER).post(address, given).status_code == 403
