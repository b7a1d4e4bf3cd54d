"""Answers in words: what is refused, how it reads in each language, and what the clause says."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtd.guide.pack import Pack
from mtd.guide.wording import (
    AnswerRefused,
    ClauseContext,
    clause_text,
    format_answer,
    format_day,
    format_period,
    format_rhythm,
    join_words,
    same_answer,
    validate_value,
)

PARTIES = {"p1": "Suchtberatung am Markt", "p2": "Kreisjugendamt", "p3": "Stadtjugendamt"}
BASES = {"de-81": "§ 81 SGB VIII", "de-4": "§ 4 KKG"}


def checked(pack: Pack, key: str, value: object, languages: tuple[str, ...] = ("de", "en")) -> dict[str, Any]:
    return validate_value(
        pack.question(key), value, languages=languages, parties=list(PARTIES), bases=list(BASES)
    )


@pytest.mark.parametrize(
    ("key", "value", "kept"),
    [
        (
            "area",
            {"text": {"de": "  Kreis\r\nund Stadt \x0b", "en": ""}},
            {"text": {"de": "Kreis\nund Stadt"}},
        ),
        ("area", {"text": {"de": "Ωμέγα 🦉 שלום\u200f"}}, {"text": {"de": "Ωμέγα 🦉 שלום\u200f"}}),
        ("chair", {"choice": "turns", "other": {"de": "x"}}, {"choice": "turns"}),
        ("chair", {"choice": "other", "other": {"de": "Los"}}, {"choice": "other", "other": {"de": "Los"}}),
        ("goals", {"choices": ["whole", "early", "whole"]}, {"choices": ["early", "whole"]}),
        ("goals", {"choices": [], "other": {"en": "Peace"}}, {"choices": [], "other": {"en": "Peace"}}),
        ("who", {"parties": ["p2", "p1", "p2"]}, {"parties": ["p2", "p1"]}),
        ("rhythm", {"at_least": "2", "per": "year", "x": 1}, {"at_least": 2, "per": "year"}),
        ("answer_within", {"number": 90, "unit": "hours"}, {"number": 90, "unit": "hours"}),
        ("review", {"date": "2028-02-29"}, {"date": "2028-02-29"}),
        ("committee", {"yes": True, "condition": {"de": " "}}, {"yes": True}),
        ("committee", {"yes": False, "condition": {"de": "Geld"}}, {"yes": False}),
        ("bases", {"bases": ["de-4", "de-4"]}, {"bases": ["de-4"]}),
        (
            "offers",
            {"rows": [{"offer": " ", "x": 1}, {"offer": "Gruppe", "party": "p1", "places": "2,5"}]},
            {"rows": [{"offer": "Gruppe", "party": "p1", "places": 2.5}]},
        ),
        (
            "contacts",
            {"contacts": {"p1": {"name": "A. B.", "phone": "02451 33"}, "p2": {"name": ""}}},
            {"contacts": {"p1": {"name": "A. B.", "phone": "02451 33"}}},
        ),
    ],
)
def test_a_good_answer_is_kept_clean(pack: Pack, key: str, value: object, kept: object) -> None:
    assert checked(pack, key, value) == kept


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("area", {"text": {"de": " \n "}}, "empty"),
        ("area", {"text": {"de": "x" * 201}}, "too_long"),
        ("area", {"text": {"fr": "salut"}}, "language"),
        ("area", {"text": "plain"}, "shape"),
        ("area", {"text": {"de": "\ud800"}}, "character"),
        ("area", "plain", "shape"),
        ("area", None, "shape"),
        ("chair", {"choice": "three"}, "option"),
        ("chair", {"choice": "other"}, "other_missing"),
        ("chair", {}, "empty"),
        ("chair", {"choice": ["turns"]}, "option"),
        ("goals", {"choices": ["early", "other"]}, "other_missing"),
        ("goals", {"choices": ["nothing"]}, "option"),
        ("goals", {"choices": []}, "empty"),
        ("who", {"parties": ["p1"]}, "too_few"),
        ("who", {"parties": ["p1", "p9"]}, "party"),
        ("rhythm", {"at_least": 0, "per": "year"}, "rhythm"),
        ("rhythm", {"at_least": -3, "per": "year"}, "rhythm"),
        ("rhythm", {"at_least": True, "per": "year"}, "number"),
        ("rhythm", {"at_least": 1, "per": "month"}, "per"),
        ("rhythm", {"at_least": "often", "per": "year"}, "number"),
        ("answer_within", {"number": 0, "unit": "hours"}, "period"),
        ("answer_within", {"number": 91, "unit": "hours"}, "period"),
        ("answer_within", {"number": 2, "unit": "years"}, "unit"),
        ("review", {"date": "2027-02-31"}, "date"),
        ("review", {"date": "31.02.2027"}, "date"),
        ("review", {"date": "0001-01-01"}, "date"),
        ("committee", {"yes": "yes"}, "shape"),
        ("committee", {}, "empty"),
        ("bases", {"bases": ["nl-1"]}, "basis"),
        ("bases", {"bases": []}, "empty"),
        ("offers", {"rows": [{"state": "sold"}]}, "option"),
        ("offers", {"rows": [{"party": "p9"}]}, "party"),
        ("offers", {"rows": [{"until": "2027-02-31"}]}, "date"),
        ("offers", {"rows": [{"places": "many"}]}, "number"),
        ("offers", {"rows": [{"offer": "a"}] * 4}, "rows"),
        ("offers", {"rows": [{"offer": ""}]}, "empty"),
        ("contacts", {"contacts": {"p9": {"name": "A"}}}, "party"),
        ("contacts", {"contacts": {"p1": {"phone": "0245133"}}}, "contact_name"),
        ("contacts", {"contacts": {"p1": {"name": "A"}}}, "contact_reach"),
        ("contacts", {"contacts": {"p1": {"name": "A", "email": "at home"}}}, "email"),
        ("contacts", {"contacts": {"p1": {"name": "A", "phone": "call me"}}}, "phone"),
        ("contacts", {"contacts": {}}, "empty"),
    ],
)
def test_a_bad_answer_is_refused_with_a_message(pack: Pack, key: str, value: object, code: str) -> None:
    with pytest.raises(AnswerRefused) as caught:
        checked(pack, key, value)
    assert caught.value.code == code
    assert str(caught.value)


def test_a_text_of_fifty_thousand_characters_is_kept_and_one_more_is_refused(pack: Pack) -> None:
    question = pack.question("mood")
    long = {"text": {"de": "ж" * 5000}}
    assert validate_value(question, long, languages=["de"], parties=[], bases=[]) == long
    with pytest.raises(AnswerRefused):
        validate_value(question, {"text": {"de": "ж" * 50_001}}, languages=["de"], parties=[], bases=[])


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["p1", "other", "de"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = [
    "text",
    "choice",
    "choices",
    "other",
    "parties",
    "contacts",
    "at_least",
    "per",
    "number",
    "unit",
    "date",
]
NAMES += ["rows", "bases", "yes", "condition"]


@given(
    value=st.dictionaries(
        st.sampled_from(NAMES), JSON | st.dictionaries(st.sampled_from(["de", "p1"]), JSON), max_size=4
    )
)
def test_no_answer_whatever_raises_anything_but_a_refusal(whole_pack: Pack, value: dict[str, object]) -> None:
    for question in whole_pack.questions:
        try:
            kept = checked(whole_pack, question.key, value)
        except AnswerRefused as refused:
            message = str(refused)
        else:
            message = format_answer(question, kept, "de", parties=PARTIES, bases=BASES)
            assert checked(whole_pack, question.key, kept) == kept
        assert message


@pytest.fixture(scope="module")
def whole_pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    from mtd.guide.pack import read_pack

    from .conftest import FILES, write_files

    return read_pack(write_files(tmp_path_factory.mktemp("whole"), FILES))


@pytest.mark.parametrize(
    ("number", "per", "english", "german"),
    [
        (1, "half_year", "at least once every half-year", "mindestens einmal im Halbjahr"),
        (4, "year", "at least 4 times a year", "mindestens viermal im Jahr"),
        (2, "month", "at least twice a month", "mindestens zweimal im Monat"),
        (1, "week", "at least once a week", "mindestens einmal in der Woche"),
        (3, "quarter", "at least 3 times every quarter", "mindestens dreimal im Quartal"),
        (20, "year", "at least 20 times a year", "mindestens 20-mal im Jahr"),
    ],
)
def test_rhythms_read_well(number: int, per: str, english: str, german: str) -> None:
    assert format_rhythm(number, per, "en") == english
    assert format_rhythm(number, per, "de") == german


@pytest.mark.parametrize(
    ("number", "unit", "english", "german", "dative"),
    [
        (1, "working_days", "1 working day", "1 Arbeitstag", "einem Arbeitstag"),
        (2, "working_days", "2 working days", "2 Arbeitstage", "2 Arbeitstagen"),
        (1, "hours", "1 hour", "1 Stunde", "einer Stunde"),
        (24, "hours", "24 hours", "24 Stunden", "24 Stunden"),
        (5, "days", "5 days", "5 Tage", "5 Tagen"),
        (6, "weeks", "6 weeks", "6 Wochen", "6 Wochen"),
        (3, "months", "3 months", "3 Monate", "3 Monaten"),
        (2, "years", "2 years", "2 Jahre", "2 Jahren"),
    ],
)
def test_periods_read_well_in_every_case(
    number: int, unit: str, english: str, german: str, dative: str
) -> None:
    assert format_period(number, unit, "en") == english
    assert format_period(number, unit, "en", dative=True) == english
    assert format_period(number, unit, "de") == german
    assert format_period(number, unit, "de", dative=True) == dative


def test_dates_and_lists_follow_the_language() -> None:
    assert format_day(date(2027, 5, 1), "en") == "1 May 2027"
    assert format_day(date(2027, 5, 1), "de") == "1. Mai 2027"
    assert format_day(date(2027, 5, 1), "fi") == "1. toukokuuta 2027"
    assert join_words(["a", "b", "c"], "en") == "a, b and c"
    assert join_words(["a", "b", "c"], "de") == "a, b und c"
    assert join_words(["a", "b"], "nl") == "a en b"
    assert join_words(["a, b", "c"], "de") == "a, b; c"
    assert join_words(["a"], "en") == "a"
    assert join_words([], "en") == ""
    assert format_period(3, "weeks", "fi") == "3 viikkoa"
    assert format_period(3, "working_days", "fi") == "3 working days"
    assert format_period(1, "days", "xx-not-a-language") == "1 day"


@pytest.mark.parametrize(
    ("key", "value", "english", "german"),
    [
        (
            "who",
            {"parties": ["p2", "p1"]},
            "Kreisjugendamt and Suchtberatung am Markt",
            "Kreisjugendamt und Suchtberatung am Markt",
        ),
        (
            "who",
            {"parties": ["gone", "p1"]},
            "a former party and Suchtberatung am Markt",
            "ein früherer Vertragspartner und Suchtberatung am Markt",
        ),
        ("area", {"text": {"de": "Der Kreis"}}, "Der Kreis", "Der Kreis"),
        ("chair", {"choice": "one"}, "one person", "eine Person"),
        ("chair", {"choice": "other", "other": {"de": "per Los"}}, "per Los", "per Los"),
        ("goals", {"choices": ["early", "whole"]}, "help comes early; families stay together", None),
        ("committee", {"yes": True}, "yes", "ja"),
        (
            "committee",
            {"yes": True, "condition": {"de": "Geld da"}},
            "yes, on condition: Geld da",
            "ja, unter der Bedingung: Geld da",
        ),
        ("committee", {"yes": False}, "no", "nein"),
        ("review", {"date": "2027-05-01"}, "1 May 2027", "1. Mai 2027"),
        ("bases", {"bases": ["de-4", "de-81"]}, "§ 4 KKG and § 81 SGB VIII", "§ 4 KKG und § 81 SGB VIII"),
        ("offers", {"rows": [{"offer": "x"}]}, "1 entry", "1 Eintrag"),
        ("offers", {"rows": [{"offer": "x"}] * 2}, "2 entries", "2 Einträge"),
        (
            "contacts",
            {"contacts": {"p1": {"name": "A", "phone": "123", "deputy_name": "B"}}},
            "Suchtberatung am Markt: A, 123 (B)",
            "Suchtberatung am Markt: A, 123 (B)",
        ),
        ("area", None, "not agreed", "nicht vereinbart"),
    ],
)
def test_answers_read_in_one_line(pack: Pack, key: str, value: Any, english: str, german: str | None) -> None:
    question = pack.question(key)
    assert format_answer(question, value, "en", parties=PARTIES, bases=BASES) == english
    if german is not None:
        assert format_answer(question, value, "de", parties=PARTIES, bases=BASES) == german


def clause(pack: Pack, key: str, value: Any, language: str, **answers: Any) -> Any:
    context = ClauseContext(
        parties=PARTIES, network="Birkenfurt", country="Deutschland", bases=BASES, answers=answers
    )
    return clause_text(pack, pack.question(key), value, language, context)


def test_a_clause_says_the_answer_in_the_language_of_the_agreement(pack: Pack) -> None:
    german = clause(pack, "answer_within", {"number": 1, "unit": "working_days"}, "de")
    assert german.paragraphs == ("Die Antwort kommt innerhalb von einem Arbeitstag.",)
    rhythm = clause(pack, "rhythm", {"at_least": 1, "per": "half_year"}, "de", chair={"choice": "turns"})
    assert (
        rhythm.text == "Das Gremium von Birkenfurt tagt mindestens einmal im Halbjahr; Vorsitz: im Wechsel."
    )
    area = clause(pack, "area", {"text": {"en": "Both towns."}}, "en")
    assert area.paragraphs == ("Area: Both towns.", "It lies in Deutschland.")


def test_what_was_not_agreed_never_becomes_a_silent_default(pack: Pack) -> None:
    wording = clause(pack, "rhythm", None, "en")
    assert not wording.agreed
    assert wording.text == ""
    assert "Vorsitz: nicht vereinbart" in clause(pack, "rhythm", {"at_least": 2, "per": "year"}, "de").text


def test_yes_no_and_conditions_choose_their_own_sentence(pack: Pack) -> None:
    assert clause(pack, "committee", {"yes": True}, "en").text == "The parties set up a committee."
    assert clause(pack, "committee", {"yes": False}, "de").text == "Es gibt kein Gremium."
    conditional = {"yes": True, "condition": {"en": "the council agrees"}}
    assert (
        clause(pack, "committee", conditional, "en").text
        == "The parties set up a committee if the council agrees."
    )
    assert (
        clause(pack, "chair", {"choice": "other", "other": {"en": "by lot"}}, "en").text == "Chair: by lot."
    )


def test_sentences_of_a_list_become_bullets_that_end_rightly_whichever_are_chosen(pack: Pack) -> None:
    assert clause(pack, "goals", {"choices": ["early"]}, "en").bullets == ("help comes early.",)
    wording = clause(pack, "goals", {"choices": ["early", "whole"], "other": {"en": "peace"}}, "en")
    assert wording.paragraphs == ("The goals are:",)
    assert wording.bullets == ("help comes early,", "families stay together,", "peace.")


def test_tables_and_contacts_stand_below_their_clause(pack: Pack) -> None:
    row = {"offer": "Gruppe", "party": "p1", "state": "planned", "places": 1200, "until": "2027-05-01"}
    table = clause(pack, "offers", {"rows": [row, {"offer": "Zweite"}]}, "de").table
    assert table.header == ("Angebot", "Vertragspartner", "Stand", "Plätze", "Bis")
    assert table.rows[0] == ("Gruppe", "Suchtberatung am Markt", "geplant", "1.200", "1. Mai 2027")
    assert table.rows[1] == ("Zweite", "", "", "", "")
    contacts = {
        "p2": {"name": "B", "email": "b@x.example"},
        "p1": {"name": "A", "phone": "123", "deputy_name": "C"},
    }
    table = clause(pack, "contacts", {"contacts": contacts}, "en").table
    assert [row[0] for row in table.rows] == ["Suchtberatung am Markt", "Kreisjugendamt"]
    assert table.rows[0] == ("Suchtberatung am Markt", "A", "", "123", "", "C")


def test_typed_braces_and_full_stops_do_no_harm_in_a_clause(pack: Pack) -> None:
    assert clause(pack, "area", {"text": {"en": "{network} and {answer}"}}, "en").paragraphs[0] == (
        "Area: {network} and {answer}."
    )
    assert clause(pack, "minutes", {"text": {"en": "One.\n\nTwo."}}, "en").paragraphs == ("One.", "Two.")


def test_a_process_question_is_settled_without_a_clause(pack: Pack) -> None:
    assert clause(pack, "mood", {"text": {"en": "good"}}, "en").agreed
    assert clause(pack, "mood", {"text": {"en": "good"}}, "en").text == ""


def test_answers_are_the_same_apart_from_spaces() -> None:
    assert same_answer({"text": {"de": "a  b\n"}}, {"text": {"de": "a b", "en": ""}})
    assert not same_answer({"text": {"de": "a"}}, {"text": {"de": "b"}})
    assert not same_answer({"yes": True}, {"yes": False})
    assert not same_answer(None, {"yes": True})
    assert same_answer(None, None)
