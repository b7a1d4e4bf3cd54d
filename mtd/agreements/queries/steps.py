"""What a person does next in an agreement, and what is new."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from mtd.agreements.models import Adoption, Signature, SigningRound, Version
from mtd.core.steps import NextStep

from .room import Room


def open_round(version: Version) -> SigningRound | None:
    """The signing round that is open, with its signatures and parties; else the complete one; else None."""
    rounds = (
        SigningRound.objects.filter(version=version, state__in=["open", "complete"])
        .defer("text")
        .prefetch_related(
            Prefetch("signatures", queryset=Signature.objects.select_related("party__organization"))
        )
        .order_by("-number")
    )
    return rounds.first()


def my_next_step(room: Room) -> NextStep:
    """What this person does next in this agreement: the page's one main button."""
    return {
        Version.State.WORKING: _next_working,
        Version.State.ADOPTING: _next_adopting,
        Version.State.SIGNING: _next_signing,
    }.get(Version.State(room.version.state), _next_reading)(room)


def _step(room: Room, route: str, title: str, action: str, *args: Any, text: str = "") -> NextStep:
    url = reverse(f"agreements:{route}", args=[room.agreement.pk, *args])
    return NextStep(title=title, text=text, url=url, action=action)


def _next_reading(room: Room) -> NextStep:
    return _step(room, "text", room.agreement.title, gettext("Read the text"))


def _next_working(room: Room) -> NextStep:
    waiting = room.standing.waiting_for(room.my_party.pk) if room.my_party else ()
    if waiting:
        action = gettext("Continue with question %(number)s") % {"number": waiting[0].question.number}
        text = ngettext(
            "%(count)s question waits for your organisation.",
            "%(count)s questions wait for your organisation.",
            len(waiting),
        ) % {"count": len(waiting)}
        return _step(room, "question", room.agreement.title, action, waiting[0].key, text=text)
    if not room.standing.missing_required() and (room.is_lead or room.is_coordinator):
        return _step(room, "sign", room.agreement.title, gettext("Go on to adoption"))
    return _step(room, "questions", room.agreement.title, gettext("See what is open"))


def _next_adopting(room: Room) -> NextStep:
    adopted = set(Adoption.objects.filter(version=room.version).values_list("party_id", flat=True))
    if room.my_party is not None and room.my_party.pk not in adopted:
        return _step(room, "sign", room.agreement.title, gettext("Record your body's decision"))
    if (room.is_lead or room.is_coordinator) and all(party.pk in adopted for party in room.parties):
        return _step(room, "sign", room.agreement.title, gettext("Fix the text and open signing"))
    return _step(room, "sign", room.agreement.title, gettext("See who has adopted"))


def _next_signing(room: Room) -> NextStep:
    signing_round = open_round(room.version)
    for signature in signing_round.signatures.all() if signing_round else ():
        mine = room.my_party is not None and signature.party_id == room.my_party.pk
        if mine and signature.state == Signature.State.WAITING:
            return _step(room, "sign", room.agreement.title, gettext("Go to your signature"))
        if not mine and room.my_party and signature.state == Signature.State.UNCONFIRMED:
            return _step(room, "sign", room.agreement.title, gettext("Confirm a signature on paper"))
    return _step(room, "sign", room.agreement.title, gettext("See who has signed"))
