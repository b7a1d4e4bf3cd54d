"""What has a shape is marked; what only looks like it stays."""

from __future__ import annotations

import pytest

from mtd.deidentification import Kind, find
from mtd.deidentification.patterns import marks
from mtd.deidentification.text import Mark, read


def found(language: str, written: str) -> list[Mark]:
    return list(marks(read(written, language)))


HITS = [
    ("de", "maria.k@web.de", Kind.EMAIL, "maria.k@web.de", True),
    ("de", "Mail: maria.k at gmx punkt de", Kind.EMAIL, "maria.k at gmx punkt de", True),
    ("de", "maria (at) web.de", Kind.EMAIL, "maria (at) web.de", True),
    ("de", "instagram.com/lena_2009", Kind.WEB, "instagram.com/lena_2009", True),
    ("de", "insta: lena_2009", Kind.HANDLE, "lena_2009", True),
    ("de", "Discord Lena#1234", Kind.HANDLE, "Lena#1234", True),
    ("de", "Tel. 0170 1234567", Kind.PHONE, "0170 1234567", True),
    ("de", "null eins sieben zwei drei vier fünf sechs", Kind.PHONE, "null eins sieben", False),
    ("de", "am zwölften März", Kind.DATE, "zwölften März", True),
    ("de", "am 17.8. kam sie", Kind.DATE, "17.8.", True),
    ("de", "seit Mai 2019", Kind.DATE, "Mai 2019", False),
    ("de", "im März 2016 geboren", Kind.BIRTH_DATE, "März 2016", False),
    ("de", "* 3.4.2015", Kind.BIRTH_DATE, "3.4.2015", True),
    ("de", "3 Jahre, 2 Monate und 5 Tage alt", Kind.BIRTH_DATE, "3 Jahre, 2 Monate und 5 Tage", False),
    ("de", "15 070649 C 103", Kind.NUMBER, "15 070649 C 103", True),
    ("de", "Steuer-ID 86095742719", Kind.NUMBER, "86095742719", True),
    ("de", "Az. 12 F 345/22", Kind.NUMBER, "12 F 345/22", True),
    ("de", "Fallnummer 34998877", Kind.NUMBER, "34998877", True),
    ("de", "DE89 3704 0044 0532 0130 00", Kind.ACCOUNT, "DE89 3704 0044 0532 0130 00", True),
    ("de", "Karte 4111 1111 1111 1111", Kind.ACCOUNT, "4111 1111 1111 1111", True),
    ("de", "HS-AB 123", Kind.PLATE, "HS-AB 123", True),
    ("de", "52525 Heinsberg", Kind.ADDRESS, "52525 Heinsberg", True),
    ("de", "in der Blumenstraße 12a", Kind.ADDRESS, "Blumenstraße 12a", True),
    ("de", "Am Markt 3", Kind.ADDRESS, "Am Markt 3", False),
    ("de", "51.0631, 6.0964", Kind.ADDRESS, "51.0631, 6.0964", True),
    ("nl", "geboren op 12 maart 2017", Kind.BIRTH_DATE, "12 maart 2017", True),
    ("nl", "BSN 111222333", Kind.NUMBER, "111222333", True),
    ("nl", "1234 AB Utrecht", Kind.ADDRESS, "1234 AB Utrecht", True),
    ("nl", "Dorpsstraat 12", Kind.ADDRESS, "Dorpsstraat 12", True),
    ("nl", "12-ABC-3", Kind.PLATE, "12-ABC-3", True),
    ("fr", "née le 12 mars 2017", Kind.BIRTH_DATE, "12 mars 2017", True),
    ("fr", "12, rue de la Loi", Kind.ADDRESS, "12, rue de la Loi", True),
    ("fr", "85.07.30-033.28", Kind.NUMBER, "85.07.30-033.28", True),
    ("fr", "0470 12 34 56", Kind.PHONE, "0470 12 34 56", True),
    ("es", "nacido el 12 de marzo de 2017", Kind.BIRTH_DATE, "12 de marzo de 2017", True),
    ("es", "54362315K", Kind.NUMBER, "54362315K", True),
    ("es", "calle Mayor 12", Kind.ADDRESS, "calle Mayor 12", True),
    ("it", "nata il 12/03/2017", Kind.BIRTH_DATE, "12/03/2017", True),
    ("it", "RSSMRA85T10A562S", Kind.NUMBER, "RSSMRA85T10A562S", True),
    ("it", "via Roma 12", Kind.ADDRESS, "via Roma 12", True),
    ("pt", "nascida a 12 de março de 2017", Kind.BIRTH_DATE, "12 de março de 2017", True),
    ("pt", "1000-001 Lisboa", Kind.ADDRESS, "1000-001 Lisboa", True),
    ("pt", "NIF 123456789", Kind.NUMBER, "123456789", True),
    ("fi", "syntynyt 12. syyskuuta 2017", Kind.BIRTH_DATE, "12. syyskuuta 2017", True),
    ("fi", "131052-308T", Kind.NUMBER, "131052-308T", True),
    ("fi", "rekisterinumero ABC-123", Kind.PLATE, "ABC-123", True),
    ("el", "γεννήθηκε στις 12 Μαρτίου 2017", Kind.BIRTH_DATE, "12 Μαρτίου 2017", True),
    ("el", "ΑΜΚΑ 01013099997", Kind.NUMBER, "01013099997", True),
    ("el", "οδός Ερμού 12", Kind.ADDRESS, "οδός Ερμού 12", True),
    ("sl", "rojena 12. marca 2017", Kind.BIRTH_DATE, "12. marca 2017", True),
    ("sl", "0101006500006", Kind.NUMBER, "0101006500006", True),
    ("sl", "Slovenska cesta 12", Kind.ADDRESS, "Slovenska cesta 12", True),
    ("sk", "narodený 12. marca 2017", Kind.BIRTH_DATE, "12. marca 2017", True),
    ("sk", "rodné číslo 710319/2745", Kind.NUMBER, "710319/2745", True),
    ("cs", "narozena 12. března 2017", Kind.BIRTH_DATE, "12. března 2017", True),
    ("cs", "710319/2745", Kind.NUMBER, "710319/2745", True),
    ("cs", "Husova 12", Kind.ADDRESS, "Husova 12", False),
    ("en", "born on 12 March 2017", Kind.BIRTH_DATE, "12 March 2017", True),
    ("en", "12 High Street", Kind.ADDRESS, "12 High Street", True),
    ("en", "SW1A 1AA", Kind.ADDRESS, "SW1A 1AA", True),
    ("de", "Termin 4/12, bitte absagen", Kind.DATE, "4/12", False),
    ("es", "Próxima cita: 19/10", Kind.DATE, "19/10", False),
    ("en", "We met 19/10 and again.", Kind.DATE, "19/10", False),
    ("el", "ραντεβού 19/10 με την ψυχολόγο", Kind.DATE, "19/10", False),
    ("es", "Su NIE Y7654321R caducó.", Kind.NUMBER, "Y7654321R", False),
    ("it", "C.F. FRNNLK84A41Z209X", Kind.NUMBER, "FRNNLK84A41Z209X", False),
    ("it", "Fascicolo n. 1147/2025", Kind.NUMBER, "1147/2025", True),
    ("en", "Ref CP/2026/00417", Kind.NUMBER, "CP/2026/00417", True),
    ("cs", "usnesení 19 Nc 402/2026 soudu", Kind.NUMBER, "19 Nc 402/2026", False),
    ("sl", "zadeva N 402/2026", Kind.NUMBER, "N 402/2026", False),
    ("pt", "menor, d.n. 12/03/2017", Kind.BIRTH_DATE, "12/03/2017", True),
    ("fi", "soitti 14.5.2026 klo 15", Kind.DATE, "14.5.2026", True),
    # without diacritics
    ("cs", "soud je 6. rijna", Kind.DATE, "6. rijna", True),
    ("cs", "prijde 3. cervence", Kind.DATE, "3. cervence", True),
    ("cs", "tretiho brezna", Kind.DATE, "tretiho brezna", True),
    ("sk", "sud je 6. oktobra", Kind.DATE, "6. oktobra", True),
    ("sk", "od 3. januara", Kind.DATE, "3. januara", True),
    ("fi", "3. kesakuuta", Kind.DATE, "3. kesakuuta", True),
    ("fr", "le 3 fevrier", Kind.DATE, "3 fevrier", True),
    ("el", "στις 6 οκτωβριου", Kind.DATE, "6 οκτωβριου", True),
    # a stroke before a court, a day without its month, a feast with a birth
    ("en", "6/10 in court again", Kind.DATE, "6/10", False),
    ("de", "6/10 vor Gericht", Kind.DATE, "6/10", False),
    ("fi", "6/10 oikeudessa", Kind.DATE, "6/10", False),
    ("el", "6/10 στο δικαστήριο", Kind.DATE, "6/10", False),
    ("en", "She has court on the 21st.", Kind.DATE, "21st", False),
    ("de", "Verhandlung am 21., danach mehr.", Kind.DATE, "21.", False),
    ("fr", "audience le 21 au tribunal", Kind.DATE, "21", False),
    ("nl", "op de 21e zitting", Kind.DATE, "21e", False),
    ("sk", "súd je 21.", Kind.DATE, "21.", False),
    ("cs", "soud je 21.", Kind.DATE, "21.", False),
    ("de", "am 3.3 hat sie Termin", Kind.DATE, "3.3", False),
    ("fi", "3.maalisk. alkaen", Kind.DATE, "3.maalisk.", True),
    ("it", "il 1° marzo", Kind.DATE, "1° marzo", True),
    ("de", "an Heiligabend geboren", Kind.BIRTH_DATE, "Heiligabend", False),
    ("en", "twins born on Christmas Eve", Kind.BIRTH_DATE, "Christmas Eve", False),
    ("en", "aged 11y 4m", Kind.BIRTH_DATE, "11y 4m", False),
    ("fi", "poika 11 v 4 kk", Kind.BIRTH_DATE, "11 v 4 kk", False),
    ("de", "ein Kind mit 5;3 Jahren", Kind.BIRTH_DATE, "5;3", False),
    ("de", "Jahrgang 2014", Kind.BIRTH_DATE, "2014", False),
    ("de", "Handy: 0 1 7 1 2 3 4 5 6 7 8", Kind.PHONE, "0 1 7 1 2 3 4 5 6 7 8", True),
    ("de", "geb. 12,3,2017", Kind.BIRTH_DATE, "12,3,2017", True),
    ("sl", "roj. 12.III.2017", Kind.BIRTH_DATE, "12.III.2017", True),
    ("nl", "geb. 12-3-'17", Kind.BIRTH_DATE, "12-3-'17", True),
    ("es", "nac. 12-mar-17", Kind.BIRTH_DATE, "12-mar-17", True),
    ("en", "DOB 12Mar2017", Kind.BIRTH_DATE, "12Mar2017", True),
    ("de", "Kind (w, 4;6)", Kind.BIRTH_DATE, "4;6", False),
    ("de", "am 5., 12. und 19.10.", Kind.DATE, "5., 12.", False),
    ("fr", "né le jour de Noël 2015", Kind.BIRTH_DATE, "jour de Noël 2015", False),
    # streets
    ("de", "wohnt Berliner Straße 44", Kind.ADDRESS, "Berliner Straße 44", True),
    ("de", "Bahnhofstr.12", Kind.ADDRESS, "Bahnhofstr.12", True),
    ("de", "bahnhofstr 12", Kind.ADDRESS, "bahnhofstr 12", True),
    ("it", "Via G. Verdi 3", Kind.ADDRESS, "Via G. Verdi 3", True),
    ("pt", "Rua das Flores, n.º 12", Kind.ADDRESS, "Rua das Flores, n.º 12", True),
    ("sk", "býva Hlavná 12", Kind.ADDRESS, "Hlavná 12", False),
    ("cs", "bydlí V Zahradách 123/4", Kind.ADDRESS, "V Zahradách 123/4", False),
    ("el", "μένει Ερμού 12, Αθήνα", Kind.ADDRESS, "Ερμού 12", False),
    ("nl", "postcode 3511ab", Kind.ADDRESS, "3511ab", True),
    # ways to reach somebody
    ("de", "wa.me/491711234567", Kind.WEB, "wa.me/491711234567", True),
    ("de", "t.me/leamaus", Kind.WEB, "t.me/leamaus", True),
    ("de", "fb.com/lea.maus", Kind.WEB, "fb.com/lea.maus", True),
    ("de", "ihr tiktok heißt leamaus.08", Kind.HANDLE, "leamaus.08", False),
    ("el", "στο instagram είναι lea_08", Kind.HANDLE, "lea_08", False),
    ("es", "anna arroba gmail punto com", Kind.EMAIL, "anna arroba gmail punto com", True),
    # numbers
    ("de", "Geschäftszeichen 4 F 123/26", Kind.NUMBER, "4 F 123/26", True),
    ("de", "BG-Nummer 35502//0012345", Kind.NUMBER, "35502//0012345", True),
    ("sk", "rodné číslo 736028/5163", Kind.NUMBER, "736028/5163", True),
    ("fi", "Asiakas 131052A308X tuli", Kind.NUMBER, "131052A308X", False),
    ("de", "Kennzeichen hs-ab 123", Kind.PLATE, "hs-ab 123", False),
    ("sl", "registrska lj ab-123", Kind.PLATE, "lj ab-123", False),
    ("cs", "SPZ 1a2 3456", Kind.PLATE, "1a2 3456", False),
]


