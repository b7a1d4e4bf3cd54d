"""The form fields for free text that other people read. The identity guard sits in their `clean`.

Use one of these, never a bare CharField, wherever people of other organisations read what is typed. The form is the
gate: actions take what a form has let through, so an action that stores such text names the form it comes from.

A passage that must go is changed. One that is to be checked is changed, or a person chooses from a short list why it
identifies nobody; the choice travels beside the text as `<name>-keep-<token>`, and `<name>-take-<token>` asks to put
the suggestion in. A token belongs to one passage, so a reason never covers another one. Works without any script.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mtd.deidentification import Problem

from .guard_words import TAKEN, what_is_open
from .judging import Judgement, Passage, familiar_from, judge, token_of

ADVICE = _("Please no names, dates of birth or addresses of families: others read this.")


class Typed(str):
    """What was typed, with what was decided about its passages."""

    keep: Mapping[str, str]
    take: tuple[str, ...]

    def __new__(cls, text: str, keep: Mapping[str, str] | None = None, take: Iterable[str] = ()) -> Typed:
        typed = super().__new__(cls, text)
        typed.keep, typed.take = keep or {}, tuple(take)
        return typed


def decisions(data: Mapping[str, Any], name: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """The reasons and the takings that were sent beside the field `name`."""
    keep, take = f"{name}-keep-", f"{name}-take-"
    return (
        {key[len(keep) :]: data[key] for key in data if key.startswith(keep)},
        tuple(key[len(take) :] for key in data if key.startswith(take) and data[key]),
    )


class _Guarding(forms.Widget):
    """Shows the passages under the text, and carries the decisions about them."""

    template_name = "core/guard.html"
    inner_template = "django/forms/widgets/textarea.html"
    strict = True
    dates = False
    language = ""
    judgement: Judgement | None = None
    settled = ""
    """The text as it is stored, if it came in through this field."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return value if value is None else Typed(value, *decisions(data, name))

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        judgement = self.judgement
        if judgement is not None and judgement.taken:
            value = judgement.text
        context = super().get_context(name, value, dict(attrs or {}))
        inner = context["widget"]
        inner["inner_template"] = self.inner_template
        inner["attrs"]["data-guarded"] = True
        # A browser would offer the words to the next person at this computer, or write on in somebody's cloud.
        inner["attrs"].setdefault("autocomplete", "off")
        inner["attrs"].setdefault("writingsuggestions", "false")
        context["guard"] = {
            "name": name,
            "id": inner["attrs"].get("id") or f"id_{name}",
            "url": reverse("core:guard"),
            "strict": self.strict,
            "dates": self.dates,
            "language": self.language,
            "settles": bool(self.settled),
            "settled": self._tokens(value),
            "judgement": judgement,
        }
        return context

    def _tokens(self, value: Any) -> frozenset[str] | None:
        """What was settled, where the page does not begin with the stored text itself: a draft was never let through,
        so that its passages are marked while somebody goes on typing, too."""
        if self.judgement is not None:
            return self.judgement.settled
        if not self.settled or str(value or "") == self.settled:
            return None
        return judge("", language=self.language, settled=self.settled, dates=self.dates).settled


class GuardedTextarea(_Guarding, forms.Textarea):
    """Several lines."""

    template_name = "core/guard.html"


class GuardedInput(_Guarding, forms.TextInput):
    """One line."""

    template_name = "core/guard.html"
    inner_template = "django/forms/widgets/text.html"


