"""The page of one question: reading it, answering, asking back, replying, summing up, did it help, ending it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from mtd.agreements.permissions import can_view as can_enter_agreement
from mtd.consultations.actions import answering
from mtd.consultations.actions.answering import Overtaken
from mtd.consultations.actions.ending import end
from mtd.consultations.actions.reading import note_reading
from mtd.consultations.copying import as_pdf, as_text, copy_of
from mtd.consultations.forms.answering import HelpedForm, SayForm
from mtd.consultations.models import Consultation, Way
from mtd.consultations.permissions import (
    can_answer,
    can_conclude,
    can_sum_up,
    can_take_part,
    is_asker,
)
from mtd.consultations.queries.case import case_view
from mtd.consultations.queries.deadline import due_words, promise_of
from mtd.consultations.queries.ground import ground_of
from mtd.consultations.queries.lapses import lapse_of
from mtd.consultations.queries.people import asked_of
from mtd.consultations.queries.thread import countdown_of, readers_of, said_by, thread_of
from mtd.core.actor import Actor
from mtd.core.errors import Message, NotAllowed, Refused, require
from mtd.core.guarded import kept_reasons
from mtd.core.http import actor_of, download

from .gate import choosing, consultation_or_404

State = Consultation.State
Forms = dict[str, forms.Form]
_SAY: dict[str, tuple[Callable[..., Any], Message]] = {
    "answer": (answering.answer, gettext_lazy("Sent. Who asked has been told.")),
    "ask_back": (answering.ask_back, gettext_lazy("Sent. Who asked has been told.")),
    "reply": (answering.reply, gettext_lazy("Sent. Those who were asked have been told.")),
    "sum_up": (answering.sum_up, gettext_lazy("Noted. Those who advised you have been told.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, consultation_id: uuid.UUID) -> HttpResponse:
    """One question with everything said to it; reading it is noted."""
    consultation = consultation_or_404(request, consultation_id)
    if consultation.state == State.DRAFT:
        return HttpResponseRedirect(reverse("consultations:household", args=[consultation.pk]))
    if request.method == "POST":
        return _do(request, consultation)
    return _show(request, consultation, {})


def _do(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    actor, verb = actor_of(request), request.POST.get("do", "")
    if verb in _SAY:
        return _say(request, consultation, verb)
    if verb == "helped":
        form = HelpedForm(request.POST)
        if not form.is_valid():
            return _show(request, consultation, {"helped": form}, 422)
        answering.rate(actor=actor, consultation=consultation, helped=form.cleaned_data["helped"])
        messages.success(request, _("Thank you."))
        return HttpResponseRedirect(_address(consultation) + "#helped")
    if verb == "ask_again":
        draft = answering.ask_again(actor=actor, consultation=consultation)
        messages.success(request, _("Taken back. Your words are a draft again, which nobody but you sees."))
        return HttpResponseRedirect(choosing(draft))
    if verb == "take_back":
        answering.take_back(actor=actor, consultation=consultation)
        messages.success(request, _("Taken back. Its words are destroyed."))
    elif verb == "end":
        end(actor=actor, consultation=consultation, ending=Consultation.Ending.ASKER)
        messages.success(request, _("Ended. Its words are destroyed; only what is counted stays."))
    else:
        raise Http404
    return HttpResponseRedirect(reverse("consultations:index"))


def _say(request: HttpRequest, consultation: Consultation, verb: str) -> HttpResponse:
    action, said = _SAY[verb]
    may = can_answer if verb in ("answer", "ask_back") else can_conclude
    require(may(actor_of(request), consultation))
    form = SayForm(request.POST, verb=verb)
    came: Overtaken | None = None
    if form.is_valid():
        try:
            action(
                actor=actor_of(request),
                consultation=consultation,
                text=form.cleaned_data["text"],
                kept=kept_reasons(form).get("text", {}),
                revision=form.cleaned_data["revision"],
            )
        except NotAllowed:
            raise
        except Overtaken as overtaken:
            came = overtaken
            form = _again(request, verb, overtaken)
        except Refused as refused:
            refused.show_on(form)
        else:
            messages.success(request, str(said))
            return HttpResponseRedirect(_address(consultation) + "#thread")
    fresh = consultation_or_404(request, consultation.pk)
    return _show(request, fresh, {verb: form}, 409 if came else 422, came)


def _again(request: HttpRequest, verb: str, overtaken: Overtaken) -> SayForm:
    """The same form with what was typed, now knowing what came in: sent once more, it goes."""
    data = request.POST.copy()
    data[f"{verb}-revision"] = str(overtaken.revision)
    form = SayForm(data, verb=verb)
    form.is_valid()
    overtaken.show_on(form)
    return form


def _address(consultation: Consultation) -> str:
    return reverse("consultations:page", args=[consultation.pk])


def _show(
    request: HttpRequest,
    consultation: Consultation,
    bound: Forms,
    status: int = 200,
    came: Overtaken | None = None,
) -> HttpResponse:
    # Also when a form comes back: it is the same page with the same words.
    note_reading(actor=actor_of(request), consultation=consultation)
    return render(
        request, "consultations/page.html", _context(request, consultation, bound, came), status=status
    )


def _context(
    request: HttpRequest, consultation: Consultation, bound: Forms, came: Overtaken | None
) -> dict[str, Any]:
    actor, ground = actor_of(request), ground_of(consultation.agreement)
    clause = ground.clause(consultation.question_key) if ground and consultation.question_key else None
    if clause and consultation.agreement and not can_enter_agreement(actor, consultation.agreement):
        clause = replace(clause, url="")  # a guest of the case discussion, whose house is no party
    said = thread_of(actor, consultation)
    return {
        "consultation": consultation,
        "network": consultation.network,
        "crumbs": [(_("Anonymous consultation"), reverse("consultations:index"))],
        "case": case_view(consultation),
        "clause": clause,
        "promise": promise_of(ground),
        "until": due_words(consultation),
        "asked": asked_of(consultation),
        "lapse": lapse_of(consultation),
        "thread": said,
        "answers": sum(one.is_advice for one in said),
        "readers": readers_of(consultation),
        "countdown": countdown_of(consultation),
        "late": consultation.state == State.SENT
        and consultation.due_at is not None
        and consultation.due_at < timezone.now(),
        "mine": is_asker(actor, consultation),
        "came": said_by(actor, came.came) if came else [],
        "bound": next(iter(bound), ""),
        "may_round": can_take_part(actor, consultation)
        if consultation.way in (Way.DISCUSSION, Way.OWN_HOUSE)
        else False,
        "forms": _forms(actor, consultation) | bound,
    }


def _forms(actor: Actor, consultation: Consultation) -> Forms:
    """The forms that this person has on this page now."""
    found: Forms = {}
    start = {"revision": consultation.revision}
    if can_answer(actor, consultation):
        found["answer"] = SayForm(verb="answer", initial=start)
        if consultation.state in (State.SENT, State.ANSWERED):
            found["ask_back"] = SayForm(verb="ask_back", initial=start)
    if can_conclude(actor, consultation):
        found["reply"] = SayForm(verb="reply", initial=start)
        if can_sum_up(actor, consultation):
            found["sum_up"] = SayForm(verb="sum_up", initial=start)
        if consultation.state in (State.ANSWERED, State.CLOSED):
            found["helped"] = HelpedForm(initial={"helped": consultation.helped})
        found["end"] = forms.Form()
        if consultation.state == State.SENT:
            found["take_back"] = forms.Form()
    return found


@require_GET
def copy(request: HttpRequest, consultation_id: uuid.UUID, kind: str) -> HttpResponse:
    """A copy for one's own file, as text or PDF; taking one is noted."""
    consultation = consultation_or_404(request, consultation_id)
    if consultation.state == State.DRAFT or kind not in ("pdf", "txt"):
        raise Http404
    actor = actor_of(request)
    document = copy_of(consultation, thread_of(actor, consultation), on=timezone.localdate())
    note_reading(actor=actor, consultation=consultation, copy=True)
    if kind == "pdf":
        return download(as_pdf(document), name=f"{consultation.number}.pdf", media_type="application/pdf")
    content = as_text(document).encode("utf-8")
    return download(content, name=f"{consultation.number}.txt", media_type="text/plain; charset=utf-8")
