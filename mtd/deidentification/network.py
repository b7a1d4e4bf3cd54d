"""A small network that says for each word how likely it is a person, a place or an organisation.

Trained on openly licensed texts (scripts/train_guard.py), it looks at each word with three neighbours on either side.
A word is the sum of what its features say; that sum is kept per distinct word, so that a page costs one small matrix
product.
"""

from __future__ import annotations

import io
import lzma
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .features import word_features
from .text import Text

Array = NDArray[np.float32]

REACH: Final = 3
"""How many words on either side are looked at."""
_ORDER: Final = ("en", "de", "fr", "nl", "es", "it", "pt", "fi", "el", "sl", "sk", "cs")
SITUATION: Final = 8 + len(_ORDER)
_LEVELS: Final = 63
_BLOCK: Final = 64
_ROOM: Final = 60_000
"""How many distinct words are kept; then everything is forgotten and learned anew."""


_SIX_BITS: Final = (np.arange(64)[:, None] >> np.arange(5, -1, -1) & 1).astype(np.float32)


def situations(text: Text) -> Array:
    """What depends on where a word stands, one row a token."""
    tokens = text.tokens
    capitals = not (text.small or text.shouted)
    codes = [token.space << 1 | token.opens for token in tokens]
    if capitals:
        large = []
        small, inside = set(), set()
        for at, token in enumerate(tokens):
            if not token.word:
                continue
            first = token.form[0]
            if first.isupper():
                large.append(at)
                if not token.opens:
                    inside.add(token.norm)
            elif first.islower():
                small.add(token.norm)
        for at in large:
            token = tokens[at]
            code = 32 | (8 if token.norm in inside else 4) if token.opens else 0
            codes[at] |= code | (16 if token.norm in small else 0)
    rows = np.zeros((len(tokens), SITUATION), np.float32)
    rows[:, 0] = text.small
    rows[:, 1] = text.shouted
    rows[:, 2:8] = _SIX_BITS[codes]
    if text.language in _ORDER:
        rows[:, 8 + _ORDER.index(text.language)] = 1
    return rows


@dataclass(slots=True)
class Tagger:
    """The weights."""

    table: NDArray[np.float32] | NDArray[np.int8]
    """One row a feature."""
    into: Array
    bias: Array
    out: Array
    out_bias: Array
    scale: Array | None = None
    """What a row of small integers is multiplied with, per column."""

    def vector(self, features: list[int]) -> Array:
        """What the features of one word add up to."""
        total: Array = self.table[features].sum(axis=0, dtype=np.float32)
        return total if self.scale is None else total * self.scale

    def shares(self, vectors: Array, situation: Array) -> Array:
        """For each token how likely it is nothing, a person, a place, an organisation."""
        count, width = vectors.shape
        padded = np.zeros((count + 2 * REACH, width), np.float32)
        padded[REACH : REACH + count] = vectors
        result = np.empty((count, self.out.shape[1]), np.float32)
        rest = self.into[(2 * REACH + 1) * width :]
        # In small blocks, which a numerical library works off at once: on several threads, which it would use for a
        # whole page, they wait for each other longer than they work.
        for first in range(0, count, _BLOCK):
            last = min(first + _BLOCK, count)
            scores = situation[first:last] @ rest + self.bias
            for offset in range(2 * REACH + 1):
                scores += (
                    padded[first + offset : last + offset] @ self.into[offset * width : (offset + 1) * width]
                )
            result[first:last] = np.maximum(scores, 0) @ self.out + self.out_bias
        result -= result.max(axis=1, keepdims=True)
        np.exp(result, out=result)
        result /= result.sum(axis=1, keepdims=True)
        return result

    def packed(self) -> bytes:
        """As a file: the table in small integers, the rest in half precision."""
        scale = (
            np.maximum(np.percentile(np.abs(self.table[np.any(self.table != 0, axis=1)]), 99.9, axis=0), 1e-6)
            / _LEVELS
        )
        small = np.clip(np.round(self.table / scale), -_LEVELS, _LEVELS).astype(np.int8)
        buffer = io.BytesIO()
        np.savez(
            buffer,
            table=small,
            scale=scale.astype(np.float32),
            into=self.into.astype(np.float16),
            bias=self.bias.astype(np.float32),
            out=self.out.astype(np.float32),
            out_bias=self.out_bias.astype(np.float32),
        )
        return lzma.compress(buffer.getvalue(), preset=9)


def unpacked(packed: bytes) -> Tagger:
    """The tagger that `packed` wrote."""
    with np.load(io.BytesIO(lzma.decompress(packed)), allow_pickle=False) as found:
        return Tagger(
            found["table"],
            found["into"].astype(np.float32),
            found["bias"],
            found["out"],
            found["out_bias"],
            found["scale"],
        )


@cache
def tagger() -> Tagger:
    """The trained tagger, read once."""
    return unpacked(files(__package__).joinpath("data", "tagger.bin").read_bytes())


class _Learned:
    """What is known of words, one row each; words are only ever added, so that several threads may read."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[str, str, bool], int] = {}
        self.rows = np.empty((1024, tagger().table.shape[1]), np.float32)
        self._lock = Lock()

    def number(self, key: tuple[str, str, bool]) -> int:
        """The row of a word, which is learned now."""
        language, form, capitals = key
        vector = tagger().vector(word_features(form, language, capitals))
        with self._lock:
            number = len(self.numbers)
            if number == len(self.rows):
                self.rows = np.concatenate((self.rows, np.empty_like(self.rows)))
            self.rows[number] = vector
            # Two threads may learn one word: then the first row counts, and the next word takes the other.
            return self.numbers.setdefault(key, number)


_learned: list[_Learned] = []


def _known() -> _Learned:
    if not _learned or len(_learned[0].numbers) > _ROOM:
        _learned[:] = [_Learned()]
    return _learned[0]


def shares(text: Text) -> Array:
    """How likely each token is nothing, a person, a place, an organisation."""
    capitals = not (text.small or text.shouted)
    known, language = _known(), text.language
    numbers = known.numbers
    places = []
    for token in text.tokens:
        key = (language, token.form if capitals else token.norm, capitals)
        number = numbers.get(key)
        places.append(known.number(key) if number is None else number)
    return tagger().shares(known.rows[places], situations(text))


def learn(words: Iterable[str], language: str) -> None:
    """Work out now what words say that will surely come."""
    known = _known()
    for word in words:
        if (language, word, True) not in known.numbers:
            known.number((language, word, True))
