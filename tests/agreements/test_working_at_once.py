"""Two people hand in at the same second: one answer stands, the other person is told, nothing is half done."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections

from mtd.agreements.actions import working
from mtd.agreements.models import Answer, Entry, Position, Version
from mtd.audit.models import Event
from tests.cast import build_cast
from tests.factories import agreements as factory

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

KEYS = (
    "suchtberatung-am-markt",
    "drogenhilfe-ahlenried",
    "kreisjugendamt-birkenfurt",
    "stadtjugendamt-wendau",
)


def test_of_several_first_answers_one_is_on_the_table_and_all_others_are_conflicts() -> None:
    cast = build_cast(only={"birkenfurt"})
    agreement = factory.found(cast.networks["birkenfurt"], [cast.organizations[key] for key in KEYS])
    version = Version.objects.get(agreement=agreement)
    actors = [factory.speaker(party) for party in agreement.parties.order_by("order")]
    start = threading.Barrier(len(actors))
    results: list[Any] = []

    def hand_in(number: int) -> None:
        try:
            start.wait(timeout=20)
            results.append(
                working.set_answer(
                    actor=actors[number],
                    version=version,
                    question_key="referral_ack",
                    value={"number": number + 1, "unit": "days"},
                    base_revision=0,
                )
            )
        except working.AnswerConflict as conflict:
            results.append(conflict)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=hand_in, args=(number,)) for number in range(len(actors))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    won = [result for result in results if isinstance(result, Answer)]
    lost = [result for result in results if isinstance(result, working.AnswerConflict)]
    assert (len(won), len(lost)) == (1, 3)
    answer = Answer.objects.get(version=version)
    assert (answer.pk, answer.revision, answer.value) == (won[0].pk, 1, won[0].value)
    assert all(conflict.theirs and conflict.theirs.value == answer.value for conflict in lost)
    assert len({conflict.mine["number"] for conflict in lost if conflict.mine}) == 3
    assert Position.objects.get(version=version).party_id == answer.party_id
    assert Entry.objects.filter(version=version).count() == 1
    assert Event.objects.filter(verb="agreement.answer_set").count() == 1
