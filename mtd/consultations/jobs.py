"""What the clock does with consultations. Every job pulls what is due and may run twice, at once, or days late."""

from __future__ import annotations

from django.utils import timezone

from mtd.core.actor import SYSTEM

from .actions import ending
from .actions.reminding import follow_meeting, tell_of_lapse
from .actions.reminding import remind as remind_of
from .queries.agenda import on_other_agendas
from .queries.inbox import lapsed_ones, moved_ones, to_remind


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


def remind() -> int:
    """Who is asked is reminded the day before and when the time is over, then their lead; by the number only.

    Who asked is told once when an agreement, an organisation or a person that the question needs has gone.
    """
    for pk in {*moved_ones(), *on_other_agendas()}:
        follow_meeting(actor=SYSTEM, consultation_id=pk)
    reminded = sum(remind_of(actor=SYSTEM, consultation_id=pk) for pk in to_remind(timezone.now()))
    return reminded + sum(tell_of_lapse(actor=SYSTEM, consultation_id=pk) for pk in lapsed_ones())
