import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.utils import timezone

from mtd.accounts.demo import code_at
from mtd.accounts.models import User
from mtd.audit.models import Event
from mtd.core.actor import ANONYMOUS, Role
from mtd.core.errors import NotAllowed, Refused
from mtd.notifications.jobs import send_outbox
from mtd.notifications.models import Message, Notice
from mtd.organizations import actions
from mtd.organizations.models import Invitation, Membership, Organization
from mtd.organizations.queries import actor_for
from tests.cast import Cast

PASSWORD = "ein ganzer Satz ohne Punkt"


def invite(cast: Cast, who: str = "leonie-brandt", **other) -> tuple[Invitation, str]:
    """Invite and read the link from the outbox, as the invited person does."""
    fields = {
        "email": "Neue.Kollegin@Markt.example",
        "role": Role.WORKER,
        "language": "de",
        "organization": cast.organizations["suchtberatung-am-markt"],
        **other,
    }
    invitation = actions.invite(actor=cast.actor(who), **fields)
    body = Message.objects.order_by("created_at").last().body
    return invitation, re.search(r"/organizations/invitation/([\w-]+)/", body)[1]


def test_an_invitation_becomes_an_account_with_a_second_factor(client: Client, cast: Cast) -> None:
    _, token = invite(cast)
    page = client.get(f"/organizations/invitation/{token}/")
    assert page.status_code == 200
    assert "am Markt</h1>" in page.content.decode()

    answer = client.post(
        f"/organizations/invitation/{token}/",
        {"name": "Neue Kollegin", "password": PASSWORD, "password_again": PASSWORD, "language": "de"},
    )
    assert answer.url == "/"
    user = User.objects.get(email="neue.kollegin@markt.example")
    told = Notice.objects.get(user=cast.people["leonie-brandt"])
    assert "Neue Kollegin" in told.text
    assert told.link == f"/organizations/{cast.organizations['suchtberatung-am-markt'].id}/"
    assert actor_for(user).organization_ids == {cast.organizations["suchtberatung-am-markt"].id}

    assert client.get("/", follow=True).redirect_chain[-1][0] == "/second-factor/"
    assert client.get("/organizations/").url == "/second-factor/"
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200
    secret = page.context["form"].secret
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_at(secret)})
    assert answer.status_code == 302, answer.content.decode()
    stored = Authenticator.objects.get(user=user, type="totp").data["secret"]
    assert secret not in stored
    assert client.get("/").status_code == 200
    assert Authenticator.objects.filter(user=user, type="recovery_codes").exists()


def test_a_link_works_once(client: Client, cast: Cast) -> None:
    _, token = invite(cast)
    actions.accept_invitation(actor=ANONYMOUS, token=token, name="Neue Kollegin", password=PASSWORD)
    with pytest.raises(Refused) as refused:
        actions.accept_invitation(actor=ANONYMOUS, token=token, name="Zweite", password=PASSWORD)
    assert refused.value.code == "used_invitation"
    assert client.get(f"/organizations/invitation/{token}/").status_code == 410


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, "expired_invitation"),
        ({"revoked_at": timezone.now()}, "revoked_invitation"),
        ({"token_hash": "another"}, "unknown_invitation"),
    ],
)
def test_an_old_withdrawn_or_broken_link_says_what_to_do(client: Client, cast: Cast, change, code) -> None:
    invitation, token = invite(cast)
    Invitation.objects.filter(pk=invitation.pk).update(**change)
    with pytest.raises(Refused) as refused:
        actions.accept_invitation(actor=ANONYMOUS, token=token, name="X", password=PASSWORD)
    assert refused.value.code == code
    answer = client.get(f"/organizations/invitation/{token}/")
    assert answer.status_code == 410
    assert not User.objects.filter(email="neue.kollegin@markt.example").exists()


def test_an_invitation_is_good_for_fourteen_days(cast: Cast) -> None:
    invitation, _ = invite(cast)
    assert timedelta(days=13, hours=23) < invitation.expires_at - timezone.now() <= timedelta(days=14)


def test_the_token_stands_nowhere_but_in_the_mail(cast: Cast, settings) -> None:
    invitation, token = invite(cast)
    assert token not in invitation.token_hash
    raw = Message.objects.values_list("body", flat=True).get()
    assert token.encode() not in bytes(raw)
    assert send_outbox() == 1
    assert token in mail.outbox[0].body
    assert not any(token in str(event.facts) for event in Event.objects.all())


def test_the_mail_is_in_the_language_of_the_invitation(cast: Cast) -> None:
    invite(cast, language="en", role=Role.LEAD)
    message = Message.objects.get()
    assert message.language == "en"
    assert "Organisation lead" in message.body
    assert "Leonie Brandt" in message.body
    assert "Suchtberatung am Markt" in message.body


def test_a_second_invitation_replaces_the_first(cast: Cast) -> None:
    first, old = invite(cast)
    invite(cast)
    first.refresh_from_db()
    assert first.revoked_at is not None
    with pytest.raises(Refused) as refused:
        actions.accept_invitation(actor=ANONYMOUS, token=old, name="X", password=PASSWORD)
    assert refused.value.code == "revoked_invitation"


