"""What happened where. Kreis Heinsberg and Siegen-Wittgenstein follow public facts; everything else is invented."""

# ruff: noqa: E501  (sentences of the story)

from __future__ import annotations

from collections.abc import Callable

from mtd.agreements.actions import wording
from mtd.agreements.actions.founding import abandon
from mtd.agreements.actions.lifecycle import terminate
from mtd.agreements.models import Agreement, Comment, Version
from mtd.guide.models import GuideVersion
from mtd.organizations.cast import Cast

from . import asked, lived
from .answers import english, read
from .clock import Calendar, at, between
from .play import Play

Story = Callable[[Cast, GuideVersion, Calendar], Play]

HEINSBERG_MEETINGS = [
    (
        "2012-10-17",
        "meet",
        "Kennenlernen, Anlass: Bundeskinderschutzgesetz",
        "Acht Stellen wollen eine Vereinbarung. Frau Voss moderiert von außen.",
    ),
    (
        "2012-12-12",
        "meet",
        "Was wir voneinander denken",
        "Vorurteile offen ausgesprochen. Gemeinsame Haltung in sechs Sätzen festgehalten.",
    ),
    (
        "2013-02-20",
        "mandates",
        "Auftrag und Grenzen der Suchtberatungen",
        "Drei Suchtberatungen stellen sich vor: was sie leisten und was nicht.",
    ),
    (
        "2013-05-15",
        "mandates",
        "Auftrag und Grenzen der Jugendämter",
        "Fünf Jugendämter stellen sich vor. Liste der Leistungen begonnen.",
    ),
    (
        "2013-09-18",
        "goals",
        "Ziele und Zielgruppe",
        "Vorrangiges Ziel: Eltern und Kinder können zusammenleben. Substitution ausdrücklich eingeschlossen.",
    ),
    (
        "2013-11-27",
        "goals",
        "Woran wir Erfolg erkennen",
        "Nur zwei Zählungen. Messbare Ziele bleiben offen: Dafür fehlen Ausgangszahlen.",
    ),
    (
        "2014-02-19",
        "limits",
        "Schweigepflicht und Entbindung",
        "Gemeinsames Formular. Entbindung läuft nach zwölf Monaten ab.",
    ),
    (
        "2014-05-21",
        "limits",
        "Weg bei Kindeswohlgefährdung",
        "Weg in sechs Schritten. Jede Stelle kennt ihre insoweit erfahrene Fachkraft.",
    ),
    ("2014-09-24", "plan", "Beteiligtenkonferenz", "Immer mit den Eltern, ein- bis zweimal im Jahr."),
    (
        "2015-01-28",
        "plan",
        "Kooperationsgremium und Arbeitshilfe",
        "Halbjährlich, je Vertragspartner eine Person. Feste Fristen für Antworten werden nicht vereinbart.",
    ),
    (
        "2015-05-20",
        "anchor",
        "Rechtsform und Laufzeit",
        "Öffentlich-rechtliche Vereinbarung, ohne finanzielle Auswirkungen.",
    ),
    ("2015-09-16", "anchor", "Letzte Lesung", "Der Text geht in die Ausschüsse und Räte."),
]


