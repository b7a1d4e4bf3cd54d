"""The yearly report: begun with one click, given its own words, approved, and opened again only for a correction.

Two people may write at once, so every hand-in says which revision of the words it was written against. If they have
changed since, nothing is overwritten: `ReportConflict` carries both, and the page shows both.

The identity guard sits in the guarded fields of `forms.report`: what arrives here has passed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mtd.accounts.models import User
from mtd.agreements.models import Agreement
from mtd.audit.actions import record
from mtd.cooperation.models import YearlyReport
from mtd.cooperation.permissions import can_write_report
from mtd.cooperation.queries.figures import figures, years_of
from mtd.cooperation.queries.year import today_in
from mtd.cooperation.report import report_document
from mtd.core.actor import Actor
from mtd.core.errors import Conflict, Refused, require
from mtd.documents.actions import delete_file, store_file
from mtd.documents.pdf import render_pdf
from mtd.notifications.actions import notify
from mtd.organizations.queries import coordinators_of, people_of

WORDS = ("foreword", "went_well", "went_badly", "next_year")
"""The fields that hold the network's own words."""
LONGEST = 4000


class ReportConflict(Conflict):
    """Somebody else changed the words meanwhile. Theirs and mine are both here; neither was lost."""

    def __init__(self, *, theirs: Mapping[str, str], mine: Mapping[str, str], revision: int) -> None:
        super().__init__(
            _(
                "Somebody else changed these words while you were writing. Both texts are below: put together what "
                "you need and save once more."
            ),
            code="report_changed",
        )
        self.theirs = dict(theirs)
        self.mine = dict(mine)
        self.revision = revision


def _locked(report: YearlyReport) -> YearlyReport:
    found = YearlyReport.objects.select_for_update(of=("self",)).select_related("agreement__network", "file")
    return found.get(pk=report.pk)


def _draft(report: YearlyReport) -> None:
    if report.state != YearlyReport.State.DRAFT:
        raise Refused(
            _("This report is approved and stays as it is. Open it for a correction if something is wrong."),
            code="approved",
        )


@transaction.atomic(durable=True)
def begin_report(*, actor: Actor, agreement: Agreement, year: int) -> YearlyReport:
    """Begin the report of a year; the one that was begun before is given back.

    Raises Refused (`no_such_year`) when the agreement was not in force in that year, or the year is still to come.
    """
    agreement = Agreement.objects.select_for_update().select_related("network").get(pk=agreement.pk)
    require(can_write_report(actor, agreement))
    if agreement.in_force_from is None or year not in years_of(agreement, today_in(agreement.network)):
        raise Refused(_("The agreement was not in force in that year."), code="no_such_year")
    found = YearlyReport.objects.filter(agreement=agreement, year=year).first()
    if found is not None:
        return found
    report = YearlyReport.objects.create(agreement=agreement, year=year, created_by_id=actor.user_id)
    record(actor, "report.begun", report, agreement=agreement.pk, year=year)
    return report


@transaction.atomic(durable=True)
def write_report(
    *, actor: Actor, report: YearlyReport, words: Mapping[str, str], base_revision: int
) -> YearlyReport:
    """Keep the network's own words. Raises ReportConflict when they changed since `base_revision`."""
    report = _locked(report)
    require(can_write_report(actor, report.agreement))
    _draft(report)
    mine = {name: _clean(words.get(name, "")) for name in WORDS}
    theirs = {name: str(getattr(report, name) or "") for name in WORDS}
    if mine == theirs:
        return report
    if report.revision != base_revision:
        raise ReportConflict(theirs=theirs, mine=mine, revision=report.revision)
    for name, text in mine.items():
        setattr(report, name, text)
    report.revision += 1
    report.save(update_fields=[*WORDS, "revision"])
    record(actor, "report.written", report, revision=report.revision)
    return report


def _clean(text: str) -> str:
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(text) > LONGEST:
        raise Refused(_("Please keep each text under 4,000 characters."), code="too_long")
    return text


@transaction.atomic(durable=True)
def approve_report(
    *, actor: Actor, report: YearlyReport, decided_on: date, base_revision: int
) -> YearlyReport:
    """Record that the steering group approved the report: figures, words and file are fixed from now on.

    Raises Refused when the year is not over (`not_over`), the day is to come (`future`) or lies before the last day
    that is counted (`too_early`), and when the words changed after the page was opened (`report_changed`).
    """
    report = _locked(report)
    agreement = report.agreement
    require(can_write_report(actor, agreement))
    _draft(report)
    today = today_in(agreement.network)
    counted = figures(agreement, report.year, today=today)
    if not counted.complete and not (agreement.ended_on and agreement.ended_on < today):
        raise Refused(
            _("This year is not over yet, and its figures still change. Approve the report from January on."),
            code="not_over",
        )
    if decided_on > today:
        raise Refused(_("This day is still to come."), code="future", field="decided_on")
    if decided_on <= counted.through:
        raise Refused(
            _("The steering group can only have approved the figures after the last day that is counted."),
            code="too_early",
            field="decided_on",
        )
    if report.revision != base_revision:
        raise Conflict(
            _("The words were changed after you opened the page. Read them again, then approve."),
            code="report_changed",
        )
    report.decided_on = decided_on
    report.approved_by_id = actor.user_id
    report.approved_at = timezone.now()
    report.state = YearlyReport.State.APPROVED
    report.figures = counted.to_json()
    pdf = render_pdf(report_document(report, counted, on=decided_on))
    name = f"{agreement.code}-{report.year}.pdf"
    report.file = store_file(actor=actor, name=name, content=pdf)
    report.save(update_fields=["decided_on", "approved_by", "approved_at", "state", "figures", "file"])
    record(
        actor, "report.approved", report, agreement=agreement.pk, year=report.year, sha256=report.file.sha256
    )
    _tell(actor, report)
    return report


def _tell(actor: Actor, report: YearlyReport) -> None:
    agreement = report.agreement
    users: list[User] = list(coordinators_of(agreement.network))
    for party in agreement.parties.filter(left_on__isnull=True).select_related("organization"):
        users += [membership.user for membership in people_of(party.organization)]
    notify(
        actor=actor,
        users=users,
        kind="reports.approved",
        text=lambda: (
            gettext("The yearly report %(year)s is approved: %(agreement)s")
            % {"year": report.year, "agreement": agreement.title}
        ),
        link=reverse("cooperation:report", args=[agreement.pk, report.year]),
    )


@transaction.atomic(durable=True)
def reopen_report(*, actor: Actor, report: YearlyReport) -> YearlyReport:
    """Open an approved report for a correction. What was approved stays readable until it is approved anew."""
    report = _locked(report)
    require(can_write_report(actor, report.agreement))
    if report.state != YearlyReport.State.APPROVED or report.file is None:
        raise Refused(_("This report is not approved yet: just change it."), code="draft")
    older = report.former_file
    report.former_file = report.file
    report.file = None
    report.state = YearlyReport.State.DRAFT
    report.reopened_at = timezone.now()
    report.save(update_fields=["former_file", "file", "state", "reopened_at"])
    if older is not None:
        delete_file(actor=actor, file=older)
    record(actor, "report.reopened", report, sha256=report.former_file.sha256)
    return report
