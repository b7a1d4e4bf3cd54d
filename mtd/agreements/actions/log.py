"""What every action shares: locking a version, and writing down what happened in the same transaction."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from mtd.agreements.models import Agreement, Entry, Party, Version
from mtd.agreements.permissions import NOT_IN_WORK
from mtd.audit.actions import record
from mtd.core.actor import Actor
from mtd.core.errors import Refused


def lock(version: Version) -> Version:
    """The version, freshly read and locked until the transaction ends, with its agreement and network.

    The agreement's row is locked first and always in this order, so that two actions never wait for each other.
    """
    agreement = (
        Agreement.objects.select_for_update(of=("self",))
        .select_related("network")
        .get(pk=version.agreement_id)
    )
    locked = Version.objects.select_for_update(of=("self",)).get(pk=version.pk)
    locked.agreement = agreement
    return locked


def require_working(version: Version) -> None:
    """Raise Refused unless the text is open for work."""
    if version.state != Version.State.WORKING:
        raise Refused(NOT_IN_WORK, code="not_in_work")


def log(
    actor: Actor,
    version: Version,
    kind: str,
    verb: str,
    *,
    question_key: str = "",
    party: Party | None = None,
    **data: Any,
) -> Entry:
    """Write the shared log entry and the audit event, and count the version's revision up.

    `data` may hold texts (the log is part of the agreement's room); the audit event holds only identifiers.
    """
    entry = Entry.objects.create(
        version=version,
        kind=kind,
        question_key=question_key,
        party=party,
        by_id=actor.user_id,
        data=data,
    )
    Version.objects.filter(pk=version.pk).update(revision=F("revision") + 1)
    record(
        actor,
        verb,
        version,
        agreement=version.agreement_id,
        entry=entry.pk,
        question=question_key or None,
        party=party.pk if party else None,
    )
    return entry
