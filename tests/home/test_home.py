from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mtd.accounts.models import User
from mtd.cooperation.actions.needs import raise_need
from mtd.core.actor import SYSTEM
from mtd.core.steps import NextStep
from mtd.home.queries import (
    SHOWN,
    grouped,
    in_order,
    narrow_year,
    next_steps,
    oldest_needs,
    opening,
    waiting_of,
)
from mtd.notifications.actions import notify, send_digest
from mtd.notifications.models import Area, Message, Undeliverable
from mtd.organizations.models import Membership, Network
from tests.cast import Cast
from tests.factories import agreements as factory
from tests.factories import cooperation as lived


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


def test_steps_stand_under_the_time_they_are_due() -> None:
    today = date(2026, 11, 25)
    groups = grouped(
        [
            step("late", date(2026, 11, 20), late=True),
            step("soon", date(2026, 11, 27)),
            step("by Monday", date(2026, 11, 30)),
            step("then", date(2026, 12, 15)),
            step("later", date(2027, 1, 31)),
            step("some day"),
        ],
        today,
    )
    assert [(g.label, g.late, [s.title for s in g.steps]) for g in groups] == [
        ("Overdue for five days", True, ["late"]),
        ("By Monday", False, ["soon", "by Monday"]),
        ("In December", False, ["then"]),
        ("In January 2027", False, ["later"]),
        ("Without a date", False, ["some day"]),
    ]


def test_what_is_overdue_says_for_how_long() -> None:
    today = date(2026, 3, 1)

    def label(*days: int | None) -> str:
        late = [step(str(d), today - timedelta(days=d) if d is not None else None, late=True) for d in days]
        return grouped(late, today)[0].label

    assert label(1) == "Overdue since yesterday"
    assert label(30, 30) == "Overdue for 30 days"
    assert label(59) == "Overdue for 59 days"
    assert label(60) == "Overdue for two months"
    assert label(729) == "Overdue for 24 months"
    assert label(3128, 4) == "Overdue, the longest for eight years"
    assert label(30, 2) == "Overdue, the longest for 30 days"
    assert label(None) == label(0) == "Overdue"


@pytest.mark.parametrize(
    ("late", "later", "words"),
    [
        ([], 0, "Nothing waits for you."),
        ([], 1, "One thing waits for you."),
        ([], 5, "Five things wait for you."),
        ([5], 0, "One thing waits for you, and it is overdue."),
        ([5], 4, "Five things wait for you, one of them since Friday."),
        ([40], 1, "Two things wait for you, one of them since 16 October 2026."),
        ([5, 6], 0, "Two things wait for you, all of them overdue."),
        ([5, 6], 10, "12 things wait for you, two of them overdue."),
    ],
)
def test_the_page_opens_with_how_much_waits(late: list[int], later: int, words: str) -> None:
    today = date(2026, 11, 25)
    steps = [step("l", today - timedelta(days=days), late=True) for days in late]
    assert opening([*steps, *[step("s", today)] * later], today) == words


def test_the_longest_overdue_comes_first_whatever_slice_it_is_from() -> None:
    today = timezone.localdate()
    steps = [
        step("open"),
        step("overdue", today - timedelta(days=2), late=True),
        step("soon", today + timedelta(days=2)),
        step("long overdue", today - timedelta(days=40), late=True),
    ]
    assert [s.title for s in in_order(steps)] == ["long overdue", "overdue", "soon", "open"]


@dataclass(frozen=True)
class Mark:
    day: date
    label: str
    status: str


def test_the_year_stands_narrow_at_the_side() -> None:
    marks = [
        Mark(date(2026, 2, 3), "Exchange", "kept"),
        Mark(date(2026, 7, 1), "Contact list", "late"),
        Mark(date(2026, 7, 2), "Case discussion", "missed"),
        Mark(date(2026, 12, 8), "Exchange", "to_come"),
        Mark(date(2027, 1, 8), "Next year", "to_come"),
        *[Mark(date(2026, 11, day), "Statement", "kept") for day in range(1, 5)],
        *[Mark(date(2026, 1, day), f"Duty {day}", "paused") for day in range(1, 9)],
    ]
    panel = narrow_year(marks, date(2026, 11, 25), "/year/")
    assert (panel.kept, panel.due, panel.late) == (6, 7, 1)
    july, november, december = (panel.months[n - 1] for n in (7, 11, 12))
    assert [(r.label, r.word, r.tone) for r in july.rows] == [
        ("Contact list", "late", "late"),
        ("Case discussion", "missed", "miss"),
    ]
    assert [(r.label, r.count) for r in november.rows] == [("Statement", 4)]
    assert november.today == "25 November"
    assert [(r.note, r.past) for r in december.rows] == [("on the 8th", False)]
    assert (len(panel.months[0].rows), panel.months[0].more) == (5, 3)
    page = render_to_string("home/year.html", {"year": panel})
    assert "The year 2026" in page
    assert "<b>6 of 7</b> duties kept that were due, one of them late." in page
    assert page.index("Statement") < page.index("today, 25 November") < page.index("on the 8th")
    assert page.count("nothing due") == 7


