"""What a guide consists of: frozen records that hold all languages, and their way to JSON and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

Texts = Mapping[str, str]
"""Language → text."""

OBLIGATIONS = (
    "practitioner_exchange",
    "case_discussion",
    "participants_conference",
    "cooperation_committee",
    "steering_group",
    "job_shadowing",
    "consultation_hour",
    "joint_seminar",
    "contact_list_update",
    "evaluation",
    "agreement_review",
    "acknowledgement",
    "feedback",
)
"""What a clause may oblige the parties to; cooperation derives due dates from it."""


class QuestionType(StrEnum):
    """The eleven kinds of answer."""

    TEXT = "text"
    CHOICE = "choice"
    SEVERAL = "several"
    PARTIES = "parties"
    CONTACT = "contact"
    RHYTHM = "rhythm"
    PERIOD = "period"
    DATE = "date"
    TABLE = "table"
    LEGAL_BASIS = "legal_basis"
    YES_NO = "yes_no"


def say(texts: Texts, language: str) -> str:
    """The text in this language; where it is missing, in the first language there is; "" if there is none."""
    if language in texts:
        return texts[language]
    return next(iter(texts.values()), "")


@dataclass(frozen=True)
class Part:
    """One part of the agreement's text; its number is its place in the text."""

    key: str
    number: int
    title: Texts
    about: Texts


@dataclass(frozen=True)
class CheckItem:
    """One point of a step's checklist."""

    key: str
    text: Texts


@dataclass(frozen=True)
class Stumbling:
    """A known stumbling block as a self-check, and what helps."""

    key: str
    text: Texts
    help: Texts


@dataclass(frozen=True)
class Step:
    """One step on the road; months are counted from the first meeting."""

    key: str
    number: int
    months: tuple[int, int]
    title: Texts
    purpose: Texts
    takes_part: Texts
    conversation: Mapping[str, tuple[str, ...]]
    checklist: tuple[CheckItem, ...]
    stumbling: tuple[Stumbling, ...]
    outcome: Texts
    body: Texts
    """Markdown."""


@dataclass(frozen=True)
class Question:
    """One question; its answer becomes a clause of the agreement unless `yields_clause` is False."""

    key: str
    number: str
    part: str
    step: str
    type: QuestionType
    required: bool
    yields_clause: bool
    show_if: Mapping[str, tuple[str, ...]]
    params: Mapping[str, Any]
    obligation: str
    permission: str
    examples: tuple[str, ...]
    default_source: str
    label: Texts
    short: Texts
    why: Texts
    help: Texts
    options: Mapping[str, Texts] = field(default_factory=dict)
    columns: Mapping[str, Texts] = field(default_factory=dict)
    clause: Texts = field(default_factory=dict)
    clauses: Mapping[str, Texts] = field(default_factory=dict)
    bullets: bool = False

    @property
    def option_keys(self) -> tuple[str, ...]:
        """Keys of the listed options, in their order; "other" is not among them."""
        return tuple(self.params.get("options", ()))

    @property
    def allows_other(self) -> bool:
        """True when a free answer is possible besides the options."""
        return bool(self.params.get("other", False))

    @property
    def column_specs(self) -> tuple[Mapping[str, Any], ...]:
        """The columns of a table: key, type and, for a choice, options."""
        return tuple(self.params.get("columns", ()))

    @property
    def per_party(self) -> bool:
        """True when every party names its own (contacts)."""
        return bool(self.params.get("per_party", False))

    def default_value(self) -> dict[str, Any] | None:
        """The proposed default as an answer value, or None when the guide proposes nothing."""
        default = self.params.get("default")
        if default is None or default == []:
            return None
        match self.type:
            case QuestionType.RHYTHM | QuestionType.PERIOD:
                return dict(default)
            case QuestionType.CHOICE:
                return {"choice": default[0] if isinstance(default, list | tuple) else default}
            case QuestionType.SEVERAL:
                return {"choices": list(default)}
            case QuestionType.YES_NO:
                return {"yes": default == "yes"}
            case _:
                return None


@dataclass(frozen=True)
class Example:
    """What others agreed, with the source that says so."""

    key: str
    place: str
    country: str
    year: int | None
    source: str
    text: Texts


