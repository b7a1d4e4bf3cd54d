"""Before signing: each party's body adopts the text, and each lead confirms who may sign."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mtd.accounts.models import User
from mtd.agreements.models import (
    VERSION_TRANSITIONS,
    Adoption,
    Agreement,
    Entry,
    Mandate,
    Party,
    Version,
    after,
)
from mtd.agreements.permissions import can_lead, can_propose_mandate, can_record_adoption, can_run
from mtd.agreements.queries import active_parties, current_version, load_room
from mtd.audit.actions import record
from mtd.core.actor import Actor
from mtd.core.errors import Refused, require
from mtd.documents.actions import store_file
from mtd.documents.models import StoredFile
from mtd.organizations.queries import leads_of

from .log import lock, log
from .telling import tell, tell_leads

Upload = tuple[str, bytes, str]
"""Name, content and media type of an uploaded file."""


@transaction.atomic(durable=True)
def start_adoption(*, actor: Actor, version: Version) -> Version:
    """Close the negotiation and lay the text before the parties' bodies.

    Raises Refused, naming them, while required questions are not agreed. Other open questions are allowed: the
    text then says "not agreed".
    """
    version = lock(version)
    require(can_run(actor, version.agreement))
    state = after(VERSION_TRANSITIONS, version.state, "start_adoption")
    missing = load_room(actor, version.agreement, version).standing.missing_required()
    if missing:
        numbers = ", ".join(stand.question.number for stand in missing)
        raise Refused(
            ngettext(
                "One question must be agreed before the bodies can decide: %(numbers)s.",
                "These questions must be agreed before the bodies can decide: %(numbers)s.",
                len(missing),
            )
            % {"numbers": numbers},
            code="required_open",
        )
    _to(actor, version, state, "agreement.adoption_started")
    title = version.agreement.title
    tell_leads(
        actor=actor,
        version=version,
        kind="adoption_started",
        text=lambda: _("“%(title)s” now waits for the decision of your body.") % {"title": title},
    )
    return version


@transaction.atomic(durable=True)
def reopen(*, actor: Actor, version: Version, reason: str) -> Version:
    """Go back from adoption to working out. Decisions already taken are withdrawn: they were for another text."""
    version = lock(version)
    require(can_run(actor, version.agreement))
    state = after(VERSION_TRANSITIONS, version.state, "reopen")
    if not reason.strip():
        raise Refused(
            _("Say in a sentence why, so that everybody understands."), code="reason", field="reason"
        )
    forget_adoptions(actor, version)
    _to(actor, version, state, "agreement.reopened", reason=reason)
    title = version.agreement.title
    tell_leads(
        actor=actor,
        version=version,
        kind="reopened",
        room="overview",
        text=lambda: _("The text of “%(title)s” is being worked on again.") % {"title": title},
    )
    return version


def forget_adoptions(actor: Actor, version: Version) -> None:
    """Decisions belong to one wording: when that opens again, they are taken anew. The log keeps them."""
    for adoption in Adoption.objects.filter(version=version).select_related("party"):
        log(
            actor,
            version,
            Entry.Kind.ADOPTION,
            "agreement.adoption_withdrawn",
            party=adoption.party,
            change="withdrawn",
            body=adoption.body,
            decided_on=adoption.decided_on.isoformat() if adoption.decided_on else "",
            resolution=adoption.resolution,
        )
    Adoption.objects.filter(version=version).delete()


def _to(actor: Actor, version: Version, state: str, verb: str, reason: str = "") -> Version:
    version.state = state
    version.save(update_fields=["state"])
    log(actor, version, Entry.Kind.STATE, verb, to=state, reason=reason)
    return version


@transaction.atomic(durable=True)
def record_adoption(
    *,
    actor: Actor,
    version: Version,
    party: Party,
    body: str = "",
    decided_on: date | None = None,
    resolution: str = "",
    needed: bool = True,
    document: Upload | None = None,
) -> Adoption:
    """Record which body decided, when and under which number; or that the lead may decide alone.

    Raises Refused for a decision in the future, without body or date, or for a party that is not at the table.
    """
    version = lock(version)
    party = _party(version, party)
    require(can_record_adoption(actor, party))
    if version.state != Version.State.ADOPTING:
        raise Refused(_("Decisions are recorded while the text lies before the bodies."), code="wrong_state")
    if needed and not body.strip():
        raise Refused(_("Name the body that decided."), code="body", field="body")
    if needed and decided_on is None:
        raise Refused(_("Give the day of the decision."), code="decided_on", field="decided_on")
    if decided_on and decided_on > timezone.localdate():
        raise Refused(
            _("This day is still to come. Record the decision when it has been taken."),
            code="future",
            field="decided_on",
        )
    if not needed:
        require(can_lead(actor, party))
    stored = _store(actor, document)
    adoption, _created = Adoption.objects.update_or_create(
        version=version,
        party=party,
        defaults={
            "needed": needed,
            "body": body.strip(),
            "decided_on": decided_on,
            "resolution": resolution.strip(),
            "recorded_by_id": actor.user_id,
            **({"document": stored} if stored else {}),
        },
    )
    log(
        actor,
        version,
        Entry.Kind.ADOPTION,
        "agreement.adopted",
        party=party,
        change="adopted" if needed else "lead_decides",
        body=adoption.body,
        decided_on=decided_on.isoformat() if decided_on else "",
        resolution=adoption.resolution,
    )
    return adoption


def _party(version: Version, party: Party) -> Party:
    for own in active_parties(version.agreement, version):
        if own.pk == party.pk:
            own.agreement = version.agreement
            return own
    raise Refused(_("This organisation is not a party of this version."), code="not_a_party")


def _store(actor: Actor, document: Upload | None) -> StoredFile | None:
    if document is None:
        return None
    name, content, media_type = document
    return store_file(actor=actor, name=name, content=content, media_type=media_type)


@transaction.atomic(durable=True)
def propose_mandate(
    *,
    actor: Actor,
    agreement: Agreement,
    party: Party,
    user: User | None = None,
    name: str = "",
    function: str,
    evidence: str,
    valid_until: date | None = None,
    document: Upload | None = None,
) -> Mandate:
    """Say who may sign for the party and on what evidence; the organisation's lead confirms it.

    `user` must work for the organisation; without an account, a name is enough for paper or a file signed elsewhere.
    """
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    party = Party.objects.select_related("organization").get(pk=party.pk, agreement=agreement)
    require(can_propose_mandate(actor, party))
    if user is not None and not _works_for(user, party):
        raise Refused(
            _("This person does not work for your organisation here. Invite them first, or enter a name."),
            code="not_member",
            field="user",
        )
    if user is None and not name.strip():
        raise Refused(_("Name the person who signs."), code="name", field="name")
    if not evidence.strip():
        raise Refused(
            _("Say what the right to sign rests on, for example the statutes or a power of attorney."),
            code="evidence",
            field="evidence",
        )
    if not function.strip():
        raise Refused(_("Say what this person is in your organisation."), code="function", field="function")
    if valid_until is not None and valid_until < timezone.localdate():
        raise Refused(_("This day has passed already."), code="past", field="valid_until")
    mandate = Mandate.objects.create(
        agreement=agreement,
        party=party,
        user=user,
        name=user.full_name if user else name.strip(),
        function=function.strip(),
        evidence=evidence.strip(),
        document=_store(actor, document),
        valid_until=valid_until,
        proposed_by_id=actor.user_id,
    )
    record(actor, "mandate.proposed", mandate, agreement=agreement.pk, party=party.pk)
    title = agreement.title
    tell(
        actor=actor,
        version=current_version(agreement),
        users=leads_of(party.organization),
        kind="mandate_proposed",
        text=lambda: _("Please confirm who signs “%(title)s” for you.") % {"title": title},
    )
    return mandate


def _works_for(user: User, party: Party) -> bool:
    running = user.memberships.filter(organization=party.organization_id, ended_on__isnull=True)
    return bool(running.exists())


@transaction.atomic(durable=True)
def confirm_mandate(*, actor: Actor, mandate: Mandate) -> Mandate:
    """The organisation's lead confirms the mandate. A lead may confirm the own one; the page says so openly."""
    mandate = _mandate(mandate)
    require(can_lead(actor, mandate.party))
    if mandate.revoked_at:
        raise Refused(_("This mandate was revoked. Propose a new one."), code="revoked")
    if mandate.confirmed_at is None:
        mandate.confirmed_at = timezone.now()
        mandate.confirmed_by_id = actor.user_id
        mandate.save(update_fields=["confirmed_at", "confirmed_by"])
        record(actor, "mandate.confirmed", mandate, agreement=mandate.agreement_id, party=mandate.party_id)
    return mandate


@transaction.atomic(durable=True)
def revoke_mandate(*, actor: Actor, mandate: Mandate) -> Mandate:
    """End a mandate; signatures already given stay."""
    mandate = _mandate(mandate)
    require(can_lead(actor, mandate.party))
    if mandate.revoked_at is None:
        mandate.revoked_at = timezone.now()
        mandate.save(update_fields=["revoked_at"])
        record(actor, "mandate.revoked", mandate, agreement=mandate.agreement_id, party=mandate.party_id)
    return mandate


def _mandate(mandate: Mandate) -> Mandate:
    Agreement.objects.select_for_update().get(pk=mandate.agreement_id)
    return Mandate.objects.select_related("party__organization").get(pk=mandate.pk)
