"""Shapes of numbers, plates, days and accounts as case workers write them, and what only looks like one."""

from __future__ import annotations

import pytest

from mtd.deidentification import Kind, find
from mtd.deidentification.patterns.registers import bank_account


def marked(text: str, language: str) -> dict[str, Kind]:
    return {text[one.start : one.end]: one.kind for one in find(text, language)}


@pytest.mark.parametrize(
    ("language", "text", "shape", "kind"),
    [
        ("cs", "Peníze jdou na účet 19-2000145399/0800 každý měsíc.", "19-2000145399/0800", Kind.ACCOUNT),
        ("sk", "Peniaze idú na účet 2301847503/0900 každý mesiac.", "2301847503/0900", Kind.ACCOUNT),
        (
            "it",
            "In ottemperanza al decreto del 18 settembre 2025, si riferisce quanto segue.",
            "18 settembre 2025",
            Kind.DATE,
        ),
        ("nl", "12-3: huisbezoek, moeder thuis.\n14-3: gebeld.", "12-3", Kind.DATE),
        ("pt", "VD 11/11, abre a porta a avó.", "11/11", Kind.DATE),
        ("pt", "o número da vizinha é 11 98247-3165. ah", "11 98247-3165", Kind.PHONE),
        ("nl", "samen opgepakt, zie pv PL1100-2025198437 van mei", "PL1100-2025198437", Kind.NUMBER),
        ("it", "Ha fatto querela, n. 2291/25 RGNR, ieri.", "2291/25", Kind.NUMBER),
        ("de", "in der familiensache, az. 2 f 318/25, nehmen wir stellung", "2 f 318/25", Kind.NUMBER),
        ("cs", "je to vedeno pod sp. zn. 12 p 214/2024 u soudu", "12 p 214/2024", Kind.NUMBER),
        ("el", "ο φάκελος κυ-2024/0371 είναι στο γραφείο", "κυ-2024/0371", Kind.NUMBER),
        ("fr", "il attendait dans la voiture, gf-418-tk, moteur allumé", "gf-418-tk", Kind.PLATE),
        ("el", "Το αυτοκίνητό της (ΗΜΚ-4820) κατασχέθηκε.", "ΗΜΚ-4820", Kind.PLATE),
    ],
)
def test_what_has_a_shape_is_found(language: str, text: str, shape: str, kind: Kind) -> None:
    assert marked(text, language).get(shape) is kind, marked(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", "In februari en maart is er geen groep."),
        ("de", "Im Februar und März ist keine Gruppe."),
        ("cs", "Linka bezpečí má číslo 116 111 a policie 158."),
        ("de", "Sprechzeiten unter Nr. 14.00–15.30 Uhr, 116 117"),
        ("it", "Si applica il decreto del 28 agosto 1997, n. 281."),
        ("en", "From 12-3: see the group rules."),
        ("cs", "Podle zákona č. 359/1999 Sb. je poměr 1234/5678."),
    ],
)
def test_what_only_looks_like_one_is_not(language: str, text: str) -> None:
    assert marked(text, language) == {}


def test_an_account_of_czech_and_slovak_banks_adds_up() -> None:
    assert bank_account("19-2000145399/0800")
    assert not bank_account("19-2000145398/0800")
    assert not bank_account("19-2000145399/9999")
