"""What the pages of duties show: rows for the list, and one duty with everything that shows it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext

from mtd.agreements.models import Party
from mtd.cooperation.models import Contest, Escalation, Evidence
from mtd.cooperation.obligations import Occurrence, Per, Status
from mtd.core.actor import Actor
from mtd.core.encryption import warm
from mtd.core.templatetags.mtd import day as day_words
from mtd.core.templatetags.mtd import short_day
from mtd.meetings.models import Meeting
from mtd.meetings.permissions import visible_to as visible_meetings

from .duties import DutyState, counter_words
from .duty_evidence import Deed, Proof
from .duty_path import escalations_of, level_words

KINDS = {
    Status.KEPT: "good",
    Status.LATE: "late",
    Status.MISSED: "miss",
    Status.DUE: "due",
    Status.TO_COME: "due",
    Status.PAUSED: "parked",
    Status.NOT_BEGUN: "open",
    Status.EACH_TIME: "info",
    Status.ENDED: "closed",
}
"""Status → kind of the state pill."""
SIGNS = {
    Status.KEPT: "k-done",
    Status.LATE: "k-late",
    Status.MISSED: "k-miss",
    Status.DUE: "k-due",
    Status.TO_COME: "k-due",
    Status.PAUSED: "k-paused",
}
"""Status of an occurrence → its mark."""
_URGENCY = (
    Status.MISSED,
    Status.LATE,
    Status.DUE,
    Status.PAUSED,
    Status.NOT_BEGUN,
    Status.KEPT,
    Status.EACH_TIME,
    Status.ENDED,
)


def status_words(status: Status) -> str:
    """How a duty stands, in words."""
    return {
        Status.KEPT: pgettext("status of a duty", "kept"),
        Status.LATE: pgettext("status of a duty", "overdue"),
        Status.MISSED: pgettext("status of a duty", "missed"),
        Status.DUE: pgettext("status of a duty", "due"),
        Status.PAUSED: pgettext("status of a duty", "rests"),
        Status.NOT_BEGUN: pgettext("status of a duty", "not yet begun"),
        Status.EACH_TIME: pgettext("status of a duty", "each time"),
        Status.ENDED: pgettext("status of a duty", "ended"),
    }.get(status, "")


def occurrence_words(found: Occurrence, today: date) -> str:
    """How one occurrence stands, in words."""
    match found.status:
        case Status.KEPT:
            return pgettext("status of an occurrence", "kept")
        case Status.LATE:
            return ngettext("%(days)s day late", "%(days)s days late", found.days_late) % {
                "days": found.days_late
            }
        case Status.MISSED:
            return pgettext("status of an occurrence", "missed")
        case Status.PAUSED:
            return pgettext("status of an occurrence", "paused")
    if found.due < today:
        return ngettext("%(days)s day overdue", "%(days)s days overdue", found.days_late) % {
            "days": found.days_late
        }
    if found.status is Status.DUE:
        return pgettext("status of an occurrence", "due")
    return pgettext("status of an occurrence", "to come")


# --- the list ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One duty in the list; the parties' shares of it together."""

    duty: DutyState
    shares: tuple[DutyState, ...]
    counter: str
    status: Status
    next_due: date | None
    problem: str | Promise

    @property
    def url(self) -> str:
        return reverse("cooperation:duty", args=[self.duty.agreement.pk, self.duty.question_key])

    @property
    def kind(self) -> str:
        return "late" if self.problem else KINDS[self.status]

    @property
    def state_words(self) -> str:
        return gettext("cannot be read") if self.problem else status_words(self.status)

    @property
    def people(self) -> list[tuple[DutyState, str, str]]:
        """Each party's share: the duty, the kind of its pill, and the words on it."""
        return [(one, KINDS[one.status], status_words(one.status)) for one in self.shares]


@dataclass(frozen=True)
class Group:
    """Rows that belong together, by what there is to do."""

    key: str
    title: str
    about: str
    rows: tuple[Row, ...]


