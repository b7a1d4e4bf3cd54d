"""The obligation engine against a count by hand: every rule, every edge of the calendar."""

from __future__ import annotations

from collections import Counter as Tally
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtd.cooperation.obligations import (
    COUNTRIES,
    DEFAULT_GRACE,
    Act,
    After,
    AtLeast,
    BadRule,
    Duty,
    On,
    Pause,
    Per,
    Reckoning,
    Status,
    Term,
    Within,
    day_of,
    deadline,
    is_working_day,
    later,
    period_of,
    reckon,
)
from mtd.guide.pack import OBLIGATIONS

DAY = timedelta(days=1)
FIRST, LAST = (
    date(2019, 10, 1),
    date(2025, 3, 31),
)  # holds a leap year, six turns of the year, both clock changes
ZONES = {
    "BE": "Europe/Brussels",
    "CY": "Asia/Nicosia",
    "CZ": "Europe/Prague",
    "DE": "Europe/Berlin",
    "EL": "Europe/Athens",
    "ES": "Europe/Madrid",
    "FI": "Europe/Helsinki",
    "IT": "Europe/Rome",
    "NL": "Europe/Amsterdam",
    "PT": "Europe/Lisbon",
    "SI": "Europe/Ljubljana",
    "SK": "Europe/Bratislava",
}

edges = st.sampled_from(
    [
        date(year, month, day)
        for year in (2020, 2021, 2023, 2024)
        for month, day in ((1, 1), (12, 31), (2, 28), (3, 1), (6, 30), (7, 1), (3, 31), (10, 29))
    ]
    + [date(2020, 2, 29), date(2024, 2, 29)]
)
days = st.one_of(st.dates(FIRST, LAST), edges)
pers = st.sampled_from(list(Per))
moments = st.datetimes(datetime(2019, 1, 1), datetime(2030, 12, 31))  # noqa: DTZ001  hypothesis wants them bare


@st.composite
def at_least(draw: st.DrawFn) -> AtLeast:
    per = draw(pers)
    return AtLeast(
        draw(st.integers(1, 5)), per.value, draw(st.sampled_from([0, 1, DEFAULT_GRACE[per], 90, 400]))
    )


def spans() -> st.SearchStrategy[After]:
    several = st.one_of(
        st.tuples(st.integers(20, 400), st.just("days")),
        st.tuples(st.integers(2, 60), st.just("weeks")),
        st.tuples(st.integers(1, 30), st.just("months")),
        st.tuples(st.integers(1, 3), st.just("years")),
    )
    return st.builds(lambda s, g: After(s[0], s[1], g), several, st.sampled_from([0, 10, 30, 200]))


def fixed_days() -> st.SearchStrategy[On]:
    return st.builds(On, days, st.sampled_from([0, 30, 100]))


@st.composite
def terms_of(draw: st.DrawFn, rules: st.SearchStrategy[object], most: int = 3) -> list[Term]:
    """One to three terms one after the other, some with a gap between; the last may be open."""
    found: list[Term] = []
    day = draw(days)
    count = draw(st.integers(1, most))
    for number in range(count):
        until = day + timedelta(days=draw(st.integers(0, 900)))
        open_end = number == count - 1 and draw(st.booleans())
        found.append(Term(draw(rules), day, None if open_end else until))  # type: ignore[arg-type]
        day = until + timedelta(days=draw(st.sampled_from([1, 1, 1, 40])))
    return found


acts_lists = st.lists(days, max_size=14).map(
    lambda found: [Act(day, f"act-{number:02}") for number, day in enumerate(found)]
)
pauses_lists = st.lists(
    st.builds(
        lambda start, length: Pause(start, None if length is None else start + timedelta(days=length)),
        days,
        st.one_of(st.integers(0, 500), st.none()),
    ),
    max_size=2,
)
any_rule = st.one_of(at_least(), spans(), fixed_days())


# --- a count by hand --------------------------------------------------------------------------------------


