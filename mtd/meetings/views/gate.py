"""The gate of every page about a network's meetings."""

from __future__ import annotations

from django.http import HttpRequest

from mtd.core.http import actor_of, get_or_404
from mtd.organizations.models import Network
from mtd.organizations.permissions import own_networks


def network_or_404(request: HttpRequest, slug: str) -> Network:
    """The network, if the person has to do with it; otherwise it does not exist (404)."""
    return get_or_404(own_networks(actor_of(request)), slug=slug)
