"""One question: the page, what is handed in, and the page of a conflict."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from mtd.agreements.actions import working
from mtd.agreements.forms.questions import (
    PUT,
    PositionForm,
    as_typed,
    language_name,
    revision_of,
    typed_fields,
)
from mtd.agreements.forms.wording import CommentForm
from mtd.agreements.models import Draft, Entry, Position
from mtd.agreements.queries import Room, draft_key, history_of, next_meeting, own_draft
from mtd.core.errors import NotAllowed, Refused
from mtd.core.http import get_or_404
from mtd.core.templatetags.mtd import diff_words
from mtd.guide.pack import Question, say

from . import question_page as parts
from .room import page, room_or_404


@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, agreement_id: uuid.UUID, key: str) -> HttpResponse:
    """One question: why we ask, who stands where, and our own position."""
    room = room_or_404(request, agreement_id)
    asked = parts.question_or_404(room, key)
    if request.method == "GET":
        return _show(request, room, asked)
    return _DOES.get(request.POST.get("do", ""), _hand_in)(request, room, asked)


def _hand_in(request: HttpRequest, room: Room, asked: Question) -> HttpResponse:
    """Our position, or a new answer. What was typed is never lost: not by a mistake, a conflict or a refusal."""
    form = PositionForm(asked, room, request.POST)
    if not form.is_valid():
        return _show(request, room, asked, form=form, status=422)
    here: dict[str, Any] = {"actor": room.actor, "version": room.version, "question_key": asked.key}
    reason = form.cleaned_data["reason"]
    try:
        if form.stance == PUT:
            working.set_answer(
                **here, value=form.value or {}, base_revision=form.base_revision, reason=reason
            )
            messages.success(request, gettext("The answer is on the table. The other parties are asked."))
        else:
            working.state_position(
                **here,
                stance=form.stance,
                proposal=form.value,
                reason=reason,
                answer_revision=form.base_revision,
                keep_draft=_from_meeting(request),
            )
            messages.success(request, gettext("Your organisation’s position is handed in."))
    except working.AnswerConflict as conflict:
        _keep(request, room, asked)
        return _show_conflict(request, room, asked, conflict, reason=reason)
    except NotAllowed:
        _keep(request, room, asked)
        raise
    except Refused as refused:
        form.refuse(refused)
        return _show(request, room, asked, form=form, status=422)
    return _back(request, room, asked)


def _more_rows(request: HttpRequest, room: Room, asked: Question) -> HttpResponse:
    """More empty rows in a table, with everything typed kept; works without any script."""
    _keep(request, room, asked)
    return _show(request, room, asked, form=PositionForm(asked, room, typed=request.POST, more_rows=True))


def _put_default(request: HttpRequest, room: Room, asked: Question) -> HttpResponse:
    default = asked.default_value()
    if default is None:
        raise Http404

    def put() -> object:
        return working.set_answer(
            actor=room.actor, version=room.version, question_key=asked.key, value=default, base_revision=0
        )

    return _try(request, room, asked, put, gettext("The proposed answer is on the table."))


def _adopt(request: HttpRequest, room: Room, asked: Question) -> HttpResponse:
    position = _one(room, Position, request.POST.get("position"), asked)

    def adopt() -> object:
        return working.adopt_proposal(
            actor=room.actor,
            version=room.version,
            position=position,
            base_revision=revision_of(request.POST.get("seen")),
            seen_at=_moment_of(request.POST.get("at", "")),
        )

    return _try(
        request, room, asked, adopt, gettext("The proposal is on the table now. The other parties are asked.")
    )


def _restore(request: HttpRequest, room: Room, asked: Question) -> HttpResponse:
    number = revision_of(request.POST.get("entry"))
    entries = Entry.objects.filter(version__agreement=room.agreement, question_key=asked.key)
    entry = get_or_404(entries.select_related("version"), pk=number)

    def restore() -> object:
        return working.restore_answer(
            actor=room.actor,
            version=room.version,
            entry=entry,
            base_revision=revision_of(request.POST.get("seen")),
        )

    return _try(request, room, asked, restore, gettext("The earlier answer is back on the table."))


def _discard(request: HttpRequest, room: Room, asked: Question) -> HttpResponse:
    working.discard_draft(actor=room.actor, version=room.version, key=draft_key(asked.key))
    return _back(request, room, asked)


_DOES: dict[str, Callable[[HttpRequest, Room, Question], HttpResponse]] = {
    "more": _more_rows,
    "default": _put_default,
    "adopt": _adopt,
    "restore": _restore,
    "discard": _discard,
}


def _try(
    request: HttpRequest, room: Room, asked: Question, action: Callable[[], object], done: str
) -> HttpResponse:
    try:
        action()
    except working.AnswerConflict as conflict:
        return _show_conflict(request, room, asked, conflict)
    except NotAllowed:
        raise
    except Refused as refused:
        messages.error(request, str(refused.message))
        return _back(request, room, asked)
    messages.success(request, done)
    return _back(request, room, asked)


def _one(room: Room, model: type[Position], pk: str | None, asked: Question) -> Position:
    try:
        wanted = uuid.UUID(pk or "")
    except ValueError:
        raise Http404 from None
    return get_or_404(model.objects.filter(version=room.version, question_key=asked.key), pk=wanted)


def _moment_of(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) else None


def _back(request: HttpRequest, room: Room, asked: Question) -> HttpResponse:
    route = "meeting" if _from_meeting(request) else "question"
    return redirect(parts.question_url(room, asked.key, route))


def _from_meeting(request: HttpRequest) -> bool:
    return request.POST.get("next") == "meeting"


def _keep(request: HttpRequest, room: Room, asked: Question) -> None:
    """Keep what was typed as a draft, whatever becomes of the request."""
    if _from_meeting(request):
        return  # nothing is typed there, and the draft of the question's page must stay
    try:
        working.save_draft(
            actor=room.actor,
            version=room.version,
            key=draft_key(asked.key),
            data=typed_fields(request.POST),
            base_revision=revision_of(request.POST.get("a-seen")),
        )
    except Refused:
        return


# ---------------------------------------------------------------- showing


def _show(
    request: HttpRequest,
    room: Room,
    asked: Question,
    *,
    form: PositionForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    stand = room.standing.by_key.get(asked.key)
    draft = own_draft(room, draft_key(asked.key))
    why_not = parts.why_not_here(room)
    if form is None and not why_not and stand:
        form = PositionForm(asked, room, typed=as_typed(draft.data) if draft else None)
    entries = history_of(room, asked.key)
    language = parts.reader_language(room)
    answer = room.answers.get(asked.key)
    default = asked.default_value() if answer is None else None
    shown_clauses = [
        {**clause, "name": language_name(clause["language"])}
        for clause in parts.clauses(room, asked, answer.value if answer else default)
    ]
    context = page(
        room,
        "questions",
        question=asked,
        chapter=room.pack.part(asked.part),
        chapter_title=say(room.pack.part(asked.part).title, language),
        label=say(asked.label, language),
        why=say(asked.why, language),
        help=say(asked.help, language),
        examples=parts.examples(room, asked),
        answer=answer,
        answer_text=parts.answer_line(room, asked, answer.value) if answer else "",
        default_text=parts.answer_line(room, asked, default) if default else "",
        clauses=shown_clauses,
        has_table=any(clause["wording"].table for clause in shown_clauses),
        history=parts.happenings(room, asked, entries, answer),
        form=form if not why_not else None,
        draft=draft if form is None or not form.is_bound else None,
        draft_is_old=_is_old(draft, room, asked),
        why_not=why_not,
        closed_by=_closed_by(room, asked) if stand is None else "",
        meeting=next_meeting(room),
        question_key=asked.key,
        pulse_url=parts.pulse_address(room, asked, entries),
        own_contact=parts.own_contact(asked),
        crumbs=[
            *page(room, "questions")["crumbs"],
            (room.agreement.title, reverse("agreements:overview", args=[room.agreement.pk])),
            (gettext("Questions"), reverse("agreements:questions", args=[room.agreement.pk])),
        ],
        **parts.positions_context(room, stand, may_speak=not why_not),
        **parts.neighbours(room, asked.key),
        **more,
    )
    return render(request, "agreements/question.html", context, status=status)


def show_with_comment(
    request: HttpRequest, room: Room, asked: Question, form: CommentForm, answered: uuid.UUID | None
) -> HttpResponse:
    """The page of a question with a comment that could not be taken yet; `answered` is the comment it replies to."""
    return _show(request, room, asked, status=422, comment_form=form, answered_comment=answered)


def _is_old(draft: Draft | None, room: Room, asked: Question) -> bool:
    """The answer changed after this draft was begun."""
    answer = room.answers.get(asked.key)
    return draft is not None and draft.base_revision != (answer.revision if answer else 0)


def _closed_by(room: Room, asked: Question) -> str:
    """Which earlier question closes this one."""
    language = parts.reader_language(room)
    keys = [key for key in asked.show_if if room.pack.has_question(key)]
    return ", ".join(
        f"{room.pack.question(k).number} {say(room.pack.question(k).short, language)}" for k in keys
    )


def _show_conflict(
    request: HttpRequest, room: Room, asked: Question, conflict: working.AnswerConflict, *, reason: str = ""
) -> HttpResponse:
    """Both texts side by side, and three ways to go on. The typed text is kept as a draft besides."""
    room = room_or_404(request, room.agreement.pk)
    theirs = room.answers.get(asked.key)
    language = room.agreement.language
    mine = conflict.mine
    if mine is None:
        mine_text = parts.wording(room, asked, _answer_at(room, asked, conflict.base_revision), language)
    else:
        mine_text = parts.wording(room, asked, mine, language)
    theirs_text = parts.wording(room, asked, theirs.value if theirs else None, language)
    left, right = diff_words(theirs_text, mine_text), diff_words(mine_text, theirs_text)
    context = page(
        room,
        "questions",
        question=asked,
        label=say(asked.label, parts.reader_language(room)),
        theirs=theirs,
        theirs_by=theirs.party.organization if theirs and theirs.party else None,
        theirs_text=right.right,
        mine_text=left.right,
        mine=mine,
        reason=reason,
        kept=[(name, words) for name, words in request.POST.items() if name.startswith("a-reason-keep-")],
        seen=theirs.revision if theirs else 0,
        hidden=PositionForm(asked, room, answer=mine, stance=PUT, auto_id=False) if mine else None,
        merge=PositionForm(asked, room, answer=mine, stance=PUT) if mine else None,
        url=parts.question_url(room, asked.key),
    )
    return render(request, "agreements/question_conflict.html", context, status=409)


def _answer_at(room: Room, asked: Question, revision: int) -> Mapping[str, Any] | None:
    """The answer as it was at a revision, from the log."""
    for entry in Entry.objects.filter(version=room.version, question_key=asked.key, kind=Entry.Kind.ANSWER):
        if entry.data.get("revision") == revision:
            found: Mapping[str, Any] = entry.data["new"]
            return found
    return None
