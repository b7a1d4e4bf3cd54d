"""The promise, proven: a thousand texts are planted and end. Then everything that is left is searched, and an old
backup of the data is restored beside today's key store. None of them is found, and what has not ended is still there.
"""

from __future__ import annotations

import base64
import gzip
import json
import logging
import os
import subprocess
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.utils import timezone

from mtd.agreements.models import Agreement
from mtd.consultations.actions.answering import ask_back, reply, sum_up
from mtd.consultations.case import Case
from mtd.consultations.models import Consultation, Contribution, Learning, Reading, Round, RoundNote, Way
from mtd.core import backup
from mtd.core.encryption import KeyDestroyed, Sealed, SealedTextField, forget_keys
from mtd.core.guarded import judge
from mtd.core.logs import NoContentFilter
from mtd.core.models import DataKey
from mtd.notifications.models import Notice, Preference
from tests.cast import Cast

from .lives import ANSWERER, ASKER, a_case, answered, sent

pytestmark = pytest.mark.django_db(transaction=True)

CANARIES = 1000
MARK = "whispering kettles remember lanterns"
"""In every canary, and nowhere else: ordinary words, so that the guard lets them through."""
WORDS = [
    "early",
    "often",
    "slowly",
    "gently",
    "always",
    "sometimes",
    "quietly",
    "warmly",
    "rarely",
    "together",
]
STAYS = "patient ladders forgive umbrellas"
"""In the one consultation that has not ended."""


class Canaries:
    """Gives out canaries, each another text."""

    def __init__(self) -> None:
        self.given = 0

    def __call__(self) -> str:
        number = self.given
        self.given += 1
        a, b, c, d = (number // 1000 % 10, number // 100 % 10, number // 10 % 10, number % 10)
        return f"The {WORDS[a]} {WORDS[b]} {WORDS[c]} {WORDS[d]} {MARK} ({'x' * (number % 3)})."


def keep(text: str) -> dict[str, str]:
    """Whatever the guard asks about these words: a person has said that they identify nobody."""
    return {passage.token: "word" for passage in judge(text).passages}


# ---------------------------------------------------------------- planting


def plant_real(
    cast: Cast, agreement: Agreement, canary: Canaries, browse: Callable[..., Client]
) -> list[Consultation]:
    """A few through the real actions and pages: asked, read, asked back, answered, replied, summed up, exported."""
    found = []
    for _each in range(3):
        case = a_case(story=canary(), question=canary(), strengths=(canary(),), strains=(canary(),))
        kept = {name: keep(text) for name, text in case.texts().items()}
        one = sent(cast, agreement, case=case, kept=json.dumps(kept))
        asker, other = cast.actor(ASKER), cast.actor(ANSWERER)
        for verb, actor in ((ask_back, other), (reply, asker)):
            speak(verb, actor, one, canary())
        answered(cast, one, text=canary())
        speak(sum_up, asker, one, canary())
        found.append(one)
    for key in (ASKER, ANSWERER):
        client = browse(key)
        for one in found:
            page = client.get(f"/consultations/{one.pk}/")
            assert page.status_code == 200
            assert MARK in page.content.decode()
            client.get(f"/consultations/{one.pk}/copy.txt")
            client.post(f"/consultations/{one.pk}/", {"do": "answer", "text": f"Call Anna Müller: {MARK}"})
            client.get(f"/consultations/?q={MARK}")
        client.get("/consultations/")
        client.get("/")
    return found


def speak(verb: Callable[..., Any], actor: Any, consultation: Consultation, text: str) -> None:
    now = Consultation.objects.get(pk=consultation.pk)
    verb(actor=actor, consultation=now, text=text, kept=keep(text), revision=now.revision)


def plant(cast: Cast, agreement: Agreement, canary: Canaries, serial: int) -> None:
    """One consultation as the actions leave it, with every kind of text there is."""
    now = timezone.now() - timedelta(days=10)
    case = Case(
        strengths=(canary(), canary()),
        strains=(canary(),),
        tried=(canary(),),
        story=canary(),
        question=canary(),
    )
    draft = serial % 10 == 0
    one = Consultation.objects.create(
        year=2025,
        serial=serial,
        network=agreement.network,
        agreement=agreement,
        way=Way.PARTNER,
        organization=cast.organizations["suchtberatung-am-markt"],
        asked_by=cast.people[ASKER],
        recipient=cast.organizations["kreisjugendamt-birkenfurt"],
        state="draft" if draft else "answered",
        case=case.to_json(),
        kept=json.dumps({"story": {"t": canary()}}),
        changed_at=now,
        sent_at=None if draft else now,
        answered_at=None if draft else now,
        ends_on=None if draft else timezone.localdate() + timedelta(days=80),
    )
    if draft:
        return
    for kind in Contribution.Kind.values:
        Contribution.objects.create(consultation=one, kind=kind, at=now, text=canary(), kept=canary())
    talk = Round.objects.create(consultation=one, began_at=now)
    for step in ("hypotheses", "ideas"):
        RoundNote.objects.create(round=talk, step=step, text=canary(), at=now)
    Reading.objects.create(consultation=one, user=cast.people[ANSWERER], first_at=now, last_at=now)


def plant_learnings(agreement: Agreement, canary: Canaries) -> None:
    for _each in range(5):
        Learning.objects.create(
            network=agreement.network,
            topic="talking",
            situation=canary(),
            learnt=canary(),
            proposed_on=timezone.localdate(),
            ends_on=timezone.localdate() + timedelta(days=1000),
        )


# ---------------------------------------------------------------- searching


def shapes(text: str) -> dict[str, bytes]:
    """The bytes by which a text can be recognised however it was written down."""
    plain = text.encode()
    found = {
        "utf-8": plain,
        "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"),
        "hex": plain.hex().encode(),
        "url": text.replace(" ", "+").encode(),
        "percent": text.replace(" ", "%20").encode(),
        "quoted-printable": text.replace(" ", "=20").encode(),
    }
    for shift in range(3):
        # Base64 of the middle of a longer text, at each of the three places where it may begin.
        encoded = base64.b64encode(b"\0" * shift + plain)
        found[f"base64/{shift}"] = encoded[4 if shift else 0 : -4]
    return found


