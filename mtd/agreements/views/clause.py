"""One clause: how it reads, what is proposed, who accepts, and the comments on it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from mtd.agreements.actions import wording
from mtd.agreements.forms.questions import language_name
from mtd.agreements.forms.wording import CommentForm, ProposalForm, VoteForm
from mtd.agreements.models import Amendment, Comment
from mtd.agreements.permissions import can_speak, visible_comments
from mtd.agreements.queries import Room, amendments_of
from mtd.agreements.text import clause_on_table, is_stale, proposed_from_answer
from mtd.core.errors import Denied, NotAllowed, Refused
from mtd.core.http import get_or_404
from mtd.core.templatetags.mtd import diff_words
from mtd.guide.pack import Question, say

from .question_page import reader_language
from .questions import show_with_comment
from .room import page, room_or_404
from .text import languages_of


@require_http_methods(["GET", "POST"])
def clause(request: HttpRequest, agreement_id: uuid.UUID, key: str) -> HttpResponse:
    """One clause: how it reads, what others propose, our vote, our own proposal, comments."""
    room = room_or_404(request, agreement_id)
    question = _question(room, key)
    if request.method == "POST":
        return _do(request, room, question)
    return _show(request, room, question)


def _question(room: Room, key: str) -> Question:
    if not room.pack.has_question(key) or not room.pack.question(key).yields_clause:
        raise Http404
    return room.pack.question(key)


def _do(request: HttpRequest, room: Room, question: Question) -> HttpResponse:
    match request.POST.get("do"):
        case "accept" | "reject":
            return _vote(request, room, question, request.POST["do"] == "accept")
        case "withdraw":
            amendment = _amendment(room, question, request.POST.get("amendment"))
            wording.withdraw(actor=room.actor, amendment=amendment)
            messages.success(request, gettext("The proposal is withdrawn."))
        case "reset":
            wording.reset_wording(
                actor=room.actor,
                version=room.version,
                question_key=question.key,
                language=request.POST.get("language", ""),
            )
            messages.success(
                request, gettext("Going back to the proposed wording is proposed. The others are asked.")
            )
        case _:
            return _propose(request, room, question)
    return _back(room, question)


def _propose(request: HttpRequest, room: Room, question: Question) -> HttpResponse:
    form = ProposalForm(request.POST, language=request.POST.get("do", "").removeprefix("propose-")[:8])
    parent = None
    if form.is_valid():
        if form.cleaned_data["parent"]:
            parent = _amendment(room, question, form.cleaned_data["parent"])
        try:
            wording.propose(
                actor=room.actor,
                version=room.version,
                question_key=question.key,
                language=form.cleaned_data["language"],
                text=form.cleaned_data["text"],
                reason=form.cleaned_data["reason"],
                parent=parent,
            )
        except NotAllowed:
            raise
        except Refused as refused:
            refused.show_on(form)
        else:
            messages.success(request, gettext("Your wording is proposed. The other parties are asked."))
            return _back(room, question)
    return _show(request, room, question, proposal=form, status=422)


def _vote(request: HttpRequest, room: Room, question: Question, accepts: bool) -> HttpResponse:
    amendment = _amendment(room, question, request.POST.get("amendment"))
    form = VoteForm(amendment, request.POST)
    if form.is_valid():
        try:
            done = wording.vote(
                actor=room.actor, amendment=amendment, accepts=accepts, reason=form.cleaned_data["reason"]
            )
        except NotAllowed:
            raise
        except Refused as refused:
            refused.show_on(form)
        else:
            if done.state == Amendment.State.ACCEPTED:
                messages.success(request, gettext("All parties accept. The clause now reads as proposed."))
            else:
                messages.success(request, gettext("Your organisation’s vote is noted."))
            return _back(room, question)
    return _show(request, room, question, vote=(amendment.pk, form), status=422)


def _amendment(room: Room, question: Question, pk: str | None) -> Amendment:
    found = Amendment.objects.filter(version=room.version, question_key=question.key)
    return get_or_404(found, pk=_uuid(pk))


def _uuid(text: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        raise Http404 from None


def _back(room: Room, question: Question) -> HttpResponse:
    return redirect("agreements:clause", room.agreement.pk, question.key)


def _show(
    request: HttpRequest,
    room: Room,
    question: Question,
    *,
    proposal: ProposalForm | None = None,
    vote: tuple[uuid.UUID, VoteForm] | None = None,
    comment_form: CommentForm | None = None,
    answered: uuid.UUID | None = None,
    status: int = 200,
) -> HttpResponse:
    amendments = amendments_of(room, question.key)
    permission = can_speak(room.actor, room.agreement, room.version)
    may = bool(permission) and question.key in room.open_keys
    change = request.GET.get("change", "")
    context = page(
        room,
        "text",
        question=question,
        question_key=question.key,
        part=room.pack.part(question.part),
        part_title=say(room.pack.part(question.part).title, reader_language(room)),
        title=say(question.short, reader_language(room)),
        sides=[_side(room, question, one, amendments, may, change, proposal) for one in languages_of(room)],
        nodes=_nodes(room, question, amendments, may, vote),
        closed=[_closed(a, amendments) for a in amendments if a.state != Amendment.State.OPEN],
        may_speak=may,
        why_not=permission.reason if isinstance(permission, Denied) else "",
        is_open=question.key in room.open_keys,
        answered=question.key in room.answers,
        agreed=question.key in room.agreed_values,
        comment_form=comment_form,
        answered_comment=answered,
        crumbs=[
            *page(room, "text")["crumbs"],
            (room.agreement.title, reverse("agreements:overview", args=[room.agreement.pk])),
            (pgettext("room of an agreement", "Text"), reverse("agreements:text", args=[room.agreement.pk])),
        ],
    )
    return render(request, "agreements/clause.html", context, status=status)


def _side(
    room: Room,
    question: Question,
    language: dict[str, Any],
    amendments: list[Amendment],
    may: bool,
    change: str,
    bound: ProposalForm | None,
) -> dict[str, Any]:
    """One language of the clause: how it reads now, and the form to word it differently."""
    code = language["code"]
    now = clause_on_table(room, question.key, code)
    proposed = proposed_from_answer(room, question.key, code)
    parent = next((a for a in amendments if str(a.pk) == change and a.language == code and a.is_open), None)
    form = None
    if may and now is not None:
        form = bound if bound is not None and bound.code == code else None
        form = form or ProposalForm(
            language=code,
            initial={
                "language": code,
                "parent": str(parent.pk) if parent else "",
                "text": parent.text if parent else now.wording,
            },
        )
    return {
        **language,
        "now": now,
        "proposed": proposed if now and now.amended else None,
        "stale": is_stale(room, question.key, code),
        "form": form,
        "parent": parent,
        "open": parent is not None or (bound is not None and bound.code == code),
    }


def _nodes(
    room: Room,
    question: Question,
    amendments: list[Amendment],
    may: bool,
    vote: tuple[uuid.UUID, VoteForm] | None,
) -> list[dict[str, Any]]:
    """Open proposals in threads, each with the words that differ and who said what to it."""
    still = [a for a in amendments if a.is_open]
    open_ids = {a.pk for a in still}
    found: list[dict[str, Any]] = []
    parties = {party.pk: party for party in room.parties}

    def add(amendment: Amendment, depth: int, parent: Amendment | None) -> None:
        now = clause_on_table(room, question.key, amendment.language)
        base = parent.text if parent else (now.wording if now else amendment.base_text)
        votes = {v.party_id: v for v in amendment.votes.all()}
        mine = room.my_party is not None and amendment.party_id == room.my_party.pk
        form = None
        if may and not mine:
            form = vote[1] if vote and vote[0] == amendment.pk else VoteForm(amendment)
        found.append(
            {
                "amendment": amendment,
                "depth": min(depth, 3),
                "nested": depth > 0,
                "language": language_name(amendment.language),
                "diff": diff_words(base, amendment.text),
                "changed_since": parent is None and amendment.base_text != base,
                "votes": [(party, votes.get(pk)) for pk, party in parties.items()],
                "mine": mine and may,
                "my_vote": votes.get(room.my_party.pk) if room.my_party else None,
                "form": form,
            }
        )
        for child in still:
            if child.parent_id == amendment.pk:
                add(child, depth + 1, amendment)

    for amendment in still:
        if amendment.parent_id not in open_ids:
            add(amendment, 0, None)
    return found


def _closed(amendment: Amendment, amendments: list[Amendment]) -> dict[str, Any]:
    """What became of a proposal, in words."""
    taken = any(a.parent_id == amendment.pk and a.state == Amendment.State.ACCEPTED for a in amendments)
    label = str(amendment.get_state_display())
    if amendment.state == Amendment.State.ACCEPTED and taken:
        label = gettext("accepted in changed form")
    kind = {"accepted": "good", "rejected": "miss"}.get(amendment.state, "closed")
    return {
        "amendment": amendment,
        "label": label,
        "kind": kind,
        "language": language_name(amendment.language),
    }


# ---------------------------------------------------------------- comments


@require_POST
def comment(request: HttpRequest, agreement_id: uuid.UUID, key: str) -> HttpResponse:
    """Comment on a clause, settle a comment, delete one's own."""
    room = room_or_404(request, agreement_id)
    if not room.pack.has_question(key):
        raise Http404
    question = room.pack.question(key)
    match request.POST.get("do"):
        case "settle" | "reopen":
            found = _comment(room, question, request.POST.get("comment"))
            wording.settle_comment(actor=room.actor, comment=found, settled=request.POST["do"] == "settle")
        case "delete":
            found = _comment(room, question, request.POST.get("comment"))
            wording.delete_comment(actor=room.actor, comment=found)
            messages.success(request, gettext("The comment is deleted."))
        case "reply":
            return _add(request, room, question, _comment(room, question, request.POST.get("comment")))
        case _:
            return _add(request, room, question, None)
    return _to_comments(request, room, question)


