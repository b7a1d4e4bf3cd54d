"""Train the tagger of the identity guard: a small network over hashed features of the words around.

    VENV/bin/python scripts/train_guard.py --texts FOLDER --fakerjs FOLDER [--epochs 5]

`--texts` is the folder with the openly licensed texts: train/<lang>.jsonl.gz, and <lang>.jsonl, of which the half that
may be looked at is learned from. Own case texts come from content/guard. Plain numpy; about five minutes on one core.
Writes mtd/deidentification/data/tagger.bin.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from guard_texts import (
    LANGUAGES,
    ROOT,
    Example,
    Names,
    changed,
    hurried,
    kept_back,
    medical,
    read_cases,
    read_jsonl,
    read_messages,
    recased,
    split_of,
)

from mtd.deidentification import lists
from mtd.deidentification.features import SIZE, word_features
from mtd.deidentification.network import REACH, SITUATION, Tagger, situations
from mtd.deidentification.text import read

KINDS = {"PERSON": 1, "LOCATION": 2, "ADDRESS": 2, "ORG": 3}
# Which share of the texts is written small.
LOWER = [0.42]
# Which share of the texts is written without accents.
BARE = [0.15]
# How often is forgotten in learning: the word itself (so that lists and letters count), any feature, any inner sum.
RARE = 4
FORGET = [0.5, 0.15, 0.3]
# How many copies of each text are learned from; more of what is like a case, less of what is old or noisy.
COPIES = {
    "case": 20.0,
    "meddocan": 0.6,
    "europeana": 0.7,
    "LitBank": 0.5,
    "fr-litbank": 1.0,
    "Presidio": 1.0,
    "presidio": 1.0,
}
# More of a language that has little to learn from, less of one that has much.
RICH = {"en": 0.55, "cs": 2.2, "nl": 1.5}
Array = NDArray[np.float32]


class Corpus:
    """Texts as numbers: for each token its word, its situation, its class and which classes are allowed."""

    def __init__(self) -> None:
        self.types: dict[tuple[str, str, bool], int] = {}
        self.features: list[list[int]] = [[]]
        self.itself: list[bool] = []
        """For each feature of each word whether it is the word itself; known once there is a matrix."""
        self.texts: list[tuple[NDArray[np.int32], Array, NDArray[np.uint8]]] = []

    def add(self, example: Example) -> None:
        text = read(example.text, example.language)
        if not text.tokens:
            return
        capitals = not (text.small or text.shouted)
        ids = []
        for token in text.tokens:
            form = token.form if capitals else token.norm
            key = (example.language, form, capitals)
            if key not in self.types:
                self.types[key] = len(self.features)
                self.features.append(word_features(form, example.language, capitals))
            ids.append(self.types[key])
        # A token may be of several classes where the source leaves it open: bits 0 to 3.
        missing = 1
        for label, number in KINDS.items():
            if label != "ADDRESS" and label not in example.complete:
                missing |= 1 << number
        allowed = np.full(len(ids), missing, np.uint8)
        starts = np.array([token.start for token in text.tokens])
        ends = np.array([token.end for token in text.tokens])
        for start, end, label in [*example.extra, *example.spans]:
            inside = (starts < end) & (ends > start)
            if label in KINDS:
                words = np.array([token.word for token in text.tokens])
                allowed[inside & words] = 1 << KINDS[label]
                allowed[inside & ~words] = 15
            else:
                allowed[inside] = 15
        if example.source == "messages":
            for at, token in enumerate(text.tokens):
                if token.word and token.form[0].isupper() and lists.names().get(lists.fold(token.norm)) & 127:
                    allowed[at] = 15
        self.texts.append((np.array(ids, np.int32), situations(text), allowed))

    def matrix(self) -> csr_matrix:
        # What hardly any word has is left out: it cannot be learned, and would share its place with others.
        often = np.bincount(np.concatenate([ids for ids, _, _ in self.texts]), minlength=len(self.features))
        seen = np.zeros(SIZE)
        for number, row in enumerate(self.features):
            np.add.at(seen, row, often[number])
        for number, row in enumerate(self.features):
            kept = [at for at, feature in enumerate(row) if seen[feature] > RARE]
            # The word itself stands first, twice: forgotten often, so that lists and letters count.
            self.itself += [at < 2 for at in kept]
            self.features[number] = [row[at] for at in kept]
        sizes = np.array([len(row) for row in self.features])
        pointer = np.concatenate([[0], np.cumsum(sizes)])
        indices = np.concatenate([np.array(row, np.int32) for row in self.features if row])
        values = np.ones(len(indices), np.float32)
        return csr_matrix((values, indices, pointer), shape=(len(self.features), SIZE))


def gather(texts: Path, names: Names | None, dice: random.Random, hold: bool) -> list[Example]:
    """All examples, multiplied and changed."""
    found: list[Example] = []
    sources = sorted((texts / "train").glob("*.jsonl.gz"))
    whole = [example for path in sources for example in read_jsonl(path)]
    for language in LANGUAGES:
        path = texts / f"{language}.jsonl"
        if path.exists() and (language == "el" or not hold):
            # The half that may be looked at; the rule tests of deduce are LGPL and stay out.
            half = [e for e in read_jsonl(path) if split_of(e.id) == "dev" and "deduce" not in e.source]
            whole += half * (4 if language == "el" else 2)
    for language in LANGUAGES:
        own = [ROOT / "content" / "guard" / f"{language}.txt"]
        if not hold:
            own.append(ROOT / "tests" / "deidentification" / "cases" / f"{language}.dev.txt")
        for path in own:
            if path.exists():
                whole += list(read_cases(path, language))
    whole += list(read_messages(ROOT / "locale" / "de" / "LC_MESSAGES" / "django.po"))
    whole += list(medical(ROOT / "content" / "guard" / "medical.toml", dice))
    if hold:
        whole = [example for example in whole if not kept_back(example)]
    for example in whole:
        copies = next((n for name, n in COPIES.items() if name.lower() in example.source.lower()), 1.6)
        if example.source != "case":
            copies *= RICH.get(example.language, 1.0)
        number = int(copies) + (dice.random() < copies % 1)
        for copy in range(number):
            case = example.source == "case"
            new = changed(
                example,
                dice,
                names if copy or dice.random() < 0.5 else None,
                0.75 if case else 0.4,
                lower=0.06 if case else 0.03,
            )
            if dice.random() < BARE[0]:
                new = hurried(new, dice)
            luck = dice.random()
            if luck < LOWER[0] + (0.1 if case else 0):
                new = recased(new, "lower")
            elif luck > 0.97:
                new = recased(new, "upper")
            found.append(new)
    return found


def name_sources(fakerjs: Path) -> Names:
    """Names of people and places to exchange others with."""
    import guard_lists

    people: list[tuple[str, int, str]] = []
    for name, flag in guard_lists.people(fakerjs):
        if flag >> lists.PLACE_SHIFT or not name[:1].isalpha() or not 2 < len(name) < 16 or " " in name:
            continue
        greek = "\u0370" <= name[0] <= "\u03ff" or "\u1f00" <= name[0] <= "\u1fff"
        if greek:
            people += [(name, flag, "el")] * 3
        elif name[0] < "\u0250" and name[1:].islower():
            people.append((name, flag, "other"))
    near = {
        "DE": "de",
        "AT": "de",
        "FR": "fr",
        "BE": "nl",
        "NL": "nl",
        "ES": "es",
        "IT": "it",
        "PT": "pt",
        "FI": "fi",
        "GR": "el",
        "CY": "el",
        "SI": "sl",
        "SK": "sk",
        "CZ": "cs",
        "GB": "en",
        "IE": "en",
    }
    places = [
        (n, near.get(c, "other")) for n, _, c in guard_lists.towns() if n[:1].isalpha() and " " not in n
    ]
    greek_only = [(n, o) for n, o in places if o != "el" or n[0] > "\u0370"]
    return Names(people, [(n, o) for n, o in greek_only if o == "el" or n[0] < "\u0250"])


class Adam:
    def __init__(self, weights: Array, rate: float) -> None:
        self.weights, self.rate = weights, rate
        self.mean, self.square, self.steps = np.zeros_like(weights), np.zeros_like(weights), 0

    def step(self, slope: Array) -> None:
        self.steps += 1
        self.mean += 0.1 * (slope - self.mean)
        self.square += 0.01 * (slope * slope - self.square)
        mean, square = self.mean / (1 - 0.9**self.steps), self.square / (1 - 0.99**self.steps)
        self.weights -= self.rate * mean / (np.sqrt(square) + 1e-8)


def train(corpus: Corpus, epochs: int, width: int = 32, cells: int = 96, seed: int = 7) -> Tagger:
    """Learn the weights."""
    rng = np.random.default_rng(seed)
    words = corpus.matrix()
    itself = np.array(corpus.itself, bool)
    table = (rng.standard_normal((SIZE, width)) * 0.15).astype(np.float32)
    table_square = np.full(SIZE, 1e-4, np.float32)
    span = 2 * REACH + 1
    into = (rng.standard_normal((span * width + SITUATION, cells)) * 0.1).astype(np.float32)
    bias = np.zeros(cells, np.float32)
    out = (rng.standard_normal((cells, 4)) * 0.1).astype(np.float32)
    out_bias = np.array([2, 0, 0, 0], np.float32)
    rate = 0.003
    tuned = [Adam(weights, rate) for weights in (into, bias, out, out_bias)]
    bits = np.arange(4, dtype=np.uint8)
    order = np.arange(len(corpus.texts))
    pad = np.zeros(REACH, np.int32)
    for epoch in range(epochs):
        rng.shuffle(order)
        began, loss_sum, seen, place = time.time(), 0.0, 0, 0
        scale = 1.0 if epoch < epochs - 3 else (0.5, 0.25, 0.1)[epoch - epochs + 3]
        while place < len(order):
            ids, sits, allow = (
                [pad],
                [np.zeros((REACH, SITUATION), np.float32)],
                [np.full(REACH, 15, np.uint8)],
            )
            size = 0
            while place < len(order) and size < 3000:
                a, b, c = corpus.texts[order[place]]
                ids += [a, pad]
                sits += [b, np.zeros((REACH, SITUATION), np.float32)]
                allow += [c, np.full(REACH, 15, np.uint8)]
                size += len(a)
                place += 1
            all_ids, situation, allowed = np.concatenate(ids), np.concatenate(sits), np.concatenate(allow)
            unique, where = np.unique(all_ids, return_inverse=True)
            part = words[unique]
            # Drop features at random; the word itself more often.
            flags = np.concatenate([itself[words.indptr[u] : words.indptr[u + 1]] for u in unique])
            part.data = (rng.random(len(part.data)) > np.where(flags, FORGET[0], FORGET[1])).astype(
                np.float32
            )
            columns, compact = np.unique(part.indices, return_inverse=True)
            small = csr_matrix((part.data, compact, part.indptr), shape=(len(unique), len(columns)))
            scaled = 1 / 6.0
            vectors = (small @ table[columns]) * scaled
            count = len(all_ids)
            inner = np.arange(REACH, count - REACH)
            around = inner[:, None] + np.arange(-REACH, REACH + 1)[None, :]
            window = vectors[where[around]].reshape(len(inner), span * width)
            inputs = np.concatenate([window, situation[inner]], axis=1)
            raw = inputs @ into + bias
            hidden = np.maximum(raw, 0)
            keep = (rng.random(hidden.shape) > FORGET[2]).astype(np.float32) / (1 - FORGET[2])
            dropped = hidden * keep
            scores = dropped @ out + out_bias
            scores -= scores.max(axis=1, keepdims=True)
            shares = np.exp(scores)
            shares /= shares.sum(axis=1, keepdims=True)
            mask = (allowed[inner][:, None] >> bits & 1).astype(np.float32)
            good = (shares * mask).sum(axis=1, keepdims=True) + 1e-9
            wanted = shares * mask / good
            slope = (shares - wanted) / len(inner)
            loss_sum -= float(np.log(good).sum())
            seen += len(inner)
            out_slope, out_bias_slope = dropped.T @ slope, slope.sum(axis=0)
            back = (slope @ out.T) * keep * (raw > 0)
            into_slope, bias_slope = inputs.T @ back, back.sum(axis=0)
            window_slope = (back @ into[: span * width].T).reshape(-1, width)
            spread = csr_matrix(
                (np.ones(around.size, np.float32), (where[around].ravel(), np.arange(around.size))),
                shape=(len(unique), around.size),
            )
            table_slope = (small.T @ (spread @ window_slope)) * scaled
            table_square[columns] += (table_slope * table_slope).mean(axis=1) * 1e3
            table[columns] -= (
                (0.06 * scale) * table_slope * np.sqrt(1e3) / np.sqrt(table_square[columns])[:, None]
            )
            for adam, grown in zip(tuned, (into_slope, bias_slope, out_slope, out_bias_slope), strict=True):
                adam.rate = rate * scale
                adam.step(grown)
        print(f"epoch {epoch + 1}: loss {loss_sum / seen:.4f}, {time.time() - began:.0f} s", flush=True)
    used = np.zeros(SIZE, bool)
    used[np.unique(words.indices)] = True
    table[~used] = 0
    return Tagger(table / 6.0, into, bias, out, out_bias)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--fakerjs", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--part", type=float, default=1.0, help="share of the texts, for a quick try")
    parser.add_argument("--hold", action="store_true", help="keep a part back to compare ways of training")
    parser.add_argument("--lower", type=float, default=LOWER[0])
    parser.add_argument("--bare", type=float, default=BARE[0])
    parser.add_argument("--forget", type=float, nargs=3, default=FORGET)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--hidden", type=int, default=128)
    parser.add_argument("--to", type=Path, default=ROOT / "mtd" / "deidentification" / "data" / "tagger.bin")
    given = parser.parse_args()
    dice = random.Random(11)
    LOWER[0], BARE[0] = given.lower, given.bare
    FORGET[:] = given.forget
    began = time.time()
    examples = gather(given.texts, name_sources(given.fakerjs), dice, given.hold)
    if given.part < 1:
        examples = [e for e in examples if e.source == "case" or dice.random() < given.part]
    corpus = Corpus()
    sizes: dict[str, int] = defaultdict(int)
    for example in examples:
        corpus.add(example)
        sizes[example.language] += len(corpus.texts[-1][0])
    print(
        f"{len(corpus.texts):,} texts, {len(corpus.features):,} words, {time.time() - began:.0f} s",
        dict(sizes),
        flush=True,
    )
    tagger = train(corpus, given.epochs, given.width, given.hidden)
    given.to.write_bytes(tagger.packed())
    print(f"{given.to.name}: {given.to.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
