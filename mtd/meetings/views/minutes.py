"""The minutes: writing or reading them, sending them out, objections, closing, the PDF."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mtd.core.actor import ANONYMOUS, Actor
from mtd.core.errors import Conflict, Refused
from mtd.core.http import actor_of, download, get_or_404
from mtd.documents.pdf import render_pdf
from mtd.meetings.actions import circulate, finish, object_to, put_on_next, settle, withdraw
from mtd.meetings.forms.agenda import ItemForm
from mtd.meetings.forms.minutes import (
    CasesForm,
    CirculateForm,
    FinishForm,
    LateForm,
    ObjectionForm,
    PresentForm,
    SettleForm,
)
from mtd.meetings.models import AgendaItem, Kind, Meeting, Objection, Participant
from mtd.meetings.permissions import can_object, can_write_minutes
from mtd.meetings.queries.minutes import OUT, Minutes, changes, minutes_of, next_meeting
from mtd.meetings.queries.standing import refusal_to_write, today_in
from mtd.meetings.record import to_document

from .reading import page, readable_or_404


def minutes(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """One screen to write them while the meeting runs; once they are out, the page to read and object."""
    meeting = readable_or_404(request, meeting_id)
    if can_write_minutes(actor_of(request), meeting) and refusal_to_write(meeting) is None:
        return live_page(request, meeting)
    return reading_page(request, meeting)


def live_page(request: HttpRequest, meeting: Meeting, status: int = 200, **forms: Any) -> HttpResponse:
    """The screen on which the minutes are written."""
    found = minutes_of(meeting, request.GET.get("page") or 1)
    open_count = meeting.agenda_items.filter(state=AgendaItem.State.OPEN).count()
    context = page(
        meeting,
        "minutes",
        minutes=found,
        page=found.page,
        open_count=open_count,
        choices=attendance_choices(),
        states=item_states(),
        item_form=ItemForm(without_text=True, prefix=""),
        present_form=forms.get("present") or PresentForm(meeting=meeting),
        cases_form=forms.get("cases") or CasesForm(initial={"cases": meeting.cases_discussed}),
        circulate_form=forms.get("circulate") or CirculateForm(),
        settle_form=forms.get("settle") or SettleForm(),
        settle_of=forms.get("settle_of"),
        changes=changes(minutes_of(meeting)) if meeting.circulated_at else [],
        went_out=meeting.circulated_at is not None,
    )
    return render(request, "meetings/live.html", context, status=status)


def attendance_choices() -> list[tuple[str, str]]:
    """What can be noted of a person with one tap."""
    return [(value, str(label)) for value, label in Participant.Attendance.choices if value != "unknown"]


def item_states() -> list[tuple[str, str]]:
    """What can become of an item."""
    return [(value, str(label)) for value, label in AgendaItem.State.choices]


def reading_page(request: HttpRequest, meeting: Meeting, status: int = 200, **forms: Any) -> HttpResponse:
    """The page on which the minutes are read: who was there, what was said and decided, what changed, objections."""
    actor = actor_of(request)
    writer = can_write_minutes(actor, meeting)
    out = meeting.minutes in OUT
    found = minutes_of(meeting, request.GET.get("page") or 1) if out else None
    me = meeting.participants.filter(user=actor.user_id, removed_at__isnull=True).first()
    context = page(
        meeting,
        "minutes",
        out=out,
        minutes=found,
        page=found.page if found else None,
        writer=bool(writer),
        why_not=refusal_to_write(meeting) if writer and not out else None,
        changes=changes(found) if found else [],
        may_object=can_object(actor, meeting),
        me=me,
        objection_form=forms.get("objection") or (_objection_form(found) if found else None),
        settle_form=forms.get("settle") or SettleForm(),
        settle_of=forms.get("settle_of"),
        finish_form=forms.get("finish") or FinishForm(),
        over=bool(meeting.objections_until and meeting.objections_until < today_in(meeting)),
        late_form=forms.get("late") or LateForm(),
        next=next_meeting(actor, meeting) if meeting.minutes == Meeting.Minutes.FINAL else None,
    )
    return render(request, "meetings/minutes.html", context, status=status)


def _objection_form(found: Minutes, data: Any = None) -> ObjectionForm:
    items = [(str(one.item.pk), f"{one.number} {one.item.title}") for one in found.items]
    return ObjectionForm(data, items=items)


def _again(request: HttpRequest, meeting: Meeting, status: int = 422, **forms: Any) -> HttpResponse:
    """The page once more, with what was typed."""
    if can_write_minutes(actor_of(request), meeting) and refusal_to_write(meeting) is None:
        return live_page(request, meeting, status, **forms)
    return reading_page(request, meeting, status, **forms)


def _back(meeting: Meeting, anchor: str = "") -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("meetings:minutes", args=[meeting.pk]) + anchor)


def _overtaken(request: HttpRequest, meeting: Meeting, refused: Conflict) -> HttpResponse:
    """Somebody else was quicker: say who and that nothing is lost, and show how it stands now."""
    messages.info(request, str(refused))
    return _back(meeting)


@require_POST
def send_out(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """Send the minutes to everybody invited."""
    meeting = readable_or_404(request, meeting_id)
    form = CirculateForm(request.POST)
    if not form.is_valid():
        return _again(request, meeting, circulate=form)
    try:
        circulate(actor=actor_of(request), meeting=meeting, days=form.cleaned_data["days"])
    except Conflict as refused:
        return _overtaken(request, meeting, refused)
    except Refused as refused:
        if refused.status == 403:
            raise
        form.add_error(None, str(refused))
        return _again(request, meeting, circulate=form)
    messages.success(request, _("The minutes are on their way to everybody invited."))
    return _back(meeting)


@require_POST
def objection(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """Object to the minutes. Once they are final, what was typed can go onto the next agenda."""
    meeting = readable_or_404(request, meeting_id)
    me = meeting.participants.filter(user=actor_of(request).user_id, removed_at__isnull=True).first()
    form = _objection_form(minutes_of(meeting, request.GET.get("page") or 1), request.POST)
    if me is None:
        return _again(request, meeting, 403, objection=form)
    if form.is_valid():
        try:
            _object(actor_of(request), me, form)
            messages.success(request, _("Your objection has been handed in. You will get an answer."))
            return _back(meeting, "#objections")
        except Refused as refused:
            if refused.code == "final":
                meeting = readable_or_404(request, meeting_id)
                late = LateForm({"text": form.cleaned_data["text"]})
                late.is_valid()
                late.add_error(None, str(refused))
                return reading_page(request, meeting, 409, late=late)
            refused.show_on(form)
    return _again(request, meeting, objection=form)


def _object(actor: Actor, me: Participant, form: ObjectionForm) -> Objection:
    item_id = form.cleaned_data["item"]
    item = AgendaItem.objects.get(pk=item_id, meeting=me.meeting_id) if item_id else None
    return object_to(actor=actor, participant=me, text=form.cleaned_data["text"], item=item)


@require_POST
def late(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """Put what one wants to add to final minutes on the agenda of the next meeting."""
    meeting = readable_or_404(request, meeting_id)
    form = LateForm(request.POST)
    if form.is_valid():
        try:
            item = put_on_next(actor=actor_of(request), meeting=meeting, text=form.cleaned_data["text"])
            messages.success(request, _("It is on the agenda of the next meeting."))
            return HttpResponseRedirect(
                reverse("meetings:agenda", args=[item.meeting_id]) + f"#item-{item.pk}"
            )
        except Refused as refused:
            if refused.status == 403:
                raise
            refused.show_on(form)
    return _again(request, meeting, late=form)


@require_POST
def answer_objection(request: HttpRequest, meeting_id: uuid.UUID, objection_id: uuid.UUID) -> HttpResponse:
    """Take an objection up, note it in the minutes, or take one's own back."""
    meeting = readable_or_404(request, meeting_id)
    found = get_or_404(Objection.objects.select_related("participant"), pk=objection_id, meeting=meeting)
    found.meeting = meeting
    if "withdraw" in request.POST:
        withdraw(actor=actor_of(request), objection=found)
        messages.success(request, _("Your objection has been taken back."))
        return _back(meeting, "#objections")
    form = SettleForm(request.POST)
    if form.is_valid():
        taken_up = "take_up" in request.POST
        try:
            settle(
                actor=actor_of(request), objection=found, taken_up=taken_up, reply=form.cleaned_data["reply"]
            )
        except Conflict as refused:
            return _overtaken(request, meeting, refused)
        except Refused as refused:
            if refused.status == 403:
                raise
            refused.show_on(form)
        else:
            if taken_up:
                messages.success(
                    request, _("The minutes are open again. Correct them, then send them out anew.")
                )
            else:
                messages.success(request, _("Objection and answer stand in the minutes."))
            return _back(meeting, "" if taken_up else "#objections")
    return _again(request, meeting, settle=form, settle_of=found.pk)


