"""The doors: every way to ask in a network, the clause that opens it, or why it is closed and what to do then.

A constant number of queries, however many agreements and partners there are. The same doors are the gate of sending.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from mtd.agreements.models import Agreement
from mtd.agreements.permissions import listed_to
from mtd.consultations.models import Consultation, Way
from mtd.core.actor import Actor
from mtd.organizations.models import Network, Organization

from . import ways
from .door import Door, Doors
from .ground import load_grounds
from .look import Look

__all__ = ["Door", "Doors", "asking_organization", "door_for", "doors_of"]
_REMEMBERED = timedelta(days=365)
"""So long an agreement that has ended is named as the reason why a door is closed."""


def asking_organization(actor: Actor, network: Network) -> uuid.UUID | None:
    """For which of their organisations of this network a person asks: the one that speaks now, else the first."""
    own = {organization for organization, where in actor.organization_networks if where == network.pk}
    if actor.organization_id in own:
        return actor.organization_id
    first = Organization.objects.filter(pk__in=own).order_by("name", "pk").values_list("pk", flat=True)
    return first.first() if own else None


def doors_of(actor: Actor, network: Network, organization_id: uuid.UUID | None = None) -> Doors:
    """Every way in which a person may ask in a network, and every way that is closed, with the reason."""
    own_id = organization_id or asking_organization(actor, network)
    if own_id is None or own_id not in actor.organization_ids:
        return Doors(None, ())
    long_ago = timezone.localdate() - _REMEMBERED
    known = listed_to(actor).filter(network=network).exclude(state=Agreement.State.ABANDONED)
    known = known.exclude(state=Agreement.State.ENDED, ended_on__lt=long_ago).select_related("network")
    grounds = load_grounds(known)
    look = Look.around(actor, network, own_id, grounds)
    found: list[Door] = []
    for ground in grounds:
        found += ways.partners(look, ground)
        found += ways.advisers(look, ground)
        found += ways.discussions(look, ground)
    return Doors(look.own, (*_without_echo(found), ways.own_house(look)), tuple(grounds))


def door_for(actor: Actor, consultation: Consultation) -> Door | None:
    """The door that a question stands before: the gate of sending. None where it is gone altogether."""
    doors = doors_of(actor, consultation.network, consultation.organization_id)
    for door in doors.doors:
        same = (
            door.way == consultation.way
            and (door.agreement.pk if door.agreement else None) == consultation.agreement_id
            and (door.meeting.pk if door.meeting else None) == consultation.meeting_id
        )
        if not same:
            continue
        if door.way == Way.OWN_HOUSE:
            someone = {None, *(user.pk for user in door.colleagues)}
            if consultation.adviser_id in someone:
                return door
        elif door.way == Way.DISCUSSION or (
            (door.recipient.pk if door.recipient else None) == consultation.recipient_id
            and (door.adviser.pk if door.adviser else None) == consultation.adviser_id
        ):
            return door
    return None


def _without_echo(found: Sequence[Door]) -> list[Door]:
    """Where another agreement opens a way, or the very same partner, a closed one of the same says nothing new."""
    ways = {door.way for door in found if door.open}
    partners = {door.recipient.pk for door in found if door.open and door.recipient}
    kept, seen = [], set()
    for door in found:
        general = door.recipient is None and door.contact is None and door.meeting is None
        if not door.open and general and door.way in ways:
            continue
        if not door.open and door.way == Way.PARTNER and door.recipient and door.recipient.pk in partners:
            continue
        same = (door.way, door.recipient and door.recipient.pk, door.adviser and door.adviser.pk)
        if door.open and door.meeting is None:
            if same in seen:
                continue  # two agreements allow the same: the first is enough
            seen.add(same)
        kept.append(door)
    return kept
