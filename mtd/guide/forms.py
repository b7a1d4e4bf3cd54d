"""Uploading a guide, and feedback on a step."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from mtd.core.guarded import GuardedTextField

from .actions import MAX_FEEDBACK
from .pack import Step
from .pack.source import MAX_BYTES


class UploadForm(forms.Form):
    """A guide as a zip file."""

    file = forms.FileField(
        label=_("The guide as a zip file"),
        help_text=_("The folder that holds pack.yaml, packed as a zip; at most 5 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,application/zip"}),
    )
    publish = forms.BooleanField(
        label=_("Publish at once"),
        required=False,
        initial=True,
        help_text=_("Without it the version stays a draft that only the programme office sees."),
    )

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(
                _("This file is larger than 5 MB. Leave out pictures and copies."), code="too_large"
            )
        return file


class FeedbackForm(forms.Form):
    """What helped and what was missing, about a whole step or one of its questions."""

    helped = GuardedTextField(dates=True, label=_("What helped?"), required=False, max_length=MAX_FEEDBACK)
    missing = GuardedTextField(
        dates=True,
        label=_("What was missing?"),
        required=False,
        max_length=MAX_FEEDBACK,
        help_text=_("Write about the guide and your cooperation, never about a family."),
    )
    question_key = forms.ChoiceField(label=_("About which question?"), required=False)

    def __init__(self, *args: Any, step: Step, questions: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["question_key"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("The step as a whole")), *questions]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("helped") and not cleaned.get("missing"):
            raise forms.ValidationError(
                _("Write what helped or what was missing, at least one of them."), code="empty"
            )
        return cleaned
