"""Saying an answer in one line, and making the agreement's clause of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ..pack import Pack, Question, QuestionType, say
from .phrases import fixed, format_day, format_number, format_period, format_rhythm, join_words, not_agreed

Answer = Mapping[str, Any]
Names = Mapping[str, str]
_PLACEHOLDER = re.compile(r"\{([a-z_.0-9]+)\}(\.?)")
_NONE: Names = {}


@dataclass(frozen=True)
class ClauseTable:
    """The table below a clause."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class ClauseWording:
    """One clause in one language; `agreed` is False when there is no answer, and the caller says so "
    "visibly."""

    agreed: bool
    paragraphs: tuple[str, ...] = ()
    bullets: tuple[str, ...] = ()
    table: ClauseTable | None = None

    @property
    def text(self) -> str:
        """Paragraphs and bullets as plain text: what is compared, hashed and edited."""
        return "\n\n".join(
            (*self.paragraphs, *(["\n".join(f"– {b}" for b in self.bullets)] * bool(self.bullets)))
        )


@dataclass(frozen=True)
class ClauseContext:
    """What clauses name besides their own answer."""

    parties: Names
    """Identifier → name, in the agreement's order."""
    network: str = ""
    country: str = ""
    bases: Names = field(default_factory=dict)
    """Key of a legal basis → its title in the language of the clause."""
    answers: Mapping[str, Answer | None] = field(default_factory=dict)


def _party(key: str, parties: Names, language: str) -> str:
    return parties.get(key) or fixed("unknown_party", language)


def _choices(question: Question, value: Answer, language: str) -> list[str]:
    keys = [value["choice"]] if "choice" in value else list(value.get("choices", ()))
    words = [say(question.options.get(key, {}), language) or key for key in keys if key != "other"]
    other = say(value.get("other") or {}, language)
    if other and ("choice" not in value or value["choice"] == "other"):
        words.append(other)
    return words


def _contact_line(contact: Mapping[str, str]) -> str:
    deputy = [contact.get(f"deputy_{name}", "") for name in ("name", "phone", "email")]
    said = [contact.get(name, "") for name in ("name", "role", "phone", "email", "hours")]
    text = ", ".join(part for part in said if part)
    return f"{text} ({', '.join(part for part in deputy if part)})" if any(deputy) else text


def format_answer(
    question: Question,
    value: Answer | None,
    language: str,
    *,
    parties: Names = _NONE,
    bases: Names = _NONE,
    dative: bool = False,
) -> str:
    """The answer in one line of that language; “not agreed” when there is none."""
    if not value:
        return not_agreed(language)
    match question.type:
        case QuestionType.TEXT:
            return say(value.get("text") or {}, language) or not_agreed(language)
        case QuestionType.CHOICE | QuestionType.SEVERAL:
            return join_words(_choices(question, value, language), language)
        case QuestionType.PARTIES:
            return join_words([_party(key, parties, language) for key in value["parties"]], language)
        case QuestionType.CONTACT:
            lines = [
                f"{_party(party, parties, language)}: {_contact_line(contact)}"
                for party, contact in value["contacts"].items()
            ]
            return "; ".join(lines)
        case QuestionType.RHYTHM:
            return format_rhythm(value["at_least"], value["per"], language)
        case QuestionType.PERIOD:
            return format_period(value["number"], value["unit"], language, dative=dative)
        case QuestionType.DATE:
            return format_day(date.fromisoformat(value["date"]), language)
        case QuestionType.TABLE:
            count = len(value["rows"])
            return fixed("entries_one" if count == 1 else "entries", language).format(number=count)
        case QuestionType.LEGAL_BASIS:
            titles = [bases.get(key, key) for key in value.get("bases", ())]
            other = say(value.get("other") or {}, language)
            return join_words([*titles, other] if other else titles, language)
        case QuestionType.YES_NO:
            condition = say(value.get("condition") or {}, language) if value["yes"] else ""
            if condition:
                return fixed("yes_condition", language).format(condition=condition)
            return fixed("yes" if value["yes"] else "no", language)


