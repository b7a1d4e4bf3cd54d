"""Lists of meetings: of a network, and one's own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from mtd.core.http import actor_of
from mtd.meetings.models import Kind
from mtd.meetings.permissions import can_call
from mtd.meetings.queries.meetings import my_meetings, network_meetings
from mtd.organizations.permissions import own_networks

from .gate import network_or_404


def _year(request: HttpRequest) -> int | None:
    text = request.GET.get("year", "")
    return int(text) if text.isdecimal() and len(text) == 4 else None


def _address(route: str, *args: str) -> str:
    try:
        return reverse(route, args=args)
    except NoReverseMatch:
        return ""


def index(request: HttpRequest) -> HttpResponse:
    """My meetings in all networks: to come, to choose a date for, past."""
    actor = actor_of(request)
    found = my_meetings(actor, year=_year(request), everything="all" in request.GET)
    context = {
        "found": found,
        "now": timezone.now(),
        "networks": own_networks(actor),
        "calendar_url": _address("meetings:calendar"),
        "tasks_url": _address("meetings:tasks"),
    }
    return render(request, "meetings/index.html", context)


def network(request: HttpRequest, slug: str) -> HttpResponse:
    """A network's meetings: to come, series, dates being found, past by year."""
    network = network_or_404(request, slug)
    actor = actor_of(request)
    found = network_meetings(actor, network, year=_year(request), everything="all" in request.GET)
    may_call = can_call(actor, network, Kind.OTHER)
    context = {
        "network": network,
        "found": found,
        "may_call": may_call,
        "now": timezone.now(),
        "import_url": _address("meetings:import", slug),
        "decisions_url": _address("meetings:decisions", slug),
        "calendar_url": _address("meetings:calendar"),
    }
    return render(request, "meetings/network.html", context)
