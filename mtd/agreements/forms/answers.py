"""The answer to a question as fields, one kind of field per type of question.

The fields take whatever comes; what an answer may be is decided in one place, `guide.wording.validate_value`, whose
message is then shown at the field it names. So a form never fails, whatever was sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info, gettext, pgettext

from mtd.agreements.models import Party
from mtd.agreements.queries import Room
from mtd.countries.queries import legal_bases
from mtd.guide.pack import Question, QuestionType, say
from mtd.guide.wording import AnswerRefused, validate_value

EMPTY_ROWS = 3
PREFIX = "a"

Value = dict[str, Any]


def _period(key: str) -> str:
    names = {
        "week": pgettext("period", "week"),
        "month": pgettext("period", "month"),
        "quarter": pgettext("period", "quarter"),
        "half_year": pgettext("period", "half-year"),
        "year": pgettext("period", "year"),
    }
    return names.get(key, key)


def _unit(key: str) -> str:
    names = {
        "hours": pgettext("unit of time", "hours"),
        "working_days": pgettext("unit of time", "working days"),
        "days": pgettext("unit of time", "days"),
        "weeks": pgettext("unit of time", "weeks"),
        "months": pgettext("unit of time", "months"),
        "years": pgettext("unit of time", "years"),
    }
    return names.get(key, key)


def language_name(code: str) -> str:
    """A language in the reader's language; its code where Django has no name for it."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


class Raw(forms.Field):
    """Takes what was typed as it is. Shown as required, because an answer needs it; checked elsewhere."""

    def validate(self, value: Any) -> None:
        """Nothing to check here."""

    def to_python(self, value: Any) -> str:
        return "" if value is None else str(value)


class RawList(Raw):
    """Takes several values as they are."""

    hidden_widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        return [str(item) for item in value] if isinstance(value, list | tuple) else []


@dataclass(frozen=True)
class Row:
    """One row of the table editor: its cells are bound fields with the heads of their columns."""

    number: int
    cells: tuple[tuple[str, forms.BoundField], ...]


