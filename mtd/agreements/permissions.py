"""Who sees an agreement, and who may do what with it. What is *possible* now, the transition tables say.

| who | sees | may |
|---|---|---|
| worker of a party | all but others' "only us" | answer, state positions, propose wording, comment, plan |
| lead of a party | the same | also: adopt, confirm mandates, freeze, sign with a mandate, decline, leave |
| coordinator | all that is shared | plan, invite parties, open adoption, freeze; never a party's position |
| external moderator of the agreement | all that is shared | comment and note meetings; decides nothing |
| programme office, everybody signed in | the register and the profile sheets of agreements in force | read |
"""

from __future__ import annotations

import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mtd.core.actor import Actor
from mtd.core.errors import YES, Denied, Permission

from .models import Agreement, Annex, Comment, Mandate, Moderator, Party, Version

NOT_A_PARTY = _("Only the parties of this agreement can do that.")
NOT_LEAD = _("Only the lead of the organisation can do that.")
NOT_IN_WORK = _(
    "The text is fixed at the moment. It can be changed again when negotiation is reopened or an amendment begins."
)


def visible_to(actor: Actor) -> QuerySet[Agreement]:
    """Agreements whose rooms the person may enter: as party, coordination or moderation."""
    if not actor.is_authenticated:
        return Agreement.objects.none()
    party = Party.objects.filter(agreement=OuterRef("pk"), organization__in=actor.organization_ids)
    moderator = Moderator.objects.filter(agreement=OuterRef("pk"), user=actor.user_id)
    return Agreement.objects.filter(
        Q(network__in=actor.coordinates)
        | Exists(party)
        | (Q(network__in=actor.moderates) & Exists(moderator))
    )


def can_view(actor: Actor, agreement: Agreement) -> bool:
    """The same rule for one agreement at hand."""
    if not actor.is_authenticated:
        return False
    if agreement.network_id in actor.coordinates or is_moderator(actor, agreement):
        return True
    return agreement.parties.filter(organization__in=actor.organization_ids).exists()


def listed_to(actor: Actor) -> QuerySet[Agreement]:
    """Agreements that the register shows: everything one may enter, and what is or was in force anywhere."""
    if not actor.is_authenticated:
        return Agreement.objects.none()
    known = Q(state__in=[Agreement.State.IN_FORCE, Agreement.State.ENDED])
    return Agreement.objects.filter(known | Q(pk__in=visible_to(actor).values("pk")))


def public_profiles() -> QuerySet[Agreement]:
    """Agreements whose profile sheet the parties made readable without sign-in: once they are in force."""
    return Agreement.objects.filter(
        profile_public=True, state__in=[Agreement.State.IN_FORCE, Agreement.State.ENDED]
    )


def is_moderator(actor: Actor, agreement: Agreement) -> bool:
    """The person is external moderator of this agreement, and still a moderator of its network."""
    if agreement.network_id not in actor.moderates:
        return False
    return Moderator.objects.filter(agreement=agreement, user=actor.user_id).exists()


def is_coordinator(actor: Actor, agreement: Agreement) -> bool:
    """The person coordinates the agreement's network."""
    return agreement.network_id in actor.coordinates


def party_of(actor: Actor, agreement: Agreement) -> Party | None:
    """The party that speaks through this person now: the current organisation first, then any other."""
    mine = [
        party
        for party in agreement.parties.select_related("organization")
        if party.organization_id in actor.organization_ids and party.left_on is None
    ]
    mine.sort(key=lambda p: p.organization_id != actor.organization_id)
    return mine[0] if mine else None


def can_create(actor: Actor, network_id: uuid.UUID) -> Permission:
    """Begin an agreement: the coordination, or a worker or lead of an organisation of the network."""
    if network_id in actor.coordinates:
        return YES
    if any(network == network_id for _org, network in actor.organization_networks):
        return YES
    return Denied(_("Only organisations of this network and its coordination can begin an agreement."))


def can_speak(actor: Actor, agreement: Agreement, version: Version) -> Permission:
    """Answer questions, state a position, propose or vote on wording: workers and leads of a party."""
    if party_of(actor, agreement) is None:
        if is_coordinator(actor, agreement):
            return Denied(_("The parties decide what is agreed. The coordination supports them."))
        if is_moderator(actor, agreement):
            return Denied(_("The moderation sees everything and decides nothing."))
        return Denied(NOT_A_PARTY)
    if version.state != Version.State.WORKING:
        return Denied(NOT_IN_WORK)
    return YES


def can_plan(actor: Actor, agreement: Agreement) -> Permission:
    """Plan the road, note meetings, tick checklists: everybody in the room."""
    if party_of(actor, agreement) or is_coordinator(actor, agreement) or is_moderator(actor, agreement):
        return YES
    return Denied(NOT_A_PARTY)


