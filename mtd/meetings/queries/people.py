"""Who can be invited to a network's meetings, and for which organisation they come."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from mtd.accounts.models import User
from mtd.core.actor import Role
from mtd.core.encryption import fingerprint
from mtd.meetings.models import Kind, Meeting, Participant
from mtd.organizations.models import Membership, Network, NetworkMember, Organization


@dataclass(frozen=True)
class Guest:
    """Somebody without an account: reached by mail, answers by a personal link."""

    name: str
    email: str
    language: str = ""
    organization: Organization | None = None


@dataclass(frozen=True)
class Invitable:
    """One person who can be invited: in which role, for which organisation (none: coordination, moderation)."""

    user: User
    role: str
    organization: Organization | None


_BY_DEFAULT: dict[str, frozenset[str]] = {
    Kind.COMMITTEE: frozenset({Role.LEAD, Role.COORDINATOR, Role.MODERATOR}),
    Kind.STEERING_GROUP: frozenset({Role.LEAD, Role.COORDINATOR}),
    Kind.EXCHANGE: frozenset({Role.LEAD, Role.WORKER, Role.COORDINATOR}),
    Kind.CASE_DISCUSSION: frozenset({Role.WORKER, Role.MODERATOR}),
    Kind.OTHER: frozenset(),
}
_RANK = {Role.LEAD: 0, Role.WORKER: 1, Role.COORDINATOR: 2, Role.MODERATOR: 3}


def _on(day: date) -> Q:
    return Q(started_on__lte=day) & (Q(ended_on__isnull=True) | Q(ended_on__gte=day))


def invitable(network: Network, on: date | None = None) -> list[Invitable]:
    """Everybody of the network's organisations, its coordination and moderation on that day, each person once.

    Ordered by organisation and name; coordination and moderation come last. Three queries.
    """
    day = on or timezone.localdate()
    members = NetworkMember.objects.filter(network=network, joined_on__lte=day).filter(
        Q(left_on__isnull=True) | Q(left_on__gte=day)
    )
    rows = (
        Membership.objects.filter(_on(day), user__is_active=True)
        .filter(Q(network=network) | Q(organization__in=members.values("organization")))
        .select_related("user", "organization")
    )
    found: dict[uuid.UUID, Invitable] = {}
    for row in sorted(rows, key=lambda r: (_RANK.get(Role(r.role), 9), str(r.pk))):
        found.setdefault(row.user_id, Invitable(row.user, row.role, row.organization))
    return sorted(
        found.values(),
        key=lambda p: (p.organization is None, p.organization.name if p.organization else "", p.user.name),
    )


def invited_by_default(kind: str, people: Iterable[Invitable]) -> list[User]:
    """Whom one usually invites to a meeting of this kind; for "other" nobody."""
    return [person.user for person in people if person.role in _BY_DEFAULT.get(kind, frozenset())]


def personal_token(participant: Participant) -> str:
    """The token of a guest's personal link: reckoned, never stored; the row keeps its fingerprint."""
    return fingerprint(f"personal link to a meeting {participant.pk}")


def link_for(participant: Participant, meeting: Meeting) -> str:
    """Where this participant answers: the meeting's page, or a guest's personal link."""
    if participant.is_guest:
        return reverse("meetings:personal", args=[personal_token(participant)])
    return reverse("meetings:meeting", args=[meeting.pk])


def hash_of(token: str) -> str:
    """What the row of a guest keeps of the token."""
    return fingerprint(f"participant {token}")


def guest_by_token(token: str) -> Participant | None:
    """The guest whose personal link this is; None if the link is wrong, withdrawn or too old."""
    return (
        Participant.objects.filter(token_hash=hash_of(token), removed_at__isnull=True, user__isnull=True)
        .exclude(token_hash="")
        .select_related("meeting__network", "meeting__series", "organization")
        .first()
    )


def further_invitations(guest: Participant) -> list[Participant]:
    """The same guest's invitations to the other meetings of the series that lie ahead, the next one first."""
    if guest.meeting.series_id is None or not guest.email:
        return []
    rows = Participant.objects.filter(
        email=guest.email,
        user__isnull=True,
        removed_at__isnull=True,
        meeting__series=guest.meeting.series_id,
        meeting__state=Meeting.State.PLANNED,
        meeting__starts_at__gt=timezone.now(),
    ).exclude(pk=guest.pk)
    return list(rows.select_related("meeting__network").order_by("meeting__starts_at")[:24])


def participants_of(meeting: Meeting) -> QuerySet[Participant]:
    """Who is invited now, with person and organisation."""
    return (
        meeting.participants.filter(removed_at__isnull=True)
        .select_related("user", "organization")
        .order_by(F("organization__name").asc(nulls_last=True), "user__name", "name", "id")
    )


def still_here(meeting: Meeting, people: Iterable[Participant]) -> list[Participant]:
    """Those who still belong to the network, and all guests: who left the organisation is not mailed any more."""
    here = {row.user.pk for row in invitable(meeting.network)}
    return [person for person in people if person.user_id is None or person.user_id in here]
