"""A network's year: every duty's occurrences on twelve months, and what was held besides.

An occurrence belongs to the year in which it is due; what was done in this year for another one is shown and not
counted twice. Months are drawn equally wide.
"""

from __future__ import annotations

import calendar
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext, pgettext

from mtd.agreements.models import Agreement
from mtd.agreements.permissions import visible_to
from mtd.cooperation.obligations import Occurrence, Status
from mtd.core.actor import Actor
from mtd.meetings.models import Kind, Meeting
from mtd.organizations.models import Network

from .duties import MEETING_DUTIES, DutyState, duties_of_many

_GAP = 2.4
"""Marks stand at least so many per cent apart, so that none hides another."""


@dataclass(frozen=True)
class Mark:
    """One mark on a lane; places are per cent of the lane, as text."""

    day: date
    at: float
    status: str
    """kept, late, missed, to_come, overdue, paused, extra (done beyond what was owed), or of a meeting that no duty
    asks for: meeting, meeting_planned."""
    words: str
    tail: float | None = None
    count: int = 1

    @property
    def sign(self) -> str:
        """The symbol that tells the status by its shape."""
        return _SIGNS[self.status]

    @property
    def x(self) -> str:
        return f"{self.at:.2f}%"

    @property
    def tail_x(self) -> str:
        return "" if self.tail is None else f"{self.tail:.2f}%"


_SIGNS = {
    "kept": "k-done",
    "extra": "k-done",
    "late": "k-late",
    "missed": "k-miss",
    "to_come": "k-due",
    "overdue": "k-due",
    "paused": "k-paused",
    "meeting": "k-meet",
    "meeting_planned": "k-plan",
}


@dataclass(frozen=True)
class Tally:
    """How many occurrences of a year stand how."""

    kept: int = 0
    late: int = 0
    missed: int = 0
    to_come: int = 0
    overdue: int = 0
    paused: int = 0

    @property
    def settled(self) -> int:
        """What was due and is decided: kept, kept late or missed."""
        return self.kept + self.late + self.missed

    @property
    def done(self) -> int:
        return self.kept + self.late

    @property
    def owed(self) -> int:
        """Everything that the year demands, as far as it is not paused."""
        return self.settled + self.to_come + self.overdue

    @property
    def open(self) -> int:
        """Still to come, or due and not yet missed."""
        return self.to_come + self.overdue

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.kept + other.kept,
            self.late + other.late,
            self.missed + other.missed,
            self.to_come + other.to_come,
            self.overdue + other.overdue,
            self.paused + other.paused,
        )


def status_of(occurrence: Occurrence, today: date) -> str:
    """How an occurrence is shown: what is open and past its day is overdue, until its grace is over."""
    match occurrence.status:
        case Status.KEPT | Status.LATE | Status.MISSED | Status.PAUSED:
            return str(occurrence.status.value)
        case _:
            return "overdue" if occurrence.due < today else "to_come"


def tally(occurrences: Iterable[Occurrence], year: int, today: date) -> Tally:
    """Count what falls due in a year."""
    counts: dict[str, int] = defaultdict(int)
    for found in occurrences:
        if found.due.year == year:
            counts[status_of(found, today)] += 1
    return Tally(**counts)


@dataclass(frozen=True)
class Row:
    """One duty (of all parties that owe it) in a year."""

    key: str
    title: str
    rule: str
    clause: str
    url: str
    marks: tuple[Mark, ...]
    tally: Tally
    extra: int
    next_by: str
    note: str
    """What to say below the counter: complete, one missed, two to come."""
    note_kind: str
    problem: str = ""

    @property
    def done(self) -> int:
        return self.tally.done

    @property
    def owed(self) -> int:
        return self.tally.owed

    @property
    def shown(self) -> bool:
        """Something of it falls into the year, or its clause cannot be read."""
        return bool(self.marks or self.problem)

    @property
    def spoken(self) -> str:
        """All marks in words, for those who do not see the lane."""
        return "; ".join(mark.words for mark in self.marks)


@dataclass(frozen=True)
class Group:
    """The duties of one agreement."""

    agreement: Agreement
    rows: tuple[Row, ...]
    tally: Tally
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
    tally: Tally
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


def place(day: date) -> float:
    """Where a day stands on a lane of twelve equally wide months, in per cent."""
    length = calendar.monthrange(day.year, day.month)[1]
    return (day.month - 1 + (day.day - 0.5) / length) / 12 * 100


def _placed(day: date, year: int) -> float:
    if day.year < year:
        return 0.0
    return 100.0 if day.year > year else place(day)


def short_date(day: date, year: int) -> str:
    """9 Dec within the year, 15 Jan 2027 outside of it."""
    german = (get_language() or "en").startswith("de")
    shown = "j. M" if german else "j M"
    return date_format(day, shown if day.year == year else f"{shown} Y")


