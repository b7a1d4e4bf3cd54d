"""A meeting that somebody in another house called, read from its calendar file into the form of a new meeting."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from mtd.core.errors import Refused, require
from mtd.core.http import actor_of
from mtd.meetings import reading
from mtd.meetings.forms.feeds import CalendarFileForm, ChooseEventForm
from mtd.meetings.models import Kind, Place
from mtd.meetings.permissions import can_call
from mtd.organizations.models import Network

from .gate import network_or_404
from .planning import PREFILLED, crumbs_of

BACK, AHEAD, SHOWN = timedelta(days=731), timedelta(days=731), 50


def read_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a file, then one of what it holds; the form of a new meeting follows, filled in. Nothing is kept."""
    network = network_or_404(request, slug)
    context: dict[str, Any] = {
        "network": network,
        "crumbs": crumbs_of(network),
        "may_call": can_call(actor_of(request), network, Kind.OTHER),
    }
    if request.method == "POST":
        require(context["may_call"])
    if "day" in request.POST:
        return _chosen(request, network, context)
    form = CalendarFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            context |= _read(form.cleaned_data["file"], network)
        except Refused as refused:
            form.add_error("file", str(refused))
    context["form"] = form
    return render(request, "meetings/feed_import.html", context, status=422 if form.errors else 200)


def _read(content: bytes, network: Network) -> dict[str, Any]:
    """What the file holds, the next ones first, then those gone by, the latest first."""
    now, zone = timezone.now(), network.zone
    found = reading.read(content, between=(now - BACK, now + AHEAD), zone=zone)
    events = [event for event in found.events if not event.cancelled]
    coming = [event for event in events if event.starts >= now]
    gone = [event for event in reversed(events) if event.starts < now]
    rows = [_row(event, network) for event in [*coming, *gone][:SHOWN]]
    return {
        "rows": rows,
        "more": len(events) - len(rows),
        "problems": found.problems[:10],
        "was_read": True,
    }


def _row(event: reading.Read, network: Network) -> dict[str, Any]:
    start, end = event.starts.astimezone(network.zone), event.ends.astimezone(network.zone)
    link = event.url if event.url.startswith(("https://", "http://")) else ""
    place = " ".join(event.location.split())
    if not link and place.startswith(("https://", "http://")) and " " not in place:
        place, link = "", place
    return {
        "start": start,
        "end": end,
        "all_day": event.all_day,
        "summary": " ".join(event.summary.split())[:120],
        "place": place[:200],
        "link": link[:400],
    }


def _chosen(request: HttpRequest, network: Network, context: dict[str, Any]) -> HttpResponse:
    form = ChooseEventForm(request.POST)
    if not form.is_valid():
        return render(
            request, "meetings/feed_import.html", {**context, "form": CalendarFileForm()}, status=422
        )
    data = form.cleaned_data
    kind = Place.ON_SITE if data["place"] or not data["link"] else Place.ONLINE
    if data["place"] and data["link"]:
        kind = Place.HYBRID
    request.session[PREFILLED] = {
        "day": data["day"].isoformat(),
        "start": f"{data['start']:%H:%M}",
        "end": f"{data['end']:%H:%M}",
        "place": data["place"],
        "link": data["link"],
        "place_kind": kind.value,
    }
    return HttpResponseRedirect(reverse("meetings:new", args=[network.slug]))
