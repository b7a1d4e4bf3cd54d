"""Every change to networks, organisations, memberships and invitations."""

from __future__ import annotations

import secrets
import zoneinfo
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mtd.accounts.actions import create_account
from mtd.accounts.models import User
from mtd.audit.actions import record
from mtd.core.actor import Actor, Role
from mtd.core.encryption import fingerprint
from mtd.core.errors import NotAllowed, Refused, require
from mtd.notifications.actions import enqueue, notify

from .models import (
    INVITATION_DAYS,
    ORGANIZATION_ROLES,
    Invitation,
    Membership,
    Network,
    NetworkMember,
    Organization,
    today,
)
from .permissions import (
    can_create_network,
    can_create_organization,
    can_edit_network,
    can_edit_organization,
    can_end_membership,
    can_invite,
    can_view_invitation,
)
from .queries import invitation_by_token, invitations_due

OPEN_INVITATIONS = 50
"""So many open invitations into one place at most: an address book is not a network."""


def _free_slug(name: str) -> str:
    base = slugify(name)[:70] or "network"
    slug, number = base, 2
    while Network.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug


def _known_zone(time_zone: str) -> str:
    if time_zone not in zoneinfo.available_timezones():
        raise Refused(_("This time zone is not known."), code="unknown_time_zone", field="time_zone")
    return time_zone


@transaction.atomic(durable=True)
def create_network(
    *, actor: Actor, name: str, country: str, region: str, time_zone: str, language: str
) -> Network:
    """Open a network. Only the programme office does."""
    require(can_create_network(actor))
    network = Network.objects.create(
        name=name,
        slug=_free_slug(name),
        country=country,
        region=region,
        time_zone=_known_zone(time_zone),
        language=language,
    )
    record(actor, "network.created", network)
    return network


@transaction.atomic(durable=True)
def edit_network(
    *,
    actor: Actor,
    network: Network,
    name: str,
    country: str,
    region: str,
    time_zone: str,
    language: str,
) -> Network:
    """Change a network's particulars; its slug, which stands in links, stays."""
    network = Network.objects.select_for_update().get(pk=network.pk)
    require(can_edit_network(actor, network))
    network.name, network.country, network.region = name, country, region
    network.time_zone, network.language = _known_zone(time_zone), language
    network.save()
    record(actor, "network.changed", network)
    return network


@transaction.atomic(durable=True)
def create_organization(
    *,
    actor: Actor,
    network: Network,
    name: str,
    short_name: str,
    help_system: str,
    city: str,
    legal_form: str = "",
    address: str = "",
    email: str = "",
    phone: str = "",
    website: str = "",
) -> Organization:
    """Add an organisation to a network; it lies in the network's country.

    Raises Refused("organization_exists") when the network already has one of this name.
    """
    network = Network.objects.select_for_update().get(pk=network.pk)
    require(can_create_organization(actor, network))
    if NetworkMember.objects.filter(
        network=network, left_on__isnull=True, organization__name__iexact=name
    ).exists():
        raise Refused(
            _("The network already has an organisation of this name."),
            code="organization_exists",
            field="name",
        )
    organization = Organization.objects.create(
        name=name,
        short_name=short_name,
        help_system=help_system,
        legal_form=legal_form,
        country=network.country,
        city=city,
        address=address,
        email=email,
        phone=phone,
        website=website,
    )
    NetworkMember.objects.create(network=network, organization=organization)
    record(actor, "organization.created", organization, network=network.pk)
    return organization


@transaction.atomic(durable=True)
def edit_organization(
    *,
    actor: Actor,
    organization: Organization,
    name: str,
    short_name: str,
    help_system: str,
    city: str,
    legal_form: str = "",
    address: str = "",
    email: str = "",
    phone: str = "",
    website: str = "",
) -> Organization:
    """Change an organisation's particulars. Signed agreements keep the name they were signed with."""
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    require(can_edit_organization(actor, organization))
    organization.name, organization.short_name = name, short_name
    organization.help_system, organization.legal_form = help_system, legal_form
    organization.city, organization.address = city, address
    organization.email, organization.phone, organization.website = email, phone, website
    organization.save()
    record(actor, "organization.changed", organization)
    return organization


