"""What waits for a person in the exchange between people, and what is new there: for the start page.

A constant number of queries, however many networks there are.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Count, Max
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, pgettext

from mtd.cooperation.models import ContactConfirmation, PulseRound, PulseTurn, ShadowingVisit
from mtd.cooperation.permissions import is_host, parties_in_force, visible_offers, visible_visits
from mtd.core.actor import Actor
from mtd.core.steps import News, NextStep
from mtd.organizations.models import Network
from mtd.organizations.permissions import own_networks

from .contacts import REMIND_AFTER, overdue_confirmations
from .shadowing import State, local_today

REPORT_WITHIN = timedelta(days=14)


def next_steps_exchange(actor: Actor) -> list[NextStep]:
    """What waits for the person: visits, the pulse, contacts. Unsorted."""
    if not actor.is_authenticated or not actor.network_ids:
        return []
    return [*_visits(actor), *_pulse(actor), *_contacts(actor)]


def _visits(actor: Actor) -> Iterator[NextStep]:
    waiting = (
        visible_visits(actor)
        .filter(
            state__in=(State.REQUESTED, State.ACCEPTED, State.READY),
            date__offer__network__in=actor.network_ids,
        )
        .select_related("date__offer__network", "date__offer__organization", "organization")
        .defer("wish", "answer", "report")
        .order_by("date__on", "id")
    )
    for visit in waiting:
        step = _visit_step(actor, visit)
        if step is not None:
            yield step


def _visit_step(actor: Actor, visit: ShadowingVisit) -> NextStep | None:
    offer = visit.date.offer
    today, on = local_today(offer.network), visit.date.on
    url = reverse("cooperation:visit", args=[offer.network.slug, visit.pk])
    day = date_format(on, "DATE_FORMAT")
    mine = visit.visitor_id == actor.user_id
    if visit.state == State.REQUESTED and is_host(actor, offer) and not mine:
        return NextStep(
            title=gettext("Answer a request for job shadowing"),
            text=gettext("%(name)s would like to come on %(day)s.")
            % {"name": visit.organization.name, "day": day},
            url=url,
            action=gettext("Look and answer"),
            due=on,
        )
    if visit.state == State.ACCEPTED and mine:
        return NextStep(
            title=gettext("Sign the undertaking of secrecy"),
            text=gettext("%(name)s expects you on %(day)s.") % {"name": offer.organization.name, "day": day},
            url=url,
            action=gettext("Read and sign"),
            due=on,
        )
    if visit.state == State.READY and mine and on <= today:
        due = on + REPORT_WITHIN
        return NextStep(
            title=gettext("Write a short report on your job shadowing"),
            text=gettext("You were at %(name)s on %(day)s.") % {"name": offer.organization.name, "day": day},
            url=url,
            action=gettext("Write the report"),
            due=due,
            late=due < today,
        )
    return None


def _pulse(actor: Actor) -> Iterator[NextStep]:
    rounds = PulseRound.objects.filter(network__in=actor.network_ids).select_related("network")
    running = [one for one in rounds if one.opened_on <= local_today(one.network) <= one.closes_on]
    if not running:
        return
    partners: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for network_id, organization_id in (
        parties_in_force()
        .filter(agreement__network__in=[one.network_id for one in running])
        .order_by()
        .values_list("agreement__network", "organization")
    ):
        partners[network_id].add(organization_id)
    done: Counter[uuid.UUID] = Counter(
        PulseTurn.objects.filter(round__in=running, user=actor.user_id).values_list("round", flat=True)
    )
    for one in running:
        table = partners[one.network_id]
        others = len(table - actor.organization_ids)
        if table & actor.organization_ids and others > done[one.pk]:
            yield NextStep(
                title=gettext("Answer the partner pulse"),
                text=gettext("%(name)s. Six questions about each partner; nobody learns who said what.")
                % {"name": one.network.name},
                url=reverse("cooperation:pulse_answer", args=[one.network.slug]),
                action=pgettext("verb", "Answer"),
                due=one.closes_on,
            )


def _contacts(actor: Actor) -> Iterator[NextStep]:
    waiting = (
        ContactConfirmation.objects.filter(
            confirmed_on__isnull=True,
            party__organization__in=actor.lead_of,
            party__in=parties_in_force().values("pk"),
        )
        .exclude(token_hash="")
        .select_related("party__organization", "agreement__network")
    )
    for row in waiting if actor.lead_of else ():
        due = row.asked_on + REMIND_AFTER
        network = row.agreement.network
        yield NextStep(
            title=gettext("Confirm the contact details of %(name)s")
            % {"name": row.party.organization.short_name},
            text=gettext("Others in %(name)s rely on them.") % {"name": network.name},
            url=reverse("cooperation:people", args=[network.slug]) + "#ours",
            action=gettext("Look and confirm"),
            due=due,
            late=due < local_today(network),
        )
    if actor.coordinates:
        yield from _overdue(actor)


def _overdue(actor: Actor) -> Iterator[NextStep]:
    networks = {one.pk: one for one in Network.objects.filter(pk__in=actor.coordinates)}
    today = max((local_today(one) for one in networks.values()), default=date.min)
    counts = Counter(
        overdue_confirmations(today)
        .filter(agreement__network__in=networks)
        .values_list("agreement__network", flat=True)
    )
    for pk, count in sorted(counts.items(), key=lambda one: networks[one[0]].name):
        yield NextStep(
            title=ngettext(
                "One organisation has not confirmed its contacts",
                "%(count)s organisations have not confirmed their contacts",
                count,
            )
            % {"count": count},
            text=gettext("%(name)s. They were asked and reminded by e-mail.") % {"name": networks[pk].name},
            url=reverse("cooperation:people", args=[networks[pk].slug]),
            action=gettext("See who is missing"),
            late=True,
        )


def recent_exchange(actor: Actor, since: datetime) -> list[News]:
    """What happened in the person's networks since then: counts only."""
    networks = {one.pk: one for one in own_networks(actor)}
    if not networks:
        return []
    return [
        *_new_visits(actor, networks, since),
        *_new_offers(actor, networks, since),
        *_new_confirmations(networks, since),
    ]


