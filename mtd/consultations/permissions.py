"""Who sees an anonymous consultation and who may do what with it.

Seen by who asked and the lead of their organisation, and by who was asked: the partner's staff, the one adviser (or
who stands in, or did and said something; and their lead), the people invited to the case discussion, colleagues of
one's own house. Nobody else: not the coordination, not the programme office. A draft is seen by its author alone, an
ended one by nobody.
"""

from __future__ import annotations

import uuid
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mtd.core.actor import Actor, Role
from mtd.core.errors import YES, Denied, Permission
from mtd.meetings.models import AgendaItem, Meeting, Participant
from mtd.organizations.models import Membership, Network

from .models import SOURCE, Absence, Consultation, Contribution, Learning, Round, Way

OPEN = (Consultation.State.SENT, Consultation.State.ANSWERED, Consultation.State.CLOSED)
"""States in which a consultation is read and talked about."""


def can_enter(actor: Actor, network: Network) -> bool:
    """The person has to do with this network: works in one of its organisations, coordinates or moderates it."""
    return network.pk in actor.network_ids


def stands_in_for(
    actor: Actor, user_id: uuid.UUID | None, organization_id: uuid.UUID | None, today: date | None = None
) -> bool:
    """The person is today the deputy of somebody who is away in this organisation."""
    if actor.user_id is None or user_id is None:
        return False
    day = today or timezone.localdate()
    return Absence.objects.filter(
        user=user_id, organization=organization_id, deputy=actor.user_id, since__lte=day, until__gte=day
    ).exists()


def visible_to(actor: Actor) -> QuerySet[Consultation]:
    """Consultations that the person may read now."""
    if actor.user_id is None:
        return Consultation.objects.none()
    day = timezone.localdate()
    own = Q(asked_by=actor.user_id, organization__in=actor.organization_ids)
    away = Absence.objects.filter(
        user=OuterRef("adviser"),
        organization=OuterRef("recipient"),
        deputy=actor.user_id,
        since__lte=day,
        until__gte=day,
    )
    spoken = Contribution.objects.filter(consultation=OuterRef("pk"), by=actor.user_id)
    invited = Participant.objects.filter(
        meeting=OuterRef("meeting"), user=actor.user_id, removed_at__isnull=True
    )
    asked = (
        Q(way=Way.PARTNER, adviser__isnull=True, recipient__in=actor.organization_ids)
        | Q(way=Way.OWN_HOUSE, adviser__isnull=True, recipient__in=actor.organization_ids)
        | (Q(adviser=actor.user_id) & Q(recipient__in=actor.organization_ids))
        | (Q(recipient__in=actor.organization_ids) & (Exists(away) | Exists(spoken)))
        | Q(recipient__in=actor.lead_of)
        | (Q(way=Way.DISCUSSION) & Exists(invited))
    )
    return Consultation.objects.filter(
        (own & Q(state__in=[Consultation.State.DRAFT, *OPEN]))
        | (Q(state__in=OPEN) & (asked | Q(organization__in=actor.lead_of)))
    )


def can_view(actor: Actor, consultation: Consultation) -> bool:
    """Same answer as visible_to, for one consultation in hand."""
    if is_asker(actor, consultation):
        return consultation.state in (Consultation.State.DRAFT, *OPEN)
    if consultation.state not in OPEN:
        return False
    return consultation.organization_id in actor.lead_of or is_asked(actor, consultation)


def is_asker(actor: Actor, consultation: Consultation) -> bool:
    """Who asked, while they work for the organisation they asked for."""
    return (
        actor.user_id is not None
        and consultation.asked_by_id == actor.user_id
        and consultation.organization_id in actor.organization_ids
    )


def is_asked(actor: Actor, consultation: Consultation) -> bool:
    """One of those whom the question went to. Who stood in and said something stays in the conversation."""
    if actor.user_id is None:
        return False
    if consultation.recipient_id is not None and consultation.recipient_id in actor.lead_of:
        return True
    if consultation.way == Way.DISCUSSION:
        return Participant.objects.filter(
            meeting=consultation.meeting_id, user=actor.user_id, removed_at__isnull=True
        ).exists()
    if consultation.recipient_id not in actor.organization_ids:
        return False
    if consultation.adviser_id is None and consultation.way in (Way.PARTNER, Way.OWN_HOUSE):
        return True
    return (
        consultation.adviser_id == actor.user_id
        or stands_in_for(actor, consultation.adviser_id, consultation.recipient_id)
        or Contribution.objects.filter(consultation=consultation, by=actor.user_id).exists()
    )


