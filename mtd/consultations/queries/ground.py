"""What agreements say about asking without identity: the clauses that bind today, and why others do not.

Loaded for many agreements with five queries. Questions are known by what they permit; the few that permit nothing
(whom to ask when a child may be in danger, how quickly one answers, when notes go) by their keys in our guide. A guide
that asks differently gets our proposals for times.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from mtd.agreements.models import Agreement, Answer, Party, Position, Version, Wording
from mtd.agreements.standing import AGREED, Standing, standing
from mtd.guide.pack import Pack, Question, open_questions, say
from mtd.guide.queries import pack_by_id
from mtd.guide.wording import ClauseContext, clause_text

IDENTITY, DISCUSSION = "anonymous_consultation", "anonymous_case_discussion"
"""What a question may permit (`permission` in the guide)."""
ADVISERS, ANSWER, DELETION = "danger_advisers", "consultation_answer", "notes_deletion"
"""Question keys of the cooperation guide."""
_BINDING = (Version.State.IN_FORCE, Version.State.ENDED, Version.State.SUPERSEDED)


@dataclass(frozen=True)
class Clause:
    """One clause as people find it again: number, title, text, since when, until when."""

    key: str
    number: str
    title: str
    paragraphs: tuple[str, ...]
    language: str
    since: date | None
    until: date | None
    review: date | None
    url: str
    condition: str = ""
    """What was agreed on top of a "yes"."""


@dataclass
class Ground:
    """One agreement: the version that binds today, or bound last, and what was agreed in it."""

    agreement: Agreement
    version: Version | None
    parties: tuple[Party, ...] = ()
    """Who is bound today."""
    gone: tuple[Party, ...] = ()
    """Who was bound once and has left."""
    pack: Pack | None = None
    standing: Standing | None = field(default=None, repr=False)
    wordings: Mapping[tuple[str, str], str] = field(default_factory=dict, repr=False)
    coming: date | None = None
    """Signed by all, and in force from this day to come."""

    @property
    def binds(self) -> bool:
        """In force today, whether or not the clock has run since its last day."""
        in_force = self.agreement.state == Agreement.State.IN_FORCE
        return in_force and self.version is not None and self.ended_on is None

    @property
    def ended_on(self) -> date | None:
        """The day on which it ended, or its last day where that has passed."""
        agreement = self.agreement
        if agreement.state == Agreement.State.ENDED:
            return agreement.ended_on
        last = agreement.ends_on if agreement.state == Agreement.State.IN_FORCE else None
        return last if last is not None and last < timezone.localdate() else None

    def party(self, organization_id: uuid.UUID | None) -> Party | None:
        """The organisation's part in it, if it is bound today."""
        return next((p for p in self.parties if p.organization_id == organization_id), None)

    def left(self, organization_id: uuid.UUID | None) -> Party | None:
        """The organisation's part in it, if it has left."""
        return next((p for p in self.gone if p.organization_id == organization_id), None)

    def permitting(self, permission: str) -> Question | None:
        """The question that gives this permission, if the guide has one."""
        questions = self.pack.questions if self.pack else ()
        return next((q for q in questions if q.permission == permission), None)

    def agreed(self, key: str) -> Mapping[str, Any] | None:
        """The answer that every party agreed to; None where there is none or its branch is closed."""
        stand = self.standing.by_key.get(key) if self.standing else None
        if stand is None or stand.state != AGREED or stand.answer is None:
            return None
        value: Mapping[str, Any] = stand.answer.value
        return value

    def period(self, key: str) -> tuple[int, str] | None:
        """A time that was agreed, as number and unit."""
        value = self.agreed(key)
        try:
            return (int(value["number"]), str(value["unit"])) if value else None
        except (KeyError, TypeError, ValueError):
            return None

    def clause(self, key: str) -> Clause | None:
        """The clause in the reader's language, if the agreement speaks it, else in the agreement's own."""
        if self.pack is None or not self.pack.has_question(key):
            return None
        agreement, question = self.agreement, self.pack.question(key)
        spoken = (get_language() or "en").split("-")[0]
        language = spoken if spoken in agreement.languages else agreement.language
        value = self.agreed(key)
        own = self.wordings.get((key, language))
        if own and value:
            paragraphs = tuple(part.strip() for part in own.split("\n\n") if part.strip())
        else:
            context = ClauseContext(
                parties={str(p.pk): p.organization.name for p in self.parties}, network=agreement.network.name
            )
            paragraphs = clause_text(self.pack, question, value, language, context).paragraphs
        return Clause(
            key=key,
            number=question.number,
            title=str(say(question.short, language)),
            paragraphs=paragraphs,
            language=language,
            since=agreement.in_force_from,
            until=agreement.ended_on or agreement.ends_on,
            review=agreement.review_on,
            url=reverse("agreements:clause", args=[agreement.pk, key]),
            condition=say((value or {}).get("condition") or {}, language),
        )


