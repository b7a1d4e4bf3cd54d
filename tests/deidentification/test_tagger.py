"""Persons, places and organisations in running text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtd.deidentification import LANGUAGES, Kind, lists, tagger
from mtd.deidentification.text import Mark, read


def found(text: str, language: str) -> dict[str, Mark]:
    return {text[mark.start : mark.end]: mark for mark in tagger.marks(read(text, language))}


def persons(text: str, language: str) -> set[str]:
    return {name for name, mark in found(text, language).items() if mark.kind is Kind.PERSON}


def bare(text: str) -> str:
    """The text without its accents."""
    spread = unicodedata.normalize("NFD", text)
    return "".join(sign for sign in spread if not unicodedata.combining(sign))


NAMED = {
    "en": ("Yesterday Mrs Adeyemi rang because Tyler had not come home.", ["Adeyemi", "Tyler"]),
    "de": ("Gestern rief Frau Kowalczyk an, weil Jannik nicht nach Hause kam.", ["Kowalczyk", "Jannik"]),
    "fr": ("Hier, Mme Lefèvre a appelé parce que Mathéo n'était pas rentré.", ["Lefèvre", "Mathéo"]),
    "nl": ("Gisteren belde mevrouw Hoekstra omdat Daan niet thuis was gekomen.", ["Hoekstra", "Daan"]),
    "es": ("Ayer llamó la señora Benítez porque Iker no había vuelto a casa.", ["Benítez", "Iker"]),
    "it": ("Ieri ha chiamato la signora Esposito perché Mattia non era tornato.", ["Esposito", "Mattia"]),
    "pt": ("Ontem a senhora Carvalho ligou porque o Tomás não voltou para casa.", ["Carvalho", "Tomás"]),
    "fi": ("Eilen rouva Heikkinen soitti, koska Onni ei ollut tullut kotiin.", ["Heikkinen", "Onni"]),
    "el": ("Χθες τηλεφώνησε η κυρία Παπαδοπούλου επειδή ο Γιώργος δεν γύρισε.", ["Παπαδοπούλου", "Γιώργος"]),
    "sl": ("Včeraj je klicala gospa Zupančič, ker Luka ni prišel domov.", ["Zupančič", "Luka"]),
    "sk": ("Včera volala pani Horváthová, lebo Matúš neprišiel domov.", ["Horváthová", "Matúš"]),
    "cs": ("Včera volala paní Svobodová, protože Tomáš nepřišel domů.", ["Svobodová", "Tomáš"]),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_surname_after_a_title_and_a_first_name_are_found(language: str) -> None:
    text, names = NAMED[language]
    marked = persons(text, language)
    for name in names:
        assert any(name in passage for passage in marked), (name, marked)


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_found_where_everything_is_written_small(language: str) -> None:
    text, names = NAMED[language]
    marked = " ".join(persons(text.lower(), language))
    assert any(name.lower() in marked for name in names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_found_where_everything_is_written_without_accents(language: str) -> None:
    text, names = NAMED[language]
    marked = persons(bare(text), language)
    for name in names:
        assert any(bare(name) in passage for passage in marked), (name, marked)


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("de", "Gestern rief Frau Mueller wegen Joerg an.", "Mueller"),
        ("de", "Gestern rief Frau Wuensch wegen Joerg an.", "Joerg"),
        ("cs", "Marketa rika, ze k nim neprijde.", "Marketa"),
        ("sk", "Zofia hovori, ze uz nepride.", "Zofia"),
        ("sl", "Ziga pravi, da ne pride.", "Ziga"),
        ("fr", "Hier Mme Lefevre a appele.", "Lefevre"),
        ("pt", "Ontem o Joao nao veio.", "Joao"),
        ("es", "Ayer la senora Ibanez no vino.", "Ibanez"),
        ("el", "Χθες ο Γιωργος δεν ηρθε.", "Γιωργος"),
    ],
)
def test_a_name_typed_in_a_hurry_is_found(language: str, text: str, name: str) -> None:
    assert any(name in passage for passage in persons(text, language))


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("de", "Wir sprachen über Kowalczyks Sohn.", "Kowalczyks"),
        ("de", "Das ist Jannikas Bruder.", "Jannikas"),
        ("fi", "Puhuimme eilen Heikkiselle tilanteesta.", "Heikkiselle"),
        ("fi", "Tapasimme Eeliksen koulussa.", "Eeliksen"),
        ("cs", "Mluvili jsme s paní Svobodovou.", "Svobodovou"),
        ("cs", "Dali jsme to Tomášovi.", "Tomášovi"),
        ("sk", "Hovorili sme s pani Horváthovou.", "Horváthovou"),
        ("sl", "Govorili smo z gospo Zupančičevo.", "Zupančičevo"),
        ("el", "Μιλήσαμε για τον γιο της κυρίας Παπαδοπούλου.", "Παπαδοπούλου"),
    ],
)
def test_an_inflected_name_is_found(language: str, text: str, name: str) -> None:
    assert any(name in passage for passage in found(text, language))


CLEAN = [
    (
        "de",
        "Die Beratungsstelle lädt das Jugendamt zur Helferkonferenz ein. Der Hilfeplan wird überprüft.",
    ),
    ("de", "Die Suchtberatung klärt die Substitution, die Familienhilfe stärkt den Alltag der Kinder."),
    ("en", "The worker and the mother agreed on a safety plan. The school will be told what it needs."),
    ("fr", "La mère accepte l'aide éducative. Le service prendra contact avec l'école maternelle."),
    ("nl", "De moeder wil hulp, maar is bang. De gezinsvoogd bespreekt het plan met de huisarts."),
    ("es", "La madre acepta la ayuda. El equipo revisará el plan con los servicios sociales."),
    ("it", "La madre accetta l'aiuto. Il servizio rivede il progetto con la scuola."),
    ("pt", "A mãe aceita a ajuda. A equipa vai rever o plano com os serviços sociais."),
    ("fi", "Äiti ottaa apua vastaan. Lastensuojelu ja päihdepalvelut sopivat tapaamisesta."),
    ("el", "Η μητέρα δέχεται βοήθεια. Η ομάδα θα ξαναδεί το σχέδιο με το σχολείο."),
    ("sl", "Mati sprejema pomoč. Center bo načrt pregledal skupaj s šolo."),
    ("sk", "Matka prijíma pomoc. Poradňa preverí plán spolu so školou."),
    ("cs", "Matka přijímá pomoc. Poradna plán probere společně se školou."),
]


@pytest.mark.parametrize(("language", "text"), CLEAN)
def test_professional_text_without_names_stays_without_marks(language: str, text: str) -> None:
    assert not found(text, language)


@pytest.mark.parametrize(("language", "text"), CLEAN)
def test_professional_text_without_accents_stays_without_marks(language: str, text: str) -> None:
    assert not found(bare(text), language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Anlage II enthält die Liste. Offen bleibt Art. 82."),
        ("nl", "Bijlage III vervalt, Art. 12 ook."),
        ("sk", "Príloha IV uvádza postup."),
        ("fi", "Liitteessä VI on luettelo."),
    ],
)
def test_a_roman_figure_and_an_article_of_a_law_are_no_names(language: str, text: str) -> None:
    assert not found(text, language)


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "Mr P rang about school.", "P"),
        ("de", "er kam nicht. frau k. liegt seit sonntag dort.", "k"),
        ("de", "Niemand kam. Frau Sommer blieb.", "Sommer"),
        ("it", "Ieri no. La sig.ra Rosa chiama.", "Rosa"),
    ],
)
def test_a_letter_or_a_word_behind_a_form_of_address_is_a_name_wherever_it_stands(
    language: str, text: str, name: str
) -> None:
    assert any(name in passage for passage in persons(text, language))


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("nl", "Vandaag belde Truus Bakker, ze slaapt bij Ria.", "Truus Bakker"),
        ("en", "Later Noah Hope rang.", "Noah Hope"),
        ("sl", "Klicala je Spela Zupan.", "Spela Zupan"),
        ("cs", "Volala Lucka Hajná.", "Lucka Hajná"),
        ("fr", "Hier Léa Boulanger est venue.", "Léa Boulanger"),
        ("de", "Gestern rief Lena Schneider an.", "Lena Schneider"),
    ],
)
def test_a_surname_that_is_a_usual_word_goes_with_the_first_name(language: str, text: str, name: str) -> None:
    assert name in persons(text, language)


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("de", "Danach hat Jonas Fieber bekommen.", "Jonas"),
        ("en", "We met Jayden Monday.", "Jayden"),
    ],
)
def test_a_usual_word_behind_a_first_name_is_no_surname(language: str, text: str, name: str) -> None:
    assert name in persons(text, language)


def test_places_say_whether_they_are_small() -> None:
    marked = found("Die Familie zog von Köln nach Wassenberg.", "de")
    assert marked["Köln"].reason == "place"
    assert marked["Wassenberg"].reason == "small_place"


def test_a_school_is_an_organisation_and_called_a_school() -> None:
    marked = found("Das Mädchen besucht die Janusz-Korczak-Schule.", "de")
    (mark,) = marked.values()
    assert (mark.kind, mark.reason) == (Kind.ORGANISATION, "school")


def test_what_was_found_once_is_found_everywhere() -> None:
    text = "Herr Brzezinski kam allein. Später sagte brzezinski, er trinke nicht mehr. Brzezinskis Tochter lachte."
    marked = [text[mark.start : mark.end].lower() for mark in tagger.marks(read(text, "de"))]
    assert sum("brzezinski" in passage for passage in marked) == 3


def test_a_title_with_a_rare_surname_is_certain_and_a_first_name_alone_is_not() -> None:
    marked = found("Heute war Frau Kowalczyk da. Auch Jannik kam mit.", "de")
    assert marked["Kowalczyk"].certain
    assert not marked["Jannik"].certain


def test_inhabitants_are_known_for_places_and_unknown_for_other_words() -> None:
    assert 35_000 < (lists.population("Hückelhoven") or 0) < 50_000
    assert lists.population("Hueckelhoven") == lists.population("Hückelhoven")
    assert lists.population("Hilfeplan") is None


def test_a_place_of_a_country_goes_before_a_larger_one_elsewhere() -> None:
    assert (lists.population("Valencia", "ES") or 0) > 500_000
    assert (lists.population("Toledo", "ES") or 0) < 130_000 < (lists.population("Toledo") or 0)


def test_a_list_gives_back_what_was_packed() -> None:
    entries = [
        (lists.key(word), value) for value, word in enumerate(["anna", "jan", "köln", "αννα"], start=1)
    ]
    table = lists.unpack(lists.pack(entries))
    assert [table.get(word) for word in ["anna", "jan", "köln", "αννα", "eva"]] == [1, 2, 3, 4, 0]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_marks_lie_in_the_text_in_order_and_apart(text: str, language: str) -> None:
    last = 0
    for mark in tagger.marks(read(text, language)):
        assert last <= mark.start < mark.end <= len(text)
        last = mark.end


@pytest.mark.parametrize(
    ("language", "text"), [("en", "Plainer."), ("en", "Better."), ("en", "Shorter."), ("es", "Gracias.")]
)
def test_the_capital_of_a_word_alone_makes_no_name(language: str, text: str) -> None:
    assert persons(text, language) == set()


@pytest.mark.parametrize(
    ("language", "text"), [("en", "Kowalczyk."), ("en", "Grace."), ("de", "Müller"), ("es", "Rosa")]
)
def test_a_name_alone_is_found(language: str, text: str) -> None:
    assert persons(text, language) == {text.strip(".")}


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("nl", "Gisteren belde mevrouw de Boer over haar zoon.", "Boer"),
        ("de", "Frau von Sommer rief an.", "Sommer"),
        ("fr", "Mme de la Fontaine a appelé.", "Fontaine"),
    ],
)
def test_a_usual_word_behind_a_form_of_address_and_a_particle_is_a_surname(
    language: str, text: str, name: str
) -> None:
    assert any(name in found for found in persons(text, language))
