"""What was sent and has lost its ground since: the agreement over, the party or the person asked gone."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from mtd.agreements.models import Agreement
from mtd.consultations.models import Consultation, Way
from mtd.core.actor import Role
from mtd.meetings.models import Meeting
from mtd.organizations.models import Membership, NetworkMember

from .ground import Ground, load_grounds


@dataclass(frozen=True)
class Lapse:
    """Something changed after a question was sent: what, and whether an answer may still come."""

    code: str
    words: str
    answerable: bool = True


class Staff:
    """Who works in some organisations now, and who leads them."""

    def __init__(self, rows: Iterable[tuple[uuid.UUID | None, uuid.UUID, str]]) -> None:
        self._roles: dict[uuid.UUID | None, dict[uuid.UUID, str]] = {}
        for organization, user, role in rows:
            self._roles.setdefault(organization, {})[user] = role

    def works(self, organization: uuid.UUID, user: uuid.UUID) -> bool:
        """The person works there."""
        return user in self._roles.get(organization, {})

    def anybody(self, organization: uuid.UUID, but: uuid.UUID | None = None) -> bool:
        """Somebody works there, besides one."""
        return any(user != but for user in self._roles.get(organization, {}))

    def leads(self, organization: uuid.UUID, but: uuid.UUID | None = None) -> bool:
        """Somebody leads it, besides one."""
        roles = self._roles.get(organization, {})
        return any(role == Role.LEAD and user != but for user, role in roles.items())


def lapses(consultations: Iterable[Consultation]) -> dict[uuid.UUID, Lapse]:
    """What changed since these were sent: agreement over, party gone, adviser gone. Eight queries for all of them."""
    sent = [c for c in consultations if c.state != Consultation.State.ENDED]
    if not sent:
        return {}
    agreements = Agreement.objects.filter(pk__in={c.agreement_id for c in sent if c.agreement_id})
    grounds = {g.agreement.pk: g for g in load_grounds(agreements.select_related("network"))}
    places = {c.recipient_id for c in sent if c.recipient_id}
    staff = Staff(
        Membership.objects.filter(
            organization__in=places, ended_on__isnull=True, user__is_active=True
        ).values_list("organization", "user", "role")
    )
    members = set(
        NetworkMember.objects.filter(
            network__in={c.network_id for c in sent}, organization__in=places, left_on__isnull=True
        ).values_list("network", "organization")
    )
    found = {}
    for one in sent:
        ground = grounds.get(one.agreement_id) if one.agreement_id else None
        lapse = _lapse(one, ground, staff, members)
        if lapse is not None:
            found[one.pk] = lapse
    return found


def lapse_of(consultation: Consultation) -> Lapse | None:
    """What changed since one was sent."""
    return lapses([consultation]).get(consultation.pk)


def _lapse(
    one: Consultation, ground: Ground | None, staff: Staff, members: Collection[tuple[uuid.UUID, uuid.UUID]]
) -> Lapse | None:
    where = one.recipient_id
    if one.way == Way.DISCUSSION:
        if one.meeting is None or one.meeting.state == Meeting.State.CANCELLED:
            return Lapse("meeting_cancelled", str(_("The meeting it was meant for does not take place.")))
    elif where is not None:
        if one.way != Way.OWN_HOUSE:
            if (one.network_id, where) not in members or not staff.anybody(where):
                return Lapse(
                    "recipient_left",
                    str(_("The organisation that was asked does not belong to the network any more.")),
                    answerable=staff.anybody(where),
                )
            if ground is not None and ground.binds and ground.party(where) is None:
                return Lapse("party_left", str(_("The organisation that was asked has left the agreement.")))
        if one.adviser_id is not None and not staff.works(where, one.adviser_id):
            if staff.leads(where, but=one.asked_by_id):
                return Lapse(
                    "adviser_left",
                    str(
                        _("The person who was asked does not work there any more. The lead answers instead.")
                    ),
                )
            return Lapse(
                "nobody_left",
                str(_("The person who was asked does not work there any more, and nobody answers instead.")),
                answerable=False,
            )
        if one.adviser_id is None and not staff.anybody(where, but=one.asked_by_id):
            return Lapse("nobody_left", str(_("Nobody is left there who could answer.")), answerable=False)
    if ground is not None and not ground.binds:
        return Lapse(
            "agreement_ended",
            str(_("The agreement has ended. What was asked may still be answered; nothing new is asked.")),
        )
    return None
