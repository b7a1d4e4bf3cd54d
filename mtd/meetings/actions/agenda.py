"""The agenda: taking over what is open, adding one's own, putting it in order.

The identity guard sits in the guarded fields of `forms.agenda`: what arrives here has passed it.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext_lazy as _

from mtd.audit.actions import record
from mtd.core.actor import Actor
from mtd.core.errors import Conflict, Permission, Refused, require
from mtd.meetings.models import AgendaItem, Kind, Meeting
from mtd.meetings.permissions import can_add_to_agenda, can_edit_item, can_organize, can_write_minutes
from mtd.meetings.queries.agenda import Suggestion, items_of, suggestions

from .inviting import locked

TITLE_LIMIT, TEXT_LIMIT = 200, 4000
CLOSED = (Meeting.Minutes.CIRCULATED, Meeting.Minutes.FINAL)


class ItemConflict(Conflict):
    """Somebody else changed the item after the page was opened. `theirs` is the item as it is now."""

    def __init__(self, theirs: AgendaItem) -> None:
        super().__init__(
            _("This item was changed while you were writing. Both texts are kept: choose how to go on."),
            code="item_changed",
        )
        self.theirs = theirs


@transaction.atomic(durable=True)
def add_item(
    *,
    actor: Actor,
    meeting: Meeting,
    title: str,
    text: str = "",
    minutes: int | None = None,
    source_kind: str = "",
    source_id: str = "",
) -> AgendaItem:
    """Put something on the agenda, at its end. Refused once the minutes have gone out.

    What comes from an upper floor says from where (`source_kind`, `source_id`), and is on an agenda once: the second
    time the item that is there comes back, put back if it was taken off.
    """
    meeting = locked(meeting)
    require(can_add_to_agenda(actor, meeting))
    return place_item(
        actor=actor,
        meeting=meeting,
        title=title,
        text=text,
        minutes=minutes,
        source_kind=source_kind,
        source_id=source_id,
    )


@transaction.atomic
def place_item(
    *,
    actor: Actor,
    meeting: Meeting,
    title: str,
    text: str = "",
    minutes: int | None = None,
    source_kind: str = "",
    source_id: str = "",
) -> AgendaItem:
    """The same within the transaction of an upper floor, which has asked whether this person may."""
    meeting = locked(meeting)
    _require_open(meeting)
    if source_kind:
        there = meeting.agenda_items.filter(source_kind=source_kind, source_id=source_id).first()
        if there is not None:
            if there.state == AgendaItem.State.DROPPED:
                there.state = AgendaItem.State.OPEN
                there.save(update_fields=["state"])
                record(actor, "agenda.item_put_back", there, meeting=meeting.pk)
            return there
    item = AgendaItem(
        meeting=meeting,
        order=_end_of(meeting),
        minutes_planned=minutes,
        source_kind=source_kind,
        source_id=source_id,
        organization_id=None if source_kind else actor.organization_id,
        by_id=actor.user_id,
    )
    _say(item, meeting, title, text)
    item.save(force_insert=True)
    record(actor, "agenda.item_added", item, meeting=meeting.pk)
    return item


@transaction.atomic(durable=True)
def take_over(*, actor: Actor, meeting: Meeting, picks: Collection[str] | None = None) -> int:
    """Put suggestions on the agenda: those picked by their keys, or all. Never twice; returns how many were new."""
    meeting = locked(meeting)
    require(_can_arrange(actor, meeting))
    _require_open(meeting)
    offered = [one for one in suggestions(actor, meeting) if picks is None or one.key in picks]
    first = _end_of(meeting)
    for order, one in enumerate(offered, first):
        _taken(actor, meeting, one, order).save(force_insert=True)
    if offered:
        record(actor, "agenda.taken_over", meeting, items=len(offered))
    return len(offered)


@transaction.atomic(durable=True)
def change_item(
    *,
    actor: Actor,
    item: AgendaItem,
    title: str,
    text: str = "",
    minutes: int | None = None,
    base_revision: int,
) -> AgendaItem:
    """Change words and time of an item. Raises ItemConflict when somebody else did so meanwhile."""
    meeting = locked(item.meeting)
    item = AgendaItem.objects.select_related("meeting__network").get(pk=item.pk)
    require(can_edit_item(actor, item))
    _require_open(meeting)
    if item.revision != base_revision and (item.title, item.text) != (title, text):
        raise ItemConflict(item)
    _say(item, meeting, title, text)
    item.minutes_planned = minutes
    item.revision += 1
    item.save(update_fields=["title", "text", "minutes_planned", "revision", "data_key_id"])
    record(actor, "agenda.item_changed", item, meeting=meeting.pk)
    return item


@transaction.atomic(durable=True)
def move_item(*, actor: Actor, item: AgendaItem, step: str = "", to: int | None = None) -> AgendaItem:
    """Move an item "up" or "down" by one, or to a place (from 1; beyond the end means the end)."""
    meeting = locked(item.meeting)
    item = AgendaItem.objects.get(pk=item.pk)
    require(_can_arrange(actor, meeting))
    _require_open(meeting)
    goal = _goal(meeting, item, step, to)
    if goal is None or goal == item.order:
        return item
    between = AgendaItem.objects.filter(meeting=meeting)
    if goal < item.order:
        between.filter(order__gte=goal, order__lt=item.order).update(order=F("order") + 1)
    else:
        between.filter(order__gt=item.order, order__lte=goal).update(order=F("order") - 1)
    item.order = goal
    item.save(update_fields=["order"])
    record(actor, "agenda.item_moved", item, meeting=meeting.pk, place=goal)
    return item


@transaction.atomic(durable=True)
def drop_item(*, actor: Actor, item: AgendaItem) -> AgendaItem:
    """Take an item off the agenda. Its words stay, and it can be put back."""
    return _set(actor, item, AgendaItem.State.OPEN, AgendaItem.State.DROPPED, "agenda.item_dropped")


@transaction.atomic(durable=True)
def put_back(*, actor: Actor, item: AgendaItem) -> AgendaItem:
    """Put an item back that was taken off."""
    return _set(actor, item, AgendaItem.State.DROPPED, AgendaItem.State.OPEN, "agenda.item_put_back")


# ---------------------------------------------------------------- the parts they share


def _can_arrange(actor: Actor, meeting: Meeting) -> Permission:
    return can_organize(actor, meeting) or can_write_minutes(actor, meeting)


def _require_open(meeting: Meeting) -> None:
    if meeting.state == Meeting.State.CANCELLED:
        raise Refused(
            _("This meeting was cancelled. Put it on the agenda of the next one."), code="cancelled"
        )
    if meeting.minutes in CLOSED:
        raise Refused(
            _("The minutes of this meeting have gone out. Put it on the agenda of the next one."),
            code="minutes_out",
        )


def _end_of(meeting: Meeting) -> int:
    last = meeting.agenda_items.aggregate(last=Max("order"))["last"]
    return (last or 0) + 1


def _say(item: AgendaItem, meeting: Meeting, title: str, text: str) -> None:
    clean = " ".join(title.split())
    if not clean:
        raise Refused(_("Say in a few words what it is about."), code="no_title", field="title")
    if len(clean) > TITLE_LIMIT or len(text) > TEXT_LIMIT:
        raise Refused(_("This is too long for an agenda."), code="too_long", field="text")
    if (meeting.kind == Kind.CASE_DISCUSSION or item.spoken_only) and text.strip():
        raise Refused(
            _("In an anonymous case discussion nothing is written down about a case: a title is enough."),
            code="no_case_text",
            field="text",
        )
    item.title, item.text = clean, text.strip()


def _taken(actor: Actor, meeting: Meeting, one: Suggestion, order: int) -> AgendaItem:
    return AgendaItem(
        meeting=meeting,
        order=order,
        title=" ".join(one.title.split())[:TITLE_LIMIT],
        text="" if meeting.kind == Kind.CASE_DISCUSSION else one.text[:TEXT_LIMIT],
        minutes_planned=one.minutes,
        source_kind=one.source_kind,
        source_id=one.source_id,
        organization_id=one.organization_id,
        by_id=actor.user_id,
        carried_from_id=one.carried_from,
    )


def _goal(meeting: Meeting, item: AgendaItem, step: str, to: int | None) -> int | None:
    """The order number to move to; None where there is nowhere to go."""
    live = items_of(meeting).select_related(None).exclude(pk=item.pk)
    if to is not None:
        others = live.values_list("order", flat=True)
        place = max(to, 1) - 1
        found = others[place : place + 1]
        last = others.last()
        if not found:
            return max(last, item.order) if last else None
        # Going down, the ones between move up by one, so the goal lies one before.
        return found[0] if found[0] < item.order else found[0] - 1
    if step == "up":
        return live.filter(order__lt=item.order).values_list("order", flat=True).last()
    if step == "down":
        return live.filter(order__gt=item.order).values_list("order", flat=True).first()
    raise Refused(_("Say where the item should go."), code="no_place")


def _set(actor: Actor, item: AgendaItem, before: str, after: str, verb: str) -> AgendaItem:
    meeting = locked(item.meeting)
    item = AgendaItem.objects.select_related("meeting__network").get(pk=item.pk)
    require(can_edit_item(actor, item))
    _require_open(meeting)
    if item.state == after:
        return item
    if item.state != before:
        raise Refused(
            _("This item has been discussed already. It stays as it is in the minutes."),
            code="item_discussed",
        )
    item.state = after
    item.revision += 1
    item.save(update_fields=["state", "revision"])
    record(actor, verb, item, meeting=meeting.pk)
    return item
