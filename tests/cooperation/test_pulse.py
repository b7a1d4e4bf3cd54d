"""The partner pulse: who can answer, that nobody can be linked, and what may be shown."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections, models
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from mtd.agreements.models import Agreement
from mtd.audit.models import Event
from mtd.cooperation import jobs
from mtd.cooperation.actions.pulse import answer_pulse, forget_turns, open_pulse, open_pulse_if_due
from mtd.cooperation.models import PulseAnswer, PulseRound, PulseTurn
from mtd.cooperation.pulse import BANKS, ITEMS, LEAST_ANSWERS, LEAST_PEOPLE, Said, picture
from mtd.cooperation.queries.exchange import next_steps_exchange
from mtd.cooperation.queries.pulse import figures, pictures, to_answer
from mtd.core.actor import SYSTEM, Actor
from mtd.core.errors import Refused
from mtd.notifications.models import Notice
from mtd.organizations.models import Network
from tests.cast import Cast
from tests.factories.agreements import refusal

Act = Callable[[str], Actor]
EVERYBODY = (
    "jonas-reuter",
    "leonie-brandt",
    "tarek-aziz",
    "svenja-kolb",
    "ulrike-sand",
    "deniz-kaya",
    "ralf-timmermann",
    "beate-lohmann",
)


@pytest.fixture
def network(lived: Agreement) -> Network:
    return lived.network


@pytest.fixture
def opened(network: Network, act: Act) -> PulseRound:
    return open_pulse(actor=act("miriam-hoffstedt"), network=network)


def values(number: int) -> dict[str, int | None]:
    return dict.fromkeys(ITEMS, number)


def all_answers(actor: Actor, one: PulseRound, number: int = 4) -> int:
    about = {organization.pk: values(number) for organization in to_answer(actor, one)}
    return answer_pulse(actor=actor, pulse_round=one, answers=about)


def over(one: PulseRound) -> None:
    """The round as if it had closed yesterday."""
    today = timezone.localdate()
    PulseRound.objects.filter(pk=one.pk).update(
        opened_on=today - timedelta(days=30), closes_on=today - timedelta(days=1)
    )


# --- rounds -------------------------------------------------------------------------------------------------------


def test_a_round_stays_open_four_weeks_and_tells_the_people_of_the_partners(
    opened: PulseRound, cast: Cast
) -> None:
    assert opened.closes_on - opened.opened_on == timedelta(weeks=4)
    told = Notice.objects.filter(kind="exchange.pulse_opened").values_list("user", flat=True)
    assert set(told) == {cast.people[key].pk for key in EVERYBODY}


def test_a_second_round_waits_four_months(opened: PulseRound, network: Network, act: Act) -> None:
    coordinator = act("miriam-hoffstedt")
    with refusal("too_soon"):
        open_pulse(actor=coordinator, network=network)
    today = timezone.localdate()
    PulseRound.objects.filter(pk=opened.pk).update(
        opened_on=today - timedelta(days=124), closes_on=today - timedelta(days=96)
    )
    assert open_pulse(actor=coordinator, network=network).opened_on == today


def test_only_the_coordination_opens_by_hand_and_only_where_an_agreement_is_in_force(
    network: Network, cast: Cast, act: Act
) -> None:
    for key in ("leonie-brandt", "inga-soerensen", "anke-wolters", "mette-lindqvist"):
        with refusal("not_allowed"):
            open_pulse(actor=act(key), network=network)
    with refusal("no_agreement"):
        open_pulse(actor=act("anke-wolters"), network=cast.networks["kreis-heinsberg"])


def test_a_round_opens_by_itself_in_march_and_september_once_and_also_late(network: Network) -> None:
    def due(year: int, month: int, day: int) -> bool:
        return open_pulse_if_due(actor=SYSTEM, network=network, today=date(year, month, day))

    assert not due(2027, 2, 28)
    assert due(2027, 3, 4)
    assert not due(2027, 3, 4)
    assert not due(2027, 3, 28)
    assert not due(2027, 8, 31)
    assert due(2027, 9, 1)
    assert not due(2027, 9, 29)
    assert due(2028, 3, 1)


def test_a_round_by_hand_in_january_replaces_the_one_of_march(network: Network) -> None:
    PulseRound.objects.create(network=network, opened_on=date(2027, 1, 15), closes_on=date(2027, 2, 12))
    assert not open_pulse_if_due(actor=SYSTEM, network=network, today=date(2027, 3, 1))
    assert open_pulse_if_due(actor=SYSTEM, network=network, today=date(2027, 9, 1))


def test_the_job_opens_nothing_without_an_agreement_in_force(cast: Cast) -> None:
    birkenfurt = cast.networks["birkenfurt"]
    assert not open_pulse_if_due(actor=SYSTEM, network=birkenfurt, today=date(2027, 3, 1))


# --- answering ----------------------------------------------------------------------------------------------------


def test_one_answers_about_every_other_partner_once(opened: PulseRound, act: Act) -> None:
    actor = act("jonas-reuter")
    others = to_answer(actor, opened)
    assert {o.short_name for o in others} == {"Drogenhilfe", "Kreisjugendamt", "Wendau"}
    first = {others[0].pk: values(4)}
    assert answer_pulse(actor=actor, pulse_round=opened, answers=first) == 1
    with refusal("twice"):
        answer_pulse(actor=actor, pulse_round=opened, answers=first)
    assert all_answers(actor, opened) == 2
    assert to_answer(actor, opened) == []


def test_one_does_not_answer_about_oneself_or_about_strangers(
    opened: PulseRound, act: Act, cast: Cast
) -> None:
    for key in ("suchtberatung-am-markt", "caritas-heinsberg"):
        with refusal("twice"):
            answer_pulse(
                actor=act("jonas-reuter"),
                pulse_round=opened,
                answers={cast.organizations[key].pk: values(5)},
            )


def test_coordination_moderation_and_strangers_do_not_answer(opened: PulseRound, act: Act) -> None:
    for key in ("miriam-hoffstedt", "inga-soerensen", "pia-lennartz", "mette-lindqvist"):
        with refusal("not_allowed"):
            answer_pulse(actor=act(key), pulse_round=opened, answers={uuid.uuid4(): values(3)})


def test_a_value_outside_the_scale_is_refused(opened: PulseRound, act: Act) -> None:
    actor = act("jonas-reuter")
    about = to_answer(actor, opened)[0].pk
    for wrong in (0, 6, -1):
        with refusal("value"):
            answer_pulse(actor=actor, pulse_round=opened, answers={about: values(wrong)})
    with refusal("empty"):
        answer_pulse(actor=actor, pulse_round=opened, answers={})
    assert not PulseTurn.objects.exists()


def test_a_closed_round_takes_nothing(opened: PulseRound, act: Act) -> None:
    actor = act("jonas-reuter")
    about = {o.pk: values(4) for o in to_answer(actor, opened)}
    over(opened)
    with refusal("closed"):
        answer_pulse(actor=actor, pulse_round=opened, answers=about)


def test_cannot_say_counts_as_answered_and_keeps_no_number(opened: PulseRound, act: Act) -> None:
    actor = act("jonas-reuter")
    about = to_answer(actor, opened)[0].pk
    answer_pulse(actor=actor, pulse_round=opened, answers={about: dict.fromkeys(ITEMS)})
    assert PulseTurn.objects.count() == 1
    assert PulseAnswer.objects.count() == 0


# --- nobody can be linked -----------------------------------------------------------------------------------------


def test_an_answer_has_no_column_for_a_person_an_own_organisation_or_a_time() -> None:
    fields = {field.name: field for field in PulseAnswer._meta.concrete_fields}
    assert set(fields) == {"id", "round", "from_system", "about", *ITEMS}
    assert not [f for f in fields.values() if isinstance(f, models.DateField | models.TimeField)]
    assert {f.name for f in PulseTurn._meta.concrete_fields} == {"id", "round", "user", "about"}


def test_every_answer_of_the_round_is_written_anew_whenever_one_is_added(
    opened: PulseRound, act: Act
) -> None:
    before: set[Any] = set()
    for number, key in enumerate(EVERYBODY):
        all_answers(act(key), opened, number % 5 + 1)
        now = set(PulseAnswer.objects.values_list("pk", flat=True))
        assert len(now) == 3 * (number + 1)
        assert not now & before
        before = now


def test_the_order_of_the_rows_says_nothing(opened: PulseRound, act: Act) -> None:
    """The rows as the database holds them: 24 answers in the order of handing in would be a chance of 1 in 10^11."""
    for number, key in enumerate(EVERYBODY):
        all_answers(act(key), opened, number % 5 + 1)
    order = "rowid" if connection.vendor == "sqlite" else "ctid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT trust_1 FROM {PulseAnswer._meta.db_table} ORDER BY {order}")
        stored = [row[0] for row in cursor.fetchall()]
    handed_in = [number % 5 + 1 for number in range(len(EVERYBODY)) for _about in range(3)]
    assert Counter(stored) == Counter(handed_in)
    assert stored != handed_in


def test_the_log_of_changes_knows_how_many_and_nothing_else(opened: PulseRound, act: Act) -> None:
    all_answers(act("jonas-reuter"), opened)
    event = Event.objects.get(verb="pulse.answered")
    assert event.facts == {"partners": 3}
    assert event.object_id == str(opened.pk)


def test_from_small_systems_only_other_is_kept(opened: PulseRound, act: Act, cast: Cast) -> None:
    organization = cast.organizations["stadtjugendamt-wendau"]
    organization.help_system = "school"
    organization.save(update_fields=["help_system"])
    all_answers(act("ralf-timmermann"), opened)
    assert set(PulseAnswer.objects.values_list("from_system", flat=True)) == {"other"}


def test_who_has_answered_is_forgotten_when_the_round_is_over(opened: PulseRound, act: Act) -> None:
    all_answers(act("jonas-reuter"), opened)
    assert jobs.close_pulse() == 0
    assert PulseTurn.objects.count() == 3
    over(opened)
    assert jobs.close_pulse() == 3
    assert jobs.close_pulse() == 0
    assert forget_turns(actor=SYSTEM, pulse_round=opened) == 0
    assert PulseTurn.objects.count() == 0
    assert PulseAnswer.objects.count() == 3


# --- what is shown ------------------------------------------------------------------------------------------------


def test_nothing_is_shown_while_a_round_is_open(opened: PulseRound, network: Network, act: Act) -> None:
    for key in EVERYBODY:
        all_answers(act(key), opened)
    assert pictures(network) == []
    over(opened)
    assert [shown.shown for _one, shown in pictures(network)] == [True]


def test_a_picture_appears_with_the_fifth_answer_of_three_people(
    opened: PulseRound, network: Network, act: Act
) -> None:
    over_today = opened.closes_on
    for key in ("jonas-reuter", "leonie-brandt"):
        all_answers(act(key), opened, 4)
    over(opened)
    assert not pictures(network)[0][1].shown  # four answers about youth welfare
    assert figures(network, timezone.localdate().year)[0]["pairs"] == []
    PulseRound.objects.filter(pk=opened.pk).update(opened_on=timezone.localdate(), closes_on=over_today)
    all_answers(act("tarek-aziz"), opened, 2)
    over(opened)
    shown = pictures(network)[0][1]
    assert shown.pair("care", "youth").trust == pytest.approx(3.3)
    assert shown.pair("care", "youth").use == pytest.approx(3.3)
    assert not shown.pair("youth", "care").shown
    assert [
        (one["from"], one["about"]) for one in figures(network, timezone.localdate().year)[0]["pairs"]
    ] == [("care", "youth")]
    assert figures(network, 1999) == []


ABOUTS = [uuid.UUID(int=number) for number in range(1, 7)]
ON_BANK = dict(zip(ABOUTS, ("care", "care", "youth", "youth", "youth", "other"), strict=True))
WORDS = st.lists(
    st.builds(
        Said,
        st.sampled_from(BANKS),
        st.sampled_from(ABOUTS),
        st.tuples(*[st.one_of(st.none(), st.integers(1, 5)) for _item in ITEMS]),
    ),
    max_size=60,
)
MANY = st.lists(
    st.builds(
        Said,
        st.sampled_from(["care", "youth"]),
        st.sampled_from(ABOUTS[:5]),
        st.tuples(*[st.integers(1, 5) for _item in ITEMS]),
    ),
    min_size=20,
    max_size=90,
)


@given(WORDS | MANY)
def test_every_mean_stands_on_enough_answers_of_enough_people(said: list[Said]) -> None:
    shown = picture(said, ON_BANK)
    for source in BANKS:
        for about in BANKS:
            for place, key in enumerate(ITEMS):
                told = [
                    (one.about, value)
                    for one in said
                    if one.bank == source
                    and ON_BANK[one.about] == about
                    and (value := one.values[place]) is not None
                ]
                people = max(Counter(pk for pk, _value in told).values(), default=0)
                enough = len(told) >= LEAST_ANSWERS and people >= LEAST_PEOPLE
                mean = shown.pair(source, about).items[key]
                assert (mean is not None) == enough
                if mean is not None:
                    assert mean == round(sum(value for _pk, value in told) / len(told), 1)


@given(WORDS | MANY)
def test_nobody_can_subtract_the_shown_partners_from_their_bank(said: list[Said]) -> None:
    shown = picture(said, ON_BANK)
    for bank in BANKS:
        whole = {
            source
            for source in BANKS
            if all(value is not None for value in shown.pair(source, bank).items.values())
        }
        counts: dict[uuid.UUID, list[int]] = defaultdict(lambda: [0] * len(ITEMS))
        for one in said:
            if one.bank in whole and ON_BANK[one.about] == bank:
                for place, value in enumerate(one.values):
                    counts[one.about][place] += value is not None
        visible = {about for about in counts if about in shown.organizations}
        for about in visible:
            assert min(counts[about]) >= LEAST_ANSWERS
        for place in range(len(ITEMS)):
            hidden = sum(count[place] for about, count in counts.items() if about not in visible)
            assert not visible or hidden == 0 or hidden >= LEAST_ANSWERS


def test_a_lone_small_partner_takes_the_next_smallest_with_it() -> None:
    def say(about: uuid.UUID, times: int) -> list[Said]:
        return [Said("care", about, (4,) * 6)] * times

    small, middle, large = ABOUTS[2], ABOUTS[3], ABOUTS[4]
    shown = picture([*say(small, 2), *say(middle, 5), *say(large, 7)], ON_BANK)
    assert set(shown.organizations) == {large}
    shown = picture([*say(middle, 5), *say(large, 7)], ON_BANK)
    assert set(shown.organizations) == {middle, large}


# --- the start page -----------------------------------------------------------------------------------------------


def test_the_pulse_waits_on_the_start_page_until_every_partner_is_answered(
    opened: PulseRound, act: Act, django_assert_num_queries: Callable[..., Any]
) -> None:
    actor = act("jonas-reuter")
    with django_assert_num_queries(4):
        steps = next_steps_exchange(actor)
    assert [(step.title, step.due) for step in steps] == [("Answer the partner pulse", opened.closes_on)]
    all_answers(actor, opened)
    assert next_steps_exchange(actor) == []
    assert next_steps_exchange(act("inga-soerensen")) == []


@pytest.mark.django_db(transaction=True)
def test_handing_in_twice_at_the_same_second_counts_once(opened: PulseRound, act: Act) -> None:
    actor = act("jonas-reuter")
    about = {organization.pk: values(4) for organization in to_answer(actor, opened)}
    begin = Barrier(2)

    def hand_in(_number: int) -> str:
        try:
            begin.wait()
            return str(answer_pulse(actor=actor, pulse_round=opened, answers=about))
        except Refused as refused:
            return refused.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(hand_in, range(2))) == ["3", "twice"]
    assert (PulseTurn.objects.count(), PulseAnswer.objects.count()) == (3, 3)
