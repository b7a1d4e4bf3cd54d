"""Pages of meetings: calling, answering, finding a date, and a guest's personal link."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mtd.core.actor import Actor
from mtd.meetings.actions import call_series, propose_dates
from mtd.meetings.actions.agenda import add_item
from mtd.meetings.actions.closing import circulate
from mtd.meetings.actions.minutes import write_notes
from mtd.meetings.forms.planning import GuestsField
from mtd.meetings.models import DateVote, Meeting, Series
from mtd.meetings.permissions import can_write_minutes
from mtd.meetings.queries.people import Guest, invitable, personal_token
from mtd.meetings.series import wall
from mtd.notifications.models import Message
from mtd.organizations.models import Network
from mtd.organizations.queries import actor_for
from tests.cast import Cast
from tests.factories.meetings import a_meeting, hold, organizer, participant
from tests.markup import flat

Act = Callable[[str], Actor]
Browse = Callable[..., Client]
GUEST = Guest("Dr. Ina Feldmann", "ina.feldmann@praxis.example")
BOSS = "miriam-hoffstedt"


def text_of(response: Any) -> str:
    return str(response.content.decode())


def filled(network: Network, **fields: Any) -> dict[str, Any]:
    """A new meeting as typed, in two months at 14:00 of the network."""
    given: dict[str, Any] = {
        "way": "one",
        "day": (timezone.localdate() + timedelta(days=60)).isoformat(),
        "start": "14:00",
        "end": "16:00",
        "place_kind": "on_site",
        "place": "Rathaus",
        "link": "",
        "people": [str(row.user.pk) for row in invitable(network)],
        "guests": "",
    }
    return given | fields


# --- calling -----------------------------------------------------------------------------------------------


def test_first_one_chooses_the_kind_and_workers_see_why_not_every_kind(
    network: Network, browse: Browse
) -> None:
    page = text_of(browse("jonas-reuter").get(f"/meetings/network/{network.slug}/new/"))
    assert "?kind=exchange" in page
    assert "?kind=committee" not in page
    assert "The coordination or the lead of an organisation calls committee and steering group." in page


def test_a_meeting_is_called_by_the_form_at_the_time_of_the_network(network: Network, browse: Browse) -> None:
    url = f"/meetings/network/{network.slug}/new/?kind=committee"
    client = browse(BOSS)
    assert "checked" in text_of(client.get(url))
    response = client.post(url, filled(network, guests="Ina Feldmann, ina@praxis.example"))
    meeting = Meeting.objects.get()
    assert response.headers["Location"] == f"/meetings/{meeting.pk}/"
    assert meeting.local_start is not None
    assert meeting.local_start.time() == time(14)
    assert meeting.participants.filter(email="ina@praxis.example", name="Ina Feldmann").exists()
    assert Message.objects.filter(kind="meetings.invited").count() == meeting.participants.count()


def test_a_series_and_a_vote_on_dates_are_called_by_the_same_form(network: Network, browse: Browse) -> None:
    url = f"/meetings/network/{network.slug}/new/?kind=exchange"
    client = browse(BOSS)
    client.post(url, filled(network, way="series", every="2", unit="weeks", day_rule="weekday"))
    series = Series.objects.get()
    assert (series.every, series.unit, series.minutes_long) == (2, "weeks", 120)
    day = timezone.localdate() + timedelta(days=40)
    days = {"poll_day_1": day.isoformat(), "poll_day_2": day.isoformat(), "poll_start_2": "10:00"}
    response = client.post(url, filled(network, way="poll", day="", **days))
    poll = Meeting.objects.get(state="polling")
    assert response.headers["Location"] == f"/meetings/{poll.pk}/dates/"
    local = [o.starts_at.astimezone(network.zone).hour for o in poll.date_options.all()]
    assert local == [10, 14]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"end": "13:00"}, "The meeting ends before it begins."),
        ({"day": ""}, "Please name the day."),
        ({"day": "2027-02-31"}, "Enter a valid date."),
        ({"day": "2020-01-01"}, "That is in the past."),
        ({"day": "0001-01-01"}, "Please look at the year."),
        ({"day": "9999-12-31"}, "Please look at the year."),
        ({"link": "javascript:alert(1)"}, "A link begins with https://"),
        ({"guests": "nobody at all"}, "holds no e-mail address"),
        ({"guests": "ina@praxis.example"}, "lacks the name"),
        ({"way": "series", "every": "0"}, "greater than or equal to 1"),
        ({"way": "series", "every": ""}, "Please say how often"),
        ({"way": "series", "every": "6", "until": "2021-01-01"}, "The series ends before it begins."),
        ({"way": "poll"}, "Propose at least two different dates."),
        ({"people": [str(uuid.uuid4())]}, "is not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_stays(
    network: Network, browse: Browse, fields: dict[str, Any], said: str
) -> None:
    url = f"/meetings/network/{network.slug}/new/?kind=committee"
    response = browse(BOSS).post(url, filled(network, place="Haus am Markt") | fields)
    page = text_of(response)
    assert response.status_code == 422
    assert said in page
    assert "Haus am Markt" in page
    assert not Meeting.objects.exists()


def test_a_time_that_the_clock_skips_is_asked_for_anew_and_a_doubled_one_is_explained(
    network: Network, browse: Browse
) -> None:
    url = f"/meetings/network/{network.slug}/new/?kind=committee"
    client = browse(BOSS)
    # 2027: the clock goes forward on 28 March and back on 31 October.
    page = text_of(client.post(url, filled(network, day="2027-03-28", start="02:30", end="05:00")))
    assert "02:30 does not exist on 28 March 2027" in page
    assert "03:30" in page
    response = client.post(url, filled(network, day="2027-10-31", start="02:30", end="05:00"), follow=True)
    assert "02:30 comes twice on 31 October 2027" in text_of(response)
    meeting = Meeting.objects.get()
    assert meeting.starts_at == datetime.fromisoformat("2027-10-31T00:30:00+00:00")


def test_a_case_discussion_is_not_given_a_title(network: Network, browse: Browse) -> None:
    url = f"/meetings/network/{network.slug}/new/?kind=case_discussion"
    client = browse(BOSS)
    assert 'name="title"' not in text_of(client.get(url))
    client.post(url, filled(network, title="Familie M."))
    assert Meeting.objects.get().title == ""


def test_a_meeting_of_the_past_is_noted_without_mails(network: Network, browse: Browse) -> None:
    url = f"/meetings/network/{network.slug}/new/?kind=committee"
    day = (timezone.localdate() - timedelta(days=90)).isoformat()
    browse(BOSS).post(url, filled(network, day=day, held="on"))
    assert Meeting.objects.get().state == Meeting.State.HELD
    assert not Message.objects.exists()


def test_guests_are_read_from_lines_in_several_shapes() -> None:
    typed = "Ina Feldmann <ina@x.example>\n\n Bo Ek;bo@x.example \nDr. Li Wu  li@x.example"
    assert [(g.name, g.email) for g in GuestsField().clean(typed)] == [
        ("Ina Feldmann", "ina@x.example"),
        ("Bo Ek", "bo@x.example"),
        ("Dr. Li Wu", "li@x.example"),
    ]


# --- lists and the meeting's page --------------------------------------------------------------------------


def test_an_empty_list_teaches_and_offers_the_first_step(network: Network, browse: Browse) -> None:
    page = text_of(browse(BOSS).get(f"/meetings/network/{network.slug}/"))
    assert "No meeting yet" in page
    assert f"/meetings/network/{network.slug}/new/" in page
    assert "You are not invited to a meeting yet" in text_of(browse("jonas-reuter").get("/meetings/"))


def test_the_list_shows_of_a_series_the_next_meeting_and_the_past_by_year(
    network: Network, browse: Browse
) -> None:
    call_series(
        actor=organizer(network),
        network=network,
        kind="committee",
        first_on=timezone.localdate() + timedelta(days=5),
        time=time(14),
        every=1,
    )
    a_meeting(network, when=wall(date(2024, 5, 14), time(14), network.zone), place="Alter Saal")
    client = browse(BOSS)
    page = text_of(client.get(f"/meetings/network/{network.slug}/"))
    assert "every month" in page
    assert "Show" in page
    assert page.count("meet__what") < 4
    assert "Alter Saal" in text_of(client.get(f"/meetings/network/{network.slug}/?year=2024"))
    many = text_of(client.get(f"/meetings/network/{network.slug}/?all=1"))
    assert many.count("meet__what") > 10


def test_a_list_of_six_meetings_takes_as_many_queries_as_one_of_two(network: Network, browse: Browse) -> None:
    client = browse(BOSS)

    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get(url).status_code == 200
        return len(counted)

    def more(times: int) -> None:
        for number in range(times):
            a_meeting(network, when=timezone.now() + timedelta(days=5 + number))
            a_meeting(network, when=timezone.now() - timedelta(days=5 + number))

    more(1)
    urls = (f"/meetings/network/{network.slug}/", "/meetings/")
    before = [queries(url) for url in urls]
    more(3)
    assert [queries(url) for url in urls] == before


def test_who_is_invited_sees_names_and_link_and_others_of_the_network_only_that_it_meets(
    network: Network, browse: Browse, cast: Cast
) -> None:
    meeting = a_meeting(network, "steering_group", link="https://treffen.example/raum")
    invited = text_of(browse("leonie-brandt").get(f"/meetings/{meeting.pk}/"))
    outside = text_of(browse("jonas-reuter").get(f"/meetings/{meeting.pk}/"))
    assert "treffen.example" in invited
    assert "Ulrike Sand" in invited
    assert "treffen.example" not in outside
    assert "Ulrike Sand" not in outside
    assert "people are invited" in outside
    assert browse("anke-wolters").get(f"/meetings/{meeting.pk}/").status_code == 404


def test_one_answers_on_the_page_and_the_answer_is_marked(network: Network, browse: Browse) -> None:
    meeting = a_meeting(network)
    client = browse("leonie-brandt")
    page = text_of(client.post(f"/meetings/{meeting.pk}/", {"do": "answer", "answer": "maybe"}, follow=True))
    assert "Your answer is noted." in page
    assert 'value="maybe" aria-pressed="true"' in flat(page)


def test_the_organiser_moves_invites_notes_cancels_on_the_page(
    network: Network, browse: Browse, cast: Cast
) -> None:
    meeting = a_meeting(network, people=[cast.people["leonie-brandt"]])
    client, url = browse(BOSS), f"/meetings/{meeting.pk}/"
    jonas = cast.people["jonas-reuter"]
    invited = {"do": "invite", "invite-people": [str(jonas.pk)], "invite-guests": "Ina F, ina@x.example"}
    assert "Invited:" in text_of(client.post(url, invited, follow=True))
    person = participant(meeting, cast.people["leonie-brandt"])
    client.post(url, {"do": "note", "participant": str(person.pk), "answer": "no"})
    client.post(url, {"do": "remove", "participant": str(participant(meeting, jonas).pk)})
    moved = {
        "do": "move",
        "move-day": (timezone.localdate() + timedelta(days=50)).isoformat(),
        "move-start": "10:00",
        "move-end": "12:00",
        "move-place_kind": "online",
        "move-place": "",
        "move-link": "https://treffen.example/x",
        "move-sequence": "0",
    }
    assert client.post(url, moved).status_code == 302
    again = client.post(url, moved | {"move-start": "11:00"})
    assert again.status_code == 422
    assert "Somebody changed this meeting while you were looking at it" in text_of(again)
    assert client.post(url, {"do": "cancel", "cancel-reason": "", "cancel-sequence": "1"}).status_code == 422
    client.post(url, {"do": "cancel", "cancel-reason": "illness", "cancel-sequence": "1"})
    meeting.refresh_from_db()
    assert meeting.state == Meeting.State.CANCELLED
    assert meeting.local_start is not None
    assert meeting.local_start.hour == 10
    assert "does not take place: illness" in text_of(client.get(url))


@pytest.mark.parametrize("do", ["move", "cancel", "invite", "held", "reopen"])
def test_a_worker_cannot_do_what_the_organiser_does(network: Network, browse: Browse, do: str) -> None:
    meeting = a_meeting(network, "exchange")
    data = {"do": do} | {
        "move-day": "2027-05-05",
        "move-start": "10:00",
        "move-end": "12:00",
        "move-place_kind": "online",
        "move-sequence": "0",
        "cancel-reason": "illness",
        "cancel-sequence": "0",
        "invite-guests": "Ina F, ina@x.example",
    }
    response = browse("jonas-reuter").post(f"/meetings/{meeting.pk}/", data)
    assert response.status_code == 403
    meeting.refresh_from_db()
    assert (meeting.state, meeting.sequence) == (Meeting.State.PLANNED, 0)


def test_the_organiser_names_who_keeps_the_minutes_but_no_guest(network: Network, browse: Browse) -> None:
    meeting = a_meeting(network, "exchange", guests=[GUEST])
    client, url = browse(BOSS), f"/meetings/{meeting.pk}/"
    jonas = meeting.participants.get(user__email__startswith="jonas-reuter")
    page = text_of(client.post(url, {"do": "minutes", "participant": str(jonas.pk)}, follow=True))
    assert "Jonas Reuter keeps the minutes." in page
    meeting.refresh_from_db()
    assert can_write_minutes(actor_for(jonas.user), meeting)
    guest = participant(meeting, GUEST.email)
    refused = client.post(url, {"do": "minutes", "participant": str(guest.pk)})
    assert refused.status_code == 422
    assert "somebody on the list who has an account" in text_of(refused)


def test_an_unknown_deed_does_not_exist(network: Network, browse: Browse) -> None:
    meeting = a_meeting(network)
    assert browse(BOSS).post(f"/meetings/{meeting.pk}/", {"do": "explode"}).status_code == 404
    assert browse(BOSS).post(f"/meetings/{meeting.pk}/dates/", {"do": "explode"}).status_code == 404


def test_a_meeting_that_is_over_is_marked_as_held_with_one_button(network: Network, browse: Browse) -> None:
    meeting = a_meeting(network)
    Meeting.objects.filter(pk=meeting.pk).update(
        starts_at=timezone.now() - timedelta(hours=3), ends_at=timezone.now() - timedelta(hours=1)
    )
    client, url = browse(BOSS), f"/meetings/{meeting.pk}/"
    assert "over, not noted yet" in text_of(client.get(url))
    assert "marked as held" in text_of(client.post(url, {"do": "held"}, follow=True))


# --- series ------------------------------------------------------------------------------------------------


def test_a_series_is_changed_and_ended_on_its_page(network: Network, browse: Browse) -> None:
    series = call_series(
        actor=organizer(network),
        network=network,
        kind="committee",
        first_on=timezone.localdate() + timedelta(days=20),
        time=time(14),
        every=3,
    )
    client, url = browse(BOSS), f"/meetings/series/{series.pk}/"
    first = series.first_on.isoformat()
    changed = {
        "do": "change",
        "change-from_on": first,
        "change-first_on": first,
        "change-start": "09:00",
        "change-end": "10:30",
        "change-every": "2",
        "change-unit": "months",
        "change-day_rule": "last_weekday",
        "change-place_kind": "on_site",
        "change-sequence": "0",
    }
    wrong = client.post(url, changed | {"change-end": "08:00"})
    assert wrong.status_code == 422
    response = client.post(url, changed)
    new = Series.objects.get(ended_at__isnull=True)
    assert response.headers["Location"] == f"/meetings/series/{new.pk}/"
    assert (new.time, new.minutes_long, new.day_rule) == (time(9), 90, "last_weekday")
    end = {"do": "end", "end-last": timezone.localdate().isoformat(), "end-sequence": "0"}
    assert browse("leonie-brandt").post(f"/meetings/series/{new.pk}/", end).status_code == 403
    client.post(f"/meetings/series/{new.pk}/", end)
    assert not Series.objects.filter(ended_at__isnull=True).exists()
    assert not Meeting.objects.filter(state="planned").exists()


# --- finding a date ----------------------------------------------------------------------------------------


@pytest.fixture
def poll(network: Network, cast: Cast) -> Meeting:
    """Two dates, two people and a guest."""
    base = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=10)
    return propose_dates(
        actor=organizer(network),
        network=network,
        kind="exchange",
        options=[
            (base, base + timedelta(hours=2)),
            (base + timedelta(days=1), base + timedelta(days=1, hours=2)),
        ],
        people=[cast.people["jonas-reuter"], cast.people["leonie-brandt"]],
        guests=[GUEST],
    )


def test_dates_are_voted_on_added_and_fixed_on_the_page(poll: Meeting, browse: Browse) -> None:
    url = f"/meetings/{poll.pk}/dates/"
    first, second = poll.date_options.all()
    jonas, boss = browse("jonas-reuter"), browse(BOSS)
    jonas.post(url, {"do": "vote", f"o{first.pk.hex}": "yes", f"o{second.pk.hex}": "if_needed"})
    assert DateVote.objects.count() == 2
    assert jonas.post(url, {"do": "vote"}).status_code == 422
    assert jonas.post(url, {"do": "fix", "option": str(first.pk)}).status_code == 403
    more = {"do": "add", "more-day": "2020-01-01", "more-start": "10:00", "more-end": "12:00"}
    assert "That is in the past." in text_of(boss.post(url, more))
    day = (timezone.localdate() + timedelta(days=33)).isoformat()
    assert boss.post(url, more | {"more-day": day}).status_code == 302
    assert "suits most" in text_of(boss.get(url))
    assert boss.post(url, {"do": "fix", "option": "nonsense"}).status_code == 404
    assert (
        boss.post(url, {"do": "fix", "option": str(first.pk)}).headers["Location"] == f"/meetings/{poll.pk}/"
    )


# --- the personal link -------------------------------------------------------------------------------------


def link_of(meeting: Meeting) -> str:
    return f"/meetings/me/{personal_token(participant(meeting, GUEST.email))}/"


def test_a_guest_answers_without_signing_in_and_sees_no_title_and_no_other_names(
    network: Network, client: Client
) -> None:
    meeting = a_meeting(network, title="Interner Titel", guests=[GUEST], place="Rathaus")
    page = text_of(client.get(link_of(meeting)))
    assert "Rathaus" in page
    assert network.name in page
    assert "Interner Titel" not in page
    assert "Leonie" not in page
    assert client.post(link_of(meeting), {"do": "answer", "answer": "yes"}).status_code == 302
    assert participant(meeting, GUEST.email).answer == "yes"
    assert participant(meeting, GUEST.email).source == "link"
    assert client.post(link_of(meeting), {"do": "answer", "answer": "x"}).status_code == 422
    assert client.post(link_of(meeting), {"do": "explode"}).status_code == 404


def test_a_guest_votes_on_dates_by_the_link(poll: Meeting, client: Client) -> None:
    option = poll.date_options.all()[0]
    client.post(link_of(poll), {"do": "vote", f"o{option.pk.hex}": "yes"})
    assert DateVote.objects.get().participant.email == GUEST.email


def test_a_wrong_an_old_and_a_withdrawn_link_say_what_to_do(network: Network, client: Client) -> None:
    meeting = hold(a_meeting(network, guests=[GUEST]))
    assert client.get(link_of(meeting)).status_code == 200
    url = link_of(meeting)
    meeting.participants.filter(email=GUEST.email).update(token_hash="")
    for wrong in (url, "/meetings/me/x/", "/meetings/me/%00/", f"/meetings/me/{'a' * 3000}/"):
        response = client.get(wrong)
        assert response.status_code == 404
        assert "This link leads nowhere any more" in text_of(response)
    assert client.post(url, {"do": "answer", "answer": "yes"}).status_code == 404


def test_the_personal_page_is_kept_by_nobody_and_found_by_no_search_engine(
    network: Network, client: Client
) -> None:
    response = client.get(link_of(a_meeting(network, guests=[GUEST])))
    assert "no-store" in response.headers["Cache-Control"]
    assert "noindex" in text_of(response)
    assert "no-referrer" in text_of(response)


def test_a_guest_reads_the_minutes_by_the_link_and_objects_to_them(network: Network, client: Client) -> None:
    meeting = hold(a_meeting(network, guests=[GUEST]))
    boss = organizer(network)
    item = add_item(actor=boss, meeting=meeting, title="Stand der Dinge")
    write_notes(actor=boss, item=item, notes="Es wurde viel gelacht.", base_revision=item.revision)
    assert "Es wurde viel gelacht." not in text_of(client.get(link_of(meeting)))
    circulate(actor=boss, meeting=Meeting.objects.get(pk=meeting.pk))
    assert "Es wurde viel gelacht." in text_of(client.get(link_of(meeting)))
    wrong = client.post(link_of(meeting), {"do": "object", "text": ""})
    assert wrong.status_code == 422
    typed = {"do": "object", "text": "Ich habe nicht gelacht.", "item": ""}
    assert client.post(link_of(meeting), typed).status_code == 302
    assert "Ich habe nicht gelacht." in text_of(client.get(link_of(meeting)))


def test_a_guest_of_a_series_finds_its_further_meetings_and_answers_for_all(
    network: Network, client: Client
) -> None:
    series = call_series(
        actor=organizer(network),
        network=network,
        kind="exchange",
        first_on=timezone.localdate() + timedelta(days=5),
        time=time(14),
        every=3,
        guests=[GUEST],
    )
    first, second = series.meetings.order_by("starts_at")[:2]
    assert link_of(second) in text_of(client.get(link_of(first)))
    client.post(link_of(first), {"do": "answer", "answer": "yes", "whole_series": "on"})
    assert participant(second, GUEST.email).answer == "yes"
    page = text_of(client.get(link_of(second)))
    assert 'value="yes" aria-pressed="true"' in flat(page)
