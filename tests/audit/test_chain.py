"""The log: written with the change or not at all, and every later alteration shows."""

import string
import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from mtd.audit.actions import _fact, forget_actors, record
from mtd.audit.models import GENESIS, ChainHead, Event, digest, digest_of_actor
from mtd.audit.queries import events_of, first_break
from mtd.core.actor import SYSTEM, Actor
from mtd.documents.models import StoredFile

CODE = set(string.ascii_letters + string.digits + "_.:+/-")
PERSON = Actor(user_id=uuid.uuid4())


def thing() -> StoredFile:
    return StoredFile(name="x", media_type="x", size=0, sha256="")


@pytest.mark.django_db(transaction=True)
class TestChain:
    def write(self, count: int = 3) -> StoredFile:
        obj = thing()
        for number in range(count):
            with transaction.atomic():
                record(PERSON, "thing.changed", obj, number=number)
        return obj

    def test_events_of_an_object_come_in_order(self) -> None:
        obj = self.write(3)
        assert [e.facts["number"] for e in events_of(obj)] == [0, 1, 2]
        assert first_break() is None

    def test_an_altered_event_is_found(self) -> None:
        obj = self.write(3)
        second = events_of(obj)[1]
        Event.objects.filter(pk=second.pk).update(facts={"number": 9})
        assert first_break() == second.pk

    def test_a_removed_event_is_found(self) -> None:
        obj = self.write(3)
        first, second, third = events_of(obj)
        Event.objects.filter(pk=second.pk).delete()
        assert first_break() == third.pk

    def test_what_is_rolled_back_is_not_recorded(self) -> None:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            record(PERSON, "thing.changed", thing())
            _ = 1 / 0
        assert not Event.objects.exists()
        self.write(2)
        assert first_break() is None

    def test_recording_outside_a_transaction_is_refused(self) -> None:
        with pytest.raises(RuntimeError):
            record(SYSTEM, "thing.changed", thing())


@given(st.text(min_size=1, max_size=90))
def test_only_short_codes_enter_the_log(text: str) -> None:
    plain = len(text) <= 80 and all(c in CODE for c in text)
    if plain:
        assert _fact("note", text) == text
    else:
        with pytest.raises(ValueError, match="note"):
            _fact("note", text)


@pytest.mark.django_db(transaction=True)
class TestTwoClocks:
    def write(self, *ages: int) -> list[Event]:
        """Events of a person, so many days old; the chain is made anew because dates are part of it."""
        for _age in ages:
            with transaction.atomic():
                record(PERSON, "thing.changed", thing())
        events, previous = list(Event.objects.order_by("id")), GENESIS
        for event, age in zip(events, ages, strict=True):
            event.at, event.previous = timezone.now() - timedelta(days=age), previous
            event.hash = previous = digest(event)
            event.save()
        ChainHead.objects.update(hash=previous)
        assert first_break() is None
        return events

    def test_who_did_it_is_forgotten_and_what_was_done_stays_provable(self) -> None:
        old, new = self.write(800, 10)
        assert forget_actors(actor=SYSTEM) == 1
        old.refresh_from_db()
        new.refresh_from_db()
        assert (old.actor_id, old.actor_salt, old.verb) == ("", "", "thing.changed")
        assert new.actor_id == str(PERSON.user_id)
        assert first_break() is None
        with transaction.atomic():
            record(PERSON, "thing.changed", thing())
        assert first_break() is None

    def test_forgetting_twice_does_nothing_more(self) -> None:
        self.write(800, 10)
        assert forget_actors(actor=SYSTEM) == 1
        assert forget_actors(actor=SYSTEM) == 0
        assert Event.objects.filter(verb="audit.actors_forgotten").count() == 1

    def test_nobody_can_be_found_by_trying_all_people(self) -> None:
        old, _new = self.write(800, 10)
        forget_actors(actor=SYSTEM)
        old.refresh_from_db()
        old.actor_id = str(PERSON.user_id)
        assert digest_of_actor(old) != old.actor_digest

    def test_a_person_blanked_out_before_time_is_found(self) -> None:
        old, new = self.write(800, 10)
        forget_actors(actor=SYSTEM)
        Event.objects.filter(pk=new.pk).update(actor_id="", actor_salt="")
        assert first_break() == new.pk

    def test_a_person_put_in_place_of_another_is_found(self) -> None:
        _old, new = self.write(800, 10)
        Event.objects.filter(pk=new.pk).update(actor_id=str(uuid.uuid4()))
        assert first_break() == new.pk


def test_an_event_has_the_same_hash_in_whatever_zone_its_moment_is_told() -> None:
    now = timezone.now()
    told = [Event(at=now.astimezone(ZoneInfo(name)), previous=GENESIS) for name in ("UTC", "Asia/Nicosia")]
    assert digest(told[0]) == digest(told[1])
