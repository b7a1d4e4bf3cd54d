"""What was said to a question, who read it, and how long it stays."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from mtd.consultations.models import Consultation, Contribution, Reading
from mtd.core.actor import Actor
from mtd.core.encryption import InvalidTag, KeyDestroyed, Sealed, warm

_FROM_ASKER = (Contribution.Kind.REPLY, Contribution.Kind.SUMMARY)


@dataclass(frozen=True)
class Said:
    """One contribution as the page shows it."""

    id: uuid.UUID
    kind: str
    label: str
    name: str
    organization: str
    system: str
    at: datetime
    text: str | None
    """None when it does not open: its key is missing, or it was altered."""
    mine: bool
    from_asker: bool

    @property
    def is_advice(self) -> bool:
        """An answer or a protocol: responsibility stays with who asked."""
        return self.kind in (Contribution.Kind.ANSWER, Contribution.Kind.PROTOCOL)


@dataclass(frozen=True)
class Reader:
    """Somebody who read it."""

    name: str
    organization: str
    system: str
    first_at: datetime
    last_at: datetime
    times: int


def opened(record: Sealed, name: str) -> str | None:
    """A sealed text, or None when it does not open."""
    try:
        return str(getattr(record, name))
    except (KeyDestroyed, InvalidTag):
        return None


def said_by(actor: Actor, rows: Sequence[Contribution]) -> list[Said]:
    """Contributions (with people and organisations) as the page shows them. One query for their keys."""
    warm(rows)
    return [
        Said(
            id=row.pk,
            kind=row.kind,
            label=str(Contribution.Kind(row.kind).label),
            name=row.by.full_name if row.by else "",
            organization=row.organization.short_name if row.organization else "",
            system=row.organization.help_system if row.organization else "",
            at=row.at,
            text=opened(row, "text"),
            mine=row.by_id is not None and row.by_id == actor.user_id,
            from_asker=row.kind in _FROM_ASKER,
        )
        for row in rows
    ]


def thread_of(actor: Actor, consultation: Consultation) -> list[Said]:
    """Everything said to a question, oldest first. Two queries."""
    rows = Contribution.objects.filter(consultation=consultation).select_related("by", "organization")
    return said_by(actor, list(rows.order_by("at", "id")))


def readers_of(consultation: Consultation) -> list[Reader]:
    """Who read it, in the order of first reading. One query."""
    rows: Iterable[Reading] = Reading.objects.filter(consultation=consultation).select_related(
        "user", "organization"
    )
    return [
        Reader(
            name=row.user.full_name,
            organization=row.organization.short_name if row.organization else "",
            system=row.organization.help_system if row.organization else "",
            first_at=row.first_at,
            last_at=row.last_at,
            times=row.times,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Countdown:
    """How long the texts stay: days left, the day, and how much of the time has passed, in per cent."""

    days: int
    on: date
    passed: int


def countdown_of(consultation: Consultation, today: date | None = None) -> Countdown | None:
    """The countdown of a question that was sent; None for drafts and what has ended."""
    day = today or timezone.localdate()
    left = consultation.days_left(day)
    if left is None or consultation.ends_on is None or consultation.sent_at is None:
        return None
    began = timezone.localdate(consultation.answered_at or consultation.sent_at)
    whole = max(1, (consultation.ends_on - began).days)
    return Countdown(left, consultation.ends_on, min(100, max(0, round(100 * (whole - left) / whole))))
