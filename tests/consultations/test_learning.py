"""What a network learnt: written anew, looked at by a second person, gone when it is due."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mtd.audit.models import Event
from mtd.consultations.actions import learning as actions
from mtd.consultations.models import Consultation, Learning
from mtd.consultations.permissions import can_view_learning, learnings_to_look_at, visible_learnings
from mtd.core.actor import Actor
from mtd.core.encryption import KeyDestroyed
from mtd.core.errors import NotAllowed, Refused
from mtd.organizations.models import Network
from tests.cast import Cast

pytestmark = pytest.mark.django_db
Act = Callable[[str], Actor]
Browse = Callable[[str], Client]
PAGE = "/consultations/birkenfurt/learnt/"
LEAD = "leonie-brandt"
TEXTS: dict[str, Any] = {
    "topic": "relapse",
    "situation": "When a parent relapses during treatment",
    "learnt": "Ask first who is with the children tonight.",
}


def proposed(act: Act, network: Network, by: str = "jonas-reuter") -> Learning:
    return actions.propose(actor=act(by), network=network, **TEXTS)


def test_a_learning_knows_nothing_of_any_consultation() -> None:
    related = {field.related_model for field in Learning._meta.get_fields() if field.is_relation}
    assert Consultation not in related


def test_it_carries_no_day_that_would_lead_to_an_answer(act: Act, browse: Browse, network: Network) -> None:
    one = proposed(act, network)
    actions.approve(actor=act("miriam-hoffstedt"), learning=one)
    one.refresh_from_db()
    assert one.approved_on is not None
    assert (one.proposed_on.day, one.approved_on.day) == (1, 1)
    page = browse("deniz-kaya").get(PAGE).content.decode()
    today = timezone.localdate()
    assert f"approved in {today:%B} {today.year}" in page


def test_others_read_it_only_after_a_second_person_has_looked(act: Act, network: Network) -> None:
    one = proposed(act, network)
    reader = act("deniz-kaya")
    assert not visible_learnings(reader).exists()
    actions.approve(actor=act("miriam-hoffstedt"), learning=one)
    found = visible_learnings(reader).get()
    assert (found.situation, found.learnt) == (TEXTS["situation"], TEXTS["learnt"])


def test_nobody_approves_what_they_wrote_themselves(act: Act, network: Network) -> None:
    own = proposed(act, network, "miriam-hoffstedt")
    with pytest.raises(NotAllowed):
        actions.approve(actor=act("miriam-hoffstedt"), learning=own)
    with pytest.raises(NotAllowed):
        actions.approve(actor=act("jonas-reuter"), learning=own)


def test_who_reworded_it_does_not_approve_the_own_words(act: Act, network: Network) -> None:
    one = proposed(act, network)
    words = {**TEXTS, "learnt": "Ask who is with the children tonight, before anything else."}
    actions.reword(actor=act("miriam-hoffstedt"), learning=one, **words)
    with pytest.raises(NotAllowed):
        actions.approve(actor=act("miriam-hoffstedt"), learning=one)
    assert one.pk not in set(learnings_to_look_at(act("miriam-hoffstedt")).values_list("pk", flat=True))
    actions.reword(actor=act("jonas-reuter"), learning=one, **TEXTS)
    actions.approve(actor=act("miriam-hoffstedt"), learning=one)
    assert Learning.objects.get().state == Learning.State.APPROVED


def test_where_the_coordination_wrote_it_a_lead_looks(act: Act, browse: Browse, network: Network) -> None:
    own = proposed(act, network, "miriam-hoffstedt")
    lead, worker = act(LEAD), act("deniz-kaya")
    assert [one.pk for one in learnings_to_look_at(lead)] == [own.pk]
    assert not learnings_to_look_at(worker).exists()
    assert browse(LEAD).get(f"{PAGE}{own.pk}/").status_code == 200
    with pytest.raises(NotAllowed):
        actions.approve(actor=worker, learning=own)
    actions.approve(actor=lead, learning=own)
    assert visible_learnings(worker).get().pk == own.pk
    theirs = proposed(act, network, "jonas-reuter")
    with pytest.raises(NotAllowed):
        actions.approve(actor=lead, learning=theirs)


def test_what_was_approved_is_not_reworded_behind_the_second_look(act: Act, network: Network) -> None:
    one = proposed(act, network)
    actions.approve(actor=act("miriam-hoffstedt"), learning=one)
    with pytest.raises(Refused) as refused:
        actions.reword(actor=act("jonas-reuter"), learning=one, **{**TEXTS, "learnt": "Something else"})
    assert refused.value.code == "approved"


@pytest.mark.django_db(transaction=True)
def test_taking_it_out_destroys_its_words_everywhere(act: Act, network: Network) -> None:
    one = proposed(act, network)
    kept = Learning.objects.get(pk=one.pk)
    actions.take_back(actor=act("jonas-reuter"), learning=one)
    with pytest.raises(KeyDestroyed):
        _ = kept.learnt


def test_the_log_holds_no_word_of_it(act: Act, network: Network) -> None:
    one = proposed(act, network)
    actions.approve(actor=act("miriam-hoffstedt"), learning=one)
    log = json.dumps(list(Event.objects.filter(object_id=str(one.pk)).values("verb", "facts")))
    assert "learning.approved" in log
    assert "relapses" not in log
    assert "tonight" not in log


def test_everyone_sees_the_same_in_a_list_and_one_by_one(cast: Cast, act: Act, network: Network) -> None:
    one = proposed(act, network)
    two = proposed(act, network, "deniz-kaya")
    actions.approve(actor=act("miriam-hoffstedt"), learning=two)
    for key in cast.people:
        actor = act(key)
        seen = set(visible_learnings(actor).values_list("pk", flat=True))
        for learning in Learning.objects.filter(pk__in=[one.pk, two.pk]):
            assert (learning.pk in seen) == can_view_learning(actor, learning), key


def test_confirming_that_it_holds_moves_its_end(act: Act, network: Network) -> None:
    one = proposed(act, network)
    actions.approve(actor=act("miriam-hoffstedt"), learning=one)
    Learning.objects.filter(pk=one.pk).update(ends_on=timezone.localdate())
    assert actions.keep_on(actor=act("miriam-hoffstedt"), learning=one).ends_on > timezone.localdate()


def test_the_whole_way_through_the_pages(browse: Browse, network: Network) -> None:
    jonas, coordination, deniz = browse("jonas-reuter"), browse("miriam-hoffstedt"), browse("deniz-kaya")
    assert "Nothing collected yet" in jonas.get(PAGE).content.decode()
    assert jonas.post(PAGE, TEXTS).status_code == 302
    one = Learning.objects.get()
    address = f"{PAGE}{one.pk}/"
    assert deniz.get(address).status_code == 404
    assert jonas.post(address, {"do": "approve"}).status_code == 403
    assert coordination.post(address, {"do": "approve"}).status_code == 302
    assert "who is with the children tonight" in deniz.get(PAGE).content.decode()
    assert deniz.post(address, {"do": "take_back"}).status_code == 403
    assert jonas.post(address, {"do": "take_back"}).status_code == 302
    assert not Learning.objects.exists()


def test_a_name_in_it_is_refused_and_nothing_typed_is_lost(browse: Browse, network: Network) -> None:
    typed = {**TEXTS, "learnt": "Call her at lena@example.org first."}
    answer = browse("jonas-reuter").post(PAGE, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Call her at" in page
    assert TEXTS["situation"] in page
    assert not Learning.objects.exists()


def test_there_is_no_way_around_the_guard_of_the_form(act: Act, network: Network) -> None:
    named = {**TEXTS, "learnt": "Call her at lena@example.org first."}
    with pytest.raises(Refused) as refused:
        actions.propose(actor=act("jonas-reuter"), network=network, **named)
    assert refused.value.code == "guard"
    one = proposed(act, network)
    with pytest.raises(Refused):
        actions.reword(actor=act("jonas-reuter"), learning=one, **named)
    assert Learning.objects.get().learnt == TEXTS["learnt"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_as_often_for_one_as_for_three(
    act: Act, browse: Browse, network: Network, django_assert_num_queries: Any, rows: int
) -> None:
    for _number in range(rows):
        actions.approve(actor=act("miriam-hoffstedt"), learning=proposed(act, network))
    client = browse("deniz-kaya")
    client.get(PAGE)
    with django_assert_num_queries(9):
        client.get(PAGE)
