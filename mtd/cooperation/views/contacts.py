"""Who is who: contacts of the partners, confirming them, and taking them along as vCards."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache

from mtd.cooperation import vcard
from mtd.cooperation.actions import contacts as actions
from mtd.cooperation.permissions import parties_in_force
from mtd.cooperation.queries.contacts import Contact, Entry, Listed, confirmation_by_token, listed
from mtd.cooperation.queries.shadowing import local_today
from mtd.core.access import public, without_second_factor
from mtd.core.errors import Refused
from mtd.core.http import actor_of, download, get_or_404
from mtd.organizations.models import Network
from mtd.organizations.queries import people_of_network

from .gate import network_or_404

_SPACE = uuid.UUID("6f2c1a52-6a0e-4f7e-9c55-3f1c3b9a7d10")
"""From this and a party, the identity of a card is made: taken in twice, it is still one card."""


def people(request: HttpRequest, slug: str) -> HttpResponse:
    """Whom to turn to at which partner, who stands in, and when that was last confirmed."""
    network, actor = network_or_404(request, slug), actor_of(request)
    if request.method == "POST":
        return _deed(request, network)
    rows = listed(actor, network)
    today = local_today(network)
    ours = [entry for row in rows for entry in row.entries if entry.mine]
    context = {
        "network": network,
        "banks": [
            (bank, [row for row in rows if row.bank == bank])
            for bank in ("care", "youth", "other")
            if any(row.bank == bank for row in rows)
        ],
        "rows": rows,
        "ours": ours,
        "agreements": len({entry.party.agreement_id for row in rows for entry in row.entries}),
        "overdue": [e for row in rows for e in row.entries if e.overdue(today)],
        "coordination": people_of_network(network),
        "today": today,
        "any": any(row.entries for row in rows),
    }
    return render(request, "cooperation/people.html", context)


def _deed(request: HttpRequest, network: Network) -> HttpResponse:
    party = get_or_404(parties_in_force(network), pk=request.POST.get("party"))
    do = request.POST.get("do", "")
    if do == "confirm":
        actions.confirm_contacts(actor=actor_of(request), party=party)
        messages.success(request, _("Confirmed. Thank you."))
    elif do == "doubt":
        actions.doubt_contacts(actor=actor_of(request), party=party)
        messages.success(request, _("The lead of that organisation has been told."))
    else:
        raise Http404
    return HttpResponseRedirect(reverse("cooperation:people", args=[network.slug]))


# --- vCards -------------------------------------------------------------------------------------------------------


def people_vcf(request: HttpRequest, slug: str) -> HttpResponse:
    """All contacts of the network as vCards; `?version=3.0` for Outlook."""
    network = network_or_404(request, slug)
    return _vcf(request, network, listed(actor_of(request), network), network.slug)


def organization_vcf(request: HttpRequest, slug: str, organization_id: uuid.UUID) -> HttpResponse:
    """The contacts of one organisation as vCards."""
    network = network_or_404(request, slug)
    rows = [row for row in listed(actor_of(request), network) if row.organization.pk == organization_id]
    if not rows:
        raise Http404
    return _vcf(request, network, rows, rows[0].organization.short_name)


def _vcf(request: HttpRequest, network: Network, rows: Iterable[Listed], name: str) -> HttpResponse:
    version = request.GET.get("version", "4.0")
    if version not in vcard.VERSIONS:
        raise Http404
    cards = [card for row in rows for card in _cards(row, network)]
    content = vcard.write(cards, version).encode()
    return download(content, name=f"{name}.vcf", media_type=vcard.MEDIA_TYPE)


def _cards(row: Listed, network: Network) -> Iterator[vcard.Card]:
    seen: set[tuple[Contact, bool]] = set()
    for entry in row.entries:
        for contact, deputy in ((entry.contact, False), (entry.deputy, True)):
            if contact is not None and (contact, deputy) not in seen:
                seen.add((contact, deputy))
                yield _card(entry, contact, deputy, network)
    if not seen:
        yield _desk(row, network)


def _card(entry: Entry, contact: Contact, deputy: bool, network: Network) -> vcard.Card:
    organization = entry.organization
    notes = [
        pgettext("vcard", "Deputy") if deputy else "",
        pgettext("vcard", "To be reached: %(hours)s") % {"hours": contact.hours} if contact.hours else "",
        entry.party.agreement.title,
    ]
    return vcard.Card(
        uid=uuid.uuid5(_SPACE, f"{entry.party.pk} {'deputy' if deputy else 'contact'}"),
        name=contact.name,
        is_person=bool(contact.name),
        organization=organization.name,
        role=contact.role,
        phone=contact.phone,
        email=contact.email,
        note="\n".join(note for note in notes if note),
        website=organization.website,
        address=organization.address,
        city=organization.city,
        categories=(network.name,),
        revised=entry.confirmed_on,
    )


def _desk(row: Listed, network: Network) -> vcard.Card:
    """The organisation itself, where the agreement names nobody."""
    organization = row.organization
    return vcard.Card(
        uid=uuid.uuid5(_SPACE, str(organization.pk)),
        name="",
        is_person=False,
        organization=organization.name,
        phone=organization.phone,
        email=organization.email,
        website=organization.website,
        address=organization.address,
        city=organization.city,
        categories=(network.name,),
    )


# --- the link in the mail -----------------------------------------------------------------------------------------


@public
@without_second_factor
@never_cache
def contacts_link(request: HttpRequest, token: str) -> HttpResponse:
    """One organisation's entry and one button. Only pressing it confirms, so a mail scanner cannot."""
    context: dict[str, Any] = {"token": token}
    try:
        row, entry = confirmation_by_token(token)
        context |= {"row": row, "entry": entry, "network": row.agreement.network}
        if request.method == "POST":
            actions.confirm_by_link(actor=actor_of(request), token=token)
            context["done"] = True
    except Refused as refused:
        return render(request, "cooperation/people_link.html", {"refused": refused}, status=410)
    return render(request, "cooperation/people_link.html", context)
