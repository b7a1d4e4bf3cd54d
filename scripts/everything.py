"""Run everything: the checks, the tests on SQLite and PostgreSQL, the journeys in a browser. `make test`.

What cannot run here is skipped and named in the last lines. With MTD_FAIL_ON_SKIP=1, set in CI, a skip is a
failure, except for what needs the shared data that does not ship with the product.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass, field

import databases
import messages
import with_postgres
from browser import find_chromium, install_chromium
from libical import find_libical, install_libical
from steps import PYTHON, ROOT, VAR, say

MAY_SKIP = "shared data"
RESULTS = VAR / "test"
WORKERS = str(min(2, os.cpu_count() or 1))


@dataclass
class Tally:
    """What happened over all stages."""

    passed: int = 0
    failed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    broken_stages: list[str] = field(default_factory=list)

    def read(self, stage: str) -> None:
        """Add the results that pytest left for a stage."""
        path = RESULTS / f"{stage}.xml"
        for case in ElementTree.parse(path).iter("testcase") if path.exists() else ():
            skip = case.find("skipped")
            if case.find("failure") is not None or case.find("error") is not None:
                self.failed += 1
            elif skip is not None:
                self.skipped[f"{stage}: {skip.get('message', 'no reason given')}"] += 1
            else:
                self.passed += 1


def run_stage(tally: Tally, stage: str, command: list[str], env: dict[str, str]) -> None:
    """Run one stage with its output shown, and remember whether it went well."""
    say(f"\n=== {stage} ===")
    started = time.monotonic()
    environment = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "KEY_DATABASE_URL"}
    }
    code = subprocess.run(
        command, cwd=ROOT, env={**environment, **env}, stdin=subprocess.DEVNULL, check=False
    ).returncode
    if code != 0:
        tally.broken_stages.append(stage)
    say(f"--- {stage}: {'good' if code == 0 else 'FAILED'} after {time.monotonic() - started:.0f} seconds")


def run_pytest(tally: Tally, stage: str, arguments: list[str], env: dict[str, str] | None = None) -> None:
    """Run pytest for one stage and add what it found."""
    report = [f"--junitxml={RESULTS / f'{stage}.xml'}", "-o", "junit_family=xunit2"]
    run_stage(tally, stage, [str(PYTHON), "-m", "pytest", "-q", "-rfE", *report, *arguments], env or {})
    tally.read(stage)


def postgres_addresses() -> "contextlib.AbstractContextManager[dict[str, str]] | None":
    """The server that DATABASE_URL names, or a throw-away cluster, or None where there is neither."""
    if databases.is_postgres(databases.settings_of("DATABASE_URL")):
        given = {
            name: os.environ[name] for name in ("DATABASE_URL", "KEY_DATABASE_URL") if os.environ.get(name)
        }
        return contextlib.nullcontext(given)
    return with_postgres.cluster() if with_postgres.find_binaries() else None


def main() -> None:
    """All stages, even if an early one fails; then the summary."""
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir(parents=True)
    messages.compile_all()
    tally = Tally()
    if not find_libical() and not install_libical():
        say("libical was not found and could not be installed: what needs it will be skipped.")
    parallel = ["-n", WORKERS, "-m", "not browser", "tests"]

    run_stage(tally, "checks", [str(PYTHON), "scripts/check.py"], {})
    run_pytest(tally, "sqlite", parallel)
    addresses = postgres_addresses()
    if addresses is None:
        tally.skipped["postgresql: neither a server (DATABASE_URL) nor its binaries were found"] += 1
    else:
        with addresses as env:
            run_pytest(tally, "postgresql", parallel, env)
    chromium = find_chromium() or install_chromium()
    if chromium is None:
        tally.skipped["browser: no Chromium was found, and none could be installed"] += 1
    else:
        run_pytest(tally, "browser", ["-m", "browser", "tests/browser"], {"MTD_CHROMIUM": chromium})

    sys.exit(summarize(tally))


def summarize(tally: Tally) -> int:
    """Name what was skipped and what failed in the last lines; tell the exit code."""
    strict = os.environ.get("MTD_FAIL_ON_SKIP") == "1"
    unwanted = [reason for reason in tally.skipped if not reason.partition(": ")[2].startswith(MAY_SKIP)]
    say("\n=== Summary ===")
    for reason, number in sorted(tally.skipped.items()):
        say(f"Skipped {number} × {reason}")
    if not tally.skipped:
        say("Nothing was skipped.")
    for stage in tally.broken_stages:
        say(f"FAILED: {stage}")
    if strict and unwanted:
        say("FAILED: here nothing may be skipped.")
    say(f"{tally.passed} passed, {tally.failed} failed, {sum(tally.skipped.values())} skipped")
    return 1 if tally.broken_stages or tally.failed or (strict and unwanted) else 0


if __name__ == "__main__":
    main()