class AnswerForm(forms.Form):
    """The answer to one question as fields. After `is_valid()`, `value` is the clean answer.

    Field names are the validator's own (`text.de`, `rows.2.name`) with `-` instead of the dots.
    """

    use_required_attribute = False
    value: Value | None = None

    def __init__(
        self,
        question: Question,
        room: Room,
        data: QueryDict | None = None,
        *,
        answer: Mapping[str, Any] | None = None,
        typed: QueryDict | None = None,
        more_rows: bool = False,
        auto_id: bool | str = "id_%s",
    ) -> None:
        """`answer` fills the fields; `typed` (a draft, valid or not) fills them instead, without judging it."""
        super().__init__(data, prefix=PREFIX, auto_id=auto_id)
        self.question = question
        self.room = room
        self.language = room.pack.language(get_language() or "en")
        self.answer = answer or {}
        self.row_count = self._rows_wanted(data or typed, more_rows)
        _BUILDERS[question.type](self)
        if typed is not None and data is None:
            for name, field in self.fields.items():
                self.initial[name] = field.widget.value_from_datadict(typed, {}, self.add_prefix(name))

    def add_prefix(self, field_name: str) -> str:
        return f"{PREFIX}-{field_name}"

    # ------------------------------------------------------------ building

    def _rows_wanted(self, data: QueryDict | None, more: bool) -> int:
        if self.question.type != QuestionType.TABLE:
            return 0
        most = int(self.question.params.get("max_rows", 40))
        rows = len(self.answer.get("rows", ())) + EMPTY_ROWS
        if data is not None:
            said = data.get(self.add_prefix("count"), "")
            rows = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else rows
            rows += EMPTY_ROWS if more else 0
        return max(1, min(rows, most + EMPTY_ROWS))

    def add(
        self,
        name: str,
        label: str,
        widget: forms.Widget,
        *,
        initial: Any = None,
        required: bool = True,
        help_text: Any = "",
    ) -> None:
        """One raw field."""
        many = isinstance(widget, forms.CheckboxSelectMultiple)
        self.fields[name] = (RawList if many else Raw)(
            label=label, widget=widget, required=required, initial=initial, help_text=help_text
        )

    def add_texts(
        self,
        name: str,
        label: str,
        values: Mapping[str, str],
        *,
        rows: int = 3,
        required: bool = True,
        help_text: str = "",
    ) -> None:
        """A text in every language of the agreement."""
        languages = self.room.agreement.languages
        for language in languages:
            shown = f"{label} ({language_name(language)})" if len(languages) > 1 else label
            self.add(
                f"{name}-{language}",
                shown,
                forms.Textarea(attrs={"rows": rows, "dir": "auto", "lang": language}),
                initial=values.get(language, ""),
                required=required,
                help_text=help_text,
            )

    def option(self, key: str) -> str:
        """An option in the reader's language."""
        return say(self.question.options.get(key, {}), self.language) or key

    def options(self) -> list[tuple[str, str]]:
        """The options of a choice, in their order."""
        return [(key, self.option(key)) for key in self.question.option_keys]

    @cached_property
    def parties(self) -> list[tuple[str, str]]:
        """The parties as choices."""
        return [(str(party.pk), party.organization.name) for party in self.room.parties]

    # ------------------------------------------------------------ for the template

    @property
    def kind(self) -> str:
        return self.question.type.value

    @property
    def count_name(self) -> str:
        return self.add_prefix("count")

    @property
    def answer_fields(self) -> list[forms.BoundField]:
        """The fields of the answer, without those of the position."""
        return [self[name] for name in self.fields if name not in ("stance", "reason", "seen")]

    @property
    def columns(self) -> list[str]:
        """The head of the table editor."""
        return [
            say(self.question.columns.get(c["key"], {}), self.language) for c in self.question.column_specs
        ]

    @property
    def rows(self) -> list[Row]:
        """The rows of the table editor."""
        keys = [column["key"] for column in self.question.column_specs]
        heads = list(zip(self.columns, keys, strict=True))
        return [
            Row(number + 1, tuple((head, self[f"rows-{number}-{key}"]) for head, key in heads))
            for number in range(self.row_count)
        ]

    # ------------------------------------------------------------ reading

    def raw_value(self) -> Value:
        """What was typed in the shape of an answer, not yet checked."""
        return _READERS[self.question.type](self, self.cleaned_data)

    def texts_of(self, name: str) -> dict[str, str]:
        """A text in every language, as typed."""
        return {
            language: self.cleaned_data.get(f"{name}-{language}", "")
            for language in self.room.agreement.languages
        }

    def checked(self, *, may_be_empty: bool = False) -> Value | None:
        """The clean answer; None with an error at the field, or when it is empty and may be."""
        try:
            return validate_value(
                self.question,
                self.raw_value(),
                languages=self.room.agreement.languages,
                parties={pk for pk, _name in self.parties},
                bases=self.room.bases,
            )
        except AnswerRefused as refused:
            if may_be_empty and refused.code == "empty":
                return None
            self.refuse(refused)
            return None

    def refuse(self, refused: Any) -> None:
        """Show the message of a refused action at the field it names, or on top."""
        name = self._field_of(refused.field or "")
        message = str(refused.message)
        if name is None and refused.field:
            row = str(refused.field).split(".")
            if len(row) > 1 and row[0] == "rows" and row[1].isdigit():
                message = gettext("Row %(number)s: %(message)s") % {
                    "number": int(row[1]) + 1,
                    "message": message,
                }
        self.add_error(name, message)

    def _field_of(self, path: str) -> str | None:
        name = path.replace(".", "-")
        if name in self.fields:
            return name
        main = f"{name}-{self.room.agreement.language}"
        if main in self.fields:
            return main
        last = path.rpartition(".")[2]
        return last if last in self.fields else None

    def clean(self) -> dict[str, Any]:
        self.value = self.checked()
        return self.cleaned_data


# ---------------------------------------------------------------- one builder and one reader per type


def _build_text(form: AnswerForm) -> None:
    rows = max(3, min(int(form.question.params.get("rows", 4)), 12))
    form.add_texts("text", gettext("Answer"), form.answer.get("text", {}), rows=rows)


def _build_choice(form: AnswerForm) -> None:
    choices = form.options()
    if form.question.allows_other:
        choices.append(("other", gettext("something else")))
    form.add(
        "choice", gettext("Answer"), forms.RadioSelect(choices=choices), initial=form.answer.get("choice")
    )
    _build_other(form)


