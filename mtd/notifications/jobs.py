"""Clock-driven entry points of the outbox."""

from __future__ import annotations

from mtd.core.actor import SYSTEM

from .actions import forget_old, send_due


def send_outbox() -> int:
    """Send waiting e-mails; safe to run any number of times at once. Returns how many were sent."""
    return send_due(actor=SYSTEM)


def forget_sent() -> int:
    """Delete what was sent or read long ago; addresses are not kept longer than needed."""
    return forget_old(actor=SYSTEM)
