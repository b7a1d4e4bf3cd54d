"""General wordings: what is suggested instead of a name, a place, a day, and that it fits into its sentence."""

from __future__ import annotations

from datetime import date

import pytest

from mtd.deidentification import explain, find, fitting, generalise
from mtd.deidentification.findings import LANGUAGES, Kind
from mtd.deidentification.lexicon import lexicon
from mtd.deidentification.text import Mark, read

TODAY = date(2026, 11, 22)


def reworded(language: str, kind: Kind, marked: str, reason: str = "") -> str:
    """The sentence after the suggestion was taken; the passage stands between [ and ]. Unchanged: no suggestion."""
    start, end = marked.index("["), marked.index("]") - 1
    plain = marked.replace("[", "").replace("]", "")
    mark = Mark(start, end, kind, 1.0, True, reason)
    begin, wording = generalise.propose(mark, read(plain, language), today=TODAY)
    return plain[:begin] + wording + plain[end:] if wording else plain


def test_every_reason_says_in_a_short_sentence_why_it_may_identify() -> None:
    for sentence in explain.REASONS.values():
        assert sentence.endswith(".")
        assert 15 < len(sentence) < 120
    assert explain.explanation("never heard of")


@pytest.mark.parametrize(
    ("language", "marked", "expected"),
    [
        ("de", "Die Mutter [Ivana] rief an.", "Die Mutter rief an."),
        (
            "de",
            "Wir sprachen mit Frau [Kowalczyk] über ihr Kind.",
            "Wir sprachen mit der Mutter über ihr Kind.",
        ),
        ("de", "Frau [Kowalczyk] rief an, das Kind schläft.", "Die Mutter rief an, das Kind schläft."),
        (
            "de",
            "Das Kind war bei Dr. [Meier] in Behandlung.",
            "Das Kind war bei der Arztpraxis in Behandlung.",
        ),
        ("de", "Er geht zur Kinderärztin Dr. [Meier].", "Er geht zur Kinderärztin."),
        ("de", "Gespräch mit Herrn [Yilmaz] und dem Kind.", "Gespräch mit dem Vater und dem Kind."),
        ("en", "The child saw Dr [Okafor] on Friday.", "The child saw the doctor on Friday."),
        ("en", "Mrs [Brown] and her child came.", "The mother and her child came."),
        ("nl", "Ik sprak mevrouw [De Vries] over haar kind.", "Ik sprak de moeder over haar kind."),
        ("cs", "Mluvili jsme s matkou [Ivanou].", "Mluvili jsme s matkou."),
        ("cs", "Dětskou lékařkou MUDr. [Hrubou] doporučeno.", "Dětskou lékařkou doporučeno."),
        ("cs", "Dnes volala paní [Nováková] kvůli dítěti.", "Dnes volala matka kvůli dítěti."),
        ("sk", "Učiteľka [Mrvová] volala rodičom.", "Učiteľka volala rodičom."),
        ("sl", "Pogovor z očetom [Igorjem] je bil kratek.", "Pogovor z očetom je bil kratek."),
        ("fi", "Täti [Raija] soitti lapsesta.", "Täti soitti lapsesta."),
        ("el", "Μίλησα με τη μητέρα [Ελένη].", "Μίλησα με τη μητέρα."),
        ("el", "Συζήτηση με την κυρία [Παπαδοπούλου] για το παιδί.", "Συζήτηση με την μητέρα για το παιδί."),
        ("pt", "A D. [Fernanda] trouxe a criança.", "A mãe trouxe a criança."),
        ("pt", "Falámos com o dr. [Godinho] sobre a filha.", "Falámos com o profissional sobre a filha."),
        ("es", "Hablé con la señora [García] sobre su hijo.", "Hablé con la madre sobre su hijo."),
        ("it", "Ho parlato con la signora [Rossi] a lungo.", "Ho parlato con la madre a lungo."),
        (
            "de",
            "Der Sohn Matthias ist da. [Matthias] schläft.",
            "Der Sohn Matthias ist da. Der Sohn schläft.",
        ),
        ("es", "El hijo Mateo duerme. [Mateo] come bien.", "El hijo Mateo duerme. El hijo come bien."),
        ("fr", "Madame [Benali] vient avec son enfant.", "La mère vient avec son enfant."),
    ],
)
def test_a_name_gives_way_to_the_role_beside_it(language: str, marked: str, expected: str) -> None:
    assert reworded(language, Kind.PERSON, marked) == expected


