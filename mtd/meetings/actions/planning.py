"""A single meeting: called, moved, cancelled, marked as held.

The identity guard sits in the guarded fields of `forms.planning`: what arrives here has passed it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mtd.accounts.models import User
from mtd.audit.actions import record
from mtd.core.actor import Actor
from mtd.core.errors import Conflict, Refused, require
from mtd.meetings.calling import check_ahead, check_place, check_span, check_title, check_was
from mtd.meetings.models import MEETING_TRANSITIONS, CancelReason, Meeting, Participant, Place, after
from mtd.meetings.permissions import can_call, can_organize, can_write_minutes
from mtd.meetings.queries.people import Guest, participants_of, still_here
from mtd.meetings.queries.words import local_moment
from mtd.organizations.models import Network, NetworkMember, Organization

from .inviting import enlist, keep_answers_that_hold, locked, told
from .telling import CANCELLED, INVITED, MOVED, tell, tell_poll


def require_current(meeting: Meeting, sequence: int | None) -> None:
    """Raise Conflict if somebody changed the meeting since the person looked at it."""
    if sequence is not None and sequence != meeting.sequence:
        when = local_moment(meeting.local_start) if meeting.local_start else "–"
        raise Conflict(
            _(
                "Somebody changed this meeting while you were looking at it; it is now on %(when)s. "
                "Your change was not made. Please look at it once more and decide again."
            )
            % {"when": when},
            code="changed_meanwhile",
        )


def require_host(network: Network, host: Organization | None) -> None:
    """Raise Refused for a host that is not of the network."""
    if (
        host is not None
        and not NetworkMember.objects.filter(
            network=network, organization=host, left_on__isnull=True
        ).exists()
    ):
        raise Refused(
            _("The host must be an organisation of this network."), code="host_elsewhere", field="host"
        )


@transaction.atomic(durable=True)
def call_meeting(
    *,
    actor: Actor,
    network: Network,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    title: str = "",
    place_kind: str = Place.ON_SITE,
    place: str = "",
    link: str = "",
    host: Organization | None = None,
    subject_id: uuid.UUID | None = None,
    people: Iterable[User] = (),
    guests: Iterable[Guest] = (),
    held: bool = False,
    present: Iterable[User] | None = None,
) -> Meeting:
    """Call a meeting and invite to it, one mail each; with `held` note one that has taken place, without any mail.

    `present` says who of the people was there; all others are noted as not there. Who calls it keeps its minutes.

    Raises NotAllowed (see `can_call`) and Refused: in the past (or, with `held`, in the future), ends before it
    begins, a bad link, a title of a case discussion, people who are not of the network.
    """
    require(can_call(actor, network, kind))
    check_title(kind, title)
    check_span(starts_at, ends_at)
    check_place(place_kind, link)
    (check_was if held else check_ahead)(starts_at)
    if not held:
        require_host(network, host)
    meeting = Meeting.objects.create(
        network=network,
        kind=kind,
        title=title.strip(),
        subject_id=subject_id,
        state=Meeting.State.HELD if held else Meeting.State.PLANNED,
        starts_at=starts_at,
        ends_at=ends_at,
        place_kind=place_kind,
        place=place.strip(),
        link=link,
        host=host,
        created_by_id=actor.user_id,
        minute_taker_id=actor.user_id,
    )
    day = starts_at.astimezone(network.zone).date()
    new = enlist(meeting, people, guests, on=day if held else None)
    if held and present is not None:
        there = {user.pk for user in present}
        for participant in new:
            came = participant.user_id in there
            participant.attendance = Participant.Attendance.PRESENT if came else Participant.Attendance.ABSENT
        Participant.objects.bulk_update(new, ["attendance"])
    if not held and new:
        tell(actor=actor, meeting=meeting, people=new, what=INVITED)
        told(new, meeting)
        Meeting.objects.filter(pk=meeting.pk).update(invited_at=timezone.now())
    record(actor, "meeting.called", meeting, kind=kind, on=day, people=len(new), held=held)
    return meeting


@transaction.atomic(durable=True)
def move(
    *,
    actor: Actor,
    meeting: Meeting,
    starts_at: datetime,
    ends_at: datetime,
    place_kind: str | None = None,
    place: str | None = None,
    link: str | None = None,
    sequence: int | None = None,
) -> Meeting:
    """Move a meeting to another time or place and tell everybody; of a series only this one moves.

    `sequence` is the one that the person saw: if somebody changed the meeting meanwhile, Conflict. Answers to another
    time no longer count; if only the place changes, they do. Raises Refused: cancelled or held, in the past.
    """
    meeting = locked(meeting)
    require(can_organize(actor, meeting))
    after(MEETING_TRANSITIONS, meeting.state, "move")
    require_current(meeting, sequence)
    check_span(starts_at, ends_at)
    check_ahead(starts_at)
    place_kind = meeting.place_kind if place_kind is None else place_kind
    link = meeting.link if link is None else link
    check_place(place_kind, link)
    before, same_time = meeting.sequence, (meeting.starts_at, meeting.ends_at) == (starts_at, ends_at)
    meeting.starts_at, meeting.ends_at = starts_at, ends_at
    meeting.place_kind, meeting.link = place_kind, link
    meeting.place = meeting.place if place is None else place.strip()
    meeting.sequence += 1
    meeting.save(update_fields=["starts_at", "ends_at", "place_kind", "place", "link", "sequence"])
    if same_time:
        keep_answers_that_hold(meeting, before)
    else:
        Participant.objects.filter(meeting=meeting).update(reminded_at=None)
    people = still_here(meeting, participants_of(meeting))
    tell(actor=actor, meeting=meeting, people=people, what=MOVED)
    told(people, meeting)
    record(actor, "meeting.moved", meeting, starts_at=starts_at, sequence=meeting.sequence)
    return meeting


@transaction.atomic(durable=True)
def cancel(*, actor: Actor, meeting: Meeting, reason: str, sequence: int | None = None) -> Meeting:
    """Cancel a meeting; everybody invited is told, their calendars take it out. Agenda and answers stay readable.

    Raises Refused if it was held or cancelled already, Conflict as `move` does.
    """
    meeting = locked(meeting)
    require(can_organize(actor, meeting))
    state = after(MEETING_TRANSITIONS, meeting.state, "cancel")
    require_current(meeting, sequence)
    if reason not in CancelReason.values:
        raise Refused(_("Please choose why it does not take place."), code="reason", field="reason")
    had_date = meeting.state == Meeting.State.PLANNED
    meeting.state, meeting.cancel_reason, meeting.cancelled_at = state, reason, timezone.now()
    meeting.sequence += 1
    meeting.save(update_fields=["state", "cancel_reason", "cancelled_at", "sequence"])
    people = still_here(meeting, participants_of(meeting))
    if had_date:
        tell(actor=actor, meeting=meeting, people=people, what=CANCELLED)
        told(people, meeting)
    else:
        tell_poll(actor=actor, meeting=meeting, people=people, ended=True)
    record(actor, "meeting.cancelled", meeting, reason=reason, sequence=meeting.sequence)
    return meeting


@transaction.atomic(durable=True)
def mark_held(
    *, actor: Actor, meeting: Meeting, attendance: Mapping[uuid.UUID, str] | None = None
) -> Meeting:
    """Mark a meeting as held, once it has begun; `attendance` notes who was there, by participant.

    Raises Refused before it begins, or if it was cancelled or is marked already.
    """
    meeting = locked(meeting)
    require(can_write_minutes(actor, meeting))
    state = after(MEETING_TRANSITIONS, meeting.state, "hold")
    assert meeting.starts_at is not None
    if meeting.starts_at > timezone.now():
        raise Refused(
            _("This meeting has not begun yet. It can be marked as held from its beginning on."),
            code="not_yet",
        )
    meeting.state = state
    meeting.save(update_fields=["state"])
    for participant_id, seen in (attendance or {}).items():
        if seen not in Participant.Attendance.values:
            raise Refused(_("Please choose one of the answers."), code="attendance")
        Participant.objects.filter(meeting=meeting, pk=participant_id).update(attendance=seen)
    record(actor, "meeting.held", meeting, on=meeting.held_on)
    return meeting


@transaction.atomic(durable=True)
def reopen(*, actor: Actor, meeting: Meeting) -> Meeting:
    """Take back that a meeting was held, as long as its minutes went to nobody."""
    meeting = locked(meeting)
    require(can_write_minutes(actor, meeting))
    state = after(MEETING_TRANSITIONS, meeting.state, "reopen")
    if meeting.minutes not in (Meeting.Minutes.NONE, Meeting.Minutes.OPEN):
        raise Refused(
            _("Its minutes have been sent out, so it stays held. Correct the minutes instead."),
            code="minutes_out",
        )
    meeting.state = state
    meeting.save(update_fields=["state"])
    record(actor, "meeting.reopened", meeting)
    return meeting
