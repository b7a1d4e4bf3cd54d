"""The texts from which the identity guard's tagger learns: read, checked, and multiplied with other names."""

from __future__ import annotations

import gzip
import json
import random
import re
import sys
import tomllib
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mtd.deidentification import lists  # noqa: E402
from mtd.deidentification.features import stems  # noqa: E402
from mtd.deidentification.lists import fold  # noqa: E402

LANGUAGES = ("en", "de", "fr", "nl", "es", "it", "pt", "fi", "el", "sl", "sk", "cs")
CLASSES = ("PERSON", "LOCATION", "ORG")
Span = tuple[int, int, str]
_MARK = re.compile(r"\[\[(.+?)\|([A-Z]+)\]\]", re.DOTALL)


@dataclass
class Example:
    """One text with what is marked in it."""

    language: str
    text: str
    spans: list[Span]
    complete: frozenset[str]
    """The labels that are marked everywhere they occur."""
    source: str
    id: str = ""
    extra: list[Span] = field(default_factory=list)
    """Passages that are neither right nor wrong to mark."""


def split_of(identity: str) -> str:
    """Where a text of the shared development files belongs: "dev" to look at, "held" only to measure."""
    return "dev" if zlib.crc32(identity.encode()) % 2 else "held"


def kept_back(example: Example) -> bool:
    """Whether a text for training is left out when ways of training are compared."""
    return zlib.crc32(f"back {example.id}".encode()) % (4 if example.source == "case" else 15) == 0


def read_jsonl(path: Path) -> Iterator[Example]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            yield Example(
                row["lang"],
                row["text"],
                [(a, b, c) for a, b, c in row["spans"]],
                frozenset(row["labels_complete"]),
                row["source"],
                row["id"],
                [(a, b, c) for a, b, c in row.get("extra", ())],
            )


