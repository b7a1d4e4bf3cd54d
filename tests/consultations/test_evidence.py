"""Answered questions as evidence and as figures: open or ended they count the same, and nothing small is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mtd.agreements.models import Agreement
from mtd.consultations import jobs
from mtd.consultations.models import Consultation, Way
from mtd.consultations.queries.evidence import answered_in_time, figures_of, parts_words, tallies
from mtd.cooperation.queries.duties import duties_of, find_duty
from mtd.organizations.models import Network
from tests.cast import Cast

from .lives import ADVICE, answered, sent

pytestmark = pytest.mark.django_db
Browse = Callable[[str], Client]


def fact(agreement: Agreement, serial: int, **given: Any) -> Consultation:
    """An ended question: only what is counted."""
    fields: dict[str, Any] = {
        "year": 2026,
        "serial": serial,
        "network": agreement.network,
        "agreement": agreement,
        "way": Way.PARTNER,
        "state": Consultation.State.ENDED,
        "ending": Consultation.Ending.TIME,
        "month": date(2026, 3, 1),
        "from_system": "addiction_care",
        "to_system": "youth_welfare",
        "topic": "talking",
        "age_band": "6-9",
        "days_to_answer": 2,
        "in_time": True,
        "helped": "yes",
        "ended_on": date(2026, 6, 1),
        "changed_at": timezone.now(),
    }
    fields |= given
    state = {"state": fields.pop("state"), "data_key_id": None}
    found = Consultation.objects.create(**fields)
    Consultation.objects.filter(pk=found.pk).update(**state)
    return found


def in_time(agreement: Agreement) -> str:
    duty = find_duty(duties_of(agreement), "consultation_answer")
    assert duty is not None
    return duty.counter_words


def test_each_answer_in_time_counts_for_the_limit_that_was_agreed(cast: Cast, agreement: Agreement) -> None:
    assert in_time(agreement) == "applies each time"
    answered(cast, sent(cast, agreement))
    assert in_time(agreement) == "1 of 1 in time this year"
    late = sent(cast, agreement)
    Consultation.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(days=1))
    answered(cast, late, text=ADVICE + " Then wait.")
    assert in_time(agreement) == "1 of 2 in time this year"


def test_an_unanswered_question_and_one_within_the_house_are_no_evidence(
    cast: Cast, agreement: Agreement
) -> None:
    sent(cast, agreement)
    Consultation.objects.filter(pk=fact(agreement, 900, way=Way.OWN_HOUSE).pk).update(agreement=None)
    fact(agreement, 901, days_to_answer=None, in_time=False)
    assert answered_in_time([agreement.pk]) == []


def test_nothing_changes_in_the_evidence_on_the_day_on_which_it_ends(
    cast: Cast, agreement: Agreement
) -> None:
    question = sent(cast, agreement)
    answered(cast, question)
    before = (list(answered_in_time([agreement.pk])), tallies(agreement.pk), in_time(agreement))
    assert before[0][0].month.day == 1
    assert before[0][0].count == 1
    Consultation.objects.filter(pk=question.pk).update(ends_on=timezone.localdate())
    assert jobs.end_due() == 1
    assert (list(answered_in_time([agreement.pk])), tallies(agreement.pk), in_time(agreement)) == before


def test_it_counts_for_no_other_limit_of_time(cast: Cast, agreement: Agreement) -> None:
    from tests.factories import cooperation as factory

    from .conftest import CONSULTING

    other = {"danger_feedback": {"number": 5, "unit": "working_days"}}
    factory.answer_all(agreement.versions.get(), CONSULTING | other)
    answered(cast, sent(cast, agreement))
    duty = find_duty(duties_of(agreement), "danger_feedback")
    assert duty is not None
    assert duty.deeds == ()


def test_tallies_are_told_by_year_and_direction(agreement: Agreement) -> None:
    for serial in range(3):
        fact(agreement, 900 + serial)
    fact(agreement, 910, days_to_answer=None, in_time=False)
    fact(agreement, 911, ending=Consultation.Ending.WITHDRAWN, days_to_answer=None, in_time=None)
    fact(agreement, 912, month=date(2025, 12, 1), in_time=False)
    found = tallies(agreement.pk)
    assert (found[2026].asked, found[2026].answered, found[2026].in_time) == (4, 3, 3)
    assert (found[2025].asked, found[2025].answered, found[2025].in_time) == (1, 1, 0)
    assert found[2026].by_direction == {"addiction_care>youth_welfare": (4, 3)}


def cells(network: Network, key: str, year: int = 2026) -> dict[str, str]:
    table = next(table for table in figures_of(network, year).tables if table.key == key)
    return {cell.label: cell.words for cell in table.cells}


def test_fewer_than_three_are_never_told_apart(agreement: Agreement) -> None:
    fact(agreement, 900)
    fact(agreement, 901)
    assert figures_of(agreement.network, 2026).asked.words == "fewer than 3"
    assert set(cells(agreement.network, "topic").values()) == {"fewer than 3"}
    fact(agreement, 902)
    assert figures_of(agreement.network, 2026).asked.words == "3"
    assert cells(agreement.network, "topic")["Talking with the parents"] == "3"
    assert cells(agreement.network, "month")["March"] == "3"
    assert cells(agreement.network, "month")["April"] == "fewer than 3"


def test_a_single_small_number_is_not_worked_out_from_the_sum(agreement: Agreement) -> None:
    serial = 900
    for helped, count in (("yes", 9), ("part", 4), ("no", 1)):
        for _one in range(count):
            serial += 1
            fact(agreement, serial, helped=helped)
    found = cells(agreement.network, "helped")
    assert found == {"it helped": "9", "in part": "not shown", "it did not help": "fewer than 3"}
    table = next(table for table in figures_of(agreement.network, 2026).tables if table.key == "helped")
    assert table.untold == {"not shown": ["in part"], "fewer than 3": ["it did not help"]}


def test_the_page_says_once_for_all_of_a_table_that_numbers_are_too_small(
    agreement: Agreement, browse: Browse
) -> None:
    for serial in range(3):
        fact(agreement, 900 + serial, month=date(2026, 3, 1))
    address = reverse("consultations:figures", args=[agreement.network.slug])
    page = browse("jonas-reuter").get(address, {"year": "2026"}).content.decode()
    months = page[page.index('id="t-month"') : page.index("</section>", page.index('id="t-month"'))]
    assert months.lower().count("fewer than 3") == 1
    assert "January, February, April" in months


def test_the_page_and_its_table_say_the_same_to_everybody_of_the_network(
    agreement: Agreement, browse: Browse
) -> None:
    for serial in range(4):
        fact(agreement, 900 + serial)
    slug = agreement.network.slug
    for who in ("jonas-reuter", "miriam-hoffstedt"):
        page = browse(who).get(reverse("consultations:figures", args=[slug]), {"year": "2026"})
        assert "Talking with the parents" in page.content.decode()
    table = browse("jonas-reuter").get(reverse("consultations:figures_csv", args=[slug]), {"year": "2026"})
    assert "Talking with the parents,4" in table.content.decode("utf-8-sig")
    assert browse("pia-lennartz").get(reverse("consultations:figures", args=[slug])).status_code == 404


def test_is_it_lived_and_the_yearly_report_tell_how_many_were_answered(
    agreement: Agreement, browse: Browse
) -> None:
    from mtd.cooperation.queries.figures import Figures, figures
    from mtd.cooperation.report import in_short, question_table

    for serial in range(4):
        fact(agreement, 900 + serial, in_time=serial > 0)
    found = figures(agreement, 2026)
    assert (found.questions.asked, found.questions.answered, found.questions.in_time) == (4, 4, 3)
    assert "Questions without identity: 4 asked, 4 answered, 3 answered in time." in in_short(found)
    assert question_table(found)[1] == (("Addiction care → Youth welfare", "4", "4"),)
    assert Figures.from_json(found.to_json()) == found
    older = {key: value for key, value in found.to_json().items() if key != "questions"}
    assert Figures.from_json(older).questions.asked == 0
    page = browse("jonas-reuter").get(reverse("cooperation:lived", args=[agreement.pk]), {"year": "2026"})
    assert "4 asked, 4 answered" in page.content.decode()


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ([4], ["4"]),
        ([1], ["fewer than 3"]),
        ([5, 1], ["not shown", "fewer than 3"]),
        ([9, 1, 4], ["9", "fewer than 3", "not shown"]),
        ([9, 1, 2], ["9", "fewer than 3", "fewer than 3"]),
    ],
)
def test_no_small_part_is_worked_out_from_the_sum_that_is_told_beside_it(
    parts: list[int], told: list[str]
) -> None:
    assert parts_words(parts) == told
