"""What happened: append-only, hash-chained, without foreign keys and without free text."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import UTC
from typing import ClassVar

from django.db import models

GENESIS = "0" * 64
FORGOTTEN = "audit.actors_forgotten"
"""The verb of the event that says up to which event the people are forgotten."""


def new_salt() -> str:
    """Sixteen random bytes, so that nobody finds the person again by trying all people."""
    return secrets.token_hex(16)


class Event(models.Model):
    """One thing that happened. No foreign keys, so that the log never interferes with the live data.

    Two clocks: what changed stays; who did it is forgotten after MTD_KEEP_ACTORS. The chain therefore covers not
    the person but a salted digest of the person. Blanking identifier and salt leaves the chain whole and the digest
    without a way back.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "at": "internal",
        "actor_id": "personal",
        "actor_salt": "personal",
        "actor_digest": "internal",
        "organization_id": "internal",
        "verb": "internal",
        "object_type": "internal",
        "object_id": "internal",
        "facts": "internal",
        "previous": "internal",
        "hash": "internal",
    }

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor_id = models.CharField(max_length=36, blank=True)
    actor_salt = models.CharField(max_length=32, blank=True, default=new_salt)
    actor_digest = models.CharField(max_length=64)
    organization_id = models.CharField(max_length=36, blank=True)
    verb = models.CharField(max_length=80)
    object_type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id", "id"], name="audit_object"),
            models.Index(fields=["actor_id", "id"], name="audit_actor"),
        ]
        constraints = [models.UniqueConstraint(fields=["previous"], name="audit_one_chain")]


class ChainHead(models.Model):
    """The newest hash; locked while an event is appended, so that the chain never forks."""

    PRIVACY: ClassVar[dict[str, str]] = {"id": "internal", "hash": "internal"}

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="audit_single_head")]


def digest_of_actor(event: Event) -> str:
    """What stands for the person in the chain."""
    return hashlib.sha256(f"{event.actor_salt} {event.actor_id}".encode()).hexdigest()


def digest(event: Event) -> str:
    """The hash of an event over everything it says and the hash before it."""
    said = [
        event.previous,
        event.at.astimezone(
            UTC
        ).isoformat(),  # as it comes back from the database, whatever zone it was told in
        event.actor_digest,
        event.organization_id,
        event.verb,
        event.object_type,
        event.object_id,
        event.facts,
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
