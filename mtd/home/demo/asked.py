"""What was asked without identity, and answered, through the real actions (content/demo/consultations.yaml)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cached_property, partial
from typing import Any
from uuid import UUID

import yaml
from django.conf import settings
from django.utils import translation

from mtd.consultations.actions import answering, asking, drafting, ending, learning, reading
from mtd.consultations.case import Case
from mtd.consultations.models import Consultation, Way
from mtd.consultations.queries.doors import Door, doors_of
from mtd.core.actor import SYSTEM, Actor

from .clock import Calendar, at
from .play import Play

Deed = tuple[date, Callable[[], object]]


def tell(play: Play, calendar: Calendar) -> None:
    """Ask, answer and end in the network of this play."""
    path = settings.BASE_DIR / "content" / "demo" / "consultations.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    # As people there have it on their screens: the guard reads short texts in the language of the person.
    with translation.override(play.network.language):
        Asked(play, content["cases"], content[play.network.slug], calendar).tell()


class Asked:
    """The questions of one network, in the order of their days."""

    def __init__(
        self, play: Play, cases: Mapping[str, Any], written: Mapping[str, Any], calendar: Calendar
    ) -> None:
        self.play, self.cases, self.written, self.calendar = play, cases, written, calendar
        self.network = play.network
        self.asked: dict[int, UUID] = {}

    def tell(self) -> None:
        """Everything, day by day."""
        deeds: list[Deed] = []
        for fact in self.written["facts"]:
            deeds += self._fact(*fact)
        for number, row in enumerate(self.written["asked"]):
            deeds += self._question(number, row)
        for row in self.written["learnt"]:
            deeds += self._learning(row)
        for _day, deed in sorted(deeds, key=lambda pair: pair[0]):
            deed()

    # ------------------------------------------------------------ one question

    def _question(self, number: int, row: Mapping[str, Any]) -> list[Deed]:
        day = self.calendar.day(row["day"])
        deeds: list[Deed] = [(day, partial(self._ask, number, row, day))]
        for place, said in enumerate(row.get("said", [])):
            when = self.calendar.day(said["day"])
            deeds.append((when, partial(self._say, number, said, when, 13 + place)))
        if "helped" in row:
            last = self.calendar.day(row["said"][-1]["day"])
            deeds.append((last, partial(self._rate, number, row["by"], row["helped"], last)))
        return deeds

    def _ask(self, number: int, row: Mapping[str, Any], day: date) -> None:
        with at(day, 11):
            draft = self._begin(row["by"], row["way"], row.get("to", ""))
            self._fill(self.play.person(row["by"]), draft, self.cases[row["case"]])
            if not row.get("draft"):
                asking.send(actor=self.play.person(row["by"]), consultation=draft)
        self.asked[number] = draft.pk

    def _say(self, number: int, said: Mapping[str, Any], day: date, hour: int) -> None:
        found = Consultation.objects.get(pk=self.asked[number])
        actor = self.play.person(said["by"])
        with at(day, hour):
            reading.note_reading(actor=actor, consultation=found)
            verb = getattr(answering, said["do"])
            verb(actor=actor, consultation=found, text=said["text"], kept={}, revision=found.revision)

    def _rate(self, number: int, by: str, helped: str, day: date) -> None:
        found = Consultation.objects.get(pk=self.asked[number])
        with at(day, 18):
            answering.rate(actor=self.play.person(by), consultation=found, helped=helped)

    def _begin(self, by: str, way: str, to: str) -> Consultation:
        actor = self.play.person(by)
        door = self._door(actor, way, to)
        return drafting.begin(
            actor=actor,
            network=self.network,
            way=way,
            agreement=door.agreement,
            question_key=door.clause.key if door.clause else "",
            recipient=door.recipient,
            adviser=door.adviser,
            meeting=door.meeting,
        )

    def _door(self, actor: Actor, way: str, to: str) -> Door:
        organization = self.play.cast.organizations[to] if to else None
        for door in doors_of(actor, self.network).doors:
            there = organization is None or (
                door.recipient is not None and door.recipient.pk == organization.pk
            )
            if door.way == way and door.open and there:
                return door
        raise LookupError(f"No open door of {way} to {to or 'a meeting'} in {self.network.slug}")

    def _fill(self, actor: Actor, draft: Consultation, written: Mapping[str, Any]) -> None:
        case = self._case(written)
        draft = drafting.save_household(
            actor=actor,
            consultation=draft,
            revision=draft.revision,
            persons=case.persons,
            ties=case.ties,
            relations=case.relations,
            strengths=case.strengths,
        )
        drafting.save_story(
            actor=actor,
            consultation=draft,
            revision=draft.revision,
            strengths=case.strengths,
            strains=case.strains,
            tried=case.tried,
            story=case.story,
            question=case.question,
            topic=written["topic"],
        )

    def _case(self, written: Mapping[str, Any]) -> Case:
        return Case.from_json(json.dumps({key: value for key, value in written.items() if key != "topic"}))

    # ------------------------------------------------------------ what can only be counted any more

    def _fact(self, day: date, by: str, to: str, topic: str, age: str, days: int, helped: str) -> list[Deed]:
        asked, answered = day, day + timedelta(days=days)
        key = day.toordinal()
        over = answered + settings.MTD_KEEP_CONSULTATIONS
        short = {
            "topic": topic,
            "strengths": ["Es gibt jemanden, der sich kümmert."],
            "persons": [
                {"key": "p1", "kin": "unborn" if age == "unborn" else "child", "about": True}
                | ({} if age == "unborn" else {"age": age}),
                {"key": "p2", "kin": "mother"},
            ],
            "story": "Die Familie sucht Rat.",
            "question": "Was hat sich bewährt?",
        }
        return [
            (asked, partial(self._ask_short, key, by, to, short, asked)),
            (answered, partial(self._answer_short, key, to, helped, by, answered)),
            (over, partial(self._end, over)),
        ]

    def _ask_short(self, key: int, by: str, to: str, written: Mapping[str, Any], day: date) -> None:
        with at(day, 9):
            draft = self._begin(by, Way.PARTNER, to)
            self._fill(self.play.person(by), draft, written)
            asking.send(actor=self.play.person(by), consultation=draft)
        self.asked[key] = draft.pk

    def _answer_short(self, key: int, to: str, helped: str, by: str, day: date) -> None:
        found = Consultation.objects.get(pk=self.asked[key])
        with at(day, 10):
            answering.answer(
                actor=self._worker(to),
                consultation=found,
                text="Das hat sich bei uns bewährt: früh fragen und dranbleiben.",
                kept={},
                revision=found.revision,
            )
            answering.rate(actor=self.play.person(by), consultation=found, helped=helped)

    def _worker(self, organization: str) -> Actor:
        return self._workers[organization]

    @cached_property
    def _workers(self) -> dict[str, Actor]:
        found: dict[str, Actor] = {}
        for key in self.play.keys:
            found[key] = self.play.speaker(key)
        return found

    def _end(self, day: date) -> None:
        with at(day, 3) as moment:
            ending.end_some(actor=SYSTEM, now=moment)

    # ------------------------------------------------------------ what was learnt

    def _learning(self, row: Mapping[str, Any]) -> list[Deed]:
        day = self.calendar.day(row["day"]) if "approved" not in row else row["day"]

        def propose() -> None:
            with at(day, 14):
                one = learning.propose(
                    actor=self.play.person(row["by"]),
                    network=self.network,
                    topic=row["topic"],
                    situation=row["situation"],
                    learnt=row["learnt"],
                )
            if "approved" in row:
                with at(row["approved"], 14):
                    learning.approve(actor=self.play.coordinator, learning=one)

        return [(day, propose)]
