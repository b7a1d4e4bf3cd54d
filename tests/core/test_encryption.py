"""Sealed text: unreadable in the database, gone for ever when its key is destroyed."""

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection, transaction

from mtd.core.encryption import KeyDestroyed, destroy, forget_keys, warm
from mtd.core.models import DataKey
from mtd.documents.models import StoredFile

SECRET = "Mum drinks – Μαμά πίνει – 🫣 – אמא".encode()


def make(content: bytes = SECRET) -> StoredFile:
    return StoredFile.objects.create(
        name="a.pdf", media_type="application/pdf", size=len(content), sha256="0" * 64, content=content
    )


def raw(record: StoredFile) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT content FROM {StoredFile._meta.db_table} WHERE id = %s",
            [record.pk if connection.vendor == "postgresql" else record.pk.hex],
        )
        return bytes(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
class TestSealedFields:
    def test_text_is_readable_by_the_record_and_not_in_the_database(self) -> None:
        record = make()
        assert StoredFile.objects.get(pk=record.pk).content == SECRET
        assert b"drinks" not in raw(record)
        assert raw(record) != raw(make())

    def test_the_database_of_the_data_holds_no_key(self) -> None:
        record = make()
        assert DataKey.objects.using("keys").filter(pk=record.data_key_id).exists()
        assert "core_datakey" not in connection.introspection.table_names()

    def test_destroying_the_key_destroys_every_copy(self) -> None:
        record = make()
        backup = raw(record)
        with transaction.atomic():
            destroy(record)
        forget_keys()
        assert raw(record) == backup
        with pytest.raises(KeyDestroyed):
            _ = StoredFile.objects.get(pk=record.pk).content

    def test_a_rolled_back_deletion_keeps_the_text(self) -> None:
        record = make()
        with pytest.raises(RuntimeError), transaction.atomic():
            destroy(record)
            raise RuntimeError
        forget_keys()
        assert StoredFile.objects.get(pk=record.pk).content == SECRET

    def test_a_ciphertext_moved_to_another_record_does_not_open(self) -> None:
        first, second = make(), make(b"other")
        with connection.cursor() as cursor:
            ids = [str(r.pk) if connection.vendor == "postgresql" else r.pk.hex for r in (second, first)]
            cursor.execute(
                f"UPDATE {StoredFile._meta.db_table} SET content = (SELECT content FROM "
                f"{StoredFile._meta.db_table} WHERE id = %s), data_key_id = (SELECT data_key_id FROM "
                f"{StoredFile._meta.db_table} WHERE id = %s) WHERE id = %s",
                [ids[1], ids[1], ids[0]],
            )
        with pytest.raises(InvalidTag):
            _ = StoredFile.objects.get(pk=second.pk).content

    def test_a_list_fetches_its_keys_with_one_query(self, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
        for _ in range(5):
            make()
        forget_keys()
        records = list(StoredFile.objects.all())
        with django_assert_num_queries(1, using="keys"):
            warm(records)
            assert {r.content for r in records} == {SECRET}

    def test_saving_other_fields_leaves_the_sealed_one_as_it_is(self) -> None:
        record = StoredFile.objects.get(pk=make().pk)
        before = raw(record)
        record.name = "b.pdf"
        record.save()
        assert raw(record) == before
        assert StoredFile.objects.get(pk=record.pk).content == SECRET

    def test_a_sealed_field_cannot_be_written_around_its_record(self) -> None:
        record = make()
        with pytest.raises(TypeError):
            StoredFile.objects.filter(pk=record.pk).update(content=b"plain")
