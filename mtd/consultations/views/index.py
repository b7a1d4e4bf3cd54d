"""Where "Consultation" in the navigation leads: what I asked, what we were asked, and how to ask. And the figures."""

from __future__ import annotations

import csv
import io

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mtd.consultations.permissions import can_ask
from mtd.consultations.queries.evidence import Figures, figures_of
from mtd.consultations.queries.inbox import inbox
from mtd.core.http import actor_of, download
from mtd.organizations.models import Network
from mtd.organizations.permissions import own_networks

from .gate import network_or_404


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """My questions, and those that wait for an answer from us."""
    actor = actor_of(request)
    networks = list(own_networks(actor).order_by("name", "id"))
    context = {
        "found": inbox(actor),
        "networks": networks,
        "asking": [network for network in networks if can_ask(actor, network)],
        "programme": actor.is_programme,
        "works_somewhere": bool(actor.organization_ids),
    }
    return render(request, "consultations/index.html", context)


def _figures(request: HttpRequest, slug: str) -> tuple[Network, Figures]:
    network = network_or_404(request, slug)
    asked = request.GET.get("year", "")
    return network, figures_of(network, int(asked) if asked.isdecimal() and len(asked) == 4 else None)


@require_GET
def figures(request: HttpRequest, slug: str) -> HttpResponse:
    """Counts of a network's questions, for everybody in it."""
    network, found = _figures(request, slug)
    context = {
        "network": network,
        "figures": found,
        "crumbs": [(_("Anonymous consultation"), reverse("consultations:index"))],
    }
    return render(request, "consultations/figures.html", context)


@require_GET
def figures_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The same counts as a table for other programs; what is too small is left out there, too."""
    network, found = _figures(request, slug)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("Table"), _("Row"), _("Number")])
    for cell in (found.asked, found.answered, found.in_time):
        writer.writerow([str(found.year), cell.label, cell.words])
    for table in found.tables:
        for cell in table.cells:
            writer.writerow([table.title, cell.label, cell.words])
    content = out.getvalue().encode("utf-8-sig")
    return download(content, name=f"{network.slug}-{found.year}.csv", media_type="text/csv; charset=utf-8")