def can_comment(actor: Actor, agreement: Agreement, visibility: str) -> Permission:
    """Comment: parties as they like; coordination and moderation where the parties see it."""
    if party_of(actor, agreement):
        return YES
    if visibility == Comment.Visibility.US:
        return Denied(_("“Only us” is for the parties: choose “everyone”."))
    if is_coordinator(actor, agreement) or is_moderator(actor, agreement):
        return YES if visibility == Comment.Visibility.EVERYONE else Denied(_("Choose “everyone”."))
    return Denied(NOT_A_PARTY)


def visible_comments(actor: Actor, agreement: Agreement) -> QuerySet[Comment]:
    """Comments the person may read. “Only us” is a filter in the database, never a matter of display."""
    comments = Comment.objects.filter(agreement=agreement)
    sees = Q(visibility=Comment.Visibility.EVERYONE)
    own = {
        party.pk: party.left_on for party in agreement.parties.filter(organization__in=actor.organization_ids)
    }
    sees |= Q(visibility=Comment.Visibility.US, party__in=own)
    if None in own.values():  # a party that has left keeps its own notes and no longer hears the others
        sees |= Q(visibility=Comment.Visibility.SIDES)
    return comments.filter(sees)


def can_run(actor: Actor, agreement: Agreement) -> Permission:
    """Move the agreement on (open adoption, freeze, reopen, stop a round): coordination or a party's lead."""
    if is_coordinator(actor, agreement):
        return YES
    party = party_of(actor, agreement)
    if party is None:
        return Denied(NOT_A_PARTY)
    if party.organization_id in actor.lead_of:
        return YES
    return Denied(_("The network coordination or the lead of a party can do that."))


def can_invite_party(actor: Actor, agreement: Agreement) -> Permission:
    """Bring in or take out a party, name the moderation: as `can_run`."""
    return can_run(actor, agreement)


def can_lead(actor: Actor, party: Party) -> Permission:
    """What only the organisation's own lead may do: confirm a mandate, decline, give notice."""
    if party.organization_id in actor.lead_of:
        return YES
    return Denied(NOT_LEAD)


def can_record_adoption(actor: Actor, party: Party) -> Permission:
    """Record a body's decision: a worker or lead of that party."""
    if party.organization_id in actor.organization_ids:
        return YES
    return Denied(_("Each party records the decision of its own body."))


def can_propose_mandate(actor: Actor, party: Party) -> Permission:
    """Propose who may sign: workers and leads of the party; the lead confirms."""
    return can_record_adoption(actor, party)


def can_sign(actor: Actor, mandate: Mandate | None) -> Permission:
    """Sign in the system: the very person the confirmed mandate names."""
    if mandate is None or mandate.user_id != actor.user_id or actor.user_id is None:
        return Denied(
            _("You have no confirmed mandate to sign for this organisation. The lead can confirm one.")
        )
    return YES


def can_decline(actor: Actor, party: Party, mandate: Mandate | None) -> Permission:
    """Decline to sign: the organisation's lead, or the person who was to sign."""
    if party.organization_id in actor.lead_of or can_sign(actor, mandate):
        return YES
    return Denied(_("Only the lead of the organisation, or who signs for it, can decline."))


def can_handle_signature(actor: Actor, party: Party) -> Permission:
    """Hand in a file signed elsewhere or a scan: workers and leads of the party that signs."""
    if party.organization_id in actor.organization_ids:
        return YES
    return Denied(_("Each party hands in its own signature."))


def can_confirm_paper(actor: Actor, party: Party, own: Party | None) -> Permission:
    """Confirm that a scan shows the frozen text, signed: somebody of another party."""
    if own is None:
        return Denied(NOT_A_PARTY)
    if own.pk == party.pk or party.organization_id in actor.organization_ids:
        return Denied(_("Another party confirms that the paper was signed."))
    return YES


def can_propose_annex(actor: Actor, annex: Annex) -> Permission:
    """Propose a new version of an annex: parties and coordination."""
    if party_of(actor, annex.agreement) or is_coordinator(actor, annex.agreement):
        return YES
    return Denied(NOT_A_PARTY)


def can_approve_annex(actor: Actor, annex: Annex) -> Permission:
    """Record that the body named in the agreement approved an annex: as `can_run`."""
    return can_run(actor, annex.agreement)


def can_settle_comment(actor: Actor, comment: Comment) -> Permission:
    """Mark a comment as settled: whoever may read it and may comment there."""
    if not visible_comments(actor, comment.agreement).filter(pk=comment.pk).exists():
        return Denied(NOT_A_PARTY)
    return can_comment(actor, comment.agreement, comment.visibility)


def can_delete_comment(actor: Actor, comment: Comment) -> Permission:
    """Delete a comment: the person who wrote it."""
    if actor.user_id is not None and comment.by_id == actor.user_id:
        return YES
    return Denied(_("Only the person who wrote a comment can delete it."))
