"""What the agreed answers mean for signing and for the life of the agreement; who may sign."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from mtd.agreements.models import Agreement, Mandate
from mtd.guide.wording import format_answer

from .room import Room


@dataclass(frozen=True)
class Terms:
    """What the agreed answers mean for signing and for the life of the agreement; None: not agreed."""

    in_force_from: date | None
    review_on: date | None
    leaving_notice: Mapping[str, Any] | None
    methods: tuple[str, ...]
    order: str
    annex_body: str | None


_METHODS = {"in_system": "system", "own_certificate": "upload", "paper": "paper"}


def terms(room: Room) -> Terms:
    """Read the terms out of what was agreed, by the question keys of the cooperation guide.

    A guide that asks differently leaves them empty; then they are asked for when the text is fixed.
    """
    agreed = room.agreed_values
    starts = agreed.get("in_force")
    in_force_from = date.fromisoformat(starts["date"]) if starts else None
    forms = agreed.get("signing_forms")
    order = (agreed.get("signing_order") or {}).get("choice")
    body = agreed.get("annex_change")
    question = room.pack.question("annex_change") if body else None
    return Terms(
        in_force_from=in_force_from,
        review_on=later(in_force_from, agreed.get("review_period")) if in_force_from else None,
        leaving_notice=agreed.get("leaving_notice"),
        methods=tuple(_METHODS[c] for c in forms["choices"] if c in _METHODS)
        if forms
        else ("system", "upload", "paper"),
        order="sequence" if order in ("as_listed", "coordination_last") else "parallel",
        annex_body=format_answer(question, body, room.agreement.language) if question else None,
    )


def later(day: date, period: Mapping[str, Any] | None) -> date | None:
    """The day after a period in an answer, e.g. 12 months later; the end of a short month stays its end."""
    if not period:
        return None
    number, unit = int(period["number"]), period["unit"]
    if unit in ("months", "years"):
        years, month = divmod(day.month - 1 + number * (12 if unit == "years" else 1), 12)
        last = calendar.monthrange(day.year + years, month + 1)[1]
        return date(day.year + years, month + 1, min(day.day, last))
    return day + timedelta(days=number * (7 if unit == "weeks" else 1))


def valid_mandates(agreement: Agreement) -> list[Mandate]:
    """Confirmed mandates that are neither revoked nor run out, with party and organisation."""
    today = timezone.localdate()
    return list(
        Mandate.objects.filter(agreement=agreement, confirmed_at__isnull=False, revoked_at__isnull=True)
        .exclude(valid_until__lt=today)
        .select_related("party__organization", "user")
    )
