"""Where the minutes of a meeting stand, in words: what mails call the meeting, who closed it, why one cannot write."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from mtd.core.errors import Refused
from mtd.core.templatetags.mtd import day, moment
from mtd.meetings.models import Meeting


def about(meeting: Meeting) -> str:
    """How mails and notices name a meeting: kind, network, day; never its title."""
    parts = [str(meeting.get_kind_display()), meeting.network.name]
    if meeting.local_start:
        parts.append(day(meeting.local_start.date()))
    return ", ".join(parts)


def today_in(meeting: Meeting) -> date:
    """The day it is where the network is."""
    return timezone.now().astimezone(meeting.network.zone).date()


def already_final(meeting: Meeting) -> str:
    """Who closed the minutes and when, and that nothing was lost."""
    when = moment(meeting.final_at)
    if meeting.final_by is None:
        return _("The minutes became final on %(when)s. Nothing is lost.") % {"when": when}
    return _("The minutes were closed by %(who)s on %(when)s. Nothing is lost.") % {
        "who": meeting.final_by.full_name,
        "when": when,
    }


def refusal_to_write(meeting: Meeting) -> Refused | None:
    """Why its minutes cannot be written (any more), and what to do instead; None where they can."""
    if meeting.state == Meeting.State.CANCELLED:
        return Refused(_("This meeting was cancelled, so it has no minutes."), code="cancelled")
    if meeting.starts_at is None or meeting.local_start is None:
        return Refused(_("The date of this meeting is still being found."), code="no_date")
    if meeting.minutes == Meeting.Minutes.CIRCULATED:
        return Refused(
            _("The minutes have gone out. To change them, take up an objection: then they open again."),
            code="circulated",
        )
    if meeting.minutes == Meeting.Minutes.FINAL:
        return Refused(already_final(meeting), code="final")
    if meeting.state == Meeting.State.PLANNED and meeting.local_start.date() > today_in(meeting):
        return Refused(
            _("The minutes open on the day of the meeting, %(day)s.")
            % {"day": day(meeting.local_start.date())},
            code="not_yet",
        )
    return None
