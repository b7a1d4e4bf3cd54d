"""Calling, moving, cancelling and holding a single meeting."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from mtd.meetings.models import Meeting, Participant
from mtd.notifications.models import Message
from mtd.organizations.models import Network
from tests.factories.meetings import a_meeting, hold


def test_calling_a_meeting_sends_everybody_one_mail_with_a_calendar_part(network: Network) -> None:
    meeting = a_meeting(network)
    people = meeting.participants.count()
    mails = list(Message.objects.filter(kind="meetings.invited"))
    assert people > 3
    assert len(mails) == people
    assert {mail.calendar_method for mail in mails} == {"REQUEST"}
    assert set(meeting.participants.values_list("told_sequence", flat=True)) == {0}


def test_a_meeting_can_be_held_and_noted_afterwards(network: Network) -> None:
    meeting = hold(a_meeting(network))
    assert meeting.state == Meeting.State.HELD
    assert meeting.held_on is not None
    assert set(meeting.participants.values_list("attendance", flat=True)) == {Participant.Attendance.PRESENT}
    past = a_meeting(network, when=timezone.now() - timedelta(days=3650))
    assert past.state == Meeting.State.HELD
    assert not Message.objects.filter(kind="meetings.invited", created_at__gt=past.created_at).exists()
