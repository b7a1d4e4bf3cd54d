"""Pages of the partner pulse: what closed rounds show, and the questions of the open one."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from mtd.cooperation.actions import pulse as actions
from mtd.cooperation.forms.pulse import CHOICES, PulseForm
from mtd.cooperation.models import PulseRound
from mtd.cooperation.permissions import can_answer_pulse, can_open_pulse
from mtd.cooperation.pulse import LEAST_ANSWERS, QUESTIONS, TRUST, USE, Means, Picture, bank_of
from mtd.cooperation.queries import pulse as queries
from mtd.cooperation.queries.shadowing import local_today
from mtd.cooperation.trend import trend_picture
from mtd.core.errors import Refused
from mtd.core.http import actor_of
from mtd.core.templatetags.mtd import day
from mtd.organizations.models import Network, Organization

from .gate import network_or_404
from .shadowing import why_not

Data = dict[str, Any]
_WAYS = (("care", "youth"), ("youth", "care"))


def pulse(request: HttpRequest, slug: str) -> HttpResponse:
    """What the partners say about each other: the newest closed round, the ones before, and how it went on."""
    network, actor = network_or_404(request, slug), actor_of(request)
    if request.method == "POST":
        opened = actions.open_pulse(actor=actor, network=network)
        messages.success(request, _("The round is open until %(day)s.") % {"day": day(opened.closes_on)})
        return HttpResponseRedirect(reverse("cooperation:pulse", args=[slug]))
    pictures = queries.pictures(network)
    if request.GET.get("format") == "csv":
        return _as_csv(pictures)
    chosen = _chosen(pictures, request.GET.get("round", ""))
    open_now = queries.open_round(network)
    partners = list(queries.partners(network))
    context = {
        "network": network,
        "partners": partners,
        "open": open_now,
        "people": queries.people_who_answered(open_now) if open_now else 0,
        "waiting": queries.to_answer(actor, open_now) if open_now else [],
        "may_answer": bool(can_answer_pulse(actor, network)),
        "open_blocked": _open_blocked(request, network, partners),
        "coordinates": network.pk in actor.coordinates,
        "rounds": [one for one, _shown in pictures],
        "chosen": chosen[0] if chosen else None,
        "shown": chosen[1].shown if chosen else False,
        "groups": _groups(chosen[1]) if chosen else [],
        "others": _others(chosen[1]) if chosen else [],
        "organizations": _organizations(chosen[1]) if chosen else [],
        "trend": _trend(pictures),
        "least": LEAST_ANSWERS,
    }
    return render(request, "cooperation/pulse.html", context)


def _open_blocked(request: HttpRequest, network: Network, partners: Sequence[Organization]) -> str:
    if denied := why_not(can_open_pulse(actor_of(request), network)):
        return denied
    if len(partners) < 2:
        return _("The pulse asks the partners of an agreement in force about each other. There is none yet.")
    free = queries.free_from(network)
    if free is not None and local_today(network) < free:
        return _("The next round can open four months after the last one.")
    return ""


def _chosen(pictures: Sequence[tuple[PulseRound, Picture]], wanted: str) -> tuple[PulseRound, Picture] | None:
    for one, shown in pictures:
        if str(one.pk) == wanted:
            return one, shown
    return pictures[0] if pictures else None


def _groups(shown: Picture) -> list[Data]:
    """Trust and use: per question, what each bank says about the other, as bars from the water to the banks."""
    left, right = (shown.pair(*way) for way in _WAYS)
    names = {"trust": pgettext("pulse", "Trust"), "use": pgettext("pulse", "Use")}
    return [
        {
            "name": names[kind],
            "rows": [_bars(str(QUESTIONS[key]), left.items[key], right.items[key]) for key in keys],
            "sum": _bars(pgettext("pulse", "Together"), getattr(left, kind), getattr(right, kind)),
        }
        for kind, keys in (("trust", TRUST), ("use", USE))
    ]


def _bars(label: str, left: float | None, right: float | None) -> Data:
    """One question; widths in percent of a bank, where 5 fills it and 1 is a fifth."""
    return {
        "label": label,
        "left": left,
        "right": right,
        "left_width": f"{(left or 0) * 20:.1f}",
        "left_x": f"{100 - (left or 0) * 20:.1f}",
        "right_width": f"{(right or 0) * 20:.1f}",
    }


def _others(shown: Picture) -> list[Data]:
    """Words within a bank, and from and about other systems, where there are enough of them."""
    return [
        {"source": bank_name(a), "about": bank_name(b), "trust": means.trust, "use": means.use}
        for (a, b), means in shown.pairs.items()
        if (a, b) not in _WAYS and means.shown
    ]


def bank_name(bank: str) -> str:
    """A bank in words."""
    return {
        "care": pgettext("help system", "Addiction care"),
        "youth": pgettext("help system", "Youth welfare"),
    }.get(bank, pgettext("bank", "Other systems"))


def _organizations(shown: Picture) -> list[tuple[Organization, Means]]:
    found = Organization.objects.filter(pk__in=list(shown.organizations)).order_by("name", "id")
    rows = [(organization, shown.organizations[organization.pk]) for organization in found]
    return sorted(rows, key=lambda row: ("care", "youth", "other").index(bank_of(row[0].help_system)))


def _trend(pictures: Sequence[tuple[PulseRound, Picture]]) -> Data | None:
    """How trust and use went on, from the first round to the newest."""
    rounds = [(one.opened_on, shown) for one, shown in reversed(pictures)]
    if sum(shown.shown for _on, shown in rounds) < 2:
        return None
    return {
        "rows": [
            {"on": on, "values": [value for kind in ("trust", "use") for value in _both(shown, kind)]}
            for on, shown in rounds
        ],
        "pictures": [
            {
                "name": name,
                "svg": trend_picture(
                    [(on, *_both(shown, kind)) for on, shown in rounds], title=name, ident=f"trend-{kind}"
                ),
            }
            for kind, name in (("trust", pgettext("pulse", "Trust")), ("use", pgettext("pulse", "Use")))
        ],
    }


def _both(shown: Picture, kind: str) -> tuple[float | None, float | None]:
    left, right = (getattr(shown.pair(*way), kind) for way in _WAYS)
    return left, right


def _as_csv(pictures: Sequence[tuple[PulseRound, Picture]]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="partner-pulse.csv"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    questions = [str(QUESTIONS[key]) for key in (*TRUST, *USE)]
    writer.writerow([_("Opened on"), _("Closed on"), _("Who says it"), _("About whom"), *questions])
    for one, shown in pictures:
        for (a, b), means in shown.pairs.items():
            if means.shown:
                values = ["" if means.items[key] is None else means.items[key] for key in (*TRUST, *USE)]
                writer.writerow([one.opened_on, one.closes_on, bank_name(a), bank_name(b), *values])
    return response


def answer(request: HttpRequest, slug: str) -> HttpResponse:
    """The six questions about every partner, on one page."""
    network, actor = network_or_404(request, slug), actor_of(request)
    open_now = queries.open_round(network)
    waiting = queries.to_answer(actor, open_now) if open_now else []
    denied = why_not(can_answer_pulse(actor, network))
    form = PulseForm(request.POST if request.method == "POST" else None, partners=waiting)
    if request.method == "POST" and open_now is not None and form.is_valid():
        try:
            count = actions.answer_pulse(actor=actor, pulse_round=open_now, answers=form.answers)
        except Refused as refused:
            if refused.status == 403:
                raise
            form.add_error(None, str(refused))
        else:
            words = ngettext("about %(n)s partner", "about %(n)s partners", count) % {"n": count}
            messages.success(request, _("Thank you. You have answered %(about)s.") % {"about": words})
            return HttpResponseRedirect(reverse("cooperation:pulse", args=[slug]))
    context = {
        "network": network,
        "open": open_now,
        "form": form,
        "cards": list(form.cards()),
        "choices": CHOICES,
        "denied": denied,
        "waiting": waiting,
    }
    status = 422 if form.errors else 409 if request.method == "POST" else 200
    return render(request, "cooperation/pulse_answer.html", context, status=status)
