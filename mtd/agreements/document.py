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
    Heading,
    PageBreak,
    Paragraph,
    SignatureLines,
    Table,
)
from mtd.guide.pack import say
from mtd.organizations.models import HelpSystem

from .models import Agreement
from .text import AgreementText, ClauseText, ClauseVersion


def verify_address(code: str) -> str:
    """Where anybody can check a file of this agreement, without signing in."""
    return f"{settings.MTD_BASE_URL.rstrip('/')}/verify/{code}/"


def to_document(text: AgreementText, *, on: date, annexes: Sequence[Block] = ()) -> Document:
    """The whole agreement: facts, parties, 19 parts, annexes, lines for signing on paper."""
    language = text.languages[0]
    second = text.languages[1] if len(text.languages) > 1 else None
    with override(language):
        blocks: list[Block] = [_facts(text), *_parties(text), Contents()]
        for part in text.parts:
            blocks.append(Heading(level=1, text=say(part.titles, language), number=str(part.number)))
            blocks += [_clause(clause, language, second) for clause in part.clauses]
            if not part.clauses:
                blocks.append(Paragraph(_("Nothing was agreed in this part."), tone="muted"))
        blocks += annexes
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
            footer=_footer(text),
            verify_address=verify_address(text.code),
            blocks=tuple(blocks),
        )


def _footer(text: AgreementText) -> str:
    if text.draft:
        return _("Draft – not signed, not in force")
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
            (_("Guide"), f"{text.guide} {text.guide_version}"),
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
