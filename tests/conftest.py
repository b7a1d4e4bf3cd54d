"""What every test can use: both databases, the shared data where it is, and settings fit for tests."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from mtd.core.actor import Actor
from tests.cast import Cast

ROOT = Path(__file__).resolve().parent.parent
TAKES_A_DATABASE = {"db", "transactional_db", "live_server", "django_db_setup", "django_db_reset_sequences"}

hypothesis_settings.register_profile("mtd", deadline=None, database=None, print_blob=True)
hypothesis_settings.load_profile("mtd")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let every test that uses a database use both: hardly any record comes without its data key.

    What is a matter of SQLite's own files or plans (`of_sqlite`) is no test of another database.
    """
    from django.db import connection

    if connection.vendor != "sqlite":
        foreign = [item for item in items if item.get_closest_marker("of_sqlite")]
        config.hook.pytest_deselected(items=foreign)
        items[:] = [item for item in items if item not in foreign]
    for item in items:
        mark = item.get_closest_marker("django_db")
        if mark is None and not TAKES_A_DATABASE & set(getattr(item, "fixturenames", ())):
            continue
        given: dict[str, Any] = dict(mark.kwargs) if mark else {}
        given.setdefault("databases", "__all__")
        item.add_marker(pytest.mark.django_db(**given), append=False)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Every test begins in English: a page asked for in German leaves its language behind in the thread."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Keep the test databases of SQLite in files, as in real life, so that two connections can compete."""
    from django.db import connections

    for alias in connections:
        connection = connections[alias]
        if connection.vendor == "sqlite":
            folder = tmp_path_factory.mktemp("databases")
            connection.settings_dict["TEST"]["NAME"] = str(folder / f"{alias}.sqlite3")
            # Nothing here needs to survive a power cut.
            connection.settings_dict["OPTIONS"]["init_command"] = (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON; "
                "PRAGMA secure_delete=ON;"
            )


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data and test material beside the clone. It does not ship, so its tests may skip."""
    shared = Path(os.environ.get("MTD_SHARED") or ROOT.parent / "shared")
    if not (shared / "data").is_dir():
        pytest.skip("shared data: not beside this clone")
    return shared / "data"


@pytest.fixture
def act(cast: Cast) -> Callable[[str], Actor]:
    """`act("jonas-reuter")`: the Actor of one person of the cast."""
    return cast.actor


@pytest.fixture
def browse(cast: Cast) -> Callable[[str], Client]:
    """`browse("jonas-reuter")`: a client in which this person is signed in, in English."""

    def sign_in(key: str, **extra: Any) -> Client:
        type(cast.people[key]).objects.filter(pk=cast.people[key].pk).update(language="en")
        client = Client(headers={"accept-language": "en"}, **extra)
        client.force_login(cast.people[key], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
