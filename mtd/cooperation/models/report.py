"""The yearly report of a lived agreement."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from mtd.agreements.models import Agreement
from mtd.core.encryption import Sealed, SealedTextField
from mtd.documents.models import StoredFile


class YearlyReport(Sealed):
    """Figures of one year with the network's own words; approved, it is fixed and has a file."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("report", "being prepared")
        APPROVED = "approved", pgettext_lazy("report", "approved")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "agreement": "internal",
        "year": "internal",
        "state": "internal",
        "foreword": "special",
        "went_well": "special",
        "went_badly": "special",
        "next_year": "special",
        "figures": "internal",
        "file": "internal",
        "former_file": "internal",
        "decided_on": "internal",
        "reopened_at": "internal",
        "revision": "internal",
        "created_by": "personal",
        "created_at": "internal",
        "approved_by": "personal",
        "approved_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="yearly_reports")
    year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    foreword = SealedTextField()
    went_well = SealedTextField()
    went_badly = SealedTextField()
    next_year = SealedTextField()
    figures = models.JSONField(default=dict)
    """The figures as they stood when it was approved; a draft computes them afresh."""
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    former_file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """What was approved before it was opened again for a correction."""
    decided_on = models.DateField(null=True, blank=True)
    """The day on which the steering group approved it."""
    reopened_at = models.DateTimeField(null=True, blank=True)
    """When it was last opened for a correction."""
    revision = models.PositiveIntegerField(default=0)
    """Counts changes of the words, so that two people writing at once lose nothing."""
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-year", "id"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "year"], name="report_once_a_year"),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_at__isnull=False), name="report_approved_has_date"
            ),
        ]
