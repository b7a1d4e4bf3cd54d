"""Names that must not appear are found however they are written; familiar names protect only themselves."""

from __future__ import annotations

import pytest

from mtd.deidentification import Strength, find

WRITTEN = [
    ("de", "Dann kam Kowalczyk dazu."),
    ("de", "dann kam kowalczyk dazu."),
    ("de", "DANN KAM KOWALCZYK DAZU."),
    ("de", "Das war Kowalczyks Idee."),
    ("de", "Das war Kowalzcyk selbst."),
    ("de", "Das war Kowalcyk selbst."),
    ("de", "Das war K o w a l c z y k selbst."),
    ("de", "Das war Kowal-\nczyk selbst."),
    ("de", "Das war Kowal\nczyk selbst."),
    ("de", "Das war K0walczyk selbst."),
    ("de", "Das war Kowa1czyk selbst."),
    ("de", "Das war K\u043ewalczyk selbst."),
    ("de", "Das war Kowal\u200bczyk selbst."),
    ("de", "Das war <b>Kowal</b>czyk selbst."),
    ("de", "Das war K.o.w.a.l.c.z.y.k selbst."),
    ("cs", "Mluvili jsme s Kowalczykem o škole."),
    ("fi", "Kävin Kowalczykin luona."),
    ("sl", "Govorila sem s Kowalczykom."),
]


@pytest.mark.parametrize(("language", "written"), WRITTEN, ids=[written for _, written in WRITTEN])
def test_a_known_name_is_certain_however_it_is_written(language: str, written: str) -> None:
    certain = find(written, language, ["Maria Kowalczyk"]).certain
    passage = "".join(written[item.start : item.end] for item in certain).lower()
    assert "czyk" in passage or "c z y k" in passage or "c.z.y.k" in passage or "cyk" in passage
    assert all(item.strength is Strength.CERTAIN for item in certain)


@pytest.mark.parametrize("written", ["Müller", "Mueller", "MUELLER", "Muller", "Müllers", "müller"])
def test_umlauts_may_be_written_in_any_way(written: str) -> None:
    found = find(f"Heute rief {written} wieder an.", "de", ["Jens Müller"])
    assert any(item.reason == "known_name" for item in found)


def test_known_numbers_are_found_whatever_stands_between_their_figures() -> None:
    found = find("Sie sagte 0170/12 34-567 und ging.", "de", ["0170 1234567"])
    assert found.certain


def test_a_known_name_in_another_word_is_none() -> None:
    found = find("Der Kindergarten ist im Garten an der Wand, Analyse folgt.", "de", ["Ana Gar"])
    assert not [item for item in found if item.reason == "known_name"]


def test_initials_of_a_known_name_are_certain_beside_a_place() -> None:
    alone = find("M.K. war heute da.", "de", ["Maria Kowalczyk"])
    assert [item.reason for item in alone] == ["initials"]
    beside = find("M.K. war heute da. Sie kommt aus Hückelhoven.", "de", ["Maria Kowalczyk"])
    assert "initials" in [item.reason for item in beside.certain]


def test_a_familiar_name_is_not_marked_but_a_longer_one_is() -> None:
    text = "Die Beratungsstelle Brückenhaus in Heinsberg rief an."
    assert not find(text, "de", familiar=["Heinsberg", "Beratungsstelle Brückenhaus"]).items
    person = find("Heute war Peter Heinsberg da.", "de", familiar=["Heinsberg"])
    assert any("Heinsberg" in "Heute war Peter Heinsberg da."[item.start : item.end] for item in person)


def test_a_known_name_is_found_although_it_is_familiar_too() -> None:
    assert find("Dann kam Kowalczyk.", "de", ["Kowalczyk"], familiar=["Kowalczyk"]).certain
