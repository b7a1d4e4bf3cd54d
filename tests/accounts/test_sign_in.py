import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings as project
from django.core import mail
from django.test import Client
from django.urls import get_resolver

from mtd.accounts import actions
from mtd.accounts.demo import code_at
from mtd.accounts.middleware import CLOSED_ROUTES, PUBLIC_ROUTES, SETUP_ROUTES
from mtd.accounts.models import User
from mtd.accounts.queries import recent_second_factor, second_factors
from mtd.core.actor import Actor
from mtd.core.errors import NotAllowed, Refused
from mtd.organizations.queries import actor_for

PASSWORD = "ein ganzer Satz ohne Punkt"


@pytest.fixture
def person(db: None) -> User:
    from mtd.core.actor import SYSTEM

    return actions.create_account(
        actor=SYSTEM, email="Anna.Muster@Amt.example", name="Anna Muster", password=PASSWORD, language="de"
    )


@pytest.fixture
def secret(person: User) -> str:
    made = generate_totp_secret()
    TOTP.activate(person, made)
    return str(made)


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    from django.core.cache import cache

    cache.clear()


def sign_in(client: Client, email: str = "anna.muster@amt.example", password: str = PASSWORD):
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_password_alone_leads_only_to_the_second_factor(client: Client, person: User) -> None:
    assert sign_in(client).status_code == 302
    for url in ("/", "/profile/", "/organizations/", "/accounts/2fa/", "/accounts/password/change/"):
        assert client.get(url).url == "/second-factor/", url
    for url in (
        "/second-factor/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/logout/",
    ):
        assert client.get(url).status_code == 200, url
    assert client.post("/i18n/setlang/", {"language": "de"}).status_code in {302, 404}


def test_with_a_code_generator_the_code_is_asked_for(client: Client, person: User, secret: str) -> None:
    assert sign_in(client).url == "/accounts/2fa/authenticate/"
    assert client.get("/accounts/2fa/authenticate/").status_code == 200
    assert client.get("/profile/").url.startswith("/accounts/login/")
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.get("/profile/").status_code == 302
    assert client.post("/accounts/2fa/authenticate/", {"code": code_at(secret)}).status_code == 302
    assert client.get("/profile/").status_code == 200


def test_the_address_is_the_same_in_capitals(client: Client, person: User, secret: str) -> None:
    assert sign_in(client, email="ANNA.MUSTER@amt.example").url == "/accounts/2fa/authenticate/"


def test_too_many_wrong_passwords_are_slowed_down(client: Client, person: User, secret: str) -> None:
    for _ in range(12):
        sign_in(client, password="wrong password here")
    answer = sign_in(client)
    assert answer.status_code in {200, 429}
    assert client.get("/profile/").status_code == 302


def test_there_is_no_public_sign_up(client: Client, db: None) -> None:
    page = client.get("/accounts/signup/")
    assert page.status_code == 200
    assert b'<form method="post" action="/accounts/signup/"' not in page.content
    client.post("/accounts/signup/", {"email": "x@y.example", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.exists()


def test_every_route_of_allauth_is_decided_about() -> None:
    known = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    theirs = {n for n in known if n.startswith(("account_", "mfa_", "socialaccount_"))}
    behind_both_factors = {
        "account_change_password",
        "mfa_index",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_list_webauthn",
        "mfa_remove_webauthn",
        "mfa_edit_webauthn",
    }
    assert theirs == PUBLIC_ROUTES | SETUP_ROUTES | CLOSED_ROUTES | behind_both_factors


def test_pages_that_we_do_not_offer_do_not_exist(client: Client, person: User, secret: str) -> None:
    client.force_login(person)
    for url in ("/accounts/email/", "/accounts/password/set/", "/accounts/3rdparty/"):
        assert client.get(url).status_code == 404, url


def test_strangers_are_led_to_the_sign_in_and_back(client: Client, db: None) -> None:
    assert client.get("/organizations/?x=1").url == "/accounts/login/?next=/organizations/%3Fx%3D1"


def test_a_form_sent_after_the_session_ended_never_looks_saved(client: Client, db: None) -> None:
    saved = client.post(
        "/profile/", {"name": "x", "autosave": "1"}, headers={"referer": "http://testserver/profile/"}
    )
    assert saved.status_code == 401
    part = client.get(
        "/profile/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/profile/"}
    )
    assert part.status_code == 401
    assert part.headers["HX-Redirect"] == "/accounts/login/?next=%2Fprofile%2F"
    whole = client.post("/profile/", {"name": "x"}, headers={"referer": "http://testserver/profile/"})
    assert whole.url == "/accounts/login/?next=/profile/"
    foreign = client.post(
        "/profile/", {"name": "x"}, headers={"referer": "https://elsewhere.example/profile/"}
    )
    assert foreign.url == "/accounts/login/?next=/"


def test_the_last_second_factor_stays(client: Client, person: User, secret: str) -> None:
    client.force_login(person)
    client.post("/accounts/2fa/reauthenticate/", {"code": code_at(secret)})
    client.post("/accounts/2fa/totp/deactivate/")
    assert "totp" in second_factors(person)
    Authenticator.objects.create(user=person, type="webauthn", data={"name": "Key", "credential": {}})
    client.post("/accounts/2fa/totp/deactivate/")
    assert second_factors(person) == {"webauthn"}


def test_pages_for_signing_in_render(client: Client, person: User, secret: str) -> None:
    for language in ("en", "de"):
        client.cookies["django_language"] = language
        for url in (
            "/accounts/login/",
            "/accounts/password/reset/",
            "/accounts/password/reset/done/",
            "/accounts/inactive/",
        ):
            assert client.get(url).status_code == 200, url
    client.force_login(person)
    assert client.get("/accounts/2fa/").status_code == 200
    for url in ("/accounts/2fa/webauthn/add/", "/accounts/2fa/totp/deactivate/"):
        assert client.get(url, follow=True).redirect_chain[-1][0].startswith("/accounts/"), url
    client.post("/accounts/2fa/reauthenticate/", {"code": code_at(secret)})
    for url in (
        "/accounts/2fa/webauthn/add/",
        "/accounts/2fa/webauthn/",
        "/accounts/2fa/totp/deactivate/",
        "/accounts/2fa/recovery-codes/generate/",
        "/accounts/2fa/recovery-codes/",
        "/accounts/password/change/",
    ):
        assert client.get(url, follow=True).status_code in {200, 404}, url


def test_a_forgotten_password_is_renewed_by_link_in_the_language_of_the_person(
    client: Client, person: User, secret: str
) -> None:
    client.post("/accounts/password/reset/", {"email": person.email}, headers={"accept-language": "en"})
    assert len(mail.outbox) == 1
    link = next(word for word in mail.outbox[0].body.split() if "/password/reset/key/" in word)
    page = client.get(link, follow=True)
    assert page.status_code == 200
    new = "ein anderer ganzer Satz"
    client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})
    person.refresh_from_db()
    assert person.check_password(new)
    assert sign_in(client, password=new).url == "/accounts/2fa/authenticate/"


