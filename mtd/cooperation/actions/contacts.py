"""The half-yearly question whether a contact list still holds: asked by mail, confirmed with one click."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from mtd.agreements.models import Party
from mtd.audit.actions import record
from mtd.cooperation.models import ContactConfirmation
from mtd.cooperation.permissions import can_confirm_contacts, can_enter, parties_in_force
from mtd.cooperation.queries.contacts import (
    confirmation_by_token,
    confirmations_to_remind,
    parties_to_ask,
    token_hash,
    token_of,
)
from mtd.cooperation.queries.shadowing import local_today
from mtd.core.actor import Actor
from mtd.core.errors import NotAllowed, Refused, require
from mtd.notifications.actions import enqueue, notify
from mtd.organizations.queries import leads_of


@transaction.atomic(durable=True)
def ask_contacts(*, actor: Actor, party_id: uuid.UUID, today: date | None = None) -> bool:
    """Ask a party's leads by mail whether its entry still holds, once in each span. True when asked now."""
    party = _locked(party_id)
    on = today or local_today(party.agreement.network)
    if not parties_to_ask(on, only=party.pk):
        return False
    ContactConfirmation.objects.filter(party=party, confirmed_on__isnull=True).update(token_hash="")
    row = ContactConfirmation(agreement=party.agreement, party=party, asked_on=on)
    row.token_hash = token_hash(token_of(row.pk))
    row.save(force_insert=True)
    record(actor, "contacts.asked", row, party=party.pk)
    _mail(actor, row, again=False)
    return True


@transaction.atomic(durable=True)
def remind_contacts(*, actor: Actor, confirmation_id: uuid.UUID, today: date | None = None) -> bool:
    """Ask once more after a fortnight, with the same link. True when reminded now."""
    row = ContactConfirmation.objects.select_related("party__agreement__network").get(pk=confirmation_id)
    party = _locked(row.party_id)
    on = today or local_today(party.agreement.network)
    due = confirmations_to_remind(on).filter(pk=row.pk)
    if not due.update(reminded_on=on):
        return False
    row = ContactConfirmation.objects.select_related("party").get(pk=row.pk)
    row.party = party
    record(actor, "contacts.reminded", row, party=party.pk)
    _mail(actor, row, again=True)
    return True


@transaction.atomic(durable=True)
def confirm_by_link(*, actor: Actor, token: str) -> ContactConfirmation:
    """Confirm with the link of the mail; the link works once. Raises Refused when there is nothing to confirm."""
    row, _entry = confirmation_by_token(token)
    party = _locked(row.party_id)
    row, _entry = confirmation_by_token(token)
    return _confirmed(actor, row, party)


@transaction.atomic(durable=True)
def confirm_contacts(*, actor: Actor, party: Party) -> ContactConfirmation:
    """Confirm from inside that the entry still holds. Raises Refused without an agreement in force."""
    party = _locked(party.pk)
    require(can_confirm_contacts(actor, party))
    if not parties_in_force().filter(pk=party.pk).exists():
        raise Refused(
            _("This agreement is no longer in force for the organisation, so there is nothing to confirm."),
            code="not_in_force",
        )
    today = local_today(party.agreement.network)
    rows = ContactConfirmation.objects.filter(party=party)
    open_row = rows.filter(confirmed_on__isnull=True).order_by("-asked_on").first()
    row = open_row or rows.filter(asked_on=today).first()
    if row is not None and row.confirmed_on is not None:
        return row  # confirmed today already
    if row is None:
        row = ContactConfirmation(agreement=party.agreement, party=party, asked_on=today)
    return _confirmed(actor, row, party)


def _confirmed(actor: Actor, row: ContactConfirmation, party: Party) -> ContactConfirmation:
    row.confirmed_on = local_today(party.agreement.network)
    row.confirmed_by_id = actor.user_id if party.organization_id in actor.organization_ids else None
    row.token_hash = ""
    row.save()
    record(actor, "contacts.confirmed", row, party=party.pk)
    return row


@transaction.atomic(durable=True)
def doubt_contacts(*, actor: Actor, party: Party) -> None:
    """Tell an organisation that its entry seems out of date; it proposes a new version of the annex."""
    party = _locked(party.pk)
    network = party.agreement.network
    if not can_enter(actor, network):
        raise NotAllowed(_("Only people of this network can do that."), code="not_allowed")
    record(actor, "contacts.doubted", party)
    name = party.organization.short_name
    notify(
        actor=actor,
        users=leads_of(party.organization),
        kind="exchange.contacts_doubted",
        text=lambda: (
            _("Somebody could not reach you: please look at the contact details of %(name)s") % {"name": name}
        ),
        link=reverse("cooperation:people", args=[network.slug]),
    )


def _locked(party_id: uuid.UUID) -> Party:
    found = Party.objects.select_for_update(of=("self",)).select_related("organization", "agreement__network")
    return found.get(pk=party_id)


def _mail(actor: Actor, row: ContactConfirmation, *, again: bool) -> None:
    """To every lead; to the organisation's own address where nobody has an account."""
    organization, network = row.party.organization, row.agreement.network
    base = settings.MTD_BASE_URL.rstrip("/")
    link = base + reverse("cooperation:contacts_link", args=[token_of(row.pk)])
    people = base + reverse("cooperation:people", args=[network.slug])

    def subject() -> str:
        said = _("Are the contact details of %(name)s still right?") % {"name": organization.short_name}
        return _("Reminder: %(text)s") % {"text": said} if again else said

    def body() -> str:
        return _(
            "Good day,\n\n"
            "others in the network %(network)s rely on the contact details of %(name)s.\n"
            "Please look at them and confirm with one click, without signing in:\n\n"
            "%(link)s\n\n"
            "Something is not right any more? Sign in and propose a new version of the contact list:\n\n"
            "%(people)s\n"
        ) % {"network": network.name, "name": organization.name, "link": link, "people": people}

    leads = list(leads_of(organization))
    for lead in leads:
        _enqueue(actor, subject, body, recipient=lead)
    if not leads and organization.email:
        _enqueue(actor, subject, body, address=organization.email, language=network.language)


def _enqueue(actor: Actor, subject: Callable[[], str], body: Callable[[], str], **to: object) -> None:
    enqueue(actor=actor, kind="exchange.contacts_asked", subject=subject, body=body, **to)  # type: ignore[arg-type]