def rows_of(duties: Iterable[DutyState]) -> list[Row]:
    """One row for each clause, in the order of the agreement."""
    by_key: dict[str, list[DutyState]] = {}
    for duty in duties:
        by_key.setdefault(duty.question_key, []).append(duty)
    rows = []
    for same in by_key.values():
        first = same[0]
        alive = [duty for duty in same if duty.status is not Status.ENDED] or same
        rows.append(
            Row(
                duty=first,
                shares=tuple(same) if first.party else (),
                counter=counter_words(alive, first.reckoning.today.year),
                status=min((duty.status for duty in alive), key=_URGENCY.index),
                next_due=min((d.next_due for d in alive if d.next_due), default=None),
                problem=next((d.problem for d in same if d.problem), ""),
            )
        )
    return rows


def groups_of(rows: Sequence[Row]) -> list[Group]:
    """The rows by what there is to do: now, later, resting, each time, ended. Empty groups are left out."""
    places: dict[str, list[Row]] = {"now": [], "later": [], "rests": [], "each": [], "ended": []}
    for row in rows:
        match row.status:
            case _ if row.problem:
                places["now"].append(row)
            case Status.MISSED | Status.LATE | Status.DUE:
                places["now"].append(row)
            case Status.PAUSED:
                places["rests"].append(row)
            case Status.EACH_TIME:
                places["each"].append(row)
            case Status.ENDED:
                places["ended"].append(row)
            case _:
                places["later"].append(row)
    places["now"].sort(
        key=lambda row: (bool(row.problem), _URGENCY.index(row.status), row.next_due or date.max)
    )
    places["later"].sort(key=lambda row: row.next_due or date.max)
    titles = {
        "now": (gettext("Due now"), gettext("Due soon, overdue, or missed and not made good yet.")),
        "later": (gettext("Coming"), gettext("Nothing to do yet, or done for now.")),
        "rests": (gettext("Resting"), gettext("Paused with a reason. Nothing is owed meanwhile.")),
        "each": (gettext("Each time"), gettext("Limits of time that apply whenever it happens.")),
        "ended": (gettext("Ended"), gettext("What was, stays as it was.")),
    }
    return [Group(key, *titles[key], rows=tuple(found)) for key, found in places.items() if found]


# --- one duty ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OccurrenceRow:
    """One occurrence as the table shows it."""

    found: Occurrence
    span: str
    words: str
    sign: str
    tone: str


