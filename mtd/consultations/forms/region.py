"""The figure of a region."""

from __future__ import annotations

from django import forms

from mtd.consultations.models import RegionFigure


class RegionForm(forms.ModelForm):  # type: ignore[type-arg]
    """How many people live there, by which source, as of when. Public facts, so no guard."""

    class Meta:
        model = RegionFigure
        fields = ("inhabitants", "source", "as_of")
        widgets = {"as_of": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
