import pytest
from django.test import Client

from mtd.core.actor import Role
from mtd.organizations.models import Membership
from mtd.organizations.queries import actor_for
from tests.cast import Cast


def test_the_actor_knows_organisations_networks_and_roles(cast: Cast) -> None:
    actor = cast.actor("leonie-brandt")
    assert actor.organization_id == cast.organizations["suchtberatung-am-markt"].id
    assert actor.lead_of == {cast.organizations["suchtberatung-am-markt"].id}
    assert actor.network_ids == {cast.networks["birkenfurt"].id}
    assert cast.actor("inga-soerensen").moderates == {cast.networks["birkenfurt"].id}
    assert cast.actor("mette-lindqvist").is_programme


def test_an_ended_membership_gives_nothing_any_more(cast: Cast) -> None:
    Membership.objects.filter(user=cast.people["leonie-brandt"]).update(ended_on="2026-02-01")
    actor = cast.actor("leonie-brandt")
    assert actor.memberships == ()
    assert actor.current is None
    assert actor.network_ids == frozenset()


@pytest.fixture
def two_jobs(cast: Cast) -> Membership:
    return Membership.objects.create(
        user=cast.people["jonas-reuter"],
        role=Role.WORKER,
        organization=cast.organizations["awo-siegen"],
        started_on="2026-01-01",
    )


def test_one_person_switches_between_two_organisations(
    client: Client, cast: Cast, two_jobs: Membership
) -> None:
    client.force_login(cast.people["jonas-reuter"])
    client.get("/")
    answer = client.get("/organizations/")
    assert answer.wsgi_request.actor.organization_id == cast.organizations["suchtberatung-am-markt"].id
    answer = client.post(
        "/organizations/switch/", {"membership": str(two_jobs.id), "next": "/organizations/"}
    )
    assert answer.url == "/organizations/"
    answer = client.get("/organizations/")
    assert answer.wsgi_request.actor.organization_id == cast.organizations["awo-siegen"].id
    assert answer.wsgi_request.actor.organization_ids == {
        cast.organizations["awo-siegen"].id,
        cast.organizations["suchtberatung-am-markt"].id,
    }


def test_nobody_switches_into_the_membership_of_another(client: Client, cast: Cast) -> None:
    foreign = Membership.objects.get(user=cast.people["tarek-aziz"])
    client.force_login(cast.people["jonas-reuter"])
    assert client.post("/organizations/switch/", {"membership": str(foreign.id)}).status_code == 404
    actor = actor_for(cast.people["jonas-reuter"], foreign.id)
    assert actor.organization_id == cast.organizations["suchtberatung-am-markt"].id


def test_switching_never_leads_to_a_foreign_site(client: Client, cast: Cast, two_jobs: Membership) -> None:
    client.force_login(cast.people["jonas-reuter"])
    answer = client.post(
        "/organizations/switch/", {"membership": str(two_jobs.id), "next": "https://elsewhere.example/"}
    )
    assert answer.url == "/"


@pytest.mark.parametrize("who", ["jonas-reuter", "mette-lindqvist", "inga-soerensen"])
def test_the_actor_costs_the_same_queries_for_everybody(
    cast: Cast, two_jobs: Membership, who: str, django_assert_num_queries
) -> None:
    with django_assert_num_queries(2 if who == "jonas-reuter" else 1):
        cast.actor(who)
