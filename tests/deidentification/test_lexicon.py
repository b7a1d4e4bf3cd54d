"""The words of the twelve languages: one shape, enough of them, and read once."""

from __future__ import annotations

import tomllib

import pytest

from mtd.deidentification.findings import LANGUAGES
from mtd.deidentification.lexicon import FOLDER, lexicon
from mtd.deidentification.lists import hasty


def shape(language: str) -> dict[str, set[str]]:
    with (FOLDER / f"{language}.toml").open("rb") as stream:
        data = tomllib.load(stream)
    keys = {section: set(entries) for section, entries in data.items()}
    keys["titles"] -= {"professional"}
    return keys


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys(language: str) -> None:
    assert shape(language) == shape("de")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_enough_words_to_be_of_use(language: str) -> None:
    words = lexicon(language)
    assert len(words.field.whole) >= 600
    assert len(words.given_migrant) >= 250
    assert len(words.nicknames) >= 120
    assert len(words.surnames_migrant) >= 150
    assert len(words.months) == 12
    assert len(words.weekdays) == 7
    assert len(words.ordinals) == 31


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_generalisation_says_something_and_counts_where_it_must(language: str) -> None:
    for key, wording in lexicon(language).say.items():
        assert wording.strip()
        assert ("{n}" in wording) == key.endswith("_ago")


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_before_a_name_are_never_taken_for_an_organisation(language: str) -> None:
    words = lexicon(language)
    assert not [title for title in words.titles.whole if words.organisation(title)]


@pytest.mark.parametrize(
    ("language", "word"),
    [("cs", "říjen"), ("sk", "október"), ("el", "μητέρα"), ("fr", "mère"), ("pt", "mãe"), ("de", "Säugling")],
)
def test_a_word_is_also_known_as_it_is_typed_in_a_hurry(language: str, word: str) -> None:
    words = lexicon(language)
    listed = words.field.whole | words.kin | frozenset().union(*words.months)
    assert word.lower() in listed
    assert hasty(word.lower())
    assert set(hasty(word.lower())) <= listed


def test_a_language_is_read_once() -> None:
    assert lexicon("de") is lexicon("de")


@pytest.mark.parametrize("language", ["xx", "", "../de", "de.toml"])
def test_an_unknown_language_is_refused(language: str) -> None:
    with pytest.raises(KeyError):
        lexicon(language)


def test_a_german_compound_is_known_by_its_end() -> None:
    words = lexicon("de")
    assert words.knows("Hilfeplangespräch")
    assert words.knows("SPFH-Einsatz")
    assert not words.knows("Kowalczyk")
    assert words.organisation("Janusz-Korczak-Grundschule") == "school"


def test_a_name_is_traced_to_its_base_forms() -> None:
    assert "kowalczyk" in lexicon("de").bases("Kowalczyks")
    assert lexicon("en").bases("Tyler's")[1] == "tyler"
