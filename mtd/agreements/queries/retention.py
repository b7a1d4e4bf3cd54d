"""What has to go from agreements because its time has come."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from mtd.agreements.models import Agreement, Comment, Draft, Entry


def drafts_due(now: datetime) -> QuerySet[Draft]:
    """What was typed, never handed in, and not touched since."""
    return Draft.objects.filter(at__lt=now - settings.MTD_KEEP_DRAFTS)


def comments_due(now: datetime) -> QuerySet[Comment]:
    """Comments on agreements that were given up and in which nothing has happened since."""
    lately = Entry.objects.filter(
        version__agreement=OuterRef("agreement"), at__gte=now - settings.MTD_KEEP_ABANDONED_COMMENTS
    )
    return Comment.objects.filter(~Exists(lately), agreement__state=Agreement.State.ABANDONED)
