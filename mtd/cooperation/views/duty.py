"""One duty: its rule, how it was kept over the years, what shows it, and what can be done."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from mtd.agreements.models import Agreement
from mtd.cooperation.actions import duties as resting
from mtd.cooperation.actions import evidence as showing
from mtd.cooperation.forms.evidence import (
    ContestForm,
    GraceForm,
    PauseForm,
    ResumeForm,
    SettleForm,
    ShowForm,
)
from mtd.cooperation.models import Contest, Pause
from mtd.cooperation.obligations import AtLeast, Duty, On, Within, proposed_grace
from mtd.cooperation.permissions import (
    can_contest,
    can_pause,
    can_set_grace,
    can_settle_contest,
    can_show_done,
    can_take_back,
    can_withdraw_contest,
    visible_contests,
    visible_evidence,
    visible_pauses,
)
from mtd.cooperation.queries.duties import DutyState, duties_of, find_duty
from mtd.cooperation.queries.duty_evidence import MEETING_DUTIES, find_proof
from mtd.cooperation.queries.duty_pages import (
    KINDS,
    DeedRow,
    ProofRow,
    deed_rows,
    level_rows,
    occurrence_rows,
    status_words,
)
from mtd.cooperation.queries.duty_path import path_of
from mtd.cooperation.queries.duty_steps import with_owners
from mtd.core.actor import Actor
from mtd.core.errors import Denied, NotAllowed, Permission, Refused
from mtd.core.http import actor_of, get_or_404

from .lived import agreement_or_404, lived_crumbs

Forms = dict[str, Form]


@require_http_methods(["GET", "POST"])
def duty(request: HttpRequest, agreement_id: uuid.UUID, key: str) -> HttpResponse:
    """One duty, or with `?party=` one party's share of it."""
    agreement = agreement_or_404(request, agreement_id)
    shares = [d for d in with_owners(duties_of(agreement)) if d.question_key == key]
    asked = request.GET.get("party", "")
    found = find_duty(shares, key, asked) if asked else _first(actor_of(request), shares)
    if found is None:
        raise Http404
    if request.method == "POST":
        do = _DO.get(request.POST.get("do", ""))
        if do is None:
            raise Http404
        return do(request, found, shares)
    return _show(request, found, shares)


def _first(actor: Actor, shares: list[DutyState]) -> DutyState | None:
    """The share of the reader's own organisation, else the first."""
    mine = [d for d in shares if d.party and d.party.organization_id in actor.organization_ids]
    return next(iter([*mine, *shares]), None)


# --- what is done -----------------------------------------------------------------------------------------


def _try(
    request: HttpRequest,
    found: DutyState,
    shares: list[DutyState],
    name: str,
    form: Form,
    act: Callable[[], object],
    said: str,
) -> HttpResponse:
    """Do it if the form is valid; show the reason at its field if the action refuses."""
    if form.is_valid():
        try:
            act()
        except NotAllowed:
            raise
        except Refused as refused:
            refused.show_on(form)
        else:
            messages.success(request, said)
            return redirect(found.url)
    return _show(request, found, shares, {name: form}, status=422)


def _do_show(request: HttpRequest, found: DutyState, shares: list[DutyState]) -> HttpResponse:
    form = ShowForm(request.POST, request.FILES)

    def act() -> object:
        data = form.cleaned_data
        return showing.show_done(
            actor=actor_of(request),
            agreement=found.agreement,
            question_key=found.question_key,
            party=found.party,
            on=data["on"],
            note=data["note"],
            file=form.upload,
        )

    return _try(
        request, found, shares, "show", form, act, gettext("Thank you. It is noted, and all parties see it.")
    )


def _do_take_back(request: HttpRequest, found: DutyState, shares: list[DutyState]) -> HttpResponse:
    mine = visible_evidence(actor_of(request)).filter(agreement=found.agreement)
    row = get_or_404(mine, pk=request.POST.get("evidence", ""))
    showing.take_back(actor=actor_of(request), evidence=row)
    messages.success(request, gettext("It is taken back and no longer counts."))
    return redirect(found.url)


def _do_contest(request: HttpRequest, found: DutyState, shares: list[DutyState]) -> HttpResponse:
    source, _dash, source_id = request.POST.get("proof", "").partition("-")
    name = f"{source}-{source_id}"
    form = ContestForm(request.POST, name=name)
    find_proof(found.deeds, source, source_id)

    def act() -> object:
        return showing.contest(
            actor=actor_of(request),
            agreement=found.agreement,
            question_key=found.question_key,
            party=found.party,
            source=source,
            source_id=uuid.UUID(source_id),
            reason=form.cleaned_data["reason"],
        )

    said = gettext("It is marked as contested. The coordination is told.")
    return _try(request, found, shares, f"contest-{name}", form, act, said)


