"""The end of a consultation: its texts lose their keys, its row keeps what can be counted, and nobody's name.

A destroyed key takes the text out of the database, of every file the database ever wrote, and of every backup of the
data. What stays is a fact: month, help systems, way, topic, age band, days to the answer, in time or not, helped or
not, in which network and under which agreement.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, time
from typing import NamedTuple

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from mtd.accounts.models import User
from mtd.audit.actions import record
from mtd.consultations.models import (
    CONSULTATION_TRANSITIONS,
    SOURCE,
    Consultation,
    Contribution,
    Learning,
    Reading,
    Round,
    RoundNote,
    after,
)
from mtd.consultations.permissions import can_conclude
from mtd.consultations.queries.ending import case_drafts_due, consultations_due, ids, learnings_due
from mtd.core.actor import Actor
from mtd.core.encryption import EMPTIED, destroy_keys
from mtd.core.errors import require
from mtd.meetings.actions import unlink_items
from mtd.notifications.actions import forget_notices_about

BATCH = 100
"""So many end in one transaction: few enough to lose little when killed, enough not to wait for the disk each time."""


@transaction.atomic(durable=True)
def end(*, actor: Actor, consultation: Consultation, ending: str) -> Consultation:
    """End a consultation before its time: who asked, or took it back. Refused with "wrong_state" once it has ended.

    Its keys are destroyed right after the commit; from then on no backup of the data brings a text back.
    """
    consultation = _locked([consultation.pk])[0]
    require(can_conclude(actor, consultation))
    after(CONSULTATION_TRANSITIONS, consultation.state, "end")
    empty(actor=actor, consultations=[consultation], ending=Consultation.Ending(ending))
    return Consultation.objects.get(pk=consultation.pk)


@transaction.atomic(durable=True)
def end_some(*, actor: Actor, now: datetime | None = None, limit: int = BATCH) -> int:
    """End the next few consultations whose time is over; returns how many. Safe twice at once and after a kill."""
    moment = now or timezone.now()
    named = ids(consultations_due(moment), limit)
    # What another run ended meanwhile is not due any more once we hold the lock.
    due = [one for one in _locked(named) if one.state not in _OVER]
    if due:
        today = timezone.localdate(moment)
        empty(actor=actor, consultations=due, ending=Consultation.Ending.TIME, today=today)
    return len(due)


@transaction.atomic(durable=True)
def discard_some(*, actor: Actor, now: datetime | None = None, limit: int = BATCH) -> int:
    """Throw the next few drafts away that were left lying, whole; returns how many."""
    return _discard(actor, ids(case_drafts_due(now or timezone.now()), limit))


@transaction.atomic
def discard_drafts_of(*, actor: Actor, user: User) -> int:
    """Throw away what a person began and never sent, because their account goes; part of the caller's transaction."""
    drafts = Consultation.objects.filter(asked_by=user, state=Consultation.State.DRAFT)
    return _discard(actor, drafts.values_list("pk", flat=True))


@transaction.atomic(durable=True)
def forget_learnings(*, actor: Actor, now: datetime | None = None) -> int:
    """Let go of what a network learnt and did not confirm again by its day; returns how many."""
    due = list(learnings_due(now or timezone.now()).select_for_update().only("pk", "data_key_id"))
    for learning in due:
        record(actor, "learning.forgotten", learning)
    destroy_keys(one.data_key_id for one in due if one.data_key_id is not None)
    Learning.objects.filter(pk__in=[one.pk for one in due]).delete()
    return len(due)


@transaction.atomic
def empty(
    *,
    actor: Actor,
    consultations: Collection[Consultation],
    ending: Consultation.Ending,
    today: date | None = None,
) -> None:
    """Take everything out of locked consultations but what is counted. A step of `end` and of what takes one back."""
    pks = [one.pk for one in consultations]
    destroy_keys(_keys_of(pks))
    for model in (Contribution, Reading, Round):
        # Notes of a round go with it.
        model._default_manager.filter(consultation__in=pks).delete()
    facts: dict[_Fact, list[uuid.UUID]] = defaultdict(list)
    for one in consultations:
        fact = _fact_of(one, ending)
        facts[fact].append(one.pk)
        record(actor, "consultation.ended", one, way=one.way, ending=ending.value, days=fact.days_to_answer)
    for fact, same in facts.items():
        _keep_only(fact, same, ending, today or timezone.localdate())
    unlink_items(actor=actor, source_kind=SOURCE, source_ids=[str(pk) for pk in pks])
    home = reverse("consultations:index")
    forget_notices_about(actor=actor, links=[f"{home}{pk}/" for pk in pks])


def _discard(actor: Actor, pks: Iterable[uuid.UUID]) -> int:
    drafts = [one for one in _locked(pks) if one.state == Consultation.State.DRAFT]
    for draft in drafts:
        record(actor, "consultation.discarded", draft)
    destroy_keys(_keys_of([draft.pk for draft in drafts]))
    Consultation.objects.filter(pk__in=[draft.pk for draft in drafts]).delete()
    return len(drafts)


_OVER = (Consultation.State.DRAFT, Consultation.State.ENDED)


def _locked(pks: Iterable[uuid.UUID]) -> list[Consultation]:
    """The rows, locked in a fixed order; their texts stay closed, so a missing key is no obstacle."""
    rows = Consultation.objects.select_for_update().filter(pk__in=list(pks)).defer("case", "kept")
    return list(rows.order_by("pk"))


def _keys_of(pks: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """The keys of everything that was said in these consultations."""
    rows = (
        Consultation.objects.filter(pk__in=pks),
        Contribution.objects.filter(consultation__in=pks),
        RoundNote.objects.filter(round__consultation__in=pks),
    )
    return [key for found in rows for key in found.values_list("data_key_id", flat=True) if key is not None]


class _Fact(NamedTuple):
    """What a consultation leaves behind that is not in its row yet."""

    month: date
    days_to_answer: int | None
    in_time: bool | None


def _fact_of(one: Consultation, ending: Consultation.Ending) -> _Fact:
    asked = timezone.localdate(one.sent_at or one.created_at)
    days, in_time = one.days_to_answer, one.in_time
    if one.answered_at is not None:
        days = max(0, (timezone.localdate(one.answered_at) - asked).days)
    if one.due_at is not None and in_time is None:
        if one.answered_at is not None:
            in_time = one.answered_at <= one.due_at
        elif ending == Consultation.Ending.TIME:
            in_time = False
    return _Fact(asked.replace(day=1), days, in_time)


def _keep_only(fact: _Fact, pks: Collection[uuid.UUID], ending: Consultation.Ending, today: date) -> None:
    began = timezone.make_aware(datetime.combine(fact.month, time()))
    Consultation.objects.filter(pk__in=pks).update(
        state=Consultation.State.ENDED,
        ending=ending,
        month=fact.month,
        # The day would tell when it was answered, so the month is enough here as well.
        ended_on=today.replace(day=1),
        days_to_answer=fact.days_to_answer,
        in_time=fact.in_time,
        organization=None,
        asked_by=None,
        recipient=None,
        adviser=None,
        meeting=None,
        case=EMPTIED,
        kept=EMPTIED,
        data_key_id=None,
        language="",
        revision=0,
        created_at=began,
        changed_at=began,
        sent_at=None,
        due_at=None,
        answered_at=None,
        closed_at=None,
        ends_on=None,
        reminded_at=None,
    )
