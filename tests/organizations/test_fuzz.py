"""Whatever is typed or sent: a page with a reason, never a crash, never half a record."""

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mtd.organizations.models import Invitation, Organization
from tests.cast import Cast, build_cast

typed = st.one_of(
    st.text(max_size=300),
    st.sampled_from(
        ["\x00", "Ελληνικά", "👩‍👧", "שלום עולם", "‮", "a" * 50_000, "'; DROP TABLE x; --", "<b>", " "]
    ),
)
any_text = settings(max_examples=25, suppress_health_check=list(HealthCheck))


@pytest.fixture
def coordinator(db: None, client: Client) -> tuple[Client, Cast]:
    cast = build_cast(only={"birkenfurt"})
    client.force_login(cast.people["miriam-hoffstedt"])
    return client, cast


@given(name=typed, short=typed, system=st.one_of(typed, st.just("health")), website=typed, city=typed)
@example(name="Ελληνικά 👩‍👧 שלום", short="א", system="health", website="", city="Αθήνα")
@any_text
def test_an_organisation_is_created_whole_or_not_at_all(
    coordinator, name, short, system, website, city
) -> None:
    client, cast = coordinator
    before = Organization.objects.count()
    answer = client.post(
        f"/organizations/networks/{cast.networks['birkenfurt'].id}/add/",
        {"name": name, "short_name": short, "help_system": system, "website": website, "city": city},
    )
    assert answer.status_code in {200, 302}
    made = Organization.objects.count() - before
    assert made == (1 if answer.status_code == 302 else 0)
    if made:
        place = Organization.objects.latest("created_at")
        assert place.name == name.strip().replace("\r\n", "\n")
        assert client.get(answer.url).status_code == 200


@given(email=typed, role=typed, language=typed)
@example(email="a@b.example\nBcc: c@d.example", role="moderator", language="en")
@example(email="ü@b.example", role="moderator", language="de")
@any_text
def test_an_invitation_form_refuses_with_a_reason(coordinator, email, role, language) -> None:
    client, cast = coordinator
    before = Invitation.objects.count()
    answer = client.post(
        f"/organizations/networks/{cast.networks['birkenfurt'].id}/invite/",
        {"email": email, "role": role, "language": language},
    )
    assert answer.status_code in {200, 302}
    assert Invitation.objects.count() - before == (answer.status_code == 302)


@given(token=st.text(alphabet=st.characters(exclude_characters="/?#", exclude_categories=["Cs"]), min_size=1))
@any_text
def test_a_made_up_link_is_refused_kindly(db, client: Client, token: str) -> None:
    from urllib.parse import quote

    assert client.get(f"/organizations/invitation/{quote(token)}/").status_code in {404, 410}


@given(membership=typed, target=typed)
@any_text
def test_switching_to_nonsense_finds_nothing(coordinator, membership: str, target: str) -> None:
    client, _ = coordinator
    answer = client.post("/organizations/switch/", {"membership": membership, "next": target})
    assert answer.status_code == 404


@given(name=typed, title=typed, phone=typed)
@any_text
def test_a_profile_keeps_what_was_typed(coordinator, name: str, title: str, phone: str) -> None:
    client, cast = coordinator
    answer = client.post(
        "/profile/", {"name": name, "title": title, "phone": phone, "position": "", "language": "en"}
    )
    assert answer.status_code in {200, 302}
    user = cast.people["miriam-hoffstedt"]
    user.refresh_from_db()
    assert user.name.strip()
    assert client.get("/").status_code == 200
