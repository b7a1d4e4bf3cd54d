"""The yearly report: one click, the network's own words, approval, and a correction that loses nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta

import page
import pypdf
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mtd.agreements.models import Agreement
from mtd.audit.models import Event
from mtd.cooperation.actions.report import (
    ReportConflict,
    approve_report,
    begin_report,
    reopen_report,
    write_report,
)
from mtd.cooperation.models import YearlyReport
from mtd.cooperation.queries.figures import Figures
from mtd.cooperation.queries.report import next_steps_reports
from mtd.core.actor import Actor
from mtd.core.errors import Conflict, NotAllowed
from mtd.documents.models import StoredFile
from mtd.notifications.models import Message, Notice
from tests.cooperation.lives import lived_in, meeting
from tests.factories import cooperation as factory
from tests.factories.agreements import refusal

WORDS = {
    "foreword": "A year in which we got to know each other.",
    "went_well": "We met twice.",
    "went_badly": "The contact list was late.",
    "next_year": "We invite the schools.",
}
APPROVED_ON = date(2026, 3, 17)


@pytest.fixture
def begun(lived: Agreement, act: Callable[[str], Actor]) -> YearlyReport:
    """The report of 2025, begun by the coordination."""
    lived_in(lived)
    return begin_report(actor=act("miriam-hoffstedt"), agreement=lived, year=2025)


@pytest.fixture
def approved(begun: YearlyReport, act: Callable[[str], Actor]) -> YearlyReport:
    """Written and approved."""
    actor = act("miriam-hoffstedt")
    report = write_report(actor=actor, report=begun, words=WORDS, base_revision=0)
    return approve_report(actor=actor, report=report, decided_on=APPROVED_ON, base_revision=1)


def address(report: YearlyReport, name: str = "report") -> str:
    return reverse(f"cooperation:{name}", args=[report.agreement_id, report.year])


def kept(file: StoredFile | None) -> bytes:
    """What the file holds; it must be there."""
    assert file is not None
    return bytes(file.content)


def said(pdf: bytes) -> str:
    return " ".join("".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


# --- words ------------------------------------------------------------------------------------------------


def test_a_report_is_begun_once(begun: YearlyReport, act: Callable[[str], Actor]) -> None:
    again = begin_report(actor=act("leonie-brandt"), agreement=begun.agreement, year=2025)
    assert again.pk == begun.pk
    assert Event.objects.filter(verb="report.begun").count() == 1


@pytest.mark.parametrize("year", [1990, 2023, timezone.localdate().year + 1])
def test_there_is_no_report_of_a_year_in_which_the_agreement_was_not_in_force(
    lived: Agreement, act: Callable[[str], Actor], year: int
) -> None:
    with refusal("no_such_year"):
        begin_report(actor=act("miriam-hoffstedt"), agreement=lived, year=year)


@pytest.mark.parametrize("person", ["jonas-reuter", "inga-soerensen", "karel-dewit"])
def test_only_coordination_and_leads_prepare_a_report(
    lived: Agreement, act: Callable[[str], Actor], person: str
) -> None:
    with pytest.raises(NotAllowed):
        begin_report(actor=act(person), agreement=lived, year=2025)


def test_words_are_kept_and_writing_the_same_again_changes_nothing(
    begun: YearlyReport, act: Callable[[str], Actor]
) -> None:
    actor = act("leonie-brandt")
    report = write_report(actor=actor, report=begun, words=WORDS, base_revision=0)
    assert report.revision == 1
    assert write_report(actor=actor, report=report, words=WORDS, base_revision=0).revision == 1
    fresh = YearlyReport.objects.get(pk=report.pk)
    assert fresh.foreword == WORDS["foreword"]
    assert b"got to know" not in bytes(YearlyReport.objects.values_list("foreword", flat=True).get())


def test_two_people_writing_at_once_lose_nothing(begun: YearlyReport, act: Callable[[str], Actor]) -> None:
    write_report(actor=act("leonie-brandt"), report=begun, words=WORDS, base_revision=0)
    mine = {**WORDS, "next_year": "We invite the midwives."}
    with pytest.raises(ReportConflict) as caught:
        write_report(actor=act("ulrike-sand"), report=begun, words=mine, base_revision=0)
    assert caught.value.theirs["next_year"] == "We invite the schools."
    assert caught.value.mine["next_year"] == "We invite the midwives."
    assert YearlyReport.objects.get(pk=begun.pk).next_year == "We invite the schools."


def test_the_page_shows_both_texts_and_takes_the_one_put_together(
    begun: YearlyReport, browse: Callable[[str], Client]
) -> None:
    client, url = browse("ulrike-sand"), address(begun)
    browse("leonie-brandt").post(url, {"do": "write", "revision": 0, **WORDS})
    answer = client.post(url, {"do": "write", "revision": 0, **WORDS, "next_year": "We invite the midwives."})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Saved meanwhile" in text
    assert "<mark>schools</mark>" in text
    assert "<mark>midwives</mark>" in text
    both = {**WORDS, "next_year": "We invite schools and midwives."}
    assert client.post(url, {"do": "write", "revision": 1, **both}).status_code == 302
    assert YearlyReport.objects.get(pk=begun.pk).next_year == "We invite schools and midwives."


def test_words_that_are_too_long_stay_in_the_form(
    begun: YearlyReport, browse: Callable[[str], Client]
) -> None:
    answer = browse("ulrike-sand").post(
        address(begun), {"do": "write", "revision": 0, "foreword": "x" * 4001}
    )
    assert answer.status_code == 422
    assert "x" * 4001 in answer.content.decode()


# --- approval ---------------------------------------------------------------------------------------------


def test_an_approved_report_is_a_conformant_file_with_pictures_tables_and_words(
    approved: YearlyReport,
) -> None:
    pdf = kept(approved.file)
    for profile in ("ua1", "2a"):
        assert [f.message for f in page.validate_pdf_bytes(pdf, profile=profile).failures] == []
    text = said(pdf)
    assert "Jahresbericht 2025" in text or "Yearly report 2025" in text
    for words in WORDS.values():
        assert words in text
    assert approved.agreement.code in text


def test_what_was_approved_stays_as_it_was(approved: YearlyReport, browse: Callable[[str], Client]) -> None:
    before = Figures.from_json(YearlyReport.objects.get(pk=approved.pk).figures)
    client = browse("jonas-reuter")
    shown = client.get(address(approved)).content.decode()
    meeting(approved.agreement, date(2025, 3, 3), "steering_group")
    meeting(approved.agreement, date(2025, 10, 3))
    assert Figures.from_json(YearlyReport.objects.get(pk=approved.pk).figures) == before
    assert client.get(address(approved)).content.decode().count("<li>") == shown.count("<li>")
    file = client.get(address(approved, "report_pdf"))
    assert file.content == kept(approved.file)


def test_an_approved_report_takes_no_more_words(approved: YearlyReport, act: Callable[[str], Actor]) -> None:
    with refusal("approved"):
        write_report(actor=act("miriam-hoffstedt"), report=approved, words={}, base_revision=1)
    with refusal("approved"):
        approve_report(
            actor=act("miriam-hoffstedt"), report=approved, decided_on=APPROVED_ON, base_revision=1
        )


def test_all_parties_are_told_and_no_word_of_the_report_is_in_it(
    begun: YearlyReport, act: Callable[[str], Actor]
) -> None:
    actor = act("miriam-hoffstedt")
    report = write_report(actor=actor, report=begun, words=WORDS, base_revision=0)
    approve_report(actor=actor, report=report, decided_on=APPROVED_ON, base_revision=1)
    told = Notice.objects.filter(kind="reports.approved").select_related("user")
    names = {notice.user.name for notice in told}
    assert {"Jonas Reuter", "Tarek Aziz", "Ulrike Sand", "Beate Lohmann"} <= names
    assert "Miriam Hoffstedt" not in names
    everything = " ".join(
        [notice.text for notice in told] + [message.body or "" for message in Message.objects.all()]
    )
    assert "schools" not in everything


@pytest.mark.parametrize(
    ("days", "code"),
    [(1, "future"), (-4000, "too_early")],
    ids=["a day to come", "a day before the year's end"],
)
def test_a_day_on_which_it_cannot_have_been_approved_is_refused(
    begun: YearlyReport, act: Callable[[str], Actor], days: int, code: str
) -> None:
    day = timezone.localdate() + timedelta(days=days + (1 if days > 0 else 0))
    with refusal(code):
        approve_report(actor=act("miriam-hoffstedt"), report=begun, decided_on=day, base_revision=0)


def test_a_year_that_is_not_over_cannot_be_approved(lived: Agreement, act: Callable[[str], Actor]) -> None:
    actor, year = act("miriam-hoffstedt"), timezone.localdate().year
    report = begin_report(actor=actor, agreement=lived, year=year)
    with refusal("not_over"):
        approve_report(actor=actor, report=report, decided_on=timezone.localdate(), base_revision=0)


def test_who_ended_during_the_year_can_approve_at_once(lived: Agreement, act: Callable[[str], Actor]) -> None:
    last = timezone.localdate() - timedelta(days=3)
    ended = factory.ended(lived, last)
    actor = act("miriam-hoffstedt")
    report = begin_report(actor=actor, agreement=ended, year=last.year)
    done = approve_report(actor=actor, report=report, decided_on=timezone.localdate(), base_revision=0)
    assert done.state == YearlyReport.State.APPROVED


def test_words_that_changed_after_the_page_was_opened_are_not_approved_unread(
    begun: YearlyReport, act: Callable[[str], Actor]
) -> None:
    write_report(actor=act("ulrike-sand"), report=begun, words=WORDS, base_revision=0)
    with pytest.raises(Conflict) as caught:
        approve_report(actor=act("miriam-hoffstedt"), report=begun, decided_on=APPROVED_ON, base_revision=0)
    assert caught.value.code == "report_changed"


def test_a_correction_keeps_what_was_approved_and_needs_approval_anew(
    approved: YearlyReport, act: Callable[[str], Actor], browse: Callable[[str], Client]
) -> None:
    first = kept(approved.file)
    actor, client = act("ulrike-sand"), browse("jonas-reuter")
    report = reopen_report(actor=actor, report=approved)
    assert client.get(address(report, "report_pdf") + "?former=1").content == first
    assert "being prepared" in client.get(address(report)).content.decode()
    report = write_report(
        actor=actor, report=report, words={**WORDS, "went_well": "It met three times."}, base_revision=1
    )
    report = approve_report(actor=actor, report=report, decided_on=APPROVED_ON, base_revision=2)
    assert kept(report.file) != first
    assert client.get(address(report, "report_pdf") + "?former=1").content == first
    again = reopen_report(actor=actor, report=report)
    assert kept(again.former_file) != first
    with refusal("draft"):
        reopen_report(actor=actor, report=again)
    verbs = list(
        Event.objects.filter(verb__startswith="report.").order_by("id").values_list("verb", flat=True)
    )
    assert verbs.count("report.reopened") == 2
    assert verbs.count("report.approved") == 2


# --- pages ------------------------------------------------------------------------------------------------


def test_a_worker_reads_the_draft_and_cannot_write_it(
    begun: YearlyReport, browse: Callable[[str], Client]
) -> None:
    client = browse("jonas-reuter")
    shown = client.get(address(begun)).content.decode()
    assert 'id="do-write"' not in shown
    assert client.post(address(begun), {"do": "write", "revision": 0, **WORDS}).status_code == 403
    assert client.post(address(begun), {"do": "reopen"}).status_code == 403


def test_who_is_no_party_does_not_find_it(begun: YearlyReport, browse: Callable[[str], Client]) -> None:
    for name in ("report", "report_pdf"):
        assert browse("holger-esser").get(address(begun, name)).status_code == 404


@pytest.mark.parametrize("year", [2024, 1, 99999999999999999999])
def test_a_year_without_report_does_not_exist(
    begun: YearlyReport, browse: Callable[[str], Client], year: int
) -> None:
    url = reverse("cooperation:report", args=[begun.agreement_id, year])
    assert browse("jonas-reuter").get(url).status_code == 404


def test_a_draft_can_be_taken_along_and_says_that_it_is_one(
    begun: YearlyReport, browse: Callable[[str], Client]
) -> None:
    answer = browse("jonas-reuter").get(address(begun, "report_pdf"))
    assert answer["Content-Type"] == "application/pdf"
    assert "draft" in answer["Content-Disposition"]
    text = said(answer.content)
    assert "Entwurf" in text or "Draft" in text


def test_one_click_from_is_it_lived_to_the_report(lived: Agreement, browse: Callable[[str], Client]) -> None:
    client = browse("miriam-hoffstedt")
    url = reverse("cooperation:reports", args=[lived.pk])
    assert f'action="{url}"' in client.get(reverse("cooperation:lived", args=[lived.pk])).content.decode()
    answer = client.post(url, {"year": "2025"}, follow=True)
    assert answer.status_code == 200
    assert "Your own words" in answer.content.decode()
    assert client.post(url, {"year": "nonsense"}).status_code == 404


def test_the_way_to_an_approved_report_leads_through_the_pages(
    begun: YearlyReport, browse: Callable[[str], Client]
) -> None:
    client, url = browse("miriam-hoffstedt"), address(begun)
    client.post(url, {"do": "write", "revision": 0, **WORDS})
    refused = client.post(url, {"do": "approve", "revision": 1, "decided_on": "2025-06-01"})
    assert refused.status_code == 422
    assert "after the last day that is counted" in refused.content.decode()
    done = client.post(url, {"do": "approve", "revision": 1, "decided_on": "2026-03-17"}, follow=True)
    text = done.content.decode()
    assert "All parties have been told" in text
    assert "We invite the schools." in text
    assert 'id="do-reopen"' in text
    listed = client.get(reverse("cooperation:reports", args=[begun.agreement_id])).content.decode()
    assert "17 March 2026" in listed


def test_in_january_the_coordination_is_asked_for_last_years_report(
    lived: Agreement, act: Callable[[str], Actor]
) -> None:
    actor, year = act("miriam-hoffstedt"), timezone.localdate().year - 1
    [step] = next_steps_reports(actor)
    assert step.title == f"Prepare the report of {year}"
    assert step.due == date(year + 1, 3, 31)
    report = begin_report(actor=actor, agreement=lived, year=year)
    [step] = next_steps_reports(actor)
    assert step.title == f"Finish the report of {year}"
    assert step.url == address(report)
    approve_report(actor=actor, report=report, decided_on=timezone.localdate(), base_revision=0)
    assert next_steps_reports(actor) == []
    assert next_steps_reports(act("jonas-reuter")) == []
