"""Two signers at the same second, and a process killed while it signs: both signatures, and never half of one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from mtd.agreements.actions import signing
from mtd.agreements.models import Signature, SigningRound
from mtd.core.errors import Refused
from mtd.documents.models import StoredFile
from mtd.documents.queries import inspect
from mtd.organizations.queries import leads_of
from tests.cast import build_cast
from tests.factories import agreements as factory
from tests.factories import signing as stage

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

CHILD = """
import os, signal, sys
import django
from django.conf import settings
names = dict(zip(sys.argv[1].split(","), sys.argv[2].split(",")))
django.setup()
for alias, name in names.items():
    settings.DATABASES[alias]["NAME"] = name
    django.db.connections[alias].settings_dict["NAME"] = name
from mtd.agreements.actions import signing
from tests.factories import signing as stage
from mtd.agreements.models import SigningRound
place = stage.place(SigningRound.objects.get(pk=sys.argv[3]), 0)
step = sys.argv[4]
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
if step == "seal":
    signing.seal = die
elif step == "store":
    keep = signing.store_file
    def store_and_die(**kwargs):
        keep(**kwargs)
        die()
    signing.store_file = store_and_die
else:
    signing.log = die
stage.sign_here_read(place)
"""


def fresh_round() -> SigningRound:
    cast = build_cast(only={"birkenfurt"})
    names = ("suchtberatung-am-markt", "kreisjugendamt-birkenfurt")
    agreement = factory.found(cast.networks["birkenfurt"], [cast.organizations[name] for name in names])
    return stage.frozen(agreement)


def test_two_who_sign_at_the_same_second_both_stand_in_the_file() -> None:
    signing_round = fresh_round()
    for number in (0, 1):
        place = stage.place(signing_round, number)
        signing.confirm_read(actor=stage.signer(place), signature=place)
    problems: list[BaseException] = []
    together = threading.Barrier(2)

    def sign(number: int) -> None:
        try:
            place = stage.place(signing_round, number)
            user = leads_of(place.party.organization)[0]
            actor = stage.signer(place)
            together.wait()
            signing.sign_in_system(actor=actor, signature=place, declaration=user.full_name)
        except BaseException as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sign, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    found = inspect(stage.current_file(signing_round))
    assert found.all_hold
    assert len(found.signatures) == 2
    assert SigningRound.objects.get(pk=signing_round.pk).state == SigningRound.State.COMPLETE


def test_one_who_signs_twice_at_the_same_second_signs_once() -> None:
    signing_round = fresh_round()
    place = stage.place(signing_round, 0)
    signing.confirm_read(actor=stage.signer(place), signature=place)
    codes: list[str] = []

    def sign() -> None:
        try:
            user = leads_of(place.party.organization)[0]
            signing.sign_in_system(actor=stage.signer(place), signature=place, declaration=user.full_name)
            codes.append("signed")
        except Refused as refused:
            codes.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sign) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["already_signed", "signed"]
    assert len(inspect(stage.current_file(signing_round)).signatures) == 1


@pytest.mark.parametrize("step", ["seal", "store", "log"])
def test_a_process_killed_while_signing_leaves_the_state_before(step: str) -> None:
    signing_round = fresh_round()
    place = stage.place(signing_round, 0)
    signing.confirm_read(actor=stage.signer(place), signature=place)
    files_before = StoredFile.objects.count()
    aliases = list(connections)
    names = [str(connections[alias].settings_dict["NAME"]) for alias in aliases]
    connections.close_all()
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, ",".join(aliases), ",".join(names), str(signing_round.pk), step],
        cwd=Path(settings.BASE_DIR),
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        stderr=subprocess.PIPE,
    )
    _out, said = child.communicate(timeout=120)
    assert child.returncode == -signal.SIGKILL, said.decode()
    time.sleep(0.1)
    after = stage.place(signing_round, 0)
    assert after.state == Signature.State.WAITING
    assert after.read_at is not None
    assert StoredFile.objects.count() == files_before
    assert SigningRound.objects.get(pk=signing_round.pk).signed_count == 0
    stage.sign_all(signing_round)
    found = inspect(stage.current_file(signing_round))
    assert found.all_hold
    assert len(found.signatures) == 2