@pytest.mark.parametrize(
    ("language", "marked"),
    [
        ("de", "[Matthias] schläft schlecht."),
        ("de", "Die Geschwister [Tom], Tim und Ben."),
        ("de", "Wir sprachen mit der Mutter Ivana. [Ivana] weinte."),
        ("cs", "Řekli jsme to paní [Novákové] včera, dítě spalo."),
        ("fi", "Rouva [Virtaselle] kerrottiin lapsesta."),
        ("sl", "Govorili smo o gospodu [Kosu] in otroku."),
    ],
)
def test_nothing_is_suggested_where_role_or_form_is_unsure(language: str, marked: str) -> None:
    assert reworded(language, Kind.PERSON, marked) == marked.replace("[", "").replace("]", "")


@pytest.mark.parametrize(
    ("language", "marked", "expected"),
    [
        ("de", "Kevin, geb. am [12.3.2017], ist still.", "Kevin, Kind im Grundschulalter, ist still."),
        ("de", "Kevin, [geb. 12.3.2017], ist still.", "Kevin, Kind im Grundschulalter, ist still."),
        ("en", "A boy, born on [12 March 2017], is quiet.", "A boy, school-age child, is quiet."),
        ("cs", "Chlapec nar. [12.3.2017] je tichý.", "Chlapec dítě mladšího školního věku je tichý."),
        ("fi", "Poika, s. [12.3.2017], on hiljainen.", "Poika, alakouluikäinen lapsi, on hiljainen."),
        ("el", "Το αγόρι, γεν. [12/3/2017], είναι ήσυχο.", "Το αγόρι, παιδί δημοτικού, είναι ήσυχο."),
        (
            "pt",
            "O rapaz, nasc. [12-03-2017], está calado.",
            "O rapaz, criança do primeiro ciclo, está calado.",
        ),
    ],
)
def test_a_date_of_birth_gives_way_to_an_age_group(language: str, marked: str, expected: str) -> None:
    assert reworded(language, Kind.BIRTH_DATE, marked) == expected


@pytest.mark.parametrize(
    ("language", "marked", "expected"),
    [
        ("de", "Er kam am [8.11.2026] wieder.", "Er kam vor 2 Wochen wieder."),
        ("de", "Am [3. April 2026] begann es.", "Im Frühjahr begann es."),
        ("en", "It began on [3 April 2026].", "It began in spring."),
        ("cs", "Přišel dne [8.11.2026] znovu.", "Přišel před 2 týdny znovu."),
        ("sk", "Začalo to v [apríli 2026].", "Začalo to na jar."),
        ("sl", "Začelo se je [3. aprila 2026].", "Začelo se je spomladi."),
        ("fi", "Se alkoi [3. huhtikuuta 2026].", "Se alkoi keväällä."),
        ("el", "Άρχισε στις [3 Απριλίου 2026].", "Άρχισε την άνοιξη."),
        ("pt", "Começou em [abril de 2026].", "Começou na primavera."),
        ("de", "Die Trennung war [2021].", "Die Trennung war vor 5 Jahren."),
        ("de", "Er ist seit dem [8.11.2026] da.", "Er ist seit 2 Wochen da."),
        ("fi", "Hän on ollut siellä [1.3.2025] alkaen.", "Hän on ollut siellä 1.3.2025 alkaen."),
        ("de", "Der nächste Termin ist am [1.12.2026].", "Der nächste Termin ist am 1.12.2026."),
        ("de", "Am [31.2.2026] kam er.", "Im Winter kam er."),
    ],
)
def test_a_day_gives_way_to_a_season_or_to_how_long_ago(language: str, marked: str, expected: str) -> None:
    assert reworded(language, Kind.DATE, marked) == expected


