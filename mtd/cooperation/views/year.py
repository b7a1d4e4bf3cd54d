"""The network's year."""

from __future__ import annotations

import csv

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from mtd.cooperation.queries.marks import status_word
from mtd.cooperation.queries.year import Year, lived_agreements, today_in, year_page
from mtd.core.http import actor_of
from mtd.organizations.models import Network

from .gate import network_or_404


def year_asked(request: HttpRequest, today_year: int, first: int = 1990) -> int:
    """The year in the address, as far as it makes sense; else this year."""
    text = request.GET.get("year", "")
    if text.isascii() and text.isdigit() and len(text) == 4 and first <= int(text) <= today_year + 1:
        return int(text)
    return today_year


@require_GET
def year(request: HttpRequest, slug: str) -> HttpResponse:
    """Every duty on twelve months, the meetings besides, as picture, as table and as CSV."""
    actor = actor_of(request)
    network = network_or_404(request, slug)
    found = year_page(actor, network, year_asked(request, today_in(network).year))
    if request.GET.get("format") == "csv":
        return _as_csv(network, found)
    context = {
        "network": network,
        "network_name": network.name,
        "year": found,
        "known": bool(found.groups) or lived_agreements(actor).filter(network=network).exists(),
        "title": pgettext("page of a network", "The year"),
        "crumbs": [(pgettext("navigation", "Cooperation"), reverse("cooperation:index"))],
    }
    return render(request, "cooperation/year.html", context)


def _as_csv(network: Network, found: Year) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{network.slug}-{found.year}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    writer.writerow(
        [
            _("Agreement"),
            _("Duty"),
            _("Clause"),
            _("Rule"),
            _("Day"),
            pgettext("occurrence", "State"),
            _("Number"),
        ]
    )
    for group in found.groups:
        for row in group.rows:
            for mark in row.marks:
                writer.writerow(
                    [
                        _plain(group.agreement.title),
                        _plain(row.title),
                        row.clause,
                        row.rule,
                        mark.day.isoformat(),
                        status_word(mark.status),
                        mark.count,
                    ]
                )
    for mark in found.others.marks if found.others else ():
        writer.writerow(["", _plain(mark.words), "", "", mark.day.isoformat(), status_word(mark.status), 1])
    return response


def _plain(cell: str) -> str:
    # A cell that begins like a formula would be run by a spreadsheet.
    return f"'{cell}" if cell[:1] in "=+-@\t\r" else cell
