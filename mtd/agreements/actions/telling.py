"""Telling people what happened: counts, names of organisations and a link, in each person's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.urls import reverse

from mtd.accounts.models import User
from mtd.agreements.models import Party, Version
from mtd.agreements.queries import active_parties
from mtd.core.actor import Actor
from mtd.notifications.actions import notify
from mtd.organizations.queries import coordinators_of, leads_of, people_of

Text = Callable[[], str]


def tell(
    *,
    actor: Actor,
    version: Version,
    users: Iterable[User],
    kind: str,
    text: Text,
    room: str = "sign",
    mail: bool = True,
) -> None:
    """Tell these people about one version, within the caller's transaction; the one who acted is left out."""
    link = reverse(f"agreements:{room}", args=[version.agreement_id])
    notify(actor=actor, users=users, kind=f"agreements.{kind}", text=text, link=link, mail=mail)


def tell_leads(
    *,
    actor: Actor,
    version: Version,
    kind: str,
    text: Text,
    room: str = "sign",
    without: Party | None = None,
) -> None:
    """Tell the leads of all parties and the coordination."""
    users: list[User] = []
    for party in active_parties(version.agreement, version):
        if without is None or party.pk != without.pk:
            users += leads_of(party.organization)
    users += coordinators_of(version.agreement.network)
    tell(actor=actor, version=version, users=users, kind=kind, text=text, room=room)


def tell_all(*, actor: Actor, version: Version, kind: str, text: Text, room: str = "life") -> None:
    """Tell everybody who works for one of the parties, and the coordination."""
    users: list[User] = []
    for party in active_parties(version.agreement, version):
        users += [membership.user for membership in people_of(party.organization)]
    users += coordinators_of(version.agreement.network)
    tell(actor=actor, version=version, users=users, kind=kind, text=text, room=room)
