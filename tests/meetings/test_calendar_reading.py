"""Calendar files of other programs: what is in them is read, what cannot be read is named, no file does harm."""

from __future__ import annotations

import time as clock
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.core.errors import Refused
from mtd.meetings import calendars, reading
from tests.meetings.parsers import PARSERS, need_all_three
from tests.meetings.test_calendar_files import a_series, its_meetings

YEARS = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2012, 1, 1, tzinfo=UTC))
NEAR = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))


def an_event(*lines: str, before: str = "", start: str = "DTSTART:20260310T140000Z") -> str:
    event = "\r\n".join(["BEGIN:VEVENT", "UID:1", start, *lines, "END:VEVENT"])
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{before}{event}\r\nEND:VCALENDAR\r\n"


def starts(text: str | bytes, zone: str = "UTC") -> list[str]:
    found = reading.events(text, between=NEAR, zone=ZoneInfo(zone))
    return [each.starts.isoformat().removesuffix(":00+00:00") for each in found]


def told(text: str) -> list[str]:
    return [problem.what for problem in reading.read(text, between=NEAR).problems]


# --- files of other programs


def calendar_files(shared_data: Path) -> list[Path]:
    return sorted((shared_data / "calendar").rglob("*.ics"))


def test_every_real_file_is_read_or_refused_in_words(shared_data: Path) -> None:
    read, refused = 0, {}
    for path in calendar_files(shared_data):
        content, begun = path.read_bytes(), clock.process_time()
        try:
            found = reading.read(content, between=YEARS)
        except Refused as error:
            refused[path.name] = error.code
        else:
            read += 1
            assert found.events or found.problems or b"BEGIN:VEVENT" not in content or _outside(path), (
                path.name
            )
        assert clock.process_time() - begun < 5, path.name
    assert read > 300
    assert {name for name, code in refused.items() if code != "not_a_calendar"} <= {
        "malloc.ics",
        "get_char_test.ics",
    }


