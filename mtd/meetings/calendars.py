"""Meetings as iCalendar files (RFC 5545, 5546): invitations, cancellations, series, and a person's private feed.

A file says the kind of meeting, the network, when and where, and links to the page; never a title, an agenda or
another person's address. Times are wall-clock times of the network's zone, with the zone's rules in the file, so
that 14:00 stays 14:00 across the clock change in every calendar.
"""

from __future__ import annotations

import calendar
import itertools
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parseaddr
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Kind, Meeting, Participant, Place, Series
from .series import dates

PRODID = "-//Make the Difference//Meetings//EN"
FAR = 25
_NOBODY = uuid.UUID(int=0)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_STATUS: dict[str, str] = {Meeting.State.POLLING: "TENTATIVE", Meeting.State.CANCELLED: "CANCELLED"}
_LOCAL, _UTC = "%Y%m%dT%H%M%S", "%Y%m%dT%H%M%SZ"


def invitation(
    meeting: Meeting,
    *,
    address: str,
    method: str = "REQUEST",
    optional: bool = False,
    link: str = "",
    now: datetime | None = None,
) -> str:
    """The calendar file of one meeting for one reader: REQUEST to invite and to change, CANCEL to take it off.

    One of a series names itself by RECURRENCE-ID, wherever it has been moved to. `link` replaces the address of the
    meeting's page, e.g. by a guest's personal one. Written in the language that is active.
    """
    stamp, say = now or timezone.now(), _Phrases()
    event = [
        *_head(meeting.calendar_uid, sequence_of(meeting), stamp, stamp),
        *_recurrence_id(meeting),
        *_times(meeting),
        *say.words(meeting, link or say.page(meeting)),
        "STATUS:" + ("CANCELLED" if method == "CANCEL" else _STATUS.get(meeting.state, "CONFIRMED")),
        *_people(say.organizer(meeting.network.name), address, method, optional),
    ]
    years = (meeting.starts_at or stamp).year, (meeting.ends_at or stamp).year
    return _file(method, [meeting.network.zone], years, [event])


def series_invitation(
    series: Series,
    *,
    address: str,
    method: str = "REQUEST",
    optional: bool = False,
    link: str = "",
    now: datetime | None = None,
    meetings: Sequence[Meeting] | None = None,
) -> str:
    """The calendar file of a whole series: its rule, what was cancelled, and every meeting that was moved.

    A calendar that takes it in shows the same meetings as our own pages, now and in later years. `meetings` are those
    of the series; they are read if not given.
    """
    stamp, say = now or timezone.now(), _Phrases()
    zone, cancel = series.network.zone, method == "CANCEL"
    if cancel:
        meetings = ()
    elif meetings is None:
        meetings = list(series.meetings.order_by("original_start"))
    for meeting in meetings:
        meeting.series, meeting.network = series, series.network
    begin = datetime.combine(first_date(series), series.time)
    where = link or _link("meetings:series", series.pk)
    master = [
        *_head(f"{series.pk}@meetings.mtd", series.sequence, stamp, stamp),
        f"DTSTART;TZID={zone.key}:{begin:{_LOCAL}}",
        f"DURATION:PT{series.minutes_long}M",
        f"RRULE:{rule_of(series)}",
        *(
            f"RDATE;TZID={zone.key}:{datetime.combine(day, series.time):{_LOCAL}}"
            for day in extra_dates(series)
        ),
        *_left_out(meetings),
        *say.words(series, where),
        "STATUS:" + ("CANCELLED" if cancel else "CONFIRMED"),
        *_people(say.organizer(series.network.name), address, method, optional),
    ]
    events = [master]
    for meeting in meetings:
        if meeting.state != Meeting.State.CANCELLED and _differs(meeting, series):
            events.append(
                [
                    *_head(meeting.calendar_uid, sequence_of(meeting), stamp, stamp),
                    *_recurrence_id(meeting),
                    *_times(meeting),
                    *say.words(meeting, link or say.page(meeting)),
                    "STATUS:CONFIRMED",
                    *_people(say.organizer(series.network.name), address, method, optional),
                ]
            )
    last = max([begin.year + 10, *(m.starts_at.year for m in meetings if m.starts_at)])
    return _file(method, [zone], (begin.year, last), events)


