"""Sweeping up: data keys that no record uses, what has run out in the cache."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from .encryption import Sealed
from .models import DataKey

GRACE = timedelta(days=1)
"""A key is made before its record; one this young may still get one."""
_BATCH = 500


def sweep_unused_keys() -> int:
    """Delete keys older than a day that no record names: left by a crash, or by a record deleted with its parent.

    The second is how deletion reaches backups even where a record goes by cascade. Returns how many were deleted.
    """
    old = DataKey.objects.using("keys").filter(created_at__lt=timezone.now() - GRACE)
    ids = list(old.values_list("id", flat=True))
    swept = 0
    for start in range(0, len(ids), _BATCH):
        batch = set(ids[start : start + _BATCH])
        unused = batch - _used(batch)
        swept += DataKey.objects.using("keys").filter(id__in=unused).delete()[0]
    return swept


def _used(ids: set[uuid.UUID]) -> set[uuid.UUID]:
    used: set[uuid.UUID] = set()
    for model in apps.get_models():
        if issubclass(model, Sealed):
            named = model._default_manager.filter(data_key_id__in=ids).values_list("data_key_id", flat=True)
            used.update(key_id for key_id in named if key_id is not None)
    return used


def clear_cache() -> int:
    """Delete what has run out in the cache table: counted tries hold the addresses they came from."""
    cache = settings.CACHES["default"]
    if not cache["BACKEND"].endswith("DatabaseCache"):
        return 0
    table = connection.ops.quote_name(cache["LOCATION"])
    now = connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [now])  # noqa: S608  our own name of a table
        return int(cursor.rowcount)


def clean_key_store() -> str:
    """Take destroyed keys out of the store's own files, so that nobody finds them there with other means.

    SQLite overwrites what it deletes (`secure_delete`, settings) but its write-ahead log still holds the page as it
    was; PostgreSQL keeps dead rows until a vacuum. Raises RuntimeError while a reader holds the log open.
    """
    keys = connections["keys"]
    if keys.in_atomic_block:
        return ""  # neither can be done inside a transaction
    with keys.cursor() as cursor:
        if keys.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if cursor.fetchone()[0]:
                raise RuntimeError("The write-ahead log of the key store is in use; it is emptied next time.")
        elif keys.vendor == "postgresql":
            cursor.execute(f"VACUUM {keys.ops.quote_name(DataKey._meta.db_table)}")
    return keys.vendor
