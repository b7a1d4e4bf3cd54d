"""What a person chooses about their calendar address, and a calendar file to read."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from mtd.meetings.calendar_parts import LARGEST
from mtd.meetings.models import FeedAddress


class ScopeForm(forms.Form):
    """One's own meetings, or all of one's networks."""

    scope = forms.ChoiceField(
        label=_("What the calendar shows"), choices=FeedAddress.Scope.choices, widget=forms.RadioSelect
    )


class CalendarFileForm(forms.Form):
    """A calendar file of another program."""

    file = forms.FileField(
        label=_("Calendar file"),
        help_text=_("With the ending .ics, up to 2 MB. It is read and forgotten; nothing of it is kept."),
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
    )

    def clean_file(self) -> bytes:
        """The content; too large a file is refused before it is read."""
        file = self.cleaned_data["file"]
        if file.size is None or file.size > LARGEST:
            raise ValidationError(
                _("This file is larger than 2 MB; one with a few meetings is much smaller.")
            )
        content: bytes = file.read()
        return content


class ChooseEventForm(forms.Form):
    """Which of the events that were read becomes the new meeting."""

    day = forms.DateField()
    start = forms.TimeField()
    end = forms.TimeField()
    place = forms.CharField(max_length=200, required=False)
    link = forms.CharField(max_length=400, required=False)
