"""Every page there is, asked of each address by itself: a page added tomorrow is looked at without a line here.

The world of the access matrix gives every address something to show. For each address the first person who may read it
opens it, on a desk and on a phone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import Page

from mtd.accounts.models import User
from mtd.agreements.actions import founding, lifecycle
from mtd.agreements.models import Agreement
from mtd.organizations.queries import actor_for, coordinators_of
from tests.architecture.test_access import listed, routes
from tests.architecture.world import KINDS, PEOPLE, World, build_world
from tests.browser.axe import axe, scrolls_sideways
from tests.browser.conftest import DESK, PHONE
from tests.browser.hands import apart
from tests.factories import agreements as factory
from tests.factories import signing as signed

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

READERS = ("lead", "coordinator", "programme", "nobody", "worker", "moderator", "stranger")
"""Who opens an address: the first of these who may read it. The lead of a party sees most, and has most to do."""

ROOMS = ("overview", "questions", "text", "annexes", "road", "parties", "sign", "life", "log", "guide_move")
NOT_PAGES = re.compile(r"logout|draft|pulse|^components$")
"""Addresses whose answer is no page, whose page ends the session, and the gallery, which has tests of its own."""

Place = tuple[str, str, str]
"""(what it is, path, who opens it)"""


def _more(world: World) -> dict[str, Agreement]:
    """Agreements in the states the world of the access matrix has not got."""
    network = world.cast.networks["birkenfurt"]
    both = [world.cast.organizations[key] for key in ("kreisjugendamt-birkenfurt", "suchtberatung-am-markt")]
    coordinator = coordinators_of(network).first()
    assert coordinator is not None
    actor = actor_for(coordinator)
    fresh = factory.found(network, both, title="Gerade begonnen")
    adopting = factory.found(network, both, title="Vor den Gremien")
    signed.adopting(adopting)
    given_up = factory.found(network, both, title="Aufgegeben")
    founding.abandon(actor=actor, version=given_up.versions.get(), reason="Die Träger werden eins.")
    lifecycle.begin_amendment(
        actor=actor, agreement=world.lived, kind="amendment", reason="Eine Frist wird kürzer."
    )
    return {
        "fresh": fresh,
        "adopting": adopting,
        "abandoned": given_up,
        "signing": world.signing,
        "amended": world.lived,
    }


def _places(world: World) -> list[Place]:
    """Every address that answers with a page, and every room of an agreement in every state."""
    places: list[Place] = [
        ("nowhere", "/nowhere/", "nobody"),
        ("nowhere, signed in", "/nowhere/", "lead"),
        ("forbidden", reverse("organizations:invite_to_programme"), "lead"),
    ]
    table = listed()
    for route, arguments in routes().items():
        answers = dict(zip(PEOPLE, table[(route, "GET")], strict=True))
        who = next((person for person in READERS if answers[person] == "200"), "")
        if who and not NOT_PAGES.search(route):
            given = world.names | world.arguments(route, "")
            there = {name: given[name] for name in arguments}
            places.append((route, route if route.startswith("/") else reverse(route, kwargs=there), who))
    for state, agreement in _more(world).items():
        for room in ROOMS:
            places.append((f"{room}, {state}", reverse(f"agreements:{room}", args=[agreement.pk]), "lead"))
    for key in ("danger_steps", "contact_persons", "legal_foundations", "conference"):
        places.append((key, reverse("agreements:question", args=[world.working.pk, key]), "lead"))
    return [place for place in places if _is_page(world, *place)]


def _is_page(world: World, name: str, path: str, who: str) -> bool:
    """Not a file, and not an address that sends on."""
    cache.clear()
    answer = world.client(who).get(path)
    return answer.status_code != 302 and answer.headers.get("Content-Type", "").startswith("text/html")


@pytest.fixture
def places(live_server: Any, settings: Any) -> tuple[World, list[Place]]:
    """The world and what there is to see in it."""
    settings.MTD_DEMO = True
    world, found = apart(lambda: (made := build_world(), _places(made)))
    assert len(found) > 80
    return world, found


def in_turn(
    new_page: Callable[..., Page], world: World, places: list[Place], **options: Any
) -> Iterator[tuple[str, Page]]:
    """Each place opened by whoever may read it, with its name."""
    pages: dict[str, Page] = {}
    for name, path, who in places:
        if who not in pages:
            user = world.cast.people[KINDS[who]] if who in KINDS else None
            pages[who] = new_page(user=user, **options)
        answer = pages[who].goto(path)
        assert answer is not None
        assert answer.status == REFUSED.get(name, 200), f"{name}: {answer.status}"
        yield name, pages[who]


def picture(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look at one."""
    folder = os.environ.get("MTD_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{re.sub('[^a-z0-9]+', '-', name.lower())}.png", full_page=True)


REFUSED = {"nowhere": 404, "nowhere, signed in": 404, "forbidden": 403}
DARK = (
    "home:home",
    "agreements:overview",
    "agreements:question",
    "agreements:text",
    "agreements:road",
    "sign, signing",
    "life, amended",
    "cooperation:year",
    "cooperation:lived",
    "consultations:page",
    "consultations:story",
    "meetings:minutes",
    "public:landing",
)


def test_every_page_can_be_read_by_everybody_on_a_desk_and_on_a_phone_without_scripts_and_in_the_dark(
    places: tuple[World, list[Place]], new_page: Callable[..., Page]
) -> None:
    world, found = places
    people = [user.full_name for user in User.objects.all()]
    wrong: list[str] = []
    for name, page in in_turn(new_page, world, found):
        wrong += [f"{name}: {problem}" for problem in _seen(page, people)]
        picture(page, name)
    for name, page in in_turn(new_page, world, found, java_script_enabled=False):
        wrong += [f"{name}, without scripts: {problem}" for problem in _by_keyboard(page)]
    some = [place for place in found if place[0] in DARK]
    assert len(some) == len(DARK)
    for name, page in in_turn(new_page, world, some, color_scheme="dark", viewport=PHONE):
        wrong += [f"{name}, dark: {problem}" for problem in axe(page)]
    assert not wrong, "\n".join(wrong)


def _seen(page: Page, people: list[str]) -> Iterator[str]:
    """What is wrong with the page for those who see or hear it, at both widths."""
    if page.locator("h1").count() != 1:
        yield f"{page.locator('h1').count()} headings of the first level"
    title = page.title()
    if not title.removesuffix("Make the Difference").strip(" –"):
        yield "no title"
    yield from (f"{person} stands in the title" for person in people if person in title)
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        yield from (f"{size['width']}: {problem}" for problem in axe(page))
        if scrolls_sideways(page):
            yield f"{size['width']}: scrolls sideways"


def _by_keyboard(page: Page) -> Iterator[str]:
    """What is wrong with the page for those who have a keyboard and no scripts."""
    page.keyboard.press("Tab")
    first = page.locator(":focus")
    target = first.get_attribute("href") if first.count() else None
    if target is None or not target.startswith("#"):
        yield "the first Tab does not lead to the content"
    elif not page.locator(f"main{target}, main {target}").count():
        yield "the way to the content leads nowhere"
    if not page.locator("main h1").is_visible():
        yield "nothing to read"
