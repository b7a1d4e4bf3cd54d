"""The anonymous case: nothing identifying has a place in it, and what does not fit is refused."""

import dataclasses
import json
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given

from mtd.consultations.case import (
    LINE_LENGTH,
    Bond,
    Case,
    CaseProblem,
    Gender,
    Kin,
    Lives,
    Person,
    Relation,
    Strength,
    Substance,
    Tie,
    TieKind,
)
from mtd.consultations.kinship import FAMILY, generations, pairs, parents
from mtd.consultations.models import AgeBand
from tests.factories.consultations import FATHER, MOTHER, a_case

from .cases import any_case


def test_there_is_no_field_for_a_name_a_birth_date_an_address_or_an_exact_age() -> None:
    fields = {field.name for field in dataclasses.fields(Person)}
    assert fields == {
        "key", "kin", "gender", "age", "lives", "since", "about", "substance", "treatment", "occupation",
    }  # fmt: skip
    with pytest.raises(CaseProblem, match="unknown_field"):
        Case.from_json('{"persons":[{"key":"p1","kin":"mother","name":"Ada"}]}')


@given(any_case())
def test_any_legal_case_comes_back_from_json_as_it_went(case: Case) -> None:
    assert Case.from_json(case.to_json()) == case


def test_an_empty_text_is_an_empty_case() -> None:
    assert Case.from_json("") == Case()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("[]", "no_object"),
        ("{", "no_json"),
        ("[" * 50_000, "no_json"),
        ('{"story":7}', "no_text"),
        ('{"persons":{}}', "no_list"),
        ('{"extra":1}', "unknown_field"),
        ('{"persons":[{"key":"p1","kin":"king"}]}', "unknown_code"),
        ('{"persons":[{"key":"p99","kin":"mother"}]}', "bad_key"),
        ('{"persons":[{"key":"p1","kin":"mother"},{"key":"p1","kin":"father"}]}', "bad_key"),
        ('{"persons":[{"key":"p1","kin":"mother","about":true}]}', "about_no_child"),
        ('{"persons":[{"key":"p1","kin":"child","age":"3-5","about":"yes"}]}', "no_yes_or_no"),
        ('{"persons":[{"key":"p1","kin":"child","age":"40-49"}]}', "child_of_age"),
        ('{"persons":[{"key":"p1","kin":"child","age":"3-5","substance":"alcohol"}]}', "child_and_substance"),
        ('{"ties":[{"key":"t1","kind":"club","strength":"strong","to":"p1"}]}', "nobody"),
        ('{"ties":[{"key":"t1","kind":"club","strength":"strong","label":"a\\nb"}]}', "several_lines"),
        ('{"strengths":["  "]}', "empty"),
        ('{"strengths":[' + ",".join(['"a"'] * 13) + "]}", "too_many"),
        ('{"strengths":["' + "a" * (LINE_LENGTH + 1) + '"]}', "too_long"),
        ('{"story":"' + "a" * 6001 + '"}', "too_long"),
        ('{"story":"' + "a" * 100_000 + '"}', "too_long"),
    ],
)
def test_what_is_no_case_is_refused_with_the_reason(raw: str, code: str) -> None:
    with pytest.raises(CaseProblem) as caught:
        Case.from_json(raw)
    assert caught.value.code == code


def test_what_is_refused_is_never_repeated_in_the_reason() -> None:
    with pytest.raises(CaseProblem) as caught:
        Case.from_json('{"persons":[{"key":"p1","kin":"Ada Kowalczyk"}]}')
    assert "Ada" not in str(caught.value)


@pytest.mark.parametrize(
    ("relations", "code"),
    [
        ([("p1", Bond.COUPLE, "p1")], "with_oneself"),
        ([("p1", Bond.COUPLE, "p9")], "nobody"),
        ([("p1", Bond.COUPLE, "p5"), ("p5", Bond.SEPARATED, "p1")], "twice"),
        ([("p1", Bond.PARENT, "p5"), ("p5", Bond.PARENT, "p2"), ("p2", Bond.PARENT, "p1")], "own_ancestor"),
        ([("p1", Bond.PARENT, "p2"), ("p5", Bond.PARENT, "p2"), ("p4", Bond.PARENT, "p2")], "three_parents"),
    ],
)
def test_relations_that_cannot_be_are_refused(relations: list[Any], code: str) -> None:
    with pytest.raises(CaseProblem, match=code):
        dataclasses.replace(a_case(), relations=tuple(Relation(*one) for one in relations))


