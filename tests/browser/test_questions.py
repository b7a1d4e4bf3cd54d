"""Journeys through the questions of an agreement, in a real browser."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from mtd.accounts.models import User
from mtd.agreements.actions import wording, working
from mtd.agreements.models import Agreement, Answer, Draft, NegotiationMeeting, Version
from tests.browser.axe import axe, scrolls_sideways
from tests.browser.conftest import DESK, PHONE, sign_in
from tests.cast import Cast, build_cast
from tests.factories import agreements as factory

ACK = "referral_ack"
TWO = {"number": 2, "unit": "working_days"}
FIVE = {"number": 5, "unit": "working_days"}
ORGANIZATIONS = (
    "suchtberatung-am-markt",
    "drogenhilfe-ahlenried",
    "kreisjugendamt-birkenfurt",
    "stadtjugendamt-wendau",
)
pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def people(live_server: Any) -> Cast:
    """Birkenfurt's people, reading English."""
    cast = build_cast(only={"birkenfurt"})
    User.objects.update(language="en")
    return cast


@pytest.fixture
def version(people: Cast) -> Version:
    """Birkenfurt as in the picture: most agreed, one question on which the two systems differ."""
    organizations = [people.organizations[key] for key in ORGANIZATIONS]
    agreement = factory.found(people.networks["birkenfurt"], organizations)
    factory.moderated_by(agreement, people.people["inga-soerensen"])
    skip = [ACK, "danger_ack", "joining", "leaving_notice", "signing_forms", "signing_order"]
    version = factory.agree_all(agreement, skip=skip, quick=True)
    here: dict[str, Any] = {"version": version, "question_key": ACK}
    working.set_answer(actor=people.actor("jonas-reuter"), value=TWO, base_revision=0, **here)
    say: dict[str, Any] = {"answer_revision": 1, **here}
    working.state_position(
        actor=people.actor("svenja-kolb"), stance="agree", reason="Eltern fragen am Tag danach.", **say
    )
    working.state_position(
        actor=people.actor("deniz-kaya"),
        stance="differ",
        proposal=FIVE,
        reason="In den Ferien fehlt die Vertretung.",
        **say,
    )
    working.state_position(
        actor=people.actor("beate-lohmann"),
        stance="parked",
        reason="Amtsleitung entscheidet bis 4. Dezember.",
        **say,
    )
    for who, visibility, body in (
        ("leonie-brandt", "us", "Drei Tage könnten wir mittragen, wenn die Fachkraft gleich genannt wird."),
        ("inga-soerensen", "everyone", "Am 8. Dezember nehmen wir uns dafür eine halbe Stunde."),
    ):
        wording.add_comment(
            actor=people.actor(who), version=version, question_key=ACK, visibility=visibility, body=body
        )
    NegotiationMeeting.objects.create(
        version=version,
        on="2099-12-08",
        time="9 bis 12 Uhr",
        place="Kreishaus Birkenfurt",
        topics="Kapitel 7 und 8",
    )
    return Version.objects.get(pk=version.pk)


def url(version: Version, key: str = ACK, route: str = "question") -> str:
    return reverse(f"agreements:{route}", args=[version.agreement_id, key])


def picture(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look at one."""
    folder = os.environ.get("MTD_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_every_kind_of_question_page_can_be_read_by_all_at_every_width(
    version: Version, people: Cast, new_page: Callable[..., Page], width: str
) -> None:
    page = new_page(viewport={"desk": DESK, "phone": PHONE}[width], user=people.people["jonas-reuter"])
    addresses = {
        "questions": reverse("agreements:questions", args=[version.agreement_id]),
        "question": url(version),
        "default": url(version, "danger_ack"),
        "table": url(version, "danger_steps"),
        "contact": url(version, "contact_persons"),
        "legal": url(version, "legal_foundations"),
        "text": url(version, "area"),
        "yes-no": url(version, "conference"),
        "meeting": url(version, route="meeting"),
    }
    for name, address in addresses.items():
        page.goto(address)
        picture(page, f"{name}-{width}")
        assert axe(page) == [], name
        assert not scrolls_sideways(page), name


def test_what_is_typed_is_kept_while_the_others_change_the_answer_and_after_the_session_ends(
    version: Version, people: Cast, new_page: Callable[..., Page]
) -> None:
    page = new_page(user=people.people["jonas-reuter"])
    page.goto(url(version))
    page.get_by_label("We see it differently").check()
    page.get_by_label("How long").fill("3")
    page.get_by_label("Our reason").fill("Drei Tage gehen, wenn die Fachkraft genannt wird.")
    expect(page.get_by_text("saved")).to_be_visible()
    assert Draft.objects.get().data["a-number"] == ["3"]

    working.set_answer(
        actor=people.actor("deniz-kaya"), version=version, question_key=ACK, value=FIVE, base_revision=1
    )
    expect(page.get_by_text("Kreisjugendamt Birkenfurt changed the answer")).to_be_visible(timeout=9000)
    expect(page.locator("#positions")).to_contain_text("agreed to an earlier answer")
    expect(page.get_by_label("How long")).to_have_value("3")

    page.get_by_label("We replace the answer").check()
    page.get_by_role("button", name="Hand in our position").click()
    expect(page.get_by_text("Both texts are kept")).to_be_visible()
    picture(page, "conflict-desk")
    assert axe(page) == []
    page.get_by_role("button", name="Put mine on the table").click()
    expect(page.get_by_text("The answer is on the table.")).to_be_visible()
    assert Answer.objects.get(version=version, question_key=ACK).value == {
        "number": 3,
        "unit": "working_days",
    }

    # The session ends in mid-answer: what the server could not keep any more, the window brings back.
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("We park the question").check()
    page.get_by_label("Our reason").fill("Wir fragen die Leitung.")
    expect(page.get_by_text("Not saved.")).to_be_visible()
    page.get_by_role("button", name="Hand in our position").click()
    expect(page).to_have_url(re.compile("login"))
    sign_in(page.context, people.people["jonas-reuter"], page.url.partition("/accounts")[0])
    page.goto(url(version))
    expect(page.get_by_label("Our reason")).to_have_value("Wir fragen die Leitung.")
    expect(page.get_by_label("We park the question")).to_be_checked()


def test_in_the_meeting_the_arrow_keys_go_through_the_questions(
    version: Version, people: Cast, new_page: Callable[..., Page]
) -> None:
    page = new_page(viewport={"width": 1920, "height": 1080}, user=people.people["deniz-kaya"])
    page.goto(url(version, route="meeting"))
    picture(page, "meeting-wide")
    first = page.url
    page.keyboard.press("ArrowRight")
    expect(page).not_to_have_url(first)
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(first)
    page.get_by_role("button", name="We agree").click()
    expect(page.locator(".chip--good")).to_have_count(3)


def test_the_moderation_watches_without_buttons(
    version: Version, people: Cast, new_page: Callable[..., Page]
) -> None:
    page = new_page(user=people.people["inga-soerensen"])
    page.goto(url(version, route="meeting"))
    expect(page.get_by_text("The moderation sees everything and decides nothing.")).to_be_visible()
    expect(page.get_by_role("button", name="We agree")).to_have_count(0)
    page.goto(url(version))
    expect(page.get_by_role("button", name="Hand in our position")).to_have_count(0)
    assert Agreement.objects.count() == 1
