"""The road towards an agreement: steps with dates and checklists, meetings, and who must do what next.

The identity guard sits in the guarded fields of `forms.road`: what arrives here has passed it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mtd.agreements.models import NegotiationMeeting, Party, RoadStep, Todo, Version
from mtd.agreements.permissions import can_plan
from mtd.agreements.queries import active_parties
from mtd.audit.actions import record
from mtd.core.actor import Actor
from mtd.core.errors import Refused, require
from mtd.guide.pack import Step
from mtd.guide.queries import pack_of

from .log import lock

STUMBLING = ("fine", "watch", "stuck")


def _locked(actor: Actor, version: Version) -> Version:
    version = lock(version)
    require(can_plan(actor, version.agreement))
    return version


def _step(version: Version, step_key: str) -> tuple[RoadStep, Step]:
    try:
        described = pack_of(version.guide_version).step(step_key)
    except KeyError:
        raise Refused(_("This guide has no such step."), code="unknown_step") from None
    row, _created = RoadStep.objects.get_or_create(version=version, step_key=step_key)
    return row, described


@transaction.atomic(durable=True)
def plan_step(
    *,
    actor: Actor,
    version: Version,
    step_key: str,
    planned_from: date | None,
    planned_to: date | None,
    started_on: date | None = None,
    done_on: date | None = None,
) -> RoadStep:
    """Set the planned and the actual dates of a step. Raises Refused when an end lies before its beginning."""
    version = _locked(actor, version)
    row, _described = _step(version, step_key)
    if planned_from and planned_to and planned_to < planned_from:
        raise Refused(
            _("The planned end lies before the beginning."), code="planned_order", field="planned_to"
        )
    if done_on and started_on and done_on < started_on:
        raise Refused(_("The step ends before it begins."), code="done_order", field="done_on")
    if done_on and not started_on:
        started_on = row.started_on or done_on
    row.planned_from, row.planned_to = planned_from, planned_to
    row.started_on, row.done_on = started_on, done_on
    row.save()
    record(actor, "agreement.step_planned", version, step=step_key)
    return row


@transaction.atomic(durable=True)
def check_step(
    *, actor: Actor, version: Version, step_key: str, checked: Iterable[str], stumbling: dict[str, str]
) -> RoadStep:
    """Keep what is ticked on a step's checklist and how the self-check of stumbling blocks stands."""
    version = _locked(actor, version)
    row, described = _step(version, step_key)
    items = {item.key for item in described.checklist}
    blocks = {block.key for block in described.stumbling}
    row.checked = [key for key in dict.fromkeys(checked) if key in items]
    row.stumbling = {k: v for k, v in stumbling.items() if k in blocks and v in STUMBLING}
    row.save(update_fields=["checked", "stumbling"])
    record(actor, "agreement.step_checked", version, step=step_key, done=len(row.checked))
    return row


@transaction.atomic(durable=True)
def save_meeting(
    *,
    actor: Actor,
    version: Version,
    on: date,
    time: str = "",
    place: str = "",
    step_key: str = "",
    topics: str = "",
    outcome: str = "",
    held: bool = False,
    present: Iterable[Party] = (),
    meeting: NegotiationMeeting | None = None,
) -> NegotiationMeeting:
    """Plan a meeting, or note that it was held, who was there and what came out of it."""
    version = _locked(actor, version)
    if meeting is None:
        meeting = NegotiationMeeting(version=version, created_by_id=actor.user_id)
    else:
        meeting = NegotiationMeeting.objects.select_for_update().get(pk=meeting.pk, version=version)
    meeting.on, meeting.time, meeting.place, meeting.step_key = on, time, place, step_key
    meeting.topics, meeting.outcome, meeting.held = topics, outcome, held
    meeting.save()
    parties = {party.pk for party in version.agreement.parties.all()}
    meeting.present.set([party for party in present if party.pk in parties])
    record(actor, "agreement.meeting_saved", version, meeting=meeting.pk, held=held)
    return meeting


@transaction.atomic(durable=True)
def add_todo(
    *, actor: Actor, version: Version, what: str, due: date | None = None, party: Party | None = None
) -> Todo:
    """Note who must do what until when; without a party it is the coordination's."""
    version = _locked(actor, version)
    if not what.strip():
        raise Refused(_("Say what is to be done."), code="empty", field="what")
    if party is not None and party.pk not in {p.pk for p in active_parties(version.agreement, version)}:
        raise Refused(_("Choose one of the parties."), code="unknown_party", field="party")
    todo = Todo.objects.create(
        version=version, what=what.strip(), due=due, party=party, created_by_id=actor.user_id
    )
    record(actor, "agreement.todo_added", version, todo=todo.pk)
    return todo


@transaction.atomic(durable=True)
def finish_todo(*, actor: Actor, version: Version, todo_id: Any, on: date, done: bool = True) -> Todo:
    """Tick a task off, or take the tick back."""
    version = _locked(actor, version)
    todo = Todo.objects.filter(version=version, pk=todo_id).first()
    if todo is None:
        raise Refused(_("This task is not there any more."), code="unknown_todo")
    todo.done_on = on if done else None
    todo.save(update_fields=["done_on"])
    record(actor, "agreement.todo_finished", version, todo=todo.pk, done=done)
    return todo
