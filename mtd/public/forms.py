"""What strangers may hand in: a file or a code to check."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mtd.documents.verifying import MAX_BYTES, read_limited


class VerifyForm(forms.Form):
    """A PDF, or the code or hash of one."""

    file = forms.FileField(
        label=_("The signed PDF"),
        required=False,
        help_text=_("Up to 25 MB. It is looked at and forgotten; nothing is kept."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
    )
    code = forms.CharField(
        label=_("Or its code or hash"),
        max_length=100,
        required=False,
        help_text=_("The code stands on every page, for example K7M2-9QXD."),
    )

    def clean_file(self) -> bytes:
        """The content; too large a file is refused before it is read."""
        file = self.cleaned_data["file"]
        if not file:
            return b""
        if file.size is not None and file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("This file is too large. Up to 25 MB can be checked."), code="too_large"
            )
        return read_limited(file.chunks())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("file") and not data.get("code") and not self.errors:
            raise forms.ValidationError(_("Choose a file, or enter its code."), code="empty")
        return data
