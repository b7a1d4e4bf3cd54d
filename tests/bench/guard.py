"""The identity guard: time a page in each language, loading, memory; and Presidio on the same texts, where it is there.

`python scripts/measure_presidio.py --install` makes the environment in which Presidio runs.
"""

from __future__ import annotations

import subprocess
import sys
import time

from guard_texts import LANGUAGES, ROOT, read_cases
from measure_presidio import PYTHON, presidio

from mtd.deidentification import find

PAGE = 1_800
LIMIT = 0.005
CASES = ROOT / "tests" / "deidentification" / "cases"
LOADED = """
import re, resource, time
from pathlib import Path
begin = time.perf_counter()
from mtd.deidentification import warm
warm()
seconds = time.perf_counter() - begin
# What a started process has used at most counts from its parent's memory on; the kernel's own file does not.
status = Path("/proc/self/status")
peak = re.search(r"VmHWM:\\s*(\\d+) kB", status.read_text()) if status.exists() else None
kilobytes = int(peak[1]) if peak else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(seconds, kilobytes / 1024)
"""

Row = tuple[str, float, float] | tuple[str, float, float, float | None]


def run() -> list[Row]:
    """Work on one page and on twenty of them, per language; for Presidio the first column is its loading."""
    rows: list[Row] = []
    texts = {}
    for language in LANGUAGES:
        texts[language] = list(read_cases(CASES / f"{language}.dev.txt", language))
        book = "\n\n".join(one.text for one in texts[language])
        page = (book * (PAGE // len(book) + 1))[:PAGE]
        find(page, language)
        rows.append(
            (
                f"guard {language}, 1 and 20 pages",
                _work(page, language),
                _work(page * 20, language),
                LIMIT * 20,
            )
        )
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True, cwd=ROOT
    )
    seconds, megabytes = map(float, done.stdout.split())
    rows.append(
        (
            f"guard, all languages loaded: {megabytes:.0f} MB of 300",
            seconds,
            seconds,
            30.0 if megabytes < 300 else 0.0,
        )
    )
    if PYTHON.exists():
        _, told = presidio([one for listed in texts.values() for one in listed])
        for language, own in told["figures"].items():
            name = f"Presidio {language}, load and 20 pages ({own['model'] or 'no model'})"
            rows.append((name, own["load s"], own["ms a page"] / 1000 * 20))
        rows.append((f"Presidio, languages loaded: {told['MB']} MB", 0.0, 0.0))
    else:
        rows.append(("Presidio: not there, see scripts/measure_presidio.py", 0.0, 0.0))
    return rows


def _work(text: str, language: str) -> float:
    """Seconds of work, the least of five."""
    spent = []
    for _ in range(5):
        begin = time.process_time()
        find(text, language)
        spent.append(time.process_time() - begin)
    return min(spent)
