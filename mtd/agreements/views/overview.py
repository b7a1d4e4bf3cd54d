"""The overview of an agreement: the road with where we are, who agrees with what, what comes next."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mtd.agreements.models import Entry, NegotiationMeeting, RoadStep, Todo, Version
from mtd.agreements.queries import Room, my_next_step, open_round
from mtd.core.banks import BankParty, BankRow, Banks, Plank, two_banks
from mtd.core.dates import span_text
from mtd.guide.pack import say

from . import log_words
from .room import page, room_or_404


def overview(request: HttpRequest, agreement_id: uuid.UUID) -> HttpResponse:
    """Everything at a glance, with the person's own next step as the main button."""
    room = room_or_404(request, agreement_id)
    version = room.version
    steps = road_steps(room)
    meetings = list(NegotiationMeeting.objects.filter(version=version))
    today = timezone.localdate()
    entries = (
        Entry.objects.filter(version=version)
        .select_related("by", "party__organization")
        .order_by("-at", "-id")[:6]
    )
    context = page(
        room,
        "overview",
        road=steps,
        here=next((step for step in steps if step["state"] == "here"), None),
        banks=banks_of(room) if version.state in (Version.State.WORKING, Version.State.ADOPTING) else None,
        blocking=room.standing.blocking(),
        next=my_next_step(room),
        held=[m for m in meetings if m.held],
        coming=next((m for m in meetings if not m.held and m.on >= today), None),
        todos=Todo.objects.filter(version=version, done_on__isnull=True).select_related(
            "party__organization"
        )[:6],
        lines=log_words.lines(room, list(entries)),
        round=open_round(version),
        waiting=room.standing.waiting_for(room.my_party.pk) if room.my_party else (),
    )
    return render(request, "agreements/overview.html", context)


def road_steps(room: Room) -> list[dict[str, Any]]:
    """The guide's steps as the road component draws them; exactly one is "here"."""
    language = get_language() or "en"
    rows = {row.step_key: row for row in RoadStep.objects.filter(version=room.version)}
    finished = room.version.state in (Version.State.IN_FORCE, Version.State.SUPERSEDED, Version.State.ENDED)
    steps, here_found = [], False
    for step in room.pack.steps:
        row = rows.get(step.key)
        done = bool(row and row.done_on)
        state = "done" if done else "next"
        if not done and not here_found:
            here_found, state = True, "here"
        if finished and step.key == room.pack.steps[-1].key and not done:
            here_found, state = True, "here"
        steps.append(
            {
                "key": step.key,
                "number": step.number,
                "name": say(step.title, language),
                "state": state,
                "when": _when(row),
                "url": reverse("agreements:road", args=[room.agreement.pk]) + f"#step-{step.key}",
                "row": row,
                "step": step,
            }
        )
    return steps


def _when(row: RoadStep | None) -> str:
    if row is None:
        return ""
    if row.done_on:
        return span_text(row.started_on or row.done_on, row.done_on)
    if row.started_on:
        return _("since %(month)s") % {"month": date_format(row.started_on, "F Y")}
    if row.planned_from:
        return _("planned from %(month)s") % {"month": date_format(row.planned_from, "F Y")}
    return ""


def banks_of(room: Room) -> Banks:
    """Who agrees with what, chapter by chapter."""
    language = get_language() or "en"
    parties = [
        BankParty(
            key=str(party.pk),
            name=party.organization.name,
            short=party.organization.short_name,
            system=party.organization.help_system,
            ours=room.my_party is not None and party.pk == room.my_party.pk,
        )
        for party in room.parties
    ]
    rows = []
    base = reverse("agreements:questions", args=[room.agreement.pk])
    for chapter in room.standing.chapters:
        positions = {}
        for party in room.parties:
            positions[str(party.pk)] = chapter.stand_of(party.pk)
        rows.append(
            BankRow(
                number=str(chapter.part.number),
                title=say(chapter.part.title, language),
                url=f"{base}#part-{chapter.part.key}",
                planks=[Plank(q.state, label=q.question.number) for q in chapter.questions],
                positions=positions,
            )
        )
    return two_banks(parties=parties, rows=rows)
