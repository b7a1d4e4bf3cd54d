"""What is said to a question: advice, questions back, replies, what was decided; two at once, and who has gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from mtd.agreements.models import Agreement
from mtd.audit.models import Event
from mtd.consultations import jobs
from mtd.consultations.actions import answering, reminding
from mtd.consultations.actions.answering import Overtaken
from mtd.consultations.actions.asking import send
from mtd.consultations.models import Consultation, Contribution, Way
from mtd.consultations.permissions import visible_to
from mtd.consultations.queries.lapses import lapse_of
from mtd.consultations.queries.people import asked_of
from mtd.core.actor import SYSTEM
from mtd.core.errors import NotAllowed
from mtd.meetings.models import AgendaItem, Kind
from mtd.notifications.models import Message, Notice
from mtd.organizations.models import Membership, NetworkMember
from tests.cast import Cast
from tests.factories import cooperation as factory
from tests.factories.agreements import refusal
from tests.factories.meetings import a_meeting

from .lives import ADVICE, ANSWERER, ASKER, LEAD, STRANGER, answered, drafted, sent
from .test_doors import name_adviser

pytestmark = pytest.mark.django_db
State = Consultation.State


def fresh(consultation: Consultation) -> Consultation:
    return Consultation.objects.get(pk=consultation.pk)


def test_an_answer_is_kept_and_the_asker_is_told_a_number(cast: Cast, agreement: Agreement) -> None:
    question = sent(cast, agreement)
    said = answered(cast, question)
    found = fresh(question)
    assert (said.kind, said.text) == (Contribution.Kind.ANSWER, ADVICE)
    assert said.organization == cast.organizations["kreisjugendamt-birkenfurt"]
    assert found.state == State.ANSWERED
    assert (found.days_to_answer, found.in_time) == (0, True)
    assert found.ends_on == timezone.localdate() + timedelta(days=90)
    (notice,) = Notice.objects.filter(kind="consultations.answered")
    assert notice.user == cast.people[ASKER]
    assert found.number in notice.text
    assert "evenings" not in notice.text


def test_once_there_is_an_answer_nobody_is_told_any_more_that_it_waits(
    cast: Cast, agreement: Agreement
) -> None:
    question, other = sent(cast, agreement), sent(cast, agreement)
    waits = Notice.objects.filter(kind="consultations.asked", user=cast.people[LEAD])
    assert waits.count() == 2
    answered(cast, question)
    assert waits.get().link == reverse("consultations:page", args=[other.pk])
    assert Notice.objects.filter(kind="consultations.answered").exists()


def test_the_agreement_may_end_it_earlier(cast: Cast, agreement: Agreement) -> None:
    from .conftest import CONSULTING

    shorter = CONSULTING | {"notes_deletion": {"number": 2, "unit": "weeks"}}
    factory.answer_all(agreement.versions.get(), shorter)
    question = sent(cast, agreement)
    answered(cast, question)
    assert fresh(question).ends_on == timezone.localdate() + timedelta(days=14)


def test_who_was_not_asked_cannot_answer(cast: Cast, agreement: Agreement) -> None:
    question = sent(cast, agreement)
    for who in (STRANGER, ASKER, "leonie-brandt"):
        with pytest.raises(NotAllowed):
            answered(cast, question, who)


def test_an_answer_is_guarded_as_strictly_as_a_question(cast: Cast, agreement: Agreement) -> None:
    question = sent(cast, agreement)
    with refusal("guard"):
        answered(cast, question, text="Ask her teacher, teacher@school.example, first.")
    assert fresh(question).state == State.SENT
    assert not Contribution.objects.exists()


def test_two_answers_at_once_are_both_kept_and_the_second_sees_the_first(
    cast: Cast, agreement: Agreement
) -> None:
    question = sent(cast, agreement)
    answered(cast, question)
    given = {"consultation": question, "text": "Another view: wait a week.", "kept": {}}
    with pytest.raises(Overtaken) as overtaken:
        answering.answer(actor=cast.actor(LEAD), revision=question.revision, **given)  # type: ignore[arg-type]
    assert [one.text for one in overtaken.value.came] == [ADVICE]
    answering.answer(actor=cast.actor(LEAD), revision=overtaken.value.revision, **given)  # type: ignore[arg-type]
    texts = {one.text for one in Contribution.objects.all()}
    assert texts == {ADVICE, "Another view: wait a week."}


def test_ones_own_words_from_another_window_do_not_stop_one(cast: Cast, agreement: Agreement) -> None:
    question = sent(cast, agreement)
    answered(cast, question)
    said = answering.answer(
        actor=cast.actor(ANSWERER),
        consultation=question,
        text="One more thing.",
        kept={},
        revision=question.revision,
    )
    assert said.text == "One more thing."


def test_what_one_has_seen_does_not_come_in_again_because_of_ones_own_words(
    cast: Cast, agreement: Agreement
) -> None:
    question = sent(cast, agreement)
    answered(cast, question, LEAD)
    seen = fresh(question).revision
    answered(cast, question)  # one's own, in another window
    one_more = {"consultation": question, "text": "One more thing.", "kept": {}}
    assert answering.answer(actor=cast.actor(ANSWERER), revision=seen, **one_more).pk  # type: ignore[arg-type]
    answered(cast, question, LEAD, text="A second thought.")
    with pytest.raises(Overtaken) as overtaken:
        answering.answer(actor=cast.actor(ANSWERER), revision=seen, **one_more | {"text": "And this."})  # type: ignore[arg-type]
    assert [one.text for one in overtaken.value.came] == ["A second thought."]


def test_two_clicks_send_one_answer(cast: Cast, agreement: Agreement) -> None:
    question = sent(cast, agreement)
    for verb, who in ((answering.ask_back, ANSWERER), (answering.reply, ASKER), (answering.answer, ANSWERER)):
        seen = fresh(question).revision
        once, twice = (
            verb(actor=cast.actor(who), consultation=question, text=ADVICE, kept={}, revision=seen)
            for _click in range(2)
        )
        assert once == twice
    assert Contribution.objects.count() == 3
    assert Notice.objects.filter(kind="consultations.answered").count() == 1


def test_a_question_back_and_a_reply_go_back_and_forth(cast: Cast, agreement: Agreement) -> None:
    question = sent(cast, agreement)
    answering.ask_back(
        actor=cast.actor(ANSWERER),
        consultation=question,
        text="Who is there in the evening?",
        kept={},
        revision=question.revision,
    )
    assert fresh(question).state == State.SENT
    assert Notice.objects.get(kind="consultations.asked_back").user == cast.people[ASKER]
    answering.reply(
        actor=cast.actor(ASKER),
        consultation=question,
        text="The grandmother.",
        kept={},
        revision=fresh(question).revision,
    )
    told = {n.user for n in Notice.objects.filter(kind="consultations.replied")}
    assert told == {cast.people[ANSWERER], cast.people[LEAD]}


def test_summing_up_closes_it_and_those_who_advised_learn_of_it(cast: Cast, agreement: Agreement) -> None:
    question = sent(cast, agreement)
    with refusal("wrong_state"):
        answering.sum_up(
            actor=cast.actor(ASKER), consultation=question, text="Done.", kept={}, revision=question.revision
        )
    answered(cast, question)
    answering.sum_up(
        actor=cast.actor(ASKER),
        consultation=question,
        text="We invite her to the group.",
        kept={},
        revision=fresh(question).revision,
    )
    assert fresh(question).state == State.CLOSED
    assert [n.user for n in Notice.objects.filter(kind="consultations.summed_up")] == [cast.people[ANSWERER]]


def test_did_it_help_is_three_words_and_only_the_asker_says_it(cast: Cast, agreement: Agreement) -> None:
    question = sent(cast, agreement)
    with refusal("wrong_state"):
        answering.rate(actor=cast.actor(ASKER), consultation=question, helped="yes")
    answered(cast, question)
    with pytest.raises(NotAllowed):
        answering.rate(actor=cast.actor(ANSWERER), consultation=question, helped="yes")
    with refusal("helped"):
        answering.rate(actor=cast.actor(ASKER), consultation=question, helped="very much")
    answering.rate(actor=cast.actor(ASKER), consultation=question, helped="part")
    assert fresh(question).helped == "part"


def test_taking_back_destroys_it_tells_those_asked_and_clears_the_agenda(
    cast: Cast, agreement: Agreement
) -> None:
    people = [cast.people[key] for key in (ASKER, ANSWERER)]
    meeting = a_meeting(agreement.network, Kind.CASE_DISCUSSION, people=people)
    discussed, asked = sent(cast, agreement, way=Way.DISCUSSION), sent(cast, agreement)
    for question in (discussed, asked):
        answering.take_back(actor=cast.actor(ASKER), consultation=question)
        found = fresh(question)
        assert (found.state, found.ending, found.case) == (State.ENDED, "withdrawn", "")
        assert not visible_to(cast.actor(ASKER)).filter(pk=question.pk).exists()
    assert AgendaItem.objects.get(meeting=meeting).state == AgendaItem.State.DROPPED
    notice = Notice.objects.filter(kind="consultations.withdrawn").first()
    assert notice is not None
    assert str(asked.pk) not in notice.link
    with pytest.raises(NotAllowed):
        answering.take_back(actor=cast.actor(ASKER), consultation=asked)


def test_an_answered_question_is_ended_and_not_taken_back(cast: Cast, agreement: Agreement) -> None:
    question = sent(cast, agreement)
    answered(cast, question)
    with refusal("wrong_state"):
        answering.take_back(actor=cast.actor(ASKER), consultation=question)


def test_after_the_agreement_ended_what_was_asked_may_still_be_answered(
    cast: Cast, agreement: Agreement
) -> None:
    question = sent(cast, agreement)
    factory.ended(agreement, timezone.localdate())
    lapse = lapse_of(fresh(question))
    assert lapse is not None
    assert (lapse.code, lapse.answerable) == ("agreement_ended", True)
    assert answered(cast, question).pk


def test_a_recipient_that_left_is_shown_and_the_lead_answers_for_an_adviser_who_left(
    cast: Cast, agreement: Agreement
) -> None:
    name_adviser(cast, agreement, email=cast.people[ANSWERER].email)
    question = sent(cast, agreement, way=Way.ADVISER)
    assert lapse_of(question) is None
    Membership.objects.filter(user=cast.people[ANSWERER]).update(ended_on=timezone.localdate())
    lapse = lapse_of(fresh(question))
    assert lapse is not None
    assert lapse.code == "adviser_left"
    asked = asked_of(fresh(question))
    assert (asked.people, asked.because) == ((cast.people[LEAD],), "left")
    with pytest.raises(NotAllowed):
        answered(cast, question)
    assert answered(cast, question, LEAD).by == cast.people[LEAD]
    NetworkMember.objects.filter(organization=question.recipient).update(left_on=timezone.localdate())
    gone = lapse_of(fresh(question))
    assert gone is not None
    assert gone.code == "recipient_left"


def test_an_asker_learns_that_nobody_is_left_who_could_answer(cast: Cast, agreement: Agreement) -> None:
    """In one's own house, too: who is asked leaves, and the only lead asked it."""
    own = drafted(cast.actor("leonie-brandt"), agreement, way=Way.OWN_HOUSE, adviser=cast.people[ASKER])
    question = send(actor=cast.actor("leonie-brandt"), consultation=own)
    assert lapse_of(fresh(question)) is None
    Membership.objects.filter(user=cast.people[ASKER]).update(ended_on=timezone.localdate())
    lapse = lapse_of(fresh(question))
    assert lapse is not None
    assert (lapse.code, lapse.answerable) == ("nobody_left", False)
    jobs.remind()
    assert Notice.objects.get(kind="consultations.lapsed").user == cast.people["leonie-brandt"]


