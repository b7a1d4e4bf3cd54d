"""What singles a family out is marked in all twelve languages, and ordinary talk about a case is not."""

from __future__ import annotations

import pytest

from mtd.deidentification.findings import LANGUAGES
from mtd.deidentification.rare import marks
from mtd.deidentification.text import read

SINGLED_OUT = [
    ("de", "Es geht um die Frau des Bürgermeisters, sie trinkt.", "Frau des Bürgermeisters", "office"),
    ("de", "Die Pfarrerstochter nimmt Tabletten.", "Pfarrerstochter", "rare"),
    ("de", "Sie ist die einzige Tierärztin im Dorf.", "einzige Tierärztin", "unique"),
    ("de", "Seit dem Unfall auf der A46 ist alles anders.", "Unfall auf der A46", "public_event"),
    ("de", "Die Mutter lebt mit acht Kindern in zwei Zimmern.", "acht Kindern", "many_children"),
    ("de", "Die Drillinge schlafen schlecht.", "Drillinge", "many_children"),
    ("en", "She is the mayor's wife and drinks.", "mayor's wife", "office"),
    ("en", "He is the only dentist on the island.", "only dentist", "unique"),
    ("en", "Since the crash on the M25 he takes oxycodone.", "crash on the M25", "public_event"),
    ("en", "The family was in the newspaper last week.", "newspaper", "public_event"),
    ("en", "They are the only family from there in the village.", "only family", "unique"),
    ("fr", "C'est la femme du maire.", "femme du maire", "office"),
    ("fr", "Son père est le seul médecin de la vallée.", "seul médecin", "unique"),
    ("fr", "Depuis l'accident de la N4 il boit.", "accident de la N4", "public_event"),
    ("nl", "Het gaat om de vrouw van de burgemeester.", "vrouw van de burgemeester", "office"),
    ("nl", "Hij is de enige huisarts van het eiland.", "enige huisarts", "unique"),
    ("nl", "Sinds het ongeluk op de A58 slikt zij pillen.", "ongeluk op de A58", "public_event"),
    ("es", "Se trata de la mujer del alcalde.", "mujer del alcalde", "office"),
    ("es", "Es el único médico de la isla.", "único médico", "unique"),
    ("es", "Desde el accidente de la A-3 no duerme.", "accidente de la A-3", "public_event"),
    ("it", "Si tratta della moglie del sindaco.", "moglie del sindaco", "office"),
    ("it", "È l'unico farmacista dell'isola.", "unico farmacista", "unique"),
    ("it", "Dopo lo schianto sulla A4 prende farmaci.", "schianto sulla A4", "public_event"),
    ("pt", "Trata-se da mulher do presidente da junta.", "mulher do presidente", "office"),
    ("pt", "É a única médica da ilha.", "única médica", "unique"),
    ("pt", "Desde o acidente na A25 não dorme.", "acidente na A25", "public_event"),
    ("fi", "Äiti on kunnan ainoa eläinlääkäri.", "ainoa eläinlääkäri", "unique"),
    ("fi", "Kolmoset nukkuvat huonosti.", "Kolmoset", "many_children"),
    ("el", "Είναι η γυναίκα του δημάρχου.", "γυναίκα του δημάρχου", "office"),
    ("el", "Είναι η μοναδική γιατρός στο νησί.", "μοναδική γιατρός", "unique"),
    ("sl", "To je žena župana.", "žena župana", "office"),
    ("sl", "Mama živi z osmimi otroki v dveh sobah, trojčki so mali.", "trojčki", "many_children"),
    ("sk", "Je to manželka starostu.", "manželka starostu", "office"),
    ("sk", "Trojčatá zle spia.", "Trojčatá", "many_children"),
    ("cs", "Je to manželka starosty.", "manželka starosty", "office"),
    ("cs", "Je to jediná lékařka v obci.", "jediná lékařka", "unique"),
    ("fr", "C'est la seule famille nigériane du village.", "famille nigériane du village", "unique"),
    ("es", "Es la única familia nigeriana del pueblo.", "única familia nigeriana del pueblo", "unique"),
    ("fi", "Se on kylän ainoa nigerialainen perhe.", "kylän ainoa nigerialainen perhe", "unique"),
    ("sl", "To je županova žena.", "županova žena", "office"),
    ("sk", "Je to starostova manželka.", "starostova manželka", "office"),
    ("cs", "Je to farářova dcera.", "farářova dcera", "office"),
    ("de", "Er war in der Tagesschau.", "Tagesschau", "public_event"),
    ("en", "She was on the news.", "news", "public_event"),
]

ORDINARY = [
    ("de", "Gespräch mit Mutter, Schulleiterin und ASD. Vierzehn Kinder besuchen die Gruppe."),
    ("de", "Der Vater sitzt den ganzen Tag vor dem Fernseher. Das erste Kind lebt beim Vater."),
    ("de", "Er schaut die Tagesschau. Was in den Nachrichten kommt, macht ihm Angst."),
    ("en", "She watches the news. The news was bad."),
    ("pt", "A Ana tem uma secretaria em casa."),
    ("fr", "Le triple de la dose."),
    ("en", "Only the teacher knows. The father watches television all day."),
    ("en", "Fourteen children joined the group. The first child lives with the father."),
    ("fr", "La mère vit seule avec le petit. La directrice de l'école est informée."),
    ("nl", "Veertien kinderen doen mee aan de groep. De vader kijkt televisie."),
    ("es", "La madre está sola con el niño. Catorce niños en el grupo."),
    ("it", "Da sola parla con franchezza. Quattordici bambini nel gruppo."),
    ("pt", "A mãe está só com o filho. Catorze crianças no grupo."),
    ("fi", "Äiti on yksin lapsen kanssa. Neljätoista lasta osallistuu ryhmään."),
    ("el", "Η μητέρα ζει με το παιδί. Ο πατέρας βλέπει τηλεόραση."),
    ("sl", "Mati živi z otrokom. Oče gleda televizijo."),
    ("sk", "Matka žije s dieťaťom. Otec pozerá televíziu."),
    ("cs", "Matka žije s dítětem. Otec kouká na televizi."),
]


@pytest.mark.parametrize(("language", "text", "passage", "reason"), SINGLED_OUT)
def test_what_singles_somebody_out_is_marked(language: str, text: str, passage: str, reason: str) -> None:
    start = text.index(passage)
    end = start + len(passage)
    found = [mark for mark in marks(read(text, language)) if mark.start < end and start < mark.end]
    assert found, text
    assert reason in {mark.reason for mark in found}
    assert any(mark.start <= start and mark.end >= end for mark in found)


@pytest.mark.parametrize(("language", "text"), ORDINARY)
def test_ordinary_talk_about_a_case_is_left_alone(language: str, text: str) -> None:
    assert [text[mark.start : mark.end] for mark in marks(read(text, language))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_rare_asks_for_a_look_and_is_never_certain(language: str) -> None:
    for _, text, _, _ in (row for row in SINGLED_OUT if row[0] == language):
        assert not any(mark.certain for mark in marks(read(text, language)))


def test_a_language_without_words_yields_nothing() -> None:
    assert list(marks(read("The mayor's wife", "xx"))) == []


def test_offsets_are_those_of_the_text_as_it_was_given() -> None:
    text = "Es ist die F\u200brau des Bürger\u00admeisters."
    found = list(marks(read(text, "de")))
    assert [text[mark.start : mark.end] for mark in found] == ["F\u200brau des Bürger\u00admeisters"]
