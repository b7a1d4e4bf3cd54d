"""How many people live in the region of a network: read by everybody of it, stated by those who may."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mtd.consultations.actions.region import state_region
from mtd.consultations.crowd import ENOUGH
from mtd.consultations.forms.region import RegionForm
from mtd.consultations.models import RegionFigure
from mtd.consultations.permissions import can_state_region
from mtd.consultations.queries.crowd import region_of
from mtd.core.errors import NotAllowed, Refused, require
from mtd.core.http import actor_of

from .gate import network_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def region(request: HttpRequest, slug: str) -> HttpResponse:
    """The figure with source and date, what it is for, and the form."""
    network, actor = network_or_404(request, slug), actor_of(request)
    may = can_state_region(actor, network)
    stored = RegionFigure.objects.filter(network=network).first()
    form = RegionForm(request.POST or None, instance=stored) if may else None
    if request.method == "POST":
        require(may)
        assert form is not None
        if form.is_valid():
            try:
                state_region(actor=actor, network=network, **form.cleaned_data)
            except NotAllowed:
                raise
            except Refused as refused:
                refused.show_on(form)
            else:
                messages.success(request, _("Saved."))
                return HttpResponseRedirect(reverse("consultations:region", args=[slug]))
    context = {
        "network": network,
        "region": region_of(network),
        "form": form,
        "may": may,
        "enough": ENOUGH,
        "crumbs": [(_("Anonymous consultation"), reverse("consultations:index"))],
    }
    return render(
        request, "consultations/region.html", context, status=422 if request.method == "POST" else 200
    )
