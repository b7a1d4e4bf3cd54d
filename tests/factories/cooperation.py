"""Agreements in force with chosen clauses, and what happened under them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from mtd.agreements.models import Agreement, Answer, Party, Position, Version
from mtd.meetings.models import Kind, Meeting
from mtd.organizations.models import Network, Organization

from .agreements import cooperation_guide, found

COMMITTEE = {
    "committee": {"yes": True},
    "committee_rhythm": {"at_least": 1, "per": "half_year"},
    "review_period": {"number": 12, "unit": "months"},
}
"""A committee every half-year, and a review every twelve months."""
SHARED = {
    **COMMITTEE,
    "contact_update": {"at_least": 1, "per": "half_year"},
    "exchange_formats": {"choices": ["practitioner_exchange", "job_shadowing"]},
    "exchange_rhythm": {"at_least": 2, "per": "year"},
    "shadowing_rhythm": {"at_least": 1, "per": "year"},
    "consultation_answer": {"number": 3, "unit": "working_days"},
    "escalation": {"yes": True},
    "escalation_path": {"choices": ["workers", "committee", "steering"]},
    "escalation_time": {"number": 10, "unit": "working_days"},
}
"""Duties of the network and of each party, a limit of time, and a path for what is missed."""


def answer_all(version: Version, answers: Mapping[str, Any], without: frozenset[str] = frozenset()) -> None:
    """Write answers to which every party of the version agrees; to those in `without` nobody does."""
    parties = [p for p in version.agreement.parties.all() if p.from_version <= version.number]
    Answer.objects.filter(version=version, question_key__in=answers).delete()
    Position.objects.filter(version=version, question_key__in=answers).delete()
    for key, value in answers.items():
        Answer.objects.create(version=version, question_key=key, value=value, party=parties[0])
    Position.objects.bulk_create(
        Position(
            version=version,
            question_key=key,
            party=party,
            stance=Position.Stance.AGREE,
            answer_revision=1,
        )
        for key in answers
        if key not in without
        for party in parties
    )


def in_force(
    network: Network,
    organizations: list[Organization],
    start: date,
    answers: Mapping[str, Any] = COMMITTEE,
    **fields: Any,
) -> Agreement:
    """An agreement in force since a day, with these clauses and no others."""
    agreement = found(network, organizations, **fields)
    version = agreement.versions.get()
    answer_all(version, answers)
    review = start + timedelta(days=365)
    Version.objects.filter(pk=version.pk).update(state="in_force", in_force_from=start, review_on=review)
    Agreement.objects.filter(pk=agreement.pk).update(state="in_force", in_force_from=start, review_on=review)
    return Agreement.objects.select_related("network").get(pk=agreement.pk)


def amended(agreement: Agreement, start: date, answers: Mapping[str, Any]) -> Version:
    """The next version, in force since a day, with these clauses and no others; the one before is superseded."""
    old = agreement.versions.get(state="in_force")
    Version.objects.filter(pk=old.pk).update(state="superseded")
    new = Version.objects.create(
        agreement=agreement,
        number=old.number + 1,
        kind=Version.Kind.AMENDMENT,
        state="in_force",
        guide_version=cooperation_guide(),
        base=old,
        in_force_from=start,
    )
    answer_all(new, answers)
    return new


def ended(agreement: Agreement, on: date) -> Agreement:
    """The agreement ended on a day, its last."""
    agreement.versions.filter(state="in_force").update(state="ended")
    Agreement.objects.filter(pk=agreement.pk).update(state="ended", ended_on=on)
    return Agreement.objects.select_related("network").get(pk=agreement.pk)


def held(
    network: Network, on: date, kind: str = Kind.COMMITTEE, subject: uuid.UUID | None = None, **fields: Any
) -> Meeting:
    """A meeting that was held on a day."""
    starts = datetime.combine(on, time(13), UTC)
    return Meeting.objects.create(
        network=network,
        kind=kind,
        subject_id=subject,
        state=Meeting.State.HELD,
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
        **fields,
    )


def left(party: Party, on: date) -> Party:
    """The party is gone from a day on."""
    Party.objects.filter(pk=party.pk).update(left_on=on)
    return Party.objects.select_related("organization").get(pk=party.pk)
