"""Freezing the text and signing it: in the system, by a file signed elsewhere, or on paper.

Every signature is an incremental update of the file before it. All of it happens under the lock of the
agreement, in one transaction: two signers at the same second come one after the other, and a process that
is killed leaves the state before.
"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mtd.accounts.models import User
from mtd.agreements.document import to_document
from mtd.agreements.models import (
    AGREEMENT_TRANSITIONS,
    VERSION_TRANSITIONS,
    Adoption,
    Agreement,
    Entry,
    Mandate,
    Party,
    Signature,
    SigningRound,
    Version,
    after,
)
from mtd.agreements.permissions import (
    can_confirm_paper,
    can_handle_signature,
    can_lead,
    can_run,
    can_sign,
    party_of,
)
from mtd.agreements.queries import load_room, terms, valid_mandates
from mtd.agreements.text import assemble
from mtd.core.actor import Actor
from mtd.core.errors import Conflict, Refused, require
from mtd.documents.actions import seal, store_file
from mtd.documents.pdf import render_pdf
from mtd.documents.queries import signed_update
from mtd.documents.verifying import Level

from .adoption import Upload, forget_adoptions
from .log import lock, log

HOLD = timedelta(hours=48)
"""How long a party may keep the file for signing elsewhere while the others wait."""

SCAN_TYPES = {"application/pdf", "image/jpeg", "image/png"}
_LEVELS = {
    Level.OWN: Signature.Level.SEALED,
    Level.FOREIGN: Signature.Level.FOREIGN,
    Level.CLAIMS_QUALIFIED: Signature.Level.QUALIFIED,
}


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

    The dates come from the agreed answers; what is given here counts only where the guide does not ask.
    Raises Refused while a party has not adopted, has nobody who may sign, or the review date is missing.
    """
    version = lock(version)
    require(can_run(actor, version.agreement))
    state = after(VERSION_TRANSITIONS, version.state, "freeze")
    room = load_room(actor, version.agreement, version)
    agreed = terms(room)
    version.in_force_from = agreed.in_force_from or in_force_from
    version.review_on = agreed.review_on or review_on
    version.ends_on = ends_on
    _require_dates(version)
    _require_adopted_and_mandated(version, room.parties)
    text = assemble(room, draft=False)
    pdf = render_pdf(to_document(text, on=timezone.localdate()))
    stored = store_file(actor=actor, name=f"{version.agreement.code}-v{version.number}.pdf", content=pdf)
    signing_round = SigningRound.objects.create(
        version=version,
        number=version.rounds.count() + 1,
        order=order or agreed.order,
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


def _locked(signature: Signature) -> tuple[Signature, SigningRound, Version]:
    """The signature, its open round and version, freshly read under the agreement's lock."""
    version = lock(Version(pk=signature.round.version_id, agreement_id=signature.party.agreement_id))
    signing_round = SigningRound.objects.select_related("current").get(pk=signature.round_id)
    fresh = Signature.objects.select_related("party__organization", "mandate").get(pk=signature.pk)
    fresh.round = signing_round
    if signing_round.state != SigningRound.State.OPEN or version.state != Version.State.SIGNING:
        raise Refused(
            _("This signing round is closed. Look at the agreement to see where it stands."),
            code="round_closed",
        )
    return fresh, signing_round, version


def _require_turn(signature: Signature, signing_round: SigningRound) -> None:
    if signature.state != Signature.State.WAITING:
        raise Refused(_("There is already a signature for this organisation."), code="already_signed")
    if signing_round.order == SigningRound.Order.SEQUENCE:
        before = signing_round.signatures.filter(position__lt=signature.position)
        waiting = before.exclude(state=Signature.State.SIGNED).select_related("party__organization").first()
        if waiting is not None:
            raise Refused(
                _("It is not your turn yet: %(name)s signs before you.")
                % {"name": waiting.party.organization.short_name},
                code="not_your_turn",
            )


def _require_not_held(signature: Signature, signing_round: SigningRound) -> None:
    held = (
        signing_round.signatures.filter(held_until__gt=timezone.now(), state=Signature.State.WAITING)
        .exclude(pk=signature.pk)
        .select_related("party__organization")
        .first()
    )
    if held is not None and held.held_until is not None:
        raise Conflict(
            _(
                "%(name)s has the file for signing elsewhere until %(until)s. Your signature would make theirs "
                "invalid. Please come back then; nothing is lost."
            )
            % {
                "name": held.party.organization.short_name,
                "until": timezone.localtime(held.held_until).strftime("%d.%m. %H:%M"),
            },
            code="held",
        )


@transaction.atomic(durable=True)
def confirm_read(*, actor: Actor, signature: Signature) -> Signature:
    """The signer confirms having read the frozen text; from here an unfinished signing goes on."""
    signature, _round, version = _locked(signature)
    mandate = mandate_for(actor, signature)
    require(can_sign(actor, mandate))
    if signature.read_at is None:
        signature.read_at = timezone.now()
        signature.save(update_fields=["read_at"])
        log(actor, version, Entry.Kind.SIGNATURE, "signature.read", party=signature.party, change="read")
    return signature


def mandate_for(actor: Actor, signature: Signature) -> Mandate | None:
    """The person's own confirmed and valid mandate for this party."""
    for mandate in valid_mandates(signature.party.agreement):
        if mandate.party_id == signature.party_id and mandate.user_id == actor.user_id:
            return mandate
    return None


@transaction.atomic(durable=True)
def sign_in_system(*, actor: Actor, signature: Signature, declaration: str) -> Signature:
    """Sign with a PAdES signature made here; the view has confirmed the second factor just before.

    `declaration` is the signer's own name, typed. Raises NotAllowed without a mandate, Refused when the text was
    not read, the name does not fit, it is not this party's turn, or somebody has the file elsewhere.
    """
    signature, signing_round, version = _locked(signature)
    mandate = mandate_for(actor, signature)
    require(can_sign(actor, mandate), code="no_mandate")
    assert mandate is not None
    _require_method(actor, version, Signature.Method.SYSTEM)
    _require_turn(signature, signing_round)
    _require_not_held(signature, signing_round)
    if signature.read_at is None:
        raise Refused(_("Please read the text first and confirm that you did."), code="not_read")
    user = User.objects.get(pk=actor.user_id)
    if " ".join(declaration.split()).casefold() not in {user.name.casefold(), user.full_name.casefold()}:
        raise Refused(_("Please type your name as it stands above."), code="declaration", field="declaration")
    now = timezone.now().replace(microsecond=0)
    field = _field(signature)
    pdf = seal(
        actor=actor,
        pdf=bytes(signing_round.current.content),
        signer=user.full_name,
        organization=signature.party.organization.name,
        email=user.email,
        field_name=field,
        reason=_("Signs for %(name)s") % {"name": signature.party.organization.name},
        location=signature.party.organization.city,
        signed_at=now,
    )
    signature.signer_name, signature.signer_function = user.full_name, mandate.function
    signature.mandate, signature.signed_by = mandate, user
    return _signed(
        actor, version, signing_round, signature, Signature.Method.SYSTEM, Signature.Level.SEALED, pdf, field
    )


def _field(signature: Signature) -> str:
    return f"Signature{signature.position + 1:02d}"


def _require_method(actor: Actor, version: Version, method: str) -> None:
    methods = terms(load_room(actor, version.agreement, version)).methods
    if method not in methods:
        raise Refused(
            _("The parties agreed on other ways of signing. See the clause on signatures."), code="method"
        )


def _signed(
    actor: Actor,
    version: Version,
    signing_round: SigningRound,
    signature: Signature,
    method: str,
    level: str,
    pdf: bytes | None,
    field: str = "",
) -> Signature:
    """Keep the signature and its file; the last one completes the round."""
    if pdf is not None:
        name = f"{version.agreement.code}-v{version.number}.pdf"
        stored = store_file(actor=actor, name=name, content=pdf)
        signing_round.current, signing_round.current_sha256 = stored, stored.sha256
        signature.file, signature.sha256 = stored, stored.sha256
    signature.state, signature.method, signature.level = Signature.State.SIGNED, method, level
    signature.field, signature.held_until = field, None
    signature.signed_at = signature.signed_at or timezone.now()
    signature.save()
    signing_round.signed_count += 1
    signing_round.save(update_fields=["current", "current_sha256", "signed_count"])
    log(
        actor,
        version,
        Entry.Kind.SIGNATURE,
        "agreement.signed",
        party=signature.party,
        change="signed",
        method=method,
        level=level,
        name=signature.signer_name,
    )
    if not signing_round.signatures.exclude(state=Signature.State.SIGNED).exists():
        _complete(actor, version, signing_round)
    return signature


def _complete(actor: Actor, version: Version, signing_round: SigningRound) -> None:
    signing_round.state, signing_round.closed_at = SigningRound.State.COMPLETE, timezone.now()
    signing_round.save(update_fields=["state", "closed_at"])
    version.state = after(VERSION_TRANSITIONS, version.state, "last_signature")
    version.save(update_fields=["state"])
    log(actor, version, Entry.Kind.STATE, "agreement.signed_by_all", to=version.state)
    if version.in_force_from and version.in_force_from <= timezone.localdate():
        enter_into_force(actor, version)


def enter_into_force(actor: Actor, version: Version) -> None:
    """The signed version takes effect and replaces the one before; joins the caller's transaction."""
    agreement = Agreement.objects.select_for_update().get(pk=version.agreement_id)
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
    log(actor, version, Entry.Kind.STATE, "agreement.in_force", to=version.state)


@transaction.atomic(durable=True)
def hold_file(*, actor: Actor, signature: Signature) -> Signature:
    """Keep the file for signing elsewhere: for 48 hours the others wait, so that no signature is lost."""
    signature, signing_round, version = _locked(signature)
    require(can_handle_signature(actor, signature.party))
    _require_method(actor, version, Signature.Method.UPLOAD)
    _require_turn(signature, signing_round)
    _require_not_held(signature, signing_round)
    signature.held_until = timezone.now() + HOLD
    signature.save(update_fields=["held_until"])
    log(actor, version, Entry.Kind.SIGNATURE, "signature.held", party=signature.party, change="held")
    return signature


@transaction.atomic(durable=True)
def release_file(*, actor: Actor, signature: Signature) -> Signature:
    """Give the file back before the time is over."""
    signature, _round, version = _locked(signature)
    require(can_handle_signature(actor, signature.party))
    if signature.held_until is not None:
        signature.held_until = None
        signature.save(update_fields=["held_until"])
        log(
            actor,
            version,
            Entry.Kind.SIGNATURE,
            "signature.released",
            party=signature.party,
            change="released",
        )
    return signature


@transaction.atomic(durable=True)
def upload_signed(*, actor: Actor, signature: Signature, mandate: Mandate, content: bytes) -> Signature:
    """Take in the same file signed elsewhere, qualified signatures included.

    Accepted only as an unbroken incremental update of the current file; otherwise one of the refusals of
    mtd.documents.verifying says what is wrong and what to do.
    """
    signature, signing_round, version = _locked(signature)
    require(can_handle_signature(actor, signature.party))
    _require_method(actor, version, Signature.Method.UPLOAD)
    _require_turn(signature, signing_round)
    _require_not_held(signature, signing_round)
    mandate = _valid(signature, mandate)
    update = signed_update(bytes(signing_round.current.content), content)
    newest = update.new[-1]
    if newest.ours:
        raise Refused(
            _("This file was signed in this system. Please sign it with your own certificate, or sign here."),
            code="own_signature",
            field="file",
        )
    signature.mandate = mandate
    signature.signer_name, signature.signer_function = newest.signer or mandate.name, mandate.function
    signature.signed_by_id = actor.user_id
    return _signed(
        actor,
        version,
        signing_round,
        signature,
        Signature.Method.UPLOAD,
        _LEVELS[newest.level],
        content,
        newest.field[:80],
    )


def _valid(signature: Signature, mandate: Mandate) -> Mandate:
    for known in valid_mandates(signature.party.agreement):
        if known.pk == mandate.pk and known.party_id == signature.party_id:
            return known
    raise Refused(
        _("This mandate is not confirmed, has run out or was revoked. The lead can confirm a new one."),
        code="no_mandate",
        field="mandate",
    )


@transaction.atomic(durable=True)
def upload_paper(
    *, actor: Actor, signature: Signature, mandate: Mandate, signed_on: date, scan: Upload
) -> Signature:
    """Hand in the scan of a signature on paper; it counts when another party has confirmed it."""
    signature, signing_round, version = _locked(signature)
    require(can_handle_signature(actor, signature.party))
    _require_method(actor, version, Signature.Method.PAPER)
    _require_turn(signature, signing_round)
    mandate = _valid(signature, mandate)
    today = timezone.localdate()
    if signed_on > today:
        raise Refused(_("This day is still to come."), code="future", field="signed_on")
    if signed_on < timezone.localtime(signing_round.started_at).date():
        raise Refused(
            _("On this day the text was not fixed yet. Only the fixed text can be signed."),
            code="before_frozen",
            field="signed_on",
        )
    name, content, media_type = scan
    if media_type not in SCAN_TYPES:
        raise Refused(_("Please hand in the scan as PDF, JPEG or PNG."), code="media_type", field="file")
    signature.scan = store_file(actor=actor, name=name, content=content, media_type=media_type)
    signature.state, signature.method = Signature.State.UNCONFIRMED, Signature.Method.PAPER
    signature.level = Signature.Level.HAND
    signature.mandate, signature.signed_by_id = mandate, actor.user_id
    signature.signer_name, signature.signer_function = mandate.name, mandate.function
    signature.signed_at = timezone.make_aware(
        timezone.datetime.combine(signed_on, timezone.datetime.min.time())
    )
    signature.held_until = None
    signature.save()
    log(actor, version, Entry.Kind.SIGNATURE, "signature.paper", party=signature.party, change="paper")
    return signature


@transaction.atomic(durable=True)
def confirm_paper(*, actor: Actor, signature: Signature, accept: bool, reason: str = "") -> Signature:
    """Another party confirms that the scan shows the frozen text, signed by the named person; or sends it back."""
    signature, signing_round, version = _locked(signature)
    own = party_of(actor, version.agreement)
    require(can_confirm_paper(actor, signature.party, own))
    if signature.state != Signature.State.UNCONFIRMED:
        raise Refused(_("There is no scan to confirm for this organisation."), code="nothing_to_confirm")
    if not accept:
        if not reason.strip():
            raise Refused(_("Say what is wrong with the scan."), code="reason", field="reason")
        signature.state, signature.method, signature.level = Signature.State.WAITING, "", ""
        signature.signed_at = None
        signature.save()
        log(
            actor,
            version,
            Entry.Kind.SIGNATURE,
            "signature.paper_refused",
            party=signature.party,
            change="paper_refused",
            reason=reason,
        )
        return signature
    signature.confirmed_party, signature.confirmed_by_id = own, actor.user_id
    signature.confirmed_at = timezone.now()
    return _signed(
        actor, version, signing_round, signature, Signature.Method.PAPER, Signature.Level.HAND, None
    )


@transaction.atomic(durable=True)
def decline(*, actor: Actor, signature: Signature, reason: str) -> Version:
    """Decline to sign, with a reason. The round ends, negotiation opens again, and everything is kept."""
    signature, signing_round, version = _locked(signature)
    require(can_lead(actor, signature.party))
    if not reason.strip():
        raise Refused(
            _("Say why, so that the others can work on it with you."), code="reason", field="reason"
        )
    if signature.state == Signature.State.SIGNED:
        raise Refused(_("Your organisation has already signed."), code="already_signed")
    signature.state, signature.decline_reason = Signature.State.DECLINED, reason.strip()
    signature.signed_by_id = actor.user_id
    signature.save()
    return _close(
        actor, version, signing_round, SigningRound.State.DECLINED, "decline", reason, party=signature.party
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
    return _close(actor, version, signing_round, SigningRound.State.CANCELLED, "cancel_round", reason)


def stop_open_round(actor: Actor, version: Version, reason: str) -> None:
    """Stop the round that is open, if any: a party leaves in the middle of it. Joins the caller's transaction."""
    signing_round = version.rounds.filter(state=SigningRound.State.OPEN).first()
    if signing_round is not None:
        _close(actor, version, signing_round, SigningRound.State.CANCELLED, "cancel_round", reason)


def _close(
    actor: Actor,
    version: Version,
    signing_round: SigningRound,
    state: str,
    verb: str,
    reason: str,
    party: Party | None = None,
) -> Version:
    signing_round.state, signing_round.closed_at = state, timezone.now()
    signing_round.save(update_fields=["state", "closed_at"])
    signing_round.signatures.filter(state__in=[Signature.State.WAITING, Signature.State.UNCONFIRMED]).update(
        state=Signature.State.DROPPED, held_until=None
    )
    version.state = after(VERSION_TRANSITIONS, version.state, verb)
    version.save(update_fields=["state"])
    forget_adoptions(actor, version)
    log(
        actor,
        version,
        Entry.Kind.SIGNATURE if party else Entry.Kind.STATE,
        f"agreement.{verb}",
        party=party,
        change=verb,
        to=version.state,
        reason=reason,
    )
    return version


def sha256(content: bytes) -> str:
    """The hash that the pages show and the verification asks for."""
    return hashlib.sha256(content).hexdigest()
