"""Is it lived? One agreement's year, needs and figures over the years, the same page for all parties."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from mtd.agreements.models import Agreement
from mtd.agreements.permissions import visible_to
from mtd.cooperation.flow import flow_of
from mtd.cooperation.permissions import can_write_report
from mtd.cooperation.pictures import pictures_of
from mtd.cooperation.queries.figures import PartyLine, years_of
from mtd.cooperation.queries.lived import lived as lived_of
from mtd.cooperation.queries.lived import lived_cards, missed_told
from mtd.cooperation.queries.needs import answered_last
from mtd.cooperation.queries.year import lived_agreements, today_in
from mtd.cooperation.report import party_note, party_table, question_table, questions_words, source_words
from mtd.core.errors import Denied
from mtd.core.http import actor_of, get_or_404

from .gate import network_or_404
from .year import year_asked


def agreement_or_404(request: HttpRequest, agreement_id: uuid.UUID) -> Agreement:
    """The agreement, if the person may enter its rooms; otherwise it does not exist (404)."""
    return get_or_404(visible_to(actor_of(request)).select_related("network"), pk=agreement_id)


def lived_crumbs(agreement: Agreement) -> list[tuple[str, str]]:
    """The way to a page about one agreement's life."""
    return [
        (pgettext("navigation", "Agreements"), reverse("agreements:register")),
        (agreement.title, reverse("agreements:overview", args=[agreement.pk])),
    ]


def party_cells(
    parties: Sequence[PartyLine], header: Sequence[str], rows: Sequence[Sequence[str]]
) -> list[tuple[PartyLine, list[tuple[str, str]]]]:
    """Each party with its figures, each under its heading; name and help system stand in front."""
    return [
        (party, list(zip(header[2:], cells[2:], strict=True)))
        for party, cells in zip(parties, rows, strict=True)
    ]


@require_GET
def lived(request: HttpRequest, agreement_id: uuid.UUID) -> HttpResponse:
    """What an agreement promises for a year, what has happened, and how it went over the years."""
    actor = actor_of(request)
    agreement = agreement_or_404(request, agreement_id)
    years = years_of(agreement, today_in(agreement.network))
    context: dict[str, Any] = {
        "agreement": agreement,
        "network": agreement.network,
        "network_name": agreement.network.name,
        "crumbs": lived_crumbs(agreement),
        "begun": agreement.in_force_from is not None,
    }
    if agreement.in_force_from is None:
        return render(request, "cooperation/lived.html", context)
    year = min(max(year_asked(request, years[-1]), years[0]), years[-1])
    found = lived_of(agreement, year)
    may = can_write_report(actor, agreement)
    header, rows = party_table(found.figures)
    context |= {
        "year": found.year,
        "rows": found.year.rows,
        "figures": found.figures,
        "years": years,
        "pictures": pictures_of(found.figures),
        "flow": flow_of(found.figures.needs) if found.figures.needs.raised else None,
        "party_header": header,
        "party_rows": party_cells(found.figures.parties, header, rows),
        "party_note": party_note(),
        "source": source_words(found.figures),
        "questions": questions_words(found.figures) if found.figures.questions.asked else "",
        "question_table": question_table(found.figures),
        "told": missed_told(agreement, found.duties, year),
        "answered": answered_last(actor, agreement.network),
        "blocked": may.reason if isinstance(may, Denied) else "",
    }
    return render(request, "cooperation/lived.html", context)


@require_GET
def network_lived(request: HttpRequest, slug: str) -> HttpResponse:
    """The network's one agreement, or all that are or were in force."""
    actor = actor_of(request)
    network = network_or_404(request, slug)
    agreements = list(
        lived_agreements(actor).filter(network=network).select_related("network").order_by("title", "id")
    )
    if len(agreements) == 1:
        return HttpResponseRedirect(reverse("cooperation:lived", args=[agreements[0].pk]))
    context = {
        "network": network,
        "network_name": network.name,
        "cards": lived_cards(agreements),
        "crumbs": [(pgettext("navigation", "Cooperation"), reverse("cooperation:index"))],
    }
    return render(request, "cooperation/network_lived.html", context)
