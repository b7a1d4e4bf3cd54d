"""What the component gallery shows: every component with an example and the code that draws it.

The examples are files under templates/core/gallery/; the code shown is the very file that is rendered.
All people, organisations and figures here are invented.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from mtd.deidentification import Kind

from .banks import BankParty, BankRow, Banks, Plank, two_banks
from .guarded import GuardedTextField
from .judging import Judgement, Passage

FOLDER = Path(settings.BASE_DIR) / "templates" / "core" / "gallery"
BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Example:
    """One component: what it is for, how it looks, how it is written."""

    slug: str
    title: str
    purpose: str
    html: str
    code: str


EXAMPLES = (
    (
        "page_head",
        _("Page head"),
        _("What this is, one sentence why, state and facts, one main action; the rest behind it."),
    ),
    ("subnav", _("Rooms of one thing"), _("The parts of an agreement; the current one is marked.")),
    ("road", _("Road"), _("Steps with “you are here”; vertical on a phone.")),
    ("next", _("Next step"), _("Who, what, by when, one button. Only the first is large and filled.")),
    (
        "two_banks",
        _("Two banks, four parties"),
        _("Who agrees with what: each plank a question, gaps stay open."),
    ),
    (
        "two_banks_many",
        _("Two banks, eight parties"),
        _("From five parties on, letters stand for names."),
    ),
    ("two_banks_twelve", _("Two banks and a third, twelve parties"), _("The most there may be.")),
    (
        "positions",
        _("Positions on one question"),
        _("The same banks; the river holds the sign of difference."),
    ),
    ("diff", _("Versions side by side"), _("Two papers; words that differ are underlined.")),
    ("state", _("State pill"), _("Always a word and a sign, never colour alone.")),
    ("person", _("Person and organisation"), _("The half-disc tells the help system.")),
    ("note", _("Notes"), _("Who sees a note is told by edge, sign and words.")),
    ("log", _("Timeline and history"), _("What happened, newest first; the history is folded.")),
    (
        "figure",
        _("Figure with source, estimate beside count"),
        _("An estimate is dotted, a count is filled."),
    ),
    ("buttons", _("Buttons"), _("One filled button a page. A blocked one says why.")),
    ("form", _("Form fields"), _("Label, help, error and widget are tied together.")),
    ("form_errors", _("Form with mistakes"), _("Summary on top, error at the field, what was typed stays.")),
    (
        "guard",
        _("Text that others read"),
        _("What could tell who a family is gets marked; each passage says why, and what could stand there."),
    ),
    ("upload", _("File upload"), _("The limit stands beside the field.")),
    ("messages", _("Messages and errors"), _("What happened, what is safe, what to do.")),
    ("empty", _("Empty state"), _("What will be here, an example, the button that starts it.")),
    ("table", _("Tables, as-table, pages, filter"), _("Every picture has its table one click away.")),
    ("code", _("Codes, facts, progress"), _("Long codes wrap; progress has words.")),
)


class ExampleForm(forms.Form):
    """Every kind of field once."""

    title = forms.CharField(label="Title of the agreement", help_text="As it stands on the first page.")
    reason = forms.CharField(label="Why now?", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    start = forms.DateField(
        label="In force from", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    days = forms.IntegerField(label="Answer within working days", min_value=1, help_text="At least one.")
    body = forms.ChoiceField(
        label="Who decides", choices=[("", "Please choose"), ("council", "Council"), ("board", "Board")]
    )
    stance = forms.ChoiceField(
        label="Our position on version B",
        widget=forms.RadioSelect,
        choices=[("agree", "We agree"), ("stay", "We stay with version A"), ("third", "We propose a third")],
    )
    parties = forms.MultipleChoiceField(
        label="Who takes part",
        widget=forms.CheckboxSelectMultiple,
        choices=[("a", "Addiction counselling"), ("b", "Youth office"), ("c", "School social work")],
        required=False,
        help_text="Choose all that apply.",
    )
    mail = forms.EmailField(label="E-mail for questions", required=False)
    sure = forms.BooleanField(label="I have read the text that I sign.")


class ExampleGuardForm(forms.Form):
    """A text that people of other organisations read."""

    story = GuardedTextField(label="What happened?", rows=5)


def _guarded() -> ExampleGuardForm:
    """The form as it comes back, with three passages: one must go, one is to be checked, one may stay."""
    text = (
        "The mother has come to us since February. After she parted from Mr Kowalczyk she moved to her own mother in "
        "Ahlenried with both children. The youth office is involved."
    )
    found = (
        (Kind.PERSON, True, "Mr Kowalczyk", "name_after_title", "the father of the children", ""),
        (Kind.PLACE, False, "Ahlenried", "small_place", "a small town", ""),
        (Kind.ORGANISATION, False, "youth office", "organisation", "", "public"),
    )
    form = ExampleGuardForm(initial={"story": text}, auto_id="guard_%s")
    form.fields["story"].widget.judgement = Judgement(
        text,
        tuple(
            Passage(
                number=number,
                token=f"example-{number}",
                kind=kind,
                must_go=must_go,
                words=words,
                reason=reason,
                suggestion=suggestion,
                spans=((text.index(words), text.index(words) + len(words), suggestion),),
                kept=kept,
            )
            for number, (kind, must_go, words, reason, suggestion, kept) in enumerate(found, start=1)
        ),
    )
    return form


class ExampleUploadForm(forms.Form):
    """One file."""

    file = forms.FileField(label="Signed document", help_text="PDF, at most 25 MB.")


class ExampleFilterForm(forms.Form):
    """Two filters."""

    search = forms.CharField(label="Word", required=False)
    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "All"), ("work", "in progress"), ("good", "in force")]
    )


def _row(number: int, title: str, planks: str, positions: dict[str, tuple[str, int]]) -> BankRow:
    states = {"a": "agreed", "d": "differs", "p": "parked", "o": "open"}
    return BankRow(
        number=str(number),
        title=title,
        url="#",
        planks=[Plank(states[letter]) for letter in planks],
        positions=positions,
    )


def _chapters(keys: list[str]) -> list[BankRow]:
    plan = (
        ("Common stance", "aaaa"),
        ("Target group and area", "aaa"),
        ("Tasks and limits", "aaapaa"),
        ("Contact persons", "aadaa"),
        ("The way of a family", "aaaddoaa"),
        ("Child in danger", "aadoa"),
        ("Confidentiality and release", "apoooa"),
        ("Committees and rhythms", "aaoa"),
        ("Term and change", "aooo"),
    )
    rows = []
    for number, (title, planks) in enumerate(plan, start=1):
        positions = {}
        for index, key in enumerate(keys):
            if "d" in planks and index % 3 == 0:
                positions[key] = ("differs", planks.count("d"))
            elif "p" in planks and index % 4 == 2:
                positions[key] = ("parked", 1)
            elif "o" in planks and index % 2 == 1:
                positions[key] = ("open", planks.count("o"))
            else:
                positions[key] = ("agreed", 0)
        rows.append(_row(number, title, planks, positions))
    return rows


def _banks(parties: list[tuple[str, str, str]]) -> Banks:
    listed = [
        BankParty(key=str(index), name=name, short=short, system=system, ours=index == 0)
        for index, (name, short, system) in enumerate(parties)
    ]
    return two_banks(parties=listed, rows=_chapters([party.key for party in listed]))


FOUR = [
    ("Suchtberatung am Markt", "Am Markt", "addiction_care"),
    ("Drogenhilfe Ahlenried", "Drogenhilfe", "addiction_care"),
    ("Kreisjugendamt Birkenfurt", "Kreis", "youth_welfare"),
    ("Stadtjugendamt Wendau", "Wendau", "youth_welfare"),
]
NINE = [
    *FOUR,
    ("Suchthilfe im Nordkreis", "", "addiction_care"),
    ("Jugendamt der Stadt Ahlenried", "", "youth_welfare"),
    ("Jugendamt der Stadt Hohenlinde", "", "youth_welfare"),
    ("Jugendamt der Stadt Mittelau", "", "youth_welfare"),
]
TWELVE = [
    *NINE,
    ("Kinderklinik Birkenfurt", "", "health"),
    ("Schulsozialarbeit Wendau", "", "school"),
    ("Frauenhaus Birkenfurt", "", "other"),
    ("Fachklinik Sonnenhang", "", "addiction_care"),
]

STEPS = [
    {"name": "Getting to know each other", "when": "March 2026", "state": "done"},
    {"name": "My task, your task", "when": "April – May", "state": "done"},
    {"name": "Clarifying goals", "when": "June – July", "state": "done"},
    {"name": "Possibilities and limits", "when": "Sept – Oct", "state": "done"},
    {"name": "Planning and agreeing", "when": "since October", "state": "here", "url": "#"},
    {"name": "Deciding and signing", "when": "planned by March 2027", "state": "next"},
    {"name": "Reviewing and developing", "when": "a year later", "state": "next"},
]

ENTRIES = [
    {
        "when": dt.datetime(2026, 11, 19, 14, 2, tzinfo=BERLIN),
        "who": "Kreisjugendamt Birkenfurt",
        "what": "Version B proposed",
        "detail": "Five working days; seven in the school holidays.",
        "kind": "work",
    },
    {
        "when": dt.datetime(2026, 11, 12, 9, 30, tzinfo=BERLIN),
        "who": "Suchtberatung am Markt",
        "what": "Version A proposed",
        "kind": "late",
    },
    {"when": dt.datetime(2026, 11, 3, 11, 0, tzinfo=BERLIN), "what": "Question opened", "who": "Moderation"},
]


def context() -> dict[str, Any]:
    """What the examples draw."""
    wrong = {
        "title": "",
        "reason": "The old text is from 2014.",
        "days": "0",
        "stance": "",
        "mail": "leonie@",
    }
    return {
        "steps": STEPS,
        "banks": _banks(FOUR),
        "banks_eight": _banks([*NINE]),
        "banks_twelve": _banks(TWELVE),
        "entries": ENTRIES,
        "rooms": [
            {"label": "Overview", "url": "#", "current": True},
            {"label": "Questions", "url": "#", "count": 16},
            {"label": "Text", "url": "#"},
            {"label": "Annexes", "url": "#", "count": 3},
            {"label": "Sign", "url": "#"},
            {"label": "Life", "url": "#"},
        ],
        "due": dt.date(2026, 11, 20),
        "later": dt.date(2026, 12, 8),
        "old_text": "The receiving service confirms that a handover card has arrived within two working days "
        "and names the professional in charge.",
        "new_text": "The receiving service confirms that a handover card has arrived within five working days, "
        "in the school holidays within seven.",
        "form": ExampleForm(
            initial={
                "title": "Cooperation agreement Birkenfurt",
                "stance": "third",
                "days": 3,
                "parties": ["a", "b"],
                "start": dt.date(2027, 1, 1),
            },
            auto_id="good_%s",
        ),
        "wrong_form": ExampleForm(wrong, auto_id="wrong_%s"),
        "guarded_form": _guarded(),
        "upload_form": ExampleUploadForm(auto_id="up_%s"),
        "filter_form": ExampleFilterForm(auto_id="filter_%s"),
        "pages": Paginator(range(230), 20).page(4),
        "pairs": [("In force since", "1 January 2027"), ("Next review", "31 January 2028"), ("Parties", "4")],
        "digest": "9f2c41d07be8a6635c1f20d4e9b7a83c5d6e1f0a4b8c7d2e3f6a9b0c1d2e3f4a",
        "reason": "Only the lead of your organisation may sign. That is Leonie Brandt.",
    }


def examples(request: HttpRequest) -> list[Example]:
    """All examples, drawn and with their code."""
    shown = context()
    return [
        Example(
            slug=slug,
            title=str(title),
            purpose=str(purpose),
            html=render_to_string(f"core/gallery/{slug}.html", shown, request),
            code=(FOLDER / f"{slug}.html").read_text(encoding="utf-8").strip(),
        )
        for slug, title, purpose in EXAMPLES
    ]