def _contest(request: HttpRequest, found: DutyState) -> Contest:
    doubts = visible_contests(actor_of(request)).filter(agreement=found.agreement)
    return get_or_404(doubts, pk=request.POST.get("contest", ""))


def _do_withdraw(request: HttpRequest, found: DutyState, shares: list[DutyState]) -> HttpResponse:
    showing.withdraw_contest(actor=actor_of(request), contest=_contest(request, found))
    messages.success(request, gettext("The doubt is taken back."))
    return redirect(found.url)


def _do_settle(request: HttpRequest, found: DutyState, shares: list[DutyState]) -> HttpResponse:
    doubt = _contest(request, found)
    form = SettleForm(request.POST, name=str(doubt.pk))

    def act() -> object:
        return showing.settle_contest(
            actor=actor_of(request),
            contest=doubt,
            upheld=form.cleaned_data["upheld"] == "yes",
            settlement=form.cleaned_data["settlement"],
        )

    return _try(request, found, shares, f"settle-{doubt.pk}", form, act, gettext("The doubt is settled."))


def _do_pause(request: HttpRequest, found: DutyState, shares: list[DutyState]) -> HttpResponse:
    form = PauseForm(request.POST, shared=found.party is not None)

    def act() -> object:
        data = form.cleaned_data
        return resting.pause_duty(
            actor=actor_of(request),
            agreement=found.agreement,
            question_key=found.question_key,
            party=None if data.get("everybody") else found.party,
            from_on=data["from_on"],
            until_on=data["until_on"],
            reason=data["reason"],
        )

    return _try(request, found, shares, "pause", form, act, gettext("The duty rests."))


def _do_resume(request: HttpRequest, found: DutyState, shares: list[DutyState]) -> HttpResponse:
    rests = visible_pauses(actor_of(request)).filter(agreement=found.agreement)
    pause = get_or_404(rests, pk=request.POST.get("pause", ""))
    form = ResumeForm(request.POST, name=str(pause.pk))

    def act() -> object:
        return resting.resume_duty(actor=actor_of(request), pause=pause, on=form.cleaned_data["on"])

    return _try(
        request, found, shares, f"resume-{pause.pk}", form, act, gettext("The duty is taken up again.")
    )


def _do_grace(request: HttpRequest, found: DutyState, shares: list[DutyState]) -> HttpResponse:
    form = GraceForm(request.POST)

    def act() -> object:
        return resting.set_grace(
            actor=actor_of(request),
            agreement=found.agreement,
            question_key=found.question_key,
            days=form.cleaned_data["days"],
        )

    return _try(request, found, shares, "grace", form, act, gettext("The days of grace are set."))


_DO: dict[str, Callable[[HttpRequest, DutyState, list[DutyState]], HttpResponse]] = {
    "show": _do_show,
    "take_back": _do_take_back,
    "contest": _do_contest,
    "withdraw": _do_withdraw,
    "settle": _do_settle,
    "pause": _do_pause,
    "resume": _do_resume,
    "grace": _do_grace,
}


# --- what is shown ----------------------------------------------------------------------------------------


def _why(permission: Permission) -> str:
    return str(permission.reason) if isinstance(permission, Denied) else ""


