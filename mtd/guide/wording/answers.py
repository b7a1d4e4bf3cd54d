"""Checking one answer: a clean, language-neutral value or a message that says what to change."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from mtd.core.errors import Refused

from ..pack import Question, QuestionType

MAX_ANSWER = 50_000
_MAX_OTHER = 2_000
_CONTACT = ("name", "role", "phone", "email", "hours", "deputy_name", "deputy_phone", "deputy_email")
_CELL = {"text": 500, "long": 5_000}
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")
Value = dict[str, Any]


class AnswerRefused(Refused):
    """The answer cannot be kept as it is; the message says what to change, `field` where."""


@dataclass(frozen=True)
class _Around:
    """What an answer may refer to."""

    languages: tuple[str, ...]
    parties: frozenset[str]
    bases: frozenset[str]


def validate_value(
    question: Question,
    value: object,
    *,
    languages: Sequence[str],
    parties: Collection[str],
    bases: Collection[str] = (),
) -> Value:
    """The cleaned answer value for this question.

    `parties` are the identifiers of the agreement's parties, `bases` the keys of the country's legal bases. An
    answer without content is refused with the code "empty": to clear an answer, store none. Raises AnswerRefused
    with a message in the active language; never anything else.
    """
    if not isinstance(value, Mapping):
        raise _shape()
    around = _Around(
        languages=tuple(languages),
        parties=frozenset(str(party) for party in parties),
        bases=frozenset(str(base) for base in bases),
    )
    return _CHECKS[question.type](question, value, around)


def same_answer(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """True when two answers say the same, apart from spaces."""
    return bool(_squeezed(one) == _squeezed(other))


def _squeezed(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, Mapping):
        cleaned = {key: _squeezed(item) for key, item in value.items()}
        return {key: item for key, item in cleaned.items() if item not in ("", None, {})}
    if isinstance(value, list | tuple):
        return [_squeezed(item) for item in value]
    return value


def _shape(field: str | None = None) -> AnswerRefused:
    return AnswerRefused(
        _("This answer has a form that does not belong to the question. Reload the page and answer again."),
        code="shape",
        field=field,
    )


def _empty(message: str, field: str | None = None) -> AnswerRefused:
    return AnswerRefused(message, code="empty", field=field)


def _line(value: object, field: str, limit: int) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _shape(field)
    text = value.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
    if any(unicodedata.category(character) == "Cs" for character in text):
        raise AnswerRefused(
            _("The text holds half a character, perhaps from copying. Delete the odd sign and save again."),
            code="character",
            field=field,
        )
    # Control characters carry no meaning, come from word processors, and no database or PDF can hold them all.
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
    text = "".join(c for c in text if c not in "\ufffe\uffff").strip()
    if len(text) > limit:
        raise AnswerRefused(
            _("The text has %(count)s characters; at most %(limit)s are possible. Shorten it.")
            % {"count": len(text), "limit": limit},
            code="too_long",
            field=field,
        )
    return text


def _texts(value: object, name: str, limit: int, around: _Around) -> dict[str, str]:
    """Language → text without empty ones."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise _shape(name)
    texts: dict[str, str] = {}
    for language in value:
        if language not in around.languages:
            raise AnswerRefused(
                _("The agreement has no language “%(language)s”. Write the answer in one of its languages.")
                % {"language": str(language)[:20]},
                code="language",
                field=name,
            )
    for language in around.languages:
        text = _line(value.get(language), f"{name}.{language}", limit)
        if text:
            texts[language] = text
    return texts


def _integer(value: object, field: str) -> int:
    if isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]{1,9}\s*", value):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise AnswerRefused(_("Write a whole number."), code="number", field=field)
    return value


def _check_text(question: Question, value: Mapping[str, Any], around: _Around) -> Value:
    limit = min(int(question.params.get("max", MAX_ANSWER)), MAX_ANSWER)
    texts = _texts(value.get("text"), "text", limit, around)
    if not texts:
        raise _empty(_("Write an answer, or leave the question open."), "text")
    return {"text": texts}


def _check_choice(question: Question, value: Mapping[str, Any], around: _Around) -> Value:
    chosen = value.get("choice")
    if chosen in (None, ""):
        raise _empty(_("Choose an answer, or leave the question open."), "choice")
    if chosen == "other" and question.allows_other:
        other = _texts(value.get("other"), "other", _MAX_OTHER, around)
        if not other:
            raise AnswerRefused(
                _("You chose “other”. Write what you mean."), code="other_missing", field="other"
            )
        return {"choice": "other", "other": other}
    if chosen not in question.option_keys:
        raise _unknown_option("choice")
    return {"choice": chosen}


def _unknown_option(field: str) -> AnswerRefused:
    return AnswerRefused(
        _("This option does not exist in this version of the guide. Choose one of those shown."),
        code="option",
        field=field,
    )


