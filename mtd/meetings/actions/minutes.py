"""Writing the minutes while the meeting runs: who is there, notes, decisions, tasks.

Several people may write at once. Notes, decisions and tasks are handed in with what they were written against; if
that has changed since, nothing is overwritten, and the conflict carries both.

The identity guard sits in the guarded fields of `forms.minutes`: what arrives here has passed it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mtd.accounts.models import User
from mtd.audit.actions import record
from mtd.core.actor import Actor
from mtd.core.encryption import destroy
from mtd.core.errors import Conflict, Refused, require
from mtd.meetings.models import (
    MINUTES_TRANSITIONS,
    AgendaItem,
    Decision,
    Kind,
    Meeting,
    Participant,
    Task,
    after,
)
from mtd.meetings.permissions import can_finish_decision, can_finish_task, can_write_minutes
from mtd.meetings.queries.minutes import seen_mark
from mtd.meetings.queries.people import Guest
from mtd.meetings.queries.standing import refusal_to_write
from mtd.organizations.models import Organization

from .inviting import enlist, locked

NOTES_LIMIT, WORDS_LIMIT = 20_000, 4_000
MOST_CASES = 50


class NotesConflict(Conflict):
    """Somebody else wrote at the same notes. `theirs` is the item as it is now, `mine` what was handed in."""

    def __init__(self, theirs: AgendaItem, mine: str) -> None:
        super().__init__(
            _("Somebody else wrote here at the same time. Both texts are kept: choose how to go on."),
            code="notes_changed",
        )
        self.theirs = theirs
        self.mine = mine


class RowConflict(Conflict):
    """Somebody else changed the decision or the task. `theirs` is the row as it is now."""

    def __init__(self, theirs: Decision | Task) -> None:
        super().__init__(
            _("This was changed while you were writing. Both texts are kept: choose how to go on."),
            code="row_changed",
        )
        self.theirs = theirs


@dataclass(frozen=True)
class Words:
    """What a decision or a task says; `reason` and `outcome` only of decisions."""

    text: str
    organization: Organization | None = None
    user: User | None = None
    due_on: date | None = None
    outcome: str = Decision.Outcome.YES
    reason: str = ""


def writing(actor: Actor, meeting: Meeting) -> Meeting:
    """The meeting, locked for writing its minutes; they begin with the first write. Raises NotAllowed, Refused."""
    meeting = locked(meeting)
    require(can_write_minutes(actor, meeting))
    if refused := refusal_to_write(meeting):
        raise refused
    changes: dict[str, Any] = {"minutes": after(MINUTES_TRANSITIONS, meeting.minutes, "write")}
    if meeting.minute_taker_id is None:
        changes["minute_taker_id"] = actor.user_id
    for name, value in changes.items():
        setattr(meeting, name, value)
    Meeting.objects.filter(pk=meeting.pk).update(minutes_revision=F("minutes_revision") + 1, **changes)
    return meeting


# ---------------------------------------------------------------- who is there


@transaction.atomic(durable=True)
def note_attendance(*, actor: Actor, participant: Participant, attendance: str) -> Participant:
    """Note whether somebody was there, online, excused or not there; "unknown" takes it back."""
    meeting = writing(actor, participant.meeting)
    if attendance not in Participant.Attendance.values:
        raise Refused(_("Please choose one of the answers."), code="attendance")
    participant = Participant.objects.get(pk=participant.pk, meeting=meeting)
    participant.attendance = attendance
    participant.save(update_fields=["attendance"])
    record(actor, "minutes.attendance", participant, meeting=meeting.pk, attendance=attendance)
    return participant


@transaction.atomic(durable=True)
def add_present(
    *, actor: Actor, meeting: Meeting, user: User | None = None, guest: Guest | None = None
) -> Participant:
    """Note that somebody was there who had not been invited. Raises Refused as inviting does."""
    meeting = writing(actor, meeting)
    people = [user] if user else []
    guests = [guest] if guest else []
    if len(people) + len(guests) != 1:
        raise Refused(_("Choose a person, or write a guest’s name and e-mail address."), code="nobody")
    new = enlist(meeting, people, guests, on=meeting.local_start.date() if meeting.local_start else None)
    if not new:
        raise Refused(_("This person is on the list already."), code="already")
    Participant.objects.filter(pk=new[0].pk).update(attendance=Participant.Attendance.PRESENT)
    record(actor, "minutes.person_added", new[0], meeting=meeting.pk)
    return Participant.objects.get(pk=new[0].pk)


@transaction.atomic(durable=True)
def note_cases(*, actor: Actor, meeting: Meeting, count: int) -> Meeting:
    """Note how many cases an anonymous case discussion dealt with: the number, and nothing else about them."""
    meeting = writing(actor, meeting)
    if meeting.kind != Kind.CASE_DISCUSSION:
        raise Refused(_("Cases are counted in anonymous case discussions only."), code="no_cases")
    if not 0 <= count <= MOST_CASES:
        raise Refused(_("Please give a number from 0 to 50."), code="count", field="cases")
    meeting.cases_discussed = count
    meeting.save(update_fields=["cases_discussed"])
    record(actor, "minutes.cases_counted", meeting, cases=count)
    return meeting


# ---------------------------------------------------------------- notes and state of an item


@transaction.atomic(durable=True)
def write_notes(*, actor: Actor, item: AgendaItem, notes: str, base_revision: int) -> AgendaItem:
    """Write the notes on an item, which then counts as discussed. Raises NotesConflict when they changed meanwhile.

    In an anonymous case discussion, and on a case that comes to another meeting, there are no notes on items:
    Refused("no_case_notes").
    """
    meeting = writing(actor, item.meeting)
    item = AgendaItem.objects.select_for_update().get(pk=item.pk, meeting=meeting)
    if meeting.kind == Kind.CASE_DISCUSSION or item.spoken_only:
        raise Refused(
            _("In an anonymous case discussion nothing is written down about a case."), code="no_case_notes"
        )
    notes = notes.replace("\r\n", "\n").strip()
    if len(notes) > NOTES_LIMIT:
        raise Refused(
            _("Notes on one item may have up to 20,000 characters."), code="too_long", field="notes"
        )
    if item.notes == notes:
        return item
    if item.revision != base_revision:
        raise NotesConflict(item, notes)
    item.notes = notes
    item.revision += 1
    if notes and item.state == AgendaItem.State.OPEN:
        item.state = AgendaItem.State.DONE
    item.save(update_fields=["notes", "revision", "state", "data_key_id"])
    record(actor, "minutes.notes", item, meeting=meeting.pk)
    return item


@transaction.atomic(durable=True)
def set_item_state(*, actor: Actor, item: AgendaItem, state: str) -> AgendaItem:
    """Say what became of an item: discussed, carried over, taken off, or back to be discussed."""
    meeting = writing(actor, item.meeting)
    if state not in AgendaItem.State.values:
        raise Refused(_("Please choose one of the answers."), code="state")
    item = AgendaItem.objects.get(pk=item.pk, meeting=meeting)
    item.state = state
    item.save(update_fields=["state"])
    record(actor, "minutes.item_state", item, meeting=meeting.pk, state=state)
    return item


# ---------------------------------------------------------------- decisions


@transaction.atomic(durable=True)
def decide(*, actor: Actor, meeting: Meeting, item: AgendaItem | None = None, words: Words) -> Decision:
    """Note a decision, numbered within its meeting; on an item, or on none in particular."""
    meeting = writing(actor, meeting)
    _check(meeting, words)
    last = meeting.decisions.aggregate(last=Max("number"))["last"] or 0
    decision = Decision(meeting=meeting, item=_own(meeting, item), number=last + 1, by_id=actor.user_id)
    _say_decision(decision, words)
    decision.save(force_insert=True)
    if item is not None:
        _discussed(item)
    record(actor, "minutes.decided", decision, meeting=meeting.pk, outcome=decision.outcome)
    return decision


@transaction.atomic(durable=True)
def change_decision(*, actor: Actor, decision: Decision, words: Words, seen: str) -> Decision:
    """Change a decision. Raises RowConflict when it no longer says what `seen` is the mark of."""
    meeting = writing(actor, decision.meeting)
    _check(meeting, words)
    decision = meeting.decisions.get(pk=decision.pk)
    if seen_mark(decision) != seen:
        raise RowConflict(decision)
    _say_decision(decision, words)
    decision.save()
    record(actor, "minutes.decision_changed", decision, meeting=meeting.pk, outcome=decision.outcome)
    return decision


@transaction.atomic(durable=True)
def remove_decision(*, actor: Actor, decision: Decision) -> None:
    """Take a decision away again, as long as the minutes never went out."""
    meeting = writing(actor, decision.meeting)
    if meeting.circulated_at is not None:
        raise Refused(
            _("This decision has gone out already. Change its words or its result instead."), code="went_out"
        )
    decision = meeting.decisions.get(pk=decision.pk)
    record(actor, "minutes.decision_removed", decision, meeting=meeting.pk)
    destroy(decision)
    decision.delete()


# ---------------------------------------------------------------- tasks


@transaction.atomic(durable=True)
def add_task(*, actor: Actor, meeting: Meeting, item: AgendaItem | None = None, words: Words) -> Task:
    """Note who does what until when."""
    meeting = writing(actor, meeting)
    _check(meeting, words)
    task = Task(meeting=meeting, item=_own(meeting, item), by_id=actor.user_id)
    _say_task(task, words)
    task.save(force_insert=True)
    if item is not None:
        _discussed(item)
    record(actor, "minutes.task_added", task, meeting=meeting.pk)
    return task


@transaction.atomic(durable=True)
def change_task(*, actor: Actor, task: Task, words: Words, seen: str) -> Task:
    """Change a task. Raises RowConflict when it no longer says what `seen` is the mark of."""
    meeting = writing(actor, task.meeting)
    _check(meeting, words)
    task = meeting.tasks.get(pk=task.pk)
    if seen_mark(task) != seen:
        raise RowConflict(task)
    _say_task(task, words)
    task.save()
    record(actor, "minutes.task_changed", task, meeting=meeting.pk)
    return task


@transaction.atomic(durable=True)
def remove_task(*, actor: Actor, task: Task) -> None:
    """Take a task away again, as long as the minutes never went out."""
    meeting = writing(actor, task.meeting)
    if meeting.circulated_at is not None:
        raise Refused(
            _("This task has gone out already. Change its words, or mark it as done."), code="went_out"
        )
    task = meeting.tasks.get(pk=task.pk)
    record(actor, "minutes.task_removed", task, meeting=meeting.pk)
    destroy(task)
    task.delete()


@transaction.atomic(durable=True)
def finish_task(*, actor: Actor, task: Task, done: bool = True) -> Task:
    """Mark a task as done, or as not done after all. Possible at any time, also when the minutes are final."""
    task = Task.objects.select_for_update(of=("self",)).select_related("meeting__network").get(pk=task.pk)
    require(can_finish_task(actor, task))
    if (task.done_at is not None) == done:
        return task
    task.done_at = timezone.now() if done else None
    task.done_by_id = actor.user_id if done else None
    task.save(update_fields=["done_at", "done_by"])
    record(actor, "task.done" if done else "task.reopened", task, meeting=task.meeting_id)
    return task


@transaction.atomic(durable=True)
def finish_decision(*, actor: Actor, decision: Decision, done: bool = True) -> Decision:
    """Mark a decision as carried out, or as not carried out after all."""
    rows = Decision.objects.select_for_update(of=("self",)).select_related("meeting__network")
    decision = rows.get(pk=decision.pk)
    require(can_finish_decision(actor, decision))
    if (decision.done_at is not None) == done:
        return decision
    decision.done_at = timezone.now() if done else None
    decision.done_by_id = actor.user_id if done else None
    decision.save(update_fields=["done_at", "done_by"])
    record(actor, "decision.done" if done else "decision.reopened", decision, meeting=decision.meeting_id)
    return decision


# ---------------------------------------------------------------- the parts they share


def _check(meeting: Meeting, words: Words) -> None:
    if not words.text.strip():
        raise Refused(_("Say in a sentence what it is."), code="no_text", field="text")
    if len(words.text) > WORDS_LIMIT or len(words.reason) > WORDS_LIMIT:
        raise Refused(_("This is too long: up to 4,000 characters."), code="too_long", field="text")
    if words.outcome not in Decision.Outcome.values:
        raise Refused(_("Please choose one of the answers."), code="outcome", field="outcome")
    known = {None, *meeting.network.organizations.values_list("pk", flat=True)}
    if (words.organization.pk if words.organization else None) not in known:
        raise Refused(
            _("This organisation does not belong to the network."), code="organization", field="organization"
        )
    if words.user and not meeting.participants.filter(user=words.user, removed_at__isnull=True).exists():
        raise Refused(_("This person is not on the list of this meeting."), code="person", field="user")


def _own(meeting: Meeting, item: AgendaItem | None) -> AgendaItem | None:
    return meeting.agenda_items.get(pk=item.pk) if item else None


def _discussed(item: AgendaItem) -> None:
    """Where something was decided or taken on, the item has been discussed."""
    AgendaItem.objects.filter(pk=item.pk, state=AgendaItem.State.OPEN).update(state=AgendaItem.State.DONE)


def _say_decision(decision: Decision, words: Words) -> None:
    decision.text, decision.reason = words.text.strip(), words.reason.strip()
    decision.outcome = words.outcome
    decision.owner, decision.owner_organization = words.user, words.organization
    decision.due_on = words.due_on


def _say_task(task: Task, words: Words) -> None:
    task.text = words.text.strip()
    task.user, task.organization, task.due_on = words.user, words.organization, words.due_on
