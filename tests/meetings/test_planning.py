"""Calling, moving, cancelling and holding a single meeting; inviting, answering, taking off the list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mtd.core.actor import ANONYMOUS, SYSTEM, Actor
from mtd.core.errors import Conflict, NotAllowed
from mtd.meetings import jobs
from mtd.meetings.actions import (
    answer,
    answer_by_link,
    cancel,
    invite,
    mark_held,
    move,
    note_answer,
    remove_participant,
    reopen,
)
from mtd.meetings.actions.keeping import forget_guests, remind_unanswered
from mtd.meetings.models import CancelReason, Meeting, Participant
from mtd.meetings.permissions import visible_to
from mtd.meetings.queries import next_steps, recent
from mtd.meetings.queries.people import Guest, guest_by_token, invitable, invited_by_default, personal_token
from mtd.meetings.series import wall
from mtd.notifications.models import Message, Notice
from mtd.organizations.models import Membership, Network
from tests.cast import Cast
from tests.factories.agreements import refusal
from tests.factories.meetings import a_meeting, hold, organizer, participant

Act = Callable[[str], Actor]
HOUR = timedelta(hours=1)
GUEST = Guest("Dr. Ina Feldmann", "Ina.Feldmann@Praxis.example")


def later(days: int = 30) -> datetime:
    return timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=days)


def mails(kind: str) -> list[Message]:
    return list(Message.objects.filter(kind=kind).order_by("created_at"))


# --- calling -----------------------------------------------------------------------------------------------


def test_calling_a_meeting_sends_everybody_one_mail_with_a_calendar_part(network: Network) -> None:
    meeting = a_meeting(network, guests=[GUEST])
    people = meeting.participants.count()
    assert people > 3
    assert len(mails("meetings.invited")) == people
    assert {mail.calendar_method for mail in mails("meetings.invited")} == {"REQUEST"}
    assert set(meeting.participants.values_list("told_sequence", flat=True)) == {0}


def test_mails_say_kind_network_date_and_place_and_never_the_title(network: Network) -> None:
    meeting = a_meeting(network, title="Wer hat Kevin gesehen", place="Rathaus, Raum 3", guests=[GUEST])
    start = meeting.local_start
    assert start is not None
    for mail in mails("meetings.invited"):
        assert "Kevin" not in f"{mail.subject} {mail.body} {mail.calendar}"
        assert network.name in mail.subject
        assert "Rathaus, Raum 3" in mail.body
        assert f"{start:%H:%M}" in mail.body
    assert not Notice.objects.filter(text__contains="Kevin").exists()


def test_a_guest_gets_a_link_of_their_own_and_people_with_an_account_the_page(
    network: Network, cast: Cast
) -> None:
    meeting = a_meeting(network, people=[cast.people["jonas-reuter"]], guests=[GUEST])
    to_guest = Message.objects.get(recipient__isnull=True)
    to_user = Message.objects.get(recipient=cast.people["jonas-reuter"])
    token = personal_token(participant(meeting, "ina.feldmann@praxis.example"))
    assert token in to_guest.body
    assert token not in to_user.body
    assert f"/meetings/{meeting.pk}/" in to_user.body
    assert guest_by_token(token) == participant(meeting, "ina.feldmann@praxis.example")
    assert guest_by_token(token[:-1]) is None


def test_who_calls_a_committee_is_the_coordination_or_a_lead(network: Network, act: Act) -> None:
    assert a_meeting(network, "committee", actor=act("leonie-brandt")).created_by_id
    with pytest.raises(NotAllowed):
        a_meeting(network, "committee", actor=act("jonas-reuter"))
    assert a_meeting(network, "exchange", actor=act("jonas-reuter"))
    with pytest.raises(NotAllowed):
        a_meeting(network, "exchange", actor=ANONYMOUS)


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("ends_before_start", {"minutes": -30}),
        ("ends_before_start", {"minutes": 0}),
        ("too_long", {"minutes": 60 * 25}),
        ("link", {"link": "javascript:alert(1)"}),
        ("link", {"link": "ftp://files.example/x"}),
        ("link", {"link": "www.example"}),
        ("place_kind", {"place_kind": "moon"}),
        ("kind", {"kind": "party"}),
    ],
)
def test_what_cannot_be_called_says_why(network: Network, code: str, fields: dict[str, object]) -> None:
    with refusal(code):
        a_meeting(network, people=[], **fields)  # type: ignore[arg-type]
    assert not Meeting.objects.exists()
    assert not Message.objects.exists()


def test_an_anonymous_case_discussion_has_no_title(network: Network) -> None:
    with refusal("no_title"):
        a_meeting(network, "case_discussion", title="Familie M.")


def test_the_past_is_for_meetings_that_were_held(network: Network) -> None:
    with refusal("past"):
        hold_off = timezone.now() - HOUR
        meeting = a_meeting(network, when=later(), people=[])
        move(actor=organizer(network), meeting=meeting, starts_at=hold_off, ends_at=timezone.now() + HOUR)
    with refusal("not_yet"):
        a_meeting(network, when=later(), held=True)
    with refusal("too_early"):
        a_meeting(network, when=datetime(1912, 4, 1, tzinfo=UTC), people=[])
    with refusal("too_far"):
        a_meeting(network, when=later(366 * 6), people=[])
    past = a_meeting(network, when=timezone.now() - timedelta(days=3000))
    assert past.state == Meeting.State.HELD
    assert not mails("meetings.invited") or all(
        m.created_at < past.created_at for m in mails("meetings.invited")
    )
    assert set(past.participants.values_list("attendance", flat=True)) == {"present"}


def test_everybody_is_on_the_list_once_however_often_they_are_named(network: Network, cast: Cast) -> None:
    jonas = cast.people["jonas-reuter"]
    twice = Guest("Ina F.", " ina.feldmann@PRAXIS.example ")
    as_guest = Guest("Jonas", jonas.email.upper())
    meeting = a_meeting(network, people=[jonas, jonas], guests=[GUEST, twice, as_guest])
    assert meeting.participants.count() == 2
    invite(actor=organizer(network), meeting=meeting, people=[jonas], guests=[twice])
    assert meeting.participants.count() == 2
    assert len(mails("meetings.invited")) == 2


def test_two_hundred_guests_can_be_invited_but_not_four_hundred(network: Network) -> None:
    guests = [Guest(f"Gast {n}", f"gast{n}@x.example") for n in range(400)]
    meeting = a_meeting(network, people=[], guests=guests[:200])
    assert meeting.participants.count() == 200
    assert len(mails("meetings.invited")) == 200
    with refusal("too_many"):
        a_meeting(network, people=[], guests=guests)


def test_strangers_and_people_who_left_cannot_be_invited_but_as_guests(network: Network, cast: Cast) -> None:
    jonas = cast.people["jonas-reuter"]
    Membership.objects.filter(user=jonas).update(ended_on=timezone.localdate() - timedelta(days=1))
    with refusal("not_in_network"):
        a_meeting(network, people=[jonas])
    with refusal("guest"):
        a_meeting(network, people=[], guests=[Guest("", "x@x.example")])
    meeting = a_meeting(network, people=[], guests=[Guest("Jonas Reuter", jonas.email)])
    assert participant(meeting, jonas.email).is_guest
    long_ago = a_meeting(network, when=timezone.now() - timedelta(days=90), people=[jonas])
    assert participant(long_ago, jonas).organization_id


def test_whom_one_usually_invites_depends_on_the_kind(network: Network) -> None:
    people = invitable(network)
    roles = {p.user: p.role for p in people}
    assert {roles[u] for u in invited_by_default("steering_group", people)} <= {"lead", "coordinator"}
    assert {roles[u] for u in invited_by_default("case_discussion", people)} <= {"worker", "moderator"}
    assert invited_by_default("other", people) == []


# --- moving and cancelling ---------------------------------------------------------------------------------


def test_moving_counts_up_tells_everybody_and_asks_for_a_new_answer(
    network: Network, act: Act, cast: Cast
) -> None:
    meeting = a_meeting(network)
    answer(actor=act("leonie-brandt"), meeting=meeting, answer="yes")
    move(actor=organizer(network), meeting=meeting, starts_at=later(40), ends_at=later(40) + HOUR, sequence=0)
    meeting.refresh_from_db()
    row = participant(meeting, cast.people["leonie-brandt"])
    assert (meeting.sequence, meeting.starts_at) == (1, later(40))
    assert row.answer_sequence < meeting.sequence
    assert row.told_sequence == 1
    assert {mail.calendar_method for mail in mails("meetings.moved")} == {"REQUEST"}
    assert len(mails("meetings.moved")) == meeting.participants.count()


def test_an_answer_still_holds_when_only_the_place_changes(network: Network, act: Act, cast: Cast) -> None:
    meeting = a_meeting(network)
    answer(actor=act("leonie-brandt"), meeting=meeting, answer="yes")
    assert meeting.starts_at is not None
    assert meeting.ends_at is not None
    move(
        actor=organizer(network),
        meeting=meeting,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        place="Haus B",
    )
    row = participant(meeting, cast.people["leonie-brandt"])
    assert row.answer_sequence == 1
    assert row.meeting.place == "Haus B"


def test_a_meeting_moved_across_the_clock_change_or_into_another_year_keeps_its_wall_clock_time(
    network: Network,
) -> None:
    year = timezone.now().year + 1
    for day in (date(year, 3, 27), date(year, 3, 30), date(year + 1, 1, 4)):
        start = wall(day, time(14), network.zone)
        meeting = a_meeting(network, when=start, people=[])
        move(
            actor=organizer(network),
            meeting=meeting,
            starts_at=wall(day + timedelta(days=210), time(14), network.zone),
            ends_at=wall(day + timedelta(days=210), time(16), network.zone),
        )
        meeting = Meeting.objects.get(pk=meeting.pk)
        assert meeting.local_start is not None
        assert meeting.local_start.hour == 14


def test_of_two_who_move_at_once_the_second_is_told_and_nothing_is_lost(network: Network) -> None:
    meeting = a_meeting(network)
    boss = organizer(network)
    move(actor=boss, meeting=meeting, starts_at=later(20), ends_at=later(20) + HOUR, sequence=0)
    with pytest.raises(Conflict):
        move(actor=boss, meeting=meeting, starts_at=later(25), ends_at=later(25) + HOUR, sequence=0)
    with pytest.raises(Conflict):
        cancel(actor=boss, meeting=meeting, reason=CancelReason.ILLNESS, sequence=0)
    meeting.refresh_from_db()
    assert meeting.starts_at == later(20)


def test_a_cancelled_meeting_is_told_and_cannot_be_moved_held_or_answered(network: Network, act: Act) -> None:
    meeting = a_meeting(network, guests=[GUEST])
    boss = organizer(network)
    with refusal("reason"):
        cancel(actor=boss, meeting=meeting, reason="Kevin hat Fieber")
    cancel(actor=boss, meeting=meeting, reason=CancelReason.ILLNESS)
    assert len(mails("meetings.cancelled")) == meeting.participants.count()
    assert {mail.calendar_method for mail in mails("meetings.cancelled")} == {"CANCEL"}
    with refusal("wrong_state"):
        move(actor=boss, meeting=meeting, starts_at=later(), ends_at=later() + HOUR)
    with refusal("wrong_state"):
        mark_held(actor=boss, meeting=meeting)
    with refusal("wrong_state"):
        answer(actor=act("leonie-brandt"), meeting=meeting, answer="yes")
    with refusal("wrong_state"):
        invite(actor=boss, meeting=meeting, guests=[Guest("X", "x@x.example")])
    with refusal("wrong_state"):
        cancel(actor=boss, meeting=meeting, reason=CancelReason.ILLNESS)


def test_only_who_called_it_and_the_coordination_move_and_cancel(network: Network, act: Act) -> None:
    meeting = a_meeting(network)
    for verb in (
        lambda: move(actor=act("jonas-reuter"), meeting=meeting, starts_at=later(), ends_at=later() + HOUR),
        lambda: cancel(actor=act("jonas-reuter"), meeting=meeting, reason=CancelReason.OTHER),
        lambda: invite(actor=act("jonas-reuter"), meeting=meeting, guests=[GUEST]),
        lambda: mark_held(actor=act("jonas-reuter"), meeting=meeting),
    ):
        with pytest.raises(NotAllowed):
            verb()


# --- held --------------------------------------------------------------------------------------------------


def test_a_meeting_is_held_only_once_it_has_begun(network: Network) -> None:
    meeting = a_meeting(network)
    with refusal("not_yet"):
        mark_held(actor=organizer(network), meeting=meeting)
    held = hold(meeting)
    assert held.held_on is not None
    assert set(held.participants.values_list("attendance", flat=True)) == {Participant.Attendance.PRESENT}
    with refusal("wrong_state"):
        mark_held(actor=organizer(network), meeting=meeting)


def test_held_by_mistake_can_be_taken_back_until_the_minutes_are_out(network: Network) -> None:
    meeting = hold(a_meeting(network))
    assert reopen(actor=organizer(network), meeting=meeting).state == Meeting.State.PLANNED
    mark_held(actor=organizer(network), meeting=meeting)
    Meeting.objects.filter(pk=meeting.pk).update(minutes=Meeting.Minutes.CIRCULATED)
    with refusal("minutes_out"):
        reopen(actor=organizer(network), meeting=meeting)


# --- answers -----------------------------------------------------------------------------------------------


def test_answers_come_by_page_by_link_and_by_the_organiser(network: Network, act: Act, cast: Cast) -> None:
    meeting = a_meeting(network, guests=[GUEST])
    answer(actor=act("leonie-brandt"), meeting=meeting, answer="yes")
    guest = participant(meeting, "ina.feldmann@praxis.example")
    answer_by_link(actor=ANONYMOUS, participant=guest, answer="maybe")
    other = meeting.participants.filter(user__isnull=False).exclude(user=cast.people["leonie-brandt"])[0]
    note_answer(actor=organizer(network), participant=other, answer="no")
    assert set(meeting.participants.exclude(answer="none").values_list("answer", "source")) == {
        ("yes", "page"),
        ("maybe", "link"),
        ("no", "organizer"),
    }
    with refusal("answer"):
        answer(actor=act("leonie-brandt"), meeting=meeting, answer="of course")


def test_who_is_not_invited_cannot_answer(network: Network, act: Act) -> None:
    meeting = a_meeting(network, people=[], guests=[GUEST])
    with pytest.raises(NotAllowed):
        answer(actor=act("jonas-reuter"), meeting=meeting, answer="yes")
    with pytest.raises(NotAllowed):
        answer(actor=SYSTEM, meeting=meeting, answer="yes")


def test_who_is_taken_off_the_list_gets_a_cancellation_and_loses_the_link(
    network: Network, act: Act, cast: Cast
) -> None:
    jonas = cast.people["jonas-reuter"]
    meeting = a_meeting(network, "other", people=[jonas], guests=[GUEST], actor=act("miriam-hoffstedt"))
    guest = participant(meeting, "ina.feldmann@praxis.example")
    boss = act("miriam-hoffstedt")
    assert visible_to(act("jonas-reuter")).filter(pk=meeting.pk).exists()
    remove_participant(actor=boss, participant=participant(meeting, jonas))
    remove_participant(actor=boss, participant=guest)
    assert [mail.calendar_method for mail in mails("meetings.removed")] == ["CANCEL", "CANCEL"]
    assert not visible_to(act("jonas-reuter")).filter(pk=meeting.pk).exists()
    assert guest_by_token(personal_token(guest)) is None
    with refusal("already_removed"):
        remove_participant(actor=boss, participant=guest)
    invite(actor=boss, meeting=meeting, guests=[GUEST])
    assert guest_by_token(personal_token(guest)) == guest


# --- the clock ---------------------------------------------------------------------------------------------


def test_who_has_not_answered_is_reminded_once_two_days_before(network: Network, act: Act) -> None:
    soon = a_meeting(network, when=timezone.now() + timedelta(hours=40), guests=[GUEST])
    a_meeting(network, when=later(5), guests=[GUEST])
    answer(actor=act("leonie-brandt"), meeting=soon, answer="no")
    expected = soon.participants.filter(answer="none").count()
    assert jobs.remind_unanswered() == expected
    assert jobs.remind_unanswered() == 0
    assert remind_unanswered(actor=SYSTEM, meeting_id=soon.pk, now=timezone.now() + timedelta(days=9)) == 0
    assert len([m for m in mails("meetings.reminder") if m.recipient is None]) == 1
    assert Notice.objects.filter(kind="meetings.reminder").count() == expected - 1


def test_who_left_the_network_is_taken_off_meetings_to_come_and_the_caller_is_told(
    network: Network, cast: Cast, act: Act
) -> None:
    jonas = cast.people["jonas-reuter"]
    ahead = a_meeting(network, "exchange", actor=act("leonie-brandt"))
    held = a_meeting(network, "exchange", when=timezone.now() - timedelta(days=20))
    Membership.objects.filter(user=jonas).update(ended_on=timezone.localdate() - timedelta(days=1))
    assert jobs.let_go_who_left() == 1
    assert jobs.let_go_who_left() == 0
    assert participant(ahead, jonas).removed_at is not None
    assert participant(held, jonas).removed_at is None
    assert Notice.objects.filter(kind="meetings.people_left", user=cast.people["leonie-brandt"]).count() == 1


def test_names_and_addresses_of_guests_go_after_a_year_and_attendance_stays(network: Network) -> None:
    meeting = hold(a_meeting(network, people=[], guests=[GUEST]))
    assert forget_guests(actor=SYSTEM) == 0
    after_a_year = timezone.now() + timedelta(days=366)
    assert forget_guests(actor=SYSTEM, now=after_a_year) == 1
    assert forget_guests(actor=SYSTEM, now=after_a_year) == 0
    guest = meeting.participants.get()
    assert (guest.name, guest.email, guest.token_hash) == ("", "", "")
    assert guest.attendance == Participant.Attendance.PRESENT
    assert guest.shown_name == "a guest"


# --- the start page ----------------------------------------------------------------------------------------


def test_the_start_page_asks_for_an_answer_then_shows_the_week_then_asks_whether_it_was_held(
    network: Network, act: Act
) -> None:
    meeting = a_meeting(network, when=later(3), title="Geheimer Titel")
    lead = act("leonie-brandt")
    (step,) = next_steps(lead)
    assert step.url == f"/meetings/{meeting.pk}/"
    assert "Geheimer" not in step.title + step.text
    answer(actor=lead, meeting=meeting, answer="yes")
    (step,) = next_steps(lead)
    assert step.action == "Open the meeting"
    answer(actor=lead, meeting=meeting, answer="no")
    assert next_steps(lead) == []
    Meeting.objects.filter(pk=meeting.pk).update(
        starts_at=timezone.now() - 3 * HOUR, ends_at=timezone.now() - HOUR
    )
    assert [s.action for s in next_steps(organizer(network))] == ["Mark it as held"]
    assert next_steps(lead) == []


def test_news_tell_of_invitations_and_cancellations_but_not_of_ones_own(network: Network, act: Act) -> None:
    before = timezone.now()
    meeting = a_meeting(network)
    assert len(recent(act("leonie-brandt"), before)) == 1
    assert recent(organizer(network), before) == []
    cancel(actor=organizer(network), meeting=meeting, reason=CancelReason.TOO_FEW)
    (news,) = recent(act("leonie-brandt"), before)
    assert news.text.startswith("Cancelled")


def test_steps_take_as_many_queries_for_ten_meetings_as_for_one(network: Network, act: Act) -> None:
    lead = act("leonie-brandt")
    a_meeting(network, when=later(3))
    with CaptureQueriesContext(
        connection,
    ) as one:
        next_steps(lead)
    for days in range(4, 12):
        a_meeting(network, when=later(days))
    with CaptureQueriesContext(connection) as many:
        next_steps(lead)
    assert len(many) == len(one)
