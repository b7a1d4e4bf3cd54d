"""A real Chromium for journeys through the pages. Every page is watched for errors and foreign requests."""

import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from scripts.browser import find_chromium
from tests.browser.axe import measuring
from tests.cast import Cast, build_cast

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all journeys."""
    program = find_chromium()
    if program is None:
        pytest.skip("browser: no Chromium on this machine")
    # Playwright's loop runs in the thread of the test, and Django then takes the test for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def new_page(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Open a page of its own person: `new_page()`, `new_page(viewport=PHONE, user=user, locale="de")`."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def watch_console(message: ConsoleMessage) -> None:
        # A status such as 403 may be what the journey is about; the journey then checks it.
        if message.page in measuring or message.text.startswith("Failed to load resource"):
            return
        if message.type == "error":
            problems.append(f"console: {message.text}")

    def watch_requests(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https"} and address.netloc != urlsplit(live_server.url).netloc:
            problems.append(f"a request to a third party: {request.url}")

    def open_page(
        *, viewport: dict[str, int] = DESK, user: Any = None, locale: str = "en", **options: Any
    ) -> Page:
        context = chromium.new_context(
            viewport=viewport,  # type: ignore[arg-type]
            base_url=live_server.url,
            locale=locale,
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        if user is not None:
            sign_in(context, user, live_server.url)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", watch_console)
        page.on("pageerror", lambda error: problems.append(f"script: {error}"))
        page.on("request", watch_requests)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page as on a desk, 1280 pixels wide, signed in as nobody."""
    return new_page()


@pytest.fixture
def phone(new_page: Callable[..., Page]) -> Page:
    """A page as on a phone, 390 pixels wide, signed in as nobody."""
    return new_page(viewport=PHONE)


def sign_in(context: BrowserContext, user: Any, url: str) -> None:
    """Give this browser the session of a person who has signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The people of Birkenfurt, in English."""
    made = build_cast(only={"birkenfurt"})
    for user in made.people.values():
        type(user).objects.filter(pk=user.pk).update(language="en")
    return made