def test_when_the_asker_has_left_their_lead_is_told_and_concludes(cast: Cast, agreement: Agreement) -> None:
    question = sent(cast, agreement)
    Membership.objects.filter(user=cast.people[ASKER]).update(ended_on=timezone.localdate())
    answered(cast, question)
    assert Notice.objects.get(kind="consultations.answered").user == cast.people["leonie-brandt"]
    answering.rate(actor=cast.actor("leonie-brandt"), consultation=question, helped="yes")
    assert fresh(question).helped == "yes"


# --- reminders ----------------------------------------------------------------------------------------------------


def due(question: Consultation, **ago: int) -> Consultation:
    """Moved so that its time was over so long ago (negative: is over in so long)."""
    at = timezone.now() - timedelta(**ago)
    Consultation.objects.filter(pk=question.pk).update(due_at=at, sent_at=at - timedelta(days=4))
    return fresh(question)


def reminders() -> list[str]:
    return [n.user.email for n in Notice.objects.filter(kind="consultations.reminder").select_related("user")]


def test_the_day_before_those_asked_are_reminded_once(cast: Cast, agreement: Agreement) -> None:
    question = due(sent(cast, agreement), hours=-6)
    assert jobs.remind() == 1
    assert jobs.remind() == 0
    assert set(reminders()) == {cast.people[ANSWERER].email, cast.people[LEAD].email}
    for notice in Notice.objects.filter(kind="consultations.reminder"):
        assert question.number in notice.text


