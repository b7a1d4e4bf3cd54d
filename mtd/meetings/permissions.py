"""Who sees a meeting, who reads and writes its minutes, who calls and moves it.

| who | sees | may |
|---|---|---|
| everybody of a network | that its bodies and formats meet, when and where | – |
| who is invited, their leads, the coordination | also agenda, minutes, decisions | add to the agenda, object |
| who called it, the minute keeper, the coordination | the same | invite, move, cancel, write and send minutes |

A meeting of the kind "other" exists only for who is invited, who called it, and the coordination.
"""

from __future__ import annotations

import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mtd.core.actor import Actor
from mtd.core.errors import YES, Denied, Permission
from mtd.organizations.models import Network

from .models import AgendaItem, Decision, FeedAddress, Kind, Meeting, Participant, Series, Task

OPEN_TO_WORKERS = (Kind.EXCHANGE, Kind.CASE_DISCUSSION, Kind.OTHER)


def _invited(actor: Actor) -> QuerySet[Participant]:
    return Participant.objects.filter(
        meeting=OuterRef("pk"), user=actor.user_id, user__isnull=False, removed_at__isnull=True
    )


def _led(actor: Actor) -> QuerySet[Participant]:
    return Participant.objects.filter(
        meeting=OuterRef("pk"), organization__in=actor.lead_of, removed_at__isnull=True
    )


def visible_to(actor: Actor) -> QuerySet[Meeting]:
    """Meetings that exist for this person."""
    if not actor.is_authenticated:
        return Meeting.objects.none()
    own = Q(created_by=actor.user_id) | Exists(_invited(actor)) | Q(network__in=actor.coordinates)
    return Meeting.objects.filter(own | (Q(network__in=actor.network_ids) & ~Q(kind=Kind.OTHER)))


def can_view(actor: Actor, meeting: Meeting) -> bool:
    """The same rule for one meeting at hand."""
    if not actor.is_authenticated:
        return False
    if meeting.network_id in actor.coordinates or meeting.created_by_id == actor.user_id:
        return True
    if meeting.participants.filter(user=actor.user_id, removed_at__isnull=True).exists():
        return True
    return meeting.kind != Kind.OTHER and meeting.network_id in actor.network_ids


def readable_to(actor: Actor) -> QuerySet[Meeting]:
    """Meetings whose agenda and minutes the person may read."""
    if not actor.is_authenticated:
        return Meeting.objects.none()
    return Meeting.objects.filter(
        Q(created_by=actor.user_id)
        | Q(minute_taker=actor.user_id)
        | Exists(_invited(actor))
        | Exists(_led(actor))
        | Q(network__in=actor.coordinates)
    )


def can_read(actor: Actor, meeting: Meeting) -> bool:
    """The same rule for one meeting at hand."""
    return readable_to(actor).filter(pk=meeting.pk).exists()


def visible_series(actor: Actor) -> QuerySet[Series]:
    """Series of the networks the person has to do with; those of the kind "other" only for the coordination."""
    if not actor.is_authenticated:
        return Series.objects.none()
    return Series.objects.filter(
        Q(network__in=actor.coordinates)
        | Q(created_by=actor.user_id)
        | (Q(network__in=actor.network_ids) & ~Q(kind=Kind.OTHER))
    )


def can_call(actor: Actor, network: Network, kind: str) -> Permission:
    """Call a meeting: the coordination and leads any; workers an exchange, a case discussion, another one."""
    if network.pk in actor.coordinates:
        return YES
    own = {org for org, net in actor.organization_networks if net == network.pk}
    if own & actor.lead_of or (own and kind in OPEN_TO_WORKERS):
        return YES
    if own:
        return Denied(
            _("The coordination or the lead of an organisation calls committee and steering group.")
        )
    return Denied(_("Only organisations of this network and its coordination call its meetings."))


