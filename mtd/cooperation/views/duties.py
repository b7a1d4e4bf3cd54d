"""The duties of an agreement: what is due, coming and done, and the documents that show it."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mtd.agreements.permissions import visible_to
from mtd.agreements.queries import with_parties
from mtd.cooperation.permissions import visible_evidence
from mtd.cooperation.queries.duties import duties_of, summary
from mtd.cooperation.queries.duty_pages import groups_of, rows_of
from mtd.cooperation.queries.duty_steps import meetings_left_over, with_owners
from mtd.core.http import actor_of, download, get_or_404

from .lived import lived_crumbs


@require_GET
def duties(request: HttpRequest, agreement_id: uuid.UUID) -> HttpResponse:
    """All duties by what there is to do; of one party with `?party=`."""
    agreement = get_or_404(with_parties(visible_to(actor_of(request))), pk=agreement_id)
    found = with_owners(duties_of(agreement))
    parties = [party for party in agreement.parties.all() if party.left_on is None]
    chosen = next((party for party in parties if str(party.pk) == request.GET.get("party")), None)
    shown = [d for d in found if d.party is not None and d.party.pk == chosen.pk] if chosen else found
    year = found[0].reckoning.today.year if found else 0
    context = {
        "agreement": agreement,
        "network": agreement.network,
        "network_name": agreement.network.name,
        "crumbs": lived_crumbs(agreement),
        "groups": groups_of(rows_of(shown)),
        "parties": parties,
        "chosen": chosen,
        "year": year,
        "sum": summary(shown, year)[0],
        "left_over": meetings_left_over([agreement]).get(agreement.pk, 0),
    }
    return render(request, "cooperation/duties.html", context)


@require_GET
def evidence_file(request: HttpRequest, agreement_id: uuid.UUID, evidence_id: uuid.UUID) -> HttpResponse:
    """A document that shows that a duty was done."""
    rows = visible_evidence(actor_of(request)).filter(agreement=agreement_id, file__isnull=False)
    evidence = get_or_404(rows.filter(withdrawn_at__isnull=True).select_related("file"), pk=evidence_id)
    assert evidence.file is not None
    file = evidence.file
    return download(bytes(file.content), name=file.name, media_type=file.media_type)
