"""The access matrix: every address × every kind of person has a listed answer; an unlisted address fails.

Each row of access.txt is an address, the method, and the answers for: nobody signed in, a worker of another network,
a worker of a party, that party's lead, the network's coordination, the external moderator, the programme office, a
worker of a party who has not set up a second factor. `in` means: sent to sign in; `2f`: sent to set up the second
factor. What a person may not see does not exist for them: 404.

A row `address#case` asks the same address about another object or sends a form (tests/architecture/world.py).
Every address has a row for GET and at least one for POST.

    MTD_WRITE_ACCESS=1 python -m pytest tests/architecture/test_access.py

writes the given answers into the table, so that the difference can be read, row by row, before it is committed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.architecture.world import PEOPLE, World, build_world

TABLE = Path(__file__).with_name("access.txt")
Key = tuple[str, str]
"""(address#case, method)"""


def routes() -> dict[str, tuple[str, ...]]:
    """Every address of the product by its name with namespace, and the names of its arguments.

    The few of allauth without a name go by their path.
    """
    found: dict[str, tuple[str, ...]] = {}

    def walk(
        patterns: list[URLPattern | URLResolver], namespace: str, prefix: str, given: tuple[str, ...]
    ) -> None:
        for pattern in patterns:
            path = prefix + str(pattern.pattern)
            names = (*given, *pattern.pattern.converters, *pattern.pattern.regex.groupindex)
            if isinstance(pattern, URLResolver):
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                walk(pattern.url_patterns, inner, path, names)
            elif pattern.name:
                found[f"{namespace}{pattern.name}"] = tuple(dict.fromkeys(names))
            else:
                found[f"/{path}"] = ()

    walk(get_resolver().url_patterns, "", "", ())
    return found


def listed() -> dict[Key, list[str]]:
    rows: dict[Key, list[str]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            address, method, *answers = line.split()
            assert (address, method) not in rows, f"{address} {method} is listed twice"
            rows[(address, method)] = answers
    return rows


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back, so that no row changes the answer of another."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as TestCase does: durable actions may run inside
    with block:
        yield
        transaction.set_rollback(True)


def ask(world: World, address: str, method: str, person: str) -> str:
    """The answer of one address to one person, in the words of the table."""
    route, _, case = address.partition("#")
    if route.startswith("/"):
        path = route
    else:
        given = world.names | world.arguments(route, case)
        path = reverse(route, kwargs={name: given[name] for name in routes()[route]})
    client = world.client(person)
    cache.clear()
    with undone():
        cookies = dict(client.cookies.items())
        response: Any
        if method == "GET":
            response = client.get(path)
        else:
            response = client.post(path, world.payload(route, case))
        client.cookies.clear()
        client.cookies.update(cookies)
    if response.status_code in (301, 302):
        target = response.headers["Location"]
        return "in" if "/accounts/login/" in target else "2f" if target == "/second-factor/" else "302"
    return str(response.status_code)


HEAD = """# Who gets what: see test_access.py. 200 shown, 302 done or sent on, in = sent to sign in,
# 2f = sent to set up the second factor, 403 may see but not do, 404 does not exist for this person,
# 405 not asked like this, 409 and 422 not like this.
# Public on purpose: what public: and the sign-in pages show. public:verify_code says of an agreement that is not
# signed yet only that there is one; public:profile shows only what the parties made public, once it is in force.
# {columns}
"""


def write(answers: dict[Key, list[str]]) -> None:
    """Write the table anew, in the order of the addresses, each followed by its cases."""
    width = max(len(address) for address, _method in answers) + 2

    def row(address: str, method: str, given: Sequence[str]) -> str:
        return (f"{address:<{width}}{method:<8}" + "".join(f"{a:<12}" for a in given)).rstrip()

    lines = [
        HEAD.format(columns=row("address", "method", PEOPLE).replace("address  ", "address", 1)).rstrip()
    ]
    section = ""
    for (address, method), given in answers.items():
        now = address.partition(":")[0] if ":" in address else address.partition("_")[0]
        if now != section:
            section = now
            lines.append("")
        lines.append(row(address, method, given))
    TABLE.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def wanted(world: World) -> list[Key]:
    """A row for reading and one for writing for each address, then its cases."""
    keys: list[Key] = []
    for route in routes():
        keys += [(route, "GET"), (route, "POST")]
        for name, case in world.cases:
            if name == route:
                keys.append((f"{route}#{case}", "POST" if world.payload(route, case) else "GET"))
    return keys


def test_every_address_is_listed_for_reading_and_for_writing() -> None:
    rows = listed()
    bare = {(address.partition("#")[0], method) for address, method in rows}
    everything = {(route, method) for route in routes() for method in ("GET", "POST")}
    assert sorted(everything - bare) == []
    assert sorted(bare - everything) == []
    assert [key for key, answers in rows.items() if len(answers) != len(PEOPLE)] == []


@pytest.mark.django_db
def test_everybody_gets_the_listed_answer() -> None:
    world = build_world()
    if os.environ.get("MTD_WRITE_ACCESS"):
        keys = wanted(world)
        write({key: [ask(world, *key, person) for person in PEOPLE] for key in keys})
        pytest.skip("the table was written; read its difference")
    assert sorted(listed()) == sorted(wanted(world))
    wrong = []
    for (address, method), answers in listed().items():
        for person, expected in zip(PEOPLE, answers, strict=True):
            given = ask(world, address, method, person)
            if given != expected:
                wrong.append(f"{method} {address} for {person}: {expected} is listed, {given} was given")
    assert wrong == []
