"""How many people live in the region of a network, as somebody stated it: the ground of the rule of thumb."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mtd.organizations.models import Network


class RegionFigure(models.Model):
    """Inhabitants of a network's region with source and date; one for each network."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "network": "public",
        "inhabitants": "public",
        "source": "public",
        "as_of": "public",
        "stated_by": "personal",
        "stated_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.OneToOneField(Network, on_delete=models.CASCADE, related_name="region_figure")
    inhabitants = models.PositiveIntegerField(_("Inhabitants of the region"))
    source = models.CharField(_("Where the figure comes from"), max_length=160)
    as_of = models.DateField(_("As of which day"))
    stated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    stated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(inhabitants__gte=100, inhabitants__lte=100_000_000), name="region_of_some_size"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="region_has_a_source"),
        ]
