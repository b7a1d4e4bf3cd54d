"""Measure the identity guard on marked texts, per language.

    python scripts/measure_guard.py --texts FOLDER [--part held|dev|fresh|sealed] [--cases] [--lower] [--bare]

FOLDER holds <lang>.jsonl with marked texts; each is split by a hash of its number into "dev", which was looked at while
building, and "held", which was not. `--cases` measures tests/deidentification/cases. A mention counts as touched when
any mark overlaps it; a mark is false when it overlaps nothing that is marked in the text.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from guard_texts import (
    LANGUAGES,
    ROOT,
    Example,
    hurried,
    kept_back,
    read_cases,
    read_jsonl,
    recased,
    split_of,
)

from mtd.core.management.commands.find_identifiers import LABELS
from mtd.deidentification import find
from mtd.deidentification.text import read

CASES = ROOT / "tests" / "deidentification" / "cases"
Found = list[tuple[int, int, str]]
Finder = Callable[[str, str], Found]
COLUMNS = ("persons", "all", "texts missed", "places", "organisations", "dates", "other", "false")


def by_guard(text: str, language: str) -> Found:
    return [(f.start, f.end, LABELS[f.kind]) for f in find(text, language)]


def by_tagger(text: str, language: str) -> Found:
    from mtd.deidentification.tagger import marks

    return [(m.start, m.end, LABELS[m.kind]) for m in marks(read(text, language))]


def examples(texts: Path | None, part: str, cases: bool, language: str) -> Iterator[Example]:
    if part == "back":
        train = texts / "train" / f"{language}.jsonl.gz" if texts else None
        own = ROOT / "content" / "guard" / f"{language}.txt"
        if cases:
            yield from (e for e in (read_cases(own, language) if own.exists() else ()) if kept_back(e))
        elif train and train.exists():
            yield from (e for e in read_jsonl(train) if kept_back(e))
    elif cases:
        path = CASES / f"{language}.{part}.txt"
        yield from read_cases(path, language) if path.exists() else ()
    elif texts and (texts / f"{language}.jsonl").exists():
        yield from (e for e in read_jsonl(texts / f"{language}.jsonl") if split_of(e.id) == part)


def measure(found_in: Iterable[Example], finder: Finder, errors: list[str] | None = None) -> dict[str, float]:
    """The figures over all given texts; a figure that nothing speaks to is missing."""
    touched: Counter[str] = Counter()
    total: Counter[str] = Counter()
    false = signs = with_person = missed_person = 0
    for example in found_in:
        marks = finder(example.text, example.language)
        gold = [span for span in example.spans if span[2] in example.complete]
        missed = False
        for start, end, label in gold:
            hit = any(a < end and b > start for a, b, _ in marks)
            total[label] += 1
            touched[label] += hit
            if not hit:
                missed |= label == "PERSON"
                if errors is not None:
                    errors.append(f"MISS {label:8} {_around(example.text, start, end)}")
        if any(label == "PERSON" for _, _, label in gold):
            with_person += 1
            missed_person += missed
        if {"PERSON", "LOCATION"} <= example.complete:
            signs += len(example.text)
            right = [*example.spans, *example.extra]
            for a, b, label in marks:
                judged = (
                    label in example.complete or len(example.complete) > 3 or label not in ("ORG", "DATE")
                )
                if judged and not any(a < end and b > start for start, end, _ in right):
                    false += 1
                    if errors is not None:
                        errors.append(f"FALSE {label:7} {_around(example.text, a, b)}")
    groups = {
        "persons": ["PERSON"],
        "all": list(total),
        "places": ["LOCATION"],
        "organisations": ["ORG"],
        "dates": ["DATE"],
        "other": ["PHONE", "EMAIL", "ID", "ADDRESS", "OTHER"],
    }
    figures = {}
    for name, labels in groups.items():
        count = sum(total[label] for label in labels)
        if count:
            figures[name] = 100 * sum(touched[label] for label in labels) / count
    if with_person:
        figures["texts missed"] = 100 * missed_person / with_person
    if signs:
        figures["false"] = 1000 * false / signs
    return figures


def _around(text: str, start: int, end: int) -> str:
    return f"{text[max(0, start - 30) : start]}[[{text[start:end]}]]{text[end : end + 25]}".replace("\n", "/")


def table(rows: dict[str, dict[str, float]]) -> str:
    """The figures as a Markdown table with the mean of the languages."""
    lines = ["| | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    sums: dict[str, list[float]] = defaultdict(list)
    for language, figures in rows.items():
        cells = []
        for column in COLUMNS:
            value = figures.get(column)
            if value is not None:
                sums[column].append(value)
            cells.append("" if value is None else f"{value:.1f}" if column == "false" else f"{value:.0f}")
        lines.append(f"| {language} | " + " | ".join(cells) + " |")
    means = [f"{sum(sums[c]) / len(sums[c]):.1f}" if sums[c] else "" for c in COLUMNS]
    lines.append("| mean | " + " | ".join(means) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--part", choices=["dev", "held", "fresh", "sealed", "back"], default="dev")
    parser.add_argument("--cases", action="store_true", help="our own case texts instead of the shared ones")
    parser.add_argument("--lower", action="store_true", help="everything written small")
    parser.add_argument("--bare", action="store_true", help="everything written without accents")
    parser.add_argument("--layer", choices=["guard", "tagger"], default="guard")
    parser.add_argument("--languages", nargs="*", default=LANGUAGES)
    parser.add_argument("--errors", type=int, default=0, help="show so many errors per language (dev only)")
    parser.add_argument("--write", help="put the table at this mark of docs/identity-guard.md")
    given = parser.parse_args()
    finder = by_guard if given.layer == "guard" else by_tagger
    rows = {}
    began = time.time()
    for language in given.languages:
        chosen = list(examples(given.texts, given.part, given.cases, language))
        if given.bare:
            chosen = [hurried(example) for example in chosen]
        if given.lower:
            chosen = [recased(example, "lower") for example in chosen]
        if not chosen:
            continue
        errors: list[str] | None = [] if given.errors and given.part in ("dev", "back") else None
        rows[language] = measure(chosen, finder, errors)
        for error in (errors or [])[:: max(1, len(errors or []) // given.errors) if given.errors else 1]:
            print(language, error)
    figures = table(rows)
    print(figures)
    if given.write:
        page, name = ROOT / "docs" / "identity-guard.md", given.write
        begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        before, _, rest = page.read_text(encoding="utf-8").partition(begin)
        page.write_text(f"{before}{begin}\n{figures}\n\n{end}{rest.partition(end)[2]}", encoding="utf-8")
    print(f"{time.time() - began:.1f} s")


if __name__ == "__main__":
    main()
