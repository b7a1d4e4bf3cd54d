"""A text is made readable, and every place in it can be traced back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtd.deidentification.text import read

DISGUISED = {
    "invisible characters": "M\u200bar\u200c\u2060ia",
    "a soft hyphen": "Ma\u00adria",
    "Cyrillic letters": "M\u0430ri\u0430",
    "Greek letters": "\u039caria",
    "fullwidth": "\uff2d\uff41\uff52\uff49\uff41",
    "mathematical letters": "\U0001d4dc\U0001d4ea\U0001d4fb\U0001d4f2\U0001d4ea",
    "circles": "\u24c2\u24d0\u24e1\u24d8\u24d0",
    "struck through": "M\u0336a\u0336r\u0336i\u0336a\u0336",
    "figures": "M4r1a",
    "letters apart": "M a r i a",
    "dots between": "M.a.r.i.a",
    "a broken line": "Ma-\nria",
    "entities": "M&#97;ria",
    "tags": "<b>Ma</b>ria",
    "the other way round": "\u202eairaM\u202c",
    "a lone surrogate": "Ma\ud800ria",
    "a control character": "Ma\x00ria",
}


@pytest.mark.parametrize("written", DISGUISED.values(), ids=DISGUISED.keys())
def test_a_word_in_disguise_is_read_as_it_is_meant(written: str) -> None:
    text = read(f"Heute kam {written} wieder.", "de")
    forms = [token.form for token in text.tokens]
    assert "Maria" in forms
    token = text.tokens[forms.index("Maria")]
    seen = text.original[token.start : token.end]
    assert seen in f"<b>{written}" or written in seen
    assert "kam" not in seen
    assert "wieder" not in seen


def test_what_is_no_disguise_stays() -> None:
    forms = [token.form for token in read("H2O, A4, F43.1, § 8a, SGB8 und A B C D", "de").tokens]
    assert {"H2O", "A", "F", "SGB", "B", "C", "D"} <= set(forms)


def test_a_plain_text_is_not_touched() -> None:
    text = read("Die Mutter sagte: „Ja“ – und ging über die Straße.", "de")
    assert text.plain == text.original
    assert [text.original[token.start : token.end] for token in text.tokens] == [
        token.form for token in text.tokens
    ]


def test_turkish_and_greek_letters_keep_their_places() -> None:
    for written in ("İstanbul'da ıslak", "Ο Γιώργος και η ΜΑΡΊΑ"):
        text = read(written, "el")
        assert len(text.lower) == len(text.plain)
        assert all(text.original[token.start : token.end] == token.form for token in text.tokens)


def test_a_text_without_capitals_is_noticed() -> None:
    assert read("die mutter kam heute mit ihrem sohn zu uns und weinte", "de").small
    assert not read("Die Mutter kam heute mit ihrem Sohn zu uns.", "de").small
    assert read("DIE MUTTER KAM HEUTE", "de").shouted


def test_a_sentence_opens_behind_its_end_and_not_behind_an_abbreviation() -> None:
    text = read("Am 12. März kam Dr. Meier. Er blieb.", "de")
    assert [token.form for token in text.tokens if token.opens] == ["Am", "Er"]


@settings(max_examples=300, deadline=None)
@given(
    st.text(st.characters(), max_size=60)
    | st.text("aM. -\n<>&;#1@\u202e\u202c\u0301\u200b\ud800ΑаЖ", max_size=40)
)
def test_any_text_can_be_read_and_traced_back(written: str) -> None:
    text = read(written, "de")
    assert len(text.lower) == len(text.plain)
    before = 0
    for token in text.tokens:
        assert 0 <= token.start <= token.end <= len(written)
        assert token.at >= before
        assert token.form
        before = token.to
    for place in range(len(text.plain)):
        start, end = text.span(place, place + 1)
        assert 0 <= start <= end <= len(written)
