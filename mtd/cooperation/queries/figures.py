"""An agreement's figures of a year and over the years, the same for all parties.

`Figures` is plain data: it is kept as JSON when a yearly report is approved, and read again.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, IntegerField, Q, Sum, Value, When
from django.utils.translation import get_language, override

from mtd.agreements.models import Agreement, Party, Version
from mtd.consultations.queries import tallies
from mtd.cooperation.models import PulseAnswer
from mtd.cooperation.pulse import ITEMS, LEAST_ANSWERS, LEAST_PEOPLE, Means
from mtd.meetings.models import Kind, Meeting, Participant
from mtd.organizations.models import HelpSystem

from .duties import DutyState, Summary, duties_of, tally
from .marks import Mark, Row, rows_of
from .needs_figures import NeedFigures, YearOfNeeds
from .needs_figures import figures as need_figures
from .year import today_in

COUNTED_MEETINGS = (Kind.COMMITTEE, Kind.STEERING_GROUP, Kind.EXCHANGE, Kind.CASE_DISCUSSION)
"""Meetings whose attendance is told; of others only those who were invited know."""
THERE = (Participant.Attendance.PRESENT, Participant.Attendance.ONLINE)


@dataclass(frozen=True)
class DutyLine:
    """One duty in a year, for the report: names in every language of the product, marks as places on a lane."""

    key: str
    titles: dict[str, str]
    rules: dict[str, str]
    clause: str
    tally: Summary
    extra: int
    marks: tuple[Mark, ...] = ()

    @property
    def title(self) -> str:
        return _said(self.titles)

    @property
    def rule(self) -> str:
        return _said(self.rules)


@dataclass(frozen=True)
class PartyLine:
    """One party in a year: the duties it owes by itself, and how many of its people who were invited came."""

    name: str
    system: str
    tally: Summary
    invited: int
    came: int

    @property
    def share(self) -> int | None:
        return share(self.came, self.invited)


@dataclass(frozen=True)
class YearLine:
    """One year in the line of years."""

    year: int
    tally: Summary
    raised: int = 0
    answered: int = 0
    days_to_answer: int | None = None
    attendance: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By help system: how many were invited, how many came."""

    def share_of(self, *systems: str) -> int | None:
        """The share of those invited of these help systems who came, in per cent."""
        found = [self.attendance[system] for system in systems if system in self.attendance]
        return share(sum(came for _, came in found), sum(invited for invited, _ in found))


@dataclass(frozen=True)
class PulseLine:
    """One closed round: the mean of trust and use, 1 to 5, from bank to bank; None where too few answered."""

    day: date
    of_care: float | None
    """What youth welfare says of addiction care."""
    of_youth: float | None
    """What addiction care says of youth welfare."""


@dataclass(frozen=True)
class QuestionFigures:
    """Questions asked without identity in a year: how many, answered, in time; by direction."""

    asked: int = 0
    answered: int = 0
    in_time: int = 0
    ways: tuple[tuple[str, int, int], ...] = ()
    """"from>to" of help systems, asked, answered."""


