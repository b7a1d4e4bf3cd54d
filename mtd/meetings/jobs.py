"""What the clock does with meetings. Every job pulls what is due and may run twice, at once, or days late."""

from __future__ import annotations

from django.utils import timezone

from mtd.core.actor import SYSTEM
from mtd.meetings.actions import closing, forgetting, keeping, series
from mtd.meetings.models import Meeting
from mtd.meetings.queries import minutes_due
from mtd.meetings.queries.meetings import meetings_with_people_gone, running_series, unanswered_soon


def continue_series() -> int:
    """Meetings of every running series exist until the end of next year."""
    return sum(series.materialise(actor=SYSTEM, series_id=pk) for pk in running_series())


def let_go_who_left() -> int:
    """Who no longer works in the network is taken off the meetings to come."""
    return sum(keeping.let_go_who_left(actor=SYSTEM, meeting_id=pk) for pk in meetings_with_people_gone())


def remind_unanswered() -> int:
    """Who has not answered two days before a meeting is reminded, once."""
    waiting = unanswered_soon(timezone.now()).order_by().values_list("meeting", flat=True).distinct()
    return sum(keeping.remind_unanswered(actor=SYSTEM, meeting_id=pk) for pk in list(waiting))


def forget_guests() -> int:
    """Names and addresses of guests go after a while."""
    return keeping.forget_guests(actor=SYSTEM)


def finish_due_minutes() -> int:
    """Minutes become final when the time for objections is over and none is open."""
    due = Meeting.objects.filter(
        minutes=Meeting.Minutes.CIRCULATED, objections_until__lte=timezone.localdate()
    )
    return sum(closing.finish_if_due(actor=SYSTEM, meeting=meeting) for meeting in list(due))


def forget_minutes() -> int:
    """The words of agendas and minutes go after some years."""
    return sum(
        forgetting.forget_minutes_of(actor=SYSTEM, meeting=meeting)
        for meeting in list(minutes_due(timezone.now()))
    )
