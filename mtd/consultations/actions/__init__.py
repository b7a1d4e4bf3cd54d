"""Every write of consultations, one function per verb; import them from here."""

from .drafting import DraftConflict, begin, discard, save_household, save_story

__all__ = ["DraftConflict", "begin", "discard", "save_household", "save_story"]
