"""What the guard still asks about a whole case before it may be sent."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mtd.consultations.case import Case
from mtd.consultations.models import Consultation
from mtd.core.guarded import Judgement, judge

from .case import case_of, kept_reasons_of


@dataclass(frozen=True)
class OpenText:
    """One text in which something is open: where it stands, and what."""

    where: str
    route: str
    anchor: str
    judgement: Judgement


def open_texts(consultation: Consultation, case: Case | None = None) -> list[OpenText]:
    """Every text of the case that the guard does not clear, in the order of the pages; empty: it may be sent."""
    case = case or case_of(consultation)
    kept, found = kept_reasons_of(consultation), []
    for name, text in case.texts().items():
        judgement = judge(text, keep=kept)
        if not judgement.clear:
            where, route, anchor = _place(case, name)
            found.append(OpenText(where, route, anchor, judgement))
    return found


def _place(case: Case, name: str) -> tuple[str, str, str]:
    group, _dash, rest = name.partition("-")
    household, story = "consultations:household", "consultations:story"
    if group == "tie":
        tie = next(tie for tie in case.ties if tie.key == rest)
        return _("Surroundings: %(kind)s") % {"kind": tie.kind.label}, household, tie.key
    if group == "strengths":
        return _("What protects, line %(number)d") % {"number": int(rest) + 1}, story, f"id_{name}"
    if group == "strains":
        return _("What strains, line %(number)d") % {"number": int(rest) + 1}, story, f"id_{name}"
    if group == "tried":
        words = _("What has been tried, line %(number)d")
        return words % {"number": int(rest) + 1}, story, f"id_{name}"
    if group == "question":
        return _("Your question"), story, "id_question"
    return _("What happened"), story, "id_story"


def open_words(texts: list[OpenText]) -> str:
    """How many texts still hold something, in words."""
    return ngettext("One text still holds something.", "%(n)d texts still hold something.", len(texts)) % {
        "n": len(texts)
    }
