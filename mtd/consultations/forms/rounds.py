"""Untrusted input of a group discussion → clean values."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from mtd.consultations.method import MAX_MINUTES, PARTS
from mtd.consultations.models import RoundNote, Step
from mtd.core.guarded import GuardedLineField, GuardedTextField

CHOSEN_FROM = (Step.HYPOTHESES, Step.IDEAS)
"""Notes of these steps can be taken along."""


class PlanForm(forms.Form):
    """Minutes for each step, as proposed or changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part in PARTS:
            self.fields[part.step.value] = forms.IntegerField(
                label=part.step.label,
                min_value=1,
                max_value=MAX_MINUTES,
                initial=part.minutes,
                help_text=pgettext("unit", "minutes"),
            )

    def minutes(self) -> dict[str, int]:
        """Minutes by step."""
        return {part.step.value: int(self.cleaned_data[part.step.value]) for part in PARTS}


class NoteForm(forms.Form):
    """One note in a few words."""

    text = GuardedLineField(label=pgettext_lazy("case discussion", "Note"), max_length=300)


class FinishForm(forms.Form):
    """What the asker takes along, and does first."""

    chosen = forms.MultipleChoiceField(
        label=_("What do you take along?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    first = GuardedTextField(label=_("What do you do first?"), max_length=600, rows=2, required=False)

    def __init__(self, *args: Any, notes: list[RoundNote], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["chosen"]
        assert isinstance(chosen, forms.MultipleChoiceField)
        chosen.choices = [(str(one.pk), one.text) for one in notes if one.step in CHOSEN_FROM]
