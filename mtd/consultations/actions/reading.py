"""Reading is recorded: the parties of a question see who read it, and when."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from mtd.audit.actions import record
from mtd.consultations.models import Consultation, Reading
from mtd.consultations.permissions import can_view
from mtd.core.actor import Actor
from mtd.core.errors import NotAllowed

ONCE_IN = timedelta(hours=1)
"""Looking again within this time is the same reading."""


@transaction.atomic(durable=True)
def note_reading(*, actor: Actor, consultation: Consultation, copy: bool = False) -> Reading | None:
    """Note that a person read a question that was sent, at most once an hour; taking a copy is noted every time.

    Raises NotAllowed for whoever may not read it.
    """
    if consultation.state == Consultation.State.DRAFT or actor.user_id is None:
        return None
    if not can_view(actor, consultation):
        raise NotAllowed("This question is not for this person.", code="not_allowed")
    now = timezone.now()
    known = Reading.objects.select_for_update().filter(consultation=consultation, user=actor.user_id).first()
    if known is not None and known.last_at > now - ONCE_IN and not copy:
        return known
    mine = [consultation.organization_id, consultation.recipient_id, actor.organization_id]
    organization = next((pk for pk in mine if pk in actor.organization_ids), None)
    if known is None:
        known, _new = Reading.objects.get_or_create(
            consultation=consultation,
            user_id=actor.user_id,
            defaults={"organization_id": organization, "first_at": now, "last_at": now},
        )
    else:
        known.last_at, known.times = now, known.times + 1
        known.save(update_fields=["last_at", "times"])
    record(actor, "consultation.read", consultation, number=consultation.number, copy=copy or None)
    return known
