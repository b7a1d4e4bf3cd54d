"""Reading a case from JSON, strictly: what does not fit is refused with the place, and never guessed."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import TextChoices

from .family import HOUSEHOLD, CaseProblem, Person, Relation, Tie
from .models import AgeBand
from .terms import (
    Bond,
    Gender,
    Kin,
    Lives,
    Occupation,
    Since,
    Strength,
    Substance,
    TieKind,
    Treatment,
)

C = TypeVar("C", bound=TextChoices)


def check_object(raw: Any, known: set[str], where: str) -> None:
    """Raise CaseProblem unless it is an object with known fields only."""
    if not isinstance(raw, dict):
        raise CaseProblem("no_object", where)
    if not raw.keys() <= known:
        raise CaseProblem("unknown_field", where)


def rows_of(raw: dict[str, Any], name: str) -> list[tuple[str, Any]]:
    """The rows of a list, each with its place in words."""
    rows = raw.get(name, [])
    if not isinstance(rows, list):
        raise CaseProblem("no_list", name)
    return [(f"{name}[{number}]", row) for number, row in enumerate(rows)]


def text_of(value: Any, where: str) -> str:
    """A text, or CaseProblem."""
    if not isinstance(value, str):
        raise CaseProblem("no_text", where)
    return value


def _code(kind: type[C], value: Any, where: str) -> C:
    try:
        return kind(text_of(value, where))
    except ValueError as wrong:
        if isinstance(wrong, CaseProblem):
            raise
        raise CaseProblem("unknown_code", where) from None


def person_of(row: Any, where: str) -> Person:
    """One person."""
    check_object(row, set(Person.__dataclass_fields__), where)
    about = row.get("about", False)
    if not isinstance(about, bool):
        raise CaseProblem("no_yes_or_no", f"{where}.about")
    return Person(
        key=text_of(row.get("key"), f"{where}.key"),
        kin=_code(Kin, row.get("kin"), f"{where}.kin"),
        gender=_code(Gender, row.get("gender", ""), f"{where}.gender"),
        age=_code(AgeBand, row.get("age", ""), f"{where}.age"),
        lives=_code(Lives, row.get("lives", ""), f"{where}.lives"),
        since=_code(Since, row.get("since", ""), f"{where}.since"),
        about=about,
        substance=_code(Substance, row.get("substance", ""), f"{where}.substance"),
        treatment=_code(Treatment, row.get("treatment", ""), f"{where}.treatment"),
        occupation=_code(Occupation, row.get("occupation", ""), f"{where}.occupation"),
    )


def tie_of(row: Any, where: str) -> Tie:
    """One tie."""
    check_object(row, set(Tie.__dataclass_fields__), where)
    return Tie(
        key=text_of(row.get("key"), f"{where}.key"),
        kind=_code(TieKind, row.get("kind"), f"{where}.kind"),
        strength=_code(Strength, row.get("strength"), f"{where}.strength"),
        to=text_of(row.get("to", HOUSEHOLD), f"{where}.to"),
        label=text_of(row.get("label", ""), f"{where}.label"),
    )


def relation_of(row: Any, where: str) -> Relation:
    """One relation."""
    check_object(row, set(Relation.__dataclass_fields__), where)
    return Relation(
        one=text_of(row.get("one"), f"{where}.one"),
        bond=_code(Bond, row.get("bond"), f"{where}.bond"),
        other=text_of(row.get("other"), f"{where}.other"),
    )
