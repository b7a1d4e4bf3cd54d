"""Raising a need, joining one, and what the coordination and the committee do with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mtd.accounts.models import User
from mtd.agreements.models import Agreement
from mtd.cooperation.models import Need, NeedDecision, NeedGroup
from mtd.cooperation.queries.needs import NeedRow, agenda_title
from mtd.core.guarded import GuardedTextField
from mtd.core.templatetags.mtd import day
from mtd.meetings.models import Meeting
from mtd.organizations.models import Membership, Network, Organization
from mtd.organizations.queries import organizations_of

LIMIT = 2000
ANONYMOUS_HELP = _(
    "Nobody sees who raised it: no other organisation, not your lead, not the coordination. Where the network has at "
    "least two organisations of your help system, the list names the help system; otherwise it says “a partner”. "
    "Only the system knows whom to bring the answer to."
)


def _topics() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("What is it about?"),
        choices=NeedGroup.Topic.choices,
        widget=forms.RadioSelect,
        initial=NeedGroup.Topic.OTHER,
    )


def _anonymous() -> forms.BooleanField:
    return forms.BooleanField(label=_("Raise it without a name"), required=False, help_text=ANONYMOUS_HELP)


class RaiseForm(forms.Form):
    """What does not work or is missing, in a minute."""

    text = GuardedTextField(
        dates=True, label=_("What does not work, or is missing?"), max_length=LIMIT, rows=4
    )
    topic = _topics()
    anonymous = _anonymous()

    def __init__(self, *args: Any, network: Network, coordinates: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if coordinates:
            self.fields["organization"] = forms.ModelChoiceField(
                label=_("Raised for"),
                queryset=organizations_of(network),
                required=False,
                empty_label=_("the coordination itself"),
                help_text=_(
                    "If somebody told you: the answer comes back to you and to that organisation’s lead."
                ),
            )
            self.fields["raised_on"] = forms.DateField(
                label=_("Told on"),
                required=False,
                widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
                help_text=_("Only if it was told on an earlier day."),
            )


class JoinForm(forms.Form):
    """We too."""

    text = GuardedTextField(
        dates=True, label=_("In your own words"), max_length=LIMIT, rows=2, required=False
    )
    anonymous = _anonymous()


class EditForm(forms.Form):
    """One's own words, as long as nobody has taken them up."""

    text = GuardedTextField(
        dates=True, label=_("What does not work, or is missing?"), max_length=LIMIT, rows=4
    )
    topic = _topics()


class WordForm(forms.Form):
    """The wording under which the committee talks about it."""

    wording = GuardedTextField(
        dates=True,
        label=_("How the need reads on the agenda"),
        max_length=3000,
        rows=3,
        help_text=_(
            "What each one wrote stays beside it. No names, dates of birth or addresses of families."
        ),
    )
    topic = _topics()


class MergeForm(WordForm):
    """Equal needs under one wording."""

    others = forms.MultipleChoiceField(label=_("The same as"), widget=forms.CheckboxSelectMultiple)
    field_order = ("others", "wording", "topic")

    def __init__(
        self, *args: Any, rows: Iterable[NeedRow] = (), chosen: Sequence[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        known = {str(row.group.pk): agenda_title(row.wording) for row in rows}
        # What was chosen before somebody else put it together stays choosable: the action says what became of it.
        known |= {pk: str(_("(put together meanwhile)")) for pk in chosen if pk not in known}
        self.fields["others"].choices = list(known.items())  # type: ignore[attr-defined]


class AgendaForm(forms.Form):
    """The meeting on whose agenda the need comes."""

    meeting = forms.ChoiceField(label=_("On the agenda of"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, meetings: Iterable[Meeting] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"].choices = [  # type: ignore[attr-defined]
            (str(m.pk), f"{m.get_kind_display()}, {day(m.local_start.date()) if m.local_start else ''}")
            for m in meetings
        ]


class DecideForm(forms.Form):
    """A decision that no minutes hold."""

    level = forms.ChoiceField(
        label=_("Who decided?"),
        choices=NeedDecision.Level.choices,
        widget=forms.RadioSelect,
        initial=NeedDecision.Level.COORDINATION,
    )
    outcome = forms.ChoiceField(
        label=_("What was decided?"), choices=NeedDecision.Outcome.choices, widget=forms.RadioSelect
    )
    text = GuardedTextField(
        dates=True,
        label=_("The decision in a sentence or two"),
        max_length=4000,
        rows=2,
        help_text=_("So that who raised the need understands what changes."),
    )
    reason = GuardedTextField(dates=True, label=_("Why"), max_length=4000, rows=2)
    decided_on = forms.DateField(
        label=_("Decided on"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        initial=timezone.localdate,
    )
    owner_organization = forms.ModelChoiceField(
        label=_("Who does it"),
        queryset=Organization.objects.none(),
        required=False,
        empty_label=_("nobody, because it will not be done"),
    )
    owner = forms.ModelChoiceField(
        label=_("Person"), queryset=User.objects.none(), required=False, empty_label=_("whoever leads there")
    )
    due_on = forms.DateField(
        label=_("Until when"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organizations = organizations_of(network)
        people = Membership.objects.filter(organization__in=organizations.values("pk"), ended_on__isnull=True)
        self.fields["owner_organization"].queryset = organizations  # type: ignore[attr-defined]
        self.fields["owner"].queryset = User.objects.filter(  # type: ignore[attr-defined]
            pk__in=people.values("user_id"), is_active=True
        )


class HelpedForm(forms.Form):
    """Did it help?"""

    helped = forms.ChoiceField(label=_("Did it help?"), choices=Need.Helped.choices, widget=forms.RadioSelect)
    note = GuardedTextField(
        dates=True,
        label=_("What is better, what is still missing?"),
        max_length=LIMIT,
        rows=2,
        required=False,
    )


class WishForm(forms.Form):
    """The wish for a new offer."""

    text = GuardedTextField(dates=True, label=_("Which offer is wished for?"), max_length=4000, rows=3)


class AmendForm(forms.Form):
    """The agreement that is to be amended."""

    agreement = forms.ModelChoiceField(
        label=_("Agreement"), queryset=Agreement.objects.none(), empty_label=None, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Agreement.objects.filter(network=network, state=Agreement.State.IN_FORCE)
        self.fields["agreement"].queryset = found  # type: ignore[attr-defined]
        self.fields["agreement"].initial = found.first()


class GuideForm(forms.Form):
    """Feedback on a step of the guide; it leaves the network."""

    step = forms.ChoiceField(label=_("Step of the guide"))
    text = GuardedTextField(
        dates=True,
        label=_("What is missing in the guide?"),
        max_length=4000,
        rows=3,
        help_text=_("The programme office reads this. No names of people, families or organisations."),
    )

    def __init__(self, *args: Any, steps: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].choices = list(steps)  # type: ignore[attr-defined]


class NeedFilterForm(forms.Form):
    """Which needs the list shows."""

    state = forms.ChoiceField(
        label=pgettext_lazy("need", "State"),
        required=False,
        choices=[
            ("", _("all")),
            ("waiting", _("waiting for an answer")),
            *[choice for choice in NeedGroup.State.choices if choice[0] != NeedGroup.State.WITHDRAWN],
            ("mine", _("raised by me")),
        ],
    )
    topic = forms.ChoiceField(
        label=_("About"), required=False, choices=[("", _("everything")), *NeedGroup.Topic.choices]
    )
