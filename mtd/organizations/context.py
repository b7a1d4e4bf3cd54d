"""Who is signed in, for the top of every page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from mtd.core.actor import Role

from .models import Membership
from .queries import Standing


def person(request: HttpRequest) -> dict[str, Any]:
    """`person` and `network_name` as base.html shows them; nothing when nobody is signed in. No queries."""
    standing: Standing | None = getattr(request, "standing", None)
    if standing is None:
        return {}
    membership = standing.membership
    return {
        "person": {
            "name": standing.user.name,
            "organisation": _place(membership) if membership else "",
            "role": Role(membership.role).label if membership else "",
            "system": membership.organization.help_system if membership and membership.organization else "",
            "url": reverse("accounts:profile"),
            "switch_url": reverse("organizations:switch") if len(standing.memberships) > 1 else "",
            "memberships": [
                {
                    "id": one.id,
                    "name": _place(one),
                    "role": Role(one.role).label,
                    "current": membership is not None and one.id == membership.id,
                }
                for one in standing.memberships
            ]
            if len(standing.memberships) > 1
            else [],
        },
        "network_name": standing.network.name if standing.network else "",
    }


def _place(membership: Membership) -> str:
    place = membership.organization or membership.network
    return place.name if place else gettext("Programme office")
