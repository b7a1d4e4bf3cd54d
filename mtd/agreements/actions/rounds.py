"""Signing rounds: fixing the text by its hash, and what happens when a round is complete or stopped.

All of it happens under the lock of the agreement, in one transaction; a process that is killed leaves the state
before.

The identity guard sits in the guarded fields of `forms.signing`: what arrives here has passed it.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mtd.agreements.document import to_document
from mtd.agreements.models import (
    AGREEMENT_TRANSITIONS,
    VERSION_TRANSITIONS,
    Adoption,
    Agreement,
    Entry,
    Party,
    Signature,
    SigningRound,
    Version,
    after,
)
from mtd.agreements.permissions import can_run
from mtd.agreements.queries import dates_of, fixed_round, load_room, terms, valid_mandates
from mtd.agreements.text import assemble, text_from_json
from mtd.core.actor import Actor
from mtd.core.errors import Refused, require
from mtd.documents.actions import store_file
from mtd.documents.pdf import render_pdf

from .adoption import forget_adoptions
from .annexes import settle_with_text
from .log import lock, log
from .telling import tell, tell_all, tell_leads


@transaction.atomic(durable=True)
def freeze(
    *,
    actor: Actor,
    version: Version,
    order: str = "",
    in_force_from: date | None = None,
    review_on: date | None = None,
    ends_on: date | None = None,
) -> SigningRound:
    """Fix the text by its hash and open a signing round.

    The dates come from the agreed answers; what is given here counts where the guide does not ask, and for an
    amended text, which takes effect on a day of its own. Raises Refused while a party has not adopted, has
    nobody who may sign, or a date is missing.
    """
    version = lock(version)
    require(can_run(actor, version.agreement))
    state = after(VERSION_TRANSITIONS, version.state, "freeze")
    room = load_room(actor, version.agreement, version)
    version.in_force_from, version.review_on = dates_of(room, in_force_from, review_on)
    version.ends_on = ends_on
    _require_dates(version)
    _require_adopted_and_mandated(version, room.parties)
    text = assemble(room, draft=False)
    number = version.rounds.count() + 1
    pdf = render_pdf(to_document(text, on=timezone.localdate(), fixing=number))
    stored = store_file(actor=actor, name=f"{version.agreement.code}-v{version.number}.pdf", content=pdf)
    signing_round = SigningRound.objects.create(
        version=version,
        number=number,
        order=order or terms(room).order,
        text=text.to_json(),
        frozen=stored,
        frozen_sha256=stored.sha256,
        current=stored,
        current_sha256=stored.sha256,
        started_by_id=actor.user_id,
    )
    for position, party in enumerate(room.parties):
        Signature.objects.create(round=signing_round, party=party, position=position)
    version.state = state
    version.save(update_fields=["state", "in_force_from", "review_on", "ends_on"])
    log(actor, version, Entry.Kind.STATE, "agreement.frozen", to=state, sha256=stored.sha256)
    tell_next_signers(actor=actor, version=version, signing_round=signing_round)
    return signing_round


def _require_dates(version: Version) -> None:
    if version.in_force_from is None:
        raise Refused(
            _("Agree on the day from which the agreement is in force, or enter it here."),
            code="in_force_from",
            field="in_force_from",
        )
    if version.review_on is None:
        raise Refused(
            _("An agreement needs a day on which it is reviewed. Agree on it, or enter it here."),
            code="review_on",
            field="review_on",
        )
    if version.review_on <= version.in_force_from:
        raise Refused(
            _("The review lies before the agreement begins."), code="review_order", field="review_on"
        )
    if version.ends_on and version.ends_on <= version.in_force_from:
        raise Refused(_("The end lies before the beginning."), code="end_order", field="ends_on")


def _require_adopted_and_mandated(version: Version, parties: list[Party]) -> None:
    adopted = set(Adoption.objects.filter(version=version).values_list("party_id", flat=True))
    missing = [p.organization.short_name for p in parties if p.pk not in adopted]
    if missing:
        raise Refused(
            _("These parties have not adopted the text yet: %(names)s.") % {"names": ", ".join(missing)},
            code="not_adopted",
        )
    mandated = {m.party_id for m in valid_mandates(version.agreement)}
    missing = [p.organization.short_name for p in parties if p.pk not in mandated]
    if missing:
        raise Refused(
            _("Nobody may sign yet for: %(names)s. Their lead confirms a mandate first.")
            % {"names": ", ".join(missing)},
            code="no_mandate",
        )


def tell_next_signers(*, actor: Actor, version: Version, signing_round: SigningRound) -> None:
    """Tell those whose signature is due: all who wait, or in a sequence the next one."""
    waiting = list(signing_round.signatures.exclude(state=Signature.State.SIGNED).order_by("position"))
    if signing_round.order == SigningRound.Order.SEQUENCE:
        waiting = waiting[:1]
    due = {s.party_id for s in waiting if s.state == Signature.State.WAITING}
    signers = [m.user for m in valid_mandates(version.agreement) if m.user and m.party_id in due]
    title = version.agreement.title
    tell(
        actor=actor,
        version=version,
        users=signers,
        kind="signature_due",
        text=lambda: _("“%(title)s” waits for your signature.") % {"title": title},
    )


def complete_round(actor: Actor, version: Version, signing_round: SigningRound) -> None:
    """All have signed: the round is complete, and the version takes effect when its day has come."""
    signing_round.state, signing_round.closed_at = SigningRound.State.COMPLETE, timezone.now()
    signing_round.save(update_fields=["state", "closed_at"])
    version.state = after(VERSION_TRANSITIONS, version.state, "last_signature")
    version.save(update_fields=["state"])
    log(actor, version, Entry.Kind.STATE, "agreement.signed_by_all", to=version.state)
    if version.in_force_from and version.in_force_from <= timezone.localdate():
        enter_into_force(actor, version)
        return
    title = version.agreement.title
    tell_all(
        actor=actor,
        version=version,
        kind="signed_by_all",
        text=lambda: _("All parties have signed “%(title)s”.") % {"title": title},
    )


def enter_into_force(actor: Actor, version: Version) -> None:
    """The signed version takes effect and replaces the one before; joins the caller's transaction."""
    agreement = (
        Agreement.objects.select_for_update(of=("self",))
        .select_related("network")
        .get(pk=version.agreement_id)
    )
    for earlier in agreement.versions.filter(state=Version.State.IN_FORCE):
        earlier.state = after(VERSION_TRANSITIONS, earlier.state, "supersede")
        earlier.save(update_fields=["state"])
    version.state = after(VERSION_TRANSITIONS, version.state, "enter_into_force")
    version.save(update_fields=["state"])
    agreement.state = after(AGREEMENT_TRANSITIONS, agreement.state, "enter_into_force")
    agreement.in_force_from = agreement.in_force_from or version.in_force_from
    agreement.review_on, agreement.ends_on = version.review_on, version.ends_on
    agreement.save(update_fields=["state", "in_force_from", "review_on", "ends_on"])
    version.agreement = agreement
    signed = fixed_round(version)
    if signed is not None:
        settle_with_text(actor=actor, version=version, text=text_from_json(signed.text))
    log(actor, version, Entry.Kind.STATE, "agreement.in_force", to=version.state)
    title = agreement.title
    tell_all(
        actor=actor,
        version=version,
        kind="in_force",
        text=lambda: _("“%(title)s” is in force.") % {"title": title},
    )


