"""What waits for a person, what is new, how the year stands: pulled from the slices below."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.contrib.humanize.templatetags.humanize import apnumber
from django.db.models import Q
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext, ngettext, npgettext, pgettext

from mtd.accounts.models import User
from mtd.cooperation.queries import count_waiting, needs_waiting, year_of
from mtd.core.actor import Actor
from mtd.core.encryption import fingerprint
from mtd.core.steps import News, NextStep
from mtd.notifications.models import Area
from mtd.notifications.outbox import Waiting
from mtd.notifications.queries import mail_comes_back
from mtd.organizations.models import Membership, Network, NetworkMember

SLICES = {
    "consultations": Area.CONSULTATIONS,
    "agreements": Area.AGREEMENTS,
    "meetings": Area.MEETINGS,
    "cooperation": Area.DUTIES,
}
"""Slices with `next_steps(actor)` and `recent(actor, since)` in their queries, and what their steps are about."""

FIRST_LOOK = timedelta(days=14)
"""Who has never looked sees the news of the last two weeks."""
NEEDS_SHOWN = 3
SHOWN = 12
"""So many steps stand open on the start page; the rest is one click away."""
A_WEEK = timedelta(days=7)
DIGEST_HOUR = 7
"""From this hour on, in the person's network, the bundled mail goes."""


@dataclass(frozen=True)
class StepGroup:
    """Next steps of one stretch of time, under one line."""

    label: str
    late: bool
    steps: tuple[NextStep, ...]


def _from(slice_name: str, name: str) -> Callable[..., Any] | None:
    """A function of a slice's queries, if the slice is there and has it."""
    if not apps.is_installed(f"mtd.{slice_name}"):
        return None
    found: Callable[..., Any] | None = getattr(import_module(f"mtd.{slice_name}.queries"), name, None)
    return found


def next_steps(actor: Actor) -> list[NextStep]:
    """Everything that waits for the person: overdue first (the longest first), then by date, then without one."""
    steps: list[NextStep] = []
    for slice_name, area in SLICES.items():
        pull = _from(slice_name, "next_steps")
        if pull is not None:
            steps += [step if step.area else replace(step, area=area.value) for step in pull(actor)]
    return in_order(steps)


def in_order(steps: Iterable[NextStep]) -> list[NextStep]:
    """By urgency, whatever slice they come from."""
    return sorted(steps, key=lambda s: (not s.late, s.due is None, s.due or date.max, s.title))


def news(actor: Actor, since: datetime | None) -> list[News]:
    """What happened since the person last looked, newest first, at most twelve lines."""
    start = since or timezone.now() - FIRST_LOOK
    pulls = [pull for name in SLICES if (pull := _from(name, "recent")) is not None]
    found: list[News] = [line for pull in pulls for line in pull(actor, start)]
    return sorted(found, key=lambda n: n.at or start, reverse=True)[:12]


# ---------------------------------------------------------------- in words


def grouped(steps: list[NextStep], today: date) -> list[StepGroup]:
    """The steps under "overdue since five days", "by Monday", "in December", "without a date"."""
    groups: dict[str, list[NextStep]] = {}
    for step in steps:
        groups.setdefault(_stretch(step, today), []).append(step)
    return [StepGroup(_label(key, own, today), key == "late", tuple(own)) for key, own in groups.items()]


def _stretch(step: NextStep, today: date) -> str:
    if step.late:
        return "late"
    if step.due is None:
        return "none"
    return "week" if step.due <= today + A_WEEK else f"{step.due:%Y-%m}"


def _label(stretch: str, steps: list[NextStep], today: date) -> str:
    days = [step.due for step in steps if step.due is not None]
    if stretch == "late":
        return _late_label({(today - day).days for day in days}, len(days) == len(steps))
    if stretch == "none" or not days:
        return gettext("Without a date")
    last = max(days)
    if stretch == "week":
        if last <= today:
            return pgettext("due", "Today")
        return gettext("By %(weekday)s") % {"weekday": formats.date_format(last, "l")}
    month = formats.date_format(last, "F" if last.year == today.year else "F Y")
    return gettext("In %(month)s") % {"month": month}


def _late_label(days: set[int], all_dated: bool) -> str:
    longest = max(days, default=0)
    if longest < 1:
        return gettext("Overdue")
    if longest == 1:
        return gettext("Overdue since yesterday")
    words = {"span": _span(longest)}
    if len(days) == 1 and all_dated:
        return gettext("Overdue for %(span)s") % words
    return gettext("Overdue, the longest for %(span)s") % words


