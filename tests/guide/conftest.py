# ruff: noqa: E501
"""A small but whole guide, written as files, and the cast."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mtd.guide.pack import Pack, read_pack
from tests.cast import Cast, build_cast

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "content" / "guides" / "cooperation-guide" / "1.0"

PACK = """\
format: 1
guide: small-guide
version: "1.0"
released: 2026-11-21
languages: [en, de]
owner: Someone
licence: EUPL-1.2
parts: [parties, bodies, term]
steps:
  - {key: meet, months: [0, 2]}
  - {key: plan, months: [3, 9]}
"""
QUESTIONS = """\
- key: who
  part: parties
  step: meet
  type: parties
  required: true
  params: {min: 2}
  examples: [heinsberg]
- key: area
  part: parties
  step: meet
  type: text
  params: {rows: 3, max: 200}
- key: contacts
  part: parties
  step: meet
  type: contact
- key: bases
  part: parties
  step: meet
  type: legal_basis
  params: {topics: [cooperation]}
- key: committee
  part: bodies
  step: plan
  type: yes_no
  params: {condition: true, default: "yes"}
- key: rhythm
  part: bodies
  step: plan
  type: rhythm
  show_if: {committee: ["yes"]}
  params: {per: [quarter, half_year, year], default: {at_least: 1, per: half_year}}
  obligation: cooperation_committee
- key: chair
  part: bodies
  step: plan
  type: choice
  show_if: {committee: ["yes"], goals: [early, other]}
  params: {options: [turns, one], other: true, default: [turns]}
- key: minutes
  part: bodies
  step: plan
  type: text
  show_if: {chair: [one]}
- key: goals
  part: bodies
  step: plan
  type: several
  params: {options: [early, whole], other: true, default: [early]}
- key: answer_within
  part: term
  step: plan
  type: period
  params: {units: [hours, working_days], default: {number: 2, unit: working_days}, min: 1, max: 90}
- key: review
  part: term
  step: plan
  type: date
  required: true
- key: offers
  part: term
  step: plan
  type: table
  params:
    columns:
      - {key: offer, type: text}
      - {key: party, type: party}
      - {key: state, type: choice, options: [exists, planned]}
      - {key: places, type: number}
      - {key: until, type: date}
    max_rows: 3
- key: mood
  part: term
  step: plan
  type: text
  clause: false
"""
TEXTS_EN = """\
who: {label: Who are the parties?, short: Parties, why: Only parties are bound., clause: "The parties are: {answer}."}
area: {label: Which area?, short: Area, why: Areas end., help: Write whole sentences., clause: "Area: {answer}.\\n\\nIt lies in {country}."}
contacts: {label: Who is reached?, short: Contacts, why: People call people., clause: "Each party names a contact."}
bases: {label: Which law?, short: Law, why: Law differs., clause: "It rests on {answer}."}
committee:
  label: Will there be a committee?
  short: Committee
  why: It keeps things alive.
  clauses:
    yes: "The parties set up a committee."
    no: "There is no committee."
    yes_condition: "The parties set up a committee if {condition}."
rhythm: {label: How often?, short: Meetings, why: Rhythm helps., clause: "The committee of {network} meets {answer}; chair: {q.chair}."}
chair:
  label: Who chairs?
  short: Chair
  why: Somebody must.
  options: {turns: in turns, one: one person}
  clauses: {turns: "The chair changes.", one: "One person chairs.", other: "Chair: {answer}."}
minutes: {label: Minutes?, short: Minutes, why: To remember., clause: "{answer}"}
goals:
  label: Which goals?
  short: Goals
  why: Goals lead.
  list: true
  options: {early: "help comes early,", whole: "families stay together."}
  clause: "The goals are:"
answer_within: {label: How fast?, short: Answer, why: Waiting hurts., clause: "An answer comes within {answer}."}
review: {label: When?, short: Review, why: To learn., clause: "The review is on {answer}."}
offers:
  label: Which offers?
  short: Offers
  why: To know them.
  columns: {offer: Offer, party: Party, state: State, places: Places, until: Until}
  options: {state.exists: exists, state.planned: planned}
  clause: "These offers are known:"
