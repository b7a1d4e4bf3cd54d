"""Who is who: the contacts of the agreements in force, when they were last confirmed, and who is to be asked."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mtd.agreements.models import Annex, AnnexVersion, Answer, Party, Position, Version
from mtd.cooperation.models import ContactConfirmation
from mtd.cooperation.permissions import can_confirm_contacts, parties_in_force
from mtd.cooperation.pulse import bank_of
from mtd.core.actor import Actor
from mtd.core.encryption import fingerprint
from mtd.core.errors import Refused
from mtd.organizations.models import Network, Organization
from mtd.organizations.queries import organizations_of

REMIND_AFTER = timedelta(days=14)
"""One reminder; after as long again the coordination is told."""
OVERDUE_AFTER = 2 * REMIND_AFTER
_MONTHS = {"quarter": 3, "half_year": 6, "year": 12}
_KEYS = ("contact_persons", "contact_update")


@dataclass(frozen=True)
class Contact:
    """A person to turn to, as the agreement's annex names them."""

    name: str
    role: str = ""
    phone: str = ""
    email: str = ""
    hours: str = ""


@dataclass(frozen=True)
class Entry:
    """One organisation's entry in the contact list of one agreement."""

    party: Party
    contact: Contact | None
    deputy: Contact | None
    annex_id: uuid.UUID | None
    confirmed_on: date | None = None
    asked: ContactConfirmation | None = None
    """The question that is open now."""
    mine: bool = False

    @property
    def organization(self) -> Organization:
        return self.party.organization

    def overdue(self, today: date) -> bool:
        """Asked, reminded, and still not confirmed."""
        return self.asked is not None and self.asked.asked_on <= today - OVERDUE_AFTER


@dataclass(frozen=True)
class Listed:
    """One organisation of the network with its entries; none without an agreement in force."""

    organization: Organization
    entries: tuple[Entry, ...]

    @property
    def bank(self) -> str:
        """The bank it stands on: care, youth or other."""
        return bank_of(self.organization.help_system)


@dataclass(frozen=True)
class _Agreed:
    """What one agreement in force says about contacts."""

    contacts: Mapping[str, Mapping[str, str]]
    annex_id: uuid.UUID | None
    every: int
    """Months between two confirmations."""


def listed(actor: Actor, network: Network) -> list[Listed]:
    """Every organisation of the network, by name (a constant number of queries)."""
    found = entries(parties_in_force(network), actor)
    by_organization: dict[uuid.UUID, list[Entry]] = defaultdict(list)
    for entry in found:
        by_organization[entry.organization.pk].append(entry)
    organizations = {o.pk: o for o in organizations_of(network)}
    organizations |= {
        e.organization.pk: e.organization for e in found if e.organization.pk not in organizations
    }
    rows = sorted(organizations.values(), key=lambda o: (o.name.casefold(), str(o.pk)))
    return [Listed(one, tuple(by_organization[one.pk])) for one in rows]


def entries(parties: QuerySet[Party], actor: Actor | None = None) -> list[Entry]:
    """The entries of these parties of agreements in force (six queries, however many parties)."""
    chosen = list(
        parties.select_related("organization", "agreement__network").order_by("agreement", "order", "id")
    )
    agreed = _agreed({party.agreement_id for party in chosen})
    confirmed: dict[uuid.UUID, date] = {}
    asked: dict[uuid.UUID, ContactConfirmation] = {}
    for row in ContactConfirmation.objects.filter(party__in=chosen).order_by("asked_on", "at"):
        if row.confirmed_on is not None:
            confirmed[row.party_id] = max(row.confirmed_on, confirmed.get(row.party_id, row.confirmed_on))
            asked.pop(row.party_id, None)
        else:
            asked[row.party_id] = row
    found = []
    for party in chosen:
        says = agreed.get(party.agreement_id, _NOTHING)
        contact, deputy = _people(says.contacts.get(str(party.pk)) or {})
        found.append(
            Entry(
                party=party,
                contact=contact,
                deputy=deputy,
                annex_id=says.annex_id,
                confirmed_on=confirmed.get(party.pk),
                asked=asked.get(party.pk),
                mine=actor is not None and bool(can_confirm_contacts(actor, party)),
            )
        )
    return found


def entry_of(party: Party, actor: Actor | None = None) -> Entry | None:
    """One party's entry; None when its agreement is not in force or it has left."""
    return next(iter(entries(parties_in_force().filter(pk=party.pk), actor)), None)


def _people(one: Mapping[str, str]) -> tuple[Contact | None, Contact | None]:
    contact = deputy = None
    if any(one.get(key) for key in ("name", "phone", "email")):
        contact = Contact(*(str(one.get(key) or "") for key in ("name", "role", "phone", "email", "hours")))
    if any(one.get(f"deputy_{key}") for key in ("name", "phone", "email")):
        deputy = Contact(
            str(one.get("deputy_name") or ""),
            phone=str(one.get("deputy_phone") or ""),
            email=str(one.get("deputy_email") or ""),
        )
    return contact, deputy


_NOTHING = _Agreed({}, None, _MONTHS["half_year"])


