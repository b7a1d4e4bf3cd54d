"""Who sees and does what in a lived agreement. Duties, figures and reports: as the agreement's own rooms."""

from __future__ import annotations

import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mtd.agreements.models import Agreement, Party, Version
from mtd.agreements.permissions import NOT_A_PARTY, can_run, can_view, is_coordinator, party_of, visible_to
from mtd.core.actor import Actor
from mtd.core.errors import YES, Denied, Permission
from mtd.organizations.models import Membership, Network

from .models import (
    Contest,
    Evidence,
    Need,
    NeedDecision,
    NeedGroup,
    Pause,
    ShadowingOffer,
    ShadowingVisit,
    YearlyReport,
)


def can_enter(actor: Actor, network: Network) -> bool:
    """The person has to do with this network: works in one of its organisations, coordinates or moderates it."""
    return network.pk in actor.network_ids


# --- exchange between people --------------------------------------------------------------------------------------


def parties_in_force(network: Network | None = None) -> QuerySet[Party]:
    """Parties of agreements in force who have not left, once for each agreement; of one network or of all."""
    bound = Version.objects.filter(
        agreement=OuterRef("agreement"), state=Version.State.IN_FORCE, number__gte=OuterRef("from_version")
    )
    parties = Party.objects.filter(
        Exists(bound), agreement__state=Agreement.State.IN_FORCE, left_on__isnull=True
    )
    return parties.filter(agreement__network=network) if network else parties


def own_organizations(actor: Actor, network: Network) -> list[uuid.UUID]:
    """The person's organisations within this network, the one that speaks now first."""
    own = [organization for organization, where in actor.organization_networks if where == network.pk]
    return sorted(own, key=lambda pk: (pk != actor.organization_id, str(pk)))


def visible_offers(actor: Actor) -> QuerySet[ShadowingOffer]:
    """Offers of job shadowing: everybody in the network."""
    return ShadowingOffer.objects.filter(network__in=actor.network_ids)


def can_offer_shadowing(actor: Actor, network: Network) -> Permission:
    """Offer a place: workers and leads of the network's organisations."""
    if own_organizations(actor, network):
        return YES
    return Denied(_("Only organisations of this network offer job shadowing."))


def is_host(actor: Actor, offer: ShadowingOffer) -> bool:
    """Answers for an offer: the lead of its organisation, its contact and who made it, while they work there."""
    if offer.organization_id in actor.lead_of:
        return True
    named = actor.user_id is not None and actor.user_id in (offer.contact_id, offer.by_id)
    return named and offer.organization_id in actor.organization_ids


def can_host(actor: Actor, offer: ShadowingOffer) -> Permission:
    """Change an offer, answer requests: as `is_host`."""
    if is_host(actor, offer):
        return YES
    return Denied(_("Only the contact of this offer and the lead of the organisation can do that."))


def can_request_shadowing(actor: Actor, offer: ShadowingOffer) -> Permission:
    """Ask for a place: whoever works for another organisation of the network."""
    if offer.organization_id in actor.organization_ids:
        return Denied(_("This is an offer of your own organisation. Others come to you."))
    if own_organizations(actor, offer.network):
        return YES
    return Denied(_("Only people who work for an organisation of this network can ask for a place."))


def visible_visits(actor: Actor) -> QuerySet[ShadowingVisit]:
    """A visit is seen by who goes, by who receives, and by the lead of the visitor's organisation."""
    if actor.user_id is None:
        return ShadowingVisit.objects.none()
    named = Q(date__offer__contact=actor.user_id) | Q(date__offer__by=actor.user_id)
    return ShadowingVisit.objects.filter(
        Q(visitor=actor.user_id)
        | Q(organization__in=actor.lead_of)
        | Q(date__offer__organization__in=actor.lead_of)
        | (named & Q(date__offer__organization__in=actor.organization_ids))
    )


def can_view_visit(actor: Actor, visit: ShadowingVisit) -> bool:
    """The same rule for one visit at hand."""
    if actor.user_id is None:
        return False
    mine = visit.visitor_id == actor.user_id or visit.organization_id in actor.lead_of
    return mine or is_host(actor, visit.date.offer)


def can_read_wish(actor: Actor, visit: ShadowingVisit) -> bool:
    """The wish is between who goes and who receives."""
    own = actor.user_id is not None and visit.visitor_id == actor.user_id
    return own or is_host(actor, visit.date.offer)


