"""What every room of an agreement shares: the gate, the navigation between rooms."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import pgettext

from mtd.agreements.models import Agreement, Version
from mtd.agreements.permissions import visible_to
from mtd.agreements.queries import Room, load_room
from mtd.core.errors import Refused
from mtd.core.http import actor_of, get_or_404

ROOMS = ("overview", "questions", "text", "annexes", "road", "sign", "life")


def agreement_or_404(request: HttpRequest, agreement_id: uuid.UUID) -> Agreement:
    """The agreement, if the person may enter its rooms; otherwise it does not exist (404)."""
    return get_or_404(visible_to(actor_of(request)).select_related("network"), pk=agreement_id)


def room_or_404(request: HttpRequest, agreement_id: uuid.UUID, number: int | None = None) -> Room:
    """The room of the version in work (or of the version with this number)."""
    agreement = agreement_or_404(request, agreement_id)
    version = get_or_404(Version.objects.filter(agreement=agreement), number=number) if number else None
    return load_room(actor_of(request), agreement, version)


def page(room: Room, current: str, **context: Any) -> dict[str, Any]:
    """Template context of a room's page: the room, its navigation and crumbs, and what the page adds."""
    labels = {
        "overview": pgettext("room of an agreement", "Overview"),
        "questions": pgettext("room of an agreement", "Questions"),
        "text": pgettext("room of an agreement", "Text"),
        "annexes": pgettext("room of an agreement", "Annexes"),
        "road": pgettext("room of an agreement", "Road"),
        "sign": pgettext("room of an agreement", "Adopt and sign"),
        "life": pgettext("room of an agreement", "Life"),
    }
    rooms = [
        {
            "label": labels[name],
            "url": reverse(f"agreements:{name}", args=[room.agreement.pk]),
            "current": name == current,
        }
        for name in ROOMS
    ]
    crumbs = [(pgettext("navigation", "Agreements"), reverse("agreements:register"))]
    return {
        "room": room,
        "agreement": room.agreement,
        "version": room.version,
        "rooms": rooms,
        "crumbs": crumbs,
        "network_name": room.agreement.network.name,
        **context,
    }


def carry_out(
    request: HttpRequest,
    room: Room,
    form: forms.Form | None,
    deed: Callable[[HttpRequest, Room, dict[str, Any]], str],
) -> str:
    """Do what a form of a room asks for. What was done, in words; empty when the form has to be shown again.

    A refusal becomes an error of the form, which keeps everything typed; one that nobody can mend by typing
    (403, or no form at all) goes on to its own page.
    """
    if form is not None and not form.is_valid():
        return ""
    try:
        return deed(request, room, form.cleaned_data if form else {})
    except Refused as refused:
        if form is None or refused.status == 403:
            raise
        refused.show_on(form)
        return ""
