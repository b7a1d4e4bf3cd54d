"""What is said around a name makes it one: naming verbs, columns of nicknames, lines of those present, greetings."""

from __future__ import annotations

import pytest

from mtd.deidentification import LANGUAGES, find
from mtd.deidentification.naming import _naming


def marked(text: str, language: str) -> list[str]:
    return [text[one.start : one.end] for one in find(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "there is another lad they just call ghost and he is always there", "ghost"),
        ("en", "Everybody calls him Tiny, and he sleeps there.", "Tiny"),
        ("de", "er wohnt bei so einem den alle nur pille nennen und trinkt dort", "pille"),
        ("fr", "il traîne avec un autre que tout le monde appelle la puce du quartier", "puce"),
        ("nl", "hij heeft schulden bij een gast die ze lange tinus noemen en is bang", "lange tinus"),
        ("es", "el padre no vive con ellos y le dicen el pollo en el barrio", "pollo"),
        ("it", "Sta con lei, la chiamano Strega tutti.", "Strega"),
        ("pt", "compra tudo a um homem a quem chamam Cabeça na estação", "Cabeça"),
        ("fi", "hän asuu miehen luona, lempinimi: karhu, ja juo siellä", "karhu"),
        ("el", "Μένει με έναν φίλο, τον φωνάζουν Πέρι στη γειτονιά.", "Πέρι"),
        ("sl", "stric pepi mu pravijo je odprl že zjutraj pijan", "pepi"),
        ("sk", "dedko ujo fero ho volajú otvoril už ráno opitý", "fero"),
        ("cs", "děda strejda fanda mu říkají otevřel už ráno opilý", "fanda"),
    ],
)
def test_who_is_called_something_is_marked_be_it_a_usual_word(language: str, text: str, name: str) -> None:
    assert any(name in one for one in marked(text, language)), marked(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "They called the police. We call her tomorrow. She is known as the carer. They just call back.",
        ),
        ("de", "Die Maßnahme wird Hilfeplan genannt. So genannte Systemsprenger nennen wir anders."),
        ("fr", "On l'appelle demain. On appelle la police."),
        ("es", "Le llaman mañana. Le dicen que no. Se conoce como síndrome de abstinencia."),
        ("it", "Ha detto che viene domani. Chiamano la polizia."),
        ("sl", "Pravijo, da pride. Tako imenovani proces je končan."),
        ("sk", "Hovoria mu, že príde. Rodičia ho volajú domov."),
        ("nl", "Dat noemen ze verslaving."),
    ],
)
def test_verbs_of_saying_alone_name_nobody(language: str, text: str) -> None:
    assert marked(text, language) == []


def test_a_column_of_nicknames_holds_names() -> None:
    text = "Child | DOB | Goes by\nCrystal Young | 04/01/1979 | Cricket\nTom Hale | 03/01/1979 | Bean"
    found = marked(text, "en")
    assert "Cricket" in found
    assert "Bean" in found
    assert marked("Name | Dose | Time\nWater | 10 mg | 8.00\nHoney | 5 mg | 9.00", "en") == []


def test_those_present_and_absent_are_marked_and_what_they_are_is_not() -> None:
    text = "Anwesend: Mutter, Lehrerin, Sommer, Schulsozialarbeit\nEntschuldigt: Lange, Ebeling-Petersen"
    assert marked(text, "de") == ["Sommer", "Lange", "Ebeling-Petersen"]
    assert marked("Anwesend: niemand. Entschuldigt: alle Fachkräfte der Einrichtung.", "de") == []


def test_a_nickname_behind_a_greeting_is_marked() -> None:
    assert marked("ciao vale scusa il ritardo ma sono stata in reparto", "it")[:1] == ["vale"]
    assert marked("Hi all, hope you are well. Hello everyone.", "en") == []
    assert marked("Hola buenas tardes. Hola equipo.", "es") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_words_that_name(language: str) -> None:
    naming = _naming(language)
    assert len(naming.called) > 4
    assert naming.columns
    assert naming.people
    assert naming.births
    assert naming.present
    assert naming.greetings


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("fi", "Viikonloppuna Tuuli ja Into olivat mummolassa.", "Into"),
        ("fi", "Eilen soitettiin kotiin. Toivon äiti vastasi puhelimeen.", "Toivon"),
        ("el", "Θεοδωρόπουλος Περικλής (ο «Πέρι») χρωστάει λεφτά.", "Πέρι"),
    ],
)
def test_who_is_told_beside_a_person_or_a_relative_is_marked(language: str, text: str, name: str) -> None:
    assert any(name in one for one in marked(text, language)), marked(text, language)


def test_a_word_with_a_capital_behind_an_article_may_be_a_nickname() -> None:
    assert "Rata" in " ".join(marked("La niña tiene miedo y dice que venga el Rata, que la defienda.", "es"))
    assert marked("Habló con el Ministerio y con el Juzgado, y después con el Ayuntamiento.", "es") == []
    assert marked("Falou com o Tribunal e com o Ministério, e depois com o Hospital.", "pt") == []
