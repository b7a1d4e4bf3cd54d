"""Who is signed in, for the top of every page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from mtd.core.actor import Role

from .queries import Standing


def person(request: HttpRequest) -> dict[str, Any]:
    """`person` and `network_name` as base.html shows them; nothing when nobody is signed in. No queries."""
    standing: Standing | None = getattr(request, "standing", None)
    if standing is None:
        return {}
    membership = standing.membership
    place = (membership.organization or membership.network) if membership else None
    name = standing.user.name
    return {
        "person": {
            "name": name,
            "initials": "".join(part[0] for part in name.split()[:1] + name.split()[-1:])[:2].upper(),
            "organisation": place.name if place else "",
            "role": Role(membership.role).label if membership else "",
            "system": membership.organization.help_system if membership and membership.organization else "",
            "url": reverse("accounts:profile"),
            "switch_url": reverse("organizations:index") if standing.several else "",
        },
        "network_name": standing.network.name if standing.network else "",
    }