def can_undertake(actor: Actor, visit: ShadowingVisit) -> Permission:
    """Undertake secrecy: the visitor, while working for the organisation that the visit counts for."""
    if actor.user_id is None or visit.visitor_id != actor.user_id:
        return Denied(_("Only who makes the visit undertakes secrecy."))
    if visit.organization_id not in actor.organization_ids:
        return Denied(_("You no longer work for the organisation that this visit was agreed for."))
    return YES


def can_report_visit(actor: Actor, visit: ShadowingVisit) -> Permission:
    """Write the report: the visitor; where they have left, the lead of the organisation that the visit counts for."""
    if can_undertake(actor, visit):
        return YES
    if visit.organization_id in actor.lead_of and not _still_there(visit):
        return YES
    return Denied(
        _("The visitor writes the report; the lead of the organisation does, if the visitor has left.")
    )


def _still_there(visit: ShadowingVisit) -> bool:
    return Membership.objects.filter(
        user=visit.visitor_id, organization=visit.organization_id, ended_on__isnull=True
    ).exists()


def can_open_pulse(actor: Actor, network: Network) -> Permission:
    """Open a round of the partner pulse by hand: the coordination."""
    if network.pk in actor.coordinates:
        return YES
    return Denied(_("The network coordination opens a round; otherwise one opens in March and in September."))


def can_answer_pulse(actor: Actor, network: Network) -> Permission:
    """Answer about the partners: whoever works for a party of an agreement in force."""
    own = own_organizations(actor, network)
    if own and parties_in_force(network).filter(organization__in=own).exists():
        return YES
    return Denied(_("The people of the partners answer: organisations with an agreement in force."))


def can_confirm_contacts(actor: Actor, party: Party) -> Permission:
    """Say that a party's contact details still hold: whoever works for it."""
    if party.organization_id in actor.organization_ids:
        return YES
    return Denied(_("Each organisation confirms its own contact details."))


# --- needs -----------------------------------------------------------------------------------------------
#
# | who | sees | may |
# |---|---|---|
# | everybody of the network | all needs, from which organisation or side, what was decided | – |
# | workers and leads | the same | raise one, join one; change and withdraw their own; say whether it helped |
# | coordination | the same, and who raised one that is not anonymous | put together, put on agendas, decide |
# | moderation | the same | – |


def visible_need_groups(actor: Actor) -> QuerySet[NeedGroup]:
    """Needs of the networks one has to do with; what was put together with another one shows there."""
    return NeedGroup.objects.filter(network__in=actor.network_ids, merged_into__isnull=True)


def can_view_need_group(actor: Actor, group: NeedGroup) -> bool:
    """The same rule for one at hand."""
    return group.network_id in actor.network_ids and group.merged_into_id is None


def can_raise_need(actor: Actor, network: Network) -> Permission:
    """Raise a need, or join one: workers and leads of the network's organisations, and its coordination."""
    if network.pk in actor.coordinates or any(n == network.pk for _o, n in actor.organization_networks):
        return YES
    return Denied(_("Needs are raised by the organisations of this network and its coordination."))


def can_group_needs(actor: Actor, network: Network) -> Permission:
    """Word, put together and split needs, put them on agendas: the coordination."""
    if network.pk in actor.coordinates:
        return YES
    return Denied(_("The network coordination puts needs together and onto agendas."))


def can_decide_need(actor: Actor, network: Network) -> Permission:
    """Record a decision that no minutes hold: the coordination."""
    if network.pk in actor.coordinates:
        return YES
    return Denied(_("Committee and steering group decide; the network coordination records it here."))


def own_needs(actor: Actor) -> QuerySet[Need]:
    """What the person raised themselves, anonymous or not. Nobody else's is ever in here."""
    if actor.user_id is None:
        return Need.objects.none()
    return Need.objects.filter(raised_by=actor.user_id)


def can_change_need(actor: Actor, need: Need) -> Permission:
    """Change or withdraw a need: who raised it."""
    if actor.user_id is not None and need.raised_by_id == actor.user_id:
        return YES
    return Denied(_("Only who raised a need can change it or take it back."))


def can_say_helped(actor: Actor, need: Need, *, raiser_is_here: bool) -> Permission:
    """Say whether the decision helped: who raised it; where they have left, the lead of their organisation."""
    if can_change_need(actor, need):
        return YES
    if not raiser_is_here and need.organization_id is not None and need.organization_id in actor.lead_of:
        return YES
    return Denied(_("Who raised a need says whether the decision helped."))


