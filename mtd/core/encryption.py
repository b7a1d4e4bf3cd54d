"""The one module that encrypts: AES-256-GCM, a data key per record.

A record that holds sealed text subclasses `Sealed` and uses `SealedTextField` (or `SealedBytesField`).
The data key is made before the record is written and lives in the `keys` database, wrapped by the master
key from the environment. Associated data are table, column and record, so a ciphertext cannot be moved.

    comment = Comment(body="…")            # readable at once, sealed on save
    warm(comments)                         # one query for the keys of a list
    destroy(comment)                       # the text is gone: here, in history, in old backups
"""

from __future__ import annotations

import base64
import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import DatabaseError, InterfaceError, models, transaction

from .models import DataKey

_VERSION = b"\x01"
_cache: ContextVar[dict[uuid.UUID, bytes] | None] = ContextVar("mtd_data_keys", default=None)


class KeyDestroyed(Exception):
    """The record's key was destroyed: its text cannot be read any more, by anybody."""


class KeyStoreAway(Exception):
    """The key store does not answer: nothing sealed is read or written until it does."""


@contextmanager
def _asking() -> Iterator[None]:
    try:
        yield
    except (DatabaseError, InterfaceError) as away:
        raise KeyStoreAway from away


def _master() -> AESGCM:
    return AESGCM(hashlib.sha256(b"mtd master key" + settings.MTD_MASTER_KEY.encode()).digest())


def _wrap(key_id: uuid.UUID, key: bytes) -> bytes:
    nonce = os.urandom(12)
    return _VERSION + nonce + _master().encrypt(nonce, key, b"datakey" + key_id.bytes)


def _unwrap(key_id: uuid.UUID, wrapped: bytes) -> bytes:
    return _open(_master(), wrapped, b"datakey" + key_id.bytes)


def _open(cipher: AESGCM, sealed: bytes, context: bytes) -> bytes:
    if len(sealed) < 29 or sealed[:1] != _VERSION:
        raise InvalidTag  # cut off or overwritten: the same to whoever wants to read it
    return cipher.decrypt(sealed[1:13], sealed[13:], context)


def forget_keys() -> None:
    """Start a request or job with an empty cache, so that a destroyed key has gone at once."""
    _cache.set({})


def _store() -> dict[uuid.UUID, bytes]:
    cache = _cache.get()
    if cache is None:
        cache = {}
        _cache.set(cache)
    return cache


def new_key() -> uuid.UUID:
    """Make and keep a data key; returns its identifier. An unused one is swept up by a job."""
    key_id, key = uuid.uuid4(), AESGCM.generate_key(bit_length=256)
    with _asking():
        DataKey.objects.using("keys").create(id=key_id, wrapped=_wrap(key_id, key))
    _store()[key_id] = key
    return key_id


def _key(key_id: uuid.UUID) -> bytes:
    store = _store()
    if key_id not in store:
        with _asking():
            row = DataKey.objects.using("keys").filter(id=key_id).first()
        if row is None:
            raise KeyDestroyed(str(key_id))
        store[key_id] = _unwrap(key_id, bytes(row.wrapped))
    return store[key_id]


def warm(records: Iterable[Sealed]) -> None:
    """Fetch the keys of many records with one query."""
    store = _store()
    missing = {r.data_key_id for r in records if r.data_key_id and r.data_key_id not in store}
    if missing:
        with _asking():
            rows = list(DataKey.objects.using("keys").filter(id__in=missing))
        for row in rows:
            # One damaged key must not close a whole list: it says so where its own record is opened.
            with suppress(InvalidTag):
                store[row.id] = _unwrap(row.id, bytes(row.wrapped))


def destroy(record: Sealed) -> None:
    """Destroy the record's key once the surrounding transaction has committed.

    After the commit, not before: if the deletion is rolled back, the text must still be readable.
    """
    if record.data_key_id is not None:
        destroy_keys([record.data_key_id])


def destroy_keys(key_ids: Iterable[uuid.UUID]) -> None:
    """The same for many keys at once. A crash right after the commit leaves keys that no record names; the daily
    sweep (mtd.core.jobs) deletes those."""
    ids = list(key_ids)

    def gone() -> None:
        DataKey.objects.using("keys").filter(id__in=ids).delete()
        for key_id in ids:
            _store().pop(key_id, None)

    if ids:
        transaction.on_commit(gone)


def master_key_fits() -> bool:
    """Whether the master key of the settings opens what is in the key store; True while that is empty."""
    rows = DataKey.objects.using("keys").order_by("created_at")
    for row in (rows.first(), rows.last()):
        try:
            _ = row and _unwrap(row.id, bytes(row.wrapped))
        except InvalidTag:
            return False
    return True


