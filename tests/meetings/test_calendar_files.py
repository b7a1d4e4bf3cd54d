"""Our files in three independent parsers: the same meetings as on our own pages, whatever the rule and the clock."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from mtd.meetings import calendars
from mtd.meetings.models import Kind, Meeting, Participant, Series
from mtd.meetings.series import dates, wall
from mtd.organizations.models import Network
from tests.meetings.parsers import PARSERS, Asked, Seen, need_all_three

ZONES = [
    *(
        "Europe/Berlin",
        "Europe/Busingen",
        "Europe/Helsinki",
        "Europe/Brussels",
        "Europe/Madrid",
        "Africa/Ceuta",
    ),
    *("Atlantic/Canary", "Europe/Rome", "Europe/Amsterdam", "Europe/Lisbon", "Atlantic/Madeira"),
    *("Atlantic/Azores", "Europe/Bratislava", "Europe/Prague", "Europe/Athens", "Asia/Nicosia"),
    *("Asia/Famagusta", "Europe/Ljubljana"),
]
"""All zones of the twelve countries."""
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def a_series(**fields: Any) -> Series:
    zone = fields.pop("zone", "Europe/Berlin")
    network = Network(name="Netzwerk Birkenfurt", slug="birkenfurt", time_zone=zone)
    given = {"kind": Kind.COMMITTEE, "first_on": date(2027, 1, 12), "time": time(14), "place": "Rathaus"}
    return Series(network=network, **{**given, **fields})


def its_meetings(series: Series, number: int = 40) -> list[Meeting]:
    """What the clock job makes of a series."""
    found = []
    for day in islice(dates(series, upto=date(2045, 1, 1)), number):
        start = wall(day, series.time, series.network.zone)
        found.append(
            Meeting(
                network=series.network,
                series=series,
                kind=series.kind,
                original_start=start,
                starts_at=start,
                ends_at=start + timedelta(minutes=series.minutes_long),
                place_kind=series.place_kind,
                place=series.place,
                created_at=NOW,
            )
        )
    return found


def expected(meetings: list[Meeting]) -> list[tuple[int, int]]:
    return sorted(
        (int(m.starts_at.timestamp()), int(m.ends_at.timestamp()))
        for m in meetings
        if m.state != Meeting.State.CANCELLED and m.starts_at and m.ends_at
    )


def span_of(meetings: list[Meeting]) -> tuple[int, int]:
    """From before the first to shortly after the last one that the rule gives."""
    starts = [m.original_start.timestamp() for m in meetings if m.original_start]
    return int(min(starts)) - 86400, int(max(starts)) + 3600


def in_all_three(asked: list[Asked], wanted: list[list[tuple[int, int]]], *, but: str = "") -> None:
    for name, parser in PARSERS.items():
        if name == but:
            continue
        for question, answer, want in zip(asked, parser(asked), wanted, strict=True):
            assert not isinstance(answer, str), f"{name} refused: {answer}\n{question[0][-2000:]}"
            seen = [(each.start, each.end) for each in answer if not each.cancelled]
            assert seen == want, f"{name} sees something else\n{question[0][-2000:]}"


def in_the_skipped_hour(series: Series) -> bool:
    """Whether the meeting begins in the hour that the clock skips on a Sunday in March."""
    last_minute = datetime(2027, 3, 28, 0, 59, tzinfo=UTC).astimezone(series.network.zone)
    return bool(series.time.hour == (last_minute.hour + 1) % 24)


clock = st.builds(time, st.integers(0, 23), st.sampled_from([0, 5, 30, 45])) | st.builds(
    time, st.integers(0, 4), st.sampled_from([0, 30])
)
changes = st.dictionaries(
    st.integers(0, 30),
    st.none()
    | st.tuples(st.integers(-70, 200), st.integers(-6, 6))
    | st.tuples(st.sampled_from([-7, 7, 14]), st.just(0)),
    max_size=4,
)


@st.composite
def series_with_changes(draw: st.DrawFn) -> tuple[Series, list[Meeting]]:
    first = draw(st.dates(date(2024, 1, 1), date(2031, 12, 31)))
    unit = draw(st.sampled_from(["weeks", "months", "months"]))
    long = draw(st.none() | st.integers(0, 2500))
    series = a_series(
        zone=draw(st.sampled_from(ZONES)),
        first_on=first,
        time=draw(clock),
        minutes_long=draw(st.sampled_from([5, 45, 90, 120, 1440])),
        every=draw(st.integers(1, 14)),
        unit=unit,
        day_rule=draw(st.sampled_from(Series.DayRule.values)),
        until=None if long is None else first + timedelta(days=long),
        sequence=draw(st.integers(0, 3)),
    )
    meetings = its_meetings(series)
    taken = {m.starts_at for m in meetings}
    for number, change in draw(changes).items():
        if number >= len(meetings):
            continue
        meeting = meetings[number]
        if change is None:
            meeting.state, meeting.sequence = Meeting.State.CANCELLED, 1
            continue
        days, hours = change
        local = meeting.local_start
        assert local is not None
        hour = (local.hour + hours) % 24
        moved = wall(local.date() + timedelta(days=days), time(hour, local.minute), series.network.zone)
        if moved not in taken:
            taken.add(moved)
            meeting.starts_at, meeting.sequence = moved, 1
            meeting.ends_at = moved + timedelta(minutes=series.minutes_long)
    return series, meetings


def asked_of(given: list[tuple[Series, list[Meeting]]]) -> tuple[list[Asked], list[list[tuple[int, int]]]]:
    asked: list[Asked] = []
    wanted = []
    for series, meetings in given:
        if not meetings:
            continue
        begin, end = span_of(meetings)
        text = calendars.series_invitation(series, address="a@b.example", meetings=meetings, now=NOW)
        asked.append((text, begin, end))
        wanted.append([each for each in expected(meetings) if begin <= each[0] < end])
    return asked, wanted


@settings(max_examples=8, phases=[Phase.generate])
@given(st.lists(series_with_changes(), min_size=15, max_size=25))
def test_three_parsers_see_the_meetings_of_any_series(given: list[tuple[Series, list[Meeting]]]) -> None:
    need_all_three()
    # libical 3.0 moves some later meetings too once a rule has met the hour that the clock skips.
    in_all_three(*asked_of([each for each in given if not in_the_skipped_hour(each[0])]))
    in_all_three(*asked_of([each for each in given if in_the_skipped_hour(each[0])]), but="libical")


@st.composite
def single_meetings(draw: st.DrawFn) -> list[Meeting]:
    found: dict[datetime, Meeting] = {}
    for _number in range(draw(st.integers(1, 12))):
        network = Network(name="Netz", slug="netz", time_zone=draw(st.sampled_from(ZONES)))
        day = draw(st.dates(date(2015, 1, 1), date(2040, 12, 31)))
        start = wall(day, draw(clock), network.zone)
        length = timedelta(minutes=draw(st.sampled_from([5, 60, 180, 1440])))
        state = draw(st.sampled_from([Meeting.State.PLANNED, Meeting.State.HELD, Meeting.State.CANCELLED]))
        found[start] = Meeting(
            network=network,
            kind=draw(st.sampled_from(Kind.values)),
            state=state,
            starts_at=start,
            ends_at=start + length,
            created_at=NOW,
        )
    return list(found.values())


@settings(max_examples=4, phases=[Phase.generate])
@given(st.lists(single_meetings(), min_size=3, max_size=12))
def test_three_parsers_see_every_meeting_of_a_feed(given: list[list[Meeting]]) -> None:
    need_all_three()
    asked = [(calendars.feed(meetings, name="Meine Termine"), 0, 2**32) for meetings in given]
    in_all_three(asked, [expected(meetings) for meetings in given])
    asked = [(calendars.invitation(m, address="a@b.example"), 0, 2**32) for ms in given for m in ms]
    in_all_three(asked, [expected([m]) for ms in given for m in ms])


def test_a_cancellation_says_so_in_all_three_parsers() -> None:
    need_all_three()
    meeting = its_meetings(a_series())[3]
    text = calendars.invitation(meeting, address="a@b.example", method="CANCEL", now=NOW)
    assert "METHOD:CANCEL\r\n" in text
    for parser in PARSERS.values():
        (answer,) = parser([(text, 0, 2**32)])
        assert [each.cancelled for each in answer if isinstance(each, Seen)] == [True]


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def some_files() -> list[str]:
    series = a_series(
        first_on=date(2027, 1, 31),
        day_rule="day",
        every=1,
        until=date(2028, 1, 31),
        place="Rathaus; Zimmer 3, Größenwahnsinnig lange Überschrift\nfür den Ort 🌍 mit vielen Zeichen 字字字字字字",
        title="Fall Kevin Müller",
    )
    series.network.name = 'Netz "Süd"; Nord, West\r\nX-EVIL:1'
    meetings = its_meetings(series)
    meetings[2].starts_at, meetings[2].ends_at = NOW, NOW + timedelta(hours=1)
    for meeting in meetings:
        meeting.title = "Fall Kevin Müller"
    return [
        calendars.series_invitation(series, address="leserin@amt.example", meetings=meetings),
        calendars.invitation(meetings[2], address="leserin@amt.example"),
        calendars.feed(meetings, name="Termine, meine", answers={meetings[3].pk: Participant.Answer.NO}),
    ]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_lines_are_short_end_as_they_must_and_hide_nothing(number: int) -> None:
    text = some_files()[number]
    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    lines = unfolded(text)
    assert not any(line.startswith("X-EVIL") for line in lines)
    assert any(line.startswith("LOCATION:Rathaus\\; Zimmer 3\\, ") and "\\nfür" in line for line in lines)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_file_tells_kind_network_and_link_and_nobody_else(number: int) -> None:
    text = some_files()[number]
    lines = unfolded(text)
    assert "Kevin" not in text
    attendees = [line for line in lines if line.startswith("ATTENDEE")]
    assert all(line.endswith(":mailto:leserin@amt.example") for line in attendees)
    assert bool(attendees) == (number < 2)
    events = text.count("BEGIN:VEVENT")
    assert sum(line.startswith("SUMMARY:Cooperation committee · Netz ") for line in lines) == events
    assert sum(line.startswith("DESCRIPTION:Agenda\\, answers and minutes: http") for line in lines) == events
    assert lines.count("CLASS:PRIVATE") == events
    assert not any(line.startswith("CATEGORIES") for line in lines)


def test_what_was_declined_does_not_block_time_in_the_feed() -> None:
    assert some_files()[2].count("TRANSP:TRANSPARENT\r\n") == 1


def test_instances_name_themselves_in_the_zone_of_their_series() -> None:
    lines = unfolded(some_files()[0])
    zone = "TZID=Europe/Berlin"
    assert any(line == f"RECURRENCE-ID;{zone}:20270331T140000" for line in lines)
    assert all(zone in line for line in lines if re.match("DTSTART;|DTEND;|RECURRENCE-ID|EXDATE", line))
    (rule,) = [line for line in lines if line.startswith("RRULE:FREQ=MONTHLY")]
    assert rule == "RRULE:FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=-1;UNTIL=20280131T225959Z"


def test_a_later_change_has_a_higher_sequence() -> None:
    series = a_series(sequence=2)
    meeting = its_meetings(series)[0]
    before = calendars.sequence_of(meeting)
    meeting.sequence += 1
    between = calendars.sequence_of(meeting)
    series.sequence += 1
    assert before < between < calendars.sequence_of(meeting)


@pytest.mark.parametrize("zone", ZONES)
def test_the_zone_in_the_file_is_the_zone_of_the_place(zone: str) -> None:
    network = Network(name="Netz", slug="netz", time_zone=zone)
    hours = [datetime(2027, 1, 1, 12, tzinfo=UTC) + timedelta(days=d) for d in range(0, 365, 13)]
    meetings = [
        Meeting(
            network=network, kind=Kind.OTHER, starts_at=at, ends_at=at + timedelta(hours=1), created_at=NOW
        )
        for at in hours
    ]
    for meeting in meetings:
        meeting.starts_at = meeting.starts_at.astimezone(ZoneInfo(zone)) if meeting.starts_at else None
    seen = PARSERS["icalendar"]([(calendars.feed(meetings, name="x"), 0, 2**32)])[0]
    assert [each.start for each in seen if isinstance(each, Seen)] == [int(at.timestamp()) for at in hours]


def test_the_same_meetings_give_the_same_bytes() -> None:
    meetings = its_meetings(a_series())
    assert calendars.feed(meetings, name="x") == calendars.feed(meetings, name="x")
