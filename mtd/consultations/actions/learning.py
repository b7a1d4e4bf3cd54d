"""What a network learnt: proposed by a person in new words, looked at by another, kept until it is due again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mtd.audit.actions import record
from mtd.consultations.models import Learning
from mtd.consultations.permissions import can_approve_learning, can_propose_learning, can_take_back_learning
from mtd.core.actor import Actor
from mtd.core.encryption import destroy
from mtd.core.errors import Refused, require
from mtd.organizations.models import Network

from .asking import require_clear


@transaction.atomic(durable=True)
def propose(
    *,
    actor: Actor,
    network: Network,
    topic: str,
    situation: str,
    learnt: str,
    kept: Mapping[str, str] | None = None,
) -> Learning:
    """Propose something for the collection. No link to a consultation is kept.

    `kept`: token → why a passage to check may stay. Raises Refused when the guard is not clear.
    """
    require(can_propose_learning(actor, network))
    _require_clear(situation, learnt, kept)
    month = _month()
    learning = Learning.objects.create(
        network=network,
        topic=topic,
        situation=situation,
        learnt=learnt,
        by_id=actor.user_id,
        proposed_on=month,
        ends_on=month + settings.MTD_KEEP_LEARNINGS,
    )
    record(actor, "learning.proposed", learning, network=network.pk, topic=topic)
    return learning


@transaction.atomic(durable=True)
def reword(
    *,
    actor: Actor,
    learning: Learning,
    topic: str,
    situation: str,
    learnt: str,
    kept: Mapping[str, str] | None = None,
) -> Learning:
    """Change the words of a proposal: its author, or who looks after the collection.

    Who wrote the words last does not approve them, so that somebody else always looks at them.
    Raises Refused once it was approved (then it is taken back and proposed anew), and when the guard is not clear.
    """
    learning = Learning.objects.select_for_update().get(pk=learning.pk)
    require(can_take_back_learning(actor, learning))
    _still_proposed(learning)
    _require_clear(situation, learnt, kept)
    learning.topic, learning.situation, learning.learnt = topic, situation, learnt
    learning.reworded_by_id = actor.user_id if actor.user_id != learning.by_id else None
    learning.save()
    record(actor, "learning.reworded", learning, topic=topic)
    return learning


@transaction.atomic(durable=True)
def approve(*, actor: Actor, learning: Learning) -> Learning:
    """Let the whole network read it: the coordination, after looking whether a family shows through."""
    learning = Learning.objects.select_for_update().get(pk=learning.pk)
    require(can_approve_learning(actor, learning))
    _still_proposed(learning)
    learning.state = Learning.State.APPROVED
    learning.approved_by_id, learning.approved_on = actor.user_id, _month()
    learning.save(update_fields=["state", "approved_by", "approved_on"])
    record(actor, "learning.approved", learning)
    return learning


@transaction.atomic(durable=True)
def keep_on(*, actor: Actor, learning: Learning) -> Learning:
    """It still holds: look at it again after another full period."""
    learning = Learning.objects.select_for_update().get(pk=learning.pk)
    require(can_approve_learning(actor, learning, still=True))
    learning.ends_on = timezone.localdate() + settings.MTD_KEEP_LEARNINGS
    learning.save(update_fields=["ends_on"])
    record(actor, "learning.kept", learning)
    return learning


@transaction.atomic(durable=True)
def take_back(*, actor: Actor, learning: Learning) -> None:
    """Take it out of the collection; its words are destroyed at once."""
    learning = Learning.objects.select_for_update().get(pk=learning.pk)
    require(can_take_back_learning(actor, learning))
    record(actor, "learning.removed", learning)
    destroy(learning)
    learning.delete()


def _month() -> date:
    """The month as its first day: a day would tell from which answer of a small network it came."""
    return timezone.localdate().replace(day=1)


def _require_clear(situation: str, learnt: str, kept: Mapping[str, str] | None) -> None:
    for text in (situation, learnt):
        require_clear(text, kept or {})


def _still_proposed(learning: Learning) -> None:
    if learning.state != Learning.State.PROPOSED:
        raise Refused(
            _(
                "This was approved already. Take it back and propose it anew, so that somebody looks at it again."
            ),
            code="approved",
        )