@require_POST
def close(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """Close the minutes."""
    meeting = readable_or_404(request, meeting_id)
    form = FinishForm(request.POST)
    if form.is_valid():
        try:
            finish(actor=actor_of(request), meeting=meeting, agreed=form.cleaned_data["agreed"])
        except Conflict as refused:
            return _overtaken(request, meeting, refused)
        except Refused as refused:
            if refused.status == 403:
                raise
            refused.show_on(form)
        else:
            messages.success(request, _("The minutes are final and lie here as PDF."))
            return _back(meeting)
    return _again(request, meeting, finish=form)


def pdf(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """The minutes as PDF: the final file, or as they are now with "draft" on every page."""
    meeting = readable_or_404(request, meeting_id)
    name = (
        f"{meeting.kind}-{meeting.network.slug}-{meeting.local_start:%Y-%m-%d}.pdf"
        if meeting.local_start
        else ""
    )
    if meeting.file is not None:
        return download(bytes(meeting.file.content), name=name, media_type="application/pdf")
    if meeting.minutes not in OUT and not (
        can_write_minutes(actor_of(request), meeting) and meeting.minutes == Meeting.Minutes.OPEN
    ):
        raise Http404
    content = render_pdf(to_document(minutes_of(meeting)))
    return download(content, name=name, media_type="application/pdf")


def objection_part(request: HttpRequest, participant: Participant) -> dict[str, Any]:
    """What the personal page of a guest shows and takes of the minutes: the context of `meetings/_guest_minutes.html`.

    Empty as long as nothing is out. A POST with `do=object` (or `do=withdraw` and `objection`) is carried out; then
    `done` is true and the page should be loaded anew. Holding the link is the permission, whoever is signed in here.
    """
    meeting = participant.meeting
    if meeting.minutes not in OUT:
        return {}
    found = minutes_of(meeting, request.GET.get("page") or 1)
    do = request.POST.get("do") if request.method == "POST" else ""
    form = _objection_form(found, request.POST if do == "object" else None)
    done = False
    if do == "object" and form.is_valid():
        try:
            _object(ANONYMOUS, participant, form)
            done = True
        except Refused as refused:
            refused.show_on(form)
    elif do == "withdraw":
        own = participant.objections.filter(meeting=meeting)
        mine = get_or_404(own.select_related("participant"), pk=request.POST.get("objection"))
        withdraw(actor=ANONYMOUS, objection=mine)
        done = True
    return {
        "done": done,
        "meeting": meeting,
        "minutes": found,
        "page": found.page,
        "changes": changes(found),
        "objection_form": form,
        "mine": [one for one in found.objections if one.participant_id == participant.pk],
        "case_discussion": meeting.kind == Kind.CASE_DISCUSSION,
        "final": meeting.minutes == Meeting.Minutes.FINAL,
    }
