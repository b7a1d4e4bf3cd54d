"""Absences: who stands in sees the questions from the first day to the last, and nobody else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mtd.accounts.models import User
from mtd.agreements.models import Agreement
from mtd.consultations.actions.absences import end_absence, set_absence
from mtd.consultations.actions.answering import answer
from mtd.consultations.models import Absence, Consultation, Way
from mtd.consultations.permissions import can_view, visible_absences, visible_to
from mtd.consultations.queries.doors import doors_of
from mtd.consultations.queries.people import asked_of
from mtd.core.errors import NotAllowed
from mtd.meetings.models import Kind
from mtd.notifications.models import Notice
from mtd.organizations.models import Membership, Organization
from mtd.organizations.queries import actor_for
from tests.cast import Cast
from tests.factories.agreements import refusal
from tests.factories.meetings import a_meeting

from .lives import ADVICE, ANSWERER, ASKER, LEAD, drafted, sent
from .test_doors import name_adviser

pytestmark = pytest.mark.django_db
Browse = Callable[[str], Client]
DAY = timedelta(days=1)


@pytest.fixture
def office(cast: Cast) -> Organization:
    return cast.organizations["kreisjugendamt-birkenfurt"]


@pytest.fixture
def colleague(cast: Cast, office: Organization) -> User:
    """A second worker of the youth office."""
    user = User.objects.create(email="colleague@demo.example", name="Kim Abel", language="en")
    Membership.objects.create(user=user, organization=office, role="worker")
    return user


def away(
    cast: Cast, office: Organization, since: date, until: date, deputy: User | None = None, **more: Any
) -> Absence:
    return set_absence(
        actor=cast.actor(ANSWERER),
        user=cast.people[ANSWERER],
        organization=office,
        since=since,
        until=until,
        deputy=deputy,
        **more,
    )


def test_a_deputy_sees_the_question_only_in_these_days(
    cast: Cast, agreement: Agreement, office: Organization, colleague: User
) -> None:
    name_adviser(cast, agreement, email=cast.people[ANSWERER].email)
    question, today = sent(cast, agreement, way=Way.ADVISER), timezone.localdate()
    actor = actor_for(colleague)
    assert not visible_to(actor).exists()
    for since, until, sees in (
        (today + DAY, today + 2 * DAY, False),
        (today, today, True),
        (today - 3 * DAY, today + DAY, True),
    ):
        Absence.objects.all().delete()
        away(cast, office, since, until, colleague)
        assert visible_to(actor).filter(pk=question.pk).exists() is sees
        assert can_view(actor, question) is sees
    Absence.objects.update(since=today - 3 * DAY, until=today - DAY)
    assert not visible_to(actor).exists()


def test_without_a_deputy_the_lead_answers(cast: Cast, agreement: Agreement, office: Organization) -> None:
    name_adviser(cast, agreement, email=cast.people[ANSWERER].email)
    question, today = sent(cast, agreement, way=Way.ADVISER), timezone.localdate()
    away(cast, office, today, today)
    asked = asked_of(question)
    assert (asked.people, asked.because, asked.for_whom) == (
        (cast.people[LEAD],),
        "nobody",
        cast.people[ANSWERER].full_name,
    )


def test_a_deputy_who_is_away_as_well_or_asked_it_themselves_leaves_it_to_the_lead(
    cast: Cast, agreement: Agreement, office: Organization, colleague: User
) -> None:
    name_adviser(cast, agreement, email=cast.people[ANSWERER].email)
    question, today = sent(cast, agreement, way=Way.ADVISER), timezone.localdate()
    away(cast, office, today, today, colleague)
    assert asked_of(question).people == (colleague,)
    door = next(door for door in doors_of(cast.actor(ASKER), agreement.network).advisers)
    assert door.stands_in == "Kim Abel"
    lead = cast.actor(LEAD)
    set_absence(actor=lead, user=colleague, organization=office, since=today, until=today + DAY)
    assert (asked_of(question).people, asked_of(question).because) == ((cast.people[LEAD],), "nobody")
    door = next(door for door in doors_of(cast.actor(ASKER), agreement.network).advisers)
    assert door.stands_in == "the lead"
    Absence.objects.filter(user=colleague).delete()
    mine = drafted(actor_for(colleague), agreement, way=Way.OWN_HOUSE, adviser=cast.people[ANSWERER])
    assert asked_of(mine).people == (cast.people[LEAD],)


def test_of_two_leads_the_one_who_is_there_answers(
    cast: Cast, agreement: Agreement, office: Organization, colleague: User
) -> None:
    Membership.objects.filter(user=colleague).update(role="lead")
    name_adviser(cast, agreement, email=cast.people[ANSWERER].email)
    question, today = sent(cast, agreement, way=Way.ADVISER), timezone.localdate()
    away(cast, office, today, today)
    lead = cast.people[LEAD]
    set_absence(actor=cast.actor(LEAD), user=lead, organization=office, since=today, until=today)
    assert asked_of(question).people == (colleague,)
    set_absence(actor=cast.actor(LEAD), user=colleague, organization=office, since=today, until=today)
    assert set(asked_of(question).people) == {colleague, lead}


def test_who_stood_in_and_answered_stays_in_the_conversation(
    cast: Cast, agreement: Agreement, office: Organization, colleague: User
) -> None:
    name_adviser(cast, agreement, email=cast.people[ANSWERER].email)
    question, today = sent(cast, agreement, way=Way.ADVISER), timezone.localdate()
    away(cast, office, today, today, colleague)
    stand_in = actor_for(colleague)
    now = Consultation.objects.get(pk=question.pk)
    answer(actor=stand_in, consultation=now, text=ADVICE, kept={}, revision=now.revision)
    Absence.objects.all().delete()
    assert can_view(stand_in, question)
    assert list(visible_to(stand_in)) == [question]
    Membership.objects.filter(user=colleague).update(ended_on=today)
    assert not visible_to(actor_for(colleague)).exists()


def test_a_deputy_stands_in_where_the_absence_is_and_nowhere_else(
    cast: Cast, agreement: Agreement, office: Organization, colleague: User
) -> None:
    elsewhere = cast.organizations["stadtjugendamt-wendau"]
    for user in (colleague, cast.people[ANSWERER]):
        Membership.objects.create(user=user, organization=elsewhere, role="worker")
    name_adviser(cast, agreement, email=cast.people[ANSWERER].email)
    question, today = sent(cast, agreement, way=Way.ADVISER), timezone.localdate()
    away(cast, elsewhere, today, today, colleague)
    assert question.recipient == office
    assert not can_view(actor_for(colleague), question)
    assert not visible_to(actor_for(colleague)).exists()
    assert asked_of(question).people == (cast.people[ANSWERER],)


def test_the_deputy_is_told_without_a_reason(cast: Cast, office: Organization, colleague: User) -> None:
    today = timezone.localdate()
    found = away(cast, office, today, today + DAY, colleague)
    (notice,) = Notice.objects.filter(kind="consultations.standing_in")
    assert notice.user == colleague
    away(cast, office, today, today + 2 * DAY, colleague, absence=found)
    assert Notice.objects.filter(kind="consultations.standing_in").count() == 1


def test_days_that_make_no_sense_are_refused(cast: Cast, office: Organization, colleague: User) -> None:
    today = timezone.localdate()
    with refusal("order"):
        away(cast, office, today + DAY, today)
    with refusal("past"):
        away(cast, office, today - 3 * DAY, today - DAY)
    with refusal("long"):
        away(cast, office, today, today + timedelta(days=2000))
    away(cast, office, today, today + 5 * DAY)
    with refusal("overlap"):
        away(cast, office, today + 5 * DAY, today + 9 * DAY)
    assert away(cast, office, today + 6 * DAY, today + 9 * DAY).pk


def test_a_deputy_is_a_colleague_who_is_there(cast: Cast, office: Organization, colleague: User) -> None:
    today = timezone.localdate()
    for nobody in (cast.people[ASKER], cast.people[ANSWERER]):
        with refusal("no_colleague"):
            away(cast, office, today, today, nobody)
    set_absence(
        actor=cast.actor(LEAD), user=colleague, organization=office, since=today, until=today + 9 * DAY
    )
    with refusal("deputy_away"):
        away(cast, office, today, today + DAY, colleague)


def test_the_lead_says_it_for_the_people_and_nobody_else_does(cast: Cast, office: Organization) -> None:
    today = timezone.localdate()
    given: dict[str, Any] = {"user": cast.people[ANSWERER], "organization": office}
    given |= {"since": today, "until": today}
    with pytest.raises(NotAllowed):
        set_absence(actor=cast.actor(ASKER), **given)
    found = set_absence(actor=cast.actor(LEAD), **given)
    assert not visible_absences(cast.actor(ASKER)).exists()
    assert visible_absences(cast.actor(ANSWERER)).exists()
    with pytest.raises(NotAllowed):
        end_absence(actor=cast.actor(ASKER), absence=found)
    end_absence(actor=cast.actor(ANSWERER), absence=found)
    end_absence(actor=cast.actor(ANSWERER), absence=found)
    assert not Absence.objects.exists()


def test_the_page_notes_it_and_keeps_what_was_typed(
    cast: Cast, office: Organization, browse: Browse, colleague: User
) -> None:
    address, today = reverse("consultations:absence"), timezone.localdate()
    client = browse(ANSWERER)
    given = {"organization": str(office.pk), "since": str(today + DAY), "until": str(today)}
    wrong = client.post(address, given)
    assert wrong.status_code == 422
    assert str(today + DAY) in wrong.content.decode()
    given |= {"until": str(today + DAY), "deputy": str(colleague.pk)}
    assert client.post(address, given).status_code == 302
    assert Absence.objects.get().deputy == colleague
    assert "Kim Abel" in client.get(address).content.decode()
    assert client.post(address, {"do": "end", "absence": str(Absence.objects.get().pk)}).status_code == 302
    assert not Absence.objects.exists()
    elsewhere = str(cast.organizations["suchtberatung-am-markt"].pk)
    assert client.post(address, given | {"organization": elsewhere}).status_code == 404


def test_the_list_and_the_single_answer_agree_for_everybody(
    cast: Cast, agreement: Agreement, office: Organization
) -> None:
    name_adviser(cast, agreement, email=cast.people[ANSWERER].email)
    a_meeting(
        agreement.network, Kind.CASE_DISCUSSION, people=[cast.people[k] for k in (ASKER, "svenja-kolb")]
    )
    questions = [
        drafted(cast.actor(ASKER), agreement),
        sent(cast, agreement),
        sent(cast, agreement, way=Way.ADVISER),
        sent(cast, agreement, way=Way.DISCUSSION),
        sent(cast, agreement, way=Way.OWN_HOUSE),
    ]
    away(cast, office, timezone.localdate(), timezone.localdate())
    for key in cast.people:
        actor = cast.actor(key)
        seen = set(visible_to(actor).values_list("pk", flat=True))
        assert seen == {one.pk for one in questions if can_view(actor, one)}, key
