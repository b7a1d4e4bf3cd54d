"""The profile sheet as a document of one or two pages."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from mtd.core.dates import span_text
from mtd.documents.content import Block, Bullets, Document, Facts, Heading, Paragraph, Table

from .document import verify_address
from .queries import Profile, ProfilePart


def profile_document(profile: Profile, *, on: date) -> Document:
    """The sheet for PDF and DOCX, in the sheet's language."""
    with override(profile.language):
        blocks: list[Block] = [Facts(pairs=_facts(profile)), Heading(level=1, text=_("Parties"))]
        for group in profile.groups:
            blocks += [Heading(level=2, text=group.label), Bullets(items=group.names)]
        for part in (profile.goals, profile.target, profile.area, *profile.points, profile.costs):
            blocks += _part(part)
        if profile.rhythms:
            blocks += [
                Heading(level=1, text=_("How often")),
                _table(_("What"), _("How often"), profile.rhythms),
            ]
        if profile.deadlines:
            blocks += [
                Heading(level=1, text=_("By when")),
                _table(_("What"), _("By when"), profile.deadlines),
            ]
        if not profile.in_words:
            blocks.append(
                Paragraph(_("What the parties agree on is told here once it is in force."), tone="muted")
            )
        blocks += _contact(profile)
        agreement = profile.agreement
        return Document(
            title=agreement.title,
            subtitle=agreement.purpose,
            language=profile.language,
            date=on,
            blocks=tuple(blocks),
            code=agreement.code,
            author=agreement.network.name,
            footer=_("Profile sheet"),
            verify_address=verify_address(agreement.code),
        )


def _facts(profile: Profile) -> tuple[tuple[str, str], ...]:
    agreement = profile.agreement
    pairs = [
        (_("Region"), f"{agreement.network.region}, {agreement.network.get_country_display()}"),
        (pgettext("agreement", "State"), str(agreement.get_state_display())),
        (_("Legal form"), str(agreement.get_legal_form_display())),
        (_("In force since"), _day(agreement.in_force_from)),
        (_("Ended on"), _day(agreement.ended_on)),
        (_("Review"), _day(agreement.review_on) if agreement.state == agreement.State.IN_FORCE else ""),
        (_("How it came about"), way_in_words(profile)),
        (_("Code"), agreement.code),
    ]
    return tuple((label, text) for label, text in pairs if text)


def way_in_words(profile: Profile) -> str:
    """“12 meetings, October 2012 – September 2015, with external moderation”."""
    if not profile.meetings or profile.first_meeting is None or profile.last_meeting is None:
        return ""
    span = span_text(profile.first_meeting, profile.last_meeting)
    if profile.moderated:
        return _("%(count)s meetings, %(span)s, with external moderation") % {
            "count": profile.meetings,
            "span": span,
        }
    return _("%(count)s meetings, %(span)s") % {"count": profile.meetings, "span": span}


def _day(day: date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""


def _part(part: ProfilePart | None) -> list[Block]:
    if part is None:
        return []
    blocks: list[Block] = [Heading(level=1, text=part.title)]
    blocks += [Paragraph(text) for text in part.paragraphs]
    if part.bullets:
        blocks.append(Bullets(items=part.bullets))
    return blocks


def _table(what: str, how: str, rows: tuple[tuple[str, str], ...]) -> Table:
    return Table(header=(what, how), rows=rows)


def _contact(profile: Profile) -> list[Block]:
    blocks: list[Block] = []
    for organization in profile.contacts:
        lines = (organization.name, organization.address, organization.city)
        reach = (organization.phone, organization.email, organization.website)
        blocks.append(Paragraph("\n".join(text for text in (*lines, *reach) if text)))
    return [Heading(level=1, text=_("Contact of the coordination")), *blocks] if blocks else []
