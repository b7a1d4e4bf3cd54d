"""Wording clauses together: proposals, amendments to amendments, votes; comments and who reads them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mtd.agreements.actions import wording, working
from mtd.agreements.models import Agreement, Amendment, AmendmentVote, Comment, Entry, Version, Wording
from mtd.agreements.permissions import visible_comments
from mtd.agreements.queries import load_room
from mtd.agreements.text import assemble, clause_on_table
from mtd.core.actor import SYSTEM, Actor
from mtd.core.encryption import forget_keys
from mtd.core.errors import NotAllowed
from mtd.core.models import DataKey
from tests.factories import agreements as factory
from tests.factories.agreements import refusal

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

KEY = "referral_ack"
Act = Callable[[str], Actor]


@pytest.fixture
def agreed(birkenfurt: Agreement) -> Version:
    """The version of Birkenfurt's agreement with everything agreed."""
    return factory.agree_all(birkenfurt, quick=True)


def propose(
    actor: Actor, version: Version, text: str = "Neu.", parent: Amendment | None = None, key: str = KEY
) -> Amendment:
    return wording.propose(
        actor=actor,
        version=version,
        question_key=key,
        language="de",
        text=text,
        reason="Darum.",
        parent=parent,
    )


def others_vote(amendment: Amendment, accepts: bool, but: int = 0) -> Amendment:
    parties = list(amendment.version.agreement.parties.exclude(pk=amendment.party_id).order_by("order"))
    for party in parties[: len(parties) - but]:
        amendment = wording.vote(
            actor=factory.speaker(party),
            amendment=amendment,
            accepts=accepts,
            reason="" if accepts else "Nein.",
        )
    amendment.refresh_from_db()
    return amendment


def reads(version: Version, key: str = KEY) -> str:
    version = Version.objects.select_related("agreement__network").get(pk=version.pk)
    clause = assemble(load_room(SYSTEM, version.agreement, version)).clause(key)
    assert clause is not None
    return clause.texts["de"].wording


def test_a_wording_takes_effect_when_every_party_accepts_and_not_before(agreed: Version, act: Act) -> None:
    before = reads(agreed)
    amendment = others_vote(propose(act("jonas-reuter"), agreed), True, but=1)
    assert amendment.state == "open"
    assert reads(agreed) == before
    amendment = others_vote(amendment, True)
    assert amendment.state == "accepted"
    assert reads(agreed) == "Neu."
    entry = Entry.objects.get(version=agreed, kind=Entry.Kind.WORDING)
    assert (entry.data["old"], entry.data["new"]) == (before, "Neu.")


def test_a_proposal_is_rejected_only_when_all_others_reject_it(agreed: Version, act: Act) -> None:
    amendment = others_vote(propose(act("jonas-reuter"), agreed), False, but=1)
    assert amendment.state == "open"
    assert others_vote(amendment, False).state == "rejected"
    assert not Wording.objects.exists()
    with refusal("proposal_closed"):
        wording.vote(actor=act("deniz-kaya"), amendment=amendment, accepts=True)


def test_a_party_may_change_its_mind_while_a_proposal_is_open(agreed: Version, act: Act) -> None:
    amendment = propose(act("jonas-reuter"), agreed)
    wording.vote(actor=act("deniz-kaya"), amendment=amendment, accepts=False, reason="Nein.")
    wording.vote(actor=act("deniz-kaya"), amendment=amendment, accepts=True)
    votes = AmendmentVote.objects.filter(amendment=amendment)
    assert votes.count() == 2
    assert all(vote.accepts for vote in votes)


def test_an_accepted_change_to_a_proposal_takes_effect_and_closes_the_proposal_with_it(
    agreed: Version, act: Act
) -> None:
    parent = propose(act("jonas-reuter"), agreed)
    child = propose(act("deniz-kaya"), agreed, "Neu, aber anders.", parent=parent)
    assert child.base_text == parent.text
    assert others_vote(child, True).state == "accepted"
    parent.refresh_from_db()
    assert parent.state == "accepted"
    assert reads(agreed) == "Neu, aber anders."


def test_other_open_proposals_stay_open_when_one_is_accepted(agreed: Version, act: Act) -> None:
    other = propose(act("deniz-kaya"), agreed, "Ganz anders.")
    others_vote(propose(act("jonas-reuter"), agreed), True)
    other.refresh_from_db()
    assert other.state == "open"
    assert others_vote(other, True).state == "accepted"
    assert reads(agreed) == "Ganz anders."


