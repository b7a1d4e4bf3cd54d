"""What the doors of one organisation look at, loaded once: who works where, who is away, which meetings come."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext

from mtd.accounts.models import User
from mtd.core.actor import Actor
from mtd.meetings.models import Kind, Meeting, Participant
from mtd.organizations.models import Membership, Network, NetworkMember, Organization

from .ground import Ground
from .people import Away, away_today, deputy_today


@dataclass
class Look:
    """What several doors need, loaded once."""

    actor: Actor
    network: Network
    own: Organization
    people: Mapping[uuid.UUID, Sequence[User]]
    """Who works where now, by organisation."""
    here: frozenset[uuid.UUID]
    """Organisations that belong to the network now."""
    away: Away
    """Who is away where today, and their deputy."""
    meetings: Sequence[Meeting]
    invited: Mapping[uuid.UUID, frozenset[uuid.UUID | None]]
    """Meeting → organisations that are invited."""

    @classmethod
    def around(cls, actor: Actor, network: Network, own_id: uuid.UUID, grounds: Iterable[Ground]) -> Look:
        wanted = {own_id, *(party.organization_id for ground in grounds for party in ground.parties)}
        people: dict[uuid.UUID, list[User]] = defaultdict(list)
        rows = Membership.objects.filter(organization__in=wanted, ended_on__isnull=True, user__is_active=True)
        for row in rows.select_related("user").order_by("user__name", "id"):
            if row.organization_id is not None:
                people[row.organization_id].append(row.user)
        here = NetworkMember.objects.filter(network=network, left_on__isnull=True)
        meetings = list(coming(network))
        invited: dict[uuid.UUID, set[uuid.UUID | None]] = defaultdict(set)
        for meeting_id, organization_id in (
            Participant.objects.filter(meeting__in=meetings, removed_at__isnull=True)
            .filter(Q(organization=own_id) | Q(user=actor.user_id, user__isnull=False))
            .values_list("meeting", "organization")
        ):
            invited[meeting_id].add(organization_id)
        return cls(
            actor=actor,
            network=network,
            own=Organization.objects.get(pk=own_id),
            people=people,
            here=frozenset(here.values_list("organization", flat=True)),
            away=away_today(wanted),
            meetings=meetings,
            invited={pk: frozenset(who) for pk, who in invited.items()},
        )

    def named(self, email: str, parties: Iterable[uuid.UUID]) -> tuple[User, uuid.UUID] | None:
        """The account of an address among the people of these organisations, and where they work."""
        wanted = email.strip().lower()
        for organization_id in parties:
            for user in self.people.get(organization_id, ()):
                if wanted and user.email.lower() == wanted:
                    return user, organization_id
        return None

    def stand_in(self, user: User, where: uuid.UUID) -> str:
        """Who answers for somebody who is away today; empty when nobody is away."""
        if (where, user.pk) not in self.away:
            return ""
        people = [one for one in self.people.get(where, ()) if one.pk != self.actor.user_id]
        deputy = deputy_today(where, user.pk, people, self.away)
        return deputy.full_name if deputy else pgettext("stands in for somebody", "the lead")


def coming(network: Network) -> Iterable[Meeting]:
    return (
        Meeting.objects.filter(
            network=network,
            kind__in=[Kind.CASE_DISCUSSION, Kind.EXCHANGE],
            state=Meeting.State.PLANNED,
            starts_at__gt=timezone.now(),
        )
        .select_related("network")
        .order_by("starts_at", "id")[:24]
    )
