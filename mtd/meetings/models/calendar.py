"""A person's private calendar address."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from mtd.core.encryption import Sealed, SealedTextField


class FeedAddress(Sealed):
    """The address under which a person's calendar program fetches their meetings; revoking it ends it at once.

    The token is sealed, so that the person can look it up again; it is found by its fingerprint.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "user": "personal",
        "token": "personal",
        "token_hash": "internal",
        "created_at": "internal",
        "last_used_on": "internal",
        "revoked_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token = SealedTextField()
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at__isnull=True), name="feed_one_address"
            )
        ]
