"""Names that everybody uses are shielded, and names of families, places and single organisations are not."""

from __future__ import annotations

import pytest

from mtd.deidentification import Kind, find
from mtd.deidentification.public import spans
from mtd.deidentification.text import read


def shielded(text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in spans(read(text, language))]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Die Agentur für Arbeit zahlt.", ["Agentur für Arbeit"]),
        ("en", "The Family Group Conference is on Monday.", ["Family Group Conference"]),
        ("en", "Drug and Alcohol Services replied.", ["Drug and Alcohol Services"]),
        ("fr", "Le tribunal de la jeunesse décide.", ["tribunal de la jeunesse"]),
        ("nl", "Veilig Thuis belde.", ["Veilig Thuis"]),
        ("es", "Llamó la Guardia Civil.", ["Guardia Civil"]),
        ("it", "Scrive il Tribunale per i Minorenni.", ["Tribunale per i Minorenni"]),
    ],
)
def test_a_common_name_is_shielded(language: str, text: str, expected: list[str]) -> None:
    assert shielded(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Das Bundesministerium für Gesundheit fördert es."),
        ("es", "Lo publica el Instituto Nacional de Estadística."),
        ("pt", "Segue a Direção-Geral da Educação."),
        ("el", "Το Εθνικό Κέντρο Κοινωνικής Αλληλεγγύης απαντά."),
        ("sl", "Okrajnemu sodišču in Zavodu za šolstvo."),
        ("cs", "Píšeme Okresnímu soudu a České školní inspekci."),
        ("fi", "Muutosta haetaan korkeimmalta hallinto-oikeudelta."),
        ("fr", "La cour d'appel et l'aide sociale à l'enfance décident."),
    ],
)
def test_bodies_of_the_state_name_nobody_in_any_case(language: str, text: str) -> None:
    assert [text[item.start : item.end] for item in find(text, language)] == []


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("de", "Sie arbeitet im Landesverband Sonnenhof Kassel.", "Kassel"),
        ("cs", "Zavolali jsme na Okresní soud v Kladně.", "Kladně"),
        ("es", "Vive junto al Instituto Nacional en Zamora.", "Zamora"),
        ("en", "The ministry wrote to Kowalczyk.", "Kowalczyk"),
    ],
)
def test_a_place_or_a_name_beside_a_body_of_the_state_is_marked(language: str, text: str, name: str) -> None:
    assert any(name in text[item.start : item.end] for item in find(text, language))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Hope Baker was there with Mark Driver."),
        ("en", "They go to Glenwood Primary."),
        ("de", "Frau Kampf war in der Kita Regenbogen."),
        ("fr", "Elle va à la Maison Blanche avec Rose Petit."),
        ("xx", "Agentur für Arbeit"),
    ],
)
def test_names_of_people_and_of_single_organisations_are_not_shielded(language: str, text: str) -> None:
    assert shielded(text, language) == []


def test_offsets_are_those_of_the_text_as_it_was_given() -> None:
    assert shielded("die Agen\u00adtur für Arbeit", "de") == ["Agen\u00adtur für Arbeit"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Zwei Kinder, 8 J. und 3 J., schlafen schlecht."),
        ("de", "Sie schreibt über WhatsApp und TikTok, Mail geht nicht."),
        ("fi", "Hän käyttää sovelluksia WhatsApp ja Snapchat."),
        ("de", "Das Kind kommt um halb acht in die Kita und wird um 16:00 abgeholt."),
        ("cs", "Podle zákona č. 359/1999 Sb. je to tak. Ve 14.30 volejte 112."),
        ("cs", "Po Velikonocích pokračujeme, po-pá 9-12."),
        ("sk", "Po Veľkej noci pokračujeme."),
        ("es", "Horario: lu-vi 9-12. Después de Semana Santa seguimos."),
        ("pt", "No Natal está fechado."),
        ("el", "Ώρες: Δευ-Παρ 9-12. Μετά το Πάσχα συνεχίζουμε."),
        ("pt", "Mora sozinha. Toma metadona."),
        ("sl", "Kuha doma. Sodišče odloča."),
        ("cs", "Bere léky. Vaří doma."),
        ("sk", "Berie lieky. Varí doma."),
    ],
)
def test_units_services_and_verbs_name_nobody(language: str, text: str) -> None:
    assert [text[item.start : item.end] for item in find(text, language)] == []


@pytest.mark.parametrize(
    ("language", "text"), [("de", "Ihr Sohn Nikolaus schläft."), ("sl", "Gospa Božič kliče.")]
)
def test_a_name_that_is_a_feast_as_well_stays_a_name(language: str, text: str) -> None:
    assert shielded(text, language) == []
    assert [item.kind for item in find(text, language)] == [Kind.PERSON]
