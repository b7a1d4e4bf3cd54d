"""From figures to pictures with their words and tables: the same on the page and in the yearly report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext, pgettext

from mtd.organizations.models import HelpSystem

from . import charts
from .queries.figures import Figures, YearLine
from .queries.needs_figures import NeedFigures

CARE, YOUTH = HelpSystem.ADDICTION_CARE.value, HelpSystem.YOUTH_WELFARE.value
OTHERS = tuple(system for system in HelpSystem.values if system not in (CARE, YOUTH))
MOST_YEARS = 12


@dataclass(frozen=True)
class Picture:
    """A picture, what it shows in words, and the same as a table. No svg: `empty` says why there is nothing."""

    key: str
    heading: str
    text: str
    svg: SafeString
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    alt: str
    empty: str = ""


def pictures_of(figures: Figures) -> list[Picture]:
    """The pictures over the years, in the order in which they are shown."""
    lines = figures.years[-MOST_YEARS:]
    found = [_duties(lines), _days(lines, figures.needs.limit_days), _attendance(lines)]
    if figures.pulse:
        found.append(_pulse(figures))
    return found


def _span(lines: Sequence[YearLine]) -> str:
    if not lines:
        return ""
    first, last = lines[0].year, lines[-1].year
    if first == last:
        return str(first)
    return gettext("%(first)s to %(last)s") % {"first": first, "last": last}


def _duties(lines: Sequence[YearLine]) -> Picture:
    heading = gettext("Duties kept")
    told = [line for line in lines if line.tally.settled]
    title = gettext("Duties kept, kept late and missed, %(years)s") % {"years": _span(lines)}
    columns = [
        charts.Column(
            str(line.year),
            line.tally.kept,
            line.tally.late,
            line.tally.missed,
            gettext("of %(number)s") % {"number": line.tally.settled} if line.tally.settled else "",
        )
        for line in lines
    ]
    parts = [
        gettext("%(year)s: %(kept)s kept, %(late)s kept late, %(missed)s missed")
        % {
            "year": line.year,
            "kept": line.tally.kept,
            "late": line.tally.late,
            "missed": line.tally.missed,
        }
        for line in lines
    ]
    return Picture(
        "duties",
        heading,
        gettext("Filled: kept. Outlined: late. Hatched: missed."),
        charts.duty_bars("duties", title, columns) if told else mark_safe(""),
        (
            gettext("Year"),
            pgettext("column", "Kept"),
            pgettext("column", "Kept late"),
            pgettext("column", "Missed"),
        ),
        tuple(
            (str(line.year), str(line.tally.kept), str(line.tally.late), str(line.tally.missed))
            for line in lines
        ),
        f"{title}. " + "; ".join(parts),
        "" if told else gettext("Nothing has been due so far."),
    )


def _days(lines: Sequence[YearLine], limit: int) -> Picture:
    title = gettext("Median days from need to answer, %(years)s") % {"years": _span(lines)}
    known = [line for line in lines if line.days_to_answer is not None]
    svg = charts.lines(
        "days",
        title,
        [str(line.year) for line in lines],
        [charts.Series(title, tuple(line.days_to_answer for line in lines))],
        limit=(limit, gettext("proposed: %(days)s") % {"days": limit}),
    )
    rows = tuple(
        (
            str(line.year),
            "–" if line.days_to_answer is None else str(line.days_to_answer),
            str(line.raised),
            str(line.answered),
        )
        for line in lines
    )
    parts = "; ".join(f"{line.year}: {line.days_to_answer}" for line in known)
    return Picture(
        "days",
        gettext("Days from need to answer"),
        gettext("Median of the needs raised in a year"),
        svg if known else mark_safe(""),
        (gettext("Year"), gettext("Days, median"), gettext("Raised"), gettext("Answered")),
        rows,
        f"{title}. {parts}",
        "" if known else gettext("No need has been answered yet."),
    )


def percent(value: int | None) -> str:
    """92 %; a dash where nobody was invited."""
    return "–" if value is None else pgettext("share", "%(number)s %%") % {"number": value}


MOST_BARS = 7
"""So many years side by side can be read; the table holds them all."""


def _attendance(lines: Sequence[YearLine]) -> Picture:
    title = gettext("Attendance at meetings by help system, %(years)s") % {"years": _span(lines)}
    names = (
        str(HelpSystem.ADDICTION_CARE.label),
        str(HelpSystem.YOUTH_WELFARE.label),
        pgettext("help system", "Others"),
    )
    told = [line for line in lines if line.attendance]
    svg = charts.attendance_bars(
        "attendance",
        title,
        [
            charts.Attendance(
                str(line.year), line.share_of(CARE), line.share_of(YOUTH), line.share_of(*OTHERS)
            )
            for line in told[-MOST_BARS:]
        ],
        names,
        pgettext("share, with %s for the number", "%s %%"),
    )
    rows = tuple(
        (str(line.year), *(_came(line, systems) for systems in ((CARE,), (YOUTH,), OTHERS))) for line in lines
    )
    parts = "; ".join(
        f"{line.year}: {names[0]} {percent(line.share_of(CARE))}, {names[1]} {percent(line.share_of(YOUTH))}"
        for line in told
    )
    return Picture(
        "attendance",
        gettext("Who came to the meetings"),
        gettext("Share of those invited, by help system")
        if len(told) <= MOST_BARS
        else gettext("Share of those invited, by help system; earlier years are in the table"),
        svg if told else mark_safe(""),
        (gettext("Year"), *names),
        rows,
        f"{title}. {parts}",
        "" if told else gettext("Nobody has noted yet who came to a meeting."),
    )


def _came(line: YearLine, systems: Sequence[str]) -> str:
    share = line.share_of(*systems)
    if share is None:
        return "–"
    invited = sum(line.attendance.get(system, (0, 0))[0] for system in systems)
    came = sum(line.attendance.get(system, (0, 0))[1] for system in systems)
    return gettext("%(share)s (%(came)s of %(invited)s)") % {
        "share": percent(share),
        "came": came,
        "invited": invited,
    }


def _pulse(figures: Figures) -> Picture:
    lines = figures.pulse[-MOST_YEARS:]
    title = gettext("Partner pulse by round, from 1 to 5")
    labels = [date_format(line.day, "m/y") for line in lines]
    series = [
        charts.Series("care", tuple(_one(line.of_care) for line in lines), "care"),
        charts.Series("youth", tuple(_one(line.of_youth) for line in lines), "youth"),
    ]
    rows = tuple(
        (
            date_format(line.day, "F Y"),
            _mean(line.of_care),
            _mean(line.of_youth),
        )
        for line in lines
    )
    header = (
        gettext("Round"),
        gettext("About addiction care"),
        gettext("About youth welfare"),
    )
    return Picture(
        "pulse",
        gettext("Partner pulse"),
        gettext(
            "Trust and use, 1 to 5. Round: what youth welfare says of addiction care. Square: the other way round. "
            "Shown from five answers on."
        ),
        charts.lines("pulse", title, labels, series, bounds=(1.0, 5.0)),
        header,
        rows,
        f"{title}. " + "; ".join(f"{row[0]}: {header[1]} {row[1]}, {header[2]} {row[2]}" for row in rows),
    )


def _one(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _mean(value: float | None) -> str:
    return "–" if value is None else number_format(round(value, 1), 1)


def needs_picture(needs: NeedFigures, key: str = "needs") -> Picture:
    """How far the needs of the year went, as four bars; for documents and narrow places."""
    title = gettext(
        "%(raised)s needs raised, %(decided)s decided, %(answered)s answered, %(helped)s helped"
    ) % {
        "raised": needs.raised,
        "decided": needs.decided,
        "answered": needs.answered,
        "helped": needs.helped_yes,
    }
    by = [
        text % {"n": number}
        for text, number in (
            (gettext("%(n)s by the committee"), needs.decided_by_committee),
            (gettext("%(n)s by the steering group"), needs.decided_by_steering),
            (gettext("%(n)s by the coordination"), needs.decided_by_coordination),
            (gettext("%(n)s waiting"), needs.waiting),
        )
        if number
    ]
    after = [
        text % {"n": number}
        for text, number in (
            (gettext("%(n)s in part"), needs.helped_part),
            (gettext("%(n)s did not help"), needs.helped_no),
            (gettext("%(n)s not yet asked"), needs.not_asked),
        )
        if number
    ]
    stages = [
        (gettext("%(n)s raised") % {"n": needs.raised}, [(needs.raised, "teal")], ""),
        (
            gettext("%(n)s decided") % {"n": needs.decided},
            [
                (needs.decided_by_committee, "teal"),
                (needs.decided_by_steering, "teal"),
                (needs.decided_by_coordination, "teal"),
                (needs.waiting, "edge"),
            ],
            ", ".join(by),
        ),
        (gettext("%(n)s answered back") % {"n": needs.answered}, [(needs.answered, "teal")], ""),
        (
            ngettext("%(n)s says it helped", "%(n)s say it helped", needs.helped_yes)
            % {"n": needs.helped_yes},
            [
                (needs.helped_yes, "good"),
                (needs.helped_part, "teal"),
                (needs.helped_no, "miss-tint"),
                (needs.not_asked, "edge"),
            ],
            ", ".join(after),
        ),
    ]
    return Picture(
        key,
        gettext("Needs raised, decided, answered"),
        "",
        charts.stages(key, title, stages) if needs.raised else mark_safe(""),
        (gettext("Stage"), pgettext("how many", "Number"), gettext("Of these")),
        (
            (gettext("Raised"), str(needs.raised), ""),
            (gettext("Decided"), str(needs.decided), ", ".join(by[:-1] if needs.waiting else by)),
            (gettext("Answered back"), str(needs.answered), ""),
            (gettext("It helped"), str(needs.helped_yes), ", ".join(after)),
            (gettext("Waiting"), str(needs.waiting), ""),
        ),
        title,
        "" if needs.raised else gettext("No need was raised in this year."),
    )
