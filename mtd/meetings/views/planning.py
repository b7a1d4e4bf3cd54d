"""Calling a meeting, a series, or a vote on dates; changing and ending a series."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mtd.core.actor import Actor
from mtd.core.errors import Refused
from mtd.core.http import actor_of, get_or_404
from mtd.meetings.actions import call_meeting, call_series, change_series, end_series, propose_dates
from mtd.meetings.forms.planning import ChangeSeriesForm, ChooseKindForm, EndSeriesForm, NewMeetingForm
from mtd.meetings.models import Kind, Meeting, Series
from mtd.meetings.permissions import can_call, can_organize_series, visible_series
from mtd.meetings.queries.meetings import coming_of, with_answers
from mtd.meetings.queries.people import invitable, invited_by_default
from mtd.meetings.queries.words import rhythm_text
from mtd.organizations.models import Network

from .gate import network_or_404

PREFILLED = "meetings.prefilled"
"""Where in the session a meeting read from a calendar file waits for the form (see the import)."""

_ABOUT = {
    Kind.COMMITTEE: "about_committee",
    Kind.STEERING_GROUP: "about_steering",
    Kind.EXCHANGE: "about_exchange",
    Kind.CASE_DISCUSSION: "about_case",
    Kind.OTHER: "about_other",
}


def crumbs_of(network: Network) -> list[tuple[str, str]]:
    """The way back to the network's meetings."""
    return [(pgettext("area of cooperation", "Meetings"), reverse("meetings:network", args=[network.slug]))]


def new(request: HttpRequest, slug: str) -> HttpResponse:
    """First what kind of meeting, then the form with the people whom one usually invites to it."""
    network = network_or_404(request, slug)
    actor = actor_of(request)
    wanted = ChooseKindForm(request.GET)
    wanted.is_valid()
    kind = wanted.cleaned_data.get("kind")
    if not kind:
        return render(request, "meetings/new_kind.html", _kinds(actor, network, request))
    may = can_call(actor, network, kind)
    people = invitable(network)
    form = NewMeetingForm(
        request.POST or None,
        network=network,
        kind=kind,
        people=people,
        initial=_initial(request, wanted.cleaned_data, kind, people),
    )
    if request.method == "POST" and form.is_valid():
        target = _call(request, network, kind, form)
        if target is not None:
            return HttpResponseRedirect(target)
    context = {
        "network": network,
        "kind": Kind(kind),
        "form": form,
        "may_call": may,
        "crumbs": crumbs_of(network),
        "query": request.GET.urlencode(),
    }
    return render(request, "meetings/new.html", context, status=422 if form.errors else 200)


def _kinds(actor: Actor, network: Network, request: HttpRequest) -> dict[str, Any]:
    query = request.GET.copy()
    query.pop("kind", None)
    cards = [{"kind": kind, "may": can_call(actor, network, kind), "about": _ABOUT[kind]} for kind in Kind]
    return {
        "network": network,
        "cards": cards,
        "query": f"&{query.urlencode()}" if query else "",
        "crumbs": crumbs_of(network),
    }


def _initial(request: HttpRequest, wanted: dict[str, Any], kind: str, people: list[Any]) -> dict[str, Any]:
    initial = {
        "people": [user.pk for user in invited_by_default(kind, people)],
        "subject_id": wanted.get("subject"),
        "day": wanted.get("on"),
        "way": wanted.get("way") or NewMeetingForm.ONE,
    }
    if request.method == "GET":
        initial |= request.session.pop(PREFILLED, {})
    return initial