def _check_several(question: Question, value: Mapping[str, Any], around: _Around) -> Value:
    chosen = value.get("choices") or []
    if not isinstance(chosen, list | tuple):
        raise _shape("choices")
    if any(not isinstance(key, str) or key not in question.option_keys for key in chosen if key != "other"):
        raise _unknown_option("choices")
    other = _texts(value.get("other"), "other", _MAX_OTHER, around) if question.allows_other else {}
    if "other" in chosen and not question.allows_other:
        raise _unknown_option("choices")
    if "other" in chosen and not other:
        raise AnswerRefused(_("You chose “other”. Write what you mean."), code="other_missing", field="other")
    result: Value = {"choices": [key for key in question.option_keys if key in chosen]}
    if other:
        result["other"] = other
    if not result["choices"] and not other:
        raise _empty(_("Choose at least one answer, or leave the question open."), "choices")
    return result


def _party_ids(value: object, field: str, around: _Around) -> list[str]:
    if not isinstance(value, list | tuple):
        raise _shape(field)
    ids = [str(item) for item in value]
    for party in ids:
        if party not in around.parties:
            raise _unknown_party(field)
    return list(dict.fromkeys(ids))


def _unknown_party(field: str) -> AnswerRefused:
    return AnswerRefused(
        _("This organisation is not a party of the agreement. Choose one of the parties."),
        code="party",
        field=field,
    )


def _check_parties(question: Question, value: Mapping[str, Any], around: _Around) -> Value:
    parties = _party_ids(value.get("parties") or [], "parties", around)
    if not parties:
        raise _empty(_("Choose the parties, or leave the question open."), "parties")
    least = int(question.params.get("min", 1))
    if len(parties) < least:
        raise AnswerRefused(
            _("Choose at least %(count)s parties.") % {"count": least}, code="too_few", field="parties"
        )
    return {"parties": parties}


def _check_contact(question: Question, value: Mapping[str, Any], around: _Around) -> Value:
    contacts = value.get("contacts") or {}
    if not isinstance(contacts, Mapping):
        raise _shape("contacts")
    result: dict[str, dict[str, str]] = {}
    for party, raw in contacts.items():
        field = f"contacts.{party}"
        if str(party) not in around.parties:
            raise _unknown_party(field[:60])
        if not isinstance(raw, Mapping):
            raise _shape(field)
        contact = {name: _line(raw.get(name), f"{field}.{name}", 200) for name in _CONTACT}
        if not any(contact.values()):
            continue
        if not contact["name"] and not contact["role"]:
            raise AnswerRefused(
                _("Name the person or at least the function that can be reached."),
                code="contact_name",
                field=f"{field}.name",
            )
        if not contact["phone"] and not contact["email"]:
            raise AnswerRefused(
                _("Add a telephone number or an e-mail address; a contact must be reachable."),
                code="contact_reach",
                field=f"{field}.phone",
            )
        for name in ("email", "deputy_email"):
            if contact[name] and not _EMAIL.fullmatch(contact[name]):
                raise AnswerRefused(
                    _("This is not an e-mail address. Write it like name@organisation.example."),
                    code="email",
                    field=f"{field}.{name}",
                )
        for name in ("phone", "deputy_phone"):
            if contact[name] and len(re.findall(r"[0-9]", contact[name])) < 3:
                raise AnswerRefused(
                    _("A telephone number needs at least three digits."),
                    code="phone",
                    field=f"{field}.{name}",
                )
        result[str(party)] = {name: text for name, text in contact.items() if text}
    if not result:
        raise _empty(_("Name at least one contact, or leave the question open."), "contacts")
    return {"contacts": dict(sorted(result.items()))}


def _check_rhythm(question: Question, value: Mapping[str, Any], around: _Around) -> Value:
    if value.get("at_least") in (None, ""):
        raise _empty(_("Write how often, or leave the question open."), "at_least")
    number = _integer(value["at_least"], "at_least")
    if not 1 <= number <= 100:
        raise AnswerRefused(
            _(
                "Write how often at least: a number from 1 to 100. If it is not to happen, leave the "
                "question open."
            ),
            code="rhythm",
            field="at_least",
        )
    per = value.get("per")
    if per not in question.params["per"]:
        raise AnswerRefused(_("Choose a period of time from the list."), code="per", field="per")
    return {"at_least": number, "per": per}


def _check_period(question: Question, value: Mapping[str, Any], around: _Around) -> Value:
    if value.get("number") in (None, ""):
        raise _empty(_("Write how long, or leave the question open."), "number")
    number = _integer(value["number"], "number")
    low, high = question.params["min"], question.params["max"]
    if not low <= number <= high:
        raise AnswerRefused(
            _("Write a number from %(low)s to %(high)s.") % {"low": low, "high": high},
            code="period",
            field="number",
        )
    unit = value.get("unit")
    if unit not in question.params["units"]:
        raise AnswerRefused(_("Choose a unit of time from the list."), code="unit", field="unit")
    return {"number": number, "unit": unit}


