"""What is set is what was written: conformant, the same every time, and nothing lost."""

from __future__ import annotations

import dataclasses
import datetime
import io

import page
import pypdf
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mtd.documents.content import (
    Block,
    Bullets,
    Clause,
    Document,
    Facts,
    Figure,
    Heading,
    PageBreak,
    Paragraph,
    SignatureLines,
    Table,
)
from mtd.documents.pdf import RenderResult, _compiler, render, render_pdf
from mtd.documents.verifying import check_update

from . import files
from .samples import FLOW, agreement


def conforms(pdf: bytes) -> list[str]:
    return [
        f"{profile} {failure.rule_id} {failure.message}"
        for profile in ("ua1", "2a")
        for failure in page.validate_pdf_bytes(pdf, profile=profile).failures
    ]


def words(pdf: bytes) -> str:
    text = "".join(part.extract_text() for part in pypdf.PdfReader(io.BytesIO(pdf), strict=True).pages)
    return text.replace("\u200b", "")


def document(*blocks: Block, language: str = "en") -> Document:
    return Document("Title", language, datetime.date(2026, 11, 21), tuple(blocks), code="C-1")


@pytest.mark.parametrize("bilingual", [False, True])
@pytest.mark.parametrize("parts", [1, 4, 19])
def test_an_agreement_is_pdf_a_and_pdf_ua_in_one_file(parts: int, bilingual: bool) -> None:
    assert conforms(render_pdf(agreement(parts, bilingual=bilingual))) == []


def test_the_same_document_gives_the_same_bytes() -> None:
    first = render_pdf(agreement(3, bilingual=True))
    render_pdf(agreement(2))
    _compiler.cache_clear()  # as after a restart
    assert render_pdf(agreement(3, bilingual=True)) == first


def test_another_text_gives_other_bytes() -> None:
    assert render_pdf(document(Paragraph("five days"))) != render_pdf(document(Paragraph("six days")))


def test_what_was_not_agreed_says_so_in_the_language_of_the_document() -> None:
    text = words(render_pdf(document(Clause("1.1", "Fee", "", agreed=False))))
    assert "Not agreed" in text


def test_both_languages_stand_in_a_bilingual_document_and_the_binding_one_is_named() -> None:
    text = words(render_pdf(agreement(1, bilingual=True)))
    assert "Die Vertragspartner treffen sich" in text
    assert "The parties meet at least twice" in text
    assert "Deutsch ·" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Συμφωνία συνεργασίας για παιδιά", "Συμφωνία συνεργασίας για παιδιά"),
        ("Dohoda o spolupráci – žluťoučký kůň", "žluťoučký kůň"),
        ("Споразумение", "Споразумение"),
        ("🧿 ✓ ☎ → ≥ ½ €", "✓"),
        ("👨‍👩‍👧 🇩🇪", "👨"),
    ],
)
def test_languages_symbols_and_emoji_are_set_without_replacement(text: str, shown: str) -> None:
    result = render(document(Clause("1", text, text)))
    assert result.replaced == ()
    assert shown in words(result.pdf)
    assert conforms(result.pdf) == []


@pytest.mark.parametrize("text", ["הסכם שיתוף פעולה", "اتفاقية تعاون بين الطرفين"])
def test_right_to_left_script_is_set(text: str) -> None:
    result = render(document(Paragraph(text), Table((text,), ((text,),))))
    assert result.replaced == ()
    assert set(text) & set(words(result.pdf)) > {" "}
    assert conforms(result.pdf) == []


def test_a_character_without_a_glyph_is_marked_and_reported() -> None:
    result = render(document(Paragraph("before 中 after")))
    assert result.replaced == ("中",)
    assert "before [U+4E2D] after" in words(result.pdf)


def test_characters_that_reorder_text_unseen_are_marked() -> None:
    result = render(document(Paragraph("we pay \u202e001\u202c euro")))
    assert result.replaced == ("\u202e", "\u202c")
    assert "we pay [U+202E]001[U+202C] euro" in words(result.pdf)


def test_fifty_thousand_characters_break_over_pages_and_nothing_is_lost() -> None:
    numbered = " ".join(f"wort{number}" for number in range(6000))[:50_000]
    text = words(render_pdf(document(Clause("1", "Lang", numbered), language="de")))
    flat = "".join(text.split()).replace("-", "").replace("\u00ad", "")
    assert all(f"wort{number}" in flat for number in (0, 1, 2500, 5000))


def test_fifty_thousand_characters_without_a_space_stay_on_the_page() -> None:
    pdf = render_pdf(document(Paragraph("W" * 50_000)))
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert words(pdf).count("W") >= 50_000
    assert len(reader.pages) > 10


