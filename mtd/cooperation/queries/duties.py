"""How every duty stands: derived from the versions in force and from the evidence, never stored.

A duty is named by agreement, question and, where each party owes it by itself, the party. A constant number of
queries, however many agreements there are.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy

from mtd.agreements.models import Agreement, Party
from mtd.cooperation.models import Pause
from mtd.cooperation.obligations import (
    Act,
    After,
    AtLeast,
    Counter,
    Duty,
    Occurrence,
    On,
    Reckoning,
    Rule,
    Status,
    Term,
    Within,
    reckon,
)
from mtd.cooperation.obligations import Pause as Rest
from mtd.core.templatetags.mtd import day as day_words
from mtd.guide.pack import Question, say
from mtd.guide.wording import format_period, format_rhythm

from .duty_evidence import MEETING_DUTIES, Deed, load_shelf
from .duty_rules import PROBLEMS, UNREADABLE, Book, load_book

__all__ = [
    "MEETING_DUTIES",
    "DutyState",
    "Summary",
    "duties_of",
    "duties_of_many",
    "find_duty",
    "status_of",
    "summary",
    "tally",
]


DUTY_NAMES = {
    Duty.PRACTITIONER_EXCHANGE: pgettext_lazy("duty", "Practitioner exchange"),
    Duty.CASE_DISCUSSION: pgettext_lazy("duty", "Anonymous case discussion"),
    Duty.PARTICIPANTS_CONFERENCE: pgettext_lazy("duty", "Participants’ conference"),
    Duty.COOPERATION_COMMITTEE: pgettext_lazy("duty", "Cooperation committee"),
    Duty.STEERING_GROUP: pgettext_lazy("duty", "Steering group"),
    Duty.JOB_SHADOWING: pgettext_lazy("duty", "Job shadowing"),
    Duty.CONSULTATION_HOUR: pgettext_lazy("duty", "Consultation hour"),
    Duty.JOINT_SEMINAR: pgettext_lazy("duty", "Joint seminar"),
    Duty.CONTACT_LIST_UPDATE: pgettext_lazy("duty", "Contact list confirmed"),
    Duty.EVALUATION: pgettext_lazy("duty", "Evaluation"),
    Duty.AGREEMENT_REVIEW: pgettext_lazy("duty", "Review of the agreement"),
}
"""Duties that an agreement knows once. Times to acknowledge and to answer go by their questions: there are several."""


def _language() -> str:
    return (get_language() or "en").split("-")[0]


@dataclass(frozen=True)
class Times:
    """How often a limit that applies each time was kept in a year."""

    year: int
    in_time: int
    times: int


@dataclass(frozen=True)
class DutyState:
    """One duty as it stands today: its rule, what was done, and what is due next."""

    agreement: Agreement
    question: Question
    type: Duty
    party: Party | None
    """Whose duty it is; None when the network owes it together."""
    rule: Rule | None
    """The rule that binds now, or bound last; None when it cannot be read."""
    reckoning: Reckoning
    deeds: tuple[Deed, ...] = ()
    pauses: tuple[Pause, ...] = ()
    problem_code: str = ""
    nobody: bool = False
    """Nobody who could do it has an account any more: the coordination looks after it."""
    terms: tuple[Term, ...] = field(default=(), repr=False)
    said: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What the newest version agreed about everything that duties need, by question."""

    @property
    def question_key(self) -> str:
        return self.question.key

    @property
    def title(self) -> str:
        """What it is, to the reader: the field's own name; of what there are several, the question's."""
        name = DUTY_NAMES.get(self.type)
        return str(name) if name else str(say(self.question.short, _language()))

    @property
    def clause(self) -> str:
        """The number of its clause."""
        return self.question.number

    @property
    def clause_url(self) -> str:
        return reverse("agreements:clause", args=[self.agreement.pk, self.question_key])

    @property
    def url(self) -> str:
        address = reverse("cooperation:duty", args=[self.agreement.pk, self.question_key])
        return f"{address}?party={self.party.pk}" if self.party else address

    @property
    def rule_words(self) -> str:
        """The rule in words: “at least twice a year”; empty when it cannot be read."""
        return rule_words(self.rule)

    @property
    def occurrences(self) -> tuple[Occurrence, ...]:
        return self.reckoning.occurrences

    @property
    def status(self) -> Status:
        return self.reckoning.status

    @property
    def next_due(self) -> date | None:
        return self.reckoning.next_due

    @property
    def extra(self) -> tuple[Act, ...]:
        return self.reckoning.extra

    @property
    def problem(self) -> str | Promise:
        """Why the clause cannot be read as a rule; empty when it can."""
        return PROBLEMS.get(self.problem_code, UNREADABLE) if self.problem_code else ""

    @property
    def counts_by_meeting(self) -> bool:
        """A held meeting fulfils it by itself."""
        return self.type.value in MEETING_DUTIES.values()

    @property
    def needs_care(self) -> bool:
        """Due, overdue or missed and not made good."""
        return self.status in (Status.DUE, Status.LATE, Status.MISSED)

    @cached_property
    def pause(self) -> Pause | None:
        """The pause that is running today."""
        today = self.reckoning.today
        return next(
            (p for p in self.pauses if p.from_on <= today and (p.until_on is None or p.until_on >= today)),
            None,
        )

    @cached_property
    def times(self) -> tuple[Times, ...]:
        """Of a limit that applies each time: how often it was kept, by year, the newest first."""
        found: dict[int, list[int]] = {}
        for deed in self.deeds if isinstance(self.rule, Within) and self.deeds else ():
            for proof in deed.proofs if deed.counts else ():
                year = found.setdefault(deed.day.year, [0, 0])
                year[0] += proof.times if proof.in_time else 0
                year[1] += proof.times
        return tuple(Times(year, *counts) for year, counts in sorted(found.items(), reverse=True))

    @cached_property
    def last_done(self) -> date | None:
        """The day on which it was last done."""
        return max((deed.day for deed in self.deeds if deed.counts), default=None)

    @cached_property
    def in_force(self) -> bool:
        """It binds today."""
        today = self.reckoning.today
        return any(t.start <= today and (t.until is None or t.until >= today) for t in self.terms)

    def counter(self, year: int) -> Counter:
        """Done, owed and beyond in one year."""
        return self.reckoning.counter(year)

    @property
    def counter_words(self) -> str:
        """“2 of 2 done this year”, “once done in 2025, nothing due this year”."""
        return counter_words([self], self.reckoning.today.year)


