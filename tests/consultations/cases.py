"""Any legal case, for properties that hold for all of them."""

from typing import Any

from hypothesis import strategies as st

from mtd.consultations.case import (
    HOUSEHOLD,
    LABEL_LENGTH,
    Bond,
    Case,
    CaseProblem,
    Gender,
    Kin,
    Lives,
    Occupation,
    Person,
    Relation,
    Since,
    Strength,
    Substance,
    Tie,
    TieKind,
    Treatment,
)
from mtd.consultations.models import AgeBand

_YOUNG = [
    AgeBand.UNKNOWN,
    AgeBand.INFANT,
    AgeBand.PRESCHOOL,
    AgeBand.PRIMARY,
    AgeBand.MIDDLE,
    AgeBand.TEENAGE,
]
_OLD = [band for band in AgeBand if band != AgeBand.UNBORN]
_WORDS = st.text(
    st.one_of(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"]), st.sampled_from("aW <&日")),
    max_size=LABEL_LENGTH,
)  # fmt: skip


@st.composite
def _person(draw: Any, key: str) -> Person:
    kin = draw(st.sampled_from(Kin))
    unborn = kin == Kin.UNBORN
    age = draw(st.sampled_from([AgeBand.UNKNOWN] if unborn else _YOUNG if kin == Kin.CHILD else _OLD))
    child = kin in (Kin.CHILD, Kin.UNBORN, Kin.HALF_SIBLING, Kin.STEP_SIBLING)
    old = not child or age in _OLD[4:-1]
    return Person(
        key,
        kin,
        draw(st.sampled_from(Gender)),
        age,
        draw(st.sampled_from(Lives)),
        draw(st.sampled_from(Since)),
        child and draw(st.booleans()),
        draw(st.sampled_from(Substance)) if old else Substance.NONE,
        draw(st.sampled_from(Treatment)) if old else Treatment.UNKNOWN,
        draw(st.sampled_from(Occupation)),
    )


@st.composite
def any_case(draw: Any) -> Case:
    """Up to 14 persons of any role anywhere, up to 16 ties with any words, any relations that can be."""
    persons = [draw(_person(f"p{number}")) for number in range(1, draw(st.integers(0, 14)) + 1)]
    keys = [person.key for person in persons]
    ties = [
        Tie(
            f"t{number}",
            draw(st.sampled_from(TieKind)),
            draw(st.sampled_from(Strength)),
            draw(st.sampled_from([HOUSEHOLD, *keys])),
            draw(_WORDS.filter(lambda text: len(text.splitlines()) < 2)),
        )
        for number in range(1, draw(st.integers(0, 16)) + 1)
    ]
    case = Case(persons=tuple(persons), ties=tuple(ties))
    for _number in range(draw(st.integers(0, 6)) if keys else 0):
        one, other = draw(st.sampled_from(keys)), draw(st.sampled_from(keys))
        relation = Relation(one, draw(st.sampled_from(Bond)), other)
        try:
            case = Case(persons=case.persons, ties=case.ties, relations=(*case.relations, relation))
        except CaseProblem:
            continue
    return case
