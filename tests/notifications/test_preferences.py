"""How often a person is reminded, the one bundled mail, and stopping it."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import connections
from django.test import Client
from django.utils.translation import gettext_lazy

from mtd.accounts.models import User
from mtd.core.actor import SYSTEM, Actor
from mtd.core.errors import NotAllowed, Refused
from mtd.notifications.actions import enqueue, notify, send_digest, send_due, set_paces, unsubscribe
from mtd.notifications.models import Area, Digest, Message, Notice, Pace, Preference
from mtd.notifications.outbox import ALL, Waiting, read_stop, stop_path
from mtd.notifications.queries import mail_comes_back, paces
from tests.markup import flat

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)
BERLIN = ZoneInfo("Europe/Berlin")


def set_pace(user: User, pace: str, area: str = "agreements") -> None:
    set_paces(actor=Actor(user_id=user.pk), user=user, paces={area: pace})


@pytest.fixture
def anna() -> User:
    return User.objects.create_user("anna@amt.example", None, name="Anna Berg", language="en", is_demo=True)


def tell(user: User, kind: str = "agreements.in_force", **more: object) -> None:
    notify(actor=SYSTEM, users=[user], kind=kind, text="Something secret happened", link="/x/", **more)  # type: ignore[arg-type]


def digest(user: User, day: date, *waiting: Waiting) -> Message | None:
    """What the day's mail says, if there is one."""
    if not send_digest(actor=SYSTEM, user=user, day=day, waiting=waiting):
        return None
    return Message.objects.filter(kind="digest").order_by("-created_at")[0]


def thing(mark: str, area: str = "agreements", *, late: bool = False, pressing: bool = True) -> Waiting:
    return Waiting(area=area, mark=mark, late=late, pressing=pressing)


def test_nobody_is_mailed_line_by_line_unless_they_want_it(anna: User) -> None:
    tell(anna)
    assert Notice.objects.get().waits_for_mail
    assert not Message.objects.exists()
    set_pace(anna, "at_once")
    tell(anna)
    assert Message.objects.get().subject == "Something secret happened"
    set_pace(anna, "none")
    tell(anna)
    assert Message.objects.count() == 1
    assert Notice.objects.filter(waits_for_mail=True).count() == 1
    assert Notice.objects.count() == 3


@pytest.mark.parametrize(
    ("kind", "direct"),
    [
        ("agreements.signature_due", False),
        ("exchange.shadowing_asked", True),
        ("account.second_factor", False),
        ("invitation", False),
    ],
)
def test_what_is_asked_of_this_very_person_comes_at_once_whatever_they_chose(
    anna: User, kind: str, direct: bool
) -> None:
    set_paces(actor=Actor(user_id=anna.pk), user=anna, paces=dict.fromkeys(Area.values, "none"))
    tell(anna, kind, direct=direct)
    message = Message.objects.get()
    assert message.stops == ""
    send_due(actor=SYSTEM)
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers


def test_the_bundled_mail_holds_counts_and_links_and_no_word_of_the_matter(anna: User) -> None:
    tell(anna)
    tell(anna)
    tell(anna, "meetings.moved")
    message = digest(anna, MONDAY, thing("a", late=True), thing("b"), thing("c", pressing=False))
    assert message is not None
    assert message.subject == "3 things wait for you, 1 of them is overdue"
    assert "- Agreements: 2\n- Meetings: 1" in message.body
    assert "secret" not in message.subject + message.body
    assert "Anna" not in message.body
    assert "/notifications/settings/" in message.body
    assert digest(anna, MONDAY + timedelta(days=1)) is None


