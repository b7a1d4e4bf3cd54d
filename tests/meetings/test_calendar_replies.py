"""Answers to invitations as Outlook, Google and Apple send them, and as nobody should."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO

import pytest
from django.db.models import QuerySet
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from mtd.accounts.models import User
from mtd.audit.models import Event
from mtd.core.actor import SYSTEM
from mtd.meetings.actions import cancel, move, take_in_reply
from mtd.meetings.models import Kind, Meeting, Participant, Series
from mtd.meetings.queries.people import Guest
from mtd.meetings.replies import replies_in
from mtd.notifications.models import Message, Notice
from mtd.organizations.models import Network
from tests.cast import Cast
from tests.factories.meetings import a_meeting, organizer, participant

GUEST = "f.gast@anderswo.example"

# Written by us after RFC 5546, in the manner of each program.
OUTLOOK = """BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;PARTSTAT={said};CN=Frau Beispiel:MAILTO:{attendee}
COMMENT;LANGUAGE=de-DE:Bis dann!\\n
UID:{uid}
{occurrence}SUMMARY;LANGUAGE=de-DE:Zugesagt: Kooperationsgremium
DTSTART;TZID=W. Europe Standard Time:20270112T140000
DTEND;TZID=W. Europe Standard Time:20270112T160000
CLASS:PRIVATE
PRIORITY:5
DTSTAMP:{stamp}
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:{sequence}
X-MICROSOFT-CDO-APPT-SEQUENCE:{sequence}
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
END:VEVENT
END:VCALENDAR
"""
GOOGLE = """BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VEVENT
DTSTART:20270112T130000Z
DTEND:20270112T150000Z
DTSTAMP:{stamp}
ORGANIZER;CN=Birkenfurt:mailto:no-reply@localhost
UID:{uid}
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={said};CN=Frau
 Beispiel;X-NUM-GUESTS=0:mailto:{attendee}
{occurrence}CREATED:20261122T090000Z
LAST-MODIFIED:20261122T090500Z
LOCATION:
SEQUENCE:{sequence}
STATUS:CONFIRMED
SUMMARY:Kooperationsgremium
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
"""
APPLE = """BEGIN:VCALENDAR
METHOD:REPLY
PRODID:-//Apple Inc.//macOS 14.5//EN
VERSION:2.0
BEGIN:VEVENT
DTSTAMP:{stamp}
UID:{uid}
SEQUENCE:{sequence}
{occurrence}ORGANIZER:mailto:no-reply@localhost
ATTENDEE;CUTYPE=INDIVIDUAL;EMAIL="{attendee}";PARTSTAT={said};ROLE=REQ-P
 ARTICIPANT:mailto:{attendee}
