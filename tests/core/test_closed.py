"""Where the guard's own data are damaged: no text is let through, and everything else goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PROGRAM = """
import json
from config.wsgi import application
from django.db import connection
from django.test import Client
from django.test.utils import setup_test_environment
from mtd.consultations.models import RegionFigure
from mtd.consultations.queries.crowd import region_of
from mtd.core.guarded import judge
from mtd.countries.models import CountryValue
from mtd.organizations.models import Network

setup_test_environment()
with connection.schema_editor() as tables:
    tables.create_model(RegionFigure)
    tables.create_model(CountryValue)
judged = judge("Die Mutter trinkt wieder.", language="de")
region = region_of(Network(region="Kreis Heinsberg", country="DE"))
page = Client().get("/danger/?country=DE")
print(json.dumps([judged.clear, judged.problem_words, region.inhabitants, page.status_code]))
"""


@pytest.fixture
def damage(tmp_path: Path) -> Any:
    """The product with one file of the guard's data cut off."""
    copy = tmp_path / "mtd"
    copy.mkdir()
    for part in (ROOT / "mtd").iterdir():
        if part.name != "deidentification":
            (copy / part.name).symlink_to(part)
    guard = copy / "deidentification"
    for part in (ROOT / "mtd" / "deidentification").rglob("*"):
        there = guard / part.relative_to(ROOT / "mtd" / "deidentification")
        if part.is_file() and "__pycache__" not in part.parts:
            there.parent.mkdir(parents=True, exist_ok=True)
            there.symlink_to(part)

    def spoil(name: str) -> subprocess.CompletedProcess[str]:
        path = guard / "data" / name
        path.unlink()
        path.write_bytes((ROOT / "mtd" / "deidentification" / "data" / name).read_bytes()[:1000])
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        return subprocess.run(
            [sys.executable, "-c", PROGRAM],
            cwd=tmp_path,
            env={
                **kept,
                "PYTHONPATH": f"{tmp_path}:{ROOT}",
                "MTD_VAR_DIR": str(tmp_path / "var"),
                "MTD_HOSTS": "testserver",
                "MTD_DEBUG": "1",
            },
            capture_output=True,
            text=True,
            check=False,
        )

    return spoil


@pytest.mark.parametrize("name", ["tagger.bin", "places.bin"])
def test_without_its_data_the_guard_lets_nothing_through_and_the_rest_goes_on(damage: Any, name: str) -> None:
    run = damage(name)
    assert run.returncode == 0, run.stderr
    clear, words, inhabitants, page = json.loads(run.stdout)
    assert clear is False
    assert "cannot be checked for names right now" in words
    assert (inhabitants is None) is (name == "places.bin")
    assert page == 200
    assert "identity guard cannot load its data for de" in run.stderr
