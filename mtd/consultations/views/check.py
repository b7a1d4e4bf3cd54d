"""The last step of asking: everything as it will be read, what is still open, and sending."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from mtd.consultations.actions.asking import send
from mtd.consultations.actions.drafting import discard
from mtd.consultations.models import Consultation
from mtd.consultations.permissions import is_asker
from mtd.consultations.queries.case import case_of, missing
from mtd.consultations.queries.checking import open_texts
from mtd.consultations.queries.deadline import ends_after, promise_of, until_words
from mtd.consultations.queries.ground import ground_of
from mtd.core.errors import NotAllowed, Refused
from mtd.core.http import actor_of
from mtd.core.templatetags.mtd import weekday

from .drafts import frame, own_draft_or_404, side
from .gate import consultation_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, consultation_id: uuid.UUID) -> HttpResponse:
    """What the reader will see, what the guard still asks, the clause, the deadline, the end; then send."""
    sent = consultation_or_404(request, consultation_id)
    if (
        request.method == "POST"
        and sent.state != Consultation.State.DRAFT
        and is_asker(actor_of(request), sent)
    ):
        return HttpResponseRedirect(reverse("consultations:page", args=[sent.pk]))  # a second click
    draft = own_draft_or_404(request, consultation_id)
    actor, refusal = actor_of(request), None
    if request.method == "POST" and request.POST.get("do") == "discard":
        discard(actor=actor, consultation=draft)
        messages.success(request, _("The draft is thrown away, and its key is destroyed."))
        return HttpResponseRedirect(reverse("consultations:index"))
    if request.method == "POST":
        try:
            revision = request.POST.get("revision", "")
            send(actor=actor, consultation=draft, revision=int(revision) if revision.isdecimal() else -1)
        except NotAllowed:
            raise
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, _("Sent. You will be told as soon as an answer is there."))
            return HttpResponseRedirect(reverse("consultations:page", args=[draft.pk]))
    case, ground = case_of(draft), ground_of(draft.agreement)
    promise, now = promise_of(ground), timezone.now()
    due = draft.meeting.ends_at if draft.meeting else promise.due(now, draft.network)
    context = {
        **frame(actor, draft, 4),
        **side(draft, case),
        "lacking": missing(draft, case),
        "open_texts": open_texts(draft, case),
        "promise": promise,
        "due": _words(due, draft),
        "ends_on": ends_after(timezone.localdate(due or now, draft.network.zone), ground),
        "refusal": refusal,
        "send_label": pgettext("consultation", "Send the question"),
    }
    return render(request, "consultations/check.html", context, status=409 if refusal else 200)


def _words(due: datetime | None, draft: Consultation) -> str:
    if due is None:
        return ""
    return weekday(draft.meeting.local_start) if draft.meeting else until_words(due, draft.network)
