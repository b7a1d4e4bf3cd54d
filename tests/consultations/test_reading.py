"""Reading is recorded, once an hour for each person, and the parties see it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mtd.agreements.models import Agreement
from mtd.audit.models import Event
from mtd.consultations.actions.reading import note_reading
from mtd.consultations.models import Reading, Step
from mtd.core.errors import NotAllowed
from tests.cast import Cast

from .lives import ANSWERER, ASKER, LEAD, STRANGER, answered, drafted, sent

pytestmark = pytest.mark.django_db
Browse = Callable[[str], Client]


def read_events() -> int:
    return Event.objects.filter(verb="consultation.read").count()


def test_a_reading_is_noted_once_an_hour(cast: Cast, agreement: Agreement) -> None:
    question = sent(cast, agreement)
    actor = cast.actor(ANSWERER)
    for _time in range(3):
        note_reading(actor=actor, consultation=question)
    assert (Reading.objects.get().times, read_events()) == (1, 1)
    Reading.objects.update(last_at=timezone.now() - timedelta(minutes=61))
    note_reading(actor=actor, consultation=question)
    assert (Reading.objects.get().times, read_events()) == (2, 2)


def test_taking_a_copy_is_noted_every_time(cast: Cast, agreement: Agreement) -> None:
    question = sent(cast, agreement)
    for _time in range(2):
        note_reading(actor=cast.actor(ANSWERER), consultation=question, copy=True)
    assert read_events() == 2
    assert Event.objects.filter(verb="consultation.read", facts__copy=True).count() == 2


def test_a_draft_is_no_reading_and_a_stranger_no_reader(cast: Cast, agreement: Agreement) -> None:
    draft = drafted(cast.actor(ASKER), agreement)
    assert note_reading(actor=cast.actor(ASKER), consultation=draft) is None
    with pytest.raises(NotAllowed):
        note_reading(actor=cast.actor(STRANGER), consultation=sent(cast, agreement))
    assert not Reading.objects.exists()


def test_both_sides_see_who_read_it(cast: Cast, agreement: Agreement, browse: Browse) -> None:
    question = sent(cast, agreement)
    address = reverse("consultations:page", args=[question.pk])
    browse(LEAD).get(address)
    page = browse(ASKER).get(address).content.decode()
    assert cast.people[LEAD].full_name in page
    assert "Kreisjugendamt" in page


def test_looking_at_the_page_is_what_is_noted(cast: Cast, agreement: Agreement, browse: Browse) -> None:
    question = sent(cast, agreement)
    answered(cast, question)
    browse(ANSWERER).get(reverse("consultations:index"))
    assert not Reading.objects.exists()
    browse(ANSWERER).get(reverse("consultations:page", args=[question.pk]))
    assert Reading.objects.get().user == cast.people[ANSWERER]
    assert Reading.objects.get().organization == cast.organizations["kreisjugendamt-birkenfurt"]


def test_whoever_reads_the_case_on_the_page_of_the_discussion_has_read_it(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    question = sent(cast, agreement)
    address = reverse("consultations:round", args=[question.pk])
    page = browse(ANSWERER).get(address)
    assert "The mother has relapsed" in page.content.decode()
    assert Reading.objects.get().user == cast.people[ANSWERER]
    browse(ANSWERER).get(address)
    assert (Reading.objects.get().times, read_events()) == (1, 1)


def test_a_form_that_comes_back_with_the_case_around_it_is_a_reading_too(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    question = sent(cast, agreement)
    sent_in = {"do": "answer", "answer-text": "", "answer-revision": str(question.revision)}
    page = browse(LEAD).post(reverse("consultations:page", args=[question.pk]), sent_in)
    assert page.status_code == 422
    assert "The mother has relapsed" in page.content.decode()
    assert Reading.objects.get().user == cast.people[LEAD]


def test_a_piece_of_the_discussion_is_read_only_when_something_new_is_shown(
    cast: Cast, agreement: Agreement, browse: Browse
) -> None:
    question = sent(cast, agreement)
    address = reverse("consultations:round", args=[question.pk])
    browse(ASKER).post(address, {"do": "begin", **dict.fromkeys(Step.values, "5")})
    Reading.objects.all().delete()
    live = browse(ANSWERER)
    shown = re.search(r"seen=([-\w]+)", browse(ASKER).get(address).content.decode())
    assert shown is not None
    Reading.objects.all().delete()
    assert live.get(f"{address}?seen={shown[1]}", headers={"HX-Request": "true"}).status_code == 204
    assert not Reading.objects.exists()
    assert live.get(f"{address}?seen=", headers={"HX-Request": "true"}).status_code == 200
    assert Reading.objects.get().user == cast.people[ANSWERER]
