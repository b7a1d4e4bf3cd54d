"""How easily would the family be found? A plain rule of thumb about details in combination, never about a person.

From the inhabitants of the region to households with children, then one share for each detail that people outside the
family can see: "about 40 households fit". Addiction itself is left out, because who looks for a family cannot see it.
Every share is rough and says where it comes from; most are our own assumptions, set so that the figure comes out
rather too small. The result is rounded down to coarse steps. It warns and proposes broader bands; it never forbids.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .case import CHILDREN, GRANDPARENTS, Case, Gender, Kin, Lives, Occupation, Person, Since
from .models import AgeBand

ENOUGH = 20
"""Our rule of thumb: more households than this should fit. A usual limit for small groups is 5 to 20; we take 20."""
UNKNOWN_REGION = 50_000
"""Inhabitants taken while nobody has said how many: a small district, so that the warning comes early."""
STEPS = (1, 5, 10, 20, 30, 40, 60, 100, 200, 500, 1_000, 5_000)
BAR_END = 60
MOST_CHANGES = 3
"""So many changes are proposed at once."""
PLAIN_TIES = 4
"""So many ties with words of their own are usual; each further one narrows down."""

MINORS = 0.17
"""Of 100 inhabitants about 17 are under 18. Our assumption for all twelve countries, a little below reports."""
CHILDREN_EACH = 1.6
"""Children in a household with children, on average. Our assumption."""
BY_CHILDREN = {1: 0.48, 2: 0.38, 3: 0.10, 4: 0.025, 5: 0.006}
"""Share of the households with children that have so many. Our assumption: half have one child, few more than two."""
MANY_CHILDREN = 5
YEARS = {
    AgeBand.INFANT: 3,
    AgeBand.PRESCHOOL: 3,
    AgeBand.PRIMARY: 4,
    AgeBand.MIDDLE: 4,
    AgeBand.TEENAGE: 4,
}
"""Years in a band, of the 18 years of childhood: children are taken to be spread evenly."""
TWINS = ("twin", "triplet", "zwilling", "drilling", "jumeau", "jumelle", "tweeling", "gemell", "mellizo", "gemelo",
         "gemeo", "kaksos", "διδυμ", "dvojce", "dvojca", "trojcat")  # fmt: skip
"""Beginnings of the word in the twelve languages, without marks."""


@dataclass(frozen=True)
class Region:
    """The region of a network in figures, as somebody stated it or a list of places says."""

    name: str
    inhabitants: int | None = None
    source: str = ""
    as_of: date | None = None


@dataclass(frozen=True)
class Detail:
    """One detail that narrows down: what it is, which share of households it fits, and how to say less."""

    what: str
    share: float
    why: str
    instead: str = ""


@dataclass(frozen=True)
class Advice:
    """What would help most: say less at these places, and together about so many fit."""

    changes: tuple[str, ...]
    fits: int


@dataclass(frozen=True)
class Crowd:
    """The result, rounded, with everything it was reckoned from."""

    region: Region
    inhabitants: int
    households: int
    details: tuple[Detail, ...]
    rare: tuple[str, ...]
    """What makes it perhaps a single family, in words."""
    fits: int
    advice: Advice | None = None
    empty: bool = False

    @property
    def single(self) -> bool:
        """It might be one family only."""
        return bool(self.rare) or self.fits < STEPS[1]

    @property
    def handful(self) -> bool:
        """By the figures alone fewer than five fit."""
        return self.fits < STEPS[1]

    @property
    def few(self) -> bool:
        """Fewer than the rule of thumb asks for."""
        return self.single or self.fits <= ENOUGH

    @property
    def bar(self) -> int:
        """How far the bar reaches, 0 to 100; 20 stands at a third."""
        return min(100, round(100 * (1 if self.rare else self.fits) / BAR_END))

    @property
    def known(self) -> bool:
        """The inhabitants are known and not taken."""
        return self.region.inhabitants is not None


def reckon(case: Case, region: Region, rare_passages: int = 0) -> Crowd:
    """How many households of the region fit this case, by rule of thumb."""
    inhabitants = region.inhabitants or UNKNOWN_REGION
    households = inhabitants * MINORS / CHILDREN_EACH
    details = tuple(details_of(case))
    product = _product(details)
    fits = step(households * product)
    advice = _advice(details, households * product) if fits <= ENOUGH else None
    return Crowd(
        region=region,
        inhabitants=inhabitants,
        households=_round(households),
        details=details,
        rare=tuple(rarities(case, rare_passages)),
        fits=fits,
        advice=advice,
        empty=not case.persons,
    )


def _advice(details: Iterable[Detail], count: float) -> Advice | None:
    """The fewest changes that make it enough, at most three; None where saying less would not help."""
    changes: list[str] = []
    before = step(count)
    for detail in sorted((one for one in details if one.instead), key=lambda one: one.share)[:MOST_CHANGES]:
        count /= detail.share
        changes.append(detail.instead)
        if step(count) > ENOUGH:
            break
    return Advice(tuple(changes), step(count)) if step(count) > before else None


def step(count: float) -> int:
    """The greatest step that is not more than the count."""
    return max((one for one in STEPS if one <= count), default=1)


def rarities(case: Case, rare_passages: int = 0) -> Iterator[str]:
    """What may single out a family whatever the figures say."""
    children = sum(person.is_child for person in case.persons)
    if children >= MANY_CHILDREN:
        yield _("%(number)d children in one family") % {"number": children}
    if _mentions_twins(case.texts().values()):
        yield _("twins or triplets")
    if rare_passages:
        yield _("a passage in the text that means one person or one event")


def details_of(case: Case) -> Iterator[Detail]:
    """Every detail that people outside the family can see, with its share."""
    yield from _children(case)
    yield from _adults(case)
    for tie in [tie for tie in case.ties if tie.label][PLAIN_TIES:]:
        yield Detail(
            _("“%(kind)s” with words of its own") % {"kind": tie.kind.label},
            0.8,
            _assumed(_("many details together tell more than each alone")),
            _("leave out the words of your own at “%(kind)s”") % {"kind": tie.kind.label},
        )


def _children(case: Case) -> Iterator[Detail]:
    here = [p for p in case.children if p.lives in (Lives.HOUSEHOLD, Lives.UNKNOWN) and p.kin != Kin.UNBORN]
    if here:
        number = min(len(here), MANY_CHILDREN)
        share = BY_CHILDREN[number]
        what = pgettext("crowd", "one child") if len(here) == 1 else _("%(n)d children") % {"n": len(here)}
        yield Detail(what, share, _assumed(_("half of the households with children have one child")))
    banded = [person for person in here if person.age in YEARS]
    for number, person in enumerate(sorted(banded, key=lambda one: YEARS[one.age])):
        name = case.called(person.key)
        instead = _("leave out the age of %(who)s") % {"who": name}
        if number == 0:
            why = _("%(years)d of 18 years of childhood") % {"years": YEARS[person.age]}
            yield Detail(f"{name}, {person.age.label}", YEARS[person.age] / 18, why, instead)
        else:
            yield Detail(f"{name}, {person.age.label}", 0.4, _assumed(_("siblings are near in age")), instead)
    for person in case.children:
        yield from _child(case, person)


def _child(case: Case, person: Person) -> Iterator[Detail]:
    name = case.called(person.key)
    if person.kin == Kin.UNBORN:
        yield Detail(name, 0.05, _assumed(_("one household with children in twenty expects a child")))
    elif person.gender == Gender.DIVERSE:
        what = _("%(who)s, diverse") % {"who": name}
        yield Detail(what, 0.01, _assumed(_("rare")), _("leave out the gender of %(who)s") % {"who": name})
    elif person.gender:
        what = f"{name}, {person.gender.label}"
        instead = _("leave out the gender of %(who)s") % {"who": name}
        yield Detail(what, 0.5, _("half of all children"), instead)
    if person.kin in (Kin.HALF_SIBLING, Kin.STEP_SIBLING):
        instead = _("enter %(who)s simply as a child") % {"who": name}
        yield Detail(f"{name}, {person.kin.label}", 0.2, _assumed(_("one family in five")), instead)
    if person.kin in CHILDREN and person.lives in (Lives.ELSEWHERE, Lives.SOMETIMES):
        what = _("%(who)s lives elsewhere or only sometimes here") % {"who": name}
        instead = _("leave out where %(who)s lives") % {"who": name}
        yield Detail(what, 0.15, _assumed(_("one family in seven")), instead)
    yield from _moved(person, name)


def _adults(case: Case) -> Iterator[Detail]:
    parents = [p for p in case.persons if p.kin in (Kin.MOTHER, Kin.FATHER)]
    here = [p for p in parents if p.lives == Lives.HOUSEHOLD]
    away = [p for p in parents if p.lives in (Lives.ELSEWHERE, Lives.SOMETIMES)]
    if len(here) == 1 and away:
        mother = here[0].kin == Kin.MOTHER
        yield Detail(
            _("one parent alone in the household"),
            0.18 if mother else 0.03,
            _assumed(_("fewer than one household in five; with the father far fewer")),
            _("leave out where the other parent lives"),
        )
    elif parents and not here and any(p.lives for p in parents):
        yield Detail(
            _("no parent in the household"),
            0.02,
            _assumed(_("one household in fifty")),
            _("leave out where the parents live"),
        )
    for person in case.persons:
        if not person.is_child:
            yield from _adult(case, person)


def _adult(case: Case, person: Person) -> Iterator[Detail]:
    name = case.called(person.key)
    here = person.lives == Lives.HOUSEHOLD
    instead = _("leave out where %(who)s lives") % {"who": name}
    if here and person.kin in GRANDPARENTS:
        yield Detail(
            _("%(who)s in the household") % {"who": name}, 0.15, _assumed(_("one in seven")), instead
        )
    elif here and person.kin == Kin.FOSTER_PARENT:
        yield Detail(name, 0.02, _assumed(_("one household in fifty")))
    elif here and person.kin in (Kin.AUNT, Kin.UNCLE, Kin.FRIEND, Kin.OTHER_ADULT):
        yield Detail(
            _("%(who)s in the household") % {"who": name}, 0.05, _assumed(_("one in twenty")), instead
        )
    elif here and person.kin not in (Kin.MOTHER, Kin.FATHER):
        yield Detail(
            _("%(who)s in the household") % {"who": name}, 0.15, _assumed(_("one in seven")), instead
        )
    yield from _unusual_age(case, person, name)
    if person.kin in (Kin.MOTHER, Kin.FATHER) and person.occupation in _OCCUPATIONS:
        yield Detail(
            f"{name}, {person.occupation.label}",
            _OCCUPATIONS[person.occupation],
            _assumed(pgettext("crowd", "roughly")),
            _("leave out what %(who)s does during the day") % {"who": name},
        )
    yield from _moved(person, name)


_OCCUPATIONS = {
    Occupation.EMPLOYED: 0.7,
    Occupation.NONE: 0.2,
    Occupation.CARING: 0.3,
    Occupation.TRAINING: 0.05,
    Occupation.SCHOOL: 0.01,
}


def _unusual_age(case: Case, person: Person, name: str) -> Iterator[Detail]:
    if person.kin not in (Kin.MOTHER, Kin.FATHER):
        return
    ages = {child.age for child in case.children}
    young = person.age in (AgeBand.TEENAGE, AgeBand.YOUNG_ADULT) and ages & {AgeBand.MIDDLE, AgeBand.TEENAGE}
    old = person.age in (AgeBand.FIFTIES, AgeBand.OLDER) and ages & {AgeBand.INFANT, AgeBand.PRESCHOOL}
    if young or old or person.age == AgeBand.TEENAGE:
        yield Detail(
            f"{name}, {person.age.label}",
            0.03,
            _assumed(_("unusual beside the ages of the children")),
            _("leave out the age of %(who)s") % {"who": name},
        )


def _moved(person: Person, name: str) -> Iterator[Detail]:
    shares = {Since.MONTHS: 0.05, Since.YEAR: 0.15}
    if person.since in shares:
        yield Detail(
            f"{name}, {person.since.label}",
            shares[person.since],
            _assumed(_("few move in such a time")),
            _("leave out since when %(who)s lives there") % {"who": name},
        )


def _assumed(words: str) -> str:
    return _("our assumption: %(words)s") % {"words": words}


def _product(details: Iterable[Detail]) -> float:
    product = 1.0
    for detail in details:
        product *= detail.share
    return product


def _round(count: float) -> int:
    """To two figures: more would pretend to know."""
    digits = max(0, len(str(int(count))) - 2)
    return int(count // 10**digits * 10**digits)


def _mentions_twins(texts: Iterable[str]) -> bool:
    for text in texts:
        spread = unicodedata.normalize("NFKD", text.lower())
        plain = "".join(sign if sign.isalpha() else " " for sign in spread if not unicodedata.combining(sign))
        if any(word.startswith(TWINS) for word in plain.split()):
            return True
    return False
