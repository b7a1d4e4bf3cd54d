"""Stored files and the installation's seal. Content is sealed with the record's own key."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from mtd.core.encryption import Sealed, SealedBytesField


class StoredFile(Sealed):
    """A file in the database, encrypted, so that it is written in the transaction it belongs to."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "name": "internal",
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
