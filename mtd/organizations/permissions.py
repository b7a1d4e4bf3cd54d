"""Who sees which network, organisation, membership and invitation, and who may change them."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mtd.core.actor import Actor, Role
from mtd.core.errors import YES, Denied, Permission

from .models import NETWORK_ROLES, Invitation, Membership, Network, NetworkMember, Organization

# --- networks ---------------------------------------------------------------------------------------------


def visible_networks(actor: Actor) -> QuerySet[Network]:
    """The programme office sees all; everybody else the networks they have to do with."""
    if actor.is_programme:
        return Network.objects.all()
    return Network.objects.filter(id__in=actor.network_ids)


def can_view_network(actor: Actor, network: Network) -> bool:
    """Same answer as visible_networks, for one network in hand."""
    return actor.is_programme or network.id in actor.network_ids


def own_networks(actor: Actor) -> QuerySet[Network]:
    """Networks the person works in, coordinates or moderates: whose cooperation and meetings they take part in.

    Narrower than `visible_networks`: the programme office knows of every network and enters none.
    """
    return Network.objects.filter(id__in=actor.network_ids)


def can_create_network(actor: Actor) -> Permission:
    """Networks are opened by the programme office."""
    return YES if actor.is_programme else Denied(_("New networks are opened by the programme office."))


def can_edit_network(actor: Actor, network: Network) -> Permission:
    """The programme office, and whoever coordinates the network."""
    if actor.is_programme or network.id in actor.coordinates:
        return YES
    return Denied(_("Only the network coordination and the programme office change a network."))


# --- organisations ----------------------------------------------------------------------------------------


def _in_networks(network_ids: frozenset[uuid.UUID]) -> Q:
    running = NetworkMember.objects.filter(network_id__in=network_ids, left_on__isnull=True)
    return Q(id__in=running.values("organization_id"))


def visible_organizations(actor: Actor) -> QuerySet[Organization]:
    """One's own, and the organisations of the networks one has to do with; all for the programme office."""
    if actor.is_programme:
        return Organization.objects.all()
    return Organization.objects.filter(Q(id__in=actor.organization_ids) | _in_networks(actor.network_ids))


def can_view_organization(actor: Actor, organization: Organization) -> bool:
    """Same answer as visible_organizations, for one organisation in hand."""
    if actor.is_programme or organization.id in actor.organization_ids:
        return True
    return NetworkMember.objects.filter(
        organization=organization, network_id__in=actor.network_ids, left_on__isnull=True
    ).exists()


def can_create_organization(actor: Actor, network: Network) -> Permission:
    """Coordinators of the network and the programme office add organisations."""
    if actor.is_programme or network.id in actor.coordinates:
        return YES
    return Denied(_("Organisations are added by the network coordination or the programme office."))


def can_edit_organization(actor: Actor, organization: Organization) -> Permission:
    """The organisation's own lead, its networks' coordinators, the programme office."""
    if actor.is_programme or organization.id in actor.lead_of or _coordinates(actor, organization):
        return YES
    return Denied(
        _("Only the lead of this organisation, the network coordination or the programme office change this.")
    )


def _coordinates(actor: Actor, organization: Organization) -> bool:
    if not actor.coordinates:
        return False
    return NetworkMember.objects.filter(
        organization=organization, network_id__in=actor.coordinates, left_on__isnull=True
    ).exists()


def is_member(actor: Actor, organization_id: uuid.UUID) -> bool:
    """True when the person works for the organisation, in whatever role."""
    return organization_id in actor.organization_ids


# --- memberships ------------------------------------------------------------------------------------------


def visible_memberships(actor: Actor) -> QuerySet[Membership]:
    """Who works where: visible with the organisation or network; the programme office only to itself."""
    if actor.is_programme:
        return Membership.objects.all()
    if actor.user_id is None:
        return Membership.objects.none()
    return Membership.objects.filter(
        Q(user_id=actor.user_id)
        | Q(organization_id__in=visible_organizations(actor).values("id"))
        | Q(network_id__in=actor.network_ids)
    )


def can_view_membership(actor: Actor, membership: Membership) -> bool:
    """Same answer as visible_memberships, for one membership in hand."""
    if actor.is_programme or (actor.user_id is not None and membership.user_id == actor.user_id):
        return True
    if membership.organization is not None:
        return can_view_organization(actor, membership.organization)
    return membership.network_id is not None and membership.network_id in actor.network_ids


def can_end_membership(actor: Actor, membership: Membership) -> Permission:
    """Leads end memberships of their organisation, coordinators those of their network, programme all."""
    if membership.ended_on is not None:
        return Denied(_("This membership has already ended."))
    if actor.is_programme:
        return YES
    if membership.organization is not None:
        if membership.organization_id in actor.lead_of or _coordinates(actor, membership.organization):
            return YES
        return Denied(_("Only the lead of this organisation or the network coordination may end this."))
    if membership.network_id in actor.coordinates and membership.role == Role.MODERATOR:
        return YES
    return Denied(_("Only the programme office may end this."))


# --- invitations ------------------------------------------------------------------------------------------


def visible_invitations(actor: Actor) -> QuerySet[Invitation]:
    """Leads see those into their organisation, coordinators those of their network, the programme all."""
    if actor.is_programme:
        return Invitation.objects.all()
    own = Q(organization_id__in=actor.lead_of) | Q(network_id__in=actor.coordinates)
    if actor.coordinates:
        running = NetworkMember.objects.filter(network_id__in=actor.coordinates, left_on__isnull=True)
        own |= Q(organization_id__in=running.values("organization_id"))
    return Invitation.objects.filter(own)


def can_view_invitation(actor: Actor, invitation: Invitation) -> bool:
    """Same answer as visible_invitations, for one invitation in hand."""
    if actor.is_programme:
        return True
    if invitation.organization is not None:
        return invitation.organization_id in actor.lead_of or _coordinates(actor, invitation.organization)
    return invitation.network_id is not None and invitation.network_id in actor.coordinates


def can_invite(
    actor: Actor, *, role: str, organization: Organization | None = None, network: Network | None = None
) -> Permission:
    """Lead: into the own organisation. Coordinator: organisations and moderators of the own network. Programme: all."""
    if actor.is_programme:
        return YES
    if organization is not None:
        if organization.id in actor.lead_of or _coordinates(actor, organization):
            return YES
        return Denied(_("People are invited by the lead of the organisation or by the network coordination."))
    if network is not None and role in NETWORK_ROLES:
        if role == Role.MODERATOR and network.id in actor.coordinates:
            return YES
        if role == Role.MODERATOR:
            return Denied(_("External moderators are invited by the network coordination."))
        return Denied(_("Network coordinators are invited by the programme office."))
    return Denied(_("Only the programme office invites into the programme office."))
