"""Answers about words, kept for the next text that has the word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

Answer = TypeVar("Answer")

MOST: Final = 20_000


class Kept(dict[str, Answer]):
    """Asks about a word when it first comes: kept[word]. After MOST words it forgets them all.

    Of a text every different word is asked, so that an answer has to be at hand at once; an `lru_cache` takes several
    times as long, since it orders what it keeps anew with every question.
    """

    def __init__(self, ask: Callable[[str], Answer]) -> None:
        super().__init__()
        self._ask = ask

    def __missing__(self, word: str) -> Answer:
        if len(self) >= MOST:
            self.clear()
        answer = self[word] = self._ask(word)
        return answer
