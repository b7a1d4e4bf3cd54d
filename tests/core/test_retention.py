"""What goes when its time has come, what stays, and the preview that says so before."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone
from django.utils.module_loading import import_string

from config.schedule import JOBS
from mtd.accounts.models import User
from mtd.agreements.actions import founding, wording, working
from mtd.agreements.models import Agreement, Comment, Draft, Entry
from mtd.agreements.queries import current_version
from mtd.audit.actions import record
from mtd.audit.models import ChainHead, Event, digest
from mtd.audit.queries import first_break
from mtd.consultations.models import Consultation, Learning
from mtd.cooperation.models import Need, NeedGroup, ShadowingDate, ShadowingOffer, ShadowingVisit
from mtd.core.actor import SYSTEM
from mtd.core.models import DataKey
from mtd.core.retention import Rule, rules
from mtd.guide.actions import give_feedback
from mtd.guide.models import StepFeedback
from mtd.meetings.models import AgendaItem, Participant
from mtd.meetings.queries.people import Guest
from mtd.notifications.actions import enqueue, notify
from mtd.notifications.models import ATTEMPTS, Message, Notice, Undeliverable
from mtd.organizations.actions import invite
from mtd.organizations.models import Invitation
from tests.cast import Cast, build_cast
from tests.factories import agreements as factory
from tests.factories.meetings import a_meeting

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()


def ago(setting: str, days: int) -> Any:
    """A moment so many days before (or after, negative) the end of a period."""
    return timezone.now() - getattr(settings, setting) - timedelta(days=days)


@pytest.fixture
def cast() -> Cast:
    return build_cast(only={"birkenfurt"})


@pytest.fixture
def agreement(cast: Cast) -> Agreement:
    keys = ("suchtberatung-am-markt", "kreisjugendamt-birkenfurt")
    return factory.found(cast.networks["birkenfurt"], [cast.organizations[key] for key in keys])


def rule(setting: str) -> Rule:
    return next(one for one in rules() if one.setting == setting)


def run(setting: str) -> Any:
    job: Callable[[], Any] = import_string(rule(setting).job)
    return job()


def preview() -> dict[str, int]:
    stream = io.StringIO()
    call_command("retention_preview", stdout=stream)
    lines = stream.getvalue().splitlines()
    return {line.rsplit(" ", 1)[1].rstrip(")"): int(line.split()[0]) for line in lines}


def drafts(cast: Cast, agreement: Agreement) -> None:
    version = current_version(agreement)
    for key in ("answer:costs", "answer:parties_list"):
        working.save_draft(actor=cast.actor("jonas-reuter"), version=version, key=key, data={"a-text": ["x"]})
    Draft.objects.filter(key="answer:costs").update(at=ago("MTD_KEEP_DRAFTS", 1))


def comments(cast: Cast, agreement: Agreement) -> None:
    """An agreement given up long ago, and one that was given up but in which something still happens."""
    other = factory.found(agreement.network, [p.organization for p in agreement.parties.all()])
    for one in (agreement, other):
        version = factory.agree_all(one, quick=True)
        first = wording.add_comment(
            actor=cast.actor("jonas-reuter"),
            version=version,
            question_key="costs",
            visibility="us",
            body="Text",
        )
        assert first.data_key_id
        founding.abandon(actor=cast.actor("miriam-hoffstedt"), version=version, reason="x")
    Entry.objects.filter(version__agreement=agreement).update(at=ago("MTD_KEEP_ABANDONED_COMMENTS", 1))


def invitations(cast: Cast, agreement: Agreement) -> None:
    for email in ("old@x.example", "used@x.example", "withdrawn@x.example", "open@x.example"):
        invite(
            actor=cast.actor("leonie-brandt"),
            email=email,
            role="worker",
            language="en",
            organization=cast.organizations["suchtberatung-am-markt"],
        )
    long_ago = ago("MTD_KEEP_INVITATIONS", 1)
    Invitation.objects.filter(email="old@x.example").update(expires_at=long_ago)
    Invitation.objects.filter(email="used@x.example").update(accepted_at=long_ago)
    Invitation.objects.filter(email="withdrawn@x.example").update(revoked_at=long_ago)


def messages(cast: Cast, agreement: Agreement) -> None:
    for subject in ("sent", "given up", "waiting"):
        enqueue(actor=SYSTEM, kind="test", subject=subject, body="Text", address="a@x.example")
    Message.objects.filter(subject="sent").update(sent_at=ago("MTD_KEEP_SENT", 1))
    Message.objects.filter(subject="given up").update(created_at=ago("MTD_KEEP_SENT", 1), attempts=ATTEMPTS)


def notices(cast: Cast, agreement: Agreement) -> None:
    people = [cast.people["jonas-reuter"]]
    for text in ("read", "never read", "unread"):
        notify(actor=SYSTEM, users=people, kind="test", text=text, link="/", mail=False)
    Notice.objects.filter(text="read").update(read_at=ago("MTD_KEEP_NOTICES", 1))
    Notice.objects.filter(text="never read").update(
        created_at=timezone.now() - 2 * settings.MTD_KEEP_NOTICES - timedelta(days=1)
    )


def bounces(cast: Cast, agreement: Agreement) -> None:
    for address in ("old@x.example", "new@x.example"):
        Undeliverable.objects.create(address=address, code="5.1.1")
    Undeliverable.objects.filter(address="old@x.example").update(last_at=ago("MTD_KEEP_BOUNCES", 1))


def feedback(cast: Cast, agreement: Agreement) -> None:
    guide = factory.cooperation_guide()
    step = guide.content["steps"][0]["key"]
    for helped in ("old", "new"):
        give_feedback(
            actor=cast.actor("jonas-reuter"), version=guide, step_key=step, helped=helped, missing=""
        )
    oldest = StepFeedback.objects.order_by("created_at").first()
    StepFeedback.objects.filter(pk=oldest.pk if oldest else None).update(
        created_at=ago("MTD_KEEP_FEEDBACK", 1)
    )


def actors(cast: Cast, agreement: Agreement) -> None:
    Event.objects.all().delete()
    ChainHead.objects.all().delete()
    with transaction.atomic():
        record(cast.actor("jonas-reuter"), "thing.changed", agreement)
    event = Event.objects.get()
    event.at = ago("MTD_KEEP_ACTORS", 1)
    event.hash = digest(event)
    event.save()
    ChainHead.objects.update(hash=event.hash)
    with transaction.atomic():
        record(cast.actor("jonas-reuter"), "thing.changed", agreement)


def guests(cast: Cast, agreement: Agreement) -> None:
    for days, email in ((366, "old@x.example"), (300, "new@x.example")):
        guest = Guest("Dr. Gast", email)
        when = timezone.now() - timedelta(days=days)
        a_meeting(agreement.network, when=when, people=[], guests=[guest], held=True)


def minutes(cast: Cast, agreement: Agreement) -> None:
    for days in (1, -1):
        when = ago("MTD_KEEP_MINUTES", days)
        meeting = a_meeting(agreement.network, when=when, people=[], held=True)
        AgendaItem(meeting=meeting, title="x", notes="x").save(force_insert=True)


def needs(cast: Cast, agreement: Agreement) -> None:
    for days in (1, -1):
        on = ago("MTD_KEEP_NEEDS", days).date()
        group = NeedGroup.objects.create(
            network=agreement.network, state="decided", first_raised_on=on, decided_on=on, wording="x"
        )
        Need.objects.create(group=group, text="x", raised_on=on, answered_on=on)


def needs_with_words() -> Any:
    return NeedGroup.objects.filter(emptied_on__isnull=True)


def visits(cast: Cast, agreement: Agreement) -> None:
    organization = cast.organizations["suchtberatung-am-markt"]
    offer = ShadowingOffer.objects.create(
        network=agreement.network, organization=organization, title="x", what="x"
    )
    for days in (1, -1):
        day = ShadowingDate.objects.create(offer=offer, on=ago("MTD_KEEP_SHADOWING", days).date())
        ShadowingVisit.objects.create(
            date=day,
            organization=organization,
            visitor=cast.people["deniz-kaya"],
            state="cancelled",
            wish="x",
        )


def consultations(cast: Cast, agreement: Agreement) -> None:
    """One whose day has come, one that was answered a day later, and a draft, which is another rule's."""
    for number, days in enumerate((1, -1), 1):
        answered = ago("MTD_KEEP_CONSULTATIONS", days)
        a_consultation(
            cast,
            number,
            state="answered",
            sent_at=answered,
            answered_at=answered,
            ends_on=answered.date() + settings.MTD_KEEP_CONSULTATIONS,
        )
    a_consultation(cast, 3, changed_at=timezone.now())


