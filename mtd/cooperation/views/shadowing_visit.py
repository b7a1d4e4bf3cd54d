"""One visit of job shadowing, from the request to the report, and the signed undertaking of secrecy."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from mtd.accounts.actions import confirm_second_factor
from mtd.accounts.models import User
from mtd.accounts.queries import demo_code, recent_second_factor, second_factors
from mtd.cooperation.actions import shadowing as actions
from mtd.cooperation.forms.shadowing import AnswerForm, ReportForm, UndertakingForm
from mtd.cooperation.models import ShadowingVisit
from mtd.cooperation.permissions import (
    can_read_wish,
    can_report_visit,
    can_undertake,
    is_host,
    visible_visits,
)
from mtd.cooperation.queries.shadowing import COMING, free_places, local_today
from mtd.cooperation.undertaking import language_of, promises
from mtd.core.errors import Refused, require
from mtd.core.http import actor_of, download, get_or_404
from mtd.core.templatetags.mtd import short_day

from .gate import network_or_404
from .shadowing import day_words, why_not

State = ShadowingVisit.State
Data = dict[str, Any]


def visit(request: HttpRequest, slug: str, visit_id: uuid.UUID) -> HttpResponse:
    """One visit: what has happened, and the one thing to do next."""
    found = _visit_or_404(request, slug, visit_id)
    shown = _forms(request, None)
    status = 200
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do not in _DEEDS:
            raise Http404
        form = _forms(request, request.POST)[_FORM_OF[do]] if do in _FORM_OF else None
        if form is None or form.is_valid():
            try:
                said = _DEEDS[do](request, found, form.cleaned_data if form else {})
            except Refused as refused:
                if form is None or refused.status == 403:
                    raise
                refused.show_on(form)
            else:
                messages.success(request, said)
                return HttpResponseRedirect(reverse("cooperation:visit", args=[slug, found.pk]))
        assert form is not None
        status, shown[_FORM_OF[do]] = 422, form
        found = _visit_or_404(request, slug, visit_id)  # somebody else may have moved it on meanwhile
    return render(request, "cooperation/shadowing_visit.html", _context(request, found, shown), status=status)


def _visit_or_404(request: HttpRequest, slug: str, visit_id: uuid.UUID) -> ShadowingVisit:
    network = network_or_404(request, slug)
    found = (
        visible_visits(actor_of(request))
        .filter(date__offer__network=network)
        .select_related(
            "date__offer__organization",
            "date__offer__network",
            "date__offer__contact",
            "organization",
            "visitor",
        )
    )
    return get_or_404(found, pk=visit_id)


def _forms(request: HttpRequest, data: Any) -> dict[str, forms.Form]:
    return {
        "answer": AnswerForm(data),
        "undertake": UndertakingForm(data, confirmed=recent_second_factor(request)),
        "report": ReportForm(data),
    }


def _accept(request: HttpRequest, found: ShadowingVisit, data: Data) -> str:
    actions.answer_request(actor=actor_of(request), visit=found, accept=True, **data)
    return _("Accepted. The visitor now signs the undertaking of secrecy.")


def _decline(request: HttpRequest, found: ShadowingVisit, data: Data) -> str:
    actions.answer_request(actor=actor_of(request), visit=found, accept=False, **data)
    return _("Declined. The visitor has been told.")


def _undertake(request: HttpRequest, found: ShadowingVisit, data: Data) -> str:
    actor = actor_of(request)
    require(can_undertake(actor, found))
    if not recent_second_factor(request):
        user = User.objects.get(pk=str(actor.user_id))
        confirm_second_factor(actor=actor, user=user, code=data["code"])
    actions.undertake_secrecy(actor=actor, visit=found, declaration=data["declaration"])
    return _("Signed. Everything is ready for your visit.")


def _report(request: HttpRequest, found: ShadowingVisit, data: Data) -> str:
    actions.report_visit(actor=actor_of(request), visit=found, report=data["report"])
    return _("Thank you. The visit now counts for your organisation.")


def _cancel(request: HttpRequest, found: ShadowingVisit, data: Data) -> str:
    actions.cancel_visit(actor=actor_of(request), visit=found)
    return _("Called off. The others have been told.")


_DEEDS: dict[str, Callable[[HttpRequest, ShadowingVisit, Data], str]] = {
    "accept": _accept,
    "decline": _decline,
    "undertake": _undertake,
    "report": _report,
    "cancel": _cancel,
}
_FORM_OF = {"accept": "answer", "decline": "answer", "undertake": "undertake", "report": "report"}


def _context(request: HttpRequest, found: ShadowingVisit, shown: dict[str, forms.Form]) -> Data:
    actor, offer = actor_of(request), found.date.offer
    user = User.objects.get(pk=str(actor.user_id))
    today = local_today(offer.network)
    with override(language_of(found)):
        promised = promises()
    return {
        "network": offer.network,
        "visit": found,
        "offer": offer,
        "day": day_words(found.date),
        "forms": shown,
        "host": is_host(actor, offer),
        "mine": found.visitor_id == actor.user_id,
        "wish": found.wish if can_read_wish(actor, found) else "",
        "answer": found.answer if can_read_wish(actor, found) else "",
        "report": found.report,
        "promises": promised,
        "promises_language": language_of(found),
        "signer": user,
        "confirmed": recent_second_factor(request),
        "passkey": "webauthn" in second_factors(user),
        "demo_code": demo_code(user),
        "undertake_blocked": why_not(can_undertake(actor, found)),
        "report_blocked": why_not(can_report_visit(actor, found)),
        "full": found.state == State.REQUESTED and free_places(found.date) == 0,
        "coming": found.state in COMING,
        "today": today,
        "steps": _steps(found, today),
        "homeless": _homeless(request, found, shown, today),
    }


def _homeless(
    request: HttpRequest, found: ShadowingVisit, shown: dict[str, forms.Form], today: Any
) -> forms.Form | None:
    """A refused form whose place on the page has gone, so that its reason and what was typed are not lost."""
    mine = found.visitor_id == actor_of(request).user_id
    there = {
        "answer": found.state == State.REQUESTED and is_host(actor_of(request), found.date.offer),
        "undertake": found.state == State.ACCEPTED and mine,
        "report": found.state == State.READY and found.date.on <= today,
    }
    return next((form for name, form in shown.items() if form.is_bound and not there[name]), None)


def _steps(found: ShadowingVisit, today: Any) -> list[Data]:
    """The way of a visit: asked, accepted, secrecy undertaken, there, reported."""
    if found.state in (State.DECLINED, State.CANCELLED):
        return []
    reached = {State.REQUESTED: 1, State.ACCEPTED: 2, State.READY: 3, State.DONE: 5}[State(found.state)]
    if found.state == State.READY and found.date.on <= today:
        reached = 4
    names = [
        pgettext("step of a visit", "Asked"),
        pgettext("step of a visit", "Accepted"),
        pgettext("step of a visit", "Secrecy undertaken"),
        pgettext("step of a visit", "There"),
        pgettext("step of a visit", "Reported"),
    ]
    when = ["", "", "", short_day(found.date.on), ""]
    return [
        {
            "name": name,
            "number": number + 1,
            "state": "done" if number < reached else "here" if number == reached else "next",
            "when": when[number],
        }
        for number, name in enumerate(names)
    ]


def undertaking(request: HttpRequest, slug: str, visit_id: uuid.UUID) -> HttpResponse:
    """The undertaking of secrecy as it was signed (PDF)."""
    found = _visit_or_404(request, slug, visit_id)
    if found.undertaking is None:
        raise Http404
    file = found.undertaking
    return download(bytes(file.content), name=file.name, media_type=file.media_type)
