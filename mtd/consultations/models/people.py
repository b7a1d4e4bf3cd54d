"""Who is away, and who stands in."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from mtd.organizations.models import Organization


class Absence(models.Model):
    """Somebody is away from a day until a day; questions to them go to the deputy. No reason is kept."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "user": "personal",
        "organization": "internal",
        "since": "personal",
        "until": "personal",
        "deputy": "personal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="absences")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    since = models.DateField()
    until = models.DateField()
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["since", "id"]
        indexes = [models.Index(fields=["user", "until"], name="absence_user")]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="absence_ends_after_it_began"),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("user")), name="absence_deputy_is_another"
            ),
        ]