def _day(value: object, field: str) -> str:
    text = _line(value, field, 40)
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        day = None
    if day is None or not 1990 <= day.year <= 2150:
        raise AnswerRefused(
            _("This day is not in the calendar. Write day, month and year of a real date."),
            code="date",
            field=field,
        )
    return day.isoformat()


def _check_date(question: Question, value: Mapping[str, Any], around: _Around) -> Value:
    if value.get("date") in (None, ""):
        raise _empty(_("Write a date, or leave the question open."), "date")
    return {"date": _day(value["date"], "date")}


def _check_table(question: Question, value: Mapping[str, Any], around: _Around) -> Value:
    raw = value.get("rows") or []
    if not isinstance(raw, list | tuple):
        raise _shape("rows")
    rows: list[dict[str, Any]] = []
    for number, row in enumerate(raw):
        if not isinstance(row, Mapping):
            raise _shape(f"rows.{number}")
        cells: dict[str, Any] = {}
        for column in question.column_specs:
            field = f"rows.{number}.{column['key']}"
            cell = row.get(column["key"])
            if cell is None or (isinstance(cell, str) and not cell.strip()):
                continue
            cells[column["key"]] = _cell(column, cell, field, around)
        cells = {key: cell for key, cell in cells.items() if cell != ""}
        if cells:
            rows.append(cells)
    if not rows:
        raise _empty(_("Fill in at least one row, or leave the question open."), "rows")
    low, high = question.params.get("min_rows", 0), question.params.get("max_rows", 40)
    if not low <= len(rows) <= high:
        raise AnswerRefused(
            _("The table has %(count)s rows; it needs %(low)s to %(high)s.")
            % {"count": len(rows), "low": low, "high": high},
            code="rows",
            field="rows",
        )
    return {"rows": rows}


def _cell(column: Mapping[str, Any], cell: object, field: str, around: _Around) -> Any:
    match column["type"]:
        case "choice":
            if cell not in column.get("options", ()):
                raise _unknown_option(field)
            return cell
        case "party":
            if str(cell) not in around.parties:
                raise _unknown_party(field)
            return str(cell)
        case "date":
            return _day(cell, field)
        case "number":
            if isinstance(cell, str) and re.fullmatch(r"\s*-?[0-9]{1,9}([.,][0-9]{1,4})?\s*", cell):
                number = float(cell.replace(",", "."))
            elif isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) < 1e12:
                number = float(cell)
            else:
                raise AnswerRefused(_("Write a number."), code="number", field=field)
            return int(number) if number.is_integer() else number
        case kind:
            return _line(cell, field, _CELL.get(kind, 500))


def _check_legal_basis(question: Question, value: Mapping[str, Any], around: _Around) -> Value:
    chosen = value.get("bases") or []
    if not isinstance(chosen, list | tuple):
        raise _shape("bases")
    for key in chosen:
        if not isinstance(key, str) or key not in around.bases:
            raise AnswerRefused(
                _("This legal basis is not in the country's record. Choose one shown, or write it in words."),
                code="basis",
                field="bases",
            )
    other = _texts(value.get("other"), "other", _MAX_OTHER, around)
    result: Value = {"bases": list(dict.fromkeys(chosen))}
    if other:
        result["other"] = other
    if not result["bases"] and not other:
        raise _empty(_("Choose at least one legal basis, or leave the question open."), "bases")
    return result


def _check_yes_no(question: Question, value: Mapping[str, Any], around: _Around) -> Value:
    answer = value.get("yes")
    if answer is None:
        raise _empty(_("Answer yes or no, or leave the question open."), "yes")
    if not isinstance(answer, bool):
        raise _shape("yes")
    result: Value = {"yes": answer}
    if answer and question.params.get("condition"):
        condition = _texts(value.get("condition"), "condition", _MAX_OTHER, around)
        if condition:
            result["condition"] = condition
    return result


_CHECKS: dict[QuestionType, Callable[[Question, Mapping[str, Any], _Around], Value]] = {
    QuestionType.TEXT: _check_text,
    QuestionType.CHOICE: _check_choice,
    QuestionType.SEVERAL: _check_several,
    QuestionType.PARTIES: _check_parties,
    QuestionType.CONTACT: _check_contact,
    QuestionType.RHYTHM: _check_rhythm,
    QuestionType.PERIOD: _check_period,
    QuestionType.DATE: _check_date,
    QuestionType.TABLE: _check_table,
    QuestionType.LEGAL_BASIS: _check_legal_basis,
    QuestionType.YES_NO: _check_yes_no,
}
