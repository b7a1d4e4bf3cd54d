"""Minutes under the identity guard: also while they are saved by themselves, and also for guests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mtd.core.actor import Actor
from mtd.meetings.actions import add_item
from mtd.meetings.models import AgendaItem, Decision, Meeting
from mtd.organizations.models import Network
from tests.factories.meetings import a_meeting
from tests.markup import flat

MAIL = "anna.kowalczyk@example.org"
Browse = Callable[..., Client]


@pytest.fixture
def item(network: Network, act: Callable[[str], Actor]) -> AgendaItem:
    meeting = a_meeting(network, held=True)
    return add_item(actor=act("miriam-hoffstedt"), meeting=meeting, title="Wartezeiten")


@pytest.fixture
def keeper(browse: Browse) -> Client:
    return browse("miriam-hoffstedt")


def say(client: Client, item: AgendaItem, text: str, **more: str) -> Any:
    address = reverse("meetings:notes", args=[item.meeting_id, item.pk])
    return client.post(address, {"notes": text, f"rev-{item.pk}": "0", **more})


def test_notes_that_tell_who_it_is_are_not_saved_by_themselves_either(
    item: AgendaItem, keeper: Client
) -> None:
    answer = say(keeper, item, f"Write to {MAIL}", autosave="1")
    assert (answer.status_code, answer.content) == (422, b"")
    assert AgendaItem.objects.get(pk=item.pk).notes == ""
    assert say(keeper, item, "Write to the office", autosave="1").status_code == 204


def test_notes_that_cannot_be_saved_come_back_with_their_passages(item: AgendaItem, keeper: Client) -> None:
    answer = say(keeper, item, f"Write to {MAIL}")
    assert answer.status_code == 422
    assert f"Write to {MAIL}</textarea>" in answer.text
    assert "find--certain" in answer.text


def test_the_live_page_has_one_guarded_field_for_each_item_and_asks_the_guard_for_none(
    item: AgendaItem, keeper: Client, act: Callable[[str], Actor], django_assert_max_num_queries: Any
) -> None:
    for number in range(8):
        add_item(actor=act("miriam-hoffstedt"), meeting=item.meeting, title=f"Punkt {number}")
    page = keeper.get(reverse("meetings:minutes", args=[item.meeting_id])).text
    page = flat(page)
    assert page.count('<textarea name="notes"') == 9
    assert page.count("data-guard ") >= 9
    assert "find--" not in page


def test_a_decision_that_tells_who_it_is_comes_back(item: AgendaItem, keeper: Client) -> None:
    meeting = Meeting.objects.get(pk=item.meeting_id)
    sent = {"outcome": "yes", "text": f"Somebody rings {MAIL}", "item": str(item.pk)}
    address = reverse("meetings:decision_new", args=[meeting.pk])
    answer = keeper.post(address, sent)
    assert answer.status_code == 422
    assert MAIL in answer.text
    assert not Decision.objects.exists()
