"""The start page: numbers only, each thing for whom it waits, at one row and at three with the same queries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mtd.agreements.models import Agreement
from mtd.consultations.actions import answering, learning
from mtd.consultations.models import Consultation, Learning, Way
from mtd.consultations.permissions import visible_learnings
from mtd.consultations.queries import next_steps, recent
from mtd.consultations.queries.inbox import inbox
from mtd.core.errors import NotAllowed
from mtd.meetings.models import Kind
from mtd.organizations.models import Membership, Network
from tests.cast import Cast
from tests.factories import cooperation as factory
from tests.factories.meetings import a_meeting

from .lives import ANSWERER, ASKER, LEAD, STRANGER, answered, drafted, sent

pytestmark = pytest.mark.django_db


def titles(cast: Cast, who: str) -> list[str]:
    return [step.title for step in next_steps(cast.actor(who))]


def fresh(question: Consultation) -> Consultation:
    return Consultation.objects.get(pk=question.pk)


def test_each_thing_stands_with_whom_it_waits_for(cast: Cast, agreement: Agreement) -> None:
    question = sent(cast, agreement)
    number = question.number
    assert titles(cast, ANSWERER) == [f"Question {number} waits for an answer"]
    assert titles(cast, ASKER) == []
    assert titles(cast, STRANGER) == []
    answering.ask_back(
        actor=cast.actor(ANSWERER),
        consultation=question,
        text="Who is there in the evening?",
        kept={},
        revision=question.revision,
    )
    assert titles(cast, ASKER) == [f"Somebody asks back about question {number}"]
    answering.reply(
        actor=cast.actor(ASKER),
        consultation=question,
        text="The grandmother.",
        kept={},
        revision=fresh(question).revision,
    )
    assert titles(cast, ASKER) == []
    answered(cast, question)
    assert titles(cast, ANSWERER) == []
    assert titles(cast, ASKER) == [f"What came of question {number}?"]
    answering.sum_up(
        actor=cast.actor(ASKER),
        consultation=question,
        text="We invite her.",
        kept={},
        revision=fresh(question).revision,
    )
    assert titles(cast, ASKER) == [f"Did the advice on question {number} help?"]
    answering.rate(actor=cast.actor(ASKER), consultation=question, helped="yes")
    assert titles(cast, ASKER) == []


def test_what_is_late_is_late_for_both_sides(cast: Cast, agreement: Agreement) -> None:
    question = sent(cast, agreement)
    Consultation.objects.filter(pk=question.pk).update(due_at=timezone.now() - timedelta(days=2))
    (step,) = next_steps(cast.actor(ANSWERER))
    assert step.late
    assert titles(cast, ASKER) == [f"Question {question.number} has no answer in time"]


def test_a_discussion_is_read_before_and_its_outcome_asked_for_afterwards(
    cast: Cast, agreement: Agreement
) -> None:
    a_meeting(agreement.network, Kind.CASE_DISCUSSION, people=[cast.people[k] for k in (ASKER, ANSWERER)])
    question = sent(cast, agreement, way=Way.DISCUSSION)
    (step,) = [one for one in next_steps(cast.actor(ANSWERER)) if question.number in one.title]
    assert (step.action, step.late) == ("Read it before", False)
    theirs = inbox(cast.actor(ANSWERER))
    assert (theirs.waiting, theirs.others) == ((), ())
    assert [row.it.pk for row in theirs.discussed] == [question.pk]
    Consultation.objects.filter(pk=question.pk).update(due_at=timezone.now() - timedelta(days=2))
    assert titles(cast, ANSWERER) == []
    assert titles(cast, ASKER) == [f"What came of question {question.number}?"]
    (row,) = inbox(cast.actor(ASKER)).asked
    assert (row.talked, row.state_kind) == (True, "work")


def test_a_draft_left_lying_is_named_to_its_author_only(cast: Cast, agreement: Agreement) -> None:
    draft = drafted(cast.actor(ASKER), agreement)
    assert titles(cast, ASKER) == []
    Consultation.objects.filter(pk=draft.pk).update(changed_at=timezone.now() - timedelta(days=4))
    assert titles(cast, ASKER) == [f"Question {draft.number} is not sent yet"]
    assert titles(cast, "leonie-brandt") == []


def test_an_asker_learns_that_the_ground_is_gone(cast: Cast, agreement: Agreement) -> None:
    question = sent(cast, agreement)
    factory.left(agreement.parties.get(organization=question.recipient), timezone.localdate())
    (step,) = next_steps(cast.actor(ASKER))
    assert "left the agreement" in step.text


def test_news_are_numbers(cast: Cast, agreement: Agreement) -> None:
    question, since = sent(cast, agreement), timezone.now() - timedelta(hours=1)
    answered(cast, question)
    (line,) = recent(cast.actor(ASKER), since)
    assert line.text == f"Question {question.number} has an answer"
    answering.sum_up(
        actor=cast.actor(ASKER),
        consultation=question,
        text="We invite her.",
        kept={},
        revision=fresh(question).revision,
    )
    assert [one.text for one in recent(cast.actor(ANSWERER), since)] == [
        f"What came of question {question.number}"
    ]
    now = fresh(question)
    further = {"consultation": now, "text": "And at weekends?", "kept": {}, "revision": now.revision}
    answering.reply(actor=cast.actor(ASKER), **further)  # type: ignore[arg-type]
    assert recent(cast.actor(ANSWERER), since)[0].text == f"Question {question.number} has a reply"


def test_the_inbox_sorts_by_what_it_asks_of_one(cast: Cast, agreement: Agreement) -> None:
    drafted(cast.actor(ASKER), agreement)
    question = sent(cast, agreement)
    mine, theirs = inbox(cast.actor(ASKER)), inbox(cast.actor(ANSWERER))
    assert (len(mine.drafts), len(mine.asked), len(mine.waiting), len(mine.others)) == (1, 1, 0, 0)
    assert (len(theirs.drafts), len(theirs.asked), len(theirs.waiting), len(theirs.others)) == (0, 0, 1, 0)
    lead = inbox(cast.actor("leonie-brandt"))
    assert [row.it.pk for row in lead.others] == [question.pk]


def test_one_and_three_questions_take_the_same_queries(cast: Cast, agreement: Agreement) -> None:
    def count(who: str) -> int:
        actor = cast.actor(who)
        with CaptureQueriesContext(connection) as context:
            inbox(actor)
            next_steps(actor)
            recent(actor, timezone.now() - timedelta(days=1))
        return len(context)

    sent(cast, agreement)
    answered(cast, sent(cast, agreement))
    one = (count(ASKER), count(ANSWERER))
    for _more in range(2):
        sent(cast, agreement)
        answered(cast, sent(cast, agreement))
    assert (count(ASKER), count(ANSWERER)) == one


@pytest.mark.of_sqlite
def test_lists_never_read_ended_rows_one_by_one(cast: Cast, agreement: Agreement) -> None:
    from mtd.consultations.queries.inbox import open_for

    plan = open_for(cast.actor(ASKER)).explain()
    assert "SCAN consultations_consultation" not in plan


def test_a_second_look_and_a_last_one_stand_with_whoever_looks_after_the_collection(
    cast: Cast, network: Network
) -> None:
    words: dict[str, Any] = {
        "topic": "relapse",
        "situation": "When a parent relapses",
        "learnt": "Ask who is there tonight.",
    }
    one = learning.propose(actor=cast.actor(ASKER), network=network, **words)
    second = "Something learnt waits for a second look"
    assert titles(cast, "miriam-hoffstedt") == [second]
    assert titles(cast, ASKER) == titles(cast, "leonie-brandt") == []
    learning.approve(actor=cast.actor("miriam-hoffstedt"), learning=one)
    assert titles(cast, "miriam-hoffstedt") == []
    Learning.objects.update(ends_on=timezone.localdate() + timedelta(days=20))
    assert titles(cast, "miriam-hoffstedt") == ["Something learnt goes soon unless you keep it"]
    learning.keep_on(actor=cast.actor("miriam-hoffstedt"), learning=one)
    assert titles(cast, "miriam-hoffstedt") == []


def test_without_a_coordination_another_lead_takes_the_second_look(cast: Cast, network: Network) -> None:
    words: dict[str, Any] = {
        "topic": "relapse",
        "situation": "When a parent relapses",
        "learnt": "Ask who is there tonight.",
    }
    one = learning.propose(actor=cast.actor(LEAD), network=network, **words)
    other = "leonie-brandt"
    with pytest.raises(NotAllowed):
        learning.approve(actor=cast.actor(other), learning=one)
    Membership.objects.filter(network=network, role="coordinator").update(ended_on=timezone.localdate())
    assert titles(cast, other) == ["Something learnt waits for a second look"]
    for who in (LEAD, ASKER):
        with pytest.raises(NotAllowed):
            learning.approve(actor=cast.actor(who), learning=one)
    learning.approve(actor=cast.actor(other), learning=one)
    assert visible_learnings(cast.actor(ASKER)).get() == one
