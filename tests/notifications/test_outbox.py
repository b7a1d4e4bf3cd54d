import threading
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from config import schedule
from mtd.accounts.models import User
from mtd.core.actor import SYSTEM, Actor
from mtd.core.encryption import KeyDestroyed, forget_keys
from mtd.notifications.actions import claim_due, enqueue, forget_old, mark_read, notify, send_due
from mtd.notifications.models import ATTEMPTS, Message, Notice
from mtd.notifications.permissions import can_view_notice, visible_notices
from mtd.notifications.queries import stuck, unread


class BrokenBackend(BaseEmailBackend):
    def send_messages(self, email_messages):
        raise ConnectionRefusedError


def put(number: int = 1) -> None:
    for n in range(number):
        enqueue(
            actor=SYSTEM,
            kind="test",
            address=f"p{n}@amt.example",
            language="en",
            subject=f"S {n}",
            body="Text",
        )


@pytest.fixture
def people(db: None) -> list[User]:
    return [
        User.objects.create_user("de@amt.example", None, name="De", language="de"),
        User.objects.create_user("en@amt.example", None, name="En", language="en"),
    ]


@pytest.mark.django_db
def test_a_message_leaves_once_and_its_text_is_gone_afterwards(django_capture_on_commit_callbacks) -> None:
    put()
    with django_capture_on_commit_callbacks(execute=True):
        assert send_due(actor=SYSTEM) == 1
        assert send_due(actor=SYSTEM) == 0
    assert [m.to for m in mail.outbox] == [["p0@amt.example"]]
    forget_keys()
    with pytest.raises(KeyDestroyed):
        _ = Message.objects.get().body


@pytest.mark.django_db
def test_a_message_of_a_change_that_failed_is_never_sent() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        put()
        raise RuntimeError
    assert send_due(actor=SYSTEM) == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_never_send_the_same_message() -> None:
    put(20)
    taken: list[list[Message]] = []
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        taken.append(claim_due(actor=SYSTEM))
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    got = [m.pk for part in taken for m in part]
    assert len(got) == len(set(got)) == 20


@pytest.mark.django_db
def test_a_failure_is_tried_again_later_and_given_up_in_the_end(settings) -> None:
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.BrokenBackend"
    put()
    now = timezone.now()
    assert send_due(actor=SYSTEM, now=now) == 0
    assert claim_due(actor=SYSTEM, now=now + timedelta(seconds=60)) == []
    for hours in range(1, 40):
        send_due(actor=SYSTEM, now=now + timedelta(hours=hours * 6))
    message = Message.objects.get()
    assert message.attempts == ATTEMPTS
    assert list(stuck()) == [message]
    settings.EMAIL_BACKEND = backend
    assert send_due(actor=SYSTEM, now=now + timedelta(days=90)) == 0


@pytest.mark.django_db
def test_what_a_dead_worker_held_is_sent_by_the_next() -> None:
    put()
    assert len(claim_due(actor=SYSTEM)) == 1
    assert send_due(actor=SYSTEM) == 0
    assert send_due(actor=SYSTEM, now=timezone.now() + timedelta(minutes=11)) == 1


@pytest.mark.django_db
def test_a_subject_cannot_smuggle_a_header() -> None:
    enqueue(
        actor=SYSTEM,
        kind="t",
        address="a@b.example",
        language="en",
        subject="Hi\r\nBcc: x@y.example",
        body="b",
    )
    assert send_due(actor=SYSTEM) == 1
    assert mail.outbox[0].subject == "Hi Bcc: x@y.example"


def test_everybody_is_told_in_their_language_but_not_who_acted(people: list[User]) -> None:
    german, english = people
    notify(
        actor=Actor(user_id=None),
        users=[german, english, english],
        kind="k",
        text=gettext_lazy("English"),
        link="/x/",
    )
    assert list(Notice.objects.filter(user=english).values_list("text", flat=True)) == ["English"]
    assert Message.objects.get(recipient=german).language == "de"
    assert Message.objects.get(recipient=english).body.endswith("/x/\n")
    notify(actor=Actor(user_id=german.id), users=people, kind="own", text="T", link="/", mail=False)
    assert list(Notice.objects.filter(kind="own").values_list("user__name", flat=True)) == ["En"]
    assert Message.objects.count() == 2


