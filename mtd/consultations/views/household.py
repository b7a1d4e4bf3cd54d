"""The second step of asking: who belongs to the household, and what surrounds it."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from mtd.consultations.actions.drafting import save_household
from mtd.consultations.forms.household import HouseholdForm
from mtd.consultations.queries.case import case_of, kept_reasons_of
from mtd.core.http import actor_of

from .drafts import kept_page, own_draft_or_404, shown_page


@require_http_methods(["GET", "HEAD", "POST"])
def household(request: HttpRequest, consultation_id: uuid.UUID) -> HttpResponse:
    """Strengths, persons, ties and relations as rows of a plain form; saved while they are entered."""
    draft = own_draft_or_404(request, consultation_id)
    case, kept = case_of(draft), kept_reasons_of(draft)
    if request.method != "POST":
        form = HouseholdForm(case=case, kept=kept, revision=draft.revision, more=request.GET.get("add", ""))
        return shown_page(request, draft, form, step=2, template="household.html")
    form = HouseholdForm(request.POST, case=case, kept=kept, more=_added(request))
    return kept_page(
        request,
        draft,
        form,
        lambda: save_household(
            actor=actor_of(request),
            consultation=draft,
            revision=form.cleaned_data["revision"],
            **form.household(),
        ),
        step=2,
        template="household.html",
        onward=reverse("consultations:story", args=[draft.pk]),
    )


def _added(request: HttpRequest) -> str:
    """Which row was asked for, for the page that comes back with errors."""
    verb, _colon, what = request.POST.get("do", "").partition(":")
    return what if verb == "add" else ""
