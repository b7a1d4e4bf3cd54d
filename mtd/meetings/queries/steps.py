"""What waits for a person among their meetings, and what is new: for the start page.

A constant number of queries, however many meetings there are. Kind and network only, never a title.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from mtd.core.actor import Actor
from mtd.core.steps import News, NextStep
from mtd.core.templatetags.mtd import day as day_text
from mtd.meetings.models import DateVote, Meeting, Participant

from .words import when_in_words

THIS_WEEK = timedelta(days=7)
AHEAD = timedelta(days=62)
"""An answer is asked for on the start page when the meeting is this near."""
OVER_SINCE = timedelta(days=92)
"""A meeting that nobody marked as held is asked about for this long."""
PLANNED, POLLING = Meeting.State.PLANNED, Meeting.State.POLLING


def planning_steps(actor: Actor) -> list[NextStep]:
    """My unanswered invitations, dates to choose among, meetings of this week, meetings to mark as held."""
    if actor.user_id is None:
        return []
    return [*_invitations(actor), *_polls(actor), *_to_fix(actor), *_to_note(actor)]


def _about(meeting: Meeting) -> str:
    return f"{meeting.get_kind_display()}, {meeting.network.name}"


def _when(meeting: Meeting) -> str:
    assert meeting.local_start is not None
    assert meeting.local_end is not None
    return when_in_words(meeting.local_start, meeting.local_end)


def _step(
    meeting: Meeting, text: str, action: str, *, route: str = "meeting", late: bool = False
) -> NextStep:
    start = meeting.local_start
    return NextStep(
        title=_about(meeting),
        text=text,
        url=reverse(f"meetings:{route}", args=[meeting.pk]),
        action=action,
        due=start.date() if start else None,
        late=late,
    )


def _mine(actor: Actor) -> QuerySet[Participant]:
    return Participant.objects.filter(user=actor.user_id, removed_at__isnull=True)


def _invitations(actor: Actor) -> Iterator[NextStep]:
    """Of a series only the next one; what is answered comes up in its own week."""
    now = timezone.now()
    rows = (
        _mine(actor)
        .filter(meeting__state=PLANNED, meeting__ends_at__gt=now, meeting__starts_at__lte=now + AHEAD)
        .select_related("meeting__network", "meeting__series")
        .order_by("meeting__starts_at", "pk")
    )
    asked = set()
    for row in rows:
        meeting = row.meeting
        open_answer = row.answer == "none" or row.answer_sequence < meeting.sequence
        key = meeting.series_id or meeting.pk
        assert meeting.starts_at is not None
        if open_answer and key not in asked:
            asked.add(key)
            text = gettext("You are invited: %(when)s.") % {"when": _when(meeting)}
            if row.answer != "none":
                text = gettext("It was moved, please answer once more: %(when)s.") % {"when": _when(meeting)}
            yield _step(meeting, text, gettext("Say whether you come"))
        elif not open_answer and row.answer != "no" and meeting.starts_at <= now + THIS_WEEK:
            place = f", {meeting.place}" if meeting.place else ""
            yield _step(meeting, f"{_when(meeting)}{place}.", gettext("Open the meeting"))


def _polls(actor: Actor) -> Iterator[NextStep]:
    voted = DateVote.objects.filter(participant=OuterRef("pk"))
    rows = (
        _mine(actor)
        .filter(~Exists(voted), meeting__state=POLLING)
        .select_related("meeting__network")
        .order_by("meeting__created_at", "pk")
    )
    for row in rows:
        yield _step(
            row.meeting,
            gettext("A date is being found. Which one suits you?"),
            gettext("Choose dates"),
            route="dates",
        )


def _organized(actor: Actor) -> Q:
    return Q(created_by=actor.user_id) | Q(network__in=actor.coordinates)


def _to_fix(actor: Actor) -> Iterator[NextStep]:
    voted = DateVote.objects.filter(participant=OuterRef("pk"))
    silent = Participant.objects.filter(~Exists(voted), meeting=OuterRef("pk"), removed_at__isnull=True)
    asked = Participant.objects.filter(meeting=OuterRef("pk"), removed_at__isnull=True)
    for meeting in (
        Meeting.objects.filter(_organized(actor), ~Exists(silent), Exists(asked), state=POLLING)
        .select_related("network")
        .order_by("created_at", "pk")
    ):
        yield _step(
            meeting,
            gettext("Everybody has said which dates suit."),
            gettext("Fix the date"),
            route="dates",
        )


def _to_note(actor: Actor) -> Iterator[NextStep]:
    now = timezone.now()
    keeps = _organized(actor) | Q(minute_taker=actor.user_id)
    for meeting in (
        Meeting.objects.filter(keeps, state=PLANNED, ends_at__lte=now, ends_at__gt=now - OVER_SINCE)
        .select_related("network")
        .order_by("ends_at", "pk")
    ):
        yield _step(
            meeting,
            gettext("It is over. Did it take place?"),
            gettext("Mark it as held"),
            late=True,
        )


def planning_news(actor: Actor, since: datetime) -> list[News]:
    """Meetings the person was newly invited to, and meetings cancelled since then; not what they did themselves."""
    if actor.user_id is None:
        return []
    mine = _mine(actor).filter(meeting=OuterRef("pk"))
    rows = (
        Meeting.objects.filter(Exists(mine))
        .filter(Q(created_at__gt=since, invited_at__isnull=False) | Q(cancelled_at__gt=since))
        .exclude(created_by=actor.user_id)
        .exclude(state=Meeting.State.HELD)
        .select_related("network")
        .order_by(F("starts_at").asc(nulls_last=True), "pk")
    )
    lines, seen = [], set()
    for meeting in rows[:200]:
        key = (meeting.series_id or meeting.pk, meeting.state)
        if key in seen:
            continue
        seen.add(key)
        what = _about(meeting)
        if meeting.local_start:
            what += f", {day_text(meeting.local_start.date())}"
        cancelled = meeting.state == Meeting.State.CANCELLED
        said = gettext("Cancelled: %(what)s") if cancelled else gettext("New invitation: %(what)s")
        lines.append(
            News(
                text=said % {"what": what},
                url=reverse("meetings:meeting", args=[meeting.pk]),
                at=meeting.cancelled_at if cancelled else meeting.created_at,
            )
        )
    return lines