def heinsberg(cast: Cast, guide: GuideVersion, calendar: Calendar) -> Play:
    """Eight parties, twelve meetings with an external moderator, eight decisions, in force since May 2016."""
    keys = [
        "gesundheitsamt-heinsberg",
        "caritas-heinsberg",
        "diakonie-heinsberg",
        "jugendamt-kreis-heinsberg",
        "jugendamt-erkelenz",
        "jugendamt-geilenkirchen",
        "jugendamt-heinsberg",
        "jugendamt-hueckelhoven",
    ]
    play = Play(cast, guide, "kreis-heinsberg", read("heinsberg"), keys=keys)
    play.found(
        "Zusammenarbeit mit Eltern mit einer Suchterkrankung und Eltern in Substitutionsbehandlung",
        "2012-10-17",
        purpose="Familiären Bedarf früh erkennen, Angebote vernetzen und Eltern mit einer Suchterkrankung und ihren Kindern ein gemeinsames Leben ermöglichen.",
        legal_form=Agreement.LegalForm.PUBLIC_LAW,
    )
    play.moderated_by("clara-voss")
    for on, step, topics, outcome in HEINSBERG_MEETINGS:
        play.meet(on, topics, outcome, step=step, time="9–12 Uhr", place="Kreishaus Heinsberg")
    play.work("2012-12-12", "2015-09-16")
    play.walk(
        {
            "meet": ("2012-10-17", "2012-12-12"),
            "mandates": ("2013-02-20", "2013-05-15"),
            "goals": ("2013-09-18", "2013-11-27"),
            "limits": ("2014-02-19", "2014-05-21"),
            "plan": ("2014-09-24", "2015-01-28"),
            "anchor": ("2015-05-20", "2016-04-28"),
        }
    )
    play.adopt(
        "2015-09-21",
        {
            "gesundheitsamt-heinsberg": ("Kreistag", "2015-12-17", "KT 0187/2015"),
            "caritas-heinsberg": ("Vorstand des Caritasverbands", "2015-11-05", "V 11-2015/3"),
            "diakonie-heinsberg": ("Kreissynodalvorstand", "2015-11-24", "KSV 2015-88"),
            "jugendamt-kreis-heinsberg": ("Kreistag", "2015-12-17", "KT 0187/2015"),
            "jugendamt-erkelenz": ("Rat der Stadt Erkelenz", "2016-02-24", "A 51/2016"),
            "jugendamt-geilenkirchen": ("Jugendhilfeausschuss", "2016-02-02", "JHA 12/2016"),
            "jugendamt-heinsberg": ("Rat der Stadt Heinsberg", "2016-03-16", "R 2016-041"),
            "jugendamt-hueckelhoven": ("Jugendhilfeausschuss", "2016-03-09", "JHA 7/2016"),
        },
    )
    play.mandate("2016-03-21", "Leitung", "Zeichnungsbefugnis nach Geschäftsordnung")
    play.freeze("2016-04-04")
    days = [
        "2016-04-06",
        "2016-04-08",
        "2016-04-11",
        "2016-04-13",
        "2016-04-14",
        "2016-04-19",
        "2016-04-21",
        "2016-04-28",
    ]
    play.sign(dict(zip(keys, days, strict=True)))
    play.take_effect()
    play.publish("2016-06-01")
    play.review(
        "2018-04-18",
        "2020-04-18",
        "Konferenzen finden statt, die Arbeitshilfe wird genutzt. Bleibt, wie sie ist.",
    )
    play.review("2020-05-27", "2022-05-27", "Ein Treffen fiel aus und wurde am Telefon nachgeholt. Bleibt.")
    play.review(
        "2022-04-27",
        "2024-04-27",
        "Neue Mitarbeitende kennen die Vereinbarung kaum: einmal im Jahr Einführung für alle Neuen.",
    )
    play.review("2024-04-24", "2026-04-24", "Patenschaften als geplantes Angebot aufgenommen. Bleibt.")
    play.review(
        "2026-04-22",
        "2028-04-22",
        "Zehn Jahre. Feste Fristen sollen bei der nächsten Änderung besprochen werden.",
    )
    lived.tell(play, calendar)
    asked.tell(play, calendar)
    return play


