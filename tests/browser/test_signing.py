"""Adopting, signing and checking in a real browser: with the keyboard, on a desk and on a phone."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.urls import reverse
from playwright.sync_api import Page, expect

from mtd.accounts.models import User
from mtd.agreements.models import Agreement, Signature, Version
from mtd.organizations.queries import leads_of
from tests.browser.axe import axe, scrolls_sideways
from tests.browser.conftest import DESK, PHONE
from tests.cast import build_cast
from tests.factories import agreements as factory
from tests.factories import signing as stage

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
SHOTS = os.environ.get("MTD_SHOTS", "")


@pytest.fixture
def agreement(live_server: Any) -> Agreement:
    """Four parties of Birkenfurt, reading English."""
    cast = build_cast(only={"birkenfurt"})
    User.objects.update(language="en")
    names = (
        "suchtberatung-am-markt",
        "drogenhilfe-ahlenried",
        "kreisjugendamt-birkenfurt",
        "stadtjugendamt-wendau",
    )
    return factory.found(cast.networks["birkenfurt"], [cast.organizations[name] for name in names])


def sign_apart(signature: Signature) -> None:
    """Sign in a thread of its own: the browser's driver keeps an event loop in this one."""

    def work() -> None:
        try:
            stage.sign_here(signature)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()


def look(page: Page, name: str, width: dict[str, int]) -> None:
    assert axe(page) == [], name
    assert not scrolls_sideways(page), name
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}-{width['width']}.png"), full_page=True)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_signer_reads_signs_and_checks(
    agreement: Agreement, new_page: Callable[..., Page], settings: Any, size: dict[str, int]
) -> None:
    settings.MTD_DEMO = True
    party = factory.party(agreement, "Markt")
    lead = leads_of(party.organization).get()
    page = new_page(viewport=size, user=lead)
    sign = reverse("agreements:sign", args=[agreement.pk])
    life = reverse("agreements:life", args=[agreement.pk])
    page.goto(sign)
    look(page, "sign-working", size)
    page.goto(life)
    look(page, "life-working", size)
    version = stage.adopting(agreement)
    stage.adopt(version, factory.party(agreement, "Kreisjugendamt"))
    stage.mandate(party)
    page.goto(sign)
    look(page, "sign-adopting", size)
    signing_round = stage.frozen(agreement)
    sign_apart(stage.place(signing_round, 1))
    page.goto(sign)
    look(page, "sign-signing", size)
    page.get_by_role("link", name="Read and sign").click()
    look(page, "signature", size)
    page.get_by_role("button", name="I have read the text").click()
    page.get_by_label("Type your name").fill(lead.full_name)
    for attempt in range(3):  # looking takes time: the code may run out, and the page then shows the next one
        said = page.get_by_text("Demonstration: your code is now").inner_text()
        page.get_by_label("Code of your second factor").fill("".join(c for c in said if c.isdigit()))
        if attempt == 0:
            look(page, "signature-ready", size)
        with page.expect_navigation():
            page.get_by_label("Code of your second factor").press("Enter")
        if not page.get_by_text("Please type the one shown now.").count():
            break
    expect(page.get_by_text("You have signed.")).to_be_visible()
    look(page, "signature-done", size)
    place = Signature.objects.get(round=signing_round, party=party)
    assert place.state == Signature.State.SIGNED
    for number in (2, 3):
        sign_apart(stage.place(signing_round, number))
    Version.objects.filter(pk=version.pk).update(state="in_force")
    agreement.refresh_from_db()
    Agreement.objects.filter(pk=agreement.pk).update(
        state="in_force", in_force_from="2026-01-01", review_on="2026-11-01"
    )
    page.goto(sign)
    look(page, "sign-signed", size)
    page.goto(life)
    look(page, "life", size)
    guest = new_page(viewport=size)
    guest.goto("/verify/")
    look(guest, "verify-empty", size)
    file = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": stage.current_file(signing_round)}
    guest.get_by_label("The signed PDF").set_input_files([file])  # type: ignore[list-item]
    guest.get_by_role("button", name="Check").click()
    expect(guest.get_by_role("heading", name="This agreement is in force")).to_be_visible()
    look(guest, "verify", size)
    for name in ("landing", "danger", "help", "accessibility", "stored", "imprint"):
        guest.goto(reverse(f"public:{name}"))
        look(guest, name, size)
