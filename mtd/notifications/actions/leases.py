"""Whose turn a background job is: one row per job, claimed by conditional UPDATE."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from mtd.core.actor import Actor
from mtd.notifications.models import JobLease
from mtd.notifications.worker import is_gone, whoami

LEASE = timedelta(minutes=30)
"""Another machine's job that has not finished by then is taken for dead. Jobs may run twice at once, so no harm."""


@transaction.atomic
def claim_job(*, actor: Actor, name: str, now: datetime | None = None) -> bool:
    """Take a job for this process; False while another one is at it.

    What a process of this machine left behind when it was killed is taken over at once, that of another machine
    when its lease has run out.
    """
    moment = now or timezone.now()
    JobLease.objects.get_or_create(name=name)
    lease = JobLease.objects.get(name=name)
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=moment)
    if is_gone(lease.claimed_by):
        free |= Q(claimed_by=lease.claimed_by)
    claimed = JobLease.objects.filter(free, name=name).update(
        claimed_until=moment + LEASE, claimed_by=whoami(), started_at=moment
    )
    return claimed == 1


@transaction.atomic
def release_job(*, actor: Actor, name: str, failure: str = "") -> None:
    """Give a job back when it is done; `failure` is the class of its error. Another's lease is left alone."""
    JobLease.objects.filter(name=name, claimed_by=whoami()).update(
        claimed_until=None, claimed_by="", finished_at=timezone.now(), failure=failure[:80]
    )