@transaction.atomic(durable=True)
def end_membership(*, actor: Actor, membership: Membership) -> Membership:
    """End a membership today. Raises Refused("last_lead") when nobody would be left to sign."""
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    require(can_end_membership(actor, membership))
    if membership.role == Role.LEAD:
        others = Membership.objects.filter(
            organization=membership.organization, role=Role.LEAD, ended_on__isnull=True
        ).exclude(pk=membership.pk)
        if not others.exists():
            raise Refused(
                _("This is the only lead of the organisation. Please invite another lead first."),
                code="last_lead",
            )
    membership.ended_on = max(today(), membership.started_on)
    membership.save(update_fields=["ended_on"])
    record(actor, "membership.ended", membership, role=membership.role)
    return membership


@transaction.atomic(durable=True)
def invite(
    *,
    actor: Actor,
    email: str,
    role: str,
    language: str,
    organization: Organization | None = None,
    network: Network | None = None,
) -> Invitation:
    """Send an invitation link by e-mail; it is good for 14 days and works once.

    An earlier open invitation of the same address into the same place is withdrawn, so that one link counts.
    Raises Refused("already_member") when the person is there already.
    """
    _lock_place(organization, network)
    require(can_invite(actor, role=role, organization=organization, network=network))
    address = email.strip().lower()
    if Membership.objects.filter(
        user__email=address, organization=organization, network=network, role=role, ended_on__isnull=True
    ).exists():
        raise Refused(
            _("This person already belongs here in this role."), code="already_member", field="email"
        )
    place = Invitation.objects.filter(
        organization=organization, network=network, accepted_at__isnull=True, revoked_at__isnull=True
    )
    place.filter(email=address).update(revoked_at=timezone.now())
    if place.filter(expires_at__gt=timezone.now()).count() >= OPEN_INVITATIONS:
        raise Refused(
            _("There are too many open invitations. Please withdraw some first."), code="too_many_invitations"
        )
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=address,
        role=role,
        organization=organization,
        network=network,
        language=language,
        token_hash=fingerprint(f"invitation {token}"),
        invited_by_id=actor.user_id,
        expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
    )
    enqueue(
        actor=actor,
        kind="invitation",
        address=address,
        language=language,
        subject=_("Invitation to Make the Difference"),
        body=_invitation_text(invitation, token),
    )
    record(actor, "invitation.sent", invitation, role=role)
    return invitation


def _lock_place(organization: Organization | None, network: Network | None) -> None:
    """Two invitations into one place wait for each other, so that the earlier one is seen."""
    if organization is not None:
        Organization.objects.select_for_update().get(pk=organization.pk)
    if network is not None:
        Network.objects.select_for_update().get(pk=network.pk)


def _invitation_text(invitation: Invitation, token: str) -> Callable[[], str]:
    """Composed in the language of the invitation."""
    inviter = invitation.invited_by
    place = invitation.organization or invitation.network

    def text() -> str:
        return gettext(
            "Good day,\n\n"
            "%(inviter)s invites you to work with “%(place)s” as “%(role)s” in Make the Difference, where "
            "addiction care and youth welfare reach, sign and keep their cooperation agreements.\n\n"
            "Please open this link and choose a password. Then you set up a second factor; both take about "
            "five minutes:\n\n%(link)s\n\n"
            "The link works once, until %(until)s. If you did not expect this message, you need do nothing.\n"
        ) % {
            "inviter": inviter.full_name if inviter else "Make the Difference",
            "place": place.name if place else gettext("Programme office"),
            "role": Role(invitation.role).label,
            "link": f"{settings.MTD_BASE_URL}/organizations/invitation/{token}/",
            "until": timezone.localtime(invitation.expires_at).date().isoformat(),
        }

    return text


