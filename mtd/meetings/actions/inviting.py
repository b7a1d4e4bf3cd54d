"""Who takes part: inviting, taking off the list, answers by page, by personal link and noted by the organiser."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mtd.accounts.models import User
from mtd.audit.actions import record
from mtd.core.actor import Actor
from mtd.core.errors import NotAllowed, Refused, require
from mtd.meetings.calling import MOST_PEOPLE
from mtd.meetings.models import Meeting, Participant
from mtd.meetings.permissions import can_organize
from mtd.meetings.queries.meetings import coming_of
from mtd.meetings.queries.people import Guest, hash_of, invitable, personal_token

from .telling import INVITED, REMOVED, tell, tell_minute_taker, tell_poll, tell_series

OPEN = (Meeting.State.POLLING, Meeting.State.PLANNED)


def locked(meeting: Meeting) -> Meeting:
    """The meeting as it is now, locked until the end of the transaction."""
    return (
        Meeting.objects.select_for_update(of=("self",))
        .select_related("network", "series", "host")
        .get(pk=meeting.pk)
    )


def enlist(
    meeting: Meeting, people: Iterable[User], guests: Iterable[Guest], *, on: date | None = None
) -> list[Participant]:
    """Write people and guests onto the list of one meeting, each once; returns those who were not on it.

    Raises Refused: somebody who does not belong to the network (that day), a guest without name or address, more
    than 300 people. A guest whose address belongs to somebody of the network is that person.
    """
    known = {row.user.pk: row for row in invitable(meeting.network, on)}
    by_address = {row.user.email.lower(): row.user for row in known.values()}
    users = {user.pk: user for user in people}
    outside: dict[str, Guest] = {}
    for guest in guests:
        email = guest.email.strip().lower()
        if not guest.name.strip() or "@" not in email:
            raise Refused(_("A guest needs a name and an e-mail address."), code="guest", field="guests")
        if (user := by_address.get(email)) is not None:
            users[user.pk] = user
        else:
            outside.setdefault(email, guest)
    for user in users.values():
        if user.pk not in known:
            raise Refused(
                _(
                    "%(name)s does not work in this network (any more). "
                    "Please invite this person as a guest, by name and e-mail."
                )
                % {"name": user.name},
                code="not_in_network",
                field="people",
            )
    rows = {p.user_id or p.email: p for p in meeting.participants.all()}
    wanted = [
        Participant(meeting=meeting, user=user, organization=known[pk].organization)
        for pk, user in users.items()
    ] + [
        Participant(
            meeting=meeting,
            name=guest.name.strip()[:120],
            email=email,
            language=guest.language or meeting.network.language,
            organization=guest.organization,
        )
        for email, guest in outside.items()
    ]
    new = [p for p in wanted if (p.user_id or p.email) not in rows]
    back = [
        row
        for p in wanted
        if (row := rows.get(p.user_id or p.email)) is not None and row.removed_at is not None
    ]
    if sum(row.removed_at is None for row in rows.values()) + len(new) + len(back) > MOST_PEOPLE:
        raise Refused(
            _("At most %(most)s people can be invited to one meeting.") % {"most": MOST_PEOPLE},
            code="too_many",
            field="people",
        )
    for participant in [p for p in new + back if p.user_id is None]:
        participant.token_hash = hash_of(personal_token(participant))
    Participant.objects.bulk_create(new)
    for row in back:
        row.removed_at, row.answer, row.told_sequence = None, Participant.Answer.NONE, -1
        row.save(update_fields=["removed_at", "answer", "told_sequence", "token_hash"])
    return new + back


def told(people: Iterable[Participant], meeting: Meeting) -> None:
    """Remember that these people know the meeting as it is now."""
    Participant.objects.filter(pk__in=[p.pk for p in people]).update(told_sequence=meeting.sequence)


def _require_open(meeting: Meeting) -> None:
    if meeting.state not in OPEN:
        raise Refused(
            _("This meeting has taken place or was cancelled; nobody can be invited to it any more."),
            code="wrong_state",
        )


@transaction.atomic(durable=True)
def invite(
    *,
    actor: Actor,
    meeting: Meeting,
    people: Iterable[User] = (),
    guests: Iterable[Guest] = (),
    whole_series: bool = False,
) -> list[Participant]:
    """Invite people of the network and guests; each gets one mail. Returns who is new on the list.

    With `whole_series` to all meetings of the series that lie ahead. Raises Refused as `enlist` does, and once the
    meeting is over or cancelled.
    """
    meeting = locked(meeting)
    require(can_organize(actor, meeting))
    _require_open(meeting)
    people, guests = list(people), list(guests)
    new = enlist(meeting, people, guests)
    if whole_series and meeting.series is not None:
        for other in coming_of(meeting.series).exclude(pk=meeting.pk):
            told(enlist(other, people, guests), other)
        tell_series(actor=actor, series=meeting.series, meeting=meeting, people=new, what=INVITED)
    elif meeting.state == Meeting.State.POLLING:
        tell_poll(actor=actor, meeting=meeting, people=new)
    else:
        tell(actor=actor, meeting=meeting, people=new, what=INVITED)
    told(new, meeting)
    Meeting.objects.filter(pk=meeting.pk).update(invited_at=timezone.now())
    record(actor, "meeting.invited", meeting, people=len(new), whole_series=whole_series)
    return new


@transaction.atomic(durable=True)
def remove_participant(*, actor: Actor, participant: Participant, whole_series: bool = False) -> None:
    """Take somebody off the list; they get a cancellation for their calendar and cannot open the meeting any more."""
    meeting = locked(participant.meeting)
    require(can_organize(actor, meeting))
    _require_open(meeting)
    person = Participant.objects.select_related("user").get(pk=participant.pk)
    if person.removed_at is not None:
        raise Refused(_("This person has been taken off the list already."), code="already_removed")
    same = Q(user=person.user_id) if person.user_id else Q(email=person.email)
    if whole_series and meeting.series is not None:
        tell_series(actor=actor, series=meeting.series, meeting=meeting, people=[person], what=REMOVED)
        meetings = [*coming_of(meeting.series).values_list("pk", flat=True), meeting.pk]
    else:
        if meeting.state == Meeting.State.PLANNED:
            tell(actor=actor, meeting=meeting, people=[person], what=REMOVED)
        meetings = [meeting.pk]
    Participant.objects.filter(same, meeting__in=meetings, removed_at__isnull=True).update(
        removed_at=timezone.now(), token_hash=""
    )
    record(actor, "meeting.person_removed", meeting, participant=person.pk, whole_series=whole_series)


def set_answer(
    people: QuerySet[Participant], *, answer: str, source: str, sequence: int | None = None
) -> int:
    """Write an answer to one or several invitations of one person; it is about the meeting as it is, or was then."""
    if answer not in (Participant.Answer.YES, Participant.Answer.MAYBE, Participant.Answer.NO):
        raise Refused(_("Please choose one of the answers."), code="answer")
    changed = 0
    for pk, now in list(people.values_list("pk", "meeting__sequence")):
        changed += Participant.objects.filter(pk=pk).update(
            answer=answer,
            source=source,
            answered_at=timezone.now(),
            answer_sequence=now if sequence is None else sequence,
        )
    return changed


def _answer(participant: Participant, *, answer: str, source: str, whole_series: bool) -> Meeting:
    meeting = locked(participant.meeting)
    if meeting.state != Meeting.State.PLANNED:
        raise Refused(
            _("This meeting has taken place, was cancelled, or has no date yet; no answer is needed."),
            code="wrong_state",
        )
    rows = Participant.objects.filter(pk=participant.pk, removed_at__isnull=True)
    if not rows.exists():
        raise NotAllowed(_("You are not on the list of this meeting."), code="not_invited")
    if whole_series and meeting.series is not None:
        same = Q(user=participant.user_id) if participant.user_id else Q(email=participant.email)
        ahead = Q(pk=meeting.pk) | Q(pk__in=coming_of(meeting.series).values("pk"))
        rows = Participant.objects.filter(
            same, meeting__in=Meeting.objects.filter(ahead), removed_at__isnull=True
        )
    set_answer(rows, answer=answer, source=source)
    return meeting


@transaction.atomic(durable=True)
def answer(*, actor: Actor, meeting: Meeting, answer: str, whole_series: bool = False) -> None:
    """Say whether one comes, to this meeting or to all of its series that lie ahead. Can be changed until it begins.

    Raises NotAllowed for who is not invited, Refused once the meeting is over or cancelled.
    """
    mine = Participant.objects.filter(
        meeting=meeting, user=actor.user_id, user__isnull=False, removed_at__isnull=True
    ).first()
    if mine is None:
        raise NotAllowed(_("You are not on the list of this meeting."), code="not_invited")
    now = _answer(mine, answer=answer, source=Participant.Source.PAGE, whole_series=whole_series)
    record(actor, "meeting.answered", now, participant=mine.pk, answer=answer, whole_series=whole_series)


@transaction.atomic(durable=True)
def answer_by_link(
    *, actor: Actor, participant: Participant, answer: str, whole_series: bool = False
) -> None:
    """The same for a guest; holding the personal link is the permission (see `guest_by_token`)."""
    now = _answer(participant, answer=answer, source=Participant.Source.LINK, whole_series=whole_series)
    record(
        actor, "meeting.answered", now, participant=participant.pk, answer=answer, whole_series=whole_series
    )


@transaction.atomic(durable=True)
def note_answer(*, actor: Actor, participant: Participant, answer: str) -> None:
    """Note what somebody said by telephone or otherwise; marked as noted by the organiser."""
    require(can_organize(actor, participant.meeting))
    now = _answer(participant, answer=answer, source=Participant.Source.ORGANIZER, whole_series=False)
    record(actor, "meeting.answer_noted", now, participant=participant.pk, answer=answer)


def keep_answers_that_hold(meeting: Meeting, before: int) -> None:
    """After a change that leaves the time as it was: answers given to the former sequence count for the new one."""
    Participant.objects.filter(meeting=meeting, answer_sequence=before).update(
        answer_sequence=F("answer_sequence") + (meeting.sequence - before)
    )


@transaction.atomic(durable=True)
def name_minute_taker(*, actor: Actor, participant: Participant) -> Meeting:
    """Let somebody who is invited keep the minutes; they may then write them, and are told.

    Raises Refused for a guest without an account, and once the meeting was cancelled or its minutes went out.
    """
    meeting = locked(participant.meeting)
    require(can_organize(actor, meeting))
    person = Participant.objects.select_related("user").get(pk=participant.pk)
    if person.user is None or person.removed_at is not None:
        raise Refused(
            _("The minutes are kept by somebody on the list who has an account."), code="no_account"
        )
    out = meeting.minutes in (Meeting.Minutes.CIRCULATED, Meeting.Minutes.FINAL)
    if out or meeting.state == Meeting.State.CANCELLED:
        raise Refused(
            _("The minutes have been sent out, or the meeting was cancelled; nobody else can take over."),
            code="wrong_state",
        )
    meeting.minute_taker = person.user
    meeting.save(update_fields=["minute_taker"])
    tell_minute_taker(actor=actor, meeting=meeting, user=person.user)
    record(actor, "meeting.minute_taker_named", meeting, participant=person.pk)
    return meeting
