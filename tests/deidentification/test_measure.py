"""The measure itself, and the goals of the guard on texts that nobody looked at while building it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
sys.path.insert(0, str(ROOT / "scripts"))

import measure_guard  # noqa: E402
from guard_texts import Example, recased  # noqa: E402

EVERY = frozenset(("PERSON", "LOCATION", "ORG", "DATE"))
TEXT = "Anna und Jan leben in Köln, sagt Eva."


def example(spans: list[tuple[int, int, str]]) -> Example:
    return Example("de", TEXT, spans, EVERY, "test")


def test_a_mention_counts_as_touched_when_a_mark_overlaps_it() -> None:
    spans = [(0, 4, "PERSON"), (9, 12, "PERSON"), (22, 26, "LOCATION")]
    figures = measure_guard.measure(
        [example(spans)], lambda text, language: [(2, 7, "PERSON"), (22, 26, "LOCATION")]
    )
    assert figures["persons"] == 50
    assert figures["places"] == 100
    assert figures["texts missed"] == 100
    assert figures["false"] == 0


def test_a_mark_that_touches_nothing_is_false() -> None:
    figures = measure_guard.measure([example([(0, 4, "PERSON")])], lambda text, language: [(9, 12, "PERSON")])
    assert figures["false"] == pytest.approx(1000 / len(TEXT))


def cases(part: str) -> dict[str, list[Example]]:
    found = {
        language: list(measure_guard.examples(None, part, True, language))
        for language in measure_guard.LANGUAGES
    }
    return {language: texts for language, texts in found.items() if texts}


# What is reached on the texts kept apart stands in docs/identity-guard.md. Eight texts with about forty persons a
# language are few: one more miss is two to three points for a language, so the floors lie that much below the goals
# per language, and at the goals for the mean of the twelve.
FLOOR = {"persons": 90.0, "all": 87.0}
MEAN_FLOOR = {"persons": 95.0, "all": 90.0}
MEAN_CEILING = {"texts missed": 10.0, "false": 3.0}


@pytest.fixture(scope="module")
def held() -> dict[str, dict[str, float]]:
    return {
        language: measure_guard.measure(texts, measure_guard.by_guard)
        for language, texts in cases("held").items()
    }


def mean(rows: dict[str, dict[str, float]], column: str) -> float:
    return sum(row[column] for row in rows.values()) / len(rows)


def test_every_language_has_texts_that_are_kept_apart(held: dict[str, dict[str, float]]) -> None:
    assert set(held) == set(measure_guard.LANGUAGES)


@pytest.mark.parametrize("column", FLOOR)
def test_each_language_comes_near_the_goal_on_cases_kept_apart(
    held: dict[str, dict[str, float]], column: str
) -> None:
    low = {language: row[column] for language, row in held.items() if row[column] < FLOOR[column]}
    assert not low


@pytest.mark.parametrize("column", MEAN_FLOOR)
def test_the_languages_together_reach_the_goal_on_cases_kept_apart(
    held: dict[str, dict[str, float]], column: str
) -> None:
    assert mean(held, column) >= MEAN_FLOOR[column]


@pytest.mark.parametrize("column", MEAN_CEILING)
def test_missed_texts_and_needless_marks_stay_below_the_goal_on_cases_kept_apart(
    held: dict[str, dict[str, float]], column: str
) -> None:
    assert mean(held, column) <= MEAN_CEILING[column]


@pytest.mark.parametrize("language", measure_guard.LANGUAGES)
def test_needless_marks_stay_few_in_professional_texts_without_anybody(language: str) -> None:
    clean = [text for part in ("dev", "held") for text in cases(part).get(language, ()) if not text.spans]
    assert clean
    assert measure_guard.measure(clean, measure_guard.by_guard)["false"] <= 3


@pytest.mark.parametrize("language", measure_guard.LANGUAGES)
def test_persons_are_found_where_everything_is_written_small(language: str) -> None:
    small = [recased(text, "lower") for text in cases("held")[language]]
    assert measure_guard.measure(small, measure_guard.by_guard)["persons"] >= 80


def test_persons_are_found_in_openly_licensed_texts_kept_apart(shared_data: Path) -> None:
    rows = {}
    for language in measure_guard.LANGUAGES:
        texts = list(measure_guard.examples(shared_data / "deid", "held", False, language))
        if texts:
            rows[language] = measure_guard.measure(texts, measure_guard.by_guard)
    assert mean(rows, "persons") >= 93
    assert mean(rows, "all") >= 88
