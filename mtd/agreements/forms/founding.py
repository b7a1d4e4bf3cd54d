"""Forms for beginning an agreement and for looking one up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from mtd.agreements.models import Agreement
from mtd.core.actor import Actor
from mtd.guide.models import GuideVersion
from mtd.guide.pack import say
from mtd.guide.queries import pack_of, published_versions
from mtd.organizations.models import COUNTRIES, Network, Organization


class _GuideChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{say(pack_of(obj).title, get_language() or 'en')} {obj.number}"


class _Organizations(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.get_help_system_display()})"


class NewAgreementForm(forms.Form):
    """What is needed to begin: little, and all of it can be changed later but the languages."""

    title = forms.CharField(
        label=_("Title of the agreement"),
        max_length=160,
        help_text=_("For example: Cooperation agreement of addiction care and youth welfare in …"),
    )
    purpose = forms.CharField(
        label=_("What it is for, in one sentence"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    organizations = _Organizations(
        label=_("Who is at the table"),
        queryset=Organization.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("At least two. Others can join later."),
    )
    guide_version = _GuideChoice(label=_("Guide"), queryset=GuideVersion.objects.none(), empty_label=None)
    legal_form = forms.ChoiceField(
        label=_("Legal form"),
        choices=Agreement.LegalForm.choices,
        initial=Agreement.LegalForm.UNDECIDED,
        help_text=_("You can decide this on the way."),
    )
    language = forms.ChoiceField(label=_("Language of the text"), choices=settings.LANGUAGES)
    second_language = forms.ChoiceField(
        label=_("Second language"),
        choices=[("", pgettext_lazy("second language", "none")), *settings.LANGUAGES],
        required=False,
        help_text=_("Every clause then stands in both languages, side by side."),
    )
    binding_language = forms.ChoiceField(
        label=_("Binding language"),
        choices=[("", _("the first one")), *settings.LANGUAGES],
        required=False,
        help_text=_("The language that counts when the two differ."),
    )
    started_on = forms.DateField(
        label=_("First meeting"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("From this day the road is planned; 9 to 18 months are normal."),
    )

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = network.organizations.filter(network_members__left_on__isnull=True)
        self.fields["organizations"].queryset = members.distinct().order_by("help_system", "name")  # type: ignore[attr-defined]
        self.fields["guide_version"].queryset = published_versions()  # type: ignore[attr-defined]
        latest = published_versions().first()
        self.fields["guide_version"].initial = latest.pk if latest else None
        self.fields["language"].initial = network.language

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        languages = {data.get("language"), data.get("second_language")}
        if data.get("second_language") and data["second_language"] == data.get("language"):
            self.add_error("second_language", _("Choose a language other than the first, or none."))
        if data.get("binding_language") and data["binding_language"] not in languages:
            self.add_error("binding_language", _("Choose one of the two languages of the text."))
        if not data.get("second_language"):
            data["binding_language"] = ""
        return data


class ChooseNetworkForm(forms.Form):
    """In which network, for people who belong to several."""

    network = forms.ModelChoiceField(label=_("Network"), queryset=Network.objects.none(), empty_label=None)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["network"].queryset = Network.objects.filter(pk__in=actor.network_ids)  # type: ignore[attr-defined]


class RegisterFilterForm(forms.Form):
    """Filters of the register; bad values are ignored, so that an old link still shows something."""

    q = forms.CharField(label=_("Title, region or code"), required=False, max_length=100)
    country = forms.ChoiceField(
        label=_("Country"), choices=[("", _("all countries")), *COUNTRIES], required=False
    )
    state = forms.ChoiceField(
        label=pgettext_lazy("agreement", "State"),
        choices=[("", _("all states")), *Agreement.State.choices],
        required=False,
    )
    review = forms.ChoiceField(
        label=_("Review"),
        choices=[
            ("", _("any time")),
            ("late", _("overdue")),
            ("90", _("due within 90 days")),
            ("365", _("due within a year")),
        ],
        required=False,
    )
    sort = forms.ChoiceField(
        label=_("Sorted by"),
        choices=[
            ("", _("title")),
            ("review", pgettext_lazy("sorted by", "review, next first")),
            ("newest", pgettext_lazy("sorted by", "in force, newest first")),
            ("country", pgettext_lazy("sorted by", "country")),
        ],
        required=False,
    )
    mine = forms.BooleanField(label=_("Only ours"), required=False)


def networks_for(actor: Actor) -> QuerySet[Network]:
    """Networks in which the person may begin an agreement."""
    allowed = set(actor.coordinates) | {network for _org, network in actor.organization_networks}
    return Network.objects.filter(pk__in=allowed)