def siegen(cast: Cast, guide: GuideVersion, calendar: Calendar) -> Play:
    """Two parties: regular exchange, anonymous case discussion, yearly steering group, in force since November 2022."""
    keys = ["awo-siegen", "jugendamt-siegen-wittgenstein"]
    play = Play(cast, guide, "siegen-wittgenstein", read("siegen"), keys=keys)
    play.found(
        "Kooperationsvereinbarung Suchthilfe und Jugendamt Siegen-Wittgenstein",
        "2021-05-20",
        purpose="Kinder aus Familien mit Suchtbelastung früher wahrnehmen und ihre Familien gemeinsam unterstützen.",
        legal_form=Agreement.LegalForm.COOPERATION,
    )
    for on, step, topics, outcome in [
        (
            "2021-05-20",
            "meet",
            "Kennenlernen in der Suchtberatung",
            "Alle haben den Arbeitsplatz der anderen Seite gesehen.",
        ),
        (
            "2021-09-16",
            "mandates",
            "Mein Auftrag, dein Auftrag",
            "Die Suchtberatung sieht die Kinder fast nie. Das ändert, was wir vereinbaren müssen.",
        ),
        ("2021-12-02", "goals", "Ziele", "Elternschaft bekommt Raum in der Beratung."),
        (
            "2022-03-10",
            "limits",
            "Schweigepflicht und Gefährdung",
            "Fallbesprechungen ohne Identität; eigener Weg bei Gefährdung.",
        ),
        (
            "2022-06-23",
            "plan",
            "Rhythmen",
            "Austausch und Fallbesprechung im Quartal, Lenkungsgruppe im Jahr.",
        ),
        ("2022-09-15", "anchor", "Letzte Lesung", "Beide Leitungen legen den Text vor."),
    ]:
        play.meet(on, topics, outcome, step=step, time="13–16 Uhr", place="AWO Suchtberatung Siegen")
    play.work("2021-05-20", "2022-09-15")
    play.walk(
        {
            "meet": ("2021-05-20", "2021-07-08"),
            "mandates": ("2021-09-16", "2021-11-18"),
            "goals": ("2021-12-02", "2022-02-10"),
            "limits": ("2022-03-10", "2022-05-12"),
            "plan": ("2022-06-23", "2022-08-25"),
            "anchor": ("2022-09-15", "2022-11-15"),
        }
    )
    play.adopt(
        "2022-09-19",
        {
            "awo-siegen": ("Vorstand des AWO Kreisverbands", "2022-10-11", "V 2022/31"),
            "jugendamt-siegen-wittgenstein": ("Jugendhilfeausschuss", "2022-10-27", "JHA 94/2022"),
        },
    )
    play.mandate("2022-10-28", "Leitung", "Zeichnungsbefugnis nach Dienstordnung")
    play.freeze("2022-11-02")
    play.sign({"awo-siegen": "2022-11-09", "jugendamt-siegen-wittgenstein": "2022-11-15"})
    play.take_effect()
    play.publish("2022-12-01")
    play.review(
        "2023-11-14",
        "2024-11-14",
        "Die Fallbesprechung wird gebraucht: neun Situationen im ersten Jahr. Bleibt.",
    )
    play.review("2024-11-12", "2025-11-12", "Nach Kindern wird in fast allen Erstgesprächen gefragt. Bleibt.")
    play.calendar = calendar
    play.review(
        "2026-01-13", "2027-01-13", "Die Kindergruppe fehlt weiter und geht als Bedarf in die Lenkungsgruppe."
    )
    lived.tell(play, calendar)
    asked.tell(play, calendar)
    return play


BIRKENFURT_MEETINGS = [
    (
        "2026-03-10",
        "meet",
        "Kennenlernen, gemeinsame Haltung",
        "Vier Organisationen, eine Haltung in fünf Sätzen. Frau Sörensen moderiert.",
    ),
    (
        "2026-04-21",
        "mandates",
        "Auftrag der Suchthilfe",
        "Am Markt und Drogenhilfe stellen vor, was sie leisten und was nicht.",
    ),
    (
        "2026-05-19",
        "mandates",
        "Auftrag der Jugendämter",
        "Kreis und Wendau stellen vor. Kosten: Der Kreis will den Haushalt abwarten.",
    ),
    ("2026-06-16", "goals", "Ziele und Zielgruppe", "Drei Ziele, zwei davon messbar."),
    ("2026-07-07", "goals", "Woran wir Erfolg erkennen", "Vier Zählungen, alle ohne Namen."),
    (
        "2026-09-22",
        "limits",
        "Gefährdung und Schweigepflicht",
        "Weg bei Gefährdung steht. Frist der Rückmeldung noch strittig.",
    ),
    (
        "2026-10-27",
        "plan",
        "Weg einer Familie",
        "Ablauf in fünf Schritten. Wie schnell bestätigt wird, bleibt strittig: zwei oder fünf Arbeitstage.",
    ),
]


