"""The days of a series: none twice, none left out, whatever the calendar does."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.meetings.series import comes_twice, dates, horizon, is_skipped, next_after, wall

ZONES = (
    "Europe/Brussels",
    "Asia/Nicosia",
    "Europe/Prague",
    "Europe/Berlin",
    "Europe/Athens",
    "Europe/Madrid",
    "Atlantic/Canary",
    "Europe/Helsinki",
    "Europe/Rome",
    "Europe/Amsterdam",
    "Europe/Lisbon",
    "Atlantic/Azores",
    "Europe/Ljubljana",
    "Europe/Bratislava",
)


@dataclass(frozen=True)
class Every:
    """A rhythm without a database."""

    first_on: date
    every: int = 1
    unit: str = "months"
    day_rule: str = "weekday"
    until: date | None = None


days = st.dates(date(2015, 1, 1), date(2035, 12, 31))
rhythms = st.builds(
    Every,
    first_on=days,
    every=st.integers(1, 14),
    unit=st.sampled_from(["weeks", "months"]),
    day_rule=st.sampled_from(["weekday", "last_weekday", "day"]),
)


def belongs(rhythm: Every, day: date) -> bool:
    """The rule for a single day, written another way than the code: does the series have it?"""
    first = rhythm.first_on
    if rhythm.unit == "weeks":
        return (day - first).days % (7 * rhythm.every) == 0
    if ((day.year - first.year) * 12 + day.month - first.month) % rhythm.every:
        return False
    length = calendar.monthrange(day.year, day.month)[1]
    if rhythm.day_rule == "day":
        return day.day == first.day or (day.day == length and first.day > length)
    if day.weekday() != first.weekday():
        return False
    is_last = day.day + 7 > length
    fifth = first.day > 28
    if rhythm.day_rule == "last_weekday" or fifth:
        return is_last
    return (day.day - 1) // 7 == (first.day - 1) // 7


@given(rhythms, st.integers(0, 1500))
def test_a_series_has_exactly_the_days_that_its_rule_says(rhythm: Every, span: int) -> None:
    last = rhythm.first_on + timedelta(days=span)
    brute = [
        day for offset in range(span + 1) if belongs(rhythm, day := rhythm.first_on + timedelta(days=offset))
    ]
    assert list(dates(rhythm, upto=last)) == brute


@given(rhythms)
def test_a_series_never_stops_silently(rhythm: Every) -> None:
    found = list(dates(rhythm, upto=horizon(rhythm.first_on, rhythm.first_on) + timedelta(days=366)))
    longest = timedelta(days=7 * rhythm.every if rhythm.unit == "weeks" else 31 * rhythm.every + 12)
    assert found
    assert all(timedelta(0) < later - earlier <= longest for earlier, later in pairwise(found))
    day = found[-1]
    for _ in range(3):
        following = next_after(rhythm, day)
        assert following is not None
        assert day < following <= day + longest
        day = following


@given(rhythms, days)
def test_the_next_day_is_the_first_that_is_later(rhythm: Every, after: date) -> None:
    expected = next((d for d in dates(rhythm, upto=date(2060, 1, 1)) if d > after), None)
    assert next_after(rhythm, after) == expected


def test_the_31st_becomes_the_last_day_of_shorter_months() -> None:
    found = list(dates(Every(date(2027, 10, 31), day_rule="day"), upto=date(2028, 4, 30)))
    assert found == [
        date(2027, 10, 31),
        date(2027, 11, 30),
        date(2027, 12, 31),
        date(2028, 1, 31),
        date(2028, 2, 29),
        date(2028, 3, 31),
        date(2028, 4, 30),
    ]


def test_a_leap_day_comes_every_year() -> None:
    found = list(dates(Every(date(2024, 2, 29), every=12, day_rule="day"), upto=date(2029, 1, 1)))
    assert found == [
        date(2024, 2, 29),
        date(2025, 2, 28),
        date(2026, 2, 28),
        date(2027, 2, 28),
        date(2028, 2, 29),
    ]


def test_a_fifth_tuesday_is_the_last_one() -> None:
    found = list(dates(Every(date(2026, 12, 29), day_rule="weekday"), upto=date(2027, 3, 31)))
    assert found == [date(2026, 12, 29), date(2027, 1, 26), date(2027, 2, 23), date(2027, 3, 30)]


def test_a_series_ends_with_its_last_day_inclusive() -> None:
    rhythm = Every(date(2027, 1, 5), every=2, unit="weeks", until=date(2027, 2, 2))
    assert list(dates(rhythm, upto=date(2030, 1, 1))) == [
        date(2027, 1, 5),
        date(2027, 1, 19),
        date(2027, 2, 2),
    ]
    assert next_after(rhythm, date(2027, 2, 2)) is None


def test_a_series_at_the_end_of_all_days_stops_without_an_error() -> None:
    rhythm = Every(date(9999, 11, 30), day_rule="day")
    assert list(dates(rhythm, upto=date.max)) == [date(9999, 11, 30), date(9999, 12, 30)]
    assert next_after(rhythm, date(9999, 12, 30)) is None
    assert horizon(date(9999, 5, 1), date(9999, 5, 1)) == date(9999, 12, 31)


@pytest.mark.parametrize("zone", ZONES)
def test_fourteen_o_clock_stays_fourteen_o_clock_across_both_clock_changes(zone: str) -> None:
    at = ZoneInfo(zone)
    for day in dates(Every(date(2026, 1, 13), unit="weeks"), upto=date(2028, 12, 31)):
        moment = wall(day, time(14), at)
        assert moment.tzinfo == UTC
        assert moment.astimezone(at).replace(tzinfo=None) == datetime.combine(day, time(14))


@pytest.mark.parametrize("zone", ZONES)
def test_a_skipped_time_moves_forward_and_a_doubled_one_means_the_first(zone: str) -> None:
    at = ZoneInfo(zone)
    # The whole Union changes at 01:00 UTC; on the wall that is another hour in each zone.
    spring = datetime(2027, 3, 28, 1, tzinfo=UTC).astimezone(at).replace(tzinfo=None)
    skipped = spring - timedelta(minutes=30)
    assert is_skipped(skipped.date(), skipped.time(), at)
    moved = wall(skipped.date(), skipped.time(), at)
    assert moved.astimezone(at).replace(tzinfo=None) == skipped + timedelta(hours=1)
    autumn = datetime(2027, 10, 31, 1, 30, tzinfo=UTC).astimezone(at).replace(tzinfo=None)
    assert comes_twice(autumn.date(), autumn.time(), at)
    assert wall(autumn.date(), autumn.time(), at) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert not comes_twice(date(2027, 6, 1), time(12), at)
    assert not is_skipped(date(2027, 6, 1), time(12), at)
