"""Who is to answer a question today: the one who was asked, who stands in, or the lead where nobody else is there."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from mtd.accounts.models import User
from mtd.consultations.models import Absence, Consultation, Way
from mtd.core.actor import Role
from mtd.meetings.models import Participant
from mtd.organizations.models import Membership


@dataclass(frozen=True)
class Asked:
    """Who answers a question today, and in whose place."""

    people: tuple[User, ...]
    for_whom: str = ""
    """The person named in the question, where somebody else answers for them."""
    because: str = ""
    """"away": somebody stands in; "left": the lead answers; "nobody": the lead answers, since no deputy is named."""


def asked_today(consultations: Iterable[Consultation]) -> dict[uuid.UUID, Asked]:
    """Who answers each of these today. Three queries for all of them; texts are not touched."""
    sent = list(consultations)
    places = {c.recipient_id for c in sent if c.recipient_id}
    people: dict[uuid.UUID, list[User]] = {}
    leads: dict[uuid.UUID, list[User]] = {}
    rows = Membership.objects.filter(organization__in=places, ended_on__isnull=True, user__is_active=True)
    for row in rows.select_related("user").order_by("user__name", "id") if places else ():
        assert row.organization_id is not None
        people.setdefault(row.organization_id, []).append(row.user)
        if row.role == Role.LEAD:
            leads.setdefault(row.organization_id, []).append(row.user)
    today = timezone.localdate()
    away = {}
    absent = Absence.objects.filter(organization__in=places, since__lte=today, until__gte=today)
    for one in absent.select_related("deputy").order_by("since", "id") if places else ():
        away[(one.organization_id, one.user_id)] = one.deputy
    meetings = {c.meeting_id for c in sent if c.way == Way.DISCUSSION and c.meeting_id}
    invited: dict[uuid.UUID, list[User]] = {}
    for guest in (
        Participant.objects.filter(
            meeting__in=meetings, user__isnull=False, user__is_active=True, removed_at__isnull=True
        )
        .select_related("user")
        .order_by("user__name", "id")
        if meetings
        else ()
    ):
        assert guest.user is not None
        invited.setdefault(guest.meeting_id, []).append(guest.user)
    found = {}
    for one_sent in sent:
        if one_sent.way == Way.DISCUSSION:
            guests = invited.get(one_sent.meeting_id, []) if one_sent.meeting_id else []
            asked = Asked(tuple(guests))
        else:
            where = one_sent.recipient_id
            asked = _asked(
                one_sent, people.get(where, []) if where else [], leads.get(where, []) if where else [], away
            )
        others = tuple(user for user in asked.people if user.pk != one_sent.asked_by_id)
        found[one_sent.pk] = Asked(others, asked.for_whom, asked.because)
    return found


def asked_of(consultation: Consultation) -> Asked:
    """Who answers one question today."""
    return asked_today([consultation])[consultation.pk]


def _asked(
    one: Consultation,
    people: list[User],
    leads: list[User],
    away: dict[tuple[uuid.UUID, uuid.UUID], User | None],
) -> Asked:
    where = one.recipient_id
    here = {user.pk for user in people}
    if one.adviser_id is None:
        there = [user for user in people if where is None or (where, user.pk) not in away]
        return Asked(tuple(there)) if there else Asked(tuple(leads), because="nobody")
    name = one.adviser.full_name if one.adviser else ""
    if one.adviser_id not in here:
        return Asked(tuple(leads), name, "left")
    if where is not None and (where, one.adviser_id) in away:
        deputy = away[(where, one.adviser_id)]
        if deputy is not None and deputy.pk in here and deputy.is_active:
            return Asked((deputy,), name, "away")
        return Asked(tuple(leads), name, "nobody")
    return Asked(tuple(user for user in people if user.pk == one.adviser_id))
