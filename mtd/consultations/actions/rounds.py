"""A group talks a case through: begin, note, go on, let the clock stand, choose, and write the short protocol."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mtd.audit.actions import record
from mtd.consultations.method import (
    MAX_MINUTES,
    ORDER,
    default_minutes,
    next_step,
    protocol_text,
    seconds_used,
)
from mtd.consultations.models import Consultation, Contribution, Round, RoundNote, Step
from mtd.consultations.permissions import can_moderate, can_take_part
from mtd.core.actor import Actor
from mtd.core.encryption import destroy
from mtd.core.errors import Conflict, Refused, require

from .answering import conclude_with
from .asking import require_clear

MAX_NOTES = 60
"""More than a group says in an hour; a bound, so that a page stays a page."""


@transaction.atomic(durable=True)
def begin_round(
    *, actor: Actor, consultation: Consultation, minutes: Mapping[str, int] | None = None
) -> Round:
    """Begin the discussion with the first step; who begins it moderates. A second beginning finds the first.

    Raises Refused when a number of minutes is not from 1 to 60.
    """
    consultation = Consultation.objects.select_for_update().get(pk=consultation.pk)
    require(can_take_part(actor, consultation))
    there = Round.objects.filter(consultation=consultation).first()
    if there is not None:
        return there
    plan = {**default_minutes(), **(minutes or {})}
    if set(plan) != set(ORDER) or any(not 1 <= number <= MAX_MINUTES for number in plan.values()):
        raise Refused(_("Give each step from 1 to 60 minutes."), code="minutes")
    now = timezone.now()
    group = Round.objects.create(
        consultation=consultation,
        meeting_id=consultation.meeting_id,
        moderator_id=actor.user_id,
        minutes=plan,
        step_began_at=now,
        running=True,
        began_at=now,
    )
    record(actor, "consultation.round_begun", consultation, round=group.pk)
    return group


@transaction.atomic(durable=True)
def take_over_moderation(*, actor: Actor, group: Round) -> Round:
    """Moderate from now on: anybody who takes part, because whoever began may have to leave."""
    group = _locked(group)
    require(can_take_part(actor, group.consultation))
    _still_running(group)
    if group.moderator_id != actor.user_id:
        group.moderator_id = actor.user_id
        _save(group)
        record(actor, "consultation.round_moderated", group.consultation, round=group.pk)
    return group


@transaction.atomic(durable=True)
def go_on(*, actor: Actor, group: Round, sequence: int) -> Round:
    """Go to the next step; its clock runs at once. Raises Conflict when somebody was quicker."""
    group = _moderated(actor, group, sequence)
    following = next_step(group.step)
    if following is None:
        raise Refused(_("This is the last step. Finish the discussion now."), code="last_step")
    group.step, group.step_used = following, 0
    group.step_began_at, group.running = timezone.now(), True
    _save(group)
    record(actor, "consultation.round_step", group.consultation, round=group.pk, step=following)
    return group


@transaction.atomic(durable=True)
def set_clock(*, actor: Actor, group: Round, sequence: int, running: bool) -> Round:
    """Let the clock of the step stand, or run on."""
    group = _moderated(actor, group, sequence)
    now = timezone.now()
    if group.running and not running:
        group.step_used, group.step_began_at, group.running = seconds_used(group, now), None, False
    elif running and not group.running:
        group.step_began_at, group.running = now, True
    _save(group)
    record(actor, "consultation.round_clock", group.consultation, round=group.pk, running=running)
    return group


@transaction.atomic(durable=True)
def add_minutes(*, actor: Actor, group: Round, sequence: int, minutes: int = 5) -> Round:
    """Give the present step some minutes more."""
    group = _moderated(actor, group, sequence)
    group.minutes = {
        **group.minutes,
        group.step: min(int(group.minutes[group.step]) + minutes, 2 * MAX_MINUTES),
    }
    _save(group)
    record(actor, "consultation.round_longer", group.consultation, round=group.pk, minutes=minutes)
    return group


@transaction.atomic(durable=True)
def note(*, actor: Actor, group: Round, text: str, kept: Mapping[str, str] | None = None) -> RoundNote:
    """Note something in the present step, without who said it. `kept`: why passages to check may stay.

    Raises Refused when the discussion is over or full of notes, and when the guard is not clear.
    """
    require_clear(text, kept or {})
    group = _locked(group)
    require(can_take_part(actor, group.consultation))
    _still_running(group)
    if group.notes.count() >= MAX_NOTES:
        raise Refused(_("There are 60 notes already. Take one away before you add another."), code="full")
    # Whoever still types when the asker begins to choose has an idea: it stands with the ideas and can be chosen.
    step = Step.IDEAS.value if group.step == Step.TAKE_ALONG else group.step
    written = RoundNote.objects.create(round=group, step=step, text=text, at=timezone.now())
    record(actor, "consultation.round_noted", group.consultation, round=group.pk, note=written.pk)
    return written


@transaction.atomic(durable=True)
def take_note_away(*, actor: Actor, group: Round, note_id: uuid.UUID) -> None:
    """Take a note away; its key is destroyed. Twice is once."""
    group = _locked(group)
    require(can_take_part(actor, group.consultation))
    _still_running(group)
    found = RoundNote.objects.filter(round=group, pk=note_id).first()
    if found is None:
        return
    destroy(found)
    found.delete()
    record(actor, "consultation.round_note_removed", group.consultation, round=group.pk, note=note_id)


@transaction.atomic(durable=True)
def finish(
    *,
    actor: Actor,
    group: Round,
    sequence: int,
    chosen: Collection[uuid.UUID] = (),
    first: str = "",
    kept: Mapping[str, str] | None = None,
) -> Contribution:
    """End the discussion: mark what the asker takes along and write the short protocol, which is the answer.

    `first` is what the asker does first, in their words. Raises Refused when the guard is not clear.
    """
    require_clear(first, kept or {})
    group = _moderated(actor, group, sequence)
    now = timezone.now()
    group.notes.filter(pk__in=list(chosen)).update(chosen=True)
    group.finished_at = now
    group.step_used, group.step_began_at, group.running = seconds_used(group, now), None, False
    _save(group)
    text = protocol_text(group, first.strip())
    written = conclude_with(
        actor=actor, consultation=group.consultation, kind=Contribution.Kind.PROTOCOL, text=text, now=now
    )
    record(actor, "consultation.round_finished", group.consultation, round=group.pk)
    return written


def _locked(group: Round) -> Round:
    return Round.objects.select_for_update(of=("self",)).select_related("consultation").get(pk=group.pk)


def _moderated(actor: Actor, group: Round, sequence: int) -> Round:
    group = _locked(group)
    require(can_moderate(actor, group))
    _still_running(group)
    if group.sequence != sequence:
        raise Conflict(
            _("Somebody has moved the discussion on meanwhile. You see now where it stands."),
            code="moved_on",
        )
    return group


def _still_running(group: Round) -> None:
    if group.finished_at is not None:
        raise Refused(
            _("This discussion is finished. Its protocol stands with the question."), code="finished"
        )


def _save(group: Round) -> None:
    group.sequence += 1
    group.save()
