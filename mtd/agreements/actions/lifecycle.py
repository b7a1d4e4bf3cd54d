"""The life of an agreement after signing: amendment, renewal, joining, leaving, ending, and what the clock does.

The identity guard sits in the guarded fields of `forms.signing`: what arrives here has passed it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mtd.agreements.models import (
    AGREEMENT_TRANSITIONS,
    VERSION_TRANSITIONS,
    Agreement,
    Answer,
    Entry,
    Party,
    Position,
    Signature,
    Version,
    Wording,
    after,
)
from mtd.agreements.permissions import can_invite_party, can_lead, can_run
from mtd.agreements.queries import IN_WORK, active_parties, earliest_leave, load_room
from mtd.core.actor import Actor
from mtd.core.errors import Refused, require
from mtd.organizations.models import Organization

from .adoption import forget_adoptions
from .founding import add_party_to, start_road
from .log import lock, log
from .rounds import enter_into_force, stop_open_round
from .telling import tell_all, tell_leads

BASIS_OF_KIND = (Version.Kind.AMENDMENT, Version.Kind.RENEWAL, Version.Kind.JOINING)


def _in_force(agreement: Agreement) -> Version:
    version = agreement.versions.filter(state=Version.State.IN_FORCE).first()
    if version is None:
        raise Refused(_("Only an agreement in force can be changed like this."), code="not_in_force")
    return version


@transaction.atomic(durable=True)
def begin_amendment(
    *, actor: Actor, agreement: Agreement, kind: str, reason: str, organization: Organization | None = None
) -> Version:
    """Open the next version beside the one in force: an amendment, a renewal, or a party that joins.

    Answers, agreed positions and wordings come along, so that only what changes is talked about. The version in
    force stays as it is until all have signed the next one. Raises Refused while another version is in work.
    """
    current = lock(_in_force(agreement))
    agreement = current.agreement
    require(can_run(actor, agreement))
    if kind not in BASIS_OF_KIND:
        raise Refused(_("Choose what you want to change."), code="kind", field="kind")
    if not reason.strip():
        raise Refused(_("Say in a sentence what this is about."), code="reason", field="reason")
    if agreement.versions.filter(state__in=IN_WORK).exists():
        raise Refused(
            _("A new version is being worked out already. Bring your change into that one."), code="in_work"
        )
    newest = agreement.versions.aggregate(newest=Max("number"))["newest"]
    version = Version.objects.create(
        agreement=agreement,
        number=newest + 1,
        kind=kind,
        guide_version_id=current.guide_version_id,
        base=current,
        reason=reason.strip(),
        created_by_id=actor.user_id,
    )
    _carry_over(current, version)
    start_road(version, timezone.localdate())
    log(
        actor,
        version,
        Entry.Kind.STATE,
        "agreement.version_begun",
        to=version.state,
        change=kind,
        reason=reason,
    )
    if kind == Version.Kind.JOINING:
        if organization is None:
            raise Refused(_("Choose the organisation that joins."), code="organization", field="organization")
        require(can_invite_party(actor, agreement))
        add_party_to(actor, version, organization)
    title = agreement.title
    tell_all(
        actor=actor,
        version=version,
        kind="version_begun",
        room="overview",
        text=lambda: _("A new version of “%(title)s” is being worked out.") % {"title": title},
    )
    return version


def _carry_over(old: Version, new: Version) -> None:
    parties = {party.pk for party in active_parties(new.agreement, new)}
    answers = [
        Answer(
            version=new,
            question_key=a.question_key,
            value=a.value,
            revision=a.revision,
            party_id=a.party_id,
            by_id=a.by_id,
        )
        for a in Answer.objects.filter(version=old)
    ]
    Answer.objects.bulk_create(answers)
    positions = [
        Position(
            version=new,
            question_key=p.question_key,
            party_id=p.party_id,
            stance=p.stance,
            proposal=p.proposal,
            reason=p.reason,
            answer_revision=p.answer_revision,
            by_id=p.by_id,
        )
        for p in Position.objects.filter(version=old)
        if p.party_id in parties
    ]
    Position.objects.bulk_create(positions)
    wordings = [
        Wording(
            version=new,
            question_key=w.question_key,
            language=w.language,
            text=w.text,
            answer_revision=w.answer_revision,
        )
        for w in Wording.objects.filter(version=old)
    ]
    Wording.objects.bulk_create(wordings)


@transaction.atomic(durable=True)
def give_notice(*, actor: Actor, party: Party, on: date, reason: str) -> Party:
    """A party gives notice: it leaves on a day that keeps the notice agreed upon.

    Raises Refused for a day before the notice ends, naming the earliest one.
    """
    party, version = _locked_party(party)
    require(can_lead(actor, party))
    earliest = earliest_leave(load_room(actor, version.agreement, version))
    if on < earliest:
        raise Refused(
            _("The notice agreed upon ends on %(day)s at the earliest.")
            % {"day": date_format(earliest, "j F Y")},
            code="notice",
            field="on",
        )
    if not reason.strip():
        raise Refused(_("Say in a sentence why. The others can then ask you."), code="reason", field="reason")
    party.leaving_on = on
    party.save(update_fields=["leaving_on"])
    log(
        actor,
        version,
        Entry.Kind.PARTY,
        "party.notice_given",
        party=party,
        change="notice",
        on=on.isoformat(),
        reason=reason,
    )
    name, title = party.organization.short_name, version.agreement.title
    tell_leads(
        actor=actor,
        version=version,
        kind="notice_given",
        room="life",
        text=lambda: (
            _("%(name)s leaves “%(title)s” on %(day)s.")
            % {"name": name, "title": title, "day": date_format(on, "j F Y")}
        ),
    )
    return party


@transaction.atomic(durable=True)
def withdraw_notice(*, actor: Actor, party: Party) -> Party:
    """Take a notice back before its day has come."""
    party, version = _locked_party(party)
    require(can_lead(actor, party))
    if party.leaving_on is not None and party.left_on is None:
        party.leaving_on = None
        party.save(update_fields=["leaving_on"])
        log(
            actor, version, Entry.Kind.PARTY, "party.notice_withdrawn", party=party, change="notice_withdrawn"
        )
    return party


def _locked_party(party: Party) -> tuple[Party, Version]:
    agreement = Agreement.objects.get(pk=party.agreement_id)
    version = lock(_in_force(agreement))
    fresh = Party.objects.select_related("organization").get(pk=party.pk)
    if fresh.left_on is not None:
        raise Refused(_("This organisation has already left."), code="left")
    return fresh, version


def _leave(actor: Actor, version: Version, party: Party) -> None:
    """The party is gone from its day on. A signing round it belongs to stops: the others sign a text without it."""
    party.left_on = party.leaving_on
    party.save(update_fields=["left_on"])
    log(actor, version, Entry.Kind.PARTY, "party.left", party=party, change="left")
    for in_work in version.agreement.versions.filter(state=Version.State.SIGNING):
        if Signature.objects.filter(round__version=in_work, round__state="open", party=party).exists():
            in_work.agreement = version.agreement
            stop_open_round(actor, in_work, _("%(name)s has left.") % {"name": party.organization.name})
    for in_work in version.agreement.versions.filter(state=Version.State.ADOPTING):
        in_work.agreement = version.agreement
        _reopen_without(actor, in_work, party)
    if len(active_parties(version.agreement, version)) < 2:
        _end(actor, version, party.left_on or timezone.localdate(), Agreement.EndReason.TOO_FEW, "")


def _reopen_without(actor: Actor, version: Version, party: Party) -> None:
    """The bodies were about to decide on a text that names this party: it opens again without it."""
    version.state = after(VERSION_TRANSITIONS, version.state, "reopen")
    version.save(update_fields=["state"])
    forget_adoptions(actor, version)
    reason = _("%(name)s has left.") % {"name": party.organization.name}
    log(actor, version, Entry.Kind.STATE, "agreement.reopened", to=version.state, reason=reason)


@transaction.atomic(durable=True)
def leave_table(*, actor: Actor, version: Version, party: Party, reason: str) -> Version:
    """A party that has signed no version yet leaves, even while the text is adopted or signed.

    An open round stops, decisions of the bodies fall, and the others go on without it; what it said stays in the
    log. Raises Refused when fewer than two parties would remain.
    """
    version = lock(version)
    party = Party.objects.select_related("organization").get(pk=party.pk, agreement=version.agreement)
    require(can_lead(actor, party))
    if party.left_on is not None:
        raise Refused(_("This organisation has already left."), code="left")
    if party.from_version < version.number or version.state not in IN_WORK[:3]:
        raise Refused(
            _("Your organisation is bound by the version in force: it leaves by giving notice."),
            code="has_signed",
        )
    if not reason.strip():
        raise Refused(_("Say in a sentence why. The others can then ask you."), code="reason", field="reason")
    if len(active_parties(version.agreement, version)) <= 2:
        raise Refused(
            _("An agreement needs at least two parties. Give it up instead, if that is what you want."),
            code="too_few_parties",
        )
    if version.state == Version.State.SIGNING:
        stop_open_round(actor, version, reason)
    elif version.state == Version.State.ADOPTING:
        _reopen_without(actor, version, party)
    party.left_on = timezone.localdate()
    party.save(update_fields=["left_on"])
    log(actor, version, Entry.Kind.PARTY, "party.left", party=party, change="left", reason=reason)
    name, title = party.organization.short_name, version.agreement.title
    tell_leads(
        actor=actor,
        version=version,
        kind="party_left",
        room="overview",
        text=lambda: _("%(name)s is no longer at the table of “%(title)s”.") % {"name": name, "title": title},
    )
    return version


@transaction.atomic(durable=True)
def terminate(*, actor: Actor, agreement: Agreement, on: date, reason: str) -> Agreement:
    """End the agreement on a day: at once when the day is today or past, else the clock does it."""
    version = lock(_in_force(agreement))
    require(can_run(actor, version.agreement))
    if not reason.strip():
        raise Refused(_("Say why, for those who read it later."), code="reason", field="reason")
    if version.agreement.in_force_from and on < version.agreement.in_force_from:
        raise Refused(_("This day lies before the agreement began."), code="before_start", field="on")
    if on <= timezone.localdate():
        _end(actor, version, on, Agreement.EndReason.TERMINATED, reason)
    else:
        version.agreement.ends_on = on
        version.agreement.save(update_fields=["ends_on"])
        log(
            actor,
            version,
            Entry.Kind.STATE,
            "agreement.termination_planned",
            change="termination_planned",
            on=on.isoformat(),
            reason=reason,
        )
    return version.agreement


def _end(actor: Actor, version: Version, on: date, why: str, reason: str) -> None:
    agreement = version.agreement
    title = agreement.title
    tell_all(
        actor=actor,
        version=version,
        kind="ended",
        text=lambda: _("“%(title)s” has ended.") % {"title": title},
    )
    version.state = after(VERSION_TRANSITIONS, version.state, "end")
    version.save(update_fields=["state"])
    agreement.state = after(AGREEMENT_TRANSITIONS, agreement.state, "end")
    agreement.ended_on, agreement.end_reason = on, why
    agreement.save(update_fields=["state", "ended_on", "end_reason"])
    for in_work in agreement.versions.filter(state__in=IN_WORK):
        in_work.agreement = agreement
        stop_open_round(actor, in_work, str(Agreement.EndReason(why).label))
        in_work.refresh_from_db(fields=["state"])
        if (in_work.state, "abandon") in VERSION_TRANSITIONS:
            in_work.state = after(VERSION_TRANSITIONS, in_work.state, "abandon")
            in_work.save(update_fields=["state"])
    log(
        actor,
        version,
        Entry.Kind.STATE,
        "agreement.ended",
        to=version.state,
        change=why,
        on=on.isoformat(),
        reason=reason,
    )


@transaction.atomic(durable=True)
def confirm_review(*, actor: Actor, agreement: Agreement, next_review: date, outcome: str) -> Agreement:
    """The parties looked at the agreement and leave it as it is until the next review."""
    version = lock(_in_force(agreement))
    require(can_run(actor, version.agreement))
    if next_review <= timezone.localdate():
        raise Refused(_("Choose a day to come."), code="review_past", field="next_review")
    if not outcome.strip():
        raise Refused(_("Note in a sentence what the review showed."), code="outcome", field="outcome")
    version.agreement.review_on = version.review_on = next_review
    version.agreement.save(update_fields=["review_on"])
    version.save(update_fields=["review_on"])
    log(
        actor,
        version,
        Entry.Kind.STATE,
        "agreement.reviewed",
        change="reviewed",
        on=next_review.isoformat(),
        reason=outcome,
    )
    return version.agreement


@transaction.atomic(durable=True)
def set_profile_public(*, actor: Actor, agreement: Agreement, public: bool) -> Agreement:
    """Make the profile sheet readable without sign-in, or take it back."""
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    require(can_run(actor, agreement))
    newest = agreement.versions.order_by("-number").first()
    assert newest is not None
    newest.agreement = agreement
    agreement.profile_public = public
    agreement.save(update_fields=["profile_public"])
    change = "profile_public" if public else "profile_private"
    log(actor, newest, Entry.Kind.STATE, "agreement.profile_public", change=change)
    return agreement


@transaction.atomic(durable=True)
def enter_if_due(*, actor: Actor, version_id: Any) -> bool:
    """Job: a signed version takes effect when its day has come. True when something changed."""
    version = lock(Version.objects.get(pk=version_id))
    if version.state != Version.State.SIGNED or not version.in_force_from:
        return False
    if version.in_force_from > timezone.localdate():
        return False
    enter_into_force(actor, version)
    return True


@transaction.atomic(durable=True)
def end_if_due(*, actor: Actor, agreement_id: Any) -> bool:
    """Job: an agreement ends when its last day has passed. True when something changed."""
    agreement = Agreement.objects.get(pk=agreement_id)
    current = agreement.versions.filter(state=Version.State.IN_FORCE).first()
    if current is None:
        return False
    version = lock(current)
    agreement = version.agreement
    if agreement.state != Agreement.State.IN_FORCE or not agreement.ends_on:
        return False
    if agreement.ends_on >= timezone.localdate():
        return False
    planned = Entry.objects.filter(
        version__agreement=agreement,
        data__change="termination_planned",
        data__on=agreement.ends_on.isoformat(),
    ).exists()
    why = Agreement.EndReason.TERMINATED if planned else Agreement.EndReason.EXPIRED
    _end(actor, version, agreement.ends_on, why, "")
    return True


@transaction.atomic(durable=True)
def leave_if_due(*, actor: Actor, party_id: Any) -> bool:
    """Job: a party that gave notice is gone when its day has come. True when something changed."""
    party = Party.objects.select_related("organization", "agreement").get(pk=party_id)
    current = party.agreement.versions.filter(state=Version.State.IN_FORCE).first()
    if current is None:
        return False
    version = lock(current)
    party = Party.objects.select_related("organization").get(pk=party_id)
    if party.left_on is not None or party.leaving_on is None or party.leaving_on > timezone.localdate():
        return False
    party.agreement = version.agreement
    _leave(actor, version, party)
    return True
