"""Job shadowing: offers, visits, who has been where."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from mtd.accounts.models import User
from mtd.cooperation.models import ShadowingDate, ShadowingOffer, ShadowingVisit
from mtd.cooperation.permissions import is_host, visible_offers, visible_visits
from mtd.core.actor import Actor
from mtd.organizations.models import Membership, Network, NetworkMember, Organization
from mtd.organizations.queries import leads_of

State = ShadowingVisit.State
TAKEN = (State.ACCEPTED, State.READY, State.DONE)
"""A visit in these states has its place; a request has none yet."""
COMING = (State.REQUESTED, State.ACCEPTED, State.READY)
"""A visit that may still take place."""


def local_today(network: Network) -> date:
    """The day it is in the network."""
    return timezone.localdate(timezone=network.zone)


def dates_with_room() -> QuerySet[ShadowingDate]:
    """Dates with `taken` places and `asked` requests counted."""
    return ShadowingDate.objects.annotate(
        taken=Count("visits", filter=Q(visits__state__in=TAKEN)),
        asked=Count("visits", filter=Q(visits__state=State.REQUESTED)),
    )


def free_places(day: ShadowingDate) -> int:
    """How many places of one day are left now."""
    return max(day.places - day.visits.filter(state__in=TAKEN).count(), 0)


@dataclass(frozen=True)
class Day:
    """A day on which an offer can be taken up, as it stands now."""

    date: ShadowingDate
    left: int
    asked: int


@dataclass(frozen=True)
class OfferCard:
    """One offer with its coming days."""

    offer: ShadowingOffer
    days: tuple[Day, ...]
    past: int
    host: bool

    @property
    def left(self) -> int:
        return sum(day.left for day in self.days)


def running_member() -> Exists:
    """The offer's organisation belongs to the offer's network now: who has left no longer invites."""
    return Exists(
        NetworkMember.objects.filter(
            network=OuterRef("network"), organization=OuterRef("organization"), left_on__isnull=True
        )
    )


def cards(actor: Actor, network: Network) -> list[OfferCard]:
    """The network's open offers, those with places first (two queries)."""
    today = local_today(network)
    offers = (
        visible_offers(actor)
        .filter(running_member(), network=network, closed_at__isnull=True)
        .select_related("organization", "contact")
        .prefetch_related(Prefetch("dates", queryset=dates_with_room()))
    )
    found = [card_of(actor, offer, today) for offer in offers]
    return sorted(found, key=lambda card: (card.left == 0, card.days[0].date.on if card.days else date.max))


def card_of(actor: Actor, offer: ShadowingOffer, today: date) -> OfferCard:
    """One offer; its dates come from `dates_with_room`."""
    days = [day for day in offer.dates.all() if day.on >= today]
    return OfferCard(
        offer=offer,
        days=tuple(_day(day) for day in days),
        past=len(offer.dates.all()) - len(days),
        host=is_host(actor, offer),
    )


def _day(day: ShadowingDate) -> Day:
    taken, asked = getattr(day, "taken", 0), getattr(day, "asked", 0)
    return Day(date=day, left=max(day.places - taken, 0), asked=asked)


def visits_of(actor: Actor, network: Network) -> QuerySet[ShadowingVisit]:
    """The visits of this network that the person may see, with everything a list shows; texts stay closed."""
    return (
        visible_visits(actor)
        .filter(date__offer__network=network)
        .select_related("date__offer__organization", "date__offer__network", "organization", "visitor")
        .defer("wish", "answer", "report")
        .order_by("date__on", "at", "id")
    )


def hosts_of(offer: ShadowingOffer) -> list[User]:
    """Who is asked about an offer: its contact and who made it, while they work there, and the leads."""
    named = [pk for pk in (offer.contact_id, offer.by_id) if pk]
    here = Membership.objects.filter(
        organization=offer.organization_id, ended_on__isnull=True, user__in=named
    ).values("user")
    people = [*User.objects.filter(pk__in=here, is_active=True), *leads_of(offer.organization)]
    return list({user.pk: user for user in people}.values())


def left_behind() -> QuerySet[ShadowingVisit]:
    """Coming visits of people who no longer work for the organisation they were to go for."""
    running = Membership.objects.filter(
        user=OuterRef("visitor"), organization=OuterRef("organization"), ended_on__isnull=True
    )
    return ShadowingVisit.objects.filter(~Exists(running), state__in=COMING)


def overtaken(today: date) -> QuerySet[ShadowingVisit]:
    """Visits that were not answered, or for which secrecy was not undertaken, before their day was over."""
    return ShadowingVisit.objects.filter(state__in=(State.REQUESTED, State.ACCEPTED), date__on__lt=today)


def visits_due(now: datetime) -> QuerySet[ShadowingVisit]:
    """Visits whose wish, answer and report have to be destroyed; that they took place stays."""
    before = (now - settings.MTD_KEEP_SHADOWING).date()
    return ShadowingVisit.objects.filter(date__on__lt=before, emptied_on__isnull=True)


# --- who has been where -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """So many people of one organisation have been at another."""

    visitor: Organization
    host: Organization
    count: int

    @property
    def crosses(self) -> bool:
        """From one of the two help systems to the other."""
        return {self.visitor.help_system, self.host.help_system} == {"addiction_care", "youth_welfare"}


@dataclass(frozen=True)
class Exchanged:
    """Who has been where, in one year or in all of them."""

    organizations: tuple[Organization, ...]
    ways: tuple[Way, ...]
    years: tuple[int, ...]
    year: int | None

    @property
    def total(self) -> int:
        return sum(way.count for way in self.ways)

    @property
    def across(self) -> int:
        """Visits from one help system to the other."""
        return sum(way.count for way in self.ways if way.crosses)

    @property
    def parted(self) -> int:
        """Organisations that have sent or received somebody."""
        return len({pk for way in self.ways for pk in (way.visitor.pk, way.host.pk)})


def exchanged(network: Network, year: int | None = None) -> Exchanged:
    """Count the finished visits by organisation (two queries); organisations that have left stay in the picture."""
    rows = (
        ShadowingVisit.objects.filter(date__offer__network=network, state=State.DONE)
        .order_by()
        .values_list("date__on__year", "organization", "date__offer__organization")
        .annotate(count=Count("id"))
    )
    counts: dict[tuple[uuid.UUID, uuid.UUID], int] = defaultdict(int)
    years: set[int] = set()
    for when, visitor, host, count in rows:
        years.add(when)
        if year is None or when == year:
            counts[visitor, host] += count
    named = {pk for pair in counts for pk in pair}
    organizations = {o.pk: o for o in _members(network, named)}
    ways = [Way(organizations[a], organizations[b], count) for (a, b), count in counts.items()]
    ways.sort(key=lambda way: (-way.count, way.visitor.name, way.host.name))
    return Exchanged(tuple(organizations.values()), tuple(ways), tuple(sorted(years, reverse=True)), year)


def _members(network: Network, named: Iterable[uuid.UUID]) -> QuerySet[Organization]:
    running = Q(network_members__network=network, network_members__left_on__isnull=True)
    return Organization.objects.filter(running | Q(pk__in=list(named))).distinct().order_by("name", "id")