def load_grounds(agreements: Iterable[Agreement]) -> list[Ground]:
    """What these agreements (with their networks) say, those that bind today first. Five queries."""
    known = {agreement.pk: agreement for agreement in agreements}
    if not known:
        return []
    today = timezone.localdate()
    chosen: dict[uuid.UUID, Version] = {}
    coming: dict[uuid.UUID, date] = {}
    reached = Q(state__in=_BINDING, in_force_from__lte=today)
    signed = Q(state=Version.State.SIGNED, in_force_from__gt=today)
    for version in Version.objects.filter(reached | signed, agreement__in=known).order_by("number"):
        if version.state == Version.State.SIGNED and version.in_force_from:
            coming[version.agreement_id] = version.in_force_from
        else:
            chosen[version.agreement_id] = version
    parties: dict[uuid.UUID, list[Party]] = defaultdict(list)
    for party in (
        Party.objects.filter(agreement__in=known).select_related("organization").order_by("order", "id")
    ):
        parties[party.agreement_id].append(party)
    ids = [version.pk for version in chosen.values()]
    answers: dict[uuid.UUID, dict[str, Answer]] = defaultdict(dict)
    for answer in Answer.objects.filter(version__in=ids):
        answers[answer.version_id][answer.question_key] = answer
    positions: dict[uuid.UUID, list[Position]] = defaultdict(list)
    for position in Position.objects.filter(version__in=ids):
        positions[position.version_id].append(position)
    wordings: dict[uuid.UUID, dict[tuple[str, str], str]] = defaultdict(dict)
    for wording in Wording.objects.filter(version__in=ids):
        wordings[wording.version_id][(wording.question_key, wording.language)] = wording.text
    found = []
    for pk, agreement in known.items():
        bound_version = chosen.get(pk)
        if bound_version is None:
            found.append(Ground(agreement, None, parties=tuple(parties[pk]), coming=coming.get(pk)))
            continue
        bound = [p for p in parties[pk] if p.from_version <= bound_version.number]
        here = [p for p in bound if not _has_left(p, today)]
        pack = pack_by_id(bound_version.guide_version_id)
        said = answers[bound_version.pk]
        keys = open_questions(pack, {key: answer.value for key, answer in said.items()})
        stands = standing(pack, keys, here, said, positions[bound_version.pk])
        gone = tuple(p for p in bound if _has_left(p, today))
        found.append(
            Ground(agreement, bound_version, tuple(here), gone, pack, stands, wordings[bound_version.pk])
        )
    return sorted(found, key=lambda g: (not g.binds, g.agreement.title.casefold(), str(g.agreement.pk)))


def ground_of(agreement: Agreement | None) -> Ground | None:
    """What one agreement says; None within one's own house."""
    return load_grounds([agreement])[0] if agreement is not None else None


def _has_left(party: Party, today: date) -> bool:
    day = party.left_on or party.leaving_on
    return day is not None and day <= today
