"""What the clock does with agreements. Every job pulls what is due and may run twice or days late."""

from __future__ import annotations

from django.utils import timezone

from mtd.agreements.actions.lifecycle import end_if_due, enter_if_due, leave_if_due
from mtd.agreements.actions.retention import forget_old_comments, forget_old_drafts
from mtd.core.actor import SYSTEM

from .models import Agreement, Party, Version


def enter_due_versions() -> int:
    """Signed versions whose day has come take effect."""
    due = Version.objects.filter(state=Version.State.SIGNED, in_force_from__lte=timezone.localdate())
    return sum(enter_if_due(actor=SYSTEM, version_id=pk) for pk in list(due.values_list("pk", flat=True)))


def leave_due_parties() -> int:
    """Parties whose notice has run out are gone."""
    due = Party.objects.filter(left_on__isnull=True, leaving_on__lte=timezone.localdate())
    return sum(leave_if_due(actor=SYSTEM, party_id=pk) for pk in list(due.values_list("pk", flat=True)))


def end_due_agreements() -> int:
    """Agreements whose last day has passed are ended."""
    due = Agreement.objects.filter(state=Agreement.State.IN_FORCE, ends_on__lt=timezone.localdate())
    return sum(end_if_due(actor=SYSTEM, agreement_id=pk) for pk in list(due.values_list("pk", flat=True)))


def forget_drafts() -> int:
    """What was typed and never handed in goes after a while."""
    return forget_old_drafts(actor=SYSTEM)


def forget_comments() -> int:
    """Comments on agreements that were given up go after a while."""
    return forget_old_comments(actor=SYSTEM)
