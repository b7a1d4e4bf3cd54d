"""Is it lived? The figures against a plain count of the same rows, and the page that shows them to all alike."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mtd.agreements.models import Agreement
from mtd.cooperation.models import Escalation, PulseAnswer, PulseRound
from mtd.cooperation.pulse import ITEMS
from mtd.cooperation.queries.duties import duties_of, summary
from mtd.cooperation.queries.figures import COUNTED_MEETINGS, Figures, figures, share, years_of
from mtd.cooperation.queries.lived import missed_told, register_column
from mtd.cooperation.queries.pulse import pictures
from mtd.core.actor import Actor
from mtd.meetings.models import Kind, Meeting, Participant
from tests.cast import Cast
from tests.cooperation.lives import lived_in, meeting, need, party
from tests.factories import cooperation as factory

TODAY = date(2026, 11, 22)


def address(agreement: Agreement, name: str = "lived") -> str:
    return reverse(f"cooperation:{name}", args=[agreement.pk])


# --- figures ----------------------------------------------------------------------------------------------


def test_figures_equal_a_plain_count(lived: Agreement) -> None:
    lived_in(lived)
    duties = duties_of(lived, today=TODAY)
    for year in (2024, 2025, 2026):
        found = figures(lived, year, today=TODAY)
        whole, by_party = summary(duties, year)
        assert (found.tally.kept, found.tally.late, found.tally.missed) == (
            whole.kept,
            whole.late,
            whole.missed,
        )
        assert sum(line.tally.owed for line in found.duties) == found.tally.owed
        for line, one in zip(found.parties, lived.parties.order_by("order"), strict=True):
            own = by_party[one.pk]
            assert (line.tally.kept, line.tally.late, line.tally.missed) == (own.kept, own.late, own.missed)
            assert (line.invited, line.came) == _attendance(lived, year, organization=one.organization_id)
        systems = {one.organization.help_system for one in lived.parties.select_related("organization")}
        for system in systems:
            invited, came = _attendance(lived, year, organization__help_system=system)
            assert found.now.share_of(system) == share(came, invited)
        assert [line.year for line in found.years] == list(range(2024, year + 1))


def _attendance(agreement: Agreement, year: int, **where: object) -> tuple[int, int]:
    """Row by row, as one would count by hand."""
    invited = came = 0
    for held in Meeting.objects.filter(network=agreement.network, state="held"):
        day = held.held_on
        rows = list(held.participants.filter(removed_at__isnull=True, optional=False))
        noted = any(one.attendance != "unknown" for one in rows)
        if day is None or day.year != year or held.kind not in COUNTED_MEETINGS or not noted:
            continue
        for one in held.participants.filter(removed_at__isnull=True, optional=False, **where):
            invited += 1
            came += one.attendance in ("present", "online")
    return invited, came


def test_attendance_counts_where_it_was_noted_and_who_was_to_come(lived: Agreement) -> None:
    held = meeting(
        lived, date(2025, 2, 4), came={"Suchtberatung": "present online", "Wendau": "excused unknown"}
    )
    meeting(lived, date(2025, 5, 4), came={"Suchtberatung": "unknown unknown"})
    meeting(lived, date(2025, 6, 4), Kind.OTHER, came={"Suchtberatung": "absent"})
    guest = {"meeting": held, "name": "Guest", "attendance": "absent"}
    Participant.objects.create(**guest, email="no-organisation@example.org")
    Participant.objects.create(
        **guest,
        email="optional@example.org",
        organization=party(lived, "Suchtberatung").organization,
        optional=True,
    )
    now = figures(lived, 2025, today=TODAY).now
    assert now.attendance == {"addiction_care": (2, 2), "youth_welfare": (2, 0)}


def test_a_meeting_for_another_agreement_is_not_counted(cast: Cast, lived: Agreement) -> None:
    other = factory.in_force(
        lived.network, [cast.organizations["suchtberatung-am-markt"]], date(2024, 1, 1), title="Another one"
    )
    held = meeting(lived, date(2025, 2, 4), came={"Suchtberatung": "present"})
    Meeting.objects.filter(pk=held.pk).update(subject_id=other.pk)
    found = figures(lived, 2025, today=TODAY)
    assert found.meetings == {}
    assert found.now.attendance == {}
    assert figures(other, 2025, today=TODAY).meetings == {"committee": 1}


def test_needs_of_the_year_and_days_by_year_are_told(lived: Agreement) -> None:
    lived_in(lived)
    need(lived, date(2024, 5, 1), 88, "yes")
    found = figures(lived, 2025, today=TODAY)
    assert (found.needs.raised, found.needs.answered, found.needs.waiting) == (3, 2, 1)
    assert [(line.year, line.days_to_answer) for line in found.years] == [(2024, 88), (2025, 31)]


def test_the_pulse_tells_what_its_own_page_tells(lived: Agreement) -> None:
    dice = random.Random(11)
    members = [one.organization for one in lived.parties.select_related("organization")]
    for month in range(1, 11):
        opened = date(2025, month, 1)
        asked = PulseRound.objects.create(
            network=lived.network, opened_on=opened, closes_on=opened + timedelta(days=20)
        )
        for _ in range(dice.randint(3, 24)):
            said = {item: dice.choice((None, 1, 2, 3, 4, 5)) for item in ITEMS}
            source, about = dice.sample(members, 2)
            PulseAnswer.objects.create(round=asked, from_system=source.help_system, about=about, **said)
    lines = {line.day: line for line in figures(lived, 2025, today=TODAY).pulse}
    shown = 0
    for asked, picture in pictures(lived.network):
        means = [picture.pair(a, b) for a, b in (("youth", "care"), ("care", "youth"))]
        wanted = [
            None if one.trust is None or one.use is None else round((one.trust + one.use) / 2, 1)
            for one in means
        ]
        line = lines.get(asked.closes_on)
        assert ([line.of_care, line.of_youth] if line else [None, None]) == wanted
        shown += wanted != [None, None]
    assert 0 < shown < 10, "some rounds say something, some too little"


def test_figures_are_plain_data_and_can_be_read_again(lived: Agreement) -> None:
    lived_in(lived)
    need(lived, date(2024, 5, 1), 88, "yes")
    found = figures(lived, 2025, today=TODAY)
    kept = json.loads(json.dumps(found.to_json()))
    assert Figures.from_json(kept) == found
    kept["needs"]["a_field_of_a_later_version"] = 1
    assert Figures.from_json(kept) == found


def test_a_party_counts_in_the_years_in_which_it_was_bound(lived: Agreement) -> None:
    factory.left(party(lived, "Wendau"), date(2025, 3, 31))
    names = [line.name for line in figures(lived, 2026, today=TODAY).parties]
    assert names == ["Suchtberatung am Markt", "Drogenhilfe Ahlenried", "Kreisjugendamt Birkenfurt"]
    assert len(figures(lived, 2025, today=TODAY).parties) == 4


def test_an_ended_agreement_is_counted_to_its_last_day(lived: Agreement) -> None:
    ended = factory.ended(lived, date(2025, 6, 30))
    assert years_of(ended, TODAY) == [2024, 2025]
    found = figures(ended, 2025, today=TODAY)
    assert found.through == date(2025, 6, 30)
    assert found.tally.open == 0


@pytest.mark.parametrize(
    ("part", "whole", "expected"), [(0, 0, None), (1, 2, 50), (2, 3, 67), (1, 200, 1), (3, 3, 100)]
)
def test_a_share_is_whole_per_cent(part: int, whole: int, expected: int | None) -> None:
    assert share(part, whole) == expected


def test_what_was_missed_is_told_with_where_it_went_and_nobody_is_blamed(lived: Agreement) -> None:
    meeting(lived, date(2025, 2, 4))
    duties = duties_of(lived, today=TODAY)
    Escalation.objects.create(
        agreement=lived,
        question_key="committee_rhythm",
        occurrence="2025-07-01.1",
        level=1,
        level_key="committee",
    )
    told = missed_told(lived, duties, 2025)
    assert len(told) == 5, "no more than five lines"
    [line] = [one for one in told if one.text.startswith("Cooperation committee")]
    assert "due by 31 Dec, did not take place. It went to: the cooperation committee" in line.text
    assert line.url == reverse("cooperation:duty", args=[lived.pk, "committee_rhythm"])


# --- the page ---------------------------------------------------------------------------------------------


def _main(client: Client, url: str) -> str:
    """The page without its head and foot, and without the buttons that only some may press."""
    page = client.get(url)
    assert page.status_code == 200
    text = re.search(r"<main.*</main>", page.content.decode(), re.S)
    assert text is not None
    return re.sub(r'<div class="page-head__act">.*?</div>', "", text[0], flags=re.S)


def test_all_parties_and_the_coordination_see_the_same(
    lived: Agreement, browse: Callable[[str], Client]
) -> None:
    lived_in(lived)
    url = address(lived) + "?year=2025"
    first = _main(browse("jonas-reuter"), url)
    assert "<b>2 of 2</b>" in first
    assert "67 % (2 of 3)" not in first
    assert 'id="pic-duties"' in first
    for other in ("tarek-aziz", "ulrike-sand", "beate-lohmann", "miriam-hoffstedt"):
        assert _main(browse(other), url) == first


def test_who_is_no_party_does_not_find_it(
    cast: Cast, lived: Agreement, browse: Callable[[str], Client]
) -> None:
    for stranger in ("holger-esser", "karel-dewit", "inga-soerensen"):
        for name in ("lived", "reports"):
            assert browse(stranger).get(address(lived, name)).status_code == 404


def test_before_it_is_in_force_the_page_says_what_will_be_here(
    cast: Cast, lived: Agreement, browse: Callable[[str], Client]
) -> None:
    Agreement.objects.filter(pk=lived.pk).update(state="working", in_force_from=None)
    assert "not in force yet" in browse("jonas-reuter").get(address(lived)).content.decode()


def test_more_years_meetings_and_needs_cost_no_more_queries(
    lived: Agreement, browse: Callable[[str], Client]
) -> None:
    client = browse("jonas-reuter")
    lived_in(lived)
    client.get(address(lived))
    with CaptureQueriesContext(connection) as few:
        client.get(address(lived) + "?year=2025")
    for month in range(1, 13):
        meeting(
            lived,
            date(2025, month, 17),
            Kind.EXCHANGE,
            came={"Wendau": "present", "Kreisjugendamt": "absent"},
        )
        need(lived, date(2025, month, 3), 20, "yes")
    Agreement.objects.filter(pk=lived.pk).update(in_force_from=date(2019, 1, 1))
    lived.versions.update(in_force_from=date(2019, 1, 1))
    with CaptureQueriesContext(connection) as many:
        client.get(address(lived) + "?year=2025")
    assert len(many) == len(few)


def test_a_network_with_one_agreement_goes_straight_to_it_and_with_two_lets_one_choose(
    cast: Cast, lived: Agreement, browse: Callable[[str], Client]
) -> None:
    client, url = browse("jonas-reuter"), reverse("cooperation:network_lived", args=["birkenfurt"])
    assert client.get(url)["Location"] == address(lived)
    factory.in_force(
        lived.network, [cast.organizations["suchtberatung-am-markt"]], date(2024, 1, 1), title="Another one"
    )
    page = client.get(url).content.decode()
    assert "Another one" in page
    assert lived.title in page


# --- the register -----------------------------------------------------------------------------------------


def test_the_register_tells_it_to_those_who_may_enter_and_to_nobody_else(
    lived: Agreement, browse: Callable[[str], Client], act: Callable[[str], Actor]
) -> None:
    column = register_column(act("jonas-reuter"), [lived])
    assert column.cells[lived.pk].url == address(lived)
    assert address(lived) in browse("jonas-reuter").get(reverse("agreements:register")).content.decode()
    assert register_column(act("holger-esser"), [lived]).cells == {}
    page = browse("holger-esser").get(reverse("agreements:register")).content.decode()
    assert lived.title in page
    assert address(lived) not in page
    assert "only its parties and the coordination" in page


def test_the_register_asks_no_more_for_more_agreements(
    cast: Cast, lived: Agreement, act: Callable[[str], Actor]
) -> None:
    actor = act("miriam-hoffstedt")
    register_column(actor, [lived])
    with CaptureQueriesContext(connection) as one:
        register_column(actor, [lived])
    more = [
        factory.in_force(
            lived.network,
            [cast.organizations["suchtberatung-am-markt"]],
            date(2024, 1, 1),
            title=f"No. {number}",
        )
        for number in range(2)
    ]
    with CaptureQueriesContext(connection) as three:
        column = register_column(actor, [lived, *more])
    assert len(column.cells) == 3
    assert len(three) == len(one)
