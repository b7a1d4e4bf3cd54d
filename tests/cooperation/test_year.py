"""The network's year: what stands where on twelve months, what is counted, and who sees it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from mtd.agreements.models import Agreement
from mtd.cooperation.obligations import Act, AtLeast, Term, reckon
from mtd.cooperation.queries import year_of
from mtd.cooperation.queries.duties import DutyState, duties_of
from mtd.cooperation.queries.marks import GAP, Row, marks_of, place, rows_of
from mtd.cooperation.queries.year import year_page
from mtd.core.actor import Actor, Role
from mtd.meetings.models import Kind, Meeting
from mtd.organizations.models import Membership
from tests.cast import Cast
from tests.cooperation.lives import lived_in, meeting
from tests.factories import cooperation as factory

TODAY = date(2026, 11, 22)


def row(duties: list[DutyState], key: str, year: int, today: date = TODAY, **planned: list[date]) -> Row:
    """The row of one duty."""
    return next(one for one in rows_of(duties, year, today, planned) if one.key == key)


@given(st.dates(date(2024, 1, 1), date(2025, 12, 30)))
def test_days_stand_in_their_order_and_each_in_its_month(day: date) -> None:
    following = day + timedelta(days=1)
    if following.year == day.year:
        assert place(day) < place(following)
    assert (day.month - 1) / 12 * 100 < place(day) < day.month / 12 * 100


def test_a_year_is_counted_as_the_engine_counts_it(lived: Agreement) -> None:
    lived_in(lived)
    duties = duties_of(lived, today=TODAY)
    for year in range(2024, 2028):
        counters = [duty.counter(year) for duty in duties]
        rows = rows_of(duties, year, TODAY)
        assert sum(one.done for one in rows) == sum(counter.done for counter in counters)
        assert sum(one.owed for one in rows) == sum(counter.owed for counter in counters)
        assert sum(one.extra for one in rows) == sum(counter.extra for counter in counters)


def test_what_was_kept_stands_on_its_day_and_what_was_missed_on_the_last_day_it_was_due(
    lived: Agreement,
) -> None:
    lived_in(lived)
    committee = row(duties_of(lived, today=TODAY), "committee_rhythm", 2024)
    assert [(mark.day, mark.status) for mark in committee.marks] == [
        (date(2024, 3, 5), "kept"),
        (date(2024, 12, 31), "missed"),
    ]
    assert committee.marks[0].at == place(date(2024, 3, 5))
    assert (committee.done, committee.owed, committee.note, committee.note_kind) == (1, 2, "1 missed", "miss")


def test_what_was_done_late_drags_a_tail_from_the_day_it_was_due(lived: Agreement) -> None:
    meeting(lived, date(2025, 2, 4))
    meeting(lived, date(2025, 7, 10))
    [first, late, *_] = row(duties_of(lived, today=TODAY), "committee_rhythm", 2025).marks
    assert (first.status, first.tail) == ("kept", None)
    assert late.status == "kept", "a second meeting in July belongs to the second half-year"
    Meeting.objects.filter(starts_at__year=2025, starts_at__month=2).delete()
    [late, *_] = row(duties_of(lived, today=TODAY), "committee_rhythm", 2025).marks
    assert late.status == "late"
    assert late.tail == place(date(2025, 6, 30))
    assert late.words == "10 Jul kept, 10 days late"


def test_what_was_done_beyond_is_shown_and_not_counted(lived: Agreement) -> None:
    for month in (3, 4, 5):
        meeting(lived, date(2025, month, 11))
    committee = row(duties_of(lived, today=TODAY), "committee_rhythm", 2025)
    assert committee.done == 1
    assert committee.extra == 2
    assert [mark.status for mark in committee.marks] == ["kept", "extra", "extra", "missed"]


def test_a_date_that_is_fixed_says_more_than_the_last_day_in_time(lived: Agreement) -> None:
    duties = duties_of(lived, today=TODAY)
    [ring] = row(duties, "committee_rhythm", 2027, cooperation_committee=[date(2027, 3, 9)]).marks[:1]
    assert (ring.day, ring.status, ring.words) == (date(2027, 3, 9), "to_come", "9 Mar planned")


def test_many_parties_on_one_day_are_one_mark_with_their_number(lived: Agreement) -> None:
    [mark] = row(duties_of(lived, today=date(2026, 11, 1)), "shadowing_rhythm", 2026).marks
    assert (mark.count, mark.status) == (4, "to_come")
    assert mark.words == "4 × due by 31 Dec"


@given(st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=60), st.integers(1, 40))
def test_no_mark_hides_another_or_leaves_the_lane(days: list[date], number: int) -> None:
    term = Term(AtLeast(number, "year", 0), date(2025, 1, 1))
    acts = [Act(day, str(place)) for place, day in enumerate(days)]
    marks = marks_of([reckon([term], acts, [], date(2026, 6, 1))], 2026, date(2026, 6, 1))
    assert all(0 <= mark.at <= 100 for mark in marks)
    assert all(after.at - before.at > GAP - 0.001 for before, after in pairwise(marks))
    of_this_year = sum(mark.count for mark in marks if mark.status != "extra")
    assert of_this_year == number


# --- the page ---------------------------------------------------------------------------------------------


def test_the_page_shows_duties_meetings_besides_and_the_counter(
    lived: Agreement, browse: Callable[[str], Client]
) -> None:
    lived_in(lived)
    meeting(lived, date(2025, 4, 8), Kind.CASE_DISCUSSION)
    page = browse("jonas-reuter").get(reverse("cooperation:year", args=["birkenfurt"]) + "?year=2025")
    text = page.content.decode()
    assert "<b>2 of 2</b>" in text
    assert "Other meetings" in text
    assert "Anonymous case discussion: 8 Apr held" in text
    assert "4 Feb kept; 10 Jul kept" in text


def test_a_network_without_an_agreement_in_force_learns_what_will_be_here(
    cast: Cast, browse: Callable[[str], Client]
) -> None:
    page = browse("jonas-reuter").get(reverse("cooperation:year", args=["birkenfurt"]))
    assert "No agreement is in force yet" in page.content.decode()


def test_other_networks_do_not_exist(lived: Agreement, browse: Callable[[str], Client]) -> None:
    for name in ("year", "network_lived"):
        address = reverse(f"cooperation:{name}", args=["birkenfurt"])
        assert browse("holger-esser").get(address).status_code == 404
        assert browse("karel-dewit").get(address).status_code == 404


def test_who_is_no_party_sees_no_duty_of_the_agreement(cast: Cast, browse: Callable[[str], Client]) -> None:
    two = [cast.organizations[key] for key in ("suchtberatung-am-markt", "kreisjugendamt-birkenfurt")]
    factory.in_force(cast.networks["birkenfurt"], two, date(2024, 1, 1))
    address = reverse("cooperation:year", args=["birkenfurt"])
    assert 'class="rib' in browse("jonas-reuter").get(address).content.decode()
    page = browse("tarek-aziz").get(address).content.decode()
    assert 'class="rib' not in page
    assert year_of(cast.networks["birkenfurt"], 2026, cast.actor("tarek-aziz")) == []


@pytest.mark.parametrize("asked", ["", "0", "99999", "x", "²", "-1", "1200"])
def test_a_year_that_makes_no_sense_is_this_year(
    lived: Agreement, browse: Callable[[str], Client], asked: str
) -> None:
    page = browse("jonas-reuter").get(reverse("cooperation:year", args=["birkenfurt"]), {"year": asked})
    assert page.status_code == 200
    assert page.context["year"].year == page.context["year"].today.year


def test_the_year_can_be_taken_along_and_no_cell_runs_as_a_formula(
    lived: Agreement, browse: Callable[[str], Client]
) -> None:
    lived_in(lived)
    Agreement.objects.filter(pk=lived.pk).update(title="=1+1")
    answer = browse("jonas-reuter").get(
        reverse("cooperation:year", args=["birkenfurt"]) + "?year=2025&format=csv"
    )
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:3] == ["Agreement", "Duty", "Clause"]
    assert {cells[0] for cells in rows[1:]} == {"'=1+1"}
    assert ["2025-02-04", "kept", "1"] in [cells[4:] for cells in rows]


def test_one_more_agreement_costs_no_more_queries(
    cast: Cast,
    lived: Agreement,
    browse: Callable[[str], Client],
) -> None:
    client = browse("miriam-hoffstedt")
    address = reverse("cooperation:year", args=["birkenfurt"])
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for number in range(2):
        other = factory.in_force(
            cast.networks["birkenfurt"],
            [cast.organizations["suchtberatung-am-markt"], cast.organizations["drogenhilfe-ahlenried"]],
            date(2024, 1, 1),
            title=f"Agreement {number}",
        )
        meeting(other, date(2025, 2, 4))
    with CaptureQueriesContext(connection) as three:
        client.get(address)
    assert len(three) == len(one)


def test_cooperation_leads_to_the_one_network_and_otherwise_lets_one_choose(
    cast: Cast, lived: Agreement, browse: Callable[[str], Client]
) -> None:
    index = reverse("cooperation:index")
    assert browse("jonas-reuter").get(index)["Location"] == reverse("cooperation:year", args=["birkenfurt"])
    assert "The programme office does not see" in browse("karel-dewit").get(index).content.decode()
    _also_in(cast, "miriam-hoffstedt", "kreis-heinsberg")
    page = browse("miriam-hoffstedt").get(index).content.decode()
    assert "Kreis Heinsberg" in page
    assert "1 agreement in force." in page


def _also_in(cast: Cast, person: str, network: str) -> None:
    Membership.objects.create(
        user=cast.people[person],
        network=cast.networks[network],
        role=Role.COORDINATOR,
        started_on=date(2024, 1, 1),
    )


def test_the_start_page_gets_the_year_in_single_lines(lived: Agreement, act: Callable[[str], Actor]) -> None:
    lived_in(lived)
    lines = year_of(lived.network, 2025, act("jonas-reuter"))
    assert [line.day for line in lines] == sorted(line.day for line in lines)
    assert {line.status for line in lines} <= {"kept", "late", "missed", "due", "to_come", "paused", "extra"}
    assert next((line.day, line.label) for line in lines if line.status == "kept") == (
        date(2025, 2, 4),
        "Cooperation committee",
    )


def test_a_meeting_late_on_new_years_eve_belongs_to_the_year_on_the_networks_wall(
    lived: Agreement, act: Callable[[str], Actor]
) -> None:
    begins = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)  # half past midnight in Berlin
    Meeting.objects.create(
        network=lived.network,
        kind=Kind.CASE_DISCUSSION,
        state="held",
        starts_at=begins,
        ends_at=begins + timedelta(hours=1),
    )
    actor = act("jonas-reuter")
    assert year_page(actor, lived.network, 2025).others is None
    others = year_page(actor, lived.network, 2026).others
    assert others is not None
    assert others.marks[0].day == date(2026, 1, 1)
