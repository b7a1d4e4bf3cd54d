"""Where "Cooperation" in the navigation leads."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mtd.core.http import actor_of
from mtd.organizations.models import Network


def index(request: HttpRequest) -> HttpResponse:
    """The networks that one cooperates in."""
    networks = Network.objects.filter(pk__in=actor_of(request).network_ids)
    return render(request, "cooperation/index.html", {"networks": networks})
