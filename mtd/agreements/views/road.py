"""The road: steps with dates and checklists, meetings, tasks."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mtd.agreements.actions import road as actions
from mtd.agreements.forms.road import MeetingForm, StepForm, TodoForm
from mtd.agreements.models import NegotiationMeeting, Todo
from mtd.agreements.permissions import can_plan
from mtd.agreements.queries import Room
from mtd.core.dates import months_between
from mtd.core.errors import Refused
from mtd.core.http import actor_of, get_or_404

from .overview import road_steps
from .room import page, room_or_404

TOP, ROW = 20, 32
"""Height of the line of years and of one step's row in the time line, in pixels."""


def road(request: HttpRequest, agreement_id: uuid.UUID) -> HttpResponse:
    """All seven steps, the meetings so far, and who must do what next."""
    room = room_or_404(request, agreement_id)
    return render(request, "agreements/road.html", _context(room))


def _context(room: Room, **forms: Any) -> dict[str, Any]:
    steps = road_steps(room)
    for step in steps:
        row = step["row"]
        done = set(row.checked if row else ())
        step["checklist"] = [(item, item.key in done) for item in step["step"].checklist]
        marks = row.stumbling if row else {}
        step["stumbling"] = [(block, marks.get(block.key, "")) for block in step["step"].stumbling]
        step["form"] = forms.get(f"step_{step['key']}") or StepForm(
            prefix=step["key"],
            initial={
                name: getattr(row, name) if row else None
                for name in ("planned_from", "planned_to", "started_on", "done_on")
            },
        )
        step["todo_count"] = sum(1 for _item, ticked in step["checklist"] if not ticked)
    meetings = list(
        NegotiationMeeting.objects.filter(version=room.version).prefetch_related("present__organization")
    )
    today = timezone.localdate()
    return page(
        room,
        "road",
        road=steps,
        span=span_picture(steps, room.agreement.started_on, today),
        held=[m for m in meetings if m.held],
        coming=[m for m in meetings if not m.held],
        todos=Todo.objects.filter(version=room.version)
        .select_related("party__organization")
        .order_by(F("done_on").desc(nulls_first=True), F("due").asc(nulls_last=True), "id"),
        meeting_form=forms.get("meeting") or MeetingForm(room=room, prefix="meeting"),
        todo_form=forms.get("todo") or TodoForm(room=room, prefix="todo"),
        may_plan=can_plan(room.actor, room.agreement),
        today=today,
        months=months_between(room.agreement.started_on, today) if room.agreement.started_on else None,
    )


def span_picture(steps: list[dict[str, Any]], first: date | None, today: date) -> dict[str, Any] | None:
    """Bars for a time line: planned and actual span of every step, in per cent of the whole."""
    rows = [step["row"] for step in steps if step["row"]]
    days = [d for row in rows for d in (row.planned_from, row.planned_to, row.started_on, row.done_on) if d]
    if not days:
        return None
    start = min([*days, first] if first else days)
    end = max(*days, today)
    whole = max((end - start).days, 1)

    def place(a: date, b: date) -> dict[str, str]:
        left = (a - start).days / whole * 100
        return {"x": f"{left:.2f}%", "width": f"{max((b - a).days / whole * 100, 0.8):.2f}%"}

    bars: list[dict[str, Any]] = []
    for step in steps:
        row = step["row"]
        bar: dict[str, Any] = {"name": step["name"], "row": row, "number": step["number"]}
        bar["y"] = TOP + ROW * len(bars)
        if row and row.planned_from and row.planned_to:
            bar["planned"] = place(row.planned_from, row.planned_to)
        if row and row.started_on:
            bar["actual"] = place(row.started_on, min(row.done_on or today, end))
        drawn = bar.get("actual") or bar.get("planned")
        bar["label_x"] = drawn["x"] if drawn else "0%"
        # At the left edge there is no room for the number, so it stands after the bar's beginning line.
        bar["label_end"] = drawn is not None and float(drawn["x"].rstrip("%")) > 3
        bars.append(bar)
    years = []
    for year in range(start.year + 1, end.year + 1):
        years.append({"year": year, "x": f"{(date(year, 1, 1) - start).days / whole * 100:.2f}%"})
    now = f"{(today - start).days / whole * 100:.2f}%" if start <= today <= end + timedelta(days=1) else ""
    return {"bars": bars, "years": years, "now": now, "height": TOP + ROW * len(bars)}


