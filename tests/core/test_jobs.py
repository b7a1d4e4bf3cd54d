"""Keys without a record go; keys with one stay."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from config.schedule import JOBS
from mtd.core.encryption import new_key
from mtd.core.jobs import clean_key_store, sweep_unused_keys
from mtd.core.models import DataKey
from mtd.documents.models import StoredFile


@pytest.mark.django_db
def test_only_old_keys_without_a_record_are_swept_up() -> None:
    record = StoredFile.objects.create(name="a", media_type="a", size=1, sha256="0" * 64, content=b"x")
    orphan, young = new_key(), new_key()
    long_ago = timezone.now() - timedelta(days=3)
    DataKey.objects.using("keys").exclude(pk=young).update(created_at=long_ago)
    assert sweep_unused_keys() == 1
    left = set(DataKey.objects.using("keys").values_list("pk", flat=True))
    assert left == {record.data_key_id, young}
    assert orphan not in left
    assert sweep_unused_keys() == 0


def test_the_key_store_is_cleaned_after_every_job_that_destroys_keys() -> None:
    assert JOBS["daily"][-2:] == ["mtd.core.jobs.sweep_unused_keys", "mtd.core.jobs.clean_key_store"]


@pytest.mark.of_sqlite
@pytest.mark.django_db(transaction=True)
def test_a_log_of_the_key_store_that_somebody_still_reads_is_said_to_be_full() -> None:
    new_key()
    store = connections["keys"]
    with closing(sqlite3.connect(str(store.settings_dict["NAME"]), isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM core_datakey").fetchone()
        new_key()
        with store.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout=50")
        with pytest.raises(RuntimeError, match="in use"):
            clean_key_store()
    store.close()  # with the short patience
    assert clean_key_store() == "sqlite"