def feed(meetings: Iterable[Meeting], *, name: str, answers: Mapping[uuid.UUID, str] | None = None) -> str:
    """A person's meetings as a calendar to subscribe to; `answers` holds what the person said, by meeting.

    Each meeting stands by itself: every calendar program shows it right, without knowing the series. The same
    meetings give the same bytes. What the person declined does not block their time.
    """
    said, say = answers or {}, _Phrases()
    zones: dict[str, ZoneInfo] = {}
    events: list[list[str]] = []
    years = {timezone.now().year}
    for meeting in meetings:
        if meeting.starts_at is None or meeting.ends_at is None:
            continue
        zone = meeting.network.zone
        zones[zone.key] = zone
        years |= {meeting.starts_at.year, meeting.ends_at.year}
        stamp = max(at for at in (meeting.created_at, meeting.invited_at, meeting.cancelled_at) if at)
        events.append(
            [
                *_head(f"{meeting.pk}@meetings.mtd", sequence_of(meeting), stamp, stamp),
                *_times(meeting),
                *say.words(meeting, say.page(meeting)),
                "STATUS:" + _STATUS.get(meeting.state, "CONFIRMED"),
                *(["TRANSP:TRANSPARENT"] if said.get(meeting.pk) == Participant.Answer.NO else []),
                say.organizer(meeting.network.name),
            ]
        )
    named = [
        f"NAME:{_escaped(name)}",
        f"X-WR-CALNAME:{_escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
    ]
    return _file("PUBLISH", [zones[key] for key in sorted(zones)], (min(years), max(years)), events, named)


def rule_of(series: Series) -> str:
    """The series as an RRULE. With `extra_dates` it gives exactly the dates of `mtd.meetings.series`.

    A fifth weekday becomes the last one and the 31st the last day, so that no month is left out.
    """
    first = first_date(series)
    day = WEEKDAYS[first.weekday()]
    if series.unit == Series.Unit.WEEKS:
        parts = ["FREQ=WEEKLY", f"INTERVAL={series.every}", f"BYDAY={day}"]
    else:
        parts = ["FREQ=MONTHLY", f"INTERVAL={series.every}", _monthly(series, first, day)]
    until = _until(series)
    return ";".join([*parts, *([f"UNTIL={until:{_UTC}}"] if until else [])])


def extra_dates(series: Series) -> list[date]:
    """The last days of February that stand in for a 29th or 30th, up to FAR years ahead.

    A rule could say that too (BYMONTHDAY=28,29,30;BYSETPOS=-1), but Thunderbird and Outlook read that one wrong.
    """
    first = series.first_on
    if (
        series.unit != Series.Unit.MONTHS
        or series.day_rule != Series.DayRule.DAY
        or first.day not in (29, 30)
    ):
        return []
    last = date(min(first.year + FAR, date.max.year), 12, 31)
    return [day for day in dates(series, upto=last) if day.day != first.day]


def first_date(series: Series) -> date:
    """The day of the first meeting: `first_on`, or the last such weekday of its month where the rule asks for it."""
    return next(dates(series, upto=series.first_on + timedelta(days=31)), series.first_on)


def sequence_of(meeting: Meeting) -> int:
    """What calendars are told as SEQUENCE: grows with every change of the meeting and of its series."""
    return meeting.sequence + (meeting.series.sequence if meeting.series else 0)


def page_of(meeting_id: uuid.UUID) -> str:
    """The full address of a meeting's page."""
    return _link("meetings:meeting", meeting_id)


def reply_address() -> str:
    """Where answers to invitations go: MTD_MAIL_REPLY, or else the address that our mails come from."""
    return settings.MTD_MAIL_REPLY or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


# --- the parts of an event -----------------------------------------------------------------------------------------


def _head(uid: str, sequence: int, stamp: datetime, changed: datetime) -> list[str]:
    return [
        f"UID:{uid}",
        f"DTSTAMP:{stamp.astimezone(UTC):{_UTC}}",
        f"LAST-MODIFIED:{changed.astimezone(UTC):{_UTC}}",
        f"SEQUENCE:{sequence}",
        "CLASS:PRIVATE",
    ]


def _times(meeting: Meeting) -> list[str]:
    if meeting.starts_at is None or meeting.ends_at is None:
        raise ValueError("A meeting without a date has no calendar file.")
    zone = meeting.network.zone
    return [f"DTSTART{_moment(meeting.starts_at, zone)}", f"DTEND{_moment(meeting.ends_at, zone)}"]


def _recurrence_id(meeting: Meeting) -> list[str]:
    if meeting.series_id is None:
        return []
    original = meeting.original_start or meeting.starts_at
    assert original is not None
    return [f"RECURRENCE-ID{_occurrence(original, meeting)}"]


def _occurrence(original: datetime, meeting: Meeting) -> str:
    """The moment as the series' rule names it: also where the clock skips that time in spring."""
    zone = meeting.network.zone
    if meeting.series:
        local = datetime.combine(original.astimezone(zone).date(), meeting.series.time)
        if local.replace(tzinfo=zone).astimezone(UTC) == original:
            return f";TZID={zone.key}:{local:{_LOCAL}}"
    return _moment(original, zone)


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    """The wall-clock time with its zone; in UTC for the hour that comes twice: programs differ on which is meant."""
    local = moment.astimezone(zone)
    if _is_odd(local):
        return f":{local.astimezone(UTC):{_UTC}}"
    return f";TZID={zone.key}:{local:{_LOCAL}}"


