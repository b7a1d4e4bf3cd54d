"""A small network that says for each word how likely it is a person, a place or an organisation.

Trained on openly licensed texts (scripts/train_guard.py), it looks at each word with three neighbours on either side.
A word is the sum of what its features say; that sum is kept per distinct word, so that a page costs one small matrix
product.
"""

from __future__ import annotations

import io
import lzma
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate, chain
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
_AT_ONCE: Final = 256
"""How many words are learned at once: a page's, and little memory."""


_SIX_BITS: Final = (np.arange(64)[:, None] >> np.arange(5, -1, -1) & 1).astype(np.float32)


def situations(text: Text) -> Array:
    """What depends on where a word stands, one row a token."""
    tokens = text.tokens
    codes = [token.space << 1 | token.opens for token in tokens]
    if not (text.small or text.shouted):
        norms, forms, where = text.norms, text.forms, text.where
        large = [at for at in text.large if forms[at][0].isalpha()]
        inside = {norms[at] for at in large if not codes[at] & 1}
        small = {
            norm
            for norm in {norms[at] for at in large}
            if len(where[norm]) > 1 and any(forms[at][0].islower() for at in where[norm])
        }
        for at in large:
            norm = norms[at]
            if codes[at] & 1:
                codes[at] |= 40 if norm in inside else 36
            if norm in small:
                codes[at] |= 16
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

    def vectors(self, words: Sequence[Sequence[int]]) -> Array:
        """What the features of each word add up to, one row a word; a word has at least one feature."""
        ends = list(accumulate(map(len, words)))
        rows = self.table[list(chain.from_iterable(words))]
        # Small integers add up without loss whatever they are added up in.
        total: Array = np.add.reduceat(rows, [0, *ends[:-1]], axis=0, dtype=np.float32)
        return total if self.scale is None else total * self.scale

    def shares(self, vectors: Array, situation: Array) -> Array:
        """For each token how likely it is nothing, a person, a place, an organisation."""
        count, width = vectors.shape
        padded = np.zeros((count + 2 * REACH, width), np.float32)
        padded[REACH : REACH + count] = vectors
        result: Array = np.empty((count, self.out.shape[1]), np.float32)
        around = [self.into[at * width : (at + 1) * width] for at in range(2 * REACH + 1)]
        rest = self.into[(2 * REACH + 1) * width :]
        scores, part = np.empty((2, min(_BLOCK, count), len(self.bias)), np.float32)
        # In small blocks, which a numerical library works off at once: on several threads, which it would use for a
        # whole page, they wait for each other longer than they work.
        for first in range(0, count, _BLOCK):
            last = min(first + _BLOCK, count)
            if last - first < len(scores):
                scores, part = scores[: last - first], part[: last - first]
            np.matmul(situation[first:last], rest, out=scores)
            scores += self.bias
            for offset, weights in enumerate(around):
                np.matmul(padded[first + offset : last + offset], weights, out=part)
                scores += part
            np.maximum(scores, 0, out=scores)
            np.matmul(scores, self.out, out=result[first:last])
        result += self.out_bias
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
        self.numbers: dict[tuple[str, bool], dict[str, int]] = defaultdict(dict)
        self.rows = np.empty((1024, tagger().table.shape[1]), np.float32)
        self.count = 0
        self._lock = Lock()

    def learn(self, words: Sequence[str], language: str, capitals: bool) -> None:
        """Give each word a row."""
        for first in range(0, len(words), _AT_ONCE):
            some = words[first : first + _AT_ONCE]
            vectors = tagger().vectors([word_features(word, language, capitals) for word in some])
            self._keep(some, vectors, self.numbers[language, capitals])

    def _keep(self, words: Sequence[str], vectors: Array, numbers: dict[str, int]) -> None:
        with self._lock:
            first, last = self.count, self.count + len(words)
            rows = self.rows
            while last > len(rows):
                rows = np.concatenate((rows, np.empty_like(rows)))
            rows[first:last] = vectors
            self.rows, self.count = rows, last
            # Two threads may learn one word: it has two rows then, which are the same.
            numbers.update(zip(words, range(first, last), strict=True))


_learned: list[_Learned] = []


def _known() -> _Learned:
    if not _learned or _learned[0].count > _ROOM:
        _learned[:] = [_Learned()]
    return _learned[0]


def shares(text: Text) -> Array:
    """How likely each token is nothing, a person, a place, an organisation."""
    capitals = not (text.small or text.shouted)
    forms = text.forms if capitals else text.norms
    known = _known()
    numbers = known.numbers[text.language, capitals]
    new = set(forms).difference(numbers)
    if new:
        known.learn(list(new), text.language, capitals)
    places = list(map(numbers.__getitem__, forms))
    return tagger().shares(known.rows[places], situations(text))


def learn(words: Iterable[str], language: str) -> None:
    """Work out now what words say that will surely come."""
    known = _known()
    new = list(set(words).difference(known.numbers[language, True]))
    if new:
        known.learn(new, language, True)