def _words(status: str, when: str, *, count: int = 1, late: int = 0) -> str:
    match status:
        case "kept":
            words = pgettext("mark of a year", "%(day)s kept")
        case "late":
            words = ngettext("%(day)s kept, %(late)s day late", "%(day)s kept, %(late)s days late", late)
        case "missed":
            words = pgettext("mark of a year", "missed, was due by %(day)s")
        case "overdue":
            words = pgettext("mark of a year", "overdue since %(day)s")
        case "paused":
            words = pgettext("mark of a year", "%(day)s paused")
        case "extra":
            words = pgettext("mark of a year", "%(day)s in addition")
        case "planned":
            words = pgettext("mark of a year", "%(day)s planned")
        case _:
            words = pgettext("mark of a year", "due by %(day)s")
    text = words % {"day": when, "late": late}
    return f"{count} × {text}" if count > 1 else text


def status_word(status: str) -> str:
    """A status in a word or two, for lists and tables."""
    return {
        "kept": pgettext("status of an occurrence", "kept"),
        "late": pgettext("status of an occurrence", "kept late"),
        "missed": pgettext("status of an occurrence", "missed"),
        "overdue": pgettext("status of an occurrence", "overdue"),
        "paused": pgettext("status of an occurrence", "paused"),
        "extra": pgettext("status of an occurrence", "in addition"),
        "meeting": pgettext("status of an occurrence", "held"),
        "meeting_planned": pgettext("status of an occurrence", "planned"),
    }.get(status, pgettext("status of an occurrence", "to come"))


# --- from occurrences to marks ----------------------------------------------------------------------------


@dataclass
class _Dot:
    day: date
    status: str
    due: date
    late: int = 0
    planned: bool = False


def _dots(duties: Sequence[DutyState], year: int, today: date, planned: Sequence[date]) -> list[_Dot]:
    waiting = sorted(planned)
    found: list[_Dot] = []
    for duty in duties:
        for one in duty.occurrences:
            done = one.act.day if one.act else None
            if one.due.year != year and (done is None or done.year != year):
                continue
            status = status_of(one, today)
            if done is not None:
                found.append(_Dot(done, status, one.due, one.days_late))
                continue
            dot = _Dot(one.due, status, one.due)
            if status in ("to_come", "overdue"):
                # A date that is fixed already says more than the last day on which it would still be in time.
                fits = next((day for day in waiting if max(one.start, today) <= day <= one.grace_until), None)
                if fits is not None:
                    waiting.remove(fits)
                    dot.day, dot.planned = fits, True
            found.append(dot)
        found += [_Dot(act.day, "extra", act.day) for act in duty.extra if act.day.year == year]
    return found


@dataclass
class _Cluster:
    """Marks that would hide each other and say the same: drawn as one, with their number."""

    at: float
    status: str
    dots: list[_Dot]


def _marks(dots: Iterable[_Dot], year: int) -> tuple[Mark, ...]:
    clusters: list[_Cluster] = []
    newest: dict[str, _Cluster] = {}
    for dot in sorted(dots, key=lambda one: (one.day, one.status, one.due)):
        at = _placed(dot.day, year)
        known = newest.get(dot.status)
        if known is not None and at - known.at < _GAP:
            known.dots.append(dot)
        else:
            newest[dot.status] = known = _Cluster(at, dot.status, [dot])
            clusters.append(known)
    marks: list[Mark] = []
    last = -_GAP
    for cluster in sorted(clusters, key=lambda one: (one.at, one.status)):
        last = max(cluster.at, last + _GAP)
        tail = None
        if cluster.status == "late":
            tail = min(_placed(min(dot.due for dot in cluster.dots), year), last)
        words = _said(cluster.dots, cluster.status, year)
        marks.append(Mark(cluster.dots[0].day, last, cluster.status, words, tail, len(cluster.dots)))
    return _drawn_back(marks)


def _said(dots: Sequence[_Dot], status: str, year: int) -> str:
    """Every mark of a cluster in words; equal ones counted."""
    counts: dict[tuple[str, date, int], int] = {}
    for dot in dots:
        said = "planned" if dot.planned and status != "overdue" else status
        key = (said, dot.day, dot.late if status == "late" else 0)
        counts[key] = counts.get(key, 0) + 1
    return ", ".join(
        _words(said, short_date(day, year), count=count, late=late)
        for (said, day, late), count in counts.items()
    )


def _drawn_back(marks: list[Mark]) -> tuple[Mark, ...]:
    """Where marks at the end of the year pushed each other out of the lane, move them back into it."""
    limit = 100.0
    found: list[Mark] = []
    for mark in reversed(marks):
        at = max(min(mark.at, limit), 0.0)
        limit = at - _GAP
        found.append(
            mark if at == mark.at else Mark(mark.day, at, mark.status, mark.words, mark.tail, mark.count)
        )
    return tuple(reversed(found))


def _note(counts: Tally, extra: int) -> tuple[str, str]:
    if counts.missed:
        return ngettext("%(n)s missed", "%(n)s missed", counts.missed) % {"n": counts.missed}, "miss"
    if counts.overdue:
        return ngettext("%(n)s overdue", "%(n)s overdue", counts.overdue) % {"n": counts.overdue}, "late"
    if counts.to_come:
        return ngettext("%(n)s to come", "%(n)s to come", counts.to_come) % {"n": counts.to_come}, ""
    if counts.late:
        return ngettext("%(n)s of them late", "%(n)s of them late", counts.late) % {"n": counts.late}, ""
    if extra:
        return ngettext("%(n)s in addition", "%(n)s in addition", extra) % {"n": extra}, ""
    if counts.owed:
        return pgettext("counter of a duty", "complete"), ""
    if counts.paused:
        return pgettext("counter of a duty", "paused"), ""
    return "", ""


