"""Reads about networks, organisations and the people in them; and the Actor of a person."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mtd.accounts.models import User
from mtd.core.actor import Actor, Role
from mtd.core.encryption import fingerprint
from mtd.core.errors import Refused

from .models import Invitation, Membership, Network, NetworkMember, Organization

SESSION_KEY = "mtd.membership"
_ORDER = {Role.LEAD: 0, Role.WORKER: 1, Role.COORDINATOR: 2, Role.MODERATOR: 3, Role.PROGRAMME: 4}


@dataclass(frozen=True)
class Standing:
    """Who the person is here and now, with names, for the top of every page."""

    actor: Actor
    user: User
    membership: Membership | None
    network: Network | None
    memberships: tuple[Membership, ...]


def standing_of(user: User, membership_id: str | uuid.UUID | None = None) -> Standing:
    """The Actor of a person and the names that go with it; always the same two queries.

    `membership_id` chooses the current membership; one that is not the person's own is ignored.
    """
    own = list(
        Membership.objects.filter(user=user, ended_on__isnull=True)
        .select_related("organization", "network")
        .order_by("started_on", "id")
    )
    own.sort(key=lambda m: _ORDER[Role(m.role)])
    links = list(
        NetworkMember.objects.filter(
            organization_id__in={m.organization_id for m in own if m.organization_id}, left_on__isnull=True
        )
        .select_related("network")
        .order_by("joined_on", "id")
    )
    current = next((m for m in own if str(m.id) == str(membership_id)), own[0] if own else None)
    network = None
    if current is not None:
        network = current.network or next(
            (link.network for link in links if link.organization_id == current.organization_id), None
        )
    actor = Actor(
        user_id=user.id,
        memberships=tuple(m.ref() for m in own),
        current=current.ref() if current else None,
        organization_networks=tuple((link.organization_id, link.network_id) for link in links),
        language=user.language,
        demo=user.is_demo,
    )
    return Standing(actor=actor, user=user, membership=current, network=network, memberships=tuple(own))


def actor_for(user: User, membership_id: str | uuid.UUID | None = None) -> Actor:
    """The Actor of a person outside a request (jobs, demo, tests)."""
    return standing_of(user, membership_id).actor


def memberships_of(user: User) -> QuerySet[Membership]:
    """The person's running memberships."""
    return Membership.objects.filter(user=user, ended_on__isnull=True).select_related(
        "organization", "network"
    )


def people_of(organization: Organization) -> QuerySet[Membership]:
    """Who works there now, leads first."""
    return (
        Membership.objects.filter(organization=organization, ended_on__isnull=True)
        .select_related("user", "organization")
        .order_by("role", "user__name", "id")
    )


def people_of_network(network: Network) -> QuerySet[Membership]:
    """Coordination and external moderators of the network."""
    return (
        Membership.objects.filter(network=network, ended_on__isnull=True)
        .select_related("user", "network")
        .order_by("role", "user__name", "id")
    )


def leads_of(organization: Organization) -> QuerySet[User]:
    """Whoever leads the organisation now."""
    return _users(Q(organization=organization, role=Role.LEAD))


def workers_of(organization: Organization) -> QuerySet[User]:
    """Everybody who works for the organisation now, leads included."""
    return _users(Q(organization=organization))


def coordinators_of(network: Network) -> QuerySet[User]:
    """Whoever coordinates the network now."""
    return _users(Q(network=network, role=Role.COORDINATOR))


def moderators_of(network: Network) -> QuerySet[User]:
    """The network's external moderators."""
    return _users(Q(network=network, role=Role.MODERATOR))


def programme_people() -> QuerySet[User]:
    """The programme office."""
    return _users(Q(role=Role.PROGRAMME))


def _users(condition: Q) -> QuerySet[User]:
    running = Membership.objects.filter(condition, ended_on__isnull=True)
    return User.objects.filter(id__in=running.values("user_id"), is_active=True)


def organizations_of(network: Network) -> QuerySet[Organization]:
    """The network's organisations now, with `people` counted."""
    running = NetworkMember.objects.filter(network=network, left_on__isnull=True)
    return Organization.objects.filter(id__in=running.values("organization_id")).annotate(
        people=Count("memberships", filter=Q(memberships__ended_on__isnull=True), distinct=True)
    )


def familiar_names(actor: Actor) -> tuple[str, ...]:
    """The public names of the professional side in the actor's own networks: networks and their regions,
    organisations, colleagues. The identity guard does not take them for a family's. Never more than that."""
    if not actor.is_authenticated:
        return ()
    mine = Q(organization__in=actor.organization_ids) | Q(network__in=actor.network_ids)
    names: set[str] = set()
    linked = set(actor.organization_ids)
    for organization, *public in NetworkMember.objects.filter(
        network__in=actor.network_ids, left_on__isnull=True
    ).values_list(
        "organization", "organization__name", "organization__short_name", "network__name", "network__region"
    ):
        linked.add(organization)
        names.update(str(name) for name in public)
    people = Membership.objects.filter(
        mine | Q(organization__in=linked), ended_on__isnull=True, user__is_active=True
    ).values_list("user__name", "organization__name", "organization__short_name", "network__name")
    for row in people.order_by():
        names.update(str(name) for name in row if name)
    return tuple(sorted(name for name in names if name.strip()))


def networks_of(organization: Organization) -> QuerySet[Network]:
    """The networks the organisation belongs to now."""
    running = NetworkMember.objects.filter(organization=organization, left_on__isnull=True)
    return Network.objects.filter(id__in=running.values("network_id"))


def invitation_by_token(token: str) -> Invitation:
    """The open invitation of a link. Raises Refused with what to do now when it is used, revoked or too old."""
    try:
        invitation = Invitation.objects.select_related("organization", "network").get(
            token_hash=fingerprint(f"invitation {token}")
        )
    except Invitation.DoesNotExist as missing:
        raise Refused(
            _("This link is not complete. Please open it once more from the e-mail."),
            code="unknown_invitation",
        ) from missing
    if invitation.accepted_at is not None:
        raise Refused(
            _("This invitation has been used. Please sign in with your account."), code="used_invitation"
        )
    if invitation.revoked_at is not None:
        raise Refused(
            _("This invitation was withdrawn. Please ask whoever invited you."), code="revoked_invitation"
        )
    if not invitation.is_open:
        raise Refused(
            _("This invitation is older than 14 days. Please ask for a new one."), code="expired_invitation"
        )
    return invitation


def invitations_due(now: datetime) -> QuerySet[Invitation]:
    """Invitations to forget: used, withdrawn or run out long ago."""
    before = now - settings.MTD_KEEP_INVITATIONS
    return Invitation.objects.filter(
        Q(accepted_at__lt=before) | Q(revoked_at__lt=before) | Q(expires_at__lt=before)
    )
