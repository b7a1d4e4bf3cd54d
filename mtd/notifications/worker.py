"""Which process does background work, and whether one that claimed something is still alive."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def _began(pid: int) -> str:
    """When a process began, as the kernel counts; tells it from a later one with the same number. Empty: gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else fields[19]
    except (OSError, IndexError):
        return ""


def _machine() -> str:
    return socket.gethostname().replace(" ", "-")[:60]


def whoami() -> str:
    """This process: machine, number, beginning."""
    pid = os.getpid()
    return f"{_machine()} {pid} {_began(pid)}"


def is_gone(owner: str) -> bool:
    """True if the process certainly ended: it ran on this machine, and none with its number and beginning does."""
    parts = owner.split(" ")
    if len(parts) != 3 or parts[0] != _machine() or not parts[1].isdigit() or not Path("/proc/self").exists():
        return False
    return not parts[2] or _began(int(parts[1])) != parts[2]
