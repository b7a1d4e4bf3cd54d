"""From the invitation's link to signing in with a passkey, through the pages."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from mtd.accounts.queries import second_factors
from mtd.core.actor import Role
from mtd.notifications.models import Message
from mtd.organizations import actions
from tests.browser.axe import axe, scrolls_sideways
from tests.browser.conftest import DESK, PHONE
from tests.cast import build_cast

PASSWORD = "ein ganzer Satz ohne Punkt"


def invitation_link() -> str:
    cast = build_cast(only={"birkenfurt"})
    actions.invite(
        actor=cast.actor("leonie-brandt"),
        email="neu@markt.example",
        role=Role.WORKER,
        language="en",
        organization=cast.organizations["suchtberatung-am-markt"],
    )
    found = re.search(r"/organizations/invitation/[\w-]+/", Message.objects.get().body)
    assert found is not None
    return found[0]


def add_authenticator(page: Page) -> Any:
    """A passkey device that says yes, as Chromium offers it to tests."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_an_invited_person_sets_up_a_passkey_and_signs_in_with_it(
    new_page: Callable[..., Page], transactional_db: None, viewport: dict[str, int]
) -> None:
    link = invitation_link()
    page = new_page(viewport=viewport)
    add_authenticator(page)

    page.goto(link)
    assert axe(page) == []
    page.get_by_label("Your name").fill("Neue Kollegin")
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_label("The password once more").fill(PASSWORD)
    page.get_by_role("button", name="Accept the invitation").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("second factor")
    assert axe(page) == []
    page.get_by_role("link", name="Add a passkey").click()
    page.locator("input[name=passwordless]").check()
    assert axe(page) == []
    page.get_by_role("button", name="Add a passkey").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("recovery codes")
    assert axe(page) == []
    page.get_by_role("link", name="I have put them in a safe place").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Neue Kollegin")
    assert axe(page) == []
    assert not scrolls_sideways(page)

    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/")
    assert axe(page) == []
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Neue Kollegin")

    from mtd.accounts.models import User

    assert second_factors(User.objects.get(email="neu@markt.example")) == {"webauthn", "recovery_codes"}


def test_a_worker_finds_colleagues_and_partners_with_the_keyboard(
    new_page: Callable[..., Page], transactional_db: None
) -> None:
    cast = build_cast(only={"birkenfurt"})
    page = new_page(user=cast.people["jonas-reuter"])
    page.goto("/organizations/")
    assert axe(page) == []
    link = page.get_by_role("link", name="Stadtjugendamt Wendau").first
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Wendau")
    expect(page.get_by_text("Ralf Timmermann")).to_be_visible()
    expect(page.get_by_role("link", name="Invite a colleague")).to_have_count(0)
    assert axe(page) == []
