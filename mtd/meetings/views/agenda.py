"""The agenda: what stands on it, what could come onto it, and its order."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from mtd.core.actor import Actor
from mtd.core.errors import Denied, Permission, Refused
from mtd.core.http import actor_of, get_or_404
from mtd.core.templatetags.mtd import diff_words
from mtd.meetings.actions import add_item, change_item, drop_item, move_item, put_back, take_over
from mtd.meetings.actions.agenda import ItemConflict
from mtd.meetings.forms.agenda import ItemForm, PlaceForm
from mtd.meetings.models import AgendaItem, Kind, Meeting
from mtd.meetings.permissions import can_add_to_agenda, can_edit_item, can_organize, can_write_minutes
from mtd.meetings.queries.agenda import PER_PAGE, agenda_of, pages_of_sources, place_of, suggestions
from mtd.organizations.models import Organization

from .reading import page, readable_or_404

SHOWN = 20
"""So many suggestions are shown with a tick box; "take all" takes the others, too."""


def _may_arrange(actor: Actor, meeting: Meeting) -> Permission:
    return can_organize(actor, meeting) or can_write_minutes(actor, meeting)


def _closed(meeting: Meeting) -> bool:
    return meeting.state == Meeting.State.CANCELLED or meeting.minutes in ("circulated", "final")


def agenda(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """The agenda; POST puts something of one's own on it."""
    meeting = readable_or_404(request, meeting_id)
    bare = meeting.kind == Kind.CASE_DISCUSSION
    form = ItemForm(request.POST or None, without_text=bare)
    if request.method == "POST" and form.is_valid():
        try:
            item = add_item(
                actor=actor_of(request),
                meeting=meeting,
                title=form.cleaned_data["title"],
                text=form.cleaned_data.get("text", ""),
                minutes=form.cleaned_data["minutes"],
            )
            if request.POST.get("back") == "minutes":
                return _to(item, "minutes")
            messages.success(request, _("It is on the agenda."))
            return _to(item)
        except Refused as refused:
            if refused.status == 403:
                raise
            refused.show_on(form)
    status = 422 if form.errors else 200
    return render(request, "meetings/agenda.html", _context(request, meeting, form), status=status)


def _context(request: HttpRequest, meeting: Meeting, form: ItemForm) -> dict[str, Any]:
    actor = actor_of(request)
    view = agenda_of(meeting, request.GET.get("page"))
    arrange = bool(_may_arrange(actor, meeting)) and not _closed(meeting)
    offers = suggestions(actor, meeting) if arrange else []
    names = Organization.objects.in_bulk({one.organization_id for one in offers if one.organization_id})
    first = view.page.start_index() or 1
    pages = pages_of_sources(actor, view.page.object_list)
    return page(
        meeting,
        "agenda",
        view=view,
        rows=[
            {
                "number": number,
                "item": item,
                "page": pages.get(item.pk, ""),
                "may_edit": arrange or (item.by_id == actor.user_id and not _closed(meeting)),
            }
            for number, item in enumerate(view.page.object_list, first)
        ],
        offers=[
            (one, names.get(one.organization_id) if one.organization_id else None) for one in offers[:SHOWN]
        ],
        offer_count=len(offers),
        offers_more=max(len(offers) - SHOWN, 0),
        arrange=arrange,
        closed=_closed(meeting),
        may_add=can_add_to_agenda(actor, meeting),
        form=form,
    )


def _to(item: AgendaItem, route: str = "agenda") -> HttpResponseRedirect:
    """Back to the page of the list on which the item stands."""
    number = (place_of(item) - 1) // PER_PAGE + 1
    query = f"?page={number}" if number > 1 else ""
    return HttpResponseRedirect(
        reverse(f"meetings:{route}", args=[item.meeting_id]) + f"{query}#item-{item.pk}"
    )


def _item_or_404(request: HttpRequest, meeting_id: uuid.UUID, item_id: uuid.UUID) -> AgendaItem:
    meeting = readable_or_404(request, meeting_id)
    item = get_or_404(AgendaItem.objects.select_related("organization", "by"), pk=item_id, meeting=meeting)
    item.meeting = meeting
    return item


@require_POST
def take(request: HttpRequest, meeting_id: uuid.UUID) -> HttpResponse:
    """Take suggestions over: those ticked, or all."""
    meeting = readable_or_404(request, meeting_id)
    picks = None if "all" in request.POST else request.POST.getlist("pick")
    taken = take_over(actor=actor_of(request), meeting=meeting, picks=picks)
    if taken:
        said = ngettext("One item was taken over.", "%(count)s items were taken over.", taken)
        messages.success(request, said % {"count": taken})
    else:
        messages.info(request, _("Nothing new was taken over."))
    return HttpResponseRedirect(reverse("meetings:agenda", args=[meeting.pk]))


@require_POST
def move(request: HttpRequest, meeting_id: uuid.UUID, item_id: uuid.UUID) -> HttpResponse:
    """Move an item up, down, or to a place."""
    item = _item_or_404(request, meeting_id, item_id)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the number of the place to which the item should move."))
        return _to(item)
    return _to(
        move_item(
            actor=actor_of(request), item=item, step=form.cleaned_data["step"], to=form.cleaned_data["to"]
        )
    )


@require_POST
def drop(request: HttpRequest, meeting_id: uuid.UUID, item_id: uuid.UUID) -> HttpResponse:
    """Take an item off, or put it back."""
    item = _item_or_404(request, meeting_id, item_id)
    if "back" in request.POST:
        return _to(put_back(actor=actor_of(request), item=item))
    drop_item(actor=actor_of(request), item=item)
    messages.success(request, _("Taken off. It stands at the end of this page and can be put back."))
    return HttpResponseRedirect(reverse("meetings:agenda", args=[item.meeting_id]))


def change(request: HttpRequest, meeting_id: uuid.UUID, item_id: uuid.UUID) -> HttpResponse:
    """Change words and time of an item; both texts are shown if somebody else did so meanwhile."""
    item = _item_or_404(request, meeting_id, item_id)
    bare = item.meeting.kind == Kind.CASE_DISCUSSION or item.spoken_only
    now = {
        "title": item.title,
        "text": item.text,
        "minutes": item.minutes_planned,
        "revision": item.revision,
    }
    form = ItemForm(request.POST or None, initial=now, without_text=bare)
    may_edit = can_edit_item(actor_of(request), item)
    context = page(item.meeting, "agenda", item=item, form=form, may_edit=may_edit)
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        try:
            return _to(
                change_item(
                    actor=actor_of(request),
                    item=item,
                    title=clean["title"],
                    text=clean.get("text", ""),
                    minutes=clean["minutes"],
                    base_revision=clean["revision"] or 0,
                )
            )
        except ItemConflict as conflict:
            theirs = conflict.theirs
            mine = {**clean, "revision": theirs.revision}
            context["form"] = ItemForm(initial=mine, without_text=bare)
            said = "\n".join(part for part in (clean["title"], clean.get("text", "")) if part)
            context["diff"] = diff_words("\n".join(p for p in (theirs.title, theirs.text) if p), said)
            return render(request, "meetings/agenda_item.html", context, status=409)
        except Refused as refused:
            if refused.status == 403:
                raise
            refused.show_on(form)
    if request.method == "GET" and isinstance(may_edit, Denied):
        context["blocked"] = may_edit.reason
    return render(request, "meetings/agenda_item.html", context, status=422 if form.errors else 200)