def _is_odd(local: datetime) -> bool:
    """Whether this wall-clock time comes twice, because the clock goes back."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


class _Phrases:
    """What every event says in the language that is active, translated once for a whole file."""

    def __init__(self) -> None:
        self.kinds = {kind.value: str(kind.label) for kind in Kind}
        self.described = _("Agenda, answers and minutes: %(link)s")
        self.reply_to = reply_address()
        self._page = page_of(_NOBODY)

    def page(self, meeting: Meeting) -> str:
        """The full address of the meeting's page."""
        return self._page.replace(str(_NOBODY), str(meeting.pk))

    def organizer(self, network: str) -> str:
        return f"ORGANIZER;CN={_quoted(network)}:mailto:{self.reply_to}"

    def words(self, what: Meeting | Series, link: str) -> list[str]:
        """Kind, network, link, place: nothing that somebody typed about a case."""
        place = what.place if what.place_kind != Place.ONLINE else ""
        online = what.link if what.place_kind != Place.ON_SITE else ""
        where = ", ".join(part for part in (place, online) if part)
        return [
            f"SUMMARY:{_escaped(f'{self.kinds[what.kind]} · {what.network.name}')}",
            f"DESCRIPTION:{_escaped(self.described % {'link': link})}",
            *([f"LOCATION:{_escaped(where)}"] if where else []),
            f"URL:{link}",
        ]


def _people(organizer: str, address: str, method: str, optional: bool) -> list[str]:
    attendee = f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE={'OPT' if optional else 'REQ'}-PARTICIPANT"
    if method != "CANCEL":
        attendee += ";PARTSTAT=NEEDS-ACTION;RSVP=TRUE"
    return [
        organizer,
        f"{attendee}:mailto:{_one_line(address)}",
    ]


def _left_out(meetings: Sequence[Meeting]) -> list[str]:
    return [
        f"EXDATE{_occurrence(meeting.original_start, meeting)}"
        for meeting in meetings
        if meeting.state == Meeting.State.CANCELLED and meeting.original_start
    ]


def _differs(meeting: Meeting, series: Series) -> bool:
    """Whether the rule alone would tell a calendar something else, or something that programs read differently:
    while the clock changes, the one goes by the wall clock, the other by the hours that pass.
    """
    if meeting.local_start is None or meeting.local_end is None:
        return False
    return (
        meeting.starts_at != meeting.original_start
        or meeting.ends_at - meeting.starts_at != timedelta(minutes=series.minutes_long)  # type: ignore[operator]
        or meeting.local_end.utcoffset() != meeting.local_start.utcoffset()
        or meeting.local_start.time() != series.time
        or _is_odd(meeting.local_start)
        or _is_odd(meeting.local_end)
        or (meeting.place_kind, meeting.place, meeting.link) != (series.place_kind, series.place, series.link)
    )


def _monthly(series: Series, first: date, day: str) -> str:
    nth = (first.day - 1) // 7 + 1
    if series.day_rule == Series.DayRule.DAY:
        return f"BYMONTHDAY={-1 if first.day == 31 else first.day}"
    if series.day_rule == Series.DayRule.LAST_WEEKDAY or nth == 5:
        return f"BYDAY=-1{day}"
    return f"BYDAY={nth}{day}"


def _until(series: Series) -> datetime | None:
    """In UTC, as RFC 5545 asks of a series with a zone: the end of the last day on the network's clock."""
    if series.until:
        return datetime.combine(series.until, time(23, 59, 59), series.network.zone).astimezone(UTC)
    return series.ended_at.astimezone(UTC) if series.ended_at else None


# --- zones ---------------------------------------------------------------------------------------------------------


def _zone_lines(zone: ZoneInfo, years: tuple[int, int]) -> list[str]:
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone.key}", f"X-LIC-LOCATION:{zone.key}"]
    if years[0] > 1996 and _changes_as_the_union_does(zone.key, years[0] - 1):
        for month, year_first in ((3, date(1996, 3, 31)), (10, date(1996, 10, 27))):
            change = datetime.combine(year_first.replace(year=2025), time(1), UTC).replace(
                day=_last_sunday(2025, month)
            )
            lines += _observance(
                zone, change, first=year_first, rule=f"FREQ=YEARLY;BYMONTH={month};BYDAY=-1SU"
            )
    else:
        for change in _changes(zone, years):
            lines += _observance(zone, change)
    return [*lines, "END:VTIMEZONE"]


