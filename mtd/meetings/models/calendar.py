"""A person's private calendar address."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from mtd.core.encryption import Sealed, SealedTextField


class FeedAddress(Sealed):
    """The address under which a person's calendar program fetches their meetings; ending it deletes it.

    The token is sealed, so that the person can look it up again; it is found by its fingerprint.
    """

    class Scope(models.TextChoices):
        MINE = "mine", pgettext_lazy("calendar address", "the meetings I am invited to")
        NETWORKS = "networks", pgettext_lazy("calendar address", "all meetings of my networks")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "user": "personal",
        "scope": "internal",
        "token": "personal",
        "token_hash": "internal",
        "created_at": "internal",
        "last_used_on": "internal",
        "content_hash": "internal",
        "content_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    scope = models.CharField(max_length=8, choices=Scope.choices, default=Scope.MINE)
    token = SealedTextField()
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_on = models.DateField(null=True, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    """Of what was last fetched, so that a calendar program hears when nothing is new."""
    content_at = models.DateTimeField(null=True, blank=True)
    """Since when it has been so: the Last-Modified of the answer."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], name="feed_one_address"),
        ]