def rule_words(rule: Rule | None) -> str:
    """A rule in words, in the language of the reader."""
    language = _language()
    match rule:
        case AtLeast():
            return format_rhythm(rule.number, rule.per, language)
        case On():
            return gettext("by %(day)s") % {"day": day_words(rule.day)}
        case After():
            period = format_period(rule.number, rule.unit, language)
            return gettext("%(period)s after the last time") % {"period": period}
        case Within():
            period = format_period(rule.number, rule.unit, language, dative=True)
            return gettext("within %(period)s, each time") % {"period": period}
    return ""


def counter_words(duties: Sequence[DutyState], year: int) -> str:
    """How a year stands in words, for one duty or for all parties' shares of it."""
    counters = [duty.counter(year) for duty in duties]
    done, owed = sum(c.done for c in counters), sum(c.owed for c in counters)
    extra = sum(c.extra for c in counters)
    if all(duty.status is Status.EACH_TIME for duty in duties):
        times = [one for duty in duties for one in duty.times if one.year == year]
        if not times:
            return gettext("applies each time")
        return gettext("%(done)s of %(all)s in time this year") % {
            "done": sum(one.in_time for one in times),
            "all": sum(one.times for one in times),
        }
    if not owed and not extra:
        return gettext("nothing due this year")
    if not owed:
        return ngettext(
            "done %(number)s time this year, beyond what is owed",
            "done %(number)s times this year, beyond what is owed",
            extra,
        ) % {"number": extra}
    words = gettext("%(done)s of %(owed)s done this year") % {"done": done, "owed": owed}
    if not extra:
        return words
    more = ngettext("and %(number)s more", "and %(number)s more", extra) % {"number": extra}
    return f"{words}, {more}"


# --- loading ----------------------------------------------------------------------------------------------


def duties_of(agreement: Agreement, today: date | None = None) -> list[DutyState]:
    """The duties of one agreement, in the order of its clauses, the parties in the order of the agreement."""
    return duties_of_many([agreement], today=today).get(agreement.pk, [])


_seen: ContextVar[dict[tuple[uuid.UUID, date], list[DutyState]] | None] = ContextVar(
    "duties_seen", default=None
)


@contextmanager
def duties_loaded_once() -> Iterator[None]:
    """Within this block, the making of one page, the duties of an agreement are loaded once, whoever asks for them."""
    before = _seen.set({})
    try:
        yield
    finally:
        _seen.reset(before)


def duties_of_many(
    agreements: Iterable[Agreement] | QuerySet[Agreement], today: date | None = None
) -> dict[uuid.UUID, list[DutyState]]:
    """The duties of many agreements, by agreement. Agreements that never were in force have none."""
    if isinstance(agreements, QuerySet):
        agreements = agreements.select_related("network")
    wanted = list(agreements)
    day = today or timezone.localdate()
    seen = _seen.get()
    if seen is None:
        return _load(wanted, day)
    new = _load([agreement for agreement in wanted if (agreement.pk, day) not in seen], day)
    seen.update({(pk, day): duties for pk, duties in new.items()})
    return {agreement.pk: seen[agreement.pk, day] for agreement in wanted}


