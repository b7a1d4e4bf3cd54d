"""What a body decided about a need, and the way back: whoever raised it hears of the answer.

The identity guard sits in the guarded fields of `forms.needs`: what arrives here has passed it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mtd.accounts.models import User
from mtd.audit.actions import record
from mtd.cooperation.models import Need, NeedDecision, NeedGroup
from mtd.cooperation.permissions import can_decide_need, can_mark_done
from mtd.cooperation.queries.needs import ANSWERS, group_named, live_needs, need_address, raisers_here
from mtd.core.actor import Actor
from mtd.core.errors import Refused, require
from mtd.meetings.actions.minutes import finish_decision
from mtd.meetings.models import Decision, Kind, Meeting
from mtd.notifications.actions import notify
from mtd.organizations.models import Membership, Organization
from mtd.organizations.queries import leads_of, organizations_of, workers_of

from .needs_steps import State, clean_text, lock_group, require_waiting

TEXT_LIMIT = 4000
Outcome, Level = NeedDecision.Outcome, NeedDecision.Level
_LEVEL_OF = {Kind.COMMITTEE: Level.COMMITTEE, Kind.STEERING_GROUP: Level.STEERING}
_CARRIED_OVER = ("text", "reason", "owner_id", "owner_organization_id", "due_on", "outcome")
"""What a need's decision takes over from the minutes."""


@transaction.atomic(durable=True)
def decide(
    *,
    actor: Actor,
    group: NeedGroup,
    level: str,
    outcome: str,
    text: str,
    reason: str,
    decided_on: date,
    owner_organization: Organization | None = None,
    owner: User | None = None,
    due_on: date | None = None,
) -> NeedDecision:
    """Record what was decided about a need where no minutes hold it.

    Yes and no are answers, and go back to everybody who raised it; a yes says who does it until when. "Up" hands it
    to the steering group. Refused: "decided", "withdrawn", "empty", "too_long", "level", "outcome", "decided_on",
    "owner", "due_on"; Conflict("merged").
    """
    group = lock_group(group.pk)
    require(can_decide_need(actor, group.network))
    require_waiting(group)
    decision = NeedDecision(group=group, level=level, outcome=outcome, by_id=actor.user_id)
    _require_sense(group, level, outcome, decided_on)
    decision.text = clean_text(text, limit=TEXT_LIMIT)
    decision.reason = clean_text(reason, limit=TEXT_LIMIT, name="reason")
    decision.decided_on = decided_on
    if outcome == Outcome.YES:
        _take_on(decision, owner_organization, owner, due_on)
    decision.save(force_insert=True)
    _conclude(actor, group, decision)
    record(actor, "need.decided", group, level=level, outcome=outcome, decision=decision.pk)
    return decision


def _require_sense(group: NeedGroup, level: str, outcome: str, decided_on: date) -> None:
    if level not in Level.values:
        raise Refused(_("Choose who decided."), code="level", field="level")
    if outcome not in Outcome.values:
        raise Refused(_("Choose what was decided."), code="outcome", field="outcome")
    if outcome == Outcome.UP and level == Level.STEERING:
        raise Refused(
            _("Nobody decides above the steering group: choose yes or no."), code="outcome", field="outcome"
        )
    if decided_on > timezone.localdate():
        raise Refused(_("This day has not come yet."), code="decided_on", field="decided_on")
    if decided_on < group.first_raised_on:
        raise Refused(_("This day lies before the need was raised."), code="decided_on", field="decided_on")


def _take_on(
    decision: NeedDecision, organization: Organization | None, owner: User | None, due_on: date | None
) -> None:
    network = decision.group.network
    if organization is None or not organizations_of(network).filter(pk=organization.pk).exists():
        raise Refused(_("Choose who does it."), code="owner", field="owner_organization")
    if owner is not None and not workers_of(organization).filter(pk=owner.pk).exists():
        raise Refused(_("This person does not work there."), code="owner", field="owner")
    if due_on is None or due_on < decision.decided_on:
        raise Refused(
            _("Say until when it will be done; not before the day of the decision."),
            code="due_on",
            field="due_on",
        )
    decision.owner_organization, decision.owner, decision.due_on = organization, owner, due_on


