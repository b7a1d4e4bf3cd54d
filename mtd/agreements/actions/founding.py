"""Beginning an agreement: who, where, in which language, along which guide; parties come and go meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from mtd.agreements.models import (
    AGREEMENT_TRANSITIONS,
    VERSION_TRANSITIONS,
    Agreement,
    Entry,
    Moderator,
    Party,
    RoadStep,
    Version,
    after,
)
from mtd.agreements.permissions import can_create, can_invite_party, can_run
from mtd.core.actor import Actor
from mtd.core.errors import Refused, require
from mtd.guide.models import GuideVersion
from mtd.guide.queries import compare, pack_of
from mtd.organizations.models import Network, Organization

from .log import lock, log, require_working

MOST_PARTIES = 40


@transaction.atomic(durable=True)
def found_agreement(
    *,
    actor: Actor,
    network: Network,
    title: str,
    organizations: Iterable[Organization],
    guide_version: GuideVersion,
    purpose: str = "",
    language: str = "en",
    second_language: str = "",
    binding_language: str = "",
    legal_form: str = Agreement.LegalForm.UNDECIDED,
    started_on: date | None = None,
) -> Agreement:
    """Begin an agreement with its first version, its parties and a realistic road (9–18 months).

    Raises NotAllowed for somebody outside the network; Refused when fewer than two organisations are named or
    one of them does not belong to the network.
    """
    require(can_create(actor, network.pk))
    chosen = list(dict.fromkeys(organizations))
    if len(chosen) < 2:
        raise Refused(_("Choose at least two organisations."), code="too_few_parties", field="organizations")
    if len(chosen) > MOST_PARTIES:
        raise Refused(_("Choose at most 40 organisations."), code="too_many_parties", field="organizations")
    if guide_version.state != GuideVersion.State.PUBLISHED:
        raise Refused(_("Choose a published guide."), code="guide_not_published", field="guide_version")
    _require_members(network, chosen)
    agreement = Agreement.objects.create(
        network=network,
        title=title,
        purpose=purpose,
        language=language,
        second_language=second_language,
        binding_language=binding_language or (language if second_language else ""),
        legal_form=legal_form,
        started_on=started_on,
        created_by_id=actor.user_id,
    )
    version = Version.objects.create(
        agreement=agreement, number=1, guide_version=guide_version, created_by_id=actor.user_id
    )
    for order, organization in enumerate(chosen):
        Party.objects.create(agreement=agreement, organization=organization, order=order)
    start_road(version, started_on)
    log(actor, version, Entry.Kind.STATE, "agreement.founded", to=Version.State.WORKING)
    return agreement


def start_road(version: Version, started_on: date | None) -> None:
    """Plan the guide's steps from its own realistic months; without a first day they stay undated."""
    for step in pack_of(version.guide_version).steps:
        first, last = step.months
        RoadStep.objects.create(
            version=version,
            step_key=step.key,
            planned_from=_months_after(started_on, first) if started_on else None,
            planned_to=_months_after(started_on, last) if started_on else None,
        )


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    return date(day.year + year, month + 1, min(day.day, 28))


def _require_members(network: Network, organizations: Iterable[Organization]) -> None:
    members = set(
        network.network_members.filter(left_on__isnull=True).values_list("organization_id", flat=True)
    )
    if any(organization.pk not in members for organization in organizations):
        raise Refused(
            _(
                "Only organisations of this network can be parties. Add the organisation to the network first."
            ),
            code="not_in_network",
            field="organizations",
        )


@transaction.atomic(durable=True)
def edit_agreement(*, actor: Actor, version: Version, **changes: Any) -> Agreement:
    """Change title, purpose, legal form or first day while the text is being worked out."""
    version = lock(version)
    agreement = version.agreement
    require(can_run(actor, agreement))
    require_working(version)
    allowed = {"title", "purpose", "legal_form", "started_on"}
    changed = {name: value for name, value in changes.items() if name in allowed}
    for name, value in changed.items():
        setattr(agreement, name, value)
    agreement.save(update_fields=list(changed))
    log(actor, version, Entry.Kind.STATE, "agreement.edited", fields=sorted(changed))
    return agreement


@transaction.atomic(durable=True)
def add_party(*, actor: Actor, version: Version, organization: Organization) -> Party:
    """Bring an organisation to the table; it signs from this version on. One that had left comes back."""
    version = lock(version)
    require(can_invite_party(actor, version.agreement))
    require_working(version)
    return add_party_to(actor, version, organization)


