"""A valid example answer to any question of a guide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from mtd.guide.pack import Question, QuestionType


def sample_value(
    question: Question,
    parties: Sequence[Any],
    *,
    languages: Sequence[str] = ("de",),
    bases: Iterable[str] = (),
    note: str = "",
) -> dict[str, Any]:
    """An answer that the question accepts. `parties` are parties or their ids; `note` makes texts differ."""
    ids = [str(getattr(party, "pk", party)) for party in parties]

    def texts(english: str, german: str) -> dict[str, str]:
        said = {"de": german, "en": english}
        return {
            language: (said.get(language, english) + (f" {note}" if note else "")) for language in languages
        }

    match question.type:
        case QuestionType.TEXT:
            return {
                "text": texts("The whole district with its towns.", "Der ganze Kreis mit seinen Städten.")
            }
        case QuestionType.CHOICE:
            return question.default_value() or {"choice": question.option_keys[0]}
        case QuestionType.SEVERAL:
            return question.default_value() or {"choices": list(question.option_keys[:2])}
        case QuestionType.PARTIES:
            return {"parties": ids[: max(int(question.params.get("min", 1)), 2)]}
        case QuestionType.CONTACT:
            return {"contacts": {pk: _contact(number) for number, pk in enumerate(ids, 1)}}
        case QuestionType.RHYTHM:
            return question.default_value() or {"at_least": 1, "per": question.params["per"][0]}
        case QuestionType.PERIOD:
            return question.default_value() or {
                "number": int(question.params.get("min", 1)),
                "unit": question.params["units"][0],
            }
        case QuestionType.DATE:
            return {"date": date(2027, 5, 1).isoformat()}
        case QuestionType.TABLE:
            rows = max(int(question.params.get("min_rows", 0)), 2)
            return {"rows": [_row(question, number, ids) for number in range(rows)]}
        case QuestionType.LEGAL_BASIS:
            chosen = sorted(bases)[:2]
            return (
                {"bases": chosen} if chosen else {"bases": [], "other": texts("By law.", "Nach dem Gesetz.")}
            )
        case QuestionType.YES_NO:
            return {"yes": True}
    raise AssertionError(question.type)


def other_value(
    question: Question, parties: Sequence[Any], *, languages: Sequence[str] = ("de",)
) -> dict[str, Any]:
    """Another valid answer than `sample_value`, where the question has room for two."""
    first = sample_value(question, parties, languages=languages)
    match question.type:
        case QuestionType.TEXT:
            return sample_value(question, parties, languages=languages, note="2")
        case QuestionType.CHOICE:
            return {"choice": next(key for key in question.option_keys if key != first["choice"])}
        case QuestionType.SEVERAL:
            return {"choices": [key for key in question.option_keys if key not in first["choices"]][:1]}
        case QuestionType.RHYTHM:
            return {**first, "at_least": first["at_least"] + 1}
        case QuestionType.PERIOD:
            return {**first, "number": first["number"] + 1}
        case QuestionType.DATE:
            return {"date": "2027-06-01"}
        case QuestionType.YES_NO:
            return {"yes": False}
        case QuestionType.TABLE:
            return {"rows": first["rows"][:1]}
        case QuestionType.PARTIES:
            return {"parties": [str(getattr(p, "pk", p)) for p in parties]}
    return first


def _contact(number: int) -> dict[str, str]:
    return {
        "name": f"Robin Beispiel {number}",
        "role": "Fachkraft",
        "phone": f"02452 13{number:02d}",
        "email": f"kontakt{number}@demo.example",
        "hours": "Mo–Fr 9–12 Uhr",
        "deputy_name": f"Kim Vertretung {number}",
        "deputy_phone": f"02452 14{number:02d}",
        "deputy_email": f"vertretung{number}@demo.example",
    }


def _row(question: Question, number: int, ids: Sequence[str]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in question.column_specs:
        match column.get("type", "text"):
            case "choice":
                row[column["key"]] = column["options"][number % len(column["options"])]
            case "party":
                row[column["key"]] = ids[number % len(ids)]
            case "number":
                row[column["key"]] = number + 1
            case "date":
                row[column["key"]] = date(2027, 1, 1 + number).isoformat()
            case _:
                row[column["key"]] = f"Eintrag {number + 1}"
    return row