@pytest.mark.parametrize(
    ("language", "written", "kind", "passage", "certain"), HITS, ids=[hit[1] for hit in HITS]
)
def test_what_has_a_shape_is_marked(
    language: str, written: str, kind: Kind, passage: str, certain: bool
) -> None:
    fitting = [
        mark
        for mark in found(language, written)
        if mark.kind is kind and passage in written[mark.start : mark.end]
    ]
    assert fitting
    assert any(mark.certain for mark in fitting) is certain


STAYS = {
    "de": [
        "§ 8a Abs. 4 SGB VIII", "20 mg 1-0-1", "F43.1 und F10.2", "um 14:30 Uhr", "um 14.30 Uhr", "24/7 erreichbar",
        "1:1-Betreuung", "1.250.000 Euro", "25 000 Euro", "3-6 Jahre", "Gesetz vom 12.3.2017", "Kapitel 3.4.",
        "ISO 9001",
        "DIN EN 1234", "Phase 2", "A4", "10-12 Kinder", "vor zwei Wochen", "Spielplatz 3", "eine 12-jährige",
        "am 2. Tag", "die Liste im Format 1", "1/2 Tablette", "RR 13/8", "Suboxone 16/4", "Note 2/3",
        "VO (EG) 2201/2003",
        "BSG 7/23",
        "Skala 0 1 2 3 4 5 6 7 8 9 10", "3,4,16 Punkte", "Seiten 3, 4, 2015",
        "am 21. Tag", "am 2. und 3. Termin", "die 21. Sitzung", "Promille am 3.3 mg", "Schmerz 6/10",
        "0800 111 0 111", "foto_lea.jpg", "am 3.3 Promille", "an Heiligabend",
        "15000 Kinder", "im Mai", "Nr. 12", "SGB VIII, 2021", "auf dem Schulweg", "am Tag 1",
    ],
    "nl": [
        "in maart. 3 van de 12",
        "zij woont op de 2e", "0800-2000", "24/7", "cijfer 7/10", "art. 8 lid 2", "10 mg", "de wet van 1 maart 2015",
    ],
    "fr": [
        "appelez le 15.", "le 2 est pris", "article 375-3", "loi du 5 mars 2007", "24h/24", "12/20 en maths",
        "3 à 6 ans", "place en foyer",
    ],
    "es": ["a los 6 y 12 meses", "el 2 % de los padres", "ley 26/2015, de 28 de julio", "10 mg", "vive en la calle"],
    "it": ["legge 184 del 4 maggio 1983", "via mail", "10 mg"],
    "pt": ["lei n.º 147/99 de 1 de setembro", "10 mg", "vive na rua"],
    "fi": ["maaliskuussa. 3 poissa", "lastensuojelulaki 13.4.2007/417", "10 mg", "klo 14.30"],
    "el": ["στις 9 έχει ραντεβού", "ν. 3500/2006", "10 mg"],
    "sl": ["zakon z dne 12. marca 2017", "10 mg"],
    "sk": ["zákon č. 305/2005 Z. z.", "10 mg"],
    "cs": ["soud je 2. stupně", "má rád léto a září", "zákon č. 359/1999 Sb.", "v 8 hodin", "§ 10 odst. 3"],
    "en": [
        "3/4 of families", "pain 7/10", "mood 4/10 in school", "Children Act 1989", "section 47", "10 mg", "24/7",
        "aged 3-6", "1:1",
        "room 19, Sam was at Dr Lee", "items 1.2 and 3.4.", "in March. 3 of 12 came",
        "you may go", "on the 2nd visit", "10 in court", "12 in court proceedings", "the third may come later",
        "on the 21st floor", "at Christmas",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "written"), [(language, written) for language, listed in STAYS.items() for written in listed]
)
def test_what_only_looks_like_it_stays(language: str, written: str) -> None:
    assert [written[mark.start : mark.end] for mark in found(language, written)] == []