def _load(wanted: list[Agreement], day: date) -> dict[uuid.UUID, list[DutyState]]:
    if not wanted:
        return {}
    book = load_book(wanted)
    shelf = load_shelf(book)
    found: dict[uuid.UUID, list[DutyState]] = {}
    for agreement in wanted:
        found[agreement.pk] = [
            DutyState(
                agreement=agreement,
                question=line.question,
                type=line.type,
                party=party,
                rule=None if line.problem else line.current,
                reckoning=reckon(terms, [deed.act() for deed in deeds], rests, day),
                deeds=tuple(deeds),
                pauses=tuple(pauses),
                problem_code=line.problem,
                terms=tuple(terms),
                said=book.said.get(agreement.pk, {}),
            )
            for line in book.lines.get(agreement.pk, ())
            for party, terms in _shares(book, line.per_party, agreement, line.terms)
            for deeds in [
                shelf.deeds(agreement.pk, line.question.key, line.type.value, party.pk if party else None)
            ]
            for pauses in [_pauses(book, agreement.pk, line.question.key, party)]
            for rests in [[Rest(p.from_on, p.until_on) for p in pauses]]
        ]
    return found


def _pauses(book: Book, agreement_id: uuid.UUID, key: str, party: Party | None) -> list[Pause]:
    """Pauses of this duty; one for all parties rests each party's share."""
    pauses = list(book.pauses.get((agreement_id, key, None), ()))
    if party is not None:
        pauses += book.pauses.get((agreement_id, key, party.pk), ())
    return pauses


def _shares(
    book: Book, per_party: bool, agreement: Agreement, terms: Sequence[Term]
) -> Iterator[tuple[Party | None, list[Term]]]:
    """The duty itself, or each party's share of it in the days on which the party is bound."""
    if not per_party:
        yield None, list(terms)
        return
    for party in book.parties.get(agreement.pk, ()):
        bound = book.days_of(party)
        if bound is None:
            continue
        first, last = bound
        share = []
        for term in terms:
            start = max(term.start, first)
            until = term.until if last is None else last if term.until is None else min(term.until, last)
            if until is None or until >= start:
                share.append(Term(term.rule, start, until))
        if share or not terms:
            yield party, share


def find_duty(duties: Iterable[DutyState], question_key: str, party_id: object = None) -> DutyState | None:
    """The duty of this question and party among those loaded; the first share where no party is named."""
    for duty in duties:
        if duty.question_key != question_key:
            continue
        if not party_id or (duty.party is not None and str(duty.party.pk) == str(party_id)):
            return duty
    return None


# --- figures ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Summary:
    """What was due in a year and how it stands; `overdue` is open and past its day, `to_come` before it."""

    kept: int = 0
    late: int = 0
    missed: int = 0
    overdue: int = 0
    to_come: int = 0
    paused: int = 0

    @property
    def settled(self) -> int:
        """Decided: kept, late or missed."""
        return self.kept + self.late + self.missed

    @property
    def done(self) -> int:
        """Kept or kept late."""
        return self.kept + self.late

    @property
    def open(self) -> int:
        """Still to come, or due and not yet missed."""
        return self.to_come + self.overdue

    @property
    def owed(self) -> int:
        """Everything that the year demands, as far as it is not paused."""
        return self.settled + self.open

    def __add__(self, other: Summary) -> Summary:
        return Summary(
            self.kept + other.kept,
            self.late + other.late,
            self.missed + other.missed,
            self.overdue + other.overdue,
            self.to_come + other.to_come,
            self.paused + other.paused,
        )


def summary(duties: Iterable[DutyState], year: int) -> tuple[Summary, dict[uuid.UUID | None, Summary]]:
    """A year in numbers, in all and by party; under None what the network owes together."""
    by_party: dict[uuid.UUID | None, Summary] = {}
    for duty in duties:
        key = duty.party.pk if duty.party else None
        by_party[key] = by_party.get(key, Summary()) + tally(duty.occurrences, year, duty.reckoning.today)
    return sum(by_party.values(), Summary()), by_party


def status_of(found: Occurrence, today: date) -> str:
    """How an occurrence is counted: what is open and past its day is overdue until its grace is over."""
    match found.status:
        case Status.KEPT | Status.LATE | Status.MISSED | Status.PAUSED:
            return found.status.value
    return "overdue" if found.due < today else "to_come"


def tally(occurrences: Iterable[Occurrence], year: int, today: date) -> Summary:
    """Count what falls due in a year."""
    counts: dict[str, int] = {}
    for found in occurrences:
        if found.due.year == year:
            status = status_of(found, today)
            counts[status] = counts.get(status, 0) + 1
    return Summary(**counts)


def until_words(due: date, today: date) -> str:
    """“in 12 days”, “today”, “5 days overdue”."""
    days = (due - today) // timedelta(days=1)
    if days == 0:
        return gettext("today")
    if days > 0:
        return ngettext("in %(number)s day", "in %(number)s days", days) % {"number": days}
    return ngettext("%(number)s day overdue", "%(number)s days overdue", -days) % {"number": -days}
