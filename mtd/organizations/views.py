"""Pages of networks, organisations, memberships and invitations."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from mtd.core.access import public, without_second_factor
from mtd.core.actor import Role
from mtd.core.errors import Refused, require
from mtd.core.http import actor_of, get_or_404
from mtd.notifications.queries import mail_comes_back

from . import actions
from .forms import AcceptForm, InvitationForm, NetworkForm, OrganizationForm
from .models import HelpSystem, Invitation, Network, Organization
from .permissions import (
    can_create_network,
    can_create_organization,
    can_edit_network,
    can_edit_organization,
    can_end_membership,
    can_invite,
    visible_invitations,
    visible_memberships,
    visible_networks,
    visible_organizations,
)
from .queries import (
    SESSION_KEY,
    invitation_by_token,
    memberships_of,
    networks_of,
    organizations_of,
    people_of,
    people_of_network,
)


def _refusal(form: Any, refused: Refused) -> None:
    """Show a refused action at its field, or on top of the form."""
    refused.show_on(form)


def index(request: HttpRequest) -> HttpResponse:
    """My organisations and networks, and under which of them I work now."""
    actor = actor_of(request)
    networks = list(visible_networks(actor))
    if len(networks) == 1 and not actor.is_programme and len(actor.memberships) <= 1:
        return redirect("organizations:network", networks[0].id)
    return render(
        request,
        "organizations/index.html",
        {
            "memberships": memberships_of(request.user) if request.user.is_authenticated else [],
            "networks": networks,
            "may_create": can_create_network(actor),
            "office": visible_memberships(actor)
            .filter(role=Role.PROGRAMME, ended_on__isnull=True)
            .select_related("user")
            if actor.is_programme
            else None,
        },
    )


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Work under another of one's own memberships from now on."""
    actor = actor_of(request)
    wanted = request.POST.get("membership", "")
    if wanted not in {str(membership.id) for membership in actor.memberships}:
        raise Http404
    request.session[SESSION_KEY] = wanted
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return redirect(target if safe else "/")


def network(request: HttpRequest, network_id: uuid.UUID) -> HttpResponse:
    """One network: its organisations on two banks, its coordination and moderators."""
    actor = actor_of(request)
    found = get_or_404(visible_networks(actor), id=network_id)
    organizations = list(organizations_of(found))
    coordinated = can_edit_network(actor, found)
    return render(
        request,
        "organizations/network.html",
        {
            "network": found,
            "care": [o for o in organizations if o.help_system == HelpSystem.ADDICTION_CARE],
            "youth": [o for o in organizations if o.help_system == HelpSystem.YOUTH_WELFARE],
            "others": [o for o in organizations if o.help_system not in _TWO_BANKS],
            "organizations": organizations,
            "own": actor.organization_ids,
            "people": people_of_network(found).annotate(mail_comes_back=mail_comes_back("user__email")),
            "may_edit": coordinated,
            "may_add": can_create_organization(actor, found),
            "may_invite": can_invite(actor, role=Role.MODERATOR, network=found),
            "invitations": _open(visible_invitations(actor).filter(network=found)) if coordinated else [],
        },
    )


_TWO_BANKS = {HelpSystem.ADDICTION_CARE, HelpSystem.YOUTH_WELFARE}


def _open(invitations: Any) -> list[Invitation]:
    waiting = invitations.filter(accepted_at__isnull=True, revoked_at__isnull=True)
    return [invitation for invitation in waiting if invitation.is_open]


def create_network(request: HttpRequest) -> HttpResponse:
    """Open a network (programme office)."""
    actor = actor_of(request)
    require(can_create_network(actor))
    form = NetworkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_network(actor=actor, **form.cleaned_data)
            return redirect("organizations:network", made.id)
        except Refused as refused:
            _refusal(form, refused)
    return _form(request, form, gettext("New network"), reverse("organizations:index"))


def edit_network(request: HttpRequest, network_id: uuid.UUID) -> HttpResponse:
    """Change a network's particulars."""
    actor = actor_of(request)
    found = get_or_404(visible_networks(actor), id=network_id)
    require(can_edit_network(actor, found))
    form = NetworkForm(request.POST or None, instance=Network.objects.get(pk=found.pk))
    back = reverse("organizations:network", args=[found.id])
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_network(actor=actor, network=found, **form.cleaned_data)
            return redirect(back)
        except Refused as refused:
            _refusal(form, refused)
    return _form(request, form, gettext("Edit network"), back)


def create_organization(request: HttpRequest, network_id: uuid.UUID) -> HttpResponse:
    """Add an organisation to a network."""
    actor = actor_of(request)
    found = get_or_404(visible_networks(actor), id=network_id)
    require(can_create_organization(actor, found))
    form = OrganizationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_organization(actor=actor, network=found, **form.cleaned_data)
            return redirect("organizations:organization", made.id)
        except Refused as refused:
            _refusal(form, refused)
    back = reverse("organizations:network", args=[found.id])
    return _form(request, form, gettext("Add an organisation"), back, over=found.name)


def organization(request: HttpRequest, organization_id: uuid.UUID) -> HttpResponse:
    """One organisation: its particulars, who works there, who is invited."""
    actor = actor_of(request)
    found = get_or_404(visible_organizations(actor), id=organization_id)
    people = list(people_of(found).annotate(mail_comes_back=mail_comes_back("user__email")))
    may_edit = can_edit_organization(actor, found)
    ending = (
        can_end_membership(actor, people[0]) if people else can_invite(actor, role="", organization=found)
    )
    return render(
        request,
        "organizations/organization.html",
        {
            "organization": found,
            "networks": networks_of(found),
            "people": people,
            "may_edit": may_edit,
            "may_invite": can_invite(actor, role=Role.WORKER, organization=found),
            "may_end": ending,
            "invitations": _open(visible_invitations(actor).filter(organization=found)),
        },
    )


