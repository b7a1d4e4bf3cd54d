"""What keeps open pages of a question true: the pulse, the draft, and the meeting mode."""

from __future__ import annotations

import re
import uuid

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from mtd.agreements.actions import working
from mtd.agreements.forms.questions import revision_of, typed_fields
from mtd.agreements.queries import history_of
from mtd.guide.pack import say

from . import question_page as parts
from .room import page, room_or_404

_DRAFT = re.compile(r"[a-z_]{1,20}:[\w.:-]{1,90}")


@require_GET
def question_pulse(request: HttpRequest, agreement_id: uuid.UUID, key: str) -> HttpResponse:
    """Asked every few seconds by an open page: 204 while nothing changed, else who changed what, and the positions.

    The form is never touched. Without htmx it is a link that leads to the page.
    """
    room = room_or_404(request, agreement_id)
    asked = parts.question_or_404(room, key)
    if not getattr(request, "htmx", False):
        return redirect(parts.question_url(room, key))
    if revision_of(request.GET.get("seen")) == room.version.revision:
        return HttpResponse(status=204)
    if request.GET.get("in") == "meeting":
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    last = revision_of(request.GET.get("last"))
    entries = history_of(room, key)
    news = [entry for entry in entries if entry.pk > last and entry.by_id != room.actor.user_id]
    told = [entry for entry in entries if entry.pk <= last]
    context = {
        **parts.positions_context(
            room, room.standing.by_key.get(key), may_speak=not parts.why_not_here(room)
        ),
        "agreement": room.agreement,
        "question": asked,
        "pulse_url": parts.pulse_address(room, asked, told if news else entries),
        "news": parts.news_line(news) if news else "",
        "fragment": True,
        "url": parts.question_url(room, key),
    }
    return render(request, "agreements/_pulse.html", context)


@require_POST
def draft(request: HttpRequest, agreement_id: uuid.UUID, key: str) -> HttpResponse:
    """Keep what is typed in a form; only the person who typed it ever sees it."""
    room = room_or_404(request, agreement_id)
    if not _DRAFT.fullmatch(key):
        raise Http404
    kept = working.save_draft(
        actor=room.actor,
        version=room.version,
        key=key,
        data=typed_fields(request.POST),
        base_revision=revision_of(request.POST.get("a-seen")),
    )
    return JsonResponse({"saved": timezone.localtime(kept.at).strftime("%H:%M")})


@require_GET
def meeting(request: HttpRequest, agreement_id: uuid.UUID, key: str) -> HttpResponse:
    """One question, large, for the projector: what is on the table and where everybody stands."""
    room = room_or_404(request, agreement_id)
    asked = parts.question_or_404(room, key)
    language = parts.reader_language(room)
    answer = room.answers.get(key)
    chapter = next((c for c in room.standing.chapters if c.part.key == asked.part), None)
    why_not = parts.why_not_here(room)
    context = page(
        room,
        "questions",
        question=asked,
        label=say(asked.label, language),
        chapter=chapter,
        chapter_title=say(room.pack.part(asked.part).title, language),
        answer=answer,
        answer_text=parts.answer_line(room, asked, answer.value) if answer else "",
        url=parts.question_url(room, key),
        why_not=why_not,
        own_contact=parts.own_contact(asked),
        pulse_url=f"{parts.pulse_address(room, asked, [])}&in=meeting",
        **parts.positions_context(room, room.standing.by_key.get(key), may_speak=not why_not),
        **parts.neighbours(room, key),
    )
    return render(request, "agreements/meeting.html", context)
