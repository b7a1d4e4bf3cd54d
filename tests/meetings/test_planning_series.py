"""Series of meetings, and finding a date among several."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from mtd.core.actor import ANONYMOUS, SYSTEM, Actor
from mtd.core.errors import Conflict, NotAllowed
from mtd.meetings import jobs
from mtd.meetings.actions import (
    add_dates,
    answer,
    call_series,
    cancel,
    change_series,
    end_series,
    fix_date,
    invite,
    move,
    propose_dates,
    remove_participant,
    vote,
    vote_by_link,
)
from mtd.meetings.actions.series import materialise
from mtd.meetings.models import AgendaItem, CancelReason, Meeting, Participant, Series
from mtd.meetings.queries import next_steps
from mtd.meetings.queries.meetings import coming_of, participants_voted, poll_of
from mtd.meetings.queries.people import Guest, participants_of
from mtd.meetings.queries.words import rhythm_text
from mtd.meetings.series import dates, horizon
from mtd.notifications.models import Message
from mtd.organizations.models import Membership, Network
from tests.cast import Cast
from tests.factories.agreements import refusal
from tests.factories.meetings import organizer, participant

Act = Callable[[str], Actor]
GUEST = Guest("Dr. Ina Feldmann", "ina.feldmann@praxis.example")


def a_series(network: Network, **fields: object) -> Series:
    """The committee every month on the same weekday at 14:00, from next month on, with one lead and one guest."""
    from mtd.meetings.queries.people import invitable, invited_by_default

    given: dict[str, object] = {
        "kind": "committee",
        "first_on": timezone.localdate() + timedelta(days=30),
        "time": time(14),
        "every": 1,
        "people": invited_by_default("committee", invitable(network)),
        "guests": [GUEST],
    }
    return call_series(actor=organizer(network), network=network, **(given | fields))  # type: ignore[arg-type]


def days_of(series: Series) -> list[date]:
    """The days of its meetings on the network's wall clock, cancelled ones too."""
    zone = series.network.zone
    starts = series.meetings.order_by("original_start").values_list("original_start", flat=True)
    return [start.astimezone(zone).date() for start in starts if start]


# --- calling -----------------------------------------------------------------------------------------------


def test_a_series_invites_by_one_mail_and_its_meetings_exist_until_the_end_of_next_year(
    network: Network,
) -> None:
    series = a_series(network, title="Interner Titel")
    today = timezone.localdate()
    assert days_of(series) == list(dates(series, upto=horizon(today, series.first_on)))
    assert days_of(series)[-1].year == max(today.year, series.first_on.year) + 1
    first = coming_of(series)[0]
    mails = Message.objects.filter(kind="meetings.invited")
    assert mails.count() == first.participants.count()
    for mail in mails:
        assert "RRULE:" in (mail.calendar or "")
        assert "Interner" not in mail.subject + mail.body + (mail.calendar or "")
    for meeting in series.meetings.select_related("network"):
        assert meeting.local_start is not None
        assert meeting.local_start.time() == time(14)
        assert meeting.participants.count() == first.participants.count()


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("every", {"every": 0}),
        ("every", {"every": 61}),
        ("minutes_long", {"minutes_long": 0}),
        ("rhythm", {"unit": "moons"}),
        ("rhythm", {"day_rule": "full moon"}),
        ("until", {"until": date(2001, 1, 1)}),
        ("past", {"first_on": date(2020, 1, 1)}),
        ("link", {"link": "data:text/html,x"}),
    ],
)
def test_a_rhythm_that_cannot_be_says_why(network: Network, code: str, fields: dict[str, object]) -> None:
    with refusal(code):
        a_series(network, **fields)
    assert not Series.objects.exists()


def test_a_series_whose_last_weekday_lies_after_its_end_is_refused(network: Network) -> None:
    # The 1st of a month, and the last such weekday of that month: it comes after the end named.
    first = (timezone.localdate().replace(day=1) + timedelta(days=70)).replace(day=1)
    with refusal("empty_series"):
        a_series(network, first_on=first, until=first + timedelta(days=3), day_rule="last_weekday")
    assert a_series(network, first_on=first, day_rule="last_weekday").first_on > first