def _span(days: int) -> str:
    """A length of time as people say it: five days, three months, two years."""
    if days < 60:
        number, text = days, npgettext("for so long", "%(n)s day", "%(n)s days", days)
    elif days < 730:
        number, text = days // 30, npgettext("for so long", "%(n)s month", "%(n)s months", days // 30)
    else:
        number, text = days // 365, npgettext("for so long", "%(n)s year", "%(n)s years", days // 365)
    return text % {"n": apnumber(number)}


def opening(steps: list[NextStep], today: date) -> str:
    """The sentence on top: how many things wait, and how many of them too long."""
    count, late = len(steps), [step for step in steps if step.late]
    if not count:
        return gettext("Nothing waits for you.")
    if not late:
        text = ngettext("One thing waits for you.", "%(n)s things wait for you.", count)
        return _capital(text % {"n": apnumber(count)})
    if count == 1:
        return gettext("One thing waits for you, and it is overdue.")
    if len(late) == count:
        text = gettext("%(n)s things wait for you, all of them overdue.")
        return _capital(text % {"n": apnumber(count)})
    first = late[0].due
    if len(late) > 1 or first is None or first >= today:
        text = ngettext(
            "%(n)s things wait for you, one of them overdue.",
            "%(n)s things wait for you, %(late)s of them overdue.",
            len(late),
        )
        return _capital(text % {"n": apnumber(count), "late": apnumber(len(late))})
    return _capital(
        gettext("%(n)s things wait for you, one of them since %(day)s.")
        % {"n": apnumber(count), "day": day_near(first, today)}
    )


def day_near(day: date, today: date) -> str:
    """A day of the last week by its weekday, an earlier one by its date."""
    if timedelta(0) < today - day < A_WEEK:
        return formats.date_format(day, "l")
    german = formats.get_format("DATE_FORMAT").startswith("j. ")
    return formats.date_format(day, "j. F Y" if german else "j F Y")


def day_and_month(day: date) -> str:
    """22 November; 22. November."""
    german = formats.get_format("DATE_FORMAT").startswith("j. ")
    return formats.date_format(day, "j. F" if german else "j F")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# ---------------------------------------------------------------- the year at the side

_MARKS = {
    "kept": ("k-done", ""),
    "extra": ("k-done", ""),
    "late": ("k-late", "late"),
    "missed": ("k-miss", "miss"),
    "due": ("k-due", "late"),
    "to_come": ("k-due", ""),
}
"""The sign of a mark and the colour of the word beside it; every other status gets no sign but its word."""
ROWS_A_MONTH = 5


@dataclass(frozen=True)
class YearRow:
    """Marks of one month that say the same, as one line."""

    label: str
    sign: str
    word: str
    tone: str
    note: str
    count: int
    past: bool


@dataclass
class YearMonth:
    """One month of the narrow year."""

    short: str
    name: str
    rows: list[YearRow] = field(default_factory=list)
    more: int = 0
    today: str = ""
    """Today in words, in the month in which it lies."""

    @property
    def before(self) -> list[YearRow]:
        return [row for row in self.rows if row.past]

    @property
    def after(self) -> list[YearRow]:
        return [row for row in self.rows if not row.past]


@dataclass(frozen=True)
class YearPanel:
    """The network's year, narrow: months downwards, marks on a spine, "today" across."""

    year: int
    due: int
    kept: int
    late: int
    months: tuple[YearMonth, ...]
    url: str


def year_panel(actor: Actor, network: Network, today: date) -> YearPanel | None:
    """The year of the network as cooperation tells it to this person; None while it has no duties."""
    marks = year_of(network, today.year, actor)
    return narrow_year(marks, today, reverse("cooperation:year", args=[network.slug])) if marks else None


def narrow_year(marks: Iterable[Any], today: date, url: str) -> YearPanel:
    """Marks (day, label, status) by month, those that say the same in one line, today between past and future."""
    marks = [mark for mark in marks if mark.day.year == today.year]
    firsts = [date(today.year, number, 1) for number in range(1, 13)]
    months = [
        YearMonth(formats.date_format(day, "M").rstrip("."), formats.date_format(day, "F")) for day in firsts
    ]
    months[today.month - 1].today = day_and_month(today)
    rows: dict[tuple[int, str, str], list[date]] = {}
    for mark in sorted(marks, key=lambda m: (m.day, str(m.label))):
        rows.setdefault((mark.day.month, str(mark.label), str(mark.status)), []).append(mark.day)
    for (number, label, status), days in rows.items():
        month = months[number - 1]
        if len(month.rows) >= ROWS_A_MONTH:
            month.more += len(days)
            continue
        month.rows.append(_year_row(label, status, days, today))
    tally = {status: sum(m.status == status for m in marks) for status in ("kept", "late", "missed")}
    return YearPanel(
        year=today.year,
        due=sum(tally.values()),
        kept=tally["kept"] + tally["late"],
        late=tally["late"],
        months=tuple(months),
        url=url,
    )


