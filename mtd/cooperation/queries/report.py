"""The yearly report as it is drawn on a page, and who is reminded of it."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from mtd.agreements.models import Agreement
from mtd.agreements.permissions import visible_to
from mtd.cooperation.models import YearlyReport
from mtd.core.actor import Actor
from mtd.core.steps import NextStep

from .figures import Figures
from .marks import Row, note_of, place
from .year import Year

REPORT_BY = (3, 31)
"""Until the end of March last year's report should be approved: our proposal."""


def report_year(figures: Figures, today: date) -> Year:
    """The twelve months of a report, for the same drawing as the year's page."""
    here = place(today) if today.year == figures.year and today == figures.through else None
    return Year(
        figures.year,
        today,
        "" if here is None else f"{here:.2f}%",
        here,
        (),
        None,
        figures.tally,
        figures.year,
        figures.year,
    )


def report_rows(agreement: Agreement, figures: Figures) -> list[Row]:
    """The duties of a report as rows of that drawing."""
    rows = []
    for line in figures.duties:
        note, kind = note_of(line.tally, line.extra)
        url = reverse("cooperation:duty", args=[agreement.pk, line.key])
        rows.append(
            Row(
                line.key,
                line.title,
                line.rule,
                line.clause,
                url,
                line.marks,
                line.tally,
                line.extra,
                "",
                note,
                kind,
            )
        )
    return rows


def next_steps_reports(actor: Actor) -> list[NextStep]:
    """What waits for the coordination: last year's report of every agreement, until it is approved. Two queries."""
    if not actor.coordinates:
        return []
    today = timezone.localdate()
    year = today.year - 1
    agreements = list(
        visible_to(actor).filter(
            Q(state=Agreement.State.IN_FORCE) | Q(state=Agreement.State.ENDED, ended_on__year=year),
            network__in=actor.coordinates,
            in_force_from__year__lte=year,
        )
    )
    states = dict(
        YearlyReport.objects.filter(agreement__in=agreements, year=year).values_list("agreement", "state")
    )
    due = date(today.year, *REPORT_BY)
    steps = []
    for agreement in agreements:
        state = states.get(agreement.pk)
        if state == YearlyReport.State.APPROVED:
            continue
        begun = state is not None
        address = reverse("cooperation:report", args=[agreement.pk, year]) if begun else ""
        steps.append(
            NextStep(
                title=(
                    gettext("Finish the report of %(year)s")
                    if begun
                    else gettext("Prepare the report of %(year)s")
                )
                % {"year": year},
                text=gettext("%(agreement)s. The figures are there; your own words are missing.")
                % {"agreement": agreement.title},
                url=address or reverse("cooperation:reports", args=[agreement.pk]),
                action=gettext("Open the report"),
                due=due,
                late=today > due,
                area="reports",
            )
        )
    return steps