def can_organize(actor: Actor, meeting: Meeting) -> Permission:
    """Invite, move, cancel: who called it, and the coordination."""
    if actor.user_id is not None and (
        meeting.created_by_id == actor.user_id or meeting.network_id in actor.coordinates
    ):
        return YES
    return Denied(_("Who called the meeting, or the network coordination, can do that."))


def can_organize_series(actor: Actor, series: Series) -> Permission:
    """As `can_organize`, for a whole series."""
    if actor.user_id is not None and (
        series.created_by_id == actor.user_id or series.network_id in actor.coordinates
    ):
        return YES
    return Denied(_("Who called the meeting, or the network coordination, can do that."))


def can_write_minutes(actor: Actor, meeting: Meeting) -> Permission:
    """Note attendance, notes, decisions, tasks; send out and finish the minutes."""
    if actor.user_id is not None and meeting.minute_taker_id == actor.user_id:
        return YES
    if can_organize(actor, meeting):
        return YES
    return Denied(_("Who called the meeting, who keeps its minutes, or the coordination writes them."))


def can_add_to_agenda(actor: Actor, meeting: Meeting) -> Permission:
    """Put something on the agenda: whoever may read it."""
    if can_read(actor, meeting):
        return YES
    return Denied(_("Only who is invited can put something on the agenda."))


def visible_feeds(actor: Actor) -> QuerySet[FeedAddress]:
    """One's own calendar address only."""
    if actor.user_id is None:
        return FeedAddress.objects.none()
    return FeedAddress.objects.filter(user=actor.user_id)


def can_edit_item(actor: Actor, item: AgendaItem) -> Permission:
    """Change or take off an item: who put it on the agenda, who called the meeting, who keeps the minutes."""
    if actor.user_id is not None and item.by_id == actor.user_id and can_read(actor, item.meeting):
        return YES
    if can_write_minutes(actor, item.meeting):
        return YES
    return Denied(_("Who put it on the agenda, or who called the meeting, can change it."))


def can_object(actor: Actor, meeting: Meeting) -> Permission:
    """Object to the minutes: whoever was invited."""
    if (
        actor.user_id is not None
        and meeting.participants.filter(user=actor.user_id, removed_at__isnull=True).exists()
    ):
        return YES
    return Denied(_("Only who was invited to the meeting can object to its minutes."))


def visible_decisions(actor: Actor) -> QuerySet[Decision]:
    """Decisions of meetings whose minutes the person may read, once these have gone out."""
    return Decision.objects.filter(meeting__in=readable_to(actor), meeting__circulated_at__isnull=False)


def visible_tasks(actor: Actor) -> QuerySet[Task]:
    """Tasks of meetings that the person reads, and their own or their organisation's, once the minutes went out."""
    if not actor.is_authenticated:
        return Task.objects.none()
    return Task.objects.filter(
        Q(meeting__in=readable_to(actor))
        | Q(user=actor.user_id)
        | Q(organization__in=actor.organization_ids),
        meeting__circulated_at__isnull=False,
    )


def can_finish_task(actor: Actor, task: Task) -> Permission:
    """Mark a task as done: whose it is, the lead of the organisation whose it is, who keeps the minutes."""
    return _can_finish(actor, task.meeting, task.user_id, task.organization_id)


def can_finish_decision(actor: Actor, decision: Decision) -> Permission:
    """Mark a decision as carried out: as with a task."""
    return _can_finish(actor, decision.meeting, decision.owner_id, decision.owner_organization_id)


def _can_finish(
    actor: Actor, meeting: Meeting, user: uuid.UUID | None, organization: uuid.UUID | None
) -> Permission:
    if actor.user_id is not None and user == actor.user_id:
        return YES
    if organization in actor.lead_of or (user is None and organization in actor.organization_ids):
        return YES
    if can_write_minutes(actor, meeting):
        return YES
    return Denied(_("Who took it on, or who keeps the minutes, can mark it as done."))
