"""The first step of asking: whom, and the clause that allows it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mtd.consultations.actions.drafting import begin
from mtd.consultations.forms.asking import DoorForm
from mtd.consultations.permissions import can_ask
from mtd.consultations.queries.doors import doors_of
from mtd.core.errors import require
from mtd.core.http import actor_of

from .gate import network_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Every door of the network, open or closed with the reason; choosing one begins a draft."""
    actor, network = actor_of(request), network_or_404(request, slug)
    allowed = can_ask(actor, network)
    if request.method == "POST":
        require(allowed)
    doors = doors_of(actor, network)
    form = DoorForm(request.POST if request.method == "POST" else None, doors=doors)
    if request.method == "POST" and form.is_valid():
        door = form.chosen
        draft = begin(
            actor=actor,
            network=network,
            way=door.way,
            agreement=door.agreement,
            question_key=door.question_key,
            recipient=door.recipient,
            adviser=form.adviser,
            meeting=door.meeting,
        )
        return HttpResponseRedirect(reverse("consultations:household", args=[draft.pk]))
    context = {
        "network": network,
        "crumbs": [(_("Anonymous consultation"), reverse("consultations:index"))],
        "form": form,
        "doors": doors,
        "allowed": allowed,
        "chosen": form["door"].value() or "",
    }
    return render(request, "consultations/new.html", context, status=422 if form.is_bound else 200)