def _new_visits(actor: Actor, networks: dict[uuid.UUID, Network], since: datetime) -> Iterator[News]:
    rows = (
        ShadowingVisit.objects.filter(
            date__offer__network__in=networks, state=State.DONE, reported_on__gt=since.date()
        )
        .exclude(visitor=actor.user_id)
        .order_by()
        .values("date__offer__network")
        .annotate(count=Count("id"))
    )
    for row in rows:
        network = networks[row["date__offer__network"]]
        words = ngettext("%(n)s job shadowing reported", "%(n)s job shadowings reported", row["count"])
        yield News(
            text=f"{network.name}: {words % {'n': row['count']}}",
            url=reverse("cooperation:shadowing", args=[network.slug]),
        )


def _new_offers(actor: Actor, networks: dict[uuid.UUID, Network], since: datetime) -> Iterator[News]:
    rows = (
        visible_offers(actor)
        .filter(at__gt=since, closed_at__isnull=True)
        .exclude(by=actor.user_id)
        .order_by()
        .values("network")
        .annotate(count=Count("id"), last=Max("at"))
    )
    for row in rows:
        network = networks[row["network"]]
        words = ngettext(
            "%(n)s new offer of job shadowing", "%(n)s new offers of job shadowing", row["count"]
        )
        yield News(
            text=f"{network.name}: {words % {'n': row['count']}}",
            url=reverse("cooperation:shadowing", args=[network.slug]),
            at=row["last"],
        )


def _new_confirmations(networks: dict[uuid.UUID, Network], since: datetime) -> Iterator[News]:
    rows = (
        ContactConfirmation.objects.filter(agreement__network__in=networks, confirmed_on__gt=since.date())
        .order_by()
        .values("agreement__network")
        .annotate(count=Count("party", distinct=True))
    )
    for row in rows:
        network = networks[row["agreement__network"]]
        words = ngettext(
            "%(n)s organisation has confirmed its contacts",
            "%(n)s organisations have confirmed their contacts",
            row["count"],
        )
        yield News(
            text=f"{network.name}: {words % {'n': row['count']}}",
            url=reverse("cooperation:people", args=[network.slug]),
        )
