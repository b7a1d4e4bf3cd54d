"""What a decision about a need sets going: an amendment of the agreement, the wish for an offer, feedback on the guide.

Amendment and feedback are writes of lower floors. They come first, then the decision remembers what it led to; so
nothing is remembered that did not happen.
"""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from mtd.agreements.actions.lifecycle import begin_amendment
from mtd.agreements.models import Agreement, Version
from mtd.audit.actions import record
from mtd.cooperation.models import NeedDecision, OfferWish
from mtd.cooperation.permissions import can_decide_need
from mtd.core.actor import Actor
from mtd.core.errors import Refused, require
from mtd.core.templatetags.mtd import day
from mtd.guide.actions import give_feedback
from mtd.guide.models import GuideVersion, StepFeedback

from .needs_steps import clean_text, lock_group

Consequence = NeedDecision.Consequence
FEEDBACK_LIMIT = 4000


def amend_agreement(*, actor: Actor, decision: NeedDecision, agreement: Agreement) -> Version:
    """Begin an amendment of an agreement in force; its reason names the decision, without its words."""
    decision = _open(actor, decision)
    if agreement.network_id != decision.group.network_id:
        raise Refused(_("Choose an agreement of this network."), code="agreement", field="agreement")
    with override(agreement.language):
        reason = gettext("Practice raised a need; %(level)s decided about it on %(day)s.") % {
            "level": decision.get_level_display(),
            "day": day(decision.decided_on),
        }
    version = begin_amendment(actor=actor, agreement=agreement, kind=Version.Kind.AMENDMENT, reason=reason)
    _remember(actor, decision, Consequence.AMENDMENT, version.pk)
    return version


def tell_guide(
    *, actor: Actor, decision: NeedDecision, version: GuideVersion, step_key: str, text: str
) -> StepFeedback:
    """Tell the guide's owner what is missing in a step; only what is typed for this leaves the network."""
    decision = _open(actor, decision)
    clean = clean_text(text, limit=FEEDBACK_LIMIT)
    feedback = give_feedback(actor=actor, version=version, step_key=step_key, missing=clean)
    _remember(actor, decision, Consequence.GUIDE, feedback.pk)
    return feedback


@transaction.atomic(durable=True)
def wish_offer(*, actor: Actor, decision: NeedDecision, text: str) -> OfferWish:
    """Keep the wish for a new offer, until the directory of offers can take it up."""
    group = lock_group(decision.group_id)
    decision = _open(actor, NeedDecision.objects.get(pk=decision.pk))
    clean = clean_text(text, limit=FEEDBACK_LIMIT)
    wish = OfferWish.objects.create(network=group.network, decision=decision, text=clean)
    decision.consequence, decision.consequence_id = Consequence.OFFER, wish.pk
    decision.save(update_fields=["consequence", "consequence_id"])
    record(actor, "need.offer_wished", group, decision=decision.pk)
    return wish


def _open(actor: Actor, decision: NeedDecision) -> NeedDecision:
    found = NeedDecision.objects.select_related("group__network").get(pk=decision.pk)
    require(can_decide_need(actor, found.group.network))
    if found.outcome != NeedDecision.Outcome.YES:
        raise Refused(_("Only a yes sets something going."), code="nothing_to_do")
    if found.consequence:
        raise Refused(_("This decision has set something going already."), code="consequence")
    return found


@transaction.atomic(durable=True)
def _remember(actor: Actor, decision: NeedDecision, consequence: str, pk: uuid.UUID) -> None:
    group = lock_group(decision.group_id)
    NeedDecision.objects.filter(pk=decision.pk, consequence="").update(
        consequence=consequence, consequence_id=pk
    )
    record(actor, "need.consequence", group, decision=decision.pk, kind=consequence)
