"""All questions of an agreement: where each stands, who is missing, what to do next."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_GET

from mtd.agreements.models import Version
from mtd.agreements.queries import Room
from mtd.agreements.standing import AGREED, DIFFERS, OPEN, PARKED, QuestionStand
from mtd.guide.pack import say

from . import question_page as parts
from .room import page, room_or_404

SHOWN = ("waiting", "differs", "parked", "open", "all")


@require_GET
def questions(request: HttpRequest, agreement_id: uuid.UUID) -> HttpResponse:
    """All parts with their questions: where each stands, who is missing, what to do next."""
    room = room_or_404(request, agreement_id)
    talking = room.version.state == Version.State.WORKING
    waiting: set[str] = set()
    if room.my_party and talking:
        waiting = {stand.key for stand in room.standing.waiting_for(room.my_party.pk)}
    counts = room.standing.counts
    numbers = {
        "waiting": len(waiting),
        "differs": counts[DIFFERS],
        "parked": counts[PARKED],
        "open": counts[OPEN],
        "all": room.standing.total,
    }
    shown = request.GET.get("show", "all")
    shown = shown if shown in SHOWN else "all"
    chapters = [
        {
            "number": chapter.part.number,
            "title": say(chapter.part.title, parts.reader_language(room)),
            "about": say(chapter.part.about, parts.reader_language(room)),
            "agreed": chapter.agreed,
            "total": chapter.total,
            "whole": chapter.whole,
            "rows": [
                _row(room, stand, waiting) for stand in chapter.questions if _is_shown(stand, shown, waiting)
            ],
        }
        for chapter in room.standing.chapters
    ]
    # Once the talks are over, nothing holds them up: what was left open is simply not agreed.
    blocking = [c for c in room.standing.blocking() if c.total > c.agreed] if talking else []
    context = page(
        room,
        "questions",
        chapters=[chapter for chapter in chapters if chapter["rows"]],
        filters=_filters(room, shown, numbers),
        shown=shown,
        blocking=[
            (c.part.number, say(c.part.title, parts.reader_language(room)), c.total - c.agreed)
            for c in blocking
        ],
        next_stand=next((s for s in room.standing.by_key.values() if s.key in waiting), None),
        waiting_count=len(waiting),
        why_not=parts.why_not_here(room),
    )
    return render(request, "agreements/questions.html", context)


def _state(room: Room, stand: QuestionStand) -> str:
    if stand.state == AGREED or room.version.state == Version.State.WORKING:
        return str(parts.state_label(stand.state))
    return pgettext("clause", "not agreed")


def _row(room: Room, stand: QuestionStand, waiting: set[str]) -> dict[str, Any]:
    return {
        "number": stand.question.number,
        "title": parts.short_label(room, stand.question),
        "label": say(stand.question.label, parts.reader_language(room)),
        "url": parts.question_url(room, stand.key),
        "kind": parts.KINDS[stand.state],
        "state": _state(room, stand),
        "answered": stand.answer is not None,
        "missing": parts.missing_text(room, stand) if room.version.state == Version.State.WORKING else "",
        "ours": stand.key in waiting,
        "required": stand.question.required,
    }


def _is_shown(stand: QuestionStand, shown: str, waiting: set[str]) -> bool:
    return shown == "all" or (stand.key in waiting if shown == "waiting" else stand.state == shown)


def _filters(room: Room, shown: str, numbers: Mapping[str, int]) -> list[dict[str, Any]]:
    labels = {
        "all": gettext("All"),
        "waiting": gettext("Waiting for us"),
        "differs": gettext("Differs"),
        "parked": gettext("Parked"),
        "open": gettext("Still open"),
    }
    names = [name for name in labels if name != "waiting" or room.my_party]
    return [
        {"label": labels[name], "url": f"?show={name}", "current": name == shown, "count": numbers[name]}
        for name in names
    ]
