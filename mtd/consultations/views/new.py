"""The first step of asking: whom, and the clause that allows it."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mtd.consultations.actions.drafting import begin, turn_to
from mtd.consultations.forms.asking import DoorForm
from mtd.consultations.models import Consultation
from mtd.consultations.permissions import can_ask
from mtd.consultations.queries.doors import doors_of
from mtd.core.errors import require
from mtd.core.http import actor_of
from mtd.organizations.models import Network

from .drafts import own_draft_or_404
from .gate import network_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Every door of the network, open or closed with the reason; choosing one begins a draft, or turns one to it."""
    actor, network = actor_of(request), network_or_404(request, slug)
    draft = _draft_or_404(request, network)
    allowed = can_ask(actor, network)
    if request.method == "POST":
        require(allowed)
    doors = doors_of(actor, network, draft.organization_id if draft else None)
    form = DoorForm(request.POST if request.method == "POST" else None, doors=doors)
    if request.method == "POST" and form.is_valid():
        if draft is not None:
            turn_to(actor=actor, consultation=draft, **form.whom())
            return HttpResponseRedirect(reverse("consultations:check", args=[draft.pk]))
        begun = begin(actor=actor, network=network, **form.whom())
        return HttpResponseRedirect(reverse("consultations:household", args=[begun.pk]))
    context = {
        "network": network,
        "crumbs": [(_("Anonymous consultation"), reverse("consultations:index"))],
        "draft": draft,
        "form": form,
        "doors": doors,
        "allowed": allowed,
        "chosen": form["door"].value() or "",
    }
    return render(request, "consultations/new.html", context, status=422 if form.is_bound else 200)


def _draft_or_404(request: HttpRequest, network: Network) -> Consultation | None:
    """The draft for which somebody else is chosen, if one is named."""
    named = request.GET.get("draft")
    if named is None:
        return None
    try:
        draft = own_draft_or_404(request, uuid.UUID(named))
    except ValueError:
        raise Http404 from None
    if draft.network_id != network.pk:
        raise Http404
    return draft