def traces(content: bytes, text: str = MARK) -> list[str]:
    lowered = content.lower()
    return [
        name
        for name, shape in shapes(text).items()
        if (shape in content if name.startswith("base64") else shape.lower() in lowered)
    ]


def unpacked(value: bytes) -> Iterator[bytes]:
    """A stored value as it is, and what comes out if it is base64 or compressed."""
    yield value
    candidates = [value]
    for alphabet in (b"+/", b"-_"):
        try:
            padded = value.split(b":")[0].lstrip(b".") + b"=="
            candidates.append(base64.b64decode(padded, altchars=alphabet, validate=False))
        except ValueError:
            continue
    for each in candidates:
        yield each
        for wbits in (15, 31, -15):
            try:
                yield zlib.decompressobj(wbits).decompress(each, 10_000_000)
            except zlib.error:
                continue


def files_of(alias: str) -> dict[str, bytes]:
    """The database as bytes: its files with the write-ahead log, or a plain dump of a PostgreSQL database."""
    connection = connections[alias]
    if connection.vendor == "sqlite":
        path = str(connection.settings_dict["NAME"])
        return {
            f"{alias}{suffix}": Path(path + suffix).read_bytes()
            for suffix in ("", "-wal", "-shm", "-journal")
            if os.path.exists(path + suffix)
        }
    given = connection.settings_dict
    names = {
        "HOST": "PGHOST",
        "PORT": "PGPORT",
        "USER": "PGUSER",
        "PASSWORD": "PGPASSWORD",
        "NAME": "PGDATABASE",
    }
    environment = os.environ | {
        variable: str(given[key]) for key, variable in names.items() if given.get(key)
    }
    dump = subprocess.run([backup._tool("pg_dump")], env=environment, capture_output=True, check=True)
    return {alias: dump.stdout}


