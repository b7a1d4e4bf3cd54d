"""When a child is in danger: what to do now, for every country and as agreed, and a record that is kept nowhere."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.cache import caches
from django.db import connection, connections
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape
from pypdf import PdfReader

from mtd.accounts.models import User
from mtd.agreements.models import Agreement
from mtd.countries.actions import correct_value
from mtd.countries.records import CODES, shipped
from mtd.public.record import PARTS, STEPS
from tests.cast import Cast, build_cast
from tests.factories import cooperation as factory

NOW, RECORD = "/danger/now/", "/danger/record/"
STEPS_AGREED = [
    {"step": "notice", "who": "whoever_notices", "whom": "one’s own team", "by_when": "same day"},
    {"step": "adviser", "who": "whoever_notices", "whom": "the adviser, no names", "by_when": "same day"},
    {"step": "inform", "who": "lead", "whom": "youth office, by phone", "by_when": "at once"},
]


@pytest.fixture
def cast(db: None) -> Cast:
    return build_cast(only={"birkenfurt", "kreis-heinsberg"})


@pytest.fixture
def agreement(cast: Cast) -> Agreement:
    """In force in Birkenfurt, with steps and with advisers of both parties."""
    organizations = [
        cast.organizations[key] for key in ("suchtberatung-am-markt", "kreisjugendamt-birkenfurt")
    ]
    answers = {**factory.SHARED, "danger_steps": {"rows": STEPS_AGREED}}
    found = factory.in_force(cast.networks["birkenfurt"], organizations, date(2024, 1, 1), answers)
    contacts = {
        str(party.pk): {
            "name": f"Adviser {number}",
            "phone": f"02451 {number}-7",
            "deputy_name": f"Deputy {number}",
        }
        for number, party in enumerate(found.parties.order_by("organization__name"), 1)
    }
    factory.answer_all(found.versions.get(), {"danger_advisers": {"contacts": contacts}})
    return found


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def in_order(text: str, *parts: str) -> bool:
    places = [text.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


# ---------------------------------------------------------------- what to do now


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_country_says_whom_to_call_and_where_that_comes_from(
    client: Client, db: None, code: str, language: str
) -> None:
    client.cookies["django_language"] = language
    page = client.get(NOW, {"country": code}).content.decode()
    country = shipped(code)
    assert 'href="tel:112"' in page
    for line in country.helplines:
        assert f'href="tel:{line.tel}"' in page
    assert str(escape(country.facts["duty_to_report"].source)) in page
    assert str(escape(country.facts["emergency_number"].source)) in page
    for line in country.helplines:
        if line.fact.source:
            assert str(escape(line.fact.source)) in page, line.key
    texts = (country.reported_to, country.family_told_first, country.advice_from, country.written_down)
    missing = sum(not text for text in texts)
    assert page.count("state--open") == missing


@pytest.mark.parametrize("code", CODES)
def test_what_nobody_has_confirmed_is_marked_as_that(client: Client, db: None, code: str) -> None:
    page = client.get(NOW, {"country": code}).content.decode()
    country = shipped(code)
    shown = [
        country.facts["reported_to"],
        country.facts["family_told_first"],
        country.facts["duty_to_report"],
        country.facts["advice_from"],
        country.facts["written_down"],
    ]
    shown += [law.fact for law in country.legal_bases if law.topic in ("duty_to_report", "child_protection")]
    unconfirmed = sum(fact.state == "unconfirmed" for fact in shown)
    unconfirmed += sum(not line.confirmed for line in country.helplines)
    assert page.count("state--late") == unconfirmed


def test_germany_names_the_law_for_its_order_and_for_the_advice(client: Client, db: None) -> None:
    text = text_of(client, f"{NOW}?country=DE")
    assert in_order(
        text,
        "Whom to ask for advice",
        "insoweit erfahrene Fachkraft",
        "Pseudonymise",
        "Source: § 4 Abs. 2 KKG",
        "What the family is told first",
        "Talk with the child and the parents",
        "Source: § 4 Abs. 1 und 3 KKG",
    )


def test_no_duty_in_germany_does_not_hide_what_binds_providers(client: Client, db: None) -> None:
    text = text_of(client, f"{NOW}?country=DE")
    assert in_order(text, "Whether you must report", "No duty to report", "§ 8a(4) SGB VIII")


def test_numbers_for_professionals_stand_before_those_to_pass_on(client: Client, db: None) -> None:
    text = text_of(client, f"{NOW}?country=DE")
    assert in_order(text, "110", "0800 19 210 00", "To pass on to the child and the family", "116 111")


def test_everybody_sees_112_first_and_no_line_that_would_turn_them_away(client: Client, db: None) -> None:
    page = client.get("/danger/?country=DE").content.decode()
    assert page.index('href="tel:112"') < page.index('id="c-DE"')
    assert f'href="{NOW}?country=DE"' in page
    assert "116 111" in page
    assert "0800 19 210 00" not in page


def test_one_source_alone_is_named_and_not_called_confirmed(client: Client, db: None) -> None:
    text = text_of(client, f"{NOW}?country=SI")
    assert in_order(
        text,
        "three days",
        "not confirmed",
        "Only one source so far; check it before you rely on it. uradni-list.si",
    )


def test_acute_signs_stand_apart_from_strain_and_nothing_is_counted(client: Client, db: None) -> None:
    page = client.get(NOW).content.decode()
    acute = page[page.index('id="acute"') : page.index('id="strain"')]
    assert "cannot be woken" in acute
    assert "kindergarten" not in acute
    main = page[page.index("<main") : page.index("</main>")]
    assert not re.search(r'type="(checkbox|radio|number|range)"|<meter|<progress|/ ?10\b', main)


def test_who_has_not_chosen_a_country_gets_no_countrys_law(client: Client, db: None) -> None:
    text = text_of(client, NOW)
    assert "Choose your country above" in text
    assert "Jugendamt" not in text
    assert "112" in text


@pytest.mark.parametrize("odd", ["XX", "de", "<script>", "DE" * 50, "\x00"])
def test_an_odd_country_or_network_does_no_harm(client: Client, db: None, odd: str) -> None:
    assert client.get(NOW, {"country": odd, "network": odd}).status_code == 200


def test_a_correction_of_the_country_record_shows_at_once(client: Client, cast: Cast) -> None:
    assert "The national partner fills this in" in text_of(client, f"{NOW}?country=SI")
    correct_value(
        actor=cast.actor("mette-lindqvist"),
        country="SI",
        key="reported_to",
        value={"en": "Centre for social work"},
        source="Act 12/3",
        source_date="2026",
        confirmed=True,
        note={},
    )
    assert in_order(text_of(client, f"{NOW}?country=SI"), "Centre for social work", "Act 12/3, 2026")


def test_a_person_sees_the_steps_and_the_advisers_of_their_own_agreement(
    agreement: Agreement, browse: Callable[..., Client]
) -> None:
    client = browse("jonas-reuter")
    page = client.get(NOW).content.decode()
    text = text_of(client, NOW)
    assert in_order(text, "one’s own team", "the adviser, no names", "youth office, by phone")
    assert f"/agreements/{agreement.pk}/" in page
    assert "Germany" in text
    assert 'href="tel:0245127"' in page
    assert in_order(text, "Adviser 2", "Deputy 2", "Whom the other parties have named", "Adviser 1")


def test_nobody_else_sees_what_was_agreed(
    agreement: Agreement, cast: Cast, browse: Callable[..., Client]
) -> None:
    without_code: User = User.objects.create_user("new@demo.example", None, name="New Person")
    fresh = Client()
    fresh.force_login(without_code, backend="django.contrib.auth.backends.ModelBackend")
    for client in (Client(), fresh, browse("norbert-schiffer")):
        assert "one’s own team" not in text_of(client, f"{NOW}?network=birkenfurt")


def test_choosing_another_country_leaves_the_network_out(
    agreement: Agreement, browse: Callable[..., Client]
) -> None:
    text = text_of(browse("jonas-reuter"), f"{NOW}?country=NL")
    assert "Veilig Thuis" in text
    assert "one’s own team" not in text


def test_it_is_one_step_away_from_every_page(cast: Cast, browse: Callable[..., Client]) -> None:
    client = browse("jonas-reuter")
    for path in ("/", "/consultations/", "/agreements/", NOW):
        assert f'class="top__danger" href="{NOW}"' in client.get(path).content.decode(), path
    assert 'class="top__danger" href="/danger/"' in Client().get("/welcome/").content.decode()


def test_the_door_on_a_consultation_leads_there_and_asks_nothing() -> None:
    door = render_to_string("consultations/_danger_door.html", {})
    assert f'href="{NOW}"' in door
    assert "<input" not in door
    assert "<form" not in door


def test_the_page_asks_the_database_no_more_the_more_is_agreed(
    agreement: Agreement, cast: Cast, browse: Callable[..., Client]
) -> None:
    client = browse("jonas-reuter")
    client.get(NOW)
    with CaptureQueriesContext(connection) as one:
        client.get(NOW)
    organizations = [
        cast.organizations[key] for key in ("suchtberatung-am-markt", "kreisjugendamt-birkenfurt")
    ]
    for _each in range(2):
        answers = {**factory.SHARED, "danger_steps": {"rows": STEPS_AGREED}}
        factory.in_force(cast.networks["birkenfurt"], organizations, date(2024, 1, 1), answers)
    with CaptureQueriesContext(connection) as three:
        client.get(NOW)
    assert len(three) == len(one)


# ---------------------------------------------------------------- the record

CANARY = "Blue-Kettle-Street 7, Aylin Xylander"


def filled(**changed: str) -> dict[str, str]:
    given = {name: f"{CANARY}: {name}" for name in PARTS}
    for number in range(1, STEPS + 1):
        given |= {
            f"step_{number}": f"{CANARY} step {number}",
            f"who_{number}": "I",
            f"until_{number}": "today",
        }
    return given | {"reference": f"{CANARY}/26", "written_by": "J. R.", "written_at": "22 Nov"} | changed


def pdf_text(content: bytes) -> str:
    return " ".join(re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages)


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[Path]:
    """Everything that any logger says, at its most talkative and without our filter."""
    handler = logging.FileHandler(tmp_path / "log")
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield tmp_path / "log"
    root.removeHandler(handler)
    root.setLevel(level)
    handler.close()


def database_holds(text: str) -> list[str]:
    found = []
    for alias in connections:
        with connections[alias].cursor() as cursor:
            for table in connections[alias].introspection.table_names(cursor):
                cursor.execute(f"SELECT * FROM {connections[alias].ops.quote_name(table)}")
                for row in cursor.fetchall():
                    if any(
                        text in (bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v))
                        for v in row
                    ):
                        found.append(table)
    return found


def test_it_comes_back_as_a_pdf_with_everything_in_it(cast: Cast, browse: Callable[..., Client]) -> None:
    answer = browse("jonas-reuter").post(RECORD, filled(**{"as": "pdf"}))
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert CANARY not in answer["Content-Disposition"]
    text = pdf_text(answer.content)
    for name in PARTS:
        assert f"{name}" in text
    assert "step 6" in text
    assert text.count("Xylander") >= len(PARTS) + STEPS


def test_it_comes_back_as_plain_text(cast: Cast, browse: Callable[..., Client]) -> None:
    answer = browse("jonas-reuter").post(
        RECORD, filled(**{"as": "text", "observed": "Line 1\nLine 2 – ü 🫣"})
    )
    text = answer.content.decode("utf-8-sig")
    assert answer["Content-Type"].startswith("text/plain")
    assert "Line 1\r\nLine 2 – ü 🫣\r\n" in text
    assert in_order(text, "ACUTE SIGNS", "STRAIN", "MY ASSESSMENT")


def test_an_empty_part_says_so_in_the_file(cast: Cast, browse: Callable[..., Client]) -> None:
    answer = browse("jonas-reuter").post(RECORD, {"observed": "Something", "as": "text"})
    assert answer.content.decode("utf-8-sig").count("Nothing entered.") == len(PARTS)


@pytest.mark.parametrize("kind", ["pdf", "text"])
def test_nothing_of_it_is_kept_anywhere(
    cast: Cast, browse: Callable[..., Client], logged: Path, kind: str
) -> None:
    client = browse("jonas-reuter")
    client.get(RECORD)
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    assert client.post(RECORD, filled(**{"as": kind})).status_code == 200
    assert client.post(RECORD, filled(observed="x" * 9000)).status_code == 422
    assert {name: morsel.value for name, morsel in client.cookies.items()} == cookies
    for trace in ("Blue-Kettle", "Xylander"):
        assert database_holds(trace) == []
        assert trace not in logged.read_text()
        assert trace not in str(dict(client.session.items()))
        assert trace not in str(getattr(caches["default"], "_cache", ""))
    assert "Xylander" not in client.get(RECORD).content.decode()
    assert "Xylander" not in client.get("/").content.decode()


def test_what_cannot_be_made_keeps_what_was_typed(cast: Cast, browse: Callable[..., Client]) -> None:
    client = browse("jonas-reuter")
    answer = client.post(RECORD, filled(observed="y" * 8001, strain="<b>tired</b>"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "y" * 8001 in page
    assert "&lt;b&gt;tired&lt;/b&gt;" in page
    assert page.count("Xylander") >= len(PARTS) - 2
    assert "There is nothing in it yet." in client.post(RECORD, {}).content.decode()


def test_any_line_of_the_next_steps_is_something(cast: Cast, browse: Callable[..., Client]) -> None:
    answer = browse("jonas-reuter").post(RECORD, {"step_4": "Call the school", "as": "text"})
    assert answer.status_code == 200
    assert "Call the school" in answer.content.decode("utf-8-sig")


@pytest.mark.parametrize(
    "odd", ["\u202eabc\u0007", "#let x = 1 // $ *", "مرحبا שלום", "a" * 8000, "😀" * 500]
)
def test_odd_texts_still_come_back_as_a_file(cast: Cast, browse: Callable[..., Client], odd: str) -> None:
    client = browse("jonas-reuter")
    for kind in ("pdf", "text"):
        assert client.post(RECORD, {"observed": odd, "as": kind}).status_code == 200


def test_the_browser_keeps_no_copy_and_warns_before_leaving(
    cast: Cast, browse: Callable[..., Client]
) -> None:
    answer = browse("jonas-reuter").get(RECORD)
    page = answer.content.decode()
    form = page[page.index("<form", page.index("<main")) :]
    assert 'autocomplete="off"' in form
    assert "data-warn-before-leaving" in form
    assert "data-autosave" not in form
    assert "no-store" in answer["Cache-Control"]
    assert "Nothing of this is kept here." in page
    script = (Path(__file__).parents[2] / "static" / "js" / "leaving.js").read_text()
    assert "Storage" not in script


def test_strangers_do_not_use_it(client: Client, db: None) -> None:
    for answer in (client.get(RECORD), client.post(RECORD, filled())):
        assert answer.status_code == 302
        assert "/accounts/login/" in answer["Location"]
