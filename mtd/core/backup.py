"""Backups that keep the promise of deletion: the data, and the key store apart from it.

A folder `data-STAMP` holds the data of one moment; as many as one likes may be kept. A folder `keys-STAMP` holds the
key store; only the newest stays, because an older one would bring destroyed keys back. The master key, which both
need, is in neither. Each folder holds one file and a manifest: what it is, its hash, how many rows, never a content.

A backup is written beside its place, verified, and put in its place by renaming, so a killed run leaves nothing that
could be taken for a backup. Sessions and counted tries are left out: nobody is signed in by restoring.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3._functions import register  # type: ignore[import-untyped]
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from .encryption import Sealed, forget_keys
from .models import DataKey

ALIASES = {"data": "default", "keys": "keys"}
MANIFEST = "manifest.json"
PART = ".part"
BOOKKEEPING = frozenset(
    {
        "django_migrations",
        "django_content_type",
        "auth_permission",
        "django_session",
        "mtd_cache",
        "notifications_joblease",
        "sqlite_sequence",
    }
)
"""Tables that fill by themselves: a database with nothing else in it is empty."""
_PLACES = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql*/bin")


class BackupError(Exception):
    """It cannot be done; the text says why and what to do. What was there before is as it was."""


@dataclass(frozen=True)
class Manifest:
    """What a backup is. Never holds a content."""

    what: str
    made_at: str
    engine: str
    file: str
    bytes: int
    sha256: str
    django: str
    migrations: tuple[str, ...]
    rows: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.rows.values())


@dataclass(frozen=True)
class Unreadable:
    """How many sealed records of a kind have no key any more."""

    kind: str
    without_key: int
    sealed: int


# ---------------------------------------------------------------- making one


def back_up(what: str, folder: Path, *, now: datetime | None = None) -> Path:
    """Write a backup of "data" or "keys" into the folder and verify it; returns where it lies.

    Of the keys every older backup is deleted once the new one is complete. Raises BackupError.
    """
    stamp = f"{now or timezone.now():%Y%m%d-%H%M%S}"
    _make(folder)
    with _alone(folder, what):
        for left in folder.glob(f"{what}-*{PART}"):
            shutil.rmtree(left)
        place = folder / f"{what}-{stamp}"
        if place.exists():
            raise BackupError(f"{place} is there already. Wait a second and try again.")
        part = folder / f"{place.name}{PART}"
        part.mkdir(mode=0o700)
        try:
            manifest = _write(what, part)
            _write_manifest(part, manifest)
            check(part)
            part.rename(place)
            _sync(folder)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        if what == "keys":
            for older in _found(folder, what):
                if older != place:
                    shutil.rmtree(older)
            _sync(folder)
    return place


def _write(what: str, part: Path) -> Manifest:
    connection = connections[ALIASES[what]]
    name = "database.sqlite3" if connection.vendor == "sqlite" else "database.dump"
    path = part / name
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    if connection.vendor == "sqlite":
        rows = _copy_sqlite(connection, path)
    elif connection.vendor == "postgresql":
        rows = _dump_postgres(connection, path)
    else:
        raise BackupError(f"Backups of {connection.vendor} are not known here. Use its own tools.")
    _sync(path)
    return Manifest(
        what=what,
        made_at=timezone.now().isoformat(timespec="seconds"),
        engine=connection.vendor,
        file=name,
        bytes=path.stat().st_size,
        sha256=_hash(path),
        django=django.get_version(),
        migrations=_applied(connection),
        rows=rows,
    )


def _copy_sqlite(connection: BaseDatabaseWrapper, path: Path) -> dict[str, int]:
    """A copy of one moment while others go on writing, without what was deleted and without sessions."""
    connection.ensure_connection()
    with closing(sqlite3.connect(path, isolation_level=None)) as copy:
        connection.connection.backup(copy)
        register(copy)  # our constraints use functions of Django
        copy.execute("PRAGMA journal_mode=DELETE")
        tables = _sqlite_tables(copy)
        for table in ("django_session", "mtd_cache"):
            if table in tables:
                copy.execute(f'DELETE FROM "{table}"')  # noqa: S608  our own names
        copy.execute("VACUUM")
        return _sqlite_rows(copy)


def _dump_postgres(connection: BaseDatabaseWrapper, path: Path) -> dict[str, int]:
    """pg_dump of one moment; the rows are counted at the same moment."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        rows = _count(connection)
        _run(
            connection,
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={snapshot}",
            "--exclude-table-data=django_session",
            "--exclude-table-data=mtd_cache",
            f"--file={path}",
        )
    return {name: number for name, number in rows.items() if name not in ("django_session", "mtd_cache")}