def _next_by(duties: Sequence[DutyState], year: int) -> str:
    days = [duty.next_due for duty in duties if duty.next_due is not None]
    if not days:
        return "–"
    day = min(days)
    if day.year == year:
        return short_date(day, year)
    return date_format(day, "M Y")


def rows_of(
    duties: Sequence[DutyState], year: int, today: date, planned: dict[str, list[date]] | None = None
) -> tuple[Row, ...]:
    """One row for each duty, the parties' shares together, in the order of the agreement's clauses."""
    by_key: dict[str, list[DutyState]] = {}
    for duty in duties:
        by_key.setdefault(duty.question_key, []).append(duty)
    rows = []
    for key, same in by_key.items():
        first = same[0]
        if all(duty.status is Status.EACH_TIME for duty in same):
            continue  # a limit of time that applies each time has no place in a year
        dots = _dots(same, year, today, (planned or {}).get(str(first.type), []))
        counts = sum((tally(duty.occurrences, year, today) for duty in same), Tally())
        extra = sum(act.day.year == year for duty in same for act in duty.extra)
        note, kind = _note(counts, extra)
        rows.append(
            Row(
                key=key,
                title=first.title,
                rule=first.rule_words,
                clause=first.clause,
                url=reverse("cooperation:duty", args=[first.agreement.pk, key]),
                marks=_marks(dots, year),
                tally=counts,
                extra=extra,
                next_by=_next_by(same, today.year),
                note=note,
                note_kind=kind,
                problem=next((str(duty.problem) for duty in same if duty.problem), ""),
            )
        )
    return tuple(rows)


# --- the page ---------------------------------------------------------------------------------------------


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
    held, planned, others = _meetings(network, year, today, duties)
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
        groups.append(Group(agreement, rows, sum((row.tally for row in rows), Tally()), quiet))
    begun = [a.in_force_from.year for a in agreements if a.in_force_from]
    here = place(today) if today.year == year else None
    drawn = Year(
        year=year,
        today=today,
        today_x="" if here is None else f"{here:.2f}%",
        today_at=here,
        groups=tuple(groups),
        others=_other_row(others, year),
        tally=sum((group.tally for group in groups), Tally()),
        first=min([*begun, today.year]),
        last=today.year + 1,
    )
    return replace(drawn, months=_months(drawn, others))


def _other_row(others: Sequence[tuple[date, str, str, str]], year: int) -> Row | None:
    if not others:
        return None
    marks = []
    last = -_GAP
    for day, name, status, _url in sorted(others):
        last = max(place(day), last + _GAP / 2)
        marks.append(Mark(day, last, status, f"{short_date(day, year)} {name}"))
    return Row("", gettext("Other meetings"), "", "", "", _drawn_back(marks), Tally(), 0, "", "", "")


def _months(found: Year, others: Sequence[tuple[date, str, str, str]]) -> tuple[Month, ...]:
    lines: dict[int, list[tuple[date, str, Mark, str]]] = defaultdict(list)
    for row in found.rows:
        for mark in row.marks:
            month = 1 if mark.day.year < found.year else 12 if mark.day.year > found.year else mark.day.month
            lines[month].append((mark.day, row.title, mark, row.url))
    for day, name, status, url in others:
        lines[day.month].append((day, name, Mark(day, place(day), status, short_date(day, found.year)), url))
    months = []
    for number in range(1, 13):
        entries = sorted(lines[number], key=lambda entry: (entry[0], entry[1]))
        now = None
        if found.year == found.today.year and number == found.today.month:
            now = sum(day <= found.today for day, *_ in entries)
        name = date_format(date(2001, number, 1), "M").rstrip(".")
        months.append(Month(name, tuple((title, mark, url) for _day, title, mark, url in entries), now))
    return tuple(months)


def _meetings(
    network: Network, year: int, today: date, duties: dict[uuid.UUID, list[DutyState]]
) -> tuple[int, dict[str, list[date]], list[tuple[date, str, str, str]]]:
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
    held = 0
    for meeting in found:
        assert meeting.starts_at is not None
        day = meeting.starts_at.astimezone(zone).date()
        held += meeting.state == "held"
        duty = MEETING_DUTIES.get(meeting.kind, "")
        if meeting.state == "planned" and duty in kinds and day >= today:
            planned[duty].append(day)
        elif f"meeting:{meeting.pk}" not in counted:
            url = reverse("meetings:meeting", args=[meeting.pk])
            status = "meeting" if meeting.state == "held" else "meeting_planned"
            others.append((day, str(meeting.get_kind_display()), status, url))
    return held, planned, others


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
    tally: Tally


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
        cards.append(NetworkCard(network, len(own), sum(counts, Tally())))
    return cards
