"""Sending: the door and the guard are asked once more, and nothing is lost when one of them says no."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mtd.agreements.models import Agreement
from mtd.audit.models import Event
from mtd.consultations import jobs
from mtd.consultations.actions import asking
from mtd.consultations.actions.asking import send
from mtd.consultations.actions.drafting import begin
from mtd.consultations.models import Absence, Consultation, Way
from mtd.consultations.permissions import can_sum_up, visible_to
from mtd.core.deadlines import deadline
from mtd.core.errors import NotAllowed
from mtd.core.guarded import judge
from mtd.meetings.actions import cancel, take_over
from mtd.meetings.models import AgendaItem, CancelReason, Kind
from mtd.notifications.models import Notice
from tests.cast import Cast
from tests.factories import cooperation as factory
from tests.factories.agreements import refusal
from tests.factories.meetings import a_meeting, hold, organizer

from .lives import ANSWERER, ASKER, LEAD, STRANGER, a_case, drafted, sent

pytestmark = pytest.mark.django_db
Browse = Callable[[str], Client]
State = Consultation.State


def test_a_question_is_sent_with_deadline_and_end(cast: Cast, agreement: Agreement) -> None:
    found = sent(cast, agreement)
    assert found.state == State.SENT
    assert found.sent_at is not None
    network = agreement.network
    assert found.due_at == deadline(found.sent_at, 3, "working_days", network.country, network.zone)
    assert found.ends_on == timezone.localdate(found.due_at) + timedelta(days=90)
    assert (found.from_system, found.to_system) == ("addiction_care", "youth_welfare")
    assert visible_to(cast.actor(ANSWERER)).filter(pk=found.pk).exists()
    assert not visible_to(cast.actor(STRANGER)).filter(pk=found.pk).exists()


def test_those_asked_are_told_a_number_and_a_day_and_nothing_else(cast: Cast, agreement: Agreement) -> None:
    found = sent(cast, agreement)
    notices = Notice.objects.filter(kind="consultations.asked")
    assert {n.user for n in notices} == {cast.people[ANSWERER], cast.people[LEAD]}
    for notice in notices:
        assert found.number in notice.text
        assert "relapse" not in notice.text
        assert notice.link.endswith(f"/{found.pk}/")


def test_the_log_knows_codes_and_numbers_only(cast: Cast, agreement: Agreement) -> None:
    sent(cast, agreement)
    event = Event.objects.get(verb="consultation.sent")
    assert event.facts["way"] == "partner"
    assert "mother" not in str(event.facts)


def test_only_its_author_sends_a_draft_and_only_once(cast: Cast, agreement: Agreement) -> None:
    draft = drafted(cast.actor(ASKER), agreement)
    with pytest.raises(NotAllowed):
        send(actor=cast.actor("leonie-brandt"), consultation=draft)
    send(actor=cast.actor(ASKER), consultation=draft)
    with pytest.raises(NotAllowed):
        send(actor=cast.actor(ASKER), consultation=draft)


def test_a_name_in_any_text_stops_the_sending_and_keeps_the_draft(cast: Cast, agreement: Agreement) -> None:
    case = a_case(strains=("Call the father at 0172 1234567 or father@example.org.",))
    draft = drafted(cast.actor(ASKER), agreement, case=case)
    with refusal("guard"):
        send(actor=cast.actor(ASKER), consultation=draft)
    stored = Consultation.objects.get(pk=draft.pk)
    assert stored.state == State.DRAFT
    assert "father@example.org" in stored.case
    assert not Notice.objects.exists()


def test_a_passage_that_was_kept_with_a_reason_passes(cast: Cast, agreement: Agreement) -> None:
    story = "The mother has relapsed. They moved to Ahlenried."
    (passage,) = judge(story).passages
    assert not passage.must_go
    actor = cast.actor(ASKER)
    draft = drafted(actor, agreement, case=a_case(story=story))
    with refusal("guard"):
        send(actor=actor, consultation=draft)
    draft.kept = f'{{"story":{{"{passage.token}":"no such reason"}}}}'
    draft.save(update_fields=["kept"])
    with refusal("guard"):
        send(actor=actor, consultation=draft)
    draft.kept = f'{{"story":{{"{passage.token}":"public"}}}}'
    draft.save(update_fields=["kept"])
    assert send(actor=actor, consultation=draft).state == State.SENT


def test_what_the_guard_cannot_judge_as_a_whole_is_not_cleared() -> None:
    with refusal("guard") as refused:
        asking.require_clear("The child sleeps well. " * 20_000, {})
    assert "too long" in str(refused.value)


def test_an_incomplete_case_is_not_sent(cast: Cast, agreement: Agreement) -> None:
    draft = drafted(cast.actor(ASKER), agreement, case=a_case(question=""))
    with refusal("incomplete") as refused:
        send(actor=cast.actor(ASKER), consultation=draft)
    assert "your question" in str(refused.value)


def test_a_draft_changed_in_another_window_is_looked_at_again(cast: Cast, agreement: Agreement) -> None:
    draft = drafted(cast.actor(ASKER), agreement)
    with refusal("draft_changed"):
        send(actor=cast.actor(ASKER), consultation=draft, revision=draft.revision + 1)


def test_the_agreement_ending_meanwhile_closes_the_door(cast: Cast, agreement: Agreement) -> None:
    draft = drafted(cast.actor(ASKER), agreement)
    factory.ended(agreement, timezone.localdate())
    with refusal("door_gone"):
        send(actor=cast.actor(ASKER), consultation=Consultation.objects.get(pk=draft.pk))
    assert Consultation.objects.get(pk=draft.pk).state == State.DRAFT


def test_the_recipient_leaving_meanwhile_closes_the_door(cast: Cast, agreement: Agreement) -> None:
    draft = drafted(cast.actor(ASKER), agreement)
    factory.left(
        agreement.parties.get(organization=cast.organizations["kreisjugendamt-birkenfurt"]),
        timezone.localdate(),
    )
    with refusal("door_closed"):
        send(actor=cast.actor(ASKER), consultation=draft)


def test_a_forged_recipient_outside_the_agreement_is_refused(cast: Cast, agreement: Agreement) -> None:
    actor = cast.actor(ASKER)
    draft = drafted(actor, agreement)
    draft.recipient = cast.organizations["caritas-heinsberg"]
    draft.save(update_fields=["recipient"])
    with refusal("door_gone"):
        send(actor=actor, consultation=draft)


def test_a_case_discussion_gets_the_question_on_its_agenda_by_number(
    cast: Cast, agreement: Agreement
) -> None:
    people = [cast.people[key] for key in ("leonie-brandt", ANSWERER)]
    meeting = a_meeting(agreement.network, Kind.CASE_DISCUSSION, people=people)
    found = sent(cast, agreement, way=Way.DISCUSSION)
    item = AgendaItem.objects.get(meeting=meeting)
    assert found.number in item.title
    assert (item.source_kind, item.source_id, item.text) == ("consultation", str(found.pk), "")
    assert found.due_at == meeting.ends_at
    assert visible_to(cast.actor(ANSWERER)).filter(pk=found.pk).exists()
    assert not visible_to(cast.actor(LEAD)).filter(pk=found.pk).exists()


def test_the_agenda_leads_to_the_question_whom_it_is_for(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    people = [cast.people[key] for key in (ASKER, ANSWERER)]
    meeting = a_meeting(agreement.network, Kind.CASE_DISCUSSION, people=people)
    link = f'href="/consultations/{sent(cast, agreement, way=Way.DISCUSSION).pk}/"'
    agenda = reverse("meetings:agenda", args=[meeting.pk])
    assert link in browse(ANSWERER).get(agenda).content.decode()
    coordination = browse("miriam-hoffstedt").get(agenda)
    assert coordination.status_code == 200
    assert link not in coordination.content.decode()


def test_a_question_the_meeting_did_not_get_to_goes_to_the_next_one(cast: Cast, agreement: Agreement) -> None:
    first = a_meeting(agreement.network, Kind.CASE_DISCUSSION, people=[cast.people[ASKER]])
    question = sent(cast, agreement, way=Way.DISCUSSION)
    hold(first)
    AgendaItem.objects.filter(meeting=first).update(state=AgendaItem.State.CARRIED)  # as the minutes go out
    people = [cast.people[key] for key in (ASKER, ANSWERER)]
    following = a_meeting(agreement.network, Kind.CASE_DISCUSSION, people=people)
    assert not visible_to(cast.actor(ANSWERER)).filter(pk=question.pk).exists()
    take_over(actor=organizer(agreement.network), meeting=following)
    jobs.remind()
    moved = Consultation.objects.get(pk=question.pk)
    assert (moved.meeting, moved.due_at) == (following, following.ends_at)
    assert visible_to(cast.actor(ANSWERER)).filter(pk=question.pk).exists()
    assert Notice.objects.filter(kind="consultations.asked", user=cast.people[ANSWERER]).count() == 1
    jobs.remind()
    assert Notice.objects.filter(kind="consultations.asked", user=cast.people[ANSWERER]).count() == 1
    assert can_sum_up(cast.actor(ASKER), moved)  # it may have been talked over in the first one all the same


def test_who_was_taken_off_the_list_of_the_meeting_reads_it_no_more(cast: Cast, agreement: Agreement) -> None:
    people = [cast.people[key] for key in ("leonie-brandt", ANSWERER)]
    meeting = a_meeting(agreement.network, Kind.CASE_DISCUSSION, people=people)
    found = sent(cast, agreement, way=Way.DISCUSSION)
    meeting.participants.filter(user=cast.people[ANSWERER]).update(removed_at=timezone.now())
    assert not visible_to(cast.actor(ANSWERER)).filter(pk=found.pk).exists()


def test_a_cancelled_meeting_takes_no_question(cast: Cast, agreement: Agreement) -> None:
    people = [cast.people[ASKER]]
    meeting = a_meeting(agreement.network, Kind.CASE_DISCUSSION, people=people)
    actor = cast.actor(ASKER)
    draft = drafted(actor, agreement, way=Way.DISCUSSION)
    cancel(actor=organizer(agreement.network), meeting=meeting, reason=CancelReason.ILLNESS)
    with refusal("door_gone"):
        send(actor=actor, consultation=draft)


def test_ones_own_house_needs_no_agreement_and_ends_all_the_same(cast: Cast) -> None:
    actor, network = cast.actor(ASKER), cast.networks["birkenfurt"]
    draft = begin(
        actor=actor,
        network=network,
        way=Way.OWN_HOUSE,
        recipient=cast.organizations["suchtberatung-am-markt"],
        adviser=cast.people["leonie-brandt"],
    )
    draft.case, draft.topic = a_case().to_json(), "talking"
    draft.save(update_fields=["case", "topic"])
    found = send(actor=actor, consultation=draft)
    assert found.ends_on is not None
    assert found.agreement is None
    assert visible_to(cast.actor("leonie-brandt")).filter(pk=found.pk).exists()
    assert not visible_to(cast.actor(ANSWERER)).filter(pk=found.pk).exists()


def test_the_deputy_is_asked_when_the_adviser_is_away(cast: Cast, agreement: Agreement) -> None:
    from .test_doors import name_adviser

    name_adviser(cast, agreement, email=cast.people[ANSWERER].email)
    deputy = cast.people[LEAD]
    Absence.objects.create(
        user=cast.people[ANSWERER],
        organization=cast.organizations["kreisjugendamt-birkenfurt"],
        since=timezone.localdate(),
        until=timezone.localdate(),
        deputy=deputy,
    )
    sent(cast, agreement, way=Way.ADVISER)
    assert [n.user for n in Notice.objects.filter(kind="consultations.asked")] == [deputy]


def test_a_text_that_is_not_clear_has_no_way_around_the_form() -> None:
    with refusal("guard"):
        asking.require_clear("Write to somebody@example.org", {})
    asking.require_clear("The child sleeps well.", {})
