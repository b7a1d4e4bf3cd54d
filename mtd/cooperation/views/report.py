"""The yearly report: all years, one year's page with its words and its approval, and the file."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from mtd.agreements.models import Agreement
from mtd.cooperation.actions.report import (
    WORDS,
    ReportConflict,
    approve_report,
    begin_report,
    reopen_report,
    write_report,
)
from mtd.cooperation.flow import flow_of
from mtd.cooperation.forms.report import ApproveForm, BeginForm, WordsForm, words_of
from mtd.cooperation.models import YearlyReport
from mtd.cooperation.permissions import can_write_report, visible_reports
from mtd.cooperation.pictures import pictures_of
from mtd.cooperation.queries.figures import Figures, figures, years_of
from mtd.cooperation.queries.report import report_rows, report_year
from mtd.cooperation.queries.year import today_in
from mtd.cooperation.report import (
    in_short,
    own_words,
    party_note,
    party_table,
    question_table,
    questions_words,
    report_document,
    source_words,
)
from mtd.core.errors import Denied, Refused
from mtd.core.http import actor_of, download, get_or_404
from mtd.documents.pdf import render_pdf

from .lived import agreement_or_404, lived_crumbs, party_cells


@require_http_methods(["GET", "POST"])
def reports(request: HttpRequest, agreement_id: uuid.UUID) -> HttpResponse:
    """The reports of all years; a POST begins one."""
    agreement = agreement_or_404(request, agreement_id)
    if request.method == "POST":
        form = BeginForm(request.POST)
        if not form.is_valid():
            raise Http404
        report = begin_report(actor=actor_of(request), agreement=agreement, year=form.cleaned_data["year"])
        return HttpResponseRedirect(reverse("cooperation:report", args=[agreement.pk, report.year]))
    begun = agreement.in_force_from is not None
    years = list(reversed(years_of(agreement, today_in(agreement.network)))) if begun else []
    known = {report.year: report for report in visible_reports(actor_of(request)).filter(agreement=agreement)}
    context = {
        **_base(request, agreement),
        "lines": [(year, known.get(year)) for year in years],
        "this_year": today_in(agreement.network).year,
    }
    return render(request, "cooperation/reports.html", context)


def _base(request: HttpRequest, agreement: Agreement) -> dict[str, Any]:
    may = can_write_report(actor_of(request), agreement)
    return {
        "agreement": agreement,
        "network": agreement.network,
        "network_name": agreement.network.name,
        "crumbs": lived_crumbs(agreement),
        "may": bool(may),
        "blocked": may.reason if isinstance(may, Denied) else "",
    }


def _report_or_404(request: HttpRequest, agreement: Agreement, year: int) -> YearlyReport:
    if not 1990 <= year <= 2200:
        raise Http404
    found = visible_reports(actor_of(request)).select_related("file", "former_file", "approved_by")
    report = get_or_404(found.filter(agreement=agreement), year=year)
    report.agreement = agreement
    return report


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, agreement_id: uuid.UUID, year: int) -> HttpResponse:
    """One year's report: read it, write its words, record its approval, open it for a correction."""
    agreement = agreement_or_404(request, agreement_id)
    found = _report_or_404(request, agreement, year)
    conflict: ReportConflict | None = None
    bound: dict[str, forms.Form] = {}
    if request.method == "POST":
        form, conflict, done = _carried_out(request, found)
        if done:
            messages.success(request, done)
            return HttpResponseRedirect(reverse("cooperation:report", args=[agreement.pk, year]))
        if form is not None:
            bound[request.POST.get("do", "")] = form
        found.refresh_from_db()
        found.agreement = agreement
    return _page(request, found, bound, conflict)


