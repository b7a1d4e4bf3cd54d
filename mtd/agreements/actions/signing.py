"""Signing the fixed text: in the system, by a file signed elsewhere, or on paper.

Every signature is an incremental update of the file before it. All of it happens under the lock of the
agreement, in one transaction: two signers at the same second come one after the other, and a process that
is killed leaves the state before.

The identity guard sits in the guarded fields of `forms.signing`: what arrives here has passed it.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from mtd.accounts.models import User
from mtd.agreements.models import Entry, Mandate, Signature, SigningRound, Version
from mtd.agreements.permissions import (
    can_confirm_paper,
    can_decline,
    can_handle_signature,
    can_sign,
    party_of,
)
from mtd.agreements.queries import holder_of, load_room, my_mandate, read_by, terms, valid_mandates
from mtd.core.actor import Actor
from mtd.core.errors import Conflict, NotAllowed, Refused, require
from mtd.documents.actions import seal, store_file
from mtd.documents.queries import signed_update
from mtd.documents.verifying import FileRefused, Level
from mtd.organizations.queries import leads_of

from .adoption import Upload
from .log import lock, log
from .rounds import complete_round, stop_open_round, tell_next_signers
from .telling import tell, tell_leads

HOLD = timedelta(hours=48)
"""How long a party may keep the file for signing elsewhere while the others wait."""

SCAN_TYPES = {"application/pdf", "image/jpeg", "image/png"}
_LEVELS = {
    Level.OWN: Signature.Level.SEALED,
    Level.FOREIGN: Signature.Level.FOREIGN,
    Level.CLAIMS_QUALIFIED: Signature.Level.QUALIFIED,
}


def _locked(signature: Signature) -> tuple[Signature, SigningRound, Version]:
    """The signature, its open round and version, freshly read under the agreement's lock."""
    version = lock(Version(pk=signature.round.version_id, agreement_id=signature.party.agreement_id))
    signing_round = SigningRound.objects.select_related("current").get(pk=signature.round_id)
    fresh = Signature.objects.select_related("party__organization", "mandate").get(pk=signature.pk)
    fresh.round = signing_round
    fresh.party.agreement = version.agreement
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
    others = signing_round.signatures.exclude(pk=signature.pk).select_related("party__organization")
    held = holder_of(others)
    if held is not None and held.held_until is not None:
        raise Conflict(
            _(
                "%(name)s has the file for signing elsewhere until %(until)s. Your signature would make theirs "
                "invalid. Please come back then; nothing is lost."
            )
            % {
                "name": held.party.organization.short_name,
                "until": date_format(timezone.localtime(held.held_until), "DATETIME_FORMAT"),
            },
            code="held",
        )


@transaction.atomic(durable=True)
def confirm_read(*, actor: Actor, signature: Signature) -> Signature:
    """The signer confirms having read the frozen text; from here an unfinished signing goes on."""
    signature, _round, version = _locked(signature)
    mandate = my_mandate(actor, signature.party)
    require(can_sign(actor, mandate), code="no_mandate")
    if not read_by(signature, mandate):
        signature.read_at, signature.mandate = timezone.now(), mandate
        signature.save(update_fields=["read_at", "mandate"])
        log(actor, version, Entry.Kind.SIGNATURE, "signature.read", party=signature.party, change="read")
    return signature


@transaction.atomic(durable=True)
def sign_in_system(*, actor: Actor, signature: Signature, declaration: str) -> Signature:
    """Sign with a PAdES signature made here; the view has confirmed the second factor just before.

    `declaration` is the signer's own name, typed. Raises NotAllowed without a mandate, Refused when the text was
    not read, the name does not fit, it is not this party's turn, or somebody has the file elsewhere.
    """
    signature, signing_round, version = _locked(signature)
    mandate = my_mandate(actor, signature.party)
    require(can_sign(actor, mandate), code="no_mandate")
    assert mandate is not None
    _require_method(actor, version, Signature.Method.SYSTEM)
    _require_turn(signature, signing_round)
    _require_not_held(signature, signing_round)
    if not read_by(signature, mandate):
        raise Refused(_("Please read the text first and confirm that you did."), code="not_read")
    user = User.objects.get(pk=str(actor.user_id))
    if " ".join(declaration.split()).casefold() not in {user.name.casefold(), user.full_name.casefold()}:
        raise Refused(_("Please type your name as it stands above."), code="declaration", field="declaration")
    now = timezone.now().replace(microsecond=0)
    field = _field(signature)
    with override(version.agreement.language):
        reason = _("Signs for %(name)s") % {"name": signature.party.organization.name}
    pdf = seal(
        actor=actor,
        pdf=bytes(signing_round.current.content),
        signer=user.full_name,
        organization=signature.party.organization.name,
        email=user.email,
        field_name=field,
        reason=reason,
        location=signature.party.organization.city,
        signed_at=now,
    )
    signature.signer_name, signature.signer_function = user.full_name, mandate.function
    signature.mandate, signature.signed_by, signature.signed_at = mandate, user, now
    return _signed(
        actor, version, signing_round, signature, Signature.Method.SYSTEM, Signature.Level.SEALED, pdf, field
    )


