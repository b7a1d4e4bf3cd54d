"""The undertaking of secrecy for a day of job shadowing, as a document. The words are our own.

What the law of the country says about secrecy stands in the country record, with its source; what nobody has
confirmed is marked. Sources: docs/exchange.md.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from mtd.accounts.models import User
from mtd.countries.queries import legal_bases
from mtd.documents.content import Block, Bullets, Clause, Document, Facts, Heading, Paragraph

from .models import ShadowingVisit


def language_of(visit: ShadowingVisit) -> str:
    """The network's language where the product speaks it, otherwise English."""
    spoken = visit.date.offer.network.language
    return spoken if spoken in dict(settings.LANGUAGES) else "en"


def promises() -> list[tuple[str, str]]:
    """Title and text of each point, in the active language."""
    return [
        (
            _("What I keep secret"),
            _(
                "I keep secret everything I learn about people who are counselled, treated or supported here, and "
                "about their families: names, faces, what they say, what I read, and that they come here at all."
            ),
        ),
        (
            _("Towards whom, and how long"),
            _(
                "This holds towards everybody, my own organisation and my family included. It does not end with "
                "the visit, and it does not end when I change my job."
            ),
        ),
        (
            _("Nothing leaves the house"),
            _(
                "I take no pictures and no recordings, I copy nothing, and I write down nothing by which somebody "
                "could be recognised. My report says what I learnt about the work, not about people."
            ),
        ),
        (
            _("Those concerned decide"),
            _(
                "I sit in on a conversation only if those concerned were asked before and agree. If somebody would "
                "rather be without me, I go out. If I know somebody from elsewhere, I say so at once and step back."
            ),
        ),
        (
            _("When a child may be in danger"),
            _(
                "If I notice signs of it, I tell the person who receives me at once. The receiving organisation acts "
                "by its own rules. Duties that the law gives me stay as they are."
            ),
        ),
        (
            _("What the host asks of me"),
            _(
                "I follow what the receiving organisation asks of me during the visit. It may end the visit at any "
                "time, and so may I."
            ),
        ),
        (
            _("If I break this"),
            _(
                "I know that passing on what was entrusted to professionals can be a criminal offence, and can have "
                "consequences for my employment."
            ),
        ),
    ]


def undertaking_document(visit: ShadowingVisit, *, signer: User, on: date) -> Document:
    """The undertaking of one visitor for one day, in the network's language."""
    offer, network = visit.date.offer, visit.date.offer.network
    language = language_of(visit)
    with override(language):
        blocks: list[Block] = [
            Facts(
                pairs=(
                    (_("Visitor"), signer.full_name),
                    (_("works for"), visit.organization.name),
                    (_("is a guest of"), offer.organization.name),
                    (pgettext("shadowing", "Day"), date_format(visit.date.on, "DATE_FORMAT")),
                    (_("Network"), network.name),
                )
            ),
            Paragraph(
                _(
                    "I spend this day as a guest with colleagues of another help system, to learn how they work."
                ),
                tone="lead",
            ),
        ]
        blocks += [
            Clause(number=str(number), title=title, text=text)
            for number, (title, text) in enumerate(promises(), 1)
        ]
        blocks += _law(network.country, language)
        blocks.append(
            Paragraph(
                _(
                    "Signed in the system on %(day)s with a confirmed second factor; the signature is inside this "
                    "file, and any PDF reader shows it. The text was written for this programme and has not been "
                    "confirmed by a legal office."
                )
                % {"day": date_format(on, "DATE_FORMAT")},
                tone="muted",
            )
        )
        return Document(
            title=_("Undertaking of secrecy"),
            subtitle=_("for a day of job shadowing"),
            language=language,
            author=network.name,
            date=on,
            footer=_("Undertaking of secrecy, %(name)s") % {"name": network.name},
            blocks=tuple(blocks),
        )


def _law(country: str, language: str) -> list[Block]:
    found = legal_bases(country, ("confidentiality",), placeholders=False)
    if not found:
        return []
    lines = [
        basis.title if basis.confirmed else _("%(title)s (not confirmed by us)") % {"title": basis.title}
        for basis in found
    ]
    return [
        Heading(level=2, text=_("What the country record names on secrecy")),
        Bullets(items=tuple(lines)),
    ]
