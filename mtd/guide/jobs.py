"""What the clock does with guides."""

from __future__ import annotations

from mtd.core.actor import SYSTEM

from .actions import forget_old_feedback


def forget_feedback() -> int:
    """Forget what practice said long ago."""
    return forget_old_feedback(actor=SYSTEM)