def _back(room: Room, anchor: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("agreements:road", args=[room.agreement.pk]) + f"#{anchor}")


@require_POST
def plan_step(request: HttpRequest, agreement_id: uuid.UUID, step_key: str) -> HttpResponse:
    """Set a step's dates."""
    room = room_or_404(request, agreement_id)
    form = StepForm(request.POST, prefix=step_key)
    if form.is_valid():
        try:
            actions.plan_step(
                actor=actor_of(request), version=room.version, step_key=step_key, **form.cleaned_data
            )
            return _back(room, f"step-{step_key}")
        except Refused as refused:
            if refused.code == "unknown_step":
                raise Http404 from refused
            form.add_error(refused.field, str(refused))
    return render(request, "agreements/road.html", _context(room, **{f"step_{step_key}": form}), status=422)


@require_POST
def check_step(request: HttpRequest, agreement_id: uuid.UUID, step_key: str) -> HttpResponse:
    """Keep checklist and self-check of a step."""
    room = room_or_404(request, agreement_id)
    stumbling = {
        name.removeprefix("stumbling-"): str(value)
        for name, value in request.POST.items()
        if name.startswith("stumbling-")
    }
    try:
        actions.check_step(
            actor=actor_of(request),
            version=room.version,
            step_key=step_key,
            checked=request.POST.getlist("checked"),
            stumbling=stumbling,
        )
    except Refused as refused:
        if refused.code == "unknown_step":
            raise Http404 from refused
        raise
    messages.success(request, _("Saved."))
    return _back(room, f"step-{step_key}")


def meeting(
    request: HttpRequest, agreement_id: uuid.UUID, meeting_id: uuid.UUID | None = None
) -> HttpResponse:
    """Plan a meeting or note what came out of it."""
    room = room_or_404(request, agreement_id)
    meetings = NegotiationMeeting.objects.filter(version=room.version)
    old = get_or_404(meetings, pk=meeting_id) if meeting_id else None
    initial: dict[str, Any] = {}
    if old:
        names = ("on", "time", "place", "step_key", "topics", "outcome", "held")
        initial = {name: getattr(old, name) for name in names}
        initial["present"] = list(old.present.all())
    form = MeetingForm(request.POST or None, room=room, prefix="meeting", initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_meeting(
                actor=actor_of(request), version=room.version, meeting=old, **form.cleaned_data
            )
            return _back(room, "meetings")
        except Refused as refused:
            refused.show_on(form)
    context = page(room, "road", form=form, old=old, may_plan=can_plan(room.actor, room.agreement))
    return render(request, "agreements/negotiation_meeting.html", context, status=422 if form.errors else 200)


@require_POST
def todo(request: HttpRequest, agreement_id: uuid.UUID) -> HttpResponse:
    """Note a task, or tick one off."""
    room = room_or_404(request, agreement_id)
    actor = actor_of(request)
    if "done" in request.POST or "undone" in request.POST:
        actions.finish_todo(
            actor=actor,
            version=room.version,
            todo_id=_uuid(request.POST.get("done") or request.POST.get("undone") or ""),
            on=timezone.localdate(),
            done="done" in request.POST,
        )
        return _back(room, "todos")
    form = TodoForm(request.POST, room=room, prefix="todo")
    if form.is_valid():
        try:
            actions.add_todo(actor=actor, version=room.version, **form.cleaned_data)
            return _back(room, "todos")
        except Refused as refused:
            refused.show_on(form)
    return render(request, "agreements/road.html", _context(room, todo=form), status=422)


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None
