"""Who is at the table, the moderation, and the frame of the agreement; moving to a newer guide."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mtd.agreements.actions import founding as actions
from mtd.agreements.forms.road import AddModeratorForm, AddPartyForm, AgreementForm, ReasonForm
from mtd.agreements.models import Moderator, Party
from mtd.agreements.permissions import can_run
from mtd.agreements.queries import Room
from mtd.core.errors import Refused
from mtd.core.http import actor_of, get_or_404
from mtd.guide.queries import compare, pack_of, published_versions
from mtd.organizations.queries import moderators_of

from .room import page, room_or_404


def parties(request: HttpRequest, agreement_id: uuid.UUID) -> HttpResponse:
    """Parties, moderation and frame; one form per change."""
    room = room_or_404(request, agreement_id)
    forms = _forms(room)
    status = 200
    if request.method == "POST":
        name = request.POST.get("do", "")
        try:
            if _do(request, room, name, forms):
                messages.success(request, _("Saved."))
                return HttpResponseRedirect(reverse("agreements:parties", args=[room.agreement.pk]))
        except Refused as refused:
            if refused.status == 403:
                raise
            form = forms.get(name)
            if form is None:
                raise
            refused.show_on(form)
        status = 422
    context = page(
        room,
        "overview",
        all_parties=room.agreement.parties.select_related("organization"),
        moderators=Moderator.objects.filter(agreement=room.agreement).select_related("user"),
        may_run=can_run(room.actor, room.agreement),
        newer=[v for v in published_versions() if _is_newer(room, v)],
        **{f"{name}_form": form for name, form in forms.items()},
    )
    return render(request, "agreements/parties.html", context, status=status)


def _is_newer(room: Room, version: Any) -> bool:
    current = room.version.guide_version
    return bool(
        version.guide_id == current.guide_id
        and version.published_at
        and current.published_at
        and version.published_at > current.published_at
    )


def _forms(room: Room) -> dict[str, Any]:
    people = [(str(user.pk), user.full_name) for user in moderators_of(room.agreement.network)]
    names = ("title", "purpose", "legal_form", "started_on")
    return {
        "frame": AgreementForm(initial={name: getattr(room.agreement, name) for name in names}),
        "add_party": AddPartyForm(room=room),
        "add_moderator": AddModeratorForm(people=people),
        "abandon": ReasonForm(prefix="abandon"),
    }


def _do(request: HttpRequest, room: Room, name: str, forms: dict[str, Any]) -> bool:
    """Run the action of the form that was sent; False when the form has mistakes (it is bound in `forms`)."""
    actor, version, data = actor_of(request), room.version, request.POST
    form: Any
    if name == "remove_party":
        party = get_or_404(Party.objects.filter(agreement=room.agreement), pk=data.get("party"))
        actions.remove_party(actor=actor, version=version, party=party, on=timezone.localdate())
        return True
    if name == "remove_moderator":
        moderator = get_or_404(Moderator.objects.filter(agreement=room.agreement), pk=data.get("moderator"))
        actions.remove_moderator(actor=actor, version=version, moderator=moderator)
        return True
    if name == "frame":
        forms[name] = form = AgreementForm(data)
        if form.is_valid():
            actions.edit_agreement(actor=actor, version=version, **form.cleaned_data)
    elif name == "add_party":
        forms[name] = form = AddPartyForm(data, room=room)
        if form.is_valid():
            actions.add_party(actor=actor, version=version, organization=form.cleaned_data["organization"])
    elif name == "add_moderator":
        people = [(str(user.pk), user.full_name) for user in moderators_of(room.agreement.network)]
        forms[name] = form = AddModeratorForm(data, people=people)
        if form.is_valid():
            actions.add_moderator(actor=actor, version=version, user_id=form.cleaned_data["user"])
    elif name == "abandon":
        forms[name] = form = ReasonForm(data, prefix="abandon")
        if form.is_valid():
            actions.abandon(actor=actor, version=version, reason=form.cleaned_data["reason"])
    else:
        raise Refused(_("This form is not known here. Reload the page."), code="unknown_form")
    return not form.errors


def guide_move(request: HttpRequest, agreement_id: uuid.UUID) -> HttpResponse:
    """Move the text in work to a newer version of the guide; shows first what changes."""
    room = room_or_404(request, agreement_id)
    newer = [v for v in published_versions() if _is_newer(room, v)]
    wanted = request.POST.get("version") or request.GET.get("version")
    target = next((v for v in newer if str(v.pk) == wanted), newer[0] if newer else None)
    if request.method == "POST" and target is not None:
        actions.move_to_guide(actor=actor_of(request), version=room.version, guide_version=target)
        messages.success(request, _("The agreement now follows the newer guide. Every answer was kept."))
        return HttpResponseRedirect(reverse("agreements:questions", args=[room.agreement.pk]))
    context = page(
        room,
        "questions",
        target=target,
        comparison=compare(room.pack, pack_of(target)) if target else None,
        answered=set(room.answers),
        may_run=can_run(room.actor, room.agreement),
    )
    return render(request, "agreements/guide_move.html", context)
