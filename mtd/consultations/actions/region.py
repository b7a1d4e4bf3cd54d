"""Stating how many people live in the region of a network."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mtd.audit.actions import record
from mtd.consultations.models import RegionFigure
from mtd.consultations.permissions import can_state_region
from mtd.core.actor import Actor
from mtd.core.errors import Refused, require
from mtd.organizations.models import Network

LEAST, MOST = 100, 100_000_000


@transaction.atomic(durable=True)
def state_region(
    *, actor: Actor, network: Network, inhabitants: int, source: str, as_of: date
) -> RegionFigure:
    """State the inhabitants of a region with source and date; the figure before is replaced.

    Raises NotAllowed (see `can_state_region`), and Refused without a source, for a day to come or an impossible figure.
    """
    network = Network.objects.select_for_update().get(pk=network.pk)
    require(can_state_region(actor, network))
    if not LEAST <= inhabitants <= MOST:
        raise Refused(_("Please enter how many people live there."), code="no_figure", field="inhabitants")
    if not source.strip():
        raise Refused(_("Say where the figure comes from."), code="no_source", field="source")
    if as_of > timezone.localdate():
        raise Refused(_("This day is still to come."), code="day_to_come", field="as_of")
    figure, _created = RegionFigure.objects.update_or_create(
        network=network,
        defaults={
            "inhabitants": inhabitants,
            "source": source.strip(),
            "as_of": as_of,
            "stated_by_id": actor.user_id,
        },
    )
    record(actor, "consultation.region_stated", figure, inhabitants=inhabitants, as_of=as_of)
    return figure
