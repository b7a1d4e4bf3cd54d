"""What is looked for only at likely places is found as if it were looked for everywhere."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest

from mtd.deidentification import LANGUAGES, rare, words
from mtd.deidentification.features import word_features
from mtd.deidentification.language import _against, parts, recognise, spoken_throughout, undoubted
from mtd.deidentification.lexicon import lexicon
from mtd.deidentification.network import tagger
from mtd.deidentification.patterns import address, contact, dates, numbers, plates
from mtd.deidentification.patterns.words import before_figures, from_places
from mtd.deidentification.text import Mark, read

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from guard_texts import read_cases  # noqa: E402

BOOK = "\n".join(
    example.text
    for language in LANGUAGES
    for example in read_cases(ROOT / "tests" / "deidentification" / "cases" / f"{language}.dev.txt", language)
)
TEXT = read(BOOK + "\nlea_08, _x_y, lea.mouse08 a_b.c, leaMouse08; ( 123 45 Αθήνα) 1ab2 3-D 4\n", "de")


@pytest.mark.parametrize(
    "pattern",
    [
        numbers._CARD,
        dates._NUMERIC,
        dates._YEAR,
        *(dates._compiled(language)[0] for language in LANGUAGES),
    ],
    ids=lambda pattern: pattern.pattern[:20],
)
def test_what_begins_with_a_figure_is_found_from_the_figures_alone(pattern: re.Pattern[str]) -> None:
    everywhere = [match.span() for match in pattern.finditer(TEXT.lower)]
    assert [match.span() for match in from_places(pattern, TEXT.lower, TEXT.figures)] == everywhere


@pytest.mark.parametrize(
    ("pattern", "places"),
    [
        (numbers._IBAN, numbers._before_figures(TEXT.figures, 3, 2)),
        (numbers._LONG, numbers._before_figures(TEXT.figures, 2, 0)),
        (numbers._CANDIDATE, before_figures(TEXT, 11)),
        *((address._postal(language), before_figures(TEXT, address._LONGEST_LEAD)) for language in LANGUAGES),
        (contact._JOINED_NAME, contact._run_starts(TEXT)),
        (contact._NUMBER, [match.start() for match in contact._NUMBER_STARTS.finditer(TEXT.plain)]),
        (
            contact._EMAIL,
            [contact._box_start(TEXT.plain, match.start()) for match in re.finditer("@", TEXT.plain)],
        ),
        *((shape, plates._places(TEXT)) for shapes in plates.SHAPES.values() for shape, _ in shapes),
        (plates._GERMAN, plates._places(TEXT)),
    ],
    ids=lambda one: one.pattern[:20] if isinstance(one, re.Pattern) else "",
)
def test_numbers_and_plates_are_found_from_their_likely_beginnings(
    pattern: re.Pattern[str], places: list[int]
) -> None:
    everywhere = [match.span() for match in pattern.finditer(TEXT.plain)]
    assert [match.span() for match in from_places(pattern, TEXT.plain, places)] == everywhere


@pytest.mark.parametrize("guess", LANGUAGES)
def test_a_sentence_is_undoubted_only_if_the_full_look_keeps_the_guess(guess: str) -> None:
    sentences = [sentence for sentence in re.split(r"(?<=[.!?])\s+", BOOK) if len(sentence) > 24]
    sure = [sentence for sentence in sentences if undoubted(sentence, guess)]
    assert 0 < len(sure) < len(sentences)
    assert {recognise(sentence, guess) for sentence in sure} == {guess}


def test_no_word_of_a_language_speaks_against_it() -> None:
    assert "und" not in _against("de")[0]
    assert _against("de")[0]["the"] > 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_spoken_throughout_is_one_piece(language: str) -> None:
    paragraphs = [paragraph for paragraph in BOOK.split("\n") if paragraph]
    mixed = [f"{one}\n{other}" for one, other in zip(paragraphs[::7], paragraphs[3::7], strict=False)]
    sure = [text for text in (*paragraphs, *mixed) if spoken_throughout(text, language)]
    assert 0 < len(sure) < len(paragraphs) + len(mixed)
    for text in sure:
        assert len(text) < 80 or recognise(text, language) == language
        assert parts(text, language) == [(0, len(text), language)]


def test_letters_stand_apart_only_where_the_cheap_question_says_so() -> None:
    apart = [text for text in BOOK.split("\n") if words._SPACED.search(text) is not None]
    for text in (*apart, "M a r i a", "x M.a.r y", "a-b-c", "- a b c d"):
        assert words._SPACED.search(text) is None or words._ONE_APART.search(text) is not None


def test_no_sentence_is_rare_without_a_word_that_tells_something() -> None:
    marked = 0
    for language in LANGUAGES:
        text = read(
            "\n".join(
                example.text
                for example in read_cases(
                    ROOT / "tests" / "deidentification" / "cases" / f"{language}.dev.txt", language
                )
            ),
            language,
        )
        table, known = rare._table(language), lexicon(language)
        found: list[Mark] = []
        begin = 0
        for at, token in enumerate((*text.tokens, text.tokens[0])):
            if token.opens or token.form in rare._END:
                found += rare._sentence(text, text.tokens, begin, at, known, table)
                begin = at
        assert sorted(rare.marks(text)) == sorted(found)
        marked += len(found)
    assert marked


def test_several_words_add_up_as_each_does_alone() -> None:
    features = [word_features(word, "de", True) for word in ("Kowalczyk", "der", "-", "Familienhilfe", "12")]
    together = tagger().vectors(features)
    for row, own in zip(together, features, strict=True):
        assert np.array_equal(row, tagger().vectors([own])[0])
        assert np.array_equal(row, tagger().table[own].sum(axis=0, dtype=np.float32) * tagger().scale)