def test_when_the_time_is_over_the_asker_is_told_once_and_later_the_lead(
    cast: Cast, agreement: Agreement
) -> None:
    name_adviser(cast, agreement, email=cast.people[ANSWERER].email)
    question = due(sent(cast, agreement, way=Way.ADVISER), hours=2)
    assert jobs.remind() == 1
    assert reminders() == [cast.people[ANSWERER].email]
    assert [n.user for n in Notice.objects.filter(kind="consultations.overdue")] == [cast.people[ASKER]]
    assert jobs.remind() == 0
    later = timezone.now() + timedelta(days=3)
    assert reminding.remind(actor=SYSTEM, consultation_id=question.pk, now=later)
    assert sorted(reminders()) == sorted([cast.people[ANSWERER].email, cast.people[LEAD].email])
    assert Notice.objects.filter(kind="consultations.overdue").count() == 1


def test_a_clock_that_stood_still_reminds_of_everything_at_once(cast: Cast, agreement: Agreement) -> None:
    name_adviser(cast, agreement, email=cast.people[ANSWERER].email)
    due(sent(cast, agreement, way=Way.ADVISER), days=5)
    assert jobs.remind() == 1
    assert set(reminders()) == {cast.people[ANSWERER].email, cast.people[LEAD].email}
    assert jobs.remind() == 0


