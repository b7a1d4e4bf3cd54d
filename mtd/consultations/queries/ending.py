"""What has to end: consultations whose time is over, drafts left lying, what a network learnt long ago."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from mtd.consultations.models import Consultation, Learning
from mtd.organizations.models import Membership


def consultations_due(now: datetime) -> QuerySet[Consultation]:
    """Consultations whose day has come; an agreement may make it earlier, never later than MTD_KEEP_CONSULTATIONS.

    The second half matters when whoever runs the installation shortens the period: it holds for what is there, too.
    """
    before = now - settings.MTD_KEEP_CONSULTATIONS
    return (
        Consultation.objects.exclude(state__in=[Consultation.State.DRAFT, Consultation.State.ENDED])
        .filter(
            Q(ends_on__lte=timezone.localdate(now))
            | Q(answered_at__lte=before)
            | Q(answered_at__isnull=True, due_at__lte=before)
        )
        .order_by("ends_on", "pk")
    )


def case_drafts_due(now: datetime) -> QuerySet[Consultation]:
    """Drafts of questions that nobody has touched for MTD_KEEP_CASE_DRAFTS, and those whose author has left.

    A draft may still hold names. Nobody but its author sees it, so once they have left nobody ever would.
    """
    there = Membership.objects.filter(
        user=OuterRef("asked_by"),
        organization=OuterRef("organization"),
        ended_on__isnull=True,
        user__is_active=True,
    )
    left_lying = Q(changed_at__lt=now - settings.MTD_KEEP_CASE_DRAFTS)
    return Consultation.objects.filter(left_lying | ~Exists(there), state=Consultation.State.DRAFT).order_by(
        "pk"
    )


def learnings_due(now: datetime) -> QuerySet[Learning]:
    """What a network learnt and did not look at again by its day."""
    return Learning.objects.filter(ends_on__lte=timezone.localdate(now)).order_by("pk")


def ids(due: QuerySet[Consultation], limit: int) -> list[uuid.UUID]:
    """The first few of what is due."""
    return list(due.values_list("pk", flat=True)[:limit])