def test_an_unknown_address_gets_the_same_answer(client: Client, person: User) -> None:
    known = client.post("/accounts/password/reset/", {"email": person.email})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@amt.example"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


def test_a_signature_is_confirmed_with_the_code_of_the_moment_once(person: User, secret: str) -> None:
    actor, code = actor_for(person), code_at(secret)
    actions.confirm_second_factor(actor=actor, user=person, code=f" {code[:3]} {code[3:]} ")
    with pytest.raises(Refused) as refused:
        actions.confirm_second_factor(actor=actor, user=person, code=code)
    assert refused.value.code == "wrong_code"


@pytest.mark.parametrize("code", ["", "000000", "12345", "²²²²²²", "x" * 5000, "０１２３４５"])
def test_a_wrong_code_confirms_nothing(person: User, secret: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.confirm_second_factor(actor=actor_for(person), user=person, code=code)
    assert refused.value.code == "wrong_code"
    assert refused.value.field == "code"


def test_five_wrong_codes_close_the_door_even_for_the_right_one(person: User, secret: str) -> None:
    for _ in range(5):
        with pytest.raises(Refused):
            actions.confirm_second_factor(actor=actor_for(person), user=person, code="000000")
    with pytest.raises(Refused) as refused:
        actions.confirm_second_factor(actor=actor_for(person), user=person, code=code_at(secret))
    assert refused.value.code == "too_many_codes"


def test_a_recovery_code_confirms_once(person: User, secret: str) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    code = RecoveryCodes.activate(person).get_unused_codes()[0]
    actions.confirm_second_factor(actor=actor_for(person), user=person, code=code)
    with pytest.raises(Refused):
        actions.confirm_second_factor(actor=actor_for(person), user=person, code=code)


def test_nobody_confirms_for_another(person: User, secret: str) -> None:
    import uuid

    with pytest.raises(NotAllowed):
        actions.confirm_second_factor(actor=Actor(user_id=uuid.uuid4()), user=person, code=code_at(secret))


def test_signing_in_is_not_confirming(client: Client, person: User, secret: str) -> None:
    sign_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code_at(secret)})
    request = client.get("/profile/").wsgi_request
    assert not recent_second_factor(request)
    from django.core.cache import cache

    cache.clear()  # the code of this half minute was used for signing in
    answer = client.post("/accounts/2fa/reauthenticate/", {"code": code_at(secret), "next": "/profile/"})
    assert answer.url == "/profile/"
    request = client.get("/profile/").wsgi_request
    assert recent_second_factor(request)
    from datetime import timedelta

    assert not recent_second_factor(request, within=timedelta(0))


def test_one_changes_only_ones_own_particulars(client: Client, person: User, secret: str) -> None:
    client.force_login(person)
    fields = {"name": "Anna Neu", "title": "Dr.", "position": "Leitung", "phone": "0123", "language": "en"}
    answer = client.post("/profile/", {**fields, "email": "other@amt.example", "is_demo": "on"})
    assert answer.cookies[project.LANGUAGE_COOKIE_NAME].value == "en"
    person.refresh_from_db()
    assert (person.full_name, person.email, person.is_demo) == (
        "Dr. Anna Neu",
        "anna.muster@amt.example",
        False,
    )
    other = User.objects.create_user("b@amt.example", PASSWORD, name="B")
    with pytest.raises(NotAllowed):
        actions.update_profile(actor=actor_for(other), user=person, **fields)