def test_a_question_for_a_meeting_moves_with_it_and_its_reminders_ask_nobody_for_an_answer(
    cast: Cast, agreement: Agreement
) -> None:
    people = [cast.people[key] for key in (ASKER, ANSWERER)]
    meeting = a_meeting(agreement.network, Kind.CASE_DISCUSSION, people=people)
    question = sent(cast, agreement, way=Way.DISCUSSION)
    Consultation.objects.update(sent_at=timezone.now() - timedelta(days=4))
    assert jobs.remind() == 0
    tomorrow = timezone.now() + timedelta(hours=20)
    type(meeting).objects.filter(pk=meeting.pk).update(
        starts_at=tomorrow - timedelta(hours=2), ends_at=tomorrow
    )
    assert jobs.remind() == 1
    assert fresh(question).due_at == tomorrow
    assert fresh(question).ends_on == timezone.localdate(tomorrow) + timedelta(days=90)
    assert reminders() == [cast.people[ANSWERER].email]
    reminding.remind(actor=SYSTEM, consultation_id=question.pk, now=tomorrow + timedelta(hours=1))
    told = {n.user for n in Notice.objects.filter(kind="consultations.reminder")}
    assert told == {cast.people[ANSWERER], cast.people[ASKER]}
    assert not Notice.objects.filter(kind="consultations.overdue").exists()


def test_an_asker_is_told_once_that_the_recipient_has_gone(cast: Cast, agreement: Agreement) -> None:
    question = sent(cast, agreement)
    assert jobs.remind() == 0
    factory.left(agreement.parties.get(organization=question.recipient), timezone.localdate())
    assert jobs.remind() == 1
    assert jobs.remind() == 0
    (notice,) = Notice.objects.filter(kind="consultations.lapsed")
    assert notice.user == cast.people[ASKER]
    assert question.number in notice.text


def test_an_answered_question_is_not_reminded_of(cast: Cast, agreement: Agreement) -> None:
    question = sent(cast, agreement)
    answered(cast, question)
    due(question, days=1)
    assert jobs.remind() == 0


def test_no_mail_and_no_log_holds_a_word_of_the_case(cast: Cast, agreement: Agreement) -> None:
    question = sent(cast, agreement)
    answered(cast, question)
    due(question, days=1)
    told = [*Message.objects.values_list("subject", flat=True), *[m.body for m in Message.objects.all()]]
    told += Notice.objects.values_list("text", flat=True)
    told += [str(facts) for facts in Event.objects.values_list("facts", flat=True)]
    for words in ("mother", "grandmother", "relapse", "evenings"):
        assert not any(words in text for text in told)