def _build_several(form: AnswerForm) -> None:
    form.add(
        "choices",
        gettext("Answer"),
        forms.CheckboxSelectMultiple(choices=form.options()),
        initial=form.answer.get("choices", []),
    )
    _build_other(form)


def _build_other(form: AnswerForm) -> None:
    if form.question.type == QuestionType.LEGAL_BASIS or form.question.allows_other:
        form.add_texts(
            "other",
            gettext("Something else, in your own words"),
            form.answer.get("other", {}),
            rows=2,
            required=False,
        )


def _build_parties(form: AnswerForm) -> None:
    form.add(
        "parties",
        gettext("Parties"),
        forms.CheckboxSelectMultiple(choices=form.parties),
        initial=form.answer.get("parties", []),
    )


def _build_contact(form: AnswerForm) -> None:
    party = form.room.my_party
    if party is None:
        return
    contact = form.answer.get("contacts", {}).get(str(party.pk), {})
    labels = (
        ("name", gettext("Name"), "text", True),
        ("role", gettext("Function"), "text", True),
        ("phone", gettext("Telephone"), "tel", True),
        ("email", gettext("E-mail"), "email", True),
        ("hours", gettext("Reachable when"), "text", False),
        ("deputy_name", gettext("Deputy: name"), "text", False),
        ("deputy_phone", gettext("Deputy: telephone"), "tel", False),
        ("deputy_email", gettext("Deputy: e-mail"), "email", False),
    )
    for name, label, kind, required in labels:
        widget = forms.TextInput(attrs={"type": kind, "dir": "auto"})
        form.add(name, label, widget, initial=contact.get(name, ""), required=required)


def _build_rhythm(form: AnswerForm) -> None:
    form.add(
        "at_least",
        gettext("At least how often"),
        forms.NumberInput(attrs={"min": 1, "max": 100, "inputmode": "numeric"}),
        initial=form.answer.get("at_least"),
    )
    form.add(
        "per",
        gettext("per"),
        forms.Select(choices=[("", "–"), *((key, _period(key)) for key in form.question.params["per"])]),
        initial=form.answer.get("per"),
    )


def _build_period(form: AnswerForm) -> None:
    params = form.question.params
    form.add(
        "number",
        gettext("How long"),
        forms.NumberInput(
            attrs={"min": params.get("min", 1), "max": params.get("max", 365), "inputmode": "numeric"}
        ),
        initial=form.answer.get("number"),
    )
    form.add(
        "unit",
        gettext("Unit"),
        forms.Select(choices=[("", "–"), *((key, _unit(key)) for key in params["units"])]),
        initial=form.answer.get("unit"),
    )


def _build_date(form: AnswerForm) -> None:
    form.add(
        "date", gettext("Date"), forms.TextInput(attrs={"type": "date"}), initial=form.answer.get("date")
    )


def _build_table(form: AnswerForm) -> None:
    rows: Sequence[Mapping[str, Any]] = form.answer.get("rows", ())
    for number in range(form.row_count):
        row = rows[number] if number < len(rows) else {}
        for column in form.question.column_specs:
            label = gettext("Row %(number)s, %(column)s") % {
                "number": number + 1,
                "column": say(form.question.columns.get(column["key"], {}), form.language),
            }
            form.add(
                f"rows-{number}-{column['key']}",
                label,
                _cell_widget(form, column),
                initial=row.get(column["key"], ""),
            )


def _cell_widget(form: AnswerForm, column: Mapping[str, Any]) -> forms.Widget:
    empty: Iterable[tuple[str, str]] = [("", "–")]
    match column.get("type", "text"):
        case "long":
            return forms.Textarea(attrs={"rows": 2, "dir": "auto"})
        case "choice":
            choices = [(key, form.option(f"{column['key']}.{key}")) for key in column.get("options", ())]
            return forms.Select(choices=[*empty, *choices])
        case "party":
            return forms.Select(choices=[*empty, *form.parties])
        case "number":
            return forms.TextInput(attrs={"inputmode": "decimal"})
        case "date":
            return forms.TextInput(attrs={"type": "date"})
        case _:
            return forms.TextInput(attrs={"dir": "auto"})


