"""Finding a date: proposing some, saying which suit, fixing one."""

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
from mtd.core.errors import NotAllowed, Refused, require
from mtd.meetings.calling import MOST_OPTIONS, check_ahead, check_place, check_span, check_title
from mtd.meetings.models import MEETING_TRANSITIONS, DateOption, DateVote, Meeting, Participant, Place, after
from mtd.meetings.permissions import can_call, can_organize
from mtd.meetings.queries.people import Guest, participants_of, still_here
from mtd.organizations.models import Network

from .inviting import enlist, locked, told
from .planning import require_current
from .telling import INVITED, tell, tell_poll

Span = tuple[datetime, datetime]


def _options(meeting: Meeting, spans: Iterable[Span]) -> list[DateOption]:
    have = {option.starts_at for option in meeting.date_options.all()}
    rows: dict[datetime, DateOption] = {}
    for starts_at, ends_at in spans:
        check_span(starts_at, ends_at)
        check_ahead(starts_at)
        if starts_at not in have:
            rows[starts_at] = DateOption(meeting=meeting, starts_at=starts_at, ends_at=ends_at)
    if len(have) + len(rows) > MOST_OPTIONS:
        raise Refused(
            _("At most %(most)s dates can be proposed; choose from fewer.") % {"most": MOST_OPTIONS},
            code="too_many_dates",
            field="dates",
        )
    return list(rows.values())


@transaction.atomic(durable=True)
def propose_dates(
    *,
    actor: Actor,
    network: Network,
    kind: str,
    options: Iterable[Span],
    title: str = "",
    place_kind: str = Place.ON_SITE,
    place: str = "",
    link: str = "",
    subject_id: uuid.UUID | None = None,
    people: Iterable[User] = (),
    guests: Iterable[Guest] = (),
) -> Meeting:
    """Ask people which of two or more dates suit them; the meeting has no date until one is fixed.

    The same date twice counts once. Raises what `call_meeting` raises, and Refused for fewer than two dates.
    """
    require(can_call(actor, network, kind))
    check_title(kind, title)
    check_place(place_kind, link)
    meeting = Meeting.objects.create(
        network=network,
        kind=kind,
        title=title.strip(),
        subject_id=subject_id,
        state=Meeting.State.POLLING,
        place_kind=place_kind,
        place=place.strip(),
        link=link,
        invited_at=timezone.now(),
        created_by_id=actor.user_id,
        minute_taker_id=actor.user_id,
    )
    rows = _options(meeting, options)
    if len(rows) < 2:
        raise Refused(
            _("Propose at least two different dates; for a single one call the meeting at once."),
            code="too_few_dates",
            field="dates",
        )
    DateOption.objects.bulk_create(rows)
    new = enlist(meeting, people, guests)
    tell_poll(actor=actor, meeting=meeting, people=new)
    told(new, meeting)
    record(actor, "meeting.dates_proposed", meeting, kind=kind, dates=len(rows), people=len(new))
    return meeting


@transaction.atomic(durable=True)
def add_dates(*, actor: Actor, meeting: Meeting, options: Iterable[Span]) -> int:
    """Propose more dates; everybody is asked again. Returns how many were new."""
    meeting = locked(meeting)
    require(can_organize(actor, meeting))
    after(MEETING_TRANSITIONS, meeting.state, "fix_date")
    rows = _options(meeting, options)
    DateOption.objects.bulk_create(rows)
    if rows:
        tell_poll(actor=actor, meeting=meeting, people=still_here(meeting, participants_of(meeting)))
    record(actor, "meeting.dates_added", meeting, dates=len(rows))
    return len(rows)


def _vote(participant: Participant, choices: Mapping[uuid.UUID, str]) -> Meeting:
    meeting = locked(participant.meeting)
    if meeting.state != Meeting.State.POLLING:
        raise Refused(
            _("The date of this meeting is fixed by now, or it was cancelled. Reload the page to see it."),
            code="wrong_state",
        )
    if not Participant.objects.filter(pk=participant.pk, removed_at__isnull=True).exists():
        raise NotAllowed(_("You are not on the list of this meeting."), code="not_invited")
    options = set(meeting.date_options.values_list("pk", flat=True))
    for option_id, choice in choices.items():
        if option_id not in options or choice not in DateVote.Choice.values:
            raise Refused(_("Please choose one of the answers for each date."), code="choice")
        DateVote.objects.update_or_create(
            option_id=option_id, participant=participant, defaults={"choice": choice}
        )
    Participant.objects.filter(pk=participant.pk).update(answered_at=timezone.now())
    return meeting


@transaction.atomic(durable=True)
def vote(*, actor: Actor, meeting: Meeting, choices: Mapping[uuid.UUID, str]) -> None:
    """Say which dates suit (by option); can be changed until one is fixed. Raises NotAllowed for who is not asked."""
    mine = Participant.objects.filter(
        meeting=meeting, user=actor.user_id, user__isnull=False, removed_at__isnull=True
    ).first()
    if mine is None:
        raise NotAllowed(_("You are not on the list of this meeting."), code="not_invited")
    now = _vote(mine, choices)
    record(actor, "meeting.voted", now, participant=mine.pk, dates=len(choices))


@transaction.atomic(durable=True)
def vote_by_link(*, actor: Actor, participant: Participant, choices: Mapping[uuid.UUID, str]) -> None:
    """The same for a guest; holding the personal link is the permission."""
    now = _vote(participant, choices)
    record(actor, "meeting.voted", now, participant=participant.pk, dates=len(choices))


@transaction.atomic(durable=True)
def fix_date(*, actor: Actor, option: DateOption, sequence: int | None = None) -> Meeting:
    """Fix one of the proposed dates and invite everybody to it, by one mail each with its calendar part.

    Raises Refused if the date has gone by or another one was fixed, Conflict if somebody changed the meeting.
    """
    meeting = locked(option.meeting)
    require(can_organize(actor, meeting))
    state = after(MEETING_TRANSITIONS, meeting.state, "fix_date")
    require_current(meeting, sequence)
    check_ahead(option.starts_at)
    meeting.state, meeting.starts_at, meeting.ends_at = state, option.starts_at, option.ends_at
    meeting.save(update_fields=["state", "starts_at", "ends_at"])
    people = still_here(meeting, participants_of(meeting))
    tell(actor=actor, meeting=meeting, people=people, what=INVITED)
    told(people, meeting)
    record(actor, "meeting.date_fixed", meeting, starts_at=option.starts_at)
    return meeting