def clause_text(
    pack: Pack, question: Question, value: Answer | None, language: str, context: ClauseContext
) -> ClauseWording:
    """The clause that this answer yields in this language.

    Without an answer the wording says `agreed=False` and holds no text: a silent default never stands in an
    agreement. A question that yields no clause gives an agreed wording without text.
    """
    if not question.yields_clause:
        return ClauseWording(agreed=bool(value))
    if not value:
        return ClauseWording(agreed=False)
    template = _template(question, value, language)

    def fill(match: re.Match[str]) -> str:
        name, stop = match.group(1), match.group(2)
        text = _insert(name, pack, question, value, language, context)
        # A sentence that ends with what somebody typed must not end with two full stops.
        return text if stop and text.endswith((".", "!", "?", "…")) else text + stop

    text = _PLACEHOLDER.sub(fill, template)
    paragraphs = tuple(p.strip() for p in re.split(r"\n\s*\n", text) if p.strip())
    bullets = _bullets(_choices(question, value, language)) if question.bullets else ()
    return ClauseWording(
        agreed=True, paragraphs=paragraphs, bullets=bullets, table=_table(question, value, language, context)
    )


def _bullets(entries: list[str]) -> tuple[str, ...]:
    """Entries that go on with a comma end with a full stop only at the last, whichever were chosen."""
    if not any(entry.endswith((",", ";")) for entry in entries):
        return tuple(entries)
    bare = [entry.rstrip(",;.") for entry in entries]
    return (*(f"{entry}," for entry in bare[:-1]), f"{bare[-1]}.")


def _template(question: Question, value: Answer, language: str) -> str:
    if question.type == QuestionType.YES_NO and question.clauses:
        if not value["yes"]:
            return say(question.clauses["no"], language)
        conditional = value.get("condition") and "yes_condition" in question.clauses
        return say(question.clauses["yes_condition" if conditional else "yes"], language)
    if question.type == QuestionType.CHOICE and question.clauses:
        return say(question.clauses.get(value["choice"], {}), language)
    return say(question.clause, language)


def _insert(
    name: str, pack: Pack, question: Question, value: Answer, language: str, context: ClauseContext
) -> str:
    if name.startswith("q."):
        key = name.removeprefix("q.").removesuffix(".dative")
        if not pack.has_question(key):
            return not_agreed(language)
        question, answer = pack.question(key), context.answers.get(key)
        return format_answer(
            question,
            answer,
            language,
            parties=context.parties,
            bases=context.bases,
            dative=name.endswith(".dative"),
        )
    match name:
        case "answer" | "answer.dative":
            return format_answer(
                question,
                value,
                language,
                parties=context.parties,
                bases=context.bases,
                dative=name == "answer.dative",
            )
        case "condition":
            return say(value.get("condition") or {}, language)
        case "parties":
            return join_words(list(context.parties.values()), language)
        case "network":
            return context.network
        case "country":
            return context.country
        case _:
            return f"{{{name}}}"


def _table(question: Question, value: Answer, language: str, context: ClauseContext) -> ClauseTable | None:
    if question.type == QuestionType.CONTACT:
        order = {party: place for place, party in enumerate(context.parties)}
        contacts = sorted(value["contacts"].items(), key=lambda item: order.get(item[0], len(order)))
        header = tuple(
            fixed(name, language) for name in ("party", "contact", "role", "reach", "hours", "deputy")
        )
        return ClauseTable(
            header,
            tuple((_party(party, context.parties, language), *_contact_cells(c)) for party, c in contacts),
        )
    if question.type == QuestionType.TABLE:
        columns = question.column_specs
        return ClauseTable(
            tuple(say(question.columns.get(column["key"], {}), language) for column in columns),
            tuple(
                tuple(
                    _cell(question, column, row.get(column["key"]), language, context) for column in columns
                )
                for row in value["rows"]
            ),
        )
    return None


def _contact_cells(contact: Mapping[str, str]) -> tuple[str, ...]:
    def together(*names: str) -> str:
        return ", ".join(contact[name] for name in names if contact.get(name))

    return (
        contact.get("name", ""),
        contact.get("role", ""),
        together("phone", "email"),
        contact.get("hours", ""),
        together("deputy_name", "deputy_phone", "deputy_email"),
    )


def _cell(
    question: Question, column: Mapping[str, Any], cell: Any, language: str, context: ClauseContext
) -> str:
    if cell is None or cell == "":
        return ""
    match column["type"]:
        case "choice":
            return say(question.options.get(f"{column['key']}.{cell}", {}), language) or str(cell)
        case "party":
            return _party(str(cell), context.parties, language)
        case "number":
            return format_number(cell, language)
        case "date":
            return format_day(date.fromisoformat(cell), language)
        case _:
            return str(cell)
