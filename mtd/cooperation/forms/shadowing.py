"""Forms of job shadowing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mtd.accounts.models import User
from mtd.core.choices import ColleagueChoice
from mtd.core.guarded import GuardedLineField, GuardedTextField
from mtd.organizations.models import Organization
from mtd.organizations.queries import people_of

_TIME = {"type": "time"}


class OfferForm(forms.Form):
    """What one may see, what not, where, and whom to ask."""

    title = GuardedLineField(
        dates=True,
        label=_("Offer in a few words"),
        max_length=120,
        stored=True,
        help_text=_("For example: A morning in the parents’ group"),
    )
    what = GuardedTextField(
        dates=True,
        label=_("What you can see"),
        max_length=2000,
        stored=True,
        help_text=_(
            "What happens on that day, and for whom it is worth coming. No names of families: others read this."
        ),
    )
    limits = GuardedTextField(
        dates=True,
        label=_("What you cannot see"),
        max_length=1000,
        rows=3,
        required=False,
        stored=True,
        help_text=_("For example: no single conversations; files stay closed."),
    )
    place = forms.CharField(label=_("Where"), max_length=200, required=False)
    contact = ColleagueChoice(
        label=_("Who answers requests"),
        queryset=User.objects.none(),
        required=False,
        empty_label=pgettext_lazy("contact of an offer", "the lead of the organisation"),
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = User.objects.filter(pk__in=people_of(organization).order_by().values("user"), is_active=True)
        self.fields["contact"].queryset = here.order_by("name", "id")  # type: ignore[attr-defined]


class SlotForm(forms.Form):
    """A day on which one may come."""

    on = forms.DateField(
        label=pgettext_lazy("shadowing", "Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    from_time = forms.TimeField(
        label=pgettext_lazy("time", "From"),
        required=False,
        widget=forms.TimeInput(attrs=_TIME, format="%H:%M"),
    )
    to_time = forms.TimeField(
        label=pgettext_lazy("time", "Until"),
        required=False,
        widget=forms.TimeInput(attrs=_TIME, format="%H:%M"),
    )
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=20, initial=1)

    def clean(self) -> dict[str, Any]:
        """The end comes after the beginning."""
        data = super().clean() or {}
        begins, ends = data.get("from_time"), data.get("to_time")
        if begins and ends and ends <= begins:
            self.add_error("to_time", _("The end comes before the beginning."))
        return data


class RequestForm(forms.Form):
    """Ask for a place on one of the days."""

    date = forms.ChoiceField(label=_("Which day suits you?"), widget=forms.RadioSelect)
    wish = GuardedTextField(
        dates=True,
        label=_("What would you like to see or ask?"),
        max_length=1000,
        rows=3,
        required=False,
        help_text=_("Only the host reads this. Please no names of families."),
    )

    def __init__(self, *args: Any, days: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["date"].choices = days  # type: ignore[attr-defined]
        if len(days) == 1:
            self.fields["date"].initial = days[0][0]


class AnswerForm(forms.Form):
    """What the host says to a request."""

    answer = GuardedTextField(
        dates=True,
        label=_("A word to the visitor"),
        max_length=1000,
        rows=3,
        required=False,
        help_text=_("Where to ring, what to bring; or why it does not fit. Only the visitor reads this."),
    )


class UndertakingForm(forms.Form):
    """The visitor's own name, typed; and the code of the second factor unless it was confirmed a moment ago."""

    declaration = forms.CharField(
        label=_("Type your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    code = forms.CharField(
        label=_("Code of your second factor"),
        max_length=32,
        help_text=_("From your authenticator app, or one of your recovery codes."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def __init__(self, *args: Any, confirmed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if confirmed:
            del self.fields["code"]


class ReportForm(forms.Form):
    """What one learnt about the work of the others."""

    report = GuardedTextField(
        dates=True,
        label=_("What did you learn, and what will you do differently?"),
        max_length=2000,
        rows=5,
        help_text=_(
            "Two or three sentences about the work, nothing about people. Read by the host, by you and by your lead."
        ),
    )
