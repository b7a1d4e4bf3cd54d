"""Pages of the guides: reading them, loading a new version, comparing two, feedback from practice."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mtd.core.actor import Actor
from mtd.core.errors import NotAllowed, Refused, require
from mtd.core.http import actor_of, get_or_404

from .actions import give_feedback, load_guide, publish_version
from .forms import FeedbackForm, UploadForm
from .models import GuideVersion
from .pack import Pack, PackError, PackErrors, Step, say
from .permissions import can_give_feedback, can_load, can_see_feedback, visible_to
from .queries import (
    compare,
    feedback_counts,
    feedback_on_step,
    number_key,
    pack_of,
    previous_version,
)
from .shown import ShownQuestion, shown_question


@dataclass(frozen=True)
class RoadStep:
    """One step of the road as the picture shows it."""

    number: int
    name: str
    url: str
    when: str
    state: str = ""


@dataclass(frozen=True)
class ShownVersion:
    """A version in the list of guides."""

    version: GuideVersion
    pack: Pack
    older: GuideVersion | None


def reading_language(pack: Pack) -> str:
    """The reader's language if the guide has it, else the guide's own."""
    return pack.language((get_language() or "en").split("-")[0])


def road(version: GuideVersion, pack: Pack, language: str, here: str = "") -> list[RoadStep]:
    """The steps as a road, with the one being read; nothing is done here, only in an agreement."""
    place = next((number for number, step in enumerate(pack.steps) if step.key == here), len(pack.steps))
    return [
        RoadStep(
            number=step.number,
            name=say(step.title, language),
            url=reverse("guide:step", args=[version.id, step.key]),
            when=months(step),
            state="here" if number == place else "next" if number > place else "",
        )
        for number, step in enumerate(pack.steps)
    ]


def months(step: Step) -> str:
    """“months 1–4”."""
    return _("months %(low)s–%(high)s") % {"low": step.months[0], "high": step.months[1]}


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All guides with their versions."""
    actor = actor_of(request)
    versions = sorted(visible_to(actor), key=lambda v: (v.guide.slug, number_key(v.number)), reverse=True)
    shown: dict[uuid.UUID, list[ShownVersion]] = {}
    for place, version in enumerate(versions):
        later = versions[place + 1 :]
        older = next((v for v in later if v.guide_id == version.guide_id), None)
        shown.setdefault(version.guide_id, []).append(ShownVersion(version, pack_of(version), older))
    guides = []
    for rows in shown.values():
        newest = next((row for row in rows if row.version.is_published), rows[0])
        language = reading_language(newest.pack)
        guides.append(
            {
                "newest": newest,
                "rows": rows,
                "language": language,
                "road": road(newest.version, newest.pack, language),
            }
        )
    return render(request, "guide/index.html", {"guides": guides, "may_load": can_load(actor)})


@require_GET
def read(request: HttpRequest, version_id: uuid.UUID) -> HttpResponse:
    """One version as a whole: the road, what each step is for, and the parts of the agreement."""
    actor = actor_of(request)
    version = get_or_404(visible_to(actor), id=version_id)
    pack = pack_of(version)
    language = reading_language(pack)
    sees_feedback = bool(can_see_feedback(actor))
    counts = feedback_counts(version.guide_id) if sees_feedback else {}
    context = _frame(version, pack, language) | {
        "road": road(version, pack, language),
        "steps": [(step, pack.questions_of_step(step.key), counts.get(step.key, 0)) for step in pack.steps],
        "parts": [(part, pack.questions_of_part(part.key)) for part in pack.parts],
        "older": previous_version(version),
        "sees_feedback": sees_feedback,
        "may_load": can_load(actor),
    }
    return render(request, "guide/read.html", context)


@require_GET
def step(request: HttpRequest, version_id: uuid.UUID, step_key: str) -> HttpResponse:
    """One step: for whom, what to talk about, what to check, and the questions whose answers become clauses."""
    actor = actor_of(request)
    version = get_or_404(visible_to(actor), id=version_id)
    pack, found = _step_of(version, step_key)
    return render(request, "guide/step.html", _step_context(actor, version, pack, found))


