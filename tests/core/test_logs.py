"""What somebody typed reaches no log line, no error report and no error page."""

from __future__ import annotations

import io
import logging
import logging.config
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core import mail
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from django.utils.log import AdminEmailHandler

from mtd.core.access import public
from mtd.core.logs import NoContentFilter, NoContentReporter

CHILD = "Leonie-Sophie Mustermann"
TOKEN = "s3cr3t-Token_of-an-invitation-4711"


@public
def broken(request: HttpRequest, token: str = "") -> HttpResponse:
    typed = request.POST.get("body") or request.GET.get("q") or token
    try:
        raise KeyError(typed)
    except KeyError as cause:
        raise ValueError(f"cannot store {typed}") from cause


@public
def chatty(request: HttpRequest) -> HttpResponse:
    logging.getLogger("somepackage").warning("could not parse %s", CHILD)
    logging.getLogger("somepackage").warning(f"could not parse {CHILD}")
    logging.getLogger("mtd.agreements").warning("job %s stopped", "sweep")
    return HttpResponse("ok")


urlpatterns = [
    path("broken/", broken, name="broken"),
    path("chatty/", chatty, name="chatty"),
    path("organizations/invitation/<str:token>/", broken, name="accept"),
]
handler500 = "django.views.defaults.server_error"

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that the product's own logging settings write."""
    stream = io.StringIO()
    kept = {
        name: (logging.getLogger(name).handlers[:], logging.getLogger(name).propagate)
        for name in ("", "django", "django.server")
    }
    wanted = {**settings.LOGGING, "handlers": {"console": {**settings.LOGGING["handlers"]["console"]}}}
    wanted["handlers"]["console"]["stream"] = stream
    logging.config.dictConfig(wanted)
    yield stream
    for name, (handlers, propagate) in kept.items():
        logging.getLogger(name).handlers[:] = handlers
        logging.getLogger(name).propagate = propagate


def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_crash_tells_kind_and_place_and_nothing_that_was_typed(written: io.StringIO, method: str) -> None:
    answer = getattr(client(), method)("/broken/", {"body": CHILD, "q": CHILD})
    line = written.getvalue()
    assert answer.status_code == 500
    assert "500" in line
    assert "broken" in line
    assert "ValueError at" in line
    assert "test_logs.py" in line
    for place in (line, answer.content.decode()):
        assert "Mustermann" not in place
        assert "Leonie" not in place


def test_secret_links_are_not_written(written: io.StringIO) -> None:
    assert client().get(f"/organizations/invitation/{TOKEN}/").status_code == 500
    assert client().get(f"/organizations/invitation/{TOKEN}/more/").status_code == 404
    assert "accept" in written.getvalue()
    assert TOKEN not in written.getvalue()


def test_a_missing_page_is_logged_without_its_address(written: io.StringIO) -> None:
    assert client().get(f"/{CHILD}/?q={CHILD}").status_code == 404
    assert "404 GET (unknown address)" in written.getvalue()
    assert "Leonie" not in written.getvalue()


def test_words_of_other_packages_are_kept_only_as_far_as_they_are_their_own(written: io.StringIO) -> None:
    client().get("/chatty/")
    lines = written.getvalue().splitlines()
    assert "could not parse %s" in lines[0]
    assert "test_logs" in lines[1]
    assert "job sweep stopped" in lines[2]
    assert "Leonie" not in written.getvalue()


def test_the_development_server_prints_neither_queries_nor_secret_links(written: io.StringIO) -> None:
    logging.getLogger("django.server").info(
        '"%s" %s %s', f"GET /organizations/invitation/{TOKEN}/?q={CHILD} HTTP/1.1", 200, 12
    )
    logging.getLogger("django.server").info('"%s" %s %s', f"GET /verify/?code={CHILD} HTTP/1.1", 200, 12)
    line = written.getvalue()
    assert "/verify/?…" in line
    assert TOKEN not in line
    assert "Leonie" not in line


def _report(body: str = "text") -> str:
    request = RequestFactory().post(
        f"/broken/?q={CHILD}", {"body": CHILD}, headers={"referer": f"/?q={CHILD}"}
    )
    try:
        broken(request)
    except ValueError:
        reporter = NoContentReporter(request, *sys.exc_info())  # type: ignore[arg-type]
    return reporter.get_traceback_text() if body == "text" else reporter.get_traceback_html()


@pytest.mark.parametrize("body", ["text", "html"])
def test_an_error_report_holds_nothing_that_was_typed(body: str) -> None:
    report = _report(body)
    assert "ValueError" in report
    assert "broken" in report
    assert "Mustermann" not in report
    assert "Leonie" not in report


@override_settings(ADMINS=[("Betrieb", "betrieb@example.org")])
def test_even_if_somebody_switches_on_error_mails_they_hold_nothing_typed() -> None:
    handler = AdminEmailHandler(include_html=True)
    handler.addFilter(NoContentFilter())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    try:
        client().post("/broken/", {"body": CHILD}, query_params={"q": CHILD})
    finally:
        logger.removeHandler(handler)
    assert len(mail.outbox) == 1
    assert "Leonie" not in mail.outbox[0].message().as_string()
    assert "Mustermann" not in mail.outbox[0].message().as_string()


def test_no_setting_of_ours_mails_error_reports() -> None:
    assert settings.ADMINS == []
    names = {handler for logger in settings.LOGGING["loggers"].values() for handler in logger["handlers"]}
    assert names == {"console"}
