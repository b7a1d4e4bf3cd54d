"""A record to think with when one worries about a child: written here, handed back as a file, kept nowhere.

Facts stand apart from what others say and from one's own judgement, acute signs apart from strain. Nothing is added
up: the record has no score and no boxes to tick.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from mtd.documents.content import Block, Document, Facts, Heading, Paragraph, Table

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = _StrPromise

STEPS = 6
"""Lines for what is done next."""
LIMIT = 8000

HEAD: dict[str, Words] = {
    "reference": gettext_lazy("Reference in your own file"),
    "written_by": gettext_lazy("Written by, with function"),
    "written_at": gettext_lazy("Day and time"),
}
PARTS: dict[str, tuple[Words, Words]] = {
    "observed": (
        gettext_lazy("What I saw and heard myself"),
        gettext_lazy("When, where, who was there. As exactly as you can, without interpreting."),
    ),
    "reported": (
        gettext_lazy("What others report"),
        gettext_lazy("Who, when, in which words; how they know."),
    ),
    "child_says": (
        gettext_lazy("What the child says and shows"),
        gettext_lazy("In its own words. What was asked before, and how."),
    ),
    "strengths": (
        gettext_lazy("What protects the child and what goes well"),
        gettext_lazy("People, places, habits, what the parents do well."),
    ),
    "acute": (
        gettext_lazy("Acute signs"),
        gettext_lazy("What endangers the child now or within hours. Empty is an answer, too."),
    ),
    "strain": (
        gettext_lazy("Strain"),
        gettext_lazy("What weighs on the child and the family, and for how long."),
    ),
    "parents": (
        gettext_lazy("What was said to the parents, and how they answered"),
        gettext_lazy("If nothing was said: why that would have endangered the child."),
    ),
    "consulted": (
        gettext_lazy("Whom I consulted"),
        gettext_lazy("Who, when, what they advised. Told with or without names?"),
    ),
    "assessment": (
        gettext_lazy("My assessment, in words"),
        gettext_lazy("What I conclude from it, what I do not know yet, what would change my mind."),
    ),
}
GROUPS: tuple[tuple[Words, tuple[str, ...]], ...] = (
    (gettext_lazy("What is known"), ("observed", "reported", "child_says")),
    (gettext_lazy("What carries"), ("strengths",)),
    (gettext_lazy("What endangers and what weighs, apart"), ("acute", "strain")),
    (gettext_lazy("What was talked about"), ("parents", "consulted")),
    (gettext_lazy("What I make of it"), ("assessment",)),
)
"""The parts under their headings on the page."""
STEP_HEADS: tuple[Words, ...] = (
    gettext_lazy("Next step"),
    gettext_lazy("Who"),
    gettext_lazy("By when"),
)


def steps_of(given: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The next steps that were filled in."""
    rows = [
        tuple(str(given.get(f"{part}_{number}") or "") for part in ("step", "who", "until"))
        for number in range(1, STEPS + 1)
    ]
    return [(row[0], row[1], row[2]) for row in rows if any(row)]


def to_document(given: Mapping[str, Any], *, on: date) -> Document:
    """The record as a document for a PDF. An empty part says so: a gap is information."""
    return Document(
        title=_("Record of a worry about a child"),
        subtitle=_("For the organisation’s own file"),
        language=(get_language() or "en").split("-")[0],
        date=on,
        blocks=tuple(_blocks(given)),
        footer=_("Confidential. It was made without being stored."),
    )


def _blocks(given: Mapping[str, Any]) -> Iterator[Block]:
    facts = tuple((str(label), str(given.get(name) or "")) for name, label in HEAD.items() if given.get(name))
    if facts:
        yield Facts(facts)
    for name, (label, _help) in PARTS.items():
        yield Heading(1, str(label))
        text = str(given.get(name) or "").strip()
        yield Paragraph(text) if text else Paragraph(_("Nothing entered."), tone="muted")
    rows = steps_of(given)
    yield Heading(1, _("Next steps"))
    if rows:
        yield Table(tuple(str(head) for head in STEP_HEADS), tuple(rows))
    else:
        yield Paragraph(_("Nothing entered."), tone="muted")
    yield Paragraph(_("This record judges nothing by itself. It has no score; people decide."), tone="muted")


def to_text(given: Mapping[str, Any], *, on: date) -> str:
    """The same as plain text, for pasting into another system."""
    lines = [_("Record of a worry about a child").upper(), on.isoformat(), ""]
    lines += [f"{label}: {given[name]}" for name, label in HEAD.items() if given.get(name)]
    for name, (label, _help) in PARTS.items():
        text = str(given.get(name) or "").strip()
        lines += ["", str(label).upper(), text or _("Nothing entered.")]
    lines += ["", _("Next steps").upper()]
    lines += [" – ".join(part for part in row if part) for row in steps_of(given)] or [_("Nothing entered.")]
    lines += ["", _("This record judges nothing by itself. It has no score; people decide.")]
    return "\r\n".join("\r\n".join(line.splitlines()) if line else "" for line in lines) + "\r\n"
