"""The one entry: joins its layers, keeps its budget, never raises."""

from __future__ import annotations

import time
import tracemalloc
from typing import Any

import pytest

from mtd.deidentification import LANGUAGES, Findings, Kind, Problem, Strength, find, guard
from mtd.deidentification.joining import joined
from mtd.deidentification.language import recognise
from mtd.deidentification.text import Mark


def mark(
    start: int, end: int, kind: Kind = Kind.PERSON, *, certain: bool = False, reason: str = "surname"
) -> Mark:
    return Mark(start, end, kind, 0.5, certain, reason)


TEXT = "abcdefghij klmnopqrst uvwxyz"


def test_certain_goes_before_check_and_longer_before_shorter() -> None:
    found = joined(TEXT, [mark(0, 10, Kind.PLACE), mark(2, 6, Kind.EMAIL, certain=True)])
    assert [(one.start, one.end, one.kind) for one in found] == [(2, 6, Kind.EMAIL), (6, 10, Kind.PLACE)]
    found = joined(TEXT, [mark(0, 5, Kind.PLACE), mark(0, 10, Kind.ORGANISATION)])
    assert [(one.start, one.end, one.kind) for one in found] == [(0, 10, Kind.ORGANISATION)]


def test_marks_of_a_like_kind_become_one() -> None:
    found = joined(TEXT, [mark(0, 6, certain=True), mark(4, 10)])
    assert [(one.start, one.end, one.certain) for one in found] == [(0, 10, True)]


def test_a_mark_has_no_white_space_at_its_ends() -> None:
    assert [(one.start, one.end) for one in joined(TEXT, [mark(10, 21)])] == [(11, 21)]
    assert joined(TEXT, [mark(10, 11), mark(40, 50), mark(5, 5)]) == []


def test_findings_are_ordered_and_explained() -> None:
    text = "Frau Kowalczyk, geb. 12.3.1987, wohnt Bahnhofstr. 12, Tel. 0170 1234567."
    found = find(text, "de")
    assert found.problem is Problem.NONE
    assert [item.start for item in found] == sorted(item.start for item in found)
    assert {Kind.PERSON, Kind.BIRTH_DATE, Kind.ADDRESS, Kind.PHONE} <= {item.kind for item in found}
    for item in found:
        assert item.explanation
        assert text[item.start : item.end] not in item.explanation


def test_professional_text_is_clear() -> None:
    found = find(
        "Die Mutter nimmt seit zwei Jahren an der Substitution teil. Das Kind wirkt müde (§ 8a SGB VIII).",
        "de",
    )
    assert found.clear
    assert found.language == "de"


@pytest.mark.parametrize("text", ["", " ", "\n\n\t"])
def test_nothing_is_clear(text: str) -> None:
    assert find(text, "de").clear


@pytest.mark.parametrize("language", ["xx", "tr", "DE!", "\x00"])
def test_an_unknown_language_is_not_cleared_but_patterns_are_found(language: str) -> None:
    found = find("hallo maria@web.de", language)
    assert found.problem is Problem.LANGUAGE
    assert not found.clear
    assert any(item.kind is Kind.EMAIL for item in found)


def test_a_text_in_another_language_than_ours_is_not_cleared() -> None:
    turkish = (
        "Annesi bugün çok üzgündü ve babası ile konuştu, çünkü okul için bir karar verildi ama o gelmedi."
    )
    assert find(turkish, "de").problem is Problem.LANGUAGE
    assert find(turkish, "").problem is Problem.LANGUAGE


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The mother was not at home when we came with the children."),
        ("de", "Die Mutter war nicht zu Hause, als wir mit den Kindern kamen."),
        ("fr", "La mère n'était pas chez elle quand nous sommes venus avec les enfants."),
        ("nl", "De moeder was niet thuis toen wij met de kinderen kwamen."),
        ("es", "La madre no estaba en casa cuando llegamos con los niños."),
        ("it", "La madre non era in casa quando siamo arrivati con i bambini."),
        ("pt", "A mãe não estava em casa quando chegámos com as crianças."),
        ("fi", "Äiti ei ollut kotona, kun me tulimme lasten kanssa."),
        ("el", "Η μητέρα δεν ήταν στο σπίτι όταν ήρθαμε με τα παιδιά."),
        ("sl", "Matere ni bilo doma, ko smo prišli z otroki, ker je šla k zdravniku."),
        ("sk", "Matka nebola doma, keď sme prišli s deťmi, a otec už tiež nie je."),
        ("cs", "Matka nebyla doma, když jsme přišli s dětmi, a otec už tam také není."),
    ],
)
def test_the_language_is_recognised(language: str, text: str) -> None:
    assert recognise(text) == language
    assert find(text, "").language == language