def _year_row(label: str, status: str, days: list[date], today: date) -> YearRow:
    sign, tone = _MARKS.get(status, ("", "muted"))
    past = days[0] <= today
    note = "" if past else gettext("on the %(day)s") % {"day": _day_number(days[0])}
    return YearRow(label, sign, _status_word(status), tone, note, len(days), past)


def _day_number(day: date) -> str:
    german = formats.get_format("DATE_FORMAT").startswith("j. ")
    return f"{day.day}." if german else formats.date_format(day, "jS")


def _status_word(status: str) -> str:
    return {
        "kept": pgettext("duty", "kept"),
        "extra": pgettext("duty", "kept"),
        "late": pgettext("duty", "late"),
        "missed": pgettext("duty", "missed"),
        "due": pgettext("duty", "still open"),
        "to_come": pgettext("duty", "to come"),
        "paused": pgettext("duty", "paused"),
        "not_begun": pgettext("duty", "not yet begun"),
    }.get(status, "")


# ---------------------------------------------------------------- needs without an answer


@dataclass(frozen=True)
class WaitingNeed:
    """A need raised that has no answer yet."""

    text: str
    who: str
    system: str
    where: str
    days: int
    limit: int
    url: str

    @property
    def part(self) -> int:
        """How much of the time is used up, in per cent, at most 100."""
        return min(100, round(100 * self.days / self.limit)) if self.limit else 100

    @property
    def pressing(self) -> bool:
        """Three quarters of the time are used up."""
        return self.part >= 75


@dataclass(frozen=True)
class NeedsPanel:
    """The oldest needs without an answer, and how many there are."""

    rows: tuple[WaitingNeed, ...]
    count: int
    url: str


def needs_panel(network: Network) -> NeedsPanel | None:
    """Needs of the network that wait for an answer, the longest waiting first; None if nothing waits."""
    found = needs_waiting(network, NEEDS_SHOWN)
    if not found:
        return None
    return oldest_needs(found, count_waiting(network), reverse("cooperation:needs", args=[network.slug]))


def oldest_needs(found: Iterable[Any], count: int, url: str) -> NeedsPanel:
    """Some needs (text, organisation, system, where, days, limit, url), and how many wait."""
    rows = [
        WaitingNeed(
            text=row.text,
            who=row.organisation,
            system=row.system,
            where=row.where,
            days=row.days,
            limit=row.limit,
            url=row.url,
        )
        for row in found
    ]
    return NeedsPanel(tuple(rows), count, url)


# ---------------------------------------------------------------- the bundled mail


@dataclass(frozen=True)
class DigestDue:
    """A person whose bundled mail of a day is to be dealt with."""

    user: User
    day: date


def digests_due(now: datetime) -> list[DigestDue]:
    """Everybody whose morning has come in their network's time zone and whose day is not dealt with yet.

    Whoever was missed while the machine stood still is due today, once. Who has no role gets no mail, and an address
    from which mail comes back is left alone. Always the same three queries.
    """
    running = Membership.objects.filter(ended_on__isnull=True)
    people = (
        User.objects.filter(is_active=True, id__in=running.values("user"))
        .filter(~Q(mail_comes_back()))
        .select_related("digest")
        .order_by("id")
    )
    zones = _zones()
    found = []
    for user in people:
        local = now.astimezone(zones.get(user.pk) or timezone.get_default_timezone())
        done = getattr(user, "digest", None)
        if local.hour >= DIGEST_HOUR and (done is None or done.day < local.date()):
            found.append(DigestDue(user, local.date()))
    return found


def _zones() -> dict[uuid.UUID, ZoneInfo]:
    """The time zone of each person's network: their own role's, or that of the organisation's first network."""
    of_organizations: dict[uuid.UUID, str] = {}
    for organization_id, zone in (
        NetworkMember.objects.filter(left_on__isnull=True)
        .order_by("joined_on", "id")
        .values_list("organization", "network__time_zone")
    ):
        of_organizations.setdefault(organization_id, zone)
    zones: dict[uuid.UUID, ZoneInfo] = {}
    for user_id, organization_id, own in (
        Membership.objects.filter(ended_on__isnull=True)
        .order_by("started_on", "id")
        .values_list("user", "organization", "network__time_zone")
    ):
        name = own or of_organizations.get(organization_id)
        if name:
            zones.setdefault(user_id, ZoneInfo(name))
    return zones


def waiting_of(steps: Iterable[NextStep], today: date) -> list[Waiting]:
    """The steps as far as a mail may know them: area, state, and a hash instead of words."""
    return [
        Waiting(
            area=step.area,
            mark=fingerprint(f"step {step.url} {step.late}")[:10],
            late=step.late,
            pressing=step.late or (step.due is not None and step.due <= today + A_WEEK),
        )
        for step in steps
    ]
