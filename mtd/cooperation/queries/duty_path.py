"""The path of what was missed: the levels that the agreement names, and how far a duty has gone along them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import pgettext

from mtd.agreements.models import Agreement
from mtd.cooperation.models import Escalation
from mtd.cooperation.obligations import BadRule, Occurrence, Status, Within

from .duties import DutyState, duties_of_many
from .duty_rules import PATH, TIME

DEFAULT_PATH = ("workers", "committee", "steering")
DEFAULT_TIME = Within(30, "days")
"""Our proposal, where the agreement names no path or no time."""
LEVELS = ("workers", "team_leads", "committee", "steering", "management")
_AT_ONCE = 50


@dataclass(frozen=True)
class Path:
    """Whom a missed duty goes to, in order, and after how long it goes on."""

    levels: tuple[str, ...]
    time: Within
    agreed: bool
    """False: the agreement names no path, and ours is used."""


def path_of(said: Mapping[str, Any]) -> Path:
    """The path that the agreement names; ours where it names none or what it says cannot be read."""
    chosen = (said.get(PATH) or {}).get("choices") or ()
    levels = [level for level in LEVELS if level in chosen]
    if (said.get(PATH) or {}).get("other"):
        levels.append("other")
    time = said.get(TIME) or {}
    try:
        wait = Within(time["number"], time["unit"])
    except (BadRule, KeyError, TypeError):
        wait = DEFAULT_TIME
    return Path(tuple(levels) or DEFAULT_PATH, wait, bool(levels))


def level_words(level: str) -> str:
    """A level in words."""
    return {
        "workers": pgettext("escalation", "the workers"),
        "team_leads": pgettext("escalation", "the team leads"),
        "committee": pgettext("escalation", "the cooperation committee"),
        "steering": pgettext("escalation", "the steering group"),
        "management": pgettext("escalation", "the management"),
    }.get(level, pgettext("escalation", "the body that the agreement names"))


def occurrence_key(found: Occurrence) -> str:
    """Names an occurrence for good: first day of its span and its number, e.g. “2026-01-01.1”."""
    return f"{found.start.isoformat()}.{found.number}"


def to_escalate(duty: DutyState) -> Occurrence | None:
    """The newest occurrence that is missed and not made good; None while all is well, paused or ended."""
    if duty.status is not Status.MISSED or not duty.in_force:
        return None
    return max(duty.reckoning.open_missed, key=lambda o: (o.due, o.number), default=None)


def agreements_to_escalate() -> list[uuid.UUID]:
    """Agreements in force with something missed and not made good, or with a level that may be closed."""
    alive = Agreement.objects.filter(state=Agreement.State.IN_FORCE)
    found = set(
        alive.filter(escalations__settled_at__isnull=True, escalations__isnull=False).values_list(
            "pk", flat=True
        )
    )
    ids = list(alive.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), _AT_ONCE):
        some = alive.filter(pk__in=ids[start : start + _AT_ONCE])
        for agreement_id, duties in duties_of_many(some).items():
            if any(to_escalate(duty) for duty in duties):
                found.add(agreement_id)
    return sorted(found)


def escalations_of(
    agreement: Agreement, question_key: str, party_id: uuid.UUID | None
) -> QuerySet[Escalation]:
    """The levels that one duty has reached, oldest first."""
    return Escalation.objects.filter(
        Q(party=party_id) if party_id else Q(party__isnull=True),
        agreement=agreement,
        question_key=question_key,
    )
