"""Answers that people give in their own calendar, arriving by mail."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mtd.accounts.models import User
from mtd.audit.actions import record
from mtd.core.actor import Actor
from mtd.meetings.models import Meeting, Participant
from mtd.meetings.replies import Reply, replies_in
from mtd.notifications.actions import notify
from mtd.notifications.models import Notice
from mtd.organizations.queries import coordinators_of

from .inviting import locked

_ANSWERS = {
    "ACCEPTED": Participant.Answer.YES,
    "TENTATIVE": Participant.Answer.MAYBE,
    "DECLINED": Participant.Answer.NO,
}
_SAID: dict[str, Promise] = {
    "stranger": _("An answer came from an address that is not invited. Nothing was changed."),
    "other_sender": _(
        "An answer was sent from another address than the invited one. Nothing was changed; please ask."
    ),
    "delegated": _("Somebody invited would like to send another person. Please ask, and invite this person."),
    "counter": _("Somebody invited proposes another time. Please ask; the meeting stays as it is."),
}


@transaction.atomic(durable=True)
def take_in_reply(*, actor: Actor, message: EmailMessage) -> bool:
    """Take in the answer of a calendar program to an invitation; True if the mail was one, whatever came of it.

    Only who is invited can answer, and only from the invited address: the sender and the one it is about must be the
    same. Anything else changes nothing and is told to whoever called the meeting, once a day. An answer to an earlier
    date is kept as such, one older than what the person has said since is left aside.
    """
    replies = replies_in(message)
    for reply in replies:
        _take_in(actor, reply)
    return bool(replies)


def _take_in(actor: Actor, reply: Reply) -> None:
    meetings = _meant(reply)
    if not meetings:
        return
    people = Participant.objects.filter(meeting__in=meetings, removed_at__isnull=True)
    mine = _of(people, reply.sender)
    somebody_else = reply.attendee != reply.sender and _of(people, reply.attendee).exists()
    if somebody_else or not mine.exists():
        _tell(actor, meetings[0], "other_sender" if somebody_else else "stranger")
    elif reply.method == "COUNTER":
        _tell(actor, meetings[0], "counter")
    elif reply.said == "DELEGATED":
        _tell(actor, meetings[0], "delegated")
    elif reply.method == "REPLY" and reply.said in _ANSWERS:
        for person in mine.select_related("meeting__series"):
            _answer(actor, person, reply)


def _meant(reply: Reply) -> list[Meeting]:
    """The planned meetings that an answer is about: one, or all of a series that lie ahead."""
    ahead = Meeting.objects.filter(state=Meeting.State.PLANNED).select_related(
        "network", "series", "created_by"
    )
    if reply.occurrence is not None:
        return list(ahead.filter(series=reply.id, original_start=reply.occurrence))
    ours = Q(pk=reply.id) | Q(series=reply.id, ends_at__gt=timezone.now())
    return list(ahead.filter(ours).order_by("starts_at"))


def _of(people: QuerySet[Participant], address: str) -> QuerySet[Participant]:
    if not address:
        return people.none()
    return people.filter(Q(user__email__iexact=address) | Q(user__isnull=True, email__iexact=address))


def _answer(actor: Actor, person: Participant, reply: Reply) -> None:
    meeting = locked(person.meeting)
    person = Participant.objects.get(pk=person.pk)
    now = timezone.now()
    at = min(reply.at or now, now)
    about = _about(meeting, reply)
    if person.answer != Participant.Answer.NONE and (
        about < person.answer_sequence or (person.answered_at is not None and at < person.answered_at)
    ):
        return
    person.answer, person.answered_at, person.answer_sequence = _ANSWERS[reply.said], at, about
    person.source = Participant.Source.MAIL
    person.save(update_fields=["answer", "answered_at", "answer_sequence", "source"])
    record(actor, "meeting.answered", meeting, participant=person.pk, answer=person.answer, source="mail")


def _about(meeting: Meeting, reply: Reply) -> int:
    """Which state of the meeting the answer is about, in the meeting's own count.

    Calendars count the changes of meeting and series together. An answer to a whole series knows nothing of where
    single meetings have been moved to.
    """
    if meeting.series is None:
        return min(meeting.sequence, reply.sequence)
    if reply.occurrence is None and reply.id == meeting.series_id:
        return 0
    return min(meeting.sequence, max(0, reply.sequence - meeting.series.sequence))


def _tell(actor: Actor, meeting: Meeting, what: str) -> None:
    """Tell whoever called the meeting, else the coordination; the same thing once a day."""
    kind, link = f"meetings.reply_{what}", reverse("meetings:meeting", args=[meeting.pk])
    if Notice.objects.filter(
        kind=kind, link=link, created_at__gt=timezone.now() - timedelta(days=1)
    ).exists():
        return
    notify(
        actor=actor,
        users=_organizers(meeting),
        kind=kind,
        text=lambda: _line(meeting, what),
        link=link,
    )
    record(actor, f"meeting.reply_{what}", meeting)


def _organizers(meeting: Meeting) -> list[User]:
    if meeting.created_by is not None and meeting.created_by.is_active:
        return [meeting.created_by]
    return list(coordinators_of(meeting.network))


def _line(meeting: Meeting, what: str) -> str:
    return f"{meeting.get_kind_display()}, {meeting.network.name}: {_SAID[what]}"
