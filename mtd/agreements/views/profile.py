"""The profile sheet of an agreement, as a page and as PDF."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext

from mtd.agreements.models import Agreement
from mtd.agreements.permissions import listed_to, visible_to
from mtd.agreements.profile import profile_document, way_in_words
from mtd.agreements.queries import profile_of
from mtd.core.http import actor_of, download, get_or_404
from mtd.documents.pdf import render_pdf


def _agreement(request: HttpRequest, code: str) -> Agreement:
    return get_or_404(listed_to(actor_of(request)).select_related("network"), code=code.upper())


def profile(request: HttpRequest, code: str) -> HttpResponse:
    """Parties, goal, what was agreed in short, since when, and whom to ask."""
    agreement = _agreement(request, code)
    sheet = profile_of(agreement, get_language())
    context = {
        "profile": sheet,
        "agreement": agreement,
        "way": way_in_words(sheet),
        "may_enter": visible_to(actor_of(request)).filter(pk=agreement.pk).exists(),
        "crumbs": [(pgettext("navigation", "Agreements"), reverse("agreements:register"))],
        "network_name": agreement.network.name,
    }
    return render(request, "agreements/profile.html", context)


def profile_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The same sheet as an accessible PDF."""
    sheet = profile_of(_agreement(request, code), get_language())
    content = render_pdf(profile_document(sheet, on=timezone.localdate()))
    return download(content, name=f"{sheet.agreement.code}-profile.pdf", media_type="application/pdf")
