"""A person who is named once by title or first name is found wherever she comes again, and with her whole name."""

from __future__ import annotations

import pytest

from mtd.deidentification import find


def marked(text: str, language: str) -> list[str]:
    return [text[one.start : one.end] for one in find(text, language)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Herr Sommer kam zum Gespräch. Wir redeten lange. Sommer setzt das Medikament ab."),
        ("fi", "Perheen äiti on Hanna Koski. Tapaaminen oli rauhallinen. Koskelle lähetettiin kutsu."),
        ("cs", "Pan Zbyněk Zajíc pracuje v dílně. Přišel pozdě. Zajíce v práci napomenuli."),
        ("nl", "De heer Winter belde. Het ging beter. Winter komt morgen terug."),
        ("fr", "Mme P. est venue hier. Elle va mieux. P. veut partir."),
    ],
)
def test_a_name_that_is_a_word_is_carried_to_the_beginning_of_a_sentence(language: str, text: str) -> None:
    last = text.index(". ", text.index(". ", 12) + 2) + 2  # the third sentence begins with it
    assert any(one.start == last for one in find(text, language)), marked(text, language)


def test_the_word_itself_stays_unmarked() -> None:
    text = "Herr Sommer kam zum Gespräch. Im Sommer fahren sie weg, und Ende Sommer 2024 kommt das Kind."
    assert [one for one in marked(text, "de") if "Sommer" in one] == ["Herr Sommer"]
    text = "Mrs Grace came in. It was a good talk. With some grace she let it go."
    assert "grace" not in marked(text, "en")


def test_nothing_is_carried_from_a_letter_that_tells_children_apart() -> None:
    text = "Frau B. kam. Kind B wohnt beim Vater, und Hepatitis B wurde ausgeschlossen."
    assert marked(text, "de") == ["Frau B."]


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("cs", "Včera přišel Petr Učitel pozdě.", "Petr Učitel"),
        ("sk", "Včera prišiel Peter Učiteľ neskoro.", "Peter Učiteľ"),
        ("sl", "Včeraj je prišel Marko Zidar pozno.", "Marko Zidar"),
        ("el", "Χθες ήρθε η Ρούλα Ψαρά αργά.", "Ρούλα Ψαρά"),
    ],
)
def test_a_surname_that_is_a_trade_is_no_title(language: str, text: str, name: str) -> None:
    assert name in marked(text, language)


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("de", "Dann kam Hr. von der Heyde zum Gespräch.", "Hr. von der Heyde"),
        ("fr", "Hier M. de La Rochère est venu.", "M. de La Rochère"),
        ("nl", "Vandaag belde mevrouw Lieve D'hondt.", "mevrouw Lieve D'hondt"),
        ("nl", "Ik was bij de familie van der Meulen thuis.", "familie van der Meulen"),
        ("es", "Ayer llegó Inmaculada Del Río tarde.", "Inmaculada Del Río"),
    ],
)
def test_the_particles_of_a_name_are_marked_with_it(language: str, text: str, name: str) -> None:
    assert name in marked(text, language)


def test_a_preposition_before_a_name_is_no_particle() -> None:
    assert marked("Es la hermana de Carmen y vive con ella.", "es") == ["Carmen"]
    assert marked("Sie kommt von der Anna und bleibt bei ihr.", "de") == ["Anna"]


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "as mr love explained it to the class last week", "mr love"),
        ("de", "asd frau kaltofen informiert, die ist ab morgen krank", "frau kaltofen"),
        ("nl", "namens de vader heeft mr. appel verweer gevoerd", "mr. appel"),
        ("nl", "toen mama niet wakker werd heeft roos opa zomer gebeld", "opa zomer"),
        ("en", "quick one about the okafor twins, they came in alone", "okafor"),
    ],
)
def test_a_form_of_address_and_the_lists_vouch_in_small_letters(language: str, text: str, name: str) -> None:
    assert name in marked(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "i miss school so much and my mum works nights, mum pays rent"),
        ("de", "die frau arbeitet nicht, seine frau kommt morgen, frau hat angerufen"),
        ("es", "la señora vive lejos y el señor tiene miedo"),
        ("fr", "madame arrive demain et monsieur est parti"),
        ("cs", "pan doktor řekl že pan přijde a paní chce domů"),
    ],
)
def test_a_form_of_address_without_a_name_marks_nothing(language: str, text: str) -> None:
    assert marked(text, language) == []
