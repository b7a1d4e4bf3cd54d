"""The coordination's part: one wording for equal needs, taking them apart again, putting them on an agenda.

The identity guard sits in the guarded fields of `forms.needs`: what arrives here has passed it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mtd.audit.actions import record
from mtd.cooperation.models import Need, NeedDecision, NeedGroup, OfferWish
from mtd.cooperation.permissions import can_group_needs
from mtd.cooperation.queries.needs import SOURCE, agenda_text, agenda_title, live_needs, rows_of, words
from mtd.cooperation.queries.needs_due import needs_due
from mtd.core.actor import Actor
from mtd.core.encryption import EMPTIED, destroy
from mtd.core.errors import Refused, require
from mtd.meetings.actions.agenda import add_item
from mtd.meetings.models import AgendaItem, Kind, Meeting

from .needs_steps import (
    State,
    clean_text,
    empty_groups,
    empty_needs,
    lock_group,
    lock_group_of,
    move_needs,
    require_waiting,
)

WORDING_LIMIT = 3000
_FURTHER = {State.NEW: 0, State.COMMITTEE: 1, State.STEERING: 2}
_STATE_OF = {Kind.COMMITTEE: State.COMMITTEE, Kind.STEERING_GROUP: State.STEERING}


@transaction.atomic(durable=True)
def word_group(*, actor: Actor, group: NeedGroup, wording: str, topic: str) -> NeedGroup:
    """Give a need the wording under which the committee talks about it. Everybody's own words stay beside it."""
    group = lock_group(group.pk)
    require(can_group_needs(actor, group.network))
    require_waiting(group)
    _say(group, wording, topic)
    group.save(update_fields=["wording", "topic", "data_key_id"])
    record(actor, "need.worded", group, topic=topic)
    return group


@transaction.atomic(durable=True)
def merge_groups(
    *, actor: Actor, group: NeedGroup, others: Iterable[NeedGroup], wording: str, topic: str
) -> NeedGroup:
    """Put equal needs together under one wording. It counts from the earliest day, and is as far as the furthest.

    Old addresses and agendas that name one of the others lead to this one from now on.
    """
    rows = {pk: lock_group(pk) for pk in sorted({group.pk, *(other.pk for other in others)})}
    target = rows.pop(group.pk)
    require(can_group_needs(actor, target.network))
    require_waiting(target)
    if not rows:
        raise Refused(_("Choose at least one other need."), code="no_other", field="others")
    for other in rows.values():
        require_waiting(other)
        if other.network_id != target.network_id:
            raise Refused(_("Choose needs of this network."), code="other_network", field="others")
    _say(target, wording, topic)
    target.state = max((target.state, *(o.state for o in rows.values())), key=lambda s: _FURTHER[State(s)])
    target.save(update_fields=["wording", "topic", "state", "data_key_id"])
    for other in rows.values():
        move_needs(other, target)
        record(actor, "need.merged", other, into=target.pk)
    return target


@transaction.atomic(durable=True)
def split_need(*, actor: Actor, need: Need) -> NeedGroup:
    """Take one raising out again, as a need of its own with its own words and day; it is on no agenda yet."""
    group = lock_group_of(need)
    require(can_group_needs(actor, group.network))
    require_waiting(group)
    rest = [n for n in live_needs(group) if n.pk != need.pk]
    if not rest:
        raise Refused(_("Nobody else raised this need: there is nothing to take apart."), code="alone")
    need = Need.objects.get(pk=need.pk, group=group, withdrawn_at__isnull=True)
    alone = NeedGroup.objects.create(
        network=group.network,
        agreement_id=group.agreement_id,
        topic=group.topic,
        wording=words(need, "text") or words(group, "wording"),
        first_raised_on=need.raised_on,
    )
    Need.objects.filter(pk=need.pk).update(group=alone)
    group.first_raised_on = min(n.raised_on for n in rest)
    group.save(update_fields=["first_raised_on"])
    record(actor, "need.split", group, into=alone.pk)
    return alone


