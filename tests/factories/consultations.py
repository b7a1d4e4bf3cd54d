"""Anonymous cases and drafts for tests, through the real actions."""

from __future__ import annotations

from mtd.consultations.actions.drafting import begin, save_household, save_story
from mtd.consultations.case import (
    Bond,
    Case,
    Gender,
    Kin,
    Lives,
    Person,
    Relation,
    Strength,
    Substance,
    Tie,
    TieKind,
    Treatment,
)
from mtd.consultations.models import AgeBand, Consultation, Topic, Way
from mtd.core.actor import Actor
from mtd.organizations.models import Network

MOTHER = Person(
    "p1",
    Kin.MOTHER,
    age=AgeBand.THIRTIES,
    lives=Lives.HOUSEHOLD,
    substance=Substance.ALCOHOL,
    treatment=Treatment.IN_TREATMENT,
)
CHILD_A = Person("p2", Kin.CHILD, Gender.FEMALE, AgeBand.PRIMARY, Lives.HOUSEHOLD, about=True)
CHILD_B = Person("p3", Kin.CHILD, Gender.MALE, AgeBand.PRESCHOOL, Lives.HOUSEHOLD)
GRANDMOTHER = Person("p4", Kin.MOTHERS_MOTHER, age=AgeBand.OLDER, lives=Lives.HOUSEHOLD)
FATHER = Person("p5", Kin.FATHER, age=AgeBand.THIRTIES, lives=Lives.ELSEWHERE)

STRENGTHS = ("The grandmother is there every day", "The mother keeps her appointments")
STORY = "The mother came to us in spring. Since the relapse the grandmother takes the older child to school."
QUESTION = "Which help is there that does not make the mother feel watched?"


def a_case() -> Case:
    """A mother with two children at the grandmother's, the father elsewhere; complete, and without anything to find."""
    return Case(
        persons=(MOTHER, CHILD_A, CHILD_B, GRANDMOTHER, FATHER),
        ties=(
            Tie("t1", TieKind.CLUB, Strength.STRONG),
            Tie("t2", TieKind.SCHOOL, Strength.STRONG, "p2"),
            Tie("t3", TieKind.ADDICTION_HELP, Strength.STRONG, "p1"),
            Tie("t4", TieKind.KINDERGARTEN, Strength.WEAK, "p3"),
            Tie("t5", TieKind.MONEY, Strength.STRAINING),
        ),
        relations=(Relation("p1", Bond.SEPARATED, "p5"),),
        strengths=STRENGTHS,
        strains=("Money is short",),
        tried=("A talk with the school",),
        story=STORY,
        question=QUESTION,
    )


def a_draft(actor: Actor, network: Network, case: Case | None = None, **fields: object) -> Consultation:
    """A question in one's own house that was begun, filled with a case (a complete one unless told) and not sent."""
    fields.setdefault("way", Way.OWN_HOUSE)
    draft = begin(actor=actor, network=network, **fields)  # type: ignore[arg-type]
    return fill(actor, draft, a_case() if case is None else case)


def fill(actor: Actor, draft: Consultation, case: Case, topic: str = Topic.SUPPORT) -> Consultation:
    """Write a case into a draft, through the real actions."""
    draft = save_household(
        actor=actor,
        consultation=draft,
        revision=draft.revision,
        persons=case.persons,
        ties=case.ties,
        relations=case.relations,
        strengths=case.strengths,
    )
    return save_story(
        actor=actor,
        consultation=draft,
        revision=draft.revision,
        strengths=case.strengths,
        strains=case.strains,
        tried=case.tried,
        story=case.story,
        question=case.question,
        topic=topic,
    )
