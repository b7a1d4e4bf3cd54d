"""From answers to words: checking an answer, saying it in one line, and making the clause of it."""

from .answers import MAX_ANSWER, AnswerRefused, same_answer, validate_value
from .clauses import ClauseContext, ClauseTable, ClauseWording, clause_text, format_answer
from .phrases import format_day, format_period, format_rhythm, join_words, not_agreed

__all__ = [
    "MAX_ANSWER",
    "AnswerRefused",
    "ClauseContext",
    "ClauseTable",
    "ClauseWording",
    "clause_text",
    "format_answer",
    "format_day",
    "format_period",
    "format_rhythm",
    "join_words",
    "not_agreed",
    "same_answer",
    "validate_value",
]
