"""Forms for adoption, mandates, fixing the text, signing, and the life of an agreement."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mtd.accounts.models import User
from mtd.agreements.models import Mandate, Party, SigningRound, Version
from mtd.core.choices import ColleagueChoice
from mtd.core.guarded import GuardedTextField
from mtd.documents.verifying import MAX_BYTES, read_limited
from mtd.organizations.models import Organization
from mtd.organizations.queries import people_of

_KINDS = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n", "image/png"))
Upload = tuple[str, bytes, str]


class DayField(forms.DateField):
    """A day, typed or picked."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class PaperField(forms.FileField):
    """A PDF or picture of at most 25 MB, told by its content and not by its name. Gives (name, content, type)."""

    def clean(self, data: Any, initial: Any = None) -> Upload | None:
        """Refuse by size before anything is read."""
        file = super().clean(data, initial)
        if not file:
            return None
        if file.size is not None and file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("This file is too large: up to 25 MB are possible."), code="too_large"
            )
        content = read_limited(file.chunks())
        for start, media_type in _KINDS:
            if start in content[:1024]:
                return (file.name or "", content, media_type)
        raise forms.ValidationError(_("Please choose a PDF, JPEG or PNG file."), code="media_type")


class SignedPdfField(PaperField):
    """A signed PDF; anything else is told apart by mtd.documents.verifying with a reason of its own."""

    def clean(self, data: Any, initial: Any = None) -> Upload | None:
        """Only the size is looked at here."""
        file = forms.FileField.clean(self, data, initial)
        if not file:
            return None
        if file.size is not None and file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("This file is too large: up to 25 MB are possible."), code="too_large"
            )
        return (file.name or "", read_limited(file.chunks()), "application/pdf")


class AdoptionForm(forms.Form):
    """Which body decided, when, under which number."""

    needed = forms.ChoiceField(
        label=_("Who decides on your side?"),
        choices=[
            ("yes", _("A body decides (council, board, committee …)")),
            ("no", _("I decide alone, as lead of the organisation")),
        ],
        widget=forms.RadioSelect,
        initial="yes",
    )
    body = forms.CharField(
        label=_("Body"),
        max_length=160,
        required=False,
        help_text=_("Needed if a body decides. For example: youth welfare committee"),
    )
    decided_on = DayField(label=_("Decided on"), required=False, help_text=_("Needed if a body decides."))
    resolution = forms.CharField(label=_("Number of the resolution"), max_length=80, required=False)
    document = PaperField(
        label=_("Extract from the minutes"),
        required=False,
        help_text=_("PDF, JPEG or PNG, up to 25 MB. Seen by the parties only."),
    )

    def clean_needed(self) -> bool:
        return bool(self.cleaned_data["needed"] == "yes")


class MandateForm(forms.Form):
    """Who may sign for the party, and on what evidence."""

    user = ColleagueChoice(
        label=_("Who signs"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("somebody without an account (signs on paper or with an own certificate)"),
    )
    name = forms.CharField(label=_("Name, if without an account"), max_length=120, required=False)
    function = forms.CharField(
        label=_("Function"), max_length=120, help_text=_("For example: head of the youth office")
    )
    evidence = forms.CharField(
        label=_("What the right to sign rests on"),
        max_length=300,
        help_text=_("For example: § 8 of the statutes; power of attorney of 3 March 2026"),
    )
    valid_until = DayField(label=_("Valid until"), required=False)
    document = PaperField(
        label=_("Evidence as a file"), required=False, help_text=_("PDF, JPEG or PNG, up to 25 MB.")
    )

    def __init__(self, *args: Any, party: Party, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = people_of(party.organization).values("user")
        self.fields["user"].queryset = User.objects.filter(pk__in=people, is_active=True)  # type: ignore[attr-defined]


class FreezeForm(forms.Form):
    """Order and dates, as far as the agreed text does not say them."""

    order = forms.ChoiceField(
        label=_("In which order"), choices=SigningRound.Order.choices, widget=forms.RadioSelect
    )
    in_force_from = DayField(label=_("In force from"))
    review_on = DayField(label=_("Reviewed on"), help_text=_("Every agreement has a day of review."))
    ends_on = DayField(label=_("Ends on"), required=False, help_text=_("Empty: without an end."))

    def __init__(self, *args: Any, first: Any = None, review: Any = None, order: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["order"].initial = order
        for name, value in (("in_force_from", first), ("review_on", review)):
            if value is not None:
                del self.fields[name]
        if first is None and review is None:
            self.fields["review_on"].required = False


class ReasonForm(forms.Form):
    """Why something is reopened, stopped, declined or sent back."""

    reason = GuardedTextField(dates=True, label=_("Why?"), max_length=2000, rows=3)


class SignForm(forms.Form):
    """The declaration, typed; and the code of the second factor unless it was confirmed a moment ago."""

    declaration = forms.CharField(label=_("Type your name"), max_length=200)
    code = forms.CharField(
        label=_("Code of your second factor"),
        max_length=32,
        help_text=_("From your authenticator app, or one of your recovery codes."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def __init__(self, *args: Any, confirmed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["declaration"].widget.attrs["autocomplete"] = "off"
        if confirmed:
            del self.fields["code"]


class _Mandates(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}, {obj.function}"


class _MandateChoice(forms.Form):
    mandate = _Mandates(label=_("Who signed"), queryset=Mandate.objects.none(), empty_label=None)

    def __init__(self, *args: Any, mandates: list[Mandate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Mandate.objects.filter(pk__in=[mandate.pk for mandate in mandates])
        self.fields["mandate"].queryset = known  # type: ignore[attr-defined]
        self.fields["mandate"].initial = mandates[0] if mandates else None


class UploadForm(_MandateChoice):
    """The file signed elsewhere, and for whom."""

    file = SignedPdfField(label=_("Signed PDF"), help_text=_("Up to 25 MB."))


class PaperForm(_MandateChoice):
    """The scan of a signature on paper."""

    signed_on = DayField(label=_("Signed on"))
    file = PaperField(label=_("Scan of the signed pages"), help_text=_("PDF, JPEG or PNG, up to 25 MB."))
    field_order = ["mandate", "signed_on", "file"]


class AmendForm(forms.Form):
    """What changes, and why."""

    kind = forms.ChoiceField(
        label=_("What do you want to do?"),
        choices=[
            (Version.Kind.AMENDMENT, _("Change the text")),
            (Version.Kind.RENEWAL, _("Renew it with new dates")),
            (Version.Kind.JOINING, _("Let another organisation join")),
        ],
        widget=forms.RadioSelect,
        initial=Version.Kind.AMENDMENT,
    )
    organization = forms.ModelChoiceField(
        label=_("Who joins"),
        queryset=Organization.objects.none(),
        required=False,
        empty_label=pgettext_lazy("organisation", "nobody"),
        help_text=_("Only for joining: an organisation of the network."),
    )
    reason = GuardedTextField(dates=True, label=_("What is it about, in a sentence"), max_length=500, rows=2)

    def __init__(self, *args: Any, candidates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = candidates  # type: ignore[attr-defined]


class DayAndReasonForm(forms.Form):
    """A day and why: for leaving and for ending."""

    on = DayField(label=_("On which day"))
    reason = GuardedTextField(dates=True, label=_("Why?"), max_length=2000, rows=3)


class ReviewForm(forms.Form):
    """What the review showed, and when the next one is."""

    outcome = GuardedTextField(dates=True, label=_("What the review showed"), max_length=2000, rows=3)
    next_review = DayField(label=_("Next review"))
