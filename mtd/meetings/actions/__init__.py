"""Every write of this slice, one function per verb; one module per part of the work."""

from .agenda import add_item, change_item, drop_item, move_item, put_back, take_over
from .closing import circulate, finish, finish_if_due, object_to, put_on_next, settle, withdraw
from .feeds import choose_feed_scope, make_feed, note_fetch, renew_feed, revoke_feed
from .forgetting import forget_minutes_of
from .inviting import answer, answer_by_link, invite, note_answer, remove_participant, set_answer
from .minutes import (
    add_present,
    add_task,
    change_decision,
    change_task,
    decide,
    finish_decision,
    finish_task,
    note_attendance,
    note_cases,
    remove_decision,
    remove_task,
    set_item_state,
    write_notes,
)
from .planning import call_meeting, cancel, mark_held, move, reopen
from .polling import add_dates, fix_date, propose_dates, vote, vote_by_link
from .replies import take_in_reply
from .series import call_series, change_series, end_series

__all__ = [
    "add_dates",
    "add_item",
    "add_present",
    "add_task",
    "answer",
    "answer_by_link",
    "call_meeting",
    "call_series",
    "cancel",
    "change_decision",
    "change_item",
    "change_series",
    "change_task",
    "choose_feed_scope",
    "circulate",
    "decide",
    "drop_item",
    "end_series",
    "finish",
    "finish_decision",
    "finish_if_due",
    "finish_task",
    "fix_date",
    "forget_minutes_of",
    "invite",
    "make_feed",
    "mark_held",
    "move",
    "move_item",
    "note_answer",
    "note_attendance",
    "note_cases",
    "note_fetch",
    "object_to",
    "propose_dates",
    "put_back",
    "put_on_next",
    "remove_decision",
    "remove_participant",
    "remove_task",
    "renew_feed",
    "reopen",
    "revoke_feed",
    "set_answer",
    "set_item_state",
    "settle",
    "take_in_reply",
    "take_over",
    "vote",
    "vote_by_link",
    "withdraw",
    "write_notes",
]
