"""What a lived agreement leaves behind: evidence, needs, shadowing, pulse, confirmations and reports.

Duties have no table: they are derived from the version in force (see obligations.py and queries/duties.py).
"""

from .duties import Contest, Escalation, Evidence, GraceSetting, Pause
from .exchange import (
    ContactConfirmation,
    PulseAnswer,
    PulseRound,
    PulseTurn,
    ShadowingDate,
    ShadowingOffer,
    ShadowingVisit,
)
from .needs import Need, NeedDecision, NeedGroup, OfferWish
from .report import YearlyReport

__all__ = [
    "ContactConfirmation",
    "Contest",
    "Escalation",
    "Evidence",
    "GraceSetting",
    "Need",
    "NeedDecision",
    "NeedGroup",
    "OfferWish",
    "Pause",
    "PulseAnswer",
    "PulseRound",
    "PulseTurn",
    "ShadowingDate",
    "ShadowingOffer",
    "ShadowingVisit",
    "YearlyReport",
]
