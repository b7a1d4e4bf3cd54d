"""Who is who: what the agreement names, asked half-yearly, confirmed with one click."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from mtd.agreements.models import Agreement, Annex, AnnexVersion, Party
from mtd.cooperation import jobs
from mtd.cooperation.actions.contacts import (
    ask_contacts,
    confirm_by_link,
    confirm_contacts,
    doubt_contacts,
    remind_contacts,
)
from mtd.cooperation.models import ContactConfirmation
from mtd.cooperation.queries.contacts import asking_since, listed, parties_to_ask, token_hash, token_of
from mtd.cooperation.queries.exchange import next_steps_exchange
from mtd.core.actor import ANONYMOUS, SYSTEM, Actor
from mtd.notifications.models import Message, Notice
from mtd.organizations.models import Membership
from tests.cast import Cast
from tests.cooperation.conftest import BIRKENFURT
from tests.factories import cooperation as factory
from tests.factories.agreements import refusal
from tests.factories.answers import _contact

Act = Callable[[str], Actor]


@pytest.fixture
def agreement(cast: Cast) -> Agreement:
    """Four parties in force since 2024, each with a contact and a deputy."""
    organizations = [cast.organizations[key] for key in BIRKENFURT]
    made = factory.in_force(cast.networks["birkenfurt"], organizations, date(2024, 1, 1), factory.SHARED)
    contacts = {str(party.pk): _contact(n) for n, party in enumerate(made.parties.order_by("order"), 1)}
    factory.answer_all(made.versions.get(), {"contact_persons": {"contacts": contacts}})
    return made


@pytest.fixture
def party(agreement: Agreement) -> Party:
    """Am Markt's entry."""
    return agreement.parties.select_related("organization").get(organization__short_name="Am Markt")


def asked(party: Party) -> ContactConfirmation:
    assert ask_contacts(actor=SYSTEM, party_id=party.pk)
    return ContactConfirmation.objects.get(party=party, confirmed_on__isnull=True)


def test_everybody_of_the_network_is_listed_with_contact_and_deputy(agreement: Agreement, act: Act) -> None:
    rows = listed(act("jonas-reuter"), agreement.network)
    assert [row.organization.short_name for row in rows] == [
        "Drogenhilfe",
        "Kreisjugendamt",
        "Wendau",
        "Am Markt",
    ]
    entry = rows[3].entries[0]
    assert entry.contact is not None
    assert entry.deputy is not None
    assert (entry.contact.name, entry.contact.hours) == ("Robin Beispiel 1", "Mo–Fr 9–12 Uhr")
    assert entry.deputy.name == "Kim Vertretung 1"
    assert [row.entries[0].mine for row in rows] == [False, False, False, True]


def test_a_new_version_of_the_annex_comes_before_what_was_agreed(
    agreement: Agreement, party: Party, act: Act
) -> None:
    annex = Annex.objects.create(agreement=agreement, kind="contacts", key="contacts", title="Kontakte")
    content = {"contacts": {str(party.pk): {"name": "Neue Person", "phone": "0123"}}}
    version = AnnexVersion.objects.create(annex=annex, number=1, content=content)

    def name() -> str:
        rows = listed(act("jonas-reuter"), agreement.network)
        contact = rows[3].entries[0].contact
        return contact.name if contact else ""

    assert name() == "Robin Beispiel 1"  # only proposed
    version.state = AnnexVersion.State.IN_FORCE
    version.save()
    assert name() == "Neue Person"


def test_what_not_every_party_agreed_to_is_not_shown(agreement: Agreement, act: Act) -> None:
    version = agreement.versions.get()
    version.positions.filter(
        question_key="contact_persons", party__organization__short_name="Wendau"
    ).delete()
    rows = listed(act("jonas-reuter"), agreement.network)
    assert [row.entries[0].contact for row in rows] == [None] * 4


def test_an_organisation_without_an_agreement_is_listed_without_a_contact(cast: Cast, act: Act) -> None:
    rows = listed(act("pia-lennartz"), cast.networks["kreis-heinsberg"])
    assert len(rows) == 8
    assert not any(row.entries for row in rows)


