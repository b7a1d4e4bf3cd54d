"""The Siegen idea from end to end: a worker raises a need, a body decides, the answer comes back, the year shows it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from mtd.agreements.models import Agreement
from mtd.cooperation.jobs import take_in_decisions
from mtd.cooperation.models import Need
from mtd.meetings.models import Meeting
from tests.browser.axe import axe, scrolls_sideways
from tests.browser.conftest import PHONE
from tests.browser.hands import apart
from tests.cast import Cast
from tests.factories import agreements as factory
from tests.factories import signing as signed
from tests.factories.meetings import a_meeting

NewPage = Callable[..., Page]
WORDS = "Während der Gruppe achtet niemand auf die kleinen Kinder."


@pytest.fixture
def lived(cast: Cast) -> Agreement:
    both = [cast.organizations[key] for key in ("kreisjugendamt-birkenfurt", "suchtberatung-am-markt")]
    agreement = factory.found(cast.networks["birkenfurt"], both, title="Gelebte Vereinbarung")
    apart(lambda: signed.living(agreement))
    return Agreement.objects.select_related("network").get(pk=agreement.pk)


def test_a_need_goes_up_and_its_answer_comes_back(new_page: NewPage, lived: Agreement, cast: Cast) -> None:
    slug = lived.network.slug
    worker = new_page(user=cast.people["jonas-reuter"], viewport=PHONE)
    worker.goto(reverse("cooperation:needs", args=[slug]))
    worker.get_by_role("link", name="Raise a need").first.click()
    worker.get_by_label("What does not work, or is missing?").fill(WORDS)
    worker.get_by_label("An offer is missing").check()
    worker.get_by_role("button", name="Raise this need").click()
    expect(worker.locator("main")).to_contain_text(WORDS)
    need = Need.objects.get()
    assert need.text == WORDS

    committee = a_meeting(lived.network)
    coordinator = new_page(user=cast.people["miriam-hoffstedt"])
    coordinator.goto(reverse("meetings:agenda", args=[committee.pk]))
    expect(coordinator.locator("main")).to_contain_text(WORDS)
    coordinator.get_by_role("button", name="Take").first.click()
    expect(coordinator.locator(".messages")).to_be_visible()
    item = committee.agenda_items.get(source_kind="need", source_id=str(need.group_id))

    start = timezone.now() - timedelta(hours=3)
    Meeting.objects.filter(pk=committee.pk).update(starts_at=start, ends_at=start + timedelta(hours=2))
    coordinator.goto(reverse("meetings:minutes", args=[committee.pk]))
    place = coordinator.locator(f"#item-{item.pk}")
    place.get_by_role("link", name="Note a decision").click()
    form = place.locator(".rowform")
    form.get_by_label("What was decided").fill("Eine Spielecke im Familienzentrum, dienstags.")
    form.get_by_label("Reason").fill("Der Raum ist frei.")
    form.get_by_role("button", name="Save").click()
    expect(place.locator(".result")).to_contain_text("Eine Spielecke")
    coordinator.get_by_role("button", name="Send out").click()
    expect(coordinator.locator(".messages")).to_contain_text("on their way")

    take_in_decisions()
    worker.goto(reverse("cooperation:need", args=[slug, need.group_id]))
    expect(worker.locator("main")).to_contain_text("Eine Spielecke im Familienzentrum, dienstags.")
    expect(worker.locator("main")).to_contain_text("Der Raum ist frei.")
    assert axe(worker) == []
    assert not scrolls_sideways(worker)
    worker.get_by_label("it helped", exact=True).check()
    worker.locator("form", has=worker.get_by_label("it helped", exact=True)).get_by_role("button").click()
    need.refresh_from_db()
    assert need.helped == "yes"

    coordinator.goto(reverse("cooperation:lived", args=[lived.pk]))
    expect(coordinator.locator("main")).to_contain_text("Eine Spielecke im Familienzentrum, dienstags.")
    assert axe(coordinator) == []


def test_the_year_counts_what_was_held_and_what_a_party_states(
    new_page: NewPage, lived: Agreement, cast: Cast
) -> None:
    a_meeting(lived.network, when=timezone.now() - timedelta(days=1), held=True)
    page = new_page(user=cast.people["leonie-brandt"])
    page.goto(reverse("cooperation:year", args=[lived.network.slug]))
    row = page.locator("tr", has_text="Cooperation committee").first
    expect(row).to_contain_text("1 of 2")
    row.get_by_role("link", name="Cooperation committee").click()
    expect(page.locator("main")).to_contain_text("At least once every half-year")
    expect(page.locator("main")).to_contain_text("Meeting held")
    assert axe(page) == []
    page.goto(reverse("agreements:clause", args=[lived.pk, "committee_rhythm"]))
    page.get_by_role("link", name="How this duty is kept").click()
    expect(page).to_have_url(re.compile(r"/duties/committee_rhythm/$"))
