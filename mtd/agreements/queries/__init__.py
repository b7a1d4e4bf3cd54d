"""Reads worth a name, by what they are about; import them from here."""

from .clauses import (
    amendments_of,
    comment_counts,
    comments_on,
    fixed_round,
    log_of,
    proposal_counts,
)
from .due import next_steps, recent
from .profile import Profile, ProfilePart, profile_of
from .retention import comments_due, drafts_due
from .room import (
    IN_WORK,
    Room,
    active_parties,
    current_version,
    draft_key,
    history_of,
    load_room,
    matching,
    my_agreements,
    next_meeting,
    own_draft,
    with_parties,
    with_signatories,
)
from .signatures import dates_of, earliest_leave, holder_of, my_mandate, read_by
from .steps import my_next_step, open_round
from .terms import Terms, later, terms, valid_mandates

__all__ = [
    "IN_WORK",
    "Profile",
    "ProfilePart",
    "Room",
    "Terms",
    "active_parties",
    "amendments_of",
    "comment_counts",
    "comments_due",
    "comments_on",
    "current_version",
    "dates_of",
    "draft_key",
    "drafts_due",
    "earliest_leave",
    "fixed_round",
    "history_of",
    "holder_of",
    "later",
    "load_room",
    "log_of",
    "matching",
    "my_agreements",
    "my_mandate",
    "my_next_step",
    "next_meeting",
    "next_steps",
    "open_round",
    "own_draft",
    "profile_of",
    "proposal_counts",
    "read_by",
    "recent",
    "terms",
    "valid_mandates",
    "with_parties",
    "with_signatories",
]
