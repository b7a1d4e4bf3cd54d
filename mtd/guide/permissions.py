"""Who may read, load and comment on guides."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mtd.core.actor import SYSTEM, Actor
from mtd.core.errors import YES, Denied, Permission

from .models import GuideVersion, StepFeedback


def visible_to(actor: Actor) -> QuerySet[GuideVersion]:
    """Published versions for everyone signed in; drafts only for the programme office."""
    versions = GuideVersion.objects.select_related("guide").defer("content")
    if actor is SYSTEM or actor.is_programme:
        return versions
    if not actor.is_authenticated:
        return versions.none()
    return versions.filter(state=GuideVersion.State.PUBLISHED)


def can_view(actor: Actor, version: GuideVersion) -> Permission:
    """Answers for one version what `visible_to` answers for all."""
    if actor is SYSTEM or actor.is_programme or (actor.is_authenticated and version.is_published):
        return YES
    return Denied(_("Guides can be read after signing in."))


def can_load(actor: Actor) -> Permission:
    """Loading and publishing guides is the programme office's task (and that of commands on the server)."""
    if actor is SYSTEM or actor.is_programme:
        return YES
    return Denied(_("Only the programme office loads and publishes guides."))


def can_give_feedback(actor: Actor) -> Permission:
    """Whoever belongs to an organisation, a network or the programme may say how a step worked."""
    if actor.is_authenticated and actor.memberships:
        return YES
    return Denied(_("Only members of an organisation or a network can give feedback."))


def feedback_visible_to(actor: Actor) -> QuerySet[StepFeedback]:
    """All feedback for the programme office, one's own for everybody else."""
    feedback = StepFeedback.objects.select_related("version__guide", "organization")
    if actor.is_programme:
        return feedback
    if not actor.is_authenticated:
        return feedback.none()
    return feedback.filter(author_id=actor.user_id)


def can_see_feedback(actor: Actor) -> Permission:
    """All feedback is for the guide's owner, the programme office."""
    if actor.is_programme:
        return YES
    return Denied(_("Feedback on a guide is read by the programme office, which writes the next version."))
