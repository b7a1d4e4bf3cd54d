"""The private calendar address: what it gives to whom, what ends it, and reading a file into a new meeting."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO, TextIOWrapper
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mtd.accounts.models import User
from mtd.audit.models import Event
from mtd.core.errors import NotAllowed, Refused
from mtd.core.models import DataKey
from mtd.meetings import calendars
from mtd.meetings.actions import (
    answer,
    call_series,
    cancel,
    choose_feed_scope,
    end_series,
    make_feed,
    move,
    note_fetch,
    renew_feed,
    revoke_feed,
)
from mtd.meetings.models import FeedAddress, Kind, Series
from mtd.meetings.queries.feeds import feed_by_token, feed_file
from mtd.organizations.models import Network
from mtd.organizations.queries import actor_for
from tests.cast import Cast
from tests.factories.meetings import a_meeting, organizer
from tests.meetings.parsers import PARSERS, Seen, need_all_three

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def jonas(cast: Cast) -> User:
    user = cast.people["jonas-reuter"]
    user.language = "en"
    user.save(update_fields=["language"])
    return user


@pytest.fixture
def feed(jonas: User) -> FeedAddress:
    return make_feed(actor=actor_for(jonas))


def path_of(feed: FeedAddress) -> str:
    return reverse("meetings:feed", args=[feed.token])


def fetch(feed: FeedAddress, **headers: str) -> Any:
    return Client(headers=headers).get(path_of(feed))


def lines(response: Any, name: str) -> list[str]:
    text = response.content.decode().replace("\r\n ", "")
    return [line.partition(":")[2] for line in text.split("\r\n") if line.startswith(name)]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


# --- the address


def test_the_address_gives_the_own_meetings_to_whoever_has_it_without_cookies(
    feed: FeedAddress, jonas: User, network: Network
) -> None:
    mine = a_meeting(network, Kind.EXCHANGE, people=[jonas])
    a_meeting(network, Kind.COMMITTEE, people=[])
    response = fetch(feed)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert not response.cookies
    assert lines(response, "UID") == [f"{mine.pk}@meetings.mtd"]
    assert lines(response, "SUMMARY") == [f"Practitioner exchange · {network.name}"]


def test_the_calendar_holds_a_year_back_and_nothing_cancelled_or_undated(
    feed: FeedAddress, jonas: User, network: Network
) -> None:
    now = timezone.now()
    held = a_meeting(network, when=now - timedelta(days=300), people=[jonas])
    a_meeting(network, when=now - timedelta(days=400), people=[jonas])
    gone = a_meeting(network, people=[jonas])
    cancel(actor=organizer(network), meeting=gone, reason="illness")
    assert lines(fetch(feed), "UID") == [f"{held.pk}@meetings.mtd"]


def test_all_meetings_of_the_networks_show_on_demand_but_never_those_of_others(
    feed: FeedAddress, jonas: User, network: Network
) -> None:
    common = a_meeting(network, Kind.COMMITTEE, people=[])
    a_meeting(network, Kind.OTHER, people=[])
    choose_feed_scope(actor=actor_for(jonas), scope=FeedAddress.Scope.NETWORKS)
    assert lines(fetch(feed), "UID") == [f"{common.pk}@meetings.mtd"]


def test_what_was_declined_does_not_block_the_time(feed: FeedAddress, jonas: User, network: Network) -> None:
    meeting = a_meeting(network, people=[jonas])
    answer(actor=actor_for(jonas), meeting=meeting, answer="no")
    assert lines(fetch(feed), "TRANSP") == ["TRANSPARENT"]


def test_a_program_that_asks_again_hears_that_nothing_is_new(
    feed: FeedAddress, jonas: User, network: Network
) -> None:
    meeting = a_meeting(network, people=[jonas])
    first = fetch(feed)
    again = fetch(feed, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert fetch(feed, **{"If-Modified-Since": first["Last-Modified"]}).status_code == 304
    assert meeting.starts_at is not None
    assert meeting.ends_at is not None
    day = timedelta(days=1)
    move(
        actor=organizer(network),
        meeting=meeting,
        starts_at=meeting.starts_at + day,
        ends_at=meeting.ends_at + day,
    )
    changed = fetch(feed, **{"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert lines(changed, "SEQUENCE") == ["1"]


def test_asking_often_writes_once_a_day(feed: FeedAddress) -> None:
    fetch(feed)
    row = FeedAddress.objects.defer("token").get(pk=feed.pk)
    assert row.last_used_on == timezone.localdate()
    since = note_fetch(actor=actor_for(row.user), feed=row, content_hash=row.content_hash)
    assert since == row.content_at


def test_a_revoked_address_a_wrong_one_and_one_of_a_closed_account_find_nothing(
    feed: FeedAddress, jonas: User, cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    other = make_feed(actor=actor_for(cast.people["leonie-brandt"]))
    ended, closed = path_of(feed), path_of(other)
    with django_capture_on_commit_callbacks(using="default", execute=True):
        revoke_feed(actor=actor_for(jonas))
    User.objects.filter(pk=other.user_id).update(is_active=False)
    for path in (ended, closed, reverse("meetings:feed", args=["no-such-token"])):
        response = Client().get(path)
        assert (response.status_code, response.content) == (404, b"")
        assert not response.cookies
    assert not FeedAddress.objects.filter(pk=feed.pk).exists()
    assert not DataKey.objects.using("keys").filter(pk=feed.data_key_id).exists()


def test_a_new_address_ends_the_old_one_and_keeps_what_it_shows(feed: FeedAddress, jonas: User) -> None:
    actor = actor_for(jonas)
    choose_feed_scope(actor=actor, scope="networks")
    new = renew_feed(actor=actor)
    assert fetch(new).status_code == 200
    assert Client().get(path_of(feed)).status_code == 404
    assert new.scope == "networks"
    assert [e.verb for e in Event.objects.filter(verb__startswith="calendar.").order_by("id")] == [
        "calendar.address_made",
        "calendar.scope_chosen",
        "calendar.address_renewed",
    ]


def test_there_is_one_address_for_each_person(feed: FeedAddress, jonas: User) -> None:
    assert make_feed(actor=actor_for(jonas)).pk == feed.pk


def test_only_who_has_an_address_can_end_or_change_it(jonas: User) -> None:
    from mtd.core.actor import ANONYMOUS

    with pytest.raises(Refused):
        revoke_feed(actor=actor_for(jonas))
    with pytest.raises(Refused):
        choose_feed_scope(actor=actor_for(jonas), scope="mine")
    with pytest.raises(NotAllowed):
        make_feed(actor=ANONYMOUS)


def test_the_number_of_queries_does_not_grow_with_the_meetings(
    feed: FeedAddress, jonas: User, network: Network, django_assert_num_queries: Any
) -> None:
    for number in (1, 3):
        while jonas_meetings(jonas) < number:
            a_meeting(network, people=[jonas])
        row = feed_by_token(feed.token)
        assert row is not None
        with django_assert_num_queries(4):
            feed_file(row)


def jonas_meetings(jonas: User) -> int:
    from mtd.meetings.models import Participant

    return Participant.objects.filter(user=jonas).count()


def test_three_parsers_read_the_same_meetings_from_the_address(
    feed: FeedAddress, jonas: User, network: Network
) -> None:
    need_all_three()
    meetings = [
        a_meeting(
            network, when=timezone.now().replace(microsecond=0, second=0) + timedelta(days=d), people=[jonas]
        )
        for d in (3, 120, 300)
    ]
    text = fetch(feed).content.decode()
    for parser in PARSERS.values():
        (seen,) = parser([(text, 0, 2**32)])
        starts = [each.start for each in seen if isinstance(each, Seen)]
        assert starts == [int(m.starts_at.timestamp()) for m in meetings if m.starts_at]


def exported(*arguments: str) -> bytes:
    raw = BytesIO()
    out = TextIOWrapper(raw, encoding="utf-8", newline="")
    call_command("export_feed", *arguments, stdout=out)
    out.flush()
    return raw.getvalue()


def test_the_command_prints_the_same_bytes(feed: FeedAddress, jonas: User, network: Network) -> None:
    a_meeting(network, people=[jonas], place="Größe; Ort, weit")
    assert exported(jonas.email.upper()) == fetch(feed).content
    with pytest.raises(CommandError):
        call_command("export_feed", "niemand@irgendwo.example")


# --- the page


def test_the_page_teaches_makes_renews_and_ends_the_address(jonas: User) -> None:
    client = signed_in(jonas)
    page = reverse("meetings:calendar")
    assert "You have no calendar address yet" in client.get(page).content.decode()
    client.post(reverse("meetings:calendar_make"))
    feed = FeedAddress.objects.get(user=jonas)
    shown = client.get(page).content.decode()
    assert f"http://testserver{path_of(feed)}" in shown
    assert f"webcal://testserver{path_of(feed)}" in shown
    client.post(reverse("meetings:calendar_renew"))
    assert path_of(feed) not in client.get(page).content.decode()
    assert client.post(reverse("meetings:calendar_scope"), {"scope": "all"}).status_code == 422
    assert client.post(reverse("meetings:calendar_scope"), {"scope": "networks"}).status_code == 302
    client.post(reverse("meetings:calendar_revoke"))
    assert not FeedAddress.objects.filter(user=jonas).exists()
    assert "You have no calendar address yet" in client.get(page).content.decode()


# --- reading a file into a new meeting


def a_file(*events: str) -> SimpleUploadedFile:
    text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + "".join(events) + "END:VCALENDAR\r\n"
    return SimpleUploadedFile("einladung.ics", text.encode(), content_type="text/calendar")


def an_event(day: date, summary: str = "Runder Tisch", more: str = "") -> str:
    return (
        f"BEGIN:VEVENT\r\nUID:{summary}\r\nSUMMARY:{summary}\r\nLOCATION:Rathaus\\, Saal\r\n{more}"
        f"DTSTART;TZID=W. Europe Standard Time:{day:%Y%m%d}T143000\r\nDURATION:PT90M\r\nEND:VEVENT\r\n"
    )


def test_an_event_of_another_house_fills_in_the_new_meeting(jonas: User, network: Network) -> None:
    client = signed_in(jonas)
    page = reverse("meetings:import", args=[network.slug])
    day = timezone.localdate() + timedelta(days=30)
    shown = client.post(
        page, {"file": a_file(an_event(day), an_event(day, "Broken", "RRULE:FREQ=NEVER\r\n"))}
    )
    text = shown.content.decode()
    assert "Runder Tisch" in text
    assert "How often the event repeats is not understood: “FREQ=NEVER”" in text
    row = shown.context["rows"][0]
    chosen = {
        "day": f"{row['start']:%Y-%m-%d}",
        "start": f"{row['start']:%H:%M}",
        "end": f"{row['end']:%H:%M}",
        "place": row["place"],
        "link": row["link"],
    }
    taken = client.post(page, chosen, follow=True)
    assert taken.status_code == 200
    form = client.get(reverse("meetings:new", args=[network.slug]), {"kind": Kind.OTHER}).context["form"]
    assert (form["day"].value(), form["start"].value(), form["end"].value()) == (f"{day}", "14:30", "16:00")
    assert form["place"].value() == "Rathaus, Saal"
    assert "Runder Tisch" not in taken.content.decode()


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7", b"BEGIN:VCARD\r\nEND:VCARD", b"BEGIN:VCALENDAR\r\n" + b"X" * 2_100_000],
)
def test_a_file_that_is_none_is_refused_at_the_field(jonas: User, network: Network, content: bytes) -> None:
    file = SimpleUploadedFile("x.ics", content)
    response = signed_in(jonas).post(reverse("meetings:import", args=[network.slug]), {"file": file})
    assert response.status_code == 422
    assert response.context["form"].errors["file"]


def test_a_file_with_nothing_near_says_so(jonas: User, network: Network) -> None:
    old = a_file(an_event(date(2001, 1, 1)))
    response = signed_in(jonas).post(reverse("meetings:import", args=[network.slug]), {"file": old})
    assert "No meeting found in this file" in response.content.decode()


def test_a_link_that_is_no_page_is_not_taken_over(jonas: User, network: Network) -> None:
    day = timezone.localdate() + timedelta(days=3)
    evil = a_file(an_event(day, "A", "URL:javascript:alert(1)\r\n"))
    response = signed_in(jonas).post(reverse("meetings:import", args=[network.slug]), {"file": evil})
    assert response.context["rows"][0]["link"] == ""
    assert "javascript:" not in response.content.decode()


def test_nobody_of_another_network_reads_a_file_here(network: Network, cast: Cast) -> None:
    response = signed_in(cast.people["pia-lennartz"]).get(reverse("meetings:import", args=[network.slug]))
    assert response.status_code == 404


def test_the_moment_of_the_edge_moves_once_a_day(feed: FeedAddress, jonas: User, network: Network) -> None:
    a_meeting(network, people=[jonas])
    morning = datetime(2026, 11, 22, 6, tzinfo=UTC)
    assert feed_file(feed, morning).hash == feed_file(feed, morning + timedelta(hours=12)).hash


# --- a series, lived through the real actions


def test_a_series_looks_the_same_in_three_calendars_as_on_our_pages(jonas: User, network: Network) -> None:
    need_all_three()
    actor = organizer(network)
    series = call_series(
        actor=actor,
        network=network,
        kind=Kind.EXCHANGE,
        first_on=timezone.localdate() + timedelta(days=10),
        time=time(9, 30),
        minutes_long=90,
        every=1,
        unit=Series.Unit.MONTHS,
        day_rule=Series.DayRule.WEEKDAY,
        people=[jonas],
    )
    meetings = list(series.meetings.order_by("starts_at"))
    assert len(meetings) > 6
    cancel(actor=actor, meeting=meetings[2], reason="illness")
    moved = meetings[4]
    assert moved.starts_at is not None
    assert moved.ends_at is not None
    day = timedelta(days=1)
    move(actor=actor, meeting=moved, starts_at=moved.starts_at + day, ends_at=moved.ends_at + day)
    assert_same_in_three(series)
    last = meetings[6].local_start
    assert last is not None
    end_series(actor=actor, series=series, last=last.date())
    assert_same_in_three(series)


def assert_same_in_three(series: Series) -> None:
    series = Series.objects.select_related("network").get(pk=series.pk)
    planned = series.meetings.filter(state="planned").order_by("starts_at")
    wanted = [int(meeting.starts_at.timestamp()) for meeting in planned if meeting.starts_at]
    text = calendars.series_invitation(series, address="a@b.example")
    for name, parser in PARSERS.items():
        (seen,) = parser([(text, wanted[0] - 86400, wanted[-1] + 86400)])
        assert [each.start for each in seen if isinstance(each, Seen)] == wanted, name