def case_drafts(cast: Cast, agreement: Agreement) -> None:
    for number, days in enumerate((1, -1), 1):
        a_consultation(
            cast,
            number,
            changed_at=ago("MTD_KEEP_CASE_DRAFTS", days),
            asked_by=cast.people["jonas-reuter"],
            organization=cast.organizations["suchtberatung-am-markt"],
        )


def a_consultation(cast: Cast, serial: int, **fields: Any) -> None:
    given = {"year": 2026, "serial": serial, "case": "x", "kept": "", "changed_at": NOW, "way": "own_house"}
    one = Consultation(network=cast.networks["birkenfurt"], **(given | fields))
    one.save(force_insert=True)


def learnings(cast: Cast, agreement: Agreement) -> None:
    today = timezone.localdate()
    for days in (0, 1):
        Learning.objects.create(
            network=agreement.network,
            topic="support",
            situation="x",
            learnt="x",
            proposed_on=today,
            ends_on=today + timedelta(days=days),
        )


CASES: dict[str, tuple[Callable[[Cast, Agreement], None], Any, int, int]] = {
    # setting: (prepare, what is left afterwards, how many are due, how many stay)
    "MTD_KEEP_DRAFTS": (drafts, Draft.objects.all, 1, 1),
    "MTD_KEEP_ABANDONED_COMMENTS": (comments, Comment.objects.all, 1, 1),
    "MTD_KEEP_INVITATIONS": (invitations, Invitation.objects.all, 3, 1),
    "MTD_KEEP_SENT": (messages, Message.objects.all, 2, 1),
    "MTD_KEEP_NOTICES": (notices, Notice.objects.all, 2, 1),
    "MTD_KEEP_BOUNCES": (bounces, Undeliverable.objects.all, 1, 1),
    "MTD_KEEP_FEEDBACK": (feedback, StepFeedback.objects.all, 1, 1),
    "MTD_KEEP_MINUTES": (minutes, lambda: AgendaItem.objects.filter(data_key_id__isnull=False), 1, 1),
    "MTD_KEEP_NEEDS": (needs, needs_with_words, 1, 1),
    "MTD_KEEP_SHADOWING": (visits, lambda: ShadowingVisit.objects.filter(emptied_on__isnull=True), 1, 1),
    "MTD_KEEP_CONSULTATIONS": (consultations, lambda: Consultation.objects.filter(state="answered"), 1, 1),
    "MTD_KEEP_CASE_DRAFTS": (case_drafts, Consultation.objects.all, 1, 1),
    "MTD_KEEP_LEARNINGS": (learnings, Learning.objects.all, 1, 1),
    "MTD_KEEP_ACTORS": (actors, lambda: Event.objects.exclude(actor_id=""), 1, 1),
    "MTD_KEEP_GUESTS": (guests, lambda: Participant.objects.exclude(email=""), 1, 1),
}