def can_ask(actor: Actor, network: Network) -> Permission:
    """Begin a consultation: whoever works for an organisation of the network."""
    if any(where == network.pk for _organization, where in actor.organization_networks):
        return YES
    return Denied(_("Only people who work for an organisation of this network ask for advice here."))


def can_edit(actor: Actor, consultation: Consultation) -> Permission:
    """Change a draft, send it, throw it away: its author."""
    if not is_asker(actor, consultation):
        return Denied(_("Only who began this question can change it."))
    if consultation.state != Consultation.State.DRAFT:
        return Denied(
            _("This question was sent. What others have read is not changed afterwards; add a reply.")
        )
    return YES


def can_answer(actor: Actor, consultation: Consultation) -> Permission:
    """Answer or ask back: those whom the question went to, but not who asked it."""
    if consultation.asked_by_id == actor.user_id:
        return Denied(_("You asked this question yourself."))
    if consultation.state not in OPEN or not is_asked(actor, consultation):
        return Denied(_("The answer is given by those who were asked."))
    return YES


def can_conclude(actor: Actor, consultation: Consultation) -> Permission:
    """Reply, sum up, say whether it helped, end it early: who asked; the lead of their organisation if they left."""
    if is_asker(actor, consultation):
        return YES
    if consultation.organization_id in actor.lead_of and not _asker_is_there(consultation):
        return YES
    return Denied(_("Only who asked can do that."))


def can_sum_up(actor: Actor, consultation: Consultation) -> Permission:
    """Say what was decided: as `can_conclude`, once there is an answer or it may have been talked over."""
    allowed = can_conclude(actor, consultation)
    if not allowed or consultation.state != Consultation.State.SENT:
        return allowed
    if _talked_about(consultation):
        return YES
    return Denied(_("There is no answer yet that something could have come of."))


def _talked_about(consultation: Consultation) -> bool:
    """It may have been talked over without a word written here, in its meeting or in one from which it was carried."""
    now = timezone.now()
    if consultation.talked_about(now):
        return True
    stood = AgendaItem.objects.filter(
        source_kind=SOURCE, source_id=str(consultation.pk), meeting__starts_at__lte=now
    )
    return (
        consultation.way == Way.DISCUSSION and stood.exclude(meeting__state=Meeting.State.CANCELLED).exists()
    )


def _asker_is_there(consultation: Consultation) -> bool:
    return Membership.objects.filter(
        user=consultation.asked_by_id, organization=consultation.organization_id, ended_on__isnull=True
    ).exists()


# --- who is away ----------------------------------------------------------------------------------------------------


def visible_absences(actor: Actor) -> QuerySet[Absence]:
    """One's own, those one stands in for, and as a lead those of the organisation's people."""
    if actor.user_id is None:
        return Absence.objects.none()
    return Absence.objects.filter(
        Q(user=actor.user_id) | Q(deputy=actor.user_id) | Q(organization__in=actor.lead_of)
    )


def can_set_absence(actor: Actor, user_id: uuid.UUID | None, organization_id: uuid.UUID) -> Permission:
    """Say that somebody is away: the person, and the lead of the organisation."""
    if organization_id in actor.lead_of:
        return YES
    if user_id is not None and user_id == actor.user_id and organization_id in actor.organization_ids:
        return YES
    return Denied(_("Only the person and the lead of the organisation can say that somebody is away."))


# --- talking it through in a group ----------------------------------------------------------------------------------


def can_take_part(actor: Actor, consultation: Consultation) -> Permission:
    """Take part in the discussion: who asked and who was asked, while it is open."""
    if consultation.state in OPEN and (is_asker(actor, consultation) or is_asked(actor, consultation)):
        return YES
    return Denied(_("Only who asked and those who were asked talk about it."))


def can_moderate(actor: Actor, group: Round) -> Permission:
    """Move the discussion on: who moderates it now. Anybody who takes part can take that over."""
    allowed = can_take_part(actor, group.consultation)
    if not allowed or group.moderator_id == actor.user_id:
        return allowed
    return Denied(_("Somebody else moderates. Take the moderation over if they cannot."))


