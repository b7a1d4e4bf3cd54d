"""What waits for a person on the start page, and what is new: counts and links, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from mtd.agreements.actions import working
from mtd.agreements.actions.adoption import propose_mandate
from mtd.agreements.actions.road import add_todo, save_meeting
from mtd.agreements.actions.wording import add_comment, propose
from mtd.agreements.models import Agreement, Comment, Position, Version
from mtd.agreements.queries import next_steps, recent
from mtd.core.actor import Actor
from tests.agreements.conftest import BIRKENFURT, Cast
from tests.factories import agreements as factory
from tests.factories import signing as stage

Act = Callable[[str], Actor]


def waiting(actor: Actor) -> dict[str, str]:
    """Title → action of what waits."""
    return {step.title: step.action for step in next_steps(actor)}


def test_one_line_per_agreement_says_how_many_questions_wait(birkenfurt: Agreement, act: Act) -> None:
    step = next_steps(act("jonas-reuter"))[0]
    assert step.title.startswith("Say where your organisation stands on ")
    assert step.clause == "Question 1.1"
    factory.agree_all(birkenfurt, quick=True)
    assert waiting(act("jonas-reuter")) == {}
    assert waiting(act("miriam-hoffstedt")) == {"Lay the text before the bodies": "Go on to adoption"}


def test_a_changed_answer_asks_the_others_again(birkenfurt: Agreement, act: Act) -> None:
    version = factory.agree_all(birkenfurt, quick=True)
    working.set_answer(
        actor=act("jonas-reuter"),
        version=version,
        question_key="referral_ack",
        value={"number": 5, "unit": "working_days"},
        base_revision=1,
    )
    assert waiting(act("jonas-reuter")) == {}
    assert waiting(act("deniz-kaya")) == {"Say where your organisation stands on one question": "Continue"}
    assert waiting(act("miriam-hoffstedt")) == {}


def test_a_difference_waits_for_all_parties_and_not_for_the_moderation(
    birkenfurt: Agreement, act: Act
) -> None:
    version = factory.agree_all(birkenfurt, quick=True)
    working.state_position(
        actor=act("deniz-kaya"),
        version=version,
        question_key="referral_ack",
        stance=Position.Stance.DIFFER,
        answer_revision=1,
        reason="In den Ferien fehlt die Vertretung.",
    )
    for who in ("deniz-kaya", "jonas-reuter"):
        assert waiting(act(who)) == {"Settle a question on which you differ": "Compare"}, who
    assert waiting(act("inga-soerensen")) == {}


def test_a_proposed_wording_waits_for_the_other_parties_votes(birkenfurt: Agreement, act: Act) -> None:
    version = factory.agree_all(birkenfurt, quick=True)
    propose(
        actor=act("jonas-reuter"),
        version=version,
        question_key="referral_ack",
        language="de",
        text="Eine Vermittlung wird am nächsten Tag bestätigt.",
    )
    assert "Vote on a proposal for another wording" in waiting(act("deniz-kaya"))
    assert "Vote on a proposal for another wording" not in waiting(act("leonie-brandt"))


def test_adoption_and_signature_wait_for_those_whose_turn_it_is(birkenfurt: Agreement, act: Act) -> None:
    stage.adopting(birkenfurt)
    assert "Record your body's decision" in waiting(act("jonas-reuter"))
    assert "Say who may sign for your organisation" in waiting(act("leonie-brandt"))
    party = factory.party(birkenfurt, "Markt")
    propose_mandate(
        actor=act("jonas-reuter"),
        agreement=birkenfurt,
        party=party,
        user=None,
        name="Vera Stein",
        function="Vorstand",
        evidence="Satzung",
    )
    assert "Confirm who may sign for your organisation" in waiting(act("leonie-brandt"))
    stage.frozen(birkenfurt, order="sequence")
    assert "Sign for Suchtberatung am Markt" in waiting(act("leonie-brandt"))
    assert not any(title.startswith("Sign for") for title in waiting(act("ulrike-sand")))


def test_tasks_and_meetings_come_with_their_day(birkenfurt: Agreement, version: Version, act: Act) -> None:
    factory.agree_all(birkenfurt, quick=True)
    today = timezone.localdate()
    add_todo(
        actor=act("inga-soerensen"),
        version=version,
        what="Formular verteilen",
        due=today - timedelta(days=2),
        party=factory.party(birkenfurt, "Markt"),
    )
    add_todo(actor=act("inga-soerensen"), version=version, what="Raum buchen", due=today + timedelta(days=3))
    save_meeting(actor=act("jonas-reuter"), version=version, on=today + timedelta(days=9), topics="Kapitel 9")
    save_meeting(actor=act("jonas-reuter"), version=version, on=today + timedelta(days=90), topics="Später")
    mine = {step.title: step for step in next_steps(act("jonas-reuter"))}
    assert set(mine) == {"Formular verteilen", "Meeting: Kapitel 9"}
    assert mine["Formular verteilen"].late
    assert "Raum buchen" in waiting(act("miriam-hoffstedt"))


def test_a_review_waits_from_ninety_days_before(birkenfurt: Agreement, act: Act) -> None:
    stage.living(birkenfurt)
    today = timezone.localdate()
    for days, found in ((91, False), (90, True), (-1, True)):
        Agreement.objects.filter(pk=birkenfurt.pk).update(review_on=today + timedelta(days=days))
        steps = [s for s in next_steps(act("leonie-brandt")) if s.title == "Review the agreement"]
        assert bool(steps) is found, days
        assert all(step.late is (days < 0) for step in steps)
    assert "Review the agreement" not in waiting(act("jonas-reuter"))


def test_news_count_what_others_did_and_never_tell_only_us(
    birkenfurt: Agreement, version: Version, act: Act
) -> None:
    since = timezone.now() - timedelta(minutes=1)
    working.set_answer(
        actor=act("jonas-reuter"),
        version=version,
        question_key="referral_ack",
        value={"number": 2, "unit": "working_days"},
        base_revision=0,
    )
    for visibility in (Comment.Visibility.US, Comment.Visibility.EVERYONE):
        add_comment(
            actor=act("jonas-reuter"),
            version=version,
            question_key="referral_ack",
            visibility=visibility,
            body="Kommentar",
        )
    assert recent(act("jonas-reuter"), since) == []
    seen = [line.text for line in recent(act("deniz-kaya"), since)]
    assert any("1 answer on the table" in text for text in seen)
    assert any("1 comment " in text for text in seen)
    own = [line.text for line in recent(act("leonie-brandt"), since)]
    assert any("2 comments" in text for text in own)
    assert recent(act("nadine-kurth"), since) == []


def test_many_agreements_need_no_more_queries_than_one(
    birkenfurt: Agreement, cast: Cast, act: Act, django_assert_num_queries: Any
) -> None:
    actor = act("jonas-reuter")
    factory.agree_all(birkenfurt, quick=True)
    next_steps(actor)
    with django_assert_num_queries(10):
        next_steps(actor)
    for number in range(3):
        another = factory.found(
            cast.networks["birkenfurt"], [cast.organizations[k] for k in BIRKENFURT], title=f"Nr. {number}"
        )
        factory.agree_all(another, quick=True, skip=["referral_ack"])
    with django_assert_num_queries(10):
        assert len(next_steps(actor)) == 3
    with django_assert_num_queries(3):
        recent(actor, timezone.now() - timedelta(days=1))