def test_the_system_names_children_by_order_and_counts_what_is_there_twice() -> None:
    case = Case(
        persons=(
            Person("p1", Kin.CHILD),
            Person("p2", Kin.AUNT),
            Person("p3", Kin.HALF_SIBLING),
            Person("p4", Kin.AUNT),
            Person("p5", Kin.MOTHERS_MOTHER),
            Person("p6", Kin.UNBORN),
        )
    )
    names = [case.called(person.key) for person in case.persons]
    assert names == ["Child A", "Aunt 1", "Child B", "Aunt 2", "Grandmother", "Unborn child"]
    both = dataclasses.replace(case, persons=(*case.persons, Person("p7", Kin.FATHERS_MOTHER)))
    assert both.called("p5") == "Grandmother, mother’s side"
    with translation.override("de"):
        assert case.called("nobody") == ""


def test_every_text_is_handed_to_the_guard_and_nothing_else() -> None:
    case = dataclasses.replace(
        a_case(), ties=(Tie("t1", TieKind.CLUB, Strength.STRONG, label="a gymnastics club"),)
    )
    texts = case.texts()
    assert texts["tie-t1"] == "a gymnastics club"
    assert set(texts) == {"tie-t1", "strengths-0", "strengths-1", "strains-0", "tried-0", "story", "question"}
    words = {text for text in _strings(json.loads(case.to_json())) if " " in text}
    assert words == {text for text in texts.values() if " " in text}


def test_the_age_band_that_is_counted_is_that_of_the_youngest_child_asked_about() -> None:
    older = Person("p1", Kin.CHILD, age=AgeBand.MIDDLE, about=True)
    younger = Person("p2", Kin.CHILD, age=AgeBand.INFANT, about=True)
    other = Person("p3", Kin.UNBORN)
    assert Case(persons=(older, younger, other)).youngest == AgeBand.INFANT
    assert Case(persons=(other,)).youngest == AgeBand.UNKNOWN
    assert Case(persons=(older, dataclasses.replace(other, about=True))).youngest == AgeBand.UNBORN


def test_roles_say_who_belongs_to_whom() -> None:
    case = a_case()
    above = parents(case)
    assert above["p2"] == above["p3"] == ("p1", "p5")
    assert above["p1"] == ("p4",)
    assert [(pair.one, pair.other, pair.bond) for pair in pairs(case)] == [("p1", "p5", Bond.SEPARATED)]
    levels = generations(case)
    assert levels["p4"] < levels["p1"] == levels["p5"] < levels["p2"] == levels["p3"]


def test_parents_of_whom_nobody_said_it_are_not_called_a_couple() -> None:
    case = dataclasses.replace(a_case(), relations=())
    assert [pair.bond for pair in pairs(case)] == [FAMILY]


def test_what_is_entered_counts_more_than_what_the_role_would_say() -> None:
    partner = Person("p6", Kin.MOTHERS_PARTNER, gender=Gender.MALE, lives=Lives.HOUSEHOLD)
    half = Person("p7", Kin.HALF_SIBLING, age=AgeBand.INFANT)
    case = Case(
        persons=(MOTHER, FATHER, partner, half),
        relations=(Relation("p1", Bond.PARENT, "p7"), Relation("p6", Bond.PARENT, "p7")),
    )
    assert parents(case)["p7"] == ("p1", "p6")


@given(any_case())
def test_children_stand_below_their_parents_and_nobody_above_themselves(case: Case) -> None:
    levels, above = generations(case), parents(case)
    for child, keys in above.items():
        assert all(levels[key] < levels[child] for key in keys)
        assert len(keys) <= 2


def test_a_teenager_may_have_an_addiction_of_their_own() -> None:
    Case(persons=(Person("p1", Kin.CHILD, age=AgeBand.TEENAGE, substance=Substance.CANNABIS),))


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    rows = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [found for row in rows for found in _strings(row)]
