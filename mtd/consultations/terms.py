"""The closed lists of a case: roles, bands and broad terms, with their words. Nothing else can be said of a person."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from .models import AgeBand


class Kin(TextChoices):
    """Who somebody is for the children. Not to be mixed up with a person's role in the product."""

    CHILD = "child", pgettext_lazy("family", "Child")
    UNBORN = "unborn", pgettext_lazy("family", "Unborn child")
    HALF_SIBLING = "half_sibling", pgettext_lazy("family", "Half-sibling")
    STEP_SIBLING = "step_sibling", pgettext_lazy("family", "Step-sibling")
    MOTHER = "mother", pgettext_lazy("family", "Mother")
    FATHER = "father", pgettext_lazy("family", "Father")
    STEPMOTHER = "stepmother", pgettext_lazy("family", "Stepmother")
    STEPFATHER = "stepfather", pgettext_lazy("family", "Stepfather")
    MOTHERS_PARTNER = "mothers_partner", pgettext_lazy("family", "Mother’s partner")
    FATHERS_PARTNER = "fathers_partner", pgettext_lazy("family", "Father’s partner")
    FOSTER_PARENT = "foster_parent", pgettext_lazy("family", "Foster parent")
    MOTHERS_MOTHER = "mothers_mother", pgettext_lazy("family", "Grandmother, mother’s side")
    MOTHERS_FATHER = "mothers_father", pgettext_lazy("family", "Grandfather, mother’s side")
    FATHERS_MOTHER = "fathers_mother", pgettext_lazy("family", "Grandmother, father’s side")
    FATHERS_FATHER = "fathers_father", pgettext_lazy("family", "Grandfather, father’s side")
    AUNT = "aunt", pgettext_lazy("family", "Aunt")
    UNCLE = "uncle", pgettext_lazy("family", "Uncle")
    FRIEND = "friend", pgettext_lazy("family", "Friend of the family")
    OTHER_ADULT = "other_adult", pgettext_lazy("family", "Other adult")


class Gender(TextChoices):
    """As far as it matters for the picture and the words; nobody has to say."""

    FEMALE = "female", pgettext_lazy("gender", "female")
    MALE = "male", pgettext_lazy("gender", "male")
    DIVERSE = "diverse", pgettext_lazy("gender", "diverse")
    UNKNOWN = "", pgettext_lazy("gender", "not said")


class Lives(TextChoices):
    """Where somebody lives, seen from the household of the children."""

    HOUSEHOLD = "household", pgettext_lazy("lives", "in the household")
    ELSEWHERE = "elsewhere", pgettext_lazy("lives", "elsewhere")
    SOMETIMES = "sometimes", pgettext_lazy("lives", "sometimes here, sometimes elsewhere")
    UNKNOWN = "", pgettext_lazy("lives", "not known")


class Since(TextChoices):
    """Since when somebody has lived there, in bands."""

    MONTHS = "months", pgettext_lazy("since", "for less than three months")
    YEAR = "year", pgettext_lazy("since", "for less than a year")
    YEARS = "years", pgettext_lazy("since", "for one to three years")
    LONGER = "longer", pgettext_lazy("since", "for longer")
    ALWAYS = "always", pgettext_lazy("since", "always")
    UNKNOWN = "", pgettext_lazy("since", "not said")


class Substance(TextChoices):
    """What it is about, in broad terms."""

    NONE = "", pgettext_lazy("substance", "nothing known")
    ALCOHOL = "alcohol", pgettext_lazy("substance", "alcohol")
    CANNABIS = "cannabis", pgettext_lazy("substance", "cannabis")
    OPIOIDS = "opioids", pgettext_lazy("substance", "opioids")
    STIMULANTS = "stimulants", pgettext_lazy("substance", "stimulants")
    MEDICINES = "medicines", pgettext_lazy("substance", "medicines")
    GAMBLING = "gambling", pgettext_lazy("substance", "gambling")
    MEDIA = "media", pgettext_lazy("substance", "gaming and media")
    SEVERAL = "several", pgettext_lazy("substance", "several substances")
    NOT_NAMED = "not_named", pgettext_lazy("substance", "an addiction, not named here")