def test_a_series_may_have_begun_long_ago_when_nobody_is_mailed(network: Network) -> None:
    series = a_series(network, first_on=date(2022, 3, 9), every=12, past=True, people=[], guests=[])
    assert [day.year for day in days_of(series)][:5] == [2022, 2023, 2024, 2025, 2026]
    assert not Message.objects.exists()


def test_a_rhythm_reads_as_words(network: Network) -> None:
    series = Series(network=network, first_on=date(2027, 1, 12), time=time(14), every=6)
    assert rhythm_text(series) == "every 6 months, on the second Tuesday"
    series.every, series.day_rule = 1, "last_weekday"
    assert rhythm_text(series) == "every month, on the last Tuesday"
    series.day_rule, series.until = "day", date(2028, 1, 31)
    assert rhythm_text(series) == "every month, on the 12th of the month, until 31 January 2028"
    series.unit, series.every, series.until = "weeks", 2, None
    assert rhythm_text(series) == "every 2 weeks, on Tuesday"


# --- going on ----------------------------------------------------------------------------------------------


def test_a_series_goes_on_year_after_year_without_gap_or_double(network: Network) -> None:
    series = a_series(network, every=5, unit="weeks")
    assert jobs.continue_series() == 0
    for year in (1, 2, 5):
        now = timezone.now() + timedelta(days=365 * year)
        assert materialise(actor=SYSTEM, series_id=series.pk, now=now) > 0
        assert materialise(actor=SYSTEM, series_id=series.pk, now=now) == 0
    found = days_of(series)
    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(weeks=5)}
    assert found == list(dates(series, upto=found[-1]))
    guests = Participant.objects.filter(meeting__series=series, user__isnull=True)
    assert guests.values("token_hash").distinct().count() == len(found)


def test_who_left_and_who_was_taken_off_is_not_taken_along(network: Network, cast: Cast) -> None:
    series = a_series(network)
    last = series.meetings.order_by("-original_start")[0]
    remove_participant(
        actor=organizer(network), participant=participant(last, GUEST.email), whole_series=True
    )
    lead = cast.people["leonie-brandt"]
    Membership.objects.filter(user=lead).update(ended_on=timezone.localdate() - timedelta(days=1))
    materialise(actor=SYSTEM, series_id=series.pk, now=timezone.now() + timedelta(days=366))
    new = series.meetings.order_by("-original_start")[0]
    assert new.pk != last.pk
    assert not new.participants.filter(email=GUEST.email).exists()
    assert not new.participants.filter(user=lead).exists()
    assert new.participants.exists()


def test_one_meeting_of_a_series_moves_alone_and_keeps_its_place_in_it(network: Network) -> None:
    series = a_series(network)
    meeting = coming_of(series)[0]
    original = meeting.original_start
    to = meeting.starts_at + timedelta(days=2)  # type: ignore[operator]
    Message.objects.all().delete()
    move(actor=organizer(network), meeting=meeting, starts_at=to, ends_at=to + timedelta(hours=1))
    meeting.refresh_from_db()
    assert (meeting.original_start, meeting.starts_at) == (original, to)
    assert "RECURRENCE-ID" in (Message.objects.filter(kind="meetings.moved")[0].calendar or "")
    assert (
        "RRULE:" not in (Message.objects.filter(kind="meetings.moved")[0].calendar or "").split("VEVENT")[1]
    )
    cancel(actor=organizer(network), meeting=meeting, reason=CancelReason.DATE)
    assert materialise(actor=SYSTEM, series_id=series.pk) == 0
    assert coming_of(series).exists()


def test_people_are_invited_to_answer_and_leave_a_whole_series_at_once(network: Network, act: Act) -> None:
    series = a_series(network)
    first = coming_of(series)[0]
    ahead = coming_of(series).count()
    Message.objects.all().delete()
    new = Guest("Herr Ostrowski", "o@x.example")
    invite(actor=organizer(network), meeting=first, guests=[new], whole_series=True)
    assert Participant.objects.filter(email="o@x.example").count() == ahead
    assert "RRULE:" in (Message.objects.get().calendar or "")
    answer(actor=act("leonie-brandt"), meeting=first, answer="yes", whole_series=True)
    assert Participant.objects.filter(user=act("leonie-brandt").user_id, answer="yes").count() == ahead
    remove_participant(
        actor=organizer(network), participant=participant(first, "o@x.example"), whole_series=True
    )
    assert not Participant.objects.filter(email="o@x.example", removed_at__isnull=True).exists()