def _build_legal_basis(form: AnswerForm) -> None:
    topics = tuple(form.question.params.get("topics", ()))
    choices: list[tuple[str, str]] = [
        (basis.key, _basis_label(basis))
        for basis in legal_bases(form.room.agreement.network.country, topics, placeholders=False)
    ]
    kept = [
        key for key in form.answer.get("bases", []) if key not in dict(choices) and key in form.room.bases
    ]
    choices += [(key, form.room.bases[key]) for key in kept]
    form.add(
        "bases",
        gettext("Legal bases of this country"),
        forms.CheckboxSelectMultiple(choices=choices),
        initial=form.answer.get("bases", []),
    )
    _build_other(form)


def _basis_label(basis: Any) -> SafeString:
    """Title, source, and whether somebody confirmed it: nobody should take a note for the law."""
    mark = "" if basis.confirmed else gettext("not confirmed")
    source = " · ".join(part for part in (str(basis.fact.source), mark) if part)
    return format_html('{} <span class="basis__source">{}</span>', basis.title, source)


def _build_yes_no(form: AnswerForm) -> None:
    said = form.answer.get("yes")
    form.add(
        "yes",
        gettext("Answer"),
        forms.RadioSelect(choices=[("yes", gettext("Yes")), ("no", gettext("No"))]),
        initial={True: "yes", False: "no"}.get(said) if isinstance(said, bool) else None,
    )
    if form.question.params.get("condition"):
        form.add_texts(
            "condition",
            gettext("Yes, on this condition"),
            form.answer.get("condition", {}),
            rows=2,
            required=False,
        )


_BUILDERS = {
    QuestionType.TEXT: _build_text,
    QuestionType.CHOICE: _build_choice,
    QuestionType.SEVERAL: _build_several,
    QuestionType.PARTIES: _build_parties,
    QuestionType.CONTACT: _build_contact,
    QuestionType.RHYTHM: _build_rhythm,
    QuestionType.PERIOD: _build_period,
    QuestionType.DATE: _build_date,
    QuestionType.TABLE: _build_table,
    QuestionType.LEGAL_BASIS: _build_legal_basis,
    QuestionType.YES_NO: _build_yes_no,
}


def _read_choice(form: AnswerForm, data: Mapping[str, Any]) -> Value:
    value: Value = {"choice": data.get("choice", "")}
    if value["choice"] == "other":
        value["other"] = form.texts_of("other")
    return value


def _read_contact(form: AnswerForm, data: Mapping[str, Any]) -> Value:
    party: Party | None = form.room.my_party
    return {"contacts": {str(party.pk): dict(data)}} if party else {"contacts": {}}


def _read_table(form: AnswerForm, data: Mapping[str, Any]) -> Value:
    keys = [column["key"] for column in form.question.column_specs]
    return {
        "rows": [
            {key: data.get(f"rows-{number}-{key}", "") for key in keys} for number in range(form.row_count)
        ]
    }


def _read_yes_no(form: AnswerForm, data: Mapping[str, Any]) -> Value:
    value: Value = {"yes": {"yes": True, "no": False}.get(data.get("yes", ""))}
    if form.question.params.get("condition"):
        value["condition"] = form.texts_of("condition")
    return value


_READERS = {
    QuestionType.TEXT: lambda form, data: {"text": form.texts_of("text")},
    QuestionType.CHOICE: _read_choice,
    QuestionType.SEVERAL: lambda form, data: {
        "choices": data.get("choices", []),
        "other": form.texts_of("other"),
    },
    QuestionType.PARTIES: lambda form, data: {"parties": data.get("parties", [])},
    QuestionType.CONTACT: _read_contact,
    QuestionType.RHYTHM: lambda form, data: {
        "at_least": data.get("at_least", ""),
        "per": data.get("per", ""),
    },
    QuestionType.PERIOD: lambda form, data: {"number": data.get("number", ""), "unit": data.get("unit", "")},
    QuestionType.DATE: lambda form, data: {"date": data.get("date", "")},
    QuestionType.TABLE: _read_table,
    QuestionType.LEGAL_BASIS: lambda form, data: {
        "bases": data.get("bases", []),
        "other": form.texts_of("other"),
    },
    QuestionType.YES_NO: _read_yes_no,
}