class Treatment(TextChoices):
    """Where somebody stands with it."""

    UNKNOWN = "", pgettext_lazy("treatment", "not said")
    USING = "using", pgettext_lazy("treatment", "using at present")
    IN_TREATMENT = "in_treatment", pgettext_lazy("treatment", "in treatment")
    SUBSTITUTION = "substitution", pgettext_lazy("treatment", "in substitution treatment")
    ABSTINENT = "abstinent", pgettext_lazy("treatment", "abstinent")
    RELAPSE = "relapse", pgettext_lazy("treatment", "relapsed lately")
    UNCLEAR = "unclear", pgettext_lazy("treatment", "unclear")


class Occupation(TextChoices):
    """How somebody spends the day, never which work."""

    UNKNOWN = "", pgettext_lazy("occupation", "not said")
    KINDERGARTEN = "kindergarten", pgettext_lazy("occupation", "in kindergarten")
    SCHOOL = "school", pgettext_lazy("occupation", "at school")
    TRAINING = "training", pgettext_lazy("occupation", "in training")
    EMPLOYED = "employed", pgettext_lazy("occupation", "in work")
    CARING = "caring", pgettext_lazy("occupation", "cares for the family")
    NONE = "none", pgettext_lazy("occupation", "without work")


class TieKind(TextChoices):
    """What surrounds a family."""

    KINDERGARTEN = "kindergarten", pgettext_lazy("surroundings", "Kindergarten")
    SCHOOL = "school", pgettext_lazy("surroundings", "School")
    CLUB = "club", pgettext_lazy("surroundings", "Club")
    FRIEND = "friend", pgettext_lazy("surroundings", "Friend")
    NEIGHBOUR = "neighbour", pgettext_lazy("surroundings", "Neighbours")
    RELATIVES = "relatives", pgettext_lazy("surroundings", "Relatives elsewhere")
    ADDICTION_HELP = "addiction_help", pgettext_lazy("surroundings", "Addiction counselling")
    YOUTH_HELP = "youth_help", pgettext_lazy("surroundings", "Youth welfare help")
    DOCTOR = "doctor", pgettext_lazy("surroundings", "Doctor")
    MONEY = "money", pgettext_lazy("surroundings", "Money")
    HOUSING = "housing", pgettext_lazy("surroundings", "Housing")
    WORK = "work", pgettext_lazy("surroundings", "Work")
    COURT = "court", pgettext_lazy("surroundings", "Court")
    FAITH = "faith", pgettext_lazy("surroundings", "Faith community")
    OTHER = "other", pgettext_lazy("surroundings", "Something else")


class Strength(TextChoices):
    """How a tie works."""

    STRONG = "strong", pgettext_lazy("tie", "it carries")
    WEAK = "weak", pgettext_lazy("tie", "it is weak")
    STRAINING = "straining", pgettext_lazy("tie", "it strains")


class Bond(TextChoices):
    """What is between two persons."""

    COUPLE = "couple", pgettext_lazy("relation", "are a couple")
    SEPARATED = "separated", pgettext_lazy("relation", "are separated")
    PARENT = "parent", pgettext_lazy("relation", "is a parent of")


CHILDREN = frozenset({Kin.CHILD, Kin.HALF_SIBLING, Kin.STEP_SIBLING})
YOUNG = CHILDREN | {Kin.UNBORN}
GRANDPARENTS = frozenset({Kin.MOTHERS_MOTHER, Kin.MOTHERS_FATHER, Kin.FATHERS_MOTHER, Kin.FATHERS_FATHER})
SAID_BY_ROLE = {
    Kin.MOTHER: Gender.FEMALE,
    Kin.STEPMOTHER: Gender.FEMALE,
    Kin.MOTHERS_MOTHER: Gender.FEMALE,
    Kin.FATHERS_MOTHER: Gender.FEMALE,
    Kin.AUNT: Gender.FEMALE,
    Kin.FATHER: Gender.MALE,
    Kin.STEPFATHER: Gender.MALE,
    Kin.MOTHERS_FATHER: Gender.MALE,
    Kin.FATHERS_FATHER: Gender.MALE,
    Kin.UNCLE: Gender.MALE,
}
CHILD_BANDS = frozenset(
    {AgeBand.INFANT, AgeBand.PRESCHOOL, AgeBand.PRIMARY, AgeBand.MIDDLE, AgeBand.TEENAGE, AgeBand.UNKNOWN}
)
BAND_ORDER = {band: number for number, band in enumerate(AgeBand)}