def birkenfurt(cast: Cast, guide: GuideVersion, calendar: Calendar) -> Play:
    """Being worked out, step 5 of 7: 43 of 59 questions agreed, and a quarrel about two or five working days."""
    keys = [
        "suchtberatung-am-markt",
        "drogenhilfe-ahlenried",
        "kreisjugendamt-birkenfurt",
        "stadtjugendamt-wendau",
    ]
    content = read("birkenfurt")
    play = Play(cast, guide, "birkenfurt", content, keys=keys, calendar=calendar)
    play.found(
        "Kooperationsvereinbarung Birkenfurt",
        "2026-03-10",
        purpose="Wie Suchthilfe und Jugendhilfe im Kreis Birkenfurt Familien gemeinsam helfen.",
    )
    play.moderated_by("inga-soerensen")
    for on, step, topics, outcome in BIRKENFURT_MEETINGS:
        absent = ("stadtjugendamt-wendau",) if on == "2026-07-07" else ()
        play.meet(
            on, topics, outcome, step=step, time="9–12 Uhr", place="Kreishaus Birkenfurt", absent=absent
        )
    standing = content["standing"]
    play.work("2026-03-10", "2026-03-27", steps=["meet"], standing=standing)
    play.work("2026-04-21", "2026-05-29", steps=["mandates"], standing=standing)
    play.work("2026-06-16", "2026-07-10", steps=["goals"], standing=standing)
    play.work("2026-09-08", "2026-10-09", steps=["limits"], standing=standing)
    play.work("2026-10-13", "2026-11-19", steps=["plan", "anchor"], standing=standing)
    play.walk(
        {
            "meet": ("2026-03-10", "2026-03-31"),
            "mandates": ("2026-04-14", "2026-05-29"),
            "goals": ("2026-06-09", "2026-07-10"),
            "limits": ("2026-09-08", "2026-10-09"),
            "plan": ("2026-10-13", None),
        },
        planned={"anchor": ("2027-03-01", "2027-06-30"), "review": ("2028-03-01", "2028-06-30")},
    )
    play.meet(
        "2026-12-08",
        "Kapitel 9 und 10: Weg einer Familie, Gefährdung",
        step="plan",
        time="9–12 Uhr",
        place="Kreishaus Birkenfurt",
    )
    play.todo(
        "Formular für die Übergabekarte an alle verteilen",
        "2026-10-30",
        noted="2026-10-27",
        done="2026-10-29",
    )
    play.todo(
        "Mit der Amtsleitung klären, wie schnell bestätigt werden kann",
        "2026-12-04",
        party="stadtjugendamt-wendau",
        noted="2026-10-27",
    )
    play.todo(
        "Mitbringen, wer in den Ferien vertritt",
        "2026-12-08",
        party="kreisjugendamt-birkenfurt",
        noted="2026-11-19",
    )
    play.todo(
        "Beispiele sammeln: Wann haben Eltern nachgefragt?",
        "2026-12-01",
        party="suchtberatung-am-markt",
        noted="2026-11-12",
    )
    play.todo("Raum und Moderation für Januar buchen", "2026-11-27", noted="2026-11-12")
    _comments(play)
    return play


def _comments(play: Play) -> None:
    said: list[tuple[str, str, str, str, str]] = [
        (
            "2026-11-18",
            "tarek-aziz",
            "sides",
            "referral_ack",
            "Bei uns rufen Eltern am zweiten Tag an und fragen, ob schon jemand weiß, dass sie kommen.",
        ),
        (
            "2026-11-19",
            "inga-soerensen",
            "everyone",
            "referral_ack",
            "Am 8. Dezember nehmen wir uns dafür eine halbe Stunde. Bitte bringt mit, wer euch in den Ferien vertritt.",
        ),
        (
            "2026-11-20",
            "leonie-brandt",
            "us",
            "referral_ack",
            "Drei Tage könnten wir mittragen, wenn die Fachkraft gleich genannt wird. Das ist den Eltern wichtiger als die Frist.",
        ),
        (
            "2026-11-20",
            "deniz-kaya",
            "everyone",
            "referral_feedback",
            "Vier Wochen gehen außerhalb der Ferien. Vielleicht reicht ein Satz für die Ferien.",
        ),
        (
            "2026-06-17",
            "jonas-reuter",
            "everyone",
            "area",
            "Familien zwischen Wendau und dem Kreis haben uns zweimal dasselbe erzählt. Deshalb der zweite Absatz.",
        ),
    ]
    for on, who, visibility, key, body in said:
        with at(play.day(on), 14):
            wording.add_comment(
                actor=play.person(who),
                version=play.version,
                question_key=key,
                visibility=Comment.Visibility(visibility),
                body=body,
            )
    with at(play.day("2026-11-19"), 15):
        wording.propose(
            actor=play.person("deniz-kaya"),
            version=play.version,
            question_key="consultation_answer",
            language="de",
            text="Wer bei einem anderen Vertragspartner ohne Identität Rat sucht, erhält innerhalb von 3 Arbeitstagen eine Antwort, in den Schulferien innerhalb von 5 Arbeitstagen. Auch die Auskunft, wann eine Antwort möglich ist, gilt als Antwort.",
            reason="In den Ferien vertreten zwei Personen alle Bezirke.",
        )