def put_on_agenda(*, actor: Actor, group: NeedGroup, meeting: Meeting) -> AgendaItem:
    """Put a need on the agenda of a committee meeting or steering group to come; a second time changes nothing.

    Two writes: the agenda's own, then that the need stands there. Were the second lost, the clock makes up for it.
    """
    group = NeedGroup.objects.select_related("network").get(pk=group.pk)
    require(can_group_needs(actor, group.network))
    require_waiting(group)
    if meeting.network_id != group.network_id or meeting.kind not in _STATE_OF:
        raise Refused(
            _("Choose a committee meeting or a steering group of this network."),
            code="meeting",
            field="meeting",
        )
    row = rows_of(actor, [group])[0]
    item = add_item(
        actor=actor,
        meeting=meeting,
        title=agenda_title(row.wording),
        text=agenda_text(row),
        minutes=10,
        source_kind=SOURCE,
        source_id=str(group.pk),
    )
    _note_agenda(actor, group, meeting)
    return item


@transaction.atomic(durable=True)
def _note_agenda(actor: Actor, group: NeedGroup, meeting: Meeting) -> None:
    group = lock_group(group.pk)
    if group.state in _FURTHER and group.state != _STATE_OF[Kind(meeting.kind)]:
        group.state = _STATE_OF[Kind(meeting.kind)]
        group.save(update_fields=["state"])
    record(actor, "need.on_agenda", group, meeting=meeting.pk)


@transaction.atomic(durable=True)
def note_agendas(*, actor: Actor) -> int:
    """Notice the needs that came onto an agenda from the agenda's own page; returns how many."""
    named = AgendaItem.objects.filter(
        source_kind=SOURCE,
        meeting__kind__in=list(_STATE_OF),
        meeting__state__in=[Meeting.State.PLANNED, Meeting.State.HELD],
        state__in=[AgendaItem.State.OPEN, AgendaItem.State.DONE, AgendaItem.State.CARRIED],
    )
    new = {
        str(pk): pk
        for pk in NeedGroup.objects.filter(state=State.NEW, merged_into__isnull=True).values_list(
            "pk", flat=True
        )
    }
    found = 0
    for source_id, kind in named.values_list("source_id", "meeting__kind").distinct() if new else ():
        pk = new.pop(source_id, None)
        group = lock_group(pk) if pk else None
        if group is not None and group.state == State.NEW:
            group.state = _STATE_OF[Kind(kind)]
            group.save(update_fields=["state"])
            record(actor, "need.on_agenda", group)
            found += 1
    return found


@transaction.atomic(durable=True)
def forget_needs(*, actor: Actor, now: datetime | None = None) -> int:
    """Destroy the words of needs answered MTD_KEEP_NEEDS ago, with their decisions and wishes; what is countable
    stays. Returns how many went."""
    due = list(needs_due(now or timezone.now()).defer("wording"))
    needs = list(Need.objects.filter(group__in=due).defer("text", "helped_note"))
    decisions = list(NeedDecision.objects.filter(group__in=due).defer("text", "reason"))
    wishes = list(OfferWish.objects.filter(decision__in=decisions).defer("text"))
    for group in due:
        record(actor, "need.forgotten", group)
    for row in (*decisions, *wishes):
        destroy(row)
    empty_groups(due)
    empty_needs(needs)
    NeedDecision.objects.filter(pk__in=[d.pk for d in decisions]).update(
        text=EMPTIED, reason=EMPTIED, data_key_id=None
    )
    OfferWish.objects.filter(pk__in=[w.pk for w in wishes]).update(text=EMPTIED, data_key_id=None)
    return len(due)


def _say(group: NeedGroup, wording: str, topic: str) -> None:
    group.wording = clean_text(wording, limit=WORDING_LIMIT, name="wording")
    if topic not in NeedGroup.Topic.values:
        raise Refused(_("Choose what it is about."), code="topic", field="topic")
    group.topic = topic
