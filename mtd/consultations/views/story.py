"""The third step of asking: what happened, what strengthens and strains, what was tried, and the question."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from mtd.consultations.actions.drafting import save_story
from mtd.consultations.forms.case import StoryForm
from mtd.consultations.queries.case import case_of, kept_reasons_of
from mtd.core.http import actor_of

from .drafts import kept_page, own_draft_or_404, shown_page


@require_http_methods(["GET", "HEAD", "POST"])
def story(request: HttpRequest, consultation_id: uuid.UUID) -> HttpResponse:
    """The words of the case, with the guard beside them; saved while they are typed."""
    draft = own_draft_or_404(request, consultation_id)
    case, kept = case_of(draft), kept_reasons_of(draft)
    if request.method != "POST":
        more = request.GET.get("add", "")
        form = StoryForm(case=case, kept=kept, revision=draft.revision, topic=draft.topic, more=more)
        return shown_page(request, draft, form, step=3, template="story.html")
    verb, _colon, what = request.POST.get("do", "").partition(":")
    form = StoryForm(request.POST, case=case, kept=kept, more=what if verb == "add" else "")
    return kept_page(
        request,
        draft,
        form,
        lambda: save_story(
            actor=actor_of(request),
            consultation=draft,
            revision=form.cleaned_data["revision"],
            **form.words(),
        ),
        step=3,
        template="story.html",
        onward=reverse("consultations:check", args=[draft.pk]),
    )
