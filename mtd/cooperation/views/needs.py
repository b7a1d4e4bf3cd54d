"""The needs of a network: all of them at a glance, and raising one in a minute."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from mtd.cooperation.actions.needs import raise_need
from mtd.cooperation.flow import flow_of
from mtd.cooperation.forms.needs import NeedFilterForm, RaiseForm
from mtd.cooperation.models import NeedDecision, NeedGroup
from mtd.cooperation.permissions import can_group_needs, can_raise_need
from mtd.cooperation.queries.needs import LIMIT_DAYS, NeedRow, answered_last, listed, rows_of
from mtd.cooperation.queries.needs_figures import fared
from mtd.core.errors import NotAllowed, Refused, require
from mtd.core.http import actor_of
from mtd.organizations.models import Network

from .gate import network_or_404

PAGE_SIZE = 25


@require_safe
def needs(request: HttpRequest, slug: str) -> HttpResponse:
    """What practice lacks: what waits how long, what was decided, how long answers take."""
    network = network_or_404(request, slug)
    actor = actor_of(request)
    form = NeedFilterForm(request.GET or None)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = listed(actor, network, wanted.get("state", ""), wanted.get("topic", ""))
    if request.GET.get("format") == "csv":
        return _as_csv(rows_of(actor, list(found)))
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query["format"] = "csv"
    return render(
        request,
        "cooperation/needs.html",
        {
            "network": network,
            "crumbs": [(network.name, reverse("cooperation:year", args=[slug]))],
            "form": form,
            "filtered": bool(wanted.get("state") or wanted.get("topic")),
            "page": page,
            "rows": rows_of(actor, list(page.object_list)),
            "may_raise": can_raise_need(actor, network),
            "may_group": can_group_needs(actor, network),
            "answered": answered_last(actor, network) if not wanted and page.number == 1 else [],
            "limit": LIMIT_DAYS,
            "csv_query": query.urlencode(),
            **_picture(request, network),
        },
    )


def _picture(request: HttpRequest, network: Network) -> dict[str, Any]:
    """The figures of the year asked for, of this one, or of the last one in which a need was raised."""
    everything = fared(network)
    years = [one.year for one in everything.by_year]
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 and int(asked) in years else None
    if year is None and asked != "all" and years:
        now = timezone.localdate().year
        year = now if now in years else years[-1]
    shown = everything.of(year)
    return {"flow": flow_of(shown), "figures": shown, "year": year, "years": years}


def _as_csv(rows: Sequence[NeedRow]) -> HttpResponse:
    """Everything but the words: those stay in the network."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="needs.csv"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    writer.writerow(
        [
            gettext("First raised on"),
            gettext("About"),
            gettext("Raised by so many"),
            gettext("From"),
            gettext("State"),
            gettext("Days"),
            gettext("Decided on"),
            gettext("Who decided?"),
            gettext("What was decided?"),
            gettext("Until when"),
            gettext("Done on"),
            gettext("Did it help?"),
        ]
    )
    for row in rows:
        answer = row.answer
        writer.writerow(
            [
                row.group.first_raised_on,
                NeedGroup.Topic(row.group.topic).label,
                row.times,
                _plain(", ".join(origin.label for origin in row.origins)),
                row.group.get_state_display(),
                row.days,
                row.group.decided_on or "",
                NeedDecision.Level(answer.level).label if answer else "",
                NeedDecision.Outcome(answer.outcome).label if answer else "",
                (answer.due_on or "") if answer else "",
                (answer.done_on or "") if answer else "",
                row.helped_word,
            ]
        )
    return response


def _plain(cell: str) -> str:
    # A cell that begins like a formula would be run by a spreadsheet.
    return f"'{cell}" if cell[:1] in "=+-@\t\r" else cell


@require_http_methods(["GET", "POST"])
def need_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Raise a need: one text, what it is about, with or without a name."""
    network = network_or_404(request, slug)
    actor = actor_of(request)
    require(can_raise_need(actor, network))
    coordinates = network.pk in actor.coordinates
    form = RaiseForm(request.POST or None, network=network, coordinates=coordinates)
    if request.method == "POST" and form.is_valid():
        try:
            need = raise_need(actor=actor, network=network, **form.cleaned_data)
        except NotAllowed:
            raise
        except Refused as refused:
            refused.show_on(form)
        else:
            messages.success(
                request, gettext("Your need stands in the list. The coordination has been told.")
            )
            page = reverse("cooperation:need", args=[network.slug, need.group_id])
            return redirect(f"{page}?sent=1")
    crumbs = [
        (network.name, reverse("cooperation:year", args=[slug])),
        (gettext("Needs raised"), reverse("cooperation:needs", args=[slug])),
    ]
    context = {"network": network, "crumbs": crumbs, "form": form, "limit": LIMIT_DAYS}
    return render(request, "cooperation/need_new.html", context, status=422 if form.errors else 200)
