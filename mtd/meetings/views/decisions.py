"""What was decided in a network, and what one has taken on oneself."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from mtd.core.http import actor_of, get_or_404
from mtd.meetings.actions import finish_decision, finish_task
from mtd.meetings.permissions import (
    can_finish_decision,
    visible_decisions,
    visible_tasks,
)
from mtd.meetings.queries.minutes import network_decisions, tasks_of

from .gate import network_or_404


def decisions(request: HttpRequest, slug: str) -> HttpResponse:
    """The decisions of a network's meetings that the person may read: all, to be carried out, overdue."""
    network = network_or_404(request, slug)
    actor = actor_of(request)
    which = request.GET.get("which", "")
    which = which if which in ("open", "late") else ""
    page = network_decisions(actor, network, which=which, number=request.GET.get("page"))
    choices = [
        ("", pgettext("decisions", "All")),
        ("open", pgettext("decisions", "To be carried out")),
        ("late", pgettext("decisions", "Overdue")),
    ]
    address = reverse("meetings:decisions", args=[network.slug])
    context = {
        "network": network,
        "page": page,
        "rows": [(row, bool(can_finish_decision(actor, row))) for row in page.object_list],
        "which": which,
        "choices": [
            {"label": label, "url": f"{address}?which={key}" if key else address, "current": key == which}
            for key, label in choices
        ],
        "today": timezone.localdate(),
        "crumbs": [
            (
                pgettext("area of cooperation", "Meetings"),
                reverse("meetings:network", args=[network.slug]),
            )
        ],
    }
    return render(request, "meetings/minutes_decisions.html", context)


@require_POST
def decision_done(request: HttpRequest, decision_id: uuid.UUID) -> HttpResponse:
    """Mark a decision as carried out, or not."""
    found = visible_decisions(actor_of(request)).select_related("meeting__network")
    decision = get_or_404(found, pk=decision_id)
    finish_decision(actor=actor_of(request), decision=decision, done="undo" not in request.POST)
    address = reverse("meetings:decisions", args=[decision.meeting.network.slug])
    return HttpResponseRedirect(f"{address}#decision-{decision.pk}")


def tasks(request: HttpRequest) -> HttpResponse:
    """What I and my organisation have taken on."""
    actor = actor_of(request)
    rows = tasks_of(actor)
    context = {
        "mine": [row for row in rows if row.user_id == actor.user_id],
        "ours": [row for row in rows if row.user_id != actor.user_id],
        "done": tasks_of(actor, done=True, most=20),
        "today": timezone.localdate(),
    }
    return render(request, "meetings/minutes_tasks.html", context)


@require_POST
def task_done(request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
    """Mark a task as done, or as not done after all."""
    task = get_or_404(visible_tasks(actor_of(request)).select_related("meeting__network"), pk=task_id)
    finish_task(actor=actor_of(request), task=task, done="undo" not in request.POST)
    if request.POST.get("back") == "minutes":
        return HttpResponseRedirect(reverse("meetings:minutes", args=[task.meeting_id]))
    return HttpResponseRedirect(reverse("meetings:tasks"))