def test_a_withdrawn_proposal_leaves_the_changes_to_it_open(agreed: Version, act: Act) -> None:
    parent = propose(act("jonas-reuter"), agreed)
    child = propose(act("deniz-kaya"), agreed, "Neu, aber anders.", parent=parent)
    with pytest.raises(NotAllowed):
        wording.withdraw(actor=act("deniz-kaya"), amendment=parent)
    assert wording.withdraw(actor=act("jonas-reuter"), amendment=parent).state == "withdrawn"
    child.refresh_from_db()
    assert child.state == "open"


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty"), (" \n ", "empty"), ("x" * 50_001, "too_long")],
    ids=["", "blank", "long"],
)
def test_what_is_no_wording_is_refused(agreed: Version, act: Act, text: str, code: str) -> None:
    with refusal(code):
        propose(act("jonas-reuter"), agreed, text)
    assert not Amendment.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "Η διεύθυνση απαντά. 👩‍👧",
        "هذا نص من اليمين إلى اليسار",
        "x " * 24_999 + "y",
        "a\x00b\ud800c",
        "{answer} <b>&",
    ],
    ids=["greek and emoji", "right to left", "50,000 characters", "nul and half a character", "markup"],
)
def test_any_text_of_the_world_can_be_a_wording(agreed: Version, act: Act, text: str) -> None:
    others_vote(propose(act("jonas-reuter"), agreed, text), True)
    expected = text.replace("\x00", "").encode("utf-8", "replace").decode().strip()
    assert reads(agreed) == expected


def test_the_same_words_or_a_wording_proposed_already_are_refused(agreed: Version, act: Act) -> None:
    with refusal("same_text"):
        propose(act("jonas-reuter"), agreed, "  " + reads(agreed).replace(" ", "\n", 1))
    propose(act("jonas-reuter"), agreed)
    with refusal("already_proposed"):
        propose(act("deniz-kaya"), agreed, "Neu. ")


def test_without_an_answer_there_is_nothing_to_word(
    birkenfurt: Agreement, version: Version, act: Act
) -> None:
    with refusal("no_answer"):
        propose(act("jonas-reuter"), version)
    with refusal("no_clause"):
        propose(act("jonas-reuter"), version, key="no_such_question")


def test_a_new_answer_makes_an_agreed_wording_questionable_until_it_is_confirmed(
    agreed: Version, act: Act
) -> None:
    others_vote(propose(act("jonas-reuter"), agreed), True)
    working.set_answer(
        actor=act("deniz-kaya"),
        version=agreed,
        question_key=KEY,
        value={"number": 5, "unit": "working_days"},
        base_revision=1,
    )
    room = load_room(SYSTEM, agreed.agreement, agreed)
    assert clause_on_table(room, KEY, "de").wording == "Neu."  # type: ignore[union-attr]
    for party in agreed.agreement.parties.all():
        working.state_position(
            actor=factory.speaker(party), version=agreed, question_key=KEY, stance="agree", answer_revision=2
        )
    room = load_room(SYSTEM, agreed.agreement, agreed)
    assert assemble(room).clause(KEY).question_mark  # type: ignore[union-attr]
    others_vote(propose(act("jonas-reuter"), agreed), True)
    room = load_room(SYSTEM, agreed.agreement, agreed)
    assert not assemble(room).clause(KEY).question_mark  # type: ignore[union-attr]


def test_going_back_to_the_proposed_wording_needs_everyone_too(agreed: Version, act: Act) -> None:
    before = reads(agreed)
    with refusal("same_text"):
        wording.reset_wording(actor=act("jonas-reuter"), version=agreed, question_key=KEY, language="de")
    others_vote(propose(act("jonas-reuter"), agreed), True)
    back = wording.reset_wording(actor=act("deniz-kaya"), version=agreed, question_key=KEY, language="de")
    assert reads(agreed) == "Neu."
    others_vote(back, True)
    assert reads(agreed) == before
    assert not Wording.objects.exists()


def test_lines_with_a_dash_at_the_end_become_a_list(agreed: Version, act: Act) -> None:
    others_vote(propose(act("jonas-reuter"), agreed, "Es gilt:\n\n– erstens\n– zweitens"), True)
    clause = assemble(load_room(SYSTEM, agreed.agreement, agreed)).clause(KEY)
    assert clause is not None
    assert clause.texts["de"].bullets == ("erstens", "zweitens")
    assert clause.texts["de"].paragraphs == ("Es gilt:",)


