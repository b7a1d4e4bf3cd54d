"""Mail that comes back or comes in: bounces, answers, automatic answers, and poison."""

from __future__ import annotations

import io
import os
import sys
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client

from config import inbox
from mtd.accounts.models import User
from mtd.audit.models import Event
from mtd.core.actor import SYSTEM, Actor
from mtd.core.errors import NotAllowed, Refused
from mtd.notifications import jobs
from mtd.notifications.actions import (
    confirm_address,
    enqueue,
    read_maildir,
    send_confirmation,
    send_due,
    take_in_bounce,
    take_in_mail,
)
from mtd.notifications.models import Message, Undeliverable
from mtd.notifications.outbox import address_path
from mtd.notifications.queries import mail_comes_back, undeliverable
from tests.cast import build_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> User:
    user = User.objects.create_user("anna@amt.example", None, name="Anna", language="en")
    Authenticator.objects.create(user=user, type="totp", data={})
    return user


def sent_to(user: User) -> EmailMessage:
    """What left for this person, as the other mail server saw it."""
    enqueue(actor=SYSTEM, kind="k", recipient=user, subject="S", body="Text")
    send_due(actor=SYSTEM)
    return as_message(mail.outbox[-1].message().as_bytes())


def as_message(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def report(
    original: EmailMessage, *, status: str = "5.1.1", action: str = "failed", headers_only: bool = False
) -> bytes:
    """A delivery report as RFC 3464 has it and Postfix writes it."""
    kind = "text/rfc822-headers" if headers_only else "message/rfc822"
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@mx.amt.example (Mail Delivery System)
To: no-reply@localhost
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.amt.example
Arrival-Date: Sun, 22 Nov 2026 10:00:00 +0100 (CET)

Final-Recipient: rfc822; anna@amt.example
Original-Recipient: rfc822;anna@amt.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <anna@amt.example>: no such user

--B
Content-Type: {kind}

Message-ID: {original["Message-ID"]}
From: Make the Difference <no-reply@localhost>
To: anna@amt.example
Subject: S

Text
--B--
""".encode()


@pytest.mark.parametrize("headers_only", [False, True])
def test_a_bounce_shows_up_at_the_person(anna: User, headers_only: bool) -> None:
    content = report(sent_to(anna), headers_only=headers_only)
    assert take_in_mail(actor=SYSTEM, content=content)
    row = Undeliverable.objects.get()
    assert (row.user, row.address, row.code, row.times) == (anna, "anna@amt.example", "5.1.1", 1)
    assert undeliverable(anna) == row
    assert list(User.objects.filter(mail_comes_back())) == [anna]
    assert Event.objects.get(verb="account.mail_came_back").facts == {"code": "5.1.1"}
    assert take_in_mail(actor=SYSTEM, content=content)
    assert Undeliverable.objects.get().times == 2


@pytest.mark.parametrize(
    ("status", "action"),
    [
        ("4.4.7", "delayed"),
        ("2.0.0", "delivered"),
        ("5.2.2", "failed"),
        ("4.2.2", "failed"),
        ("x", "failed"),
        ("", ""),
    ],
)
def test_a_delay_or_a_full_mailbox_is_no_bounce(anna: User, status: str, action: str) -> None:
    assert take_in_mail(actor=SYSTEM, content=report(sent_to(anna), status=status, action=action))
    assert not Undeliverable.objects.exists()


def test_a_report_about_a_message_that_was_never_sent_changes_nothing(anna: User) -> None:
    original = sent_to(anna)
    Message.objects.all().delete()
    assert take_in_mail(actor=SYSTEM, content=report(original))
    enqueue(actor=SYSTEM, kind="k", recipient=anna, subject="S", body="Text")
    waiting = EmailMessage()
    waiting["Message-ID"] = f"<{Message.objects.get().pk}@localhost>"
    assert take_in_mail(actor=SYSTEM, content=report(waiting))
    assert not Undeliverable.objects.exists()


def test_a_bounce_finds_back_by_the_envelope_alone(anna: User, settings: SimpleNamespace) -> None:
    settings.MTD_BOUNCES = "bounces@mtd.example"
    sent_to(anna)
    pk = Message.objects.get().pk
    left = mail.outbox[-1]
    assert left.from_email == f"bounces+{pk}@mtd.example"
    assert left.message()["From"] == settings.DEFAULT_FROM_EMAIL
    stranger = EmailMessage()
    stranger["Message-ID"] = "<rewritten@mx.amt.example>"
    content = report(stranger).replace(b"To: no-reply@localhost", f"To: {left.from_email}".encode())
    assert take_in_mail(actor=SYSTEM, content=content)
    assert undeliverable(anna) is not None


def test_a_bounce_from_an_address_that_was_changed_is_not_held_against_the_new_one(anna: User) -> None:
    original = sent_to(anna)
    User.objects.filter(pk=anna.pk).update(email="new@amt.example")
    assert take_in_mail(actor=SYSTEM, content=report(original))
    assert not Undeliverable.objects.exists()


def test_an_address_without_an_account_can_bounce_too() -> None:
    enqueue(actor=SYSTEM, kind="k", address="Guest@Amt.example", language="en", subject="S", body="Text")
    send_due(actor=SYSTEM)
    content = report(as_message(mail.outbox[-1].message().as_bytes()))
    assert take_in_mail(actor=SYSTEM, content=content)
    assert Undeliverable.objects.get(address="guest@amt.example").user is None


def test_the_person_shows_that_mail_arrives_again(anna: User, client: Client) -> None:
    take_in_mail(actor=SYSTEM, content=report(sent_to(anna)))
    client.force_login(anna)
    page = client.get("/notifications/settings/").content.decode()
    assert "has come back since" in page
    assert client.post("/notifications/settings/address/").status_code == 302
    assert client.post("/notifications/settings/address/").status_code == 302  # at most one in five minutes
    assert Message.objects.filter(kind="account.address").count() == 1
    send_due(actor=SYSTEM)
    path = mail.outbox[-1].body.split("127.0.0.1:8000")[1].split()[0]
    stranger = Client()
    assert stranger.get(path).status_code == 200
    assert undeliverable(anna) is not None
    assert stranger.post(path).status_code == 200
    assert undeliverable(anna) is None
    assert stranger.post(path).status_code == 200
    assert stranger.get(path.replace("/address/", "/stop/")).status_code == 404


def test_nobody_confirms_the_address_of_another(anna: User) -> None:
    other = User.objects.create_user("b@amt.example", None, name="B")
    with pytest.raises(NotAllowed):
        send_confirmation(actor=Actor(user_id=other.pk), user=anna)
    Undeliverable.objects.create(address=anna.email, user=anna, code="5.1.1")
    confirm_address(actor=SYSTEM, user=other, address=anna.email)
    assert undeliverable(anna) is not None
    assert Client().get(f"{address_path(anna.pk, anna.email)[:-3]}/").status_code == 404
    send_confirmation(actor=Actor(user_id=anna.pk), user=anna)
    with pytest.raises(Refused) as refused:
        send_confirmation(actor=Actor(user_id=anna.pk), user=anna)
    assert refused.value.code == "asked_just_now"


@pytest.mark.parametrize(
    ("who", "sees"), [("leonie-brandt", True), ("miriam-hoffstedt", True), ("ralf-timmermann", False)]
)
def test_the_lead_and_the_coordination_see_whose_mail_comes_back(
    db: None, client: Client, who: str, sees: bool
) -> None:
    cast = build_cast(only={"birkenfurt"})
    User.objects.update(language="en")
    jonas = cast.people["jonas-reuter"]
    take_in_mail(actor=SYSTEM, content=report(sent_to(jonas)))
    client.force_login(cast.people[who])
    place = cast.organizations["suchtberatung-am-markt"]
    page = client.get(f"/organizations/{place.pk}/").content.decode()
    assert jonas.full_name in page
    assert page.count("E-mail comes back") == (1 if sees else 0)


# ---------------------------------------------------------------- the Maildir


def plain(**headers: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@b.example", "no-reply@localhost", "Hello"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Text")
    return message.as_bytes()


def deliver(folder: Path, name: str, content: bytes) -> None:
    (folder / "new").mkdir(parents=True, exist_ok=True)
    (folder / "new" / name).write_bytes(content)


def lying(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def later(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    moment = time.time() + seconds
    monkeypatch.setattr(time, "time", lambda: moment)


def test_the_maildir_is_emptied_and_what_nobody_knows_is_put_aside(
    anna: User, tmp_path: Path, settings: SimpleNamespace
) -> None:
    settings.MTD_INBOX = str(tmp_path / "Maildir")
    folder = Path(settings.MTD_INBOX)
    deliver(folder, "1.bounce", report(sent_to(anna)))
    deliver(folder, "2.away", plain(Auto_Submitted="auto-replied (vacation)"))
    deliver(folder, "3.letter", plain())
    deliver(folder, "4.huge", b"x" * (5 * 1024 * 1024 + 1))
    deliver(folder, "5.noise", bytes(range(256)) * 20)
    deliver(folder, "6.empty", b"")
    assert jobs.read_inbox() == "2 taken in, 4 put aside"
    assert lying(folder) == [f".aside/new/{n}" for n in ("3.letter", "4.huge", "5.noise", "6.empty")]
    assert jobs.read_inbox() == "0 taken in, 0 put aside"
    assert undeliverable(anna) is not None


def test_without_an_inbox_the_job_says_so(settings: SimpleNamespace) -> None:
    settings.MTD_INBOX = ""
    assert jobs.read_inbox() == "no inbox is set"


def explode(*, actor: Actor, message: EmailMessage) -> bool:
    raise ZeroDivisionError


def database_gone(*, actor: Actor, message: EmailMessage) -> bool:
    raise OperationalError


def know(*, actor: Actor, message: EmailMessage) -> bool:
    return True


def test_poison_is_put_aside_and_keeps_nothing_else_from_being_read(
    anna: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "HANDLERS", [*inbox.HANDLERS[:1], f"{__name__}.explode"])
    deliver(tmp_path, "1.poison", plain())
    deliver(tmp_path, "2.bounce", report(sent_to(anna)))
    assert read_maildir(actor=SYSTEM, folder=tmp_path) == {"taken_in": 1, "aside": 1}
    assert lying(tmp_path) == [".aside/new/1.poison"]


def test_mail_waits_while_the_database_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "HANDLERS", [f"{__name__}.database_gone"])
    deliver(tmp_path, "1.letter", plain())
    with pytest.raises(OperationalError):
        read_maildir(actor=SYSTEM, folder=tmp_path)
    assert lying(tmp_path) == ["cur/1.letter"]
    monkeypatch.setattr(inbox, "HANDLERS", [f"{__name__}.know"])
    # Perhaps somebody is at it.
    assert read_maildir(actor=SYSTEM, folder=tmp_path) == {"taken_in": 0, "aside": 0}
    later(monkeypatch, 3600)
    assert read_maildir(actor=SYSTEM, folder=tmp_path) == {"taken_in": 1, "aside": 0}
    assert lying(tmp_path) == []


def test_what_was_put_aside_goes_after_thirty_days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(tmp_path, "1.letter", plain())
    read_maildir(actor=SYSTEM, folder=tmp_path)
    assert lying(tmp_path) == [".aside/new/1.letter"]
    later(monkeypatch, 31 * 24 * 3600)
    read_maildir(actor=SYSTEM, folder=tmp_path)
    assert lying(tmp_path) == []


def test_two_readers_never_take_in_the_same_mail(tmp_path: Path) -> None:
    deliver(tmp_path, "1.letter", plain())
    (tmp_path / "cur").mkdir()
    listed = tmp_path / "new" / "1.letter"
    os.rename(listed, tmp_path / "cur" / "1.letter")  # another reader was quicker
    assert read_maildir(actor=SYSTEM, folder=tmp_path) == {"taken_in": 0, "aside": 0}


def test_a_handler_that_is_not_there_is_not_passed_over_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "HANDLERS", ["mtd.notifications.actions.no_such", f"{__name__}.know"])
    with pytest.raises(ImportError):
        take_in_mail(actor=SYSTEM, content=plain())


def test_only_a_delivery_report_is_taken_for_one() -> None:
    assert not take_in_bounce(actor=SYSTEM, message=as_message(plain()))
    read = plain().replace(
        b"text/plain", b"multipart/report; report-type=disposition-notification; boundary=x"
    )
    assert not take_in_bounce(actor=SYSTEM, message=as_message(read))


def pipe(content: bytes, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    out = io.StringIO()
    call_command("take_in_mail", stdout=out, stderr=out)
    return out.getvalue()


def test_a_mail_server_can_pipe_a_message_in(anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Taken in." in pipe(report(sent_to(anna)), monkeypatch)
    assert undeliverable(anna) is not None
    assert "Not for us" in pipe(plain(), monkeypatch)
    monkeypatch.setattr(inbox, "HANDLERS", [f"{__name__}.explode"])
    assert "could not be read (ZeroDivisionError)" in pipe(plain(), monkeypatch)
    monkeypatch.setattr(inbox, "HANDLERS", [f"{__name__}.database_gone"])
    with pytest.raises(SystemExit) as ended:
        pipe(plain(), monkeypatch)
    assert ended.value.code == 75
