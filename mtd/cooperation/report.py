"""The yearly report as a document: figures with their pictures and tables, and the network's own words."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from mtd.consultations.queries.evidence import count_words, direction_words, parts_words
from mtd.documents.content import (
    Block,
    Bullets,
    Document,
    Facts,
    Figure,
    Heading,
    Paragraph,
    Table,
)
from mtd.meetings.models import Kind
from mtd.organizations.models import HelpSystem

from . import charts
from .models import YearlyReport
from .pictures import Picture, needs_picture, percent, pictures_of
from .queries.figures import DutyLine, Figures


def report_document(report: YearlyReport, figures: Figures, *, on: date) -> Document:
    """The report in the agreement's language; a draft says on every page that it is one."""
    agreement = report.agreement
    draft = report.state != YearlyReport.State.APPROVED
    with override(agreement.language):
        blocks: list[Block] = [_facts(report, figures)]
        if report.foreword:
            blocks += [Heading(level=1, text=_("Foreword")), *_paragraphs(report.foreword)]
        blocks += [Heading(level=1, text=_("In short")), Bullets(items=tuple(in_short(figures)))]
        blocks += _duties(figures)
        blocks += _parties(figures)
        blocks += _needs(figures)
        blocks += _questions(figures)
        blocks += _years(figures)
        for heading, text in own_words(report):
            blocks += [Heading(level=1, text=heading), *_paragraphs(text)]
        blocks.append(Paragraph(source_words(figures), tone="muted"))
        return Document(
            title=_("Yearly report %(year)s") % {"year": report.year},
            subtitle=agreement.title,
            language=agreement.language,
            date=on,
            blocks=tuple(blocks),
            code=agreement.code,
            author=agreement.network.name,
            footer=_("Draft – not approved")
            if draft
            else _("Yearly report %(year)s") % {"year": report.year},
        )


def own_words(report: YearlyReport) -> list[tuple[str, str]]:
    """The network's own words after the figures, with their headings; only those that were written."""
    found = [
        (_("What went well"), report.went_well),
        (_("What was difficult"), report.went_badly),
        (_("What we take on for next year"), report.next_year),
    ]
    return [(heading, text) for heading, text in found if text]


def _paragraphs(text: str) -> list[Block]:
    return [Paragraph(part) for part in text.split("\n\n") if part.strip()]


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def _facts(report: YearlyReport, figures: Figures) -> Facts:
    agreement = report.agreement
    pairs = [
        (_("Network"), agreement.network.name),
        (_("Agreement"), agreement.title),
        (_("In force since"), _day(agreement.in_force_from) if agreement.in_force_from else "–"),
        (_("Counted until"), _day(figures.through)),
        (
            pgettext("report", "State"),
            _("approved by the steering group on %(day)s") % {"day": _day(report.decided_on)}
            if report.state == YearlyReport.State.APPROVED and report.decided_on
            else _("draft, not approved"),
        ),
    ]
    if report.reopened_at and report.state == YearlyReport.State.APPROVED:
        pairs.append((_("Corrected"), _("replaces the report that was approved before")))
    return Facts(pairs=tuple(pairs))


def in_short(figures: Figures) -> list[str]:
    """The year in a few sentences."""
    tally, needs = figures.tally, figures.needs
    found = []
    if tally.settled:
        found.append(
            _(
                "Of %(settled)s times that a duty was due, %(kept)s were kept, %(late)s kept late, %(missed)s missed."
            )
            % {"settled": tally.settled, "kept": tally.kept, "late": tally.late, "missed": tally.missed}
        )
    else:
        found.append(_("No duty was due."))
    if tally.open:
        found.append(_("%(number)s are still to come.") % {"number": tally.open})
    if figures.meetings:
        kinds = ", ".join(f"{Kind(kind).label}: {number}" for kind, number in figures.meetings.items())
        found.append(_("Meetings held: %(number)s (%(kinds)s).") % {"number": figures.held, "kinds": kinds})
    now = figures.now
    shares = [
        f"{HelpSystem(system).label} {percent(now.share_of(system))}"
        for system in now.attendance
        if now.share_of(system) is not None
    ]
    if shares:
        found.append(_("Of those invited, so many came: %(shares)s.") % {"shares": ", ".join(shares)})
    if needs.raised:
        found.append(
            _(
                "Needs: %(raised)s raised, %(decided)s decided, %(answered)s answered, %(helped)s of them helped."
            )
            % {
                "raised": needs.raised,
                "decided": needs.decided,
                "answered": needs.answered,
                "helped": needs.helped_yes,
            }
        )
    if figures.questions.asked:
        found.append(questions_words(figures))
    if needs.median_days_answered is not None:
        found.append(
            _("From a need to its answer it took %(days)s days (median); proposed are at most %(limit)s.")
            % {"days": needs.median_days_answered, "limit": needs.limit_days}
        )
    return found


def _duties(figures: Figures) -> list[Block]:
    if not figures.duties:
        return []
    blocks: list[Block] = [Heading(level=1, text=_("The duties of the year"))]
    blocks.append(Figure(svg=str(year_svg(figures)), alt=_year_alt(figures), caption=_signs()))
    header = (
        _("Duty"),
        _("Rule"),
        _("Clause"),
        pgettext("column", "Kept"),
        pgettext("column", "Kept late"),
        pgettext("column", "Missed"),
        pgettext("column", "To come"),
    )
    rows = tuple(
        (
            line.title,
            line.rule,
            line.clause,
            str(line.tally.kept),
            str(line.tally.late),
            str(line.tally.missed),
            str(line.tally.open),
        )
        for line in figures.duties
    )
    blocks.append(Table(header=header, rows=rows))
    return blocks


