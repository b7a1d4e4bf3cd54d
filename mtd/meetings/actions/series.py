"""Series: called, changed from a day on, ended; and their meetings made to exist in time."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from datetime import time as Time

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mtd.accounts.models import User
from mtd.audit.actions import record
from mtd.core.actor import Actor
from mtd.core.errors import Conflict, Refused, require
from mtd.meetings.calling import check_ahead, check_place, check_rhythm, check_title
from mtd.meetings.models import AgendaItem, CancelReason, Meeting, Participant, Place, Series
from mtd.meetings.permissions import can_call, can_organize_series
from mtd.meetings.queries.meetings import coming_of
from mtd.meetings.queries.people import Guest, hash_of, participants_of, personal_token, still_here
from mtd.meetings.series import dates, horizon, wall
from mtd.organizations.models import Network

from .inviting import enlist, told
from .telling import ENDED, INVITED, tell_series


def _locked(series_id: uuid.UUID) -> Series:
    return Series.objects.select_for_update(of=("self",)).select_related("network").get(pk=series_id)


def _require_running(series: Series, sequence: int | None) -> None:
    if series.ended_at is not None:
        raise Refused(_("This series has ended. Call a new one instead."), code="series_ended")
    if sequence is not None and sequence != series.sequence:
        raise Conflict(
            _(
                "Somebody changed this series while you were looking at it. Your change was not made. "
                "Please look at it once more and decide again."
            ),
            code="changed_meanwhile",
        )


def _new_meetings(series: Series, days: Iterable[date]) -> list[Meeting]:
    zone, long = series.network.zone, timedelta(minutes=series.minutes_long)
    starts = [wall(day, series.time, zone) for day in days]
    return [
        Meeting(
            network=series.network,
            series=series,
            original_start=start,
            kind=series.kind,
            title=series.title,
            subject_id=series.subject_id,
            starts_at=start,
            ends_at=start + long,
            place_kind=series.place_kind,
            place=series.place,
            link=series.link,
            invited_at=timezone.now(),
            created_by_id=series.created_by_id,
            minute_taker_id=series.created_by_id,
        )
        for start in starts
    ]


def _missing_days(series: Series, today: date) -> list[date]:
    """The days of the series, up to the end of next year, that come after the last meeting that exists."""
    last = series.meetings.aggregate(last=Max("original_start"))["last"]
    have = last.astimezone(series.network.zone).date() if last else date.min
    return [day for day in dates(series, upto=horizon(today, series.first_on)) if day > have]


def _materialise(series: Series, today: date, template: Meeting | None = None) -> list[Meeting]:
    """Let the missing meetings exist, with the people of the last one (or of `template`) who are still there."""
    days = _missing_days(series, today)
    if not days:
        return []
    template = template or series.meetings.order_by("-original_start").first()
    people: list[Participant] = []
    if template is not None:
        template.network = series.network
        people = [p for p in still_here(template, participants_of(template)) if p.address]
    made = Meeting.objects.bulk_create(_new_meetings(series, days))
    _copy_people(people, made)
    return made


def _copy_people(people: list[Participant], meetings: list[Meeting]) -> None:
    rows = [
        Participant(
            meeting=meeting,
            user_id=p.user_id,
            organization_id=p.organization_id,
            name=p.name,
            email=p.email,
            language=p.language,
            optional=p.optional,
            told_sequence=0,
        )
        for meeting in meetings
        for p in people
    ]
    for row in rows:
        if row.user_id is None:
            row.token_hash = hash_of(personal_token(row))
    Participant.objects.bulk_create(rows, batch_size=500)


def _checked(series: Series, first_on: date, *, ahead: bool) -> Series:
    """The series with its first day made the true first; Refused for a rhythm that cannot be."""
    series.first_on = first_on
    check_rhythm(series)
    check_place(series.place_kind, series.link)
    first = next(dates(series, upto=series.until or date.max), None)
    if first is None:
        raise Refused(
            _("No meeting falls into this span. Please look at the first and the last day."),
            code="empty_series",
            field="until",
        )
    series.first_on = first
    if ahead:
        check_ahead(wall(first, series.time, series.network.zone))
    return series


@transaction.atomic(durable=True)
def call_series(
    *,
    actor: Actor,
    network: Network,
    kind: str,
    first_on: date,
    time: Time,
    minutes_long: int = 120,
    every: int = 6,
    unit: str = Series.Unit.MONTHS,
    day_rule: str = Series.DayRule.WEEKDAY,
    until: date | None = None,
    title: str = "",
    place_kind: str = Place.ON_SITE,
    place: str = "",
    link: str = "",
    subject_id: uuid.UUID | None = None,
    people: Iterable[User] = (),
    guests: Iterable[Guest] = (),
    past: bool = False,
) -> Series:
    """Call meetings that come again, and invite to all of them by one mail each.

    Its meetings exist until the end of next year; `materialise` goes on from there. With `past` the series may have
    begun long ago; then nobody is mailed. Raises what `call_meeting` raises, and Refused for a rhythm that cannot be.
    """
    require(can_call(actor, network, kind))
    check_title(kind, title)
    series = Series(
        network=network,
        kind=kind,
        title=title.strip(),
        subject_id=subject_id,
        time=time,
        minutes_long=minutes_long,
        every=every,
        unit=unit,
        day_rule=day_rule,
        until=until,
        place_kind=place_kind,
        place=place.strip(),
        link=link,
        created_by_id=actor.user_id,
    )
    _checked(series, first_on, ahead=not past).save(force_insert=True)
    meetings = Meeting.objects.bulk_create(
        _new_meetings(series, dates(series, upto=horizon(timezone.localdate(), series.first_on)))
    )
    model = meetings[-1]
    invited = enlist(model, people, guests)
    _copy_people(invited, meetings[:-1])
    named = coming_of(series).first()
    if not past and named is not None:
        on_it = list(participants_of(named))
        tell_series(actor=actor, series=series, meeting=named, people=on_it, what=INVITED)
    Participant.objects.filter(meeting__in=meetings).update(told_sequence=0)
    record(actor, "series.called", series, kind=kind, first_on=series.first_on, people=len(invited))
    return series


def _ahead(series: Series, after: date) -> QuerySet[Meeting]:
    """Planned meetings of the series, not begun, whose day in the series is later than `after`."""
    begin = wall(after + timedelta(days=1), Time(0), series.network.zone)
    return Meeting.objects.filter(
        series=series,
        state=Meeting.State.PLANNED,
        original_start__gte=begin,
        starts_at__gt=timezone.now(),
    ).order_by("original_start")


def _drop(meetings: QuerySet[Meeting]) -> None:
    """Take planned meetings off: what somebody has worked on stays readable as cancelled, the rest goes."""
    touched = Q(Exists(AgendaItem.objects.filter(meeting=OuterRef("pk")))) | Q(
        Exists(Participant.objects.filter(meeting=OuterRef("pk")).exclude(answer="none"))
    )
    kept = set(meetings.filter(touched).values_list("pk", flat=True))
    gone = set(meetings.values_list("pk", flat=True)) - kept
    now = timezone.now()
    Meeting.objects.filter(pk__in=kept).update(
        state=Meeting.State.CANCELLED, cancel_reason=CancelReason.SERIES, cancelled_at=now
    )
    Meeting.objects.filter(pk__in=gone).delete()


def _close(actor: Actor, series: Series, last: date, model: Meeting | None) -> None:
    """End the series with this day, and tell everybody who is invited to what would have come."""
    series.sequence += 1
    series.ended_at = timezone.now()
    series.until = max(last, series.first_on)
    series.save(update_fields=["sequence", "ended_at", "until"])
    if model is None:
        return
    people = still_here(model, participants_of(model))
    method = "REQUEST" if last >= series.first_on else "CANCEL"
    tell_series(actor=actor, series=series, meeting=model, people=people, what=ENDED, method=method)


@transaction.atomic(durable=True)
def end_series(*, actor: Actor, series: Series, last: date, sequence: int | None = None) -> Series:
    """End a series: `last` is its last possible day. Meetings until then stay, later ones are taken off; all are told.

    Raises Refused once it has ended, Conflict if somebody changed it meanwhile.
    """
    series = _locked(series.pk)
    require(can_organize_series(actor, series))
    _require_running(series, sequence)
    later = _ahead(series, last)
    model = later.select_related("network", "series").first()
    if model is not None:
        model.series = series
    _close(actor, series, last, model)
    _drop(later)
    record(actor, "series.ended", series, last=last)
    return series


@transaction.atomic(durable=True)
def change_series(
    *,
    actor: Actor,
    series: Series,
    from_on: date,
    first_on: date,
    time: Time,
    minutes_long: int,
    every: int,
    unit: str,
    day_rule: str,
    until: date | None = None,
    place_kind: str = Place.ON_SITE,
    place: str = "",
    link: str = "",
    sequence: int | None = None,
) -> Series:
    """Change a series from a day on: the old one ends before it, a new one begins at `first_on`, one mail for each.

    What was before stays as it was. Agendas of meetings to come move along, the next one's to the next one. Answers
    are asked for anew. Raises Refused for a rhythm that cannot be, Conflict if somebody changed it meanwhile.
    """
    old = _locked(series.pk)
    require(can_organize_series(actor, old))
    _require_running(old, sequence)
    if first_on < from_on:
        raise Refused(
            _("The first meeting of the new rhythm must not lie before the day from which it holds."),
            code="first_before_change",
            field="first_on",
        )
    new = Series(
        network=old.network,
        kind=old.kind,
        title=old.title,
        subject_id=old.subject_id,
        time=time,
        minutes_long=minutes_long,
        every=every,
        unit=unit,
        day_rule=day_rule,
        until=until,
        place_kind=place_kind,
        place=place.strip(),
        link=link,
        created_by_id=old.created_by_id,
    )
    _checked(new, first_on, ahead=True).save(force_insert=True)
    later = _ahead(old, from_on - timedelta(days=1))
    waiting = list(later.select_related("network", "series"))
    last_one = old.meetings.select_related("network", "series").order_by("-original_start").first()
    template = waiting[0] if waiting else last_one
    if waiting:
        waiting[0].series = old
    _close(actor, old, from_on - timedelta(days=1), waiting[0] if waiting else None)
    days = list(dates(new, upto=horizon(timezone.localdate(), new.first_on)))
    for meeting, shape in zip(waiting, _new_meetings(new, days), strict=False):
        Meeting.objects.filter(pk=meeting.pk).update(
            series=new,
            original_start=shape.original_start,
            starts_at=shape.starts_at,
            ends_at=shape.ends_at,
            place_kind=shape.place_kind,
            place=shape.place,
            link=shape.link,
            sequence=0,
        )
        Participant.objects.filter(meeting=meeting).update(
            answer=Participant.Answer.NONE, answer_sequence=0, told_sequence=0, reminded_at=None
        )
    _drop(_ahead(old, from_on - timedelta(days=1)))
    _materialise(new, timezone.localdate(), template)
    named = coming_of(new).first()
    if named is not None:
        people = still_here(named, participants_of(named))
        tell_series(actor=actor, series=new, meeting=named, people=people, what=INVITED)
        told(people, named)
    record(actor, "series.changed", old, becomes=new.pk, from_on=from_on)
    return new


@transaction.atomic(durable=True)
def materialise(*, actor: Actor, series_id: uuid.UUID, now: datetime | None = None) -> int:
    """Let the meetings of a series exist until the end of next year; returns how many were new. May run any time.

    Nobody is mailed: the invitation to the series holds for them. Who left the network is not taken along.
    """
    series = _locked(series_id)
    if series.ended_at is not None:
        return 0
    today = (now or timezone.now()).astimezone(series.network.zone).date()
    made = _materialise(series, today)
    if made:
        record(actor, "series.continued", series, meetings=len(made))
    return len(made)
