"""The gallery shows every component; what is right there is right on the pages that use them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.axe import axe, scrolls_sideways
from tests.browser.conftest import DESK, PHONE


@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_every_component_is_accessible(
    new_page: Callable[..., Page], viewport: dict[str, int], scheme: str, locale: str
) -> None:
    page = new_page(viewport=viewport, locale=locale, color_scheme=scheme)
    page.goto("/components/")
    assert page.locator("html").get_attribute("lang") == locale
    assert axe(page) == []


@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1280, 1920])
def test_nothing_scrolls_sideways(new_page: Callable[..., Page], width: int) -> None:
    page = new_page(viewport={"width": width, "height": 800})
    page.goto("/components/")
    assert not scrolls_sideways(page)


def test_the_first_tab_leads_past_the_navigation(page: Page) -> None:
    page.goto("/components/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_gallery_works_without_javascript(new_page: Callable[..., Page]) -> None:
    page = new_page(java_script_enabled=False)
    page.goto("/components/")
    assert page.locator("main").is_visible()
    assert page.get_by_role("heading", level=1).first.is_visible()