def test_the_start_page_asks_for_the_next_meeting_of_a_series_only(network: Network, act: Act) -> None:
    a_series(network, every=1, unit="weeks", first_on=timezone.localdate() + timedelta(days=2))
    assert len(next_steps(act("leonie-brandt"))) == 1


# --- changing and ending -----------------------------------------------------------------------------------


def test_a_series_changed_from_a_day_on_keeps_the_past_and_takes_agendas_along(
    network: Network, act: Act
) -> None:
    series = a_series(network)
    first, second = coming_of(series)[:2]
    answer(actor=act("leonie-brandt"), meeting=second, answer="yes")
    AgendaItem.objects.create(meeting=second, title="Stand der Dinge", text="", notes="")
    day = second.local_start.date()  # type: ignore[union-attr]
    Message.objects.all().delete()
    new = change_series(
        actor=organizer(network),
        series=series,
        from_on=day,
        first_on=day + timedelta(days=7),
        time=time(9, 30),
        minutes_long=90,
        every=3,
        unit="months",
        day_rule="weekday",
        sequence=0,
    )
    series.refresh_from_db()
    assert series.ended_at is not None
    assert series.until == day - timedelta(days=1)
    assert list(coming_of(series)) == [first]
    second.refresh_from_db()
    assert second.series_id == new.pk
    assert second.local_start.time() == time(9, 30)  # type: ignore[union-attr]
    assert second.agenda_items.count() == 1
    assert not second.participants.exclude(answer="none").exists()
    assert days_of(new) == list(dates(new, upto=horizon(timezone.localdate(), new.first_on)))
    assert all(m.participants.count() == first.participants.count() for m in new.meetings.all())
    people = first.participants.count()
    assert Message.objects.filter(kind="meetings.ended", calendar_method="REQUEST").count() == people
    assert Message.objects.filter(kind="meetings.invited").count() == people
    with refusal("series_ended"):
        end_series(actor=organizer(network), series=series, last=day)


def test_a_denser_rhythm_has_people_at_all_its_meetings(network: Network) -> None:
    series = a_series(network, every=6)
    new = change_series(
        actor=organizer(network),
        series=series,
        from_on=series.first_on,
        first_on=series.first_on,
        time=time(14),
        minutes_long=120,
        every=1,
        unit="months",
        day_rule="weekday",
    )
    assert new.meetings.count() > 6
    assert all(meeting.participants.exists() for meeting in new.meetings.all())
    # Nothing of the old one is left, so calendars take the whole of it out.
    assert (
        Message.objects.filter(kind="meetings.ended").values_list("calendar_method", flat=True)[0] == "CANCEL"
    )


def test_the_new_rhythm_cannot_begin_before_the_day_of_change(network: Network) -> None:
    series = a_series(network)
    with refusal("first_before_change"):
        change_series(
            actor=organizer(network),
            series=series,
            from_on=series.first_on + timedelta(days=40),
            first_on=series.first_on,
            time=time(14),
            minutes_long=120,
            every=1,
            unit="months",
            day_rule="weekday",
        )
    with pytest.raises(Conflict):
        end_series(actor=organizer(network), series=series, last=series.first_on, sequence=7)
    with pytest.raises(NotAllowed):
        end_series(actor=ANONYMOUS, series=series, last=series.first_on)


def test_ending_a_series_keeps_what_was_worked_on_and_takes_the_rest_off(network: Network) -> None:
    series = a_series(network)
    ahead = list(coming_of(series))
    AgendaItem.objects.create(meeting=ahead[3], title="Stand der Dinge", text="", notes="")
    Message.objects.all().delete()
    end_series(actor=organizer(network), series=series, last=ahead[1].local_start.date())  # type: ignore[union-attr]
    assert list(coming_of(series)) == ahead[:2]
    kept = series.meetings.get(state=Meeting.State.CANCELLED)
    assert kept == ahead[3]
    assert kept.cancel_reason == CancelReason.SERIES
    assert "UNTIL=" in (Message.objects.filter(kind="meetings.ended")[0].calendar or "")
    assert materialise(actor=SYSTEM, series_id=series.pk, now=timezone.now() + timedelta(days=900)) == 0


# --- finding a date ----------------------------------------------------------------------------------------


def spans(*days: int) -> list[tuple[datetime, datetime]]:
    base = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return [(base + timedelta(days=d), base + timedelta(days=d, hours=2)) for d in days]


