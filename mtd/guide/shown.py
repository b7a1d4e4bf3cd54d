"""A question as people read it: what kind of answer, what is proposed, what opens it, what others agreed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from .pack import Example, Pack, Part, Question, QuestionType, say
from .wording import format_answer

KINDS = {
    QuestionType.TEXT: pgettext_lazy("kind of answer", "Text"),
    QuestionType.CHOICE: pgettext_lazy("kind of answer", "One of several"),
    QuestionType.SEVERAL: pgettext_lazy("kind of answer", "Several of a list"),
    QuestionType.PARTIES: pgettext_lazy("kind of answer", "Parties"),
    QuestionType.CONTACT: pgettext_lazy("kind of answer", "Named contacts with deputies"),
    QuestionType.RHYTHM: pgettext_lazy("kind of answer", "Rhythm"),
    QuestionType.PERIOD: pgettext_lazy("kind of answer", "Period of time"),
    QuestionType.DATE: pgettext_lazy("kind of answer", "Date"),
    QuestionType.TABLE: pgettext_lazy("kind of answer", "Table"),
    QuestionType.LEGAL_BASIS: pgettext_lazy("kind of answer", "Legal bases"),
    QuestionType.YES_NO: pgettext_lazy("kind of answer", "Yes or no"),
}


@dataclass(frozen=True)
class ShownQuestion:
    """One question, ready to be read in one language."""

    question: Question
    part: Part
    label: str
    short: str
    why: str
    help: str
    kind: str
    options: tuple[str, ...]
    proposed: str
    source: str
    opened_by: str
    examples: tuple[Example, ...]
    clauses: tuple[tuple[str, str], ...]
    """(when, sentence): the wording that the answer becomes; “…” stands for the answer."""


def shown_question(pack: Pack, question: Question, language: str) -> ShownQuestion:
    """The question for readers; words around it are in the reader's language, its own in the guide's."""
    default = question.default_value()
    own = question.default_source in {"", "proposed"}
    return ShownQuestion(
        question=question,
        part=pack.part(question.part),
        label=say(question.label, language),
        short=say(question.short, language),
        why=say(question.why, language),
        help=say(question.help, language),
        kind=str(KINDS[question.type]),
        options=tuple(say(question.options[key], language).rstrip(",") for key in question.option_keys)
        or tuple(say(text, language) for text in question.columns.values()),
        proposed=format_answer(question, default, language) if default else "",
        source=_("our own proposal") if own else question.default_source,
        opened_by=_opened_by(pack, question, language),
        examples=tuple(pack.examples[key] for key in question.examples if key in pack.examples),
        clauses=_clauses(question, language),
    )


def _opened_by(pack: Pack, question: Question, language: str) -> str:
    sentences = []
    for key, values in question.show_if.items():
        other = pack.question(key)
        words = [_answer_word(other, value, language) for value in values]
        sentences.append(
            _("Asked only if “%(question)s” is answered with: %(answer)s.")
            % {"question": say(other.label, language), "answer": " / ".join(words)}
        )
    return " ".join(sentences)


def _answer_word(question: Question, value: str, language: str) -> str:
    if question.type == QuestionType.YES_NO:
        return pgettext("answer", "yes") if value == "yes" else pgettext("answer", "no")
    if value in question.options:
        return say(question.options[value], language).rstrip(".,")
    return _("something else")


def _clauses(question: Question, language: str) -> tuple[tuple[str, str], ...]:
    if not question.yields_clause:
        return ()
    if question.clause:
        return (("", _blank(say(question.clause, language))),)
    names = {
        "yes": pgettext("answer", "yes"),
        "no": pgettext("answer", "no"),
        "yes_condition": _("yes, with a condition"),
        "other": _("something else"),
    }
    return tuple(
        (
            names[key]
            if key in names and key not in question.options
            else _answer_word(question, key, language),
            _blank(say(text, language)),
        )
        for key, text in question.clauses.items()
    )


def _blank(text: str) -> str:
    """Placeholders as a blank that is to be filled."""
    return re.sub(r"\{[a-z_.0-9]+\}\.?", "…", text)
