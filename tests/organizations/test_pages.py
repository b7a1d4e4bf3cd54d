import pytest
from django.test import Client

from mtd.core.actor import Role
from mtd.organizations.models import Membership, Network, NetworkMember, Organization
from tests.cast import Cast


@pytest.fixture
def pages(cast: Cast) -> dict[str, str]:
    network, place = cast.networks["birkenfurt"].id, cast.organizations["suchtberatung-am-markt"].id
    return {
        "index": "/organizations/",
        "network": f"/organizations/networks/{network}/",
        "edit network": f"/organizations/networks/{network}/edit/",
        "add": f"/organizations/networks/{network}/add/",
        "invite to network": f"/organizations/networks/{network}/invite/",
        "organization": f"/organizations/{place}/",
        "edit": f"/organizations/{place}/edit/",
        "invite": f"/organizations/{place}/invite/",
        "new network": "/organizations/new-network/",
        "invite to office": "/organizations/programme/invite/",
    }


READ, WRITE = {"network", "organization"}, {"edit", "invite"}
ALLOWED = {
    "jonas-reuter": READ,
    "leonie-brandt": READ | WRITE,
    "tarek-aziz": READ,
    "inga-soerensen": READ,
    "miriam-hoffstedt": READ | WRITE | {"edit network", "add", "invite to network"},
    "mette-lindqvist": READ
    | WRITE
    | {"edit network", "add", "invite to network", "new network", "invite to office", "index"},
}


@pytest.mark.parametrize("who", ALLOWED)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_page_answers_everybody_as_listed(
    client: Client, cast: Cast, pages, who: str, language: str
) -> None:
    client.force_login(cast.people[who])
    client.cookies["django_language"] = language
    answers = {name: client.get(url).status_code for name, url in pages.items()}
    expected = {name: 200 if name in ALLOWED[who] else 403 for name in pages}
    if "index" not in ALLOWED[who]:
        expected["index"] = 302  # one network, one role: straight there
    assert answers == expected


def test_other_networks_do_not_exist_for_outsiders(client: Client, cast: Cast, pages) -> None:
    client.force_login(cast.people["julia-hees"])
    for name in ("network", "edit network", "add", "organization", "edit", "invite"):
        assert client.get(pages[name]).status_code == 404, name


def test_the_network_page_needs_the_same_queries_for_few_and_many_organisations(
    client: Client, cast: Cast, pages, django_assert_num_queries
) -> None:
    client.force_login(cast.people["jonas-reuter"])
    client.get(pages["network"])
    with django_assert_num_queries(8):
        client.get(pages["network"])
    for number in range(12):
        place = Organization.objects.create(
            name=f"O {number}", short_name="O", help_system="health", country="DE", city="B"
        )
        NetworkMember.objects.create(network=cast.networks["birkenfurt"], organization=place)
    with django_assert_num_queries(8):
        page = client.get(pages["network"])
    assert "O 11" in page.content.decode()


def test_a_coordinator_adds_and_changes_an_organisation(client: Client, cast: Cast, pages) -> None:
    client.force_login(cast.people["miriam-hoffstedt"])
    fields = {"name": "Klinik am Wald", "short_name": "Klinik", "help_system": "health", "city": "Birkenfurt"}
    made = client.post(pages["add"], fields)
    place = Organization.objects.get(name="Klinik am Wald")
    assert made.url == f"/organizations/{place.id}/"
    client.post(f"{made.url}edit/", {**fields, "name": "Klinik am Berg"})
    place.refresh_from_db()
    assert place.name == "Klinik am Berg"
    again = client.post(pages["add"], {**fields, "name": "Klinik am Berg"})
    assert again.status_code == 200
    assert "Klinik am Berg" in again.content.decode()
    assert again.context["form"].errors


def test_the_office_opens_a_network(client: Client, cast: Cast, pages) -> None:
    client.force_login(cast.people["mette-lindqvist"])
    fields = {
        "name": "Birkenfurt",
        "country": "EL",
        "region": "R",
        "time_zone": "Europe/Athens",
        "language": "en",
    }
    answer = client.post(pages["new network"], fields)
    network = Network.objects.get(country="EL")
    assert answer.url == f"/organizations/networks/{network.id}/"
    bad = client.post(pages["new network"], {**fields, "time_zone": "Moon/Tranquility"})
    assert bad.status_code == 200
    assert Network.objects.filter(country="EL").count() == 1


def test_who_has_lost_every_role_is_told_so(client: Client, cast: Cast, pages) -> None:
    Membership.objects.filter(user=cast.people["svenja-kolb"]).update(ended_on="2026-02-01")
    client.force_login(cast.people["svenja-kolb"])
    page = client.get(pages["index"])
    assert page.status_code == 200
    assert client.get(pages["network"]).status_code == 404
    assert client.get("/").status_code == 200


def test_the_top_of_the_page_offers_both_of_two_roles(client: Client, cast: Cast, pages) -> None:
    Membership.objects.create(
        user=cast.people["jonas-reuter"], role=Role.MODERATOR, network=cast.networks["tammerlinna"]
    )
    client.force_login(cast.people["jonas-reuter"])
    person = client.get(pages["index"]).context["person"]
    assert [m["current"] for m in person["memberships"]] == [True, False]
    assert person["organisation"] == "Suchtberatung am Markt"