@transaction.atomic(durable=True)
def take_in_decision(*, actor: Actor, decision_id: uuid.UUID) -> bool:
    """Take in a decision on a need from minutes that went out, once; False when there is nothing to take in.

    A need that was decided or taken back meanwhile keeps its state: the decision is kept beside it.
    """
    said = _said(decision_id)
    if said is None or said.item is None:
        return False
    named = group_named(said.item.source_id)
    if named is None or named.network_id != said.meeting.network_id:
        return False
    group = lock_group(named.pk)
    if NeedDecision.objects.filter(meeting_decision_id=said.pk).exists():
        return False
    level = _LEVEL_OF.get(Kind(said.meeting.kind), Level.COORDINATION)
    decision = NeedDecision(
        group=group,
        level=level,
        decided_on=said.meeting.held_on or timezone.localdate(),
        meeting_decision_id=said.pk,
        taken_in_at=timezone.now(),
        by_id=said.by_id,
    )
    _copy(said, decision)
    decision.save(force_insert=True)
    if group.state not in (State.DECIDED, State.WITHDRAWN):
        _conclude(actor, group, decision)
    record(actor, "need.decided", group, level=level, outcome=decision.outcome, decision=decision.pk)
    return True


@transaction.atomic(durable=True)
def take_in_correction(*, actor: Actor, decision_id: uuid.UUID) -> bool:
    """Compare a decision with the minutes after these went out again; True when something was corrected."""
    found = NeedDecision.objects.filter(meeting_decision_id=decision_id).first()
    said = _said(decision_id)
    if found is None or said is None:
        return False
    group = lock_group(found.group_id)
    decision = NeedDecision.objects.get(pk=found.pk)
    answered = decision.outcome in ANSWERS
    before = [getattr(decision, name) for name in _CARRIED_OVER]
    decision.taken_in_at = timezone.now()
    _copy(said, decision)
    decision.save()
    if [getattr(decision, name) for name in _CARRIED_OVER] == before:
        return False
    if group.state == State.DECIDED and answered and decision.outcome not in ANSWERS:
        _take_answer_back(group)
    if group.state != State.WITHDRAWN and decision.outcome in ANSWERS and group.state != State.DECIDED:
        _conclude(actor, group, decision)
    elif decision.outcome in ANSWERS:
        _tell(
            actor,
            group,
            live_needs(group),
            "needs.corrected",
            lambda: gettext("The answer to your need was corrected in the minutes."),
        )
    record(actor, "need.corrected", group, outcome=decision.outcome, decision=decision.pk)
    return True


def _said(decision_id: uuid.UUID) -> Decision | None:
    return (
        Decision.objects.filter(
            pk=decision_id, meeting__minutes__in=[Meeting.Minutes.CIRCULATED, Meeting.Minutes.FINAL]
        )
        .exclude(outcome=Decision.Outcome.LATER)
        .select_related("item", "meeting__network")
        .first()
    )


def _copy(said: Decision, decision: NeedDecision) -> None:
    for name in _CARRIED_OVER:
        setattr(decision, name, getattr(said, name))


def _take_answer_back(group: NeedGroup) -> None:
    """The minutes say now that it was passed on: there is no answer yet."""
    group.state, group.decided_on = State.STEERING, None
    group.save(update_fields=["state", "decided_on"])
    Need.objects.filter(group=group).update(answered_on=None, helped="", helped_on=None)


def _conclude(actor: Actor, group: NeedGroup, decision: NeedDecision) -> None:
    if decision.outcome == Outcome.UP:
        group.state = State.STEERING
        group.save(update_fields=["state"])
        _tell(
            actor,
            group,
            live_needs(group),
            "needs.passed_on",
            lambda: gettext("The need that you raised goes on to the steering group."),
        )
        return
    group.state, group.decided_on = State.DECIDED, decision.decided_on
    group.save(update_fields=["state", "decided_on"])
    _answer(actor, group)


