"""The one bundled mail of a day: what waits and what is new, as counts, with one link."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, ngettext, npgettext

from mtd.accounts.models import User
from mtd.core.actor import Actor
from mtd.notifications.models import Area, Digest, Pace
from mtd.notifications.outbox import ALL, Waiting
from mtd.notifications.queries import counts_to_mail, notices_to_mail, paces

from .outbox import enqueue

KIND = "digest"
REPEAT = timedelta(days=6, hours=12)
"""Something overdue is said again after this time, even when nothing is new."""
_REMEMBERED = 200


@transaction.atomic(durable=True)
def send_digest(*, actor: Actor, user: User, day: date, waiting: Iterable[Waiting]) -> bool:
    """Put the person's bundled mail of this day into the outbox, once; True if there was something to say.

    Daily areas are told every day, weekly ones on the first day of the week on which this runs (Monday, or the day
    after a breakdown). It goes when there is something new: an unread notice, a thing that has become pressing, or,
    once a week, what is still overdue. However often and however late it is called, a day has one mail.
    """
    monday = day - timedelta(days=day.weekday())
    row = _claim(user, day, monday)
    if row is None:
        return False
    chosen = paces(user.pk)
    weekly = {a for a in Area.values if chosen[a] == Pace.WEEKLY} if row.week < monday else set()
    told_today = {a for a in Area.values if chosen[a] in (Pace.DAILY, Pace.AT_ONCE)} | weekly
    own = [thing for thing in waiting if thing.area in told_today]
    news = {area: count for area, count in counts_to_mail(user.pk).items() if area in told_today}
    pressing = {thing.mark for thing in own if thing.pressing}
    late = sum(thing.late for thing in own)
    known = set(row.told)
    again = late and (row.mailed_at is None or row.mailed_at < timezone.now() - REPEAT)
    this_week = any(thing.pressing and thing.area in weekly for thing in own)
    speak = bool(news or pressing - known or again or this_week)
    row.day, row.week = day, monday
    if speak:
        _enqueue(actor, user, len(own), late, news)
        _leave_out_next_time(user.pk, news)
        row.mailed_at = timezone.now()
        known |= pressing
    row.told = sorted(known & {thing.mark for thing in waiting})[:_REMEMBERED]
    row.save(update_fields=["day", "week", "mailed_at", "told"])
    return speak


def _claim(user: User, day: date, monday: date) -> Digest | None:
    """The person's row, locked, if this day is still to be dealt with.

    Who is new gets the first daily mail today, and the first weekly one next Monday.
    """
    first = monday - timedelta(days=7) if day == monday else monday
    Digest.objects.get_or_create(user=user, defaults={"day": day - timedelta(days=1), "week": first})
    row = Digest.objects.select_for_update().get(user=user)
    return row if row.day < day else None


def _leave_out_next_time(user_id: uuid.UUID, news: dict[str, int]) -> None:
    for area in news:
        notices_to_mail(user_id).filter(kind__startswith=f"{area}.").update(waits_for_mail=False)


def _enqueue(actor: Actor, user: User, count: int, late: int, news: dict[str, int]) -> None:
    enqueue(
        actor=actor,
        kind=KIND,
        recipient=user,
        subject=lambda: _subject(count, late, sum(news.values())),
        body=lambda: _body(count, late, news),
        stops=ALL,
    )


def _subject(count: int, late: int, new: int) -> str:
    if count:
        return _waits(count, late).rstrip(".")
    return ngettext("%(n)s piece of news", "%(n)s pieces of news", new) % {"n": new}


def _waits(count: int, late: int) -> str:
    if not late:
        return ngettext("%(n)s thing waits for you.", "%(n)s things wait for you.", count) % {"n": count}
    if count == 1:
        return gettext("1 thing waits for you, and it is overdue.")
    text = npgettext(
        "bundled mail",
        "%(n)s things wait for you, %(late)s of them is overdue.",
        "%(n)s things wait for you, %(late)s of them are overdue.",
        late,
    )
    return text % {"n": count, "late": late}


def _body(count: int, late: int, news: dict[str, int]) -> str:
    parts = [gettext("Good day,")]
    parts.append(_waits(count, late) if count else gettext("Nothing waits for you; there is something new."))
    if news:
        lines = [f"- {Area(area).label}: {number}" for area, number in news.items()]
        parts.append("\n".join([gettext("New since the last e-mail:"), *lines]))
    where = gettext("What it is stands on your start page:")
    parts.append(f"{where}\n{settings.MTD_BASE_URL}/")
    return "\n\n".join(parts) + "\n"