mood: {label: How is the mood?, short: Mood, why: It matters.}
"""
TEXTS_DE = """\
who: {label: Wer sind die Vertragspartner?, short: Vertragspartner, why: Nur sie sind gebunden., clause: "Vertragspartner sind: {answer}."}
area: {label: Welches Gebiet?, short: Gebiet, why: Gebiete enden., help: In ganzen Sätzen., clause: "Gebiet: {answer}.\\n\\nEs liegt in {country}."}
contacts: {label: Wer ist erreichbar?, short: Kontakte, why: Menschen rufen Menschen an., clause: "Jeder Vertragspartner nennt eine Ansprechperson."}
bases: {label: Welches Recht?, short: Recht, why: Recht ist verschieden., clause: "Grundlage: {answer}."}
committee:
  label: Gibt es ein Gremium?
  short: Gremium
  why: Es hält lebendig.
  clauses:
    yes: "Die Vertragspartner bilden ein Gremium."
    no: "Es gibt kein Gremium."
    yes_condition: "Die Vertragspartner bilden ein Gremium, wenn {condition}."
rhythm: {label: Wie oft?, short: Sitzungen, why: Rhythmus hilft., clause: "Das Gremium von {network} tagt {answer}; Vorsitz: {q.chair}."}
chair:
  label: Wer leitet?
  short: Leitung
  why: Jemand muss.
  options: {turns: im Wechsel, one: eine Person}
  clauses: {turns: "Die Leitung wechselt.", one: "Eine Person leitet.", other: "Leitung: {answer}."}
minutes: {label: Protokoll?, short: Protokoll, why: Zur Erinnerung., clause: "{answer}"}
goals:
  label: Welche Ziele?
  short: Ziele
  why: Ziele führen.
  list: true
  options: {early: "Hilfe kommt früh,", whole: "Familien bleiben zusammen."}
  clause: "Die Ziele sind:"
answer_within: {label: Wie schnell?, short: Antwort, why: Warten schadet., clause: "Die Antwort kommt innerhalb von {answer.dative}."}
review: {label: Wann?, short: Prüfung, why: Zum Lernen., clause: "Geprüft wird am {answer}."}
offers:
  label: Welche Angebote?
  short: Angebote
  why: Um sie zu kennen.
  columns: {offer: Angebot, party: Vertragspartner, state: Stand, places: Plätze, until: Bis}
  options: {state.exists: vorhanden, state.planned: geplant}
  clause: "Bekannt sind:"
mood: {label: Wie ist die Stimmung?, short: Stimmung, why: Sie zählt.}
"""
EXAMPLES = """\
heinsberg:
  place: Kreis Heinsberg
  country: DE
  year: 2016
  source: "interkommunales.nrw"
  text: {en: Eight parties., de: Acht Vertragspartner.}
"""


def _guide(language: str) -> str:
    return f"""\
title: Small guide {language}
summary: A guide for tests.
about: |
  Written **for tests**.
parts:
  parties: {{title: Parties, about: Who.}}
  bodies: {{title: Bodies, about: Where.}}
  term: {{title: Term, about: Until when.}}
"""


def _step(language: str, title: str) -> str:
    return f"""\
---
title: {title} {language}
purpose: To begin.
takes_part: Everybody.
conversation: [Who are you?, What do you need?]
checklist:
  - {{key: named, text: All are named}}
stumbling:
  - {{key: time, text: "Is there no time?", help: Plan it.}}
outcome: A list.
---
Some *prose*.
"""


FILES = {
    "pack.yaml": PACK,
    "questions.yaml": QUESTIONS,
    "examples.yaml": EXAMPLES,
    "en/guide.yaml": _guide("en"),
    "de/guide.yaml": _guide("de"),
    "en/questions.yaml": TEXTS_EN,
    "de/questions.yaml": TEXTS_DE,
    "en/steps/meet.md": _step("en", "Meet"),
    "en/steps/plan.md": _step("en", "Plan"),
    "de/steps/meet.md": _step("de", "Treffen"),
    "de/steps/plan.md": _step("de", "Planen"),
}

Write = Callable[..., Path]


def write_files(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """write({"questions.yaml": ("old", "new")}) writes the small guide with that replacement; None leaves it out."""

    def make(changes: dict[str, tuple[str, str] | str | None] | None = None, name: str = "pack") -> Path:
        files: dict[str, str] = dict(FILES)
        for file, change in (changes or {}).items():
            if change is None:
                files.pop(file)
            elif isinstance(change, str):
                files[file] = change
            else:
                old, new = change
                assert old in files[file], f"{old!r} is not in {file}"
                files[file] = files[file].replace(old, new, 1)
        return write_files(tmp_path / name, files)

    return make


@pytest.fixture
def pack(write: Write) -> Pack:
    return read_pack(write())


@pytest.fixture
def cast(db: None) -> Cast:
    return build_cast(only={"birkenfurt"})
