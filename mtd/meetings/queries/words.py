"""Dates and rhythms of meetings in words, in the language that is active."""

from __future__ import annotations

from datetime import datetime

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext, pgettext

from mtd.core.templatetags.mtd import day, weekday
from mtd.meetings.series import Rhythm


def when_in_words(starts_at: datetime, ends_at: datetime) -> str:
    """“Tuesday 24 November 2026, 14:00 – 16:00”: wall-clock times of the zone that the two moments are in."""
    last = date_format(ends_at, "H:i") if ends_at.date() == starts_at.date() else local_moment(ends_at)
    return f"{weekday(starts_at.date())}, {date_format(starts_at, 'H:i')} – {last}"


def local_moment(at: datetime) -> str:
    """“24 November 2026, 14:00”: on the wall clock of the zone that the moment is in."""
    return f"{day(at.date())}, {date_format(at, 'H:i')}"


def rhythm_text(rhythm: Rhythm) -> str:
    """“every 6 months, on the second Tuesday, until 31 December 2028”."""
    parts = [_every(rhythm), _day(rhythm)]
    if rhythm.until:
        parts.append(gettext("until %(day)s") % {"day": day(rhythm.until)})
    return ", ".join(parts)


def _every(rhythm: Rhythm) -> str:
    if rhythm.unit == "weeks":
        said = ngettext("every week", "every %(count)s weeks", rhythm.every)
    else:
        said = ngettext("every month", "every %(count)s months", rhythm.every)
    return said % {"count": rhythm.every}


def _day(rhythm: Rhythm) -> str:
    named = {"weekday": WEEKDAYS[rhythm.first_on.weekday()]}
    if rhythm.unit == "weeks":
        return pgettext("rhythm of a series", "on %(weekday)s") % named
    if rhythm.day_rule == "day":
        return pgettext("rhythm of a series", "on the %(day)s of the month") % {"day": _nth_day(rhythm)}
    nth = 4 if rhythm.day_rule == "last_weekday" else (rhythm.first_on.day - 1) // 7
    return (
        pgettext("rhythm of a series", "on the first %(weekday)s"),
        pgettext("rhythm of a series", "on the second %(weekday)s"),
        pgettext("rhythm of a series", "on the third %(weekday)s"),
        pgettext("rhythm of a series", "on the fourth %(weekday)s"),
        pgettext("rhythm of a series", "on the last %(weekday)s"),
    )[nth] % named


def _nth_day(rhythm: Rhythm) -> str:
    """“12th”, “12.”"""
    if (get_language() or "en").startswith("en"):
        return date_format(rhythm.first_on, "jS")
    return f"{rhythm.first_on.day}."
