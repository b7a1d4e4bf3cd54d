"""The pages of duties: what one reads there, and what one does there."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mtd.agreements.models import Agreement, Party
from mtd.cooperation.actions.duties import escalate
from mtd.cooperation.actions.evidence import contest, show_done
from mtd.cooperation.forms.evidence import kind_of
from mtd.cooperation.models import Contest, Evidence, GraceSetting, Pause
from mtd.cooperation.queries.duty_steps import next_steps_duties
from mtd.core.actor import SYSTEM
from mtd.meetings.models import Meeting
from mtd.organizations.models import Membership
from tests.cast import Cast
from tests.factories import cooperation as factory
from tests.factories.agreements import speaker

COMMITTEE, SHADOWING = "committee_rhythm", "shadowing_rhythm"
COORDINATOR, WORKER = "miriam-hoffstedt", "jonas-reuter"


@pytest.fixture
def parties(lived: Agreement) -> list[Party]:
    return list(lived.parties.select_related("organization").order_by("order"))


def list_of(agreement: Agreement) -> str:
    return reverse("cooperation:duties", args=[agreement.pk])


def page_of(agreement: Agreement, key: str = COMMITTEE, party: Party | None = None) -> str:
    address = reverse("cooperation:duty", args=[agreement.pk, key])
    return f"{address}?party={party.pk}" if party else address


def read(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def test_the_list_says_of_every_duty_its_rule_its_clause_and_how_it_stands(
    lived: Agreement, browse: Callable[..., Client]
) -> None:
    text = read(browse(WORKER), list_of(lived))
    for words in (
        "Cooperation committee",
        "at least once every half-year",
        "Due now",
        "Each time",
        "missed",
    ):
        assert words in text
    assert reverse("agreements:clause", args=[lived.pk, COMMITTEE]) in text
    assert page_of(lived) in text
    assert "4 organisations" in text


def test_the_list_of_one_party_shows_its_own_share_only(
    lived: Agreement, parties: list[Party], browse: Callable[..., Client]
) -> None:
    text = read(browse(WORKER), f"{list_of(lived)}?party={parties[0].pk}")
    assert "Job shadowing" in text
    assert "Cooperation committee" not in text


def test_an_agreement_without_duties_teaches_what_will_be_here(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    from tests.factories.agreements import found

    bare = found(cast.networks["birkenfurt"], [cast.organizations["suchtberatung-am-markt"]])
    assert "There are no duties yet" in read(browse(COORDINATOR), list_of(bare))


def test_the_list_asks_as_many_questions_for_one_party_as_for_four(
    lived: Agreement, cast: Cast, browse: Callable[..., Client]
) -> None:
    small = factory.in_force(
        cast.networks["birkenfurt"],
        [cast.organizations["suchtberatung-am-markt"]],
        date(2026, 1, 1),
        factory.SHARED,
        title="Alone",
    )
    client = browse(COORDINATOR)
    read(client, list_of(lived))
    counts = []
    for agreement in (small, lived):
        with CaptureQueriesContext(connection) as asked:
            read(client, list_of(agreement))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_one_duty_asks_as_many_questions_for_one_act_as_for_five(
    lived: Agreement, parties: list[Party], browse: Callable[..., Client], cast: Cast
) -> None:
    client, counts = browse(COORDINATOR), []
    for number in (1, 4):
        for day in range(number):
            row = show_done(
                actor=speaker(parties[0]),
                agreement=lived,
                question_key=COMMITTEE,
                party=None,
                on=date(2025, 3, 1 + number * 5 + day),
                note="All met.",
            )
            contest(
                actor=speaker(parties[1]),
                agreement=lived,
                question_key=COMMITTEE,
                party=None,
                source="statement",
                source_id=row.pk,
                reason="Not all.",
            )
            factory.held(cast.networks["birkenfurt"], date(2025, 6, 1 + number * 5 + day))
        read(client, page_of(lived))
        with CaptureQueriesContext(connection) as asked:
            read(client, page_of(lived))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_strangers_find_nothing_there(
    lived: Agreement, browse: Callable[..., Client], parties: list[Party]
) -> None:
    row = show_done(
        actor=speaker(parties[0]),
        agreement=lived,
        question_key=COMMITTEE,
        party=None,
        on=date(2026, 3, 1),
        note="x",
        file=("x.pdf", b"%PDF-1.7", "application/pdf"),
    )
    file = reverse("cooperation:evidence_file", args=[lived.pk, row.pk])
    for key in ("norbert-schiffer", "mette-lindqvist"):
        client = browse(key)
        for address in (list_of(lived), page_of(lived), file):
            read(client, address, status=404)
    client = browse(WORKER)
    read(client, page_of(lived, "no_such_question"), status=404)
    read(client, f"{page_of(lived, SHADOWING)}?party=nonsense", status=404)
    answer = client.get(file)
    assert answer.content == b"%PDF-1.7"
    assert "attachment" in answer["Content-Disposition"]
    assert client.post(page_of(lived), {"do": "dance"}).status_code == 404


def test_a_worker_adds_a_statement_and_a_document(lived: Agreement, browse: Callable[..., Client]) -> None:
    client = browse(WORKER)
    today = timezone.localdate().isoformat()
    done = client.post(page_of(lived), {"do": "show", "show-on": today, "show-note": "All met at noon."})
    assert (done.status_code, done["Location"]) == (302, page_of(lived))
    assert "All met at noon." in read(client, page_of(lived))
    file = SimpleUploadedFile("Kowalczyk family, 12.3.2017.png", b"\x89PNG\r\n\x1a\nrest")
    client.post(page_of(lived), {"do": "show", "show-on": today, "show-note": "The list.", "show-file": file})
    kept = Evidence.objects.get(kind="document").file
    assert kept is not None
    assert (kept.media_type, kept.name) == ("image/png", f"{today}.png")


def test_a_file_that_is_not_what_it_says_is_refused_and_what_was_typed_stays(
    lived: Agreement, browse: Callable[..., Client]
) -> None:
    file = SimpleUploadedFile("list.pdf", b"MZ this is a program", content_type="application/pdf")
    answer = browse(WORKER).post(
        page_of(lived),
        {"do": "show", "show-on": "2999-01-01", "show-note": "A sentence to keep.", "show-file": file},
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "cannot be read as PDF" in text
    assert "A sentence to keep." in text
    late = browse(WORKER).post(page_of(lived), {"do": "show", "show-on": "2999-01-01", "show-note": "Soon."})
    assert late.status_code == 422
    assert "still to come" in late.content.decode()


def _packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (b"%PDF-1.4", "pdf"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (_packed({"word/document.xml": b"<w/>"}), "wordprocessingml.document"),
        (_packed({"mimetype": b"application/vnd.oasis.opendocument.text"}), "opendocument.text"),
        (_packed({"word/document.xml": b"", "word/vbaProject.bin": b""}), ""),
        (_packed({"mimetype": b"application/epub+zip"}), ""),
        (b"PK\x03\x04 broken", ""),
        (b"<html>", ""),
        (b"", ""),
    ],
)
def test_the_bytes_say_what_a_file_is(content: bytes, ending: str) -> None:
    found = kind_of(content)
    assert found.endswith(ending)
    assert bool(found) == bool(ending)


def test_contesting_and_settling_go_through_the_page(
    lived: Agreement, parties: list[Party], browse: Callable[..., Client]
) -> None:
    row = show_done(
        actor=speaker(parties[1]),
        agreement=lived,
        question_key=COMMITTEE,
        party=None,
        on=date(2026, 3, 1),
        note="All met.",
    )
    name = f"statement-{row.pk}"
    client = browse(WORKER)
    empty = client.post(page_of(lived), {"do": "contest", "proof": name, f"contest-{name}-reason": ""})
    assert empty.status_code == 422
    client.post(page_of(lived), {"do": "contest", "proof": name, f"contest-{name}-reason": "Only two came."})
    doubt = Contest.objects.get()
    assert "Only two came." in read(client, page_of(lived))
    assert client.post(page_of(lived), {"do": "settle", "contest": doubt.pk}).status_code == 422
    chair = browse(COORDINATOR)
    said = {f"settle-{doubt.pk}-upheld": "yes", f"settle-{doubt.pk}-settlement": "At the last meeting"}
    chair.post(page_of(lived), {"do": "settle", "contest": doubt.pk, **said})
    text = read(client, page_of(lived))
    assert "does not count: contested and upheld" in text
    assert "At the last meeting" in text


def test_resting_and_grace_go_through_the_page(lived: Agreement, browse: Callable[..., Client]) -> None:
    chair = browse(COORDINATOR)
    today = timezone.localdate()
    wrong = {"pause-from_on": (today - timedelta(days=9)).isoformat(), "pause-reason": "Why not"}
    assert chair.post(page_of(lived), {"do": "pause", **wrong}).status_code == 422
    right = {"pause-from_on": today.isoformat(), "pause-reason": "The district is being reorganised."}
    chair.post(page_of(lived), {"do": "pause", **right})
    assert "The district is being reorganised." in read(chair, page_of(lived))
    pause = Pause.objects.get()
    back = {"pause": pause.pk, f"resume-{pause.pk}-on": (today + timedelta(days=1)).isoformat()}
    chair.post(page_of(lived), {"do": "resume", **back})
    assert Pause.objects.get().until_on == today
    chair.post(page_of(lived), {"do": "grace", "grace-days": "45"})
    assert GraceSetting.objects.get().days == 45
    assert "The network decided so." in read(chair, page_of(lived))


def test_a_worker_reads_why_the_coordination_sets_the_grace(
    lived: Agreement, browse: Callable[..., Client]
) -> None:
    client = browse(WORKER)
    assert "The network coordination sets what the network decided." in read(client, page_of(lived))
    assert client.post(page_of(lived), {"do": "grace", "grace-days": "45"}).status_code == 403


def test_a_share_of_which_nobody_is_left_says_who_looks_after_it(
    lived: Agreement, parties: list[Party], browse: Callable[..., Client]
) -> None:
    Membership.objects.filter(organization=parties[1].organization).update(ended_on=timezone.localdate())
    assert "Nobody is responsible" in read(browse(COORDINATOR), page_of(lived, SHADOWING, parties[1]))


def test_a_clause_that_cannot_be_read_asks_for_an_amendment(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    organizations = [
        cast.organizations["suchtberatung-am-markt"],
        cast.organizations["kreisjugendamt-birkenfurt"],
    ]
    answers: dict[str, Any] = {**factory.COMMITTEE, COMMITTEE: {"at_least": 0, "per": "year"}}
    agreement = factory.in_force(cast.networks["birkenfurt"], organizations, date(2024, 1, 1), answers)
    client = browse(WORKER)
    assert "The clause asks for it zero times" in read(client, page_of(agreement))
    assert "cannot be read" in read(client, list_of(agreement))


def test_levels_that_were_reached_are_told_without_blame(
    lived: Agreement, parties: list[Party], browse: Callable[..., Client]
) -> None:
    escalate(actor=SYSTEM, agreement_id=lived.pk)
    text = read(browse(WORKER), page_of(lived, SHADOWING, parties[0]))
    assert "What happened when it was missed" in text
    assert "The workers" in text


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_duty_has_its_page_in_both_languages(
    lived: Agreement, browse: Callable[..., Client], cast: Cast, language: str
) -> None:
    factory.held(cast.networks["birkenfurt"], date(2025, 7, 10))
    client = browse(COORDINATOR)
    client.cookies["django_language"] = language
    for key in factory.SHARED:
        if "rhythm" in key or key in ("review_period", "contact_update", "consultation_answer"):
            read(client, page_of(lived, key))


def test_meetings_of_tomorrow_under_an_agreement_that_ended_yesterday_are_named(
    lived: Agreement, cast: Cast, browse: Callable[..., Client]
) -> None:
    starts = timezone.now() + timedelta(days=1)
    Meeting.objects.create(
        network=lived.network,
        kind="committee",
        state="planned",
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
    )
    chair = cast.actor(COORDINATOR)
    words = "1 meeting is still planned for an agreement that has ended"
    assert words not in {step.title for step in next_steps_duties(chair)}
    factory.ended(lived, timezone.localdate() - timedelta(days=1))
    assert words in {step.title for step in next_steps_duties(chair)}
    text = read(browse(COORDINATOR), list_of(lived))
    assert "1 meeting is still planned" in text
    assert "Due now" not in text