def _answer(actor: Actor, group: NeedGroup) -> None:
    """Bring the answer back. Whoever cannot be reached any more stays without one, and is counted."""
    needs = live_needs(group)
    reached = _tell(
        actor, group, needs, "needs.answered", lambda: gettext("The need that you raised has an answer.")
    )
    Need.objects.filter(pk__in=reached, answered_on__isnull=True).update(answered_on=timezone.localdate())


def _tell(
    actor: Actor, group: NeedGroup, needs: Iterable[Need], kind: str, text: Callable[[], str]
) -> list[uuid.UUID]:
    """Tell who raised it. Where they have left, or where it was raised for others, the organisation's lead; for a
    need without a name nobody else. Returns the needs that somebody was told about."""
    everyone = list(needs)
    here = raisers_here(everyone, group.network)
    at_work = set(
        Membership.objects.filter(user__in=[n.raised_by_id for n in everyone if n.raised_by_id])
        .filter(ended_on__isnull=True, organization__isnull=False)
        .values_list("user_id", "organization_id")
    )
    leading: dict[uuid.UUID, list[User]] = {}
    raisers: list[User] = []
    leads: list[User] = []
    reached = []
    for need in everyone:
        found = [need.raised_by] if need.pk in here and need.raised_by is not None else []
        raisers += found
        org = need.organization
        if org is not None and (not found or (need.raised_by_id, org.pk) not in at_work):
            if org.pk not in leading:
                leading[org.pk] = list(leads_of(org))
            leads += leading[org.pk]
            found = [*found, *leading[org.pk]]
        if found:
            reached.append(need.pk)
    link = need_address(group)
    notify(actor=actor, users=raisers, kind=kind, text=text, link=link)
    notify(
        actor=actor,
        users=[user for user in leads if user not in raisers],
        kind=kind,
        text=lambda: gettext("There is news about a need that your organisation raised."),
        link=link,
    )
    return reached


def mark_done(*, actor: Actor, decision: NeedDecision) -> NeedDecision:
    """Say that what was decided has been done; who raised the need is asked whether it helps.

    A decision out of minutes is done there first, so that both places say the same; were the second write lost, the
    clock makes up for it.
    """
    decision = NeedDecision.objects.select_related("group").get(pk=decision.pk)
    require(can_mark_done(actor, decision))
    if decision.outcome != Outcome.YES:
        raise Refused(_("Only what was to be done can be done."), code="nothing_to_do")
    if decision.done_on is not None:
        raise Refused(_("Somebody said already that this is done."), code="done")
    said = _said(decision.meeting_decision_id) if decision.meeting_decision_id else None
    if said is not None:
        finish_decision(actor=actor, decision=said)
    return _note_done(actor, decision.pk, timezone.localdate())


@transaction.atomic(durable=True)
def _note_done(actor: Actor, decision_id: uuid.UUID, day: date) -> NeedDecision:
    group = lock_group(NeedDecision.objects.get(pk=decision_id).group_id)
    decision = NeedDecision.objects.select_related("group").get(pk=decision_id)
    if decision.done_on is not None:
        return decision
    decision.done_on = day
    decision.save(update_fields=["done_on"])
    _tell(
        actor,
        group,
        live_needs(group),
        "needs.done",
        lambda: gettext("What was decided about your need is done. Did it help?"),
    )
    record(actor, "need.done", group, decision=decision.pk)
    return decision


def take_in_done(*, actor: Actor, decision_id: uuid.UUID) -> bool:
    """Notice that a decision was marked as carried out among the meeting's decisions."""
    found = NeedDecision.objects.filter(meeting_decision_id=decision_id, done_on__isnull=True).first()
    said = _said(decision_id)
    if found is None or said is None or said.done_at is None:
        return False
    _note_done(actor, found.pk, timezone.localtime(said.done_at).date())
    return True
