"""Showing that a duty was done, doubting it with a reason, and noting where a doubt was settled.

The identity guard sits in the guarded fields of `forms.evidence`: what arrives here has passed it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mtd.accounts.models import User
from mtd.agreements.models import Agreement, Party
from mtd.agreements.permissions import party_of
from mtd.audit.actions import record
from mtd.cooperation.models import Contest, Evidence
from mtd.cooperation.obligations import Status
from mtd.cooperation.permissions import (
    can_contest,
    can_settle_contest,
    can_show_done,
    can_take_back,
    can_withdraw_contest,
)
from mtd.cooperation.queries.duties import DutyState, duties_of, find_duty
from mtd.cooperation.queries.duty_evidence import find_proof
from mtd.core.actor import Actor
from mtd.core.errors import Refused, require
from mtd.documents.actions import store_file
from mtd.notifications.actions import notify
from mtd.organizations.queries import coordinators_of, leads_of

Upload = tuple[str, bytes, str]
"""Name, content and media type of an uploaded file."""
MOST_BYTES = 10 * 1024 * 1024
_MOST_A_DAY = 20


def lock_duty(agreement: Agreement, question_key: str, party: Party | None) -> DutyState:
    """Lock the agreement and find the duty as it stands now. Raises Refused where there is none."""
    row = Agreement.objects.select_for_update(of=("self",)).select_related("network").get(pk=agreement.pk)
    duty = find_duty(duties_of(row), question_key, party.pk if party else None)
    if duty is None or (duty.party is None) != (party is None):
        raise Refused(_("The agreement holds no such duty."), code="no_duty")
    return duty


def _speaks_as(actor: Actor, agreement: Agreement, party: Party | None) -> Party | None:
    """The party that speaks: the one that owes the duty if the person works there, else their own, if any."""
    if party is not None and party.organization_id in actor.organization_ids:
        return party
    return party_of(actor, agreement)


@transaction.atomic(durable=True)
def show_done(
    *,
    actor: Actor,
    agreement: Agreement,
    question_key: str,
    party: Party | None,
    on: date,
    note: str,
    file: Upload | None = None,
) -> Evidence:
    """Show that a duty was done on a day: by a statement, or by a document with a sentence to it.

    Raises Refused for a day to come, a day on which the duty did not bind, an empty statement, a file that is too
    large, and for a limit of time that applies each time and is not counted.
    """
    duty = lock_duty(agreement, question_key, party)
    agreement = duty.agreement
    require(can_show_done(actor, agreement, party))
    _check_day(duty, on)
    if not note.strip():
        raise Refused(_("Say in a sentence what was done."), code="empty", field="note")
    if duty.rule is not None and duty.status is Status.EACH_TIME:
        raise Refused(
            _("This limit applies each time and is not counted, so there is nothing to add."),
            code="each_time",
        )
    today = Evidence.objects.filter(agreement=agreement, question_key=question_key, on=on, withdrawn_at=None)
    if today.count() >= _MOST_A_DAY:
        raise Refused(_("There is enough evidence for this day already."), code="too_many", field="on")
    stored = None
    if file is not None:
        name, content, media_type = file
        if len(content) > MOST_BYTES:
            raise Refused(_("This file is larger than 10 MB."), code="too_large", field="file")
        stored = store_file(actor=actor, name=name, content=content, media_type=media_type)
    evidence = Evidence(
        agreement=agreement,
        question_key=question_key,
        party=party,
        kind=Evidence.Kind.DOCUMENT if stored else Evidence.Kind.STATEMENT,
        on=on,
        note=note.strip(),
        file=stored,
        by_party=_speaks_as(actor, agreement, party),
        by_id=actor.user_id,
    )
    evidence.save(force_insert=True)
    record(
        actor,
        "duty.shown",
        evidence,
        agreement=agreement.pk,
        question=question_key,
        party=party.pk if party else None,
        kind=str(evidence.kind),
        on=on,
    )
    return evidence


def _check_day(duty: DutyState, on: date) -> None:
    if on > timezone.localdate():
        raise Refused(
            _("This day is still to come. Add it when it has been done."), code="future", field="on"
        )
    if not duty.terms or on < duty.terms[0].start:
        raise Refused(
            _("On this day the duty did not bind yet. Nothing needs to be shown for it."),
            code="before_start",
            field="on",
        )
    latest = max((o.grace_until for o in duty.occurrences), default=None)
    until = duty.terms[-1].until
    if until is not None and on > until and (latest is None or on > latest):
        raise Refused(_("On this day the duty no longer bound."), code="after_end", field="on")


@transaction.atomic(durable=True)
def take_back(*, actor: Actor, evidence: Evidence) -> Evidence:
    """Take back a statement or a document; open doubts about it fall. What was said stays readable as taken back."""
    Agreement.objects.select_for_update(of=("self",)).get(pk=evidence.agreement_id)
    row = Evidence.objects.select_related("by_party", "agreement__network").get(pk=evidence.pk)
    require(can_take_back(actor, row))
    if row.withdrawn_at is not None:
        return row
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    open_doubts = Contest.objects.filter(source_id=row.pk, state=Contest.State.OPEN)
    open_doubts.update(state=Contest.State.WITHDRAWN, settled_at=row.withdrawn_at)
    record(actor, "duty.taken_back", row, agreement=row.agreement_id, question=row.question_key)
    return row


@transaction.atomic(durable=True)
def contest(
    *,
    actor: Actor,
    agreement: Agreement,
    question_key: str,
    party: Party | None,
    source: str,
    source_id: uuid.UUID,
    reason: str,
) -> Contest:
    """Doubt an act with a reason. It goes on counting and is marked, until the doubt is settled.

    Raises Refused for the own party's act, without a reason, and where the party's doubt is open already.
    """
    duty = lock_duty(agreement, question_key, party)
    proof = find_proof(duty.deeds, source, source_id)
    brought_by = None
    if proof.by_party_id is not None:
        brought_by = Party.objects.select_related("organization").get(pk=proof.by_party_id)
    require(can_contest(actor, duty.agreement, brought_by))
    own = party_of(actor, duty.agreement)
    assert own is not None
    if not reason.strip():
        raise Refused(_("Say in a sentence what you doubt."), code="empty", field="reason")
    known = Contest.objects.filter(
        agreement=duty.agreement, question_key=question_key, source=source, source_id=source_id, party=own
    )
    if known.filter(state=Contest.State.OPEN).exists():
        raise Refused(_("Your organisation contests this already."), code="contested")
    doubt = Contest(
        agreement=duty.agreement,
        question_key=question_key,
        duty_party=party,
        source=source,
        source_id=source_id,
        party=own,
        reason=reason.strip(),
        by_id=actor.user_id,
    )
    doubt.save(force_insert=True)
    record(
        actor,
        "duty.contested",
        doubt,
        agreement=duty.agreement.pk,
        question=question_key,
        source=source,
        source_id=source_id,
        party=own.pk,
    )
    users = list(coordinators_of(duty.agreement.network))
    if brought_by is not None:
        users += leads_of(brought_by.organization)
    _tell(actor, duty, users, "contested", contested=True)
    return doubt


@transaction.atomic(durable=True)
def withdraw_contest(*, actor: Actor, contest: Contest) -> Contest:
    """Take the own doubt back."""
    doubt = _open(contest)
    require(can_withdraw_contest(actor, doubt))
    return _closed(actor, doubt, Contest.State.WITHDRAWN, "")


@transaction.atomic(durable=True)
def settle_contest(*, actor: Actor, contest: Contest, upheld: bool, settlement: str) -> Contest:
    """Note what became of a doubt and where that was decided. If it is upheld, the act no longer counts.

    Raises Refused without a sentence on where it was decided, or when it is no longer open.
    """
    doubt = _open(contest)
    require(can_settle_contest(actor, doubt.agreement))
    if not settlement.strip():
        raise Refused(_("Say where this was decided, and what."), code="empty", field="settlement")
    state = Contest.State.UPHELD if upheld else Contest.State.REJECTED
    return _closed(actor, doubt, state, settlement.strip())


def _open(contest: Contest) -> Contest:
    Agreement.objects.select_for_update(of=("self",)).get(pk=contest.agreement_id)
    doubt = Contest.objects.select_related(
        "party__organization", "duty_party__organization", "agreement__network"
    ).get(pk=contest.pk)
    if doubt.state != Contest.State.OPEN:
        raise Refused(_("This was settled meanwhile. Reload the page to see how."), code="settled")
    return doubt


def _closed(actor: Actor, doubt: Contest, state: str, settlement: str) -> Contest:
    doubt.state, doubt.settlement, doubt.settled_at = state, settlement, timezone.now()
    doubt.save(update_fields=["state", "settlement", "settled_at"])
    record(
        actor,
        "duty.contest_settled",
        doubt,
        agreement=doubt.agreement_id,
        question=doubt.question_key,
        state=str(state),
    )
    duty = find_duty(
        duties_of(doubt.agreement), doubt.question_key, doubt.duty_party_id if doubt.duty_party_id else None
    )
    if duty is not None and state != Contest.State.WITHDRAWN:
        users = list(leads_of(doubt.party.organization))
        if doubt.duty_party is not None:
            users += leads_of(doubt.duty_party.organization)
        _tell(actor, duty, users, "contest_settled", contested=False)
    return doubt


def _tell(actor: Actor, duty: DutyState, users: Iterable[User], kind: str, *, contested: bool) -> None:
    title = duty.agreement.title

    def text() -> str:
        if contested:
            said = _("An act for a duty of “%(title)s” is contested: %(duty)s")
        else:
            said = _("A contested act of “%(title)s” was settled: %(duty)s")
        return said % {"title": title, "duty": duty.title}

    notify(actor=actor, users=users, kind=f"duties.{kind}", text=text, link=duty.url)