def _agreed(agreement_ids: set[uuid.UUID]) -> dict[uuid.UUID, _Agreed]:
    annexes = {
        annex.agreement_id: annex
        for annex in Annex.objects.filter(agreement__in=agreement_ids, kind=Annex.Kind.CONTACTS)
    }
    written = {
        row.annex.agreement_id: row.content.get("contacts") or {}
        for row in AnnexVersion.objects.filter(
            annex__in=annexes.values(), state=AnnexVersion.State.IN_FORCE
        ).select_related("annex")
    }
    answers = _answers(agreement_ids)
    found = {}
    for pk in agreement_ids:
        values = answers.get(pk, {})
        contacts = written.get(pk) or values.get("contact_persons", {}).get("contacts") or {}
        annex = annexes.get(pk)
        found[pk] = _Agreed(contacts, annex.pk if annex else None, _every(values.get("contact_update")))
    return found


def _answers(agreement_ids: set[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """What every party agreed to, in the version in force."""
    versions = {
        version.pk: version
        for version in Version.objects.filter(agreement__in=agreement_ids, state=Version.State.IN_FORCE)
    }
    agreeing: dict[tuple[uuid.UUID, str, int | None], set[uuid.UUID]] = defaultdict(set)
    for version_id, key, revision, party_id in Position.objects.filter(
        version__in=versions, question_key__in=_KEYS, stance=Position.Stance.AGREE
    ).values_list("version", "question_key", "answer_revision", "party"):
        agreeing[version_id, key, revision].add(party_id)
    needed: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for party in parties_in_force().filter(agreement__in=agreement_ids).order_by():
        needed[party.agreement_id].add(party.pk)
    found: dict[uuid.UUID, dict[str, Any]] = defaultdict(dict)
    for answer in Answer.objects.filter(version__in=versions, question_key__in=_KEYS):
        agreement_id = versions[answer.version_id].agreement_id
        if needed[agreement_id] <= agreeing[answer.version_id, answer.question_key, answer.revision]:
            found[agreement_id][answer.question_key] = answer.value
    return found


def _every(rhythm: Mapping[str, Any] | None) -> int:
    """Months between two confirmations; half-yearly where nothing (or nothing usable) was agreed."""
    if not rhythm:
        return _MONTHS["half_year"]
    months, times = _MONTHS.get(str(rhythm.get("per"))), rhythm.get("at_least")
    if months is None or not isinstance(times, int) or times < 1:
        return _MONTHS["half_year"]
    return max(months // times, 1)


# --- asking -------------------------------------------------------------------------------------------------------


def asking_since(today: date, months: int) -> date:
    """The first day of the present span of so many months, counted from January."""
    first = (today.month - 1) // months * months + 1
    return date(today.year, first, 1)


def parties_to_ask(today: date, only: uuid.UUID | None = None) -> list[uuid.UUID]:
    """Parties to be asked whether their entry still holds: once in each span that began while they were bound."""
    chosen = parties_in_force().filter(pk=only) if only else parties_in_force()
    parties = list(chosen.select_related("agreement").order_by("agreement", "order", "id"))
    agreed = _agreed({party.agreement_id for party in parties})
    since = {pk: asking_since(today, says.every) for pk, says in agreed.items()}
    asked: dict[uuid.UUID, date] = {}
    for party_id, asked_on, confirmed_on in ContactConfirmation.objects.filter(party__in=parties).values_list(
        "party", "asked_on", "confirmed_on"
    ):
        last = max(asked_on, confirmed_on or asked_on)
        asked[party_id] = max(last, asked.get(party_id, last))
    return [
        party.pk
        for party in parties
        if agreed[party.agreement_id].contacts.get(str(party.pk))
        and _bound_since(party) <= since[party.agreement_id]
        and asked.get(party.pk, date.min) < since[party.agreement_id]
    ]


def _bound_since(party: Party) -> date:
    return party.agreement.in_force_from or date.max


def confirmations_to_remind(today: date) -> QuerySet[ContactConfirmation]:
    """Questions that have waited for a fortnight and were not repeated yet."""
    return ContactConfirmation.objects.filter(
        confirmed_on__isnull=True,
        reminded_on__isnull=True,
        asked_on__lte=today - REMIND_AFTER,
        party__in=parties_in_force().values("pk"),
    ).exclude(token_hash="")


def overdue_confirmations(today: date) -> QuerySet[ContactConfirmation]:
    """Questions that were asked and repeated, and are still open; only the newest of a party keeps its link."""
    return ContactConfirmation.objects.filter(
        confirmed_on__isnull=True,
        asked_on__lte=today - OVERDUE_AFTER,
        party__in=parties_in_force().values("pk"),
    ).exclude(token_hash="")


def token_of(confirmation_id: uuid.UUID) -> str:
    """The token in the link of one question: made from its id and the installation's secret, stored nowhere."""
    return fingerprint(f"contact list {confirmation_id}")


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return fingerprint(f"contact list link {token}")


def confirmation_by_token(token: str) -> tuple[ContactConfirmation, Entry]:
    """The open question behind a link, and the entry it is about. Raises Refused when there is nothing to confirm."""
    row = (
        ContactConfirmation.objects.filter(token_hash=token_hash(token), confirmed_on__isnull=True)
        .select_related("party__organization", "agreement__network")
        .first()
        if token
        else None
    )
    if row is None:
        raise Refused(
            _(
                "This link was used already, or a newer one has replaced it. There is nothing more to do here."
            ),
            code="used_link",
        )
    entry = entry_of(row.party)
    if entry is None:
        raise Refused(
            _("This agreement is no longer in force for the organisation, so there is nothing to confirm."),
            code="not_in_force",
        )
    return row, entry
