"""Loading and publishing guides, and saying how a step worked.

The identity guard sits in the guarded fields of `forms`: what arrives here has passed it.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mtd.audit.actions import record
from mtd.core.actor import Actor
from mtd.core.encryption import destroy
from mtd.core.errors import Refused, require

from .models import Guide, GuideVersion, StepFeedback
from .pack import Pack, pack_to_json, read_pack
from .permissions import can_give_feedback, can_load, can_view
from .queries import digest, feedback_due, pack_of

MAX_FEEDBACK = 5_000


def load_guide(*, actor: Actor, path: Path | str, publish: bool = True) -> GuideVersion:
    """Read, check and keep a version of a guide; it is published at once unless `publish` is False.

    Loading the same content again changes nothing and returns what is there. A draft is replaced. Raises
    PackErrors with every mistake in the pack; NotAllowed; Refused("raise_version") when this number is already
    published with other content, because agreements rest on it.
    """
    require(can_load(actor))
    pack = read_pack(path)  # long work with files, so before the transaction
    try:
        return _keep(actor=actor, pack=pack, publish=publish)
    except IntegrityError as twice:
        raise Refused(
            _("Somebody else is loading this version at this moment. Look at the list of guides."),
            code="loaded_twice",
        ) from twice


@transaction.atomic(durable=True)
def _keep(*, actor: Actor, pack: Pack, publish: bool) -> GuideVersion:
    content = pack_to_json(pack)
    sha256 = digest(content)
    guide, _created = Guide.objects.select_for_update().get_or_create(
        slug=pack.guide, defaults={"title": dict(pack.title)}
    )
    version = GuideVersion.objects.select_for_update().filter(guide=guide, number=pack.version).first()
    if version is not None and version.is_published:
        if version.sha256 == sha256:
            return version
        raise Refused(
            _(
                "Version %(number)s is already published with other content, and agreements may rest on it. "
                "Raise the version in pack.yaml and load it again."
            )
            % {"number": pack.version},
            code="raise_version",
        )
    if version is None:
        version = GuideVersion(guide=guide, number=pack.version)
    version.content = content
    version.sha256 = sha256
    version.loaded_by_id = actor.user_id
    version.loaded_at = timezone.now()
    version.save()
    record(actor, "guide.loaded", version, sha256=sha256)
    if publish:
        _publish(actor, guide, version, pack)
    return version


@transaction.atomic(durable=True)
def publish_version(*, actor: Actor, version: GuideVersion) -> GuideVersion:
    """Publish a draft; from now on it never changes. Raises NotAllowed; Refused("published") if it already is."""
    version = GuideVersion.objects.select_for_update().select_related("guide").get(id=version.id)
    require(can_load(actor))
    if version.is_published:
        raise Refused(_("This version is already published."), code="published")
    _publish(actor, version.guide, version, pack_of(version))
    return version


def _publish(actor: Actor, guide: Guide, version: GuideVersion, pack: Pack) -> None:
    version.state = GuideVersion.State.PUBLISHED
    version.published_at = timezone.now()
    version.save(update_fields=["state", "published_at"])
    guide.title = dict(pack.title)
    guide.save(update_fields=["title"])
    record(actor, "guide.published", version, sha256=version.sha256)


@transaction.atomic(durable=True)
def give_feedback(
    *,
    actor: Actor,
    version: GuideVersion,
    step_key: str,
    question_key: str = "",
    helped: str = "",
    missing: str = "",
    agreement_id: uuid.UUID | None = None,
) -> StepFeedback:
    """Tell the guide's owner what helped in a step (or a question of it) and what was missing.

    Raises NotAllowed; Refused: "unknown_step", "unknown_question", "empty", "too_long".
    """
    require(can_view(actor, version))
    require(can_give_feedback(actor))
    pack = pack_of(version)
    if step_key not in {step.key for step in pack.steps}:
        raise Refused(_("This step is not in this version of the guide."), code="unknown_step")
    if question_key and question_key not in {q.key for q in pack.questions_of_step(step_key)}:
        raise Refused(
            _("This question does not belong to this step."), code="unknown_question", field="question_key"
        )
    helped, missing = helped.strip(), missing.strip()
    if not helped and not missing:
        raise Refused(
            _("Write what helped or what was missing, at least one of them."), code="empty", field="helped"
        )
    for field, text in (("helped", helped), ("missing", missing)):
        if len(text) > MAX_FEEDBACK:
            raise Refused(
                _("The text has %(count)s characters; at most %(limit)s are possible. Shorten it.")
                % {"count": len(text), "limit": MAX_FEEDBACK},
                code="too_long",
                field=field,
            )
    feedback = StepFeedback(
        version=version,
        step_key=step_key,
        question_key=question_key,
        helped=helped,
        missing=missing,
        organization_id=actor.organization_id,
        author_id=actor.user_id,
        agreement_id=agreement_id,
    )
    feedback.save(force_insert=True)
    record(actor, "guide.feedback_given", feedback, step=step_key)
    return feedback


@transaction.atomic(durable=True)
def forget_old_feedback(*, actor: Actor, now: datetime | None = None) -> int:
    """Delete feedback of long ago (MTD_KEEP_FEEDBACK) and destroy its keys; returns how many went."""
    due = list(feedback_due(now or timezone.now()).defer("helped", "missing"))
    for feedback in due:
        record(actor, "feedback.forgotten", feedback)
        destroy(feedback)
    StepFeedback.objects.filter(pk__in=[feedback.pk for feedback in due]).delete()
    return len(due)