@pytest.mark.parametrize("setting", CASES)
def test_what_is_due_goes_once_and_the_rest_stays(cast: Cast, agreement: Agreement, setting: str) -> None:
    prepare, left, due, stays = CASES[setting]
    prepare(cast, agreement)
    assert preview()[setting] == due
    assert rule(setting).due_rows(timezone.now()).count() == due  # the preview deleted nothing
    assert run(setting) == due
    assert left().count() == stays
    assert preview()[setting] == 0
    assert run(setting) == 0
    assert left().count() == stays
    assert first_break() is None


def test_every_rule_has_a_test_a_daily_job_and_a_line_in_the_documents() -> None:
    text = (settings.BASE_DIR / "docs" / "retention.md").read_text(encoding="utf-8")
    assert {one.setting for one in rules()} == set(CASES)
    for one in rules():
        assert one.job in JOBS["daily"]
        assert f"`{one.setting}` | {one.days} |" in text
    named = {name for name in dir(settings) if name.startswith("MTD_KEEP_")}
    assert named == set(CASES)


def test_a_forgotten_comment_is_gone_from_old_backups_too(cast: Cast, agreement: Agreement) -> None:
    comments(cast, agreement)
    gone = Comment.objects.get(agreement=agreement).data_key_id
    kept = Comment.objects.exclude(agreement=agreement).get().data_key_id
    run("MTD_KEEP_ABANDONED_COMMENTS")
    keys = DataKey.objects.using("keys")
    assert not keys.filter(id=gone).exists()
    assert keys.filter(id=kept).exists()