def _observance(zone: ZoneInfo, change: datetime, first: date | None = None, rule: str = "") -> list[str]:
    """What holds from a change on. `change` is the moment in UTC; `first` the day of the first such change."""
    before, after = (change - timedelta(seconds=1)).astimezone(zone), change.astimezone(zone)
    old, new = before.utcoffset() or timedelta(), after.utcoffset() or timedelta()
    wall = (change + old).replace(tzinfo=None)
    if first is not None:
        wall = datetime.combine(first, wall.time())
    name = "DAYLIGHT" if after.dst() else "STANDARD"
    return [
        f"BEGIN:{name}",
        f"DTSTART:{wall:{_LOCAL}}",
        f"TZOFFSETFROM:{_offset(old)}",
        f"TZOFFSETTO:{_offset(new)}",
        f"TZNAME:{after.tzname()}",
        *([f"RRULE:{rule}"] if rule else []),
        f"END:{name}",
    ]


def _offset(offset: timedelta) -> str:
    seconds = int(offset.total_seconds())
    hours, rest = divmod(abs(seconds) // 60, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02}{rest:02}"


def _last_sunday(year: int, month: int) -> int:
    length = calendar.monthrange(year, month)[1]
    return length - (date(year, month, length).weekday() + 1) % 7


@lru_cache(maxsize=256)
def _changes_as_the_union_does(key: str, since: int) -> bool:
    """Whether the clocks change on the last Sundays of March and October at 01:00 UTC, by the machine's own rules.

    Asked of the rules instead of assumed, so that the day the Union gives up changing clocks, our files know.
    """
    zone = ZoneInfo(key)
    for year in range(since, max(since, 2036) + 1):
        spring = datetime(year, 3, _last_sunday(year, 3), 1, tzinfo=UTC)
        autumn = datetime(year, 10, _last_sunday(year, 10), 1, tzinfo=UTC)
        edges = (datetime(year, 1, 1, tzinfo=UTC), spring, autumn, datetime(year + 1, 1, 1, tzinfo=UTC))
        offsets = []
        for begin, end in itertools.pairwise(edges):
            span = end - begin - timedelta(seconds=1)
            found = {(begin + span * part / 8).astimezone(zone).utcoffset() for part in range(9)}
            if len(found) != 1:
                return False
            offsets.append(found.pop())
        if offsets[0] != offsets[2] or offsets[0] == offsets[1]:
            return False
    return True


def _changes(zone: ZoneInfo, years: tuple[int, int]) -> list[datetime]:
    """Every change of the clocks from a year before the first year until after the last, each by itself."""
    day = datetime(years[0] - 1, 1, 1, tzinfo=UTC)
    end = datetime(years[1] + 2, 1, 1, tzinfo=UTC)
    changes = [day]
    while day < end:
        step = day + timedelta(days=1)
        if day.astimezone(zone).utcoffset() != step.astimezone(zone).utcoffset():
            low, high = day, step
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                same = middle.astimezone(zone).utcoffset() == day.astimezone(zone).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            changes.append(high.replace(microsecond=0))
        day = step
    return changes


# --- the file ------------------------------------------------------------------------------------------------------


def _file(
    method: str,
    zones: Sequence[ZoneInfo],
    years: tuple[int, int],
    events: Sequence[Sequence[str]],
    named: Sequence[str] = (),
) -> str:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODID}",
        "CALSCALE:GREGORIAN",
        f"METHOD:{method}",
        *named,
    ]
    for zone in zones:
        lines += _zone_lines(zone, years)
    for event in events:
        lines += ["BEGIN:VEVENT", *event, "END:VEVENT"]
    lines.append("END:VCALENDAR")
    return "".join(_folded(line) for line in lines)


def _folded(line: str) -> str:
    """Lines of at most 75 octets, never cut inside a character (RFC 5545, 3.1)."""
    rest = line.encode()
    if len(rest) <= 75:
        return line + "\r\n"
    parts, size = [], 75
    while len(rest) > size:
        cut = size
        while rest[cut] & 0xC0 == 0x80:
            cut -= 1
        parts.append(rest[:cut].decode())
        rest, size = rest[cut:], 74
    return "\r\n ".join([*parts, rest.decode()]) + "\r\n"


_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def _escaped(text: str) -> str:
    clean = _UNPRINTABLE.sub("", text.replace("\r\n", "\n"))
    return clean.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _quoted(text: str) -> str:
    return '"' + _one_line(text).replace('"', "'") + '"'


def _one_line(text: str) -> str:
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


def _link(name: str, *args: object) -> str:
    try:
        return settings.MTD_BASE_URL + reverse(name, args=args)
    except NoReverseMatch:
        return settings.MTD_BASE_URL + "/meetings/"
