"""The profile sheet of an agreement: one page that tells who agreed on what, as other regions publish theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from mtd.agreements.models import Agreement, Moderator, NegotiationMeeting, Version
from mtd.core.actor import ANONYMOUS
from mtd.guide.pack import Question, QuestionType, say
from mtd.guide.wording import ClauseWording, clause_text, format_answer
from mtd.organizations.models import HelpSystem, Organization

from .room import Room, load_room

TARGET, GOALS, AREA, COSTS, COORDINATION = (
    "target_families",
    "main_goals",
    "area",
    "costs",
    "coordination",
)
KEY_POINTS = (
    "committee",
    "steering",
    "conference",
    "first_meeting",
    "identity_default",
    "ask_parenthood",
    "exchange_formats",
    "joint_training",
)
"""Question keys of the cooperation guide; a guide that asks differently leaves these lines out."""

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ])")

IN_WORDS = (Version.State.IN_FORCE, Version.State.ENDED)


@dataclass(frozen=True)
class ProfilePart:
    """One heading with running text or a list."""

    title: str
    paragraphs: tuple[str, ...] = ()
    bullets: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProfileGroup:
    """The parties of one help system."""

    system: str
    label: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Profile:
    """What the sheet says, in one language. Without a version in force it names only the frame."""

    agreement: Agreement
    number: int
    language: str
    groups: tuple[ProfileGroup, ...]
    state_label: str
    legal_form: str
    meetings: int
    first_meeting: date | None
    last_meeting: date | None
    moderated: bool
    goals: ProfilePart | None = None
    target: ProfilePart | None = None
    area: ProfilePart | None = None
    costs: ProfilePart | None = None
    points: tuple[ProfilePart, ...] = ()
    rhythms: tuple[tuple[str, str], ...] = ()
    deadlines: tuple[tuple[str, str], ...] = ()
    contacts: tuple[Organization, ...] = field(default_factory=tuple)

    @property
    def in_words(self) -> bool:
        """The sheet tells what was agreed: only what was signed is told."""
        return bool(self.goals or self.points or self.rhythms)


def profile_of(agreement: Agreement, language: str | None = None) -> Profile:
    """The sheet of the version in force (or of the one that was, when the agreement has ended).

    What is still being worked out is not told: the sheet then has the frame only. Constant queries.
    """
    versions = list(agreement.versions.order_by("number"))
    told = [version for version in versions if version.state in IN_WORDS]
    chosen = told[-1] if told else versions[-1]
    room = load_room(ANONYMOUS, agreement, chosen)
    spoken = language if language in room.pack.languages else agreement.language
    meetings = list(
        NegotiationMeeting.objects.filter(version__agreement=agreement, version__number=1, held=True)
        .order_by("on")
        .values_list("on", flat=True)
    )
    frame = Profile(
        agreement=agreement,
        number=chosen.number,
        language=spoken,
        groups=tuple(_groups(room)),
        state_label=str(agreement.get_state_display()),
        legal_form=str(agreement.get_legal_form_display()),
        meetings=len(meetings),
        first_meeting=meetings[0] if meetings else agreement.started_on,
        last_meeting=meetings[-1] if meetings else None,
        moderated=Moderator.objects.filter(agreement=agreement).exists(),
    )
    if not told:
        return frame
    return replace(
        frame,
        goals=_part(room, GOALS, spoken),
        target=_part(room, TARGET, spoken),
        area=_part(room, AREA, spoken, answer_only=True),
        costs=_part(room, COSTS, spoken),
        points=tuple(p for p in (_part(room, key, spoken, only_yes=True) for key in KEY_POINTS) if p),
        rhythms=tuple(_lines(room, spoken, QuestionType.RHYTHM)),
        deadlines=tuple(_lines(room, spoken, QuestionType.PERIOD)),
        contacts=tuple(_contacts(room)),
    )


def _groups(room: Room) -> Iterable[ProfileGroup]:
    for system in HelpSystem:
        names = tuple(p.organization.name for p in room.parties if p.organization.help_system == system)
        if names:
            yield ProfileGroup(system.value, str(system.label), names)


def _agreed(room: Room, key: str) -> tuple[Question, dict[str, Any]] | None:
    value = room.agreed_values.get(key)
    if value is None or not room.pack.has_question(key):
        return None
    return room.pack.question(key), value


def _part(
    room: Room, key: str, language: str, *, answer_only: bool = False, only_yes: bool = False
) -> ProfilePart | None:
    found = _agreed(room, key)
    if found is None or (only_yes and found[1].get("yes") is False):
        return None
    question, value = found
    title = say(question.short, language)
    if answer_only and "text" in value:
        words = value["text"].get(language) or next(iter(value["text"].values()))
        return ProfilePart(title, tuple(p for p in words.split("\n\n") if p.strip()))
    clause: ClauseWording = clause_text(room.pack, question, value, language, room.context(language))
    if clause.bullets:
        return ProfilePart(title, (), clause.bullets)
    if value.get("condition"):  # a promise is never told without its condition
        return ProfilePart(title, clause.paragraphs)
    return ProfilePart(title, tuple(_short(text) for text in clause.paragraphs[:1]))


def _short(text: str) -> str:
    """The first two sentences: a sheet is no second text of the agreement."""
    return " ".join(_SENTENCE.split(text)[:2])


def _lines(room: Room, language: str, kind: QuestionType) -> Iterable[tuple[str, str]]:
    for stand in room.standing.by_key.values():
        if stand.question.type == kind and stand.key in room.agreed_values:
            answer = format_answer(stand.question, room.agreed_values[stand.key], language)
            yield say(stand.question.short, language), answer


def _contacts(room: Room) -> Iterable[Organization]:
    found = _agreed(room, COORDINATION)
    chosen = set(found[1].get("parties", ())) if found else set()
    return [p.organization for p in room.parties if str(p.pk) in chosen]