class _GuardedField(forms.CharField):
    """What both fields do."""

    widget: Any

    def __init__(
        self,
        *,
        strict: bool = True,
        stored: bool = False,
        dates: bool = False,
        language: str = "",
        help_text: Any = "",
        **kwargs: Any,
    ) -> None:
        """`stored`: what the form begins with is what this field let through before. `dates`: the text is about the
        work of professionals, so years may stand in it and days are to be checked, not certain. `language`: of the
        text, where it is not the one of the page."""
        super().__init__(help_text=help_text or ADVICE, **kwargs)
        self.strict = self.widget.strict = strict
        self.stored = stored
        self.dates = self.widget.dates = dates
        self.language = self.widget.language = language
        self._settled = ""
        self.kept: dict[str, str] = {}

    def advise_only(self) -> None:
        """From now on show the passages and refuse nothing: nobody outside one's own organisation reads this."""
        self.strict = self.widget.strict = False

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """As every field; and what is stored needs no second reason."""
        if self.stored:
            self.settled = str(form.get_initial_for_field(self, field_name) or "")
        return super().get_bound_field(form, field_name)

    @property
    def settled(self) -> str:
        """The text as it is stored, if it came in through this field: what was kept then needs no second reason."""
        return self._settled

    @settled.setter
    def settled(self, text: str) -> None:
        self._settled = self.widget.settled = text

    def clean(self, value: Any) -> str:
        """The text. Raises ValidationError while a passage is open, after a suggestion was put in, or when the guard
        could not judge; the widget then shows the passages, and holds everything that was typed."""
        typed = value if isinstance(value, Typed) else Typed(value or "")
        self.kept, self.widget.judgement = {}, None
        text = str(super().clean(value))
        if text in self.empty_values:
            return text
        judgement = judge(
            text,
            language=self.language,
            keep=typed.keep,
            take=typed.take,
            settled=self._settled,
            dates=self.dates,
            strict=self.strict,
        )
        self.widget.judgement = judgement
        if judgement.taken:
            raise ValidationError(
                [TAKEN, *([judgement.left] if self.strict and judgement.left else [])], code="guard_taken"
            )
        if self.strict and judgement.problem is not Problem.NONE:
            raise ValidationError(judgement.problem_words, code="guard_problem")
        if self.strict and not judgement.clear:
            raise ValidationError(judgement.left, code="guard_open")
        self.kept = judgement.kept
        return text


class GuardedTextField(_GuardedField):
    """Several lines of text that others read; says so under the field. `max_length` is 4,000 unless told.

    `strict=False` shows the same passages as advice and never refuses: for an organisation's own notes.
    """

    def __init__(
        self, *, max_length: int = 4000, rows: int = 4, attrs: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("widget", GuardedTextarea(attrs={"rows": rows, **(attrs or {})}))
        super().__init__(max_length=max_length, **kwargs)


class GuardedLineField(_GuardedField):
    """The same for one line."""

    def __init__(
        self, *, max_length: int = 200, attrs: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("widget", GuardedInput(attrs=dict(attrs or {})))
        super().__init__(max_length=max_length, **kwargs)


def kept_reasons(form: forms.BaseForm) -> dict[str, dict[str, str]]:
    """Of a valid form: field -> token -> why that passage may stay, for slices that keep the decisions."""
    return {
        name: field.kept
        for name, field in form.fields.items()
        if isinstance(field, _GuardedField) and field.kept
    }


@dataclass(frozen=True, slots=True)
class Open:
    """What is open in a whole form."""

    words: str
    fields: int
    first: str
    """Where the first of them is on the page."""


def open_in(form: forms.BaseForm) -> Open | None:
    """What the guard found in a form that was sent, if more than one field holds something; for the top of the page."""
    must_go, to_check, holders = 0, 0, []
    for bound in form:
        judgement = getattr(bound.field.widget, "judgement", None)
        if judgement is not None and judgement.strict and (judgement.must_go or judgement.to_check):
            must_go, to_check = must_go + judgement.must_go, to_check + judgement.to_check
            holders.append(bound)
    if len(holders) < 2:
        return None
    first = holders[0]
    return Open(what_is_open(must_go, to_check), len(holders), f"{first.auto_id or first.html_name}-finds")


__all__ = [
    "ADVICE",
    "GuardedInput",
    "GuardedLineField",
    "GuardedTextField",
    "GuardedTextarea",
    "Judgement",
    "Open",
    "Passage",
    "Typed",
    "decisions",
    "familiar_from",
    "judge",
    "kept_reasons",
    "open_in",
    "token_of",
]
