"""Who reads and who corrects country records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mtd.core.actor import SYSTEM, Actor
from mtd.core.errors import YES, Denied, Permission
from mtd.countries import permissions as countries


def can_read_countries(actor: Actor) -> Permission:
    """Everybody who is signed in: agreements, releases and helplines of every network rest on these records."""
    return YES if actor.is_authenticated else Denied(_("Sign in to read the country records."))


def can_correct_country_values(actor: Actor) -> Permission:
    """The programme office; the reason also labels the disabled button."""
    return countries.can_correct(actor)


def can_erase(actor: Actor) -> Permission:
    """Make an account anonymous: the programme office, and commands on the server."""
    if actor is SYSTEM or actor.is_programme:
        return YES
    return Denied(_("Only the programme office erases accounts."))
