"""Anonymous consultations: a page with a long thread, the end of ten thousand, and what a hundred thousand ended ones
cost those who go on working: start page, the list of questions, figures."""

from __future__ import annotations

import time
import uuid
from datetime import date, timedelta
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mtd.agreements.models import Agreement
from mtd.consultations import jobs
from mtd.consultations.case import Case
from mtd.consultations.models import Consultation, Contribution, Reading, Way
from mtd.core import encryption
from mtd.core.models import DataKey
from tests.cast import Cast, build_cast
from tests.factories import cooperation as factory

ASKER, ANSWERER = "jonas-reuter", "miriam-hoffstedt"
ENDING, ENDED, THREAD = 10_000, 100_000, 60
PAGE_LIMIT = 0.25
COUNTING_LIMIT = 1.0
"""Pages that count all of them."""
START_LIMIT = 0.35
LIMITS = {"start page": START_LIMIT, "figures": COUNTING_LIMIT, "is it lived": COUNTING_LIMIT}
JOB_LIMIT = 120.0
"""Two minutes of one night for what all networks of twelve countries would end in years."""


def keys(number: int) -> list[uuid.UUID]:
    """As many data keys at once; making each by itself would be most of the bench."""
    made = {uuid.uuid4(): AESGCM.generate_key(bit_length=256) for _each in range(number)}
    DataKey.objects.using("keys").bulk_create(
        [DataKey(id=pk, wrapped=encryption._wrap(pk, key)) for pk, key in made.items()], batch_size=500
    )
    encryption._store().update(made)
    return list(made)


def asked(cast: Cast, agreement: Agreement, number: int, first: int, ends: date) -> list[Consultation]:
    """So many answered consultations, each with one answer and one reading."""
    now = timezone.now()
    case = Case(
        strengths=("The grandmother is there.",), story="A story. " * 40, question="What now?"
    ).to_json()
    rows = [
        Consultation(
            data_key_id=key,
            year=2026,
            serial=first + place,
            network=agreement.network,
            agreement=agreement,
            way=Way.PARTNER,
            organization=cast.organizations["suchtberatung-am-markt"],
            asked_by=cast.people[ASKER],
            recipient=cast.organizations["kreisjugendamt-birkenfurt"],
            state="answered",
            topic="talking",
            age_band="6-9",
            from_system="addiction_care",
            to_system="youth_welfare",
            case=case,
            kept="{}",
            changed_at=now,
            sent_at=now - timedelta(days=52),
            due_at=now - timedelta(days=49),
            answered_at=now - timedelta(days=50),
            ends_on=ends,
        )
        for place, key in enumerate(keys(number))
    ]
    Consultation.objects.bulk_create(rows, batch_size=300)
    answers = [
        Contribution(
            data_key_id=key, consultation=row, kind="answer", at=now, text="Advice. " * 20, kept="{}"
        )
        for row, key in zip(rows, keys(number), strict=True)
    ]
    Contribution.objects.bulk_create(answers, batch_size=500)
    user = cast.people[ANSWERER]
    Reading.objects.bulk_create(
        [Reading(consultation=row, user=user, first_at=now, last_at=now) for row in rows], batch_size=500
    )
    return rows


