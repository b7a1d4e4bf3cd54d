"""Choosing a door."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mtd.consultations.models import Way
from mtd.consultations.queries.doors import Door, Doors


class DoorForm(forms.Form):
    """Whom to ask: one of the open doors; within one's own house all colleagues or one of them."""

    door = forms.ChoiceField(
        label=_("Whom do you ask?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose whom to ask."),
            "invalid_choice": _("This way has closed meanwhile."),
        },
    )
    colleague = forms.ChoiceField(label=_("Whom exactly?"), required=False)

    def __init__(self, *args: Any, doors: Doors, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.doors = doors
        door, colleague = self.fields["door"], self.fields["colleague"]
        assert isinstance(door, forms.ChoiceField)
        assert isinstance(colleague, forms.ChoiceField)
        door.choices = [(one.key, one.title) for one in doors.doors if one.open]
        here = next((one.colleagues for one in doors.own_house), ())
        colleague.choices = [
            ("", pgettext_lazy("whom one asks", "all colleagues")),
            *((str(user.pk), user.full_name) for user in here),
        ]

    @property
    def chosen(self) -> Door:
        """The door that was chosen; only of a valid form."""
        door = self.doors.by_key(self.cleaned_data["door"])
        assert door is not None
        return door

    @property
    def adviser(self) -> Any:
        """The one person asked, if one is: the adviser of the door, or the colleague."""
        door = self.chosen
        if door.way != Way.OWN_HOUSE:
            return door.adviser
        wanted = self.cleaned_data.get("colleague")
        return next((user for user in door.colleagues if str(user.pk) == wanted), None)

    def whom(self) -> dict[str, Any]:
        """What `begin` and `turn_to` take; only of a valid form."""
        door = self.chosen
        return {
            "way": door.way,
            "agreement": door.agreement,
            "question_key": door.question_key,
            "recipient": door.recipient,
            "adviser": self.adviser,
            "meeting": door.meeting,
        }