def read_cases(path: Path, language: str) -> Iterator[Example]:
    """Texts with inline marks [[Maria|PERSON]], parted by lines of three hyphens."""
    every = frozenset(("PERSON", "LOCATION", "ORG", "DATE", "PHONE", "EMAIL", "ID", "ADDRESS", "OTHER"))
    for number, block in enumerate(
        re.split(r"^---[^\n]*$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    ):
        block = block.strip()
        if not block:
            continue
        text, spans, last = "", [], 0
        for match in _MARK.finditer(block):
            text += block[last : match.start()]
            spans.append((len(text), len(text) + len(match[1]), match[2]))
            text += match[1]
            last = match.end()
        text += block[last:]
        yield Example(language, text, spans, every, "case", f"{path.stem}:{number}")


def read_messages(path: Path) -> Iterator[Example]:
    """The product's own sentences in English and German: professional text without names, four at a time."""
    from babel.messages.pofile import read_po

    with path.open("rb") as stream:
        catalogue = read_po(stream)
    every = frozenset(("PERSON", "LOCATION", "ORG"))
    for language in ("en", "de"):
        texts = [message.id if language == "en" else message.string for message in catalogue if message.id]
        plain = [
            t for t in texts if isinstance(t, str) and "%" not in t and "<" not in t and len(t.split()) > 4
        ]
        for at in range(0, len(plain), 4):
            yield Example(
                language, "\n".join(plain[at : at + 4]), [], every, "messages", f"messages {language} {at}"
            )


def medical(path: Path, dice: random.Random) -> Iterator[Example]:
    """Made-up clinical sentences without anybody in them."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    words = {name: data[name].split() for name in ("drugs", "terms", "latin", "abbreviations")}
    lists_of = {"d": words["drugs"], "t": words["terms"], "l": words["latin"], "a": words["abbreviations"]}

    def filled(match: re.Match[str]) -> str:
        if match[1] == "n":
            return str(dice.choice((5, 10, 20, 80, 100, 250, dice.randrange(1, 99), dice.randrange(1, 400))))
        word = dice.choice(lists_of[match[1]])
        return word + dice.choice(("", "", "", "", "s", "en")) if match[1] == "t" else word

    every = frozenset(("PERSON", "LOCATION", "ORG"))
    for language in LANGUAGES:
        sentences = [
            line for part in (language, "any") for line in data["sentences"][part].strip().split("\n")
        ]
        for number in range(900 if language == "de" else 60):
            chosen = " ".join(dice.choice(sentences) for _ in range(dice.randrange(1, 5)))
            text = re.sub(r"\{(\w)\}", filled, chosen.replace("\\n", "\n"))
            yield Example(language, text, [], every, "medical", f"medical {language} {number}")


class Names:
    """Names to put in place of others, by language."""

    def __init__(self, people: Iterable[tuple[str, int, str]], places: Iterable[tuple[str, str]]) -> None:
        self.given: dict[str, list[str]] = defaultdict(list)
        self.sur: dict[str, list[str]] = defaultdict(list)
        self.place: dict[str, list[str]] = defaultdict(list)
        for name, flag, origin in people:
            (self.given if flag & lists.GIVEN else self.sur)[origin].append(name)
        for name, origin in places:
            self.place[origin].append(name)

    def other(self, word: str, kind: str, language: str, dice: random.Random) -> str:
        """Another name in the same form as `word`; the word itself where its form is not understood."""
        table = lists.names()
        own = table.get(fold(word))
        wanted = lists.PLACE_SHIFT if kind == "LOCATION" else 0
        is_known = bool(own >> lists.PLACE_SHIFT & 7) if wanted else bool(own & 3)
        origin = language if kind == "LOCATION" or dice.random() < 0.6 else "other"
        if kind == "LOCATION":
            source = self.place
        elif own & lists.GIVEN or (not own and dice.random() < 0.5):
            source = self.given
        else:
            source = self.sur
        choices = source[origin] or source["other"]
        if not choices:
            return word
        new: str = dice.choice(choices)
        if is_known or language in ("en", "fr", "es", "it", "pt"):
            return new
        # Inflected: take the ending over where the stem is a listed name and the new name can take it.
        low = fold(word)
        for stem in stems(low, language):
            found = table.get(stem)
            if (found >> lists.PLACE_SHIFT & 7) if wanted else (found & 3):
                shared = 0
                while shared < min(len(stem), len(low)) and stem[shared] == low[shared]:
                    shared += 1
                ending, gone = word[shared:], len(stem) - shared
                last = stem[shared:]
                for _ in range(8):
                    new = dice.choice(choices)
                    if not last or fold(new).endswith(last):
                        return new[: len(new) - gone] + ending if gone else new + ending
        return word


def _typed(word: str, dice: random.Random) -> str:
    """The word with one typing error."""
    if len(word) < 5:
        return word
    at = dice.randrange(1, len(word) - 1)
    kind = dice.randrange(3)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + word[at] + word[at:]


def changed(
    example: Example,
    dice: random.Random,
    names: Names | None,
    swap: float,
    lower: float,
    typing: float = 0.02,
) -> Example:
    """A copy in which names are exchanged, written small or mistyped, each with its chance."""
    text, spans, extra, last = "", [], [], 0
    done: dict[tuple[str, str], str] = {}
    moves: list[tuple[int, int]] = [(0, 0)]
    for start, end, label in sorted(example.spans):
        if start < last:
            continue
        text += example.text[last:start]
        passage = example.text[start:end]
        if label in CLASSES:
            if names and label != "ORG" and dice.random() < swap:

                def other(match: re.Match[str], label: str = label) -> str:
                    word = match[0]
                    if len(word) < 3 or not word[0].isupper() or names is None:
                        return word
                    if (word, label) not in done:
                        new = names.other(word, label, example.language, dice)
                        done[word, label] = new.upper() if word.isupper() else new
                    return done[word, label]

                if label == "PERSON" or len(passage.split()) == 1:
                    passage = re.sub(r"[^\W\d_]+(?:-[^\W\d_]+)*", other, passage)
            if dice.random() < typing and label == "PERSON":
                passage = " ".join(_typed(word, dice) for word in passage.split(" "))
            if dice.random() < lower:
                passage = passage.lower()
        moves.append((end, len(text) + len(passage) - end))
        spans.append((len(text), len(text) + len(passage), label))
        text += passage
        last = end
    text += example.text[last:]
    if example.extra:

        def moved(place: int) -> int:
            return place + next(shift for at, shift in reversed(moves) if at <= place)

        extra = [(moved(a), moved(b), c) for a, b, c in example.extra]
    return Example(example.language, text, spans, example.complete, example.source, example.id, extra)


def hurried(example: Example, dice: random.Random | None = None) -> Example:
    """The same text without accents; half of the texts with umlauts get ae, oe, ue, where there is a dice."""
    bare = {sign: lists.hasty(sign.lower()) for sign in set(example.text)}
    umlauts = bool(dice) and example.language in ("de", "fi") and dice.random() < 0.5
    made, places = [], [0]
    for sign in example.text:
        spellings = bare[sign]
        if not dice:  # of the same length
            spellings = tuple(one for one in spellings if len(one) == 1)
        new = spellings[-1 if umlauts else 0] if spellings else sign
        made.append((new[0].upper() + new[1:]) if new != sign and sign.isupper() else new)
        places.append(places[-1] + len(made[-1]))

    def moved(spans: list[Span]) -> list[Span]:
        return [(places[start], places[end], label) for start, end, label in spans]

    return Example(
        example.language,
        "".join(made),
        moved(example.spans),
        example.complete,
        example.source,
        example.id,
        moved(example.extra),
    )


def recased(example: Example, how: str) -> Example:
    """The same text in small or in capital letters, where that keeps its length."""
    text = example.text.lower() if how == "lower" else example.text.upper()
    if len(text) != len(example.text):
        return example
    return Example(
        example.language, text, example.spans, example.complete, example.source, example.id, example.extra
    )
