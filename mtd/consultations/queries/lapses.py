"""What was sent and has lost its ground since: the agreement over, the party or the person asked gone."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from mtd.agreements.models import Agreement
from mtd.consultations.models import Consultation, Way
from mtd.meetings.models import Meeting
from mtd.organizations.models import Membership, NetworkMember

from .ground import Ground, load_grounds


@dataclass(frozen=True)
class Lapse:
    """Something changed after a question was sent: what, and whether an answer may still come."""

    code: str
    words: str
    answerable: bool = True


def lapses(consultations: Iterable[Consultation]) -> dict[uuid.UUID, Lapse]:
    """What changed since these were sent: agreement over, party gone, adviser gone. Eight queries for all of them."""
    sent = [c for c in consultations if c.way != Way.OWN_HOUSE and c.state != Consultation.State.ENDED]
    if not sent:
        return {}
    agreements = Agreement.objects.filter(pk__in={c.agreement_id for c in sent if c.agreement_id})
    grounds = {g.agreement.pk: g for g in load_grounds(agreements.select_related("network"))}
    places = {c.recipient_id for c in sent if c.recipient_id}
    working = set(
        Membership.objects.filter(
            organization__in=places, ended_on__isnull=True, user__is_active=True
        ).values_list("user", "organization")
    )
    peopled = {organization for _user, organization in working}
    members = set(
        NetworkMember.objects.filter(
            network__in={c.network_id for c in sent}, organization__in=places, left_on__isnull=True
        ).values_list("network", "organization")
    )
    found = {}
    for one in sent:
        lapse = _lapse(
            one, grounds.get(one.agreement_id) if one.agreement_id else None, working, peopled, members
        )
        if lapse is not None:
            found[one.pk] = lapse
    return found


def lapse_of(consultation: Consultation) -> Lapse | None:
    """What changed since one was sent."""
    return lapses([consultation]).get(consultation.pk)


def _lapse(
    one: Consultation,
    ground: Ground | None,
    working: Collection[tuple[uuid.UUID, uuid.UUID | None]],
    peopled: Collection[uuid.UUID | None],
    members: set[tuple[uuid.UUID, uuid.UUID]],
) -> Lapse | None:
    if one.way == Way.DISCUSSION:
        if one.meeting is None or one.meeting.state == Meeting.State.CANCELLED:
            return Lapse("meeting_cancelled", str(_("The meeting it was meant for does not take place.")))
    elif one.recipient_id is not None:
        if (one.network_id, one.recipient_id) not in members or one.recipient_id not in peopled:
            return Lapse(
                "recipient_left",
                str(_("The organisation that was asked does not belong to the network any more.")),
                answerable=one.recipient_id in peopled,
            )
        if ground is not None and ground.binds and ground.party(one.recipient_id) is None:
            return Lapse("party_left", str(_("The organisation that was asked has left the agreement.")))
        if one.adviser_id is not None and (one.adviser_id, one.recipient_id) not in working:
            return Lapse(
                "adviser_left",
                str(_("The person who was asked does not work there any more. The lead answers instead.")),
            )
    if ground is not None and not ground.binds:
        return Lapse(
            "agreement_ended",
            str(_("The agreement has ended. What was asked may still be answered; nothing new is asked.")),
        )
    return None
