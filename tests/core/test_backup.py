"""Backups: the data and the key store apart, whole or not there at all, and restored only where it does no harm."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.test import override_settings
from django.utils import timezone

from mtd.core import backup
from mtd.core.backup import BackupError, back_up, check, newest, restore, unreadable
from mtd.core.encryption import KeyDestroyed, destroy, forget_keys
from mtd.core.models import DataKey
from mtd.documents.models import StoredFile

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = b"Nobody else reads this sentence."


def at(second: int) -> datetime:
    return datetime(2026, 11, 22, 4, 15, second, tzinfo=UTC)


def a_file(content: bytes = SECRET) -> StoredFile:
    return StoredFile.objects.create(
        name="a.pdf", media_type="application/pdf", size=len(content), sha256="0" * 64, content=content
    )


def delete(file: StoredFile) -> None:
    with transaction.atomic():
        destroy(file)
        StoredFile.objects.filter(pk=file.pk).delete()


def run(command: str, *arguments: object, **options: object) -> str:
    out = io.StringIO()
    call_command(command, *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def bytes_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_data_and_keys_lie_apart_and_neither_alone_holds_what_the_other_does(tmp_path: Path) -> None:
    a_file()
    key = DataKey.objects.using("keys").get()
    run("backup", tmp_path)
    data, keys = newest(tmp_path, "data"), newest(tmp_path, "keys")
    assert check(data).rows["documents_storedfile"] == 1
    assert "core_datakey" not in check(data).rows
    assert check(keys).rows["core_datakey"] == 1
    assert "documents_storedfile" not in check(keys).rows
    assert bytes(key.wrapped) not in bytes_in(data)


def test_the_master_key_and_the_text_are_in_neither(tmp_path: Path) -> None:
    a_file()
    run("backup", tmp_path)
    found = bytes_in(tmp_path)
    assert settings.MTD_MASTER_KEY.encode() not in found
    assert settings.SECRET_KEY.encode() not in found
    assert SECRET not in found


def test_nobody_but_the_owner_may_read_them(tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    run("backup", folder)
    for path in [folder, *folder.rglob("*")]:
        if not path.name.startswith("."):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_backups_of_the_data_stay_and_of_the_keys_only_the_newest(tmp_path: Path) -> None:
    for second in (1, 2, 3):
        for what in ("data", "keys"):
            back_up(what, tmp_path, now=at(second))
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == [
        "data-20261122-041501",
        "data-20261122-041502",
        "data-20261122-041503",
        "keys-20261122-041503",
    ]


def test_the_keys_may_lie_somewhere_else(tmp_path: Path) -> None:
    file = a_file()
    run("backup", tmp_path / "a", keys_to=tmp_path / "b")
    assert newest(tmp_path / "b", "keys").is_dir()
    with pytest.raises(BackupError):
        newest(tmp_path / "a", "keys")
    run("restore", tmp_path / "a", keys_from=tmp_path / "b", force=True)
    assert StoredFile.objects.get(pk=file.pk).content == SECRET


def test_what_was_there_comes_back_and_what_came_later_goes(tmp_path: Path) -> None:
    first = a_file()
    run("backup", tmp_path)
    a_file(b"later")
    out = run("restore", tmp_path, force=True)
    assert [file.pk for file in StoredFile.objects.all()] == [first.pk]
    assert StoredFile.objects.get().content == SECRET
    assert "cannot be read" not in out
    assert a_file(b"and it goes on").pk  # the restored databases can be written to


def test_a_deleted_text_does_not_come_back_with_an_old_backup_of_the_data(tmp_path: Path) -> None:
    gone, stays = a_file(), a_file(b"stays")
    back_up("data", tmp_path, now=at(1))
    delete(gone)
    back_up("keys", tmp_path, now=at(2))
    out = run("restore", tmp_path, only="data", force=True)
    assert StoredFile.objects.get(pk=stays.pk).content == b"stays"
    with pytest.raises(KeyDestroyed):
        _ = StoredFile.objects.get(pk=gone.pk).content
    assert "documents.StoredFile: 1 of 2 texts have no key" in out
    restore(newest(tmp_path, "keys"), force=True)
    with pytest.raises(KeyDestroyed):
        _ = StoredFile.objects.get(pk=gone.pk).content
    assert [(one.without_key, one.sealed) for one in unreadable()] == [(1, 2)]


def test_nobody_is_signed_in_by_restoring(tmp_path: Path) -> None:
    Session.objects.create(session_key="k" * 32, session_data="x", expire_date=timezone.now())
    run("backup", tmp_path)
    assert Session.objects.count() == 1
    assert b"k" * 32 not in bytes_in(tmp_path)
    restore(newest(tmp_path, "data"), force=True)
    assert not Session.objects.exists()


def test_a_database_that_is_not_empty_is_left_alone_without_being_told(tmp_path: Path) -> None:
    a_file()
    run("backup", tmp_path)
    a_file()
    with pytest.raises(CommandError, match="not empty"):
        run("restore", tmp_path)
    assert StoredFile.objects.count() == 2


def test_neither_is_touched_where_one_of_both_cannot_be_restored(tmp_path: Path) -> None:
    a_file()
    run("backup", tmp_path)
    a_file()
    data = newest(tmp_path, "data")
    (data / check(data).file).write_bytes(b"not this")
    with pytest.raises(CommandError, match="hash differs"):
        run("restore", tmp_path, force=True)
    assert DataKey.objects.using("keys").count() == StoredFile.objects.count() == 2


@pytest.mark.parametrize(
    "damage", ["byte", "short", "no manifest", "no file", "not json", "of a newer version"]
)
def test_a_damaged_backup_is_refused_before_anything_is_written(tmp_path: Path, damage: str) -> None:
    a_file()
    place = back_up("data", tmp_path)
    path, manifest = place / check(place).file, place / backup.MANIFEST
    content = path.read_bytes()
    match damage:
        case "byte":
            path.write_bytes(content[:5000] + b"\xff" + content[5001:])
        case "short":
            path.write_bytes(content[:-1])
        case "no manifest":
            manifest.unlink()
        case "no file":
            path.unlink()
        case "not json":
            manifest.write_text("{")
        case _:
            said = json.loads(manifest.read_text())
            said["migrations"].append("core.9999_from_the_future")
            manifest.write_text(json.dumps(said))
    with pytest.raises(BackupError):
        restore(place, force=True)
    assert StoredFile.objects.get().content == SECRET


def test_a_backup_of_another_kind_of_database_is_refused(tmp_path: Path) -> None:
    place = back_up("keys", tmp_path)
    said = json.loads((place / backup.MANIFEST).read_text())
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    (place / backup.MANIFEST).write_text(json.dumps(said | {"engine": other}))
    with pytest.raises(BackupError):
        restore(place, force=True)


def test_a_failed_backup_leaves_the_old_keys_and_nothing_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = back_up("keys", tmp_path, now=at(1))

    def full(path: Path) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(backup, "_hash", full)
        with pytest.raises(OSError, match="No space"):
            back_up("keys", tmp_path, now=at(2))
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == [old]
    assert check(old)


def test_what_a_killed_run_left_is_swept_up_and_never_taken_for_a_backup(tmp_path: Path) -> None:
    left = tmp_path / "keys-20261122-041500.part"
    left.mkdir()
    (left / "database.sqlite3").write_bytes(b"half")
    with pytest.raises(BackupError, match="no backup"):
        newest(tmp_path, "keys")
    back_up("keys", tmp_path)
    assert not left.exists()


def test_two_at_once_do_not_mix(tmp_path: Path) -> None:
    with backup._alone(tmp_path, "keys"), pytest.raises(BackupError, match="Another backup"):
        back_up("keys", tmp_path)
    assert back_up("keys", tmp_path)


@pytest.mark.of_sqlite
def test_a_backup_can_be_taken_while_somebody_writes(tmp_path: Path) -> None:
    a_file()
    writer = sqlite3.connect(connections["default"].settings_dict["NAME"], isolation_level=None)
    try:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM documents_storedfile")
        assert check(back_up("data", tmp_path)).rows["documents_storedfile"] == 1
    finally:
        writer.execute("ROLLBACK")
        writer.close()


def test_another_master_key_is_noticed(tmp_path: Path) -> None:
    a_file()
    run("backup", tmp_path)
    with override_settings(MTD_MASTER_KEY="another one"):
        forget_keys()
        assert "master key does not open" in run("restore", tmp_path, force=True)
    assert "master key" not in run("restore", tmp_path, force=True)


def test_a_folder_that_cannot_be_made_is_told_and_not_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CommandError, match="cannot be made"):
        run("backup", tmp_path / "file" / "below")
    with pytest.raises(CommandError, match="There is no backup"):
        run("restore", tmp_path)
    assert os.listdir(tmp_path) == ["file"]