def _field(signature: Signature) -> str:
    # With a part of its own, so that it never meets the name that another program chose for a field.
    return f"Party{signature.position + 1:02d}-{signature.pk.hex[:8]}"


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
        complete_round(actor, version, signing_round)
    elif signing_round.order == SigningRound.Order.SEQUENCE:
        tell_next_signers(actor=actor, version=version, signing_round=signing_round)
    return signature


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
    try:
        update = signed_update(bytes(signing_round.current.content), content)
    except FileRefused as refused:
        raise _why_old(signature, signing_round, content) or refused from refused
    newest = update.new[-1]
    if any(finding.ours for finding in update.new):
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


def _why_old(signature: Signature, signing_round: SigningRound, content: bytes) -> Refused | None:
    """The clearer reason when the file was right once: somebody else signed meanwhile."""
    signed = signing_round.signatures.filter(file__isnull=False).select_related("file", "party__organization")
    earlier = [signing_round.frozen, *(s.file for s in signed if s.file is not None)]
    current = signing_round.current
    if not any(
        file.pk != current.pk and content.startswith(bytes(file.content)) for file in earlier
    ) or content.startswith(bytes(current.content)):
        return None
    newest = max(signed, key=lambda s: s.signed_at or signing_round.started_at)
    return Conflict(
        _(
            "%(name)s has signed since you fetched this file. Please download the current file, which holds all "
            "signatures so far, sign that one and upload it. Keep the file while you sign: then the others wait."
        )
        % {"name": newest.party.organization.short_name},
        code="older_state",
        field="file",
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
    signature.signed_at = timezone.make_aware(datetime.combine(signed_on, time.min))
    signature.held_until = None
    signature.save()
    log(actor, version, Entry.Kind.SIGNATURE, "signature.paper", party=signature.party, change="paper")
    who, title = signature.party.organization.short_name, version.agreement.title
    tell_leads(
        actor=actor,
        version=version,
        kind="paper_to_confirm",
        without=signature.party,
        text=lambda: (
            _("%(who)s has signed “%(title)s” on paper. Please confirm the scan.")
            % {"who": who, "title": title}
        ),
    )
    return signature


@transaction.atomic(durable=True)
def confirm_paper(*, actor: Actor, signature: Signature, accept: bool, reason: str = "") -> Signature:
    """Another party confirms that the scan shows the frozen text, signed by the named person; or sends it back."""
    signature, signing_round, version = _locked(signature)
    own = party_of(actor, version.agreement)
    require(can_confirm_paper(actor, signature.party, own))
    if actor.user_id is not None and signature.signed_by_id == actor.user_id:
        raise NotAllowed(_("You handed this scan in yourself. Somebody else confirms it."), code="own_scan")
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
        title = version.agreement.title
        tell(
            actor=actor,
            version=version,
            users=leads_of(signature.party.organization),
            kind="paper_refused",
            text=lambda: _("The scan of your signature on “%(title)s” came back.") % {"title": title},
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
    signature, _round, version = _locked(signature)
    require(can_decline(actor, signature.party, my_mandate(actor, signature.party)))
    if not reason.strip():
        raise Refused(
            _("Say why, so that the others can work on it with you."), code="reason", field="reason"
        )
    if signature.state == Signature.State.SIGNED:
        raise Refused(_("Your organisation has already signed."), code="already_signed")
    signature.state, signature.decline_reason = Signature.State.DECLINED, reason.strip()
    signature.signed_by_id, signature.held_until = actor.user_id, None
    signature.save()
    stop_open_round(actor, version, reason, declined_by=signature.party)
    return version
