"""How easily would the family be found: coarse, cautious, with its reasons, and never about a person."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from mtd.consultations.actions.region import state_region
from mtd.consultations.case import Bond, Case, Gender, Kin, Lives, Person, Relation, Substance, Tie, TieKind
from mtd.consultations.case import Strength as S
from mtd.consultations.crowd import ENOUGH, STEPS, UNKNOWN_REGION, Region, reckon, step
from mtd.consultations.models import AgeBand
from mtd.consultations.queries.crowd import region_of
from mtd.core.errors import NotAllowed, Refused
from mtd.organizations.models import Network
from tests.cast import Cast
from tests.factories.consultations import CHILD_A, CHILD_B, FATHER, MOTHER, a_case

from .cases import any_case

LARGE = Region("Large district", 250_000, "statistics", date(2026, 1, 1))


def test_two_children_and_separated_parents_in_a_large_district_are_not_found_easily() -> None:
    case = Case(persons=(MOTHER, CHILD_A, CHILD_B, FATHER), relations=(Relation("p1", Bond.SEPARATED, "p5"),))
    crowd = reckon(case, LARGE)
    assert crowd.fits > ENOUGH
    assert not crowd.few


def test_the_same_family_in_a_small_town_is_warned_about_with_what_helps_most() -> None:
    case = Case(persons=(MOTHER, CHILD_A, CHILD_B, FATHER))
    crowd = reckon(case, replace(LARGE, inhabitants=20_000))
    assert crowd.few
    assert crowd.advice is not None
    assert crowd.advice.fits > crowd.fits
    assert 1 <= len(crowd.advice.changes) <= 3


def test_what_is_not_said_does_not_narrow_down() -> None:
    said = reckon(Case(persons=(MOTHER, CHILD_A, FATHER)), LARGE)
    less = reckon(
        Case(persons=(MOTHER, replace(CHILD_A, age=AgeBand.UNKNOWN, gender=Gender.UNKNOWN), FATHER)), LARGE
    )
    assert less.fits > said.fits


def test_following_the_advice_brings_what_it_promised() -> None:
    town = replace(LARGE, inhabitants=50_000)
    case = Case(persons=(MOTHER, replace(CHILD_A, lives=Lives.ELSEWHERE), CHILD_B))
    advice = reckon(case, town).advice
    assert advice is not None
    assert advice.changes[0] == "leave out where Child A lives"
    followed = replace(CHILD_A, lives=Lives.UNKNOWN)
    for change in advice.changes[1:]:
        assert change in ("leave out the age of Child B", "leave out the gender of Child A"), change
        followed = replace(followed, gender=Gender.UNKNOWN) if "gender" in change else followed
    other = (
        replace(CHILD_B, age=AgeBand.UNKNOWN) if "leave out the age of Child B" in advice.changes else CHILD_B
    )
    assert reckon(Case(persons=(MOTHER, followed, other)), town).fits > reckon(case, town).fits


def test_a_crowd_that_is_large_enough_needs_no_advice() -> None:
    assert reckon(Case(persons=(MOTHER, CHILD_A)), LARGE).advice is None


def test_five_children_might_be_a_single_family_whatever_the_figures_say() -> None:
    children = tuple(Person(f"p{number}", Kin.CHILD, lives=Lives.HOUSEHOLD) for number in range(1, 6))
    crowd = reckon(Case(persons=children), replace(LARGE, inhabitants=10_000_000))
    assert crowd.single
    assert "5 children" in crowd.rare[0]
    assert not reckon(Case(persons=children[:4]), replace(LARGE, inhabitants=10_000_000)).rare


@pytest.mark.parametrize(
    "word",
    [
        "The twins",
        "die Zwillinge",
        "les jumeaux",
        "los gemelos",
        "os gémeos",
        "kaksoset",
        "τα δίδυμα",
        "dvojčata",
    ],
)
def test_twins_are_noticed_in_every_language(word: str) -> None:
    assert reckon(replace(a_case(), story=f"{word} sleep well"), LARGE).rare


def test_ordinary_words_are_not_taken_for_twins() -> None:
    assert not reckon(replace(a_case(), story="between us: trojčlenná rodina, Zwiebel"), LARGE).rare


def test_a_rare_passage_in_the_text_means_perhaps_one_family() -> None:
    assert reckon(a_case(), LARGE, rare_passages=1).single


def test_addiction_is_not_counted_because_nobody_outside_sees_it() -> None:
    with_it = Case(persons=(MOTHER, CHILD_A))
    without = Case(
        persons=(replace(MOTHER, substance=Substance.NONE, treatment=type(MOTHER.treatment)("")), CHILD_A)
    )
    assert reckon(with_it, LARGE).fits == reckon(without, LARGE).fits


def test_many_details_with_words_of_their_own_count() -> None:
    ties = tuple(Tie(f"t{number}", TieKind.CLUB, S.STRONG, label="words") for number in range(1, 17))
    plain = tuple(replace(tie, label="") for tie in ties)
    case = Case(persons=(MOTHER, CHILD_A))
    assert reckon(replace(case, ties=ties), LARGE).fits < reckon(replace(case, ties=plain), LARGE).fits


@given(any_case())
def test_the_result_is_always_one_of_the_coarse_steps_and_every_share_has_its_reason(case: Case) -> None:
    crowd = reckon(case, LARGE)
    assert crowd.fits in STEPS
    assert 0 <= crowd.bar <= 100
    assert all(0 < detail.share < 1 and detail.why for detail in crowd.details)


def test_a_count_is_rounded_down_and_never_to_nothing() -> None:
    assert [step(count) for count in (0.001, 4.9, 5, 29, 41, 10_000)] == [1, 1, 5, 20, 40, 5_000]


def test_while_nobody_stated_the_inhabitants_a_small_number_is_taken_and_said(network: Network) -> None:
    network.region = "Nirgendwohausen an der Unbekannte"
    crowd = reckon(a_case(), region_of(network))
    assert not crowd.known
    assert crowd.inhabitants == UNKNOWN_REGION


def test_a_place_in_the_list_is_found_with_its_source(network: Network) -> None:
    network.region, network.country = "Kreis Heinsberg, Nordrhein-Westfalen", "DE"
    region = region_of(network)
    assert region.inhabitants
    assert "GeoNames" in region.source


def test_the_coordination_states_the_figure_with_source_and_date(cast: Cast, network: Network) -> None:
    actor = next(a for a in map(cast.actor, cast.people) if network.pk in a.coordinates)
    state_region(
        actor=actor,
        network=network,
        inhabitants=254_000,
        source="Statistical office",
        as_of=date(2025, 12, 31),
    )
    region = region_of(network)
    assert (region.inhabitants, region.source, region.as_of) == (
        254_000,
        "Statistical office",
        date(2025, 12, 31),
    )
    state_region(
        actor=actor, network=network, inhabitants=260_000, source="The same", as_of=date(2026, 6, 30)
    )
    assert region_of(network).inhabitants == 260_000


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"inhabitants": 0}, "no_figure"),
        ({"source": "  "}, "no_source"),
        ({"as_of": date(2999, 1, 1)}, "day_to_come"),
    ],
)
def test_a_figure_that_says_nothing_is_refused(
    cast: Cast, network: Network, changed: dict[str, object], code: str
) -> None:
    actor = next(a for a in map(cast.actor, cast.people) if network.pk in a.coordinates)
    given_ = {"inhabitants": 1000, "source": "a source", "as_of": date(2026, 1, 1), **changed}
    with pytest.raises(Refused) as caught:
        state_region(actor=actor, network=network, **given_)  # type: ignore[arg-type]
    assert caught.value.code == code


def test_workers_do_not_state_the_figure(cast: Cast, network: Network) -> None:
    with pytest.raises(NotAllowed):
        state_region(
            actor=cast.actor("jonas-reuter"),
            network=network,
            inhabitants=1000,
            source="x",
            as_of=date(2026, 1, 1),
        )
