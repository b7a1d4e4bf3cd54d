"""Talking a case through in a group: on a projector, on everybody's own screen, with and without JavaScript."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mtd.consultations.actions.reading import note_reading
from mtd.consultations.actions.rounds import (
    add_minutes,
    begin_round,
    finish,
    go_on,
    note,
    set_clock,
    take_note_away,
    take_over_moderation,
)
from mtd.consultations.forms.rounds import FinishForm, NoteForm, PlanForm
from mtd.consultations.method import PARTS
from mtd.consultations.models import Consultation, Round, Step
from mtd.consultations.permissions import can_moderate, can_take_part
from mtd.consultations.queries.case import case_view
from mtd.consultations.queries.rounds import RoundView, round_of, round_view
from mtd.core.errors import Conflict, NotAllowed, Refused
from mtd.core.guarded import kept_reasons
from mtd.core.http import actor_of, is_fragment

from .gate import consultation_or_404

WAITING = "waiting"
"""What a screen says that waits for somebody to begin."""


@require_http_methods(["GET", "HEAD", "POST"])
def discussion(request: HttpRequest, consultation_id: uuid.UUID) -> HttpResponse:
    """The discussion as it stands; one form for each thing that can be done, told apart by `do`."""
    consultation = consultation_or_404(request, consultation_id)
    if consultation.state == Consultation.State.DRAFT:
        return HttpResponseRedirect(reverse("consultations:household", args=[consultation.pk]))
    group = round_of(consultation)
    if request.method == "POST":
        return _do(request, consultation, group)
    if is_fragment(request):
        return _live(request, consultation, group)
    return _page(request, consultation, group)


def _live(
    request: HttpRequest, consultation: Consultation, group: Round | None, said: str = ""
) -> HttpResponse:
    """What has changed since it was last drawn, for a screen that stays open; nothing while nothing has."""
    seen = request.GET.get("seen", "")
    if group is None:
        return HttpResponse(status=204)
    if seen == WAITING:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    context = _context(request, consultation, group) | {"said": said}
    if request.method != "POST" and seen == context["mark"]:
        return HttpResponse(status=204)
    note_reading(actor=actor_of(request), consultation=consultation)
    return render(request, "consultations/_round_live.html", context)


def _mark(view: RoundView) -> str:
    """What tells whether anything has changed since the page was last drawn; a running clock does each minute."""
    notes = sum(len(stage.notes) for stage in view.stages)
    return f"{view.group.sequence}-{notes}-{view.minutes_left}"


def _back(consultation: Consultation, request: HttpRequest, said: str = "") -> HttpResponse:
    if is_fragment(request):  # only the moving part is drawn anew, so that nothing typed elsewhere is lost
        return _live(request, consultation, round_of(consultation), said)
    if said:
        messages.warning(request, said)
    address = reverse("consultations:round", args=[consultation.pk])
    return HttpResponseRedirect(address + ("?large=1" if request.GET.get("large") else ""))


def _do(request: HttpRequest, consultation: Consultation, group: Round | None) -> HttpResponse:
    actor = actor_of(request)
    verb = request.POST.get("do", "")
    typed = request.POST.get("sequence", "")
    sequence = int(typed) if typed.isdecimal() and len(typed) < 9 else -1
    forms: dict[str, Any] = {}
    try:
        if group is None:
            plan = forms["plan"] = PlanForm(request.POST)
            if not plan.is_valid():
                return _page(request, consultation, None, 422, **forms)
            begin_round(actor=actor, consultation=consultation, minutes=plan.minutes())
        elif verb == "note":
            written = forms["note"] = NoteForm(request.POST)
            if not written.is_valid():
                return _page(request, consultation, group, 422, **forms)
            note(
                actor=actor,
                group=group,
                text=written.cleaned_data["text"],
                kept=kept_reasons(written).get("text"),
            )
        elif verb == "finish":
            closing = forms["finish"] = FinishForm(request.POST, notes=list(group.notes.all()))
            if not closing.is_valid():
                return _page(request, consultation, group, 422, **forms)
            chosen = [uuid.UUID(one) for one in closing.cleaned_data["chosen"]]
            finish(
                actor=actor,
                group=group,
                sequence=sequence,
                chosen=chosen,
                first=closing.cleaned_data["first"],
                kept=kept_reasons(closing).get("first"),
            )
            messages.success(request, _("The discussion is finished. Its short protocol stands below."))
            return HttpResponseRedirect(reverse("consultations:page", args=[consultation.pk]))
        elif verb == "next":
            go_on(actor=actor, group=group, sequence=sequence)
        elif verb in ("pause", "run"):
            set_clock(actor=actor, group=group, sequence=sequence, running=verb == "run")
        elif verb == "longer":
            add_minutes(actor=actor, group=group, sequence=sequence)
        elif verb == "moderate":
            take_over_moderation(actor=actor, group=group)
        elif verb == "remove":
            take_note_away(actor=actor, group=group, note_id=_uuid(request.POST.get("note", "")))
    except NotAllowed:
        raise
    except Refused as refused:
        form = forms.get("note") or forms.get("finish") or forms.get("plan")
        if form is None:
            return _back(consultation, request, str(refused))
        refused.show_on(form)
        fresh = round_of(consultation) if isinstance(refused, Conflict) else group
        return _page(request, consultation, fresh, refused.status, **forms)
    return _back(consultation, request)


def _uuid(typed: str) -> uuid.UUID:
    try:
        return uuid.UUID(typed)
    except ValueError:
        return uuid.UUID(int=0)


def _context(
    request: HttpRequest, consultation: Consultation, group: Round | None, **forms: Any
) -> dict[str, Any]:
    actor = actor_of(request)
    context: dict[str, Any] = {
        "consultation": consultation,
        "group": group,
        "parts": PARTS,
        "total": sum(part.minutes for part in PARTS),
        "may_take_part": can_take_part(actor, consultation),
        "large": bool(request.GET.get("large")),
        "waiting": WAITING,
    }
    if group is None:
        context["plan"] = forms.get("plan") or PlanForm()
        return context
    view = round_view(group)
    notes = [one for stage in view.stages for one in stage.notes]
    context |= {
        "view": view,
        "mark": _mark(view),
        "may_moderate": can_moderate(actor, group),
        "note_form": forms.get("note") or NoteForm(),
        "last": group.step == Step.TAKE_ALONG,
        "finish_form": forms.get("finish") or FinishForm(notes=notes),
    }
    return context


def _page(
    request: HttpRequest, consultation: Consultation, group: Round | None, status: int = 200, **forms: Any
) -> HttpResponse:
    note_reading(actor=actor_of(request), consultation=consultation)
    context = _context(request, consultation, group, **forms)
    context["case"] = case_view(consultation)
    context["crumbs"] = [
        (_("Anonymous consultation"), reverse("consultations:index")),
        (consultation.number, reverse("consultations:page", args=[consultation.pk])),
    ]
    return render(request, "consultations/round.html", context, status=status)
