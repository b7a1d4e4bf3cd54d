"""Letting go of what is no longer needed. Deleted texts go from old backups too: their keys are destroyed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mtd.agreements.models import Comment, Draft
from mtd.agreements.queries import comments_due, drafts_due
from mtd.audit.actions import record
from mtd.core.actor import Actor
from mtd.core.encryption import destroy


@transaction.atomic(durable=True)
def forget_old_drafts(*, actor: Actor, now: datetime | None = None) -> int:
    """Delete drafts nobody touched for MTD_KEEP_DRAFTS; returns how many went."""
    due = list(drafts_due(now or timezone.now()).select_for_update().defer("data"))
    for draft in due:
        record(actor, "draft.forgotten", draft)
    Draft.objects.filter(pk__in=[draft.pk for draft in due]).delete()
    return len(due)


@transaction.atomic(durable=True)
def forget_old_comments(*, actor: Actor, now: datetime | None = None) -> int:
    """Delete comments on agreements given up MTD_KEEP_ABANDONED_COMMENTS ago; returns how many went."""
    due = list(comments_due(now or timezone.now()).defer("body"))
    for comment in due:
        record(actor, "comment.forgotten", comment, agreement=comment.agreement_id)
        destroy(comment)
    Comment.objects.filter(pk__in=[comment.pk for comment in due]).delete()
    return len(due)