def test_the_bundled_mail_speaks_the_person_s_language(anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(language="de")
    anna.refresh_from_db()
    notify(actor=SYSTEM, users=[anna], kind="agreements.x", text=gettext_lazy("English"), link="/")
    message = digest(anna, MONDAY)
    assert message is not None
    assert message.language == "de"


def test_a_day_has_one_mail_however_often_and_late_the_job_runs(anna: User) -> None:
    tell(anna)
    assert digest(anna, MONDAY) is not None
    tell(anna)
    assert digest(anna, MONDAY) is None
    # The machine stood still from Tuesday to Thursday: one mail, and not four.
    assert digest(anna, MONDAY + timedelta(days=3)) is not None
    assert digest(anna, MONDAY + timedelta(days=3)) is None
    assert digest(anna, MONDAY + timedelta(days=1)) is None
    assert Message.objects.count() == 2


def test_what_was_read_meanwhile_is_not_told(anna: User) -> None:
    tell(anna)
    Notice.objects.update(read_at=datetime(2026, 11, 22, tzinfo=BERLIN))
    assert digest(anna, MONDAY) is None


def test_the_same_is_not_said_every_morning_but_what_is_overdue_once_a_week(
    anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = []
    for number in range(15):
        day = MONDAY + timedelta(days=number)
        now = datetime(day.year, day.month, day.day, 7, tzinfo=BERLIN)
        monkeypatch.setattr("django.utils.timezone.now", lambda now=now: now)
        if digest(anna, day, thing("a", late=True)):
            said.append(number)
    assert said == [0, 7, 14]
    assert digest(anna, MONDAY + timedelta(days=15), thing("a", late=True), thing("b")) is not None


def test_what_is_far_away_makes_no_mail_but_is_counted_in_one(anna: User) -> None:
    far = thing("far", pressing=False)
    assert digest(anna, MONDAY, far) is None
    message = digest(anna, MONDAY + timedelta(days=1), far, thing("near"))
    assert message is not None
    assert message.subject == "2 things wait for you"


def test_who_wants_it_weekly_hears_on_monday_or_after_a_breakdown(anna: User) -> None:
    set_pace(anna, "weekly")
    days = [MONDAY + timedelta(days=n) for n in range(-3, 15)]
    tell(anna)
    heard = []
    for day in days:
        if day in (MONDAY + timedelta(days=7), MONDAY + timedelta(days=8)):
            continue  # the machine stood still
        if digest(anna, day, thing(f"{day}")):
            heard.append(day)
            tell(anna)
    assert heard == [MONDAY, MONDAY + timedelta(days=9), MONDAY + timedelta(days=14)]


def test_an_area_that_was_switched_off_is_not_even_counted(anna: User) -> None:
    tell(anna, "meetings.moved")
    set_pace(anna, "none", "meetings")
    tell(anna, "needs.answered")
    message = digest(anna, MONDAY, thing("m", "meetings", late=True), thing("n", "needs"))
    assert message is not None
    assert message.subject == "1 thing waits for you"
    assert "Meetings" not in message.body


def test_nobody_sets_the_reminders_of_another_or_what_does_not_exist(anna: User) -> None:
    other = User.objects.create_user("b@amt.example", None, name="B")
    with pytest.raises(NotAllowed):
        set_paces(actor=Actor(user_id=other.pk), user=anna, paces={"needs": "none"})
    for wrong in ({"needs": "hourly"}, {"secrets": "none"}):
        with pytest.raises(Refused):
            set_paces(actor=Actor(user_id=anna.pk), user=anna, paces=wrong)
    assert not Preference.objects.exists()
    assert set(paces(anna.pk).values()) == {Pace.DAILY}


def test_the_settings_page_shows_and_saves_one_s_own_choice(client: Client, anna: User) -> None:
    assert client.get("/notifications/settings/").status_code == 302
    Authenticator.objects.create(user=anna, type="totp", data={})
    client.force_login(anna)
    form = dict.fromkeys(Area.values, "weekly") | {"needs": "none"}
    assert client.post("/notifications/settings/", form).status_code == 302
    assert paces(anna.pk) == form
    page = client.get("/notifications/settings/").content.decode()
    assert page.count("selected") >= 6
    assert '<option value="none" selected>' in flat(page)
    wrong = client.post("/notifications/settings/", form | {"needs": "hourly"})
    assert wrong.status_code == 200
    assert "hourly" in wrong.content.decode() or "field--error" in wrong.content.decode()
    assert paces(anna.pk) == form


def test_a_reminder_can_be_stopped_with_one_click_and_without_signing_in(anna: User) -> None:
    tell(anna)
    digest(anna, MONDAY)
    send_due(actor=SYSTEM)
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = headers["List-Unsubscribe"].strip("<>").partition("8000")[2]
    assert path.startswith("/notifications/stop/")
    client = Client(enforce_csrf_checks=True)
    assert client.get(path).status_code == 200
    assert set(paces(anna.pk).values()) == {"daily"}  # a mail server that opens links stops nothing
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert set(paces(anna.pk).values()) == {"none"}
    assert client.post(path).status_code == 200
    tell(anna)
    assert digest(anna, MONDAY + timedelta(days=1)) is None


def test_a_mail_at_once_stops_its_own_area_only(anna: User) -> None:
    set_pace(anna, "at_once")
    tell(anna)
    message = Message.objects.get()
    token = message.body.split("/notifications/stop/")[1].split("/")[0]
    assert read_stop(token) == (anna.pk, "agreements")
    assert unsubscribe(actor=SYSTEM, user_id=anna.pk, stops="agreements")
    assert paces(anna.pk) == dict.fromkeys(Area.values, "daily") | {"agreements": "none"}


@pytest.mark.parametrize("token", ["x", "a:b:c", "WyJ4IiwgImFsbCJd:1:x"])
def test_a_link_that_is_not_ours_stops_nothing(client: Client, anna: User, token: str) -> None:
    assert client.get(f"/notifications/stop/{token}/").status_code == 404
    assert client.post(f"/notifications/stop/{token}/").status_code == 404
    good = stop_path(anna.pk, ALL)
    assert client.post(good.replace("stop", "address")).status_code == 404
    assert not Preference.objects.exists()


def test_who_has_left_is_not_asked_whether_to_stop(anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(is_active=False)
    assert not unsubscribe(actor=SYSTEM, user_id=anna.pk, stops=ALL)


def test_only_who_has_an_account_can_stop_reminders() -> None:
    with pytest.raises(ValueError, match="account"):
        enqueue(actor=SYSTEM, kind="k", address="a@b.example", subject="S", body="B", stops=ALL)


def test_nobody_is_in_the_list_of_returned_mail_before_it_returned(anna: User) -> None:
    assert not User.objects.filter(mail_comes_back()).exists()
    assert not Digest.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_write_one_mail_for_the_same_morning(anna: User) -> None:
    tell(anna)
    start = threading.Barrier(4)
    sent: list[bool] = []

    def work() -> None:
        start.wait()
        try:
            sent.append(send_digest(actor=SYSTEM, user=anna, day=MONDAY, waiting=[thing("a")]))
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(sent) == [False, False, False, True]
    assert Message.objects.count() == 1
