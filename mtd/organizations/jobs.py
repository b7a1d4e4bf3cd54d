"""What the clock does with invitations."""

from __future__ import annotations

from mtd.core.actor import SYSTEM

from .actions import forget_old_invitations


def forget_invitations() -> int:
    """Forget whom was once invited."""
    return forget_old_invitations(actor=SYSTEM)
