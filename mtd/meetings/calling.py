"""What a meeting must be like to be called or moved; every check says what to do instead."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mtd.core.errors import Refused

from .models import Kind, Place, Series

LONGEST = timedelta(days=1)
EARLIEST = date(1990, 1, 1)
AHEAD = timedelta(days=366 * 5)
MOST_PEOPLE = 300
MOST_OPTIONS = 30
_http = URLValidator(schemes=["http", "https"])


def check_span(starts_at: datetime, ends_at: datetime) -> None:
    """Raise Refused unless the meeting ends after it begins, on the same day or within 24 hours."""
    if ends_at <= starts_at:
        raise Refused(
            _("The meeting ends before it begins. Please look at both times."),
            code="ends_before_start",
            field="end",
        )
    if ends_at - starts_at > LONGEST:
        raise Refused(
            _("A meeting lasts at most a day. For several days call one meeting for each."),
            code="too_long",
            field="end",
        )


def check_ahead(starts_at: datetime, *, now: datetime | None = None) -> None:
    """Raise Refused if the meeting has begun already, or lies more than five years ahead."""
    moment = now or timezone.now()
    if starts_at <= moment:
        raise Refused(
            _(
                "That is in the past. If the meeting has taken place, tick “It has been held already”; "
                "otherwise choose a later day."
            ),
            code="past",
            field="day",
        )
    if starts_at > moment + AHEAD:
        raise Refused(
            _("That is more than five years ahead. Please look at the year."), code="too_far", field="day"
        )


def check_was(starts_at: datetime, *, now: datetime | None = None) -> None:
    """Raise Refused unless the meeting has begun, and not before 1990."""
    if starts_at > (now or timezone.now()):
        raise Refused(
            _("This meeting lies ahead, so it cannot have been held already."), code="not_yet", field="held"
        )
    if starts_at.date() < EARLIEST:
        raise Refused(_("That is before 1990. Please look at the year."), code="too_early", field="day")


def check_place(place_kind: str, link: str) -> None:
    """Raise Refused for an unknown kind of place, or a link that a browser would not open as a page."""
    if place_kind not in Place.values:
        raise Refused(_("Please choose where the meeting is."), code="place_kind", field="place_kind")
    if not link:
        return
    try:
        _http(link)
    except ValidationError:
        raise Refused(
            _("A link begins with https:// (or http://) and leads to a page. Please copy it once more."),
            code="link",
            field="link",
        ) from None


def check_title(kind: str, title: str) -> None:
    """Raise Refused for an unknown kind, or a title where none may be: a title could tell about a case."""
    if kind not in Kind.values:
        raise Refused(_("Please choose what kind of meeting it is."), code="kind", field="kind")
    if kind == Kind.CASE_DISCUSSION and title:
        raise Refused(
            _("An anonymous case discussion has no title, so that none tells about a case."),
            code="no_title",
            field="title",
        )


def check_rhythm(series: Series) -> None:
    """Raise Refused for a rhythm that cannot be: every 0 months, no length, an end before the beginning."""
    if series.unit not in Series.Unit.values or series.day_rule not in Series.DayRule.values:
        raise Refused(_("Please choose how the meetings come again."), code="rhythm", field="unit")
    most = 104 if series.unit == Series.Unit.WEEKS else 60
    if not 1 <= series.every <= most:
        raise Refused(
            _("Between two meetings lie at least 1 and at most %(most)s weeks or months.") % {"most": most},
            code="every",
            field="every",
        )
    if not 5 <= series.minutes_long <= LONGEST.total_seconds() / 60:
        raise Refused(
            _("A meeting lasts between 5 minutes and a day."), code="minutes_long", field="minutes_long"
        )
    if series.first_on < EARLIEST:
        raise Refused(_("That is before 1990. Please look at the year."), code="too_early", field="first_on")
    if series.until is not None and series.until < series.first_on:
        raise Refused(
            _("The series ends before it begins. Please look at both days."), code="until", field="until"
        )