def finland(cast: Cast, guide: GuideVersion, calendar: Calendar) -> Play:
    """Just begun: nothing answered yet, the first meeting is planned."""
    play = Play(cast, guide, "tammerlinna", {"language": "en", "answers": {}}, calendar=calendar)
    play.found(
        "Cooperation agreement Tammerlinna",
        "2026-11-12",
        purpose="How addiction services, child welfare and school help families in Tammerlinna together.",
    )
    play.meet(
        "2026-12-03", "Getting to know each other", step="meet", time="13–15", place="Library of Tammerlinna"
    )
    return play


def belgium(cast: Cast, guide: GuideVersion, calendar: Calendar) -> Play:
    """Two languages; the text lies before the bodies, one has decided."""
    play = Play(cast, guide, "eupener-land", read("eupen"), calendar=calendar)
    play.found(
        "Kooperationsvereinbarung Eupener Höhe",
        "2025-09-16",
        purpose="Familien in der Eupener Höhe gemeinsam helfen, in der Sprache, die sie sprechen.",
        second_language="en",
        binding_language="de",
        legal_form=Agreement.LegalForm.COOPERATION,
    )
    _worked(play, "2025-09-16", "2026-10-15", place="Jugendhilfedienst Höhe", german=True)
    play.adopt("2026-10-19", {"beratung-hohes-venn": ("Verwaltungsrat", "2026-11-10", "VR 2026/14")})
    play.mandate("2026-11-11", "Leitung", "Statuten, Artikel 12", only=["beratung-hohes-venn"])
    play.mandate(
        "2026-11-16",
        "Leitung",
        "Erlass über die Zeichnungsbefugnis",
        only=["jugendhilfedienst-eupener-land"],
        confirm=False,
    )
    return play


def netherlands(cast: Cast, guide: GuideVersion, calendar: Calendar) -> Play:
    """In a signing round: one signed in the system, one on paper and not confirmed yet, one still waits."""
    play = Play(cast, guide, "rivierenland-oost", english("rivierenland-oost"), calendar=calendar)
    play.found(
        "Cooperation agreement Waterland-Oost",
        "2025-06-10",
        purpose="So that no family gets lost between addiction care, youth team and general practice.",
        legal_form=Agreement.LegalForm.COOPERATION,
    )
    _worked(play, "2025-06-10", "2026-09-08", place="Town hall of Dijkhaven")
    play.adopt(
        "2026-09-10",
        {
            "verslavingszorg-de-brug": ("Board of directors", "2026-10-01", "B 2026-22"),
            "jeugdteam-dijkhaven": ("Municipal executive", "2026-10-13", "2026/417"),
            "huisartsen-waterland": ("Members' meeting", "2026-10-22", ""),
        },
    )
    play.mandate("2026-10-26", "Head of service", "Statutes and mandate register")
    play.freeze("2026-11-03")
    play.sign({"verslavingszorg-de-brug": "2026-11-09"})
    play.sign_on_paper("huisartsen-waterland", "2026-11-17")
    return play


def slovenia(cast: Cast, guide: GuideVersion, calendar: Calendar) -> Play:
    """Signed by all; in force from the first of January."""
    play = Play(cast, guide, "zelena-dolina", english("zelena-dolina"), calendar=calendar)
    play.found(
        "Cooperation agreement Zelena dolina",
        "2025-08-26",
        purpose="Noticing children early and walking with their parents.",
        legal_form=Agreement.LegalForm.COOPERATION,
    )
    _worked(play, "2025-08-26", "2026-09-29", place="CSD, Lipovec ob Zeleni")
    _signed(play, "2026-10-01", "2026-10-20", "2026-11-04", ["2026-11-06", "2026-11-12"])
    return play


