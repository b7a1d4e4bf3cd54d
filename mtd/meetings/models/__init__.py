"""Meetings and their series, who takes part, what is on the agenda, what was decided, and calendar addresses."""

from .agenda import AgendaItem, Circulation, Decision, Objection, Task
from .calendar import FeedAddress
from .meeting import (
    MEETING_TRANSITIONS,
    MINUTES_TRANSITIONS,
    CancelReason,
    DateOption,
    DateVote,
    Kind,
    Meeting,
    Participant,
    Place,
    Series,
    after,
)

__all__ = [
    "MEETING_TRANSITIONS",
    "MINUTES_TRANSITIONS",
    "AgendaItem",
    "CancelReason",
    "Circulation",
    "DateOption",
    "DateVote",
    "Decision",
    "FeedAddress",
    "Kind",
    "Meeting",
    "Objection",
    "Participant",
    "Place",
    "Series",
    "Task",
    "after",
]
