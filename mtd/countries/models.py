"""Corrections to country records: append-only, one row for each change of one value."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone


class CountryValue(models.Model):
    """One correction. The row with the highest number is what holds now; number 1 replaced what shipped.

    The author is a bare id: countries stand below accounts and know no users.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "country": "public",
        "key": "public",
        "number": "public",
        "value": "public",
        "source": "public",
        "source_date": "public",
        "confirmed": "public",
        "note": "public",
        "previous": "public",
        "author_id": "personal",
        "at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    country = models.CharField(max_length=2)
    key = models.CharField(max_length=120)
    number = models.PositiveIntegerField()
    value = models.JSONField(null=True, blank=True)
    source = models.CharField(max_length=500, blank=True)
    source_date = models.CharField(max_length=11, blank=True)
    confirmed = models.BooleanField()
    note = models.JSONField(default=dict, blank=True)
    previous = models.JSONField(null=True, blank=True)
    author_id = models.UUIDField(null=True, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("country", "key", "number")
        constraints = (
            models.UniqueConstraint(fields=("country", "key", "number"), name="country_value_numbered_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="country_value_number_from_one"),
            models.CheckConstraint(
                condition=Q(confirmed=False) | ~Q(source=""), name="country_value_confirmed_has_source"
            ),
        )

    def __str__(self) -> str:
        return f"{self.country} {self.key} #{self.number}"