def by_hand(
    terms: list[Term], acts: list[Act], pauses: list[Pause], limit: date
) -> list[tuple[date, date, int, int, list[str]]]:
    """Day by day: (first, last, owed, waived, keys of the acts in it) for each part of each period."""
    binding: dict[date, AtLeast] = {}
    for term in terms:
        day = term.start
        while day <= (term.until or limit + timedelta(days=400)):
            assert isinstance(term.rule, AtLeast)
            binding[day] = term.rule
            day += DAY
    paused = set()
    for pause in pauses:
        day = pause.start
        while day <= min(pause.until or LAST + timedelta(days=1500), LAST + timedelta(days=1500)):
            paused.add(day)
            day += DAY

    def name(day: date, per: str) -> tuple[int, ...]:
        match per:
            case "week":
                return day.isocalendar()[:2]
            case "month":
                return (day.year, day.month)
            case "quarter":
                return (day.year, (day.month + 2) // 3)
            case "half_year":
                return (day.year, 1 if day.month < 7 else 2)
        return (day.year,)

    parts: list[tuple[AtLeast, list[date]]] = []
    before: date | None = None
    for day in sorted(binding):
        rule = binding[day]
        same = parts and before == day - DAY and parts[-1][0] == rule
        if same and name(day, rule.per) == name(parts[-1][1][-1], rule.per):
            parts[-1][1].append(day)
        else:
            parts.append((rule, [day]))
        before = day
    counted = []
    for rule, inside in parts:
        first = inside[0]
        whole = sum(
            name(first + timedelta(days=n), rule.per) == name(first, rule.per) for n in range(-370, 371)
        )
        idle = sum(day in paused for day in inside)
        without = rule.number * len(inside) // whole
        owed = rule.number * (len(inside) - idle) // whole
        counted.append((rule, first, inside[-1], owed, without - owed, []))
    for act in sorted(acts):
        if not act.counts:
            continue
        for rule, first, last, owed, _waived, keys in counted:
            in_grace = last < act.day <= last + timedelta(days=rule.grace_days)
            if (in_grace or first <= act.day <= last) and len(keys) < owed:
                keys.append(act.key)
                break
    return [(first, last, owed, waived, keys) for _r, first, last, owed, waived, keys in counted]


@settings(max_examples=120, deadline=None)
@given(terms_of(at_least()), acts_lists, pauses_lists, days)
def test_the_engine_counts_as_one_counts_by_hand(
    terms: list[Term], acts: list[Act], pauses: list[Pause], today: date
) -> None:
    limit = date(LAST.year + 1, 12, 31)
    found = reckon(terms, acts, pauses, today, limit)
    expected = [part for part in by_hand(terms, acts, pauses, limit) if part[2] or part[3]]
    for first, last, owed, waived, keys in expected:
        if first > limit:
            continue
        mine = [o for o in found.occurrences if (o.start, o.end) == (first, last)]
        assert sum(o.status is not Status.PAUSED for o in mine) == owed
        assert sum(o.status is Status.PAUSED for o in mine) == waived
        assert [o.act.key for o in mine if o.act] == keys
    for year in range(FIRST.year, LAST.year + 2):
        counter = found.counter(year)
        inside = [p for p in expected if p[1].year == year]
        assert counter.owed == sum(p[2] for p in inside)
        assert counter.done == sum(len(p[4]) for p in inside)


@settings(max_examples=150, deadline=None)
@given(terms_of(any_rule), acts_lists, pauses_lists, days)
def test_no_occurrence_is_double_and_no_act_counts_twice(
    terms: list[Term], acts: list[Act], pauses: list[Pause], today: date
) -> None:
    found = reckon(terms, [*acts, *acts], pauses, today)
    seen = Tally((o.start, o.due, o.number) for o in found.occurrences if o.status is not Status.PAUSED)
    assert all(count == 1 for count in seen.values())
    keys = [o.act.key for o in found.occurrences if o.act] + [act.key for act in found.extra]
    assert len(keys) == len(set(keys))
    assert [o.start for o in found.occurrences] == sorted(o.start for o in found.occurrences)


def _falls_short(found: Reckoning, today: date) -> tuple[int, int]:
    """(missed, not done in time) among all that was due before today."""
    closed = [o for o in found.occurrences if o.due < today]
    missed = sum(o.status is Status.MISSED for o in closed)
    return missed, sum(o.status not in (Status.KEPT, Status.PAUSED) for o in closed)


@settings(max_examples=300, deadline=None)
@given(st.data(), terms_of(any_rule, most=1), acts_lists, pauses_lists, days, days)
def test_one_more_act_never_makes_anything_worse(
    data: st.DataObject, terms: list[Term], acts: list[Act], pauses: list[Pause], today: date, more: date
) -> None:
    one = reckon(terms, acts, pauses, today)
    two = reckon(terms, [*acts, Act(more, data.draw(st.sampled_from(["a", "zz"])))], pauses, today)
    assert all(a <= b for a, b in zip(_falls_short(two, today), _falls_short(one, today), strict=True))


@settings(max_examples=200, deadline=None)
@given(terms_of(at_least()), acts_lists, pauses_lists, days, days)
def test_one_more_act_leaves_every_period_at_least_as_full(
    terms: list[Term], acts: list[Act], pauses: list[Pause], today: date, more: date
) -> None:
    rank = {
        Status.KEPT: 0,
        Status.LATE: 1,
        Status.TO_COME: 2,
        Status.DUE: 2,
        Status.MISSED: 3,
        Status.PAUSED: 4,
    }
    one = reckon(terms, acts, pauses, today).occurrences
    two = reckon(terms, [*acts, Act(more, "more")], pauses, today).occurrences
    assert len(one) == len(two)
    for before, after in zip(one, two, strict=True):
        assert (before.start, before.due, before.number) == (after.start, after.due, after.number)
        assert rank[after.status] <= rank[before.status]


@settings(max_examples=200, deadline=None)
@given(any_rule, any_rule, days, st.integers(1, 1500), acts_lists, days)
def test_an_amendment_leaves_what_was_due_before_it_as_it_was(
    old: AtLeast | On | After,
    new: AtLeast | On | After,
    start: date,
    length: int,
    acts: list[Act],
    today: date,
) -> None:
    change = start + timedelta(days=length)
    limit = date(LAST.year + 5, 12, 31)
    before = reckon([Term(old, start)], acts, [], today, limit)
    after = reckon([Term(old, start, change - DAY), Term(new, change)], acts, [], today, limit)
    cut = period_of(change, old.per)[0] if isinstance(old, AtLeast) else change
    assert [o for o in before.occurrences if o.due < cut] == [o for o in after.occurrences if o.due < cut]


@settings(max_examples=150, deadline=None)
@given(any_rule, days, st.lists(st.integers(1, 700), max_size=4), acts_lists, pauses_lists, days)
def test_a_change_of_other_clauses_changes_nothing(
    rule: AtLeast | On | After,
    start: date,
    cuts: list[int],
    acts: list[Act],
    pauses: list[Pause],
    today: date,
) -> None:
    terms, day = [], start
    for length in cuts:
        terms.append(Term(rule, day, day + timedelta(days=length - 1)))
        day += timedelta(days=length)
    terms.append(Term(rule, day))
    whole = reckon([Term(rule, start)], acts, pauses, today, LAST)
    assert reckon(terms, acts, pauses, today, LAST) == whole


@settings(max_examples=200, deadline=None)
@given(terms_of(any_rule), acts_lists, pauses_lists, days)
def test_what_has_ended_owes_nothing_after_its_last_day(
    terms: list[Term], acts: list[Act], pauses: list[Pause], today: date
) -> None:
    last = terms[-1].until
    found = reckon(terms, acts, pauses, today)
    if last is None:
        return
    if today > last:
        assert found.status is Status.ENDED
    rests = [p for p in pauses if p.start <= last]
    if not rests:  # a day that a pause pushes out of the agreement's life is still shown
        assert all(o.due <= last for o in found.occurrences if o.act is None)


@settings(max_examples=200, deadline=None)
@given(st.one_of(at_least(), spans()), days, acts_lists, days)
def test_no_series_stops_silently(rule: AtLeast | After, start: date, acts: list[Act], today: date) -> None:
    if today < start:
        today = start
    done = [act for act in acts if act.day <= today]
    found = reckon([Term(rule, start)], done, [], today)
    assert found.next_due is not None
    assert any(o.due >= today for o in found.occurrences if o.act is None)
    if isinstance(rule, AtLeast):
        # Every day from the beginning to the end of next year lies in a part that owes, or in a first part too short.
        owed = [o for o in found.occurrences if o.number == 1]
        for one, two in pairwise(owed):
            assert two.start == one.end + DAY
        assert found.occurrences[-1].end >= date(today.year + 1, 12, 31)
    else:
        line = [o.due for o in found.occurrences if o.act is None]
        for one, two in pairwise(found.occurrences):
            if one.act is None and two.act is None:
                assert two.due > one.due
        assert line
        assert line[-1] <= later(max(today, date(today.year + 1, 12, 31)), rule.number, rule.unit)


@settings(max_examples=100, deadline=None)
@given(terms_of(any_rule), acts_lists, days)
def test_an_upheld_contest_makes_an_act_as_if_it_had_not_been(
    terms: list[Term], acts: list[Act], today: date
) -> None:
    doubted = [Act(a.day, a.key, counts=number % 2 == 0) for number, a in enumerate(acts)]
    assert reckon(terms, doubted, [], today) == reckon(terms, acts[::2], [], today)


@settings(max_examples=150, deadline=None)
@given(terms_of(any_rule), acts_lists, pauses_lists, days)
def test_each_status_says_what_the_days_say(
    terms: list[Term], acts: list[Act], pauses: list[Pause], today: date
) -> None:
    for o in reckon(terms, acts, pauses, today).occurrences:
        match o.status:
            case Status.KEPT:
                assert o.act is not None
                assert o.act.day <= o.due
                assert o.days_late == 0
            case Status.LATE:
                assert o.act is not None
                assert o.days_late == (o.act.day - o.due).days > 0
            case Status.MISSED:
                assert o.act is None
                assert today > o.grace_until
            case Status.DUE | Status.TO_COME:
                assert o.act is None
                assert today <= o.grace_until
            case Status.PAUSED:
                assert (o.number, o.of) == (0, 0)
            case other:
                pytest.fail(other)


# --- by example -------------------------------------------------------------------------------------------

TWICE = AtLeast(2, "year", 60)
HALF = AtLeast(1, "half_year", 30)


def statuses(found: Reckoning) -> list[str]:
    return [f"{o.due:%Y-%m-%d} {o.number}/{o.of} {o.status}" for o in found.occurrences]


def test_a_meeting_in_january_still_counts_for_the_year_before_which_was_short() -> None:
    acts = [Act(date(2024, 5, 2), "a"), Act(date(2025, 1, 20), "b"), Act(date(2025, 6, 1), "c")]
    found = reckon([Term(TWICE, date(2024, 1, 1))], acts, [], date(2025, 12, 1), date(2025, 12, 31))
    assert statuses(found) == [
        "2024-12-31 1/2 kept",
        "2024-12-31 2/2 late",
        "2025-12-31 1/2 kept",
        "2025-12-31 2/2 due",
    ]
    assert found.counter(2024) == (2, 2, 0)
    assert found.counter(2025) == (1, 2, 0)
    assert found.occurrences[1].days_late == 20
    assert found.next_due == date(2025, 12, 31)


def test_a_meeting_after_the_grace_makes_good_but_does_not_unmiss() -> None:
    acts = [Act(date(2025, 9, 9), "a")]
    term = Term(HALF, date(2025, 1, 1))
    missed = reckon([term], [], [], date(2025, 9, 1))
    assert missed.status is Status.MISSED
    assert len(missed.open_missed) == 1
    made_good = reckon([term], acts, [], date(2025, 9, 10))
    assert made_good.status is Status.KEPT
    assert made_good.open_missed == ()
    assert made_good.occurrences[0].status is Status.MISSED


def test_a_duty_goes_from_not_begun_over_due_and_late_to_missed() -> None:
    term = Term(HALF, date(2025, 1, 1))
    line = [
        reckon([term], [], [], day).status
        for day in (
            date(2024, 12, 31),
            date(2025, 2, 1),
            date(2025, 6, 30),
            date(2025, 7, 1),
            date(2025, 7, 31),
        )
    ]
    assert line == [Status.NOT_BEGUN, Status.NOT_BEGUN, Status.DUE, Status.LATE, Status.MISSED]


def test_a_first_year_cut_in_half_owes_half_and_never_more_than_whole_ones() -> None:
    found = reckon([Term(TWICE, date(2025, 7, 1))], [], [], date(2026, 3, 10), date(2026, 12, 31))
    assert [o.of for o in found.occurrences] == [1, 2, 2]
    once = reckon([Term(AtLeast(1, "year", 60), date(2025, 7, 1))], [], [], date(2025, 8, 1))
    assert [o.due.year for o in once.occurrences] == [2026]
    assert once.status is Status.NOT_BEGUN


def test_a_pause_takes_its_share_away_and_says_so() -> None:
    rest = Pause(date(2025, 1, 1), date(2025, 6, 30))
    found = reckon([Term(TWICE, date(2025, 1, 1))], [], [rest], date(2025, 3, 1), date(2025, 12, 31))
    assert found.status is Status.PAUSED
    assert statuses(found) == ["2025-12-31 1/1 to_come", "2025-12-31 0/0 paused"]


def test_an_open_pause_is_shown_and_ends_the_day_before_it_is_resumed() -> None:
    term = Term(After(12, "months", 30), date(2024, 3, 1))
    waiting = reckon([term], [], [Pause(date(2025, 1, 1))], date(2026, 1, 1))
    assert waiting.status is Status.PAUSED
    assert statuses(waiting) == ["2025-03-01 0/0 paused"]
    resumed = reckon([term], [], [Pause(date(2025, 1, 1), date(2026, 1, 31))], date(2026, 2, 10))
    assert statuses(resumed)[0] == "2026-02-01 1/1 due"
    assert resumed.status is Status.LATE


def test_a_review_is_due_so_long_after_the_last_one() -> None:
    term = Term(After(12, "months", 30), date(2024, 2, 29))
    acts = [Act(date(2025, 2, 1), "r1"), Act(date(2026, 3, 1), "r2")]
    found = reckon([term], acts, [], date(2026, 4, 1), date(2027, 12, 31))
    assert statuses(found) == ["2025-02-28 1/1 kept", "2026-02-01 1/1 late", "2027-03-01 1/1 to_come"]


def test_a_review_forgotten_for_years_is_missed_every_year_and_never_disappears() -> None:
    found = reckon([Term(After(12, "months", 30), date(2018, 1, 31))], [], [], date(2026, 11, 22))
    assert [o.due.year for o in found.occurrences] == [*range(2019, 2028)]
    assert sum(o.status is Status.MISSED for o in found.occurrences) == 8


def test_an_evaluation_done_after_its_day_is_late_and_one_not_done_is_missed() -> None:
    term = Term(On(date(2025, 4, 30), 30), date(2024, 1, 1))
    assert reckon([term], [Act(date(2025, 9, 1), "e")], [], date(2026, 1, 1)).occurrences[0].days_late == 124
    assert reckon([term], [], [], date(2026, 1, 1)).status is Status.MISSED
    assert reckon([term], [], [], date(2025, 5, 10)).status is Status.LATE


def test_two_acts_on_one_day_are_one_review() -> None:
    term = Term(After(12, "months", 30), date(2024, 1, 1))
    acts = [Act(date(2024, 6, 1), "a"), Act(date(2024, 6, 1), "b")]
    found = reckon([term], acts, [], date(2024, 7, 1), date(2025, 12, 31))
    assert statuses(found) == ["2025-01-01 1/1 kept", "2025-06-01 1/1 to_come"]
    assert [act.key for act in found.extra] == ["b"]


def test_a_limit_that_applies_each_time_has_no_series() -> None:
    found = reckon([Term(Within(5, "working_days"), date(2024, 1, 1))], [], [], date(2025, 1, 1))
    assert found.status is Status.EACH_TIME
    assert found.occurrences == ()


def test_nothing_agreed_is_not_begun() -> None:
    assert reckon([], [], [], date(2025, 1, 1)).status is Status.NOT_BEGUN


def test_the_duties_are_those_of_the_guide() -> None:
    assert tuple(duty.value for duty in Duty) == OBLIGATIONS


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: AtLeast(0, "year", 1), "zero"),
        (lambda: AtLeast(-3, "year", 1), "zero"),
        (lambda: AtLeast(True, "year", 1), "not_a_number"),
        (lambda: AtLeast(1001, "year", 1), "too_many"),
        (lambda: AtLeast(1, "fortnight", 1), "unknown_period"),
        (lambda: AtLeast(1, "year", -1), "grace"),
        (lambda: After(1, "hours", 1), "unknown_unit"),
        (lambda: After(0, "months", 1), "zero"),
        (lambda: Within(3, "moons"), "unknown_unit"),
        (lambda: On(day_of("2026-02-31"), 1), "no_such_day"),
        (lambda: day_of(None), "no_such_day"),
        (lambda: Term(TWICE, date(2025, 2, 1), date(2025, 1, 1)), "end_before_start"),
        (lambda: Pause(date(2025, 2, 1), date(2025, 1, 1)), "end_before_start"),
        (lambda: later(date(2025, 1, 1), 1000, "years"), "too_far"),
        (lambda: period_of(date(2025, 1, 1), "decade"), "unknown_period"),
    ],
)
def test_a_rule_that_cannot_be_read_says_why(make: object, code: str) -> None:
    with pytest.raises(BadRule) as refused:
        make()  # type: ignore[operator]
    assert refused.value.code == code