@transaction.atomic(durable=True)
def revoke_invitation(*, actor: Actor, invitation: Invitation) -> Invitation:
    """Withdraw an open invitation; its link stops working at once."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not can_view_invitation(actor, invitation):
        raise NotAllowed(_("Only those who may invite here may withdraw."), code="not_allowed")
    if not invitation.is_open:
        raise Refused(_("This invitation is not open any more."), code="not_open")
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    record(actor, "invitation.revoked", invitation)
    return invitation


@transaction.atomic(durable=True)
def accept_invitation(
    *, actor: Actor, token: str, name: str = "", password: str = "", language: str = ""
) -> Membership:
    """Use an invitation: add the membership to the signed-in person, or to a new account.

    Whoever holds an account with the invited address must be signed in: the link alone, perhaps forwarded,
    must not open an existing account. Raises Refused("please_sign_in") then, and Refused with a code of
    `invitation_by_token` when the link is used, withdrawn or too old.
    """
    invitation = invitation_by_token(token)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not invitation.is_open:
        invitation_by_token(token)
    if actor.user_id is not None:
        user = User.objects.get(pk=actor.user_id)
    elif User.objects.filter(email=invitation.email).exists():
        raise Refused(_("You have an account with this e-mail. Please sign in first."), code="please_sign_in")
    else:
        user = create_account(
            actor=actor,
            email=invitation.email,
            name=name,
            password=password,
            language=language or invitation.language,
        )
    membership = _admit(user, invitation)
    invitation.accepted_at, invitation.accepted_by = timezone.now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    record(actor, "invitation.accepted", invitation, user=user.pk, membership=membership.pk)
    if invitation.invited_by is not None:
        notify(
            actor=actor,
            users=[invitation.invited_by],
            kind="invitation.accepted",
            text=lambda: gettext("%(name)s has accepted your invitation.") % {"name": user.full_name},
            link=_page_of(invitation),
            mail=False,
        )
    return membership


def _page_of(invitation: Invitation) -> str:
    if invitation.organization_id:
        return f"/organizations/{invitation.organization_id}/"
    return f"/organizations/networks/{invitation.network_id}/" if invitation.network_id else "/organizations/"


def _admit(user: User, invitation: Invitation) -> Membership:
    """The membership of the invitation; an existing one in the same place changes its role instead."""
    place = {"organization": invitation.organization, "network": invitation.network}
    running = Membership.objects.filter(user=user, ended_on__isnull=True, **place)
    if invitation.role == Role.PROGRAMME:
        running = running.filter(role=Role.PROGRAMME)
    membership = running.first()
    if membership is not None:
        if membership.role == invitation.role:
            return membership
        if membership.role == Role.LEAD and invitation.role in ORGANIZATION_ROLES:
            raise Refused(
                _("You lead this organisation already. An invitation cannot take that away."),
                code="would_lose_role",
            )
        membership.ended_on = max(today(), membership.started_on)
        membership.save(update_fields=["ended_on"])
    try:
        return Membership.objects.create(user=user, role=invitation.role, **place)
    except IntegrityError as error:  # another link of the same person arrived in the same moment
        raise Refused(
            _("You have just been added. Please reload the page."), code="already_member"
        ) from error


@transaction.atomic(durable=True)
def forget_old_invitations(*, actor: Actor, now: datetime | None = None) -> int:
    """Delete invitations of long ago (MTD_KEEP_INVITATIONS) with the addresses in them; returns how many went."""
    due = list(invitations_due(now or timezone.now()))
    for invitation in due:
        record(actor, "invitation.forgotten", invitation)
    Invitation.objects.filter(pk__in=[invitation.pk for invitation in due]).delete()
    return len(due)
