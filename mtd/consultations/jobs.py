"""What the clock does with consultations. Every job pulls what is due and may run twice, at once, or days late."""

from __future__ import annotations

from mtd.core.actor import SYSTEM

from .actions import ending


def end_due() -> int:
    """Consultations whose time is over end: their keys are destroyed, what can be counted stays."""
    ended = 0
    while some := ending.end_some(actor=SYSTEM):
        ended += some
    return ended


def discard_old_drafts() -> int:
    """Questions that were begun and never sent go, with their keys."""
    gone = 0
    while some := ending.discard_some(actor=SYSTEM):
        gone += some
    return gone


def forget_learnings() -> int:
    """What a network learnt and nobody confirmed again goes."""
    return ending.forget_learnings(actor=SYSTEM)
