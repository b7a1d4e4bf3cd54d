"""Untrusted input about accounts."""

from __future__ import annotations

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