def _carried_out(
    request: HttpRequest, found: YearlyReport
) -> tuple[forms.Form | None, ReportConflict | None, str]:
    """Do what was asked for: the form to show again, both texts of a conflict, or what was done, in words."""
    actor, wish = actor_of(request), request.POST.get("do", "")
    if wish == "reopen":
        reopen_report(actor=actor, report=found)
        return None, None, _("The report is open for a correction. What was approved stays readable.")
    form: forms.Form = (
        ApproveForm(request.POST)
        if wish == "approve"
        else WordsForm(request.POST, initial={name: getattr(found, name) for name in WORDS})
    )
    if not form.is_valid():
        return form, None, ""
    revision = form.cleaned_data["revision"]
    try:
        if wish == "approve":
            day = form.cleaned_data["decided_on"]
            approve_report(actor=actor, report=found, decided_on=day, base_revision=revision)
            return None, None, _("The report is approved. All parties have been told.")
        write_report(actor=actor, report=found, words=words_of(form), base_revision=revision)
        return None, None, _("Saved.")
    except ReportConflict as conflict:
        mine = WordsForm(initial={**conflict.mine, "revision": conflict.revision})
        return mine, conflict, ""
    except Refused as refused:
        if refused.status == 403:
            raise
        refused.show_on(form)
        return form, None, ""


def figures_of(report: YearlyReport) -> Figures:
    """What was approved, as it was approved; a draft counts afresh."""
    if report.state == YearlyReport.State.APPROVED:
        return Figures.from_json(report.figures)
    return figures(report.agreement, report.year)


def _page(
    request: HttpRequest, found: YearlyReport, bound: dict[str, forms.Form], conflict: ReportConflict | None
) -> HttpResponse:
    counted = figures_of(found)
    agreement_today = today_in(found.agreement.network)
    draft = found.state == YearlyReport.State.DRAFT
    words = bound.get("write") or WordsForm(
        initial={**{name: getattr(found, name) for name in WORDS}, "revision": found.revision}
    )
    approve = bound.get("approve") or ApproveForm(initial={"revision": found.revision})
    header, rows = party_table(counted)
    context = {
        **_base(request, found.agreement),
        "report": found,
        "draft": draft,
        "figures": counted,
        "short": in_short(counted),
        "questions": questions_words(counted) if counted.questions.asked else "",
        "question_table": question_table(counted),
        "year": report_year(counted, agreement_today),
        "rows": report_rows(found.agreement, counted),
        "pictures": pictures_of(counted),
        "flow": flow_of(counted.needs) if counted.needs.raised else None,
        "party_header": header,
        "party_rows": party_cells(counted.parties, header, rows),
        "party_note": party_note(),
        "source": source_words(counted),
        "own_words": own_words(found),
        "words": words,
        "approve": approve,
        "conflict": _both(conflict, words) if conflict else [],
        "over": counted.complete or found.agreement.ended_on is not None,
    }
    context["crumbs"] = [
        *lived_crumbs(found.agreement),
        (_("Yearly reports"), reverse("cooperation:reports", args=[found.agreement.pk])),
    ]
    status = 409 if conflict else 422 if any(form.errors for form in bound.values()) else 200
    return render(request, "cooperation/report.html", context, status=status)


def _both(conflict: ReportConflict, form: forms.Form) -> list[tuple[str, str, str]]:
    """Label, theirs and mine of the texts that differ."""
    return [
        (str(form.fields[name].label), conflict.theirs[name], conflict.mine[name])
        for name in WORDS
        if conflict.theirs[name] != conflict.mine[name]
    ]


@require_GET
def report_pdf(request: HttpRequest, agreement_id: uuid.UUID, year: int) -> HttpResponse:
    """The approved file as it was approved; of a draft, one made now that says so. `?former=1`: before a correction."""
    agreement = agreement_or_404(request, agreement_id)
    found = _report_or_404(request, agreement, year)
    name = f"{agreement.code}-{year}.pdf"
    kept = found.former_file if "former" in request.GET else found.file
    if kept is not None:
        return download(bytes(kept.content), name=name, media_type="application/pdf")
    if "former" in request.GET:
        raise Http404
    today = today_in(agreement.network)
    content = render_pdf(report_document(found, figures_of(found), on=today))
    return download(content, name=f"{agreement.code}-{year}-draft.pdf", media_type="application/pdf")