# --- limits of time ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "number", "unit", "expected"),
    [
        (date(2025, 1, 31), 1, "months", date(2025, 2, 28)),
        (date(2024, 1, 31), 1, "months", date(2024, 2, 29)),
        (date(2024, 2, 29), 1, "years", date(2025, 2, 28)),
        (date(2024, 2, 29), 48, "months", date(2028, 2, 29)),
        (date(2025, 12, 31), 2, "months", date(2026, 2, 28)),
        (date(2025, 12, 30), 1, "weeks", date(2026, 1, 6)),
    ],
)
def test_months_keep_their_end(day: date, number: int, unit: str, expected: date) -> None:
    assert later(day, number, unit) == expected


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(COUNTRIES),
    moments,
    st.integers(1, 60),
)
def test_working_days_are_counted_as_on_a_calendar_on_the_wall(
    country: str, moment: datetime, number: int
) -> None:
    zone = ZoneInfo(ZONES[country])
    start = moment.replace(tzinfo=UTC)
    end = deadline(start, Within(number, "working_days"), country, zone)
    first = start.astimezone(zone).date()
    between = [first + timedelta(days=n) for n in range(1, (end.date() - first).days + 1)]
    assert sum(is_working_day(day, country) for day in between) == number
    assert is_working_day(end.date(), country)
    assert (end.hour, end.minute, end.second) == (23, 59, 59)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(COUNTRIES),
    moments,
    st.integers(1, 500),
)
def test_hours_are_real_hours_across_both_changes_of_the_clocks(
    country: str, moment: datetime, number: int
) -> None:
    zone = ZoneInfo(ZONES[country])
    start = moment.replace(tzinfo=UTC)
    end = deadline(start, Within(number, "hours"), country, zone)
    assert end.astimezone(UTC) - start == timedelta(hours=number)
    assert end.tzinfo == zone