def ended(like: Consultation, number: int, first: int) -> None:
    """So many ended ones, copies of one that has really ended, spread over ten years."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM consultations_consultation WHERE id = %s",
            [like.pk if connection.vendor == "postgresql" else like.pk.hex],
        )
        names = [column[0] for column in cursor.description]
        row = dict(zip(names, cursor.fetchone(), strict=True))
        places = ", ".join("%s" for _name in names)
        columns = ", ".join(connection.ops.quote_name(name) for name in names)
        with transaction.atomic():
            cursor.executemany(
                f"INSERT INTO consultations_consultation ({columns}) VALUES ({places})",
                [list(_copy(row, first + place).values()) for place in range(number)],
            )
        cursor.execute("ANALYZE")


def _copy(row: dict[str, Any], serial: int) -> dict[str, Any]:
    year, month = 2016 + serial % 10, 1 + serial // 10 % 12
    pk = uuid.uuid4()
    day = date(year, month, 1)
    if connection.vendor == "postgresql":
        return row | {"id": pk, "serial": serial, "year": 2000, "month": day, "ended_on": day}
    return row | {"id": pk.hex, "serial": serial, "year": 2000, "month": str(day), "ended_on": str(day)}


def measured(client: Client, path: str, times: int = 5) -> tuple[float, int]:
    """The median of some requests, and how many queries one of them makes."""
    taken = []
    for number in range(times + 1):
        began = time.perf_counter()
        assert client.get(path).status_code == 200, path
        if number:
            taken.append(time.perf_counter() - began)
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return sorted(taken)[times // 2], len(queries)


def signed_in(cast: Cast, key: str) -> Client:
    client = Client()
    client.force_login(cast.people[key], backend="django.contrib.auth.backends.ModelBackend")
    return client


def run() -> list[tuple[str, float, float, float | None]]:
    """Rows: name, seconds in the smallest and in the large case, limit."""
    cast = build_cast(only={"birkenfurt"})
    organizations = [
        cast.organizations[key] for key in ("suchtberatung-am-markt", "kreisjugendamt-birkenfurt")
    ]
    answers = {**factory.SHARED, "identity_default": {"yes": True}}
    agreement = factory.in_force(cast.networks["birkenfurt"], organizations, date(2016, 1, 1), answers)
    rows: list[tuple[str, float, float, float | None]] = []
    future = timezone.localdate() + timedelta(days=30)
    client = signed_in(cast, ASKER)

    # A page with one answer, and with a thread that nobody would write.
    one, long = asked(cast, agreement, 2, 1, future)
    for _each in range(THREAD):
        Contribution.objects.create(
            consultation=long, kind="reply", at=timezone.now(), text="A reply. " * 30, kept="{}"
        )
    small, large = (measured(client, f"/consultations/{each.pk}/") for each in (one, long))
    rows.append(
        (f"a consultation, 1 and {THREAD} contributions ({large[1]} queries)", small[0], large[0], PAGE_LIMIT)
    )
    assert large[1] <= small[1] + 2, f"{small[1]} queries became {large[1]}"

    # The end of a hundred, and of ten thousand.
    yesterday = timezone.localdate() - timedelta(days=1)
    taken = []
    for number, first in ((ENDING // 100, 100), (ENDING, 1000)):
        asked(cast, agreement, number, first, yesterday)
        encryption.forget_keys()
        began = time.perf_counter()
        assert jobs.end_due() == number
        taken.append(time.perf_counter() - began)
    rows.append((f"end of life, {ENDING // 100} and {ENDING} consultations", taken[0], taken[1], JOB_LIMIT))
    assert DataKey.objects.using("keys").count() < 200 + THREAD

    # Living on with a hundred thousand ended ones.
    like = Consultation.objects.filter(state="ended").first()
    assert like is not None
    Consultation.objects.filter(state="ended").exclude(pk=like.pk).delete()
    pages = {
        "start page": "/",
        "list of questions": "/consultations/",
        "figures": f"/consultations/{agreement.network.slug}/figures/",
        "new question": f"/consultations/{agreement.network.slug}/new/",
        "is it lived": reverse("cooperation:lived", args=[agreement.pk]),
    }
    before = {name: measured(client, path) for name, path in pages.items()}
    ended(like, ENDED, 1)
    for name, path in pages.items():
        after = measured(client, path)
        assert after[1] <= before[name][1] + 2, f"{name}: {before[name][1]} queries became {after[1]}"
        limit = LIMITS.get(name, PAGE_LIMIT)
        rows.append((f"{name}, 0 and {ENDED} ended ({after[1]} queries)", before[name][0], after[0], limit))
    began = time.perf_counter()
    jobs.end_due()
    rows.append((f"end of life, nothing due among {ENDED}", 0.0, time.perf_counter() - began, 1.0))
    return rows
