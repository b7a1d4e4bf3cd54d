"""A case discussion with one screen on the wall and one in a hand; and the page for danger on paper."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from mtd.consultations.actions import rounds
from mtd.consultations.models import Consultation, Contribution, Round, Step, Way
from mtd.meetings.models import Kind
from tests.browser.axe import axe, scrolls_sideways
from tests.browser.conftest import PHONE
from tests.browser.hands import apart
from tests.cast import Cast
from tests.factories import agreements as factory
from tests.factories import cooperation as agreed
from tests.factories import signing as signed
from tests.factories.consultations import a_case
from tests.factories.meetings import a_meeting

NewPage = Callable[..., Page]
WALL = {"width": 1280, "height": 720}


@pytest.fixture
def question(cast: Cast) -> Consultation:
    """A question of Jonas for the next case discussion, to which Deniz is invited."""
    both = [cast.organizations[key] for key in ("kreisjugendamt-birkenfurt", "suchtberatung-am-markt")]
    agreement = factory.found(cast.networks["birkenfurt"], both, title="Gelebte Vereinbarung")
    apart(lambda: signed.living(agreement))
    people = [cast.people[key] for key in ("jonas-reuter", "deniz-kaya")]
    meeting = a_meeting(cast.networks["birkenfurt"], Kind.CASE_DISCUSSION, people=people)
    now = timezone.now()
    return Consultation.objects.create(
        year=now.year,
        serial=1,
        network=cast.networks["birkenfurt"],
        agreement=agreement,
        way=Way.DISCUSSION,
        organization=cast.organizations["suchtberatung-am-markt"],
        asked_by=cast.people["jonas-reuter"],
        meeting=meeting,
        state=Consultation.State.SENT,
        topic="talking",
        case=a_case().to_json(),
        kept="{}",
        changed_at=now,
        sent_at=now,
        due_at=now + timedelta(days=14),
        ends_on=timezone.localdate() + timedelta(days=100),
    )


def test_a_wall_and_a_phone_follow_the_same_discussion_and_nothing_typed_is_lost(
    new_page: NewPage, question: Consultation, cast: Cast
) -> None:
    address = reverse("consultations:round", args=[question.pk])
    phone = new_page(user=cast.people["jonas-reuter"], viewport=PHONE)
    phone.goto(address)
    wall = new_page(user=cast.people["deniz-kaya"], viewport=WALL)
    wall.goto(address)
    wall.get_by_role("button", name="Begin the discussion").click()
    wall.get_by_role("link", name="Large, for a projector").click()
    expect(phone.locator("#round")).to_be_visible()  # by itself

    note = wall.get_by_label("Note", exact=True)
    note.fill("The grandmother is there every day.")
    wall.get_by_role("button", name="Stop the clock").click()
    expect(wall.get_by_role("button", name="Let the clock run")).to_be_focused()
    expect(note).to_have_value("The grandmother is there every day.")
    for part in (".rnow", ".rclock__t", "#r-next"):  # on the wall without scrolling
        box = wall.locator(part).bounding_box()
        assert box
        assert box["y"] + box["height"] <= WALL["height"], part
    assert axe(wall) == []
    assert axe(phone) == []
    assert not scrolls_sideways(phone)

    def to_the_last_step() -> None:
        group = Round.objects.get()
        while group.step != Step.TAKE_ALONG:
            group = rounds.go_on(actor=cast.actor("deniz-kaya"), group=group, sequence=group.sequence)

    phone.get_by_label("Note", exact=True).fill("Ask the uncle along.")
    apart(to_the_last_step)
    expect(phone.locator(".rnow h2")).to_have_text("What I take along")
    expect(phone.locator("[data-round-says]")).to_contain_text("What I take along")
    expect(phone.get_by_label("Note", exact=True)).to_have_value("Ask the uncle along.")
    phone.get_by_role("button", name="Add the note").click()
    expect(phone.locator("body")).to_contain_text("Who moderates ticks what you take along")
    wall.goto(address)
    wall.get_by_role("checkbox", name="Ask the uncle along.").check()
    wall.get_by_role("button", name="5 minutes more").click()
    expect(wall.locator(".rclock")).to_contain_text("10 minutes left")
    expect(wall.get_by_role("checkbox", name="Ask the uncle along.")).to_be_checked()
    wall.get_by_role("button", name="Finish and write the protocol").click()
    expect(wall.locator(".messages")).to_contain_text("finished")
    expect(phone.locator(".rdone")).to_be_visible()
    assert "– Ask the uncle along." in Contribution.objects.get().text


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_to_do_now_fits_on_one_page_of_paper(new_page: NewPage, cast: Cast, language: str) -> None:
    both = [cast.organizations[key] for key in ("kreisjugendamt-birkenfurt", "suchtberatung-am-markt")]
    steps = ["notice", "adviser", "family", "weigh", "inform", "protect", "answer"]
    rows = [
        {"step": one, "who": "whoever_notices", "whom": "the adviser on duty", "by_when": "same day"}
        for one in steps
    ]
    apart(
        lambda: agreed.in_force(
            cast.networks["birkenfurt"],
            both,
            date(2024, 1, 1),
            {**agreed.SHARED, "danger_steps": {"rows": rows}},
        )
    )
    user = cast.people["jonas-reuter"]
    type(user).objects.filter(pk=user.pk).update(language=language)
    page = new_page(user=user, locale=language)
    page.goto(reverse("public:danger_now"))
    expect(page.locator(".danger__steps li")).to_have_count(len(steps))
    paper = PdfReader(io.BytesIO(page.pdf(format="A4")))
    assert len(paper.pages) == 1
