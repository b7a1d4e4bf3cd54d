"""A guide as content: its shape, how a pack is read and checked, and which questions its branches open."""

from .branches import cycles, open_questions
from .reading import read_pack
from .shape import (
    OBLIGATIONS,
    CheckItem,
    Example,
    Pack,
    Part,
    Question,
    QuestionType,
    Step,
    Stumbling,
    Texts,
    pack_from_json,
    pack_to_json,
    say,
)
from .source import PackError, PackErrors

__all__ = [
    "OBLIGATIONS",
    "CheckItem",
    "Example",
    "Pack",
    "PackError",
    "PackErrors",
    "Part",
    "Question",
    "QuestionType",
    "Step",
    "Stumbling",
    "Texts",
    "cycles",
    "open_questions",
    "pack_from_json",
    "pack_to_json",
    "read_pack",
    "say",
]
