"""A group discussion as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from mtd.accounts.models import User
from mtd.consultations.method import BY_STEP, ORDER, PARTS, Part, next_step, seconds_left
from mtd.consultations.models import Consultation, Round, RoundNote
from mtd.core.encryption import warm


@dataclass(frozen=True)
class Stage:
    """One step in the row of steps."""

    part: Part
    number: int
    state: str
    """done, here or next."""
    notes: tuple[RoundNote, ...]
    minutes: int


@dataclass(frozen=True)
class RoundView:
    """Everything about a discussion that the page shows, at one moment."""

    group: Round
    stages: tuple[Stage, ...]
    here: Stage
    following: Part | None
    left: int
    """Seconds left of the present step; negative when its time is over."""
    moderator: User | None
    now: datetime

    @property
    def minutes_left(self) -> int:
        """Whole minutes left, rounded up; 0 when the time is over."""
        return max(0, -(-self.left // 60))

    @property
    def over(self) -> bool:
        return self.left <= 0

    @property
    def clock(self) -> str:
        """The clock as it stands, e.g. "4:05" or "+1:10" beyond the time."""
        minutes, seconds = divmod(abs(self.left), 60)
        return f"{'+' if self.left < 0 else ''}{minutes}:{seconds:02d}"


def round_of(consultation: Consultation) -> Round | None:
    """The discussion of a consultation, if one has begun."""
    return Round.objects.filter(consultation=consultation).select_related("moderator", "consultation").first()


def round_view(group: Round, now: datetime | None = None) -> RoundView:
    """The discussion with its notes opened (three queries)."""
    moment = now or timezone.now()
    notes = list(group.notes.all())
    warm(notes)
    place = ORDER.index(group.step)
    stages = tuple(
        Stage(
            part,
            number + 1,
            "here" if number == place and not group.finished_at else "done" if number <= place else "next",
            tuple(one for one in notes if one.step == part.step),
            int(group.minutes.get(part.step, part.minutes)),
        )
        for number, part in enumerate(PARTS)
    )
    following = next_step(group.step)
    return RoundView(
        group=group,
        stages=stages,
        here=stages[place],
        following=BY_STEP[following] if following else None,
        left=seconds_left(group, moment),
        moderator=group.moderator,
        now=moment,
    )
