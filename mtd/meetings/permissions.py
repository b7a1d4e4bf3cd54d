"""Who sees a meeting, who reads and writes its minutes, who calls and moves it.

| who | sees | may |
|---|---|---|
| everybody of a network's organisations, coordination, moderation | that its bodies and formats meet, when and where | – |
| who is invited; the leads of organisations that are; the coordination | also agenda, minutes, decisions | add to the agenda, object |
| who called it, who keeps the minutes, the coordination | the same | invite, move, cancel, write and circulate minutes |

A meeting of the kind "other" exists only for who is invited, who called it, and the coordination.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mtd.core.actor import Actor
from mtd.core.errors import YES, Denied, Permission
from mtd.organizations.models import Network

from .models import FeedAddress, Kind, Meeting, Participant, Series

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
    return FeedAddress.objects.filter(user=actor.user_id, revoked_at__isnull=True)
