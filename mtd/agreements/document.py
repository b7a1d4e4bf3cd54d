"""The agreement's text as a document, for PDF and DOCX alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from mtd.documents.content import (
    Block,
    Clause,
    Contents,
    Document,
    Facts,
    Figure,
    Heading,
    PageBreak,
    Paragraph,
    SignatureLines,
    Table,
)
from mtd.guide.pack import say
from mtd.organizations.models import HelpSystem

from .annexes import AnnexBody, AnnexText
from .charts import chart, chart_words, flow_table
from .models import Agreement, Annex
from .text import AgreementText, ClauseText, ClauseVersion


def verify_address(code: str) -> str:
    """Where anybody can check a file of this agreement, without signing in."""
    return f"{settings.MTD_BASE_URL.rstrip('/')}/verify/{code}/"


def to_document(text: AgreementText, *, on: date, fixing: int = 1) -> Document:
    """The whole agreement: facts, parties, 19 parts, annexes, lines for signing on paper.

    `fixing` counts how often this version was fixed for signing: a file of a round that was stopped must never
    pass for one of the next round, even if not a word has changed.
    """
    language = text.languages[0]
    second = text.languages[1] if len(text.languages) > 1 else None
    with override(language):
        blocks: list[Block] = [_facts(text), *_parties(text), Contents()]
        for part in text.parts:
            blocks.append(Heading(level=1, text=say(part.titles, language), number=str(part.number)))
            blocks += [_clause(clause, language, second) for clause in part.clauses]
            if not part.clauses:
                blocks.append(Paragraph(_("Nothing was agreed in this part."), tone="muted"))
        blocks += _annexes(text, language, second)
        blocks += [PageBreak(), *_signing_page(text)]
        return Document(
            title=text.title,
            subtitle=text.purpose,
            language=language,
            second_language=second,
            binding_language=text.binding_language or None,
            code=text.code,
            author=text.network,
            date=on,
            footer=_footer(text, fixing),
            verify_address=verify_address(text.code),
            blocks=tuple(blocks),
        )


def _footer(text: AgreementText, fixing: int) -> str:
    if text.draft:
        return _("Draft – not signed, not in force")
    if fixing > 1:
        return _("Version %(number)s, signing round %(round)s") % {"number": text.number, "round": fixing}
    return _("Version %(number)s") % {"number": text.number}


def _day(iso: str) -> str:
    return date_format(date.fromisoformat(iso), "DATE_FORMAT") if iso else _("not agreed")


def _facts(text: AgreementText) -> Facts:
    return Facts(
        pairs=(
            (_("Network"), text.network),
            (_("Legal form"), str(Agreement.LegalForm(text.legal_form).label)),
            (pgettext("document", "Version"), str(text.number)),
            (_("In force from"), _day(text.in_force_from)),
            (_("Review"), _day(text.review_on)),
            (_("Guide"), f"{text.guide_title or text.guide} {text.guide_version}"),
            (_("Code"), text.code),
        )
    )


def _parties(text: AgreementText) -> list[Block]:
    rows = tuple(
        (party.name, str(HelpSystem(party.help_system).label), party.legal_form, party.city)
        for party in text.parties
    )
    header = (_("Party"), _("Help system"), _("Legal form"), _("Town"))
    return [Table(header=header, rows=rows, caption=_("Parties"))]


def _clause(clause: ClauseText, language: str, second: str | None) -> Clause:
    first = clause.texts[language]
    other = clause.texts.get(second) if second else None
    return Clause(
        number=clause.number,
        title=say(clause.titles, language),
        text="\n\n".join(first.paragraphs),
        agreed=clause.agreed,
        second_text="\n\n".join(other.paragraphs) if other else None,
        table=_table(first),
        second_table=_table(other) if other else None,
        bullets=first.bullets,
        second_bullets=other.bullets if other else (),
    )


def _table(version: ClauseVersion) -> Table | None:
    return Table(header=version.header, rows=version.rows) if version.rows else None


def annex_letter(place: int) -> str:
    """A, B, … Z, AA: how annexes are called."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def annex_letters(annexes: Sequence[AnnexText]) -> list[str]:
    """What each annex is called in this text: A, B, C; all forms together are one annex, D.1, D.2 …"""
    forms = [annex.key for annex in annexes if annex.kind == Annex.Kind.FORM]
    others = [annex.key for annex in annexes if annex.kind != Annex.Kind.FORM]
    return [
        f"{annex_letter(len(others))}.{forms.index(annex.key) + 1}"
        if annex.kind == Annex.Kind.FORM
        else annex_letter(others.index(annex.key))
        for annex in annexes
    ]


