"""What an agreement demands, reckoned exactly: rules, acts, what was kept, late or missed, and what is due next.

Pure: no database, no clock, no Django. Everything follows from terms, acts, pauses and the day it is asked on.
"""

from .deadlines import COUNTRIES, deadline, is_working_day
from .reckoning import Counter, Occurrence, Reckoning, Status, reckon
from .rules import (
    DEFAULT_GRACE,
    MOST,
    UNITS,
    Act,
    After,
    AtLeast,
    BadRule,
    Duty,
    On,
    Pause,
    Per,
    Rule,
    Term,
    Within,
    day_of,
    later,
    period_of,
    proposed_grace,
)

__all__ = [
    "COUNTRIES",
    "DEFAULT_GRACE",
    "MOST",
    "UNITS",
    "Act",
    "After",
    "AtLeast",
    "BadRule",
    "Counter",
    "Duty",
    "Occurrence",
    "On",
    "Pause",
    "Per",
    "Reckoning",
    "Rule",
    "Status",
    "Term",
    "Within",
    "day_of",
    "deadline",
    "is_working_day",
    "later",
    "period_of",
    "proposed_grace",
    "reckon",
]
