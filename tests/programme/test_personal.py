"""Handing out what is kept about a person, and making an account anonymous."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from mtd.accounts.models import User
from mtd.agreements.actions import wording, working
from mtd.agreements.models import Agreement, Comment, Draft, Mandate, Signature
from mtd.audit.models import Event
from mtd.consultations.models import Consultation, Contribution
from mtd.core.actor import SYSTEM
from mtd.core.errors import NotAllowed
from mtd.core.models import DataKey
from mtd.guide.actions import give_feedback
from mtd.meetings.actions import make_feed
from mtd.meetings.jobs import let_go_who_left
from mtd.notifications.actions import enqueue, notify
from mtd.notifications.models import Message, Notice
from mtd.organizations.actions import invite
from mtd.organizations.models import Invitation, Membership
from mtd.programme.actions import erase_person
from mtd.programme.personal import personal_data
from tests.cast import Cast, build_cast
from tests.factories import agreements as factory
from tests.factories import signing as signed
from tests.factories.meetings import a_meeting

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "leonie-brandt@demo.example"


@pytest.fixture
def cast() -> Cast:
    return build_cast(only={"birkenfurt"})


@pytest.fixture
def agreement(cast: Cast) -> Agreement:
    """Leonie Brandt commented, drafted, was told things, gave feedback, invited, and signed."""
    organizations = [
        cast.organizations[key] for key in ("suchtberatung-am-markt", "kreisjugendamt-birkenfurt")
    ]
    found = factory.found(cast.networks["birkenfurt"], organizations)
    leonie, actor = cast.people["leonie-brandt"], cast.actor("leonie-brandt")
    User.objects.filter(pk=leonie.pk).update(phone="02452 4711", position="Leitung")
    version = factory.agree_all(found, quick=True)
    for who, body in (("leonie-brandt", "said by Leonie"), ("ulrike-sand", "said by Ulrike")):
        wording.add_comment(
            actor=cast.actor(who), version=version, question_key="costs", visibility="us", body=body
        )
    working.save_draft(actor=actor, version=version, key="answer:costs", data={"a-text": ["typed"]})
    enqueue(actor=SYSTEM, kind="test", subject="Waiting", body="Text", recipient=leonie)
    notify(actor=SYSTEM, users=[leonie], kind="test", text="Something waits.", link="/", mail=False)
    notify(
        actor=SYSTEM,
        users=[cast.people["ulrike-sand"]],
        kind="test",
        text="Leonie Brandt has accepted.",
        link="/",
        mail=False,
    )
    guide = factory.cooperation_guide()
    step = guide.content["steps"][0]["key"]
    give_feedback(actor=actor, version=guide, step_key=step, helped="It helped", missing="")
    invite(
        actor=actor,
        email="new@x.example",
        role="worker",
        language="en",
        organization=organizations[0],
    )
    signed.in_force(found)
    return found


def export() -> dict[str, list[dict[str, Any]]]:
    stream = io.StringIO()
    call_command("export_person", ADDRESS, stdout=stream)
    found: dict[str, list[dict[str, Any]]] = json.loads(stream.getvalue())
    return found


def test_the_export_holds_what_is_theirs(cast: Cast, agreement: Agreement) -> None:
    found = export()
    text = json.dumps(found, ensure_ascii=False)
    assert found["accounts.User"][0]["phone"] == "02452 4711"
    assert {row["type"] for row in found["second factors"]} == {"totp", "recovery_codes"}
    assert [row["body"] for row in found["agreements.Comment"]] == ["said by Leonie"]
    assert found["agreements.Draft"][0]["data"] == {"a-text": ["typed"]}
    assert "Text" in [row["body"] for row in found["notifications.Message"]]
    assert found["guide.StepFeedback"][0]["helped"] == "It helped"
    assert found["organizations.Membership"][0]["role"] == "lead"
    assert "Leonie Brandt" in [row.get("signer_name") for row in found["agreements.Signature"]]
    assert found["audit.Event"]
    for secret in ("argon2", "md5", "token_hash", "data_key_id", "secret"):
        assert secret not in text


def test_the_export_holds_nothing_about_others(cast: Cast, agreement: Agreement) -> None:
    text = json.dumps(export(), ensure_ascii=False)
    assert "said by Ulrike" not in text
    assert "new@x.example" not in text
    assert "Ulrike Sand" not in text


def consultation(cast: Cast, state: str, story: str) -> Consultation:
    now = timezone.now()
    return Consultation.objects.create(
        year=2026,
        serial=Consultation.objects.count() + 1,
        network=cast.networks["birkenfurt"],
        way="own_house",
        organization=cast.organizations["suchtberatung-am-markt"],
        asked_by=cast.people["leonie-brandt"],
        state=state,
        case=story,
        changed_at=now,
        sent_at=now if state != "draft" else None,
        ends_on=timezone.localdate() if state != "draft" else None,
    )


def test_no_export_makes_a_copy_of_what_was_said_about_a_family(cast: Cast) -> None:
    question = consultation(cast, "sent", "The mother drinks again.")
    Contribution.objects.create(
        consultation=question,
        kind="reply",
        by=cast.people["leonie-brandt"],
        at=timezone.now(),
        text="She told the teacher.",
    )
    found = export()
    assert [row["refers to the person as"] for row in found["consultations.Contribution"]] == ["by"]
    assert "mother" not in json.dumps(found)
    assert "teacher" not in json.dumps(found)


def test_with_an_account_go_the_questions_that_were_never_sent(cast: Cast) -> None:
    draft, sent = consultation(cast, "draft", "Anna drinks."), consultation(cast, "sent", "A mother.")
    key = draft.data_key_id
    assert erase_person(actor=SYSTEM, user=cast.people["leonie-brandt"])
    assert list(Consultation.objects.all()) == [sent]
    assert not DataKey.objects.using("keys").filter(pk=key).exists()
    assert DataKey.objects.using("keys").filter(pk=sent.data_key_id).exists()


def test_whoever_is_not_known_is_said_so() -> None:
    for command in ("export_person", "erase_person"):
        with pytest.raises(CommandError):
            call_command(command, "nobody@x.example", **({"yes": True} if command == "erase_person" else {}))


def test_an_erased_person_is_gone_and_the_signed_agreement_stays(cast: Cast, agreement: Agreement) -> None:
    leonie = cast.people["leonie-brandt"]
    browser = Client()
    browser.force_login(leonie, backend="django.contrib.auth.backends.ModelBackend")
    keys = {message.data_key_id for message in Message.objects.filter(recipient=leonie)}
    stream = io.StringIO()
    call_command("erase_person", ADDRESS, yes=True, stdout=stream)

    leonie.refresh_from_db()
    assert (leonie.is_active, leonie.name, leonie.phone) == (False, "–", "")
    assert not leonie.has_usable_password()
    assert browser.get("/agreements/").status_code == 302
    assert not User.objects.filter(email=ADDRESS).exists()
    assert not Membership.objects.filter(user=leonie, ended_on__isnull=True).exists()
    for gone in (
        Draft.objects.filter(user=leonie),
        Notice.objects.filter(user=leonie),
        Notice.objects.filter(text__contains="Leonie"),
        Message.objects.filter(recipient=leonie),
        Invitation.objects.filter(email=ADDRESS),
    ):
        assert not gone.exists()
    assert not DataKey.objects.using("keys").filter(id__in=keys).exists()
    # what others rely on stays
    assert Signature.objects.get(signed_by=leonie).signer_name == "Leonie Brandt"
    assert Mandate.objects.get(user=leonie).name == "Leonie Brandt"
    assert Comment.objects.get(by=leonie).body == "said by Leonie"
    agreement.refresh_from_db()
    assert Event.objects.filter(verb="account.erased", object_id=str(leonie.pk)).count() == 1


def test_a_mandate_nobody_signed_with_loses_the_name(cast: Cast) -> None:
    organizations = [
        cast.organizations[key] for key in ("suchtberatung-am-markt", "kreisjugendamt-birkenfurt")
    ]
    found = factory.found(cast.networks["birkenfurt"], organizations)
    signed.mandate(factory.party(found, "Am Markt"))
    erase_person(actor=SYSTEM, user=cast.people["leonie-brandt"])
    mandate = Mandate.objects.get()
    assert (mandate.name, mandate.function) == ("–", "–")
    assert mandate.revoked_at is not None


def test_erasing_twice_does_nothing_more(cast: Cast, agreement: Agreement) -> None:
    leonie = cast.people["leonie-brandt"]
    erase_person(actor=SYSTEM, user=leonie)
    first = personal_data(User.objects.get(pk=leonie.pk))
    erase_person(actor=SYSTEM, user=leonie)
    assert personal_data(User.objects.get(pk=leonie.pk)).keys() == first.keys()


@pytest.mark.parametrize("who", ["jonas-reuter", "leonie-brandt", "miriam-hoffstedt", "inga-soerensen"])
def test_only_the_programme_office_erases(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        erase_person(actor=cast.actor(who), user=cast.people["leonie-brandt"])
    assert User.objects.filter(email=ADDRESS).exists()


def test_the_calendar_of_an_erased_person_ends_and_who_came_stays_countable(
    cast: Cast, client: Client
) -> None:
    leonie, network = cast.people["leonie-brandt"], cast.networks["birkenfurt"]
    held = a_meeting(network, held=True)
    coming = a_meeting(network)
    address = f"/meetings/feed/{make_feed(actor=cast.actor('leonie-brandt')).token}.ics"
    assert client.get(address).status_code == 200
    erase_person(actor=SYSTEM, user=leonie)
    assert client.get(address).status_code == 404
    there = held.participants.get(user=leonie)
    assert there.attendance == "present"
    assert there.user is not None
    assert "Leonie" not in there.user.name
    let_go_who_left()
    assert coming.participants.get(user=leonie).removed_at is not None
