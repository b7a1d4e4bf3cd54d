"""Every write of this slice, one function per verb; one module per part of the work."""

from .inviting import add_guest, answer, answer_by_link, invite, note_answer, remove_participant, set_answer
from .planning import call_meeting, cancel, mark_held, move, reopen

__all__ = [
    "add_guest",
    "answer",
    "answer_by_link",
    "call_meeting",
    "cancel",
    "invite",
    "mark_held",
    "move",
    "note_answer",
    "remove_participant",
    "reopen",
    "set_answer",
]
