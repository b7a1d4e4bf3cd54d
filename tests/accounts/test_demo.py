"""Demo mode is open to whoever sits at this machine, and to nobody else."""

import os
import subprocess
import sys

import pytest
from django.core.checks import run_checks
from django.test import Client

from mtd.accounts.actions import confirm_second_factor
from mtd.accounts.demo import is_loopback, ways_from_outside
from mtd.accounts.models import User
from mtd.accounts.queries import demo_code
from mtd.core.errors import Refused
from tests.cast import Cast

HERE = {"HTTP_HOST": "127.0.0.1:8000"}


@pytest.fixture
def demo(settings) -> None:
    settings.MTD_DEMO = True
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]


def errors() -> list[str]:
    return [e.id for e in run_checks() if e.id == "mtd.accounts.E001"]


def test_the_default_address_is_closed(demo) -> None:
    assert ways_from_outside([]) == []
    assert errors() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED_HOSTS", ["*"]),
        ("ALLOWED_HOSTS", ["127.0.0.1", "demo.example.org"]),
        ("ALLOWED_HOSTS", [".localhost.example"]),
        ("ALLOWED_HOSTS", ["0.0.0.0"]),
        ("MTD_BASE_URL", "https://demo.example.org"),
        ("CSRF_TRUSTED_ORIGINS", ["https://demo.example.org"]),
        ("SECURE_PROXY_SSL_HEADER", ("HTTP_X_FORWARDED_PROTO", "https")),
        ("MTD_PRODUCTION", True),
    ],
)
def test_a_setting_that_opens_the_demo_is_an_error(demo, settings, name: str, value: object) -> None:
    setattr(settings, name, value)
    assert errors() != []
    settings.MTD_DEMO = False
    assert errors() == []


@pytest.mark.parametrize(
    ("arguments", "refused"),
    [
        (["manage.py", "runserver", "0.0.0.0:8000"], True),
        (["manage.py", "runserver", "[::]:8000"], True),
        (["manage.py", "runserver", "192.168.1.4:8000"], True),
        (["manage.py", "runserver", "127.0.0.1:8000"], False),
        (["manage.py", "runserver", "[::1]:8000"], False),
        (["manage.py", "runserver", "8000"], False),
        (["manage.py", "runserver"], False),
        (["gunicorn", "--bind", "0.0.0.0:8000"], True),
        (["gunicorn", "--bind=0.0.0.0:8000"], True),
        (["gunicorn", "-b", "127.0.0.1:8000"], False),
        (["gunicorn", "-b", "unix:/run/mtd.sock"], False),
    ],
)
def test_a_server_that_listens_to_the_outside_does_not_start_a_demo(
    demo, arguments: list[str], refused: bool
) -> None:
    assert bool(ways_from_outside(arguments)) is refused


@pytest.mark.parametrize(
    "environment",
    [
        {"MTD_HOSTS": "127.0.0.1,demo.example.org"},
        {"MTD_BASE_URL": "https://demo.example.org"},
        {"MTD_PRODUCTION": "1", "MTD_SECRET_KEY": "x" * 50, "MTD_MASTER_KEY": "y" * 50},
    ],
)
def test_the_real_start_refuses(environment: dict[str, str], tmp_path) -> None:
    code = "import django; django.setup(); print('started')"
    known = {**os.environ, "MTD_VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}

    def start(extra: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code], env={**known, **extra}, capture_output=True, text=True, check=False
        )

    refused = start({**environment, "MTD_DEMO": "1"})
    assert refused.returncode != 0
    assert "started" not in refused.stdout
    assert "MTD_DEMO" in refused.stderr


@pytest.mark.parametrize(
    "request_from",
    [
        {"REMOTE_ADDR": "192.168.1.20"},
        {"REMOTE_ADDR": "2001:db8::1"},
        {"REMOTE_ADDR": ""},
        {"HTTP_HOST": "demo.example.org"},
        {"HTTP_HOST": "127.0.0.1.example.org"},
        {"HTTP_HOST": "0.0.0.0:8000"},
        {"HTTP_X_FORWARDED_FOR": "203.0.113.7"},
        {"HTTP_FORWARDED": "for=203.0.113.7"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
    ],
)
def test_a_request_from_outside_is_refused_in_demo_mode(
    client: Client, demo, cast: Cast, settings, request_from: dict[str, str]
) -> None:
    settings.ALLOWED_HOSTS = ["*"]  # even if somebody got past the check at the start
    for url in ("/", "/demo/", "/accounts/login/"):
        assert client.get(url, **{**HERE, **request_from}).status_code == 403, url
    sent = client.post(
        "/demo/sign-in/", {"person": cast.people["jonas-reuter"].email}, **{**HERE, **request_from}
    )
    assert sent.status_code == 403
    assert "_auth_user_id" not in client.session


def test_one_click_signs_in_as_anybody_of_the_cast(client: Client, demo, cast: Cast) -> None:
    page = client.get("/demo/", **HERE)
    text = page.content.decode()
    for user in cast.people.values():
        assert user.email in text
        answer = client.post("/demo/sign-in/", {"person": user.email, "next": "/profile/"}, **HERE)
        assert answer.url == "/profile/"
        assert client.get("/profile/", **HERE).wsgi_request.user == user


def test_the_demo_never_signs_in_a_real_person(client: Client, demo, cast: Cast) -> None:
    real = User.objects.create_user("real@amt.example", "a real password", name="Real")
    assert client.post("/demo/sign-in/", {"person": real.email}, **HERE).status_code == 404
    assert real.email not in client.get("/demo/", **HERE).content.decode()


def test_without_demo_mode_there_is_no_demo(client: Client, cast: Cast, settings) -> None:
    settings.MTD_DEMO = False
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/sign-in/", {"person": cast.people["jonas-reuter"].email}).status_code == 404
    assert "_auth_user_id" not in client.session
    assert demo_code(cast.people["jonas-reuter"]) == ""


def test_the_shown_code_of_a_demo_person_is_a_real_one(demo, cast: Cast) -> None:
    leonie = cast.people["leonie-brandt"]
    code = demo_code(leonie)
    assert len(code) == 6
    with pytest.raises(Refused):
        confirm_second_factor(
            actor=cast.actor("tarek-aziz"),
            user=cast.people["tarek-aziz"],
            code=str((int(code) + 1) % 10**6).zfill(6),
        )
    confirm_second_factor(actor=cast.actor("leonie-brandt"), user=leonie, code=code)


def test_demo_sign_in_never_leads_to_a_foreign_site(client: Client, demo, cast: Cast) -> None:
    answer = client.post(
        "/demo/sign-in/",
        {"person": cast.people["jonas-reuter"].email, "next": "//elsewhere.example"},
        **HERE,
    )
    assert answer.url == "/"


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("::", False),
        ("", False),
        ("localhost.example", False),
        ("10.0.0.1", False),
        ("2130706433", False),
    ],
)
def test_what_counts_as_this_machine(host: str, own: bool) -> None:
    assert is_loopback(host) is own
