"""What binds whom since when: rules from every version that was ever in force. Few, constant queries."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from mtd.agreements.models import Agreement, Answer, Party, Position, Version
from mtd.cooperation.models import GraceSetting, Pause
from mtd.cooperation.obligations import (
    DEFAULT_GRACE,
    After,
    AtLeast,
    BadRule,
    Duty,
    On,
    Rule,
    Term,
    Within,
    day_of,
    proposed_grace,
)
from mtd.core.errors import Message
from mtd.guide.pack import Pack, Question, QuestionType, open_questions
from mtd.guide.queries import pack_by_id

BINDING = (Version.State.IN_FORCE, Version.State.SUPERSEDED, Version.State.ENDED)
PATH, TIME = "escalation_path", "escalation_time"
"""Question keys of the cooperation guide; a guide that asks differently gets our defaults."""
EACH_TIME = (Duty.ACKNOWLEDGEMENT, Duty.FEEDBACK)
_DAY = timedelta(days=1)

PROBLEMS: dict[str, Message] = {
    "zero": _("The clause asks for it zero times. Please amend it."),
    "not_a_number": _("The clause does not say a number. Please amend it."),
    "too_many": _("The number in the clause is too large to be meant. Please amend it."),
    "unknown_period": _("The clause names a period that the calendar does not have. Please amend it."),
    "unknown_unit": _("The clause names a unit of time that does not fit here. Please amend it."),
    "no_such_day": _("The clause names a day that is not in the calendar. Please amend it."),
    "too_far": _("The clause reaches too far into the future. Please amend it."),
    "end_before_start": _("The clause ends before it begins. Please amend it."),
    "before_start": _("The day in the clause lies before it came into force. Please amend it."),
    "grace": _("The days of grace cannot be read. Please set them anew."),
}
UNREADABLE = _("This clause cannot be read as a rule. Please amend it.")


@dataclass
class Line:
    """One question of one agreement over time: its terms, and what cannot be read."""

    agreement: Agreement
    question: Question
    type: Duty
    per_party: bool
    terms: list[Term] = field(default_factory=list)
    current: Rule | None = None
    """The rule of the newest version that has one."""
    problem: str = ""
    """Code of what is wrong with the newest one."""


@dataclass
class Bound:
    """One version in its days."""

    version_id: uuid.UUID
    number: int
    kind: str
    pack: Pack
    start: date
    until: date | None


@dataclass
class Book:
    """Everything that binds in these agreements, by agreement."""

    agreements: dict[uuid.UUID, Agreement]
    versions: dict[uuid.UUID, list[Bound]]
    parties: dict[uuid.UUID, list[Party]]
    lines: dict[uuid.UUID, list[Line]]
    pauses: dict[tuple[uuid.UUID, str, uuid.UUID | None], list[Pause]]
    grace: dict[tuple[uuid.UUID, str], int]
    said: dict[uuid.UUID, Mapping[str, Any]]
    """What was agreed in the newest version: answers of all questions that duties need."""

    def days_of(self, party: Party) -> tuple[date, date | None] | None:
        """First and last day on which a party is bound; None for one that never was."""
        for bound in self.versions.get(party.agreement_id, ()):
            if bound.number >= party.from_version:
                until = party.left_on - _DAY if party.left_on else None
                return None if until is not None and until < bound.start else (bound.start, until)
        return None


@lru_cache(maxsize=64)
def _wanted(guide_version_id: uuid.UUID) -> frozenset[str]:
    """Questions with a duty, those about escalation, and every question that their branches hang on."""
    pack = pack_by_id(guide_version_id)
    todo = [q.key for q in pack.questions if q.obligation or q.key in (PATH, TIME)]
    found: set[str] = set()
    while todo:
        key = todo.pop()
        if key not in found and pack.has_question(key):
            found.add(key)
            todo += pack.question(key).show_if
    return frozenset(found)


def load_book(agreements: Iterable[Agreement]) -> Book:
    """Load what binds in these agreements. Six queries, however many there are."""
    known = {a.pk: a for a in agreements}
    parties: dict[uuid.UUID, list[Party]] = defaultdict(list)
    rows = Party.objects.filter(agreement__in=known).select_related("organization")
    for party in rows.order_by("order", "id"):
        party.agreement = known[party.agreement_id]
        parties[party.agreement_id].append(party)
    versions, keys = _versions(known)
    bound_ids = [bound.version_id for line in versions.values() for bound in line]
    values: dict[uuid.UUID, dict[str, tuple[Any, int]]] = defaultdict(dict)
    found = Answer.objects.filter(version__in=bound_ids, question_key__in=keys)
    for version_id, key, value, revision in found.values_list("version", "question_key", "value", "revision"):
        values[version_id][key] = (value, revision)
    agrees: dict[uuid.UUID, set[tuple[str, uuid.UUID, int]]] = defaultdict(set)
    stands = Position.objects.filter(
        version__in=bound_ids, question_key__in=keys, stance=Position.Stance.AGREE
    )
    for version_id, key, party_id, revision in stands.values_list(
        "version", "question_key", "party", "answer_revision"
    ):
        agrees[version_id].add((key, party_id, revision))
    pauses: dict[tuple[uuid.UUID, str, uuid.UUID | None], list[Pause]] = defaultdict(list)
    for pause in Pause.objects.filter(agreement__in=known):
        pauses[(pause.agreement_id, pause.question_key, pause.party_id)].append(pause)
    settings = GraceSetting.objects.filter(agreement__in=known)
    grace = {(a, key): days for a, key, days in settings.values_list("agreement", "question_key", "days")}
    book = Book(known, versions, parties, {}, pauses, grace, {})
    for agreement_id, line in versions.items():
        book.lines[agreement_id] = _lines(book, known[agreement_id], line, values, agrees)
    return book


def _versions(known: Mapping[uuid.UUID, Agreement]) -> tuple[dict[uuid.UUID, list[Bound]], set[str]]:
    rows = Version.objects.filter(
        agreement__in=known, state__in=BINDING, in_force_from__isnull=False
    ).values_list("agreement", "pk", "number", "kind", "guide_version", "in_force_from")
    raw: dict[uuid.UUID, list[tuple[uuid.UUID, int, str, uuid.UUID, date]]] = defaultdict(list)
    keys: set[str] = set()
    for agreement_id, version_id, number, kind, guide_version_id, start in rows.order_by("number"):
        assert start is not None
        raw[agreement_id].append((version_id, number, kind, guide_version_id, start))
    versions: dict[uuid.UUID, list[Bound]] = {}
    for agreement_id, found in raw.items():
        agreement = known[agreement_id]
        line: list[Bound] = []
        for at, (version_id, number, kind, guide_version_id, start) in enumerate(found):
            until = found[at + 1][4] - _DAY if at + 1 < len(found) else None
            if agreement.ended_on is not None and (until is None or until > agreement.ended_on):
                until = agreement.ended_on
            if until is None or until >= start:
                line.append(Bound(version_id, number, kind, pack_by_id(guide_version_id), start, until))
                keys |= _wanted(guide_version_id)
        versions[agreement_id] = line
    return versions, keys


def _lines(
    book: Book,
    agreement: Agreement,
    versions: Sequence[Bound],
    values: Mapping[uuid.UUID, Mapping[str, tuple[Any, int]]],
    agrees: Mapping[uuid.UUID, set[tuple[str, uuid.UUID, int]]],
) -> list[Line]:
    lines: dict[str, Line] = {}
    for bound in versions:
        agreed = _agreed(
            book, bound, values.get(bound.version_id, {}), agrees.get(bound.version_id, set()), agreement
        )
        book.said[agreement.pk] = agreed
        for question in bound.pack.questions:
            if not question.obligation or question.key not in agreed:
                continue
            duty = Duty(question.obligation)
            line = lines.get(question.key)
            if line is None:
                line = Line(agreement, question, duty, question.params.get("scope") == "party")
                lines[question.key] = line
            line.question, line.type, line.problem = question, duty, ""
            try:
                rule = rule_of(question, agreed[question.key], book.grace.get((agreement.pk, question.key)))
            except BadRule as bad:
                line.problem = bad.code
                continue
            line.current = rule
            line.terms.append(Term(rule, bound.start, bound.until))
            began = _began(line.terms)
            if isinstance(rule, On) and rule.day < began:
                line.problem = "before_start"
    order = {q.key: n for n, q in enumerate(versions[-1].pack.questions)} if versions else {}
    return sorted(lines.values(), key=lambda line: (order.get(line.question.key, 10_000), line.question.key))


def _began(terms: Sequence[Term]) -> date:
    """Since when the newest rule holds without a break."""
    start = terms[-1].start
    for term in reversed(terms):
        if term.rule != terms[-1].rule:
            break
        start = term.start
    return start


def _agreed(
    book: Book,
    bound: Bound,
    values: Mapping[str, tuple[Any, int]],
    agrees: set[tuple[str, uuid.UUID, int]],
    agreement: Agreement,
) -> dict[str, Any]:
    """Only what every party of that version agreed to, on branches that are open."""
    parties = [
        party.pk
        for party in book.parties.get(agreement.pk, ())
        if party.from_version <= bound.number and (party.left_on is None or party.left_on > bound.start)
    ]
    open_keys = open_questions(bound.pack, {key: value for key, (value, _revision) in values.items()})
    return {
        key: value
        for key, (value, revision) in values.items()
        if key in open_keys and parties and all((key, party, revision) in agrees for party in parties)
    }


def rule_of(question: Question, value: Any, grace_days: int | None = None) -> Rule:
    """The rule that an answer means; the grace is the parties' own or our proposal. Raises BadRule."""
    if not isinstance(value, Mapping):
        raise BadRule("not_a_number")
    match question.type:
        case QuestionType.RHYTHM:
            per = str(value.get("per"))
            if per not in DEFAULT_GRACE:
                raise BadRule("unknown_period")
            days = proposed_grace(question.obligation, per) if grace_days is None else grace_days
            return AtLeast(_whole(value.get("at_least")), per, days)
        case QuestionType.PERIOD:
            number, unit = _whole(value.get("number")), str(value.get("unit"))
            if question.obligation in EACH_TIME:
                return Within(number, unit)
            days = proposed_grace(question.obligation, "after") if grace_days is None else grace_days
            return After(number, unit, days)
        case QuestionType.DATE:
            days = proposed_grace(question.obligation, "on") if grace_days is None else grace_days
            return On(day_of(value.get("date")), days)
    raise BadRule("unreadable")


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise BadRule("not_a_number")