def _annexes(text: AgreementText, language: str, second: str | None) -> list[Block]:
    blocks: list[Block] = []
    listed = [annex for annex in text.annexes if annex.kind != Annex.Kind.FORM]
    for place, annex in enumerate(listed):
        if place == 0:
            blocks.append(PageBreak())
        blocks += _annex(annex, annex_letter(place), language, second)
    forms = [annex for annex in text.annexes if annex.kind == Annex.Kind.FORM]
    if forms:
        number = _("Annex %(letter)s") % {"letter": annex_letter(len(listed))}
        blocks.append(Heading(level=1, text=f"{number}: " + _("Forms")))
        letter = annex_letter(len(listed))
        rows = tuple(
            (
                f"{letter}.{place}",
                one.body(language).title,
                " ".join(one.body(language).paragraphs),
                str(one.number),
            )
            for place, one in enumerate(forms, 1)
        )
        header = (_("No."), _("Form"), _("What it is for"), pgettext("document", "Version"))
        blocks.append(Table(header=header, rows=rows))
    return blocks


def _annex(annex: AnnexText, letter: str, language: str, second: str | None) -> list[Block]:
    body = annex.body(language)
    name = _("Annex %(letter)s") % {"letter": letter}
    blocks: list[Block] = [
        Heading(level=1, text=f"{name}: {body.title}"),
        Paragraph(_("Version %(number)s of this annex") % {"number": annex.number}, tone="muted"),
    ]
    blocks += body_blocks(body, language)
    other = annex.bodies.get(second) if second else None
    if second and other is not None and other.plain != body.plain:
        with override(second):
            blocks.append(Heading(level=2, text=other.title))
            blocks += body_blocks(other, second)
    if annex.file_name:
        blocks.append(
            Facts(pairs=((_("File"), annex.file_name), (_("Check sum (SHA-256)"), annex.file_sha256)))
        )
    return blocks


def body_blocks(body: AnnexBody, language: str) -> list[Block]:
    """What an annex says, for PDF and DOCX; a chart as a picture and as a table."""
    blocks: list[Block] = [Paragraph(text) for text in body.paragraphs]
    if not body.agreed and not body.rows:
        blocks.append(Paragraph(_("What this annex shows has not been agreed."), tone="muted"))
    if body.steps:
        blocks.append(Figure(svg=chart(body, language), alt=" ".join(chart_words(body, language))))
        header, rows = flow_table(body, language)
        blocks.append(Table(header=header, rows=rows, caption=_("The same as a table")))
    if body.rows:
        blocks.append(Table(header=body.header, rows=body.rows))
    for section in body.sections:
        if section.title:
            blocks.append(Heading(level=2, text=section.title))
        if section.facts:
            blocks.append(Facts(pairs=section.facts))
        blocks += [Paragraph(text) for text in section.paragraphs]
    return blocks


def annex_document(text: AnnexText, *, agreement: Agreement, on: date, number: str, footer: str) -> Document:
    """One annex as a document of its own, in all languages of the agreement."""
    language = agreement.language
    with override(language):
        body = text.body(language)
        blocks = body_blocks(body, language)
        for other in agreement.languages[1:]:
            more = text.bodies.get(other)
            if more is not None and more.plain != body.plain:
                with override(other):
                    blocks += [PageBreak(), Heading(level=1, text=more.title), *body_blocks(more, other)]
        return Document(
            title=body.title,
            subtitle=agreement.title,
            language=language,
            code=agreement.code,
            author=agreement.network.name,
            date=on,
            footer=footer or number,
            blocks=tuple(blocks),
        )


def _signing_page(text: AgreementText) -> list[Block]:
    return [
        Heading(level=1, text=_("Signatures")),
        Paragraph(
            _(
                "Signatures made in this system or with a certificate of one's own are inside this file; any PDF "
                "reader shows them. The lines below are for parties who sign on paper."
            ),
            tone="muted",
        ),
        SignatureLines(rows=tuple((party.name, "") for party in text.parties)),
    ]
