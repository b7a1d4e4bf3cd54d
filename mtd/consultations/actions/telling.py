"""What people are told about a question: its number and until when, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import transaction
from django.urls import reverse

from mtd.accounts.models import User
from mtd.consultations.models import Consultation
from mtd.consultations.queries.people import asked_of
from mtd.core.actor import Actor
from mtd.notifications.actions import notify
from mtd.organizations.queries import leads_of


@transaction.atomic
def tell(
    *,
    actor: Actor,
    consultation: Consultation,
    users: Iterable[User],
    what: str,
    text: Callable[[], str],
    direct: bool = False,
) -> None:
    """Tell people something about a question; the kind is consultations.<what>, the link its page."""
    notify(
        actor=actor,
        users=users,
        kind=f"consultations.{what}",
        text=text,
        link=reverse("consultations:page", args=[consultation.pk]),
        direct=direct,
    )


@transaction.atomic
def tell_asked(
    *, actor: Actor, consultation: Consultation, what: str, text: Callable[[], str], direct: bool = False
) -> None:
    """Tell whoever answers today."""
    users = asked_of(consultation).people
    tell(actor=actor, consultation=consultation, users=users, what=what, text=text, direct=direct)


@transaction.atomic
def tell_asker(*, actor: Actor, consultation: Consultation, what: str, text: Callable[[], str]) -> None:
    """Tell who asked; the lead of their organisation where they have left."""
    organization, asker = consultation.organization, consultation.asked_by
    there = (
        asker is not None
        and organization is not None
        and asker.is_active
        and asker.memberships.filter(organization=organization, ended_on__isnull=True).exists()
    )
    users: list[User] = [asker] if there and asker is not None else []
    if not users and organization is not None:
        users = list(leads_of(organization))
    tell(actor=actor, consultation=consultation, users=users, what=what, text=text)
