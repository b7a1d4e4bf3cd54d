"""Letting a duty rest, its days of grace, and taking what was missed along the path that the agreement names.

The identity guard sits in the guarded fields of `forms.evidence`: what arrives here has passed it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mtd.accounts.models import User
from mtd.agreements.models import Agreement, Party
from mtd.audit.actions import record
from mtd.cooperation.models import Escalation, GraceSetting, Pause
from mtd.cooperation.obligations import Occurrence, Status, deadline
from mtd.cooperation.permissions import can_pause, can_set_grace
from mtd.cooperation.queries.duties import DutyState, duties_of
from mtd.cooperation.queries.duty_path import (
    Path,
    level_words,
    occurrence_key,
    path_of,
    to_escalate,
)
from mtd.cooperation.queries.duty_steps import with_owners
from mtd.core.actor import Actor
from mtd.core.errors import Refused, require
from mtd.core.templatetags.mtd import day as day_words
from mtd.notifications.actions import notify
from mtd.organizations.queries import coordinators_of, leads_of, workers_of

from .evidence import lock_duty

LONGEST_GRACE = 180
_DAY = timedelta(days=1)


# --- pause and grace --------------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def pause_duty(
    *,
    actor: Actor,
    agreement: Agreement,
    question_key: str,
    party: Party | None,
    from_on: date,
    until_on: date | None,
    reason: str,
) -> Pause:
    """Let a duty rest from a day on, with a reason that all parties read; open, or until a day.

    The past stays as it was: a pause begins today at the earliest. Raises Refused for an earlier day, an end before
    the beginning, a missing reason, and while another pause covers these days.
    """
    duty = lock_duty(agreement, question_key, party)
    require(can_pause(actor, duty.agreement, party))
    if not duty.in_force:
        raise Refused(_("This duty does not bind today."), code="not_in_force")
    if from_on < timezone.localdate():
        raise Refused(
            _("A pause begins today at the earliest: what was, stays as it was."),
            code="past",
            field="from_on",
        )
    if until_on is not None and until_on < from_on:
        raise Refused(_("The last day lies before the first."), code="order", field="until_on")
    if not reason.strip():
        raise Refused(_("Say in a sentence why it rests. All parties read it."), code="empty", field="reason")
    for other in duty.pauses:
        ends_before = other.until_on is not None and other.until_on < from_on
        begins_after = until_on is not None and other.from_on > until_on
        if not ends_before and not begins_after:
            raise Refused(_("Another pause covers these days already."), code="overlap", field="from_on")
    pause = Pause.objects.create(
        agreement=duty.agreement,
        question_key=question_key,
        party=party,
        from_on=from_on,
        until_on=until_on,
        reason=reason.strip()[:300],
        by_id=actor.user_id,
    )
    record(
        actor,
        "duty.paused",
        pause,
        agreement=duty.agreement.pk,
        question=question_key,
        party=party.pk if party else None,
        from_on=from_on,
        until_on=until_on,
    )
    _tell_leads(actor, duty, "paused")
    return pause


@transaction.atomic(durable=True)
def resume_duty(*, actor: Actor, pause: Pause, on: date) -> Pause:
    """Take a duty up again on a day, today at the earliest. A pause that has not begun yet is called off.

    Raises Refused for a day that has passed, and when the pause ends before that day anyway.
    """
    agreement = (
        Agreement.objects.select_for_update(of=("self",)).select_related("network").get(pk=pause.agreement_id)
    )
    row = Pause.objects.select_related("party__organization").get(pk=pause.pk)
    require(can_pause(actor, agreement, row.party))
    if on < timezone.localdate():
        raise Refused(_("Choose today or a day to come."), code="past", field="on")
    if row.until_on is not None and row.until_on < on:
        raise Refused(_("The pause ends before that day anyway."), code="over", field="on")
    record(
        actor,
        "duty.resumed",
        row,
        agreement=agreement.pk,
        question=row.question_key,
        party=row.party_id,
        on=on,
    )
    if on <= row.from_on:
        Pause.objects.filter(pk=row.pk).delete()
        row.until_on = on - _DAY
        return row
    row.until_on = on - _DAY
    row.save(update_fields=["until_on"])
    return row


@transaction.atomic(durable=True)
def set_grace(*, actor: Actor, agreement: Agreement, question_key: str, days: int | None) -> int | None:
    """Set the days of grace that the network decided on for one clause; None goes back to our proposal.

    Raises Refused for more than 180 days.
    """
    row = Agreement.objects.select_for_update(of=("self",)).select_related("network").get(pk=agreement.pk)
    require(can_set_grace(actor, row))
    duty = next((d for d in duties_of(row) if d.question_key == question_key), None)
    if duty is None:
        raise Refused(_("The agreement holds no such duty."), code="no_duty")
    if days is not None and not 0 <= days <= LONGEST_GRACE:
        raise Refused(_("Choose between 0 and 180 days."), code="days", field="days")
    if days is None:
        GraceSetting.objects.filter(agreement=row, question_key=question_key).delete()
    else:
        GraceSetting.objects.update_or_create(
            agreement=row, question_key=question_key, defaults={"days": days, "by_id": actor.user_id}
        )
    record(actor, "duty.grace_set", row, question=question_key, days=days)
    _tell_leads(actor, duty, "grace_set")
    return days


def _tell_leads(actor: Actor, duty: DutyState, kind: str) -> None:
    title, link = duty.agreement.title, duty.url

    def text() -> str:
        said = {
            "paused": _("A duty of “%(title)s” rests for a time: %(duty)s"),
            "grace_set": _("The days of grace of a duty of “%(title)s” have changed: %(duty)s"),
        }[kind]
        return said % {"title": title, "duty": duty.title}

    users = [*_leads(_concerned(duty)), *coordinators_of(duty.agreement.network)]
    notify(actor=actor, users=users, kind=f"duties.{kind}", text=text, link=link)


# --- the path of what was missed --------------------------------------------------------------------------


@transaction.atomic(durable=True)
def escalate(*, actor: Actor, agreement_id: uuid.UUID, now: datetime | None = None) -> int:
    """Take every missed duty of an agreement to its next level, once per occurrence and level.

    The first level is reached when the grace is over, each further one when the agreed time has passed since the one
    before without the duty being made good. What was made good is closed. Safe to run twice at once and days late.
    Returns how many levels were reached.
    """
    moment = now or timezone.now()
    agreement = (
        Agreement.objects.select_for_update(of=("self",)).select_related("network").get(pk=agreement_id)
    )
    if agreement.state != Agreement.State.IN_FORCE:
        return 0
    reached = 0
    rows = list(Escalation.objects.filter(agreement=agreement).order_by("level"))
    for duty in with_owners(duties_of(agreement, timezone.localdate(moment))):
        own = [
            r
            for r in rows
            if r.question_key == duty.question_key and r.party_id == (duty.party.pk if duty.party else None)
        ]
        _settle(duty, own, moment)
        missed = to_escalate(duty)
        if missed is None:
            continue
        done = [r for r in own if r.occurrence == occurrence_key(missed)]
        reached += _next_level(actor, duty, missed, done, moment)
    return reached


def _settle(duty: DutyState, rows: Iterable[Escalation], moment: datetime) -> None:
    """What was made good, paused away or set right needs nobody's care any more."""
    open_now = {occurrence_key(o) for o in duty.reckoning.open_missed}
    made_good = [r.pk for r in rows if r.settled_at is None and r.occurrence not in open_now]
    Escalation.objects.filter(pk__in=made_good).update(settled_at=moment)