@pytest.mark.parametrize(
    ("language", "marked", "expected"),
    [
        (
            "de",
            "Sie leben in [Hückelhoven] bei der Oma.",
            "Sie leben in einer kleinen Stadt bei der Oma.",
        ),
        ("cs", "Bydlí v [Kolíně] u babičky.", "Bydlí v malém městě u babičky."),
        ("sk", "Prišla z [Trnavy] sama.", "Prišla z stredne veľkého mesta sama."),
        ("fi", "He asuvat [Tampereella] nyt.", "He asuvat suuressa kaupungissa nyt."),
        ("el", "Μένουν στη [Λάρισα] τώρα.", "Μένουν στη μεγάλη πόλη τώρα."),
        ("pt", "Vivem em [Lisboa] agora.", "Vivem numa grande cidade agora."),
        ("de", "Sie zogen nach [Köln] um.", "Sie zogen in eine Großstadt um."),
    ],
)
def test_a_place_gives_way_to_its_size_in_the_right_form(language: str, marked: str, expected: str) -> None:
    assert reworded(language, Kind.PLACE, marked) == expected


@pytest.mark.parametrize(
    ("language", "marked", "expected"),
    [
        ("de", "Er besucht die [Grundschule Am Markt].", "Er besucht die Grundschule."),
        ("de", "Er besucht die [Pestalozzischule].", "Er besucht die Schule."),
        ("cs", "Chodí do [mateřské školy Sluníčko] rád.", "Chodí do mateřské školy rád."),
        ("fi", "Hän siirtyi [Tommolan koulusta] pois.", "Hän siirtyi koulusta pois."),
        ("sl", "Predaja je pred vrtcem [Mavrica].", "Predaja je pred vrtcem."),
        ("en", "He works at [Miller Ltd].", "He works at the employer."),
    ],
)
def test_an_organisation_gives_way_to_its_kind(language: str, marked: str, expected: str) -> None:
    assert reworded(language, Kind.ORGANISATION, marked) == expected


def test_who_bears_the_name_of_a_place_is_a_person_behind_a_role() -> None:
    assert reworded("cs", Kind.PLACE, "Volal otec [Kolín] dnes.") == "Volal otec dnes."


def test_no_capital_stands_behind_a_colon() -> None:
    assert reworded("de", Kind.PHONE, "Erreichbar: [0170 1234567]") == "Erreichbar: eine Telefonnummer"
    assert reworded("de", Kind.PHONE, "Ruf an.\n[0170 1234567]") == "Ruf an.\nEine Telefonnummer"


def test_many_children_become_several() -> None:
    assert reworded("de", Kind.RARE, "Sie hat [sieben Kinder].", "many_children") == "Sie hat mehrere Kinder."
    assert reworded("cs", Kind.RARE, "Mají [osm dětí] doma.", "many_children") == "Mají více dětí doma."


def test_a_suggestion_alone_never_repeats_the_title_that_stays() -> None:
    text = "Frau Kowalczyk rief an, das Kind schläft."
    mark = Mark(5, 14, Kind.PERSON, 1.0, True, "name_after_title")
    assert generalise.suggest(mark, read(text, "de"), TODAY) == ""
    assert generalise.propose(mark, read(text, "de"), floor=3, today=TODAY) == (5, "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_general_wording_exists_and_is_the_same_set_in_every_language(language: str) -> None:
    assert lexicon(language).say.keys() == lexicon("de").say.keys()
    assert all(lexicon(language).say.values())
    assert {
        "{n}" in lexicon(language).say[f"{span}_ago"] for span in ("days", "weeks", "months", "years")
    } == {True}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(Kind))
def test_any_mark_on_any_text_gets_an_answer(language: str, kind: Kind) -> None:
    for sample in (
        "",
        ".",
        "a",
        "99.99.9999",
        "* 1",
        "\ud800 Dr. x",
        "é" * 50,
        "Frau",
        "geb. 0.0.0",
        "und und 12/2020 seit",
    ):
        text = read(sample, language)
        for start in range(0, len(sample), 3):
            for end in range(start, len(sample) + 1, 2):
                begin, wording = generalise.propose(
                    Mark(start, end, kind, 1.0, False, "x"), text, today=TODAY
                )
                assert 0 <= begin <= max(start, 0) or not wording


