"""A network's year: every duty's occurrences on twelve months, and what was held besides."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from mtd.agreements.models import Agreement
from mtd.agreements.permissions import visible_to
from mtd.core.actor import Actor
from mtd.meetings.models import Kind, Meeting
from mtd.organizations.models import Network

from .duties import MEETING_DUTIES, DutyState, Summary, duties_of_many, tally
from .marks import GAP, Mark, Row, drawn_back, place, rows_of


@dataclass(frozen=True)
class Group:
    """The duties of one agreement."""

    agreement: Agreement
    rows: tuple[Row, ...]
    tally: Summary
    quiet: tuple[Row, ...] = ()
    """Duties of which nothing falls into this year."""


@dataclass(frozen=True)
class Month:
    """A month of the narrow picture: its marks downwards, and whether today's line is drawn before which of them."""

    name: str
    marks: tuple[tuple[str, Mark, str], ...]
    """Title, mark, address."""
    today_at: int | None = None
    """Today stands before the mark with this number (as many as there are marks: after the last)."""


@dataclass(frozen=True)
class Year:
    """Everything the page of a year shows."""

    year: int
    today: date
    today_x: str
    today_at: float | None
    groups: tuple[Group, ...]
    others: Row | None
    """Meetings that belong to no duty."""
    tally: Summary
    first: int
    """The first year in which an agreement of this network was in force."""
    last: int
    months: tuple[Month, ...] = field(default=())

    @property
    def years(self) -> list[int]:
        return list(range(self.first, self.last + 1))

    @property
    def begun(self) -> bool:
        return self.year <= self.today.year

    @property
    def complete(self) -> bool:
        return self.year < self.today.year

    @property
    def rows(self) -> list[Row]:
        return [row for group in self.groups for row in group.rows]

    @property
    def month_names(self) -> list[tuple[str, str, str]]:
        """Where the twelve names stand, short and as one letter."""
        found = []
        for number in range(12):
            name = date_format(date(2001, number + 1, 1), "M").rstrip(".")
            found.append((f"{(number + 0.5) / 12 * 100:.2f}%", name, name[:1]))
        return found

    @property
    def lines(self) -> list[str]:
        """Where the lines between months stand."""
        return [f"{number / 12 * 100:.3f}%" for number in range(13)]


@dataclass(frozen=True)
class YearMark:
    """One line of the narrow year beside the start page."""

    day: date
    label: str
    status: str
    """kept, late, missed, due (its day has passed, its grace has not), to_come, paused, or extra."""
    url: str


def lived_agreements(actor: Actor | None) -> QuerySet[Agreement]:
    """Agreements that are or were in force and whose rooms the person may enter (all of them without an actor)."""
    known = Agreement.objects.all() if actor is None else visible_to(actor)
    return known.filter(
        state__in=[Agreement.State.IN_FORCE, Agreement.State.ENDED], in_force_from__isnull=False
    )


def today_in(network: Network) -> date:
    """The day in the network's time zone."""
    return timezone.localdate(timezone=network.zone)


def year_page(actor: Actor | None, network: Network, year: int) -> Year:
    """The year of a network as this person may see it. A constant number of queries."""
    today = today_in(network)
    agreements = list(
        lived_agreements(actor)
        .filter(network=network)
        .select_related("network")
        .order_by("in_force_from", "id")
    )
    duties = duties_of_many(agreements, today=today) if agreements else {}
    planned, others = meetings_of_year(network, year, today, duties)
    return build_year(agreements, duties, year, today, planned=planned, others=others)


def build_year(
    agreements: Sequence[Agreement],
    duties: dict[uuid.UUID, list[DutyState]],
    year: int,
    today: date,
    *,
    planned: dict[str, list[date]] | None = None,
    others: Sequence[tuple[date, str, str, str]] = (),
) -> Year:
    """Put a year together from what was loaded."""
    groups = []
    for agreement in agreements:
        if agreement.ended_on is not None and agreement.ended_on.year < year:
            continue
        if agreement.in_force_from is not None and agreement.in_force_from.year > year:
            continue
        found = rows_of(duties.get(agreement.pk, []), year, today, planned)
        rows = tuple(row for row in found if row.shown)
        quiet = tuple(row for row in found if not row.shown)
        groups.append(Group(agreement, rows, sum((row.tally for row in rows), Summary()), quiet))
    begun = [a.in_force_from.year for a in agreements if a.in_force_from]
    here = place(today) if today.year == year else None
    drawn = Year(
        year=year,
        today=today,
        today_x="" if here is None else f"{here:.2f}%",
        today_at=here,
        groups=tuple(groups),
        others=_other_row(others, year),
        tally=sum((group.tally for group in groups), Summary()),
        first=min([*begun, today.year]),
        last=today.year + 1,
    )
    return replace(drawn, months=_months(drawn, others))