@dataclass(frozen=True)
class Figures:
    """Everything the yearly report counts."""

    year: int
    through: date
    """The last day that is counted."""
    complete: bool
    tally: Summary
    duties: tuple[DutyLine, ...]
    parties: tuple[PartyLine, ...]
    years: tuple[YearLine, ...]
    needs: NeedFigures
    pulse: tuple[PulseLine, ...] = ()
    meetings: dict[str, int] = field(default_factory=dict)
    """Meetings held in the year, by kind."""
    questions: QuestionFigures = QuestionFigures()

    @property
    def now(self) -> YearLine:
        """The line of this very year."""
        return next((line for line in self.years if line.year == self.year), YearLine(self.year, self.tally))

    @property
    def held(self) -> int:
        return sum(self.meetings.values())

    def to_json(self) -> dict[str, Any]:
        """As plain data; days as ISO texts."""
        written: dict[str, Any] = json.loads(json.dumps(asdict(self), default=date.isoformat))
        return written

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Figures:
        """What `to_json` wrote."""
        return cls(
            year=data["year"],
            through=date.fromisoformat(data["through"]),
            complete=data["complete"],
            tally=Summary(**data["tally"]),
            duties=tuple(
                DutyLine(
                    **{
                        **line,
                        "tally": Summary(**line["tally"]),
                        "marks": tuple(_mark(mark) for mark in line["marks"]),
                    }
                )
                for line in data["duties"]
            ),
            parties=tuple(
                PartyLine(**{**line, "tally": Summary(**line["tally"])}) for line in data["parties"]
            ),
            years=tuple(
                YearLine(
                    **{
                        **line,
                        "tally": Summary(**line["tally"]),
                        "attendance": {
                            key: (invited, came) for key, (invited, came) in line["attendance"].items()
                        },
                    }
                )
                for line in data["years"]
            ),
            needs=_need_figures(data["needs"]),
            pulse=tuple(
                PulseLine(**{**line, "day": date.fromisoformat(line["day"])}) for line in data["pulse"]
            ),
            meetings=dict(data["meetings"]),
            questions=_question_figures(data.get("questions") or {}),
        )


def _mark(data: dict[str, Any]) -> Mark:
    told = tuple((what, date.fromisoformat(day), late, count) for what, day, late, count in data["told"])
    return Mark(**{**data, "day": date.fromisoformat(data["day"]), "told": told})


def _question_figures(data: dict[str, Any]) -> QuestionFigures:
    """What was kept; reports approved before questions were counted have none."""
    ways = tuple((str(way), int(asked), int(answered)) for way, asked, answered in data.get("ways", ()))
    return QuestionFigures(**{**data, "ways": ways})


def _questions(agreement: Agreement, year: int) -> QuestionFigures:
    found = tallies(agreement.pk).get(year)
    if found is None:
        return QuestionFigures()
    ways = tuple((way, *counts) for way, counts in sorted(found.by_direction.items()))
    return QuestionFigures(found.asked, found.answered, found.in_time, ways)


def _need_figures(data: dict[str, Any]) -> NeedFigures:
    known = {one.name for one in fields(NeedFigures)}
    kept = {name: value for name, value in data.items() if name in known}
    return NeedFigures(**{**kept, "by_year": tuple(YearOfNeeds(**line) for line in data["by_year"])})


def _said(texts: dict[str, str]) -> str:
    code = (get_language() or "en").split("-")[0]
    return texts.get(code) or texts.get("en") or next(iter(texts.values()), "")


def share(part: int, whole: int) -> int | None:
    """A share in whole per cent; None where there is nothing to share."""
    return None if not whole else (200 * part + whole) // (2 * whole)


def figures(agreement: Agreement, year: int, *, today: date | None = None) -> Figures:
    """The figures of one year, as far as it has passed, and of the years before it."""
    now = today or today_in(agreement.network)
    found = figures_from(agreement, duties_of(agreement, today=now), year, now)
    return replace(found, years=tuple(line for line in found.years if line.year <= year))


def years_of(agreement: Agreement, today: date) -> list[int]:
    """The years in which the agreement was in force, up to today."""
    first = agreement.in_force_from.year if agreement.in_force_from else today.year
    last = min(agreement.ended_on.year, today.year) if agreement.ended_on else today.year
    return list(range(min(first, last), last + 1))


