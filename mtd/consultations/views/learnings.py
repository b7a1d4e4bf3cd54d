"""The collection of what a network learnt."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mtd.consultations.actions.learning import approve, keep_on, propose, reword, take_back
from mtd.consultations.forms.learning import LearningFilterForm, LearningForm
from mtd.consultations.models import Learning
from mtd.consultations.permissions import (
    can_approve_learning,
    can_propose_learning,
    can_take_back_learning,
    visible_learnings,
)
from mtd.core.encryption import warm
from mtd.core.errors import NotAllowed, Refused
from mtd.core.guarded import kept_reasons
from mtd.core.http import actor_of, get_or_404
from mtd.organizations.models import Network

from .gate import network_or_404

PAGE_SIZE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def learnings(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything approved, by topic; what waits for a second pair of eyes; proposing something."""
    network = network_or_404(request, slug)
    actor = actor_of(request)
    form = LearningForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            propose(actor=actor, network=network, **form.cleaned_data, kept=_kept(form))
        except NotAllowed:
            raise
        except Refused as refused:
            refused.show_on(form)
        else:
            messages.success(
                request, _("Proposed. The network coordination looks at it before others read it.")
            )
            return redirect("consultations:learnings", slug)
    choice = LearningFilterForm(request.GET or None)
    topic = choice.cleaned_data["topic"] if choice.is_valid() else ""
    found = visible_learnings(actor).filter(network=network).select_related("by")
    waiting = list(found.filter(state=Learning.State.PROPOSED))
    approved = found.filter(state=Learning.State.APPROVED)
    page = Paginator(approved.filter(topic=topic) if topic else approved, PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    rows = list(page.object_list)
    warm([*waiting, *rows])
    context = {
        "network": network,
        "crumbs": _crumbs(network)[:1],
        "page": page,
        "rows": rows,
        "waiting": waiting,
        "form": form,
        "choice": choice,
        "filtered": bool(topic),
        "may_propose": can_propose_learning(actor, network),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "consultations/learnings.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def learning(request: HttpRequest, slug: str, learning_id: uuid.UUID) -> HttpResponse:
    """One entry: read, reword, approve, keep on, take back."""
    network = network_or_404(request, slug)
    actor = actor_of(request)
    found = get_or_404(visible_learnings(actor).filter(network=network), pk=learning_id)
    opens, verb, form = found.opens(), request.POST.get("do", ""), LearningForm()
    if opens or verb not in ("", "take_back"):  # what does not open can be taken out, and nothing else
        texts = {"topic": found.topic, "situation": found.situation, "learnt": found.learnt}
        form = LearningForm(initial=texts)
    if request.method == "POST":
        try:
            if verb == "approve":
                approve(actor=actor, learning=found)
                messages.success(request, _("Approved. Everybody in the network can read it now."))
                return redirect("consultations:learnings", slug)
            if verb == "keep":
                keep_on(actor=actor, learning=found)
                messages.success(request, _("It stays, and comes up again later."))
                return redirect("consultations:learning", slug, found.pk)
            if verb == "take_back":
                take_back(actor=actor, learning=found)
                messages.success(request, _("Taken out. Its words are destroyed."))
                return redirect("consultations:learnings", slug)
            form = LearningForm(request.POST)
            if form.is_valid():
                reword(actor=actor, learning=found, **form.cleaned_data, kept=_kept(form))
                messages.success(request, _("Saved."))
                return redirect("consultations:learning", slug, found.pk)
        except NotAllowed:
            raise
        except Refused as refused:
            refused.show_on(form) if form.is_bound else messages.warning(request, str(refused))
    context = {
        "network": network,
        "crumbs": _crumbs(network),
        "learning": found,
        "opens": opens,
        "form": form,
        "proposed": found.state == Learning.State.PROPOSED,
        "may_approve": can_approve_learning(actor, found),
        "may_keep": can_approve_learning(actor, found, still=True),
        "may_change": can_take_back_learning(actor, found),
        "days": (found.ends_on - timezone.localdate()).days,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "consultations/learning.html", context, status=status)


def _kept(form: LearningForm) -> dict[str, str]:
    """Token → why a passage to check may stay, of both texts."""
    return {token: code for tokens in kept_reasons(form).values() for token, code in tokens.items()}


def _crumbs(network: Network) -> list[tuple[str, str]]:
    return [
        (_("Anonymous consultation"), reverse("consultations:index")),
        (_("What we learnt"), reverse("consultations:learnings", args=[network.slug])),
    ]
