"""What stands on a meeting's agenda, and what could: everything that is still open."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.text import Truncator
from django.utils.translation import gettext

from mtd.core.actor import Actor
from mtd.core.encryption import warm
from mtd.core.templatetags.mtd import day
from mtd.meetings.models import AgendaItem, Decision, Kind, Meeting, Task
from mtd.meetings.permissions import readable_to

PER_PAGE = 50
MOST_OF_ONE_SOURCE = 100
"""So many of one sort are offered at once; the others follow once these are on the agenda."""
KEYS_AT_ONCE = 500


@dataclass(frozen=True)
class Suggestion:
    """Something open that could come onto the agenda. `source_kind` and `source_id` name what it comes from."""

    source_kind: str
    source_id: str
    title: str
    text: str = ""
    minutes: int | None = None
    organization_id: uuid.UUID | None = None
    why: str = ""
    """In a few words: where it comes from and why now."""
    carried_from: uuid.UUID | None = None
    """The item of an earlier meeting that it carries on."""

    @property
    def key(self) -> str:
        """Names it in a form."""
        return f"{self.source_kind}:{self.source_id}"


Source = Callable[[Actor, Meeting], list[Suggestion]]


def warm_all(records: Iterable[Any]) -> None:
    """As `warm`, in portions, so that a list of thousands stays within what a database takes at once."""
    waiting = list(records)
    for start in range(0, len(waiting), KEYS_AT_ONCE):
        warm(waiting[start : start + KEYS_AT_ONCE])


def sources() -> list[Source]:
    """The functions that config/agenda.py names. Raises ImportError for one that is not there."""
    return [import_string(path) for path in import_module("config.agenda").SOURCES]


def suggestions(actor: Actor, meeting: Meeting) -> list[Suggestion]:
    """What is open and not yet on this agenda, each thing once, in the order of config/agenda.py."""
    there = set(
        meeting.agenda_items.exclude(source_kind="").values_list("source_kind", "source_id").iterator()
    )
    found: dict[tuple[str, str], Suggestion] = {}
    for source in sources():
        for one in source(actor, meeting):
            if (one.source_kind, one.source_id) not in there:
                found.setdefault((one.source_kind, one.source_id), one)
    return list(found.values())


def meetings_before(actor: Actor, meeting: Meeting) -> QuerySet[Meeting]:
    """Held meetings of the same kind (and about the same thing) before this one, as far as the person reads them."""
    return readable_to(actor).filter(
        network=meeting.network_id,
        kind=meeting.kind,
        subject_id=meeting.subject_id,
        state=Meeting.State.HELD,
        starts_at__lt=meeting.starts_at or timezone.now(),
    )


def open_from_before(actor: Actor, meeting: Meeting) -> list[Suggestion]:
    """Items carried over, decisions put off, and tasks still open, of earlier meetings of the same kind."""
    before = meetings_before(actor, meeting).exclude(pk=meeting.pk)
    items = _carried(before)
    later = _put_off(before)
    tasks = _undone(before) if meeting.kind != Kind.CASE_DISCUSSION else []
    warm_all([*items, *[item for item in (d.item for d in later) if item], *later, *tasks])
    return [
        *[_carry_on(item) for item in items],
        *[_again(decision) for decision in later],
        *[_still(task) for task in tasks],
    ]


def _taken_up(**link: Any) -> Exists:
    """True where an agenda of a meeting that was not called off holds it already."""
    return Exists(AgendaItem.objects.filter(**link).exclude(meeting__state=Meeting.State.CANCELLED))


def _carried(before: QuerySet[Meeting]) -> list[AgendaItem]:
    return list(
        AgendaItem.objects.filter(meeting__in=before, state=AgendaItem.State.CARRIED)
        .exclude(_taken_up(carried_from=OuterRef("pk")))
        .select_related("meeting__network")
        .order_by("meeting__starts_at", "order", "id")[:MOST_OF_ONE_SOURCE]
    )


def _put_off(before: QuerySet[Meeting]) -> list[Decision]:
    found = (
        Decision.objects.filter(meeting__in=before, outcome=Decision.Outcome.LATER)
        .exclude(item__state=AgendaItem.State.CARRIED)
        .exclude(_taken_up(carried_from=OuterRef("item_id"), carried_from__isnull=False))
        .select_related("meeting__network", "item")
        .order_by("meeting__starts_at", "number", "id")[:MOST_OF_ONE_SOURCE]
    )
    taken = set(
        AgendaItem.objects.filter(source_kind="decision", source_id__in=[str(one.pk) for one in found])
        .exclude(meeting__state=Meeting.State.CANCELLED)
        .values_list("source_id", flat=True)
    )
    return [one for one in found if str(one.pk) not in taken]


def _undone(before: QuerySet[Meeting]) -> list[Task]:
    return list(
        Task.objects.filter(meeting__in=before, done_at__isnull=True)
        .select_related("meeting__network", "user", "organization")
        .order_by("due_on", "at", "id")[:MOST_OF_ONE_SOURCE]
    )


def _on(meeting: Meeting) -> str:
    return day(meeting.local_start.date()) if meeting.local_start else ""


def _carry_on(item: AgendaItem) -> Suggestion:
    # What it came from first stays its source, so that a decision on it finds its way back.
    carried = item.source_kind in ("", "carried")
    return Suggestion(
        source_kind="carried" if carried else item.source_kind,
        source_id=str(item.pk) if carried else item.source_id,
        title=item.title,
        text=item.text,
        minutes=item.minutes_planned,
        organization_id=item.organization_id,
        why=gettext("carried over from the meeting of %(day)s") % {"day": _on(item.meeting)},
        carried_from=item.pk,
    )


def _again(decision: Decision) -> Suggestion:
    item = decision.item
    known = item is not None and item.source_kind not in ("", "carried", "task")
    return Suggestion(
        source_kind=item.source_kind if item and known else "decision",
        source_id=item.source_id if item and known else str(decision.pk),
        title=item.title if item else Truncator(decision.text).chars(120),
        text=decision.text,
        minutes=item.minutes_planned if item else None,
        organization_id=item.organization_id if item else None,
        why=gettext("put off at the meeting of %(day)s") % {"day": _on(decision.meeting)},
        carried_from=item.pk if item else None,
    )


def _still(task: Task) -> Suggestion:
    who = task.user.full_name if task.user else task.organization.short_name if task.organization else ""
    return Suggestion(
        source_kind="task",
        source_id=str(task.pk),
        title=Truncator(gettext("Still to do: %(task)s") % {"task": " ".join(task.text.split())}).chars(200),
        text=who,
        minutes=5,
        organization_id=task.organization_id,
        why=gettext("taken on at the meeting of %(day)s") % {"day": _on(task.meeting)},
    )


# ---------------------------------------------------------------- the agenda itself


@dataclass(frozen=True)
class AgendaView:
    """One page of an agenda, and how it fits into the meeting's time."""

    page: Page[AgendaItem]
    off: list[AgendaItem]
    """Items that were taken off, the latest ones."""
    planned: int
    """Minutes of all items together."""
    without_time: int
    """Items for which nobody said how long they take."""
    length: int | None
    """Minutes that the meeting lasts."""

    @property
    def too_long(self) -> bool:
        """More is planned than there is time."""
        return self.length is not None and self.planned > self.length

    @property
    def over(self) -> int:
        """By how many minutes."""
        return self.planned - (self.length or 0)


