"""What the three pages of a draft share: the gate, the head, the steps, the side column, saving and going on."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mtd.consultations.actions.drafting import DraftConflict
from mtd.consultations.case import Case
from mtd.consultations.crowd import Crowd
from mtd.consultations.forms.case import CaseForm
from mtd.consultations.models import Consultation
from mtd.consultations.permissions import can_edit
from mtd.consultations.queries.case import case_of, case_view
from mtd.consultations.queries.crowd import crowd_of
from mtd.consultations.queries.doors import Door, door_for
from mtd.core.actor import Actor
from mtd.core.errors import NotAllowed, Refused, require
from mtd.core.http import actor_of, is_fragment

from .gate import choosing, consultation_or_404

Save = Callable[[], Consultation]
_PLACES = {"person": "persons", "tie": "ties", "relation": "relations"}
"""Where the rows of a kind stand on the page."""


def own_draft_or_404(request: HttpRequest, consultation_id: uuid.UUID) -> Consultation:
    """The draft, for its author; a sent one may not be changed any more (403), another's does not exist (404)."""
    consultation = consultation_or_404(request, consultation_id)
    require(can_edit(actor_of(request), consultation))
    return consultation


def frame(actor: Actor, consultation: Consultation, step: int) -> dict[str, Any]:
    """What stands around every page of a draft."""
    door = door_for(actor, consultation)
    return {
        "consultation": consultation,
        "network": consultation.network,
        "door": door,
        "whom": whom(consultation, door),
        "choosing": choosing(consultation),
        "keep_days": settings.MTD_KEEP_CONSULTATIONS.days,
        "crumbs": [(_("Anonymous consultation"), reverse("consultations:index"))],
        "steps": steps(consultation, step),
        "saved": consultation.changed_at if consultation.revision else None,
    }


def whom(consultation: Consultation, door: Door | None) -> str:
    """Who is asked, in a word."""
    if consultation.adviser is not None:
        return consultation.adviser.full_name
    if consultation.meeting is not None:
        return consultation.meeting.name
    if door is not None:
        return door.title
    return consultation.recipient.name if consultation.recipient else consultation.get_way_display()


def steps(consultation: Consultation, here: int) -> list[dict[str, Any]]:
    """The four steps of asking, with where one is; the steps of a draft can be visited in any order."""
    pk = consultation.pk
    named = [
        (pgettext("step of asking", "Whom to ask"), choosing(consultation)),
        (pgettext("step of asking", "Household"), reverse("consultations:household", args=[pk])),
        (pgettext("step of asking", "Story and question"), reverse("consultations:story", args=[pk])),
        (pgettext("step of asking", "Check and send"), reverse("consultations:check", args=[pk])),
    ]
    return [
        {
            "number": number,
            "label": label,
            "url": url,
            "state": "done" if number < here else "here" if number == here else "next",
        }
        for number, (label, url) in enumerate(named, 1)
    ]


def side(consultation: Consultation, case: Case) -> dict[str, Any]:
    """What is reckoned and drawn anew after every saving."""
    crowd: Crowd = crowd_of(consultation, case)
    return {"case": case_view(consultation), "crowd": crowd}


def kept_page(
    request: HttpRequest,
    consultation: Consultation,
    form: CaseForm,
    save: Save,
    *,
    step: int,
    template: str,
    onward: str,
) -> HttpResponse:
    """One POST of a page of the draft: while typing (`autosave`), a row more or less, saving, or going on.

    Whatever can be kept is kept, also what the guard objects to; only the way on needs its consent.
    """
    here = reverse(f"consultations:{template.removesuffix('.html')}", args=[consultation.pk])
    quiet = "autosave" in request.POST
    verb, _colon, what = request.POST.get("do", "").partition(":")
    stored: Consultation | None = None
    if form.can_be_kept():
        try:
            saved = save()
        except DraftConflict as conflict:
            stored = conflict.stored
            if quiet:
                return HttpResponse(status=409)
            form.add_error(None, str(conflict))
        except NotAllowed:
            raise
        except Refused as refused:
            if quiet:
                return HttpResponse(status=422)
            refused.show_on(form)
        else:
            if quiet:
                return HttpResponse(status=204, headers={"X-Revision": str(saved.revision)})
            if verb in ("add", "remove"):
                group = what.partition("-")[0]
                back = f"?add={group}" if verb == "add" else f"#{_PLACES.get(group, group)}"
                return HttpResponseRedirect(here + back)
            if form.is_valid():
                if verb != "next":
                    messages.success(request, _("Saved."))
                return HttpResponseRedirect(onward if verb == "next" else here)
            consultation = saved
    elif quiet:
        return HttpResponse(status=422)
    shown = stored or consultation
    context = {
        **frame(actor_of(request), shown, step),
        **side(shown, case_of(shown)),
        "form": form,
        "stored": case_view(stored) if stored else None,
        "revision": shown.revision,
    }
    return render(request, f"consultations/{template}", context, status=409 if stored else 422)


def shown_page(
    request: HttpRequest, consultation: Consultation, form: CaseForm, *, step: int, template: str
) -> HttpResponse:
    """The page as it is opened; the parts that are drawn anew when htmx asks for them."""
    context = side(consultation, case_of(consultation))
    if is_fragment(request) and "part" in request.GET:
        part = {**context, "consultation": consultation, "network": consultation.network}
        return render(request, "consultations/_drawn.html", part)
    context |= frame(actor_of(request), consultation, step)
    return render(
        request, f"consultations/{template}", {**context, "form": form, "revision": consultation.revision}
    )
