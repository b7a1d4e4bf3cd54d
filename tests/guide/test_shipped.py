"""The guide that ships: it loads, its branches end, and every clause reads in both languages."""

import re
from typing import Any

import pytest

from mtd.guide.pack import OBLIGATIONS, Pack, Question, QuestionType, open_questions, read_pack
from mtd.guide.wording import ClauseContext, clause_text, format_answer, validate_value

from .conftest import SHIPPED

PARTIES = {"p1": "Suchtberatung am Markt", "p2": "Kreisjugendamt Birkenfurt", "p3": "Stadtjugendamt Wendau"}
BASES = {"b1": "§ 81 SGB VIII", "b2": "§ 4 KKG"}
LANGUAGES = ("de", "en")


@pytest.fixture(scope="module")
def shipped() -> Pack:
    return read_pack(SHIPPED)


def examples_of(question: Question) -> list[dict[str, Any]]:
    """Answers of every shape that the question allows."""
    said = {"de": "ein eigener Wortlaut.", "en": "a wording of its own."}
    match question.type:
        case QuestionType.TEXT:
            return [{"text": said}]
        case QuestionType.CHOICE:
            other = [{"choice": "other", "other": said}] if question.allows_other else []
            return [{"choice": key} for key in question.option_keys] + other
        case QuestionType.SEVERAL:
            other = [{"choices": [], "other": said}] if question.allows_other else []
            keys = list(question.option_keys)
            return [{"choices": [key]} for key in keys] + [{"choices": keys}, *other]
        case QuestionType.PARTIES:
            return [{"parties": list(PARTIES)}]
        case QuestionType.CONTACT:
            return [{"contacts": {"p1": {"name": "A. Beispiel", "phone": "02451 0000"}}}]
        case QuestionType.RHYTHM:
            return [{"at_least": n, "per": per} for n in (1, 2, 4) for per in question.params["per"]]
        case QuestionType.PERIOD:
            low = question.params["min"]
            return [{"number": n, "unit": unit} for n in (low, low + 1) for unit in question.params["units"]]
        case QuestionType.DATE:
            return [{"date": "2027-05-01"}]
        case QuestionType.TABLE:
            row: dict[str, Any] = {}
            for column in question.column_specs:
                row[column["key"]] = {
                    "choice": (column.get("options") or [""])[0],
                    "party": "p1",
                    "number": 3,
                    "date": "2027-05-01",
                }.get(column["type"], "etwas")
            return [{"rows": [row] * max(1, question.params["min_rows"])}]
        case QuestionType.LEGAL_BASIS:
            return [{"bases": list(BASES)}, {"bases": [], "other": said}]
        case QuestionType.YES_NO:
            conditional = [{"yes": True, "condition": said}] if question.params["condition"] else []
            return [{"yes": True}, {"yes": False}, *conditional]


def test_the_shipped_guide_is_whole(shipped: Pack) -> None:
    assert shipped.languages == ("en", "de")
    assert len(shipped.parts) == 19
    assert len(shipped.steps) == 7
    assert 55 <= len(shipped.questions) <= 65
    assert {question.type for question in shipped.questions} == set(QuestionType)
    assert {question.obligation for question in shipped.questions} >= set(OBLIGATIONS)
    for part in shipped.parts:
        assert shipped.questions_of_part(part.key), f"no question for {part.key}"
    for step in shipped.steps:
        assert step.conversation["de"]
        assert step.checklist
        assert step.stumbling


def test_every_default_and_every_branch_of_the_shipped_guide_can_be_reached(shipped: Pack) -> None:
    for question in shipped.questions:
        default = question.default_value()
        if default is not None:
            validate_value(question, default, languages=LANGUAGES, parties=PARTIES, bases=BASES)
    everything: set[str] = set()
    for take in (0, -1, -2):
        answers = {q.key: (values := examples_of(q))[max(take, -len(values))] for q in shipped.questions}
        everything |= open_questions(shipped, answers)
    assert everything == {question.key for question in shipped.questions}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_clause_of_the_shipped_guide_reads_whole(shipped: Pack, language: str) -> None:
    answers = {question.key: examples_of(question)[0] for question in shipped.questions}
    context = ClauseContext(PARTIES, "Birkenfurt", "Deutschland", BASES, answers)
    for question in shipped.questions:
        for value in examples_of(question):
            kept = validate_value(question, value, languages=LANGUAGES, parties=PARTIES, bases=BASES)
            line = format_answer(question, kept, language, parties=PARTIES, bases=BASES)
            assert line.strip()
            wording = clause_text(shipped, question, kept, language, context)
            if not question.yields_clause:
                continue
            assert wording.paragraphs, (question.key, value)
            assert not re.search(r"[{}]|\.\.|\s[.,;]|  ", wording.text), (question.key, wording.text)
            assert wording.paragraphs[-1][-1] in ".!?:)”“…", (question.key, wording.text)
            assert bool(wording.bullets) == question.bullets
            if question.type in {QuestionType.TABLE, QuestionType.CONTACT}:
                assert wording.table is not None
                assert all(len(row) == len(wording.table.header) for row in wording.table.rows)