def values_in(alias: str) -> Iterator[tuple[str, bytes]]:
    """Every value of every table, read through SQL: nothing hides in a table that no model knows."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                for value in row:
                    if isinstance(value, memoryview | bytes):
                        yield table, bytes(value)
                    elif isinstance(value, str | dict | list):
                        yield table, (value if isinstance(value, str) else json.dumps(value)).encode()


def everywhere(folders: list[Path], text: str = MARK) -> list[str]:
    """Where a text is found: "place: shape"."""
    found = []
    for alias in ("default", "keys"):
        for name, content in files_of(alias).items():
            found += [f"{name}: {shape}" for shape in traces(content, text)]
        for table, value in values_in(alias):
            found += [f"{alias}.{table}: {shape}" for each in unpacked(value) for shape in traces(each, text)]
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                content = path.read_bytes()
                found += [
                    f"{path.name}: {shape}" for each in unpacked(content) for shape in traces(each, text)
                ]
    for session in Session.objects.all():
        decoded = json.dumps(SessionStore(session.session_key).load(), default=str)
        found += [f"session: {shape}" for shape in traces(decoded.encode(), text)]
    return sorted(set(found))


def readable(text: str) -> tuple[int, int]:
    """Through the models: how many sealed texts hold this, and how many have lost their key."""
    forget_keys()
    held = lost = 0
    for model in apps.get_models():
        if not issubclass(model, Sealed):
            continue
        names = [field.attname for field in model._meta.concrete_fields if isinstance(field, SealedTextField)]
        for row in model._default_manager.all():
            for name in names:
                try:
                    held += (getattr(row, name) or "").count(text)
                except KeyDestroyed:
                    lost += model._meta.app_label == "consultations"  # sent mails lose theirs at once
    return held, lost


# ---------------------------------------------------------------- the test


@pytest.mark.parametrize(
    "hidden",
    [
        MARK.upper().encode(),
        f"ab {MARK} c".encode("utf-16"),
        base64.b64encode(f"a{MARK}b".encode()),
        base64.b64encode(f"ab{MARK}".encode()),
        base64.urlsafe_b64encode(zlib.compress(f"abc {MARK} {MARK}".encode())).rstrip(b"="),
        gzip.compress(MARK.encode(), mtime=0),
        MARK.encode().hex().encode(),
        MARK.replace(" ", "%20").encode(),
    ],
    ids=["capitals", "utf-16", "base64", "base64 moved", "zlib in base64", "gzip", "hex", "percent"],
)
def test_the_search_finds_a_text_however_it_was_written_down(hidden: bytes) -> None:
    assert any(traces(each) for each in unpacked(hidden))


@pytest.fixture
def places(tmp_path: Path, settings: Any) -> Iterator[dict[str, Path]]:
    """Mail, logs and the shared cache as in production, and a place for backups."""
    folders = {name: tmp_path / name for name in ("mail", "logs", "backup")}
    for folder in folders.values():
        folder.mkdir()
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = folders["mail"]
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "mtd_cache"}
    }
    handler = logging.FileHandler(folders["logs"] / "log.txt")
    handler.addFilter(NoContentFilter())
    watched = [logging.getLogger(name) for name in ("", "django", "mtd")]
    levels = [logger.level for logger in watched]
    for logger in watched:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    yield folders
    for logger, level in zip(watched, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)
    handler.close()
    caches["default"].clear()


def test_a_thousand_texts_end_and_none_is_found_anywhere(
    cast: Cast, agreement: Agreement, browse: Callable[..., Client], places: dict[str, Path]
) -> None:
    canary = Canaries()
    for key in (ASKER, ANSWERER):
        Preference.objects.create(user=cast.people[key], area="consultations", pace="at_once")
    real = plant_real(cast, agreement, canary, browse)
    plant_learnings(agreement, canary)
    serial = 0
    while canary.given < CANARIES:
        serial += 1
        plant(cast, agreement, canary, serial)
    stays = sent(cast, agreement, case=a_case(story=f"The {STAYS}."), kept=json.dumps(keep(f"The {STAYS}.")))
    for rhythm in ("minutely", "hourly"):
        call_command("run_jobs", rhythm, verbosity=0)
    folders = list(places.values())

    # All are there, readable, and nowhere in plain sight, not even before their end.
    held, lost = readable(MARK)
    assert held >= CANARIES
    assert lost == 0
    assert list(places["mail"].iterdir()) != []
    assert everywhere(folders) == []

    # The search is not blind: it finds a text that lies open, in file and table.
    planted = Notice.objects.create(user=cast.people[ASKER], kind="x", text=MARK)
    found = {place.split(":")[0] for place in everywhere([])}
    assert "default.notifications_notice" in found
    assert found & {"default", "default-wal"}
    planted.delete()
    if connections["default"].vendor == "sqlite":
        with connections["default"].cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    # A backup of the data from before; the key store goes on.
    old = backup.back_up("data", places["backup"])
    backup.back_up("keys", places["backup"])
    keys_before = set(DataKey.objects.using("keys").values_list("id", flat=True))

    # Their day comes, and the clock does the rest.
    yesterday = timezone.localdate() - timedelta(days=1)
    Consultation.objects.exclude(pk=stays.pk).exclude(state="draft").update(ends_on=yesterday)
    Consultation.objects.filter(state="draft").update(changed_at=timezone.now() - timedelta(days=400))
    Learning.objects.update(ends_on=yesterday)
    call_command("run_jobs", "daily", verbosity=0)
    call_command("run_jobs", "minutely", verbosity=0)
    assert Consultation.objects.exclude(state="ended").count() == 1
    assert readable(MARK) == (0, 0)
    assert readable(STAYS)[0] == 1
    for_good = keys_before - set(DataKey.objects.using("keys").values_list("id", flat=True))
    assert len(for_good) > 100
    backup.back_up("keys", places["backup"], now=timezone.now() + timedelta(seconds=1))
    assert len(list(places["backup"].glob("keys-*"))) == 1
    assert everywhere(folders) == []

    # The old data beside today's key store: the rows are back, their texts are not.
    backup.restore(old, force=True)
    assert Consultation.objects.filter(state="answered").count() > 30
    held, lost = readable(MARK)
    assert held == 0
    assert lost >= CANARIES // 2
    assert readable(STAYS)[0] == 1
    assert everywhere(folders) == []
    for key in (ASKER, ANSWERER):
        client = browse(key)
        page = client.get(f"/consultations/{real[0].pk}/")
        assert page.status_code == 410
        assert "key was destroyed" in page.content.decode()
        assert client.get("/consultations/").status_code == 200
        assert client.get("/").status_code == 200

    # And the daily job ends again what came back without its text.
    Consultation.objects.exclude(pk=stays.pk).exclude(state="draft").update(ends_on=yesterday)
    call_command("run_jobs", "daily", verbosity=0)
    assert readable(MARK)[0] == 0
    assert {one.state for one in Consultation.objects.exclude(pk=stays.pk).exclude(state="draft")} == {
        "ended"
    }