def figures_from(agreement: Agreement, duties: Sequence[DutyState], year: int, today: date) -> Figures:
    """The figures of a year and of all years, from duties that are loaded."""
    years = years_of(agreement, today)
    attendance = _attendance(agreement, years)
    needs = need_figures(agreement.network, year, today=today)
    of_needs = {line.year: line for line in needs.by_year}
    lines = []
    for one in years:
        line = of_needs.get(one)
        lines.append(
            YearLine(
                year=one,
                tally=sum((tally(duty.occurrences, one, today) for duty in duties), Summary()),
                raised=line.raised if line else 0,
                answered=line.answered if line else 0,
                days_to_answer=line.median_days_answered if line else None,
                attendance=attendance.by_system(one),
            )
        )
    rows = [row for row in rows_of(duties, year, today) if row.shown]
    end = date(year, 12, 31)
    if agreement.ended_on is not None:
        end = min(end, agreement.ended_on)
    return Figures(
        year=year,
        through=min(end, today),
        complete=today > date(year, 12, 31),
        tally=sum((row.tally for row in rows), Summary()),
        duties=_duty_lines(duties, rows),
        parties=_party_lines(agreement, duties, year, today, attendance),
        years=tuple(lines),
        needs=needs,
        pulse=_pulse(agreement, year),
        meetings=_meetings(agreement, year),
        questions=_questions(agreement, year),
    )


def _duty_lines(duties: Sequence[DutyState], rows: Iterable[Row]) -> tuple[DutyLine, ...]:
    first: dict[str, DutyState] = {}
    for duty in duties:
        first.setdefault(duty.question_key, duty)
    found = []
    for row in rows:
        duty = first[row.key]
        titles, rules = {}, {}
        for code, _name in settings.LANGUAGES:
            with override(code):
                titles[code], rules[code] = duty.title, duty.rule_words
        found.append(DutyLine(row.key, titles, rules, row.clause, row.tally, row.extra, row.marks))
    return tuple(found)


def _party_lines(
    agreement: Agreement, duties: Sequence[DutyState], year: int, today: date, attendance: _Attendance
) -> tuple[PartyLine, ...]:
    begun = dict(
        Version.objects.filter(agreement=agreement, in_force_from__isnull=False)
        .exclude(state=Version.State.ABANDONED)
        .values_list("number", "in_force_from")
    )
    own: dict[uuid.UUID, Summary] = defaultdict(Summary)
    for duty in duties:
        if duty.party is not None:
            own[duty.party.pk] += tally(duty.occurrences, year, today)
    found = []
    parties = Party.objects.filter(agreement=agreement).select_related("organization").order_by("order", "id")
    for party in parties:
        since = begun.get(party.from_version)
        if since is None or since.year > year or (party.left_on is not None and party.left_on.year < year):
            continue
        invited, came = attendance.of(year, party.organization_id)
        found.append(
            PartyLine(party.organization.name, party.organization.help_system, own[party.pk], invited, came)
        )
    return tuple(found)


# --- who came ---------------------------------------------------------------------------------------------