def _outside(path: Path) -> bool:
    """Whether the file's events are of other years."""
    ever = (datetime(1900, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    return bool(reading.read(path.read_bytes(), between=ever).events)


RIGHTLY_OTHERWISE = {
    "talios.ics": "a zone whose name has a prefix that the others do not know",
    "Earth32Seasons.ics": "the zone of the world, which has changed its clocks otherwise since 2007",
    "rfc_7265_appendix_example_2_ical.ics": "a date added by RDATE with a span of its own",
    "Australian32Holidays.ics": "a rule that has ended before the first date gives none",
    "schedule-unstable.ics": "a time with nothing behind the T is a day",
    "calconnect4.ics": "several dates with a span of their own in one RDATE",
    "calconnect8.ics": "the same",
    "calconnect9.ics": "the same",
}


def test_valid_files_of_others_give_what_other_parsers_see(shared_data: Path) -> None:
    need_all_three()
    files = [path for path in calendar_files(shared_data) if path.stat().st_size < 30_000]
    span = [int(edge.timestamp()) for edge in YEARS]
    ours, asked, names = [], [], []
    for path in files:
        try:
            ours.append([int(e.starts.timestamp()) for e in reading.events(path.read_bytes(), between=YEARS)])
        except Refused:
            continue
        names.append(path.name)
        asked.append((path.read_bytes().decode("utf-8", "replace"), span[0], span[1]))
    # Not icalendar, which is what we read with.
    others = [PARSERS["ical.js"](asked), PARSERS["libical"](asked)]
    compared, alone = 0, set()
    for number, mine in enumerate(ours):
        seen = [each[number] for each in others]
        readable = [[one.start for one in each] for each in seen if each and not isinstance(each, str)]
        if readable:
            compared += 1
            alone |= set() if mine in readable else {names[number]}
    assert compared > 50
    assert alone == RIGHTLY_OTHERWISE.keys()


def test_libical_s_own_list_of_rules_gives_the_expected_numbers(shared_data: Path) -> None:
    text = (shared_data / "calendar" / "libical" / "recur.txt").read_text()
    ever = (datetime(1900, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    wrong = []
    parts = [part for part in text.split("BEGIN:VEVENT") if "\nX-EXPECT-NUMEVENTS" in part]
    for part in parts:
        event = f"BEGIN:VCALENDAR\nBEGIN:VEVENT{part}\nEND:VCALENDAR"
        wanted = part.partition("\nX-EXPECT-NUMEVENTS:")[2].split()[0]
        found = reading.events(event, between=ever)
        if len(found) != int(wanted):
            wrong.append((wanted, len(found), part))
    assert len(parts) == 57
    first_date_too = {
        "Repeat every thursday starting Tue": ("6", 7),
        "Every other week on Monday": ("24", 25),
        "Every Friday the 13th": ("10", 11),
    }
    """The first date is not one of the rule: RFC 5545 leaves open what then holds, and libical leaves it out."""
    without_exrule = {"Every Day in January\\, except": ("23", 31)}
    """EXRULE went with RFC 2445; it is named as not read."""
    known = first_date_too | without_exrule
    assert len(wrong) == len(known)
    for want, have, part in wrong:
        assert [(want, have)] == [numbers for name, numbers in known.items() if f":{name}" in part]


def test_an_old_rule_of_exceptions_is_named() -> None:
    text = an_event("RRULE:FREQ=DAILY;COUNT=3", "EXRULE:FREQ=DAILY;COUNT=2")
    assert told(text) == ["What an old kind of rule (EXRULE) leaves out was not left out."]
    assert len(starts(text)) == 3


def test_this_and_all_later_ones_are_moved() -> None:
    later = (
        "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260324T140000Z\r\n"
        "DTSTART:20260325T150000Z"
    )
    text = an_event("RRULE:FREQ=WEEKLY;COUNT=4", later)
    assert starts(text) == ["2026-03-10T14:00", "2026-03-17T14:00", "2026-03-25T15:00", "2026-04-01T15:00"]


def test_events_that_share_a_uid_are_all_read_unless_one_is_a_later_version() -> None:
    def two(sequence: int) -> str:
        other = f"END:VEVENT\r\nBEGIN:VEVENT\r\nUID:1\r\nSEQUENCE:{sequence}\r\nDTSTART:20260501T100000Z"
        return an_event("SEQUENCE:0", other)

    assert starts(two(0)) == ["2026-03-10T14:00", "2026-05-01T10:00"]
    assert starts(two(1)) == ["2026-05-01T10:00"]


def test_a_zone_of_one_file_is_not_kept_for_the_next() -> None:
    def zone(offset: str) -> str:
        return (
            "BEGIN:VTIMEZONE\r\nTZID:Customized Time Zone\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n"
            f"TZOFFSETFROM:{offset}\r\nTZOFFSETTO:{offset}\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
        )

    start = "DTSTART;TZID=Customized Time Zone:20260710T140000"
    assert starts(an_event(start=start, before=zone("+0100"))) == ["2026-07-10T13:00"]
    assert starts(an_event(start=start, before=zone("+0300"))) == ["2026-07-10T11:00"]
    assert told(an_event(start=start)) == ["The time zone “Customized Time Zone” is not known."]


def test_a_zone_may_stand_behind_the_events_that_need_it() -> None:
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Z\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n"
        "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0200\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    text = an_event(start="DTSTART;TZID=Z:20260710T140000").replace("END:VCALENDAR", zone + "END:VCALENDAR")
    assert starts(text) == ["2026-07-10T12:00"]


@pytest.mark.parametrize(
    ("until", "number"), [("20260324", 3), ("20260324T140000Z", 3), ("20260324T140000", 2)]
)
def test_the_last_day_of_a_rule_counts_whichever_way_it_is_written(until: str, number: int) -> None:
    start = "DTSTART;TZID=Europe/Berlin:20260310T150000"
    assert len(starts(an_event(f"RRULE:FREQ=WEEKLY;UNTIL={until}", start=start))) == number


# --- our own files


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Atlantic/Azores", "Asia/Nicosia"])
def test_what_we_write_we_read(zone: str) -> None:
    series = a_series(zone=zone, day_rule="day", every=3)
    meetings = its_meetings(series, 12)
    meetings[4].starts_at = meetings[4].starts_at and meetings[4].starts_at + timedelta(days=9)
    meetings[4].ends_at = meetings[4].ends_at and meetings[4].ends_at + timedelta(days=9)
    meetings[6].state = "cancelled"
    text = calendars.series_invitation(series, address="a@b.example", meetings=meetings)
    span = (datetime(2027, 1, 1, tzinfo=UTC), datetime(2029, 11, 1, tzinfo=UTC))
    found = reading.events(text, between=span)
    assert [e.starts for e in found] == sorted(
        m.starts_at for m in meetings if m.state == "planned" and m.starts_at
    )


# --- what differs from program to program


@pytest.mark.parametrize(
    "start",
    [
        "DTSTART;TZID=W. Europe Standard Time:20260710T140000",
        "DTSTART;TZID=/freeassociation.sourceforge.net/Tzfile/Europe/Berlin:20260710T140000",
        "DTSTART;TZID=/mozilla.org/20070129_1/Europe/Berlin:20260710T140000",
        'DTSTART;TZID="Europe/Berlin":20260710T140000',
        "DTSTART;VALUE=DATE-TIME;TZID=Europe/Berlin:20260710T1400",
        "DTSTART:20260710T120000Z",
        "dtstart:2026-07-10T12:00:00Z",
        "DTSTART\r\n ;TZID=Europe/Be\r\n rlin\r\n :20260710T140000",
    ],
)
def test_zones_and_times_are_read_as_outlook_apple_and_others_write_them(start: str) -> None:
    assert starts(an_event(start=start)) == ["2026-07-10T12:00"]
    assert told(an_event(start=start)) == []


def test_a_time_without_zone_is_meant_in_the_reader_s_zone() -> None:
    assert starts(an_event(start="DTSTART:20260710T140000"), "Europe/Helsinki") == ["2026-07-10T11:00"]


def test_a_zone_that_only_the_file_knows_is_taken_from_the_file() -> None:
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Unsere Zeit\r\nBEGIN:STANDARD\r\nDTSTART:16011028T030000\r\n"
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\n"
        "BEGIN:DAYLIGHT\r\nDTSTART:16010325T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\n"
        "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
    )
    for day, utc in (("0328", "13"), ("0330", "12"), ("1024", "12"), ("1026", "13")):
        text = an_event(start=f"DTSTART;TZID=Unsere Zeit:2026{day}T140000", before=zone)
        assert starts(text) == [f"2026-{day[:2]}-{day[2:]}T{utc}:00"]


def test_a_zone_nobody_knows_is_named_and_the_event_still_read() -> None:
    text = an_event(start="DTSTART;TZID=../../etc/passwd:20260710T140000")
    assert starts(text) == ["2026-07-10T14:00"]
    assert told(text) == ["The time zone “../../etc/passwd” is not known."]


def test_an_end_of_a_rule_in_utc_holds_for_an_event_in_a_zone() -> None:
    start = "DTSTART;TZID=Europe/Berlin:20260323T003000"
    text = an_event("RRULE:FREQ=WEEKLY;UNTIL=20260405T223000Z", start=start)
    assert starts(text) == ["2026-03-22T23:30", "2026-03-29T22:30", "2026-04-05T22:30"]


def test_moved_and_left_out_ones_are_found_across_zones() -> None:
    moved = (
        "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID:20260317T130000Z\r\n"
        "DTSTART;TZID=Europe/Helsinki:20260318T150000"
    )
    lines = ["RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE:20260324T130000Z", moved]
    text = an_event(*lines, start="DTSTART;TZID=Europe/Berlin:20260310T140000")
    assert starts(text) == ["2026-03-10T13:00", "2026-03-18T13:00", "2026-03-31T12:00"]


def test_a_whole_day_stays_a_day_wherever_it_is_read() -> None:
    text = an_event(start="DTSTART;VALUE=DATE:20260329")
    (found,) = reading.events(text, between=NEAR, zone=ZoneInfo("Europe/Berlin"))
    assert found.all_day
    assert found.ends - found.starts == timedelta(hours=23)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            ["RRULE:FREQ=DAILY;INTERVAL=0"],
            "How often the event repeats is not understood: “FREQ=DAILY;INTERVAL=0”",
        ),
        (
            ["RRULE:FREQ=MONTHLY;BYMONTHDAY=32"],
            "How often the event repeats is not understood: “FREQ=MONTHLY;BYMONTHDAY=32”",
        ),
        (["DTEND:20260231T150000Z"], "DTEND is not understood: “20260231T150000Z”"),
        (["DTEND:20260301T150000Z"], "An event ends before it begins; its end was left out."),
        (
            ["was hier steht, gehört nirgendwohin"],
            "This line is not understood: “was hier steht, gehört nirgendwohin”",
        ),
    ],
)
def test_what_cannot_be_read_is_named_and_the_rest_is_read(lines: list[str], said: str) -> None:
    assert told(an_event(*lines)) == [said]
    assert starts(an_event(*lines)) == ["2026-03-10T14:00"]