def test_a_signed_in_person_gets_the_second_role_in_the_same_account(client: Client, cast: Cast) -> None:
    tarek = cast.people["tarek-aziz"]
    _, token = invite(cast, email=tarek.email)
    client.force_login(tarek)
    assert client.post(f"/organizations/invitation/{token}/").url == "/"
    assert actor_for(tarek).organization_ids == {
        cast.organizations["suchtberatung-am-markt"].id,
        cast.organizations["drogenhilfe-ahlenried"].id,
    }


def test_the_link_alone_opens_no_existing_account(client: Client, cast: Cast) -> None:
    _, token = invite(cast, email=cast.people["tarek-aziz"].email)
    answer = client.post(
        f"/organizations/invitation/{token}/",
        {"name": "Tarek", "password": PASSWORD, "password_again": PASSWORD, "language": "de"},
    )
    assert answer.status_code == 409
    assert "_auth_user_id" not in client.session
    assert actor_for(cast.people["tarek-aziz"]).organization_ids == {
        cast.organizations["drogenhilfe-ahlenried"].id
    }


def test_a_weak_password_is_refused_and_nothing_is_created(client: Client, cast: Cast) -> None:
    _, token = invite(cast)
    answer = client.post(
        f"/organizations/invitation/{token}/",
        {"name": "N", "password": "passwort1234", "password_again": "passwort123", "language": "de"},
    )
    assert answer.status_code == 200
    assert answer.context["form"].errors["password_again"]
    assert not User.objects.filter(email="neue.kollegin@markt.example").exists()


def test_only_those_who_may_invite(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        invite(cast, who="jonas-reuter")
    assert not Invitation.objects.exists()
    assert not Message.objects.exists()


def test_who_is_there_already_is_not_invited_again(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        invite(cast, email=cast.people["jonas-reuter"].email)
    assert refused.value.code == "already_member"


def test_a_worker_who_is_invited_as_lead_becomes_lead(cast: Cast) -> None:
    jonas = cast.people["jonas-reuter"]
    _, token = invite(cast, email=jonas.email, role=Role.LEAD)
    actions.accept_invitation(actor=cast.actor("jonas-reuter"), token=token)
    assert actor_for(jonas).lead_of == {cast.organizations["suchtberatung-am-markt"].id}
    assert Membership.objects.filter(user=jonas, ended_on__isnull=True).count() == 1


def test_the_only_lead_cannot_leave(cast: Cast) -> None:
    only = Membership.objects.get(user=cast.people["leonie-brandt"])
    with pytest.raises(Refused) as refused:
        actions.end_membership(actor=cast.actor("miriam-hoffstedt"), membership=only)
    assert refused.value.code == "last_lead"


def test_a_lead_ends_the_membership_of_a_worker(client: Client, cast: Cast) -> None:
    worker = Membership.objects.get(user=cast.people["jonas-reuter"])
    client.force_login(cast.people["leonie-brandt"])
    answer = client.post(f"/organizations/memberships/{worker.id}/end/")
    assert answer.status_code == 302
    worker.refresh_from_db()
    assert worker.ended_on is not None
    assert Event.objects.filter(verb="membership.ended", object_id=str(worker.id)).exists()


def test_a_worker_may_not_end_a_membership_and_strangers_do_not_find_it(client: Client, cast: Cast) -> None:
    lead = Membership.objects.get(user=cast.people["leonie-brandt"])
    client.force_login(cast.people["jonas-reuter"])
    assert client.post(f"/organizations/memberships/{lead.id}/end/").status_code == 403
    client.force_login(cast.people["julia-hees"])
    assert client.post(f"/organizations/memberships/{lead.id}/end/").status_code == 404


def test_a_withdrawn_invitation_cannot_be_withdrawn_again(client: Client, cast: Cast) -> None:
    invitation, _ = invite(cast)
    client.force_login(cast.people["leonie-brandt"])
    client.post(f"/organizations/invitations/{invitation.id}/withdraw/")
    invitation.refresh_from_db()
    assert invitation.revoked_at
    with pytest.raises(Refused) as refused:
        actions.revoke_invitation(actor=cast.actor("leonie-brandt"), invitation=invitation)
    assert refused.value.code == "not_open"


def test_two_organisations_of_one_name_in_a_network_are_refused(cast: Cast) -> None:
    fields = {"short_name": "X", "help_system": "health", "city": "Birkenfurt"}
    office = cast.actor("miriam-hoffstedt")
    with pytest.raises(Refused) as refused:
        actions.create_organization(
            actor=office, network=cast.networks["birkenfurt"], name="suchtberatung am markt", **fields
        )
    assert refused.value.code == "organization_exists"
    actions.create_organization(actor=office, network=cast.networks["birkenfurt"], name="Klinik", **fields)
    assert Organization.objects.get(name="Klinik").country == "DE"