# ---------------------------------------------------------------- looking at one


def check(place: Path) -> Manifest:
    """The manifest of a backup that is whole and unaltered. Raises BackupError otherwise."""
    try:
        raw: dict[str, Any] = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        manifest = Manifest(**(raw | {"migrations": tuple(raw["migrations"])}))
        path = place / Path(manifest.file).name
        size = path.stat().st_size
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BackupError(
            f"{place} is not a whole backup ({type(error).__name__}). Use another one."
        ) from error
    if size != manifest.bytes or _hash(path) != manifest.sha256:
        raise BackupError(f"{path} is not the file that was written: its hash differs. Use another backup.")
    if manifest.engine == "sqlite":
        try:
            whole = _is_whole(path, manifest)
        except sqlite3.DatabaseError:
            whole = False
        if not whole:
            raise BackupError(f"{path} is damaged. Use another backup.")
    else:
        _run(None, "pg_restore", "--file=/dev/null", str(path))
    return manifest


def _is_whole(path: Path, manifest: Manifest) -> bool:
    with closing(_open_copy(path)) as copy:
        whole = copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return (
            whole
            and not copy.execute("PRAGMA foreign_key_check").fetchall()
            and _sqlite_rows(copy) == manifest.rows
        )


def newest(folder: Path, what: str) -> Path:
    """The newest backup of "data" or "keys" in the folder. Raises BackupError where there is none."""
    found = _found(folder, what)
    if not found:
        raise BackupError(f"There is no backup of the {what} in {folder}.")
    return found[-1]


def _found(folder: Path, what: str) -> list[Path]:
    """Complete backups, oldest first."""
    return sorted(
        place for place in folder.glob(f"{what}-*") if place.is_dir() and not place.name.endswith(PART)
    )


# ---------------------------------------------------------------- putting one back


def require_restorable(place: Path, *, force: bool = False) -> Manifest:
    """Raise BackupError for a damaged backup, one of another kind of database, one that a newer version has made,
    and where the database is not empty (unless `force`). Writes nothing."""
    manifest = check(place)
    connection = connections[ALIASES[manifest.what]]
    if connection.vendor != manifest.engine:
        raise BackupError(
            f"This is a backup of {manifest.engine}, and the settings name {connection.vendor}."
        )
    newer = set(manifest.migrations) - _known(connection)
    if newer:
        raise BackupError(f"A newer version made this backup (it has {min(newer)}). Update first.")
    if not force and _is_filled(connection):
        raise BackupError(
            f"The database of the {manifest.what} is not empty. With --force its content is replaced for good."
        )
    return manifest


def restore(place: Path, *, force: bool = False) -> Manifest:
    """Put a backup where the running settings say that its database lies; the old content goes.

    Refuses what `require_restorable` refuses, before anything is written. Raises BackupError.
    """
    manifest = require_restorable(place, force=force)
    connection = connections[ALIASES[manifest.what]]
    if manifest.engine == "sqlite":
        _put_sqlite(connection, place / manifest.file)
    else:
        connection.close()
        flags = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction")
        _run(
            connection,
            "pg_restore",
            *flags,
            f"--dbname={connection.settings_dict['NAME']}",
            str(place / manifest.file),
        )
    forget_keys()
    there = {name: number for name, number in _count(connection).items() if name in manifest.rows}
    if there != manifest.rows:
        raise BackupError("What was restored has another number of rows than the backup. Restore it again.")
    return manifest


def _put_sqlite(connection: BaseDatabaseWrapper, path: Path) -> None:
    connection.close()
    target = Path(str(connection.settings_dict["NAME"]))
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with (
            closing(_open_copy(path)) as source,
            closing(sqlite3.connect(target, timeout=20)) as there,
        ):
            there.execute("PRAGMA secure_delete=ON")
            source.backup(there)
            there.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        raise BackupError(f"{target} is in use. Stop the system and try again.") from error