def test_too_little_to_tell_keeps_the_guess() -> None:
    assert recognise("Alkohol", "nl") == "nl"
    assert recognise("12 mg", "fi") == "fi"


def test_a_part_in_another_language_is_read_in_that_language() -> None:
    text = (
        "Die Mutter hat uns heute geschrieben, was ihr Sohn sagt.\n"
        "The boy was born on the fourteenth of March and he lives with his mother in the house of her brother."
    )
    found = find(text, "de")
    assert any("fourteenth of March" in text[item.start : item.end] for item in found)


def test_words_in_another_script_are_to_be_checked() -> None:
    text = "Der Vater heißt Мухаммед und wohnt bei der Großmutter."
    found = [item for item in find(text, "de") if "Мухаммед" in text[item.start : item.end]]
    assert found
    assert all(item.strength is Strength.CHECK for item in found)


def test_a_text_that_is_too_long_is_not_cleared_but_read_so_far() -> None:
    found = find("maria@web.de " + "wir reden " * 21_000, "de")
    assert found.problem is Problem.LENGTH
    assert found.items


def test_a_budget_that_is_spent_is_said_and_what_was_found_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    guard.warm(["de"])
    monkeypatch.setattr(guard, "BUDGET", -10.0)
    found = find("Frau Kowalczyk, maria@web.de", "de")
    assert found.problem is Problem.TIME
    assert not found.clear
    assert [item.kind for item in found] == [Kind.EMAIL]


@pytest.mark.parametrize(
    "arguments",
    [
        (None, "de"),
        (12, "de"),
        ("Frau Meier", None),
        ("Frau Meier", "de", [None, 3]),
        (b"Frau", "de"),
        ("x", "de", 7),
    ],
)
def test_it_never_raises(arguments: tuple[Any, ...]) -> None:
    found = find(*arguments)
    assert isinstance(found, Findings)
    assert not found.clear or arguments[0] == "x"


def test_a_failure_is_not_cleared() -> None:
    assert find(12, "de").problem is Problem.FAILURE  # type: ignore[arg-type]
    assert not find(12, "de").clear  # type: ignore[arg-type]


def test_a_hundred_thousand_characters_are_judged_in_time_that_grows_with_their_number() -> None:
    sentence = "Frau Kowalczyk rief am 12.3.2017 aus Hückelhoven an, Tel. 0170 1234567. Die Mutter ist müde. "
    spent = []
    for size in (10_000, 100_000):
        begin = time.thread_time()
        found = find(sentence * (size // len(sentence)), "de", ["Kowalczyk"], familiar=["Hückelhoven"])
        spent.append(time.thread_time() - begin)
    assert len(found) > 2_000
    # Ten times the text; what takes too much work is cut off, so this holds on a busy machine too.
    assert spent[1] < 30 * spent[0]


@pytest.mark.parametrize(
    "piece", ["1", "a", "A", "Weg", "a ", "12.3. ", "Anna ", "@", "-", "M.", "<b", "\u202e"]
)
def test_a_hundred_thousand_of_the_same_do_not_stop_it(piece: str) -> None:
    begin = time.thread_time()
    find(piece * (100_000 // len(piece)), "de", ["Anna Weg"], familiar=["Anna"])
    assert time.thread_time() - begin < 20


def test_what_is_known_of_all_languages_fits_into_memory() -> None:
    tracemalloc.start()
    guard.warm(LANGUAGES)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 300 * 2**20


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "The committee met yesterday. The committee decided."),
        ("de", "Abgabe des Bogens bis Freitag. Der Rechner läuft wieder."),
        ("de", "Neue Rechner sind da, auf der Rückseite des Bogens steht mehr."),
        ("pt", "O menor (d.n. ilegível) vive com a mãe."),
    ],
)
def test_ordinary_words_with_a_capital_are_no_names(language: str, written: str) -> None:
    assert [written[item.start : item.end] for item in find(written, language)] == []
