"""Untrusted input about accounts."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.utils.translation import gettext_lazy as _

from .models import User


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """One's own particulars; the address stays, because the invitation proved it."""

    class Meta:
        model = User
        fields = ("name", "title", "position", "phone", "language")
        help_texts = {
            "title": _("Stands before your name under a signature."),
            "position": _("For example: head of the counselling centre."),
            "phone": _("Partners in your network see it."),
        }


class DemoSignInForm(forms.Form):
    """Who of the cast to be."""

    person = forms.EmailField()
    next = forms.CharField(required=False)


class _Plain:
    """No placeholder stands in for a label, and no link stands inside a form's help."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            if "href" in str(field.help_text):
                field.help_text = ""


class LoginForm(_Plain, account_forms.LoginForm):  # type: ignore[misc]
    """E-mail and password."""


class ResetPasswordForm(_Plain, account_forms.ResetPasswordForm):  # type: ignore[misc]
    """The address to which a link goes."""


class ResetPasswordKeyForm(_Plain, account_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password behind the link."""


class ChangePasswordForm(_Plain, account_forms.ChangePasswordForm):  # type: ignore[misc]
    """Old and new password."""


class ReauthenticateForm(_Plain, account_forms.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""


class CodeForm(_Plain, mfa_forms.AuthenticateForm):  # type: ignore[misc]
    """The code of the second factor."""


class CodeAgainForm(_Plain, mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    """The code once more."""


class ActivateCodesForm(_Plain, totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new generator."""
