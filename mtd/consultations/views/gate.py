"""The gates of the pages of consultations."""

from __future__ import annotations

import uuid

from django.http import HttpRequest
from django.urls import reverse

from mtd.consultations.models import Consultation
from mtd.consultations.permissions import visible_to
from mtd.core.http import actor_of, get_or_404
from mtd.organizations.models import Network
from mtd.organizations.permissions import own_networks


def network_or_404(request: HttpRequest, slug: str) -> Network:
    """The network, if the person has to do with it; otherwise it does not exist (404)."""
    return get_or_404(own_networks(actor_of(request)), slug=slug)


def choosing(draft: Consultation) -> str:
    """Where somebody else is chosen for a draft."""
    return reverse("consultations:new", args=[draft.network.slug]) + f"?draft={draft.pk}"


def consultation_or_404(request: HttpRequest, consultation_id: uuid.UUID) -> Consultation:
    """The consultation, if the person may read it now; otherwise it does not exist (404)."""
    found = visible_to(actor_of(request)).select_related(
        "network", "agreement", "organization", "recipient", "asked_by", "adviser", "meeting"
    )
    return get_or_404(found, pk=consultation_id)