@dataclass(frozen=True)
class Waiting:
    text: str
    organisation: str
    days: int
    limit: int = 60
    url: str = "/need/"
    system: str = ""
    where: str = ""


def test_the_needs_that_wait_longest_stand_on_the_start_page() -> None:
    found = [Waiting("No group", "Amt", 46), Waiting("<b>x</b>", "", 9), Waiting("n", "o", 1)]
    panel = oldest_needs(found, 5, "/needs/")
    rows = [(r.days, r.part, r.pressing) for r in panel.rows]
    assert rows == [(46, 77, True), (9, 15, False), (1, 2, False)]
    page = render_to_string("home/needs.html", {"needs": panel})
    assert "<b>46</b> of 60 days" in page
    assert "<b>x</b>" not in page
    assert "Raised without a name" in page
    assert "(5 wait)" in page


def test_a_long_list_keeps_its_end_one_click_away(client: Client, cast: Cast) -> None:
    organizations = list(cast.networks["birkenfurt"].organizations.all())
    for _ in range(SHOWN + 3):
        factory.found(cast.networks["birkenfurt"], organizations)
    client.force_login(cast.people["jonas-reuter"])
    client.cookies["django_language"] = "en"
    count = len(next_steps(cast.actor("jonas-reuter")))
    page = client.get("/").content.decode()
    assert count > SHOWN
    assert f"{count - SHOWN} more things" in page
    assert page.count("next--first") == 1


def test_a_lived_network_shows_its_year_its_needs_and_what_is_due(client: Client, cast: Cast) -> None:
    network, today = cast.networks["birkenfurt"], timezone.localdate()
    keys = ("suchtberatung-am-markt", "kreisjugendamt-birkenfurt")
    lived.in_force(network, [cast.organizations[key] for key in keys], date(today.year - 2, 1, 1))
    jonas, miriam = cast.actor("jonas-reuter"), cast.actor("miriam-hoffstedt")
    raise_need(actor=jonas, network=network, text="No group in the north", topic="offer")
    areas = {step.area for step in next_steps(miriam)}
    assert {"duties", "needs"} <= areas <= set(Area.values)
    client.force_login(cast.people["miriam-hoffstedt"])
    client.cookies["django_language"] = "en"
    page = client.get("/").content.decode()
    for said in (f"The year {today.year}", "Cooperation committee", "No group in the north", "of 60 days"):
        assert said in page
    client.force_login(cast.people["aino-virtala"])
    foreign = client.get("/").content.decode()
    assert "No group in the north" not in foreign
    assert "Cooperation committee" not in foreign


def test_a_mail_about_a_lived_network_names_nothing_of_it(cast: Cast) -> None:
    network, today = cast.networks["birkenfurt"], timezone.localdate()
    keys = ("suchtberatung-am-markt", "kreisjugendamt-birkenfurt")
    agreement = lived.in_force(
        network, [cast.organizations[key] for key in keys], date(today.year - 2, 1, 1), lived.SHARED
    )
    raise_need(
        actor=cast.actor("jonas-reuter"), network=network, text="Nachtigall has no group", topic="offer"
    )
    user = cast.people["miriam-hoffstedt"]
    waiting = waiting_of(next_steps(cast.actor("miriam-hoffstedt")), today)
    assert len(waiting) > 3
    assert send_digest(actor=SYSTEM, user=user, day=today, waiting=waiting)
    message = Message.objects.get(kind="digest", recipient=user)
    words = [agreement.title, network.name, network.slug, "Nachtigall", str(agreement.pk), user.name]
    assert [word for word in words if word in message.subject + message.body] == []


def test_who_gets_no_mail_is_told_so_on_the_start_page(client: Client, cast: Cast) -> None:
    user = cast.people["jonas-reuter"]
    client.force_login(user)
    client.cookies["django_language"] = "en"
    assert "has come back since" not in client.get("/").content.decode()
    Undeliverable.objects.create(address=user.email, user=user, code="5.1.1")
    assert "has come back since" in client.get("/").content.decode()
    User.objects.filter(pk=user.pk).update(email="new@amt.example")
    assert "has come back since" not in client.get("/").content.decode()


def test_the_start_page_asks_the_same_number_of_queries_for_one_network_and_for_ten(
    client: Client, cast: Cast
) -> None:
    def queries() -> int:
        client.get("/")
        with CaptureQueriesContext(connection) as found:
            client.get("/")
        return len(found)

    user = cast.people["miriam-hoffstedt"]
    client.force_login(user)
    one = queries()
    for number in range(9):
        network = Network.objects.create(name=f"N{number}", slug=f"n{number}", country="DE", region="R")
        Membership.objects.create(user=user, role="coordinator", network=network)
    assert queries() == one
