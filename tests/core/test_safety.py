"""Headers on every kind of page, and what production refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from mtd.core.middleware import POLICY
from tests.cast import Cast, build_cast

ROOT = Path(settings.BASE_DIR)


@pytest.fixture
def cast(db: None) -> Cast:
    return build_cast(only={"birkenfurt"})


def signed_in(cast: Cast) -> Client:
    client = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    client.force_login(cast.people["jonas-reuter"], backend="django.contrib.auth.backends.ModelBackend")
    return client


PAGES = {
    "start page": ("home:home", {}),
    "register": ("agreements:register", {}),
    "table to download": ("programme:countries_table", {}),
    "public page": ("public:landing", {}),
    "components": ("components", {}),
    "sign-in": ("account_login", {}),
    "second factor": ("mfa_index", {}),
    "refused": ("guide:upload", {}),
    "missing": ("agreements:overview", {"agreement_id": "00000000-0000-4000-8000-000000000000"}),
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("who", ["signed in", "nobody"])
def test_every_kind_of_page_is_closed_to_scripts_of_others_and_to_caches(
    cast: Cast, name: str, who: str
) -> None:
    route, arguments = PAGES[name]
    client = signed_in(cast) if who == "signed in" else Client()
    answer = client.get(reverse(route, kwargs=arguments))
    headers = answer.headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "no-store" in headers["Cache-Control"]


def test_signing_out_takes_what_was_typed_out_of_every_window_of_the_browser(cast: Cast) -> None:
    client = signed_in(cast)
    assert "Clear-Site-Data" not in client.get(reverse("account_logout")).headers
    answer = client.post(reverse("account_logout"))
    assert answer.status_code == 302
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert client.get(reverse("home:home")).status_code == 302


@pytest.mark.parametrize("name", ["refused", "missing"])
def test_a_page_that_refuses_does_not_take_what_was_typed_for_arrived(cast: Cast, name: str) -> None:
    route, arguments = PAGES[name]
    page = signed_in(cast).get(reverse(route, kwargs=arguments)).content.decode()
    assert "<body" in page
    # The script forgets a text that was sent as soon as a page with its owner's name follows (static/js/app.js).
    assert "data-signed-in" not in page


def test_every_page_of_an_error_lets_unsaved_text_survive() -> None:
    folder = ROOT / "templates"
    pages = [*folder.glob("4*.html"), *folder.glob("5*.html"), folder / "refused.html"]
    assert len(pages) >= 7
    kept = "{% block signed_in %}{% endblock %}"
    assert [page.name for page in pages if kept not in page.read_text(encoding="utf-8")] == []


def test_the_policy_lets_in_nothing_unsafe_and_nobody_else() -> None:
    rules = dict(rule.strip().split(" ", 1) for rule in POLICY.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert "*" not in POLICY
    assert {"form-action", "frame-ancestors", "base-uri"} <= set(rules)


# ---------------------------------------------------------------- production

SECRETS = {
    "MTD_SECRET_KEY": "nK7-vQ2_xB9wLr4TzY8mHs3FdJ6cGpA1eUi5oWnXkRq0SbVtCy",
    "MTD_MASTER_KEY": "m" * 60,
    "MTD_HOSTS": "mtd.example.org",
}
SHOW = """
import json
from config import settings
print(json.dumps({name: getattr(settings, name) for name in NAMES}))
"""
SET_UP = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
"""


def start(
    folder: Path, *names: str, program: str = SHOW, **environment: str
) -> subprocess.CompletedProcess[str]:
    """The product's settings in a process of their own, as a server would load them."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", program.replace("NAMES", repr(names))],
        cwd=ROOT,
        env={**kept, "MTD_VAR_DIR": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def values(run: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def test_in_production_cookies_travel_only_over_tls_and_out_of_reach_of_scripts(tmp_path: Path) -> None:
    found = values(
        start(
            tmp_path,
            "SESSION_COOKIE_SECURE",
            "CSRF_COOKIE_SECURE",
            "LANGUAGE_COOKIE_SECURE",
            "SESSION_COOKIE_HTTPONLY",
            "CSRF_COOKIE_HTTPONLY",
            "LANGUAGE_COOKIE_HTTPONLY",
            "SECURE_SSL_REDIRECT",
            "SESSION_EXPIRE_AT_BROWSER_CLOSE",
            "SESSION_COOKIE_NAME",
            "CSRF_COOKIE_NAME",
            "SESSION_COOKIE_SAMESITE",
            "SECURE_HSTS_SECONDS",
            "DEBUG",
            "MTD_DEMO",
            "ALLOWED_HOSTS",
            "CACHES",
            MTD_PRODUCTION="1",
            **SECRETS,
        )
    )
    flags = [name for name, value in found.items() if value is True]
    assert len(flags) == 8
    assert found["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert found["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert found["SESSION_COOKIE_SAMESITE"] in ("Lax", "Strict")
    assert found["SECURE_HSTS_SECONDS"] >= 31536000
    assert (found["DEBUG"], found["MTD_DEMO"]) == (False, False)
    assert found["ALLOWED_HOSTS"] == ["mtd.example.org"]
    # Every worker must see the same counted tries and used codes.
    assert found["CACHES"]["default"]["BACKEND"].endswith("DatabaseCache")


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"MTD_DEMO": "1", **SECRETS}, "Demo sign-in cannot be switched on in production"),
        ({"MTD_DEMO": "true", **SECRETS}, "Demo sign-in cannot be switched on in production"),
        ({"MTD_DEBUG": "1", **SECRETS}, "MTD_DEBUG"),
        ({"MTD_MASTER_KEY": "m" * 60}, "MTD_SECRET_KEY"),
        ({"MTD_SECRET_KEY": "s" * 60}, "MTD_MASTER_KEY"),
        ({"MTD_KEEP_DRAFTS": "0", **SECRETS}, "MTD_KEEP_DRAFTS"),
        ({"MTD_KEEP_ACTORS": "for ever", **SECRETS}, "MTD_KEEP_ACTORS"),
    ],
)
def test_production_refuses_to_start(tmp_path: Path, environment: dict[str, str], said: str) -> None:
    run = start(tmp_path, "DEBUG", MTD_PRODUCTION="1", **environment)
    assert run.returncode != 0
    assert said in run.stderr


def test_a_demo_refuses_to_start_where_others_could_reach_it(tmp_path: Path) -> None:
    run = start(tmp_path, program=SET_UP, MTD_DEMO="1", MTD_HOSTS="mtd.example.org")
    assert run.returncode != 0
    assert "Demo mode lets anybody sign in as anybody" in run.stderr
    assert start(tmp_path, program=SET_UP, MTD_DEMO="1").returncode == 0


def test_django_itself_has_nothing_to_say_against_the_production_settings(tmp_path: Path) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    run = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**kept, "MTD_VAR_DIR": str(tmp_path), "MTD_PRODUCTION": "1", **SECRETS},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