def items_of(meeting: Meeting) -> QuerySet[AgendaItem]:
    """The items in their order, without those taken off."""
    return (
        meeting.agenda_items.exclude(state=AgendaItem.State.DROPPED)
        .select_related("organization", "by", "carried_from__meeting__network")
        .order_by("order", "id")
    )


def agenda_of(meeting: Meeting, number: str | int | None = 1) -> AgendaView:
    """A page of the agenda; the same number of queries however long it is."""
    page = Paginator(items_of(meeting), PER_PAGE).get_page(number)
    rows = list(page.object_list)
    page.object_list = rows
    off = list(
        meeting.agenda_items.filter(state=AgendaItem.State.DROPPED)
        .select_related("by")
        .order_by("-order")[:20]
    )
    warm([*rows, *off])
    live = Q(state__in=[state for state in AgendaItem.State if state != AgendaItem.State.DROPPED])
    sums = meeting.agenda_items.filter(live).aggregate(planned=Sum("minutes_planned"))
    timed = meeting.agenda_items.filter(live, minutes_planned__isnull=False).count()
    length = None
    if meeting.starts_at and meeting.ends_at:
        length = int((meeting.ends_at - meeting.starts_at).total_seconds() // 60)
    return AgendaView(
        page=page,
        off=off,
        planned=sums["planned"] or 0,
        without_time=page.paginator.count - timed,
        length=length,
    )


def pages_of_sources(actor: Actor, items: Iterable[AgendaItem]) -> dict[uuid.UUID, str]:
    """Item → address of what it came from on an upper floor, as far as this person may open it (config/agenda.py)."""
    waiting = [item for item in items if item.source_id]
    found: dict[uuid.UUID, str] = {}
    for kind, path in import_module("config.agenda").PAGES.items():
        ours = {item.source_id: item.pk for item in waiting if item.source_kind == kind}
        if ours:
            addresses = import_string(path)(actor, list(ours))
            found |= {ours[source_id]: address for source_id, address in addresses.items()}
    return found


def place_of(item: AgendaItem) -> int:
    """Where the item stands among those not taken off, from 1."""
    return (
        AgendaItem.objects.filter(meeting=item.meeting_id, order__lt=item.order)
        .exclude(state=AgendaItem.State.DROPPED)
        .count()
        + 1
    )
