"""The partner pulse: opening a round, answering, and forgetting who has answered."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mtd.accounts.models import User
from mtd.audit.actions import record
from mtd.cooperation.models import PulseAnswer, PulseRound, PulseTurn
from mtd.cooperation.permissions import can_answer_pulse, can_open_pulse
from mtd.cooperation.pulse import ITEMS
from mtd.cooperation.queries.pulse import (
    WEEKS,
    free_from,
    own_partner,
    partners,
    season,
    to_answer,
)
from mtd.cooperation.queries.shadowing import local_today
from mtd.core.actor import Actor
from mtd.core.errors import NotAllowed, Refused, require
from mtd.notifications.actions import notify
from mtd.organizations.models import HelpSystem, Membership, Network

TOLD_SYSTEMS = (HelpSystem.ADDICTION_CARE, HelpSystem.YOUTH_WELFARE)


@transaction.atomic(durable=True)
def open_pulse(*, actor: Actor, network: Network) -> PulseRound:
    """Open a round by hand. Raises Refused within four months of the last one, or without two partners."""
    network = Network.objects.select_for_update().get(pk=network.pk)
    require(can_open_pulse(actor, network))
    today = local_today(network)
    free = free_from(network)
    if free is not None and today < free:
        raise Refused(
            _("The last round was opened not long ago. The next one can open from %(day)s on.")
            % {"day": date_format(free, "DATE_FORMAT")},
            code="too_soon",
        )
    if partners(network).count() < 2:
        raise Refused(
            _("The pulse asks the partners of an agreement in force about each other. There is none yet."),
            code="no_agreement",
        )
    return _open(actor, network, today)


@transaction.atomic(durable=True)
def open_pulse_if_due(*, actor: Actor, network: Network, today: date | None = None) -> bool:
    """Open the round of March or September, once, also a few days late. True when it was opened now."""
    network = Network.objects.select_for_update().get(pk=network.pk)
    now = today or local_today(network)
    if season(now) is None or partners(network).count() < 2:
        return False
    free = free_from(network)
    if free is not None and now < free:
        return False
    _open(actor, network, now)
    return True


def _open(actor: Actor, network: Network, today: date) -> PulseRound:
    opened = PulseRound.objects.create(
        network=network, opened_on=today, closes_on=today + timedelta(weeks=WEEKS)
    )
    record(actor, "pulse.opened", opened, network=network.pk)
    running = Membership.objects.filter(organization__in=partners(network), ended_on__isnull=True)
    notify(
        actor=actor,
        users=User.objects.filter(pk__in=running.values("user"), is_active=True),
        kind="exchange.pulse_opened",
        text=lambda: (
            _("Partner pulse: six short questions, open until %(day)s")
            % {"day": date_format(opened.closes_on, "DATE_FORMAT")}
        ),
        link=reverse("cooperation:pulse_answer", args=[network.slug]),
    )
    return opened


@transaction.atomic(durable=True)
def answer_pulse(
    *, actor: Actor, pulse_round: PulseRound, answers: Mapping[uuid.UUID, Mapping[str, int | None]]
) -> int:
    """Answer about some partners, each once; None is "cannot say". Returns about how many.

    Who has answered about whom is kept until the round closes, what was answered is kept without a person. All
    answers of the round are written anew in an order drawn by lot, so that not even the order of rows joins the two.
    """
    pulse_round = (
        PulseRound.objects.select_for_update(of=("self",)).select_related("network").get(pk=pulse_round.pk)
    )
    network = pulse_round.network
    require(can_answer_pulse(actor, network))
    today = local_today(network)
    if not pulse_round.opened_on <= today <= pulse_round.closes_on:
        raise Refused(_("This round is closed. The next one opens in half a year."), code="closed")
    if not answers:
        raise Refused(_("Please answer at least one question about one partner."), code="empty")
    if not set(answers) <= {organization.pk for organization in to_answer(actor, pulse_round)}:
        raise Refused(
            _("You have answered about this partner already. Each answer counts once."), code="twice"
        )
    own = own_partner(actor, network)
    if own is None:
        raise NotAllowed(_("The people of the partners answer about each other."), code="not_a_partner")
    system = own.help_system if own.help_system in TOLD_SYSTEMS else HelpSystem.OTHER
    _keep_turns(actor, pulse_round, list(answers))
    _keep_answers(pulse_round, system, answers)
    record(actor, "pulse.answered", pulse_round, partners=len(answers))
    return len(answers)


def _keep_turns(actor: Actor, pulse_round: PulseRound, abouts: list[uuid.UUID]) -> None:
    user = User.objects.get(pk=str(actor.user_id))
    turns = [PulseTurn(round=pulse_round, user=user, about_id=about) for about in abouts]
    try:
        with transaction.atomic():
            PulseTurn.objects.bulk_create(turns)
    except IntegrityError as twice:
        raise Refused(
            _("You have answered about this partner already. Each answer counts once."), code="twice"
        ) from twice


def _keep_answers(
    pulse_round: PulseRound, system: str, answers: Mapping[uuid.UUID, Mapping[str, int | None]]
) -> None:
    fields = ("from_system", "about_id", *ITEMS)
    rows = list(PulseAnswer.objects.filter(round=pulse_round).values(*fields))
    for about, values in answers.items():
        given = {key: _value(values.get(key)) for key in ITEMS}
        if any(value is not None for value in given.values()):
            rows.append({"from_system": system, "about_id": about, **given})
    secrets.SystemRandom().shuffle(rows)
    PulseAnswer.objects.filter(round=pulse_round).delete()
    PulseAnswer.objects.bulk_create(PulseAnswer(round=pulse_round, **row) for row in rows)


def _value(given: int | None) -> int | None:
    if given is not None and given not in range(1, 6):
        raise Refused(_("Please choose one of the answers."), code="value")
    return given


@transaction.atomic(durable=True)
def forget_turns(*, actor: Actor, pulse_round: PulseRound) -> int:
    """Delete who has answered in a round that is over; from then on nobody can be linked. Returns how many."""
    pulse_round = (
        PulseRound.objects.select_for_update(of=("self",)).select_related("network").get(pk=pulse_round.pk)
    )
    if pulse_round.closes_on >= local_today(pulse_round.network):
        return 0
    count, _by_model = PulseTurn.objects.filter(round=pulse_round).delete()
    if count:
        record(actor, "pulse.turns_forgotten", pulse_round, turns=count)
    return count
