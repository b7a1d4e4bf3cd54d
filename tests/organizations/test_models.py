import pytest
from django.db import IntegrityError, transaction

from mtd.core.actor import Role
from mtd.organizations.models import Membership
from tests.cast import Cast


@pytest.mark.parametrize(
    ("role", "organization", "network"),
    [
        (Role.WORKER, False, False),
        (Role.WORKER, False, True),
        (Role.WORKER, True, True),
        (Role.LEAD, False, True),
        (Role.COORDINATOR, True, False),
        (Role.MODERATOR, False, False),
        (Role.PROGRAMME, True, False),
        (Role.PROGRAMME, False, True),
        ("king", True, False),
    ],
)
def test_the_database_refuses_a_role_in_the_wrong_place(cast: Cast, role, organization, network) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(
            user=cast.people["karel-dewit"],
            role=role,
            organization=cast.organizations["awo-siegen"] if organization else None,
            network=cast.networks["tammerlinna"] if network else None,
        )


def test_the_database_refuses_two_running_roles_in_one_organisation(cast: Cast) -> None:
    place = cast.organizations["awo-siegen"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=cast.people["julia-hees"], role=Role.LEAD, organization=place)
    Membership.objects.filter(user=cast.people["julia-hees"]).update(ended_on="2026-01-01")
    Membership.objects.create(user=cast.people["julia-hees"], role=Role.LEAD, organization=place)
    assert cast.actor("julia-hees").lead_of == {place.id}


def test_the_database_refuses_an_end_before_the_beginning(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(user=cast.people["julia-hees"]).update(ended_on="2013-01-01")
