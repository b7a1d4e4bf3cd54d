"""Names of illnesses, tests, methods, laws and medicines are nobody's; the same names of people stay names."""

from __future__ import annotations

import tomllib

import pytest

from mtd.deidentification import Kind, find
from mtd.deidentification.eponyms import FOLDER, spans
from mtd.deidentification.lists import fold
from mtd.deidentification.text import read


def shielded(text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in spans(read(text, language))]


def marked(text: str, language: str) -> list[str]:
    return [text[item.start : item.end] for item in find(text, language)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Score withdrawal, think of Wernicke's encephalopathy and Korsakoff syndrome."),
        ("en", "Clare's Law gives a right to ask, the Hague Convention too."),
        ("de", "Gesprächsführung nach Miller und Rollnick, Bindungstheorie nach Bowlby und Ainsworth."),
        ("de", "Bei Morbus Crohn, Morbus Basedow oder Parkinson Rücksprache halten."),
        ("fr", "Le syndrome de Korsakoff, la loi Évin et le test de Fagerström."),
        ("nl", "Het model van Prochaska en DiClemente, het syndroom van Asperger."),
        ("es", "Inventario de Beck, escala de Hamilton, Convenio de Estambul."),
        ("it", "La legge Basaglia, il test di Raven e la sindrome di Münchhausen."),
        ("pt", "Escala de Hamilton, síndrome de Tourette e Convenção de Haia."),
        ("fi", "Wernicken enkefalopatia, Touretten oireyhtymä ja Beckin asteikko."),
        ("el", "Το σύνδρομο Άσπεργκερ, το μοντέλο των Προχάσκα και Ντικλεμέντε, η Σύμβαση της Χάγης."),
        ("sl", "Wernickejevo encefalopatijo, Beckovi lestvici in Istanbulska konvencija."),
        ("sk", "Tourettov syndróm, Connersovu škálu a Haagsky dohovor."),
        ("cs", "Downův syndrom, Fagerströmův test a Haagská úmluva, terapie podle Minuchina."),
        ("cs", "bere elvanse a rivotril, na buprenorfinu je od jara."),
        ("fi", "Buprenorfiinin ja naloksonin yhdistelmä, Diapamin ja Elvansen käyttö."),
    ],
)
def test_what_is_called_after_somebody_names_nobody(language: str, text: str) -> None:
    assert marked(text, language) == []


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("de", "Herr Wernicke ist nicht gekommen.", "Wernicke"),
        ("de", "Wir besuchten Familie Asperger.", "Asperger"),
        ("en", "Anna Bowlby rang twice.", "Bowlby"),
        ("en", "Mr Down has Down syndrome.", "Down"),
        ("de", "Fehlend: Tourette, Jonas und sein Bruder.", "Tourette"),
        ("de", "Frau Beck füllt das Beck-Inventar aus.", "Beck"),
        ("it", "Ieri Anna Moreno ha fatto il test.", "Moreno"),
        ("fr", "Mme Lyrica est venue.", "Lyrica"),
        ("sl", "Gospa Pust je prišla.", "Pust"),
        ("en", "Mrs Hague was late.", "Hague"),
    ],
)
def test_whoever_stands_with_a_title_or_first_name_is_a_person(language: str, text: str, name: str) -> None:
    assert not [span for span in shielded(text, language) if name in span]
    assert any(name in mark for mark in marked(text, language))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Miller und Beck zanken auf dem Flur."),
        ("en", "Beck's urine test was positive."),
        ("en", "We read Clare's report."),
        ("fr", "On a revu Meunier hier."),
        ("fi", "Fagerström soitti illalla."),
        ("it", "Il test di Marco."),
        ("cs", "Lucie a Mikuláš spí."),
        ("pt", "Moram perto do Távora."),
        ("en", "Miller's wheelchair and Moreno's relapse."),
        ("en", "Sarah acts out and Martha rules the house."),
        ("it", "Lei Sarah, la ricaduta di Moreno e la carta di Roma."),
        ("de", "Millers Haltung und Nathans Bedürfnisse."),
        ("fr", "Le rapport Meunier sur les enfants."),
        ("en", "Beck's score was high."),
        ("es", "Nombre: Pascual, hijo de Noelia."),
    ],
)
def test_names_that_families_have_need_a_word_for_what_they_stand_for(language: str, text: str) -> None:
    assert shielded(text, language) == []


def test_a_known_name_is_marked_whatever_it_stands_beside() -> None:
    found = find("Das Korsakow-Syndrom.", "de", known=["Korsakow"])
    assert [item.kind for item in found] == [Kind.PERSON]


@pytest.mark.parametrize("path", ["eponyms", "medicines"])
def test_all_entries_are_folded(path: str) -> None:
    data = tomllib.loads((FOLDER / f"{path}.toml").read_text(encoding="utf-8"))
    for name, entries in data.items():
        for entry in (entries if isinstance(entries, str) else " ".join(entries.values())).split():
            if name not in ("capitals", "authors", "between"):
                assert entry.partition(":")[0] == fold(entry.partition(":")[0]), entry
