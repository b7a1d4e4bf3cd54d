"""The annexes: which there are, what they say, their versions, and what the named body decided."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from mtd.agreements.actions import annexes as actions
from mtd.agreements.annexes import AnnexText, annex_text, annexes_of, load_annexes, valid_version
from mtd.agreements.charts import NARROW, chart, flow_table
from mtd.agreements.document import annex_letters
from mtd.agreements.export import annex_pdf
from mtd.agreements.forms.annexes import AnnexForm, ApprovalForm, NewAnnexForm, RejectionForm
from mtd.agreements.forms.questions import language_name
from mtd.agreements.models import Annex, AnnexVersion
from mtd.agreements.permissions import can_approve_annex, can_propose_annex
from mtd.agreements.queries import Room, terms
from mtd.agreements.text import context_of
from mtd.core.errors import Denied, NotAllowed, Refused
from mtd.core.http import download, get_or_404
from mtd.core.templatetags.mtd import diff_words
from mtd.documents.models import StoredFile
from mtd.guide.wording import ClauseContext

from .room import page, room_or_404

KINDS = {"proposed": "work", "in_force": "good", "superseded": "closed", "rejected": "miss"}


def _contexts(room: Room) -> dict[str, ClauseContext]:
    return {language: context_of(room, language, room.agreed_values) for language in room.agreement.languages}


@require_http_methods(["GET", "POST"])
def annexes(request: HttpRequest, agreement_id: uuid.UUID) -> HttpResponse:
    """All annexes with their valid version and what is proposed; prepare the usual ones, add one's own."""
    room = room_or_404(request, agreement_id)
    form, status = NewAnnexForm(room), 200
    if request.method == "POST":
        if request.POST.get("do") == "prepare":
            actions.create_default_annexes(actor=room.actor, version=room.version)
            messages.success(request, gettext("The annexes are prepared. They follow what is agreed."))
            return redirect("agreements:annexes", room.agreement.pk)
        form, status = NewAnnexForm(room, request.POST, request.FILES), 422
        if form.is_valid():
            try:
                made = actions.add_annex(
                    actor=room.actor,
                    version=room.version,
                    title=form.cleaned_data["title"],
                    texts=form.texts,
                    file=form.upload,
                )
            except NotAllowed:
                raise
            except Refused as refused:
                refused.show_on(form)
            else:
                messages.success(request, gettext("The annex is added."))
                return redirect("agreements:annex", room.agreement.pk, made.pk)
    rows = load_annexes(room)
    known = {annex.key: annex for annex in rows}
    permission = can_propose_annex(room.actor, Annex(agreement=room.agreement))
    texts = annexes_of(room, _contexts(room))
    listed = [
        _row(known.get(text.key), text, letter)
        for text, letter in zip(texts, annex_letters(texts), strict=True)
    ]
    context = page(
        room,
        "annexes",
        rows=listed,
        missing=any(row["annex"] is None for row in listed),
        may=bool(permission),
        why_not=permission.reason if isinstance(permission, Denied) else "",
        body=terms(room).annex_body,
        form=form,
    )
    return render(request, "agreements/annexes.html", context, status=status)


def _row(annex: Annex | None, text: AnnexText, letter: str) -> dict[str, Any]:
    version = valid_version(annex) if annex else None
    waiting = [
        v
        for v in (annex.versions.all() if annex else ())
        if v.state == AnnexVersion.State.PROPOSED and (version is None or v.number > version.number)
    ]
    return {
        "annex": annex,
        "text": text,
        "letter": letter,
        "version": version,
        "kind": KINDS[version.state] if version else "open",
        "waiting": waiting[0] if waiting else None,
    }


@require_http_methods(["GET", "POST"])
def annex(request: HttpRequest, agreement_id: uuid.UUID, annex_id: uuid.UUID) -> HttpResponse:
    """One annex: what it says, its versions with the words that differ, and what can be done with it."""
    room = room_or_404(request, agreement_id)
    found = _annex(room, annex_id)
    if request.method == "POST":
        return _do(request, room, found)
    return _show(request, room, found)


def _annex(room: Room, annex_id: uuid.UUID) -> Annex:
    found = next((one for one in load_annexes(room) if one.pk == annex_id), None)
    if found is None:
        raise Http404
    found.agreement = room.agreement
    return found


def _version(found: Annex, number: str | int | None) -> AnnexVersion:
    for version in found.versions.all():
        if str(version.number) == str(number):
            return version
    raise Http404


def _do(request: HttpRequest, room: Room, found: Annex) -> HttpResponse:
    match request.POST.get("do"):
        case "approve":
            return _approve(request, room, found)
        case "reject":
            return _reject(request, room, found)
        case "follow":
            actions.propose_annex_version(actor=room.actor, annex=found, content={})
            messages.success(request, gettext("A version that follows what is agreed is proposed."))
            return redirect("agreements:annex", room.agreement.pk, found.pk)
        case _:
            return _propose(request, room, found)


