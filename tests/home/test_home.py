from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mtd.core.actor import SYSTEM
from mtd.core.steps import NextStep
from mtd.home.queries import grouped, next_steps
from mtd.notifications.actions import notify
from tests.cast import Cast


def step(title: str, due: date | None = None, late: bool = False) -> NextStep:
    return NextStep(title=title, text="", url="/", action="Go", due=due, late=late)


@pytest.mark.parametrize("who", ["jonas-reuter", "miriam-hoffstedt", "inga-soerensen", "mette-lindqvist"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_everybody_has_a_start_page_that_teaches(client: Client, cast: Cast, who: str, language: str) -> None:
    client.force_login(cast.people[who])
    client.cookies["django_language"] = language
    page = client.get("/")
    assert page.status_code == 200
    assert cast.people[who].full_name in page.content.decode()
    assert next_steps(cast.actor(who)) == []


def test_strangers_are_led_on(client: Client, db: None) -> None:
    assert client.get("/").status_code == 302


def test_notices_stand_there_until_they_are_read(client: Client, cast: Cast) -> None:
    user = cast.people["jonas-reuter"]
    notify(actor=SYSTEM, users=[user], kind="k", text="Zwei neue Haltungen", link="/x/", mail=False)
    client.force_login(user)
    assert "Zwei neue Haltungen" in client.get("/").content.decode()
    before = timezone.now()
    assert client.post("/news-seen/").url == "/"
    assert "Zwei neue Haltungen" not in client.get("/").content.decode()
    user.refresh_from_db()
    assert user.news_seen_at >= before
    assert client.get("/news-seen/").status_code == 405


def test_steps_stand_under_the_time_they_are_due(settings) -> None:
    today = date(2026, 11, 21)
    groups = grouped(
        [
            step("late", today - timedelta(days=3), late=True),
            step("soon", today + timedelta(days=2)),
            step("then", date(2026, 12, 15)),
            step("later", date(2027, 1, 31)),
            step("some day"),
        ],
        today,
    )
    assert [(g.late, [s.title for s in g.steps]) for g in groups] == [
        (True, ["late"]),
        (False, ["soon"]),
        (False, ["then"]),
        (False, ["later"]),
        (False, ["some day"]),
    ]


def test_the_start_page_asks_a_constant_number_of_queries(
    client: Client, cast: Cast, django_assert_num_queries
) -> None:
    client.force_login(cast.people["jonas-reuter"])
    client.get("/")
    with django_assert_num_queries(8):
        client.get("/")
