"""A meeting is written down on one screen: by two at once, on a desk and on a phone, until the minutes are final."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from mtd.meetings.actions import add_item, write_notes
from mtd.meetings.models import AgendaItem, Meeting
from mtd.meetings.queries.agenda import items_of
from tests.browser.axe import axe, scrolls_sideways
from tests.browser.conftest import PHONE
from tests.cast import Cast
from tests.factories.meetings import a_meeting

NewPage = Callable[..., Page]


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    """A committee that began a moment ago, with two items."""
    boss = cast.actor("miriam-hoffstedt")
    made = a_meeting(cast.networks["birkenfurt"])
    start = timezone.now() - timedelta(minutes=1)
    Meeting.objects.filter(pk=made.pk).update(starts_at=start, ends_at=start + timedelta(hours=2))
    for title in ("Wartezeiten", "Termine"):
        add_item(actor=boss, meeting=made, title=title)
    return Meeting.objects.select_related("network").get(pk=made.pk)


def at(meeting: Meeting) -> str:
    return reverse("meetings:minutes", args=[meeting.pk])


def noted(item: AgendaItem) -> str:
    return AgendaItem.objects.get(pk=item.pk).notes


@pytest.mark.parametrize("phone", [False, True])
def test_a_meeting_is_written_down_and_sent_out(
    new_page: NewPage, meeting: Meeting, cast: Cast, phone: bool
) -> None:
    options = {"viewport": PHONE} if phone else {}
    page = new_page(user=cast.people["miriam-hoffstedt"], **options)
    first = items_of(meeting)[0]
    page.goto(at(meeting))
    assert not scrolls_sideways(page)
    leonie = page.locator(".people__one", has_text="Leonie Brandt")
    leonie.get_by_role("button", name="excused").click()
    expect(leonie.get_by_role("button", name="excused")).to_have_attribute("aria-pressed", "true")
    item = page.locator(f"#item-{first.pk}")
    item.get_by_label("Notes").fill("Im Schnitt fünf Wochen.")
    expect(item.locator("[data-saved]")).to_contain_text("saved ")
    expect(item.get_by_role("button", name="discussed", exact=True)).to_have_attribute("aria-pressed", "true")
    item.get_by_label("Notes").fill("Im Schnitt vier Wochen.")
    item.get_by_role("link", name="Note a decision").click()
    form = item.locator(".rowform")
    form.get_by_role("button", name="Save").click()
    form.get_by_label("What was decided").fill("Zwei feste Termine in der Woche.")
    form.get_by_role("button", name="Save").click()
    expect(item.locator(".result")).to_contain_text("Zwei feste Termine")
    expect(item.get_by_label("Notes")).to_have_value("Im Schnitt vier Wochen.")
    assert axe(page) == []
    page.get_by_role("button", name="Send out").click()
    expect(page.locator(".messages")).to_contain_text("on their way")
    expect(page.locator("main")).to_contain_text("Im Schnitt vier Wochen.")
    assert axe(page) == []


def test_two_who_write_at_once_keep_both_texts(new_page: NewPage, meeting: Meeting, cast: Cast) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(minute_taker=cast.people["leonie-brandt"])
    mine = new_page(user=cast.people["miriam-hoffstedt"])
    theirs = new_page(user=cast.people["leonie-brandt"])
    first = items_of(meeting)[0]
    for page in (mine, theirs):
        page.goto(at(meeting))
    item = f"#item-{first.pk}"
    theirs.locator(item).get_by_label("Notes").fill("Ihr Satz.")
    expect(theirs.locator(item).locator("[data-saved]")).to_contain_text("saved ")
    mine.locator(item).get_by_label("Notes").fill("Mein Satz.")
    box = mine.locator(item).locator(".conflict")
    expect(box).to_contain_text("Both texts are kept")
    expect(box).to_contain_text("Ihr")
    expect(mine.locator(item).get_by_label("Notes")).to_have_value("Mein Satz.")
    box.get_by_role("button", name="Keep both").click()
    expect(mine.locator(item).get_by_label("Notes")).to_have_value("Ihr Satz.\n\nMein Satz.")
    assert noted(first) == "Ihr Satz.\n\nMein Satz."


@pytest.mark.parametrize("saved_before", [False, True])
def test_the_last_words_go_out_even_if_one_sends_at_once(
    new_page: NewPage, meeting: Meeting, cast: Cast, saved_before: bool
) -> None:
    page = new_page(user=cast.people["miriam-hoffstedt"])
    first, second = items_of(meeting)
    page.goto(at(meeting))
    for item, words in ((first, "Das Erste."), (second, "Das Letzte.")):
        page.locator(f"#item-{item.pk}").get_by_label("Notes").fill(words)
        if saved_before:
            expect(page.locator(f"#item-{item.pk} [data-saved]")).to_contain_text("saved ")
    page.get_by_role("button", name="Send out").click()
    expect(page.locator(".messages")).to_contain_text("on their way")
    assert (noted(first), noted(second)) == ("Das Erste.", "Das Letzte.")


def test_nothing_goes_out_while_two_texts_wait_for_a_choice(
    new_page: NewPage, meeting: Meeting, cast: Cast
) -> None:
    page = new_page(user=cast.people["miriam-hoffstedt"])
    first = items_of(meeting)[0]
    page.goto(at(meeting))
    write_notes(actor=cast.actor("miriam-hoffstedt"), item=first, notes="Woanders.", base_revision=0)
    page.locator(f"#item-{first.pk}").get_by_label("Notes").fill("Hier.")
    page.get_by_role("button", name="Send out").click()
    expect(page.locator(".conflict")).to_contain_text("Both texts are kept")
    expect(page.locator(f"#item-{first.pk}").get_by_label("Notes")).to_have_value("Hier.")
    assert Meeting.objects.get(pk=meeting.pk).minutes == Meeting.Minutes.OPEN


def test_everything_works_without_javascript(new_page: NewPage, meeting: Meeting, cast: Cast) -> None:
    page = new_page(user=cast.people["miriam-hoffstedt"], java_script_enabled=False)
    first = items_of(meeting)[0]
    page.goto(at(meeting))
    item = page.locator(f"#item-{first.pk}")
    item.get_by_label("Notes").fill("Ohne Skript.")
    item.locator(".live__notes").get_by_role("button", name="Save").click()
    assert noted(first) == "Ohne Skript."
    item.get_by_role("link", name="Note a task").click()
    page.get_by_label("What", exact=True).fill("Aushang machen")
    page.get_by_role("button", name="Save").click()
    expect(item.locator(".result")).to_contain_text("Aushang machen")