@transaction.atomic(durable=True)
def cancel_round(*, actor: Actor, signing_round: SigningRound, reason: str) -> Version:
    """Stop a round, for example because a mistake was found. Signatures given stay on record with their file."""
    version = lock(Version.objects.get(pk=signing_round.version_id))
    require(can_run(actor, version.agreement))
    signing_round = SigningRound.objects.get(pk=signing_round.pk)
    if signing_round.state != SigningRound.State.OPEN:
        raise Refused(_("This signing round is closed."), code="round_closed")
    if not reason.strip():
        raise Refused(_("Say in a sentence why."), code="reason", field="reason")
    stop_open_round(actor, version, reason)
    return version


def stop_open_round(actor: Actor, version: Version, reason: str, *, declined_by: Party | None = None) -> None:
    """Stop the round that is open, if any, and open the negotiation again; joins the caller's transaction.

    The round stays on record as it was, with every signature and its file. The bodies' decisions fall: they were
    for this text.
    """
    signing_round = version.rounds.filter(state=SigningRound.State.OPEN).first()
    if signing_round is None:
        return
    verb = "decline" if declined_by else "cancel_round"
    signing_round.state = SigningRound.State.DECLINED if declined_by else SigningRound.State.CANCELLED
    signing_round.closed_at = timezone.now()
    signing_round.save(update_fields=["state", "closed_at"])
    open_ones = [Signature.State.WAITING, Signature.State.UNCONFIRMED]
    signing_round.signatures.filter(state__in=open_ones).update(
        state=Signature.State.DROPPED, held_until=None
    )
    version.state = after(VERSION_TRANSITIONS, version.state, verb)
    version.save(update_fields=["state"])
    forget_adoptions(actor, version)
    log(
        actor,
        version,
        Entry.Kind.SIGNATURE if declined_by else Entry.Kind.STATE,
        f"agreement.{verb}",
        party=declined_by,
        change=verb,
        to=version.state,
        reason=reason,
    )
    title = version.agreement.title
    who = declined_by.organization.short_name if declined_by else ""
    tell_leads(
        actor=actor,
        version=version,
        kind=verb,
        room="overview",
        text=lambda: (
            _("%(who)s has not signed “%(title)s” and says why. The text can be worked on again.")
            % {"who": who, "title": title}
            if who
            else _("Signing “%(title)s” was stopped. The text can be worked on again.") % {"title": title}
        ),
    )
