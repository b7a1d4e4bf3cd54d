"""Who acts: one frozen object per request, built from the memberships of the signed-in person."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import models
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    """What a person may be in a network. The words are those of docs/glossary.md."""

    WORKER = "worker", pgettext_lazy("role", "Worker")
    LEAD = "lead", pgettext_lazy("role", "Organisation lead")
    COORDINATOR = "coordinator", pgettext_lazy("role", "Network coordinator")
    MODERATOR = "moderator", pgettext_lazy("role", "External moderator")
    PROGRAMME = "programme", pgettext_lazy("role", "Programme office")


@dataclass(frozen=True)
class MembershipRef:
    """One membership of the person: a role in an organisation, in a network, or in the programme."""

    id: uuid.UUID
    role: Role
    organization_id: uuid.UUID | None = None
    network_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Actor:
    """The person on whose behalf something happens.

    `current` is the membership that the person works under now; all memberships count for seeing,
    the current one decides which organisation speaks. `user_id` is None for the system itself.
    """

    user_id: uuid.UUID | None
    memberships: tuple[MembershipRef, ...] = ()
    current: MembershipRef | None = None
    organization_networks: tuple[tuple[uuid.UUID, uuid.UUID], ...] = ()
    """(organisation, network) for every network that one of the person's organisations belongs to."""
    language: str = "en"
    demo: bool = False

    @property
    def is_authenticated(self) -> bool:
        return self.user_id is not None

    @property
    def organization_id(self) -> uuid.UUID | None:
        """The organisation that speaks through this person now."""
        return self.current.organization_id if self.current else None

    @property
    def organization_ids(self) -> frozenset[uuid.UUID]:
        """All organisations the person works for."""
        return frozenset(m.organization_id for m in self.memberships if m.organization_id)

    @property
    def lead_of(self) -> frozenset[uuid.UUID]:
        """Organisations the person leads (and may sign for)."""
        return frozenset(
            m.organization_id for m in self.memberships if m.role == Role.LEAD and m.organization_id
        )

    @property
    def coordinates(self) -> frozenset[uuid.UUID]:
        """Networks the person coordinates."""
        return frozenset(
            m.network_id for m in self.memberships if m.role == Role.COORDINATOR and m.network_id
        )

    @property
    def moderates(self) -> frozenset[uuid.UUID]:
        """Networks in which the person is external moderator."""
        return frozenset(m.network_id for m in self.memberships if m.role == Role.MODERATOR and m.network_id)

    @property
    def network_ids(self) -> frozenset[uuid.UUID]:
        """Networks the person has to do with, in whatever role."""
        own = {m.network_id for m in self.memberships if m.network_id}
        return frozenset(own | {network for _, network in self.organization_networks})

    @property
    def is_programme(self) -> bool:
        """True for the programme office."""
        return any(m.role == Role.PROGRAMME for m in self.memberships)


ANONYMOUS = Actor(user_id=None)
SYSTEM = Actor(user_id=None)
"""Jobs and commands act as the system: no memberships, recorded without a person."""
