"""Agreements that are adopted, frozen and signed, for tests. Everything goes through the actions."""

from __future__ import annotations

import datetime
from datetime import date
from typing import Any

from mtd.agreements.actions import adoption, lifecycle, rounds, signing
from mtd.agreements.models import Agreement, Mandate, Party, Signature, SigningRound, Version
from mtd.agreements.queries import active_parties, current_version
from mtd.core.actor import SYSTEM, Actor
from mtd.documents.signing import sign_pdf
from mtd.organizations.queries import actor_for, coordinators_of, leads_of
from tests.documents.files import qualified_credential

from . import agreements as factory


def coordinator(agreement: Agreement) -> Actor:
    """Whoever coordinates the agreement's network."""
    user = coordinators_of(agreement.network).first()
    assert user is not None
    return actor_for(user)


def mandate(party: Party, **changes: Any) -> Mandate:
    """The lead of a party may sign for it: proposed and confirmed."""
    actor, user = factory.lead(party), leads_of(party.organization).first()
    wanted = {"user": user, "function": "Leitung", "evidence": "Satzung § 4", **changes}
    proposed = adoption.propose_mandate(actor=actor, agreement=party.agreement, party=party, **wanted)
    return adoption.confirm_mandate(actor=actor, mandate=proposed)


def adopting(agreement: Agreement) -> Version:
    """Everything is agreed, and the text lies before the bodies."""
    version = current_version(agreement)
    if version.state == Version.State.ADOPTING:
        return version
    version = factory.agree_all(agreement, quick=True)
    return adoption.start_adoption(actor=coordinator(agreement), version=version)


def adopt(version: Version, party: Party) -> None:
    """A party's body has decided."""
    adoption.record_adoption(
        actor=factory.speaker(party),
        version=version,
        party=party,
        body="Kreistag",
        decided_on=date(2026, 11, 2),
        resolution="17/2026",
    )


def adopted(agreement: Agreement) -> Version:
    """Every body has decided, and every party has somebody who may sign."""
    version = adopting(agreement)
    for party in active_parties(agreement, version):
        adopt(version, party)
        if not Mandate.objects.filter(party=party, confirmed_at__isnull=False).exists():
            mandate(party)
    return version


def frozen(agreement: Agreement, *, order: str = "parallel", **dates: Any) -> SigningRound:
    """A signing round is open."""
    version = adopted(agreement)
    return rounds.freeze(actor=coordinator(agreement), version=version, order=order, **dates)


def place(signing_round: SigningRound, number: int) -> Signature:
    """The place of the party with this number (from 0) in a round, freshly read."""
    return (
        Signature.objects.select_related("round__version", "party__organization", "party__agreement")
        .order_by("position")
        .get(round=signing_round, position=number)
    )


def signer(signature: Signature) -> Actor:
    """The lead of the party whose place this is."""
    return factory.lead(signature.party)


def sign_here(signature: Signature) -> Signature:
    """Read and sign in the system."""
    signing.confirm_read(actor=signer(signature), signature=signature)
    return sign_here_read(signature)


def sign_here_read(signature: Signature) -> Signature:
    """Sign in the system what was read before."""
    user = leads_of(signature.party.organization).first()
    assert user is not None
    return signing.sign_in_system(actor=actor_for(user), signature=signature, declaration=user.full_name)


def sign_all(signing_round: SigningRound) -> Version:
    """Everybody signs in the system."""
    for number in range(signing_round.signatures.count()):
        sign_here(place(signing_round, number))
    return Version.objects.get(pk=signing_round.version_id)


def in_force(agreement: Agreement, **dates: Any) -> Version:
    """Signed by all and in force."""
    return sign_all(frozen(agreement, **dates))


def living(agreement: Agreement) -> Agreement:
    """Signed by all, and its first day has come."""
    version = in_force(agreement)
    Version.objects.filter(pk=version.pk).update(in_force_from=date(2026, 1, 1))
    lifecycle.enter_if_due(actor=SYSTEM, version_id=version.pk)
    agreement.refresh_from_db()
    return agreement


def signed_elsewhere(pdf: bytes, field: str = "Eigene1") -> bytes:
    """The file signed with somebody's own certificate that says it is qualified."""
    return sign_pdf(
        pdf,
        credential=qualified_credential(),
        field_name=field,
        reason="Unterschrift",
        location="Birkenfurt",
        signed_at=datetime.datetime.now(datetime.UTC).replace(microsecond=0),
    )


def current_file(signing_round: SigningRound) -> bytes:
    """The file with all signatures so far."""
    return bytes(SigningRound.objects.select_related("current").get(pk=signing_round.pk).current.content)
