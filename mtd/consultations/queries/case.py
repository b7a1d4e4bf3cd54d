"""A case as its readers see it: strengths first, the picture with its text, the story, the question."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from mtd.consultations.case import Case, CaseProblem
from mtd.consultations.models import Consultation
from mtd.consultations.picture import Picture, draw
from mtd.core.errors import Refused


@dataclass(frozen=True)
class CaseView:
    """Everything `consultations/_case.html` shows."""

    case: Case
    picture: Picture
    topic: str

    @property
    def strengths(self) -> tuple[str, ...]:
        """What protects; always first."""
        return self.case.strengths

    @property
    def strains(self) -> tuple[str, ...]:
        """What strains."""
        return self.case.strains

    @property
    def tried(self) -> tuple[str, ...]:
        """What has been tried."""
        return self.case.tried

    @property
    def story(self) -> str:
        """What happened, in a person's words."""
        return self.case.story

    @property
    def question(self) -> str:
        """What is asked."""
        return self.case.question


@dataclass(frozen=True)
class Missing:
    """One thing without which nobody could answer: in words, and the page where it is entered."""

    what: str
    route: str


def case_of(consultation: Consultation) -> Case:
    """The case of a consultation. Raises KeyDestroyed or InvalidTag when it does not open (a page says so), and
    Refused when what opens is no case."""
    try:
        return Case.from_json(consultation.case)
    except CaseProblem as problem:
        raise Refused(
            _(
                "This case cannot be read: what is stored does not fit. Nothing of it is shown. Tell whoever runs "
                "this installation; everything else works."
            ),
            code="case_unreadable",
        ) from problem


def case_view(consultation: Consultation) -> CaseView:
    """What readers see, in the language of the reader. Raises as `case_of` does."""
    case = case_of(consultation)
    return CaseView(case, draw(case), consultation.get_topic_display() if consultation.topic else "")


def kept_by_page(consultation: Consultation) -> dict[str, dict[str, str]]:
    """Page of the draft → token → code of the reason why a passage to check may stay."""
    try:
        raw = json.loads(consultation.kept or "{}")
    except ValueError:
        return {}
    if not isinstance(raw, dict):
        return {}
    return {
        page: {str(token): str(code) for token, code in tokens.items()}
        for page, tokens in raw.items()
        if isinstance(tokens, dict)
    }


def kept_reasons_of(consultation: Consultation) -> dict[str, str]:
    """Token → code of the reason over the whole case. A token stands for one passage, wherever it is."""
    return {token: code for tokens in kept_by_page(consultation).values() for token, code in tokens.items()}


def missing(consultation: Consultation, case: Case | None = None) -> list[Missing]:
    """What a case needs before it can be sent; empty when it is complete."""
    case = case or case_of(consultation)
    household, story = "consultations:household", "consultations:story"
    asked = [
        (not case.strengths, Missing(str(_("at least one thing that protects the children")), household)),
        (not case.children, Missing(str(_("at least one child")), household)),
        (
            bool(case.children) and not any(person.about for person in case.children),
            Missing(str(_("which child the question is about")), household),
        ),
        (not case.story.strip(), Missing(str(_("what happened")), story)),
        (not case.question.strip(), Missing(str(_("your question")), story)),
        (not consultation.topic, Missing(str(_("what the question is about")), story)),
    ]
    return [one for lacking, one in asked if lacking]