def add_party_to(actor: Actor, version: Version, organization: Organization) -> Party:
    """Bring an organisation to the table of a version that is locked already."""
    _require_members(version.agreement.network, [organization])
    party = Party.objects.filter(agreement=version.agreement, organization=organization).first()
    if party is not None and party.left_on is None:
        raise Refused(
            _("This organisation is already at the table."), code="already_party", field="organization"
        )
    if party is None:
        order = Party.objects.filter(agreement=version.agreement).count()
        party = Party(agreement=version.agreement, organization=organization, order=order)
    party.from_version = version.number
    party.left_on = party.leaving_on = None
    party.save()
    log(actor, version, Entry.Kind.PARTY, "agreement.party_added", party=party, change="added")
    return party


@transaction.atomic(durable=True)
def remove_party(*, actor: Actor, version: Version, party: Party, on: date) -> Party:
    """Take a party from the table while the text is worked out; what it said stays in the log.

    A party that has signed an earlier version gives notice instead (mtd.agreements.actions.lifecycle).
    """
    version = lock(version)
    require(can_invite_party(actor, version.agreement))
    require_working(version)
    party = Party.objects.get(pk=party.pk, agreement=version.agreement)
    if party.from_version < version.number:
        raise Refused(
            _("This party has signed the version in force: it leaves by giving notice."), code="has_signed"
        )
    remaining = version.agreement.parties.filter(left_on__isnull=True).exclude(pk=party.pk).count()
    if remaining < 2:
        raise Refused(
            _("An agreement needs at least two parties. Give it up instead, if that is what you want."),
            code="too_few_parties",
        )
    party.left_on = on
    party.save(update_fields=["left_on"])
    log(actor, version, Entry.Kind.PARTY, "agreement.party_removed", party=party, change="removed")
    return party


@transaction.atomic(durable=True)
def add_moderator(*, actor: Actor, version: Version, user_id: Any) -> Moderator:
    """Name an external moderator: somebody with that role in the network."""
    version = lock(version)
    require(can_invite_party(actor, version.agreement))
    user = (
        get_user_model()
        .objects.filter(
            pk=user_id,
            memberships__role="moderator",
            memberships__network=version.agreement.network_id,
            memberships__ended_on__isnull=True,
        )
        .first()
    )
    if user is None:
        raise Refused(
            _("Invite this person to the network as external moderator first."),
            code="no_moderator",
            field="user",
        )
    moderator, created = Moderator.objects.get_or_create(agreement=version.agreement, user=user)
    if created:
        log(actor, version, Entry.Kind.PARTY, "agreement.moderator_added", change="moderator_added")
    return moderator


@transaction.atomic(durable=True)
def remove_moderator(*, actor: Actor, version: Version, moderator: Moderator) -> None:
    """End an external moderation."""
    version = lock(version)
    require(can_invite_party(actor, version.agreement))
    Moderator.objects.filter(pk=moderator.pk, agreement=version.agreement).delete()
    log(actor, version, Entry.Kind.PARTY, "agreement.moderator_removed", change="moderator_removed")


@transaction.atomic(durable=True)
def abandon(*, actor: Actor, version: Version, reason: str) -> Agreement:
    """Give up the version in work; a first version takes the agreement with it. Everything stays readable."""
    version = lock(version)
    agreement = version.agreement
    require(can_run(actor, agreement))
    if not reason.strip():
        raise Refused(_("Say in a sentence why, for those who read it later."), code="reason", field="reason")
    version.state = after(VERSION_TRANSITIONS, version.state, "abandon")
    version.reason = reason
    version.save(update_fields=["state", "reason"])
    if version.number == 1:
        agreement.state = after(AGREEMENT_TRANSITIONS, agreement.state, "abandon")
        agreement.save(update_fields=["state"])
    log(actor, version, Entry.Kind.STATE, "agreement.abandoned", to=version.state, reason=reason)
    return agreement


@transaction.atomic(durable=True)
def move_to_guide(*, actor: Actor, version: Version, guide_version: GuideVersion) -> Version:
    """Move the text in work to a newer version of the same guide; every answer is kept.

    Answers to questions that the newer guide no longer asks stay in the history and come back if it asks again.
    """
    version = lock(version)
    require(can_run(actor, version.agreement))
    require_working(version)
    old = version.guide_version
    newer = (
        guide_version.guide_id == old.guide_id
        and guide_version.state == GuideVersion.State.PUBLISHED
        and guide_version.published_at is not None
        and old.published_at is not None
        and guide_version.published_at > old.published_at
    )
    if not newer:
        raise Refused(_("Choose a newer published version of the same guide."), code="not_newer")
    changes = compare(pack_of(old), pack_of(guide_version))
    known = set(version.road.values_list("step_key", flat=True))
    for step in pack_of(guide_version).steps:
        if step.key not in known:
            RoadStep.objects.create(version=version, step_key=step.key)
    version.guide_version = guide_version
    version.save(update_fields=["guide_version"])
    log(
        actor,
        version,
        Entry.Kind.GUIDE,
        "agreement.guide_moved",
        old=old.number,
        new=guide_version.number,
        changes=len(changes.changes),
    )
    return version