@dataclass
class _Attendance:
    """By year and organisation: how many were invited, and how many came."""

    rows: dict[tuple[int, uuid.UUID], tuple[int, int]] = field(default_factory=dict)
    systems: dict[uuid.UUID, str] = field(default_factory=dict)

    def of(self, year: int, organization: uuid.UUID) -> tuple[int, int]:
        return self.rows.get((year, organization), (0, 0))

    def by_system(self, year: int) -> dict[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        for (one, organization), (invited, came) in self.rows.items():
            if one == year:
                system = self.systems[organization]
                before = found.get(system, (0, 0))
                found[system] = (before[0] + invited, before[1] + came)
        return {system: found[system] for system in HelpSystem.values if system in found}


def held_meetings(agreement: Agreement) -> Q:
    """Meetings that were held for this agreement: its own and those of the whole network."""
    return Q(network=agreement.network_id, state=Meeting.State.HELD, kind__in=COUNTED_MEETINGS) & (
        Q(subject_id__isnull=True) | Q(subject_id=agreement.pk)
    )


def _begin(agreement: Agreement, year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=agreement.network.zone).astimezone(UTC)


def _attendance(agreement: Agreement, years: Sequence[int]) -> _Attendance:
    """Counted where attendance was noted: whoever was to come, and of these who was there.

    Coordination, moderation and guests from outside stand for no help system; those who might come as they liked
    are left out.
    """
    noted = Participant.objects.filter(removed_at__isnull=True).exclude(
        attendance=Participant.Attendance.UNKNOWN
    )
    held = Meeting.objects.filter(
        held_meetings(agreement),
        starts_at__gte=_begin(agreement, years[0]),
        starts_at__lt=_begin(agreement, years[-1] + 1),
        pk__in=noted.values("meeting"),
    )
    which = Case(
        *[When(meeting__starts_at__lt=_begin(agreement, year + 1), then=Value(year)) for year in years],
        output_field=IntegerField(),
    )
    rows = (
        Participant.objects.filter(
            meeting__in=held, removed_at__isnull=True, optional=False, organization__isnull=False
        )
        .annotate(in_year=which)
        .values_list("in_year", "organization", "organization__help_system")
        .annotate(invited=Count("pk"), came=Count("pk", filter=Q(attendance__in=THERE)))
        .order_by()
    )
    found = _Attendance()
    for year, organization, system, invited, came in rows:
        found.rows[(year, organization)] = (invited, came)
        found.systems[organization] = system
    return found


def _meetings(agreement: Agreement, year: int) -> dict[str, int]:
    rows = (
        Meeting.objects.filter(
            held_meetings(agreement),
            starts_at__gte=_begin(agreement, year),
            starts_at__lt=_begin(agreement, year + 1),
        )
        .values_list("kind")
        .annotate(number=Count("pk"))
        .order_by()
    )
    counts = dict(rows)
    return {str(kind): counts[kind] for kind in COUNTED_MEETINGS if counts.get(kind)}


_BANKS = (HelpSystem.ADDICTION_CARE.value, HelpSystem.YOUTH_WELFARE.value)


def _pulse(agreement: Agreement, year: int) -> tuple[PulseLine, ...]:
    """The closed rounds up to the end of the year of which something may be shown, oldest first.

    The same means as on the pulse's own page (mtd.cooperation.pulse), added up by the database: the page of a large
    network would otherwise read every answer of ten years.
    """
    care, youth = _BANKS
    between = Q(from_system=care, about__help_system=youth) | Q(from_system=youth, about__help_system=care)
    sums = {f"sum_{item}": Sum(item) for item in ITEMS}
    counts = {f"count_{item}": Count(item) for item in ITEMS}
    rows = (
        PulseAnswer.objects.filter(
            between,
            round__network=agreement.network_id,
            round__closes_on__lt=today_in(agreement.network),
            round__closes_on__year__lte=year,
        )
        .values_list("round__closes_on", "from_system", "about")
        .annotate(**sums, **counts)
        .order_by()
    )
    said: dict[tuple[date, str], list[tuple[int | None, ...]]] = defaultdict(list)
    for day, source, _about, *numbers in rows:
        said[day, source].append(tuple(numbers))
    lines = []
    for day in sorted({day for day, _ in said}):
        line = PulseLine(day, _mean(said.get((day, youth), [])), _mean(said.get((day, care), [])))
        if line.of_care is not None or line.of_youth is not None:
            lines.append(line)
    return tuple(lines)


def _mean(said: Sequence[Sequence[int | None]]) -> float | None:
    """The mean of trust and use of one bank about the other, if every question may be shown."""
    items: dict[str, float | None] = {}
    for place, item in enumerate(ITEMS):
        answers = [row[place + len(ITEMS)] or 0 for row in said]
        if sum(answers) < LEAST_ANSWERS or max(answers) < LEAST_PEOPLE:
            items[item] = None
        else:
            items[item] = round(sum(row[place] or 0 for row in said) / sum(answers), 1)
    means = Means(items)
    known = [value for value in (means.trust, means.use) if value is not None]
    return round(sum(known) / 2, 1) if len(known) == 2 else None
