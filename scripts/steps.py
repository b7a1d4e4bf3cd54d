"""What the scripts share: plain sentences, commands, and stamps that keep work from being repeated.

Standard library only: install.py runs before anything is installed.
"""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
VAR = Path(os.environ.get("MTD_VAR_DIR") or ROOT / "var")
MINIMUM_NODE = 18


def say(sentence: str) -> None:
    """One plain sentence of progress."""
    print(sentence, flush=True)


def give_up(sentence: str) -> None:
    """Say what is wrong and what to do about it, and stop."""
    print(f"\n{sentence}", file=sys.stderr, flush=True)
    raise SystemExit(1)


def run(command: Sequence[str | Path], what: str, env: dict[str, str] | None = None) -> None:
    """Run a command whose output matters only when it fails; then show it and stop."""
    started = time.monotonic()
    say(f"{what} …")
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        print(done.stdout, file=sys.stderr)
        give_up(f"That did not work: {what[0].lower()}{what[1:]}. The lines above say why.")
    seconds = time.monotonic() - started
    if seconds >= 2:
        say(f"  done after {seconds:.0f} seconds.")


def digest(paths: Iterable[Path], *words: str) -> str:
    """A hash over the content of files (folders: everything below them) and over words."""
    total = hashlib.sha256()
    for word in words:
        total.update(word.encode() + b"\0")
    for path in sorted(files_below(paths)):
        total.update(str(path.relative_to(ROOT)).encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def files_below(paths: Iterable[Path]) -> set[Path]:
    """The files named, and those below the folders named, without compiled leftovers."""
    found: set[Path] = set()
    for path in paths:
        if path.is_file():
            found.add(path)
        else:
            found.update(
                each
                for each in path.rglob("*")
                if each.is_file() and each.suffix not in {".pyc", ".mo"} and not each.name.startswith(".")
            )
    return found


def is_done(stamp: Path, value: str) -> bool:
    """True if the step that this stamp stands for was last finished for exactly this value."""
    return stamp.is_file() and stamp.read_text(encoding="utf-8").strip() == value


def set_done(stamp: Path, value: str) -> None:
    """Remember that the step was finished for this value."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value + "\n", encoding="utf-8")


def can_bind(port: int) -> bool:
    """True if a server could listen on this port of this machine."""
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def check_port(text: str) -> int:
    """The port as a number, or stop with what to do instead."""
    try:
        port = int(text)
    except ValueError:
        port = 0
    if not 0 < port < 65536:
        give_up(f"PORT={text} is not a port. Choose a number between 1024 and 65535: make demo PORT=8001")
    if not can_bind(port):
        free = next((other for other in range(port + 1, min(port + 50, 65536)) if can_bind(other)), 8001)
        give_up(
            f"Port {port} of this machine is taken; perhaps the demo is already running: http://127.0.0.1:{port}\n"
            f"To use another one: make demo PORT={free}"
        )
    return port
