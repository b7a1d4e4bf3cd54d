"""The partner pulse: which round is open, whom one has not answered about, and what closed rounds show."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import QuerySet

from mtd.agreements.queries import later
from mtd.cooperation.models import PulseAnswer, PulseRound, PulseTurn
from mtd.cooperation.permissions import own_organizations, parties_in_force
from mtd.cooperation.pulse import ITEMS, Picture, Said, bank_of, picture
from mtd.core.actor import Actor
from mtd.organizations.models import Network, Organization

from .shadowing import local_today

SEASONS = ((3, 1), (9, 1))
"""Month and day on which a round opens by itself."""
WEEKS = 4
PAUSE = {"number": 4, "unit": "months"}
"""So long after the last round the next one can open."""


def partners(network: Network) -> QuerySet[Organization]:
    """The organisations that have an agreement in force in this network."""
    return Organization.objects.filter(pk__in=parties_in_force(network).values("organization")).order_by(
        "name", "id"
    )


def last_round(network: Network) -> PulseRound | None:
    """The newest round, open or closed."""
    return PulseRound.objects.filter(network=network).order_by("-opened_on").first()


def free_from(network: Network) -> date | None:
    """The day from which the next round can open; None when there was no round yet."""
    last = last_round(network)
    return later(last.opened_on, PAUSE) if last else None


def open_round(network: Network) -> PulseRound | None:
    """The round in which one can answer today."""
    today = local_today(network)
    return PulseRound.objects.filter(network=network, opened_on__lte=today, closes_on__gte=today).first()


def closed_rounds(network: Network) -> QuerySet[PulseRound]:
    """The rounds that are over, newest first. Only these are ever shown: a count that grows gives people away."""
    return PulseRound.objects.filter(network=network, closes_on__lt=local_today(network))


def own_partner(actor: Actor, network: Network) -> Organization | None:
    """The partner that the person answers for: the one that speaks through them now, first."""
    own = own_organizations(actor, network)
    found = {o.pk: o for o in partners(network).filter(pk__in=own)}
    return next((found[pk] for pk in own if pk in found), None)


def to_answer(actor: Actor, pulse_round: PulseRound) -> list[Organization]:
    """The partners that the person can still say something about: not their own ones, each once."""
    if actor.user_id is None:
        return []
    done = PulseTurn.objects.filter(round=pulse_round, user=actor.user_id).values("about")
    others = partners(pulse_round.network).exclude(pk__in=actor.organization_ids)
    return list(others.exclude(pk__in=done))


def people_who_answered(pulse_round: PulseRound) -> int:
    """How many people took part so far; told for the whole network only."""
    return PulseTurn.objects.filter(round=pulse_round).values("user").distinct().count()


def pictures(network: Network) -> list[tuple[PulseRound, Picture]]:
    """What every closed round shows, newest first (three queries, however many rounds)."""
    rounds = list(closed_rounds(network))
    said: dict[uuid.UUID, list[Said]] = defaultdict(list)
    rows = PulseAnswer.objects.filter(round__in=rounds).values_list("round", "from_system", "about", *ITEMS)
    for round_id, system, about, *values in rows:
        said[round_id].append(Said(bank_of(system), about, tuple(values)))
    abouts = {one.about for answers in said.values() for one in answers}
    systems = dict(Organization.objects.filter(pk__in=abouts).values_list("pk", "help_system"))
    banks = {pk: bank_of(system) for pk, system in systems.items()}
    return [(one, picture(said[one.pk], banks)) for one in rounds]


def figures(network: Network, year: int) -> list[dict[str, Any]]:
    """What the rounds that closed in this year show, oldest first, as plain data.

    Each: opened_on and closes_on (ISO dates) and `pairs`: from, about (care, youth, other), trust, use, and the six
    questions; means from 1 to 5. Only what stands on five answers or more; an empty list of pairs says: too few.
    """
    return [
        {
            "opened_on": one.opened_on.isoformat(),
            "closes_on": one.closes_on.isoformat(),
            "pairs": shown.as_data(),
        }
        for one, shown in reversed(pictures(network))
        if one.closes_on.year == year
    ]


def season(today: date) -> date | None:
    """The day on which the present season's round opens by itself; None outside its four weeks."""
    for month, day in SEASONS:
        opens = date(today.year, month, day)
        if 0 <= (today - opens).days < WEEKS * 7:
            return opens
    return None


def rounds_with_turns() -> QuerySet[PulseRound]:
    """Rounds of which it is still kept who has answered."""
    return PulseRound.objects.filter(turns__isnull=False).select_related("network").distinct()


def networks_in_force() -> list[Network]:
    """Networks that have an agreement in force."""
    bound = parties_in_force().order_by().values("agreement__network")
    return list(Network.objects.filter(pk__in=bound).order_by("slug"))
