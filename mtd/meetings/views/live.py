"""Writing the minutes while the meeting runs: small steps, each saved at once, with and without JavaScript."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mtd.core.errors import Refused, require
from mtd.core.http import actor_of, get_or_404, is_fragment
from mtd.core.templatetags.mtd import diff_words
from mtd.meetings.actions import (
    add_present,
    add_task,
    change_decision,
    change_task,
    decide,
    note_attendance,
    note_cases,
    remove_decision,
    remove_task,
    set_item_state,
    write_notes,
)
from mtd.meetings.actions.minutes import NotesConflict, RowConflict
from mtd.meetings.forms.minutes import CasesForm, DecisionForm, NotesForm, PresentForm, WordsForm
from mtd.meetings.models import AgendaItem, Decision, Meeting, Participant, Task
from mtd.meetings.permissions import can_write_minutes
from mtd.meetings.queries.agenda import PER_PAGE, place_of
from mtd.meetings.queries.minutes import (
    decision_words,
    minutes_of,
    participants_with_names,
    seen_mark,
    task_words,
)

from .minutes import attendance_choices, item_states, live_page
from .reading import page, readable_or_404

Row = Decision | Task


def _back(meeting: Meeting, item: AgendaItem | None = None, anchor: str = "") -> HttpResponseRedirect:
    query = ""
    if item is not None:
        number = (place_of(item) - 1) // PER_PAGE + 1
        query, anchor = (f"?page={number}" if number > 1 else ""), f"#item-{item.pk}"
    return HttpResponseRedirect(reverse("meetings:minutes", args=[meeting.pk]) + query + anchor)


def _item(meeting: Meeting, item_id: object) -> AgendaItem:
    item = get_or_404(AgendaItem.objects.filter(meeting=meeting), pk=item_id)
    item.meeting = meeting
    return item


# ---------------------------------------------------------------- who is there


@require_POST
def attendance(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """One tap: `set` holds person and answer. The same answer once more takes it back."""
    meeting = readable_or_404(request, meeting_id)
    person_id, _colon, value = request.POST.get("set", "").partition(":")
    person = get_or_404(Participant.objects.filter(meeting=meeting, removed_at__isnull=True), pk=person_id)
    person.meeting = meeting
    if person.attendance == value:
        value = Participant.Attendance.UNKNOWN
    note_attendance(actor=actor_of(request), participant=person, attendance=value)
    if not is_fragment(request):
        return _back(meeting, anchor="#people")
    people = participants_with_names(meeting)
    context = {"meeting": meeting, "people": people, "choices": attendance_choices()}
    return render(request, "meetings/_live_people.html", context)


@require_POST
def present(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """Somebody came who had not been invited."""
    meeting = readable_or_404(request, meeting_id)
    require(can_write_minutes(actor_of(request), meeting))
    form = PresentForm(request.POST, meeting=meeting)
    if form.is_valid():
        try:
            add_present(
                actor=actor_of(request),
                meeting=meeting,
                user=form.cleaned_data["person"],
                guest=form.guest(),
            )
            return _back(meeting, anchor="#people")
        except Refused as refused:
            if refused.status == 403:
                raise
            form.add_error(None, str(refused))
    return live_page(request, meeting, 422, present=form)


@require_POST
def cases(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """How many cases were discussed."""
    meeting = readable_or_404(request, meeting_id)
    require(can_write_minutes(actor_of(request), meeting))
    form = CasesForm(request.POST)
    if form.is_valid():
        note_cases(actor=actor_of(request), meeting=meeting, count=form.cleaned_data["cases"])
        messages.success(request, _("Saved."))
        return _back(meeting, anchor="#cases")
    return live_page(request, meeting, 422, cases=form)


# ---------------------------------------------------------------- an item


@require_POST
def notes(request: HttpRequest, meeting_id: uuid.UUID, item_id: uuid.UUID) -> HttpResponse:
    """Save notes: while typing (the answer is the new revision only), or with the button.

    When somebody else wrote meanwhile, both texts come back: 409, with the ways to go on.
    """
    meeting = readable_or_404(request, meeting_id)
    item = _item(meeting, item_id)
    quiet = "autosave" in request.POST
    form = NotesForm(request.POST, initial={"notes": item.notes})
    if not form.is_valid():
        return HttpResponse(status=422) if quiet else _notes_page(request, item, form, 422)
    mine = form.cleaned_data["notes"].replace("\r\n", "\n").strip()
    base = _number(request.POST.get(f"rev-{item.pk}"))
    mine, base = _resolved(request, item, mine, base)
    try:
        item = write_notes(actor=actor_of(request), item=item, notes=mine, base_revision=base)
    except NotesConflict as conflict:
        theirs = conflict.theirs
        context = {
            "item": theirs,
            "meeting": meeting,
            "mine": conflict.mine,
            "diff": diff_words(conflict.mine, theirs.notes),
            "base": base,
        }
        if quiet:
            return render(request, "meetings/_notes_conflict.html", context, status=409)
        whole = {**page(meeting, "minutes"), **context}
        return render(request, "meetings/live_conflict.html", whole, status=409)
    if quiet:
        return HttpResponse(status=204, headers={"X-Revision": str(item.revision)})
    return _back(meeting, item)


def _notes_page(request: HttpRequest, item: AgendaItem, form: NotesForm, status: int) -> HttpResponse:
    context = page(item.meeting, "minutes", item=item, form=form)
    return render(request, "meetings/live_notes.html", context, status=status)


def _resolved(request: HttpRequest, item: AgendaItem, mine: str, base: int) -> tuple[str, int]:
    """After a conflict: both one under the other, theirs, or mine; counted from the text that was shown as theirs."""
    way = request.POST.get("resolve")
    if way not in ("both", "theirs", "mine"):
        return mine, base
    seen = _number(request.POST.get("theirs"))
    if seen != item.revision:
        return mine, base  # it changed once more: show both again
    if way == "both":
        mine = "\n\n".join(part for part in (item.notes, mine) if part)
    elif way == "theirs":
        mine = item.notes
    return mine, seen


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else -1


@require_http_methods(["GET", "POST"])
def state(request: HttpRequest, meeting_id: uuid.UUID, item_id: uuid.UUID) -> HttpResponse:
    """What became of an item. GET shows it again: whoever writes notes has discussed it."""
    meeting = readable_or_404(request, meeting_id)
    item = _item(meeting, item_id)
    if request.method == "POST":
        item = set_item_state(actor=actor_of(request), item=item, state=request.POST.get("state", ""))
    else:
        require(can_write_minutes(actor_of(request), meeting))
    if is_fragment(request):
        context = {"meeting": meeting, "item": item, "states": item_states()}
        return render(request, "meetings/_live_state.html", context)
    return _back(meeting, item)


@require_GET
def pulse(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """What an open screen asks every few seconds: did somebody else write at one of the items it shows?"""
    meeting = readable_or_404(request, meeting_id)
    require(can_write_minutes(actor_of(request), meeting))
    seen = {
        name.removeprefix("rev-"): _number(str(value))
        for name, value in request.GET.items()
        if name[:4] == "rev-"
    }
    rows = AgendaItem.objects.filter(meeting=meeting).values_list("pk", "revision")
    ids = [pk for pk in map(_uuid, list(seen)[: PER_PAGE + 10]) if pk]
    changed = [pk for pk, revision in rows.filter(pk__in=ids) if revision > seen[str(pk)]]
    closed = meeting.minutes in ("circulated", "final")
    context = {"meeting": meeting, "changed": len(changed), "closed": closed}
    return render(request, "meetings/_live_pulse.html", context)


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


# ---------------------------------------------------------------- decisions and tasks


def decision_new(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """Note a decision, on the item that `item` names or on none."""
    return _new(request, meeting_id, "decision")


def task_new(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """Note a task, on the item that `item` names or on none."""
    return _new(request, meeting_id, "task")


def _new(request: HttpRequest, meeting_id: uuid.UUID, kind: str) -> HttpResponse:
    meeting = readable_or_404(request, meeting_id)
    require(can_write_minutes(actor_of(request), meeting))
    named = request.POST.get("item") or request.GET.get("item")
    item = _item(meeting, named) if named else None
    make = DecisionForm if kind == "decision" else WordsForm
    form = make(request.POST or None, meeting=meeting, auto_id=_ids(item))
    if request.method == "POST" and form.is_valid():
        try:
            act = decide if kind == "decision" else add_task
            act(actor=actor_of(request), meeting=meeting, item=item, words=form.words())
            return _done(request, meeting, item)
        except Refused as refused:
            if refused.status == 403:
                raise
            refused.show_on(form)
    address = reverse(f"meetings:{kind}_new", args=[meeting.pk])
    return _row_page(request, meeting, item, form, kind, address=address)


def decision(request: HttpRequest, meeting_id: uuid.UUID, row_id: uuid.UUID) -> HttpResponse:
    """Change a decision, or take it away again."""
    return _change(request, meeting_id, row_id, "decision")


def task(request: HttpRequest, meeting_id: uuid.UUID, row_id: uuid.UUID) -> HttpResponse:
    """Change a task, or take it away again."""
    return _change(request, meeting_id, row_id, "task")


def _change(request: HttpRequest, meeting_id: uuid.UUID, row_id: uuid.UUID, kind: str) -> HttpResponse:
    meeting = readable_or_404(request, meeting_id)
    require(can_write_minutes(actor_of(request), meeting))
    model = Decision if kind == "decision" else Task
    row: Row = get_or_404(model._default_manager.filter(meeting=meeting).select_related("item"), pk=row_id)  # type: ignore[assignment]
    row.meeting = meeting
    if "remove" in request.POST:
        _remove(request, row)
        return _done(request, meeting, row.item)
    make = DecisionForm if kind == "decision" else WordsForm
    form = make(request.POST or None, meeting=meeting, initial=_initial(row), auto_id=_ids(row.item))
    diff = None
    if request.method == "POST" and form.is_valid():
        try:
            _say(request, row, form)
            return _done(request, meeting, row.item)
        except RowConflict as conflict:
            diff = _both(conflict.theirs, form)
            now = {**form.cleaned_data, "seen": seen_mark(conflict.theirs)}
            form = make(initial=now, meeting=meeting, auto_id=_ids(row.item))
        except Refused as refused:
            if refused.status == 403:
                raise
            refused.show_on(form)
    address = reverse(f"meetings:{kind}", args=[meeting.pk, row.pk])
    removable = meeting.circulated_at is None
    return _row_page(
        request, meeting, row.item, form, kind, address=address, row=row, diff=diff, removable=removable
    )


def _ids(item: AgendaItem | None) -> str:
    """Several forms may be open on one screen, so the ids of their fields name the item."""
    return f"id_{item.pk if item else 'general'}_%s"


def _initial(row: Row) -> dict[str, Any]:
    known: dict[str, Any] = {"text": row.text, "due_on": row.due_on, "seen": seen_mark(row)}
    if isinstance(row, Decision):
        return {
            **known,
            "reason": row.reason,
            "outcome": row.outcome,
            "organization": row.owner_organization_id,
            "user": row.owner_id,
        }
    return {**known, "organization": row.organization_id, "user": row.user_id}


def _say(request: HttpRequest, row: Row, form: WordsForm) -> None:
    actor, seen = actor_of(request), form.cleaned_data["seen"]
    if isinstance(row, Decision):
        change_decision(actor=actor, decision=row, words=form.words(), seen=seen)
    else:
        change_task(actor=actor, task=row, words=form.words(), seen=seen)


def _remove(request: HttpRequest, row: Row) -> None:
    if isinstance(row, Decision):
        remove_decision(actor=actor_of(request), decision=row)
    else:
        remove_task(actor=actor_of(request), task=row)


def _both(theirs: Row, form: WordsForm) -> Any:
    said = decision_words(theirs) if isinstance(theirs, Decision) else task_words(theirs)
    return diff_words(said, form.cleaned_data["text"])


def _done(request: HttpRequest, meeting: Meeting, item: AgendaItem | None) -> HttpResponse:
    """The results of the item anew (a part of the page), or the page at that place."""
    if not is_fragment(request):
        return _back(meeting, item, anchor="" if item else "#general")
    found = minutes_of(meeting, (place_of(item) - 1) // PER_PAGE + 1 if item else 1)
    one = next((row for row in found.items if item and row.item.pk == item.pk), None)
    context = {
        "meeting": meeting,
        "decisions": one.decisions if one else found.decisions,
        "tasks": one.tasks if one else found.tasks,
        "item": one.item if one else None,
        "states": item_states(),
        "fresh": True,
    }
    return render(request, "meetings/_live_results.html", context)


def _row_page(
    request: HttpRequest,
    meeting: Meeting,
    item: AgendaItem | None,
    form: WordsForm,
    kind: str,
    **context: Any,
) -> HttpResponse:
    context = page(meeting, "minutes", item=item, form=form, kind=kind, **context)
    if is_fragment(request):
        response = render(request, "meetings/_live_row.html", {**context, "fragment": True})
        if (
            request.method == "POST"
        ):  # not saved: the form comes back where it stood, and what was noted stays
            response["HX-Retarget"] = f"#form-{item.pk if item else 'general'}"
            response["HX-Reswap"] = "innerHTML"
        return response
    status = 409 if context.get("diff") else 422 if form.errors else 200
    return render(request, "meetings/live_row.html", context, status=status)
