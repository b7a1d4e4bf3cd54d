"""The structured way of talking about a case in a group: five steps, who speaks in each, and a clock.

Our own plain wording of what collegial consultation does in many places: nobody advises before everybody has
understood, what carries the family is named before what strains it, and who asked decides what to take along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from .models import Round, Step

MAX_MINUTES = 60


@dataclass(frozen=True)
class Part:
    """One step: what happens, who speaks, what the others do, and the minutes we propose."""

    step: Step
    minutes: int
    speaks: str | Promise
    what: str | Promise
    others: str | Promise


PARTS: tuple[Part, ...] = (
    Part(
        Step.PRESENT,
        10,
        pgettext_lazy("case discussion", "Who asks"),
        pgettext_lazy(
            "case discussion",
            "Tell what carries the family first, then what strains it, and end with your question.",
        ),
        pgettext_lazy("case discussion", "All others listen and do not interrupt."),
    ),
    Part(
        Step.CLARIFY,
        10,
        pgettext_lazy("case discussion", "All"),
        pgettext_lazy("case discussion", "Ask what you need in order to understand. No advice yet."),
        pgettext_lazy("case discussion", "Do not ask for anything by which the family could be recognised."),
    ),
    Part(
        Step.HYPOTHESES,
        10,
        pgettext_lazy("case discussion", "All but who asks"),
        pgettext_lazy(
            "case discussion", "What might be behind it? See it with the eyes of each child and each adult."
        ),
        pgettext_lazy("case discussion", "Who asks listens only. Nothing has to be right."),
    ),
    Part(
        Step.IDEAS,
        15,
        pgettext_lazy("case discussion", "All but who asks"),
        pgettext_lazy(
            "case discussion", "What could help? Begin with what already works and how to strengthen it."
        ),
        pgettext_lazy("case discussion", "Collect, do not judge. Who asks listens only."),
    ),
    Part(
        Step.TAKE_ALONG,
        5,
        pgettext_lazy("case discussion", "Who asks"),
        pgettext_lazy("case discussion", "Choose what you take along, and say what you do first."),
        pgettext_lazy("case discussion", "No comments any more. The decision stays with who asked."),
    ),
)
"""In this order; fifty minutes altogether."""

BY_STEP: Mapping[str, Part] = {part.step.value: part for part in PARTS}
ORDER: tuple[str, ...] = tuple(BY_STEP)


def default_minutes() -> dict[str, int]:
    """The minutes we propose, by step."""
    return {part.step.value: part.minutes for part in PARTS}


def next_step(step: str) -> str | None:
    """The step after this one; None after the last."""
    place = ORDER.index(step) + 1
    return ORDER[place] if place < len(ORDER) else None


def seconds_used(group: Round, now: datetime) -> int:
    """Seconds of the present step that have passed on its clock."""
    running = int((now - group.step_began_at).total_seconds()) if group.running and group.step_began_at else 0
    return group.step_used + max(0, running)


def seconds_left(group: Round, now: datetime) -> int:
    """Seconds until the time of the present step is over; negative beyond it."""
    minutes = int(group.minutes.get(group.step, BY_STEP[group.step].minutes))
    return minutes * 60 - seconds_used(group, now)


def protocol_text(group: Round, first: str) -> str:
    """The protocol in the language of the moment: what is taken along first, then the notes by step."""
    notes = list(group.notes.all())
    lines: list[str] = []

    def part(title: str, rows: list[str]) -> None:
        if rows:
            lines.extend(["", title, *(f"– {row}" for row in rows)])

    taken = [one.text for one in notes if one.chosen]
    part(_("What the asker takes along"), taken)
    part(_("First step"), [first] if first else [])
    for step in Step.values:
        rows = [one.text for one in notes if one.step == step and not one.chosen]
        part(str(Step(step).label), rows)
    if not lines:
        lines.append(_("The group talked about the question. Nothing was noted."))
    return "\n".join(lines).strip()