def test_german_articles_take_the_case_of_the_word_before() -> None:
    assert fitting.fitted("eine kleine Stadt", "de", "aus") == "einer kleinen Stadt"
    assert fitting.fitted("ein kleiner Ort", "de", "in") == "einem kleinen Ort"
    assert fitting.fitted("ein kleiner Ort", "de", "durch") == "einen kleinen Ort"
    assert fitting.fitted("der Vater", "de", "für") == "den Vater"
    assert fitting.fitted("die Mutter", "de", "wegen") == ""


@pytest.mark.parametrize(
    ("language", "kind", "marked", "expected"),
    [
        # born: the verb stays, and the age group stands beside a name only
        ("en", Kind.BIRTH_DATE, "He was born on [5 May 2014].", "He was born 12 years ago."),
        ("en", Kind.BIRTH_DATE, "Tom, born on [5 May 2014], is well.", "Tom, teenager, is well."),
        ("fr", Kind.BIRTH_DATE, "Elle est née en [mai 2014].", "Elle est née il y a 12 ans."),
        ("es", Kind.BIRTH_DATE, "Nació el [5 de mayo de 2014].", "Nació hace 12 años."),
        ("pt", Kind.BIRTH_DATE, "Nasceu a [5 de maio de 2014].", "Nasceu há 12 anos."),
        ("it", Kind.BIRTH_DATE, "È nata il [5 maggio 2014].", "È nata 12 anni fa."),
        ("fi", Kind.BIRTH_DATE, "Hän syntyi [5.5.2014].", "Hän syntyi 12 vuotta sitten."),
        ("el", Kind.BIRTH_DATE, "Γεννήθηκε στις [5 Μαΐου 2014].", "Γεννήθηκε πριν από 12 χρόνια."),
        ("de", Kind.BIRTH_DATE, "Geburtsdatum: [5.5.2014]", "Jugendlich"),
        ("de", Kind.BIRTH_DATE, "Sie wurde am [24.11.2013] geboren.", "Sie wurde vor 12 Jahren geboren."),
        # since, between, on a weekday
        ("de", Kind.DATE, "Seit dem [12.3.2024] lernt er.", "Seit 2 Jahren lernt er."),
        ("en", Kind.DATE, "Since [12 March 2024] he has worked.", "For 2 years he has worked."),
        ("fr", Kind.DATE, "Depuis le [12 mars 2024] il va bien.", "Depuis 2 ans il va bien."),
        ("it", Kind.DATE, "Dal [12 marzo 2024] lavora.", "Da 2 anni lavora."),
        ("de", Kind.DATE, "Zwischen dem [3.3.2026] und heute war er fort.", ""),
        ("de", Kind.DATE, "Zwischen gestern und dem [5.4.2026] war er fort.", ""),
        ("de", Kind.DATE, "Am Montag, dem [3.3.2025] war Termin.", "Vor 18 Monaten war Termin."),
        ("en", Kind.DATE, "On Monday [3 March 2025] we met.", "18 months ago we met."),
        ("el", Kind.DATE, "Από τις [12 Μαρτίου 2024] εργάζεται.", ""),
        ("sl", Kind.DATE, "To je bilo [12. marca 2024].", "To je bilo pred 2 letoma."),
        ("de", Kind.DATE, "Der Vater zog im [Mai 2019] nach Köln.", "Der Vater zog vor 7 Jahren nach Köln."),
        ("de", Kind.DATE, "Entlassung Ende [März 2025].", "Entlassung vor 18 Monaten."),
        ("es", Kind.DATE, "Llegó a finales de [marzo de 2025].", "Llegó hace 18 meses."),
        ("fi", Kind.DATE, "Se oli [maaliskuun 2025] lopussa.", ""),
        ("de", Kind.DATE, "Probe am 5., 12. und [19.10.2026].", ""),
        ("de", Kind.ORGANISATION, "Beschluss [AG Heinsberg].", "Beschluss AG."),
        (
            "de",
            Kind.BIRTH_DATE,
            "Ihr Mann, geboren am [5.5.1985] in Kabul, fährt.",
            "Ihr Mann, geboren vor 41 Jahren in Kabul, fährt.",
        ),
        # two people, two words, a genitive, a title that another word explains
        ("de", Kind.PERSON, "Opa [Heinz und Oma Gerda] holen ihn.", "Opa und Oma holen ihn."),
        ("en", Kind.PERSON, "Mum [Ann and Tim] came.", ""),
        ("en", Kind.PERSON, "Social worker [Anna Petrou] came.", "The social worker came."),
        ("fr", Kind.PERSON, "L'assistante sociale [Anne Leroy] vient.", "L'assistante sociale vient."),
        ("de", Kind.PERSON, "Tante [Aylins] Wohnung ist groß.", ""),
        ("de", Kind.PERSON, "Die Richterin am Gericht, Frau Dr. [Stein], sagt das.", ""),
        ("de", Kind.PERSON, "Er wohnt bei Familie [Demir].", "Er wohnt bei einer Familie."),
        ("en", Kind.ORGANISATION, "She is in the [Nicosia General Hospital].", "She is in the hospital."),
        ("de", Kind.PERSON, "[Frau M]. aus H. trinkt.", "Die Mutter. aus H. trinkt."),
        ("de", Kind.PERSON, "Herr und Frau [Nowak] kamen.", "Die Eltern kamen."),
        ("en", Kind.PERSON, "Mr and Mrs [Novak] came.", "The parents came."),
        ("fr", Kind.PERSON, "M. et Mme [Novak] sont venus.", "Les parents sont venus."),
        ("nl", Kind.PERSON, "Wij zagen meneer en mevrouw [Novak].", ""),
        ("en", Kind.DATE, "From then to [5 May 2026] she was ill.", ""),
        ("de", Kind.PLACE, "Sie zog in die Stadt [Düren].", ""),
        ("de", Kind.PLACE, "Die Polizei [Heinsberg] kam.", ""),
        ("de", Kind.ORGANISATION, "Die Kita „[Zwergenland]“ rief an.", ""),
        # the word before a place goes with it, where both become one
        ("de", Kind.PLACE, "Sie zog nach [Köln].", "Sie zog in eine Großstadt."),
        ("de", Kind.PLACE, "Sie zog nach [Wegberg].", "Sie zog in eine kleine Stadt."),
        ("fr", Kind.PLACE, "Elle vit à [Dinant].", "Elle vit dans une petite ville."),
        ("fr", Kind.PLACE, "Elle vient de [Dinant].", "Elle vient d'une petite ville."),
        ("it", Kind.PLACE, "Vive a [Merano].", "Vive in una piccola città."),
        ("pt", Kind.PLACE, "Vive em [Beja].", "Vive numa pequena cidade."),
        # an article where none goes with a name, and no wording in the wrong case
        ("nl", Kind.PERSON, "Dokter [Jansen] zag het kind.", "De arts zag het kind."),
        ("en", Kind.PERSON, "Nurse [Brown] called.", "The nurse called."),
        ("de", Kind.PERSON, "Laut Frau [Weber] trinkt er.", "Laut der Mutter trinkt er."),
        ("en", Kind.ORGANISATION, "She goes to [Limassol Primary School].", "She goes to a school."),
        ("en", Kind.ORGANISATION, "She was in the [Makarios Hospital].", "She was in the hospital."),
        ("nl", Kind.ORGANISATION, "Zij zit op [basisschool De Regenboog].", "Zij zit op een basisschool."),
        ("es", Kind.ORGANISATION, "Está en el [Hospital Virgen de la Luz].", "Está en el hospital."),
        ("fr", Kind.ORGANISATION, "Elle est au [CHU de] Liège.", ""),
        ("cs", Kind.ADDRESS, "Bydlí v [Husově ulici 12].", ""),
        ("sl", Kind.PHONE, "Klicala je z [041 123 456].", ""),
        ("el", Kind.PHONE, "Πήρε από το [6971234567].", ""),
    ],
)
def test_a_wording_fits_as_people_speak(language: str, kind: Kind, marked: str, expected: str) -> None:
    assert reworded(language, kind, marked) == (expected or marked.replace("[", "").replace("]", ""))


def test_a_street_in_the_sentence_leaves_its_preposition_alone() -> None:
    text = "Die Familie wohnt in der Berliner Straße 44."
    found = find(text, "de")
    assert [text[item.start : item.end] for item in found] == ["Berliner Straße 44"]
    assert found[0].suggestion == ""