def _other_row(others: Sequence[tuple[date, str, str, str]], year: int) -> Row | None:
    if not others:
        return None
    marks = []
    last = -GAP
    for day, name, status, _url in sorted(others):
        last = max(place(day), last + GAP / 2)
        marks.append(Mark(day, last, status, None, ((status, day, 0, 1),), year, name))
    return Row("", gettext("Other meetings"), "", "", "", drawn_back(marks), Summary(), 0, "", "", "")


def _months(found: Year, others: Sequence[tuple[date, str, str, str]]) -> tuple[Month, ...]:
    lines: dict[int, list[tuple[date, str, Mark, str]]] = defaultdict(list)
    for row in found.rows:
        for mark in row.marks:
            month = 1 if mark.day.year < found.year else 12 if mark.day.year > found.year else mark.day.month
            lines[month].append((mark.day, row.title, mark, row.url))
    for day, name, status, url in others:
        mark = Mark(day, place(day), status, None, ((status, day, 0, 1),), found.year)
        lines[day.month].append((day, name, mark, url))
    months = []
    for number in range(1, 13):
        entries = sorted(lines[number], key=lambda entry: (entry[0], entry[1]))
        now = None
        if found.year == found.today.year and number == found.today.month:
            now = sum(day <= found.today for day, *_ in entries)
        name = date_format(date(2001, number, 1), "M").rstrip(".")
        months.append(Month(name, tuple((title, mark, url) for _day, title, mark, url in entries), now))
    return tuple(months)


def meetings_of_year(
    network: Network, year: int, today: date, duties: dict[uuid.UUID, list[DutyState]]
) -> tuple[dict[str, list[date]], list[tuple[date, str, str, str]]]:
    """Held and planned meetings of a year: dates that fulfil a duty soon, and those that belong to none."""
    zone = network.zone
    counted = {
        act_key
        for states in duties.values()
        for duty in states
        for act_key in (
            *(one.act.key for one in duty.occurrences if one.act),
            *(act.key for act in duty.extra),
        )
    }
    kinds = {str(duty.type) for states in duties.values() for duty in states}
    first, last = (datetime(number, 1, 1, tzinfo=zone).astimezone(UTC) for number in (year, year + 1))
    found = (
        Meeting.objects.filter(
            network=network, state__in=["held", "planned"], starts_at__gte=first, starts_at__lt=last
        )
        .exclude(kind=Kind.OTHER)
        .order_by("starts_at", "id")
    )
    planned: dict[str, list[date]] = defaultdict(list)
    others: list[tuple[date, str, str, str]] = []
    for meeting in found:
        assert meeting.starts_at is not None
        day = meeting.starts_at.astimezone(zone).date()
        duty = MEETING_DUTIES.get(meeting.kind, "")
        if meeting.state == "planned" and duty in kinds and day >= today:
            planned[duty].append(day)
        elif f"meeting:{meeting.pk}" not in counted:
            url = reverse("meetings:meeting", args=[meeting.pk])
            status = "meeting" if meeting.state == "held" else "meeting_planned"
            others.append((day, str(meeting.get_kind_display()), status, url))
    return planned, others


def year_of(network: Network, year: int, actor: Actor | None = None) -> list[YearMark]:
    """The year in single lines, by day, for the panel beside the start page.

    With an actor only what this person may see of it; without, every agreement of the network.
    """
    found = year_page(actor, network, year)
    lines = [
        YearMark(mark.day, row.title, "due" if mark.status == "overdue" else mark.status, row.url)
        for row in found.rows
        for mark in row.marks
        for _ in range(mark.count)
    ]
    return sorted(lines, key=lambda line: (line.day, line.label))


@dataclass(frozen=True)
class NetworkCard:
    """One of several networks, as the choice among them shows it."""

    network: Network
    agreements: int
    """In force, and open to this person."""
    tally: Summary


def network_cards(actor: Actor, networks: Sequence[Network]) -> list[NetworkCard]:
    """How each network's year stands; a constant number of queries."""
    today = timezone.localdate()
    agreements = list(
        lived_agreements(actor)
        .filter(network__in=networks, state=Agreement.State.IN_FORCE)
        .select_related("network")
    )
    duties = duties_of_many(agreements, today=today) if agreements else {}
    cards = []
    for network in networks:
        own = [agreement for agreement in agreements if agreement.network_id == network.pk]
        counts = (
            tally(duty.occurrences, today.year, today)
            for agreement in own
            for duty in duties.get(agreement.pk, [])
        )
        cards.append(NetworkCard(network, len(own), sum(counts, Summary())))
    return cards