@pytest.mark.parametrize("who", ["inga-soerensen", "mette-lindqvist"])
def test_who_is_no_party_proposes_and_votes_nothing(agreed: Version, act: Act, who: str) -> None:
    amendment = propose(act("jonas-reuter"), agreed)
    for attempt in (
        lambda: propose(act(who), agreed, "Anders."),
        lambda: wording.vote(actor=act(who), amendment=amendment, accepts=True),
        lambda: wording.withdraw(actor=act(who), amendment=amendment),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_while_the_text_is_not_worked_on_nothing_can_be_proposed(agreed: Version, act: Act) -> None:
    Version.objects.filter(pk=agreed.pk).update(state=Version.State.ADOPTING)
    with pytest.raises(NotAllowed):
        propose(act("jonas-reuter"), agreed)


# ---------------------------------------------------------------- comments


def comment(
    actor: Actor, version: Version, visibility: str, body: str = "Hm.", parent: Comment | None = None
) -> Comment:
    return wording.add_comment(
        actor=actor, version=version, question_key=KEY, visibility=visibility, body=body, parent=parent
    )


def test_each_reads_only_the_comments_meant_for_them(agreed: Version, act: Act) -> None:
    jonas, deniz, inga = act("jonas-reuter"), act("deniz-kaya"), act("inga-soerensen")
    for visibility in ("us", "sides", "everyone"):
        comment(jonas, agreed, visibility)
    seen = {
        name: {c.visibility for c in visible_comments(actor, agreed.agreement)}
        for name, actor in (("jonas", jonas), ("deniz", deniz), ("inga", inga))
    }
    assert seen == {
        "jonas": {"us", "sides", "everyone"},
        "deniz": {"sides", "everyone"},
        "inga": {"everyone"},
    }


def test_the_moderation_comments_only_where_the_parties_see_it(agreed: Version, act: Act) -> None:
    comment(act("inga-soerensen"), agreed, "everyone")
    for visibility in ("us", "sides"):
        with pytest.raises(NotAllowed):
            comment(act("inga-soerensen"), agreed, visibility)
    with pytest.raises(NotAllowed):
        comment(act("mette-lindqvist"), agreed, "everyone")


def test_a_reply_is_seen_by_whoever_sees_the_comment_and_by_nobody_else(agreed: Version, act: Act) -> None:
    ours = comment(act("jonas-reuter"), agreed, "us")
    reply = comment(act("jonas-reuter"), agreed, "everyone", parent=ours)
    assert reply.visibility == "us"
    with refusal("no_parent"):
        comment(act("deniz-kaya"), agreed, "everyone", parent=ours)


@pytest.mark.django_db(databases=["default", "keys"], transaction=True)
def test_a_deleted_comment_takes_its_key_with_it_and_leaves_the_replies(agreed: Version, act: Act) -> None:
    jonas, deniz = act("jonas-reuter"), act("deniz-kaya")
    first = comment(jonas, agreed, "sides")
    reply = comment(deniz, agreed, "sides", "Doch.", parent=first)
    with pytest.raises(NotAllowed):
        wording.delete_comment(actor=deniz, comment=first)
    wording.delete_comment(actor=jonas, comment=first)
    assert not DataKey.objects.using("keys").filter(id=first.data_key_id).exists()
    forget_keys()
    left = Comment.objects.get()
    assert (left.pk, left.body, left.parent) == (reply.pk, "Doch.", None)


def test_comments_survive_a_new_version(agreed: Version, act: Act) -> None:
    comment(act("jonas-reuter"), agreed, "everyone")
    Version.objects.filter(pk=agreed.pk).update(state=Version.State.ABANDONED)
    later = Version.objects.create(
        agreement=agreed.agreement, number=2, guide_version=agreed.guide_version, base=agreed
    )
    comment(act("deniz-kaya"), later, "everyone")
    assert visible_comments(act("deniz-kaya"), agreed.agreement).count() == 2


def test_whoever_reads_a_comment_may_settle_it_and_open_it_again(agreed: Version, act: Act) -> None:
    ours = comment(act("jonas-reuter"), agreed, "us")
    with pytest.raises(NotAllowed):
        wording.settle_comment(actor=act("deniz-kaya"), comment=ours)
    assert wording.settle_comment(actor=act("jonas-reuter"), comment=ours).settled_at is not None
    assert wording.settle_comment(actor=act("jonas-reuter"), comment=ours, settled=False).settled_at is None
