"""Years of a lived agreement for the tests of figures: meetings with attendance, statements, visits, needs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from mtd.agreements.models import Agreement, Party
from mtd.cooperation.models import ContactConfirmation, Evidence, Need, NeedDecision, NeedGroup
from mtd.meetings.models import Kind, Meeting, Participant
from tests.factories import cooperation as factory


def meeting(
    agreement: Agreement, on: date, kind: str = Kind.COMMITTEE, came: Mapping[str, str] | None = None
) -> Meeting:
    """A held meeting; `came` says by a word of the organisation's name how each of its people is noted."""
    held = factory.held(agreement.network, on, kind)
    for number, (word, noted) in enumerate((came or {}).items()):
        for place, attendance in enumerate(noted.split()):
            Participant.objects.create(
                meeting=held,
                organization=party(agreement, word).organization,
                name="Guest",
                email=f"guest-{number}-{place}@example.org",
                attendance=attendance,
            )
    return held


def party(agreement: Agreement, word: str) -> Party:
    """The party whose organisation's name holds this word."""
    return agreement.parties.select_related("organization").get(organization__name__icontains=word)


def confirmed(agreement: Agreement, word: str, on: date) -> None:
    """A party confirmed its contacts."""
    ContactConfirmation.objects.create(
        agreement=agreement, party=party(agreement, word), asked_on=on, confirmed_on=on
    )


def shadowed(agreement: Agreement, word: str, on: date) -> Evidence:
    """A party states that somebody of it spent a day elsewhere."""
    return Evidence.objects.create(
        agreement=agreement,
        question_key="shadowing_rhythm",
        party=party(agreement, word),
        kind=Evidence.Kind.STATEMENT,
        on=on,
        note="A day in the clinic.",
    )


def need(agreement: Agreement, raised: date, days: int | None = None, helped: str = "") -> Need:
    """A need; with `days` decided by the committee and answered so many days later."""
    answered = None if days is None else raised + timedelta(days=days)
    group = NeedGroup.objects.create(
        network=agreement.network,
        wording="Nobody looks after the baby during the group.",
        state="new" if answered is None else "decided",
        first_raised_on=raised,
        decided_on=answered,
    )
    if answered is not None:
        NeedDecision.objects.create(
            group=group,
            level="committee",
            outcome="yes",
            text="A play corner.",
            reason="It is needed.",
            decided_on=answered,
        )
    return Need.objects.create(
        group=group,
        organization=party(agreement, "Suchtberatung").organization,
        text="Nobody looks after the baby during the group.",
        raised_on=raised,
        answered_on=answered,
        helped=helped,
    )


def lived_in(agreement: Agreement) -> Agreement:
    """Two years: 2024 half kept, 2025 nearly all, with who came and three needs."""
    meeting(
        agreement,
        date(2024, 3, 5),
        came={"Suchtberatung": "present present", "Kreisjugendamt": "absent online"},
    )
    meeting(agreement, date(2025, 2, 4), came={"Suchtberatung": "present", "Wendau": "excused unknown"})
    meeting(agreement, date(2025, 7, 10))  # nobody noted who came
    meeting(
        agreement,
        date(2025, 11, 4),
        Kind.EXCHANGE,
        came={"Drogenhilfe": "present", "Kreisjugendamt": "present"},
    )
    meeting(agreement, date(2026, 1, 20), Kind.EXCHANGE, came={"Drogenhilfe": "absent"})
    confirmed(agreement, "Drogenhilfe", date(2025, 5, 2))
    confirmed(agreement, "Wendau", date(2025, 7, 9))
    shadowed(agreement, "Kreisjugendamt", date(2025, 9, 9))
    need(agreement, date(2025, 1, 10), 40, "yes")
    need(agreement, date(2025, 3, 1), 21, "part")
    need(agreement, date(2025, 10, 1))
    return agreement