def test_a_message_that_was_given_up_loses_its_text_with_its_key(cast: Cast, agreement: Agreement) -> None:
    messages(cast, agreement)
    gone = Message.objects.get(subject="given up").data_key_id
    run("MTD_KEEP_SENT")
    assert not DataKey.objects.using("keys").filter(id=gone).exists()


def test_sessions_that_have_run_out_go(cast: Cast) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for days in (-1, 1):
        session = store()
        session["x"] = 1
        session.create()
        Session.objects.filter(pk=session.session_key).update(
            expire_date=timezone.now() + timedelta(days=days)
        )
    import_string("mtd.accounts.jobs.clear_sessions")()
    assert Session.objects.count() == 1


SHARED_CACHE = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "mtd_cache"}
}


def test_the_table_of_the_shared_cache_was_made_by_a_migration_and_is_swept() -> None:
    with override_settings(CACHES=SHARED_CACHE):
        cache = caches["default"]
        cache.set("counted", 3, timeout=300)
        cache.set("long-ago", 1, timeout=300)
        assert cache.get("counted") == 3
        assert not cache.add("counted", 1)
        with connection.cursor() as cursor:
            old = connection.ops.adapt_datetimefield_value(NOW.replace(microsecond=0) - timedelta(days=1))
            cursor.execute(
                "UPDATE mtd_cache SET expires = %s WHERE cache_key = %s", [old, cache.make_key("long-ago")]
            )
        clear: Callable[[], int] = import_string("mtd.core.jobs.clear_cache")
        assert clear() == 1
        assert clear() == 0
        assert cache.get("counted") == 3
        cache.clear()


def test_wrong_codes_are_counted_by_all_workers_together(cast: Cast) -> None:
    from mtd.accounts.actions import CODE_FAILURES, confirm_second_factor
    from mtd.core.errors import Refused

    user: User = cast.people["jonas-reuter"]
    said = []
    with override_settings(CACHES=SHARED_CACHE):
        for _try in range(CODE_FAILURES + 1):
            caches.close_all()
            with pytest.raises(Refused) as refused:
                confirm_second_factor(actor=cast.actor("jonas-reuter"), user=user, code="12")
            said.append(refused.value.code)
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM mtd_cache")
            assert cursor.fetchone()[0] >= CODE_FAILURES
        caches["default"].clear()
    assert said == ["wrong_code"] * CODE_FAILURES + ["too_many_codes"]