def test_notices_are_seen_and_marked_by_their_person_only(people: list[User]) -> None:
    german, english = (Actor(user_id=user.id) for user in people)
    notify(actor=SYSTEM, users=people, kind="k", text="T", link="/", mail=False)
    for actor in (german, english, SYSTEM):
        seen = set(visible_notices(actor))
        assert seen == {n for n in Notice.objects.all() if can_view_notice(actor, n)}
    foreign = Notice.objects.get(user=people[1])
    assert mark_read(actor=german, notice=foreign) == 0
    assert mark_read(actor=german) == 1
    assert not unread(german).exists()
    assert unread(english).count() == 1


@pytest.mark.django_db
def test_the_clock_goes_on_after_a_job_that_failed_and_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = ["mtd.notifications.jobs.no_such_job", "mtd.notifications.jobs.send_outbox"]
    monkeypatch.setitem(schedule.JOBS, "minutely", jobs)
    put(2)
    with pytest.raises(CommandError, match="no_such_job"):
        call_command("run_jobs", "minutely")
    assert len(mail.outbox) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("rhythm", ["minutely", "hourly", "daily"])
def test_every_listed_job_runs_on_an_empty_system_and_twice(rhythm: str) -> None:
    call_command("run_jobs", rhythm)
    call_command("run_jobs", rhythm)


def test_what_was_sent_or_read_long_ago_is_forgotten_and_nothing_else(people: list[User]) -> None:
    put(2)
    send_due(actor=SYSTEM, limit=1)
    notify(actor=SYSTEM, users=people, kind="k", text="T", link="/", mail=False)
    mark_read(actor=Actor(user_id=people[0].id))
    assert forget_old(actor=SYSTEM) == 0
    assert forget_old(actor=SYSTEM, now=timezone.now() + timedelta(days=31)) == 1
    assert forget_old(actor=SYSTEM, now=timezone.now() + timedelta(days=183)) == 1
    assert Message.objects.get().sent_at is None
    assert Notice.objects.get().user == people[1]


INVITE = "\r\n".join(
    [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//test//EN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        "UID:1@test",
        "DTSTAMP:20261122T080000Z",
        "DTSTART:20261201T080000Z",
        "SUMMARY:Sitzung in Köln",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
)


def invite(**more: str) -> None:
    given = {"calendar": INVITE, "calendar_method": "REQUEST", "reply_to": "answers@mtd.example"} | more
    enqueue(actor=SYSTEM, kind="t", address="a@b.example", language="en", subject="S", body="Text", **given)


@pytest.mark.django_db
def test_an_invitation_leaves_in_the_shape_that_calendars_take_in() -> None:
    invite()
    assert send_due(actor=SYSTEM) == 1
    parsed = message_from_bytes(mail.outbox[0].message().as_bytes(), policy=policy.default)
    parts = {part.get_content_type(): part for part in parsed.walk() if not part.is_multipart()}
    assert list(parts) == ["text/plain", "text/calendar", "application/ics"]
    calendar = parts["text/calendar"]
    assert (calendar.get_param("method"), calendar.get_param("charset")) == ("REQUEST", "utf-8")
    assert calendar.get_content().splitlines() == INVITE.splitlines()
    assert parts["application/ics"].get_filename() == "invite.ics"
    assert parts["application/ics"].get_payload(decode=True) == INVITE.encode()
    inner = next(part for part in parsed.walk() if part.get_content_type() == "multipart/alternative")
    assert [part.get_content_type() for part in inner.iter_parts()] == ["text/plain", "text/calendar"]
    assert parsed["Reply-To"] == "answers@mtd.example"
    assert str(Message.objects.get().pk) in parsed["Message-ID"]


@pytest.mark.django_db(transaction=True)
def test_the_calendar_part_is_gone_once_it_has_left() -> None:
    invite()
    stored = bytes(Message.objects.values_list("calendar", flat=True).get())
    assert "Köln".encode() not in stored
    assert send_due(actor=SYSTEM) == 1
    forget_keys()
    with pytest.raises(KeyDestroyed):
        _ = Message.objects.get().calendar


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"calendar": ""}, {"calendar_method": ""}, {"calendar_method": "REPLY"}])
def test_a_calendar_part_without_its_method_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="come together"):
        invite(**wrong)
