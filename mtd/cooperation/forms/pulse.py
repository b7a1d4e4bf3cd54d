"""The form of the partner pulse: six questions about each partner, each answered from 1 to 5 or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import pgettext_lazy

from mtd.cooperation.pulse import ITEMS, QUESTIONS
from mtd.organizations.models import Organization

CANNOT_SAY = "0"
CHOICES = (
    ("1", pgettext_lazy("pulse scale", "not at all")),
    ("2", pgettext_lazy("pulse scale", "hardly")),
    ("3", pgettext_lazy("pulse scale", "partly")),
    ("4", pgettext_lazy("pulse scale", "mostly")),
    ("5", pgettext_lazy("pulse scale", "fully")),
    (CANNOT_SAY, pgettext_lazy("pulse scale", "cannot say")),
)


@dataclass(frozen=True)
class Row:
    """One question about one partner, ready to draw."""

    key: str
    name: str
    question: Any
    chosen: str


class PulseForm(forms.Form):
    """One group of radio buttons for every question about every partner. Whom one leaves out, one does not answer."""

    def __init__(self, *args: Any, partners: Sequence[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partners = list(partners)
        for partner in self.partners:
            for key in ITEMS:
                self.fields[_name(partner, key)] = forms.ChoiceField(
                    label=QUESTIONS[key], choices=CHOICES, required=False, widget=forms.RadioSelect
                )

    def cards(self) -> Iterator[tuple[Organization, list[Row]]]:
        """Each partner with its six questions and what is chosen."""
        for partner in self.partners:
            rows = []
            for key in ITEMS:
                bound = self[_name(partner, key)]
                rows.append(Row(key, bound.html_name, QUESTIONS[key], str(bound.value() or "")))
            yield partner, rows

    @property
    def answers(self) -> dict[uuid.UUID, dict[str, int | None]]:
        """What was answered, by partner; partners about whom nothing was chosen are left out."""
        found = {}
        for partner in self.partners:
            given = {key: self.cleaned_data.get(_name(partner, key)) or "" for key in ITEMS}
            if any(given.values()):
                found[partner.pk] = {
                    key: int(value) if value and value != CANNOT_SAY else None for key, value in given.items()
                }
        return found


def _name(partner: Organization, key: str) -> str:
    return f"{partner.pk.hex}-{key}"
