"""Forms around the text: another wording, a vote on it, a comment, and what the log shows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mtd.agreements.models import Amendment, Comment, Entry, Party
from mtd.agreements.queries import Room
from mtd.core.guarded import GuardedTextField

from .questions import language_name


class ProposalForm(forms.Form):
    """Another wording of a clause, or a change to such a proposal."""

    language = forms.CharField(widget=forms.HiddenInput, max_length=8)
    parent = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    text = forms.CharField(
        label=_("How the clause is to read"),
        strip=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text=_("An empty line begins a new paragraph. Lines that begin with “– ” become a list."),
    )
    reason = GuardedTextField(
        dates=True, label=_("Why"), required=False, max_length=2000, rows=2, attrs={"dir": "auto"}
    )

    def __init__(self, *args: Any, language: str = "", **kwargs: Any) -> None:
        kwargs["prefix"] = f"w-{language}" if language else "w"
        super().__init__(*args, **kwargs)
        self.code = language
        self.name = language_name(language) if language else ""
        if language:
            self.fields["text"].widget.attrs["lang"] = language


class VoteForm(forms.Form):
    """Accept or reject a proposal."""

    reason = GuardedTextField(
        dates=True,
        label=_("What does not fit (needed for rejecting)"),
        required=False,
        max_length=2000,
        rows=2,
        attrs={"dir": "auto"},
    )

    def __init__(self, amendment: Amendment, *args: Any, **kwargs: Any) -> None:
        kwargs["prefix"] = f"v-{amendment.pk}"
        super().__init__(*args, **kwargs)


class CommentForm(forms.Form):
    """A comment, and who may read it. What only one's own organisation reads is its own note."""

    body = GuardedTextField(
        dates=True, label=_("Your comment"), max_length=5000, rows=3, attrs={"dir": "auto"}
    )
    visibility = forms.ChoiceField(label=_("Who may read it"), widget=forms.RadioSelect)

    def __init__(self, room: Room, *args: Any, **kwargs: Any) -> None:
        kwargs["prefix"] = "c"
        super().__init__(*args, **kwargs)
        labels = {
            Comment.Visibility.US: _("Only us"),
            Comment.Visibility.SIDES: _("Both sides: all parties"),
            Comment.Visibility.EVERYONE: _("Everyone: parties, coordination and moderation"),
        }
        allowed = list(labels) if room.my_party else [Comment.Visibility.EVERYONE]
        field = self.fields["visibility"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(value), labels[value]) for value in allowed]
        field.initial = str(allowed[0])
        body = self.fields["body"]
        assert isinstance(body, GuardedTextField)
        if room.my_party and self.data.get(self.add_prefix("visibility")) == Comment.Visibility.US:
            body.advise_only()


class LogFilter(forms.Form):
    """Which steps the log shows."""

    chapter = forms.ChoiceField(label=_("Chapter"), required=False)
    party = forms.ChoiceField(label=pgettext_lazy("filter", "Party"), required=False)
    kind = forms.ChoiceField(label=_("What happened"), required=False)

    def __init__(
        self, *args: Any, chapters: list[tuple[str, str]], parties: list[Party], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        everything = [("", _("All"))]
        choices: dict[str, list[tuple[str, Any]]] = {
            "chapter": [*everything, *chapters],
            "party": [*everything, *((str(p.pk), p.organization.name) for p in parties)],
            "kind": [*everything, *((str(value), label) for value, label in Entry.Kind.choices)],
        }
        for name, values in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = values
