"""Duties follow from what was signed and from what happened; nobody types them in again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mtd.agreements.models import Agreement, Answer, Entry, Party, Position
from mtd.cooperation.models import ContactConfirmation, Contest, Evidence, GraceSetting, Pause
from mtd.cooperation.obligations import After, AtLeast, Duty, Status, Within
from mtd.cooperation.queries.duties import DutyState, duties_of, duties_of_many, find_duty, summary
from tests.cast import Cast
from tests.factories import cooperation as factory
from tests.factories.agreements import found

TODAY = date(2026, 11, 22)


def duty(agreement: Agreement, key: str, party: object = None, today: date = TODAY) -> DutyState:
    found = find_duty(duties_of(agreement, today), key, party)
    assert found is not None
    return found


def lines(state: DutyState) -> list[str]:
    return [f"{o.due} {o.number}/{o.of} {o.status}" for o in state.occurrences if o.due <= TODAY]


def evidence(agreement: Agreement, key: str, on: date, **fields: Any) -> Evidence:
    return Evidence.objects.create(
        agreement=agreement, question_key=key, on=on, kind="statement", note="", **fields
    )


def test_every_clause_with_a_rhythm_a_deadline_or_a_date_yields_a_duty(lived: Agreement) -> None:
    found = duties_of(lived, TODAY)
    network = {d.question_key: (d.type, type(d.rule)) for d in found if d.party is None}
    assert network == {
        "consultation_answer": (Duty.FEEDBACK, Within),
        "committee_rhythm": (Duty.COOPERATION_COMMITTEE, AtLeast),
        "exchange_rhythm": (Duty.PRACTITIONER_EXCHANGE, AtLeast),
        "review_period": (Duty.AGREEMENT_REVIEW, After),
    }
    shared = {d.question_key for d in found if d.party}
    assert shared == {"contact_update", "shadowing_rhythm"}
    assert sum(d.question_key == "shadowing_rhythm" for d in found) == 4
    numbers = [d.clause for d in found]
    assert all(numbers)
    assert duty(lived, "committee_rhythm").clause_url == f"/agreements/{lived.pk}/text/committee_rhythm/"


def test_a_rule_says_itself_in_words(lived: Agreement) -> None:
    words = {d.question_key: d.rule_words for d in duties_of(lived, TODAY)}
    assert words["committee_rhythm"] == "at least once every half-year"
    assert words["review_period"] == "12 months after the last time"
    assert words["consultation_answer"] == "within 3 working days, each time"


def test_a_held_meeting_is_evidence_by_itself(lived: Agreement, cast: Cast) -> None:
    network = cast.networks["birkenfurt"]
    for day in (date(2024, 4, 9), date(2024, 12, 3), date(2025, 7, 10), date(2026, 2, 4)):
        factory.held(network, day)
    factory.held(cast.networks["kreis-heinsberg"], date(2025, 10, 1))
    factory.held(network, date(2025, 11, 1), kind="steering_group")
    factory.held(
        network,
        date(2025, 11, 2),
        subject=factory.in_force(
            network, list(network.organizations.all()[:2]), date(2025, 1, 1), title="Another"
        ).pk,
    )
    state = duty(lived, "committee_rhythm")
    assert lines(state) == [
        "2024-06-30 1/1 kept",
        "2024-12-31 1/1 kept",
        "2025-06-30 1/1 late",
        "2025-12-31 1/1 missed",
        "2026-06-30 1/1 kept",
    ]
    assert state.status is Status.DUE
    assert state.counter_words == "1 of 2 done this year"
    assert state.next_due == date(2026, 12, 31)


def test_a_meeting_near_midnight_counts_on_the_day_of_the_network(lived: Agreement, cast: Cast) -> None:
    meeting = factory.held(cast.networks["birkenfurt"], date(2025, 12, 31))
    assert meeting.starts_at is not None
    meeting.starts_at = meeting.starts_at.replace(hour=23, minute=30)
    meeting.ends_at = meeting.starts_at + timedelta(hours=1)
    meeting.save()
    assert duty(lived, "committee_rhythm").deeds[0].day == date(2026, 1, 1)


def test_only_what_every_party_agreed_to_binds(lived: Agreement) -> None:
    answer = Answer.objects.get(version__agreement=lived, question_key="committee_rhythm")
    Position.objects.filter(version__agreement=lived, question_key="committee_rhythm").first().delete()  # type: ignore[union-attr]
    assert find_duty(duties_of(lived, TODAY), "committee_rhythm") is None
    Answer.objects.filter(pk=answer.pk).delete()
    assert find_duty(duties_of(lived, TODAY), "committee_rhythm") is None


def test_a_clause_on_a_closed_branch_binds_nobody(lived: Agreement) -> None:
    Answer.objects.filter(version__agreement=lived, question_key="committee").update(value={"yes": False})
    assert find_duty(duties_of(lived, TODAY), "committee_rhythm") is None


def test_an_agreement_being_worked_out_has_no_duties(cast: Cast) -> None:
    agreement = found(cast.networks["birkenfurt"], list(cast.networks["birkenfurt"].organizations.all())[:2])
    assert duties_of(agreement, TODAY) == []


def test_amending_changes_the_duty_from_that_day_and_keeps_the_past(lived: Agreement, cast: Cast) -> None:
    factory.held(cast.networks["birkenfurt"], date(2024, 4, 9))
    before = duty(lived, "committee_rhythm")
    more = {**factory.SHARED, "committee_rhythm": {"at_least": 1, "per": "quarter"}}
    factory.amended(lived, date(2026, 1, 1), more)
    after = duty(lived, "committee_rhythm")
    year = date(2026, 1, 1)
    assert [o for o in after.occurrences if o.due < year] == [o for o in before.occurrences if o.due < year]
    assert [o.due for o in after.occurrences if o.due.year == 2026] == [
        date(2026, 3, 31),
        date(2026, 6, 30),
        date(2026, 9, 30),
        date(2026, 12, 31),
    ]
    assert duty(lived, "exchange_rhythm").occurrences == duty(lived, "exchange_rhythm").occurrences


def test_amending_another_clause_cuts_no_period(lived: Agreement) -> None:
    before = duty(lived, "exchange_rhythm").occurrences
    more = {**factory.SHARED, "committee_rhythm": {"at_least": 1, "per": "quarter"}}
    factory.amended(lived, date(2026, 5, 17), more)
    assert duty(lived, "exchange_rhythm").occurrences == before


def test_ending_the_agreement_ends_its_duties_on_its_last_day(lived: Agreement) -> None:
    gone = factory.ended(lived, date(2026, 11, 21))
    found = duties_of(gone, TODAY)
    assert {d.status for d in found} == {Status.ENDED}
    assert all(o.due <= date(2026, 11, 21) for d in found for o in d.occurrences)
    assert not any(d.needs_care for d in found)


def test_each_party_owes_its_share_while_it_is_a_party(lived: Agreement) -> None:
    parties = list(lived.parties.order_by("order"))
    factory.left(parties[0], date(2025, 7, 1))
    factory.amended(lived, date(2026, 1, 1), factory.SHARED)
    Party.objects.filter(pk=parties[1].pk).update(from_version=2)
    gone = duty(lived, "contact_update", parties[0].pk)
    assert gone.status is Status.ENDED
    assert gone.occurrences[-1].due == date(2025, 6, 30)
    new = duty(lived, "contact_update", parties[1].pk)
    assert new.occurrences[0].due == date(2026, 6, 30)


def test_a_confirmed_contact_list_counts_for_the_party_that_confirmed(lived: Agreement) -> None:
    one, two = list(lived.parties.order_by("order"))[:2]
    ContactConfirmation.objects.create(
        agreement=lived, party=one, asked_on=date(2026, 3, 1), confirmed_on=date(2026, 3, 3)
    )
    ContactConfirmation.objects.create(agreement=lived, party=two, asked_on=date(2026, 3, 1))
    assert duty(lived, "contact_update", one.pk).counter(2026).done == 1
    assert duty(lived, "contact_update", two.pk).counter(2026).done == 0


def test_a_recorded_review_counts(lived: Agreement) -> None:
    entry = Entry.objects.create(
        version=lived.versions.get(), kind=Entry.Kind.STATE, data={"change": "reviewed", "on": "2026-01-10"}
    )
    Entry.objects.filter(pk=entry.pk).update(at="2025-01-07T10:00:00Z")
    state = duty(lived, "review_period")
    assert lines(state)[0] == "2025-01-01 1/1 late"
    assert state.occurrences[1].due == date(2026, 1, 7)


def test_statements_about_the_day_of_a_meeting_confirm_it_and_count_once(
    lived: Agreement, cast: Cast
) -> None:
    factory.held(cast.networks["birkenfurt"], date(2026, 4, 4), kind="exchange")
    evidence(lived, "exchange_rhythm", date(2026, 4, 4))
    evidence(lived, "exchange_rhythm", date(2026, 4, 4))
    evidence(lived, "exchange_rhythm", date(2026, 9, 1))
    evidence(lived, "exchange_rhythm", date(2026, 9, 1))
    state = duty(lived, "exchange_rhythm")
    assert state.counter(2026).done == 2
    assert [len(deed.proofs) for deed in state.deeds] == [3, 2]


def test_an_upheld_contest_takes_the_act_away_and_an_open_one_marks_it(lived: Agreement) -> None:
    shown = evidence(lived, "committee_rhythm", date(2026, 3, 1))
    doubt = Contest.objects.create(
        agreement=lived,
        question_key="committee_rhythm",
        source="statement",
        source_id=shown.pk,
        party=lived.parties.first(),
        reason="It was cancelled.",
    )
    state = duty(lived, "committee_rhythm")
    assert (state.counter(2026).done, state.deeds[0].contested) == (1, True)
    Contest.objects.filter(pk=doubt.pk).update(state="upheld")
    assert duty(lived, "committee_rhythm").counter(2026).done == 0
    Contest.objects.filter(pk=doubt.pk).update(state="withdrawn")
    assert duty(lived, "committee_rhythm").counter(2026).done == 1


def test_a_pause_for_all_rests_every_partys_share(lived: Agreement) -> None:
    one, two = list(lived.parties.order_by("order"))[:2]
    rest = Pause.objects.create(
        agreement=lived, question_key="shadowing_rhythm", from_on=date(2026, 1, 1), reason="Moving house"
    )
    assert {duty(lived, "shadowing_rhythm", p.pk).status for p in (one, two)} == {Status.PAUSED}
    Pause.objects.filter(pk=rest.pk).update(party=one)
    assert duty(lived, "shadowing_rhythm", one.pk).status is Status.PAUSED
    assert duty(lived, "shadowing_rhythm", two.pk).status is not Status.PAUSED
    assert duty(lived, "shadowing_rhythm", one.pk).pause == rest


def test_the_parties_own_grace_replaces_our_proposal(lived: Agreement, cast: Cast) -> None:
    factory.held(cast.networks["birkenfurt"], date(2026, 8, 15))
    assert lines(duty(lived, "committee_rhythm"))[-1] == "2026-06-30 1/1 missed"
    GraceSetting.objects.create(agreement=lived, question_key="committee_rhythm", days=60)
    assert lines(duty(lived, "committee_rhythm"))[-1] == "2026-06-30 1/1 late"


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("committee_rhythm", {"at_least": 0, "per": "year"}, "zero"),
        ("committee_rhythm", {"at_least": "often", "per": "year"}, "not_a_number"),
        ("committee_rhythm", {"at_least": 1, "per": "fortnight"}, "unknown_period"),
        ("committee_rhythm", ["?"], "not_a_number"),
        ("evaluation_date", {"date": "2026-02-31"}, "no_such_day"),
        ("evaluation_date", {"date": "2020-01-01"}, "before_start"),
        ("review_period", {"number": 3, "unit": "hours"}, "unknown_unit"),
        ("review_period", {"number": 0, "unit": "months"}, "zero"),
    ],
)
def test_a_clause_that_cannot_be_read_is_shown_with_its_reason(
    cast: Cast, key: str, value: Any, code: str
) -> None:
    organizations = [
        cast.organizations["suchtberatung-am-markt"],
        cast.organizations["kreisjugendamt-birkenfurt"],
    ]
    answers = {**factory.COMMITTEE, key: value}
    agreement = factory.in_force(cast.networks["birkenfurt"], organizations, date(2024, 1, 1), answers)
    state = duty(agreement, key)
    assert state.problem_code == code
    assert "amend" in str(state.problem)
    assert state.rule is None
    assert state.counter_words == "nothing due this year"


def test_the_year_in_numbers_adds_up(lived: Agreement, cast: Cast) -> None:
    factory.held(cast.networks["birkenfurt"], date(2025, 3, 3))
    whole, by_party = summary(duties_of(lived, TODAY), 2025)
    assert whole.kept == 1
    assert (
        whole.missed == 1 + 2 + 1 + 4 * 3
    )  # committee, exchanges, review, each party's contacts and shadowing
    assert set(by_party) == {None, *lived.parties.values_list("pk", flat=True)}
    assert by_party[None].settled == 5


def test_all_duties_are_loaded_with_as_many_queries_for_one_as_for_five(lived: Agreement, cast: Cast) -> None:
    duties_of(lived, TODAY)
    with CaptureQueriesContext(connection) as one:
        duties_of_many([lived], TODAY)
    organizations = [
        cast.organizations["suchtberatung-am-markt"],
        cast.organizations["kreisjugendamt-birkenfurt"],
    ]
    more = [
        factory.in_force(
            cast.networks["birkenfurt"], organizations, date(2023, 1, 1), factory.SHARED, title=f"No {number}"
        )
        for number in range(4)
    ]
    factory.held(cast.networks["birkenfurt"], date(2025, 3, 3))
    with CaptureQueriesContext(connection) as five:
        found = duties_of_many([lived, *more], TODAY)
    assert len(one) == len(five) == 14
    assert all(found[agreement.pk] for agreement in more)
