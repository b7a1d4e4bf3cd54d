"""Two clocks strike at the same second: every level is reached once, and everybody is told once."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from django.db import connections

from mtd.audit.models import Event
from mtd.cooperation.actions.duties import escalate
from mtd.cooperation.models import Escalation
from mtd.core.actor import SYSTEM
from mtd.notifications.models import Notice
from tests.cast import build_cast
from tests.factories import cooperation as factory

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def test_two_jobs_at_once_take_a_missed_duty_to_its_level_once() -> None:
    cast = build_cast(only={"birkenfurt"})
    organizations = [cast.organizations[k] for k in ("suchtberatung-am-markt", "kreisjugendamt-birkenfurt")]
    agreement = factory.in_force(cast.networks["birkenfurt"], organizations, date(2025, 1, 1))
    start = threading.Barrier(3)
    results: list[Any] = []

    def strike() -> None:
        try:
            start.wait(timeout=20)
            results.append(escalate(actor=SYSTEM, agreement_id=agreement.pk))
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=strike) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    reached = Escalation.objects.count()
    assert reached > 0
    assert sorted(results) == [0, 0, reached]
    assert Event.objects.filter(verb="duty.escalated").count() == reached
    told = Notice.objects.filter(kind="duties.escalated").values_list("user", "text")
    assert len(told) == len(set(told))
