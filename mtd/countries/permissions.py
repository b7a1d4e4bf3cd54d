"""Everyone may read country records; the programme office corrects them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mtd.core.actor import Actor
from mtd.core.errors import YES, Denied, Permission


def can_correct(actor: Actor) -> Permission:
    """The programme office only: a wrong helpline would mislead every network of a country."""
    if actor.is_programme:
        return YES
    return Denied(
        _("Only the programme office corrects country records. Tell it what is wrong and your source.")
    )