@require_http_methods(["GET", "POST"])
def feedback(request: HttpRequest, version_id: uuid.UUID, step_key: str) -> HttpResponse:
    """Say what helped in a step and what was missing."""
    actor = actor_of(request)
    version = get_or_404(visible_to(actor), id=version_id)
    pack, found = _step_of(version, step_key)
    require(can_give_feedback(actor))
    form = _feedback_form(pack, found, request)
    if request.method == "POST" and form.is_valid():
        try:
            give_feedback(actor=actor, version=version, step_key=found.key, **form.cleaned_data)
        except NotAllowed:
            raise
        except Refused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("Thank you. Whoever writes the next version of the guide sees this."))
            return redirect("guide:step", version_id=version.id, step_key=found.key)
    language = reading_language(pack)
    context = _frame(version, pack, language) | {"step": found, "form": form}
    return render(request, "guide/feedback.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Load a guide from a zip file; mistakes are shown all at once, each with file and line."""
    actor = actor_of(request)
    require(can_load(actor))
    form = UploadForm(request.POST or None, request.FILES or None)
    mistakes: tuple[PackError, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            version = _load(actor, form.cleaned_data["file"], publish=form.cleaned_data["publish"])
        except PackErrors as errors:
            mistakes = errors.errors
        except NotAllowed:
            raise
        except Refused as refused:
            form.add_error("file", str(refused))
        else:
            return _after_loading(request, version)
    wrong = bool(mistakes or form.errors)
    return render(
        request, "guide/upload.html", {"form": form, "mistakes": mistakes}, status=422 if wrong else 200
    )


@require_POST
def publish(request: HttpRequest, version_id: uuid.UUID) -> HttpResponse:
    """Publish a draft."""
    actor = actor_of(request)
    version = get_or_404(visible_to(actor), id=version_id)
    publish_version(actor=actor, version=version)
    messages.success(request, _("Version %(number)s is published.") % {"number": version.number})
    return redirect("guide:read", version_id=version.id)


@require_GET
def compare_versions(request: HttpRequest, old_id: uuid.UUID, new_id: uuid.UUID) -> HttpResponse:
    """What a newer version adds, drops and words differently."""
    visible = visible_to(actor_of(request))
    old, new = get_or_404(visible, id=old_id), get_or_404(visible, id=new_id)
    if old.guide_id != new.guide_id:
        raise Http404
    old_pack, new_pack = pack_of(old), pack_of(new)
    comparison = compare(old_pack, new_pack)
    groups = [
        (label, comparison.of(what))
        for what, label in (
            ("about", _("The guide itself")),
            ("step", _("Steps")),
            ("question", _("Questions")),
            ("part", _("Parts of the agreement")),
            ("example", _("Examples")),
        )
        if comparison.of(what)
    ]
    context = _frame(new, new_pack, reading_language(new_pack)) | {"old": old, "groups": groups}
    return render(request, "guide/compare.html", context)


def _frame(version: GuideVersion, pack: Pack, language: str) -> dict[str, object]:
    wanted = (get_language() or "en").split("-")[0]
    return {"version": version, "pack": pack, "language": language, "other_language": language != wanted}


def _step_of(version: GuideVersion, step_key: str) -> tuple[Pack, Step]:
    pack = pack_of(version)
    try:
        return pack, pack.step(step_key)
    except KeyError as unknown:
        raise Http404 from unknown


def _feedback_form(pack: Pack, step: Step, request: HttpRequest) -> FeedbackForm:
    language = reading_language(pack)
    questions = tuple((q.key, say(q.label, language)) for q in pack.questions_of_step(step.key))
    return FeedbackForm(request.POST if request.method == "POST" else None, step=step, questions=questions)


def _step_context(actor: Actor, version: GuideVersion, pack: Pack, step: Step) -> dict[str, object]:
    language = reading_language(pack)
    place = pack.steps.index(step)
    questions: list[ShownQuestion] = [
        shown_question(pack, question, language) for question in pack.questions_of_step(step.key)
    ]
    sees_feedback = bool(can_see_feedback(actor))
    return _frame(version, pack, language) | {
        "step": step,
        "when": months(step),
        "road": road(version, pack, language, here=step.key),
        "conversation": step.conversation[language],
        "questions": questions,
        "before": pack.steps[place - 1] if place else None,
        "after": pack.steps[place + 1] if place + 1 < len(pack.steps) else None,
        "may_give_feedback": can_give_feedback(actor),
        "sees_feedback": sees_feedback,
        "feedback": feedback_on_step(version.guide_id, step.key) if sees_feedback else [],
        "labels": {question.key: say(question.label, language) for question in pack.questions},
    }


def _load(actor: Actor, file: UploadedFile[Any], *, publish: bool) -> GuideVersion:
    # The name is the person's own and appears in messages; the folder is ours.
    name = Path(file.name or "guide.zip").name[-80:] or "guide.zip"
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        with path.open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
        return load_guide(actor=actor, path=path, publish=publish)


def _after_loading(request: HttpRequest, version: GuideVersion) -> HttpResponse:
    pack = pack_of(version)
    questions = ngettext("%(count)s question", "%(count)s questions", len(pack.questions)) % {
        "count": len(pack.questions)
    }
    messages.success(
        request,
        _("Loaded: %(title)s %(number)s, %(steps)s steps, %(questions)s, languages: %(languages)s.")
        % {
            "title": say(pack.title, reading_language(pack)),
            "number": version.number,
            "steps": len(pack.steps),
            "questions": questions,
            "languages": ", ".join(pack.languages),
        },
    )
    older = previous_version(version)
    if older is not None:
        return redirect("guide:compare", old_id=older.id, new_id=version.id)
    return redirect("guide:read", version_id=version.id)
