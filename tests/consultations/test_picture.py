"""The family picture: every legal case is drawn, nothing covers anything, and all of it stands there in words too."""

import dataclasses
from xml.etree import ElementTree as xml

import pytest
from django.utils import translation
from hypothesis import given, settings

from mtd.consultations.case import (
    Bond,
    Case,
    Gender,
    Kin,
    Lives,
    Person,
    Relation,
    Strength,
    Tie,
    TieKind,
)
from mtd.consultations.layout import lay_out
from mtd.consultations.models import AgeBand
from mtd.consultations.picture import draw
from mtd.consultations.sheet import Figure, Layout, Rect, width, wrap
from tests.factories.consultations import a_case

from .cases import any_case


def the_fullest_case() -> Case:
    """As much as may be entered: 14 persons, 16 ties, words as long as they may be."""
    kins = [
        Kin.MOTHER, Kin.STEPFATHER, Kin.FATHER, Kin.FATHERS_PARTNER, Kin.MOTHERS_MOTHER, Kin.CHILD, Kin.CHILD,
        Kin.CHILD, Kin.HALF_SIBLING, Kin.UNBORN, Kin.AUNT, Kin.FRIEND, Kin.FATHERS_MOTHER, Kin.FATHERS_FATHER,
    ]  # fmt: skip
    persons = tuple(
        Person(
            f"p{number}",
            kin,
            age=AgeBand.PRIMARY if kin == Kin.CHILD else AgeBand.UNKNOWN,
            lives=Lives.ELSEWHERE if number in (3, 4, 5, 8, 11, 13, 14) else Lives.HOUSEHOLD,
            about=number == 6,
        )
        for number, kin in enumerate(kins, 1)
    )
    ties = tuple(
        Tie(
            f"t{number}",
            list(TieKind)[(number - 1) % 15],
            list(Strength)[number % 3],
            ["household", "p1", "p3", "p6"][number % 4],
            "W" * 60 if number % 2 else "",
        )
        for number in range(1, 17)
    )
    relations = (
        Relation("p1", Bond.SEPARATED, "p3"),
        Relation("p1", Bond.PARENT, "p9"),
        Relation("p2", Bond.PARENT, "p9"),
    )
    return Case(persons=persons, ties=ties, relations=relations)


def problems(layout: Layout) -> list[str]:
    """What covers what, and what leaves the picture."""
    found = []
    boxes = layout.boxes()
    whole = Rect(-0.01, -0.01, layout.width + 0.02, layout.height + 0.02)
    for number, box in enumerate(boxes):
        if not whole.holds(box):
            found.append(f"outside: {box}")
        found += [f"meet: {box} {other}" for other in boxes[number + 1 :] if box.meets(other)]
    for figure in layout.figures:
        if figure.inside and not (layout.house.holds(figure.shape) and layout.house.holds(figure.words)):
            found.append(f"not in the household's frame: {figure.person.key}")
        if not figure.inside and (layout.house.meets(figure.shape) or layout.house.meets(figure.words)):
            found.append(f"in the household's frame: {figure.person.key}")
    found += [f"tie in the frame: {box.tie.key}" for box in layout.ties if layout.house.meets(box.rect)]
    for stroke in layout.strokes:
        found += [
            f"line leaves the picture: {x} {y}"
            for x, y in stroke.points
            if not (-1 <= x <= layout.width + 1 and -1 <= y <= layout.height + 1)
        ]
    return found


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("case", [Case(), a_case(), the_fullest_case()], ids=["empty", "usual", "fullest"])
def test_nothing_covers_anything(case: Case, wide: bool) -> None:
    assert problems(lay_out(case, wide=wide)) == []


@settings(max_examples=120)
@given(any_case())
def test_any_legal_case_is_drawn_without_overlaps_and_as_valid_svg(case: Case) -> None:
    for wide in (True, False):
        assert problems(lay_out(case, wide=wide)) == []
    picture = draw(case)
    for svg in (picture.wide, picture.narrow):
        xml.fromstring(svg)


@given(any_case())
def test_everybody_and_everything_drawn_stands_in_the_text_as_well(case: Case) -> None:
    picture = draw(case)
    text = " ".join(picture.sentences)
    assert len(picture.persons) == len(case.persons)
    assert len(picture.ties) == len(case.ties)
    for person in case.persons:
        assert case.called(person.key) in text
    for tie in case.ties:
        assert (tie.label or str(tie.kind.label)) in text


def test_typed_words_are_escaped_and_cannot_turn_what_stands_beside_them() -> None:
    tie = Tie("t1", TieKind.OTHER, Strength.STRONG, label="</text><script>x</script>\u202e&")
    svg = draw(Case(persons=(Person("p1", Kin.MOTHER),), ties=(tie,))).wide
    assert "<script" not in svg
    assert "\u202e" not in svg
    assert "style=" not in svg