def spain(cast: Cast, guide: GuideVersion, calendar: Calendar) -> Play:
    """In force, and an amendment is being worked out: faster answers, and a day in the other house."""
    play = Play(cast, guide, "costa-clara", english("costa-clara"), calendar=calendar)
    play.found(
        "Cooperation agreement Costa Clara",
        "2023-10-17",
        purpose="One way for families in Villaclara del Mar, whichever door they knock at.",
        legal_form=Agreement.LegalForm.PROTOCOL,
    )
    _worked(play, "2023-10-17", "2024-11-12", place="Casa de la Infancia")
    _signed(play, "2024-11-14", "2024-12-10", "2025-01-14", ["2025-01-16", "2025-01-21"])
    play.take_effect()
    play.publish("2025-02-10")
    play.begin(
        "2026-10-06",
        Version.Kind.AMENDMENT,
        "Answers come too late for families of the season, and new colleagues do not know the other house.",
    )
    play.carry("2026-10-06", before="plan")
    play.change(
        "referral_ack",
        {"number": 1, "unit": "working_days"},
        "centro-almendro",
        "2026-10-20",
        reason="In the season a family is gone after a week.",
    )
    play.change(
        "exchange_formats",
        {"choices": ["practitioner_exchange", "case_discussion", "job_shadowing"]},
        "servicios-infancia-villaclara",
        "2026-10-27",
        agree=["centro-almendro"],
    )
    play.change(
        "shadowing_rhythm", {"at_least": 1, "per": "year"}, "servicios-infancia-villaclara", "2026-10-27"
    )
    play.meet(
        "2026-10-27",
        "What we change",
        "Shadowing is agreed. One working day has still to be talked over in the teams.",
        step="plan",
        time="10–12",
        place="El Almendro",
    )
    play.meet(
        "2026-12-01",
        "Confirming in one day: what it takes",
        step="plan",
        time="10–12",
        place="Casa de la Infancia",
    )
    return play


def italy(cast: Cast, guide: GuideVersion, calendar: Calendar) -> Play:
    """Was in force for three years, then ended by the parties."""
    play = Play(cast, guide, "valverde", english("valverde"))
    play.found(
        "Protocollo Valverde",
        "2021-03-09",
        purpose="Pupils of the valley and their parents find help near home.",
        legal_form=Agreement.LegalForm.PROTOCOL,
    )
    _worked(play, "2021-03-09", "2022-05-10", place="Istituto comprensivo Valverde")
    _signed(play, "2022-05-12", "2022-06-14", "2022-07-05", ["2022-07-07", "2022-07-12", "2022-07-19"])
    play.take_effect()
    play.review("2023-08-29", "2024-09-01", "The homework club is the bridge. Stays as it is.")
    play.review(
        "2024-09-10", "2025-09-01", "The addiction service loses its office in the valley next summer."
    )
    with at(play.day("2025-06-30"), 17):
        terminate(
            actor=play.coordinator,
            agreement=play.agreement,
            on=play.day("2025-06-30"),
            reason="The addiction service moved to the main valley. Families are handed over with their consent; a new agreement is planned with the new team.",
        )
    return play


def portugal(cast: Cast, guide: GuideVersion, calendar: Calendar) -> Play:
    """In force in its second version, renewed after two years."""
    play = Play(cast, guide, "ria-serena", english("ria-serena"))
    play.found(
        "Cooperation agreement Ria Serena",
        "2022-04-05",
        purpose="Parents in treatment and their children along the ria.",
        legal_form=Agreement.LegalForm.COOPERATION,
    )
    _worked(play, "2022-04-05", "2023-06-20", place="Comissão, Porto Sereno")
    _signed(play, "2023-06-22", "2023-07-18", "2023-09-05", ["2023-09-07", "2023-09-12"])
    play.take_effect()
    play.begin(
        "2025-06-03",
        Version.Kind.RENEWAL,
        "Two years are over. What works stays; the committee meets more often.",
    )
    both = ["equipa-farol", "comissao-porto-sereno"]
    play.carry("2025-06-03", before="anchor")
    play.change(
        "committee_rhythm",
        {"at_least": 1, "per": "quarter"},
        both[0],
        "2025-06-17",
        agree=both[1:],
        reason="Half a year was too long for needs from practice.",
    )
    play.change("conference_start", {"number": 4, "unit": "weeks"}, both[1], "2025-06-17", agree=both[:1])
    play.change("evaluation_date", {"date": "2027-06-30"}, both[1], "2025-07-01", agree=both[:1])
    play.meet(
        "2025-06-17",
        "Looking back on two years",
        "Eleven joint conferences, nine with the parents in the room. Committee every quarter from now on.",
        step="review",
        time="14–17",
        place="Farol Novo",
    )
    play.adopt(
        "2025-07-08",
        {
            both[0]: ("Board", "2025-07-22", "2025/19"),
            both[1]: ("Plenary of the commission", "2025-09-02", "41/2025"),
        },
    )
    play.freeze("2025-09-09", in_force_from="2025-10-01", review_on="2027-09-30")
    play.sign({both[0]: "2025-09-11", both[1]: "2025-09-18"})
    play.finish("anchor", "2025-06-03", "2025-09-18")
    play.take_effect()
    play.calendar = calendar
    play.publish("2025-10-14")
    return play


