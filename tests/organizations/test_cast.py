from collections import Counter

import pytest

from mtd.accounts.models import User
from mtd.core.actor import Role
from mtd.core.errors import Refused
from mtd.organizations.models import COUNTRIES, HelpSystem, Membership, Network, Organization
from mtd.organizations.queries import organizations_of
from tests.cast import build_cast


@pytest.mark.django_db
def test_the_cast_covers_all_countries_and_every_party_can_sign() -> None:
    cast = build_cast()
    assert {n.country for n in cast.networks.values()} == {code for code, _ in COUNTRIES}
    for network in cast.networks.values():
        systems = Counter(organizations_of(network).values_list("help_system", flat=True))
        assert systems[HelpSystem.ADDICTION_CARE] >= 1
        assert systems[HelpSystem.YOUTH_WELFARE] >= 1
        assert Membership.objects.filter(network=network, role=Role.COORDINATOR).exists()
    for key in cast.organizations:
        assert cast.lead(key).is_demo
    assert organizations_of(cast.networks["kreis-heinsberg"]).count() == 8
    assert organizations_of(cast.networks["siegen-wittgenstein"]).count() == 2


@pytest.mark.django_db
def test_building_the_cast_twice_adds_nothing() -> None:
    build_cast()
    before = (
        User.objects.count(),
        Network.objects.count(),
        Organization.objects.count(),
        Membership.objects.count(),
    )
    build_cast()
    after = (
        User.objects.count(),
        Network.objects.count(),
        Organization.objects.count(),
        Membership.objects.count(),
    )
    assert before == after


@pytest.mark.django_db
def test_the_cast_never_enters_production(settings) -> None:
    settings.MTD_PRODUCTION = True
    with pytest.raises(Refused) as refused:
        build_cast(only={"birkenfurt"})
    assert refused.value.code == "demo_in_production"
    assert not User.objects.exists()


@pytest.mark.django_db
def test_the_cast_never_takes_over_a_real_account() -> None:
    User.objects.create_user("jonas-reuter@demo.example", "a real password", name="Real Person")
    with pytest.raises(Refused) as refused:
        build_cast(only={"birkenfurt"})
    assert refused.value.code == "real_account"
