"""Files, encrypted in the database, and the key with which this installation issues certificates.

Who may read a file is decided by the slice that holds it (an agreement, a resolution): a file by itself belongs to
nobody, so this slice has no permissions of its own and no pages.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from mtd.core.encryption import Sealed, SealedBytesField


class StoredFile(Sealed):
    """One file as it was received or made. It never changes: a new version is a new file."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "name": "personal",
        "media_type": "internal",
        "size": "internal",
        "sha256": "internal",
        "content": "special",
        "uploaded_by": "personal",
        "created_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=160)
    media_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    content = SealedBytesField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(size__gt=0), name="documents_file_not_empty"),
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="documents_file_sha256_hex"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class IssuingKey(Sealed):
    """The installation's issuing certificate and its sealed private key. `current` is true for exactly one.

    Retired ones stay: signatures made under them must remain recognisable.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "certificate_pem": "public",
        "private_key_pem": "special",
        "current": "internal",
        "created_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    certificate_pem = models.TextField()
    private_key_pem = SealedBytesField()
    current = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["current"], condition=models.Q(current=True), name="documents_one_current_key"
            )
        ]

    def __str__(self) -> str:
        return f"issuing key of {self.created_at:%Y-%m-%d}"