@dataclass(frozen=True)
class Pack:
    """One version of a guide, complete in all its languages; the first language is the source."""

    guide: str
    version: str
    released: date
    languages: tuple[str, ...]
    owner: str
    licence: str
    title: Texts
    summary: Texts
    about: Texts
    parts: tuple[Part, ...]
    steps: tuple[Step, ...]
    questions: tuple[Question, ...]
    examples: Mapping[str, Example]

    @cached_property
    def _parts(self) -> dict[str, Part]:
        return {part.key: part for part in self.parts}

    @cached_property
    def _steps(self) -> dict[str, Step]:
        return {step.key: step for step in self.steps}

    @cached_property
    def _questions(self) -> dict[str, Question]:
        return {question.key: question for question in self.questions}

    def part(self, key: str) -> Part:
        """The part of this key. Raises KeyError."""
        return self._parts[key]

    def step(self, key: str) -> Step:
        """The step of this key. Raises KeyError."""
        return self._steps[key]

    def question(self, key: str) -> Question:
        """The question of this key. Raises KeyError."""
        return self._questions[key]

    def has_question(self, key: str) -> bool:
        """True when the guide asks this question."""
        return key in self._questions

    def questions_of_part(self, key: str) -> tuple[Question, ...]:
        """The questions of a part, in asking order."""
        return tuple(q for q in self.questions if q.part == key)

    def questions_of_step(self, key: str) -> tuple[Question, ...]:
        """The questions talked about in a step, in asking order."""
        return tuple(q for q in self.questions if q.step == key)

    def language(self, wanted: str) -> str:
        """The wanted language if the pack has it, else its source language."""
        return wanted if wanted in self.languages else self.languages[0]


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return value


def pack_to_json(pack: Pack) -> dict[str, Any]:
    """The pack as plain JSON values. `pack_from_json` gives the same pack back, in any order of keys."""
    return {"format": 1, **_plain(pack)}


def pack_from_json(data: Mapping[str, Any]) -> Pack:
    """The pack that `pack_to_json` wrote. Raises KeyError or ValueError when it is something else."""
    if data["format"] != 1:
        raise ValueError("unknown format of a stored guide")
    languages: tuple[str, ...] = tuple(data["languages"])

    # Databases may reorder the keys of an object; languages and options get their order back here.
    def texts(value: Mapping[str, str]) -> dict[str, str]:
        return {language: value[language] for language in languages if language in value}

    def keyed(value: Mapping[str, Mapping[str, str]], order: Iterable[str]) -> dict[str, dict[str, str]]:
        keys = [key for key in order if key in value]
        keys += sorted(key for key in value if key not in keys)
        return {key: texts(value[key]) for key in keys}

    def question(raw: Mapping[str, Any]) -> Question:
        params = dict(raw["params"])
        options = params.get("options", [])
        columns = [column["key"] for column in params.get("columns", [])]
        return Question(
            key=raw["key"],
            number=raw["number"],
            part=raw["part"],
            step=raw["step"],
            type=QuestionType(raw["type"]),
            required=raw["required"],
            yields_clause=raw["yields_clause"],
            show_if={key: tuple(raw["show_if"][key]) for key in sorted(raw["show_if"])},
            params=params,
            obligation=raw["obligation"],
            permission=raw["permission"],
            examples=tuple(raw["examples"]),
            default_source=raw["default_source"],
            label=texts(raw["label"]),
            short=texts(raw["short"]),
            why=texts(raw["why"]),
            help=texts(raw["help"]),
            options=keyed(raw["options"], options),
            columns=keyed(raw["columns"], columns),
            clause=texts(raw["clause"]),
            clauses=keyed(raw["clauses"], ["yes", "yes_condition", "no", *options]),
            bullets=raw["bullets"],
        )

    def step(raw: Mapping[str, Any]) -> Step:
        return Step(
            key=raw["key"],
            number=raw["number"],
            months=(raw["months"][0], raw["months"][1]),
            title=texts(raw["title"]),
            purpose=texts(raw["purpose"]),
            takes_part=texts(raw["takes_part"]),
            conversation={
                language: tuple(raw["conversation"][language])
                for language in languages
                if language in raw["conversation"]
            },
            checklist=tuple(CheckItem(key=i["key"], text=texts(i["text"])) for i in raw["checklist"]),
            stumbling=tuple(
                Stumbling(key=i["key"], text=texts(i["text"]), help=texts(i["help"]))
                for i in raw["stumbling"]
            ),
            outcome=texts(raw["outcome"]),
            body=texts(raw["body"]),
        )

    return Pack(
        guide=data["guide"],
        version=data["version"],
        released=date.fromisoformat(data["released"]),
        languages=languages,
        owner=data["owner"],
        licence=data["licence"],
        title=texts(data["title"]),
        summary=texts(data["summary"]),
        about=texts(data["about"]),
        parts=tuple(
            Part(key=p["key"], number=p["number"], title=texts(p["title"]), about=texts(p["about"]))
            for p in data["parts"]
        ),
        steps=tuple(step(raw) for raw in data["steps"]),
        questions=tuple(question(raw) for raw in data["questions"]),
        examples={
            key: Example(
                key=key,
                place=raw["place"],
                country=raw["country"],
                year=raw["year"],
                source=raw["source"],
                text=texts(raw["text"]),
            )
            for key, raw in sorted(data["examples"].items())
        },
    )
