"""Where "Cooperation" in the navigation leads: the network's year, or the choice among several networks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from mtd.cooperation.queries.year import network_cards
from mtd.core.http import actor_of
from mtd.organizations.permissions import own_networks


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The one network's year, or all networks that one cooperates in."""
    actor = actor_of(request)
    networks = list(own_networks(actor).order_by("name", "id"))
    if len(networks) == 1:
        return HttpResponseRedirect(reverse("cooperation:year", args=[networks[0].slug]))
    context = {"cards": network_cards(actor, networks), "programme": actor.is_programme}
    return render(request, "cooperation/index.html", context)