def _next_level(
    actor: Actor, duty: DutyState, missed: Occurrence, done: list[Escalation], moment: datetime
) -> int:
    path: Path = path_of(duty.said)
    level = len(done)
    if level >= len(path.levels):
        return 0
    network = duty.agreement.network
    if done and moment <= deadline(done[-1].at, path.time, network.country, network.zone):
        return 0
    try:
        with transaction.atomic():
            row = Escalation.objects.create(
                agreement=duty.agreement,
                question_key=duty.question_key,
                party=duty.party,
                occurrence=occurrence_key(missed),
                level=level + 1,
                level_key=path.levels[level],
                facts=_facts(duty, missed, done),
            )
    except IntegrityError:
        return 0  # somebody else was faster; the constraint let only one through
    Escalation.objects.filter(pk=row.pk).update(at=moment)
    record(
        actor,
        "duty.escalated",
        row,
        agreement=duty.agreement.pk,
        question=duty.question_key,
        party=duty.party.pk if duty.party else None,
        occurrence=row.occurrence,
        level=row.level,
    )
    _tell_level(actor, duty, missed, path.levels[level])
    return 1


def _facts(duty: DutyState, missed: Occurrence, done: list[Escalation]) -> dict[str, Any]:
    """What happened so far: counts and dates only."""
    states = [o.status for o in duty.occurrences]
    return {
        "due": missed.due.isoformat(),
        "last_done": duty.last_done.isoformat() if duty.last_done else None,
        "kept": states.count(Status.KEPT),
        "late": states.count(Status.LATE),
        "missed": states.count(Status.MISSED),
        "before": [[row.level_key, row.at.date().isoformat()] for row in done],
    }


def _concerned(duty: DutyState) -> list[Party]:
    """The party that owes it; for a common duty all that are bound now."""
    if duty.party is not None:
        return [duty.party]
    today = duty.reckoning.today
    parties = duty.agreement.parties.select_related("organization").order_by("order", "id")
    return [party for party in parties if party.left_on is None or party.left_on > today]


def _leads(parties: Iterable[Party]) -> list[User]:
    return [user for party in parties for user in leads_of(party.organization)]


def _people_of_level(duty: DutyState, level: str) -> list[User]:
    """Whom a level is: a share for which nobody is left goes to the coordination, and so does what no one else gets."""
    coordination = list(coordinators_of(duty.agreement.network))
    if level == "workers":
        found = [user for party in _concerned(duty) for user in workers_of(party.organization)]
        return [*found, *(coordination if duty.nobody or not found else [])]
    if level in ("team_leads", "management"):
        found = _leads(_concerned(duty))
        return [*found, *(coordination if duty.nobody or not found else [])]
    if level == "steering":
        everybody = duty.agreement.parties.filter(left_on__isnull=True).select_related("organization")
        return [*_leads(everybody), *coordination]
    return coordination or _leads(_concerned(duty))


def _tell_level(actor: Actor, duty: DutyState, missed: Occurrence, level: str) -> None:
    def text() -> str:
        day = day_words(missed.due)
        last = day_words(duty.last_done) if duty.last_done else _("never")
        return _("Missed since %(day)s: %(duty)s. Last done: %(last)s. It is now with: %(level)s.") % {
            "day": day,
            "duty": duty.title,
            "last": last,
            "level": level_words(level),
        }

    users = _people_of_level(duty, level)
    notify(actor=actor, users=users, kind="duties.escalated", text=text, link=duty.url)
