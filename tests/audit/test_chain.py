"""The log: written with the change or not at all, and every later alteration shows."""

import string
import uuid

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from mtd.audit.actions import _fact, record
from mtd.audit.models import Event
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
