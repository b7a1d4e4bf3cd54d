"""What is typed in a record stays in it: not in e-mails, notices, the log of changes, titles, searches, file names."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from mtd.agreements.actions import founding, road, rounds, signing, wording, working
from mtd.agreements.models import Agreement, SigningRound, Version
from mtd.audit.models import Event
from mtd.core.actor import Actor
from mtd.core.errors import Refused
from mtd.core.models import DataKey
from mtd.notifications.jobs import send_outbox
from mtd.notifications.models import Message, Notice
from tests.cast import Cast
from tests.factories import agreements as factory
from tests.factories import signing as signed

NAME = "Zwiebelfisch"
TEXT = f"Familie {NAME}, Tel. 02452 4711"


@pytest.fixture
def typed(birkenfurt: Agreement, act: Callable[[str], Actor]) -> Agreement:
    """Somebody types a family's name wherever a text can be typed while an agreement is worked out and signed."""
    version = factory.agree_all(birkenfurt, quick=True)
    jonas, ulrike = act("jonas-reuter"), act("ulrike-sand")
    for visibility in ("us", "sides", "everyone"):
        comment = wording.add_comment(
            actor=jonas, version=version, question_key="costs", visibility=visibility, body=TEXT
        )
    wording.add_comment(
        actor=ulrike,
        version=version,
        question_key="costs",
        visibility="everyone",
        body=TEXT,
        parent=comment,
    )
    wording.settle_comment(actor=ulrike, comment=comment)
    wording.delete_comment(actor=jonas, comment=comment)
    working.save_draft(actor=jonas, version=version, key="answer:costs", data={"a-text": [TEXT]})
    working.state_position(
        actor=jonas, version=version, question_key="costs", stance="differ", answer_revision=1, reason=TEXT
    )
    working.state_position(
        actor=jonas, version=version, question_key="costs", stance="agree", answer_revision=1
    )
    proposal = wording.propose(
        actor=jonas, version=version, question_key="costs", language="de", text=TEXT, reason=TEXT
    )
    wording.vote(actor=ulrike, amendment=proposal, accepts=False, reason=TEXT)
    wording.withdraw(actor=jonas, amendment=proposal)
    road.save_meeting(
        actor=jonas, version=version, on="2026-12-03", topics=TEXT, place=TEXT, outcome=TEXT, held=True
    )
    road.add_todo(actor=jonas, version=version, what=TEXT)
    signing_round = signed.frozen(birkenfurt)
    signing.decline(actor=act("leonie-brandt"), signature=_place(signing_round, "Am Markt"), reason=TEXT)
    return birkenfurt


def _place(signing_round: SigningRound, word: str) -> Any:
    return signing_round.signatures.select_related("round__version", "party__organization").get(
        party__organization__name__icontains=word
    )


def assert_it_stayed() -> None:
    for message in Message.objects.all():
        assert NAME not in message.subject + message.body + message.kind
    send_outbox()
    for sent in mail.outbox:
        assert NAME not in sent.message().as_string()
        assert NAME not in sent.subject + str(sent.body)
    for notice in Notice.objects.all():
        assert NAME not in notice.text + notice.link
    for event in Event.objects.all():
        assert NAME not in json.dumps(event.facts) + event.verb + event.object_id


def test_mails_notices_and_the_log_of_changes_hold_nothing_that_was_typed(typed: Agreement) -> None:
    assert Message.objects.exists()
    assert Notice.objects.exists()
    assert_it_stayed()


def test_the_reasons_for_stopping_and_giving_up_stay_too(
    birkenfurt: Agreement, act: Callable[[str], Actor]
) -> None:
    signing_round = signed.frozen(birkenfurt)
    rounds.cancel_round(actor=act("miriam-hoffstedt"), signing_round=signing_round, reason=TEXT)
    version = Version.objects.get(agreement=birkenfurt)
    founding.abandon(actor=act("miriam-hoffstedt"), version=version, reason=TEXT)
    assert Message.objects.exists()
    assert_it_stayed()


def test_comments_lie_sealed_in_the_database(typed: Agreement) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM agreements_comment")
        bodies = [bytes(row[0]) for row in cursor.fetchall()]
    assert len(bodies) == 3
    assert not any(NAME.encode() in body for body in bodies)


def test_no_search_finds_it_and_no_title_address_or_file_name_shows_it(
    typed: Agreement, cast: Cast, browse: Callable[[str], Client]
) -> None:
    client = browse("jonas-reuter")
    for address in ("", "questions/", "questions/costs/", "text/costs/", "road/", "log/", "sign/"):
        page = client.get(f"/agreements/{typed.pk}/{address}")
        assert page.status_code == 200, address
        text = page.content.decode()
        assert NAME not in text[text.index("<title>") : text.index("</title>")]
        assert not any(NAME in part.split('"')[0] for part in text.split('href="')[1:])
    for file in ("text.pdf", "text.docx", "answers.json"):
        assert NAME not in client.get(f"/agreements/{typed.pk}/{file}").headers["Content-Disposition"]
    found = client.get("/agreements/", {"q": NAME}).content.decode()
    assert typed.title not in found
    table = client.get("/agreements/", {"format": "csv"}).content.decode()
    assert NAME not in table


def test_what_the_person_typed_is_not_in_the_words_of_a_refusal_that_is_logged(
    birkenfurt: Agreement, act: Callable[[str], Actor]
) -> None:
    version = Version.objects.get(agreement=birkenfurt)
    with pytest.raises(Refused) as refused:
        wording.add_comment(
            actor=act("miriam-hoffstedt"),
            version=version,
            question_key="costs",
            visibility="us",
            body=TEXT,
        )
    assert NAME not in repr(refused.value)


def test_a_comment_that_does_not_open_leaves_the_page_and_the_others_readable(
    birkenfurt: Agreement, act: Callable[[str], Actor], browse: Callable[[str], Client]
) -> None:
    version = factory.agree_all(birkenfurt, quick=True)
    broken, whole = (
        wording.add_comment(
            actor=act("jonas-reuter"), version=version, question_key="costs", visibility="us", body=body
        )
        for body in ("The first words", "The second words")
    )
    DataKey.objects.using("keys").filter(pk=broken.data_key_id).delete()
    for page in ("questions", "text"):
        answer = browse("jonas-reuter").get(f"/agreements/{birkenfurt.pk}/{page}/costs/")
        assert answer.status_code == 200
        assert whole.body in answer.content.decode()
        assert answer.content.decode().count("This text cannot be read any more.") == 1
