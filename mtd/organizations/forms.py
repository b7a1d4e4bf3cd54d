"""Untrusted input about networks, organisations and invitations."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from mtd.accounts.models import User
from mtd.core.actor import Actor, Role

from .models import Invitation, Network, Organization
from .permissions import can_invite


class NetworkForm(forms.ModelForm):  # type: ignore[type-arg]
    """Particulars of a network."""

    time_zone = forms.ChoiceField(label=_("Time zone"), initial="Europe/Berlin")

    class Meta:
        model = Network
        fields = ("name", "country", "region", "time_zone", "language")
        help_texts = {"region": _("The district, town or region in which the organisations work.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(
            zone
            for zone in zoneinfo.available_timezones()
            if zone.startswith(("Europe/", "Atlantic/", "Asia/Nicosia", "Asia/Famagusta"))
        )
        field = self.fields["time_zone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(zone, zone) for zone in zones]


class OrganizationForm(forms.ModelForm):  # type: ignore[type-arg]
    """Particulars of an organisation, as they stand in agreements and contact lists."""

    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https", max_length=200)

    class Meta:
        model = Organization
        fields = (
            "name",
            "short_name",
            "help_system",
            "legal_form",
            "city",
            "address",
            "email",
            "phone",
            "website",
        )
        help_texts = {
            "name": _("As it is to stand in the agreement."),
            "short_name": _("For tables and pictures, one or two words."),
            "legal_form": _("For example: registered association, municipality."),
        }


class InvitationForm(forms.Form):
    """Whom to invite, in which role; offers only roles that the person may give here."""

    email = forms.EmailField(label=_("E-mail of the person you invite"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language of the e-mail"), choices=settings.LANGUAGES)

    def __init__(
        self,
        *args: Any,
        actor: Actor,
        organization: Organization | None = None,
        network: Network | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if organization is not None:
            roles = [Role.WORKER, Role.LEAD]
        elif network is not None:
            roles = [Role.COORDINATOR, Role.MODERATOR]
        else:
            roles = [Role.PROGRAMME]
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (role.value, role.label)
            for role in roles
            if can_invite(actor, role=role, organization=organization, network=network)
        ]
        if len(field.choices) == 1:
            self.initial["role"] = next(iter(field.choices))[0]


class AcceptForm(forms.Form):
    """Name and password of a new account."""

    name = forms.CharField(label=_("Your name, as you want to be called"), max_length=120)
    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. A sentence is good; a common password is refused."),
    )
    password_again = forms.CharField(
        label=_("The password once more"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        password = clean.get("password")
        if password and clean.get("password_again") and password != clean["password_again"]:
            self.add_error("password_again", _("The two passwords differ."))
        if password:
            person = User(email=self.invitation.email, name=clean.get("name", ""))
            try:
                password_validation.validate_password(password, person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return clean
