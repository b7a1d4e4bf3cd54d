"""The log's second clock."""

from __future__ import annotations

from mtd.core.actor import SYSTEM

from .actions import forget_actors


def forget_old_actors() -> int:
    """Forget who did what was done long ago."""
    return forget_actors(actor=SYSTEM)
