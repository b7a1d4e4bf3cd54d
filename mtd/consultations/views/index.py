"""Where "Consultation" in the navigation leads: what I asked, what we were asked, and how to ask."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """My questions, and those that wait for an answer from us."""
    return render(request, "consultations/index.html", {})
