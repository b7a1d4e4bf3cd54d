"""Who is away, and who answers meanwhile."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mtd.accounts.models import User
from mtd.consultations.actions.absences import end_absence, set_absence
from mtd.consultations.forms.answering import AbsenceForm
from mtd.consultations.permissions import can_set_absence, visible_absences
from mtd.core.actor import Actor
from mtd.core.errors import NotAllowed, Refused
from mtd.core.http import actor_of, get_or_404
from mtd.organizations.models import Organization


@require_http_methods(["GET", "HEAD", "POST"])
def absence(request: HttpRequest) -> HttpResponse:
    """My own absences and those I stand in for; as a lead, those of my people."""
    actor = actor_of(request)
    own = User.objects.filter(pk=actor.user_id).first() if actor.user_id else None
    form: AbsenceForm | None = None
    if request.method == "POST":
        if request.POST.get("do") == "end":
            found = get_or_404(visible_absences(actor), pk=request.POST.get("absence", ""))
            end_absence(actor=actor, absence=found)
            messages.success(request, _("Taken out."))
            return HttpResponseRedirect(reverse("consultations:absence"))
        organization = _organization(actor, request.POST.get("organization", ""))
        form = _form(actor, own, organization, request.POST)
        if form.is_valid():
            try:
                set_absence(actor=actor, organization=organization, **form.cleaned_data)
            except NotAllowed:
                raise
            except Refused as refused:
                refused.show_on(form)
            else:
                messages.success(request, _("Noted. Questions go to whoever stands in."))
                return HttpResponseRedirect(reverse("consultations:absence"))
    return render(
        request, "consultations/absence.html", _context(actor, own, form), status=422 if form else 200
    )


def _organization(actor: Actor, typed: str) -> Organization:
    found = next((pk for pk in actor.organization_ids if str(pk) == typed), None)
    if found is None:
        raise Http404
    return Organization.objects.get(pk=found)


def _form(actor: Actor, own: User | None, organization: Organization, data: Any = None) -> AbsenceForm:
    lead = organization.pk in actor.lead_of
    return AbsenceForm(
        data,
        organization=organization,
        own=None if lead else own,
        initial={"user": actor.user_id},
        auto_id=f"id_{organization.pk.hex[:6]}_%s",
    )


def _context(actor: Actor, own: User | None, bound: AbsenceForm | None) -> dict[str, Any]:
    today = timezone.localdate()
    organizations = list(Organization.objects.filter(pk__in=actor.organization_ids).order_by("name", "pk"))
    rows = (
        visible_absences(actor)
        .filter(until__gte=today)
        .select_related("user", "deputy", "organization")
        .order_by("since", "id")
    )
    typed = bound.data.get("organization", "") if bound is not None else ""
    return {
        "crumbs": [(_("Anonymous consultation"), reverse("consultations:index"))],
        "rows": [
            {
                "it": row,
                "now": row.since <= today,
                "mine": row.user_id == actor.user_id,
                "may_end": can_set_absence(actor, row.user_id, row.organization_id),
            }
            for row in rows
        ],
        "forms": [
            (one, bound if bound is not None and typed == str(one.pk) else _form(actor, own, one))
            for one in organizations
        ],
    }
