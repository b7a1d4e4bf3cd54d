"""What strangers may hand in: a file or a code to check."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mtd.documents.verifying import MAX_BYTES, read_limited

from .record import GROUPS, HEAD, LIMIT, PARTS, STEP_HEADS, STEPS, steps_of


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


class RecordForm(forms.Form):
    """A record to think with. Names may be in it, so no guard: it goes into the organisation's own file only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in HEAD.items():
            self.fields[name] = forms.CharField(label=label, required=False, max_length=200)
        for name, (label, help_text) in PARTS.items():
            area = forms.Textarea(attrs={"rows": 5, "spellcheck": "true"})
            self.fields[name] = forms.CharField(
                label=label, help_text=help_text, required=False, max_length=LIMIT, widget=area
            )
        for number in range(1, STEPS + 1):
            for name, label in zip(("step", "who", "until"), STEP_HEADS, strict=True):
                self.fields[f"{name}_{number}"] = forms.CharField(label=label, required=False, max_length=300)

    @property
    def head(self) -> list[forms.BoundField]:
        """Reference, author, day."""
        return [self[name] for name in HEAD]

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The texts under their headings."""
        return [(str(heading), [self[name] for name in names]) for heading, names in GROUPS]

    @property
    def steps(self) -> list[list[forms.BoundField]]:
        """The lines for what is done next."""
        return [
            [self[f"{name}_{number}"] for name in ("step", "who", "until")] for number in range(1, STEPS + 1)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(data.get(name) for name in PARTS) and not steps_of(data):
            raise forms.ValidationError(_("There is nothing in it yet."), code="empty")
        return data