def test_a_file_that_ends_in_the_middle_gives_what_came_before() -> None:
    whole = an_event("SUMMARY:Ausschuss")
    cut = whole[: whole.index("END:VEVENT")]
    assert starts(cut) == ["2026-03-10T14:00"]
    assert told(cut) == ["The file ends in the middle of VEVENT."]


@pytest.mark.parametrize(
    "content", ["", "<html>", b"PK\x03\x04" + b"\0" * 999, b"\0" * 500, "BEGIN:VCARD\r\nEND:VCARD"]
)
def test_what_is_no_calendar_is_refused_in_words(content: str | bytes) -> None:
    with pytest.raises(Refused) as refused:
        reading.events(content, between=NEAR)
    assert refused.value.code == "not_a_calendar"


EVIL: dict[str, tuple[str, int]] = {
    "every second": (an_event("RRULE:FREQ=SECONDLY"), 10_000),
    "every second since 1900": (
        an_event("RRULE:FREQ=SECONDLY;COUNT=999999", start="DTSTART:19000101T000000"),
        0,
    ),
    "never": (an_event("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), 1),
    "every minute, never": (
        an_event("RRULE:FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30", start="DTSTART:00010101T000000"),
        0,
    ),
    "a hundred thousand lines": (an_event(*["RRULE:FREQ=DAILY"] * 50_000), 662),
    "thousands of events": (an_event("RRULE:FREQ=DAILY") * 4_000, 10_000),
    "a list without end": (an_event("RDATE:" + ",".join(["20260401T000000Z"] * 100_000)), 2),
    "the end of time": (an_event("RRULE:FREQ=YEARLY", start="DTSTART:99991231T235959"), 0),
    "parameters without end": (an_event("X;A=" + "b," * 500_000 + ":x"), 1),
    "a rule of seconds without one": (an_event("RRULE:FREQ=SECONDLY;BYSETPOS=2"), 1),
    "a rule of minutes on no day": (an_event("RRULE:FREQ=MINUTELY;BYDAY=MO;BYHOUR=3"), 1),
    "a zone that never changes": (
        an_event(
            start="DTSTART;TZID=Z:20260310T140000",
            before="BEGIN:VTIMEZONE\r\nTZID:Z\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n"
            "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n"
            "END:STANDARD\r\nEND:VTIMEZONE\r\n",
        ),
        1,
    ),
    "every second of the year": (
        an_event(
            "RRULE:FREQ=YEARLY;BYHOUR="
            + ",".join(map(str, range(24)))
            + ";BYMINUTE="
            + ",".join(map(str, range(60)))
            + ";BYSECOND="
            + ",".join(map(str, range(60)))
            + ";BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYDAY=MO,TU,WE,TH"
        ),
        10_000,
    ),
}


@pytest.mark.parametrize("what", EVIL)
def test_a_file_made_to_do_harm_does_none(what: str) -> None:
    text, number = EVIL[what]
    begun = clock.process_time()
    assert len(reading.events(text, between=NEAR)) == number
    assert clock.process_time() - begun < 3


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("BEGIN:VCALENDAR\r\n" + "X" * 3_000_000, "too_big"),
        ("BEGIN:VCALENDAR\r\n" + "X:1\r\n" * 100_000, "too_big"),
        ("BEGIN:VCALENDAR\r\n" + "BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 6_000, "too_big"),
        ("BEGIN:A\r\n" * 20_000, "too_deep"),
    ],
)
def test_too_large_and_too_deep_files_are_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        reading.events(text, between=NEAR)
    assert refused.value.code == code


@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from(an_event("RRULE:FREQ=DAILY;COUNT=3").split("\r\n"))).map("\n".join)
)
def test_no_text_makes_the_reader_stumble(text: str) -> None:
    try:
        found = reading.read(text, between=NEAR)
    except Refused:
        return
    assert all(NEAR[0] <= event.starts < NEAR[1] for event in found.events)


@given(st.binary(max_size=400))
def test_no_bytes_make_the_reader_stumble(content: bytes) -> None:
    start = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101T100000\nRRULE:"
    found = reading.read(start + content + b"\nEND:VEVENT\nEND:VCALENDAR", between=NEAR)
    assert len(found.events) <= 10_000


@pytest.mark.parametrize(
    "rule", ["", "FREQ=OFTEN", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;BYDAY=XX", "FREQ=DAILY;RSCALE=CHINESE"]
)
def test_a_rule_that_makes_no_sense_is_named_and_its_first_date_read(rule: str) -> None:
    (said,) = told(an_event(f"RRULE:{rule}"))
    assert said.startswith("How often the event repeats is not understood: “")
    assert starts(an_event(f"RRULE:{rule}")) == ["2026-03-10T14:00"]
