"""One party's place in a signing round: read, sign here, sign elsewhere, sign on paper, or decline."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mtd.accounts.actions import confirm_second_factor
from mtd.accounts.models import User
from mtd.accounts.queries import demo_code, recent_second_factor, second_factors
from mtd.agreements.actions import signing
from mtd.agreements.document import verify_address
from mtd.agreements.forms.signing import PaperForm, ReasonForm, SignForm, UploadForm
from mtd.agreements.models import Adoption, Mandate, Signature, SigningRound, Version
from mtd.agreements.permissions import can_confirm_paper, can_decline, can_handle_signature, can_sign
from mtd.agreements.queries import Room, holder_of, load_room, my_mandate, read_by, terms, valid_mandates
from mtd.agreements.text import text_from_json
from mtd.core.errors import Refused, require
from mtd.core.http import actor_of, download, get_or_404
from mtd.documents.models import StoredFile

from .room import agreement_or_404, page
from .signing import why_not

Data = dict[str, Any]


def signature(request: HttpRequest, agreement_id: uuid.UUID, signature_id: uuid.UUID) -> HttpResponse:
    """Sign what you read: the fixed text, its hash, and the three ways of signing it."""
    agreement = agreement_or_404(request, agreement_id)
    places = Signature.objects.filter(party__agreement=agreement).select_related(
        "round__version",
        "round__frozen",
        "party__organization",
        "mandate",
        "scan",
        "confirmed_party__organization",
    )
    place = get_or_404(places, pk=signature_id)
    place.party.agreement = agreement
    room = load_room(actor_of(request), agreement, place.round.version)
    shown = _forms(request, room, place)
    status = 200
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do not in _DEEDS:
            raise Http404
        form = _bound(request, room, place, do)
        if form is None or form.is_valid():
            try:
                said = _DEEDS[do](request, place, form.cleaned_data if form else {})
            except Refused as refused:
                if form is None or refused.status == 403:
                    raise
                refused.show_on(form)
            else:
                messages.success(request, said)
                return HttpResponseRedirect(_after(request, room, place, do))
        status, shown[do] = 422, form
    return render(request, "agreements/signature.html", _context(request, room, place, shown), status=status)


def _after(request: HttpRequest, room: Room, place: Signature, do: str) -> str:
    if do == "decline":
        return reverse("agreements:overview", args=[room.agreement.pk])
    if do in ("accept", "refuse"):
        return reverse("agreements:sign", args=[room.agreement.pk])
    anchor = "#act" if do in ("read", "hold", "release") else ""
    return reverse("agreements:signature", args=[room.agreement.pk, place.pk]) + anchor


def _mandates(place: Signature) -> list[Mandate]:
    return [m for m in valid_mandates(place.party.agreement) if m.party_id == place.party_id]


def _forms(request: HttpRequest, room: Room, place: Signature) -> dict[str, forms.Form | None]:
    mandates = _mandates(place)
    return {
        "sign": SignForm(prefix="sign", confirmed=recent_second_factor(request)),
        "upload": UploadForm(prefix="upload", mandates=mandates),
        "paper": PaperForm(prefix="paper", mandates=mandates, initial={"signed_on": timezone.localdate()}),
        "refuse": ReasonForm(prefix="refuse"),
        "decline": ReasonForm(prefix="decline"),
    }


def _bound(request: HttpRequest, room: Room, place: Signature, do: str) -> forms.Form | None:
    if do == "sign":
        return SignForm(request.POST, prefix=do, confirmed=recent_second_factor(request))
    if do in ("refuse", "decline"):
        return ReasonForm(request.POST, prefix=do)
    if do in ("upload", "paper"):
        kind = UploadForm if do == "upload" else PaperForm
        return kind(request.POST, request.FILES, prefix=do, mandates=_mandates(place))
    return None


def _read(request: HttpRequest, place: Signature, data: Data) -> str:
    signing.confirm_read(actor=actor_of(request), signature=place)
    return _("Noted. You can sign now, or come back later and go on here.")


def _sign(request: HttpRequest, place: Signature, data: Data) -> str:
    actor = actor_of(request)
    require(can_sign(actor, my_mandate(actor, place.party)))
    if not recent_second_factor(request):
        user = User.objects.get(pk=str(actor.user_id))
        confirm_second_factor(actor=actor, user=user, code=data["code"])
    signing.sign_in_system(actor=actor, signature=place, declaration=data["declaration"])
    return _("You have signed.")


def _hold(request: HttpRequest, place: Signature, data: Data) -> str:
    signing.hold_file(actor=actor_of(request), signature=place)
    return _("The file is kept for you for 48 hours. Download it now, sign it, and upload it here.")


def _release(request: HttpRequest, place: Signature, data: Data) -> str:
    signing.release_file(actor=actor_of(request), signature=place)
    return _("The others can sign again.")


def _upload(request: HttpRequest, place: Signature, data: Data) -> str:
    _name, content, _kind = data["file"]
    signing.upload_signed(actor=actor_of(request), signature=place, mandate=data["mandate"], content=content)
    return _("The signature is in. All earlier ones are still valid.")


def _paper(request: HttpRequest, place: Signature, data: Data) -> str:
    signing.upload_paper(
        actor=actor_of(request),
        signature=place,
        mandate=data["mandate"],
        signed_on=data["signed_on"],
        scan=data["file"],
    )
    return _("The scan is in. It counts when another party has confirmed it.")


def _accept(request: HttpRequest, place: Signature, data: Data) -> str:
    signing.confirm_paper(actor=actor_of(request), signature=place, accept=True)
    return _("Confirmed. The signature counts.")


def _refuse(request: HttpRequest, place: Signature, data: Data) -> str:
    signing.confirm_paper(actor=actor_of(request), signature=place, accept=False, reason=data["reason"])
    return _("Sent back. The party can hand in another scan.")


def _decline(request: HttpRequest, place: Signature, data: Data) -> str:
    signing.decline(actor=actor_of(request), signature=place, reason=data["reason"])
    return _("Signing has ended with your reason. The text can be worked on again; nothing is lost.")


_DEEDS: dict[str, Callable[[HttpRequest, Signature, Data], str]] = {
    "read": _read,
    "sign": _sign,
    "hold": _hold,
    "release": _release,
    "upload": _upload,
    "paper": _paper,
    "accept": _accept,
    "refuse": _refuse,
    "decline": _decline,
}


def _context(request: HttpRequest, room: Room, place: Signature, shown: Data) -> Data:
    mandate = my_mandate(room.actor, place.party)
    user = User.objects.get(pk=str(room.actor.user_id))
    others = [s for s in place.round.signatures.select_related("party__organization") if s.pk != place.pk]
    open_now = place.round.state == SigningRound.State.OPEN and room.version.state == Version.State.SIGNING
    blocked = _blocked(place, others) if open_now else _("This signing round is closed.")
    handle = why_not(can_handle_signature(room.actor, place.party))
    factors = second_factors(user)
    return page(
        room,
        "sign",
        place=place,
        forms=shown,
        text=text_from_json(place.round.text),
        file_url=reverse("agreements:sign_file", args=[room.agreement.pk, place.round.current_id]),
        verify_url=verify_address(room.agreement.code),
        methods=terms(room).methods,
        written_form=_asks_for_written_form(room),
        mandate=mandate,
        mandates=_mandates(place),
        read=read_by(place, mandate),
        waiting=open_now and place.state == Signature.State.WAITING,
        to_confirm=open_now and place.state == Signature.State.UNCONFIRMED,
        ours=place.party.organization_id in room.actor.organization_ids,
        held=place.held_until if place.held_until and place.held_until > timezone.now() else None,
        signer=user,
        passkey="webauthn" in factors,
        confirmed=recent_second_factor(request),
        demo_code=demo_code(user),
        read_blocked=why_not(can_sign(room.actor, mandate)),
        sign_blocked=why_not(can_sign(room.actor, mandate)) or blocked,
        handle_blocked=handle or blocked or ("" if _mandates(place) else _("Nobody may sign yet.")),
        confirm_blocked=why_not(can_confirm_paper(room.actor, place.party, room.my_party)),
        decline_blocked=why_not(can_decline(room.actor, place.party, mandate)),
    )


def _asks_for_written_form(room: Room) -> bool:
    """A German public-law agreement: § 57 VwVfG asks for written form (not confirmed by us)."""
    agreed = room.agreed_values.get("legal_form") or {}
    forms_named = {room.agreement.legal_form, agreed.get("choice")}
    return room.agreement.network.country == "DE" and "public_law" in forms_named


def _blocked(place: Signature, others: list[Signature]) -> str:
    """Why nobody can sign in this place now; empty when somebody can."""
    held = holder_of(others)
    if held is not None:
        return _("%(name)s has the file for signing elsewhere. Please come back later; nothing is lost.") % {
            "name": held.party.organization.short_name
        }
    if place.round.order == SigningRound.Order.SEQUENCE:
        for other in sorted(others, key=lambda s: s.position):
            if other.position < place.position and other.state != Signature.State.SIGNED:
                return _("It is not your turn yet: %(name)s signs before you.") % {
                    "name": other.party.organization.short_name
                }
    return ""


def sign_file(request: HttpRequest, agreement_id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """A file of this agreement: the fixed text, the signed one, a scan, a decision, an evidence."""
    agreement = agreement_or_404(request, agreement_id)
    rounds = SigningRound.objects.filter(version__agreement=agreement).filter(
        Q(frozen=file_id) | Q(current=file_id)
    )
    places = Signature.objects.filter(party__agreement=agreement).filter(Q(file=file_id) | Q(scan=file_id))
    decisions = Adoption.objects.filter(version__agreement=agreement, document=file_id)
    evidence = Mandate.objects.filter(agreement=agreement, document=file_id)
    if not any(found.exists() for found in (rounds, places, decisions, evidence)):
        raise Http404
    file = get_or_404(StoredFile.objects.all(), pk=file_id)
    inline = request.GET.get("show") == "1"
    return download(bytes(file.content), name=file.name, media_type=file.media_type, inline=inline)
