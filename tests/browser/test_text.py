"""The text in a real browser: readable on desk and phone, without a barrier, and wording proposed by keyboard."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from mtd.accounts.models import User
from mtd.agreements.actions import annexes, wording
from mtd.agreements.models import Amendment
from tests.browser.axe import axe, scrolls_sideways
from tests.browser.conftest import PHONE
from tests.cast import build_cast
from tests.factories import agreements as factory

pytestmark = pytest.mark.django_db(databases=["default", "keys"], transaction=True)
KEY = "referral_ack"
SHOTS = os.environ.get("MTD_SHOTS", "")


@pytest.fixture
def room() -> dict[str, Any]:
    """A bilingual agreement with a proposal, a change to it, comments and annexes."""
    cast = build_cast(only={"birkenfurt"})
    User.objects.update(language="en")
    keys = ("suchtberatung-am-markt", "kreisjugendamt-birkenfurt", "stadtjugendamt-wendau")
    agreement = factory.found(
        cast.networks["birkenfurt"], [cast.organizations[key] for key in keys], second_language="en"
    )
    version = factory.agree_all(agreement, skip=["area"], quick=True)
    jonas, deniz = cast.actor("jonas-reuter"), cast.actor("deniz-kaya")
    first = wording.propose(
        actor=jonas,
        version=version,
        question_key=KEY,
        language="de",
        text="Wer vermittelt hat, erfährt innerhalb von zwei Arbeitstagen, dass die Vermittlung angekommen ist.",
        reason="Kürzer und in der Sprache der Praxis.",
    )
    wording.propose(
        actor=deniz,
        version=version,
        question_key=KEY,
        language="de",
        text="Wer vermittelt hat, erfährt innerhalb von drei Arbeitstagen, dass die Vermittlung angekommen ist.",
        reason="In den Ferien schaffen wir zwei nicht.",
        parent=first,
    )
    for visibility, body in (
        ("us", "Drei Tage könnten wir mittragen."),
        ("everyone", "Am 8. Dezember reden wir."),
    ):
        wording.add_comment(actor=jonas, version=version, question_key=KEY, visibility=visibility, body=body)
    made = annexes.create_default_annexes(actor=jonas, version=version)
    return {"agreement": agreement, "annexes": made, "jonas": cast.people["jonas-reuter"]}


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desk", "phone"])
def test_text_clause_log_and_annexes_have_no_barrier(
    room: dict[str, Any], new_page: Callable[..., Page], live_server: Any, viewport: dict[str, int] | None
) -> None:
    extra = {"viewport": viewport} if viewport else {}
    page = new_page(user=room["jonas"], locale="en", **extra)
    pk = room["agreement"].pk
    chart = next(one for one in room["annexes"] if one.kind == "endangerment")
    contacts = next(one for one in room["annexes"] if one.kind == "contacts")
    addresses = {
        "text": reverse("agreements:text", args=[pk]),
        "clause": reverse("agreements:clause", args=[pk, KEY]),
        "log": reverse("agreements:log", args=[pk]),
        "annexes": reverse("agreements:annexes", args=[pk]),
        "chart": reverse("agreements:annex", args=[pk, chart.pk]),
        "contacts": reverse("agreements:annex", args=[pk, contacts.pk]),
    }
    for name, address in addresses.items():
        page.goto(live_server.url + address)
        if SHOTS:
            size = "390" if viewport else "1280"
            page.screenshot(path=str(Path(SHOTS) / f"{name}-{size}.png"), full_page=name != "text")
        page.evaluate("for (const d of document.querySelectorAll('main details')) d.open = true")
        assert axe(page) == [], name
        assert not scrolls_sideways(page), name


def test_a_wording_is_proposed_with_the_keyboard_alone(
    room: dict[str, Any], new_page: Callable[..., Page], live_server: Any
) -> None:
    page = new_page(user=room["jonas"], locale="en")
    page.goto(live_server.url + reverse("agreements:clause", args=[room["agreement"].pk, KEY]))
    page.locator("#own-en > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("Who referred a family hears within two working days that it has arrived.")
    page.keyboard.press("Tab")
    page.keyboard.type("It is easier to read.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Your wording is proposed")
    assert Amendment.objects.filter(language="en", reason="It is easier to read.").count() == 1