def test_nothing_that_people_type_becomes_code() -> None:
    nasty = '#panic("x") $ \\ ] } <b> {{x}} %n %t `raw` @ref *bold* _it_ "quoted" //c'
    text = words(render_pdf(document(Heading(1, nasty, nasty), Paragraph(nasty), Bullets((nasty,)))))
    assert text.count('#panic("x")') == 4  # number, heading, paragraph, bullet


def test_long_addresses_in_a_crowded_table_break_without_a_hyphen() -> None:
    address = "annegret.hohenstein-mueller@kreis-birkenfurt.example"
    header = ("Partei", "Name", "Rolle", "Telefon", "E-Mail", "Zeiten", "Vertretung")
    row = ("Kreisjugendamt", "Dr. Müller", "Leitung", "+49 2451 000-1", address, "8–12 Uhr", "Jonas Reuter")
    pdf = render_pdf(document(Clause("1", "Kontakte", "", table=Table(header, (row,))), language="de"))
    assert address in "".join(words(pdf).split())
    assert conforms(pdf) == []


def test_headings_never_skip_a_level() -> None:
    result = render_pdf(
        document(Clause("1", "first", "a"), Heading(5, "deep"), Clause("2", "b", "c"), Heading(3, "d"))
    )
    assert conforms(result) == []


def test_a_picture_that_is_none_is_told_in_words() -> None:
    for svg in ("", "<svg", "<html/>", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 0"/>'):
        result = render_pdf(document(Figure(svg, "Three steps of the way")))
        assert "Three steps of the way" in words(result)


def test_a_picture_carries_its_words() -> None:
    result = render_pdf(document(Figure(FLOW, "Drei Schritte 🧿", "Ablauf")))
    assert conforms(result) == []
    assert b"/Alt" in result


def test_letters_in_a_picture_are_set_or_marked_like_all_others() -> None:
    svg = FLOW.replace("Erstes Gespräch", "Συμφωνία 中 הסכם 🧿")
    result = render(document(Figure(svg, "Schritte")))
    assert result.replaced == ("中",)
    assert conforms(result.pdf) == []
    shown = words(result.pdf)
    assert "Συμφωνία" in shown
    assert "[U+4E2D]" in shown
    assert "🧿" in shown


def test_words_of_the_file_format_in_a_title_do_no_harm() -> None:
    title = "9 0 obj\n<</Type/Catalog/ startxref 5 xref 0 1 %%EOF endobj trailer"
    pdf = render_pdf(dataclasses.replace(agreement(1), title=title, author=title, code=title))
    assert conforms(pdf) == []
    signed = files.sign(pdf)
    assert check_update(pdf, signed).inspection.all_hold


def test_empty_pieces_do_no_harm() -> None:
    empty = document(
        Heading(1, ""),
        Paragraph(""),
        Clause("", "", ""),
        Clause("", "", "", second_text=""),
        Clause("", "", "a", agreed=False, second_text="b", table=Table((), ()), second_table=Table((), ())),
        Bullets(()),
        Bullets(("",)),
        Table((), ()),
        Table(("a", "b"), (("only one",),)),
        Facts(()),
        Facts((("", ""),)),
        SignatureLines(()),
        PageBreak(),
        PageBreak(),
    )
    assert conforms(render_pdf(dataclasses.replace(empty, title=""))) == []


@settings(max_examples=60)
@given(st.text(alphabet=st.characters(), max_size=300), st.sampled_from(["de", "el", "en", "xx", "he"]))
@example("1\ufe0f\u20e3 \U0001f468\u200d\U0001f469 \u0301 x\u0323\u0301 \ufff9 \ud800 \x00", "en")
def test_any_text_at_all_can_be_set_and_what_is_replaced_is_reported(text: str, language: str) -> None:
    result = render(
        document(
            Heading(1, text, text[:5]),
            Clause("1", text, text, bullets=(text,), second_text=text),
            Table((text,), ((text,),), text),
            language=language,
        )
    )
    assert isinstance(result, RenderResult)
    for char in result.replaced:
        assert f"U+{ord(char):04X}" in words(result.pdf).replace("\n", "")


def test_streams_end_in_one_way_only() -> None:
    # Whether a compressed stream ends in a carriage return is chance; among this many, some do.
    for number in range(40):
        pdf = render_pdf(document(Paragraph(f"Chance {number}")))
        assert b"\r\nendstream" not in pdf
        assert conforms(pdf) == []


def test_a_long_text_runs_over_many_pages() -> None:
    pdf = render_pdf(dataclasses.replace(agreement(12), title="Zehn Seiten"))
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) >= 10
