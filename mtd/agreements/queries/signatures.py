"""Reads about signing: mandates, dates, who has the file, and the rounds there were."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from mtd.agreements.models import Mandate, Party, Signature
from mtd.core.actor import Actor

from .room import Room
from .terms import later, terms, valid_mandates


def dates_of(
    room: Room, in_force_from: date | None = None, review_on: date | None = None
) -> tuple[date | None, date | None]:
    """First day and review of the room's version: as agreed, else as given.

    An amended text takes effect on a day of its own; the agreed first day counts only if it was changed.
    """
    agreed, base = terms(room), room.version.base
    first = agreed.in_force_from
    if base is not None and first == base.in_force_from:
        first = None
    if first is not None:
        return first, agreed.review_on or review_on
    if in_force_from is None:
        return None, review_on
    return in_force_from, review_on or later(in_force_from, room.agreed_values.get("review_period"))


def my_mandate(actor: Actor, party: Party, mandates: list[Mandate] | None = None) -> Mandate | None:
    """The person's own confirmed and valid mandate for this party, while they work for it."""
    if actor.user_id is None or party.organization_id not in actor.organization_ids:
        return None
    known = valid_mandates(party.agreement) if mandates is None else mandates
    for mandate in known:
        if mandate.party_id == party.pk and mandate.user_id == actor.user_id:
            return mandate
    return None


def holder_of(signatures: Iterable[Signature]) -> Signature | None:
    """The signature whose party has the file for signing elsewhere at the moment."""
    now = timezone.now()
    for signature in signatures:
        if signature.state == Signature.State.WAITING and signature.held_until and signature.held_until > now:
            return signature
    return None


def read_by(signature: Signature, mandate: Mandate | None) -> bool:
    """The person with this mandate has confirmed having read the fixed text."""
    return signature.read_at is not None and mandate is not None and signature.mandate_id == mandate.pk


def earliest_leave(room: Room) -> date:
    """The first day on which a party that gives notice today may leave."""
    today = timezone.localdate()
    return later(today, terms(room).leaving_notice) or today
