"""Who sees and does what in a lived agreement. Duties, figures and reports: as the agreement's own rooms."""

from __future__ import annotations

from mtd.core.actor import Actor
from mtd.organizations.models import Network


def can_enter(actor: Actor, network: Network) -> bool:
    """The person has to do with this network: works in one of its organisations, coordinates or moderates it."""
    return network.pk in actor.network_ids
