"""Assembling the text: only what is agreed, the same for every reader, storable, comparable, exportable."""

from __future__ import annotations

import dataclasses
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override
from pypdf import PdfReader

from mtd.agreements.document import annex_letter, annex_letters, to_document
from mtd.agreements.export import checksum
from mtd.agreements.models import Agreement, Answer, Position
from mtd.agreements.queries import current_version, load_room
from mtd.agreements.text import AgreementText, assemble, difference, text_from_json
from mtd.core.actor import SYSTEM
from mtd.documents.pdf import render
from tests.factories import agreements as factory

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

KEY = "referral_ack"
DAY = date(2026, 11, 21)


def text_of(agreement: Agreement) -> AgreementText:
    agreement = Agreement.objects.select_related("network").get(pk=agreement.pk)
    return assemble(load_room(SYSTEM, agreement))


def test_an_empty_agreement_has_all_nineteen_parts_and_agrees_to_nothing(birkenfurt: Agreement) -> None:
    text = text_of(birkenfurt)
    assert [part.number for part in text.parts] == list(range(1, 20))
    clauses = [clause for part in text.parts for clause in part.clauses]
    assert clauses
    assert not any(clause.agreed or clause.texts["de"].plain for clause in clauses)


def test_one_party_that_has_not_agreed_keeps_the_clause_out_of_the_text(birkenfurt: Agreement) -> None:
    version = factory.agree_all(birkenfurt, quick=True)
    assert text_of(birkenfurt).clause(KEY).agreed  # type: ignore[union-attr]
    Position.objects.filter(version=version, question_key=KEY).first().delete()  # type: ignore[union-attr]
    clause = text_of(birkenfurt).clause(KEY)
    assert clause is not None
    assert not clause.agreed
    assert clause.texts["de"].plain == ""


def test_a_clause_on_a_closed_branch_is_left_out_and_comes_back(birkenfurt: Agreement) -> None:
    version = factory.agree_all(birkenfurt, quick=True)
    committee = Answer.objects.get(version=version, question_key="committee")
    committee.value = {"yes": False}
    committee.save()
    assert text_of(birkenfurt).clause("committee_rhythm") is None
    committee.value = {"yes": True}
    committee.save()
    assert text_of(birkenfurt).clause("committee_rhythm").agreed  # type: ignore[union-attr]


def test_the_text_is_the_same_whatever_language_the_reader_works_in(bilingual: Agreement) -> None:
    factory.agree_all(bilingual, quick=True)
    with override("en"):
        english = text_of(bilingual)
    with override("de"):
        german = text_of(bilingual)
    assert english == german
    assert english.clause(KEY).texts["en"].plain != english.clause(KEY).texts["de"].plain  # type: ignore[union-attr]


def test_a_text_survives_being_stored_as_json(bilingual: Agreement) -> None:
    factory.agree_all(bilingual, skip=["case_steps"], quick=True)
    text = text_of(bilingual)
    assert text_from_json(json.loads(json.dumps(text.to_json()))) == text
    with pytest.raises(ValueError, match="format"):
        text_from_json({"format": 99})


def test_the_difference_names_changed_added_and_removed_clauses(birkenfurt: Agreement) -> None:
    factory.agree_all(birkenfurt, quick=True)
    old = text_of(birkenfurt)
    assert difference(old, old, "de") == ()
    answer = Answer.objects.get(version=current_version(birkenfurt), question_key=KEY)
    answer.value = {"number": 7, "unit": "working_days"}
    answer.save()
    new = text_of(birkenfurt)
    (change,) = difference(old, new, "de")
    assert (change.kind, change.key) == ("changed", KEY)
    assert 0.5 < change.likeness < 1
    part = next(p for p in old.parts if any(c.key == KEY for c in p.clauses))
    fewer = dataclasses.replace(part, clauses=tuple(c for c in part.clauses if c.key != KEY))
    without = dataclasses.replace(old, parts=tuple(fewer if p is part else p for p in old.parts))
    assert [c.kind for c in difference(old, without, "de")] == ["removed"]
    assert [c.kind for c in difference(without, old, "de")] == ["added"]


def test_the_pdf_reads_not_agreed_where_nothing_was_agreed(bilingual: Agreement) -> None:
    factory.agree_all(bilingual, skip=[KEY], quick=True)
    result = render(to_document(text_of(bilingual), on=DAY))
    said = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(result.pdf)).pages)
    assert "Not agreed" in said
    assert result.replaced == ()


@pytest.mark.parametrize(
    "words",
    ["Η συμφωνία ισχύει.", "الاتفاق ساري المفعول", "x" * 50_000, "👩‍👧 {answer} #set page()"],
    ids=str,
)
def test_whatever_people_type_becomes_a_pdf(birkenfurt: Agreement, words: str) -> None:
    version = factory.agree_all(birkenfurt, quick=True)
    area = Answer.objects.get(version=version, question_key="area")
    area.value = {"text": {"de": words[:50_000]}}
    area.save()
    assert render(to_document(text_of(birkenfurt), on=DAY)).pdf.startswith(b"%PDF")


def test_annexes_are_lettered_and_forms_share_a_letter(birkenfurt: Agreement) -> None:
    factory.agree_all(birkenfurt, quick=True)
    assert annex_letters(text_of(birkenfurt).annexes) == ["A", "B", "C", "D", "E.1", "E.2", "E.3", "E.4"]
    assert [annex_letter(n) for n in (0, 25, 26, 51, 52)] == ["A", "Z", "AA", "AZ", "BA"]


def test_the_command_writes_a_whole_folder_and_replaces_an_earlier_one(
    birkenfurt: Agreement, tmp_path: Path, capsys: Any
) -> None:
    factory.agree_all(birkenfurt, quick=True)
    for _ in range(2):
        call_command("export_agreement", birkenfurt.code.lower(), str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == [birkenfurt.code]
    names = {path.name for path in (tmp_path / birkenfurt.code).iterdir()}
    stem = f"{birkenfurt.code}-v1"
    assert {f"{stem}-draft.pdf", f"{stem}-draft.docx", f"{stem}.json"} <= names
    assert any(name.startswith("annex-01-contacts") for name in names)
    data = json.loads((tmp_path / birkenfurt.code / f"{stem}.json").read_text())
    assert data["sha256"] == checksum(data)
    assert birkenfurt.code in capsys.readouterr().err


def test_the_command_exports_all_and_says_what_is_wrong(
    birkenfurt: Agreement, bilingual: Agreement, tmp_path: Path
) -> None:
    call_command("export_agreement", "--all", str(tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == {birkenfurt.code, bilingual.code}
    with pytest.raises(CommandError, match="no agreement"):
        call_command("export_agreement", "NOPE-NOPE", str(tmp_path))
    with pytest.raises(CommandError, match="code and a folder"):
        call_command("export_agreement", str(tmp_path))
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(CommandError, match="not a folder"):
        call_command("export_agreement", birkenfurt.code, str(file))


def test_an_export_that_fails_leaves_the_earlier_folder_whole(
    birkenfurt: Agreement, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("export_agreement", birkenfurt.code, str(tmp_path))
    before = {p.name: p.read_bytes() for p in (tmp_path / birkenfurt.code).iterdir()}
    monkeypatch.setattr(
        Path, "write_bytes", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(CommandError, match="No space left"):
        call_command("export_agreement", birkenfurt.code, str(tmp_path))
    monkeypatch.undo()
    assert {p.name: p.read_bytes() for p in (tmp_path / birkenfurt.code).iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == [birkenfurt.code]