def missing_migrations(what: str) -> list[str]:
    """What `migrate` still has to do after a restore."""
    connection = connections[ALIASES[what]]
    return sorted(_known(connection) - set(_applied(connection)))


def unreadable() -> list[Unreadable]:
    """Per kind of sealed record: how many have lost their key. Those texts are gone, as they should be."""
    found = []
    for model in apps.get_models():
        if issubclass(model, Sealed):
            named = model._default_manager.values_list("data_key_id", flat=True)
            ids = {key_id for key_id in named if key_id is not None}
            there: set[Any] = set()
            listed = list(ids)
            for start in range(0, len(listed), 500):
                batch = listed[start : start + 500]
                there.update(DataKey.objects.using("keys").filter(id__in=batch).values_list("id", flat=True))
            if ids:
                found.append(Unreadable(model._meta.label, len(ids - there), len(ids)))
    return found


# ---------------------------------------------------------------- the parts they share


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BackupError(f"{folder} cannot be made: {error.strerror}.") from error


@contextmanager
def _alone(folder: Path, what: str) -> Iterator[None]:
    """One run at a time for each folder; the lock of a killed one goes with it."""
    with (folder / f".{what}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"Another backup into {folder} is running.") from None
        yield


def _write_manifest(part: Path, manifest: Manifest) -> None:
    path = part / MANIFEST
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(manifest), file, indent=1)
    _sync(path)
    _sync(part)


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _open_copy(path: Path) -> sqlite3.Connection:
    """A backup's file, for reading only."""
    copy = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    register(copy)
    return copy


def _sqlite_tables(copy: sqlite3.Connection) -> list[str]:
    found = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in found if not name.startswith("sqlite_")]


def _sqlite_rows(copy: sqlite3.Connection) -> dict[str, int]:
    return {
        name: copy.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0]  # noqa: S608  names of the file itself
        for name in _sqlite_tables(copy)
    }


def _count(connection: BaseDatabaseWrapper) -> dict[str, int]:
    with connection.cursor() as cursor:
        names = [
            name for name in connection.introspection.table_names(cursor) if not name.startswith("sqlite_")
        ]
        rows = {}
        for name in names:
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(name)}")  # noqa: S608  names of tables
            rows[name] = cursor.fetchone()[0]
    return rows


def _is_filled(connection: BaseDatabaseWrapper) -> bool:
    return any(number for name, number in _count(connection).items() if name not in BOOKKEEPING)


def _applied(connection: BaseDatabaseWrapper) -> tuple[str, ...]:
    loader = MigrationLoader(connection)
    return tuple(sorted(f"{app}.{name}" for app, name in loader.applied_migrations))


def _known(connection: BaseDatabaseWrapper) -> set[str]:
    loader = MigrationLoader(connection, ignore_no_migrations=True)
    return {f"{app}.{name}" for app, name in loader.disk_migrations}


def _tool(name: str) -> str:
    """A tool of PostgreSQL: the newest on this machine, because an older one refuses a newer server."""
    places = [
        path / name for pattern in _PLACES for path in Path("/").glob(pattern) if (path / name).exists()
    ]
    if places:
        return str(max(places, key=lambda path: [int(p) for p in path.parts if p.isdigit()]))
    found = shutil.which(name)
    if found is None:
        raise BackupError(f"{name} is not on this machine. Install the client tools of PostgreSQL.")
    return found


def _run(connection: BaseDatabaseWrapper | None, tool: str, *arguments: str) -> None:
    """Run a tool; the password travels in the environment, and what it says is shown only if it fails."""
    environment = dict(os.environ)
    given = connection.settings_dict if connection is not None else {}
    names = {
        "HOST": "PGHOST",
        "PORT": "PGPORT",
        "USER": "PGUSER",
        "PASSWORD": "PGPASSWORD",
        "NAME": "PGDATABASE",
    }
    environment |= {variable: str(given[name]) for name, variable in names.items() if given.get(name)}
    if mode := given.get("OPTIONS", {}).get("sslmode"):
        environment["PGSSLMODE"] = str(mode)
    done = subprocess.run(  # noqa: S603  our own arguments, no shell
        [_tool(tool), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        # Only its own lines: what follows them may quote rows.
        said = [line for line in done.stderr.splitlines() if line.startswith(f"{tool}: error")]
        raise BackupError(f"{tool} failed. {' '.join(said)[:600]}".strip())
