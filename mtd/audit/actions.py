"""Appending to the log; always inside the transaction of the change that is recorded."""

from __future__ import annotations

import re
import uuid
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from mtd.core.actor import Actor

from .models import FORGOTTEN, GENESIS, ChainHead, Event, digest, digest_of_actor
from .queries import actors_due

_PLAIN = re.compile(r"[\w.:+/-]{0,80}", re.ASCII)


def record(actor: Actor, verb: str, obj: models.Model, **facts: Any) -> Event:
    """Append one event in the caller's transaction.

    Facts are identifiers, numbers, dates and short codes; free text raises ValueError, because a log that
    cannot be deleted must not hold what somebody typed.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record() belongs in the transaction of the change that it records.")
    clean = {name: _fact(name, value) for name, value in facts.items() if value is not None}
    head, created = ChainHead.objects.select_for_update().get_or_create(id=1, defaults={"hash": GENESIS})
    event = Event(
        at=timezone.now(),
        actor_id=str(actor.user_id or ""),
        organization_id=str(actor.organization_id or ""),
        verb=verb,
        object_type=obj._meta.label_lower,
        object_id=str(obj.pk),
        facts=clean,
        previous=head.hash,
    )
    event.actor_digest = digest_of_actor(event)
    event.hash = digest(event)
    event.save(force_insert=True)
    ChainHead.objects.filter(id=1).update(hash=event.hash)
    return event


@transaction.atomic(durable=True)
def forget_actors(*, actor: Actor, now: datetime | None = None) -> int:
    """Forget who did what was done longer ago than MTD_KEEP_ACTORS; what was done stays. Returns how many events.

    Up to which event is itself recorded, so that a person blanked out later than that shows as a break.
    """
    due = actors_due(now or timezone.now())
    last = due.order_by("-id").first()
    if last is None:
        return 0
    head, _created = ChainHead.objects.select_for_update().get_or_create(id=1, defaults={"hash": GENESIS})
    count = due.filter(id__lte=last.id).update(actor_id="", actor_salt="")
    record(actor, FORGOTTEN, head, up_to=last.id, events=count)
    return count


def _fact(name: str, value: Any) -> Any:
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return value
    if isinstance(value, list | tuple):
        return [_fact(name, item) for item in value]
    raise ValueError(
        f"The fact {name!r} of an audit event must be an identifier, a number, a date or a code."
    )