def test_a_day_begun_before_the_clocks_change_ends_one_hour_earlier_or_later_by_the_clock() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    spring = deadline(datetime(2026, 3, 28, 14, tzinfo=berlin), Within(24, "hours"), "DE", berlin)
    autumn = deadline(datetime(2026, 10, 24, 14, tzinfo=berlin), Within(24, "hours"), "DE", berlin)
    assert (spring.hour, autumn.hour) == (15, 13)


@pytest.mark.parametrize(
    ("country", "holiday"),
    [
        ("BE", date(2026, 7, 21)),
        ("CY", date(2026, 10, 1)),
        ("CZ", date(2026, 9, 28)),
        ("DE", date(2026, 5, 14)),
        ("EL", date(2026, 3, 25)),
        ("ES", date(2026, 10, 12)),
        ("FI", date(2027, 12, 6)),
        ("IT", date(2026, 6, 2)),
        ("NL", date(2026, 4, 27)),
        ("PT", date(2026, 6, 10)),
        ("SI", date(2027, 2, 8)),
        ("SK", date(2027, 7, 5)),
    ],
)
def test_each_country_rests_on_its_own_day(country: str, holiday: date) -> None:
    assert holiday.weekday() < 5
    assert not is_working_day(holiday, country)


def test_a_holiday_of_a_region_counts_where_the_region_is_named() -> None:
    corpus_christi = date(2026, 6, 4)
    assert is_working_day(corpus_christi, "DE")
    assert not is_working_day(corpus_christi, "DE", "NW")
    with pytest.raises(BadRule, match="unknown_subdivision"):
        is_working_day(corpus_christi, "DE", "XX")
    with pytest.raises(BadRule, match="unknown_country"):
        is_working_day(corpus_christi, "US")


def test_a_limit_needs_a_moment_with_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        deadline(datetime(2026, 1, 1), Within(1, "days"), "DE", ZoneInfo("Europe/Berlin"))  # noqa: DTZ001
