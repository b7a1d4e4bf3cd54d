"""Data keys, and the base of every record whose text is sealed."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models


class DataKey(models.Model):
    """A record's own key, wrapped by the master key; lives in the `keys` database only.

    Deleting the row destroys the record's text everywhere, history and old data backups included.
    """

    PRIVACY: ClassVar[dict[str, str]] = {"id": "internal", "wrapped": "internal", "created_at": "internal"}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
