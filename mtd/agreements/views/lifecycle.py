"""The room "Life": versions, dates, and what can be changed, left or ended."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from mtd.agreements.actions import lifecycle
from mtd.agreements.actions.founding import abandon
from mtd.agreements.forms.signing import AmendForm, DayAndReasonForm, ReasonForm, ReviewForm
from mtd.agreements.models import Agreement, SigningRound, Version
from mtd.agreements.permissions import can_lead, can_run
from mtd.agreements.queries import IN_WORK, Room, earliest_leave, load_room
from mtd.agreements.text import ClauseChange, assemble, difference, text_from_json
from mtd.core.http import actor_of
from mtd.organizations.queries import organizations_of

from .room import carry_out, page, room_or_404
from .signing import why_not

Data = dict[str, Any]


def life(request: HttpRequest, agreement_id: uuid.UUID) -> HttpResponse:
    """Where the agreement is in its life, what changes compared with the signed text, and what can be done."""
    room = room_or_404(request, agreement_id)
    shown = _forms(room)
    status = 200
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do not in _DEEDS:
            raise Http404
        form = _bound(request, room, do)
        if said := carry_out(request, room, form, _DEEDS[do]):
            messages.success(request, said)
            target = "overview" if do == "amend" else "life"
            return HttpResponseRedirect(reverse(f"agreements:{target}", args=[agreement_id]))
        status, shown[do] = 422, form
    return render(request, "agreements/life.html", _context(room, shown), status=status)


def _candidates(room: Room) -> Any:
    at_table = [party.organization_id for party in room.parties]
    return organizations_of(room.agreement.network).exclude(pk__in=at_table)


def _forms(room: Room) -> dict[str, forms.Form | None]:
    return {
        "amend": AmendForm(prefix="amend", candidates=_candidates(room)),
        "notice": DayAndReasonForm(prefix="notice", initial={"on": earliest_leave(room)}),
        "terminate": DayAndReasonForm(prefix="terminate"),
        "review": ReviewForm(prefix="review"),
        "leave": ReasonForm(prefix="leave"),
        "abandon": ReasonForm(prefix="abandon"),
    }


def _bound(request: HttpRequest, room: Room, do: str) -> forms.Form | None:
    if do == "amend":
        return AmendForm(request.POST, prefix=do, candidates=_candidates(room))
    kinds: dict[str, type[forms.Form]] = {
        "notice": DayAndReasonForm,
        "terminate": DayAndReasonForm,
        "review": ReviewForm,
        "leave": ReasonForm,
        "abandon": ReasonForm,
    }
    return kinds[do](request.POST, prefix=do) if do in kinds else None


def _amend(request: HttpRequest, room: Room, data: Data) -> str:
    if data["kind"] != Version.Kind.JOINING:
        data = {**data, "organization": None}
    lifecycle.begin_amendment(actor=actor_of(request), agreement=room.agreement, **data)
    return _("The next version is open. The one in force stays as it is until all have signed.")


def _notice(request: HttpRequest, room: Room, data: Data) -> str:
    lifecycle.give_notice(actor=actor_of(request), party=_own(room), **data)
    return _("Notice is given. You can take it back until the day has come.")


def _withdraw(request: HttpRequest, room: Room, data: Data) -> str:
    lifecycle.withdraw_notice(actor=actor_of(request), party=_own(room))
    return _("The notice is taken back.")


def _leave(request: HttpRequest, room: Room, data: Data) -> str:
    lifecycle.leave_table(actor=actor_of(request), version=room.version, party=_own(room), **data)
    return _("Your organisation is no longer at the table. What it said stays in the log.")


def _own(room: Room) -> Any:
    if room.my_party is None:
        raise Http404
    return room.my_party


def _terminate(request: HttpRequest, room: Room, data: Data) -> str:
    agreement = lifecycle.terminate(actor=actor_of(request), agreement=room.agreement, **data)
    if agreement.state == Agreement.State.ENDED:
        return _("The agreement has ended.")
    return _("The agreement ends on the day you named.")


def _review(request: HttpRequest, room: Room, data: Data) -> str:
    lifecycle.confirm_review(actor=actor_of(request), agreement=room.agreement, **data)
    return _("The review is noted.")


def _abandon(request: HttpRequest, room: Room, data: Data) -> str:
    abandon(actor=actor_of(request), version=room.version, **data)
    return _("Given up. Everything stays readable.")


def _profile(request: HttpRequest, room: Room, data: Data) -> str:
    public = request.POST.get("public") == "1"
    lifecycle.set_profile_public(actor=actor_of(request), agreement=room.agreement, public=public)
    return (
        _("The profile sheet is public.") if public else _("The profile sheet is for signed-in people only.")
    )


_DEEDS: dict[str, Callable[[HttpRequest, Room, Data], str]] = {
    "amend": _amend,
    "notice": _notice,
    "withdraw": _withdraw,
    "leave": _leave,
    "terminate": _terminate,
    "review": _review,
    "abandon": _abandon,
    "profile": _profile,
}


def _context(room: Room, shown: Data) -> Data:
    agreement = room.agreement
    run = why_not(can_run(room.actor, agreement))
    in_force = next((v for v in room.versions if v.state == Version.State.IN_FORCE), None)
    in_work = next((v for v in room.versions if v.state in IN_WORK), None)
    rounds: dict[Any, SigningRound] = {}
    for one in SigningRound.objects.filter(version__agreement=agreement, state="complete").defer("text"):
        rounds[one.version_id] = one
    no_force = "" if in_force else _("Only an agreement in force can be changed like this.")
    return page(
        room,
        "life",
        forms=shown,
        today=timezone.localdate(),
        in_force=in_force,
        in_work=in_work,
        versions=[{"version": v, "round": rounds.get(v.pk)} for v in reversed(room.versions)],
        steps=_steps(agreement, in_force, in_work),
        changes=_changes(room),
        leaving=[party for party in room.parties if party.leaving_on],
        earliest=earliest_leave(room),
        run_blocked=run,
        amend_blocked=run
        or no_force
        or (
            _("A new version is being worked out already. Bring your change into that one.")
            if in_work
            else ""
        ),
        end_blocked=run or no_force,
        notice_blocked=why_not(can_lead(room.actor, room.my_party)) if room.my_party else "",
        can_leave_table=in_work is not None
        and in_work.state != Version.State.SIGNED
        and room.my_party is not None
        and room.my_party.from_version == in_work.number,
        can_abandon=room.version.state in (Version.State.WORKING, Version.State.ADOPTING),
    )


def _changes(room: Room) -> tuple[ClauseChange, ...]:
    """What the version in work changes in the signed text of the one before; empty for a first version."""
    base = room.version.base
    if base is None or room.version.state not in IN_WORK:
        return ()
    signed = SigningRound.objects.filter(version=base, state="complete").first()
    language = get_language() or "en"
    if language not in room.agreement.languages:
        language = room.agreement.language
    if signed is not None:
        before = text_from_json(signed.text)
    else:
        before = assemble(load_room(room.actor, room.agreement, base))
    return difference(before, assemble(room), language)


def _steps(agreement: Agreement, in_force: Version | None, in_work: Version | None) -> list[Data]:
    """The life of an agreement as a road."""
    names = [
        pgettext("life of an agreement", "Worked out"),
        pgettext("life of an agreement", "Adopted and signed"),
        pgettext("life of an agreement", "In force"),
        pgettext("life of an agreement", "Reviewed"),
        pgettext("life of an agreement", "Renewed or ended"),
    ]
    here = 0
    if in_force is not None:
        review = agreement.review_on
        here = 3 if review and review <= timezone.localdate() else 2
        if in_work is not None:
            here = 4
    elif agreement.state in (Agreement.State.ENDED, Agreement.State.ABANDONED):
        here = 4
    elif in_work is not None and in_work.state != Version.State.WORKING:
        here = 1
    when = {2: agreement.in_force_from, 3: agreement.review_on, 4: agreement.ended_on or agreement.ends_on}
    return [
        {
            "name": name,
            "state": "done" if number < here else "here" if number == here else "next",
            "when": _day(when.get(number)),
            "number": number + 1,
        }
        for number, name in enumerate(names)
    ]


def _day(day: Any) -> str:
    return date_format(day, "j F Y") if day else ""
