"""Keys without a record go; keys with one stay."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mtd.core.encryption import new_key
from mtd.core.jobs import sweep_unused_keys
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