REQUEST-STATUS:2.0;Success
END:VEVENT
END:VCALENDAR
"""
SAMPLES = {"outlook": OUTLOOK, "google": GOOGLE, "apple": APPLE}


@pytest.fixture
def meeting(network: Network) -> Meeting:
    return a_meeting(network, guests=[Guest("Frida Gast", GUEST)])


def calendar_of(
    meeting: Meeting,
    attendee: str,
    said: str = "ACCEPTED",
    *,
    sample: str = GOOGLE,
    sequence: int = 0,
    at: datetime | None = None,
    occurrence: str = "",
    uid: str = "",
    method: str = "REPLY",
) -> str:
    text = sample.format(
        uid=uid or meeting.calendar_uid,
        attendee=attendee,
        said=said,
        sequence=sequence,
        stamp=f"{at or timezone.now():%Y%m%dT%H%M%SZ}",
        occurrence=f"RECURRENCE-ID{occurrence}\n" if occurrence else "",
    )
    return text.replace("METHOD:REPLY", f"METHOD:{method}").replace("\n", "\r\n")


def mail(sender: str, text: str, *, attached: bool = False) -> EmailMessage:
    message = EmailMessage()
    message["From"] = f"Frau Beispiel <{sender}>"
    message["Subject"] = "Zugesagt: Kooperationsgremium"
    message.set_content("Zugesagt.")
    if attached:
        message.add_attachment(
            text.encode(), maintype="application", subtype="octet-stream", filename="invite.ics"
        )
    else:
        message.add_alternative(text, subtype="calendar", params={"method": "REPLY"})
    read = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def answer(meeting: Meeting, who: str, said: str = "ACCEPTED", **fields: object) -> bool:
    return take_in_reply(actor=SYSTEM, message=mail(who, calendar_of(meeting, who, said, **fields)))  # type: ignore[arg-type]


def answers(meeting: Meeting) -> set[tuple[str, str]]:
    return {
        (p.address, p.answer)
        for p in meeting.participants.select_related("user")
        if p.answer != Participant.Answer.NONE
    }


def told() -> QuerySet[Notice]:
    return Notice.objects.filter(kind__startswith="meetings.reply_")


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize(("said", "means"), [("ACCEPTED", "yes"), ("TENTATIVE", "maybe"), ("DECLINED", "no")])
def test_the_answers_of_outlook_google_and_apple_are_taken_in(
    meeting: Meeting, sample: str, said: str, means: str
) -> None:
    assert answer(meeting, GUEST, said, sample=SAMPLES[sample])
    row = participant(meeting, GUEST)
    assert (row.answer, row.source, row.answer_sequence) == (means, Participant.Source.MAIL, 0)
    event = Event.objects.latest("id")
    assert (event.verb, event.facts["source"]) == ("meeting.answered", "mail")


def test_an_attached_file_and_capital_letters_in_the_address_do_as_well(meeting: Meeting, cast: Cast) -> None:
    user = meeting.participants.filter(user__isnull=False).select_related("user").first().user  # type: ignore[union-attr]
    assert user is not None
    text = calendar_of(meeting, user.email.upper(), sample=OUTLOOK)
    assert take_in_reply(actor=SYSTEM, message=mail(user.email.title(), text, attached=True))
    assert participant(meeting, user).answer == "yes"


def test_the_last_word_counts_in_whatever_order_the_mails_arrive(meeting: Meeting) -> None:
    now = timezone.now()
    answer(meeting, GUEST, "DECLINED", at=now - timedelta(minutes=1))
    answer(meeting, GUEST, "ACCEPTED", at=now - timedelta(minutes=5))
    assert participant(meeting, GUEST).answer == "no"
    answer(meeting, GUEST, "TENTATIVE", at=now + timedelta(days=400))
    row = participant(meeting, GUEST)
    assert row.answer == "maybe"
    assert row.answered_at is not None
    assert row.answered_at <= timezone.now()


def test_an_answer_to_the_old_date_is_kept_as_such_and_never_replaces_one_to_the_new(
    meeting: Meeting,
) -> None:
    assert meeting.starts_at is not None
    assert meeting.ends_at is not None
    later = timedelta(days=3)
    move(
        actor=organizer(meeting.network),
        meeting=meeting,
        starts_at=meeting.starts_at + later,
        ends_at=meeting.ends_at + later,
    )
    answer(meeting, GUEST, "ACCEPTED", sequence=0)
    assert (participant(meeting, GUEST).answer, participant(meeting, GUEST).answer_sequence) == ("yes", 0)
    answer(meeting, GUEST, "DECLINED", sequence=1)
    answer(meeting, GUEST, "ACCEPTED", sequence=0, at=timezone.now() + timedelta(hours=1))
    assert (participant(meeting, GUEST).answer, participant(meeting, GUEST).answer_sequence) == ("no", 1)


def test_an_answer_of_a_stranger_changes_nothing_and_is_told_once_a_day(meeting: Meeting) -> None:
    User.objects.filter(pk=meeting.created_by_id).update(language="en")
    mails = Message.objects.count()
    for number in range(3):
        assert answer(meeting, f"fremd{number}@irgendwo.example")
    assert answers(meeting) == set()
    notices = Notice.objects.filter(kind="meetings.reply_stranger")
    assert [notice.user_id for notice in notices] == [meeting.created_by_id]
    assert "An answer came from an address that is not invited. Nothing was changed." in notices[0].text
    assert "irgendwo" not in notices[0].text + "".join(m.body for m in Message.objects.all()[mails:])
    assert Event.objects.filter(verb="meeting.reply_stranger").count() == 1


def test_an_answer_in_the_name_of_somebody_else_is_not_believed(meeting: Meeting, cast: Cast) -> None:
    invited = participant(meeting, GUEST)
    for sender in ("fremd@irgendwo.example", "jonas-reuter@demo.example"):
        assert take_in_reply(actor=SYSTEM, message=mail(sender, calendar_of(meeting, GUEST)))
    invited.refresh_from_db()
    assert answers(meeting) == set()
    assert Notice.objects.filter(kind="meetings.reply_other_sender").count() == 1


def test_somebody_invited_may_answer_from_a_calendar_that_knows_them_by_another_address(
    meeting: Meeting,
) -> None:
    text = calendar_of(meeting, "frida@privat.example")
    assert take_in_reply(actor=SYSTEM, message=mail(GUEST, text))
    assert answers(meeting) == {(GUEST, "yes")}


@pytest.mark.parametrize(
    ("method", "said", "kind"),
    [("COUNTER", "TENTATIVE", "counter"), ("REPLY", "DELEGATED", "delegated")],
)
def test_another_time_and_another_person_are_told_and_change_nothing(
    meeting: Meeting, method: str, said: str, kind: str
) -> None:
    assert answer(meeting, GUEST, said, method=method)
    assert answers(meeting) == set()
    assert [each.kind for each in told()] == [f"meetings.reply_{kind}"]


@pytest.mark.parametrize("said", ["NEEDS-ACTION", "", "X-NEVER"])
def test_what_is_no_answer_changes_nothing(meeting: Meeting, said: str) -> None:
    assert answer(meeting, GUEST, said)
    assert answers(meeting) == set()
    assert not told().exists()


def test_who_was_taken_off_the_list_is_a_stranger(meeting: Meeting) -> None:
    meeting.participants.filter(email=GUEST).update(removed_at=timezone.now())
    answer(meeting, GUEST)
    assert answers(meeting) == set()
    assert Notice.objects.filter(kind="meetings.reply_stranger").exists()


def test_an_answer_after_the_meeting_or_after_its_cancellation_changes_nothing(network: Network) -> None:
    held = a_meeting(network, held=True, guests=[Guest("Frida Gast", GUEST)])
    gone = a_meeting(network, guests=[Guest("Frida Gast", GUEST)])
    cancel(actor=organizer(network), meeting=gone, reason="too_few")
    for meeting in (held, gone):
        assert answer(meeting, GUEST)
        assert answers(meeting) == set()


# --- series


@pytest.fixture
def series(network: Network) -> Series:
    from mtd.meetings.actions import call_series

    first = timezone.localdate() + timedelta(days=20)
    return call_series(
        actor=organizer(network),
        network=network,
        kind=Kind.EXCHANGE,
        first_on=first,
        time=datetime(2027, 1, 1, 14, tzinfo=UTC).time(),
        minutes_long=120,
        every=4,
        unit=Series.Unit.WEEKS,
        day_rule=Series.DayRule.WEEKDAY,
        guests=[Guest("Frida Gast", GUEST)],
    )


def test_an_answer_to_a_whole_series_is_one_to_every_meeting_ahead(series: Series) -> None:
    meetings = list(series.meetings.order_by("starts_at"))
    assert len(meetings) > 3
    answer(meetings[0], GUEST)
    assert {participant(m, GUEST).answer for m in meetings} == {"yes"}


@pytest.mark.parametrize("zone", ["Europe/Berlin", "W. Europe Standard Time", "UTC"])
def test_an_answer_to_one_of_a_series_is_one_to_this_one_only(series: Series, zone: str) -> None:
    meetings = list(series.meetings.select_related("network").order_by("starts_at"))
    meeting = meetings[2]
    assert meeting.original_start is not None
    local = meeting.original_start.astimezone(meeting.network.zone)
    utc = f":{meeting.original_start.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    occurrence = utc if zone == "UTC" else f";TZID={zone}:{local:%Y%m%dT%H%M%S}"
    answer(meeting, GUEST, "DECLINED", occurrence=occurrence, sample=OUTLOOK)
    assert [participant(m, GUEST).answer for m in meetings[:4]] == ["none", "none", "no", "none"]


def test_one_that_was_moved_is_answered_by_its_first_date(series: Series) -> None:
    meeting = series.meetings.select_related("network").order_by("starts_at")[1]
    assert meeting.starts_at is not None
    assert meeting.ends_at is not None
    assert meeting.original_start is not None
    occurrence = f":{meeting.original_start.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    day = timedelta(days=1)
    moved = move(
        actor=organizer(meeting.network),
        meeting=meeting,
        starts_at=meeting.starts_at + day,
        ends_at=meeting.ends_at + day,
    )
    answer(moved, GUEST, "ACCEPTED", occurrence=occurrence, sequence=1)
    row = participant(moved, GUEST)
    assert (row.answer, row.answer_sequence) == ("yes", moved.sequence)


# --- what nobody should send


def test_mail_that_is_no_answer_is_left_to_others(meeting: Meeting) -> None:
    plain = EmailMessage()
    plain["From"] = GUEST
    plain.set_content("Ich bin im Urlaub.")
    assert not take_in_reply(actor=SYSTEM, message=plain)
    assert not take_in_reply(actor=SYSTEM, message=mail(GUEST, calendar_of(meeting, GUEST, method="REQUEST")))
    assert not take_in_reply(
        actor=SYSTEM, message=mail(GUEST, calendar_of(meeting, GUEST, uid="abc@google.com"))
    )


def test_an_answer_to_a_meeting_that_never_was_is_ours_and_changes_nothing(meeting: Meeting) -> None:
    uid = "00000000-0000-4000-8000-000000000000@meetings.mtd"
    assert answer(meeting, GUEST, uid=uid)
    assert answers(meeting) == set()


def zipped(text: str) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("invite.ics", text)
    return file.getvalue()


def test_evil_files_are_left_unread(meeting: Meeting) -> None:
    good = calendar_of(meeting, GUEST)
    evil = {
        "ten megabytes": good + "X" * 10_000_000,
        "a hundred thousand rules": good.replace(
            "END:VEVENT", "RRULE:FREQ=SECONDLY\r\n" * 100_000 + "END:VEVENT"
        ),
        "deep": "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n" + "BEGIN:VEVENT\r\n" * 10_000,
        "binary": "\x00\x01" * 1000,
        "cut off": good[:60],
    }
    for text in evil.values():
        assert not take_in_reply(actor=SYSTEM, message=mail(GUEST, text, attached=True))
    message = mail(GUEST, "nothing", attached=True)
    for part in message.iter_attachments():
        part.set_content(
            zipped(good * 5000), maintype="application", subtype="zip", filename="invite.ics.zip"
        )
    assert not take_in_reply(actor=SYSTEM, message=message)
    assert answers(meeting) == set()


@given(st.binary(max_size=400))
def test_no_mail_makes_the_reader_stumble(content: bytes) -> None:
    start = b"From: a@b.example\r\nContent-Type: text/calendar; method=REPLY; charset="
    for raw in (
        content,
        start + content,
        start + b"utf-8\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n" + content,
    ):
        message = message_from_bytes(raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        assert isinstance(replies_in(message), list)
