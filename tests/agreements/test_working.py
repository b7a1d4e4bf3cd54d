"""Answers, positions and drafts: nothing is overwritten, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mtd.agreements.actions import working
from mtd.agreements.models import Agreement, Answer, Draft, Entry, Position, Version
from mtd.agreements.queries import Room, draft_key, load_room
from mtd.audit.models import Event
from mtd.core.actor import Actor
from mtd.core.errors import NotAllowed, Refused
from tests.factories import agreements as factory
from tests.factories.agreements import refusal

Act = Callable[[str], Actor]
ACK = "referral_ack"
TWO = {"number": 2, "unit": "working_days"}
THREE = {"number": 3, "unit": "working_days"}
FIVE = {"number": 5, "unit": "working_days"}


def put(actor: Actor, version: Version, value: dict[str, Any], base: int = 0, key: str = ACK) -> Answer:
    return working.set_answer(actor=actor, version=version, question_key=key, value=value, base_revision=base)


def say(actor: Actor, version: Version, stance: str, revision: int, key: str = ACK, **more: Any) -> Position:
    return working.state_position(
        actor=actor, version=version, question_key=key, stance=stance, answer_revision=revision, **more
    )


def room(actor: Actor, version: Version) -> Room:
    return load_room(actor, Agreement.objects.select_related("network").get(pk=version.agreement_id))


def states(actor: Actor, version: Version, key: str = ACK) -> dict[str, str]:
    stand = room(actor, version).standing.by_key[key]
    return {s.party.organization.short_name: s.state for s in stand.parties}


def test_the_first_answer_is_on_the_table_and_its_party_agrees(version: Version, act: Act) -> None:
    jonas = act("jonas-reuter")
    answer = put(jonas, version, TWO)
    assert (answer.revision, answer.value, answer.party.organization.short_name) == (1, TWO, "Am Markt")
    assert states(jonas, version) == {
        "Am Markt": "agreed",
        "Drogenhilfe": "open",
        "Kreisjugendamt": "open",
        "Wendau": "open",
    }
    entry = Entry.objects.get(version=version, kind="answer")
    assert (entry.data["old"], entry.data["new"], entry.data["revision"]) == (None, TWO, 1)
    assert Event.objects.filter(verb="agreement.answer_set", object_id=str(version.pk)).count() == 1


def test_when_all_parties_agree_the_question_is_agreed_and_a_new_answer_asks_all_anew(
    birkenfurt: Agreement, version: Version, act: Act
) -> None:
    factory.agree_all(birkenfurt, skip=[q.key for q in factory.open_now(version) if q.key != ACK])
    jonas = act("jonas-reuter")
    assert room(jonas, version).standing.by_key[ACK].state == "agreed"
    put(act("deniz-kaya"), version, FIVE, base=1)
    stand = room(jonas, version).standing.by_key[ACK]
    assert stand.state == "open"
    assert [s.stale for s in stand.parties] == [True, True, False, True]
    assert room(jonas, version).agreed_values == {}


def test_the_same_answer_again_makes_no_new_revision_but_counts_as_agreement(
    version: Version, act: Act
) -> None:
    put(act("jonas-reuter"), version, TWO)
    answer = put(act("deniz-kaya"), version, dict(TWO), base=0)
    assert answer.revision == 1
    assert states(act("deniz-kaya"), version)["Kreisjugendamt"] == "agreed"
    before = Entry.objects.filter(version=version).count()
    put(act("deniz-kaya"), version, dict(TWO), base=1)
    assert Entry.objects.filter(version=version).count() == before


def test_an_answer_written_against_an_older_one_is_a_conflict_that_holds_both(
    version: Version, act: Act
) -> None:
    put(act("jonas-reuter"), version, TWO)
    with pytest.raises(working.AnswerConflict) as conflict:
        put(act("deniz-kaya"), version, FIVE, base=0)
    assert conflict.value.theirs is not None
    assert conflict.value.theirs.value == TWO
    assert conflict.value.mine == FIVE
    assert Answer.objects.get(version=version, question_key=ACK).value == TWO
    assert Position.objects.filter(version=version).count() == 1


def test_agreeing_to_an_answer_that_changed_meanwhile_is_a_conflict(version: Version, act: Act) -> None:
    put(act("jonas-reuter"), version, TWO)
    put(act("tarek-aziz"), version, THREE, base=1)
    with pytest.raises(working.AnswerConflict):
        say(act("deniz-kaya"), version, "agree", revision=1)
    assert states(act("deniz-kaya"), version)["Kreisjugendamt"] == "open"


def test_a_party_differs_with_a_proposal_or_a_reason_but_not_with_nothing(version: Version, act: Act) -> None:
    put(act("jonas-reuter"), version, TWO)
    deniz = act("deniz-kaya")
    with refusal("says_nothing") as refused:
        say(deniz, version, "differ", revision=1)
    assert refused.value.field == "reason"
    with refusal("same_as_answer"):
        say(deniz, version, "differ", revision=1, proposal=TWO)
    position = say(
        deniz, version, "differ", revision=1, proposal=FIVE, reason="In den Ferien fehlt die Vertretung."
    )
    assert position.proposal == FIVE
    assert room(deniz, version).standing.by_key[ACK].state == "differs"
    say(deniz, version, "differ", revision=1, reason="Noch nicht beraten.")
    position.refresh_from_db()
    assert (position.proposal, position.reason) == (None, "Noch nicht beraten.")


def test_an_invalid_proposal_is_refused_and_changes_nothing(version: Version, act: Act) -> None:
    put(act("jonas-reuter"), version, TWO)
    with pytest.raises(Refused) as refused:
        say(act("deniz-kaya"), version, "differ", revision=1, proposal={"number": -5, "unit": "aeons"})
    assert refused.value.field == "number"
    assert Position.objects.filter(version=version).count() == 1


def test_parking_needs_no_reason(version: Version, act: Act) -> None:
    say(act("ralf-timmermann"), version, "parked", revision=0)
    assert room(act("ralf-timmermann"), version).standing.by_key[ACK].state == "parked"


def test_saying_the_same_twice_is_logged_once(version: Version, act: Act) -> None:
    for _ in range(2):
        say(act("ralf-timmermann"), version, "parked", revision=0, reason="Amtsleitung entscheidet.")
    assert Entry.objects.filter(version=version, kind="position").count() == 1


def test_a_proposal_put_on_the_table_is_agreed_to_by_its_party_and_by_who_puts_it(
    version: Version, act: Act
) -> None:
    put(act("jonas-reuter"), version, TWO)
    say(act("tarek-aziz"), version, "differ", revision=1, proposal=FIVE)
    position = say(act("deniz-kaya"), version, "differ", revision=1, proposal=FIVE, reason="Ferien")
    answer = working.adopt_proposal(
        actor=act("jonas-reuter"), version=version, position=position, base_revision=1, seen_at=position.at
    )
    assert (answer.revision, answer.value) == (2, FIVE)
    assert states(act("jonas-reuter"), version) == {
        "Am Markt": "agreed",
        "Drogenhilfe": "agreed",
        "Kreisjugendamt": "agreed",
        "Wendau": "open",
    }
    entry = Entry.objects.filter(version=version, kind="answer").last()
    assert entry is not None
    assert entry.data["proposed_by"] == str(position.party_id)


def test_a_proposal_that_changed_meanwhile_is_not_adopted(version: Version, act: Act) -> None:
    put(act("jonas-reuter"), version, TWO)
    position = say(act("deniz-kaya"), version, "differ", revision=1, proposal=FIVE)
    seen = position.at
    say(act("deniz-kaya"), version, "differ", revision=1, proposal=THREE)
    with refusal("proposal_changed"):
        working.adopt_proposal(
            actor=act("jonas-reuter"), version=version, position=position, base_revision=1, seen_at=seen
        )
    assert Answer.objects.get(version=version, question_key=ACK).value == TWO


def test_an_earlier_answer_comes_back_from_the_history_as_a_new_revision(version: Version, act: Act) -> None:
    put(act("jonas-reuter"), version, TWO)
    put(act("deniz-kaya"), version, FIVE, base=1)
    first = Entry.objects.filter(version=version, kind="answer").earliest("id")
    answer = working.restore_answer(actor=act("jonas-reuter"), version=version, entry=first, base_revision=2)
    assert (answer.revision, answer.value) == (3, TWO)
    with pytest.raises(working.AnswerConflict):
        working.restore_answer(actor=act("jonas-reuter"), version=version, entry=first, base_revision=2)


def test_a_closed_branch_keeps_its_answers_and_they_come_back(version: Version, act: Act) -> None:
    jonas = act("jonas-reuter")
    put(jonas, version, {"yes": True}, key="conference")
    kept = {"choices": ["parents", "youth_office"]}
    put(jonas, version, kept, key="conference_members")
    put(jonas, version, {"yes": False}, base=1, key="conference")
    closed = room(jonas, version)
    assert "conference_members" not in closed.standing.by_key
    assert closed.answers["conference_members"].value == kept
    with refusal("closed_branch"):
        put(jonas, version, {"choices": ["parents"]}, base=1, key="conference_members")
    put(jonas, version, {"yes": True}, base=2, key="conference")
    stand = room(jonas, version).standing.by_key["conference_members"]
    assert stand.answer is not None
    assert stand.answer.value == kept
    assert stand.parties[0].state == "agreed"


def test_each_party_writes_its_own_contact_and_nobody_has_to_agree_anew(version: Version, act: Act) -> None:
    jonas, deniz = act("jonas-reuter"), act("deniz-kaya")
    agreement = version.agreement
    markt, kreis = factory.party(agreement, "Markt"), factory.party(agreement, "Kreisjugendamt")
    ours = {"name": "Jonas Reuter", "phone": "02452 1300"}
    theirs = {"name": "Deniz Kaya", "phone": "02452 1400"}
    put(jonas, version, {"contacts": {str(markt.pk): ours}}, key="contact_persons")
    # Written against the same empty page, and with an attempt to change the other party's entry.
    forged = {"contacts": {str(kreis.pk): theirs, str(markt.pk): {**ours, "phone": "110110"}}}
    answer = put(deniz, version, forged, key="contact_persons")
    assert answer.value == {"contacts": {str(markt.pk): ours, str(kreis.pk): theirs}}
    assert states(jonas, version, "contact_persons")["Am Markt"] == "agreed"
    # The own organisation's entry changed by a colleague is a true conflict.
    put(
        act("leonie-brandt"),
        version,
        {"contacts": {str(markt.pk): {**ours, "phone": "999 99"}}},
        2,
        "contact_persons",
    )
    with pytest.raises(working.AnswerConflict):
        put(jonas, version, {"contacts": {str(markt.pk): {**ours, "phone": "888 88"}}}, 1, "contact_persons")


@pytest.mark.parametrize("who", ["miriam-hoffstedt", "inga-soerensen", "mette-lindqvist"])
def test_coordination_moderation_and_programme_office_decide_nothing(
    version: Version, act: Act, who: str
) -> None:
    put(act("jonas-reuter"), version, TWO)
    actor = act(who)
    position = say(act("deniz-kaya"), version, "differ", revision=1, proposal=FIVE)
    entry = Entry.objects.filter(version=version, kind="answer").earliest("id")
    with pytest.raises(NotAllowed):
        put(actor, version, THREE, base=1)
    with pytest.raises(NotAllowed):
        say(actor, version, "agree", revision=1)
    with pytest.raises(NotAllowed):
        working.adopt_proposal(actor=actor, version=version, position=position, base_revision=1)
    with pytest.raises(NotAllowed):
        working.restore_answer(actor=actor, version=version, entry=entry, base_revision=1)
    assert Answer.objects.get(version=version, question_key=ACK).revision == 1


@pytest.mark.parametrize("state", ["adopting", "signing", "signed", "in_force", "abandoned"])
def test_a_fixed_text_takes_no_answers_and_no_positions(version: Version, act: Act, state: str) -> None:
    Version.objects.filter(pk=version.pk).update(state=state)
    with pytest.raises(NotAllowed):
        put(act("jonas-reuter"), version, TWO)
    with pytest.raises(NotAllowed):
        say(act("jonas-reuter"), version, "parked", revision=0)


def test_a_party_that_has_left_speaks_no_more(version: Version, act: Act) -> None:
    party = factory.party(version.agreement, "Wendau")
    party.left_on = version.agreement.started_on
    party.save()
    with pytest.raises(NotAllowed):
        put(act("ralf-timmermann"), version, TWO)


def test_drafts_belong_to_one_person_and_go_with_the_hand_in(version: Version, act: Act) -> None:
    jonas, leonie = act("jonas-reuter"), act("leonie-brandt")
    key = draft_key(ACK)
    typed = {"a-number": ["drei\x00"], "reason": ["Größe 😀 שלום"]}
    for actor in (jonas, leonie, jonas):
        working.save_draft(actor=actor, version=version, key=key, data=typed, base_revision=0)
    assert Draft.objects.filter(version=version).count() == 2
    draft = Draft.objects.get(version=version, user_id=jonas.user_id)
    assert draft.data == {"a-number": ["drei"], "reason": ["Größe 😀 שלום"]}
    with pytest.raises(Refused):
        put(jonas, version, {"number": "drei", "unit": "days"})
    assert Draft.objects.filter(user_id=jonas.user_id).exists()
    put(jonas, version, THREE)
    assert not Draft.objects.filter(user_id=jonas.user_id).exists()
    assert Draft.objects.filter(user_id=leonie.user_id).exists()
    working.discard_draft(actor=leonie, version=version, key=key)
    assert not Draft.objects.exists()
    assert Entry.objects.filter(version=version).count() == 1


def test_a_draft_of_two_million_characters_is_refused(version: Version, act: Act) -> None:
    with refusal("draft_too_long"):
        working.save_draft(
            actor=act("jonas-reuter"), version=version, key="answer:x", data={"a": ["x" * 2_000_000]}
        )


@pytest.mark.parametrize(
    "text",
    ["Ελληνικά κείμενα", "👩‍👧‍👦 Familie", "שלום עולם مرحبا", "x" * 5_000, "<script>alert(1)</script>"],
)
def test_texts_of_every_script_are_kept_as_they_are(version: Version, act: Act, text: str) -> None:
    answer = put(act("jonas-reuter"), version, {"text": {"de": text}}, key="area")
    assert Answer.objects.get(pk=answer.pk).value == {"text": {"de": text}}


def test_everything_agreed_through_the_actions(birkenfurt: Agreement, act: Act) -> None:
    version = factory.agree_all(birkenfurt)
    found = room(act("jonas-reuter"), version)
    assert found.standing.total == found.standing.agreed > 50
    assert not found.standing.missing_required()


def test_the_quick_way_to_everything_agreed_gives_the_same(birkenfurt: Agreement, act: Act) -> None:
    version = factory.agree_all(birkenfurt, quick=True)
    found = room(act("jonas-reuter"), version)
    assert found.standing.total == found.standing.agreed > 50
