"""Branches: which questions are asked, given the answers so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .shape import Pack, Question

Answer = Mapping[str, Any]


def answer_keys(answer: Answer | None) -> frozenset[str]:
    """What an answer means for branches: yes or no, or the keys of the options chosen."""
    if not answer:
        return frozenset()
    if "yes" in answer:
        return frozenset({"yes" if answer["yes"] else "no"})
    if "choice" in answer:
        return frozenset({str(answer["choice"])})
    if "choices" in answer:
        chosen = {str(key) for key in answer["choices"]}
        if answer.get("other"):
            chosen.add("other")
        return frozenset(chosen)
    return frozenset()


def open_questions(pack: Pack, answers: Mapping[str, Answer | None]) -> frozenset[str]:
    """Keys of the questions that are asked now.

    A question is asked when every entry of its `show_if` holds: the question named there is itself asked,
    and its answer is one of the values. So a branch behind a closed branch is closed, whatever was answered.
    """
    known: dict[str, bool] = {}

    def is_open(question: Question) -> bool:
        if question.key in known:
            return known[question.key]
        known[question.key] = False  # a cycle (which a checked pack cannot have) stays closed
        result = all(
            pack.has_question(key)
            and not answer_keys(answers.get(key)).isdisjoint(values)
            and is_open(pack.question(key))
            for key, values in question.show_if.items()
        )
        known[question.key] = result
        return result

    return frozenset(question.key for question in pack.questions if is_open(question))


def cycles(show_if: Mapping[str, Mapping[str, object]]) -> list[tuple[str, ...]]:
    """The cycles among branches, each once, as the keys in their order: ("a", "b") means a → b → a."""
    found: list[tuple[str, ...]] = []
    done: set[str] = set()
    for start in show_if:
        if start in done:
            continue
        # Iterative, because the depth of a chain is in the hands of whoever wrote the pack.
        path: list[str] = [start]
        position = {start: 0}
        rest = [iter(show_if[start])]
        while rest:
            following = next(rest[-1], None)
            if following is None:
                rest.pop()
                key = path.pop()
                del position[key]
                done.add(key)
            elif following in position:
                found.append(tuple(path[position[following] :]))
            elif following in show_if and following not in done:
                position[following] = len(path)
                path.append(following)
                rest.append(iter(show_if[following]))
    return found
