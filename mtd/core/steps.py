"""What the start page gathers from the slices: next steps and news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class NextStep:
    """One thing that waits for the person: what, why, by when, and the one button that leads there."""

    title: str
    text: str
    url: str
    action: str
    due: date | None = None
    clause: str = ""
    late: bool = False
    area: str = ""
    """What it is about, for reminders (an area of mtd.notifications); empty: what the slice is about as a whole."""


@dataclass(frozen=True)
class News:
    """One thing that happened since the last visit."""

    text: str
    url: str = ""
    at: datetime | None = None