def a_poll(network: Network, cast: Cast, *days: int) -> Meeting:
    return propose_dates(
        actor=organizer(network),
        network=network,
        kind="exchange",
        options=spans(*(days or (10, 12, 14))),
        people=[cast.people["jonas-reuter"], cast.people["leonie-brandt"]],
        guests=[GUEST],
    )


def test_a_date_is_found_among_several_and_everybody_is_invited_to_it(
    network: Network, cast: Cast, act: Act
) -> None:
    meeting = a_poll(network, cast)
    first, second, third = meeting.date_options.all()
    assert {m.calendar_method for m in Message.objects.filter(kind="meetings.poll")} == {""}
    assert [s.action for s in next_steps(act("jonas-reuter"))] == ["Choose dates"]
    vote(
        actor=act("jonas-reuter"),
        meeting=meeting,
        choices={first.pk: "yes", second.pk: "yes", third.pk: "no"},
    )
    vote(actor=act("leonie-brandt"), meeting=meeting, choices={first.pk: "no", second.pk: "if_needed"})
    guest = participant(meeting, GUEST.email)
    vote_by_link(actor=ANONYMOUS, participant=guest, choices={second.pk: "yes"})
    vote_by_link(actor=ANONYMOUS, participant=guest, choices={second.pk: "if_needed"})
    poll = poll_of(meeting, list(participants_of(meeting)))
    assert [(d.yes, d.if_needed, d.no, d.best) for d in poll.dates] == [
        (1, 0, 1, False),
        (1, 2, 0, True),
        (0, 0, 1, False),
    ]
    assert poll.answered == participants_voted(meeting) == 3
    assert [s.action for s in next_steps(organizer(network))] == ["Fix the date"]
    with pytest.raises(NotAllowed):
        fix_date(actor=act("jonas-reuter"), option=second)
    fix_date(actor=organizer(network), option=second)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.starts_at) == (Meeting.State.PLANNED, second.starts_at)
    assert Message.objects.filter(kind="meetings.invited", calendar_method="REQUEST").count() == 3
    with refusal("wrong_state"):
        fix_date(actor=organizer(network), option=first)
    with refusal("wrong_state"):
        vote(actor=act("jonas-reuter"), meeting=meeting, choices={first.pk: "yes"})


def test_one_date_alone_or_the_same_twice_is_no_choice(network: Network, cast: Cast) -> None:
    with refusal("too_few_dates"):
        a_poll(network, cast, 10, 10)
    with refusal("past"):
        a_poll(network, cast, -1, 10)
    with refusal("too_many_dates"):
        a_poll(network, cast, *range(1, 40))


def test_dates_can_be_added_and_a_date_gone_by_cannot_be_fixed(network: Network, cast: Cast) -> None:
    meeting = a_poll(network, cast)
    assert add_dates(actor=organizer(network), meeting=meeting, options=spans(12, 20)) == 1
    assert meeting.date_options.count() == 4
    option = meeting.date_options.all()[0]
    type(option).objects.filter(pk=option.pk).update(
        starts_at=timezone.now() - timedelta(hours=3), ends_at=timezone.now() - timedelta(hours=1)
    )
    option.refresh_from_db()
    with refusal("past"):
        fix_date(actor=organizer(network), option=option)


def test_votes_for_dates_of_another_meeting_count_nowhere(network: Network, cast: Cast, act: Act) -> None:
    meeting, other = a_poll(network, cast), a_poll(network, cast, 30, 31)
    strange = other.date_options.all()[0]
    with refusal("choice"):
        vote(actor=act("jonas-reuter"), meeting=meeting, choices={strange.pk: "yes"})
    with refusal("choice"):
        vote(actor=act("jonas-reuter"), meeting=other, choices={strange.pk: "perhaps"})
    with pytest.raises(NotAllowed):
        vote(actor=organizer(network), meeting=meeting, choices={})


def test_giving_up_a_poll_tells_everybody_without_a_calendar_part(network: Network, cast: Cast) -> None:
    meeting = a_poll(network, cast)
    Message.objects.all().delete()
    cancel(actor=organizer(network), meeting=meeting, reason=CancelReason.NOT_NEEDED)
    assert Message.objects.filter(kind="meetings.poll", calendar_method="").count() == 3