@pytest.mark.parametrize(
    ("person", "sign"),
    [
        (Person("p1", Kin.MOTHER), "<circle"),
        (Person("p1", Kin.FATHER), '<rect class="gp"'),
        (Person("p1", Kin.OTHER_ADULT, Gender.DIVERSE), '<path class="gp"'),
        (Person("p1", Kin.OTHER_ADULT), ">?<"),
        (Person("p1", Kin.UNBORN), '<path class="gp"'),
        (Person("p1", Kin.CHILD, Gender.FEMALE, about=True), "gp--in"),
    ],
)
def test_shapes_follow_the_custom_of_genograms(person: Person, sign: str) -> None:
    assert sign in draw(Case(persons=(person,))).wide


def test_separated_persons_have_two_strokes_and_a_couple_has_none() -> None:
    def marks(bond: Bond) -> int:
        case = dataclasses.replace(a_case(), relations=(Relation("p1", bond, "p5"),))
        return sum(stroke.kind == "separated" for stroke in lay_out(case, wide=True).strokes)

    assert (marks(Bond.SEPARATED), marks(Bond.COUPLE)) == (2, 0)


def test_children_of_different_parents_hang_on_different_lines() -> None:
    layout = lay_out(the_fullest_case(), wide=True)
    child_a, half = (next(f for f in layout.figures if f.person.key == key) for key in ("p6", "p9"))
    assert child_a.row == half.row

    def hangs_on(figure: Figure) -> float:
        return next(s.points[0][1] for s in layout.strokes if s.points[-1] == (figure.cx, figure.cy))

    assert hangs_on(child_a) != hangs_on(half)


def test_what_carries_stands_left_and_what_is_weak_or_strains_stands_right() -> None:
    layout = lay_out(a_case(), wide=True)
    for box in layout.ties:
        assert (box.x < layout.house.x) == (box.tie.strength == Strength.STRONG)


def test_a_tie_of_somebody_elsewhere_is_not_joined_to_the_household() -> None:
    case = dataclasses.replace(a_case(), ties=(Tie("t1", TieKind.DOCTOR, Strength.STRONG, "p5"),))
    layout = lay_out(case, wide=True)
    assert layout.ties == []
    assert [box.tie.key for figure in layout.figures for box in figure.ties] == ["t1"]


def test_the_usual_case_reads_well_in_english() -> None:
    assert list(draw(a_case()).sentences) == [
        "In the household: Mother, 30 to 39, alcohol, in treatment; Child A, 6 to 9; Child B, 3 to 5; "
        "Grandmother, 60 or older.",
        "Elsewhere: Father, 30 to 39.",
        "Mother and Father are separated.",
        "The question is about Child A.",
        "What carries: Club; School (Child A); Addiction counselling (Mother).",
        "What is weak: Kindergarten (Child B).",
        "What strains: Money.",
    ]


def test_the_picture_speaks_the_language_of_its_reader() -> None:
    with translation.override("de"):
        german = draw(a_case())
    assert "Mutter" in german.wide
    assert "Mother" not in german.wide


@given(any_case())
def test_no_line_of_text_is_wider_than_its_place(case: Case) -> None:
    for tie in case.ties:
        for line in wrap(tie.label, 100):
            assert width(line) <= 100 or len(line) <= 2


@pytest.mark.parametrize("wide", [True, False])
def test_a_family_expecting_its_first_child_is_drawn_without_broken_words_or_lines_on_the_frame(
    wide: bool,
) -> None:
    case = Case(
        persons=(
            Person("p1", Kin.UNBORN, lives=Lives.HOUSEHOLD),
            Person("p2", Kin.MOTHER, age=AgeBand.YOUNG_ADULT, lives=Lives.HOUSEHOLD),
            Person("p3", Kin.FATHER, age=AgeBand.YOUNG_ADULT, lives=Lives.HOUSEHOLD),
        ),
        relations=(Relation("p2", Bond.COUPLE, "p3"),),
    )
    with translation.override("de"):
        layout = lay_out(case, wide=wide)
    (child,) = [figure for figure in layout.figures if figure.person.kin == Kin.UNBORN]
    assert child.lines == ("Ungeborenes Kind",)  # and no second line that says so again
    upright = {x for stroke in layout.strokes for x, _y in stroke.points if layout.house.x < x}
    assert min(upright) - layout.house.x > 8


def test_a_word_too_long_for_its_line_leaves_no_scrap_on_the_next() -> None:
    first, second = wrap("Ungeborenes", 96)
    assert first.endswith("-")
    assert len(second) >= 4
