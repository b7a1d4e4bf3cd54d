"""The Word file says what the PDF says, in a form that Word and screen readers understand."""

from __future__ import annotations

import datetime
import io

import docx
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from mtd.documents.content import Clause, Document, Figure, Heading, Paragraph, Table
from mtd.documents.docx import render_docx

from .samples import FLOW, agreement


def read(content: bytes) -> docx.document.Document:
    return docx.Document(io.BytesIO(content))


def everything(word: docx.document.Document) -> str:
    return "".join(node.text or "" for node in word.element.body.iter(qn("w:t")))


def document(*blocks: object) -> Document:
    return Document("Title", "de", datetime.date(2026, 11, 21), tuple(blocks), code="C-1")  # type: ignore[arg-type]


def test_headings_are_real_and_numbered() -> None:
    word = read(render_docx(agreement(3)))
    styles = [
        (line.style.name, line.text) for line in word.paragraphs if line.style.name.startswith("Heading")
    ]
    assert ("Heading 1", "1  Weg einer Familie") in styles
    assert ("Heading 2", "1.1  Frist der Rückmeldung") in styles
    assert word.core_properties.title == "Kooperationsvereinbarung Birkenfurt"
    assert word.core_properties.language == "de"


def test_the_language_is_set_for_spelling_and_reading_aloud() -> None:
    word = read(render_docx(agreement(1, bilingual=True)))
    spoken = {mark.get(qn("w:val")) for mark in word.element.body.iter(qn("w:lang"))}
    assert {"de", "en"} <= spoken
    assert word.styles["Normal"].element.rPr.find(qn("w:lang")).get(qn("w:val")) == "de"


def test_tables_have_head_rows_and_pictures_have_words() -> None:
    word = read(
        render_docx(
            document(Table(("A", "B"), (("1",), ("2", "3")), "Caption"), Figure(FLOW, "Drei Schritte"))
        )
    )
    assert word.tables[0].rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert [cell.text for cell in word.tables[0].rows[1].cells] == ["1", ""]
    assert "Drei Schritte" in [item.get("descr") for item in word.element.body.iter(qn("wp:docPr"))]


def test_what_was_not_agreed_is_marked() -> None:
    text = everything(read(render_docx(document(Clause("1", "Frist", "five days", agreed=False)))))
    assert text.index("1  Frist") < text.index("five days")
    assert len(text) > len("Title1  Fristfive days") + 10


def test_greek_emoji_right_to_left_and_long_texts_stay_whole() -> None:
    for text in ("Συμφωνία", "🧿 👨‍👩‍👧", "הסכם", "اتفاقية", "中", "W" * 50_000):
        assert text in everything(read(render_docx(document(Paragraph(text)))))


@settings(max_examples=30)
@given(st.text(alphabet=st.characters(), max_size=200))
def test_any_text_at_all_can_be_written(text: str) -> None:
    read(
        render_docx(
            document(Heading(1, text, text), Clause(text, text, text), Table((text,), ((text,),), text))
        )
    )
