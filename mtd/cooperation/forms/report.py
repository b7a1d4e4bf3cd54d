"""Forms of the yearly report: its own words, and its approval."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mtd.core.guarded import GuardedTextField


class WordsForm(forms.Form):
    """The network's own words; `revision` is what they were written against."""

    foreword = GuardedTextField(dates=True, label=_("Foreword"), required=False, stored=True)
    went_well = GuardedTextField(dates=True, label=_("What went well"), required=False, stored=True)
    went_badly = GuardedTextField(dates=True, label=_("What was difficult"), required=False, stored=True)
    next_year = GuardedTextField(
        dates=True, label=_("What we take on for next year"), required=False, stored=True
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class ApproveForm(forms.Form):
    """The day on which the steering group approved the report."""

    decided_on = forms.DateField(
        label=_("Day of the steering group's meeting"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("From then on figures and words stay as they are, and all parties are told."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class BeginForm(forms.Form):
    """The year to report on."""

    year = forms.IntegerField(min_value=1990, max_value=2200)


def words_of(form: forms.Form) -> dict[str, Any]:
    """The texts of a valid form of words, without its revision."""
    return {name: value for name, value in form.cleaned_data.items() if name != "revision"}
