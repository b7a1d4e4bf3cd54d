"""Reminding of a question: the day before, when its time is over, and three days later the lead. A number only."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mtd.audit.actions import record
from mtd.consultations.models import Consultation, Way
from mtd.consultations.queries.agenda import carried_to
from mtd.consultations.queries.deadline import ends_after, waits_until
from mtd.consultations.queries.ground import ground_of
from mtd.consultations.queries.inbox import was_told
from mtd.consultations.queries.lapses import lapse_of
from mtd.consultations.queries.people import asked_of
from mtd.core.actor import Actor
from mtd.organizations.queries import leads_of

from .asking import locked
from .telling import tell, tell_asked, tell_asker

TO_THE_LEAD = timedelta(days=3)
LAPSED = "lapsed"
"""What a notice is about (consultations.lapsed) that the ground of a question has gone."""


@transaction.atomic(durable=True)
def remind(*, actor: Actor, consultation_id: uuid.UUID, now: datetime | None = None) -> bool:
    """Remind of one question, once for each stage it has reached since the last reminder; False if there is nothing.

    Before its day those who are asked; after it those who are asked and, once, who asked; three days later the lead.
    """
    row = Consultation.objects.filter(pk=consultation_id).first()
    if row is None:
        return False
    found, moment = locked(row), now or timezone.now()
    if found.state != Consultation.State.SENT or found.due_at is None:
        return False
    new = [
        stage
        for stage, since in _stages(found)
        if since <= moment and (found.reminded_at is None or found.reminded_at < since)
    ]
    if not new or (found.sent_at is not None and moment - found.sent_at < timedelta(hours=12)):
        return False
    found.reminded_at = moment
    found.save(update_fields=["reminded_at"])
    record(actor, "consultation.reminded", found, number=found.number, stage=new[-1])
    if found.way == Way.DISCUSSION:
        _remind_of_discussion(actor, found, new[-1])
        return True
    number = found.number
    if new[-1] == "soon":
        people = asked_of(found).people
        tell(actor=actor, consultation=found, users=people, what="reminder", text=lambda: waits_until(found))
        return True

    def overdue() -> str:
        return _("Question %(number)s still waits for an answer; its time is over") % {"number": number}

    if "over" in new:
        people = asked_of(found).people
        tell(actor=actor, consultation=found, users=people, what="reminder", text=overdue)
        tell_asker(
            actor=actor,
            consultation=found,
            what="overdue",
            text=lambda: (
                _("Question %(number)s has no answer in time. You can take it back and ask somebody else.")
                % {"number": number}
            ),
        )
    if "lead" in new and found.recipient is not None:
        tell(actor=actor, consultation=found, users=leads_of(found.recipient), what="reminder", text=overdue)
    return True


def _remind_of_discussion(actor: Actor, found: Consultation, stage: str) -> None:
    """The day before, those who are invited; afterwards who asked, since nobody owes an answer by a day."""
    number = found.number
    if stage == "soon":
        users = asked_of(found).people
        tell(
            actor=actor,
            consultation=found,
            users=users,
            what="reminder",
            text=lambda: _("Question %(number)s comes to the case discussion") % {"number": number},
        )
    elif stage == "over":
        tell_asker(
            actor=actor,
            consultation=found,
            what="reminder",
            text=lambda: _("What came of question %(number)s?") % {"number": number},
        )


@transaction.atomic(durable=True)
def follow_meeting(*, actor: Actor, consultation_id: uuid.UUID) -> bool:
    """A question for a meeting that was moved is due and ends with the meeting's new day; False if nothing moved.

    One that was carried over to the next meeting goes there, and those invited are told.
    """
    row = Consultation.objects.filter(pk=consultation_id).first()
    if row is None:
        return False
    found = locked(row)
    if found.state != Consultation.State.SENT:
        return False
    carried = carried_to(found) if found.way == Way.DISCUSSION else None
    if carried is not None:
        found.meeting = carried
    ends_at = found.meeting.ends_at if found.meeting is not None else None
    if ends_at is None or (carried is None and ends_at == found.due_at):
        return False
    found.due_at, found.reminded_at = ends_at, None
    on = timezone.localdate(ends_at, found.network.zone)
    found.ends_on = ends_after(on, ground_of(found.agreement))
    found.save(update_fields=["meeting", "due_at", "reminded_at", "ends_on"])
    record(actor, "consultation.moved", found, number=found.number, due=ends_at)
    if carried is not None:
        tell_asked(actor=actor, consultation=found, what="asked", text=lambda: waits_until(found))
    return True


@transaction.atomic(durable=True)
def tell_of_lapse(*, actor: Actor, consultation_id: uuid.UUID) -> bool:
    """Tell who asked, once, that whom they asked or what allowed it has gone; False if they know or nothing has."""
    row = Consultation.objects.filter(pk=consultation_id).first()
    if row is None:
        return False
    found = locked(row)
    lapse = lapse_of(found) if found.state == Consultation.State.SENT else None
    if lapse is None or was_told(found, LAPSED):
        return False
    record(actor, "consultation.lapse_told", found, number=found.number, code=lapse.code)
    number = found.number
    tell_asker(
        actor=actor,
        consultation=found,
        what=LAPSED,
        text=lambda: _("Question %(number)s may stay without an answer") % {"number": number},
    )
    return True


def _begins(found: Consultation, day_before: datetime) -> datetime:
    local = day_before.astimezone(found.network.zone)
    return datetime.combine(local.date(), time(), found.network.zone)


def _stages(found: Consultation) -> list[tuple[str, datetime]]:
    """When which reminder is due: the day before, when the time is over, three days after that."""
    assert found.due_at is not None
    return [
        ("soon", _begins(found, found.due_at - timedelta(days=1))),
        ("over", found.due_at),
        ("lead", found.due_at + TO_THE_LEAD),
    ]
