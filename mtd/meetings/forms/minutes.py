"""Forms of the minutes: decisions, tasks, who else was there, sending out, objections."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mtd.accounts.models import User
from mtd.core.guarded import GuardedTextField
from mtd.meetings.actions.closing import DAYS, LEAST_DAYS, MOST_DAYS
from mtd.meetings.actions.minutes import MOST_CASES, NOTES_LIMIT, WORDS_LIMIT, Words
from mtd.meetings.models import Decision, Meeting
from mtd.meetings.queries.people import Guest, invitable
from mtd.organizations.models import Organization
from mtd.organizations.queries import organizations_of


def _until() -> forms.DateField:
    return forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A person by name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_name)


class OrganizationChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An organisation by its short name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.short_name)


def _people(meeting: Meeting) -> Any:
    invited = meeting.participants.filter(removed_at__isnull=True, user__isnull=False)
    return User.objects.filter(pk__in=invited.values("user")).order_by("name", "id")


class NotesForm(forms.Form):
    """What was said about one item."""

    notes = GuardedTextField(
        dates=True, label=_("Notes"), max_length=NOTES_LIMIT, required=False, stored=True
    )


class WordsForm(forms.Form):
    """What a task says: what, who, until when."""

    text = GuardedTextField(dates=True, label=_("What"), max_length=WORDS_LIMIT, rows=2, stored=True)
    organization = OrganizationChoice(
        label=_("Organisation"),
        queryset=Organization.objects.none(),
        required=False,
        empty_label=pgettext_lazy("organisation", "none in particular"),
    )
    user = PersonChoice(
        label=_("Person"),
        queryset=User.objects.none(),
        required=False,
        empty_label=pgettext_lazy("person", "nobody in particular"),
    )
    due_on = _until()
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = _people(meeting)  # type: ignore[attr-defined]
        self.fields["organization"].queryset = organizations_of(meeting.network).order_by("short_name", "id")  # type: ignore[attr-defined]

    def words(self) -> Words:
        """What was typed, for the action."""
        clean = self.cleaned_data
        return Words(
            text=clean["text"],
            organization=clean["organization"],
            user=clean["user"],
            due_on=clean["due_on"],
            outcome=clean.get("outcome") or Decision.Outcome.YES,
            reason=clean.get("reason") or "",
        )


class DecisionForm(WordsForm):
    """What was decided, why, and who carries it out."""

    outcome = forms.ChoiceField(
        label=_("What came of it"),
        choices=Decision.Outcome.choices,
        initial=Decision.Outcome.YES,
        widget=forms.RadioSelect,
    )
    reason = GuardedTextField(
        dates=True, label=_("Reason"), max_length=WORDS_LIMIT, rows=2, required=False, stored=True
    )
    field_order = ("outcome", "text", "reason", "organization", "user", "due_on", "seen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("What was decided")


class PresentForm(forms.Form):
    """Somebody who came without being invited: a person of the network, or a guest."""

    person = PersonChoice(
        label=_("Somebody of the network"),
        queryset=User.objects.none(),
        required=False,
        empty_label=pgettext_lazy("person", "nobody of the network"),
    )
    name = forms.CharField(label=_("Or a guest: name"), max_length=120, required=False)
    email = forms.EmailField(
        label=_("E-mail of the guest"),
        required=False,
        help_text=_("The minutes go there, with a personal link for objections."),
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day = meeting.local_start.date() if meeting.local_start else None
        there = set(
            meeting.participants.filter(removed_at__isnull=True, user__isnull=False).values_list(
                "user", flat=True
            )
        )
        free = [row.user.pk for row in invitable(meeting.network, day) if row.user.pk not in there]
        self.fields["person"].queryset = User.objects.filter(pk__in=free).order_by("name", "id")  # type: ignore[attr-defined]

    def guest(self) -> Guest | None:
        """The guest that was typed, if any."""
        clean = self.cleaned_data
        if clean.get("person") or not (clean.get("name") or clean.get("email")):
            return None
        return Guest(name=clean.get("name", ""), email=clean.get("email", ""))


class CasesForm(forms.Form):
    """How many cases were discussed."""

    cases = forms.IntegerField(label=_("How many cases were discussed"), min_value=0, max_value=MOST_CASES)


class CirculateForm(forms.Form):
    """For how long everybody may object."""

    days = forms.IntegerField(
        label=_("Days for objections"), min_value=LEAST_DAYS, max_value=MOST_DAYS, initial=DAYS
    )


class ObjectionForm(forms.Form):
    """What is not right in the minutes."""

    text = GuardedTextField(dates=True, label=_("What is not right, and how it should read"), max_length=4000)
    item = forms.ChoiceField(label=_("About which item"), required=False)

    def __init__(self, *args: Any, items: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [("", _("none in particular")), *items]  # type: ignore[attr-defined]


class LateForm(forms.Form):
    """What somebody wants to add to final minutes."""

    text = GuardedTextField(dates=True, label=_("What you want to bring up"), max_length=4000)


class SettleForm(forms.Form):
    """The answer to an objection."""

    reply = GuardedTextField(dates=True, label=_("Your answer"), max_length=4000, rows=3, required=False)


class FinishForm(forms.Form):
    """Closing before the time for objections is over."""

    agreed = forms.BooleanField(label=_("Everybody has agreed to these minutes"), required=False)