def _propose(request: HttpRequest, room: Room, found: Annex) -> HttpResponse:
    form = _form(room, found, request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.propose_annex_version(
                actor=room.actor,
                annex=found,
                content=form.to_content(),
                change=form.cleaned_data["change"],
                file=form.upload,
                keep_file="keep_file" in request.POST,
            )
        except NotAllowed:
            raise
        except Refused as refused:
            refused.show_on(form)
        else:
            messages.success(
                request, gettext("The new version is proposed. The old one stays valid until then.")
            )
            return redirect("agreements:annex", room.agreement.pk, found.pk)
    return _show(request, room, found, form=form, status=422)


def _approve(request: HttpRequest, room: Room, found: Annex) -> HttpResponse:
    version = _version(found, request.POST.get("version"))
    form = ApprovalForm(version, request.POST)
    if form.is_valid():
        try:
            actions.approve_annex(actor=room.actor, annex_version=version, **form.cleaned_data)
        except NotAllowed:
            raise
        except Refused as refused:
            refused.show_on(form)
        else:
            messages.success(request, gettext("This version is valid now."))
            return redirect("agreements:annex", room.agreement.pk, found.pk)
    return _show(request, room, found, bound={version.pk: {"approve": form}}, status=422)


def _reject(request: HttpRequest, room: Room, found: Annex) -> HttpResponse:
    version = _version(found, request.POST.get("version"))
    form = RejectionForm(version, request.POST)
    if form.is_valid():
        try:
            actions.reject_annex(actor=room.actor, annex_version=version, reason=form.cleaned_data["reason"])
        except NotAllowed:
            raise
        except Refused as refused:
            refused.show_on(form)
        else:
            messages.success(request, gettext("This version is marked as not approved."))
            return redirect("agreements:annex", room.agreement.pk, found.pk)
    return _show(request, room, found, bound={version.pk: {"reject": form}}, status=422)


def _form(room: Room, found: Annex, *args: Any) -> AnnexForm:
    newest = max(found.versions.all(), key=lambda v: v.number, default=None)
    content = newest.content if newest else {}
    says = annex_text(room, found, newest, _contexts(room)) if newest else AnnexText(found.key, found.kind, 0)
    return AnnexForm(room, found, says, content, *args)


def _show(
    request: HttpRequest,
    room: Room,
    found: Annex,
    *,
    form: AnnexForm | None = None,
    bound: Mapping[Any, Mapping[str, Any]] | None = None,
    status: int = 200,
) -> HttpResponse:
    contexts = _contexts(room)
    shown = valid_version(found)
    wanted = request.GET.get("v")
    if wanted is not None:
        shown = _version(found, wanted)
    says = {v.pk: annex_text(room, found, v, contexts) for v in found.versions.all()}
    may = bool(can_propose_annex(room.actor, found))
    permission = can_approve_annex(room.actor, found)
    valid = valid_version(found)
    body = terms(room).annex_body or ""
    versions = []
    for version in found.versions.all():
        given = (bound or {}).get(version.pk, {})
        waiting = version.state == AnnexVersion.State.PROPOSED
        differs = valid is not None and version.pk != valid.pk and waiting
        language = room.agreement.language
        versions.append(
            {
                "version": version,
                "kind": KINDS[version.state],
                "diff": diff_words(says[valid.pk].body(language).plain, says[version.pk].body(language).plain)
                if differs and valid is not None
                else None,
                "approve": given.get("approve") or ApprovalForm(version, body=body)
                if waiting and permission
                else None,
                "reject": given.get("reject") or RejectionForm(version) if waiting and permission else None,
            }
        )
    context = page(
        room,
        "annexes",
        annex=found,
        shown=shown,
        valid=valid,
        sides=_sides(room, says[shown.pk]) if shown else [],
        versions=versions,
        form=form or (_form(room, found) if may else None),
        form_open=form is not None,
        follows=found.kind
        in (Annex.Kind.CONTACTS, Annex.Kind.CASE_FLOW, Annex.Kind.ENDANGERMENT, Annex.Kind.PROFILES),
        body=body,
        why_not=permission.reason if isinstance(permission, Denied) else "",
        crumbs=[
            *page(room, "annexes")["crumbs"],
            (room.agreement.title, reverse("agreements:overview", args=[room.agreement.pk])),
            (
                pgettext("room of an agreement", "Annexes"),
                reverse("agreements:annexes", args=[room.agreement.pk]),
            ),
        ],
    )
    return render(request, "agreements/annex.html", context, status=status)


def _sides(room: Room, text: AnnexText) -> list[dict[str, Any]]:
    """What the annex says per language, with its chart drawn for a wide and for a narrow page."""
    sides = []
    for code in text.bodies:
        body = text.bodies[code]
        header, rows = flow_table(body, code)
        sides.append(
            {
                "code": code,
                "name": language_name(code),
                "binding": bool(room.agreement.second_language) and code == room.agreement.binding_language,
                "body": body,
                "wide": chart(body, code) if body.steps else "",
                "narrow": chart(body, code, width=NARROW) if body.steps else "",
                "flow_header": header,
                "flow_rows": rows,
            }
        )
    return sides


@require_GET
def annex_file(
    request: HttpRequest, agreement_id: uuid.UUID, annex_id: uuid.UUID, number: int
) -> HttpResponse:
    """The PDF that was uploaded with a version of an annex."""
    room = room_or_404(request, agreement_id)
    version = _version(_annex(room, annex_id), number)
    if version.file_id is None:
        raise Http404
    file = get_or_404(StoredFile.objects.all(), pk=version.file_id)
    return download(bytes(file.content), name=file.name, media_type=file.media_type)


@require_GET
def annex_as_pdf(request: HttpRequest, agreement_id: uuid.UUID, annex_id: uuid.UUID) -> HttpResponse:
    """One annex as a PDF of its own: a form to print, a chart for the wall."""
    room = room_or_404(request, agreement_id)
    found = _annex(room, annex_id)
    wanted = request.GET.get("v")
    version = _version(found, wanted) if wanted else valid_version(found)
    if version is None:
        raise Http404
    approved = version.state in (AnnexVersion.State.IN_FORCE, AnnexVersion.State.SUPERSEDED)
    pdf = annex_pdf(room, annex_text(room, found, version, _contexts(room)), approved=approved)
    name = f"{room.agreement.code}-{found.key}-v{version.number}.pdf"
    return download(pdf, name=name, media_type="application/pdf")
