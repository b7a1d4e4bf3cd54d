"""Forms of the agenda."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mtd.core.guarded import GuardedLineField, GuardedTextField


class ItemForm(forms.Form):
    """One item: what it is about, what those who come should know, how long it takes."""

    title = GuardedLineField(dates=True, label=_("What it is about"), max_length=200, stored=True)
    text = GuardedTextField(
        dates=True,
        label=_("What those who come should know beforehand"),
        max_length=4000,
        rows=3,
        required=False,
        stored=True,
    )
    minutes = forms.IntegerField(
        label=pgettext_lazy("duration", "Minutes"),
        min_value=1,
        max_value=480,
        required=False,
        help_text=_("About how long it takes."),
    )
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, without_text: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if without_text:
            del self.fields["text"]


class PlaceForm(forms.Form):
    """Where an item goes: one up, one down, or to a place."""

    step = forms.ChoiceField(choices=[("", ""), ("up", "up"), ("down", "down")], required=False)
    to = forms.IntegerField(min_value=1, max_value=100_000, required=False)
