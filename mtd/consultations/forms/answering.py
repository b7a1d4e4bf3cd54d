"""What is said to a question, whether it helped, and who is away."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mtd.accounts.models import User
from mtd.consultations.models import Consultation
from mtd.core.choices import ColleagueChoice
from mtd.core.guarded import GuardedTextField
from mtd.organizations.models import Organization
from mtd.organizations.queries import people_of

_LABELS: dict[str, tuple[Promise, Promise | str]] = {
    "answer": (
        _("Your answer"),
        _("No names, places or dates here, either: what you know of a family does not belong into it."),
    ),
    "ask_back": (_("Your question back"), _("Ask for what helps you to answer, never for who it is.")),
    "reply": (_("Your reply"), _("Answer questions, add what has happened. No names, places or dates.")),
    "sum_up": (
        _("What did you decide?"),
        _("A few lines: what you do now, by when, and when you look at it again."),
    ),
}


class SayForm(forms.Form):
    """One contribution; `revision` says what its author had read when writing began."""

    text = GuardedTextField(max_length=8000, rows=8)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any = None, *, verb: str, **kwargs: Any) -> None:
        super().__init__(data, prefix=verb, **kwargs)
        label, help_text = _LABELS[verb]
        self.fields["text"].label, self.fields["text"].help_text = str(label), str(help_text)
        if verb in ("ask_back", "reply", "sum_up"):
            self.fields["text"].widget.attrs["rows"] = 5


class HelpedForm(forms.Form):
    """Did it help? Nothing else is asked."""

    helped = forms.ChoiceField(
        label=_("Did the advice help?"),
        choices=Consultation.Helped.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three.")},
    )


class AbsenceForm(forms.Form):
    """Who is away, from when until when, and who answers meanwhile."""

    user = ColleagueChoice(label=_("Who is away?"), queryset=User.objects.none(), required=False)
    since = forms.DateField(
        label=pgettext_lazy("absence", "From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=pgettext_lazy("absence", "Until, that day included"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    deputy = ColleagueChoice(
        label=_("Who answers meanwhile?"),
        queryset=User.objects.none(),
        required=False,
        empty_label=pgettext_lazy("deputy", "nobody named: the lead answers"),
        help_text=_("They are told, and see the questions that are put to the person who is away."),
    )

    def __init__(self, *args: Any, organization: Organization, own: User | None, **kwargs: Any) -> None:
        """`own`: the person may only speak for themselves; None: the lead chooses among the people."""
        super().__init__(*args, **kwargs)
        self.own = own
        here = User.objects.filter(
            pk__in=people_of(organization).order_by().values("user"), is_active=True
        ).order_by("name", "id")
        self.fields["deputy"].queryset = here.exclude(pk=own.pk) if own else here  # type: ignore[attr-defined]
        if own is not None:
            del self.fields["user"]
        else:
            self.fields["user"].queryset = here  # type: ignore[attr-defined]
            self.fields["user"].required = True
        if not self.is_bound:
            self.fields["since"].initial = timezone.localdate()

    def clean(self) -> dict[str, Any]:
        """The person is oneself, unless the lead chose somebody."""
        data = super().clean() or {}
        if self.own is not None:
            data["user"] = self.own
        return data
