"""What is typed about a case: the words, line by line, and what both pages of a case share.

What the guard objects to can be kept in the draft, but not gone on with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mtd.consultations import case as cases
from mtd.consultations.case import (
    Case,
)
from mtd.consultations.models import Topic
from mtd.core.guarded import GuardedTextField, judge

GUARD_CODES = frozenset({"guard_open", "guard_taken", "guard_problem"})
"""What the guard objects to: stays in the draft, and closes the way on."""


class CaseForm(forms.Form):
    """What both pages share: lines of text in groups, the revision, and what may be kept in the draft."""

    groups: tuple[tuple[str, Any, Any], ...] = ()
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self,
        data: Any = None,
        *,
        case: Case,
        kept: Mapping[str, str] | None = None,
        revision: int = 0,
        more: str = "",
        **kwargs: Any,
    ) -> None:
        self.case, self.stored_kept, self.more = case, dict(kept or {}), more
        if data is not None:
            data = data.copy()
            self._take_rows_away(data)
            self._remember_reasons(data)
        super().__init__(data, initial={"revision": revision}, **kwargs)
        for name, label, _add in self.groups:
            self._add_lines(name, label, getattr(case, name))

    def _take_rows_away(self, data: Any) -> None:
        """`do=remove:strengths-2` takes that row away before anything is read."""
        verb, _colon, row = str(data.get("do", "")).partition(":")
        if verb == "remove":
            for name in list(data):
                if name == row or name.startswith(f"{row}-"):
                    del data[name]

    def _remember_reasons(self, data: Any) -> None:
        """Reasons that were given before need not be given again; what is sent now counts more."""
        for name in [key for key in data if "-keep-" not in key and "-take-" not in key]:
            for token, code in self.stored_kept.items():
                data.setdefault(f"{name}-keep-{token}", code)

    def _add_lines(self, name: str, label: Any, stored: Sequence[str]) -> None:
        if self.is_bound:
            numbers = numbers_of(self.data, name)
            values: dict[int, str] = {}
        else:
            numbers = list(range(len(stored)))
            values = dict(enumerate(stored))
        fresh = 1 if self.more == name else 0 if numbers else 2
        for _row in range(fresh):
            numbers.append(max(numbers, default=-1) + 1)
        for place, number in enumerate(numbers[: cases.MOST_LINES], 1):
            text = str(self.data.get(f"{name}-{number}", "")) if self.is_bound else values.get(number, "")
            attrs: dict[str, Any] = {"data-full": True} if text.strip() else {}
            if self.more == name and place == len(numbers):
                attrs["autofocus"] = True
            line = GuardedTextField(
                label=_("%(what)s, line %(number)d") % {"what": label, "number": place},
                max_length=cases.LINE_LENGTH,
                rows=1,
                required=False,
                initial=values.get(number, ""),
                attrs=attrs,
            )
            line.help_text = ""
            self._add(f"{name}-{number}", line, values.get(number, ""))

    def _add(self, name: str, guarded: Any, text: str) -> None:
        """Add a guarded field; what is stored is judged when it is shown, so that its passages stand beside it."""
        self.fields[name] = guarded
        if not self.is_bound and text.strip():
            judgement = judge(text, keep=self.stored_kept, strict=True)
            if judgement.passages or judgement.problem_words:
                guarded.widget.judgement = judgement

    # --- for the page -----------------------------------------------------------------------------------------

    def line_groups(self) -> dict[str, list[BoundField]]:
        """Group → its lines."""
        return {
            name: [self[key] for key in self.fields if number_of(key, name) is not None]
            for name, _label, _add in self.groups
        }

    @property
    def strengths(self) -> list[BoundField]:
        return self.line_groups()["strengths"]

    @property
    def may_add_strength(self) -> bool:
        return len(self.strengths) < cases.MOST_LINES

    @property
    def may_add_strain(self) -> bool:
        return len(self.line_groups()["strains"]) < cases.MOST_LINES

    @property
    def may_add_tried(self) -> bool:
        return len(self.line_groups()["tried"]) < cases.MOST_LINES

    # --- what was typed ---------------------------------------------------------------------------------------

    def can_be_kept(self) -> bool:
        """True if the draft can hold it: nothing is wrong but what the guard wants changed."""
        self.full_clean()
        codes = {error.code for errors in self.errors.as_data().values() for error in errors}
        return codes <= GUARD_CODES

    def typed(self, name: str) -> str:
        """The text of a guarded field, cleared or not."""
        value = self.cleaned_data.get(name) if hasattr(self, "cleaned_data") else None
        if value is None:
            value = self.data.get(self.add_prefix(name), "")
        return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()

    def lines(self, name: str) -> tuple[str, ...]:
        """The lines of a group that are not empty."""
        found = [self.typed(key) for key in self.fields if number_of(key, name) is not None]
        return tuple(" ".join(line.split()) for line in found if line)

    @property
    def kept(self) -> dict[str, str]:
        """Token → reason, of everything on this page that may stay."""
        found: dict[str, str] = {}
        for bound in self:
            judgement = getattr(bound.field.widget, "judgement", None)
            if judgement is not None:
                found |= judgement.kept
        return found


class StoryForm(CaseForm):
    """The words of a case, and what the question is about."""

    groups = (
        ("strengths", gettext_lazy("What protects"), gettext_lazy("Something else that protects")),
        ("strains", gettext_lazy("What strains"), gettext_lazy("Something else that strains")),
        ("tried", gettext_lazy("What has been tried"), gettext_lazy("Something else that was tried")),
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("What is it about, broadly?"),
        help_text=gettext_lazy("This is all that remains after the end, to count by."),
        choices=[("", gettext_lazy("Please choose")), *Topic.choices],
        required=False,
    )

    def __init__(self, *args: Any, topic: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].initial = topic
        story = GuardedTextField(
            label=_("What happened?"),
            help_text=_(
                "Write as you would tell a colleague. Names and places are marked. Nothing leaves your house while "
                "they stand in the text."
            ),
            max_length=cases.STORY_LENGTH,
            rows=10,
            required=False,
            initial=self.case.story,
            attrs={"data-guard-now": True},
        )
        self._add("story", story, self.case.story)
        question = GuardedTextField(
            label=_("What do you want to know?"),
            help_text=_("One clear question gets a clear answer."),
            max_length=cases.QUESTION_LENGTH,
            rows=4,
            required=False,
            initial=self.case.question,
            attrs={"data-guard-now": True},
        )
        self._add("question", question, self.case.question)

    def words(self) -> dict[str, Any]:
        """What `save_story` takes. Call after `can_be_kept`."""
        return {
            "strengths": self.lines("strengths"),
            "strains": self.lines("strains"),
            "tried": self.lines("tried"),
            "story": self.typed("story"),
            "question": self.typed("question"),
            "topic": self.cleaned_data.get("topic", ""),
            "kept": self.kept,
        }


def number_of(key: str, group: str) -> int | None:
    head, _dash, tail = key.rpartition("-")
    return int(tail) if head == group and tail.isdecimal() and len(tail) < 5 else None


def numbers_of(data: Any, name: str) -> list[int]:
    """The numbers of the rows that were sent: `person-3-kin` or `strengths-3`."""
    found = set()
    for key in data:
        head, _dash, rest = key.partition("-")
        number = rest.partition("-")[0]
        if head == name and number.isascii() and number.isdecimal() and len(number) < 5:
            found.add(int(number))
    return sorted(found)
