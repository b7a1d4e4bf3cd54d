"""The identity guard while somebody types: marks, one click, the way by keyboard, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from mtd.cooperation.models import Need
from tests.browser.axe import axe, scrolls_sideways
from tests.browser.conftest import DESK, PHONE
from tests.cast import Cast

NewPage = Callable[..., Page]
MAIL = "anna.kowalczyk@example.org"
PHONE_NUMBER = "+49 2761 9400123"


@pytest.fixture
def open_need(new_page: NewPage, cast: Cast) -> Callable[..., Page]:
    """The page on which a need is raised."""

    def go(**options: object) -> Page:
        page = new_page(user=cast.people["jonas-reuter"], **options)
        page.goto(reverse("cooperation:need_new", args=["birkenfurt"]))
        return page

    return go


@pytest.mark.parametrize("viewport", [DESK, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_must_go_is_marked_while_typing_and_listed_beside_it(
    open_need: Callable[..., Page], viewport: dict[str, int], scheme: str
) -> None:
    page = open_need(viewport=viewport, color_scheme=scheme)
    field = page.get_by_label("What does not work, or is missing?")
    field.fill(f"We cannot reach the mother.\nShe wrote to {MAIL} twice and then again to {MAIL} last week.")
    find = page.locator("#id_text-find-1")
    expect(find).to_contain_text("must go")
    expect(find).to_contain_text(MAIL)
    marks = page.locator(".guard__marks .mk--certain")
    expect(marks).to_have_count(2)
    expect(marks.first).to_contain_text(MAIL)
    expect(page.get_by_role("status").filter(has_text="One passage must go.")).to_have_count(1)
    assert axe(page) == []
    assert not scrolls_sideways(page)
    layer = page.locator(".guard__marks").bounding_box()
    box = field.bounding_box()
    assert layer is not None
    assert box is not None
    assert abs(layer["x"] - box["x"]) < 1
    assert abs(layer["y"] - box["y"]) < 1
    assert abs(layer["width"] - box["width"]) < 1  # paper behind the scrollbar too


def test_nothing_is_sent_while_a_passage_must_go_and_everything_typed_stays(
    open_need: Callable[..., Page],
) -> None:
    page = open_need()
    text = f"Please write to {MAIL} about the waiting time."
    page.get_by_label("What does not work, or is missing?").fill(text)
    page.get_by_role("button", name="Raise", exact=False).first.click()
    expect(page.locator(".form-errors")).to_contain_text("One passage must go.")
    expect(page.get_by_label("What does not work, or is missing?")).to_have_value(text)
    expect(page.locator(".guard__marks .mk--certain")).to_have_count(1)
    assert Need.objects.count() == 0
    page.get_by_role("button", name="Write it differently").click()
    assert (
        page.evaluate(
            "getSelection().toString() || document.activeElement.value.slice("
            "document.activeElement.selectionStart, document.activeElement.selectionEnd)"
        )
        == MAIL
    )
    page.keyboard.type("the office")
    expect(page.locator("[data-guard-list]")).to_contain_text("Nothing found")
    page.get_by_role("button", name="Raise", exact=False).first.click()
    expect(page.locator(".form-errors")).to_have_count(0)
    assert Need.objects.count() == 1


def test_where_the_check_cannot_be_reached_the_page_says_that_it_comes_at_sending(
    open_need: Callable[..., Page],
) -> None:
    page = open_need()

    def fail(route: Route) -> None:
        route.fulfill(status=503)

    page.route("**/guard/", fail)
    page.get_by_label("What does not work, or is missing?").fill(f"Write to {MAIL}.")
    expect(page.locator(".guard__left--failed")).to_contain_text("It is done when you send.")
    page.get_by_role("button", name="Raise", exact=False).first.click()
    expect(page.locator(".form-errors")).to_contain_text("One passage must go.")


def test_without_any_script_the_passages_are_shown_at_sending(open_need: Callable[..., Page]) -> None:
    page = open_need(java_script_enabled=False)
    page.get_by_label("What does not work, or is missing?").fill(f"Write to {MAIL} now.")
    page.get_by_role("button", name="Raise", exact=False).first.click()
    expect(page.locator("#id_text-find-1")).to_contain_text("must go")
    expect(page.locator("#id_text-find-1")).to_contain_text(MAIL)
    expect(page.locator("[data-guard-write]")).to_be_hidden()


def test_one_click_takes_the_suggestion_the_next_passage_gets_the_focus_and_undo_brings_the_words_back(
    open_need: Callable[..., Page],
) -> None:
    page = open_need()
    field = page.get_by_label("What does not work, or is missing?")
    text = "They moved to Hückelhoven last year. We met Leyla at the office."
    field.fill(text)
    expect(page.locator("[data-find]")).to_have_count(2)
    expect(page.get_by_role("status").filter(has_text="Please check 2 passages.")).to_have_count(1)
    town = page.locator("[data-find]", has_text="Hückelhoven")
    suggestion = town.locator(".find__new").inner_text().removeprefix("better:").strip()
    take = town.get_by_role("button", name=f"Take it: {suggestion}")
    take.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-find]")).to_have_count(1)
    expect(field).to_have_value(text.replace("Hückelhoven", suggestion))
    expect(page.locator("[data-find] button:focus")).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text="Please check one passage.")).to_have_count(1)
    field.focus()
    page.keyboard.press("Control+z")
    expect(field).to_have_value(text)
    expect(page.locator("[data-find]")).to_have_count(2)


def test_a_passage_may_stay_for_a_reason_chosen_by_keyboard_and_the_text_then_goes_through(
    open_need: Callable[..., Page],
) -> None:
    page = open_need(viewport=PHONE)
    text = "We met Leyla at the office."
    page.get_by_label("What does not work, or is missing?").fill(text)
    summary = page.locator("[data-find] summary")
    summary.focus()
    page.keyboard.press("Enter")
    choice = page.get_by_label("Keep “Leyla”, because")
    choice.focus()
    choice.select_option("professional")
    expect(page.locator("[data-find]")).to_contain_text("stays")
    expect(choice).to_be_focused()
    expect(page.locator(".guard__marks .mk--kept")).to_have_count(1)
    assert axe(page) == []
    assert not scrolls_sideways(page)
    page.get_by_role("button", name="Raise", exact=False).first.click()
    expect(page.locator(".form-errors")).to_have_count(0)
    assert Need.objects.count() == 1
