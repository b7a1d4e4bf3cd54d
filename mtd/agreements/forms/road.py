"""Forms of the road: dates of a step, meetings, tasks, parties, moving to a newer guide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mtd.agreements.models import Agreement, Party
from mtd.agreements.queries import Room
from mtd.core.guarded import GuardedLineField, GuardedTextField
from mtd.guide.pack import say
from mtd.organizations.models import Organization


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        **kwargs,
    )


class PartyChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A party by its organisation's name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.organization.name)


class PartiesChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several parties by their organisations' names."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.organization.name)


class StepForm(forms.Form):
    """Planned and actual dates of one step."""

    planned_from = _day(_("Planned from"))
    planned_to = _day(_("Planned to"))
    started_on = _day(_("Began on"))
    done_on = _day(_("Done on"))


class MeetingForm(forms.Form):
    """A meeting on the road, planned or held."""

    on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.CharField(
        label=_("Time"), max_length=40, required=False, help_text=_("For example: 9 to 12")
    )
    place = forms.CharField(label=_("Place"), max_length=160, required=False)
    step_key = forms.ChoiceField(label=_("Step of the guide"), required=False)
    topics = GuardedLineField(
        dates=True, label=_("What it is about"), max_length=300, required=False, stored=True
    )
    held = forms.BooleanField(label=_("This meeting has been held"), required=False)
    present = PartiesChoice(
        label=_("Who was there"),
        queryset=Party.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    outcome = GuardedTextField(
        dates=True,
        label=_("What came out of it"),
        max_length=5000,
        required=False,
        stored=True,
        help_text=_("Results only. Never anything about a family."),
    )

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        steps = [(step.key, say(step.title, language)) for step in room.pack.steps]
        self.fields["step_key"].choices = [("", _("none in particular")), *steps]  # type: ignore[attr-defined]
        self.fields["present"].queryset = room.agreement.parties.select_related("organization")  # type: ignore[attr-defined]


class TodoForm(forms.Form):
    """Who must do what until when."""

    what = GuardedLineField(dates=True, label=_("What is to be done"), max_length=300)
    party = PartyChoice(
        label=_("Who"), queryset=Party.objects.none(), required=False, empty_label=_("Network coordination")
    )
    due = _day(_("Until when"))

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = [party.pk for party in room.parties]
        self.fields["party"].queryset = Party.objects.filter(pk__in=active).select_related("organization")  # type: ignore[attr-defined]


class AgreementForm(forms.Form):
    """Title, purpose, legal form and first meeting of an agreement in work."""

    title = forms.CharField(label=_("Title of the agreement"), max_length=160)
    purpose = forms.CharField(
        label=_("What it is for, in one sentence"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    legal_form = forms.ChoiceField(label=_("Legal form"), choices=Agreement.LegalForm.choices)
    started_on = _day(_("First meeting"))


class AddPartyForm(forms.Form):
    """An organisation of the network that comes to the table."""

    organization = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organization.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        at_table = [party.organization_id for party in room.agreement.parties.all() if party.left_on is None]
        members = room.agreement.network.organizations.filter(network_members__left_on__isnull=True)
        self.fields["organization"].queryset = members.exclude(pk__in=at_table).distinct()  # type: ignore[attr-defined]


class AddModeratorForm(forms.Form):
    """A person with the role of external moderator in the network."""

    user = forms.ChoiceField(label=_("Person"))

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = people  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """A reason in a sentence or two."""

    reason = GuardedTextField(dates=True, label=_("Why"), max_length=500, rows=2)