def seal(key_id: uuid.UUID, plain: bytes, context: str) -> bytes:
    """Encrypt bytes with a record's key; `context` is table, column and record."""
    nonce = os.urandom(12)
    return _VERSION + nonce + AESGCM(_key(key_id)).encrypt(nonce, plain, context.encode())


def unseal(key_id: uuid.UUID, sealed: bytes, context: str) -> bytes:
    """Decrypt what `seal` made. Raises KeyDestroyed, or InvalidTag when it was altered or moved."""
    return _open(AESGCM(_key(key_id)), sealed, context.encode())


class DataKeyField(models.UUIDField):  # type: ignore[type-arg]
    """The record's data key; made when the record is first written, before any sealed field is."""

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        if getattr(model_instance, self.attname) is None:
            setattr(model_instance, self.attname, new_key())
        return getattr(model_instance, self.attname)


class Sealed(models.Model):
    """Base of every model with a sealed field. Needs a UUID primary key."""

    data_key_id = DataKeyField(null=True, editable=False)

    class Meta:
        abstract = True

    def opens(self) -> bool:
        """Everything sealed in it can be read. A list asks this, so that one damaged row does not close all of it."""
        try:
            for field in self._meta.concrete_fields:
                if isinstance(field, SealedBytesField):
                    getattr(self, field.attname)
        except (KeyDestroyed, InvalidTag):
            return False
        return True


class _Opening:
    """Reads as plain text, opened on first use, so that lists which never show the text never need the key."""

    def __init__(self, field: SealedBytesField) -> None:
        self.field = field

    def __get__(self, record: Any, owner: type | None = None) -> Any:
        if record is None:
            return self
        name = self.field.attname
        if name not in record.__dict__:
            record.refresh_from_db(fields=[name])
        value = record.__dict__[name]
        if isinstance(value, _Ciphertext):
            value = self.field.open(record, value)
            record.__dict__[name] = value
        return value

    def __set__(self, record: Any, value: Any) -> None:
        record.__dict__[self.field.attname] = value


class _Ciphertext(bytes):
    """Marks what came from the database and is still closed."""


EMPTIED = _Ciphertext()
"""What a sealed field holds once its text's key was destroyed and the row stays: reads as empty, needs no key.

Written by `update(text=EMPTIED, data_key_id=None)` in the transaction that calls `destroy`.
"""


class SealedBytesField(models.BinaryField):  # type: ignore[type-arg]
    """Bytes, encrypted with the record's own key. Cannot be searched or sorted, on purpose."""

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Opening(self))

    def _context(self, record: Any) -> str:
        return f"{record._meta.db_table}.{self.column}.{record.pk}"

    def open(self, record: Any, value: bytes) -> Any:
        if not value:
            return self.to_plain(b"")
        return self.to_plain(unseal(record.data_key_id, bytes(value), self._context(record)))

    def to_plain(self, value: bytes) -> Any:
        return value

    def to_bytes(self, value: Any) -> bytes:
        return bytes(value)

    def get_default(self) -> Any:
        return None if self.null else self.to_plain(b"")

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else _Ciphertext(bytes(value))

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, _Ciphertext):
            return value
        return _Ciphertext(
            seal(model_instance.data_key_id, self.to_bytes(value), self._context(model_instance))
        )

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None and not isinstance(value, _Ciphertext):
            raise TypeError("A sealed field is written through its record, never through update().")
        return super().get_db_prep_value(value, connection, prepared)


class SealedTextField(SealedBytesField):
    """Text, encrypted with the record's own key."""

    def to_plain(self, value: bytes) -> str:
        return value.decode("utf-8")

    def to_bytes(self, value: Any) -> bytes:
        return str(value).encode("utf-8")


def fingerprint(text: str) -> str:
    """A keyed hash, for finding equal values without storing them (invitation tokens, addresses)."""
    # What no keyboard writes (half a surrogate) has a fingerprint, too: the guard promises never to raise.
    plain = text.encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(plain, key=hashlib.sha256(settings.SECRET_KEY.encode()).digest())
    return base64.urlsafe_b64encode(digest.digest()[:24]).decode()


__all__ = [
    "EMPTIED",
    "InvalidTag",
    "KeyDestroyed",
    "KeyStoreAway",
    "Sealed",
    "SealedBytesField",
    "SealedTextField",
    "destroy",
    "destroy_keys",
    "fingerprint",
    "forget_keys",
    "master_key_fits",
    "new_key",
    "seal",
    "unseal",
    "warm",
]
