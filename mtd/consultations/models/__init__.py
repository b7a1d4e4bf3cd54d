"""Asking about a case without naming a child: the consultation, its answers, who read it, and what was learnt."""

from .consultation import (
    CONSULTATION_TRANSITIONS,
    SOURCE,
    AgeBand,
    Consultation,
    Contribution,
    Numbering,
    Reading,
    Topic,
    Way,
    after,
)
from .people import Absence
from .region import RegionFigure
from .rounds import Learning, Round, RoundNote, Step

__all__ = [
    "CONSULTATION_TRANSITIONS",
    "SOURCE",
    "Absence",
    "AgeBand",
    "Consultation",
    "Contribution",
    "Learning",
    "Numbering",
    "Reading",
    "RegionFigure",
    "Round",
    "RoundNote",
    "Step",
    "Topic",
    "Way",
    "after",
]
