"""The demo is what visitors see first: it tells its stories through the real actions, once, and its figures fit."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from mtd.agreements.models import Agreement, Comment, Entry, SigningRound, Version
from mtd.agreements.queries import load_room, my_next_step
from mtd.audit.models import Event
from mtd.core.actor import SYSTEM
from mtd.documents.queries import inspect
from mtd.home.demo.answers import english, read
from mtd.home.demo.clock import WRITTEN_FOR, Calendar, at
from mtd.home.demo.seeding import people, seed
from mtd.home.demo.stories import STORIES
from mtd.notifications.models import Message, Notice
from mtd.organizations.queries import actor_for
from tests.cast import build_cast
from tests.factories import agreements as factory

pytestmark = pytest.mark.django_db


def test_birkenfurt_stands_as_in_the_picture() -> None:
    list(seed(only={"birkenfurt"}))
    cast = build_cast(only={"birkenfurt"})
    agreement = Agreement.objects.select_related("network").get()
    room = load_room(cast.actor("jonas-reuter"), agreement)
    assert dict(room.standing.counts) == {"agreed": 43, "differs": 4, "parked": 2, "open": 10}
    step = my_next_step(room)
    assert "referral_ack" in step.url
    assert room.moderator_names == ["Inga Sörensen"]
    assert room.version.meetings.filter(held=True).count() == 7
    coming = room.version.meetings.get(held=False)
    assert coming.on >= timezone.localdate()
    assert coming.on.weekday() == 1
    assert {c.visibility for c in Comment.objects.all()} == {"us", "sides", "everyone"}
    assert not Entry.objects.filter(at__gt=timezone.now()).exists()
    assert Entry.objects.order_by("at").first().at.date() == Calendar.of_today().day("2026-03-10")  # type: ignore[union-attr]


def test_telling_it_twice_adds_nothing() -> None:
    list(seed(only={"tammerlinna"}))
    before = (Agreement.objects.count(), Event.objects.count(), Entry.objects.count())
    list(seed(only={"tammerlinna"}))
    assert (Agreement.objects.count(), Event.objects.count(), Entry.objects.count()) == before


def test_a_story_left_half_told_is_not_told_over_it() -> None:
    cast = build_cast(only={"tammerlinna"})
    network = cast.networks["tammerlinna"]
    factory.found(network, list(network.organizations.all()), title="Half told")
    with factory.refusal("half_told"):
        list(seed(only={"tammerlinna"}))


def test_siegen_is_in_force_with_two_signatures_that_hold() -> None:
    list(seed(only={"siegen-wittgenstein"}))
    agreement = Agreement.objects.get()
    assert agreement.state == Agreement.State.IN_FORCE
    assert agreement.in_force_from == date(2022, 11, 16)
    assert agreement.profile_public
    done = SigningRound.objects.select_related("current").get(state=SigningRound.State.COMPLETE)
    found = inspect(bytes(done.current.content))
    assert [signature.holds for signature in found.signatures] == [True, True]
    days = [s.signed_at.date() for s in found.signatures if s.signed_at]
    assert days == [date(2022, 11, 9), date(2022, 11, 15)]
    assert not Message.objects.filter(sent_at__isnull=True).exists()
    assert not Notice.objects.filter(read_at__isnull=True, created_at__year__lt=2026).exists()


def test_a_round_with_mixed_ways_waits_for_one_signature_and_one_confirmation() -> None:
    list(seed(only={"rivierenland-oost"}))
    version = Version.objects.get()
    assert version.state == Version.State.SIGNING
    states = dict(version.rounds.get().signatures.values_list("party__organization__short_name", "state"))
    assert states == {"De Brugwachter": "signed", "Jeugdteam": "waiting", "Huisartsen": "unconfirmed"}


def test_every_answer_of_the_content_belongs_to_a_question_of_the_guide() -> None:
    pack = factory.pack_by_id(factory.cooperation_guide().pk)
    known = {question.key for question in pack.questions}
    files = [read(name)["answers"] for name in ("heinsberg", "siegen", "birkenfurt", "eupen", "english")]
    for answers in [*files, *(own for own in read("europe").values())]:
        assert set(answers) <= known
    assert set(read("europe")) <= set(STORIES)
    assert english("rivierenland-oost")["answers"]["area"]["text"].startswith(
        "The agreement holds in Waterland"
    )


@pytest.mark.parametrize("days", [0, 10, 100, 400])
def test_what_goes_on_at_present_moves_along_with_today(days: int) -> None:
    today = date.fromordinal(WRITTEN_FOR.toordinal() + days)
    with at(today):
        # `at` never goes beyond now, so the calendar is asked for a day of its own.
        moved = Calendar(0 if days <= 14 else days // 7).day("2026-12-08")
    assert moved.weekday() == 1
    assert -14 <= (moved - today).days <= 24


def test_the_command_names_who_can_sign_in_and_never_runs_without_the_demo(
    settings: object, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.MTD_DEMO = False  # type: ignore[attr-defined]
    with pytest.raises(CommandError):
        call_command("seed_demo")
    build_cast()
    lines = list(people())
    assert any("Jonas Reuter" in line for line in lines)
    actor = actor_for(build_cast().people["jonas-reuter"])
    assert actor.organization_id is not None
    assert SYSTEM.user_id is None
