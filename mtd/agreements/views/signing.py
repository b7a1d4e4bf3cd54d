"""The room "Adopt and sign": decisions of the bodies, mandates, fixing the text, and who has signed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mtd.agreements.actions import adoption, rounds
from mtd.agreements.forms.signing import AdoptionForm, FreezeForm, MandateForm, ReasonForm
from mtd.agreements.models import Adoption, Mandate, Signature, SigningRound, Version
from mtd.agreements.permissions import can_lead, can_run
from mtd.agreements.queries import Room, dates_of, holder_of, open_round, terms, valid_mandates
from mtd.core.errors import Denied, Permission
from mtd.core.http import actor_of, get_or_404

from .room import carry_out, page, room_or_404

ORDER = (Version.State.WORKING, Version.State.ADOPTING, Version.State.SIGNING, Version.State.SIGNED)


def why_not(permission: Permission) -> str:
    """The reason that labels a blocked button; empty when the person may."""
    return str(permission.reason) if isinstance(permission, Denied) else ""


def sign(request: HttpRequest, agreement_id: uuid.UUID) -> HttpResponse:
    """Adoption, mandates, the fixed text and its signatures; each part opens when its time has come."""
    room = room_or_404(request, agreement_id)
    forms_shown = _forms(room)
    status = 200
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do not in _DEEDS:
            raise Http404
        form = _bound(request, room, do)
        if said := carry_out(request, room, form, _DEEDS[do]):
            messages.success(request, said)
            return HttpResponseRedirect(reverse("agreements:sign", args=[agreement_id]))
        status, forms_shown[do] = 422, form
    return render(request, "agreements/sign.html", _context(room, forms_shown), status=status)


def _forms(room: Room) -> dict[str, forms.Form | None]:
    shown: dict[str, forms.Form | None] = {
        "reopen": ReasonForm(prefix="reopen"),
        "cancel": ReasonForm(prefix="cancel"),
    }
    if room.my_party is not None:
        own = Adoption.objects.filter(version=room.version, party=room.my_party).first()
        shown["adopt"] = AdoptionForm(prefix="adopt", initial=_initial(own))
        shown["mandate"] = MandateForm(prefix="mandate", party=room.my_party)
    if room.version.state == Version.State.ADOPTING:
        shown["freeze"] = _freeze_form(room)
    return shown


def _initial(own: Adoption | None) -> dict[str, Any]:
    if own is None:
        return {}
    return {
        "needed": "yes" if own.needed else "no",
        "body": own.body,
        "decided_on": own.decided_on,
        "resolution": own.resolution,
    }


def _freeze_form(room: Room, data: Any = None) -> FreezeForm:
    first, review = dates_of(room)
    return FreezeForm(data, prefix="freeze", first=first, review=review, order=terms(room).order)


def _bound(request: HttpRequest, room: Room, do: str) -> forms.Form | None:
    if do in ("reopen", "cancel"):
        return ReasonForm(request.POST, prefix=do)
    if do == "freeze":
        return _freeze_form(room, request.POST)
    if do in ("adopt", "mandate"):
        if room.my_party is None:
            raise Http404
        if do == "adopt":
            return AdoptionForm(request.POST, request.FILES, prefix=do)
        return MandateForm(request.POST, request.FILES, prefix=do, party=room.my_party)
    return None


def _start(request: HttpRequest, room: Room, data: dict[str, Any]) -> str:
    adoption.start_adoption(actor=actor_of(request), version=room.version)
    return _("The text now lies before the bodies.")


def _reopen(request: HttpRequest, room: Room, data: dict[str, Any]) -> str:
    adoption.reopen(actor=actor_of(request), version=room.version, **data)
    return _("The text can be worked on again.")


def _adopt(request: HttpRequest, room: Room, data: dict[str, Any]) -> str:
    assert room.my_party is not None
    adoption.record_adoption(actor=actor_of(request), version=room.version, party=room.my_party, **data)
    return _("The decision is recorded.")


def _mandate(request: HttpRequest, room: Room, data: dict[str, Any]) -> str:
    assert room.my_party is not None
    adoption.propose_mandate(actor=actor_of(request), agreement=room.agreement, party=room.my_party, **data)
    return _("Proposed. The lead of your organisation confirms it.")


def _named_mandate(request: HttpRequest, room: Room) -> Mandate:
    return get_or_404(Mandate.objects.filter(agreement=room.agreement), pk=request.POST.get("mandate"))


def _confirm(request: HttpRequest, room: Room, data: dict[str, Any]) -> str:
    adoption.confirm_mandate(actor=actor_of(request), mandate=_named_mandate(request, room))
    return _("The mandate is confirmed.")


def _revoke(request: HttpRequest, room: Room, data: dict[str, Any]) -> str:
    adoption.revoke_mandate(actor=actor_of(request), mandate=_named_mandate(request, room))
    return _("The mandate is revoked. Signatures already given stay.")


def _freeze(request: HttpRequest, room: Room, data: dict[str, Any]) -> str:
    rounds.freeze(actor=actor_of(request), version=room.version, **data)
    return _("The text is fixed. Signing can begin.")


def _cancel(request: HttpRequest, room: Room, data: dict[str, Any]) -> str:
    open_now = get_or_404(SigningRound.objects.filter(version=room.version), state=SigningRound.State.OPEN)
    rounds.cancel_round(actor=actor_of(request), signing_round=open_now, **data)
    return _("Signing was stopped. Everything is kept, and the text can be worked on again.")


_DEEDS: dict[str, Callable[[HttpRequest, Room, dict[str, Any]], str]] = {
    "start": _start,
    "reopen": _reopen,
    "adopt": _adopt,
    "mandate": _mandate,
    "confirm": _confirm,
    "revoke": _revoke,
    "freeze": _freeze,
    "cancel": _cancel,
}


def _context(room: Room, shown: dict[str, forms.Form | None]) -> dict[str, Any]:
    version = room.version
    signing_round = open_round(version)
    signatures = list(signing_round.signatures.all()) if signing_round else []
    mandates = list(
        Mandate.objects.filter(agreement=room.agreement, revoked_at__isnull=True).select_related(
            "party__organization", "user", "confirmed_by"
        )
    )
    adoptions = {
        one.party_id: one
        for one in Adoption.objects.filter(version=version).select_related("document", "recorded_by")
    }
    able = {mandate.party_id for mandate in valid_mandates(room.agreement)}
    parties = [
        {
            "party": party,
            "ours": room.my_party is not None and party.pk == room.my_party.pk,
            "adoption": adoptions.get(party.pk),
            "mandates": [m for m in mandates if m.party_id == party.pk],
            "able": party.pk in able,
        }
        for party in room.parties
    ]
    first, review = (version.in_force_from, version.review_on) if signing_round else dates_of(room)
    missing = room.standing.missing_required() if version.state == Version.State.WORKING else ()
    run = why_not(can_run(room.actor, room.agreement))
    not_adopted = [row["party"] for row in parties if row["adoption"] is None]
    not_able = [row["party"] for row in parties if not row["able"]]
    return page(
        room,
        "sign",
        forms=shown,
        parties=parties,
        round=signing_round,
        signatures=_places(room, signing_round, signatures),
        signed=sum(s.state == Signature.State.SIGNED for s in signatures),
        holder=holder_of(signatures),
        earlier=SigningRound.objects.filter(version__agreement=room.agreement)
        .exclude(pk__in=[signing_round.pk] if signing_round else [])
        .defer("text")
        .select_related("version", "frozen", "current")
        .prefetch_related("signatures__party__organization")
        .order_by("-started_at"),
        missing=missing,
        first_day=first,
        review_day=review,
        not_adopted=not_adopted,
        not_able=not_able,
        start_blocked=run or (_("Some needed questions are not agreed yet.") if missing else ""),
        run_blocked=run,
        freeze_blocked=run
        or (_("Not every party has adopted the text yet.") if not_adopted else "")
        or (_("Not every party has somebody who may sign.") if not_able else ""),
        lead_blocked=why_not(can_lead(room.actor, room.my_party)) if room.my_party else "",
        steps=_steps(room, signing_round),
        open_part=_open_part(version, not_adopted),
    )


def _places(
    room: Room, signing_round: SigningRound | None, signatures: list[Signature]
) -> list[dict[str, Any]]:
    waiting = [s for s in signatures if s.state != Signature.State.SIGNED]
    turn = waiting[0].pk if waiting else None
    parallel = signing_round is not None and signing_round.order == SigningRound.Order.PARALLEL
    return [
        {
            "signature": one,
            "ours": room.my_party is not None and one.party_id == room.my_party.pk,
            "turn": one.state == Signature.State.WAITING and (parallel or one.pk == turn),
            "confirm": one.state == Signature.State.UNCONFIRMED
            and room.my_party is not None
            and one.party_id != room.my_party.pk,
        }
        for one in signatures
    ]


def _open_part(version: Version, not_adopted: list[Any]) -> str:
    if version.state == Version.State.ADOPTING:
        return "adoption" if not_adopted else "freeze"
    return "adoption" if version.state == Version.State.WORKING else "round"


def _steps(room: Room, signing_round: SigningRound | None) -> list[dict[str, Any]]:
    """The way of one version from the last agreed question to its first day in force."""
    names = [
        (pgettext("step of signing", "Work out"), "agreements:questions"),
        (pgettext("step of signing", "Adopt"), "#adoption"),
        (pgettext("step of signing", "Sign"), "#round"),
        (pgettext("step of signing", "Signed by all"), "#round"),
        (pgettext("step of signing", "In force"), "agreements:life"),
    ]
    state = Version.State(room.version.state)
    here = ORDER.index(state) if state in ORDER else len(ORDER)
    return [
        {
            "name": name,
            "state": "done" if number < here else "here" if number == here else "next",
            "url": target if target.startswith("#") else reverse(target, args=[room.agreement.pk]),
            "number": number + 1,
        }
        for number, (name, target) in enumerate(names)
    ]
