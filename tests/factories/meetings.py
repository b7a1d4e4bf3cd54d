"""Meetings for tests: called, invited to, held, all through the real actions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from mtd.accounts.models import User
from mtd.core.actor import Actor
from mtd.meetings.actions import call_meeting, mark_held
from mtd.meetings.models import Kind, Meeting, Participant
from mtd.meetings.queries.people import Guest, invitable, invited_by_default
from mtd.organizations.models import Network, Organization
from mtd.organizations.queries import actor_for, coordinators_of, leads_of, organizations_of

LONG = timedelta(hours=2)


def organizer(network: Network) -> Actor:
    """Who calls meetings in tests: the network's coordinator, or where there is none the lead of an organisation."""
    user = coordinators_of(network).order_by("email").first()
    if user is None:
        first = organizations_of(network).order_by("name").first()
        assert first is not None
        user = leads_of(first).order_by("email").first()
    assert user is not None
    return actor_for(user)


def a_meeting(
    network: Network,
    kind: str = Kind.COMMITTEE,
    when: datetime | None = None,
    *,
    people: Iterable[User] | None = None,
    guests: Iterable[Guest] = (),
    held: bool = False,
    actor: Actor | None = None,
    minutes: int = 120,
    **fields: object,
) -> Meeting:
    """A meeting, called through the real action: in two weeks, or (with `held` or a `when` gone by) already held.

    `people` are whom one usually invites to this kind, unless told. Of a held one everybody was there.
    """
    held = held or (when is not None and when <= timezone.now())
    start = when or timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(
        days=-14 if held else 14
    )
    day = start.astimezone(network.zone).date() if held else None
    invited = invited_by_default(kind, invitable(network, day)) if people is None else list(people)
    if held:
        fields.setdefault("present", invited)
    meeting = call_meeting(
        actor=actor or organizer(network),
        network=network,
        kind=kind,
        starts_at=start,
        ends_at=start + timedelta(minutes=minutes),
        people=invited,
        guests=guests,
        held=held,
        **fields,  # type: ignore[arg-type]
    )
    return Meeting.objects.select_related("network").get(pk=meeting.pk)


def hold(meeting: Meeting, *, absent: Iterable[User] = (), actor: Actor | None = None) -> Meeting:
    """Let a planned meeting have taken place: its time is put two weeks back, then it is marked as held by the action.

    Everybody invited was there, but for `absent`.
    """
    now = Meeting.objects.select_related("network").get(pk=meeting.pk)
    assert now.starts_at is not None
    assert now.ends_at is not None
    if now.starts_at > timezone.now():
        back = now.starts_at - timezone.now() + timedelta(days=14)
        Meeting.objects.filter(pk=now.pk).update(starts_at=now.starts_at - back, ends_at=now.ends_at - back)
    away = {user.pk for user in absent}
    seen = {
        person.pk: Participant.Attendance.ABSENT if person.user_id in away else Participant.Attendance.PRESENT
        for person in now.participants.filter(removed_at__isnull=True)
    }
    mark_held(actor=actor or organizer(now.network), meeting=now, attendance=seen)
    return Meeting.objects.select_related("network").get(pk=meeting.pk)


def participant(meeting: Meeting, who: User | str) -> Participant:
    """The row of a person, or of a guest by e-mail."""
    rows = meeting.participants.select_related("user", "organization", "meeting")
    return rows.get(email=who) if isinstance(who, str) else rows.get(user=who)


def people_of_organization(meeting: Meeting, organization: Organization) -> list[Participant]:
    """Who is invited for this organisation."""
    return list(meeting.participants.filter(organization=organization))