def can_mark_done(actor: Actor, decision: NeedDecision) -> Permission:
    """Say that what was decided has been done: who took it on, people of that organisation, the coordination."""
    if actor.user_id is not None and decision.owner_id == actor.user_id:
        return YES
    if (
        decision.owner_organization_id is not None
        and decision.owner_organization_id in actor.organization_ids
    ):
        return YES
    if decision.group.network_id in actor.coordinates:
        return YES
    return Denied(_("Who took it on, or the network coordination, says when it is done."))


def visible_reports(actor: Actor) -> QuerySet[YearlyReport]:
    """Yearly reports of the agreements whose rooms the person may enter; drafts, too: all parties see the same."""
    return YearlyReport.objects.filter(agreement__in=visible_to(actor))


def can_write_report(actor: Actor, agreement: Agreement) -> Permission:
    """Prepare the yearly report, write its words, record its approval: the coordination or a party's lead."""
    return can_run(actor, agreement)


# --- duties ----------------------------------------------------------------------------------------------
#
# | who | sees | may |
# |---|---|---|
# | people of a party | every duty of the agreement, acts and doubts | show that it was done, doubt what others show |
# | lead of a party | the same | also: let the own share, or a duty of all, rest |
# | coordination | the same | show, let rest, set the grace, note where a doubt was settled; never doubts by itself |
# | moderation | the same | – |


def visible_evidence(actor: Actor) -> QuerySet[Evidence]:
    """Statements and documents of the agreements whose rooms the person may enter."""
    return Evidence.objects.filter(agreement__in=visible_to(actor))


def can_view_evidence(actor: Actor, evidence: Evidence) -> bool:
    """The same rule for one at hand."""
    return can_view(actor, evidence.agreement)


def visible_contests(actor: Actor) -> QuerySet[Contest]:
    """Doubts about acts: as the agreement itself."""
    return Contest.objects.filter(agreement__in=visible_to(actor))


def visible_pauses(actor: Actor) -> QuerySet[Pause]:
    """Pauses of duties: as the agreement itself."""
    return Pause.objects.filter(agreement__in=visible_to(actor))


def can_show_done(actor: Actor, agreement: Agreement, party: Party | None) -> Permission:
    """Show that a duty was done: people of the party that owes it, for a common duty of any, the coordination."""
    if is_coordinator(actor, agreement):
        return YES
    own = party_of(actor, agreement)
    if own is None:
        return Denied(NOT_A_PARTY)
    if party is None or party.organization_id in actor.organization_ids:
        return YES
    return Denied(_("Each organisation shows itself what it has done; the coordination can help."))


def can_take_back(actor: Actor, evidence: Evidence) -> Permission:
    """Take back what was shown: people of the party that brought it, or the coordination where it did."""
    brought = evidence.by_party
    if brought is not None and brought.organization_id in actor.organization_ids:
        return YES
    if brought is None and is_coordinator(actor, evidence.agreement):
        return YES
    return Denied(_("Who brought it can take it back. Others can contest it with a reason."))


def can_contest(actor: Actor, agreement: Agreement, brought_by: Party | None) -> Permission:
    """Doubt an act, with a reason: a party that did not bring it itself."""
    own = party_of(actor, agreement)
    if own is None:
        return Denied(_("Only parties of the agreement contest what others show."))
    if brought_by is not None and brought_by.organization_id in actor.organization_ids:
        return Denied(_("Your own organisation brought this. Take it back if it is wrong."))
    return YES


def can_withdraw_contest(actor: Actor, contest: Contest) -> Permission:
    """Take a doubt back: people of the party that raised it."""
    if contest.party.organization_id in actor.organization_ids:
        return YES
    return Denied(_("The organisation that contests it can take that back."))


def can_settle_contest(actor: Actor, agreement: Agreement) -> Permission:
    """Note what became of a doubt, and where that was decided: the coordination."""
    if is_coordinator(actor, agreement):
        return YES
    return Denied(_("The network coordination notes where this was settled."))


def can_pause(actor: Actor, agreement: Agreement, party: Party | None) -> Permission:
    """Let a duty rest or take it up again: the coordination, and the lead whose duty it is (of all: any lead)."""
    if is_coordinator(actor, agreement):
        return YES
    own = party_of(actor, agreement)
    if own is None:
        return Denied(NOT_A_PARTY)
    owner = own if party is None else party
    if owner.organization_id in actor.lead_of:
        return YES
    return Denied(_("The network coordination or the lead of the organisation can do that."))


def can_set_grace(actor: Actor, agreement: Agreement) -> Permission:
    """Set the days of grace that the network decided on: the coordination."""
    if is_coordinator(actor, agreement):
        return YES
    return Denied(_("The network coordination sets what the network decided."))
