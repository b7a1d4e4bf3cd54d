"""Documents to render in tests and benchmarks. All people and organisations are invented."""

from __future__ import annotations

import datetime

from mtd.documents.content import (
    Block,
    Bullets,
    Clause,
    Contents,
    Document,
    Facts,
    Figure,
    Heading,
    Paragraph,
    SignatureLines,
    Table,
)

FLOW = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 90" width="640" height="90">
<g font-family="Source Sans 3" font-size="14" fill="#1A2130">
<rect x="1" y="20" width="150" height="50" rx="3" fill="#F6ECF2" stroke="#7C3264"/>
<text x="14" y="50">Suchtberatung fragt</text>
<rect x="245" y="20" width="150" height="50" rx="3" fill="#E3EFED" stroke="#0E5A60"/>
<text x="258" y="50">Erstes Gespräch</text>
<rect x="489" y="20" width="150" height="50" rx="3" fill="#FAF1DE" stroke="#B97E16"/>
<text x="502" y="50">Jugendamt hilft</text>
</g><path d="M151 45H241M395 45H485" stroke="#0E5A60" stroke-width="3"/></svg>"""

DE = (
    "Die Vertragspartner treffen sich mindestens zweimal im Jahr im Kooperationsgremium. Es berät über die Fälle, in "
    "denen die Zusammenarbeit schwierig war, und legt fest, was sich ändern soll.\n\nDie Einladung verschickt das "
    "Jugendamt spätestens vier Wochen vorher; jede Seite kann Themen anmelden."
)
EN = (
    "The parties meet at least twice a year in the cooperation committee. It discusses where working together was "
    "difficult and decides what is to change.\n\nThe youth office sends the invitation at least four weeks ahead; "
    "each side may add topics."
)


def agreement(parts: int = 6, *, bilingual: bool = False, clauses: int = 4) -> Document:
    """An agreement of invented parties with as many parts as wanted; 19 parts make about ten pages."""
    blocks: list[Block] = [
        Paragraph(
            "Wie Suchthilfe und Jugendhilfe im Kreis Birkenfurt Familien gemeinsam helfen, in denen ein Elternteil "
            "abhängig ist.",
            tone="lead",
        ),
        Facts(
            (
                (
                    "Vertragspartner",
                    "Suchtberatung am Markt\nDrogenhilfe Ahlenried\nKreisjugendamt Birkenfurt",
                ),
                ("In Kraft ab", "1. Mai 2027"),
                ("Prüfung", "bis 30. April 2028"),
            )
        ),
        Contents(),
    ]
    for part in range(1, parts + 1):
        blocks.append(Heading(1, ("Gremien und Rhythmen", "Weg einer Familie", "Ziele")[part % 3], str(part)))
        for number in range(1, clauses + 1):
            agreed = not (part == 2 and number == 2)
            blocks.append(
                Clause(
                    f"{part}.{number}",
                    ("Treffen des Kooperationsgremiums", "Frist der Rückmeldung", "Vertretung")[number % 3],
                    DE,
                    agreed=agreed,
                    second_text=EN if bilingual else None,
                    bullets=("anonyme Fallbesprechung", "gemeinsames Erstgespräch") if number == 3 else (),
                    second_bullets=("anonymous case discussion", "joint first talk") if number == 3 else (),
                )
            )
        if part == 1:
            blocks.append(
                Table(
                    ("Vertragspartner", "Ansprechperson", "Telefon", "E-Mail"),
                    (
                        (
                            "Suchtberatung am Markt",
                            "Leonie Brandt",
                            "02451 000-11",
                            "leonie.brandt@markt.example",
                        ),
                        (
                            "Kreisjugendamt Birkenfurt",
                            "Jonas Reuter",
                            "02451 000-12",
                            "j.reuter@kreis-birkenfurt.example",
                        ),
                    ),
                    "Ansprechpersonen",
                )
            )
            blocks.append(
                Figure(FLOW, "Suchtberatung fragt, dann erstes Gespräch, dann hilft das Jugendamt", "Ablauf")
            )
    blocks.append(Heading(1, "Unterschriften", str(parts + 1)))
    blocks.append(
        Bullets(("Ein Original je Vertragspartner.", "Mehr unter https://example.org/vereinbarung."))
    )
    blocks.append(
        SignatureLines(
            (("Suchtberatung am Markt", "Leonie Brandt"), ("Kreisjugendamt Birkenfurt", "Jonas Reuter"))
        )
    )
    return Document(
        title="Kooperationsvereinbarung Birkenfurt",
        subtitle="zwischen Suchthilfe und Jugendhilfe im Kreis Birkenfurt",
        language="de",
        second_language="en" if bilingual else None,
        binding_language="de" if bilingual else None,
        code="BIR-2027-K7QX",
        author="Netzwerk Birkenfurt",
        date=datetime.date(2026, 11, 21),
        footer="Kooperationsvereinbarung Birkenfurt",
        verify_address="https://mtd.example/v/BIR-2027-K7QX",
        blocks=tuple(blocks),
    )
