"""What anonymous consultations add to the world: questions in every state, a discussion, what was learnt.

The worker (Am Markt) asked the youth office; the lead of Am Markt reads along. The youth office asked Am Markt back.
One question is for a case discussion to which the worker and the coordination are invited. The worker's draft exists
for nobody else. Everything of the network Kreis Heinsberg is foreign, and a question that has ended is nobody's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.utils import timezone

from mtd.agreements.models import Agreement
from mtd.consultations.actions import answering, asking, ending, learning, rounds
from mtd.consultations.actions.absences import set_absence
from mtd.consultations.actions.drafting import begin
from mtd.consultations.models import Absence, Consultation, Learning, Way
from mtd.consultations.permissions import visible_absences
from mtd.consultations.queries.doors import doors_of
from mtd.core.actor import Actor
from mtd.meetings.models import Kind
from mtd.organizations.models import Network
from tests.cast import Cast
from tests.factories.consultations import a_case, fill
from tests.factories.meetings import a_meeting

MARKT, OFFICE = "suchtberatung-am-markt", "kreisjugendamt-birkenfurt"
Case = tuple[dict[str, Any], dict[str, Any]]
TEXTS = {"topic": "relapse", "situation": "x", "learnt": "y"}


@dataclass
class Asked:
    """The questions by what they are, and the arguments and forms that show them at their addresses."""

    cast: Cast
    network: Network
    foreign: Network
    questions: dict[str, Consultation]
    proposed: Learning
    approved: Learning
    away: Absence

    @cached_property
    def at(self) -> dict[str, dict[str, Any]]:
        """Arguments by question."""
        return {name: {"consultation_id": one.pk} for name, one in self.questions.items()}

    def arguments(self, route: str) -> dict[str, Any]:
        """What an address names: the answered question of the worker, and of drafts the draft."""
        slice_name, _, name = route.partition(":")
        if slice_name != "consultations":
            return {}
        draft = name in ("household", "story", "check")
        group = name == "round"
        return {
            **self.at["draft" if draft else "discussion" if group else "answered"],
            "slug": self.network.slug,
            "learning_id": self.proposed.pk,
            "kind": "txt",
        }

    @cached_property
    def cases(self) -> dict[tuple[str, str], Case]:
        """(address, case) → (arguments, form)."""
        cases: dict[tuple[str, str], Case] = {}
        there = {"slug": self.foreign.slug}
        for route in ("new", "figures", "figures_csv", "region", "learnings", "learning"):
            cases[(f"consultations:{route}", "foreign")] = (there, {})
        for name in ("sent", "received", "draft", "discussion", "ended"):
            cases[("consultations:page", name)] = (self.at[name], {})
        for name in ("received", "draft", "ended"):
            cases[("consultations:copy", name)] = (self.at[name], {})
            cases[("consultations:round", name)] = (self.at[name], {})
        for route in ("household", "story", "check"):
            cases[(f"consultations:{route}", "sent")] = (self.at["sent"], {})
            cases[(f"consultations:{route}", "ended")] = (self.at["ended"], {"do": "save"})
        sequence = str(self.questions["discussion"].round.sequence)
        return (
            cases
            | self._said()
            | {
                ("consultations:check", "send"): (
                    {},
                    {"do": "send", "revision": str(self.questions["draft"].revision)},
                ),
                ("consultations:check", "discard"): ({}, {"do": "discard"}),
                ("consultations:new", "own"): ({}, {"door": "own_house::::"}),
                ("consultations:region", "state"): (
                    {},
                    {"inhabitants": "80000", "source": "x", "as_of": timezone.localdate().isoformat()},
                ),
                ("consultations:absence", "end"): ({}, {"do": "end", "absence": str(self.away.pk)}),
                ("consultations:round", "note"): ({}, {"do": "note", "text": "x"}),
                ("consultations:round", "next"): ({}, {"do": "next", "sequence": sequence}),
                ("consultations:round", "moderate"): ({}, {"do": "moderate"}),
                ("consultations:learnings", "propose"): ({}, TEXTS),
                ("consultations:learning", "approved"): ({"learning_id": self.approved.pk}, {}),
                ("consultations:learning", "mixed"): ({"slug": self.foreign.slug}, {"do": "approve"}),
                ("consultations:learning", "approve"): ({}, {"do": "approve"}),
                ("consultations:learning", "reword"): ({}, {"do": "reword", **TEXTS}),
                ("consultations:learning", "take_back"): ({}, {"do": "take_back"}),
                ("consultations:learning", "keep"): ({"learning_id": self.approved.pk}, {"do": "keep"}),
            }
        )

    def _said(self) -> dict[tuple[str, str], Case]:
        cases: dict[tuple[str, str], Case] = {}
        for name in ("sent", "received", "answered", "ended"):
            revision = str(self.questions[name].revision)
            for verb in ("answer", "ask_back", "reply", "sum_up"):
                form = {"do": verb, f"{verb}-text": "x", f"{verb}-revision": revision}
                cases[("consultations:page", f"{verb}-{name}")] = (self.at[name], form)
        for verb in ("take_back", "end"):
            cases[("consultations:page", f"{verb}-sent")] = (self.at["sent"], {"do": verb})
        cases[("consultations:page", "helped")] = ({}, {"do": "helped", "helped": "yes"})
        return cases


def build_asked(cast: Cast, agreement: Agreement, foreign: Network) -> Asked:
    """Everything above, once, for a network whose agreement allows consultation without identity."""
    network = agreement.network
    worker, office = cast.actor("jonas-reuter"), cast.actor("deniz-kaya")
    questions = {
        "sent": _sent(cast, worker, network, OFFICE),
        "answered": _sent(cast, worker, network, OFFICE),
        "received": _sent(cast, office, network, MARKT),
        "ended": _sent(cast, worker, network, OFFICE),
        "draft": fill(worker, _begun(cast, worker, network, OFFICE), a_case()),
    }
    answered = questions["answered"]
    answering.answer(actor=office, consultation=answered, text="x", kept={}, revision=answered.revision)
    ending.end(actor=worker, consultation=questions["ended"], ending=Consultation.Ending.ASKER)
    people = [cast.people[key] for key in ("jonas-reuter", "miriam-hoffstedt", "deniz-kaya")]
    meeting = a_meeting(network, Kind.CASE_DISCUSSION, people=people)
    discussed = begin(actor=worker, network=network, way=Way.DISCUSSION, agreement=agreement, meeting=meeting)
    fill(worker, discussed, a_case())
    now = timezone.now()
    Consultation.objects.filter(pk=discussed.pk).update(
        state="sent",
        sent_at=now,
        due_at=now + timedelta(days=14),
        ends_on=timezone.localdate() + timedelta(days=90),
    )
    questions["discussion"] = discussed
    questions = {name: Consultation.objects.get(pk=one.pk) for name, one in questions.items()}
    rounds.begin_round(actor=office, consultation=questions["discussion"])
    proposed = learning.propose(actor=worker, network=network, **TEXTS)
    approved = learning.propose(actor=worker, network=network, **TEXTS)
    approved = learning.approve(actor=cast.actor("miriam-hoffstedt"), learning=approved)
    today = timezone.localdate()
    set_absence(
        actor=worker,
        organization=cast.organizations[MARKT],
        user=cast.people["jonas-reuter"],
        since=today + timedelta(days=50),
        until=today + timedelta(days=60),
        deputy=None,
    )
    away = visible_absences(worker).get()
    return Asked(cast, network, foreign, questions, proposed, approved, away)


def _begun(cast: Cast, actor: Actor, network: Network, to: str) -> Consultation:
    there = cast.organizations[to].pk
    door = next(
        one
        for one in doors_of(actor, network).doors
        if one.way == Way.PARTNER and one.open and one.recipient is not None and one.recipient.pk == there
    )
    return begin(
        actor=actor,
        network=network,
        way=door.way,
        agreement=door.agreement,
        question_key=door.clause.key if door.clause else "",
        recipient=door.recipient,
    )


def _sent(cast: Cast, actor: Actor, network: Network, to: str) -> Consultation:
    return asking.send(actor=actor, consultation=fill(actor, _begun(cast, actor, network, to), a_case()))
