"""Everything that can be checked without running the product: `make check`."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from steps import PYTHON, ROOT, say

BIN = PYTHON.parent
CHECKS: list[tuple[str, list[str]]] = [
    ("Types (mypy, strict)", [str(BIN / "mypy"), "--no-error-summary", "mtd", "config"]),
    ("Style (ruff)", [str(BIN / "ruff"), "check", "--quiet", "."]),
    ("Format (ruff)", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
    ("Floors and rooms (import contracts)", [str(BIN / "lint-imports"), "--no-logo"]),
    ("Translations complete", [str(PYTHON), "scripts/messages.py", "check"]),
    ("Migrations current", [str(PYTHON), "manage.py", "makemigrations", "--check", "--dry-run"]),
    ("Django's own checks", [str(PYTHON), "manage.py", "check", "--fail-level", "WARNING"]),
]


def run_one(check: tuple[str, list[str]]) -> tuple[str, bool, str, float]:
    """Run one check; its output matters only if it fails."""
    what, command = check
    started = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return what, done.returncode == 0, done.stdout.strip(), time.monotonic() - started


def main() -> None:
    """Run all checks, two at a time, and show what each that failed has to say."""
    say("Checking …")
    failed = 0
    # The longest comes first, so that the others run beside it.
    with ThreadPoolExecutor(2) as pool:
        for what, good, output, seconds in pool.map(run_one, CHECKS):
            say(f"  {'good  ' if good else 'FAILED'}  {what} ({seconds:.0f} s)")
            if not good:
                failed += 1
                say("\n" + "\n".join(f"      {line}" for line in output.splitlines()) + "\n")
    if failed:
        say(f"{failed} of {len(CHECKS)} checks failed.")
        sys.exit(1)
    say("All checks passed.")


if __name__ == "__main__":
    main()