def _call(request: HttpRequest, network: Network, kind: str, form: NewMeetingForm) -> str | None:
    """Do what the form asks for; where to go then, or None when it has to be shown again."""
    data, actor = form.cleaned_data, actor_of(request)
    common = {"title": data.get("title", ""), "subject_id": data["subject_id"]} | {
        name: data[name] for name in ("place_kind", "place", "link", "people", "guests")
    }
    try:
        if data["way"] == NewMeetingForm.POLL:
            poll = propose_dates(actor=actor, network=network, kind=kind, options=data["options"], **common)
            messages.success(request, _("Everybody has been asked which date suits."))
            target = reverse("meetings:dates", args=[poll.pk])
        elif data["way"] == NewMeetingForm.SERIES:
            rhythm = {name: data[name] for name in ("every", "unit", "day_rule", "until", "minutes_long")}
            series = call_series(
                actor=actor,
                network=network,
                kind=kind,
                first_on=data["day"],
                time=data["start"],
                **rhythm,
                **common,
            )
            messages.success(request, _("The series is called. Everybody has been invited by one mail."))
            target = reverse("meetings:series", args=[series.pk])
        else:
            span = {"starts_at": data["starts_at"], "ends_at": data["ends_at"], "held": data["held"]}
            meeting = call_meeting(actor=actor, network=network, kind=kind, **span, **common)
            said = _("The meeting is noted as held.") if data["held"] else _("The meeting is called.")
            messages.success(request, said)
            target = reverse("meetings:meeting", args=[meeting.pk])
    except Refused as refused:
        if refused.status == 403:
            raise
        names = {"first_on": "day", "minutes_long": "end", "dates": "poll_day_1"}
        field = names.get(refused.field or "", refused.field)
        form.add_error(field if field in form.fields else None, str(refused))
        return None
    for note in form.notes:
        messages.info(request, note)
    return target


def series(request: HttpRequest, series_id: uuid.UUID) -> HttpResponse:
    """One series: its rhythm, what lies ahead, and changing or ending it."""
    actor = actor_of(request)
    found = get_or_404(visible_series(actor).select_related("network"), pk=series_id)
    may = can_organize_series(actor, found)
    ahead = list(with_answers(coming_of(found), actor)[:24])
    next_on = ahead[0].local_start.date() if ahead and ahead[0].local_start else None
    first = ChangeSeriesForm.initial_of(found, next_on)
    forms: dict[str, Any] = {
        "change": ChangeSeriesForm(network=found.network, prefix="change", initial=first),
        "end": EndSeriesForm(prefix="end", initial={"last": next_on, "sequence": found.sequence}),
    }
    status = 200
    if request.method == "POST":
        target = _change(request, found, forms)
        if target is not None:
            return HttpResponseRedirect(target)
        status = 422
    past = with_answers(Meeting.objects.filter(series=found), actor).exclude(pk__in=[m.pk for m in ahead])
    context = {
        "series": found,
        "network": found.network,
        "rhythm": rhythm_text(found),
        "ahead": ahead,
        "past": past.order_by("-original_start")[:60],
        "may": may,
        "forms": forms,
        "now": timezone.now(),
        "crumbs": crumbs_of(found.network),
    }
    return render(request, "meetings/series.html", context, status=status)


def _change(request: HttpRequest, found: Series, forms: dict[str, Any]) -> str | None:
    do, actor = request.POST.get("do", ""), actor_of(request)
    if do == "change":
        form: Any = ChangeSeriesForm(request.POST, network=found.network, prefix="change")
    elif do == "end":
        form = EndSeriesForm(request.POST, prefix="end")
    else:
        raise Http404
    forms[do] = form
    if not form.is_valid():
        return None
    data = form.cleaned_data
    try:
        if do == "end":
            end_series(actor=actor, series=found, **data)
            messages.success(request, _("The series ends. Everybody has been told."))
            return reverse("meetings:series", args=[found.pk])
        data["time"] = data.pop("start")
        data.pop("end")
        changed = change_series(actor=actor, series=found, **data)
    except Refused as refused:
        if refused.status == 403:
            raise
        field = {"time": "start", "minutes_long": "end", "day": "first_on"}.get(
            refused.field or "", refused.field
        )
        form.add_error(field if field in form.fields else None, str(refused))
        return None
    messages.success(request, _("The series is changed. Everybody has been invited to the new one."))
    return reverse("meetings:series", args=[changed.pk])
