"""Files are kept encrypted and go for good; the issuing authority is made once."""

from __future__ import annotations

import hashlib
import threading

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from mtd.audit.models import Event
from mtd.core.actor import SYSTEM
from mtd.core.encryption import KeyDestroyed, forget_keys
from mtd.core.errors import Refused
from mtd.core.models import DataKey
from mtd.documents import queries
from mtd.documents.actions import delete_file, get_authority, seal, store_file
from mtd.documents.models import IssuingKey, StoredFile
from mtd.documents.verifying import MAX_BYTES, Level, TooLarge

from . import files


@pytest.mark.django_db
def test_a_file_comes_back_as_it_was_and_lies_encrypted() -> None:
    content = files.unsigned()
    kept = store_file(actor=SYSTEM, name="C:\\tmp\\Vereinbarung \u202efdp.exe.pdf", content=content)
    forget_keys()
    read = StoredFile.objects.get(pk=kept.pk)
    assert bytes(read.content) == content
    assert read.sha256 == hashlib.sha256(content).hexdigest()
    assert (read.size, read.name) == (len(content), "Vereinbarung fdp.exe.pdf")
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM documents_storedfile")
        stored = bytes(cursor.fetchone()[0])
    assert b"%PDF" not in stored
    assert [file.pk for file in queries.files_with_hash(read.sha256)] == [kept.pk]
    assert Event.objects.filter(verb="file.stored", object_id=str(kept.pk)).exists()


@pytest.mark.django_db(transaction=True)
def test_a_deleted_file_cannot_be_read_from_an_old_copy_either() -> None:
    kept = store_file(actor=SYSTEM, name="a.pdf", content=b"%PDF-1.7 secret")
    copy = StoredFile.objects.get(pk=kept.pk)
    delete_file(actor=SYSTEM, file=kept)
    forget_keys()
    assert not StoredFile.objects.exists()
    assert not DataKey.objects.using("keys").filter(pk=copy.data_key_id).exists()
    with pytest.raises(KeyDestroyed):
        _ = copy.content


@pytest.mark.django_db(transaction=True)
def test_a_deletion_that_is_rolled_back_loses_nothing() -> None:
    kept = store_file(actor=SYSTEM, name="a.pdf", content=b"%PDF-1.7 secret")
    with pytest.raises(RuntimeError), transaction.atomic():
        delete_file(actor=SYSTEM, file=kept)
        raise RuntimeError
    forget_keys()
    assert bytes(StoredFile.objects.get(pk=kept.pk).content) == b"%PDF-1.7 secret"


@pytest.mark.django_db
def test_empty_large_and_unknown_files_are_refused() -> None:
    with pytest.raises(Refused):
        store_file(actor=SYSTEM, name="a.pdf", content=b"")
    with pytest.raises(TooLarge):
        store_file(actor=SYSTEM, name="a.pdf", content=bytes(MAX_BYTES + 1))
    with pytest.raises(Refused):
        store_file(actor=SYSTEM, name="a.html", content=b"<script>", media_type="text/html")
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("", "file"),
        ("x" * 300 + ".pdf", "x" * 156 + ".pdf"),
        ("\x00\n", "file"),
    ],
)
def test_file_names_are_only_names(given: str, kept: str) -> None:
    assert store_file(actor=SYSTEM, name=given, content=b"%PDF-").name == kept


@pytest.mark.django_db
def test_a_signature_made_here_is_recognised_as_ours() -> None:
    signed = seal(
        actor=SYSTEM,
        pdf=files.unsigned(),
        signer="Leonie Brandt",
        organization="Suchtberatung am Markt",
        field_name="party-1",
        reason="Unterschrift",
        signed_at=timezone.now(),
    )
    found = queries.signed_update(files.unsigned(), signed).new[0]
    assert (found.ours, found.level, found.signer) == (True, Level.OWN, "Leonie Brandt")
    assert queries.inspect(signed).all_hold
    assert not queries.inspect(files.signed(1)).signatures[0].ours


@pytest.mark.django_db
def test_the_authority_stays_the_same_and_its_key_is_sealed() -> None:
    first = get_authority(actor=SYSTEM)
    forget_keys()
    assert get_authority(actor=SYSTEM) == first
    assert queries.authority_certificates() == [first.certificate_pem]
    with connection.cursor() as cursor:
        cursor.execute("SELECT private_key_pem FROM documents_issuingkey")
        assert b"PRIVATE KEY" not in bytes(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_two_who_sign_first_at_the_same_moment_get_the_same_authority() -> None:
    found = []
    start = threading.Barrier(4)

    def ask() -> None:
        try:
            forget_keys()
            start.wait()
            found.append(get_authority(actor=SYSTEM).certificate_pem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert IssuingKey.objects.count() == 1