def test_a_party_that_left_and_an_agreement_that_ended_are_gone(
    agreement: Agreement, party: Party, act: Act
) -> None:
    Party.objects.filter(pk=party.pk).update(left_on=date(2025, 1, 1))
    assert not listed(act("jonas-reuter"), agreement.network)[3].entries
    Agreement.objects.filter(pk=agreement.pk).update(state="ended", ended_on=date(2025, 1, 1))
    assert not any(row.entries for row in listed(act("jonas-reuter"), agreement.network))


@pytest.mark.parametrize(
    ("today", "months", "since"),
    [
        (date(2026, 6, 30), 6, date(2026, 1, 1)),
        (date(2026, 7, 1), 6, date(2026, 7, 1)),
        (date(2026, 12, 31), 3, date(2026, 10, 1)),
        (date(2028, 2, 29), 12, date(2028, 1, 1)),
        (date(2026, 5, 31), 1, date(2026, 5, 1)),
    ],
)
def test_spans_are_counted_from_january(today: date, months: int, since: date) -> None:
    assert asking_since(today, months) == since


def test_each_party_is_asked_once_in_each_half_year(agreement: Agreement) -> None:
    parties = set(agreement.parties.values_list("pk", flat=True))
    for day in (date(2026, 1, 4), date(2026, 7, 1), date(2027, 1, 1)):
        assert set(parties_to_ask(day)) == parties
        for pk in parties:
            assert ask_contacts(actor=SYSTEM, party_id=pk, today=day)
            assert not ask_contacts(actor=SYSTEM, party_id=pk, today=day + timedelta(days=3))
        assert parties_to_ask(day + timedelta(days=90)) == []
    assert ContactConfirmation.objects.count() == 12
    assert ContactConfirmation.objects.exclude(token_hash="").count() == 4  # older links no longer work


def test_the_agreed_rhythm_is_followed(agreement: Agreement) -> None:
    version = agreement.versions.get()
    contacts = version.answers.get(question_key="contact_persons").value
    factory.answer_all(
        version, {"contact_persons": contacts, "contact_update": {"at_least": 1, "per": "quarter"}}
    )
    pk = agreement.parties.values_list("pk", flat=True)[0]
    assert ask_contacts(actor=SYSTEM, party_id=pk, today=date(2026, 1, 5))
    assert not ask_contacts(actor=SYSTEM, party_id=pk, today=date(2026, 3, 31))
    assert ask_contacts(actor=SYSTEM, party_id=pk, today=date(2026, 4, 1))


@pytest.mark.parametrize(
    "nonsense", [{}, {"at_least": 0, "per": "year"}, {"at_least": "x", "per": "year"}, {"per": "day"}]
)
def test_a_rhythm_that_cannot_be_read_becomes_half_yearly(
    agreement: Agreement, nonsense: dict[str, Any]
) -> None:
    version = agreement.versions.get()
    contacts = version.answers.get(question_key="contact_persons").value
    factory.answer_all(version, {"contact_persons": contacts, "contact_update": nonsense})
    pk = agreement.parties.values_list("pk", flat=True)[0]
    assert ask_contacts(actor=SYSTEM, party_id=pk, today=date(2026, 1, 5))
    assert not ask_contacts(actor=SYSTEM, party_id=pk, today=date(2026, 6, 30))


def test_who_was_not_bound_when_the_half_year_began_is_asked_in_the_next(agreement: Agreement) -> None:
    Agreement.objects.filter(pk=agreement.pk).update(in_force_from=date(2026, 9, 1))
    assert parties_to_ask(date(2026, 11, 22)) == []
    assert len(parties_to_ask(date(2027, 1, 1))) == 4


def test_a_confirmation_from_inside_saves_the_question(agreement: Agreement, party: Party, act: Act) -> None:
    confirm_contacts(actor=act("jonas-reuter"), party=party)
    assert party.pk not in parties_to_ask(timezone.localdate())
    assert (
        confirm_contacts(actor=act("leonie-brandt"), party=party).confirmed_by_id
        == act("jonas-reuter").user_id
    )


def test_one_click_confirms_once(party: Party) -> None:
    row = asked(party)
    token = token_of(row.pk)
    assert token not in {row.token_hash, token_hash(row.token_hash)}
    done = confirm_by_link(actor=ANONYMOUS, token=token)
    assert done.confirmed_on == timezone.localdate()
    assert done.confirmed_by_id is None
    assert done.token_hash == ""
    with refusal("used_link"):
        confirm_by_link(actor=ANONYMOUS, token=token)