def _show(
    request: HttpRequest,
    found: DutyState,
    shares: list[DutyState],
    bound: Forms | None = None,
    status: int = 200,
) -> HttpResponse:
    actor, agreement, forms = actor_of(request), found.agreement, bound or {}
    counted = not isinstance(found.rule, Within)
    path = path_of(found.said)
    kind = {duty: kind for kind, duty in MEETING_DUTIES.items()}.get(found.type.value, "")
    deeds = deed_rows(actor, found)
    party = bool(can_contest(actor, agreement, None))
    context = {
        "agreement": agreement,
        "network": agreement.network,
        "network_name": agreement.network.name,
        "crumbs": _crumbs(agreement),
        "duty": found,
        "shares": [(one, _kind(one), status_words(one.status)) for one in shares if one.party],
        "kind": _kind(found),
        "state_words": gettext("cannot be read") if found.problem else status_words(found.status),
        "years": occurrence_rows(found),
        "deeds": [(row, _proofs(actor, agreement, row, forms, party)) for row in deeds],
        "levels": level_rows(found),
        "path": path,
        "counted": counted,
        "meeting_kind": kind,
        "grace": getattr(found.rule, "grace_days", None),
        "grace_default": _default_grace(found),
        "door": _door(found, kind) if found.in_force else None,
        "show": forms.get("show") or ShowForm(),
        "show_blocked": _why(can_show_done(actor, agreement, found.party)),
        "pause_form": forms.get("pause") or PauseForm(shared=found.party is not None),
        "pause_blocked": _why(can_pause(actor, agreement, found.party)),
        "pauses": [_rest(actor, agreement, pause, forms) for pause in found.pauses],
        "grace_form": forms.get("grace")
        or GraceForm(initial={"days": getattr(found.rule, "grace_days", None)}),
        "grace_blocked": _why(can_set_grace(actor, agreement)),
        "today": found.reckoning.today,
        "last_year": found.reckoning.today.year - 1,
        "before_open": any(name.startswith(("contest-", "settle-")) for name in forms),
    }
    return render(request, "cooperation/duty.html", context, status=status)


def _door(found: DutyState, meeting_kind: str) -> tuple[str, str] | None:
    """Where it is done, if somewhere in here: what is done there counts by itself."""
    slug = found.agreement.network.slug
    if meeting_kind:
        return gettext("Call the meeting"), f"{reverse('meetings:new', args=[slug])}?kind={meeting_kind}"
    match found.type:
        case Duty.JOB_SHADOWING:
            return gettext("Find a place"), reverse("cooperation:shadowing", args=[slug])
        case Duty.CONTACT_LIST_UPDATE:
            return gettext("Check the contacts"), reverse("cooperation:people", args=[slug])
        case Duty.AGREEMENT_REVIEW:
            return gettext("Note the review"), reverse(
                "agreements:life", args=[found.agreement.pk]
            ) + "#review"
    return None


def _kind(found: DutyState) -> str:
    return "late" if found.problem else KINDS[found.status]


def _crumbs(agreement: Agreement) -> list[tuple[str, str]]:
    duties = (gettext("Duties"), reverse("cooperation:duties", args=[agreement.pk]))
    return [*lived_crumbs(agreement), duties]


def _default_grace(found: DutyState) -> int:
    match found.rule:
        case AtLeast(per=per):
            return proposed_grace(found.type, per)
        case On():
            return proposed_grace(found.type, "on")
    return proposed_grace(found.type, "after")


def _proofs(
    actor: Actor, agreement: Agreement, row: DeedRow, forms: Forms, party: bool
) -> list[dict[str, Any]]:
    """Each proof of an act with its forms, as far as this person may use them."""
    return [_proof(actor, agreement, proof, forms, party) for proof in row.proofs]


def _proof(actor: Actor, agreement: Agreement, proof: ProofRow, forms: Forms, party: bool) -> dict[str, Any]:
    open_doubts = [c for c in proof.contests if c.state == Contest.State.OPEN]
    own = any(can_withdraw_contest(actor, doubt) for doubt in open_doubts)
    brought_by = proof.brought_by.organization_id if proof.brought_by else None
    may = party and brought_by not in actor.organization_ids  # as `can_contest`, asked once for the page
    name = f"contest-{proof.name}"
    return {
        "row": proof,
        "take_back": proof.evidence is not None and bool(can_take_back(actor, proof.evidence)),
        "contest": (forms.get(name) or ContestForm(name=proof.name)) if may and not own else None,
        "contests": [
            {
                "row": doubt,
                "open": doubt.state == Contest.State.OPEN,
                "withdraw": doubt in open_doubts and bool(can_withdraw_contest(actor, doubt)),
                "settle": (forms.get(f"settle-{doubt.pk}") or SettleForm(name=str(doubt.pk)))
                if doubt in open_doubts and can_settle_contest(actor, agreement)
                else None,
            }
            for doubt in proof.contests
        ],
    }


def _rest(actor: Actor, agreement: Agreement, pause: Pause, forms: Forms) -> dict[str, Any]:
    """A pause with the form that ends it, while it runs or is still to come."""
    running = pause.until_on is None or pause.until_on >= timezone.localdate()
    return {
        "row": pause,
        "form": forms.get(f"resume-{pause.pk}") or ResumeForm(name=str(pause.pk)),
        "may": running and bool(can_pause(actor, agreement, pause.party)),
    }