def czechia(cast: Cast, guide: GuideVersion, calendar: Calendar) -> Play:
    """Given up after the third step, with the reason on record."""
    play = Play(cast, guide, "horni-luka", english("horni-luka"))
    play.found(
        "Cooperation agreement Horní Luka",
        "2025-09-23",
        purpose="Counselling centre and child protection in one small town.",
    )
    play.meet(
        "2025-09-23",
        "Getting to know each other",
        "Both sides want it; both sides are two people.",
        step="meet",
        time="9–11",
        place="Town hall",
    )
    play.meet(
        "2025-12-09",
        "My mandate, your mandate",
        "Long list of limits, short list of services.",
        step="mandates",
        time="9–11",
        place="Town hall",
    )
    play.work("2025-09-23", "2026-03-17", steps=["meet", "mandates", "goals"])
    play.walk(
        {
            "meet": ("2025-09-23", "2025-11-04"),
            "mandates": ("2025-12-09", "2026-02-03"),
            "goals": ("2026-03-03", None),
        }
    )
    with at(play.day("2026-05-19"), 10):
        abandon(
            actor=play.coordinator,
            version=play.version,
            reason="The counselling centre closes its office in the town. Everything that was agreed stays readable for whoever begins again.",
        )
    return play


def greece(cast: Cast, guide: GuideVersion, calendar: Calendar) -> Play:
    """Declined in the signing round for a good reason, and opened again with everything kept."""
    play = Play(cast, guide, "nea-akti", english("nea-akti"), calendar=calendar)
    play.found(
        "Συμφωνία συνεργασίας Νέα Ακτή",
        "2025-05-13",
        purpose="Help that reaches families on the islands, too.",
        legal_form=Agreement.LegalForm.PROTOCOL,
    )
    _worked(play, "2025-05-13", "2026-08-25", place="Κοινωνική Υπηρεσία")
    play.adopt(
        "2026-09-01",
        {
            "kentro-orizontas": ("Board", "2026-09-15", "31/2026"),
            "pronoia-nea-akti": ("Municipal committee", "2026-09-29", "207/2026"),
        },
    )
    play.mandate("2026-10-01", "Head of service", "Statutes")
    play.freeze("2026-10-06")
    play.sign({"kentro-orizontas": "2026-10-09"})
    play.decline(
        "pronoia-nea-akti",
        "2026-10-20",
        "Our legal office asks that a release can be revoked at any time and that this stands in the form. We sign when it does.",
    )
    play.change(
        "release_content",
        {"choices": ["from_whom", "to_whom", "topics", "purpose", "expiry", "revocation"]},
        "pronoia-nea-akti",
        "2026-11-03",
        reason="What our legal office asked for.",
    )
    play.meet(
        "2026-11-26",
        "The revocation of a release, then once more to the bodies",
        step="anchor",
        time="10–11",
        place="by video",
    )
    return play


def cyprus(cast: Cast, guide: GuideVersion, calendar: Calendar) -> Play:
    """In force between two; a health centre is joining and reads its way through the questions."""
    keys = ["kentro-thalassa", "ypiresies-evimerias-akti", "kentro-ygeias-akti"]
    play = Play(cast, guide, "anatoliki-akti", english("anatoliki-akti"), keys=keys[:2], calendar=calendar)
    play.found(
        "Συμφωνία συνεργασίας Ανατολική Ακτή",
        "2023-11-07",
        purpose="Young parents on the eastern coast find help before a crisis.",
        legal_form=Agreement.LegalForm.COOPERATION,
    )
    _worked(play, "2023-11-07", "2024-12-03", place="Υπηρεσία Ευημερίας")
    _signed(play, "2024-12-05", "2025-01-14", "2025-02-04", ["2025-02-06", "2025-02-11"])
    play.take_effect()
    play.begin(
        "2026-10-13",
        Version.Kind.JOINING,
        "The health centre sees young mothers first.",
        organization="kentro-ygeias-akti",
    )
    play.keys = keys
    play.carry("2026-10-13", before="limits")
    play.agree("kentro-ygeias-akti", "2026-11-10", most=24)
    play.meet(
        "2026-11-10",
        "Welcome to the health centre",
        "It agrees with the first half; case flow next time.",
        step="meet",
        time="9–11",
        place="Κέντρο Υγείας",
    )
    play.meet(
        "2026-12-10", "Case flow and confidentiality", step="limits", time="9–11", place="Κέντρο Υγείας"
    )
    return play