@dataclass
class ProofRow:
    """One proof with who brought it, and the doubts about it."""

    proof: Proof
    label: str
    url: str = ""
    note: str = ""
    by: str = ""
    evidence: Evidence | None = None
    brought_by: Party | None = None
    contests: list[Contest] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Names it in forms."""
        return f"{self.proof.source}-{self.proof.source_id}"


@dataclass
class DeedRow:
    """One act with everything that shows it, and what it counts for."""

    deed: Deed
    counts_for: str
    kind: str
    proofs: list[ProofRow]


@dataclass(frozen=True)
class LevelRow:
    """One level that a missed occurrence has reached."""

    row: Escalation
    words: str
    due: date | None


def occurrence_rows(duty: DutyState) -> list[tuple[int, list[OccurrenceRow]]]:
    """The occurrences by year, newest first."""
    today = duty.reckoning.today
    years: dict[int, list[OccurrenceRow]] = {}
    for found in duty.occurrences:
        tone = "late" if found.act is None and found.due < today <= found.grace_until else found.status.value
        row = OccurrenceRow(
            found, _span(duty, found), occurrence_words(found, today), SIGNS[found.status], tone
        )
        years.setdefault(found.due.year, []).append(row)
    return [(year, list(reversed(years[year]))) for year in sorted(years, reverse=True)]


def _span(duty: DutyState, found: Occurrence) -> str:
    per = getattr(duty.rule, "per", "")
    first, last = found.start, found.end
    whole_year = first.month == first.day == 1 and (last.month, last.day) == (12, 31)
    if per == Per.MONTH and first.day == 1:
        words = date_format(last, "F Y")
    elif whole_year and per == Per.YEAR:
        words = str(last.year)
    elif per == Per.HALF_YEAR and (first.month, first.day) in ((1, 1), (7, 1)):
        half = 1 if first.month == 1 else 2
        words = gettext("half-year %(half)s of %(year)s") % {"half": half, "year": last.year}
    elif per == Per.QUARTER and first.day == 1 and first.month in (1, 4, 7, 10):
        words = gettext("quarter %(quarter)s of %(year)s") % {
            "quarter": (first.month + 2) // 3,
            "year": last.year,
        }
    elif per:
        words = f"{short_day(first)} – {short_day(last)}"
    else:
        words = gettext("by %(day)s") % {"day": day_words(found.due)}
    if found.of > 1:
        return gettext("%(span)s, %(number)s of %(of)s") % {
            "span": words,
            "number": found.number,
            "of": found.of,
        }
    return words


def deed_rows(actor: Actor, duty: DutyState) -> list[DeedRow]:
    """Everything that was done, newest first, with texts. Constant queries: evidence, doubts, meetings, keys."""
    evidence = {
        row.pk: row
        for row in Evidence.objects.filter(
            agreement=duty.agreement, question_key=duty.question_key, withdrawn_at__isnull=True
        )
        .select_related("by", "by_party__organization", "file")
        .defer("file__content")
    }
    contests = list(
        Contest.objects.filter(agreement=duty.agreement, question_key=duty.question_key)
        .exclude(state=Contest.State.WITHDRAWN)
        .select_related("party__organization", "by")
    )
    for shown in evidence.values():
        shown.agreement = duty.agreement
    warm([*evidence.values(), *contests])
    held = [p.source_id for deed in duty.deeds for p in deed.proofs if p.source == "meeting"]
    meetings = {m.pk: m for m in visible_meetings(actor).filter(pk__in=held)} if held else {}
    parties = {p.pk: p for p in duty.agreement.parties.select_related("organization")}
    fills = {o.act.key: o for o in duty.occurrences if o.act}
    rows = []
    for deed in reversed(duty.deeds):
        found = [_proof_row(duty, proof, evidence, meetings, parties) for proof in deed.proofs]
        for row in found:
            row.contests = [
                c for c in contests if (c.source, c.source_id) == (row.proof.source, row.proof.source_id)
            ]
        words, kind = _counts_for(duty, deed, fills.get(deed.key))
        rows.append(DeedRow(deed, words, kind, found))
    return rows


def _counts_for(duty: DutyState, deed: Deed, found: Occurrence | None) -> tuple[str, str]:
    if not deed.counts:
        return gettext("does not count: contested and upheld"), "closed"
    if found is not None:
        words = gettext("counts for %(span)s") % {"span": _span(duty, found)}
        return words, "late" if found.status is Status.LATE else "good"
    if any(act.key == deed.key for act in duty.extra):
        return gettext("beyond what was owed"), "info"
    return gettext("counts for nothing: the duty did not bind on this day"), "closed"


def _proof_row(
    duty: DutyState,
    proof: Proof,
    evidence: dict[uuid.UUID, Evidence],
    meetings: dict[Any, Meeting],
    parties: dict[uuid.UUID, Party],
) -> ProofRow:
    brought_by = parties.get(proof.by_party_id) if proof.by_party_id else None
    by = brought_by.organization.short_name if brought_by else ""
    match proof.source:
        case "meeting":
            meeting = meetings.get(proof.source_id)
            url = reverse("meetings:meeting", args=[meeting.pk]) if meeting else ""
            return ProofRow(proof, gettext("Meeting held"), url, by=meeting.name if meeting else "")
        case "shadowing":
            return ProofRow(proof, gettext("Visit reported"), by=by, brought_by=brought_by)
        case "contacts":
            return ProofRow(proof, gettext("Contacts confirmed"), by=by, brought_by=brought_by)
        case "review":
            url = reverse("agreements:life", args=[duty.agreement.pk])
            return ProofRow(proof, gettext("Review noted"), url)
        case "version":
            url = reverse("agreements:life", args=[duty.agreement.pk])
            return ProofRow(proof, gettext("Renewed by all parties"), url)
    row = evidence[proof.source_id]
    who = row.by.full_name if row.by else ""
    by = ", ".join(part for part in (who, by or gettext("network coordination")) if part)
    label = gettext("Document") if row.file_id else gettext("Statement")
    address = [duty.agreement.pk, row.pk]
    url = reverse("cooperation:evidence_file", args=address) if row.file_id else ""
    return ProofRow(proof, label, url, row.note, by, row, brought_by)


def level_rows(duty: DutyState) -> list[LevelRow]:
    """The levels that missed occurrences have reached, newest first."""
    party_id = duty.party.pk if duty.party else None
    rows = []
    for row in escalations_of(duty.agreement, duty.question_key, party_id):
        due = row.facts.get("due")
        rows.append(LevelRow(row, level_words(row.level_key), date.fromisoformat(due) if due else None))
    return list(reversed(rows))
