"""Letting go of the words of agendas and minutes. Destroyed keys take them out of old backups, too."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mtd.audit.actions import record
from mtd.core.actor import Actor
from mtd.core.encryption import EMPTIED, destroy
from mtd.documents.actions import delete_file
from mtd.documents.models import StoredFile
from mtd.meetings.models import AgendaItem, Circulation, Decision, Meeting, Objection, Task
from mtd.meetings.queries.minutes import minutes_due

from .inviting import locked

WORDS: dict[type[AgendaItem] | type[Decision] | type[Task] | type[Objection], tuple[str, ...]] = {
    AgendaItem: ("title", "text", "notes"),
    Decision: ("text", "reason"),
    Task: ("text",),
    Objection: ("text", "reply"),
}


@transaction.atomic(durable=True)
def forget_minutes_of(*, actor: Actor, meeting: Meeting, now: datetime | None = None) -> bool:
    """Destroy the words of a meeting's agenda and minutes, and its file, once MTD_KEEP_MINUTES is over.

    Who was there, and number, result and dates of decisions and tasks stay. Returns False where nothing was due.
    """
    meeting = locked(meeting)
    if not minutes_due(now or timezone.now()).filter(pk=meeting.pk).exists():
        return False
    for model, names in WORDS.items():
        rows = model._default_manager.filter(meeting=meeting, data_key_id__isnull=False)
        for row in rows.only("data_key_id"):
            destroy(row)
        rows.update(data_key_id=None, **dict.fromkeys(names, EMPTIED))
    for sent in Circulation.objects.filter(meeting=meeting).only("data_key_id"):
        destroy(sent)
    Circulation.objects.filter(meeting=meeting).delete()
    if meeting.file_id:
        file = StoredFile.objects.get(pk=meeting.file_id)
        meeting.file = None
        meeting.save(update_fields=["file"])
        delete_file(actor=actor, file=file)
    record(actor, "minutes.forgotten", meeting)
    return True


@transaction.atomic
def unlink_items(*, actor: Actor, source_kind: str, source_ids: Collection[str]) -> int:
    """Cut items loose from what they came from, because that has ended; one that still waits is taken off.

    Part of the caller's transaction. What was discussed stays in the minutes under the title that it had.
    """
    items = AgendaItem.objects.filter(source_kind=source_kind, source_id__in=source_ids)
    waiting = items.filter(
        state=AgendaItem.State.OPEN,
        meeting__minutes=Meeting.Minutes.NONE,
        meeting__starts_at__gt=timezone.now(),
    )
    AgendaItem.objects.filter(pk__in=list(waiting.values_list("pk", flat=True))).update(
        state=AgendaItem.State.DROPPED
    )
    return items.update(source_kind="", source_id="")