def _signs() -> str:
    return _(
        "Disc with a tick: kept. Diamond: kept late, the line shows how late. Crossed square: missed. Ring: to come."
    )


def _year_alt(figures: Figures) -> str:
    return "; ".join(
        _("%(duty)s: %(done)s of %(owed)s")
        % {"duty": line.title, "done": line.tally.done, "owed": line.tally.owed}
        for line in figures.duties
    )


def year_svg(figures: Figures) -> str:
    """The year as one picture."""
    months = [date_format(date(2001, number, 1), "M").rstrip(".") for number in range(1, 13)]
    return charts.ribbon(
        "year",
        _("Duties of %(year)s") % {"year": figures.year},
        months,
        [_lane(line) for line in figures.duties],
    )


def _lane(line: DutyLine) -> charts.Lane:
    owed = line.tally.owed
    count = _("%(done)s of %(owed)s") % {"done": line.tally.done, "owed": owed} if owed else "–"
    rule = ", ".join(part for part in (line.rule, _("clause %(number)s") % {"number": line.clause}) if part)
    marks = tuple(charts.LaneMark(mark.at, mark.status, mark.tail) for mark in line.marks)
    return charts.Lane(line.title, rule, marks, count)


def _parties(figures: Figures) -> list[Block]:
    if not figures.parties:
        return []
    header, rows = party_table(figures)
    return [
        Heading(level=1, text=_("The parties")),
        Paragraph(party_note()),
        Table(header=header, rows=rows),
    ]


def party_note() -> str:
    """What the table of parties counts."""
    return _(
        "Counted are the duties that each party owes by itself, and those of its people who were invited to a meeting. "
        "The order is that of the agreement."
    )


def party_table(figures: Figures) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Own duties and attendance of every party, in the order of the agreement."""
    header = (
        _("Party"),
        _("Help system"),
        pgettext("column", "Kept"),
        pgettext("column", "Kept late"),
        pgettext("column", "Missed"),
        pgettext("column", "To come"),
        _("Came to meetings"),
    )
    rows = tuple(
        (
            line.name,
            str(HelpSystem(line.system).label),
            str(line.tally.kept),
            str(line.tally.late),
            str(line.tally.missed),
            str(line.tally.open),
            "–"
            if line.share is None
            else _("%(share)s (%(came)s of %(invited)s)")
            % {"share": percent(line.share), "came": line.came, "invited": line.invited},
        )
        for line in figures.parties
    )
    return header, rows


def _needs(figures: Figures) -> list[Block]:
    picture = needs_picture(figures.needs)
    blocks: list[Block] = [Heading(level=1, text=picture.heading)]
    if picture.empty:
        return [*blocks, Paragraph(picture.empty)]
    blocks.append(Figure(svg=str(picture.svg), alt=picture.alt))
    blocks.append(Table(header=picture.header, rows=picture.rows))
    return blocks


def _table(picture: Picture) -> Table:
    return Table(header=picture.header, rows=picture.rows, caption=picture.heading)


def _questions(figures: Figures) -> list[Block]:
    if not figures.questions.asked:
        return []
    header, rows = question_table(figures)
    return [
        Heading(level=1, text=_("Questions without identity")),
        Paragraph(questions_words(figures)),
        Table(header=header, rows=rows),
    ]


def questions_words(figures: Figures) -> str:
    """How many questions were asked without identity, answered, and answered in time."""
    asked = figures.questions
    return _(
        "Questions without identity: %(asked)s asked, %(answered)s answered, %(in_time)s answered in time."
    ) % {
        "asked": count_words(asked.asked),
        "answered": count_words(asked.answered),
        "in_time": count_words(asked.in_time),
    }


def question_table(figures: Figures) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The questions by direction; what is so small that it could mean one family is not told."""
    header = (_("From whom to whom"), _("Asked"), pgettext("questions", "Answered"))
    ways = figures.questions.ways
    rows = zip(
        (direction_words(way) for way, _asked, _answered in ways),
        parts_words([asked for _way, asked, _answered in ways]),
        parts_words([answered for _way, _asked, answered in ways]),
        strict=True,
    )
    return header, tuple(rows)


def _years(figures: Figures) -> list[Block]:
    told = [picture for picture in pictures_of(figures) if not picture.empty]
    if not told:
        return []
    blocks: list[Block] = [Heading(level=1, text=_("Over the years"))]
    for place in range(0, len(told), 2):
        pair = told[place : place + 2]
        svg = charts.beside(
            f"pair-{place}",
            "; ".join(picture.heading for picture in pair),
            [(picture.heading, str(picture.svg)) for picture in pair],
        )
        caption = " ".join(f"{picture.heading}: {picture.text}." for picture in pair).replace("..", ".")
        blocks.append(Figure(svg=str(svg), alt=". ".join(picture.alt for picture in pair), caption=caption))
        blocks += [_table(picture) for picture in pair]
    return blocks


def source_words(figures: Figures) -> str:
    """Where the figures come from, and until when they count."""
    first = figures.years[0].year if figures.years else figures.year
    return _(
        "Counted from minutes, evidence and needs of this system, 1 January %(first)s to %(day)s. Attendance counts "
        "meetings in whose minutes it was noted."
    ) % {"first": first, "day": _day(figures.through)}
