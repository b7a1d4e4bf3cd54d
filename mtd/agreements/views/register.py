"""The register of agreements, and beginning a new one."""

from __future__ import annotations

import csv
from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mtd.agreements.actions.founding import found_agreement
from mtd.agreements.forms.founding import (
    ChooseNetworkForm,
    NewAgreementForm,
    RegisterFilterForm,
    networks_for,
)
from mtd.agreements.models import Agreement
from mtd.agreements.permissions import listed_to, visible_to
from mtd.agreements.queries import matching, with_signatories
from mtd.agreements.queries.columns import columns
from mtd.core.actor import Actor
from mtd.core.errors import Refused
from mtd.core.http import actor_of

PAGE_SIZE = 30


def register(request: HttpRequest) -> HttpResponse:
    """All agreements the person may know of; filter, sort, take along as CSV."""
    actor = actor_of(request)
    form = RegisterFilterForm(request.GET or None)
    form.is_valid()
    found = _filtered(actor, getattr(form, "cleaned_data", {}))
    if request.GET.get("format") == "csv":
        return _as_csv(actor, with_signatories(found))
    pages = Paginator(with_signatories(found), PAGE_SIZE)
    listed = pages.get_page(request.GET.get("page"))
    may_enter = set(visible_to(actor).filter(pk__in=[a.pk for a in listed]).values_list("pk", flat=True))
    more = columns(actor, list(listed))
    query = request.GET.copy()
    query["format"] = "csv"
    context = {
        "form": form,
        "listed": listed,
        "may_enter": may_enter,
        "can_found": networks_for(actor).exists(),
        "today": timezone.localdate(),
        "csv_query": query.urlencode(),
        "columns": more,
        "rows": [
            (agreement, [(column.title, column.cells.get(agreement.pk)) for column in more])
            for agreement in listed
        ],
    }
    return render(request, "agreements/register.html", context)


def _filtered(actor: Actor, wanted: dict[str, Any]) -> QuerySet[Agreement]:
    found = listed_to(actor)
    today = timezone.localdate()
    if wanted.get("mine"):
        found = found.filter(pk__in=visible_to(actor).values("pk"))
    if wanted.get("country"):
        found = found.filter(network__country=wanted["country"])
    if wanted.get("state"):
        found = found.filter(state=wanted["state"])
    if wanted.get("review") == "late":
        found = found.filter(state=Agreement.State.IN_FORCE, review_on__lt=today)
    elif wanted.get("review"):
        until = today + timedelta(days=int(wanted["review"]))
        found = found.filter(state=Agreement.State.IN_FORCE, review_on__lte=until)
    if wanted.get("q"):
        found = found.filter(pk__in=matching(found, wanted["q"]))
    return found.order_by(*_ORDERS.get(wanted.get("sort", ""), ()), "title", "id")


_ORDERS: dict[str, tuple[Any, ...]] = {
    "review": (F("review_on").asc(nulls_last=True),),
    "newest": (F("in_force_from").desc(nulls_last=True),),
    "country": ("network__country", "network__name"),
}


def _as_csv(actor: Actor, found: QuerySet[Agreement]) -> HttpResponse:
    agreements = list(found)
    more = columns(actor, agreements)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="agreements.csv"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    writer.writerow(
        [
            _("Code"),
            _("Title"),
            _("Network"),
            _("Country"),
            _("State"),
            _("In force since"),
            _("Review"),
            _("Parties"),
            *(column.title for column in more),
        ]
    )
    for agreement in agreements:
        writer.writerow(
            [
                agreement.code,
                _plain(agreement.title),
                _plain(agreement.network.name),
                agreement.network.country,
                agreement.get_state_display(),
                agreement.in_force_from or "",
                agreement.review_on or "",
                _plain(", ".join(party.organization.name for party in agreement.parties.all())),
                *(
                    column.cells[agreement.pk].label if agreement.pk in column.cells else ""
                    for column in more
                ),
            ]
        )
    return response


def _plain(cell: str) -> str:
    # A cell that begins like a formula would be run by a spreadsheet.
    return f"'{cell}" if cell[:1] in "=+-@\t\r" else cell


def new(request: HttpRequest) -> HttpResponse:
    """Begin an agreement."""
    actor = actor_of(request)
    networks = networks_for(actor)
    chosen = networks.filter(slug=request.GET.get("network", "")).first() or networks.first()
    if chosen is None:
        return render(request, "agreements/new.html", {"network": None}, status=403)
    form = NewAgreementForm(request.POST or None, network=chosen)
    if request.method == "POST" and form.is_valid():
        try:
            agreement = found_agreement(actor=actor, network=chosen, **form.cleaned_data)
        except Refused as refused:
            refused.show_on(form)
        else:
            return HttpResponseRedirect(reverse("agreements:overview", args=[agreement.pk]))
    status = 422 if form.errors else 200
    context = {
        "form": form,
        "network": chosen,
        "networks": networks,
        "choose": ChooseNetworkForm(actor=actor),
    }
    return render(request, "agreements/new.html", context, status=status)
