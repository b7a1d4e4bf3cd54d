"""Until when an answer is promised, and when everything said about a question is destroyed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from mtd.consultations.models import Consultation, Way
from mtd.core.deadlines import BadRule, deadline, later
from mtd.core.templatetags.mtd import day as in_words
from mtd.core.templatetags.mtd import weekday
from mtd.guide.wording import format_period
from mtd.organizations.models import Network

from .ground import ANSWER, DELETION, Clause, Ground

PROPOSED = (3, "working_days")
"""Our proposal where no time was agreed; pages say that it is one."""


@dataclass(frozen=True)
class Promise:
    """The time within which an answer is due."""

    number: int
    unit: str
    agreed: bool
    clause: Clause | None = None

    @property
    def words(self) -> str:
        """“3 working days”, as it stands after “within”."""
        return format_period(self.number, self.unit, (get_language() or "en").split("-")[0], dative=True)

    def due(self, start: datetime, network: Network) -> datetime:
        """The last moment that keeps it, by the working days of the network's country."""
        try:
            return deadline(start, self.number, self.unit, network.country, network.zone)
        except BadRule:
            return deadline(start, *PROPOSED, network.country, network.zone)


def promise_of(ground: Ground | None) -> Promise:
    """What was agreed on answering a consultation, else our proposal."""
    period = ground.period(ANSWER) if ground is not None else None
    if ground is None or period is None or period[0] < 1:
        return Promise(*PROPOSED, agreed=False)
    return Promise(*period, agreed=True, clause=ground.clause(ANSWER))


def ends_after(day: date, ground: Ground | None) -> date:
    """The day on which the key is destroyed: so long after a day as is set here, or as was agreed where shorter."""
    last: date = day + settings.MTD_KEEP_CONSULTATIONS
    period = ground.period(DELETION) if ground is not None else None
    if period is None or period[0] < 1:
        return last
    try:
        return min(last, later(day, *period))
    except BadRule:
        return last


def waits_until(consultation: Consultation) -> str:
    """“Question 2026-017 waits for an answer until Thursday”."""
    if consultation.due_at is None:
        return _("Question %(number)s waits for an answer") % {"number": consultation.number}
    return _("Question %(number)s waits for an answer until %(day)s") % {
        "number": consultation.number,
        "day": day_words(consultation.due_at, consultation),
    }


def until_words(moment: datetime, network: Network) -> str:
    """“Thursday 3 December 2026” where the network is, with the hour where it counts."""
    local = timezone.localtime(moment, network.zone)
    words = weekday(local.date())
    return words if (local.hour, local.minute) == (23, 59) else f"{words}, {date_format(local, 'H:i')}"


def due_words(consultation: Consultation) -> str:
    """Until when an answer is due; of a discussion, the day of its meeting. Empty while nobody knows."""
    due = consultation.due_at
    if due is None:
        return ""
    if consultation.way == Way.DISCUSSION:
        return weekday(timezone.localdate(due, consultation.network.zone))
    return until_words(due, consultation.network)


def day_words(moment: datetime, consultation: Consultation) -> str:
    """A day within the next week by its name, another one by its date; with the hour where hours count."""
    local = timezone.localtime(moment, consultation.network.zone)
    today = timezone.localdate(timezone=consultation.network.zone)
    days = (local.date() - today).days
    if days == 0:
        words = pgettext("until", "today")
    elif days == 1:
        words = pgettext("until", "tomorrow")
    elif 0 < days < 7:
        words = date_format(local, "l")
    else:
        words = in_words(local.date())
    return words if (local.hour, local.minute) == (23, 59) else f"{words}, {date_format(local, 'H:i')}"