@pytest.mark.parametrize("token", ["", "x", "A" * 500, "' or 1=1 --", "ü"])
def test_a_made_up_link_confirms_nothing(party: Party, token: str) -> None:
    asked(party)
    with refusal("used_link"):
        confirm_by_link(actor=ANONYMOUS, token=token)


def test_a_link_dies_with_the_agreement(agreement: Agreement, party: Party) -> None:
    row = asked(party)
    Agreement.objects.filter(pk=agreement.pk).update(state="ended", ended_on=timezone.localdate())
    with refusal("not_in_force"):
        confirm_by_link(actor=ANONYMOUS, token=token_of(row.pk))


def test_the_mail_goes_to_the_leads_with_a_link_and_without_the_contact(party: Party, cast: Cast) -> None:
    row = asked(party)
    message = Message.objects.get(kind="exchange.contacts_asked")
    assert message.recipient == cast.people["leonie-brandt"]
    assert reverse("cooperation:contacts_link", args=[token_of(row.pk)]) in message.body
    assert "Robin" not in message.body
    assert "02452" not in message.body


def test_without_a_lead_the_organisation_itself_is_asked(party: Party, cast: Cast) -> None:
    Membership.objects.filter(user=cast.people["leonie-brandt"]).update(ended_on=timezone.localdate())
    asked(party)
    message = Message.objects.get(kind="exchange.contacts_asked")
    assert (message.recipient, message.address) == (None, party.organization.email)
    assert message.language == "de"


def test_one_reminder_after_a_fortnight_with_the_same_link(party: Party) -> None:
    row = asked(party)
    assert not remind_contacts(actor=SYSTEM, confirmation_id=row.pk)
    ContactConfirmation.objects.filter(pk=row.pk).update(asked_on=timezone.localdate() - timedelta(days=14))
    assert jobs.remind_of_contacts() == 1
    assert jobs.remind_of_contacts() == 0
    bodies = [message.body for message in Message.objects.filter(kind="exchange.contacts_asked")]
    assert len(bodies) == 2
    assert all(token_of(row.pk) in body for body in bodies)
    confirm_by_link(actor=ANONYMOUS, token=token_of(row.pk))


def test_the_jobs_may_run_twice(agreement: Agreement) -> None:
    first = jobs.ask_for_contacts()
    assert first == 4
    assert jobs.ask_for_contacts() == 0
    assert Message.objects.filter(kind="exchange.contacts_asked").count() == 4


def test_only_the_organisation_confirms_its_own_entry(party: Party, act: Act) -> None:
    for stranger in ("deniz-kaya", "miriam-hoffstedt", "pia-lennartz", "mette-lindqvist"):
        with refusal("not_allowed"):
            confirm_contacts(actor=act(stranger), party=party)


def test_somebody_who_could_not_reach_them_can_say_so(party: Party, act: Act, cast: Cast) -> None:
    doubt_contacts(actor=act("deniz-kaya"), party=party)
    assert Notice.objects.get().user == cast.people["leonie-brandt"]
    with refusal("not_allowed"):
        doubt_contacts(actor=act("pia-lennartz"), party=party)


def test_the_question_waits_for_the_lead_and_then_for_the_coordination(party: Party, act: Act) -> None:
    row = asked(party)
    assert [s.title for s in next_steps_exchange(act("leonie-brandt"))] == [
        "Confirm the contact details of Am Markt"
    ]
    assert next_steps_exchange(act("jonas-reuter")) == []
    assert next_steps_exchange(act("miriam-hoffstedt")) == []
    ContactConfirmation.objects.filter(pk=row.pk).update(asked_on=timezone.localdate() - timedelta(days=28))
    assert [(s.title, s.late) for s in next_steps_exchange(act("miriam-hoffstedt"))] == [
        ("One organisation has not confirmed its contacts", True)
    ]
    confirm_by_link(actor=ANONYMOUS, token=token_of(row.pk))
    assert next_steps_exchange(act("miriam-hoffstedt")) == []


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_the_same_second_ask_once(agreement: Agreement) -> None:
    begin = Barrier(2)

    def ask(_number: int) -> int:
        try:
            begin.wait()
            return jobs.ask_for_contacts()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(ask, range(2))) == 4
    assert Message.objects.filter(kind="exchange.contacts_asked").count() == 4
