"""Questions for the tests of this slice: drafted complete, sent, answered, through the real actions."""

from __future__ import annotations

from typing import Any

from mtd.agreements.models import Agreement
from mtd.consultations.actions.answering import answer
from mtd.consultations.actions.asking import send
from mtd.consultations.actions.drafting import begin
from mtd.consultations.case import Case, Kin, Lives, Person
from mtd.consultations.models import AgeBand, Consultation, Contribution, Way
from mtd.consultations.queries.doors import doors_of
from mtd.core.actor import Actor
from tests.cast import Cast

ASKER, OTHER_ASKER = "jonas-reuter", "leonie-brandt"
ANSWERER, LEAD, STRANGER = "deniz-kaya", "ulrike-sand", "svenja-kolb"
QUESTION = "How do we begin to talk with the mother about help for the children?"
ADVICE = "Begin with what she does well. Then ask what would make her evenings easier."


def a_case(**changed: Any) -> Case:
    """A case that is complete and names nobody."""
    given: dict[str, Any] = {
        "persons": (
            Person("p1", Kin.CHILD, age=AgeBand.PRIMARY, lives=Lives.HOUSEHOLD, about=True),
            Person("p2", Kin.MOTHER, age=AgeBand.THIRTIES, lives=Lives.HOUSEHOLD),
        ),
        "strengths": ("The grandmother is there every day.",),
        "story": "The mother has relapsed and is afraid to speak about it.",
        "question": QUESTION,
    }
    return Case(**{**given, **changed})


def drafted(
    actor: Actor,
    agreement: Agreement,
    *,
    recipient: str = "Kreisjugendamt",
    way: str = Way.PARTNER,
    case: Case | None = None,
    kept: str = "{}",
    **chosen: Any,
) -> Consultation:
    """A complete draft before a door that is open."""
    network = agreement.network
    doors = doors_of(actor, network)
    found = next(
        door
        for door in doors.of(way)
        if door.open and (way != Way.PARTNER or (door.recipient and recipient in door.recipient.name))
    )
    given = {"adviser": found.adviser} | chosen
    draft = begin(
        actor=actor,
        network=network,
        way=found.way,
        agreement=found.agreement,
        question_key=found.question_key,
        recipient=found.recipient,
        meeting=found.meeting,
        **given,
    )
    draft.case, draft.kept, draft.topic = (case or a_case()).to_json(), kept, "talking"
    draft.save(update_fields=["case", "kept", "topic"])
    return Consultation.objects.get(pk=draft.pk)


def sent(cast: Cast, agreement: Agreement, **chosen: Any) -> Consultation:
    """A question of Jonas, sent to the youth office of the district unless told otherwise."""
    actor = cast.actor(ASKER)
    return send(actor=actor, consultation=drafted(actor, agreement, **chosen))


def answered(cast: Cast, consultation: Consultation, who: str = ANSWERER, text: str = ADVICE) -> Contribution:
    """Answered by somebody who was asked."""
    now = Consultation.objects.get(pk=consultation.pk)
    return answer(actor=cast.actor(who), consultation=now, text=text, kept={}, revision=now.revision)
