"""A PostgreSQL cluster that lives only as long as one command.

    python scripts/with_postgres.py COMMAND …

Runs the command with DATABASE_URL and KEY_DATABASE_URL pointing to it. Works as root too: PostgreSQL refuses
to run as root, so the cluster then belongs to the user postgres or nobody. It listens on no network address.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/pgsql/bin",
)
SPEED = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "max_connections": "60",
}


def find_binaries() -> Path | None:
    """The folder with initdb and pg_ctl of the newest PostgreSQL on this machine, if there is one."""
    found = [
        path
        for pattern in PLACES
        for path in Path("/").glob(pattern.lstrip("/"))
        if (path / "initdb").exists()
    ]
    if found:
        return max(
            found, key=lambda path: [int(part) for part in path.parent.name.split(".") if part.isdigit()]
        )
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def owner() -> dict[str, Any]:
    """Whom the cluster belongs to, as arguments for subprocess: nobody special, unless we are root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise SystemExit(
        "PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody here."
    )


@contextlib.contextmanager
def cluster() -> Iterator[dict[str, str]]:
    """Start a throw-away cluster, hand out its two addresses as environment variables, remove it again."""
    binaries = find_binaries()
    if binaries is None:
        raise SystemExit("There is no PostgreSQL on this machine.")
    user = owner()
    # Below /tmp whatever TMPDIR says: the name of a socket may have only about a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="mtd-postgres-", dir="/tmp"))
    data = folder / "data"
    try:
        if user:
            os.chown(folder, user["user"], user["group"])

        def call(*command: str | Path) -> None:
            done = subprocess.run(
                [str(part) for part in command],
                cwd=folder,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if "start" not in command else subprocess.DEVNULL,
                stderr=subprocess.STDOUT,
                check=False,
                **user,
            )
            if done.returncode != 0:
                log = folder / "log"
                print((done.stdout or b"").decode(), log.read_text() if log.exists() else "", file=sys.stderr)
                raise SystemExit("PostgreSQL did not start. The lines above say why.")

        call(
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "mtd",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
            "--no-instructions",
        )
        options = f"-c listen_addresses= -c unix_socket_directories={folder} "
        options += " ".join(f"-c {name}={value}" for name, value in SPEED.items())
        call(binaries / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start")
        try:
            address = f"postgres://mtd@{quote(str(folder), safe='')}/mtd"
            yield {"DATABASE_URL": address, "KEY_DATABASE_URL": f"{address}_keys"}
        finally:
            call(binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Run the command inside a cluster and hand on its exit code."""
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    with cluster() as addresses:
        code = subprocess.run(sys.argv[1:], env={**os.environ, **addresses}, check=False).returncode
    sys.exit(code)


if __name__ == "__main__":
    main()
