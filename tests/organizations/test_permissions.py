import pytest

from mtd.core.actor import ANONYMOUS, Actor, Role
from mtd.organizations import actions
from mtd.organizations.models import Invitation, Membership, Network, Organization
from mtd.organizations.permissions import (
    can_create_network,
    can_edit_network,
    can_edit_organization,
    can_end_membership,
    can_invite,
    can_view_invitation,
    can_view_membership,
    can_view_network,
    can_view_organization,
    visible_invitations,
    visible_memberships,
    visible_networks,
    visible_organizations,
)
from mtd.organizations.queries import actor_for
from tests.cast import Cast


def everybody(cast: Cast) -> list[Actor]:
    return [ANONYMOUS, *(actor_for(user) for user in cast.people.values())]


@pytest.fixture
def invitations(cast: Cast) -> None:
    office = cast.actor("mette-lindqvist")
    actions.invite(actor=office, email="a@x.example", role=Role.PROGRAMME, language="en")
    for network in cast.networks.values():
        actions.invite(actor=office, email="b@x.example", role=Role.MODERATOR, language="en", network=network)
    for organization in cast.organizations.values():
        actions.invite(
            actor=office, email="c@x.example", role=Role.WORKER, language="en", organization=organization
        )


@pytest.mark.parametrize(
    ("model", "visible", "can_view"),
    [
        (Network, visible_networks, can_view_network),
        (Organization, visible_organizations, can_view_organization),
        (Membership, visible_memberships, can_view_membership),
        (Invitation, visible_invitations, can_view_invitation),
    ],
)
def test_lists_and_single_things_give_the_same_answer(
    cast: Cast, invitations, model, visible, can_view
) -> None:
    for actor in everybody(cast):
        listed = set(visible(actor).values_list("pk", flat=True))
        allowed = {thing.pk for thing in model.objects.all() if can_view(actor, thing)}
        assert listed == allowed, actor


def test_strangers_see_nothing(cast: Cast, invitations) -> None:
    for visible in (visible_networks, visible_organizations, visible_memberships, visible_invitations):
        assert not visible(ANONYMOUS).exists()


def test_nobody_sees_organisations_of_a_network_they_have_nothing_to_do_with(cast: Cast) -> None:
    seen = set(visible_organizations(cast.actor("jonas-reuter")).values_list("short_name", flat=True))
    assert seen == {"Am Markt", "Drogenhilfe", "Kreisjugendamt", "Wendau"}


def test_an_organisation_that_left_the_network_is_no_longer_seen_by_the_others(cast: Cast) -> None:
    wendau = cast.organizations["stadtjugendamt-wendau"]
    wendau.network_members.update(left_on="2026-01-31")
    assert not can_view_organization(cast.actor("jonas-reuter"), wendau)
    assert can_view_organization(cast.actor("beate-lohmann"), wendau)
    assert not can_view_network(cast.actor("beate-lohmann"), cast.networks["birkenfurt"])


@pytest.mark.parametrize(
    ("who", "role", "where", "allowed"),
    [
        ("leonie-brandt", Role.WORKER, "suchtberatung-am-markt", True),
        ("leonie-brandt", Role.LEAD, "suchtberatung-am-markt", True),
        ("leonie-brandt", Role.WORKER, "drogenhilfe-ahlenried", False),
        ("leonie-brandt", Role.MODERATOR, "birkenfurt", False),
        ("jonas-reuter", Role.WORKER, "suchtberatung-am-markt", False),
        ("miriam-hoffstedt", Role.LEAD, "drogenhilfe-ahlenried", True),
        ("miriam-hoffstedt", Role.LEAD, "awo-siegen", False),
        ("miriam-hoffstedt", Role.MODERATOR, "birkenfurt", True),
        ("miriam-hoffstedt", Role.COORDINATOR, "birkenfurt", False),
        ("miriam-hoffstedt", Role.MODERATOR, "siegen-wittgenstein", False),
        ("miriam-hoffstedt", Role.PROGRAMME, "", False),
        ("inga-soerensen", Role.WORKER, "suchtberatung-am-markt", False),
        ("inga-soerensen", Role.MODERATOR, "birkenfurt", False),
        ("mette-lindqvist", Role.PROGRAMME, "", True),
        ("mette-lindqvist", Role.COORDINATOR, "siegen-wittgenstein", True),
        ("mette-lindqvist", Role.LEAD, "awo-siegen", True),
    ],
)
def test_who_may_invite_whom(cast: Cast, who: str, role: Role, where: str, allowed: bool) -> None:
    answer = can_invite(
        cast.actor(who),
        role=role,
        organization=cast.organizations.get(where),
        network=cast.networks.get(where),
    )
    assert bool(answer) is allowed
    assert allowed or str(answer.reason)


def test_who_may_change_networks_and_organisations(cast: Cast) -> None:
    network, organization = cast.networks["birkenfurt"], cast.organizations["suchtberatung-am-markt"]
    allowed = {
        key
        for key in (
            "jonas-reuter",
            "leonie-brandt",
            "tarek-aziz",
            "miriam-hoffstedt",
            "inga-soerensen",
            "mette-lindqvist",
        )
        if can_edit_organization(cast.actor(key), organization)
    }
    assert allowed == {"leonie-brandt", "miriam-hoffstedt", "mette-lindqvist"}
    assert {k for k in cast.people if can_edit_network(cast.actor(k), network)} == {
        "miriam-hoffstedt",
        "mette-lindqvist",
        "karel-dewit",
    }
    assert {k for k in cast.people if can_create_network(cast.actor(k))} == {"mette-lindqvist", "karel-dewit"}


def test_a_moderator_is_sent_home_by_the_coordination_but_a_coordinator_only_by_the_office(
    cast: Cast,
) -> None:
    network = cast.networks["birkenfurt"]
    moderator = Membership.objects.get(network=network, role=Role.MODERATOR)
    coordinator = Membership.objects.get(network=network, role=Role.COORDINATOR)
    miriam, office = cast.actor("miriam-hoffstedt"), cast.actor("mette-lindqvist")
    assert can_end_membership(miriam, moderator)
    assert not can_end_membership(miriam, coordinator)
    assert can_end_membership(office, coordinator)
    assert not can_end_membership(cast.actor("inga-soerensen"), coordinator)
