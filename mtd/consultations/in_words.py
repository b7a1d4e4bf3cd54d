"""The picture of a family in words: the same in sentences and rows as in the drawing."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .case import HOUSEHOLD, Bond, Case, Gender, Kin, Lives, Person, Since, Strength
from .kinship import FAMILY, pairs, parents


@dataclass(frozen=True)
class PersonRow:
    """One person in words, for the table and for the list that leads to the form."""

    key: str
    name: str
    about: bool
    age: str
    lives: str
    relation: str
    more: str


def sentences(case: Case) -> list[str]:
    """The picture in sentences: who belongs to the household, who is elsewhere, what carries, what does not."""
    found = []
    for lives, line in (
        (Lives.HOUSEHOLD, _("In the household: %(who)s.")),
        (Lives.SOMETIMES, _("Sometimes here: %(who)s.")),
        (Lives.ELSEWHERE, _("Elsewhere: %(who)s.")),
        (Lives.UNKNOWN, _("Not known where they live: %(who)s.")),
    ):
        people = [person for person in case.persons if person.lives == lives]
        if people:
            found.append(line % {"who": "; ".join(_in_brief(case, person) for person in people)})
    found += [_relation(case, pair.one, pair.other, pair.bond) for pair in pairs(case) if pair.bond != FAMILY]
    about = [case.called(person.key) for person in case.persons if person.about]
    if about:
        found.append(_("The question is about %(who)s.") % {"who": _listed(about)})
    for strength, line in (
        (Strength.STRONG, _("What carries: %(what)s.")),
        (Strength.WEAK, _("What is weak: %(what)s.")),
        (Strength.STRAINING, _("What strains: %(what)s.")),
    ):
        ties = [tie for tie in case.ties if tie.strength == strength]
        if ties:
            what = "; ".join(
                (tie.label or str(tie.kind.label))
                + (f" ({case.called(tie.to)})" if tie.to != HOUSEHOLD else "")
                for tie in ties
            )
            found.append(line % {"what": what})
    return found


def person_row(case: Case, person: Person) -> PersonRow:
    """One person in words."""
    lives = str(person.lives.label)
    if person.since and person.since != Since.UNKNOWN:
        lives = f"{lives}, {person.since.label}"
    return PersonRow(
        key=person.key,
        name=_with_gender(case, person),
        about=person.about,
        age=str(person.band.label) if person.band else str(person.age.label),
        lives=lives,
        relation="; ".join(_belongs(case, person)),
        more=", ".join(_more(person)),
    )


def _with_gender(case: Case, person: Person) -> str:
    name = case.called(person.key)
    if person.is_child and person.gender and person.kin != Kin.UNBORN:
        word = {
            Gender.FEMALE: pgettext("child", "girl"),
            Gender.MALE: pgettext("child", "boy"),
            Gender.DIVERSE: str(Gender.DIVERSE.label),
        }[person.gender]
        name = f"{name}, {word}"
    if person.kin in (Kin.HALF_SIBLING, Kin.STEP_SIBLING):
        name = f"{name}, {person.kin.label}"
    return name


def _in_brief(case: Case, person: Person) -> str:
    parts = [case.called(person.key)]
    if person.band and person.kin != Kin.UNBORN:
        parts.append(str(person.band.label))
    return ", ".join([*parts, *_more(person)])


def _more(person: Person) -> list[str]:
    return [str(value.label) for value in (person.substance, person.treatment, person.occupation) if value]


def _belongs(case: Case, person: Person) -> list[str]:
    found = []
    keys = parents(case).get(person.key, ())
    if keys:
        found.append(_("child of %(who)s") % {"who": _listed([case.called(key) for key in keys])})
    for pair in pairs(case):
        if person.key in (pair.one, pair.other) and pair.bond != FAMILY:
            other = case.called(pair.other if pair.one == person.key else pair.one)
            line = _("a couple with %(who)s") if pair.bond == Bond.COUPLE else _("separated from %(who)s")
            found.append(line % {"who": other})
    return found


def _relation(case: Case, one: str, other: str, bond: str) -> str:
    line = _("%(one)s and %(other)s are a couple.")
    if bond == Bond.SEPARATED:
        line = _("%(one)s and %(other)s are separated.")
    return line % {"one": case.called(one), "other": case.called(other)}


def _listed(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}
