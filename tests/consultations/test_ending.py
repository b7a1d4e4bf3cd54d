"""The end of a consultation: its texts are gone for good, its row keeps what is counted and nobody's name."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connections, transaction
from django.test import Client, override_settings
from django.utils import timezone

from mtd.accounts.models import User
from mtd.audit.models import Event
from mtd.audit.queries import first_break
from mtd.consultations import jobs
from mtd.consultations.actions import ending
from mtd.consultations.models import (
    SOURCE,
    Consultation,
    Contribution,
    Learning,
    Reading,
    Round,
    RoundNote,
    Way,
)
from mtd.consultations.permissions import visible_to
from mtd.core.actor import SYSTEM
from mtd.core.encryption import InvalidTag, KeyDestroyed, Sealed, forget_keys
from mtd.core.errors import NotAllowed, Refused
from mtd.core.jobs import GRACE, clean_key_store, sweep_unused_keys
from mtd.core.models import DataKey
from mtd.meetings.actions import add_item
from mtd.meetings.models import AgendaItem, Kind
from mtd.notifications.actions import notify
from mtd.notifications.models import Notice
from mtd.organizations.models import Membership
from tests.cast import Cast, build_cast
from tests.factories.meetings import a_meeting, organizer

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)
"""For what happens after the commit: keys are destroyed then and not before."""
ASKER, ANSWERER = "jonas-reuter", "miriam-hoffstedt"


@pytest.fixture
def cast() -> Cast:
    return build_cast(only={"birkenfurt"})


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=timezone.get_default_timezone())


def asked(cast: Cast, sent: date, answered: date | None, *, serial: int = 1, **fields: Any) -> Consultation:
    """A consultation as asking and answering leave it, with a text in every sealed place."""
    given: dict[str, Any] = {
        "year": sent.year,
        "serial": serial,
        "network": cast.networks["birkenfurt"],
        "way": Way.PARTNER,
        "organization": cast.organizations["suchtberatung-am-markt"],
        "asked_by": cast.people[ASKER],
        "recipient": cast.organizations["kreisjugendamt-birkenfurt"],
        "state": Consultation.State.ANSWERED if answered else Consultation.State.SENT,
        "topic": "support",
        "age_band": "6-9",
        "from_system": "addiction_care",
        "to_system": "youth_welfare",
        "case": '{"story": "The words of the case"}',
        "kept": '{"story": {"x": "public"}}',
        "language": "en",
        "revision": 3,
        "changed_at": at(answered or sent),
        "sent_at": at(sent),
        "due_at": at(sent + timedelta(days=3)),
        "answered_at": at(answered) if answered else None,
        "ends_on": (answered or sent) + timedelta(days=90),
        "helped": "yes" if answered else "",
    }
    found = Consultation(**(given | fields))
    found.save(force_insert=True)
    if answered:
        for kind in Contribution.Kind.values:
            Contribution.objects.create(
                consultation=found,
                kind=kind,
                at=at(answered),
                text=f"Words: {kind}",
                by=cast.people[ANSWERER],
            )
    Reading.objects.create(
        consultation=found, user=cast.people[ANSWERER], first_at=at(sent), last_at=at(sent)
    )
    talk = Round.objects.create(consultation=found, began_at=at(sent))
    RoundNote.objects.create(round=talk, step="ideas", text="A note", at=at(sent))
    return found


def keys() -> int:
    return DataKey.objects.using("keys").count()


LONG_AGO = date(2025, 3, 12)


def test_what_is_left_is_a_fact_to_count_without_anybody_in_it(cast: Cast) -> None:
    found = asked(cast, LONG_AGO, LONG_AGO + timedelta(days=2))
    assert jobs.end_due() == 1
    found = Consultation.objects.get()
    assert (found.state, found.ending, found.number) == ("ended", "time", "2025-001")
    assert (found.month, found.way, found.topic, found.age_band) == (
        date(2025, 3, 1),
        "partner",
        "support",
        "6-9",
    )
    assert (found.from_system, found.to_system) == ("addiction_care", "youth_welfare")
    assert (found.days_to_answer, found.in_time, found.helped) == (2, True, "yes")
    assert {found.asked_by, found.organization, found.recipient, found.adviser, found.meeting} == {None}
    assert {found.sent_at, found.due_at, found.answered_at, found.closed_at, found.ends_on} == {None}
    assert timezone.localtime(found.created_at).date() == found.month
    assert timezone.localtime(found.changed_at).date() == found.month
    assert found.ended_on is not None
    assert found.ended_on.day == 1
    assert (found.case, found.kept, found.language, found.revision) == ("", "", "", 0)
    for model in (Contribution, Reading, Round, RoundNote):
        assert not model._default_manager.exists()


@committed
def test_every_key_of_it_is_destroyed_and_no_other(cast: Cast) -> None:
    other = asked(cast, timezone.localdate(), timezone.localdate(), serial=2)
    before = keys()
    asked(cast, LONG_AGO, LONG_AGO, serial=1)
    assert keys() > before
    jobs.end_due()
    assert keys() == before
    forget_keys()
    assert Consultation.objects.get(pk=other.pk).case


@committed
def test_an_older_copy_of_the_row_cannot_be_read_any_more(cast: Cast) -> None:
    found = asked(cast, LONG_AGO, LONG_AGO)
    old = Consultation.objects.filter(pk=found.pk).values("case", "data_key_id").get()
    jobs.end_due()
    forget_keys()
    Consultation.objects.filter(pk=found.pk).update(state="draft", **old)
    with pytest.raises(KeyDestroyed):
        _ = Consultation.objects.get().case


@pytest.mark.parametrize(
    ("fields", "goes"),
    [
        ({}, True),
        ({"ends_on": timezone.localdate()}, True),
        ({"ends_on": timezone.localdate() + timedelta(days=1)}, False),
    ],
)
def test_it_ends_on_its_day_and_not_before(cast: Cast, fields: dict[str, Any], goes: bool) -> None:
    day = timezone.localdate() - timedelta(days=89)
    asked(cast, day, day, **({"ends_on": day} | fields))
    assert jobs.end_due() == int(goes)


def test_no_agreement_and_no_old_setting_makes_it_longer_than_the_period_set(cast: Cast) -> None:
    day = timezone.localdate() - timedelta(days=40)
    asked(cast, day, day, serial=1)
    asked(cast, day, None, serial=2, due_at=at(day))
    assert jobs.end_due() == 0
    with override_settings(MTD_KEEP_CONSULTATIONS=timedelta(days=30)):
        assert jobs.end_due() == 2


def test_an_unanswered_question_ends_as_not_answered_in_time(cast: Cast) -> None:
    asked(cast, LONG_AGO, None)
    jobs.end_due()
    found = Consultation.objects.get()
    assert (found.days_to_answer, found.in_time, found.helped) == (None, False, "")


def test_who_asked_ends_it_early_and_nobody_else(cast: Cast) -> None:
    today = timezone.localdate()
    found = asked(cast, today, today)
    with pytest.raises(NotAllowed):
        ending.end(actor=cast.actor(ANSWERER), consultation=found, ending="asker")
    ended = ending.end(actor=cast.actor(ASKER), consultation=found, ending="asker")
    assert (ended.state, ended.ending, ended.days_to_answer) == ("ended", "asker", 0)
    with pytest.raises((NotAllowed, Refused)):
        ending.end(actor=cast.actor(ASKER), consultation=ended, ending="asker")


def test_a_question_taken_back_counts_as_neither_late_nor_in_time(cast: Cast) -> None:
    found = asked(cast, timezone.localdate(), None)
    ended = ending.end(actor=cast.actor(ASKER), consultation=found, ending="withdrawn")
    assert (ended.ending, ended.in_time, ended.days_to_answer) == ("withdrawn", None, None)


def test_nobody_sees_it_afterwards(cast: Cast, browse: Callable[..., Client]) -> None:
    asked(cast, LONG_AGO, LONG_AGO)
    assert visible_to(cast.actor(ASKER)).count() == 1
    jobs.end_due()
    for key in (ASKER, ANSWERER, "leonie-brandt"):
        assert not visible_to(cast.actor(key)).exists()


def test_the_log_says_that_it_ended_and_why_in_codes_only(cast: Cast) -> None:
    found = asked(cast, LONG_AGO, LONG_AGO + timedelta(days=1))
    jobs.end_due()
    event = Event.objects.get(verb="consultation.ended")
    assert (event.object_id, event.actor_id) == (str(found.pk), "")
    assert event.facts == {"way": "partner", "ending": "time", "days": 1}
    assert first_break() is None


def test_the_agenda_keeps_a_number_and_no_way_to_it(cast: Cast) -> None:
    network = cast.networks["birkenfurt"]
    coming = a_meeting(network, Kind.CASE_DISCUSSION)
    found = asked(cast, LONG_AGO, None, way=Way.DISCUSSION, recipient=None, meeting=coming)
    item = add_item(
        actor=organizer(network),
        meeting=coming,
        title=f"Anonymous case discussion {found.number}",
        source_kind=SOURCE,
        source_id=str(found.pk),
    )
    jobs.end_due()
    item = AgendaItem.objects.get(pk=item.pk)
    assert (item.source_kind, item.source_id, item.state) == ("", "", AgendaItem.State.DROPPED)
    assert item.title == "Anonymous case discussion 2025-001"


def test_notices_that_lead_to_it_go_and_others_stay(cast: Cast) -> None:
    gone, stays = asked(cast, LONG_AGO, LONG_AGO), asked(cast, timezone.localdate(), None, serial=2)
    for one in (gone, stays):
        notify(
            actor=SYSTEM,
            users=[cast.people[ASKER]],
            kind="consultations.asked",
            text=f"Question {one.number}",
            link=f"/consultations/{one.pk}/",
        )
    jobs.end_due()
    assert [notice.text for notice in Notice.objects.all()] == [f"Question {stays.number}"]


@committed
def test_a_draft_left_lying_goes_whole_with_its_key(cast: Cast) -> None:
    for days, serial in ((31, 1), (29, 2)):
        asked(
            cast,
            timezone.localdate(),
            None,
            serial=serial,
            state="draft",
            sent_at=None,
            ends_on=None,
            changed_at=timezone.now() - timedelta(days=days),
        )
    before = keys()
    assert jobs.discard_old_drafts() == 1
    assert [one.serial for one in Consultation.objects.all()] == [2]
    assert keys() == before - 2  # the draft's and that of its note
    assert jobs.discard_old_drafts() == 0


@committed
@pytest.mark.parametrize("left", ["the organisation", "the account", "nothing"])
def test_a_draft_goes_with_its_author_because_nobody_else_ever_sees_it(cast: Cast, left: str) -> None:
    fresh: dict[str, Any] = {"state": "draft", "sent_at": None, "ends_on": None, "changed_at": timezone.now()}
    asked(cast, timezone.localdate(), None, **fresh)
    asker = cast.people[ASKER]
    if left == "the organisation":
        Membership.objects.filter(user=asker).update(ended_on=timezone.localdate())
    elif left == "the account":
        User.objects.filter(pk=asker.pk).update(is_active=False)
    assert jobs.discard_old_drafts() == int(left != "nothing")
    assert keys() == (2 if left == "nothing" else 0)


@committed
def test_what_was_learnt_goes_on_its_day(cast: Cast) -> None:
    today = timezone.localdate()
    for days in (0, 1):
        Learning.objects.create(
            network=cast.networks["birkenfurt"],
            topic="support",
            situation="When",
            learnt="Then",
            proposed_on=today,
            ends_on=today + timedelta(days=days),
        )
    assert jobs.forget_learnings() == 1
    assert Learning.objects.count() == keys() == 1


# ---------------------------------------------------------------- what goes wrong


def test_a_missing_key_does_not_keep_it_from_ending(cast: Cast) -> None:
    asked(cast, LONG_AGO, LONG_AGO)
    DataKey.objects.using("keys").all().delete()
    forget_keys()
    assert jobs.end_due() == 1
    assert Consultation.objects.get().state == "ended"


def test_a_tampered_text_does_not_keep_it_from_ending(cast: Cast) -> None:
    found = asked(cast, LONG_AGO, LONG_AGO)
    spoil(found, b"\x01" + bytes(60))
    with pytest.raises(InvalidTag):
        _ = Consultation.objects.get(pk=found.pk).case
    assert jobs.end_due() == 1


def spoil(found: Consultation, sealed: bytes) -> None:
    with connections["default"].cursor() as cursor:
        pk = found.pk.hex if connections["default"].vendor == "sqlite" else found.pk
        cursor.execute('UPDATE consultations_consultation SET "case" = %s WHERE id = %s', [sealed, pk])


@pytest.mark.parametrize("sealed", [b"x", b"\x01" + bytes(12), b"\x02" + bytes(60), bytes(60)])
def test_a_text_cut_off_or_overwritten_fails_closed(cast: Cast, sealed: bytes) -> None:
    found = asked(cast, LONG_AGO, LONG_AGO)
    spoil(found, sealed)
    with pytest.raises(InvalidTag):
        _ = Consultation.objects.get(pk=found.pk).case


@committed
def test_two_runs_at_once_end_each_of_them_once(cast: Cast) -> None:
    for serial in range(1, 9):
        asked(cast, LONG_AGO, LONG_AGO, serial=serial)
    counts: list[int] = []
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        try:
            ended = 0
            while some := ending.end_some(actor=SYSTEM, limit=3):
                ended += some
            counts.append(ended)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    jobs.end_due()
    assert Consultation.objects.filter(state="ended").count() == 8
    assert Event.objects.filter(verb="consultation.ended").count() == 8
    assert keys() == 0


@committed
def test_a_run_killed_between_the_commit_and_the_keys_is_finished_by_the_sweep(cast: Cast) -> None:
    asked(cast, LONG_AGO, LONG_AGO)
    with pytest.raises(KeyboardInterrupt):
        _die_after_the_commit()
    assert Consultation.objects.get().state == "ended"
    assert keys() > 0
    assert jobs.end_due() == 0
    DataKey.objects.using("keys").update(created_at=timezone.now() - GRACE - timedelta(minutes=1))
    sweep_unused_keys()
    assert keys() == 0


def _die_after_the_commit() -> None:
    """What a kill right after the commit does: the row is emptied, the keys were not reached."""
    with transaction.atomic():

        def killed() -> None:
            raise KeyboardInterrupt

        transaction.on_commit(killed)
        due = list(Consultation.objects.all())
        ending.empty(actor=SYSTEM, consultations=due, ending=Consultation.Ending.TIME)


@committed
def test_a_run_that_fails_in_the_middle_leaves_every_text_readable(cast: Cast) -> None:
    asked(cast, LONG_AGO, LONG_AGO)
    before = keys()
    with pytest.raises(RuntimeError), transaction.atomic():
        ending.empty(
            actor=SYSTEM, consultations=list(Consultation.objects.all()), ending=Consultation.Ending.TIME
        )
        raise RuntimeError
    forget_keys()
    found = Consultation.objects.get()
    assert found.state == "answered"
    assert "words" in found.case
    assert (keys(), Contribution.objects.count()) == (before, 5)


def test_the_database_itself_refuses_an_ended_row_that_names_somebody(cast: Cast) -> None:
    asked(cast, LONG_AGO, LONG_AGO)
    jobs.end_due()
    for change in (
        {"asked_by": cast.people[ASKER].pk},
        {"organization": cast.organizations["suchtberatung-am-markt"].pk},
        {"data_key_id": uuid.uuid4()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Consultation.objects.update(**change)


@pytest.mark.of_sqlite
@committed
def test_the_store_of_keys_holds_nothing_of_a_destroyed_key_in_its_files(cast: Cast) -> None:
    asked(cast, LONG_AGO, LONG_AGO)
    wrapped = [bytes(key.wrapped) for key in DataKey.objects.using("keys").all()]
    jobs.end_due()
    clean_key_store()
    path = str(connections["keys"].settings_dict["NAME"])
    found = b""
    for suffix in ("", "-wal", "-journal"):
        try:
            with open(path + suffix, "rb") as file:
                found += file.read()
        except FileNotFoundError:
            continue
    assert len(found) > 4096
    assert [key for key in wrapped if key in found] == []


@pytest.mark.parametrize(
    ("sealed", "status", "words"),
    [
        (None, 410, "its key was destroyed or is missing"),
        (b"\x01" + bytes(60), 409, "altered outside the system"),
    ],
)
def test_a_page_whose_text_does_not_open_says_so_and_the_rest_works(
    cast: Cast, browse: Callable[..., Client], sealed: bytes | None, status: int, words: str
) -> None:
    found = asked(cast, timezone.localdate(), timezone.localdate())
    if sealed is None:
        DataKey.objects.using("keys").all().delete()
    else:
        spoil(found, sealed)
    client = browse(ASKER)
    answer = client.get(f"/consultations/{found.pk}/")
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert "Traceback" not in answer.content.decode()
    for path in ("/consultations/", "/", "/danger/now/"):
        assert client.get(path).status_code == 200, path
    assert ending.end(actor=cast.actor(ASKER), consultation=found, ending="asker").state == "ended"


KEPT = {
    *(
        "id",
        "year",
        "serial",
        "network",
        "agreement",
        "way",
        "question_key",
        "state",
        "created_at",
        "changed_at",
    ),
    *("topic", "age_band", "from_system", "to_system", "helped", "month", "days_to_answer", "in_time"),
    *("ended_on", "ending"),
}
"""What stays of a consultation, and why is said in docs/retention.md. Whoever adds a field decides here."""


def test_nothing_but_what_is_listed_survives_the_end(cast: Cast) -> None:
    asked(
        cast,
        LONG_AGO,
        LONG_AGO,
        adviser=cast.people[ANSWERER],
        closed_at=at(LONG_AGO),
        reminded_at=at(LONG_AGO),
        meeting=a_meeting(cast.networks["birkenfurt"], Kind.CASE_DISCUSSION),
    )
    jobs.end_due()
    found = Consultation.objects.get()
    values = {field.name: getattr(found, field.name) for field in Consultation._meta.concrete_fields}
    assert {name for name, value in values.items() if value not in (None, "", 0)} - KEPT == set()


def test_every_sealed_text_of_this_slice_is_known_to_its_end() -> None:
    sealed = {
        model for model in apps.get_app_config("consultations").get_models() if issubclass(model, Sealed)
    }
    assert sealed == {Consultation, Contribution, RoundNote, Learning}


@pytest.mark.parametrize("spoiled", ["the key", "the text"])
def test_one_entry_that_does_not_open_leaves_the_collection_readable_and_can_be_taken_out(
    cast: Cast, browse: Callable[..., Client], spoiled: str
) -> None:
    today = timezone.localdate()
    broken, whole = (
        Learning.objects.create(
            network=cast.networks["birkenfurt"],
            topic="support",
            situation=f"When {number} children wait",
            learnt="Then somebody calls.",
            by=cast.people[ASKER],
            state="approved",
            approved_on=today,
            proposed_on=today,
            ends_on=today + timedelta(days=9),
        )
        for number in ("two", "three")
    )
    if spoiled == "the key":
        DataKey.objects.using("keys").filter(pk=broken.data_key_id).delete()
    else:
        with connections["default"].cursor() as cursor:
            pk = broken.pk.hex if connections["default"].vendor == "sqlite" else broken.pk
            cursor.execute("UPDATE consultations_learning SET learnt = %s WHERE id = %s", [b"\x01" * 60, pk])
    forget_keys()
    client = browse(ASKER)
    shown = client.get("/consultations/birkenfurt/learnt/")
    assert shown.status_code == 200
    text = shown.content.decode()
    assert whole.situation in text
    assert text.count("This text cannot be read any more.") == 1
    page = client.get(f"/consultations/birkenfurt/learnt/{broken.pk}/")
    assert page.status_code == 200
    assert "Tell whoever runs this installation" in page.content.decode()
    assert client.post(page.request["PATH_INFO"], {"do": "take_back"}).status_code == 302
    assert list(Learning.objects.all()) == [whole]


@committed
def test_while_the_key_store_is_away_nothing_is_read_or_lost_and_the_page_says_so(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    found = asked(cast, timezone.localdate(), None)
    address = f"/consultations/{found.pk}/"
    client = browse(ASKER)
    assert client.get("/consultations/").status_code == 200
    with connections["keys"].cursor() as cursor:
        cursor.execute("ALTER TABLE core_datakey RENAME TO core_away")
    try:
        words = {"do": "reply", "reply-text": "The mother comes on Mondays.", "reply-revision": "3"}
        for answer in (client.get(address), client.post(address, words)):
            assert answer.status_code == 503
            assert "the store of their keys does not answer" in answer.content.decode()
        assert not Contribution.objects.filter(consultation=found).exists()
        for path in ("/consultations/", "/", "/danger/now/"):
            assert client.get(path).status_code == 200, path
    finally:
        with connections["keys"].cursor() as cursor:
            cursor.execute("ALTER TABLE core_away RENAME TO core_datakey")
    assert Consultation.objects.get(pk=found.pk).case
