"""Guides, their versions, and what practice says about each step."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from mtd.core.encryption import Sealed, SealedTextField


class Guide(models.Model):
    """A way to an agreement, in versions; it may belong to an organisation."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "public",
        "slug": "public",
        "owner": "public",
        "title": "public",
        "created_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    owner = models.ForeignKey(
        "organizations.Organization", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    title = models.JSONField(default=dict)
    """{language: title}, from the newest published version."""
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.slug


class GuideVersion(models.Model):
    """One version of a guide. Once published, its content never changes: agreements rest on it."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("guide version", "Draft")
        PUBLISHED = "published", pgettext_lazy("guide version", "Published")

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "public",
        "guide": "public",
        "number": "public",
        "state": "public",
        "content": "public",
        "sha256": "public",
        "loaded_by": "personal",
        "loaded_at": "internal",
        "published_at": "public",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    guide = models.ForeignKey(Guide, on_delete=models.PROTECT, related_name="versions")
    number = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    content = models.JSONField()
    """The whole pack as `pack_to_json` writes it."""
    sha256 = models.CharField(max_length=64)
    """Of the canonical JSON; checked whenever a published version is opened."""
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    loaded_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["guide", "number"], name="guide_version_once"),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True)
                | Q(state="published", published_at__isnull=False),
                name="guide_version_published_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.guide_id} {self.number}"

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED


class StepFeedback(Sealed):
    """What helped in practice and what was missing, for whoever writes the next version of the guide."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "data_key_id": "internal",
        "version": "internal",
        "step_key": "internal",
        "question_key": "internal",
        "helped": "personal",
        "missing": "personal",
        "organization": "internal",
        "author": "personal",
        "agreement_id": "internal",
        "created_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(GuideVersion, on_delete=models.PROTECT, related_name="feedback")
    step_key = models.CharField(max_length=60)
    question_key = models.CharField(max_length=60, blank=True)
    helped = SealedTextField(null=True, blank=True)
    missing = SealedTextField(null=True, blank=True)
    organization = models.ForeignKey(
        "organizations.Organization", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    agreement_id = models.UUIDField(null=True, blank=True)
    """Plain, without a foreign key: agreements stand above guides."""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["version", "step_key", "created_at"], name="guide_feedback_step")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.step_key}"
