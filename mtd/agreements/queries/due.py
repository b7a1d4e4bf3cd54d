"""What waits for a person in all their agreements, and what is new there: for the start page.

A constant number of queries, however many agreements there are.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext

from mtd.agreements.models import (
    Adoption,
    Agreement,
    Amendment,
    Answer,
    Comment,
    Entry,
    Mandate,
    NegotiationMeeting,
    Party,
    Position,
    Signature,
    SigningRound,
    Todo,
    Version,
)
from mtd.agreements.permissions import visible_to
from mtd.core.actor import Actor
from mtd.core.steps import News, NextStep
from mtd.guide.pack import Question, open_questions, say
from mtd.guide.queries import pack_by_id

from .room import IN_WORK

REVIEW_AHEAD = timedelta(days=90)
MEETING_AHEAD = timedelta(days=21)
MOST_TODOS = 20


@dataclass
class _Desk:
    """Everything about one agreement that may wait for the person."""

    agreement: Agreement
    version: Version | None
    """The version in work, if there is one."""
    parties: list[Party]
    mine: Party | None
    lead: bool
    runs: bool
    """The person may move the agreement on: coordination, or lead of a party."""
    answers: dict[str, Answer] = field(default_factory=dict)
    own: dict[str, Position] = field(default_factory=dict)
    differing: dict[str, set[uuid.UUID]] = field(default_factory=lambda: defaultdict(set))
    meeting: NegotiationMeeting | None = None
    """The next meeting: until then everybody should have said where they stand."""
    agreeing: dict[tuple[str, int], int] = field(default_factory=dict)
    """How many parties agree to which revision of which answer."""

    @property
    def until(self) -> date | None:
        return self.meeting.on if self.meeting else None

    def url(self, route: str, *args: Any) -> str:
        return reverse(f"agreements:{route}", args=[self.agreement.pk, *args])

    def step(self, title: str, url: str, action: str, text: str = "", **more: Any) -> NextStep:
        about = self.agreement.title
        return NextStep(title=title, text=f"{about}. {text}".strip(), url=url, action=action, **more)


def next_steps(actor: Actor) -> list[NextStep]:
    """What waits for the person in every agreement, unsorted."""
    desks = _desks(actor)
    if not desks:
        return []
    steps: list[NextStep] = []
    working = [d for d in desks.values() if d.version and d.version.state == Version.State.WORKING]
    _load_talks(working)
    _load_meetings(desks)
    for desk in working:
        steps += _talk(desk)
    steps += _votes(working)
    steps += _adoptions(desks)
    steps += _signatures(desks)
    steps += _todos(desks)
    steps += _meetings(desks)
    steps += [step for desk in desks.values() for step in _review(desk)]
    return steps


def _desks(actor: Actor) -> dict[uuid.UUID, _Desk]:
    alive = visible_to(actor).exclude(state__in=[Agreement.State.ENDED, Agreement.State.ABANDONED])
    agreements = {a.pk: a for a in alive.select_related("network")}
    if not agreements:
        return {}
    versions = {
        v.agreement_id: v for v in Version.objects.filter(agreement__in=agreements, state__in=IN_WORK)
    }
    parties: dict[uuid.UUID, list[Party]] = defaultdict(list)
    for party in (
        Party.objects.filter(agreement__in=agreements, left_on__isnull=True)
        .select_related("organization")
        .order_by("order", "id")
    ):
        parties[party.agreement_id].append(party)
    desks = {}
    for pk, agreement in agreements.items():
        version = versions.get(pk)
        table = [p for p in parties[pk] if version is None or p.from_version <= version.number]
        mine = sorted(
            (p for p in table if p.organization_id in actor.organization_ids),
            key=lambda p: p.organization_id != actor.organization_id,
        )
        lead = bool(mine) and mine[0].organization_id in actor.lead_of
        desks[pk] = _Desk(
            agreement=agreement,
            version=version,
            parties=table,
            mine=mine[0] if mine else None,
            lead=lead,
            runs=lead or agreement.network_id in actor.coordinates,
        )
    return desks


# ---------------------------------------------------------------- working it out


def _load_talks(working: Iterable[_Desk]) -> None:
    by_version = {desk.version.pk: desk for desk in working if desk.version}
    if not by_version:
        return
    for answer in Answer.objects.filter(version__in=by_version).only(
        "version_id", "question_key", "value", "revision"
    ):
        by_version[answer.version_id].answers[answer.question_key] = answer
    mine = [desk.mine.pk for desk in by_version.values() if desk.mine]
    said = Position.objects.filter(
        Q(party__in=mine) | Q(stance=Position.Stance.DIFFER), version__in=by_version
    )
    for position in said.only("version_id", "question_key", "party_id", "stance", "answer_revision"):
        desk = by_version[position.version_id]
        if position.stance == Position.Stance.DIFFER:
            desk.differing[position.question_key].add(position.party_id)
        if desk.mine and position.party_id == desk.mine.pk:
            desk.own[position.question_key] = position
    agreeing = Position.objects.filter(version__in=by_version, stance=Position.Stance.AGREE).order_by()
    for row in agreeing.values("version", "question_key", "answer_revision").annotate(count=Count("id")):
        found = by_version[row["version"]].agreeing
        found[row["question_key"], row["answer_revision"]] = row["count"]


def _asked(desk: _Desk) -> list[Question]:
    assert desk.version is not None
    pack = pack_by_id(desk.version.guide_version_id)
    asked = open_questions(pack, {key: answer.value for key, answer in desk.answers.items()})
    return [q for part in pack.parts for q in pack.questions_of_part(part.key) if q.key in asked]


def _talk(desk: _Desk) -> Iterator[NextStep]:
    asked = _asked(desk)
    if desk.mine is not None:
        yield from _silent(desk, asked)
        yield from _disputed(desk, asked)
    if desk.runs and asked and all(_by_all(desk, question) for question in asked):
        yield desk.step(
            gettext("Lay the text before the bodies"),
            desk.url("sign"),
            gettext("Go on to adoption"),
            gettext("Every question is agreed."),
        )


def _by_all(desk: _Desk, question: Question) -> bool:
    answer = desk.answers.get(question.key)
    if answer is None:
        return False
    return desk.agreeing.get((question.key, answer.revision), 0) >= len(desk.parties)


def _silent(desk: _Desk, asked: list[Question]) -> Iterator[NextStep]:
    """Questions to which the own organisation has not said anything that counts now."""
    waiting = []
    for question in asked:
        said, answer = desk.own.get(question.key), desk.answers.get(question.key)
        if said is None or (
            said.stance == Position.Stance.AGREE
            and (answer is None or said.answer_revision != answer.revision)
        ):
            waiting.append(question)
    if not waiting:
        return
    title = ngettext(
        "Say where your organisation stands on one question",
        "Say where your organisation stands on %(count)s questions",
        len(waiting),
    ) % {"count": len(waiting)}
    yield desk.step(
        title,
        desk.url("question", waiting[0].key),
        gettext("Continue"),
        _named(waiting[0]),
        clause=gettext("Question %(number)s") % {"number": waiting[0].number},
        due=desk.until,
    )


def _disputed(desk: _Desk, asked: list[Question]) -> Iterator[NextStep]:
    """Questions on which parties differ, the own one or another."""
    at_table = {party.pk for party in desk.parties}
    disputed = [q for q in asked if desk.differing.get(q.key, set()) & at_table]
    own = desk.mine.pk if desk.mine else None
    disputed.sort(key=lambda q: own not in desk.differing[q.key])
    if not disputed:
        return
    title = ngettext(
        "Settle a question on which you differ",
        "Settle %(count)s questions on which you differ",
        len(disputed),
    ) % {"count": len(disputed)}
    yield desk.step(
        title,
        desk.url("question", disputed[0].key),
        gettext("Compare"),
        _named(disputed[0]),
        clause=gettext("Question %(number)s") % {"number": disputed[0].number},
        due=desk.until,
    )


def _named(question: Question) -> str:
    return say(question.label, get_language() or "en")


def _votes(working: Iterable[_Desk]) -> Iterator[NextStep]:
    """Proposals for another wording that the own organisation has not voted on."""
    by_version = {desk.version.pk: desk for desk in working if desk.version and desk.mine}
    if not by_version:
        return
    parties = [desk.mine.pk for desk in by_version.values() if desk.mine]
    open_ones = (
        Amendment.objects.filter(version__in=by_version, state=Amendment.State.OPEN)
        .exclude(votes__party__in=parties)
        .exclude(party__in=parties)
        .order_by("at")
        .values_list("version_id", "question_key")
    )
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    for version_id, key in open_ones:
        found[version_id].append(key)
    for version_id, keys in found.items():
        desk = by_version[version_id]
        title = ngettext(
            "Vote on a proposal for another wording",
            "Vote on %(count)s proposals for another wording",
            len(keys),
        ) % {"count": len(keys)}
        yield desk.step(title, desk.url("clause", keys[0]), gettext("Read and vote"), due=desk.until)


# ---------------------------------------------------------------- adopting and signing


def _adoptions(desks: dict[uuid.UUID, _Desk]) -> Iterator[NextStep]:
    adopting = [d for d in desks.values() if d.version and d.version.state == Version.State.ADOPTING]
    versions = [desk.version.pk for desk in adopting if desk.version]
    adopted = set(Adoption.objects.filter(version__in=versions).values_list("version_id", "party_id"))
    mandates = list(
        Mandate.objects.filter(agreement__in=list(desks), revoked_at__isnull=True).exclude(
            valid_until__lt=timezone.localdate()
        )
    )
    confirmed = {m.party_id for m in mandates if m.confirmed_at}
    named = {m.party_id for m in mandates}
    for mandate in mandates:
        desk = desks[mandate.agreement_id]
        if mandate.confirmed_at is None and desk.lead and desk.mine and desk.mine.pk == mandate.party_id:
            yield desk.step(
                gettext("Confirm who may sign for your organisation"),
                desk.url("sign"),
                gettext("Look and confirm"),
                f"{mandate.name}, {mandate.function}",
            )
    for desk in adopting:
        assert desk.version is not None
        if desk.mine and (desk.version.pk, desk.mine.pk) not in adopted:
            yield desk.step(
                gettext("Record your body's decision"),
                desk.url("sign"),
                gettext("Record the decision"),
                gettext("The text lies before the bodies of all parties."),
            )
        if desk.lead and desk.mine and desk.mine.pk not in named:
            yield desk.step(
                gettext("Say who may sign for your organisation"), desk.url("sign"), gettext("Name a person")
            )
        ready = all((desk.version.pk, p.pk) in adopted and p.pk in confirmed for p in desk.parties)
        if desk.runs and ready:
            yield desk.step(
                gettext("Fix the text and open signing"),
                desk.url("sign"),
                gettext("Fix the text"),
                gettext("All bodies have decided."),
            )


def _signatures(desks: dict[uuid.UUID, _Desk]) -> Iterator[NextStep]:
    signing = [d for d in desks.values() if d.version and d.version.state == Version.State.SIGNING]
    by_version = {desk.version.pk: desk for desk in signing if desk.version and desk.mine}
    if not by_version:
        return
    places: dict[uuid.UUID, list[Signature]] = defaultdict(list)
    for place in (
        Signature.objects.filter(round__version__in=by_version, round__state=SigningRound.State.OPEN)
        .select_related("round", "party__organization")
        .defer("round__text")
        .order_by("position")
    ):
        places[place.round.version_id].append(place)
    for version_id, signatures in places.items():
        desk = by_version[version_id]
        assert desk.mine is not None
        in_turn = signatures[0].round.order == SigningRound.Order.SEQUENCE
        unsigned = [s for s in signatures if s.state != Signature.State.SIGNED]
        for place in signatures:
            ours = place.party_id == desk.mine.pk
            if ours and place.state == Signature.State.WAITING and (not in_turn or unsigned[0] == place):
                yield desk.step(
                    gettext("Sign for %(name)s") % {"name": desk.mine.organization.name},
                    desk.url("sign"),
                    gettext("Read and sign"),
                    gettext("The text is fixed."),
                )
            elif not ours and place.state == Signature.State.UNCONFIRMED:
                yield desk.step(
                    gettext("Confirm a signature on paper"),
                    desk.url("sign"),
                    gettext("See the scan"),
                    gettext("%(name)s has handed in a scan.") % {"name": place.party.organization.name},
                )


# ---------------------------------------------------------------- dates


def _todos(desks: dict[uuid.UUID, _Desk]) -> Iterator[NextStep]:
    by_version = {desk.version.pk: desk for desk in desks.values() if desk.version}
    mine = [desk.mine.pk for desk in desks.values() if desk.mine]
    own_networks = [pk for pk, desk in by_version.items() if desk.runs and not desk.mine]
    todos = Todo.objects.filter(version__in=by_version, done_on__isnull=True).filter(
        Q(party__in=mine) | Q(party__isnull=True, version__in=own_networks)
    )
    for todo in todos[:MOST_TODOS]:
        desk = by_version[todo.version_id]
        yield desk.step(
            todo.what,
            desk.url("road") + "#todos",
            gettext("To the task"),
            due=todo.due,
            late=_late(todo.due),
        )


def _meetings(desks: dict[uuid.UUID, _Desk]) -> Iterator[NextStep]:
    for desk in desks.values():
        meeting = desk.meeting
        if meeting is None or meeting.on > timezone.localdate() + MEETING_AHEAD:
            continue
        where = ", ".join(text for text in (meeting.time, meeting.place) if text)
        yield desk.step(
            gettext("Meeting: %(topics)s") % {"topics": meeting.topics or desk.agreement.title},
            desk.url("road") + "#meetings",
            gettext("See the meeting"),
            f"{where}.".removeprefix("."),
            due=meeting.on,
        )


def _load_meetings(desks: dict[uuid.UUID, _Desk]) -> None:
    by_version = {desk.version.pk: desk for desk in desks.values() if desk.version}
    coming = NegotiationMeeting.objects.filter(
        version__in=by_version, held=False, on__gte=timezone.localdate()
    ).order_by("-on", "-id")
    for meeting in coming:  # the nearest one stays
        by_version[meeting.version_id].meeting = meeting


def _review(desk: _Desk) -> Iterator[NextStep]:
    agreement = desk.agreement
    in_work = desk.version is not None
    if agreement.state != Agreement.State.IN_FORCE or agreement.review_on is None or not desk.runs or in_work:
        return
    if agreement.review_on <= timezone.localdate() + REVIEW_AHEAD:
        yield desk.step(
            gettext("Review the agreement"),
            desk.url("life"),
            gettext("Prepare the review"),
            gettext("What stays, what changes, what is given up?"),
            due=agreement.review_on,
            late=_late(agreement.review_on),
        )


def _late(day: date | None) -> bool:
    return day is not None and day < timezone.localdate()


# ---------------------------------------------------------------- news

_TOLD: dict[str, Callable[[int], str]] = {
    Entry.Kind.ANSWER: lambda n: ngettext("%(n)s answer on the table", "%(n)s answers on the table", n),
    Entry.Kind.POSITION: lambda n: ngettext("%(n)s position stated", "%(n)s positions stated", n),
    Entry.Kind.PROPOSED: lambda n: ngettext(
        "%(n)s other wording proposed", "%(n)s other wordings proposed", n
    ),
    Entry.Kind.WORDING: lambda n: ngettext("%(n)s wording agreed", "%(n)s wordings agreed", n),
    Entry.Kind.ADOPTION: lambda n: ngettext("%(n)s decision of a body", "%(n)s decisions of bodies", n),
    Entry.Kind.SIGNATURE: lambda n: ngettext("%(n)s step of signing", "%(n)s steps of signing", n),
    Entry.Kind.PARTY: lambda n: ngettext("%(n)s change at the table", "%(n)s changes at the table", n),
    Entry.Kind.STATE: lambda n: ngettext("%(n)s change of state", "%(n)s changes of state", n),
    Entry.Kind.ANNEX: lambda n: ngettext("%(n)s change of an annex", "%(n)s changes of annexes", n),
}


def recent(actor: Actor, since: datetime) -> list[News]:
    """What others did in the person's agreements since then: one line per agreement and kind, counts only."""
    agreements = {a.pk: a for a in visible_to(actor).only("pk", "title")}
    if not agreements:
        return []
    rows = (
        Entry.objects.filter(version__agreement__in=agreements, at__gt=since)
        .exclude(by=actor.user_id)
        .order_by()
        .values("version__agreement", "kind")
        .annotate(count=Count("id"), last=Max("at"))
    )
    lines = []
    for row in rows:
        told = _TOLD.get(row["kind"])
        if told is not None:
            words = told(row["count"]) % {"n": row["count"]}
            lines.append(_line(agreements[row["version__agreement"]], words, row["last"], "log"))
    return [*lines, *_remarks(actor, agreements, since)]


def _line(agreement: Agreement, words: str, at: datetime, route: str) -> News:
    day = date_format(timezone.localtime(at), "SHORT_DATE_FORMAT")
    return News(
        text=f"{agreement.title}: {words} ({day})",
        url=reverse(f"agreements:{route}", args=[agreement.pk]),
        at=at,
    )


def _remarks(actor: Actor, agreements: dict[uuid.UUID, Agreement], since: datetime) -> Iterator[News]:
    own = Party.objects.filter(agreement__in=agreements, organization__in=actor.organization_ids)
    seen = (
        Q(visibility=Comment.Visibility.EVERYONE)
        | Q(visibility=Comment.Visibility.SIDES, agreement__in=own.values("agreement"))
        | Q(visibility=Comment.Visibility.US, party__in=own)
    )
    rows = (
        Comment.objects.filter(seen, agreement__in=agreements, at__gt=since)
        .exclude(by=actor.user_id)
        .order_by()
        .values("agreement")
        .annotate(count=Count("id"), last=Max("at"))
    )
    for row in rows:
        words = ngettext("%(n)s comment", "%(n)s comments", row["count"]) % {"n": row["count"]}
        yield _line(agreements[row["agreement"]], words, row["last"], "text")
