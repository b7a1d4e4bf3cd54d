"""Untrusted input about reminders."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Area, Pace

EXPLAINED = {
    Area.AGREEMENTS: _("What others answered, what was decided, what entered into force."),
    Area.MEETINGS: _("Dates found, minutes to read, objections. Invitations always come at once."),
    Area.DUTIES: _("What the agreement asks for and when it is due."),
    Area.NEEDS: _("Needs raised in your network, and the answers to them."),
    Area.CONSULTATIONS: _("Questions that wait for your answer, and answers to yours; by their number only."),
    Area.EXCHANGE: _("Job shadowing, the partner pulse, who is who."),
    Area.REPORTS: _("Yearly reports to read or to approve."),
}


class PacesForm(forms.Form):
    """One choice per area."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for area in Area:
            self.fields[area.value] = forms.ChoiceField(
                label=area.label, help_text=EXPLAINED[area], choices=Pace.choices
            )
