"""Where the parties stand: computed from answers and positions, never stored.

Pure: no database. A question is *agreed* when there is an answer and every party agrees to that very
revision of it; one party that differs makes it *differs*; else one that parked makes it *parked*; else *open*.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mtd.guide.pack import Pack, Part, Question

from .models import Answer, Party, Position

AGREED, DIFFERS, PARKED, OPEN = "agreed", "differs", "parked", "open"
STATES = (AGREED, DIFFERS, PARKED, OPEN)


@dataclass(frozen=True)
class PartyStand:
    """One party on one question."""

    party: Party
    state: str
    position: Position | None = None
    stale: bool = False
    """The party agreed to an earlier answer; the answer has changed since."""


@dataclass(frozen=True)
class QuestionStand:
    """One question: the answer on the table and every party's position on it."""

    question: Question
    state: str
    answer: Answer | None
    parties: tuple[PartyStand, ...]

    @property
    def key(self) -> str:
        return self.question.key

    @property
    def waiting_for(self) -> tuple[Party, ...]:
        """Parties without a valid agreement."""
        return tuple(stand.party for stand in self.parties if stand.state != AGREED)


@dataclass(frozen=True)
class Chapter:
    """One part of the agreement with its open-branch questions."""

    part: Part
    questions: tuple[QuestionStand, ...]

    @property
    def counts(self) -> Counter[str]:
        return Counter(q.state for q in self.questions)

    @property
    def agreed(self) -> int:
        return self.counts[AGREED]

    @property
    def total(self) -> int:
        return len(self.questions)

    @property
    def whole(self) -> bool:
        return self.agreed == self.total

    def stand_of(self, party_id: uuid.UUID) -> tuple[str, int]:
        """The party's worst state in this chapter and how many questions are in it."""
        found = Counter(
            stand.state for q in self.questions for stand in q.parties if stand.party.pk == party_id
        )
        for state in (DIFFERS, PARKED, OPEN):
            if found[state]:
                return state, found[state]
        return AGREED, 0


@dataclass(frozen=True)
class Standing:
    """The whole agreement: who agrees with what, and what blocks."""

    chapters: tuple[Chapter, ...]
    by_key: Mapping[str, QuestionStand] = field(repr=False)

    @property
    def counts(self) -> Counter[str]:
        return Counter(q.state for q in self.by_key.values())

    @property
    def total(self) -> int:
        return len(self.by_key)

    @property
    def agreed(self) -> int:
        return self.counts[AGREED]

    def blocking(self, most: int = 3) -> tuple[Chapter, ...]:
        """The chapters with most questions not agreed, worst first."""
        behind = [c for c in self.chapters if not c.whole]
        return tuple(sorted(behind, key=lambda c: (c.agreed - c.total, c.part.number))[:most])

    def missing_required(self) -> tuple[QuestionStand, ...]:
        """Required questions that are not agreed: the text cannot be frozen without them."""
        return tuple(q for q in self.by_key.values() if q.question.required and q.state != AGREED)

    def waiting_for(self, party_id: uuid.UUID) -> tuple[QuestionStand, ...]:
        """Questions that wait for this party, in the order of the guide."""
        return tuple(q for q in self.by_key.values() if any(p.pk == party_id for p in q.waiting_for))


def standing(
    pack: Pack,
    open_keys: frozenset[str] | set[str],
    parties: Sequence[Party],
    answers: Mapping[str, Answer],
    positions: Iterable[Position],
) -> Standing:
    """Compute where everybody stands; questions on closed branches are left out (their answers are kept)."""
    said: dict[tuple[str, uuid.UUID], Position] = {(p.question_key, p.party_id): p for p in positions}
    by_key: dict[str, QuestionStand] = {}
    chapters = []
    for part in pack.parts:
        stands = tuple(
            _question(question, parties, answers.get(question.key), said)
            for question in pack.questions_of_part(part.key)
            if question.key in open_keys
        )
        by_key.update((stand.key, stand) for stand in stands)
        if stands:
            chapters.append(Chapter(part=part, questions=stands))
    return Standing(chapters=tuple(chapters), by_key=by_key)


def _question(
    question: Question,
    parties: Sequence[Party],
    answer: Answer | None,
    said: Mapping[tuple[str, uuid.UUID], Position],
) -> QuestionStand:
    stands = tuple(_party(party, answer, said.get((question.key, party.pk))) for party in parties)
    states = {stand.state for stand in stands}
    if DIFFERS in states:
        state = DIFFERS
    elif PARKED in states:
        state = PARKED
    elif answer is not None and states == {AGREED}:
        state = AGREED
    else:
        state = OPEN
    return QuestionStand(question=question, state=state, answer=answer, parties=stands)


def _party(party: Party, answer: Answer | None, position: Position | None) -> PartyStand:
    if position is None:
        return PartyStand(party=party, state=OPEN)
    if position.stance == Position.Stance.DIFFER:
        return PartyStand(party=party, state=DIFFERS, position=position)
    if position.stance == Position.Stance.PARKED:
        return PartyStand(party=party, state=PARKED, position=position)
    if answer is not None and position.answer_revision == answer.revision:
        return PartyStand(party=party, state=AGREED, position=position)
    return PartyStand(party=party, state=OPEN, position=position, stale=True)
