"""Clock-driven entry points of the outbox and the inbox."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from mtd.core.actor import SYSTEM

from .actions import forget_old, forget_undeliverable, read_maildir, send_due


def send_outbox() -> int:
    """Send waiting e-mails; safe to run any number of times at once. Returns how many were sent."""
    return send_due(actor=SYSTEM)


def read_inbox() -> str:
    """Take in bounces and answers from the Maildir MTD_INBOX; says so when none is set."""
    if not settings.MTD_INBOX:
        return "no inbox is set"
    counts = read_maildir(actor=SYSTEM, folder=Path(settings.MTD_INBOX))
    return f"{counts['taken_in']} taken in, {counts['aside']} put aside"


def forget_sent() -> int:
    """Delete what was sent or read long ago; addresses are not kept longer than needed."""
    return forget_old(actor=SYSTEM)


def forget_bounces() -> int:
    """Forget addresses from which mail came back long ago."""
    return forget_undeliverable(actor=SYSTEM)
