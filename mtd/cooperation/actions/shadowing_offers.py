"""Offers of job shadowing: what one may see in another house, what not, and on which days.

The identity guard sits in the guarded fields of `forms.shadowing`: what arrives here has passed it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mtd.accounts.models import User
from mtd.audit.actions import record
from mtd.cooperation.models import ShadowingDate, ShadowingOffer
from mtd.cooperation.permissions import can_host, can_offer_shadowing, own_organizations
from mtd.cooperation.queries.shadowing import local_today
from mtd.core.actor import Actor
from mtd.core.errors import Refused, require
from mtd.organizations.models import Network, Organization
from mtd.organizations.queries import people_of

MOST_DATES = 60


class Slot(NamedTuple):
    """A day to offer; times may stay open."""

    on: date
    from_time: time | None = None
    to_time: time | None = None
    places: int = 1


@transaction.atomic(durable=True)
def offer_shadowing(
    *,
    actor: Actor,
    network: Network,
    title: str,
    what: str,
    limits: str = "",
    place: str = "",
    contact: User | None = None,
    dates: Sequence[Slot] = (),
) -> ShadowingOffer:
    """Offer colleagues of other organisations a day in one's own; dates can follow."""
    require(can_offer_shadowing(actor, network))
    organization = Organization.objects.get(pk=own_organizations(actor, network)[0])
    _require_contact(organization, contact)
    offer = ShadowingOffer.objects.create(
        network=network,
        organization=organization,
        title=title,
        what=what,
        limits=limits,
        place=place,
        contact=contact,
        by_id=actor.user_id,
    )
    for slot in dates:
        _add(offer, slot)
    record(actor, "shadowing.offered", offer, network=network.pk, dates=len(dates))
    return offer


@transaction.atomic(durable=True)
def edit_offer(
    *,
    actor: Actor,
    offer: ShadowingOffer,
    title: str,
    what: str,
    limits: str = "",
    place: str = "",
    contact: User | None = None,
) -> ShadowingOffer:
    """Change what an offer says."""
    offer = _locked_offer(offer)
    require(can_host(actor, offer))
    _require_contact(offer.organization, contact)
    offer.title, offer.what, offer.limits, offer.place = title, what, limits, place
    offer.contact = contact
    offer.save(update_fields=["title", "what", "limits", "place", "contact"])
    record(actor, "shadowing.changed", offer)
    return offer


@transaction.atomic(durable=True)
def add_date(*, actor: Actor, offer: ShadowingOffer, slot: Slot) -> ShadowingDate:
    """Offer one more day."""
    offer = _locked_offer(offer)
    require(can_host(actor, offer))
    _require_open(offer)
    added = _add(offer, slot)
    record(actor, "shadowing.date_added", offer, on=slot.on, places=slot.places)
    return added


@transaction.atomic(durable=True)
def remove_date(*, actor: Actor, day: ShadowingDate) -> None:
    """Take a day back that nobody has asked for. Raises Refused where somebody has."""
    offer = _locked_offer(day.offer)
    require(can_host(actor, offer))
    if day.visits.exists():
        raise Refused(
            _(
                "Somebody has asked for this day. Answer or cancel that visit; the day then stays as a record."
            ),
            code="date_in_use",
        )
    record(actor, "shadowing.date_removed", offer, on=day.on)
    day.delete()


@transaction.atomic(durable=True)
def close_offer(*, actor: Actor, offer: ShadowingOffer, closed: bool = True) -> ShadowingOffer:
    """Take no more requests, or take them again. Visits that were accepted go on."""
    offer = _locked_offer(offer)
    require(can_host(actor, offer))
    offer.closed_at = timezone.now() if closed else None
    offer.save(update_fields=["closed_at"])
    record(actor, "shadowing.closed" if closed else "shadowing.reopened", offer)
    return offer


def _locked_offer(offer: ShadowingOffer) -> ShadowingOffer:
    found = ShadowingOffer.objects.select_for_update(of=("self",)).select_related("organization", "network")
    return found.get(pk=offer.pk)


def _add(offer: ShadowingOffer, slot: Slot) -> ShadowingDate:
    if slot.on < local_today(offer.network):
        raise Refused(_("This day has passed. Please choose a day to come."), code="past", field="on")
    if slot.from_time and slot.to_time and slot.to_time <= slot.from_time:
        raise Refused(_("The end comes before the beginning."), code="times", field="to_time")
    if offer.dates.filter(on=slot.on).exists():
        raise Refused(_("This day is offered already."), code="same_day", field="on")
    if offer.dates.count() >= MOST_DATES:
        raise Refused(_("An offer has at most 60 days. Please make another offer."), code="too_many")
    return ShadowingDate.objects.create(offer=offer, **slot._asdict())


def _require_contact(organization: Organization, contact: User | None) -> None:
    if contact is not None and not people_of(organization).filter(user=contact).exists():
        raise Refused(_("The contact works for your organisation."), code="contact", field="contact")


def _require_open(offer: ShadowingOffer) -> None:
    if offer.closed_at is not None:
        raise Refused(_("This offer is closed and takes no more requests."), code="closed")