def edit_organization(request: HttpRequest, organization_id: uuid.UUID) -> HttpResponse:
    """Change an organisation's particulars."""
    actor = actor_of(request)
    found = get_or_404(visible_organizations(actor), id=organization_id)
    require(can_edit_organization(actor, found))
    form = OrganizationForm(request.POST or None, instance=Organization.objects.get(pk=found.pk))
    back = reverse("organizations:organization", args=[found.id])
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_organization(actor=actor, organization=found, **form.cleaned_data)
            return redirect(back)
        except Refused as refused:
            _refusal(form, refused)
    return _form(request, form, gettext("Edit organisation"), back, over=found.name)


def _form(request: HttpRequest, form: Any, title: str, back: str, *, over: str = "") -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "over": over}
    return render(request, "organizations/form.html", context)


@require_POST
def end_membership(request: HttpRequest, membership_id: uuid.UUID) -> HttpResponse:
    """End a membership today."""
    actor = actor_of(request)
    found = get_or_404(visible_memberships(actor).select_related("user"), id=membership_id)
    try:
        actions.end_membership(actor=actor, membership=found)
        messages.success(
            request, gettext("The membership of %(name)s has ended.") % {"name": found.user.name}
        )
    except Refused as refused:
        if refused.status == 403:
            raise
        messages.error(request, str(refused))
    return _to_place(found.organization_id, found.network_id)


def _to_place(organization_id: uuid.UUID | None, network_id: uuid.UUID | None) -> HttpResponseRedirect:
    if organization_id:
        return HttpResponseRedirect(reverse("organizations:organization", args=[organization_id]))
    if network_id:
        return HttpResponseRedirect(reverse("organizations:network", args=[network_id]))
    return HttpResponseRedirect(reverse("organizations:index"))


def invite_to_organization(request: HttpRequest, organization_id: uuid.UUID) -> HttpResponse:
    """Invite a worker or lead."""
    found = get_or_404(visible_organizations(actor_of(request)), id=organization_id)
    require(can_invite(actor_of(request), role=Role.WORKER, organization=found))
    return _invite(request, organization=found)


def invite_to_network(request: HttpRequest, network_id: uuid.UUID) -> HttpResponse:
    """Invite a coordinator or an external moderator."""
    found = get_or_404(visible_networks(actor_of(request)), id=network_id)
    require(can_invite(actor_of(request), role=Role.MODERATOR, network=found))
    return _invite(request, network=found)


def invite_to_programme(request: HttpRequest) -> HttpResponse:
    """Invite into the programme office."""
    require(can_invite(actor_of(request), role=Role.PROGRAMME))
    return _invite(request)


def _invite(
    request: HttpRequest, organization: Organization | None = None, network: Network | None = None
) -> HttpResponse:
    actor = actor_of(request)
    place = organization or network
    form = InvitationForm(
        request.POST or None,
        actor=actor,
        organization=organization,
        network=network,
        initial={"language": network.language if network else actor.language},
    )
    back = _to_place(organization.id if organization else None, network.id if network else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.invite(actor=actor, organization=organization, network=network, **form.cleaned_data)
            messages.success(request, gettext("The invitation is on its way. The link is good for 14 days."))
            if settings.MTD_DEMO:
                messages.info(
                    request,
                    gettext("Demonstration: within a minute the e-mail lies in var/mail on this machine."),
                )
            return back
        except Refused as refused:
            _refusal(form, refused)
    name = place.name if place else gettext("Programme office")
    return render(request, "organizations/invite.html", {"form": form, "place": name, "back": back.url})


@require_POST
def revoke_invitation(request: HttpRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Withdraw an invitation."""
    found = get_or_404(visible_invitations(actor_of(request)), id=invitation_id)
    try:
        actions.revoke_invitation(actor=actor_of(request), invitation=found)
        messages.success(request, gettext("The invitation is withdrawn; its link no longer works."))
    except Refused as refused:
        messages.error(request, str(refused))
    return _to_place(found.organization_id, found.network_id)


@public
@without_second_factor
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind an invitation link."""
    actor = actor_of(request)
    try:
        invitation = invitation_by_token(token)
    except Refused as refused:
        return render(request, "organizations/invitation_refused.html", {"refused": refused}, status=410)
    signed_in = actor.is_authenticated
    form = AcceptForm(
        (request.POST or None) if not signed_in else None,
        invitation=invitation,
        initial={"language": invitation.language},
    )
    context: dict[str, Any] = {"invitation": invitation, "form": form, "token": token, "signed_in": signed_in}
    if request.method == "POST" and (signed_in or form.is_valid()):
        fields = ("name", "password", "language") if not signed_in else ()
        try:
            membership = actions.accept_invitation(
                actor=actor, token=token, **{name: form.cleaned_data[name] for name in fields}
            )
        except Refused as refused:
            context["refused"] = refused
            return render(request, "organizations/accept.html", context, status=409)
        if not signed_in:
            login(request, membership.user, backend="django.contrib.auth.backends.ModelBackend")
            record_authentication(request, membership.user, method="password")
        request.session[SESSION_KEY] = str(membership.id)
        return redirect("/")
    return render(request, "organizations/accept.html", context)