def slovakia(cast: Cast, guide: GuideVersion, calendar: Calendar) -> Play:
    """In force, but the review is overdue."""
    play = Play(cast, guide, "horna-dolina", english("horna-dolina"))
    play.found(
        "Cooperation agreement Horná dolina",
        "2023-05-16",
        purpose="Short ways in a long valley.",
        legal_form=Agreement.LegalForm.COOPERATION,
    )
    _worked(play, "2023-05-16", "2024-06-11", place="Úrad, Dolina nad Riekou")
    _signed(play, "2024-06-13", "2024-07-09", "2024-09-03", ["2024-09-05", "2024-09-10"])
    play.take_effect()
    return play


def _worked(play: Play, first: str, last: str, *, place: str, german: bool = False) -> None:
    """The common way: five meetings, all questions answered and agreed, the first five steps done."""
    start, end = play.day(first), play.day(last)
    said = _GERMAN if german else _ENGLISH
    steps = ["meet", "mandates", "goals", "limits", "plan"]
    calendar, play.calendar = play.calendar, Calendar()
    days = [between(start, end, part).isoformat() for part in (0, 0.2, 0.4, 0.6, 0.8, 1)]
    for number, step in enumerate(steps):
        topics, outcome = said[step]
        play.meet(
            days[number], topics, outcome, step=step, time="9–12 Uhr" if german else "9–12", place=place
        )
    play.walk({step: (days[n], days[n + 1]) for n, step in enumerate(steps)} | {"anchor": (days[-1], None)})
    play.calendar = calendar
    play.work(first, last)


_ENGLISH = {
    "meet": ("Getting to know each other", "Every side told of one family it could not help alone."),
    "mandates": ("My mandate, your mandate", "Services and limits of every party are written down."),
    "goals": ("What we want to reach", "Three goals, and what we count."),
    "limits": (
        "Confidentiality and endangerment",
        "One form for releases, one separate way when a child is in danger.",
    ),
    "plan": ("The way of a family, bodies and rhythms", "Who calls whom, by when; who meets how often."),
}
_GERMAN = {
    "meet": ("Kennenlernen", "Jede Seite hat von einer Familie erzählt, der sie allein nicht helfen konnte."),
    "mandates": ("Mein Auftrag, dein Auftrag", "Leistungen und Grenzen stehen auf dem Papier."),
    "goals": ("Was wir erreichen wollen", "Drei Ziele und was wir zählen."),
    "limits": (
        "Berufsgeheimnis und Gefährdung",
        "Ein Formular, ein eigener Weg, wenn ein Kind in Gefahr ist.",
    ),
    "plan": (
        "Weg einer Familie, Gremien und Rhythmen",
        "Wer wen bis wann anruft und wie oft man sich trifft.",
    ),
}


def _signed(play: Play, began: str, decided: str, frozen: str, days: list[str]) -> None:
    """All bodies decide, all leads sign in the system."""
    keys = list(play.parties)
    play.adopt(
        began,
        {
            key: (
                "Board" if number == 0 else "Council committee",
                decided,
                f"{12 + 7 * number}/{decided[:4]}",
            )
            for number, key in enumerate(keys)
        },
    )
    play.mandate(decided, "Head of service", "Statutes and mandate register")
    play.freeze(frozen)
    play.sign(dict(zip(keys, days, strict=True)))
    play.finish("anchor", began, days[-1])


STORIES: dict[str, tuple[str, Story]] = {
    "kreis-heinsberg": ("Kreis Heinsberg, eight parties: in force since May 2016", heinsberg),
    "siegen-wittgenstein": ("Siegen-Wittgenstein, two parties: in force since November 2022", siegen),
    "birkenfurt": ("Birkenfurt: being worked out, step 5 of 7", birkenfurt),
    "valverde": ("Italy: ended", italy),
    "ria-serena": ("Portugal: renewed", portugal),
    "horna-dolina": ("Slovakia: review overdue", slovakia),
    "anatoliki-akti": ("Cyprus: a party is joining", cyprus),
    "costa-clara": ("Spain: an amendment is being worked out", spain),
    "nea-akti": ("Greece: declined and opened again", greece),
    "rivierenland-oost": ("Netherlands: being signed", netherlands),
    "zelena-dolina": ("Slovenia: signed, not yet in force", slovenia),
    "eupener-land": ("Belgium: before the bodies, in two languages", belgium),
    "horni-luka": ("Czechia: given up", czechia),
    "tammerlinna": ("Finland: just begun", finland),
}
