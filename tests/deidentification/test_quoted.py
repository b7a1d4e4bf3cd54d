"""Usual words of another language inside a text are nobody; the names among them stay."""

from __future__ import annotations

import pytest

from mtd.deidentification import find
from mtd.deidentification.quoted import spans
from mtd.deidentification.text import read


def shielded(text: str, language: str) -> str:
    return " ".join(text[start:end] for start, end in spans(read(text, language)))


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        (
            "fi",
            "Rasmus puhui ruotsia: ”Jag orkar inte mera när mamma dricker”.",
            "Jag orkar inte mera när mamma dricker",
        ),
        ("it", "Dice: «Die Leute reden im Dorf, meine Mutter auch».", "Die Leute reden im Dorf Mutter auch"),
        ("nl", 'Moeder zei: "to dobry chłopak, tylko się pogubił".', "dobry chłopak tylko się pogubił"),
    ],
)
def test_usual_words_of_a_neighbour_are_shielded(language: str, text: str, words: str) -> None:
    found = shielded(text, language)
    assert all(word in found for word in words.split() if len(word) > 4)


def test_names_among_them_are_marked() -> None:
    text = "Rasmus sanoi: ”jag tar Nelli med mig till farmor”."
    assert "Nelli" not in shielded(text, "fi")
    assert "Nelli" in [text[item.start : item.end] for item in find(text, "fi")]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("it", "Il signor Vater e Anna Bruder sono arrivati."),
        ("fi", "Matti Man tuli kotiin."),
        ("de", "Herr And und Frau Just waren da."),
    ],
)
def test_single_words_of_a_neighbour_are_left_alone(language: str, text: str) -> None:
    assert shielded(text, language) == ""
