"""The fields of one person of a household, and which of them say nothing about a role."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from mtd.consultations import case as cases
from mtd.consultations.case import (
    CHILDREN,
    CaseProblem,
    Gender,
    Kin,
    Lives,
    Occupation,
    Since,
    Substance,
    Treatment,
)
from mtd.consultations.models import AgeBand

ADULT_BANDS = [AgeBand.YOUNG_ADULT, AgeBand.THIRTIES, AgeBand.FORTIES, AgeBand.FIFTIES, AgeBand.OLDER]
_CHILD_BANDS = [AgeBand.INFANT, AgeBand.PRESCHOOL, AgeBand.PRIMARY, AgeBand.MIDDLE, AgeBand.TEENAGE]
_SAID = cases.SAID_BY_ROLE


@dataclass
class RowFields:
    """One row as the template shows it."""

    number: int
    prefix: str
    key: str
    title: str
    fields: dict[str, BoundField]
    hidden: frozenset[str] = field(default_factory=frozenset)
    """Fields that say nothing about this role."""
    new: bool = False

    @property
    def errors(self) -> bool:
        """True if something in it has to be looked at."""
        return any(bound.errors for bound in self.fields.values())


def select(label: Any, choices: Iterable[Any], **kwargs: Any) -> forms.ChoiceField:
    """One of some choices; nothing has to be said."""
    return forms.ChoiceField(label=label, choices=list(choices), required=False, **kwargs)


def _kin_choices() -> list[Any]:
    children = [Kin.CHILD, Kin.UNBORN, Kin.HALF_SIBLING, Kin.STEP_SIBLING]
    adults = [kin for kin in Kin if kin not in children]
    return [
        ("", _("Please choose")),
        (_("Children"), [(kin.value, kin.label) for kin in children]),
        (_("Adults"), [(kin.value, kin.label) for kin in adults]),
    ]


def _age_choices() -> list[Any]:
    return [
        ("", AgeBand.UNKNOWN.label),
        (_("Children"), [(band.value, band.label) for band in _CHILD_BANDS]),
        (_("Adults"), [(band.value, band.label) for band in ADULT_BANDS]),
    ]


PERSON = ("kin", "age", "lives", "about", "gender", "since", "substance", "treatment", "occupation")


def person_fields() -> dict[str, forms.Field]:
    """The fields of one person, by the end of their names."""
    return {
        "key": forms.CharField(widget=forms.HiddenInput, required=False, max_length=4),
        "kin": select(_("Who is it?"), _kin_choices()),
        "age": select(_("Age"), _age_choices()),
        "lives": select(_("Lives"), Lives.choices),
        "about": forms.BooleanField(label=_("The question is about this child"), required=False),
        "gender": select(_("Gender"), Gender.choices),
        "since": select(_("Since when"), Since.choices),
        "substance": select(_("Addiction, broadly"), Substance.choices),
        "treatment": select(_("Where does it stand"), Treatment.choices),
        "occupation": select(_("During the day"), Occupation.choices),
    }


def hidden_for(kin: str, age: str) -> frozenset[str]:
    """The fields that say nothing about this role; none while no role is chosen."""
    if kin not in Kin.values:
        return frozenset()
    found = set()
    if Kin(kin) in _SAID or kin == Kin.UNBORN:
        found.add("gender")
    if kin == Kin.UNBORN:
        found |= {"age", "since", "occupation"}
    young = kin == Kin.UNBORN or (Kin(kin) in CHILDREN and age not in {AgeBand.TEENAGE, *ADULT_BANDS})
    if young:
        found |= {"substance", "treatment"}
    if kin != Kin.UNBORN and Kin(kin) not in CHILDREN:
        found.add("about")
    return frozenset(found)


def why(problem: CaseProblem) -> str:
    """What does not fit together, in words."""
    return {
        "bad_key": _("Two rows mean the same person. Remove one of them."),
        "twice": _("Two of the relations are between the same two persons. Remove one of them."),
        "with_oneself": _("A relation is between two different persons."),
        "three_parents": _("Somebody has more than two parents here. Remove one of these relations."),
        "own_ancestor": _("Somebody would be their own ancestor. Please look at who is a parent of whom."),
    }.get(problem.code, _("This does not fit together. Please check who belongs to whom."))
