"""The clock: jobs that are killed, run twice at once, run late, fail, or are held by another machine."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from config import schedule
from mtd.accounts.models import User
from mtd.core.actor import SYSTEM, Actor
from mtd.core.steps import NextStep
from mtd.home.jobs import send_digests
from mtd.home.queries import next_steps
from mtd.notifications.actions import claim_job, enqueue, notify, release_job
from mtd.notifications.models import Digest, JobLease, Message
from mtd.notifications.worker import is_gone, whoami
from tests.cast import Cast, build_cast

ROOT = Path(__file__).resolve().parents[2]
MANY = 80


# ---------------------------------------------------------------- real processes


def _url(alias: str) -> str:
    """The test database as another process reaches it."""
    found = connections[alias].settings_dict
    if connections[alias].vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    who = f"{quote(found['USER'])}:{quote(found['PASSWORD'])}@" if found["USER"] else ""
    host = found["HOST"]
    place = f"{quote(host, safe='')}:{found['PORT']}" if found["PORT"] else quote(host, safe="")
    return f"postgres://{who}{place}/{found['NAME']}"


class Workers:
    """Starts `run_jobs` in processes of their own, whose mails are files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: list[subprocess.Popen[str]] = []

    def start(self, rhythm: str = "minutely") -> subprocess.Popen[str]:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("MTD_", "DJANGO"))},
            "DATABASE_URL": _url("default"),
            "KEY_DATABASE_URL": _url("keys"),
            "MTD_VAR_DIR": str(self.folder),
            "MTD_SECRET_KEY": settings.SECRET_KEY,
            "MTD_MASTER_KEY": settings.MTD_MASTER_KEY,
            "MTD_EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        }
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "run_jobs", rhythm],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.running.append(process)
        return process

    def finish(self, process: subprocess.Popen[str]) -> str:
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said
        return said

    def received(self) -> Counter[str]:
        """How often each address got a mail."""
        found: Counter[str] = Counter()
        for path in (self.folder / "mail").glob("*"):
            found.update(re.findall(r"^To: (\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE))
        return found


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    found = Workers(tmp_path)
    yield found
    for process in found.running:
        if process.poll() is None:
            process.kill()
            process.communicate()


def put(number: int) -> set[str]:
    addresses = {f"p{n}@mtd.example" for n in range(number)}
    for address in sorted(addresses):
        enqueue(actor=SYSTEM, kind="t", address=address, language="en", subject="S", body="Text")
    return addresses


@pytest.mark.django_db(transaction=True)
def test_a_run_that_is_killed_in_the_middle_loses_no_mail_and_the_next_one_sends_the_rest(
    workers: Workers,
) -> None:
    """At most the one mail that was in flight comes twice: no mail server can say whether it took it."""
    addresses = put(MANY)
    first = workers.start()
    give_up = time.monotonic() + 60
    while len(workers.received()) < 5 and time.monotonic() < give_up:
        time.sleep(0.002)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    assert 5 <= len(workers.received()) < MANY
    said = workers.finish(workers.start())
    assert "mtd.notifications.jobs.send_outbox: " in said
    received = workers.received()
    assert set(received) == addresses
    assert sum(received.values()) - MANY <= 1
    assert not Message.objects.filter(sent_at__isnull=True).exists()
    assert "send_outbox: 0" in workers.finish(workers.start())
    assert workers.received() == received


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_send_every_mail_exactly_once(workers: Workers) -> None:
    addresses = put(MANY)
    both = [workers.start(), workers.start()]
    for process in both:
        workers.finish(process)
    assert workers.received() == Counter(dict.fromkeys(addresses, 1))
    assert not JobLease.objects.filter(claimed_until__isnull=False).exists()


# ---------------------------------------------------------------- leases


def run(rhythm: str = "minutely") -> str:
    out = io.StringIO()
    call_command("run_jobs", rhythm, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_a_job_at_which_another_machine_works_is_left_to_it_until_its_lease_ends() -> None:
    name = "mtd.notifications.jobs.send_outbox"
    until = timezone.now() + timedelta(minutes=5)
    JobLease.objects.create(name=name, claimed_by="elsewhere 17 4711", claimed_until=until)
    put(1)
    assert f"{name}: somebody else is at it" in run()
    assert mail.outbox == []
    release_job(actor=SYSTEM, name=name)  # nobody gives back what another holds
    assert JobLease.objects.get(name=name).claimed_by == "elsewhere 17 4711"
    assert claim_job(actor=SYSTEM, name=name, now=until + timedelta(seconds=1))
    release_job(actor=SYSTEM, name=name)
    assert f"{name}: 1" in run()


@pytest.mark.django_db
def test_a_process_is_gone_only_if_this_machine_can_know_it() -> None:
    machine, number, began = whoami().split(" ")
    assert not is_gone(whoami())
    assert is_gone(f"{machine} {number} 1")
    assert is_gone(f"{machine} 99999999 {began}")
    assert not is_gone(f"elsewhere {number} 1")
    assert not is_gone("")


@pytest.mark.django_db
def test_a_job_that_fails_is_named_the_others_run_and_the_next_time_it_runs_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    jobs = ["mtd.notifications.jobs.no_such_job", "mtd.notifications.jobs.send_outbox"]
    monkeypatch.setitem(schedule.JOBS, "minutely", jobs)
    put(2)
    for _ in range(2):
        with pytest.raises(CommandError, match="no_such_job"):
            run()
    assert len(mail.outbox) == 2
    lease = JobLease.objects.get(name=jobs[0])
    assert (lease.failure, lease.claimed_until) == ("ImportError", None)
    assert JobLease.objects.get(name=jobs[1]).failure == ""


# ---------------------------------------------------------------- the morning's mail


@pytest.fixture
def cast(db: None) -> Cast:
    return build_cast(only={"birkenfurt", "tammerlinna"})


def at(monkeypatch: pytest.MonkeyPatch, moment: str) -> datetime:
    """Set the clock, in universal time."""
    now = datetime.fromisoformat(f"{moment}+00:00")
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    return now


def tell(user: User) -> None:
    notify(actor=SYSTEM, users=[user], kind="agreements.in_force", text="T", link="/")


def test_the_morning_begins_at_seven_where_the_person_is(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    here, finland = cast.people["jonas-reuter"], cast.people["aino-virtala"]
    for user in (here, finland):
        tell(user)
    at(monkeypatch, "2026-11-24T04:30")
    send_digests()
    assert not Message.objects.exists()
    at(monkeypatch, "2026-11-24T05:00")  # seven in Finland, six in Germany
    send_digests()
    assert [m.recipient for m in Message.objects.all()] == [finland]
    at(monkeypatch, "2026-11-24T06:10")
    assert send_digests() == "1 mails"
    assert Message.objects.get(recipient=here).kind == "digest"
    assert send_digests() == "0 mails"


def test_three_days_without_the_clock_make_one_mail_and_not_three(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = cast.people["jonas-reuter"]
    tell(user)
    at(monkeypatch, "2026-11-23T08:00")
    run("hourly")
    for day in (24, 25, 26):
        at(monkeypatch, f"2026-11-{day}T12:00")
        tell(user)
    for moment in ("2026-11-26T12:00", "2026-11-26T13:00", "2026-11-26T13:00", "2026-11-26T22:30"):
        at(monkeypatch, moment)
        run("hourly")
    mails = Message.objects.filter(recipient=user).order_by("created_at")
    assert len(mails) == 2
    assert ": 3" in mails[1].body


@pytest.mark.parametrize("rhythm", ["minutely", "hourly", "daily"])
def test_every_job_may_run_three_days_late_and_twice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, rhythm: str
) -> None:
    run(rhythm)
    monkeypatch.setattr("django.utils.timezone.now", lambda now=timezone.now() + timedelta(days=3): now)  # noqa: B008
    run(rhythm)
    before = Message.objects.count()
    run(rhythm)
    assert Message.objects.count() == before


def test_on_the_day_the_clocks_change_the_morning_comes_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = cast.people["jonas-reuter"]
    for day in (28, 29, 30):  # summer time begins in the night to 29 March 2026
        tell(user)
        for hour in range(24):
            at(monkeypatch, f"2026-03-{day}T{hour:02}:05")
            send_digests()
    assert Message.objects.filter(recipient=user).count() == 3


def test_one_person_whose_start_page_fails_keeps_nobody_from_their_mail(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, finland = cast.people["jonas-reuter"], cast.people["aino-virtala"]
    for user in (here, finland):
        tell(user)
    at(monkeypatch, "2026-11-24T12:00")

    def broken_for_one(actor: Actor) -> list[NextStep]:
        if actor.user_id == here.pk:
            raise ZeroDivisionError
        return next_steps(actor)

    with monkeypatch.context() as fault:
        fault.setattr("mtd.home.jobs.next_steps", broken_for_one)
        with pytest.raises(RuntimeError, match="1 bundled"):
            send_digests()
    assert Message.objects.get().recipient == finland
    assert send_digests() == "1 mails"


def test_who_gets_no_mail_costs_nothing_and_is_not_written_to(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    at(monkeypatch, "2026-11-24T12:00")
    send_digests()
    assert Digest.objects.count() == User.objects.filter(is_active=True).count()
    with django_assert_num_queries(3):
        send_digests()
