"""Forms of annexes: another version by kind, an annex of one's own, what the named body decided."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mtd.agreements.annexes import CONTACT_FIELDS, STEP_FIELDS, AnnexText, contacts_now
from mtd.agreements.models import Annex, AnnexVersion
from mtd.agreements.queries import Room
from mtd.core.guarded import GuardedLineField, GuardedTextField

from .questions import language_name

MAX_FILE = 25 * 1024 * 1024
_CONTACT_LABELS = {
    "name": pgettext_lazy("contact list", "Name"),
    "role": pgettext_lazy("contact list", "Function"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "hours": pgettext_lazy("contact list", "When to reach"),
    "deputy_name": pgettext_lazy("contact list", "Deputy"),
    "deputy_phone": pgettext_lazy("contact list", "Deputy’s phone"),
    "deputy_email": pgettext_lazy("contact list", "Deputy’s e-mail"),
}
_STEP_LABELS = {"name": _("Step"), "who": _("Who"), "whom": _("To whom"), "by_when": _("By when")}


class _FileForm(forms.Form):
    """Fields that every version of an annex has."""

    def add_ending(self, *, with_change: bool = True) -> None:
        """The file, and in a word what changes."""
        self.fields["file"] = forms.FileField(
            label=_("PDF file"),
            required=False,
            widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
            help_text=_("Up to 25 MB."),
        )
        if with_change:
            self.fields["change"] = GuardedLineField(
                dates=True, label=_("What changes, in a few words"), required=False, max_length=300
            )

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read."""
        file = self.cleaned_data.get("file")
        if file and file.size > MAX_FILE:
            raise forms.ValidationError(_("This file is larger than 25 MB. Make it smaller, or split it."))
        return file

    @property
    def upload(self) -> tuple[str, bytes, str] | None:
        """The file as the actions take it."""
        file = self.cleaned_data.get("file")
        return (file.name, file.read(), "application/pdf") if file else None


