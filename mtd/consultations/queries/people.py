"""Who is to answer a question today: the one who was asked, who stands in, or the lead where nobody else is there."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from mtd.accounts.models import User
from mtd.consultations.models import Absence, Consultation, Way
from mtd.core.actor import Role
from mtd.meetings.models import Participant
from mtd.organizations.models import Membership

Away = Mapping[tuple[uuid.UUID, uuid.UUID], User | None]
"""Organisation and person who is away there today → who stands in."""


@dataclass(frozen=True)
class Asked:
    """Who answers a question today, and in whose place."""

    people: tuple[User, ...]
    for_whom: str = ""
    """The person named in the question, where somebody else answers for them."""
    because: str = ""
    """"away": somebody stands in; "left": the lead answers; "nobody": the lead answers, since nobody stands in."""


def away_today(places: Collection[uuid.UUID]) -> Away:
    """Who is away today in these organisations, and their deputy. One query."""
    if not places:
        return {}
    today = timezone.localdate()
    absent = Absence.objects.filter(organization__in=places, since__lte=today, until__gte=today)
    return {
        (one.organization_id, one.user_id): one.deputy
        for one in absent.select_related("deputy").order_by("since", "id")
    }


def deputy_today(where: uuid.UUID, user_id: uuid.UUID, people: Iterable[User], away: Away) -> User | None:
    """Who stands in for somebody away: their deputy, unless that one is away as well or works there no more."""
    deputy = away.get((where, user_id))
    if deputy is None or (where, deputy.pk) in away:
        return None
    return next((user for user in people if user.pk == deputy.pk), None)


def asked_today(consultations: Iterable[Consultation]) -> dict[uuid.UUID, Asked]:
    """Who answers each of these today. Three queries for all of them; texts are not touched."""
    sent = list(consultations)
    places = {c.recipient_id for c in sent if c.recipient_id}
    people: dict[uuid.UUID | None, list[User]] = {}
    leads: dict[uuid.UUID | None, list[User]] = {}
    rows = Membership.objects.filter(organization__in=places, ended_on__isnull=True, user__is_active=True)
    for row in rows.select_related("user").order_by("user__name", "id") if places else ():
        people.setdefault(row.organization_id, []).append(row.user)
        if row.role == Role.LEAD:
            leads.setdefault(row.organization_id, []).append(row.user)
    away = away_today(places)
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
    for one in sent:
        if one.way == Way.DISCUSSION:
            guests = invited.get(one.meeting_id, []) if one.meeting_id else []
            found[one.pk] = Asked(tuple(_without_asker(one, guests)))
        else:
            where = one.recipient_id
            found[one.pk] = _asked(
                one,
                _without_asker(one, people.get(where, [])),
                _without_asker(one, leads.get(where, [])),
                away,
            )
    return found


def asked_of(consultation: Consultation) -> Asked:
    """Who answers one question today."""
    return asked_today([consultation])[consultation.pk]


def _without_asker(one: Consultation, users: Iterable[User]) -> list[User]:
    return [user for user in users if user.pk != one.asked_by_id]


def _asked(one: Consultation, people: Sequence[User], leads: Sequence[User], away: Away) -> Asked:
    """Among those who work there and did not ask it themselves."""
    where = one.recipient_id
    if where is None:
        return Asked(())

    def there(users: Sequence[User]) -> tuple[User, ...]:
        return tuple(user for user in users if (where, user.pk) not in away)

    lead = there(leads) or tuple(leads)
    if one.adviser is None:
        if one.way == Way.ADVISER:  # their account is gone altogether
            return Asked(lead, because="left")
        here = there(people)
        return Asked(here) if here else Asked(lead or tuple(people), because="nobody")
    adviser = next((user for user in people if user.pk == one.adviser_id), None)
    name = one.adviser.full_name
    if adviser is None:
        return Asked(lead, name, "left")
    if (where, adviser.pk) not in away:
        return Asked((adviser,))
    deputy = deputy_today(where, adviser.pk, people, away)
    return Asked((deputy,), name, "away") if deputy is not None else Asked(lead, name, "nobody")
