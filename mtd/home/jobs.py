"""The bundled mail of the morning."""

from __future__ import annotations

from django.utils import timezone, translation

from mtd.core.actor import SYSTEM
from mtd.core.encryption import forget_keys
from mtd.notifications.actions import send_digest
from mtd.organizations.queries import actor_for

from .queries import digests_due, next_steps, waiting_of


def send_digests() -> str:
    """Put everybody's bundled mail of today into the outbox; safe to run at any time, late, and twice at once.

    One person whose start page fails does not keep the others from their mail; the job then ends with an error and
    tries that person again in an hour.
    """
    sent = failed = 0
    for due in digests_due(timezone.now()):
        forget_keys()
        try:
            with translation.override(due.user.language):
                waiting = waiting_of(next_steps(actor_for(due.user)), due.day)
            sent += send_digest(actor=SYSTEM, user=due.user, day=due.day, waiting=waiting)
        except Exception:
            failed += 1
    if failed:
        raise RuntimeError(f"{failed} bundled mails could not be written")
    return f"{sent} mails"
