"""What the clock does with participants: reminding them, letting those go who left, forgetting guests."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from mtd.accounts.models import User
from mtd.audit.actions import record
from mtd.core.actor import Actor
from mtd.meetings.models import Meeting, Participant
from mtd.meetings.queries.meetings import guests_due, unanswered_soon
from mtd.meetings.queries.people import participants_of, still_here
from mtd.notifications.actions import notify

from .inviting import locked
from .telling import remind


@transaction.atomic(durable=True)
def remind_unanswered(*, actor: Actor, meeting_id: uuid.UUID, now: datetime | None = None) -> int:
    """Remind those who have not answered to a meeting that is two days away, each once; returns how many."""
    moment = now or timezone.now()
    meeting = locked(Meeting(pk=meeting_id))
    due = unanswered_soon(moment).filter(meeting=meeting).select_related("user")
    people = still_here(meeting, due)
    done = 0
    for person in people:
        if Participant.objects.filter(pk=person.pk, reminded_at__isnull=True).update(reminded_at=moment):
            person.meeting = meeting
            remind(actor=actor, person=person)
            done += 1
    if done:
        record(actor, "meeting.reminded", meeting, people=done)
    return done


@transaction.atomic(durable=True)
def let_go_who_left(*, actor: Actor, meeting_id: uuid.UUID) -> int:
    """Take those off a meeting to come who no longer work in the network; who called it is told how many."""
    meeting = locked(Meeting(pk=meeting_id))
    people = list(participants_of(meeting))
    here = {person.pk for person in still_here(meeting, people)}
    left = [person.pk for person in people if person.pk not in here]
    if not left or meeting.state not in (Meeting.State.POLLING, Meeting.State.PLANNED):
        return 0
    Participant.objects.filter(pk__in=left).update(removed_at=timezone.now())
    caller = User.objects.filter(pk__in=[meeting.created_by_id])
    notify(
        actor=actor,
        users=caller,
        kind="meetings.people_left",
        text=lambda: (
            ngettext(
                "%(count)s person left the network and was taken off a meeting. Does somebody come instead?",
                "%(count)s people left the network and were taken off a meeting. Does somebody come instead?",
                len(left),
            )
            % {"count": len(left)}
        ),
        link=reverse("meetings:meeting", args=[meeting.pk]),
    )
    record(actor, "meeting.people_left", meeting, people=len(left))
    return len(left)


@transaction.atomic(durable=True)
def forget_guests(*, actor: Actor, now: datetime | None = None) -> int:
    """Empty names and addresses of guests, MTD_KEEP_GUESTS after the meeting; that one was there stays countable."""
    due = list(guests_due(now or timezone.now()).select_related("meeting"))
    by_meeting: dict[uuid.UUID, list[Participant]] = {}
    for guest in due:
        by_meeting.setdefault(guest.meeting_id, []).append(guest)
    for guests in by_meeting.values():
        Participant.objects.filter(pk__in=[guest.pk for guest in guests]).update(
            name="", email="", token_hash="", language=""
        )
        record(actor, "meeting.guests_forgotten", guests[0].meeting, guests=len(guests))
    return len(due)
