"""How long freezing, signing and checking take, with two parties and with eight."""

from __future__ import annotations

import time
from collections.abc import Callable

from mtd.agreements.models import Agreement, SigningRound
from mtd.agreements.verification import check_file
from tests.cast import build_cast
from tests.factories import agreements as factory
from tests.factories import signing as stage


def timed(work: Callable[[], object]) -> float:
    """Seconds of one run."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def median(work: Callable[[], object], times: int = 5) -> float:
    """The median of some runs after one to warm up."""
    work()
    return sorted(timed(work) for _ in range(times))[times // 2]


def prepared(parties: int) -> Agreement:
    """An agreement of Heinsberg that is ready to be frozen."""
    cast = build_cast(only={"kreis-heinsberg"})
    network = cast.networks["kreis-heinsberg"]
    organizations = list(network.organizations.order_by("name"))[:parties]
    agreement = factory.found(network, organizations, title=f"Vereinbarung zu {parties}")
    stage.adopted(agreement)
    return agreement


def run() -> list[tuple[str, float, float, float | None]]:
    """Rows: name, seconds for two parties, seconds for eight, limit for eight."""
    frozen: dict[int, SigningRound] = {}
    freezing, last_signature, checking = {}, {}, {}
    for parties in (2, 8):
        agreement = prepared(parties)

        def freeze(agreement: Agreement = agreement, parties: int = parties) -> None:
            frozen[parties] = stage.frozen(agreement)

        freezing[parties] = timed(freeze)
        signing_round = frozen[parties]
        for number in range(parties - 1):
            stage.sign_here(stage.place(signing_round, number))
        last = stage.place(signing_round, parties - 1)
        last_signature[parties] = timed(lambda last=last: stage.sign_here(last))  # type: ignore[misc]
        content = stage.current_file(signing_round)
        checking[parties] = median(lambda content=content: check_file(content))  # type: ignore[misc]
    return [
        ("fix the text and open signing, 2 : 8 parties", freezing[2], freezing[8], 3.0),
        ("read and sign as the last of 2 : 8 parties", last_signature[2], last_signature[8], 3.0),
        ("check a signed file without sign-in, 2 : 8 signatures", checking[2], checking[8], 5.0),
    ]
