"""The text: reading it, handing it out, and how it came about."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from mtd.agreements.export import answers_of, docx_of, file_stem, pdf_of, read, to_text
from mtd.agreements.forms.questions import language_name
from mtd.agreements.forms.wording import LogFilter
from mtd.agreements.queries import (
    Room,
    comment_counts,
    fixed_round,
    log_of,
    proposal_counts,
)
from mtd.agreements.text import (
    AgreementText,
    ClauseChange,
    difference,
    text_from_json,
)
from mtd.core.http import download
from mtd.core.templatetags.mtd import WordDiff, diff_words
from mtd.guide.pack import say
from mtd.guide.wording import not_agreed

from . import log_words
from .question_page import reader_language
from .room import page, room_or_404

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


# ---------------------------------------------------------------- reading


@require_GET
def text(request: HttpRequest, agreement_id: uuid.UUID, number: int | None = None) -> HttpResponse:
    """The whole text of one version, clause by clause; with ?compare=1 also what changes against its base."""
    room = room_or_404(request, agreement_id, number)
    reading = read(room)
    base = _base_text(room)
    changes: tuple[tuple[ClauseChange, WordDiff], ...] = ()
    if base is not None and "compare" in request.GET:
        changes = tuple(
            (change, diff_words(change.old, change.new))
            for change in difference(base, reading.text, room.agreement.language)
        )
    clauses = [clause for part in reading.text.parts for clause in part.clauses]
    context = page(
        room,
        "text",
        text=reading.text,
        parts=_parts(room, reading.text),
        round=reading.round,
        languages=languages_of(room),
        agreed=sum(clause.agreed for clause in clauses),
        total=len(clauses),
        base=base,
        comparing="compare" in request.GET and base is not None,
        changes=changes,
        stale=[clause for clause in clauses if clause.question_mark],
        pdf_url=_file_url(room, "pdf", number),
        docx_url=_file_url(room, "docx", number),
        json_url=_file_url(room, "json", number),
    )
    return render(request, "agreements/text.html", context)


def _file_url(room: Room, route: str, number: int | None) -> str:
    return reverse(f"agreements:{route}", args=[room.agreement.pk]) + (f"?v={number}" if number else "")


def languages_of(room: Room) -> list[dict[str, Any]]:
    """The languages of the text as pages name them, the binding one marked."""
    agreement = room.agreement
    return [
        {
            "code": code,
            "name": language_name(code),
            "binding": bool(agreement.second_language) and code == agreement.binding_language,
            "not_agreed": not_agreed(code),
        }
        for code in agreement.languages
    ]


def _parts(room: Room, text: AgreementText) -> list[dict[str, Any]]:
    comments, proposals = comment_counts(room), proposal_counts(room)
    languages = languages_of(room)
    reader = reader_language(room)
    return [
        {
            "number": part.number,
            "key": part.key,
            "title": say(part.titles, text.languages[0]),
            "reader_title": say(part.titles, reader),
            "open": sum(not clause.agreed for clause in part.clauses),
            "clauses": [
                {
                    "clause": clause,
                    "title": say(clause.titles, text.languages[0]),
                    "versions": [
                        {
                            **language,
                            "text": clause.texts[language["code"]],
                            "title": say(clause.titles, language["code"]),
                        }
                        for language in languages
                        if language["code"] in clause.texts
                    ],
                    "comments": comments.get(clause.key, 0),
                    "proposals": proposals.get(clause.key, 0),
                    "asked": room.pack.has_question(clause.key),
                }
                for clause in part.clauses
            ],
        }
        for part in text.parts
    ]


def _base_text(room: Room) -> AgreementText | None:
    """The signed text that this version changes; else that of the version before."""
    base = next((v for v in room.versions if v.pk == room.version.base_id), None)
    if base is None:
        return None
    found = fixed_round(base)
    return text_from_json(found.text) if found else None


# ---------------------------------------------------------------- files


def _room_of(request: HttpRequest, agreement_id: uuid.UUID) -> Room:
    wanted = request.GET.get("v", "")
    return room_or_404(request, agreement_id, int(wanted) if wanted.isdecimal() and len(wanted) < 6 else None)


@require_GET
def pdf(request: HttpRequest, agreement_id: uuid.UUID) -> HttpResponse:
    """The PDF: the file with all signatures so far, or a draft that says so on every page."""
    room = _room_of(request, agreement_id)
    reading = read(room)
    return download(pdf_of(reading), name=f"{_stem(room, reading.draft)}.pdf", media_type="application/pdf")


@require_GET
def docx(request: HttpRequest, agreement_id: uuid.UUID) -> HttpResponse:
    """The same text for those who work in Word."""
    room = _room_of(request, agreement_id)
    reading = read(room)
    return download(docx_of(reading), name=f"{_stem(room, reading.draft)}.docx", media_type=DOCX)


@require_GET
def answers(request: HttpRequest, agreement_id: uuid.UUID) -> HttpResponse:
    """All answers, positions and texts as JSON."""
    room = _room_of(request, agreement_id)
    content = to_text(answers_of(room, read(room)))
    return download(content, name=f"{_stem(room, False)}.json", media_type="application/json")


def _stem(room: Room, draft: bool) -> str:
    return file_stem(room.agreement, room.version.number) + ("-draft" if draft else "")


# ---------------------------------------------------------------- how it came about


@require_GET
def log(request: HttpRequest, agreement_id: uuid.UUID) -> HttpResponse:
    """How the text came about, newest first: by chapter, party and kind of step."""
    room = room_or_404(request, agreement_id)
    language = reader_language(room)
    chapters = [(part.key, f"{part.number} {say(part.title, language)}") for part in room.pack.parts]
    parties = list(room.agreement.parties.select_related("organization").order_by("order", "id"))
    form = LogFilter(request.GET or None, chapters=chapters, parties=parties)
    entries = log_of(room.agreement)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    if chosen.get("chapter"):
        keys = [question.key for question in room.pack.questions_of_part(chosen["chapter"])]
        entries = entries.filter(question_key__in=keys)
    if chosen.get("party"):
        entries = entries.filter(party_id=chosen["party"])
    if chosen.get("kind"):
        entries = entries.filter(kind=chosen["kind"])
    shown = Paginator(entries, 50).get_page(request.GET.get("page"))
    context = page(
        room,
        "text",
        form=form,
        page_obj=shown,
        lines=log_words.lines(room, list(shown.object_list)),
        count=shown.paginator.count,
    )
    return render(request, "agreements/log.html", context)
