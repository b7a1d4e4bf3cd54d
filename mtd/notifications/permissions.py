"""Notices are read by the person they are for, and by nobody else."""

from __future__ import annotations

from django.db.models import QuerySet

from mtd.core.actor import Actor

from .models import Notice


def visible_notices(actor: Actor) -> QuerySet[Notice]:
    """The person's own notices."""
    if actor.user_id is None:
        return Notice.objects.none()
    return Notice.objects.filter(user_id=actor.user_id)


def can_view_notice(actor: Actor, notice: Notice) -> bool:
    """Same answer as visible_notices, for one notice in hand."""
    return actor.user_id is not None and notice.user_id == actor.user_id
