"""A group talks a case through: five steps, one clock, notes without names, a short protocol that is the answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mtd.agreements.models import Agreement
from mtd.consultations.actions import rounds
from mtd.consultations.case import AgeBand, Case, Kin, Lives, Person
from mtd.consultations.method import ORDER, PARTS, seconds_left
from mtd.consultations.models import Consultation, Contribution, Round, RoundNote, Step, Way
from mtd.consultations.queries.rounds import round_view
from mtd.core.actor import Actor
from mtd.core.errors import Conflict, NotAllowed, Refused
from mtd.meetings.models import Kind
from tests.cast import Cast
from tests.factories.meetings import a_meeting

pytestmark = pytest.mark.django_db
Act = Callable[[str], Actor]
Browse = Callable[[str], Client]


@pytest.fixture
def question(cast: Cast, agreement: Agreement) -> Consultation:
    """A question of Jonas for the next case discussion, to which Deniz and Jonas are invited."""
    people = [cast.people[key] for key in ("jonas-reuter", "deniz-kaya", "miriam-hoffstedt")]
    meeting = a_meeting(agreement.network, Kind.CASE_DISCUSSION, people=people)
    now = timezone.now()
    case = Case(
        persons=(
            Person("p1", Kin.CHILD, age=AgeBand.PRIMARY, lives=Lives.HOUSEHOLD, about=True),
            Person("p2", Kin.MOTHER, age=AgeBand.THIRTIES, lives=Lives.HOUSEHOLD),
        ),
        strengths=("The grandmother is there every day.",),
        story="The mother has relapsed.",
        question="How do we begin to talk?",
    )
    return Consultation.objects.create(
        year=now.year,
        serial=1,
        network=agreement.network,
        agreement=agreement,
        way=Way.DISCUSSION,
        organization=cast.organizations["suchtberatung-am-markt"],
        asked_by=cast.people["jonas-reuter"],
        meeting=meeting,
        state=Consultation.State.SENT,
        topic="talking",
        case=case.to_json(),
        kept="{}",
        changed_at=now,
        sent_at=now,
        due_at=now + timedelta(days=14),
        ends_on=timezone.localdate() + timedelta(days=100),
    )


@pytest.fixture
def group(act: Act, question: Consultation) -> Round:
    return rounds.begin_round(actor=act("deniz-kaya"), consultation=question)


FRAGMENT: dict[str, Any] = {"HTTP_HX_REQUEST": "true"}


def mark(client: Client, address: str) -> str:
    """What the page says it has drawn."""
    found = re.search(r'id="round"[^>]*\?seen=([^"&]+)', client.get(address).content.decode())
    assert found
    return found[1]


def to_step(act: Act, group: Round, step: str) -> Round:
    while group.step != step:
        group = rounds.go_on(actor=act("deniz-kaya"), group=group, sequence=group.sequence)
    return group


def test_the_steps_come_in_their_order_and_each_has_a_time() -> None:
    assert list(ORDER) == list(Step.values)
    assert all(1 <= part.minutes <= 60 for part in PARTS)


def test_the_clock_runs_stands_and_runs_on(act: Act, group: Round) -> None:
    began = group.step_began_at
    assert began is not None
    assert seconds_left(group, began + timedelta(minutes=4)) == 6 * 60
    Round.objects.filter(pk=group.pk).update(step_began_at=timezone.now() - timedelta(minutes=3))
    actor = act("deniz-kaya")
    stood = rounds.set_clock(actor=actor, group=group, sequence=group.sequence, running=False)
    later = timezone.now() + timedelta(hours=2)
    assert 6 * 60 < seconds_left(stood, later) <= 7 * 60
    on = rounds.set_clock(actor=actor, group=stood, sequence=stood.sequence, running=True)
    assert seconds_left(on, timezone.now() + timedelta(minutes=8)) < 0
    assert round_view(on, timezone.now() + timedelta(minutes=8)).over


def test_five_minutes_more_are_five_minutes_more(act: Act, group: Round) -> None:
    now = timezone.now()
    before = seconds_left(group, now)
    longer = rounds.add_minutes(actor=act("deniz-kaya"), group=group, sequence=group.sequence)
    assert seconds_left(longer, now) == before + 300


def test_a_second_beginning_finds_the_first(act: Act, group: Round, question: Consultation) -> None:
    again = rounds.begin_round(actor=act("jonas-reuter"), consultation=question)
    assert again.pk == group.pk
    assert again.moderator_id == group.moderator_id


def test_only_who_moderates_moves_on_and_anybody_there_can_take_over(act: Act, group: Round) -> None:
    with pytest.raises(NotAllowed):
        rounds.go_on(actor=act("jonas-reuter"), group=group, sequence=group.sequence)
    mine = rounds.take_over_moderation(actor=act("jonas-reuter"), group=group)
    assert rounds.go_on(actor=act("jonas-reuter"), group=mine, sequence=mine.sequence).step == Step.CLARIFY


def test_two_clicks_at_once_move_one_step(act: Act, group: Round) -> None:
    rounds.go_on(actor=act("deniz-kaya"), group=group, sequence=group.sequence)
    with pytest.raises(Conflict):
        rounds.go_on(actor=act("deniz-kaya"), group=group, sequence=group.sequence)
    assert Round.objects.get().step == Step.CLARIFY


def test_who_is_not_invited_neither_notes_nor_begins(act: Act, group: Round) -> None:
    with pytest.raises(NotAllowed):
        rounds.note(actor=act("svenja-kolb"), group=group, text="An idea")


def test_a_note_with_an_identity_is_refused_also_past_the_form(act: Act, group: Round) -> None:
    with pytest.raises(Refused) as refused:
        rounds.note(actor=act("deniz-kaya"), group=group, text="Write to lena.weber@example.org")
    assert refused.value.code == "guard"
    assert not RoundNote.objects.exists()


def test_a_note_says_nothing_about_who_said_it() -> None:
    assert not {field.name for field in RoundNote._meta.get_fields()} & {"by", "user", "author"}


def test_the_protocol_is_the_answer_and_begins_with_what_is_taken_along(
    act: Act, group: Round, question: Consultation
) -> None:
    actor = act("deniz-kaya")
    group = to_step(act, group, Step.IDEAS)
    kept = rounds.note(actor=act("jonas-reuter"), group=group, text="Ask the grandmother along.")
    rounds.note(actor=actor, group=group, text="Offer a second appointment.")
    group = to_step(act, group, Step.TAKE_ALONG)
    written = rounds.finish(
        actor=actor,
        group=group,
        sequence=group.sequence,
        chosen=[kept.pk],
        first="I call the mother tomorrow.",
    )
    question.refresh_from_db()
    assert written.kind == Contribution.Kind.PROTOCOL
    assert question.state == Consultation.State.ANSWERED
    assert question.answered_at is not None
    lines = written.text.splitlines()
    assert lines[:2] == ["What the asker takes along", "– Ask the grandmother along."]
    assert "– Offer a second appointment." in lines
    assert "– I call the mother tomorrow." in lines
    with pytest.raises(Refused):
        rounds.note(actor=actor, group=group, text="Too late.")


def test_a_note_that_is_taken_away_is_gone_and_twice_is_once(act: Act, group: Round) -> None:
    actor = act("deniz-kaya")
    one = rounds.note(actor=actor, group=group, text="Not this.")
    rounds.take_note_away(actor=actor, group=group, note_id=one.pk)
    rounds.take_note_away(actor=actor, group=group, note_id=one.pk)
    assert not RoundNote.objects.exists()


@pytest.mark.parametrize("minutes", [0, 61, -5])
def test_minutes_out_of_bounds_are_refused(act: Act, question: Consultation, minutes: int) -> None:
    with pytest.raises(Refused):
        rounds.begin_round(
            actor=act("deniz-kaya"), consultation=question, minutes={Step.CLARIFY.value: minutes}
        )


def test_the_whole_way_through_the_pages(browse: Browse, question: Consultation) -> None:
    address = f"/consultations/{question.pk}/round/"
    deniz, jonas = browse("deniz-kaya"), browse("jonas-reuter")
    assert "How it goes" in deniz.get(address).content.decode()
    assert browse("svenja-kolb").get(address).status_code == 404
    plan = {part.step.value: part.minutes for part in PARTS}
    wrong = deniz.post(address, {**plan, "present": "0"})
    assert wrong.status_code == 422
    assert deniz.post(address, plan).status_code == 302
    assert jonas.post(address, {"do": "note", "text": "An idea of mine"}).status_code == 302
    page = deniz.get(address).content.decode()
    assert "An idea of mine" in page
    assert "Jonas" not in page.split('id="round"')[1].split("</main>")[0].replace(
        "Jonas Reuter moderates", ""
    )
    assert jonas.post(address, {"do": "next", "sequence": "0"}).status_code == 403
    for _step in range(4):
        sequence = Round.objects.get().sequence
        assert deniz.post(address, {"do": "next", "sequence": str(sequence)}).status_code == 302
    sequence = Round.objects.get().sequence
    done = deniz.post(address, {"do": "finish", "sequence": str(sequence), "first": "I call tomorrow."})
    assert done.status_code == 302
    assert Contribution.objects.get().text.count("I call tomorrow.") == 1
    assert "finished" in deniz.get(address).content.decode()


def test_what_was_typed_stays_when_the_guard_objects(browse: Browse, group: Round) -> None:
    address = f"/consultations/{group.consultation_id}/round/"
    answer = browse("jonas-reuter").post(address, {"do": "note", "text": "Call 0171 2345678 at night"})
    assert answer.status_code == 422
    assert "0171 2345678" in answer.content.decode()
    assert not RoundNote.objects.exists()


def test_others_screens_follow_and_nothing_is_redrawn_without_news(
    act: Act, browse: Browse, group: Round
) -> None:
    address = f"/consultations/{group.consultation_id}/round/"
    jonas = browse("jonas-reuter")
    seen = mark(jonas, address)
    assert jonas.get(f"{address}?seen={seen}", **FRAGMENT).status_code == 204
    rounds.go_on(actor=act("deniz-kaya"), group=group, sequence=group.sequence)
    news = jonas.get(f"{address}?seen={seen}", **FRAGMENT)
    assert news.status_code == 200
    assert "Clarifying" in news.content.decode()
    assert "<html" not in news.content.decode()


def test_the_minutes_in_words_follow_a_running_clock_and_stand_with_it(
    act: Act, browse: Browse, group: Round
) -> None:
    address = f"/consultations/{group.consultation_id}/round/"
    jonas = browse("jonas-reuter")
    seen = mark(jonas, address)
    Round.objects.filter(pk=group.pk).update(step_began_at=timezone.now() - timedelta(seconds=190))
    news = jonas.get(f"{address}?seen={seen}", **FRAGMENT)
    assert "7 minutes left" in news.content.decode()
    stood = rounds.set_clock(actor=act("deniz-kaya"), group=group, sequence=group.sequence, running=False)
    assert not stood.running
    seen = mark(jonas, address)
    assert jonas.get(f"{address}?seen={seen}", **FRAGMENT).status_code == 204


def test_who_waits_online_sees_the_discussion_as_soon_as_somebody_begins_it(
    act: Act, browse: Browse, question: Consultation
) -> None:
    address = f"/consultations/{question.pk}/round/"
    jonas = browse("jonas-reuter")
    assert "?seen=waiting" in jonas.get(address).content.decode()
    before = jonas.get(f"{address}?seen=waiting", **FRAGMENT)
    assert (before.status_code, before.headers.get("HX-Refresh")) == (204, None)
    rounds.begin_round(actor=act("deniz-kaya"), consultation=question)
    assert jonas.get(f"{address}?seen=waiting", **FRAGMENT).headers["HX-Refresh"] == "true"


def test_the_clock_is_moved_without_losing_what_is_typed_beside_it(
    act: Act, browse: Browse, group: Round
) -> None:
    address = f"/consultations/{group.consultation_id}/round/"
    deniz = browse("deniz-kaya")
    pause = {"do": "pause", "sequence": str(group.sequence)}
    answer = deniz.post(address, pause, **FRAGMENT)
    assert answer.status_code == 200
    assert 'id="round"' in answer.content.decode()
    assert "the clock stands" in answer.content.decode()
    assert 'name="text"' not in answer.content.decode()
    late = deniz.post(address, pause, **FRAGMENT).content.decode()
    assert "Somebody has moved the discussion on meanwhile" in late


def test_who_leads_may_still_stretch_the_clock_before_the_end(act: Act, browse: Browse, group: Round) -> None:
    address = f"/consultations/{group.consultation_id}/round/"
    deniz = browse("deniz-kaya")
    to_step(act, group, Step.TAKE_ALONG)
    page = deniz.get(address).content.decode()
    form = page[page.index('id="r-finish"') :]
    assert 'name="sequence"' not in form[: form.index("</form>")]
    longer = deniz.post(
        address, {"do": "longer", "sequence": str(Round.objects.get().sequence)}, **FRAGMENT
    ).content.decode()
    carried = re.search(r'form="r-finish" name="sequence" value="(\d+)"', longer)
    assert carried
    done = deniz.post(address, {"do": "finish", "sequence": carried[1], "first": "I call tomorrow."})
    assert done.status_code == 302
    assert Contribution.objects.get().kind == Contribution.Kind.PROTOCOL


def test_an_idea_typed_while_the_asker_already_chooses_stands_with_the_ideas(act: Act, group: Round) -> None:
    group = to_step(act, group, Step.TAKE_ALONG)
    late = rounds.note(actor=act("jonas-reuter"), group=group, text="Ask the uncle along.")
    assert late.step == Step.IDEAS
    written = rounds.finish(actor=act("deniz-kaya"), group=group, sequence=group.sequence, chosen=[late.pk])
    assert written.text.splitlines() == ["What the asker takes along", "– Ask the uncle along."]


def test_nobody_asks_for_news_of_a_discussion_that_is_finished(
    act: Act, browse: Browse, group: Round
) -> None:
    address = f"/consultations/{group.consultation_id}/round/"
    group = to_step(act, group, Step.TAKE_ALONG)
    rounds.finish(actor=act("deniz-kaya"), group=group, sequence=group.sequence)
    page = browse("jonas-reuter").get(address).content.decode()
    assert 'data-part="finished"' in page
    assert "hx-trigger" not in page.split('id="round"')[1].split(">")[0]


def test_a_note_goes_only_after_a_second_step(act: Act, browse: Browse, group: Round) -> None:
    one = rounds.note(actor=act("jonas-reuter"), group=group, text="A thought.")
    page = browse("deniz-kaya").get(f"/consultations/{group.consultation_id}/round/").content.decode()
    drawer = page[page.index(f'id="n-{one.pk}"') :]
    assert drawer.index("<summary") < drawer.index('value="remove"')