def _add(request: HttpRequest, room: Room, question: Question, parent: Comment | None) -> HttpResponse:
    data = request.POST.copy()
    if parent is not None:
        data["c-visibility"] = parent.visibility
    form = CommentForm(room, data)
    if form.is_valid():
        try:
            wording.add_comment(
                actor=room.actor,
                version=room.version,
                question_key=question.key,
                visibility=form.cleaned_data["visibility"],
                body=form.cleaned_data["body"],
                parent=parent,
            )
        except NotAllowed:
            raise
        except Refused as refused:
            refused.show_on(form)
        else:
            messages.success(request, gettext("The comment is there for those who may read it."))
            return _to_comments(request, room, question)
    answered = parent.pk if parent else None
    if not question.yields_clause or request.POST.get("next") != "clause":
        return show_with_comment(request, room, question, form, answered)
    return _show(request, room, question, comment_form=form, answered=answered, status=422)


def _comment(room: Room, question: Question, pk: str | None) -> Comment:
    found = visible_comments(room.actor, room.agreement).filter(question_key=question.key)
    return get_or_404(found, pk=_uuid(pk))


def _to_comments(request: HttpRequest, room: Room, question: Question) -> HttpResponse:
    route = "clause" if request.POST.get("next") == "clause" and question.yields_clause else "question"
    return redirect(reverse(f"agreements:{route}", args=[room.agreement.pk, question.key]) + "#comments")
