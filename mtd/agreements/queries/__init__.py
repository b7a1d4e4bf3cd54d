"""Reads worth a name, by what they are about; import them from here."""

from .room import (
    IN_WORK,
    Room,
    active_parties,
    current_version,
    history_of,
    load_room,
    my_agreements,
    next_meeting,
    own_draft,
    with_parties,
)
from .signatures import dates_of, earliest_leave, holder_of, my_mandate, read_by
from .steps import my_next_step, open_round
from .terms import Terms, later, terms, valid_mandates

__all__ = [
    "IN_WORK",
    "Room",
    "Terms",
    "active_parties",
    "current_version",
    "dates_of",
    "earliest_leave",
    "history_of",
    "holder_of",
    "later",
    "load_room",
    "my_agreements",
    "my_mandate",
    "my_next_step",
    "next_meeting",
    "open_round",
    "own_draft",
    "read_by",
    "terms",
    "valid_mandates",
    "with_parties",
]