# --- what a network learnt ------------------------------------------------------------------------------------------


def _led_networks(actor: Actor) -> set[uuid.UUID]:
    return {network for organization, network in actor.organization_networks if organization in actor.lead_of}


def looked_after(actor: Actor) -> set[uuid.UUID]:
    """Networks whose collection the person looks after: the coordination; where there is none, every lead."""
    led = _led_networks(actor) - set(actor.coordinates)
    if led:
        coordinated = Membership.objects.filter(
            network__in=led, role=Role.COORDINATOR, ended_on__isnull=True, user__is_active=True
        )
        led -= set(coordinated.values_list("network", flat=True))
    return set(actor.coordinates) | led


def visible_learnings(actor: Actor) -> QuerySet[Learning]:
    """Approved ones: everybody of the network. Proposed ones: who wrote them and who looks at them."""
    if actor.user_id is None:
        return Learning.objects.none()
    own = Q(by=actor.user_id) | _looked_at_by(actor)
    return Learning.objects.filter(
        Q(network__in=actor.network_ids) & (Q(state=Learning.State.APPROVED) | own)
    )


def learnings_to_look_at(actor: Actor) -> QuerySet[Learning]:
    """Proposals that wait for this person: can_approve_learning for many at once."""
    if actor.user_id is None:
        return Learning.objects.none()
    wrote = Q(reworded_by=actor.user_id) | Q(reworded_by__isnull=True, by=actor.user_id)
    return Learning.objects.filter(_looked_at_by(actor), state=Learning.State.PROPOSED).exclude(wrote)


def _looked_at_by(actor: Actor) -> Q:
    coordination = Membership.objects.filter(
        Q(user=OuterRef("by")) | Q(user=OuterRef("reworded_by")),
        network=OuterRef("network"),
        role=Role.COORDINATOR,
        ended_on__isnull=True,
    )
    instead = Q(Exists(coordination), network__in=_led_networks(actor))
    return Q(network__in=looked_after(actor)) | instead


def can_view_learning(actor: Actor, learning: Learning) -> bool:
    """Same answer as visible_learnings, for one in hand."""
    if actor.user_id is None or learning.network_id not in actor.network_ids:
        return False
    return (
        learning.state == Learning.State.APPROVED
        or learning.by_id == actor.user_id
        or learning.network_id in looked_after(actor)
        or _looks_instead(actor, learning)
    )


def _looks_instead(actor: Actor, learning: Learning) -> bool:
    """A lead looks where the coordination wrote the words itself: a network often has only one coordination."""
    if learning.network_id not in _led_networks(actor):
        return False
    return Membership.objects.filter(
        user__in=[learning.by_id, learning.reworded_by_id],
        network=learning.network_id,
        role=Role.COORDINATOR,
        ended_on__isnull=True,
    ).exists()


def can_propose_learning(actor: Actor, network: Network) -> Permission:
    """Whoever works in the network or moderates it."""
    if can_enter(actor, network):
        return YES
    return Denied(_("Only people of this network add to what it learnt."))


def can_approve_learning(actor: Actor, learning: Learning, *, still: bool = False) -> Permission:
    """The coordination, and never who wrote the words: four eyes look whether a family shows through. Where a network
    has no coordination, or it wrote them itself, a lead of its organisations.

    `still`: only confirming that something approved earlier still holds; its author may be the coordination.
    """
    instead = not still and _looks_instead(actor, learning)
    if learning.network_id not in looked_after(actor) and not instead:
        return Denied(_("The network coordination looks at it before others read it."))
    if actor.user_id in (learning.reworded_by_id or learning.by_id, None) and not still:
        return Denied(_("Somebody else has to look at what you wrote yourself."))
    return YES


def can_take_back_learning(actor: Actor, learning: Learning) -> Permission:
    """Its author and who looks after the collection."""
    own = actor.user_id is not None and learning.by_id == actor.user_id
    if own or learning.network_id in looked_after(actor):
        return YES
    return Denied(_("Only who wrote it and the network coordination can change it."))


# --- the region in figures ------------------------------------------------------------------------------------------


def can_state_region(actor: Actor, network: Network) -> Permission:
    """The coordination, or who leads an organisation of the network: not every network has a coordination."""
    if network.pk in actor.coordinates or network.pk in _led_networks(actor):
        return YES
    return Denied(_("The coordination and the leads of the organisations state this figure."))
