"""A copy of a question and what was said to it, for one's own file: as text and as PDF, both from the same blocks.

The copy belongs to the organisation that takes it and follows its rules from then on. It names no family, because
the question does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from mtd.core.templatetags.mtd import day, moment
from mtd.documents.content import Block, Bullets, Document, Facts, Heading, Paragraph
from mtd.documents.pdf import render_pdf

from .in_words import sentences
from .models import Consultation
from .queries.case import CaseView, case_view
from .queries.thread import Said


def copy_of(consultation: Consultation, said: Sequence[Said], *, on: date) -> Document:
    """The question with its case and everything said to it. Raises as `case_view` does."""
    view = case_view(consultation)
    blocks: list[Block] = [_facts(consultation), Paragraph(responsibility(), tone="lead")]
    blocks += _case(view)
    blocks.append(Heading(level=1, text=_("What was said")))
    if not said:
        blocks.append(Paragraph(_("Nothing yet.")))
    for one in said:
        who = ", ".join(part for part in (one.name, one.organization) if part)
        blocks.append(Heading(level=2, text=f"{one.label}: {who}"))
        blocks.append(Paragraph(moment(one.at), tone="muted"))
        blocks.append(
            Paragraph(one.text if one.text is not None else _("This text cannot be read any more."))
        )
    blocks.append(
        Paragraph(
            _(
                "Copied on %(day)s for one’s own file. From here on the rules of the organisation that took the copy "
                "apply to it; the words in the system are destroyed on %(end)s at the latest."
            )
            % {
                "day": day(on),
                "end": day(consultation.ends_on) or "–",
            },
            tone="muted",
        )
    )
    return Document(
        title=_("Anonymous consultation %(number)s") % {"number": consultation.number},
        language=(get_language() or "en").split("-")[0],
        date=on,
        blocks=tuple(blocks),
        author=consultation.network.name,
        footer=_("Copy for one’s own file, %(number)s") % {"number": consultation.number},
    )


def responsibility() -> str:
    """What every answer leaves where it was."""
    return _(
        "An answer is advice. Responsibility for the family, and every decision, stays with who asked. The copy names "
        "no family; do not add names to it where others read it."
    )


def _facts(consultation: Consultation) -> Facts:
    source, target = consultation.organization, consultation.recipient
    pairs = [
        (_("Number"), consultation.number),
        (_("Asked by"), source.name if source else "–"),
        (pgettext("copy", "Asked"), target.name if target else str(consultation.get_way_display())),
    ]
    if consultation.sent_at:
        pairs.append((_("Asked on"), day(consultation.sent_at)))
    if consultation.answered_at:
        pairs.append((_("Answered on"), day(consultation.answered_at)))
    if consultation.agreement is not None:
        pairs.append((_("Allowed by"), consultation.agreement.title))
    return Facts(pairs=tuple(pairs))


def _case(view: CaseView) -> list[Block]:
    found: list[Block] = []

    def part(title: str, block: Block | None) -> None:
        if block is not None:
            found.extend([Heading(level=1, text=title), block])

    def lines(rows: Sequence[str]) -> Block | None:
        return Bullets(items=tuple(rows)) if rows else None

    part(_("What protects the children"), lines(view.strengths))
    part(_("Family and surroundings"), lines(sentences(view.case)))
    part(_("What happened"), Paragraph(view.story) if view.story else None)
    part(_("What strains"), lines(view.strains))
    part(_("What has been tried"), lines(view.tried))
    part(_("The question"), Paragraph(view.question) if view.question else None)
    return found


def as_pdf(document: Document) -> bytes:
    """The copy as PDF."""
    return render_pdf(document)


def as_text(document: Document) -> str:
    """The copy as plain text, line by line the same."""
    lines = [document.title, "=" * len(document.title), ""]
    for block in document.blocks:
        match block:
            case Heading():
                lines += ["", block.text, ("=" if block.level == 1 else "-") * len(block.text)]
            case Paragraph():
                lines += [block.text, ""]
            case Bullets():
                lines += [f"- {item}" for item in block.items]
            case Facts():
                lines += [f"{name}: {value}" for name, value in block.pairs] + [""]
    return "\n".join(lines).replace("\r\n", "\n").replace("\n", "\r\n") + "\r\n"