class AnnexForm(_FileForm):
    """Another version of an annex; which fields there are depends on what it is."""

    def __init__(
        self, room: Room, annex: Annex, says: AnnexText, content: dict[str, Any], *args: Any, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.room, self.annex, self.says, self.content = room, annex, says, content
        self.groups: list[tuple[str, list[str]]] = []
        match annex.kind:
            case Annex.Kind.CONTACTS:
                self._contacts()
            case Annex.Kind.PROFILES:
                self._profiles()
            case Annex.Kind.CASE_FLOW | Annex.Kind.ENDANGERMENT:
                self._steps()
            case _:
                self._texts()
        self.add_ending()

    def _line(
        self, name: str, label: Any, initial: str, *, rows: int = 0, lang: str = "", most: int = 300
    ) -> None:
        attrs: dict[str, Any] = {"dir": "auto", **({"lang": lang} if lang else {})}
        widget = forms.Textarea(attrs={**attrs, "rows": rows}) if rows else forms.TextInput(attrs=attrs)
        self.fields[name] = forms.CharField(
            label=label, required=False, max_length=most, initial=initial, widget=widget
        )

    def _contacts(self) -> None:
        now = self.content.get("contacts") or contacts_now(self.room)
        for party in self.room.parties:
            one = now.get(str(party.pk)) or {}
            names = []
            for field in CONTACT_FIELDS:
                names.append(f"{party.pk}.{field}")
                self._line(names[-1], _CONTACT_LABELS[field], one.get(field, ""), most=200)
            self.groups.append((party.organization.name, names))

    def _profiles(self) -> None:
        now = self.content.get("profiles") or {}
        for party in self.room.parties:
            names = []
            for language in self.room.agreement.languages:
                names.append(f"{party.pk}.{language}")
                said = (now.get(str(party.pk)) or {}).get(language, "")
                label = _("Profile")
                if len(self.room.agreement.languages) > 1:
                    label = f"{label} ({language_name(language)})"  # type: ignore[assignment]
                self._line(names[-1], label, said, rows=5, lang=language, most=10_000)
            self.groups.append((party.organization.name, names))

    def _steps(self) -> None:
        for language in self.room.agreement.languages:
            steps = self.says.body(language).steps
            for number in range(max(len(steps) + 2, 4)):
                step = steps[number] if number < len(steps) else None
                names = []
                for field in STEP_FIELDS:
                    names.append(f"{language}.{number}.{field}")
                    said = getattr(step, field) if step is not None else ""
                    self._line(names[-1], _STEP_LABELS[field], said, lang=language)
                title = f"{number + 1}"
                if len(self.room.agreement.languages) > 1:
                    title = f"{language_name(language)}, {title}"
                self.groups.append((title, names))

    def _texts(self) -> None:
        names = []
        for language in self.room.agreement.languages:
            names.append(f"text.{language}")
            said = (self.content.get("text") or {}).get(language, "")
            label = _("Text")
            if len(self.room.agreement.languages) > 1:
                label = f"{label} ({language_name(language)})"  # type: ignore[assignment]
            self._line(names[-1], label, said, rows=10, lang=language, most=100_000)
        self.groups.append(("", names))

    def field_groups(self) -> list[tuple[str, list[Any]]]:
        """The fields, in groups with a heading."""
        return [(title, [self[name] for name in names]) for title, names in self.groups]

    @property
    def ending(self) -> list[Any]:
        return [self["file"], self["change"]]

    def to_content(self) -> dict[str, Any]:
        """What was typed, as the content of a version."""
        data = self.cleaned_data
        languages = self.room.agreement.languages
        match self.annex.kind:
            case Annex.Kind.CONTACTS:
                contacts = {
                    str(p.pk): {
                        field: data[f"{p.pk}.{field}"] for field in CONTACT_FIELDS if data[f"{p.pk}.{field}"]
                    }
                    for p in self.room.parties
                }
                return {"contacts": {pk: one for pk, one in contacts.items() if one}}
            case Annex.Kind.PROFILES:
                texts = {
                    str(p.pk): {lang: data[f"{p.pk}.{lang}"] for lang in languages if data[f"{p.pk}.{lang}"]}
                    for p in self.room.parties
                }
                return {"profiles": {pk: one for pk, one in texts.items() if one}}
            case Annex.Kind.CASE_FLOW | Annex.Kind.ENDANGERMENT:
                steps: dict[str, list[dict[str, str]]] = {lang: [] for lang in languages}
                for name in data:
                    language, dot, rest = name.partition(".")
                    if dot and language in steps and rest.endswith(".name"):
                        number = rest.partition(".")[0]
                        step = {field: data[f"{language}.{number}.{field}"] for field in STEP_FIELDS}
                        if any(step.values()):
                            steps[language].append(step)
                return {"steps": steps} if any(steps.values()) else {}
        texts_ = {lang: data[f"text.{lang}"] for lang in languages if data[f"text.{lang}"]}
        return {"text": texts_} if texts_ else {}


class NewAnnexForm(_FileForm):
    """An annex of the parties' own."""

    title = forms.CharField(label=_("Title"), max_length=160)

    def __init__(self, room: Room, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = room.agreement.languages
        for language in self.languages:
            label = _("Text")
            if len(self.languages) > 1:
                label = f"{label} ({language_name(language)})"  # type: ignore[assignment]
            self.fields[f"text-{language}"] = forms.CharField(
                label=label,
                required=False,
                max_length=100_000,
                widget=forms.Textarea(attrs={"rows": 5, "dir": "auto", "lang": language}),
            )
        self.add_ending(with_change=False)

    @property
    def texts(self) -> dict[str, str]:
        """The typed texts by language."""
        return {
            lang: self.cleaned_data[f"text-{lang}"]
            for lang in self.languages
            if self.cleaned_data[f"text-{lang}"]
        }


class ApprovalForm(forms.Form):
    """Which body approved a version of an annex, and when."""

    body = forms.CharField(label=_("Which body approved it"), max_length=160)
    on = forms.DateField(
        label=_("On which day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, version: AnnexVersion, *args: Any, body: str = "", **kwargs: Any) -> None:
        kwargs["prefix"] = f"ok-{version.number}"
        kwargs["initial"] = {"body": body, "on": timezone.localdate()}
        super().__init__(*args, **kwargs)


class RejectionForm(forms.Form):
    """Why a version of an annex was not approved."""

    reason = GuardedTextField(
        dates=True, label=_("Why it is not approved"), max_length=2000, rows=2, attrs={"dir": "auto"}
    )

    def __init__(self, version: AnnexVersion, *args: Any, **kwargs: Any) -> None:
        kwargs["prefix"] = f"no-{version.number}"
        super().__init__(*args, **kwargs)
