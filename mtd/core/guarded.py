"""The form fields for free text that other people read. The identity guard sits in their `clean`.

Use one of these, never a bare CharField, wherever people of other organisations read what is typed. The form is the
gate: actions take what a form has let through, so an action that stores such text names the form it comes from.

A passage that must go is changed. One that is to be checked is changed, or a person chooses from a short list why it
identifies nobody; the choice travels beside the text as `<name>-keep-<token>`, and `<name>-take-<token>` asks to put
the suggestion in. A token belongs to one passage, so a reason never covers another one. Works without any script.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mtd.deidentification import LANGUAGES, Finding, Kind, Problem, Strength, find

from .encryption import fingerprint
from .guard_words import PROBLEMS, REASONS_TO_KEEP, TAKEN, explanation, kind_word, what_is_open

ADVICE = _("Please no names, dates of birth or addresses of families: others read this.")

_familiar: ContextVar[Callable[[], Iterable[str]]] = ContextVar("mtd_familiar", default=tuple)


@contextmanager
def familiar_from(names: Callable[[], Iterable[str]]) -> Iterator[None]:
    """For one request: where the public names of the person's own networks come from, asked once and only if needed."""
    held = _familiar.set(functools.cache(names))
    try:
        yield
    finally:
        _familiar.reset(held)


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage, wherever it stands in the text: one thing to decide."""

    number: int
    token: str
    kind: Kind
    must_go: bool
    words: str
    reason: str
    suggestion: str
    spans: tuple[tuple[int, int, str], ...]
    """Where it stands, counted as browsers count (UTF-16 units, a line's end as one), and what could stand there."""
    kept: str = ""
    """The code of the reason why it may stay."""

    @property
    def open(self) -> bool:
        return self.must_go or not self.kept

    @property
    def kind_word(self) -> str:
        return kind_word(self.kind)

    @property
    def explanation(self) -> str:
        return explanation(self.reason)

    @property
    def places(self) -> str:
        """`spans` for the script of the page."""
        return json.dumps(self.spans, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the guard says about a text, and what the person has decided about it."""

    text: str
    passages: tuple[Passage, ...] = ()
    problem: Problem = Problem.NONE
    strict: bool = True
    taken: bool = False
    """A suggestion was put in: `text` is not what was typed, so a person must see it before it goes anywhere."""
    settled: frozenset[str] = frozenset()

    @property
    def must_go(self) -> int:
        return sum(passage.must_go for passage in self.passages)

    @property
    def to_check(self) -> int:
        return sum(passage.open and not passage.must_go for passage in self.passages)

    @property
    def clear(self) -> bool:
        """Judged as a whole, and nothing is open."""
        return self.problem is Problem.NONE and not self.must_go and not self.to_check

    @property
    def kept(self) -> dict[str, str]:
        """Token -> code of the reason, of the passages that may stay."""
        return {passage.token: passage.kept for passage in self.passages if not passage.open}

    @property
    def left(self) -> str:
        """How many passages are open, in words."""
        return what_is_open(self.must_go, self.to_check)

    @property
    def problem_words(self) -> str:
        """Why it could not be judged, and what to do; empty if it was."""
        return str(PROBLEMS[self.problem]) if self.problem is not Problem.NONE else ""

    @property
    def reasons_to_keep(self) -> list[tuple[str, str]]:
        """The short list of reasons, code and words."""
        return [(code, str(words)) for code, words in REASONS_TO_KEEP.items()]


def token_of(kind: Kind, words: str) -> str:
    """Stands for one passage without telling it; the same for the same words, however lines are broken."""
    return fingerprint(f"guard {kind.value} {' '.join(words.split())}")[:16]


def judge(
    text: str,
    *,
    language: str = "",
    keep: Mapping[str, str] | None = None,
    take: Iterable[str] = (),
    settled: str | Iterable[str] = (),
    strict: bool = True,
) -> Judgement:
    """Judge a text. `keep`: token -> reason; `take`: tokens whose suggestion goes in; `settled`: a text that passed
    this guard before (or its tokens), whose passages to check were decided then. Never raises."""
    language = language or (get_language() or "").partition("-")[0]
    language = language if language in LANGUAGES else ""
    settled = _tokens_to_check(settled, language) if isinstance(settled, str) else frozenset(settled)
    found = _find(text, language)
    wanted = frozenset(take)
    taken = False
    if wanted:
        for item in reversed(found[0]):
            if item.suggestion and _token(text, item) in wanted:
                text, taken = text[: item.start] + item.suggestion + text[item.end :], True
        if taken:
            found = _find(text, language)
    items, problem = found
    passages = tuple(_passages(text, items, keep or {}, settled))
    return Judgement(text, passages, problem, strict, taken, settled)


def _find(text: str, language: str) -> tuple[tuple[Finding, ...], Problem]:
    found = find(text, language, familiar=tuple(_familiar.get()()))
    return found.items, found.problem


def _token(text: str, item: Finding) -> str:
    return token_of(item.kind, text[item.start : item.end])


def _tokens_to_check(text: str, language: str) -> frozenset[str]:
    items = _find(text, language)[0] if text else ()
    return frozenset(_token(text, item) for item in items if item.strength is Strength.CHECK)


def _passages(
    text: str, items: Iterable[Finding], keep: Mapping[str, str], settled: frozenset[str]
) -> Iterator[Passage]:
    together: dict[str, list[Finding]] = {}
    for item in items:
        together.setdefault(_token(text, item), []).append(item)
    units = _Units(text)
    number = 0
    for token, same in together.items():
        must_go = any(item.strength is Strength.CERTAIN for item in same)
        if token in settled and not must_go:
            continue
        number += 1
        first = same[0]
        reason = keep.get(token, "")
        yield Passage(
            number=number,
            token=token,
            kind=first.kind,
            must_go=must_go,
            words=" ".join(text[first.start : first.end].split()) or text[first.start : first.end],
            reason=next((item.reason for item in same if item.strength is Strength.CERTAIN), first.reason),
            suggestion=next((item.suggestion for item in same if item.suggestion), ""),
            spans=tuple((units.at(item.start), units.at(item.end), item.suggestion) for item in same),
            kept="" if must_go or reason not in REASONS_TO_KEEP else reason,
        )


class _Units:
    """Turns a place in a text into the place that a browser's text field means by it."""

    def __init__(self, text: str) -> None:
        self.text, self.plain = text, text.isascii() and "\r" not in text

    def at(self, place: int) -> int:
        if self.plain:
            return place
        before = self.text[:place]
        beyond = (
            sum(character > "\uffff" for character in before) if max(before, default="") > "\uffff" else 0
        )
        return place + beyond - before.count("\r\n")


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
    language = ""
    judgement: Judgement | None = None
    settles = False

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
        context["guard"] = {
            "name": name,
            "id": inner["attrs"].get("id") or f"id_{name}",
            "url": reverse("core:guard"),
            "strict": self.strict,
            "language": self.language,
            "settles": self.settles,
            "judgement": judgement,
        }
        return context


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
        self, *, strict: bool = True, language: str = "", help_text: Any = "", **kwargs: Any
    ) -> None:
        super().__init__(help_text=help_text or ADVICE, **kwargs)
        self.strict = self.widget.strict = strict
        self.language = self.widget.language = language
        self._settled = ""
        self.kept: dict[str, str] = {}

    @property
    def settled(self) -> str:
        """The text as it is stored, if it came in through this field: what was kept then needs no second reason."""
        return self._settled

    @settled.setter
    def settled(self, text: str) -> None:
        self._settled, self.widget.settles = text, bool(text)

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
            strict=self.strict,
        )
        self.widget.judgement = judgement
        if judgement.taken:
            raise ValidationError(
                [TAKEN, *([judgement.left] if self.strict and judgement.left else [])], code="guard_taken"
            )
        if self.strict and judgement.problem is not Problem.NONE:
            raise ValidationError(PROBLEMS[judgement.problem], code="guard_problem")
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
