"""Networks, organisations, who works where in which role, and invitations."""

from __future__ import annotations

import uuid
import zoneinfo
from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mtd.core.actor import MembershipRef, Role

COUNTRIES = (
    ("BE", _("Belgium")),
    ("CY", _("Cyprus")),
    ("CZ", _("Czechia")),
    ("DE", _("Germany")),
    ("EL", _("Greece")),
    ("ES", _("Spain")),
    ("FI", _("Finland")),
    ("IT", _("Italy")),
    ("NL", _("Netherlands")),
    ("PT", _("Portugal")),
    ("SI", _("Slovenia")),
    ("SK", _("Slovakia")),
)
"""The twelve countries by the codes the European Union uses (EL for Greece); same as mtd.countries."""

INVITATION_DAYS = 14
ORGANIZATION_ROLES = (Role.WORKER, Role.LEAD)
NETWORK_ROLES = (Role.COORDINATOR, Role.MODERATOR)


def today() -> date:
    """The day in the time zone of the installation."""
    return timezone.localdate()


class HelpSystem(models.TextChoices):
    ADDICTION_CARE = "addiction_care", pgettext_lazy("help system", "Addiction care")
    YOUTH_WELFARE = "youth_welfare", pgettext_lazy("help system", "Youth welfare")
    HEALTH = "health", pgettext_lazy("help system", "Health")
    SCHOOL = "school", pgettext_lazy("help system", "School")
    OTHER = "other", pgettext_lazy("help system", "Other")


class Network(models.Model):
    """Organisations of a region that cooperate."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "public",
        "name": "public",
        "slug": "public",
        "country": "public",
        "region": "public",
        "time_zone": "internal",
        "language": "internal",
        "created_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("Name of the network"), max_length=120)
    slug = models.SlugField(max_length=80, unique=True)
    country = models.CharField(_("Country"), max_length=2, choices=COUNTRIES)
    region = models.CharField(_("Region"), max_length=120)
    time_zone = models.CharField(_("Time zone"), max_length=40, default="Europe/Berlin")
    language = models.CharField(_("Language"), max_length=8, choices=settings.LANGUAGES, default="en")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["country", "name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The network's time zone as an object."""
        return zoneinfo.ZoneInfo(self.time_zone)


class Organization(models.Model):
    """A counselling centre, a youth office, a clinic, a school: what becomes a party of an agreement."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "public",
        "name": "public",
        "short_name": "public",
        "help_system": "public",
        "legal_form": "public",
        "country": "public",
        "city": "public",
        "address": "public",
        "email": "public",
        "phone": "public",
        "website": "public",
        "created_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("Full name"), max_length=200)
    short_name = models.CharField(_("Short name"), max_length=60)
    help_system = models.CharField(_("Help system"), max_length=16, choices=HelpSystem.choices)
    legal_form = models.CharField(_("Legal form"), max_length=120, blank=True)
    country = models.CharField(_("Country"), max_length=2, choices=COUNTRIES)
    city = models.CharField(_("Town"), max_length=120)
    address = models.CharField(_("Street and number, postal code"), max_length=200, blank=True)
    email = models.EmailField(_("E-mail of the organisation"), blank=True)
    phone = models.CharField(_("Telephone"), max_length=40, blank=True)
    website = models.URLField(_("Website"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    networks: models.ManyToManyField[Network, NetworkMember] = models.ManyToManyField(
        Network, through="NetworkMember", related_name="organizations"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(help_system__in=HelpSystem.values), name="organizations_help_system"
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(short_name=""), name="organizations_named"),
        ]

    def __str__(self) -> str:
        return self.name


class NetworkMember(models.Model):
    """An organisation belongs to a network, from a day, perhaps until a day."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "network": "public",
        "organization": "public",
        "joined_on": "public",
        "left_on": "public",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="network_members")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="network_members")
    joined_on = models.DateField(default=today)
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["network", "organization"],
                condition=Q(left_on__isnull=True),
                name="organizations_member_once",
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("joined_on")),
                name="organizations_member_dates",
            ),
        ]


def _place_matches_role() -> Q:
    """Worker and lead belong to an organisation, coordinator and moderator to a network, programme to neither."""
    return (
        Q(role__in=ORGANIZATION_ROLES, organization__isnull=False, network__isnull=True)
        | Q(role__in=NETWORK_ROLES, organization__isnull=True, network__isnull=False)
        | Q(role=Role.PROGRAMME, organization__isnull=True, network__isnull=True)
    )


class Membership(models.Model):
    """A person's role in an organisation, in a network, or in the programme office."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "user": "personal",
        "role": "personal",
        "organization": "personal",
        "network": "personal",
        "started_on": "personal",
        "ended_on": "personal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships"
    )
    network = models.ForeignKey(
        Network, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships"
    )
    started_on = models.DateField(default=today)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["user__name", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=_place_matches_role(), name="organizations_role_place"),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="organizations_membership_dates",
            ),
            models.UniqueConstraint(
                fields=["user", "organization"],
                condition=Q(ended_on__isnull=True, organization__isnull=False),
                name="organizations_one_role_per_organization",
            ),
            models.UniqueConstraint(
                fields=["user", "network"],
                condition=Q(ended_on__isnull=True, network__isnull=False),
                name="organizations_one_role_per_network",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(ended_on__isnull=True, role="programme"),
                name="organizations_programme_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "ended_on"], name="organizations_memb_user")
        ]

    def ref(self) -> MembershipRef:
        """The membership as the Actor carries it."""
        return MembershipRef(
            id=self.id,
            role=Role(self.role),
            organization_id=self.organization_id,
            network_id=self.network_id,
        )


class Invitation(models.Model):
    """A link sent by e-mail; only a fingerprint of its token is kept."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "email": "personal",
        "role": "internal",
        "organization": "internal",
        "network": "internal",
        "language": "internal",
        "token_hash": "internal",
        "invited_by": "personal",
        "created_at": "internal",
        "expires_at": "internal",
        "accepted_at": "internal",
        "accepted_by": "personal",
        "revoked_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("E-mail of the person you invite"))
    role = models.CharField(_("Role"), max_length=12, choices=Role.choices)
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations"
    )
    network = models.ForeignKey(
        Network, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations"
    )
    language = models.CharField(_("Language of the e-mail"), max_length=8, choices=settings.LANGUAGES)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="sent_invitations"
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="accepted_invitations"
    )
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=_place_matches_role(), name="organizations_invited_place"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
                name="organizations_accepted_or_revoked",
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Not accepted, not revoked, not expired."""
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > timezone.now()