@pytest.mark.parametrize(
    ("language", "right", "wrong"),
    [
        ("de", "15 070649 C 103", "15 070649 C 104"),
        ("es", "54362315K", "54362315L"),
        ("it", "RSSMRA85T10A562S", "RSSMRA85T10A562T"),
        ("fi", "131052-308T", "131052-308U"),
        ("cs", "710319/2745", "710319/2746"),
        ("fr", "85.07.30-033.28", "85.07.30-033.29"),
    ],
)
def test_a_personal_number_counts_by_its_check_digits(language: str, right: str, wrong: str) -> None:
    def personal(written: str) -> bool:
        return any(
            mark.reason in ("personal_number", "insurance_number") for mark in found(language, written)
        )

    assert personal(right)
    assert not personal(wrong)


@pytest.mark.parametrize(
    ("language", "written", "passage"),
    [
        ("cs", "psala na anna.k@mujmail.example. on to ví", "anna.k@mujmail.example"),
        ("de", "Mail an anna.k@web.de. Es eilt.", "anna.k@web.de"),
        ("de", "Mail an anna.k@web. de", "anna.k@web. de"),
        ("cs", "RČ 181217/0448. Matka pije", "181217/0448"),
        ("nl", "Dossier JB-2026/5512. Mustafa belt", "JB-2026/5512"),
        ("de", "ans Handy (0163 2284517). Kv", "0163 2284517"),
        ("de", "Stationär: 03.07.2023 – 05.07.2023", "03.07.2023"),
    ],
)
def test_a_mark_ends_with_the_sentence_and_takes_no_open_bracket(
    language: str, written: str, passage: str
) -> None:
    certain = [written[mark.start : mark.end] for mark in found(language, written) if mark.certain]
    assert certain
    assert passage in certain
    assert all(len(one) <= len(passage) for one in certain)


@pytest.mark.parametrize("written", ["im September 2015", "im Mai 2026", "im Herbst 2015"])
def test_a_time_of_a_year_is_no_address(written: str) -> None:
    assert Kind.ADDRESS not in {mark.kind for mark in found("de", f"Sie zog {written} um.")}


@pytest.mark.parametrize("years", ["2024-2026", "1928 - 1941", "2013 / 2014", "(2019–2021)", "2024 -- 2026"])
def test_from_year_to_year_is_no_telephone_number(years: str) -> None:
    assert not [one for one in find(f"Im Zeitraum {years} wurde gefördert.", "de") if one.kind is Kind.PHONE]
