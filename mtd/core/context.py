"""What every page knows: the navigation, who is signed in, the theme, whether this is a demo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from .http import actor_of


@dataclass(frozen=True)
class NavItem:
    """One entry of the main navigation."""

    label: str
    url: str
    current: bool


NAV = (
    (pgettext_lazy("navigation", "Start"), "home:home", ("home",)),
    (pgettext_lazy("navigation", "Agreements"), "agreements:register", ("agreements",)),
    (pgettext_lazy("navigation", "Cooperation"), "cooperation:index", ("cooperation", "meetings")),
    (pgettext_lazy("navigation", "Consultation"), "consultations:index", ("consultations",)),
    (pgettext_lazy("navigation", "Guide"), "guide:index", ("guide",)),
    (pgettext_lazy("navigation", "Network"), "organizations:index", ("organizations",)),
    (pgettext_lazy("navigation", "Countries"), "programme:countries", ("programme",)),
)
"""Label, address, and the slices whose pages belong to it."""

AREAS = (
    ("year", pgettext_lazy("area of cooperation", "The year"), "cooperation:year"),
    ("lived", pgettext_lazy("area of cooperation", "Is it lived?"), "cooperation:network_lived"),
    ("meetings", pgettext_lazy("area of cooperation", "Meetings"), "meetings:network"),
    ("needs", pgettext_lazy("area of cooperation", "Needs raised"), "cooperation:needs"),
    ("shadowing", pgettext_lazy("area of cooperation", "Job shadowing"), "cooperation:shadowing"),
    ("pulse", pgettext_lazy("area of cooperation", "Partner pulse"), "cooperation:pulse"),
    ("people", pgettext_lazy("area of cooperation", "Who is who"), "cooperation:people"),
)
"""The areas of a network's cooperation: key, label, address (which takes the network's slug)."""


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of every rendered page."""
    actor = actor_of(request)
    match = getattr(request, "resolver_match", None)
    namespace = match.namespace if match else ""
    nav = []
    if actor.is_authenticated:
        for label, route, slices in NAV:
            nav.append(NavItem(label=str(label), url=reverse(route), current=namespace in slices))
    return {
        "actor": actor,
        "nav": nav,
        "theme": request.COOKIES.get("theme", ""),
        "demo": settings.MTD_DEMO,
        "imprint": settings.MTD_IMPRINT,
    }
