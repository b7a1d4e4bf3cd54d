"""Forms of a duty: showing that it was done, doubting an act, letting a duty rest, its days of grace."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mtd.core.guarded import GuardedLineField, GuardedTextField

MAX_FILE = 10 * 1024 * 1024
_ODT = "application/vnd.oasis.opendocument.text"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", _ODT: "odt", _DOCX: "docx"}
_ACCEPT = f"application/pdf,image/jpeg,image/png,{_ODT},{_DOCX},.odt,.docx"


def kind_of(content: bytes) -> str:
    """The media type that the bytes themselves show; empty for what is not kept as evidence."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_zip(content)
    return ""


def _kind_of_zip(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = set(packed.namelist()[:2000])
            if "word/document.xml" in names and "word/vbaProject.bin" not in names:
                return _DOCX
            if "mimetype" in names and packed.getinfo("mimetype").file_size == len(_ODT):
                return _ODT if packed.read("mimetype") == _ODT.encode() else ""
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return ""
    return ""


def _date(**kwargs: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class ShowForm(forms.Form):
    """On which day it was done, what was done, and a document if there is one."""

    on = _date(label=_("On which day"))
    note = GuardedTextField(dates=True, label=_("What was done"), max_length=2000, rows=3)
    file = forms.FileField(
        label=_("Document"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": _ACCEPT}),
        help_text=_("PDF, JPG, PNG, ODT or DOCX, up to 10 MB. Please no document about a family."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["prefix"] = "show"
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()
        self.media_type = ""

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read, and what is not what it says it is."""
        file = self.cleaned_data.get("file")
        if not file:
            return None
        if file.size > MAX_FILE:
            raise forms.ValidationError(_("This file is larger than 10 MB. Make it smaller, or split it."))
        content = file.read()
        self.media_type = kind_of(content)
        if not self.media_type:
            raise forms.ValidationError(
                _("This file cannot be read as PDF, JPG, PNG, ODT or DOCX. Save it as one of these.")
            )
        self.content = content
        return file

    @property
    def upload(self) -> tuple[str, bytes, str] | None:
        """The file as the action takes it; under a name of ours, because a name somebody chose may tell of a family."""
        if not self.cleaned_data.get("file"):
            return None
        name = f"{self.cleaned_data['on']:%Y-%m-%d}.{_ENDINGS[self.media_type]}"
        return name, self.content, self.media_type


class ContestForm(forms.Form):
    """What one doubts about an act."""

    reason = GuardedTextField(dates=True, label=_("What you doubt"), max_length=2000, rows=3)

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        kwargs["prefix"] = f"contest-{name}"
        super().__init__(*args, **kwargs)


class SettleForm(forms.Form):
    """What became of a doubt, and where that was decided."""

    upheld = forms.ChoiceField(
        label=_("What was decided"),
        choices=[("no", _("The act counts")), ("yes", _("The act does not count"))],
        widget=forms.RadioSelect,
    )
    settlement = GuardedTextField(
        dates=True, label=_("Where and when it was decided"), max_length=2000, rows=2
    )

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        kwargs["prefix"] = f"settle-{name}"
        super().__init__(*args, **kwargs)


class PauseForm(forms.Form):
    """From when to when a duty rests, and why."""

    from_on = _date(label=_("First day"))
    until_on = _date(
        label=_("Last day"), required=False, help_text=_("Leave it empty: until somebody takes it up again.")
    )
    reason = GuardedLineField(dates=True, label=_("Why it rests"), max_length=300)
    everybody = forms.BooleanField(label=_("For all parties"), required=False)

    def __init__(self, *args: Any, shared: bool = False, **kwargs: Any) -> None:
        kwargs["prefix"] = "pause"
        super().__init__(*args, **kwargs)
        self.fields["from_on"].initial = timezone.localdate()
        if not shared:
            del self.fields["everybody"]


class ResumeForm(forms.Form):
    """From which day a duty binds again."""

    on = _date(label=_("From which day"))

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        kwargs["prefix"] = f"resume-{name}"
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()


class GraceForm(forms.Form):
    """How many days after its day a duty still counts as late and not as missed."""

    days = forms.IntegerField(
        label=_("Days of grace"),
        min_value=0,
        max_value=180,
        required=False,
        help_text=_("What the network decided. Leave it empty to go back to our proposal."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["prefix"] = "grace"
        super().__init__(*args, **kwargs)
