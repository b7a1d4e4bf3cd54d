"""Reads worth a name, by what they are about; import from here what other slices ask for."""

from .agenda import pages_of
from .evidence import Answered, Tally, answered_in_time, tallies
from .steps import next_steps, recent

__all__ = ["Answered", "Tally", "answered_in_time", "next_steps", "pages_of", "recent", "tallies"]
