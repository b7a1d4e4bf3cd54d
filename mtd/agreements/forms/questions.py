"""The form of a question's page: where our organisation stands, with our own proposal as fields of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mtd.agreements.models import Position
from mtd.agreements.queries import Room
from mtd.core.guarded import GuardedTextField
from mtd.guide.pack import Question, QuestionType

from .answers import AnswerForm, Raw, language_name

__all__ = ["PUT", "PositionForm", "as_typed", "language_name", "revision_of", "typed_fields"]

PUT = "put"
"""Besides the three stances of a position: replace the answer on the table."""
MOST_REVISION = 2**31 - 1


class PositionForm(AnswerForm):
    """Where our organisation stands on one question, with our own proposal as fields of the answer."""

    def __init__(
        self,
        question: Question,
        room: Room,
        data: QueryDict | None = None,
        *,
        answer: Mapping[str, Any] | None = None,
        stance: str | None = None,
        **more: Any,
    ) -> None:
        """Filled with `answer`, else with our own proposal, the answer on the table or the guide's default."""
        on_table = room.answers.get(question.key)
        own = next(
            (
                p
                for p in room.positions
                if room.my_party and p.party_id == room.my_party.pk and p.question_key == question.key
            ),
            None,
        )
        if answer is None and own and own.proposal:
            answer = own.proposal
        elif answer is None:
            answer = on_table.value if on_table else question.default_value()
        super().__init__(question, room, data, answer=answer, **more)
        self.on_table = on_table
        self.own = own
        stands = room.standing.by_key.get(question.key)
        mine = (
            next((s for s in stands.parties if room.my_party and s.party.pk == room.my_party.pk), None)
            if stands
            else None
        )
        chosen = PUT
        if on_table:
            chosen = {"agreed": "agree", "differs": "differ", "parked": "parked"}.get(
                mine.state if mine else "", ""
            )
        elif mine and mine.state in ("differs", "parked"):
            chosen = {"differs": "differ", "parked": "parked"}[mine.state]
        typed = more.get("typed")
        fields = dict(self.fields)
        self.fields.clear()
        self.fields["stance"] = Raw(
            label=_("Our position"),
            widget=forms.RadioSelect(choices=self._stances()),
            initial=stance or chosen,
        )
        self.fields.update(fields)
        reason = GuardedTextField(
            dates=True,
            label=_("Our reason"),
            required=False,
            max_length=2000,
            rows=2,
            attrs={"dir": "auto"},
            initial=own.reason if own else "",
            help_text=_("Everybody in this agreement reads it. One or two sentences are enough."),
        )
        reason.settled = own.reason if own else ""
        self.fields["reason"] = reason
        self.fields["seen"] = Raw(widget=forms.HiddenInput, initial=on_table.revision if on_table else 0)
        if typed is not None and data is None:
            for name in ("stance", "reason", "seen"):
                said = typed.get(self.add_prefix(name))
                if said is not None:
                    self.initial[name] = said

    def _stances(self) -> list[tuple[str, Any]]:
        if self.question.type == QuestionType.CONTACT and self.question.per_party:
            agree = [(Position.Stance.AGREE.value, _("We agree to the list"))] if self.on_table_now() else []
            return [
                (PUT, _("We name or change our contact")),
                *agree,
                (Position.Stance.PARKED.value, _("We park the question")),
            ]
        if self.on_table_now() is None:
            return [
                (PUT, _("We put this answer on the table")),
                (Position.Stance.PARKED.value, _("We park the question")),
            ]
        return [
            (Position.Stance.AGREE.value, _("We agree to the answer on the table")),
            (Position.Stance.DIFFER.value, _("We see it differently and propose something else")),
            (
                PUT,
                _("We replace the answer on the table, for example after talking: everybody is asked anew"),
            ),
            (Position.Stance.PARKED.value, _("We park the question")),
        ]

    def on_table_now(self) -> Any:
        """The answer on the table, or None."""
        return self.room.answers.get(self.question.key)

    @property
    def base_revision(self) -> int:
        """The revision of the answer that the page showed; 0 for none or nonsense."""
        return revision_of(
            self.data.get(self.add_prefix("seen")) if self.is_bound else str(self["seen"].value())
        )

    @property
    def stance(self) -> str:
        return str(self.cleaned_data.get("stance", "")) if hasattr(self, "cleaned_data") else ""

    def clean(self) -> dict[str, Any]:
        stance = self.cleaned_data.get("stance", "")
        if stance not in (PUT, *Position.Stance.values):
            self.add_error("stance", gettext("Choose where your organisation stands."))
        elif stance == PUT:
            self.value = self.checked()
        elif stance == Position.Stance.DIFFER:
            self.value = self.checked(may_be_empty=True)
            if self.value is None and not self.errors and not self.cleaned_data.get("reason", "").strip():
                self.add_error(
                    "reason", gettext("Say what you propose instead, or give the reason, or both.")
                )
        return self.cleaned_data


def revision_of(text: str | None) -> int:
    """A revision sent by a page; 0 for nonsense."""
    text = (text or "").strip()
    return min(int(text), MOST_REVISION) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def typed_fields(data: QueryDict) -> dict[str, list[str]]:
    """What is kept as a draft: the form's fields as typed, without what belongs to the transport."""
    return {
        name: [str(value) for value in values]
        for name, values in data.lists()
        if name not in ("csrfmiddlewaretoken", "autosave", "do")
    }


def as_typed(fields: Mapping[str, Any]) -> QueryDict:
    """A draft as if it had just been sent."""
    data = QueryDict(mutable=True)
    for name, values in fields.items():
        data.setlist(
            str(name), [str(value) for value in values] if isinstance(values, list) else [str(values)]
        )
    return data
